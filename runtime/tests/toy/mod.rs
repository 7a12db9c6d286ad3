//! A toy library and programs assembled by hand: the engine is tested without the language.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, missing_docs)]

use bytecode::*;
use diagnostics::{FileId, Span};
use runtime::clock::FakeClock;
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::RunSummary;
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 2026-01-01T00:00Z.
pub const NEW_YEAR: i64 = 1_767_225_600_000_000;
pub const SECOND: i64 = 1_000_000;

/// The natives that toy programs ask for, in their order in the image.
pub const TOUCH: u16 = 0;
pub const TOUCH_ONCE: u16 = 1;
pub const HANG: u16 = 2;
pub const HANG_ONCE: u16 = 3;
pub const NOW: u16 = 4;
pub const WAIT: u16 = 5;
pub const LOG: u16 = 6;
pub const FAIL: u16 = 7;

pub fn natives() -> Natives {
    let mut natives = Natives::new();
    natives.effect("toy.touch", touch);
    natives.effect("toy.touch_once", touch);
    natives.effect("toy.hang", hang);
    natives.effect("toy.hang_once", hang);
    natives.effect("toy.fail", fail);
    natives
}

/// Appends its argument as a line to `touched`.
async fn touch(context: EffectContext, arguments: Vec<Data>) -> Answer {
    use std::io::Write;
    let file = std::fs::OpenOptions::new().create(true).append(true).open(context.base.join("touched"));
    let Ok(mut file) = file else {
        return Answer::NotDone(Failure::new(ErrorKind::Io, "the file cannot be opened"));
    };
    let line = format!("{:?}\n", arguments.first().unwrap_or(&Data::None));
    match file.write_all(line.as_bytes()) {
        Ok(()) => Answer::Done(Ok(Data::None)),
        Err(error) => Answer::Unknown(Failure::new(ErrorKind::Io, error.to_string())),
    }
}

/// Touches, and then never ends.
async fn hang(context: EffectContext, arguments: Vec<Data>) -> Answer {
    touch(context, arguments).await;
    std::future::pending().await
}

async fn fail(_context: EffectContext, _arguments: Vec<Data>) -> Answer {
    Answer::Done(Err(Failure::new(ErrorKind::NotFound, "there is nothing")))
}

pub fn touched(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("touched")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// A task that asks for each native in turn, `rounds` times, with the number of the round as the argument.
pub fn program(natives: &[u16], rounds: i32, timeout: Option<i64>, schedules: Vec<TaskSchedule>) -> Image {
    let (w, r) = (|n| W(n), |n| R(n));
    let mut code = vec![
        Op::Int { into: w(1), value: 0 },
        Op::Int { into: w(2), value: rounds },
        Op::LtInt { into: w(3), left: w(1), right: w(2) },
        Op::JumpIfNot { condition: w(3), to: To(0) },
    ];
    for &native in natives {
        match native {
            NOW => code.push(Op::Perform { native: NativeId(native), refs: r(0), count: 0 }),
            WAIT => {
                code.push(Op::ConstW { into: w(4), constant: WordId(0) });
                code.push(Op::BoxInt { into: r(0), from: w(4) });
                code.push(Op::Perform { native: NativeId(native), refs: r(0), count: 1 });
            }
            LOG => {
                code.push(Op::ConstR { into: r(0), constant: ConstantId(0) });
                code.push(Op::Perform { native: NativeId(native), refs: r(0), count: 1 });
            }
            _ => {
                code.push(Op::BoxInt { into: r(0), from: w(1) });
                code.push(Op::Perform { native: NativeId(native), refs: r(0), count: 1 });
            }
        }
    }
    code.push(Op::AddIntBy { into: w(1), left: w(1), value: 1 });
    code.push(Op::Jump { to: To(2) });
    let end = To(u32::try_from(code.len()).unwrap());
    code[3] = Op::JumpIfNot { condition: w(3), to: end };
    code.push(Op::ReturnW { value: w(1) });
    let names = [
        ("toy.touch", Class::Idempotent, Some(1)),
        ("toy.touch_once", Class::Once, Some(1)),
        ("toy.hang", Class::Idempotent, Some(1)),
        ("toy.hang_once", Class::Once, Some(1)),
        ("clock.now", Class::Idempotent, None),
        ("timer.sleep", Class::Idempotent, Some(2)),
        ("log.info", Class::Idempotent, Some(3)),
        ("toy.fail", Class::Idempotent, Some(1)),
    ];
    Image {
        name: "toy".to_owned(),
        tasks: vec![Task {
            name: "tidy".to_owned(),
            doc: String::new(),
            place: Span::at(0).in_file(FileId(0)),
            parameters: vec![],
            result: TypeId(1),
            entry: FunctionId(0),
            schedules,
            needs: vec![],
            timeout,
            triggers: vec![],
            clauses: Clauses::default(),
        }],
        functions: vec![Function {
            name: "tidy".to_owned(),
            parameters: vec![Bank::Word],
            captures: 0,
            result: Some(Bank::Word),
            words: 5,
            refs: 2,
            code,
            handlers: vec![],
            places: vec![],
        }],
        words: vec![u64::try_from(60 * SECOND).unwrap()],
        constants: vec![Constant::String("hello".to_owned())],
        types: vec![Type::Nothing, Type::Int, Type::Duration, Type::String, Type::DateTime],
        natives: names
            .into_iter()
            .map(|(name, class, parameter)| Native {
                name: name.to_owned(),
                class,
                parameters: parameter.map(TypeId).into_iter().collect(),
                result: if name == "clock.now" { TypeId(4) } else { TypeId(0) },
            })
            .collect(),
        sources: vec![Source { name: "toy.task".to_owned(), text: String::new() }],
        ..Image::default()
    }
}

/// An engine over a folder with a clock that stands.
pub struct World {
    pub folder: tempfile::TempDir,
    pub clock: Arc<FakeClock>,
}

impl World {
    pub fn new() -> World {
        World { folder: tempfile::tempdir().unwrap(), clock: Arc::new(FakeClock::new(NEW_YEAR, 1)) }
    }

    pub fn options(&self) -> EngineOptions {
        EngineOptions {
            base: self.folder.path().to_owned(),
            clock: Arc::clone(&self.clock) as Arc<_>,
            workers: 2,
            ..EngineOptions::new(self.folder.path().join("data"), natives())
        }
    }

    pub fn open(&self) -> Engine {
        Engine::open(self.options()).unwrap()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn touched(&self) -> Vec<String> {
        touched(self.folder.path())
    }
}

pub fn start(engine: &Engine, image: Image) -> RunId {
    let image = engine.deploy(image).unwrap();
    start_again(engine, image)
}

pub fn start_again(engine: &Engine, image: ImageHash) -> RunId {
    engine.start(StartRun { image, task: "tidy".to_owned(), arguments: vec![] }).unwrap()
}

/// Waits for something that other threads bring about.
pub fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub fn follow(engine: &Engine, run: RunId) -> RunSummary {
    engine.follow_for(run, Duration::from_secs(20)).unwrap().expect("the run did not end")
}

pub fn summary(engine: &Engine, run: RunId) -> RunSummary {
    engine.history().unwrap().run(&RunPrefix::from(run)).unwrap()
}

pub fn until_state(engine: &Engine, run: RunId, state: RunState) {
    until(state.name(), || summary(engine, run).state == state);
}

pub fn failure_kind(summary: &RunSummary) -> &str {
    match &summary.outcome {
        Some(Err(failure)) => &failure.failure.kind,
        other => panic!("{other:?}"),
    }
}
