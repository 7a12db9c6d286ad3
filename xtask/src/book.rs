//! `book`: the book with a page for every code, so that the address a diagnostic gives leads somewhere.
//!
//! The pages of the codes stand once, in `diagnostics/explain`; the book in `target/book` is put together from both.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The line of the summary below which the codes stand.
const CODES_CHAPTER: &str = "- [Error codes](error-codes.md)";

/// Puts the book together and builds it, if mdBook is there.
pub fn run(root: &Path, tell: &mut dyn FnMut(&str)) -> Result<(), String> {
    let folder = root.join("target/book");
    let pages = assemble(root, &folder).map_err(|error| format!("the book could not be put together: {error}"))?;
    tell(&format!("put together with {pages} pages of codes in {}", folder.display()));
    match Command::new("mdbook").arg("build").arg(&folder).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("mdbook ended with {status}")),
        Err(_) => {
            tell("mdbook is not installed: `cargo install mdbook` gives it, and then this builds HTML");
            Ok(())
        }
    }
}

/// Copies the book into `folder` with the pages of all codes, and gives how many there are.
pub fn assemble(root: &Path, folder: &Path) -> io::Result<usize> {
    let book = root.join("docs/book");
    let codes = folder.join("src/codes");
    if codes.exists() {
        // A page of a code that is gone must not stay.
        fs::remove_dir_all(&codes)?;
    }
    fs::create_dir_all(&codes)?;
    fs::copy(book.join("book.toml"), folder.join("book.toml"))?;
    for page in markdown_files(&book.join("src"))? {
        fs::copy(&page, folder.join("src").join(page.file_name().unwrap_or_default()))?;
    }
    let mut chapters = String::new();
    let explained = markdown_files(&root.join("diagnostics/explain"))?;
    for page in &explained {
        let name = page.file_stem().unwrap_or_default().to_string_lossy();
        fs::copy(page, codes.join(format!("{name}.md")))?;
        chapters.push_str(&format!("\n    - [{name}](codes/{name}.md)"));
    }
    let summary = fs::read_to_string(book.join("src/SUMMARY.md"))?;
    let summary = summary.replace(CODES_CHAPTER, &format!("{CODES_CHAPTER}{chapters}"));
    fs::write(folder.join("src/SUMMARY.md"), summary)?;
    Ok(explained.len())
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
