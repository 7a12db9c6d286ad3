//! The programs that are measured, and a library beside the standard one whose operations do nothing.

use bytecode::Image;
use compiler::{Input, InputFile};
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, StartRun};
use runtime::{Answer, Data, EffectContext, Natives};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What the operations of the `bench` module are declared as.
const LIBRARY: &str = r"//! Operations that do nothing.

/// Does nothing, and may be repeated.
extern fn nothing() idempotent

/// Does nothing, and may not be repeated.
extern fn once() once

/// Never ends, and may be repeated.
extern fn hang() idempotent
";

const PROGRAM: &str = r#"//! What the benchmark of the engine runs.

/// A line of an order.
record Line { article: string, count: int, price: decimal }

/// Steps in a row.
task steps(count: int) {
    for number in 0..count {
        step work { bench.nothing() }
    }
}

/// The same, none of which may be repeated.
task once_steps(count: int) {
    for number in 0..count {
        step work { bench.once() }
    }
}

/// Comes to nothing.
task nothing() {
}

/// Starts runs that come to nothing.
task fan_out(count: int) {
    for number in 0..count {
        start nothing()
    }
}

/// Sleeps between the lines of an order.
task sleeper(number: int) {
    let lines = [
        Line(article: "chair {number}", count: 4, price: 49.90),
        Line(article: "table {number}", count: 1, price: 349),
        Line(article: "lamp {number}", count: 2, price: 19.95),
    ]
    for line in lines {
        wait 1h
        log.info("reminded", article: line.article)
    }
}

/// Starts sleepers.
task put_to_sleep(count: int) {
    for number in 0..count {
        start sleeper(number: number)
    }
}

/// Is in flight until its process is gone.
task hanging() {
    bench.nothing()
    bench.hang()
}

/// Starts runs that hang.
task hang_all(count: int) {
    for number in 0..count {
        start hanging()
    }
}
"#;

/// How often operations began that never end.
static HANGING: AtomicU64 = AtomicU64::new(0);

/// When the last operation began that does nothing.
static LAST: Mutex<Option<Instant>> = Mutex::new(None);

async fn nothing(_: EffectContext, _: Vec<Data>) -> Answer {
    Answer::Done(Ok(Data::None))
}

/// Like `nothing`, and notes when.
async fn noted(_: EffectContext, _: Vec<Data>) -> Answer {
    if let Ok(mut last) = LAST.lock() {
        *last = Some(Instant::now());
    }
    Answer::Done(Ok(Data::None))
}

async fn hang(_: EffectContext, _: Vec<Data>) -> Answer {
    HANGING.fetch_add(1, Ordering::Relaxed);
    std::future::pending().await
}

/// Gives how often operations began that never end.
pub fn hanging() -> u64 {
    HANGING.load(Ordering::Relaxed)
}

/// Gives when the last operation began that is noted.
pub fn last_noted() -> Option<Instant> {
    LAST.lock().ok().and_then(|last| *last)
}

/// An engine with the program.
pub struct Bench {
    /// The engine.
    pub engine: Engine,
    image: ImageHash,
}

/// Gives the usual options for a folder.
pub fn options(folder: &Path) -> EngineOptions {
    let mut natives: Natives = stdlib::natives();
    natives.effect("bench.nothing", nothing);
    natives.effect("bench.once", noted);
    natives.effect("bench.hang", hang);
    EngineOptions::new(folder, natives)
}

impl Bench {
    /// Opens an engine and gives the program to it.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(options: EngineOptions) -> io::Result<Bench> {
        let engine = Engine::open(options).map_err(io::Error::other)?;
        let image = engine.deploy(image()?).map_err(io::Error::other)?;
        Ok(Bench { engine, image })
    }

    /// Starts a task as often as asked; all begin together.
    ///
    /// # Errors
    /// The engine cannot.
    pub fn start(&self, task: &str, argument: Option<i64>, times: usize) -> io::Result<Vec<RunId>> {
        let arguments = argument.map(|argument| Some(Data::Int(argument))).into_iter().collect();
        let start = StartRun { image: self.image, task: task.to_owned(), arguments };
        self.engine.start_all(vec![start; times]).map_err(io::Error::other)
    }

    /// Waits until runs have ended well.
    ///
    /// # Errors
    /// One of them did not.
    pub fn finish(&self, runs: &[RunId]) -> io::Result<()> {
        for run in runs {
            let summary = self.engine.follow(*run).map_err(io::Error::other)?;
            if !matches!(summary.outcome, Some(Ok(_))) {
                return Err(io::Error::other(format!("a run of the benchmark failed: {:?}", summary.outcome)));
            }
        }
        Ok(())
    }

    /// Starts a task once and waits for its end.
    ///
    /// # Errors
    /// It did not end well.
    pub fn run(&self, task: &str, argument: Option<i64>) -> io::Result<()> {
        self.finish(&self.start(task, argument, 1)?)
    }
}

fn image() -> io::Result<Image> {
    let library = stdlib::SOURCES.iter().copied().chain([("bench", LIBRARY)]);
    let analysis = compiler::analyze(Input {
        name: "bench".to_owned(),
        files: vec![InputFile { name: "bench.task".to_owned(), module: "main".to_owned(), text: PROGRAM.to_owned() }],
        library: library.map(|(module, text)| (module.to_owned(), text.to_owned())).collect(),
        ..Input::default()
    });
    compiler::compile(&analysis).map_err(|told| {
        let told: Vec<_> = told.iter().map(|each| each.message.clone()).collect();
        io::Error::other(format!("the benchmark's program is wrong: {}", told.join("; ")))
    })
}
