//! Any bytes are refused or are an image; one that the verifier takes runs without a panic.
//!
//! An input is the content of an image, or a source that is compiled to one. The header with its hash is made here:
//! a wrong hash is refused at once, and nothing behind it would be reached.
#![no_main]

use bytecode::Image;
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};

/// `TASKC` and the version.
const BEGINNING: usize = 6;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(image) = Image::decode(&sealed(bytes)) else { return Corpus::Keep };
    if image.verify().is_err() {
        return Corpus::Keep;
    }
    assert_eq!(Image::decode(&image.encode()).as_ref(), Ok(&image), "an image is what it is read back as");
    fuzz::run(image);
    Corpus::Keep
});

// A source becomes the content of its image, from where bytes are changed as they are.
fuzz_mutator!(|data: &mut [u8], size: usize, largest: usize, _seed: u32| {
    let source = data.get(..size).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
    if source.contains("task ")
        && let Ok(image) = compiler::compile(&fuzz::analyze(source))
    {
        let bytes = image.encode();
        let content = &bytes[BEGINNING + 8 + blake3::OUT_LEN..];
        if let Some(place) = data.get_mut(..content.len().min(largest)) {
            place.copy_from_slice(&content[..place.len()]);
            return place.len();
        }
    }
    fuzzer_mutate(data, size, largest)
});

/// Puts the header of an image before its content.
fn sealed(content: &[u8]) -> Vec<u8> {
    let mut bytes = Image::default().encode();
    bytes.truncate(BEGINNING);
    bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
    bytes.extend_from_slice(blake3::hash(content).as_bytes());
    bytes.extend_from_slice(content);
    bytes
}
