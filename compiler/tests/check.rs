//! What the checker says: every page of its codes, and programs about which it has nothing to say.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::{Analysis, Input, InputFile, analyze};
use diagnostics::Code;
use std::path::Path;

fn library() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib");
    let mut modules = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "task") {
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            modules.push((module, std::fs::read_to_string(&path).unwrap()));
        }
    }
    modules.sort();
    modules
}

fn check_files(files: &[(&str, &str)]) -> Analysis {
    let files = files.iter().map(|(module, text)| InputFile {
        name: format!("{module}.task"),
        module: (*module).to_owned(),
        text: (*text).to_owned(),
    });
    analyze(Input { name: "test".into(), files: files.collect(), library: library(), ..Input::default() })
}

fn check(text: &str) -> Analysis {
    check_files(&[("main", text)])
}

fn told(analysis: &Analysis) -> Vec<String> {
    analysis
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.primary.place;
            let start = analysis.sources.start(place);
            let file = analysis.sources.file(place.file).name();
            format!(
                "{file}:{}:{} {} {} `{}`",
                start.line,
                start.column,
                diagnostic.code.number(),
                diagnostic.message,
                analysis.sources.text(place)
            )
        })
        .collect()
}

fn clean(text: &str) {
    let analysis = check(text);
    let errors: Vec<String> = told(&analysis).into_iter().filter(|line| line.contains(" E")).collect();
    assert!(errors.is_empty(), "{text}\n{}", errors.join("\n"));
    assert!(analysis.program.is_some());
}

/// Asserts what is told: code and the text of the place, in the order of the text.
fn tells(text: &str, expected: &[(&str, &str)]) {
    let analysis = check(text);
    let found: Vec<(&str, &str)> = analysis
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| (diagnostic.code.number(), analysis.sources.text(diagnostic.primary.place)))
        .collect();
    assert_eq!(found, expected, "{text}\n{}", told(&analysis).join("\n"));
}

#[test]
fn the_library_has_nothing_wrong() {
    let analysis = check("");
    assert!(analysis.diagnostics.is_empty(), "{}", told(&analysis).join("\n"));
}

