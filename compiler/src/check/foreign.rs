//! What other languages call what our library has, so that a habit is answered with our name.

/// How many names are listed where none is near.
const MOST_LISTED: usize = 40;

/// Gives what members are called here that other languages call `name`, the likelier first.
pub(super) fn names(name: &str) -> &'static [&'static str] {
    match name {
        "length" | "size" | "count" => &["len"],
        "append" | "add" | "push_back" => &["push", "add"],
        "push" => &["add"],
        "to_upper" | "uppercase" | "toUpperCase" | "upcase" => &["upper"],
        "to_lower" | "lowercase" | "toLowerCase" | "downcase" => &["lower"],
        "strip" | "chomp" => &["trim"],
        "includes" | "has" | "has_key" | "contains_key" | "containsKey" | "include" => &["contains"],
        "startswith" | "startsWith" | "hasPrefix" => &["starts_with"],
        "endswith" | "endsWith" | "hasSuffix" => &["ends_with"],
        "toString" | "str" | "to_s" => &["to_string"],
        "substring" | "substr" => &["slice"],
        "splitlines" | "split_lines" => &["lines"],
        "replaceAll" | "gsub" => &["replace"],
        "match" | "test" => &["matches"],
        "indexOf" | "find_index" | "findIndex" => &["index_of", "find"],
        "ljust" | "padEnd" => &["pad_right"],
        "rjust" | "padStart" | "zfill" => &["pad_left"],
        "reduce" | "inject" | "foldl" => &["fold"],
        "select" | "where" => &["filter"],
        "collect" => &["map"],
        "some" => &["any"],
        "every" => &["all"],
        "sorted" | "order_by" | "sortBy" => &["sort_by", "sort"],
        "reversed" => &["reverse"],
        "distinct" | "uniq" | "dedup" => &["unique"],
        "head" => &["first"],
        "drop" | "tail" => &["skip"],
        "limit" => &["take"],
        "extend" | "concat" | "update" => &["concat", "merge", "union"],
        "items" | "iter" => &["entries", "to_list"],
        "delete" | "del" | "erase" | "unlink" | "rm" | "discard" => &["remove", "delete"],
        "remove" => &["delete"],
        "get_or" | "getOrDefault" => &["get"],
        "ceiling" => &["ceil"],
        "truncate" | "trunc" => &["to_int"],
        "encode" | "dumps" | "serialize" | "to_json" => &["stringify"],
        "decode" | "loads" | "deserialize" => &["parse"],
        "read_text" | "readFile" | "open" => &["read"],
        "write_text" | "writeFile" => &["write"],
        "glob" => &["list"],
        "mkdir" => &["make_dir"],
        "rename" => &["move"],
        "sh" | "shell" | "system" | "spawn" => &["run"],
        "warning" => &["warn"],
        _ => &[],
    }
}

/// Gives how what a method of that name does elsewhere is written here, where it is not a method.
pub(super) fn otherwise(name: &str) -> Option<&'static str> {
    Some(match name {
        "to_int" | "toInt" | "parse_int" | "parseInt" | "int" => {
            "write `int.parse(…)`, which gives `none` where the text is no int"
        }
        "to_float" | "toFloat" | "parse_float" | "parseFloat" | "float" => {
            "write `float.parse(…)`, which gives `none` where the text is no float"
        }
        "to_decimal" => "write `decimal.parse(…)`, which gives `none` where the text is no decimal",
        "each" | "forEach" | "for_each" => "write `for item in … { … }`",
        "put" | "set" | "insert" => "write `map[key] = value`, without a method",
        "format" => "write what is to stand in the text between braces: `\"{name}: {amount}\"`",
        _ => return None,
    })
}

/// Lists what there is, for whoever wrote a name that nothing is near to.
pub(super) fn listed(mut names: Vec<&str>) -> Option<String> {
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(MOST_LISTED);
    names.truncate(MOST_LISTED);
    let (last, rest) = names.split_last()?;
    let list = if rest.is_empty() { format!("`{last}`") } else { format!("`{}` and `{last}`", rest.join("`, `")) };
    Some(if more == 0 { format!("it has {list}") } else { format!("it has {list} and {more} more") })
}
