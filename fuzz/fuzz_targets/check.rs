//! Any text is checked; what has no errors compiles to an image that the verifier takes, and that runs without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let analysis = fuzz::analyze(&text);
    if let Ok(image) = compiler::compile(&analysis) {
        if let Err(error) = image.verify() {
            panic!("the compiler has made an image that is refused: {error}");
        }
        fuzz::run(image);
    }
});
