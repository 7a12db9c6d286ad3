//! `book`: the book with the manual of the language, and with a page for every code, so that the address a diagnostic
//! gives leads somewhere.
//!
//! Every page stands once: the manual in `tests/spec`, where it is a test, the pages of the codes in
//! `diagnostics/explain`, the rest in `docs/book`. The book in `target/book` is put together from them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Pages that come from elsewhere.
struct Part {
    /// The line of the summary below which they stand.
    chapter: &'static str,
    /// Where they are, from the repository's root.
    from: &'static str,
    /// The folder of the book that they go to.
    to: &'static str,
}

const PARTS: &[Part] = &[
    Part { chapter: "- [The language](language.md)", from: "tests/spec", to: "language" },
    Part { chapter: "- [Error codes](error-codes.md)", from: "diagnostics/explain", to: "codes" },
];

/// Puts the book together and builds it, if mdBook is there.
pub fn run(root: &Path, tell: &mut dyn FnMut(&str)) -> Result<(), String> {
    let folder = root.join("target/book");
    let pages = assemble(root, &folder).map_err(|error| format!("the book could not be put together: {error}"))?;
    tell(&format!("put together with {pages} pages of the manual and of codes in {}", folder.display()));
    match Command::new("mdbook").arg("build").arg(&folder).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("mdbook ended with {status}")),
        Err(_) => {
            tell("mdbook is not installed: `cargo install mdbook` gives it, and then this builds HTML");
            Ok(())
        }
    }
}

/// Copies the book into `folder` with the pages that come from elsewhere, and gives how many those are.
pub fn assemble(root: &Path, folder: &Path) -> io::Result<usize> {
    let book = root.join("docs/book");
    let source = folder.join("src");
    if source.exists() {
        // A page that is gone must not stay.
        fs::remove_dir_all(&source)?;
    }
    fs::create_dir_all(&source)?;
    fs::copy(book.join("book.toml"), folder.join("book.toml"))?;
    for page in markdown_files(&book.join("src"))? {
        fs::copy(&page, source.join(page.file_name().unwrap_or_default()))?;
    }
    let mut summary = fs::read_to_string(book.join("src/SUMMARY.md"))?;
    let mut count = 0;
    for part in PARTS {
        fs::create_dir_all(source.join(part.to))?;
        let mut chapters = part.chapter.to_owned();
        for page in markdown_files(&root.join(part.from))? {
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&page)?;
            let title = text.lines().next().unwrap_or_default().trim_start_matches('#').trim();
            chapters.push_str(&format!("\n    - [{title}]({}/{name})", part.to));
            fs::write(source.join(part.to).join(name.as_ref()), text)?;
            count += 1;
        }
        summary = summary.replace(part.chapter, &chapters);
    }
    fs::write(source.join("SUMMARY.md"), summary)?;
    Ok(count)
}

fn markdown_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
