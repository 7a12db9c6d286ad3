//! Images as bytes: what is written is read, and what is broken is refused with a sentence.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::{
    Bank, Cache, Cause, Clauses, ConstantId, Event, Function, FunctionId, Handler, Image, ImageError, Op, R, Source,
    State, Takes, Task, TaskParameter, To, Trigger, Type, TypeId, W, disassemble,
};
use diagnostics::{FileId, Place, Span};

fn image() -> Image {
    let place = |start| Place { file: FileId(0), span: Span::new(start, start + 1) };
    let main = Function {
        name: "main".to_owned(),
        parameters: vec![Bank::Word, Bank::Word],
        captures: 0,
        result: Some(Bank::Word),
        words: 3,
        refs: 1,
        code: vec![
            Op::Int { into: W(2), value: -1 },
            Op::AddInt { into: W(2), left: W(2), right: W(1) },
            Op::Jump { to: To(3) },
            Op::ReturnW { value: W(2) },
        ],
        handlers: vec![Handler { from: To(0), to: To(2), takes: Takes::World, into: R(0), target: To(3) }],
        places: vec![(0, place(0)), (3, place(8))],
    };
    Image {
        name: "sales".to_owned(),
        functions: vec![main],
        types: vec![Type::Int],
        tasks: vec![Task {
            name: "count".to_owned(),
            doc: String::new(),
            place: place(0),
            parameters: vec![TaskParameter {
                name: "n".to_owned(),
                doc: String::new(),
                type_: TypeId(0),
                default: None,
                check: None,
                choices: None,
            }],
            result: TypeId(0),
            entry: FunctionId(0),
            schedules: Vec::new(),
            needs: Vec::new(),
            timeout: None,
            triggers: Vec::new(),
            clauses: Clauses::default(),
        }],
        sources: vec![Source { name: "sales.task".to_owned(), text: "n - 1\n  return it\n".to_owned() }],
        ..Image::default()
    }
}

fn refused(change: impl FnOnce(&mut Image)) -> String {
    let mut image = image();
    change(&mut image);
    image.verify().unwrap_err().to_string()
}

#[test]
fn an_image_reads_as_it_was_written() {
    let image = image();
    assert_eq!(image.verify(), Ok(()));
    let read = Image::decode(&image.encode()).unwrap();
    assert_eq!(read, image);
    assert_eq!(read.hash(), image.hash());
    assert_eq!(image.hash().to_string().len(), 64);
}

#[test]
fn an_image_that_is_cut_or_changed_anywhere_is_refused() {
    let bytes = image().encode();
    for at in 0..bytes.len() {
        assert!(Image::decode(&bytes[..at]).is_err(), "cut at {at}");
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(Image::decode(&changed).is_err(), "bit {bit} of {at}");
        }
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(matches!(Image::decode(&longer), Err(ImageError::Length { .. })));
    assert_eq!(Image::decode(b"MZ"), Err(ImageError::NoImage));
    assert_eq!(Image::decode(b""), Err(ImageError::NoImage));
}

#[test]
fn each_rule_is_told_with_its_place() {
    let code = |op: Op| refused(|image| image.functions[0].code[1] = op);
    assert!(code(Op::Int { into: W(3), value: 0 }).contains("function `main`, instruction 1 (int): `into`: w3"));
    assert!(code(Op::Jump { to: To(4) }).contains("`to`: @4 is not there"));
    assert!(code(Op::NewRecord { into: R(0), from: R(0), count: 2 }).contains("window of 2 from r0"));
    assert!(code(Op::ReturnR { value: R(0) }).contains("it gives a reference, the function a word"));
    assert!(code(Op::TextW { into: R(0), from: W(0), of: TypeId(1) }).contains("t1 is not there"));
    assert!(code(Op::Call { function: FunctionId(0), words: W(2), refs: R(0) }).contains("window of 2 from w2"));
    assert!(refused(|image| image.functions[0].code.truncate(2)).contains("goes on behind its end"));
    assert!(refused(|image| image.functions[0].handlers[0].target = To(9)).contains("handler 0: its target @9"));
    assert!(refused(|image| image.functions[0].words = 1).contains("its parameters need 2 and 0"));
    assert!(refused(|image| image.tasks[0].result = TypeId(7)).contains("task `count`: type t7"));
    assert!(refused(|image| image.tasks[0].parameters.clear()).contains("its body: f0 takes"));
    assert!(refused(|image| image.types = vec![Type::Optional(TypeId(0))]).contains("optional of an optional"));
    assert!(code(Op::Parallel { from: R(0), at_most: W(0) }).contains("window of 2 from r0"));
    assert!(code(Op::EnterStep { name: ConstantId(0), deadline: R(0), retried: 0 }).contains("k0 is not there"));
    let event = Event { name: "Paid".to_owned(), type_: TypeId(0) };
    assert!(refused(|image| image.events.push(event)).contains("event `Paid`: its type t0 is no record"));
    let state = State { name: "seen".to_owned(), type_: TypeId(0), initial: FunctionId(0) };
    assert!(refused(|image| image.states.push(state)).contains("state `seen`, its first value: f0 takes"));
    let trigger =
        Trigger { cause: Cause::Event("Paid".to_owned()), condition: Some(FunctionId(0)), arguments: None, key: None };
    assert!(refused(|image| image.tasks[0].triggers.push(trigger)).contains("trigger 0, its condition: f0 takes"));
    let cache = Cache { keep: 1, by: Some(FunctionId(0)) };
    assert!(refused(|image| image.tasks[0].clauses.cache = Some(cache)).contains("its cache: f0 gives"));
}

#[test]
fn random_bytes_and_changes_are_no_harm() {
    let valid = image().encode();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..50_000 {
        // The content alone, since the hash would refuse every change.
        let mut content = valid.get(46..).unwrap().to_vec();
        for _ in 0..=next() % 4 {
            let at = next() as usize % content.len();
            content[at] = next() as u8;
        }
        let mut bytes = valid.get(..6).unwrap().to_vec();
        bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend_from_slice(blake3::hash(&content).as_bytes());
        bytes.extend_from_slice(&content);
        if let Ok(image) = Image::decode(&bytes) {
            let _ = image.verify();
            let _ = disassemble(&image);
        }
    }
}

#[test]
fn a_listing_stands_beside_the_source() {
    let listing = disassemble(&image());
    let expected = [
        "f0 main: 3 words, 1 refs",
        "     1 | n - 1",
        "          0  int           w2, -1",
        "          1  add.int       w2, w2, w1",
        "          2  jump          @3",
        "     2 |   return it",
        "          3  return        w2",
        "       @0 to @2: errors of the world into r0, on at @3",
    ];
    assert!(listing.contains(&expected.join("\n")), "{listing}");
}
