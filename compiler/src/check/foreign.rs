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
        "min" => &["min_by"],
        "max" => &["max_by"],
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
        "enumerate" => "count along: `for at in 0..items.len() {`, then `items[at]`",
        "format" => "write what is to stand in the text between braces: `\"{name}: {amount}\"`",
        _ => return None,
    })
}

/// Gives how what a function or module of that name does elsewhere is written here.
pub(super) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "sleep" | "delay" | "setTimeout" => "write `wait 2s`",
        "print" | "println" | "echo" | "console" | "printf" | "puts" | "logger" | "logging" => {
            "write `log.info(\"…\")`"
        }
        "len" => "write `value.len()`",
        "range" => "write `0..n`",
        "str" => "write `\"{value}\"`",
        "parseInt" | "atoi" => "write `int.parse(text)`, which gives `none` where the text is no int",
        "parseFloat" => "write `float.parse(text)`, which gives `none` where the text is no float",
        "min" => "write `a.min(b)`; of a list `items.min_by(item => item)`",
        "max" => "write `a.max(b)`; of a list `items.max_by(item => item)`",
        "abs" => "write `value.abs()`",
        "round" | "floor" | "ceil" => "a number has methods for it: `value.round()`",
        "Math" | "math" => "numbers have methods: `value.abs()`, `value.round()`, `a.min(b)`",
        "sum" => "write `items.sum()`",
        "sorted" => "write `items.sort()`, by a key `items.sort_by(item => item.name)`",
        "reversed" => "write `items.reverse()`",
        "zip" => "write `items.zip(others)`",
        "filter" | "any" | "all" => "a list has methods for it: `items.filter(item => …)`",
        "enumerate" => "count along: `for at in 0..items.len() {`, then `items[at]`",
        "isinstance" | "typeof" => {
            "types are known before a run; the case of an enum is asked for with `match` or `is`"
        }
        "env" | "environ" | "os" | "process" | "sys" | "getenv" => {
            "what comes from outside is declared at the top of a file: `setting NAME: string` or `secret NAME`"
        }
        "argv" | "args" | "input" => "what a run is given are the parameters of its task",
        "pass" => "leave it out: an empty block is `{}`",
        "exit" | "quit" => "a task ends well with `return`, and badly with `fail invalid \"…\"`",
        "assert" => "write `if not … { fail invalid \"…\" }`, or in the head `ensure …`",
        "shell" | "sh" | "bash" | "system" | "subprocess" | "popen" => {
            "a program is run with its arguments, without a shell: `exec.run(\"tar\", [\"-xf\", file])`"
        }
        "fetch" | "requests" | "axios" | "curl" | "urllib" | "wget" => "write `http.get(url).text()`",
        "re" | "regex" | "RegExp" => "a text has methods for it: `text.matches(r\"^\\d+$\")`",
        "JSON" => "the module is `json`: `json.parse(text)`, `json.stringify(value)`",
        "Date" | "strftime" | "timedelta" => "write `now()` and `today()`; lengths of time are `30s`, `2h`, `1d`",
        "dict" | "Map" | "HashMap" => "a map is written `{\"key\": value}`, its type `map<string, int>`",
        "tuple" => "give the values names in a record, or write `Pair(first: a, second: b)`",
        "open" => "the module `files` reads and writes files: `files.read(path)`",
        "this" => "in `extend` the value is `self`; anywhere else a function takes what it needs",
        "super" => "there are no classes",
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
