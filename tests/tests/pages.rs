//! Every code has a page, whose failing example raises exactly that code and whose correct one raises nothing.

use compiler::{Input, InputFile};
use diagnostics::{Code, Diagnostic};
use tests::{NOW, examples};

fn check(text: &str) -> Vec<Diagnostic> {
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    let file = InputFile { name: "example.task".to_owned(), module: "example".to_owned(), text: text.to_owned() };
    let (name, files, now) = ("example".to_owned(), vec![file], Some(NOW));
    let analysis = compiler::analyze(Input { name, files, library, now, ..Input::default() });
    // The limits of images are told when a program without errors is compiled.
    let limits =
        if analysis.has_errors() { Vec::new() } else { compiler::compile(&analysis).err().unwrap_or_default() };
    analysis.diagnostics.into_iter().chain(limits).collect()
}

#[test]
fn every_page_shows_its_code_failing_and_mended() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let number = code.number();
        let page = code.page();
        if !page.starts_with(&format!("# {number}: {}\n", code.title())) {
            wrong.push(format!("{number}: the page does not begin with its number and title"));
        }
        let blocks = examples(page);
        let (failing, correct): (Vec<_>, Vec<_>) =
            blocks.iter().partition(|block| block.words.iter().any(|word| word == "fails"));
        if failing.is_empty() || correct.is_empty() {
            wrong.push(format!("{number}: the page needs a failing and a correct example"));
        }
        for block in failing {
            let found = check(&block.text);
            if found.is_empty() || found.iter().any(|diagnostic| diagnostic.code != *code) {
                wrong.push(format!("{number}: line {}: found {:?}", block.line, told(&found)));
            }
        }
        for block in correct {
            let found = check(&block.text);
            if !found.is_empty() {
                wrong.push(format!("{number}: line {}: expected nothing, found {:?}", block.line, told(&found)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn told(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code.number(), diagnostic.message)).collect()
}
