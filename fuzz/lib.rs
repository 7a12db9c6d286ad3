//! What the fuzz targets share, and how they are run.
//!
//! ```text
//! cargo install cargo-fuzz
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none parse fuzz/corpus/parse examples tests/broken -- -dict=fuzz/task.dict
//! ```
//!
//! The compiler has no `unsafe`, so no sanitizer is needed; the switch lets a stable toolchain build the targets. The
//! second folder and those behind it are only read. `image` finds its first inputs by compiling those of `check`.
//! What a target finds is mended and kept as a test.

use compiler::{Analysis, Input, InputFile};

/// The most instructions that count which an image may run.
pub const FUEL: u64 = 100_000;

/// Analyses one file with the library.
pub fn analyze(text: &str) -> Analysis {
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    let file = InputFile { name: "main.task".to_owned(), module: "main".to_owned(), text: text.to_owned() };
    compiler::analyze(Input { name: "main".to_owned(), files: vec![file], library, ..Input::default() })
}

/// Verifies and links an image, and runs its tasks that take nothing up to their first operation.
pub fn run(image: bytecode::Image) {
    let tasks = image.tasks.len().min(4);
    let Ok(program) = runtime::vm::Program::new(image.into(), &stdlib::natives()) else { return };
    for task in 0..tasks {
        if let Ok(mut vm) = runtime::vm::Vm::task(program.clone(), task, &[]) {
            let _ = vm.run(FUEL);
        }
    }
}