#[test]
fn every_page_raises_its_code_and_mends_it() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let number = code.number();
        if !["E02", "E03", "E04", "W02", "W04"].iter().any(|group| number.starts_with(group)) {
            continue;
        }
        let blocks = blocks(code.page());
        assert_eq!(blocks.len(), 2, "{number}");
        let analysis = check(&blocks[0]);
        let found: Vec<Code> = analysis.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        if found != [*code] {
            wrong.push(format!("{number} fails: {:#?}", told(&analysis)));
        }
        let analysis = check(&blocks[1]);
        if !analysis.diagnostics.is_empty() {
            wrong.push(format!("{number} clean: {:#?}", told(&analysis)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn blocks(page: &str) -> Vec<String> {
    page.split("```task")
        .skip(1)
        .filter_map(|part| Some(part.split_once('\n')?.1.split("```").next()?.into()))
        .collect()
}

#[test]
fn the_first_look_of_the_manual_is_clean() {
    clean(
        r#"
//! Watches the public site.

/// One page, as it was found.
record Health { page: Url, ok: bool, took: duration }

/// Fails, and so alerts, when a page is down or slow.
task health_check(
    /// Pages to fetch.
    pages: list<Url> where it.len() > 0 = ["https://example.com/", "https://example.com/login"],
    /// The slowest answer that still counts as healthy.
    budget: duration where it > 0s = 2s,
) -> list<Health>
    on every 5m jitter 30s
    needs net "example.com"
    timeout 1m
{
    let checks = for page in pages yield probe(page, budget)
    let sick = checks.filter(c => not c.ok)
    if sick.len() > 0 {
        fail unavailable "{sick.len()} of {checks.len()} pages are unhealthy"
    }
    checks
}

fn probe(page: Url, budget: duration) -> Health {
    let started = now()
    let ok = http.get(page, timeout: budget).ok() catch false
    Health(page: page, ok: ok, took: now() - started)
}
"#,
    );
}

#[test]
fn the_usual_constructs_are_clean() {
    clean(
        r#"
const LIMIT = 10
const NAMES: list<string> = ["a", "b"]

enum Verdict { spam, ham, unsure(reason: string) }

record Sale { id: string, amount: float = 0, note: string? = none }

fn judge(n: int) -> Verdict {
    if n > LIMIT { Verdict.spam } else if n == 0 { Verdict.unsure("empty: {n}") } else { Verdict.ham }
}

fn words(text: string) -> map<string, int> {
    var counts: map<string, int> = {}
    for word in text.split(" ") {
        counts[word] = (counts.get(word) ?? 0) + 1
    }
    counts
}

fn describe(verdict: Verdict) -> string {
    match verdict {
        .spam | .ham => "known"
        .unsure(reason) if reason != "" => reason
        .unsure(_) => "?"
    }
}

fn notes(sales: list<Sale>) -> list<string> {
    for sale in sales yield {
        if sale.note == none {
            continue
        }
        sale.note.upper()
    }
}

fn total(sales: list<Sale>) -> float {
    sales.map(sale => sale.amount).fold(0.0, (sum, each) => sum + each)
}

fn load(url: Url) -> json {
    let answer = http.get(url, headers: {"accept": "application/json"})
    let body = answer.json()
    {"first": body["items"][0], "count": 3, "names": NAMES, "nothing": none}
}

fn risky(text: string) -> int {
    let parsed = int.parse(text) ?? fail parse "no number: {text}"
    let outcome = try risky(text)
    let fallback = match outcome {
        .ok(value) => value
        .err(error) => if error.retryable { 1 } else { 0 }
    }
    try {
        parsed + fallback
    } catch timeout, network as e {
        log.warn("slow", kind: e.kind, tries: 3)
        0
    } catch as e {
        fail e
    } finally {
        log.info("done")
    }
}

fn order(id: string) -> Sale {
    var sale = Sale(id: id)
    sale.amount = 3
    sale.amount += 1.5
    sale.with(note: "x")
}

fn captured(limit: int, items: list<int>) -> list<int> {
    items.filter(item => item > limit).map(item => {
        let doubled = item * 2
        doubled + limit
    }).sort_by(item => -item)
}

fn find(names: list<string>, wanted: string) -> int? {
    var at = 0
    while at < names.len() {
        if names[at] == wanted {
            return at
        }
        at += 1
    }
    none
}

fn decoded(text: string) -> list<Sale> {
    json.parse(text).decode()
}

fn when(day: date) -> string {
    let start = 2026-01-31T09:30[Europe/Berlin]
    let later = start + 2h * 3
    if day in 2026-01-01..2026-12-31 and later > start { "{day}: {later - start}" } else { "" }
}

/// Runs all of it.
task all(path: Path = "out.json")
    needs files write "out.json"
    timeout 5m
{
    wait 10s
    let verdict = judge(3)
    if verdict is .unsure(reason) {
        log.info(reason)
    }
    files.write(path, json.pretty({"verdict": describe(verdict), "words": words("a b a")}))
}
"#,
    );
}

#[test]
fn one_cause_makes_one_diagnostic() {
    tells(
        "fn f(x: Missing) -> int {\n    let y = x.name\n    let z = y + 1\n    z.foo(y)[2]\n}\n",
        &[("E0202", "Missing")],
    );
    tells("fn f() -> int {\n    let a = missing(1)\n    a + a\n}\n", &[("E0201", "missing")]);
}

#[test]
fn narrowing_ends_with_an_assignment() {
    clean("fn f(x: int?) -> int {\n    if x == none {\n        return 0\n    }\n    x + 1\n}\n");
    clean("fn f(x: int?, y: int?) -> bool {\n    x != none and y != none and x < y\n}\n");
    tells(
        "fn f(x: int?) -> int {\n    var y = x\n    if y != none {\n        y = none\n        return y + 1\n    }\n    0\n}\n",
        &[("E0307", "+")],
    );
}

#[test]
fn a_match_lists_what_it_misses() {
    let analysis = check(
        "enum E { a, b(x: int?), c }\n\nfn f(e: E?) -> int {\n    match e {\n        none => 1\n        .b(none) => 2\n        .a => 3\n    }\n}\n",
    );
    let lines = told(&analysis);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("`.b(value)`") || lines[0].contains("`.c`"), "{lines:?}");
}

#[test]
fn names_are_brought_in_from_other_files() {
    let files = [
        ("jobs.sales", "record Sale { id: string }\n\nfn fetch() -> Sale {\n    Sale(id: \"1\")\n}\n"),
        ("main", "use jobs.sales\nuse jobs.sales { Sale }\n\nfn f() -> Sale {\n    sales.fetch()\n}\n"),
    ];
    let analysis = check_files(&files);
    assert!(analysis.diagnostics.is_empty(), "{:?}", told(&analysis));
}

#[test]
fn long_chains_end_in_an_answer() {
    for count in [50, 300, 1_000] {
        let sum = vec!["1"; count].join(" + ");
        check(&format!("fn f() -> int {{\n    {sum}\n}}\n"));
        let calls = ".abs()".repeat(count);
        check(&format!("fn f(x: int) -> int {{\n    x{calls}\n}}\n"));
        let elses = "else if x == 1 { 1 } ".repeat(count);
        check(&format!("fn f(x: int) -> int {{\n    if x == 0 {{ 0 }} {elses} else {{ 2 }}\n}}\n"));
        let nots = "not ".repeat(count);
        check(&format!("fn f(x: bool) -> bool {{\n    {nots} x\n}}\n"));
    }
}

#[test]
fn hover_and_definition_find_items_members_and_locals() {
    let text =
        "/// A sale.\nrecord Sale { id: string }\n\nfn f(sale: Sale) -> int {\n    let n = sale.id.len()\n    n\n}\n";
    let analysis = check(text);
    let file = diagnostics::FileId(0);
    let at = |part: &str| text.rfind(part).unwrap() as u32;
    let hover = analysis.hover(file, at("Sale)")).unwrap();
    assert!(hover.markdown.contains("record Sale") && hover.markdown.contains("A sale."), "{}", hover.markdown);
    let hover = analysis.hover(file, at("n\n}")).unwrap();
    assert_eq!(hover.markdown, "```task\nn: int\n```");
    let hover = analysis.hover(file, at("len()")).unwrap();
    assert!(hover.markdown.contains("fn len() -> int"), "{}", hover.markdown);
    let place = analysis.definition(file, at("len()")).unwrap();
    assert!(analysis.sources.file(place.file).name().contains("string"));
    let place = analysis.definition(file, at("id.len")).unwrap();
    assert_eq!(place.span.start, text.find("id:").unwrap() as u32);
}

/// Gives what the one error about an expression advises: its helps, then its notes.
fn advice(expression: &str) -> Vec<String> {
    let analysis = check(&format!("use json\n\nfn f(text: string) -> json {{\n    {expression}\n}}\n"));
    let [error] = analysis.diagnostics.as_slice() else { panic!("{:?}", told(&analysis)) };
    error.help.iter().chain(&error.notes).cloned().collect()
}

#[test]
fn a_wrong_member_is_answered_with_ours_or_with_what_there_is() {
    assert_eq!(advice("text.length()"), ["did you mean `len`?"], "a habit from elsewhere");
    assert_eq!(advice("text.uper()"), ["did you mean `upper`?"], "a slip");
    assert_eq!(advice("text.toInt()"), ["write `int.parse(…)`, which gives `none` where the text is no int"]);
    assert_eq!(advice("json.dumps(text)"), ["did you mean `stringify`?"]);
    assert_eq!(advice("json.frobnicate(text)"), ["it has `parse`, `pretty` and `stringify`"]);
}

#[test]
fn what_is_declared_twice_is_told_once_though_the_second_looks_otherwise() {
    for (first, second) in [
        ("enum A { one }", "enum A { one, two(n: int = 1), three(n: int) }"),
        ("record A { a: int }", "record A { b: string = \"\", c: int }"),
        ("event A { a: int }", "event A { b: string, c: int }"),
        ("enum A { one }", "record A { b: int = 1 }"),
        ("fn A() {}", "event A { b: int }"),
    ] {
        let analysis = check(&format!("{first}\n\n{second}\n"));
        let errors: Vec<Code> = analysis.diagnostics.iter().filter(|it| it.is_error()).map(|it| it.code).collect();
        assert_eq!(errors, [Code::DuplicateName], "{first} {second}: {:?}", told(&analysis));
    }
}

#[test]
fn a_wrong_program_is_told_of_all_the_library() {
    // `trim` is nowhere in the text, so it is only known once the whole library is read.
    let told = check("fn f(text: string) -> string {\n    text.trm()\n}\n");
    let help = format!("{:?}", told.diagnostics);
    assert!(help.contains("`trim`") || help.contains("\"trim\""), "{help}");
}

#[test]
fn a_project_sets_the_level_of_a_lint() {
    let analyzed = |level: &str| {
        let text = "/// Says one.\ntask one() -> int {\n    1\n}\n".to_owned();
        let file = InputFile { name: "main.task".into(), module: "main".into(), text };
        let levels = compiler::Levels::read([("W0502", level)]).unwrap();
        analyze(Input { name: "test".into(), files: vec![file], library: library(), levels, ..Input::default() })
    };
    assert!(analyzed("off").diagnostics.is_empty());
    assert_eq!(analyzed("note").diagnostics[0].severity, diagnostics::Severity::Note);
    let failing = analyzed("error");
    assert!(failing.has_errors() && compiler::compile(&failing).is_err(), "{:?}", told(&failing));
}

#[test]
fn the_fix_of_a_needless_allow_takes_its_line_away() {
    let text = "// allow W0203: once\n/// Says one.\ntask one() -> int timeout 1m {\n    1 // allow W0201: once\n}\n";
    let analysis = check(text);
    let mended = diagnostics::mend(&analysis.sources, &analysis.diagnostics);
    assert_eq!(mended[0].text, "/// Says one.\ntask one() -> int timeout 1m {\n    1\n}\n");
}
