//! One world with many runs: what is done to them by chance, and what must hold whatever is done.

use crate::program::TASKS;
use crate::world;
use bytecode::Image;
use runtime::Data;
use runtime::clock::FakeClock;
use runtime::engine::{Decision, Engine, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::{History, RunSummary};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::Random;

/// 2026-01-01T00:00Z and 2036-01-01T00:00Z.
const YEAR_2026: i64 = 1_767_225_600_000_000;
const YEAR_2036: i64 = 2_082_758_400_000_000;

const SECOND: i64 = 1_000_000;

/// How many things are done to a world before it is let come to its end.
const ACTIONS: u64 = 150;

/// How long a world may take to come to its end.
const PATIENCE: Duration = Duration::from_secs(120);

/// A world under way.
pub struct World<'i> {
    image: &'i Image,
    seed: u64,
    random: Random,
    folder: tempfile::TempDir,
    clock: Arc<FakeClock>,
    engine: Option<Engine>,
    deployed: ImageHash,
    /// The runs that were started, with their tasks.
    runs: Vec<(RunId, &'static str)>,
    /// How those have ended that were seen to.
    ended: BTreeMap<RunId, RunSummary>,
    crashes: u64,
    was_set: bool,
}

/// What was explored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explored {
    /// How many runs there were: each is a history.
    pub histories: u64,
    /// How often the process was gone.
    pub crashes: u64,
}

impl<'i> World<'i> {
    /// Makes a world from a seed.
    pub fn new(image: &'i Image, seed: u64) -> World<'i> {
        let folder = tempfile::tempdir().unwrap();
        world::make(folder.path(), seed);
        let clock = Arc::new(FakeClock::new(YEAR_2026, seed));
        let (engine, deployed) = open(image, folder.path(), &clock);
        World {
            image,
            seed,
            random: Random::new(!seed),
            folder,
            clock,
            engine: Some(engine),
            deployed,
            runs: Vec::new(),
            ended: BTreeMap::new(),
            crashes: 0,
            was_set: false,
        }
    }

    /// Does this and that, and then lets all runs come to their ends.
    pub fn live(mut self) -> Explored {
        for _ in 0..ACTIONS {
            self.act();
            self.check_ledger();
        }
        self.note_ends();
        self.check_histories();
        self.come_to_the_end();
        self.check_the_end();
        self.engine = None;
        world::end(self.folder.path());
        Explored { histories: self.ended.len() as u64, crashes: self.crashes }
    }

    fn act(&mut self) {
        match self.random.below(20) {
            0..=7 => self.start(),
            8..=10 => std::thread::sleep(Duration::from_micros(self.random.below(3_000))),
            11..=13 => {
                let seconds = [1, 10, 60, 300, 3_600, 30_000];
                let seconds = self.random.pick(&seconds).unwrap_or(1);
                self.clock.advance(Duration::from_secs(seconds));
            }
            14 => self.set_clock(),
            15 => self.cancel(),
            16 => self.answer_any(),
            17..=18 => self.crash(),
            _ => self.stop(),
        }
    }

    fn start(&mut self) {
        let Some(task) = self.random.pick(TASKS) else { return };
        let argument = match task {
            "ring" => Data::Int(self.random.below(10) as i64),
            _ => Data::String(format!("{task} {}", self.runs.len())),
        };
        let start = StartRun { image: self.deployed, task: task.to_owned(), arguments: vec![Some(argument)] };
        let run = self.engine().start(start).unwrap_or_else(|error| self.fails(&format!("`{task}`: {error}")));
        self.runs.push((run, task));
    }

    /// Sets the wall clock, as a person or a time service does.
    fn set_clock(&mut self) {
        use runtime::clock::Clock;
        let now = self.clock.now();
        let steps = [-86_400, -3_600, 3_600, 86_400].map(|seconds| now + seconds * SECOND);
        let to = self.random.pick(&[steps[0], steps[1], steps[2], steps[3], YEAR_2036, YEAR_2026]);
        self.clock.set(to.unwrap_or(now));
        self.was_set = true;
    }

    fn cancel(&mut self) {
        if let Some((run, _)) = self.random.pick(&self.runs.clone()) {
            // One that has ended is not cancelled any more.
            let _ = self.engine().cancel(run);
        }
    }

    fn answer_any(&mut self) {
        let history = self.history();
        let approved = self.random.below(2) == 0;
        let asks = |run: &RunId| !history.questions(*run).unwrap_or_default().is_empty();
        let asking = self.runs.iter().map(|(run, _)| *run).filter(|run| !self.ended.contains_key(run)).find(asks);
        if let Some(run) = asking {
            let decision = Decision { approved, by: "ann".to_owned(), comment: String::new() };
            // It may have expired meanwhile.
            let _ = self.engine().answer(run, decision);
        }
    }

    /// The process is gone, and another one comes.
    fn crash(&mut self) {
        self.engine = None;
        self.crashes += 1;
        self.engine = Some(open(self.image, self.folder.path(), &self.clock).0);
    }

    fn stop(&mut self) {
        if let Some(engine) = self.engine.take()
            && let Err(error) = engine.stop(Duration::from_millis(5))
        {
            self.fails(&format!("a clean stop: {error}"));
        }
        self.engine = Some(open(self.image, self.folder.path(), &self.clock).0);
    }

    /// Lets time pass and asks nobody, until every run has ended: whatever waits must have a way to wake.
    fn come_to_the_end(&mut self) {
        // A wait that began in 2036 and outlives its process lasts until then, where the clock was set back meanwhile.
        if self.was_set {
            self.clock.set(YEAR_2036 + 86_400 * SECOND);
        }
        let begun = Instant::now();
        while let Some(open) = self.runs.iter().map(|(run, _)| *run).find(|run| !self.ended.contains_key(run)) {
            if self.engine().follow_for(open, Duration::from_millis(2)).is_ok_and(|ended| ended.is_some()) {
                self.note_ends();
            }
            if let Some(error) = self.engine().failure() {
                self.fails(&format!("the engine has stopped: {error}"));
            }
            self.clock.advance(Duration::from_secs(1_800));
            if begun.elapsed() > PATIENCE {
                let open = self.runs.iter().filter(|(run, _)| !self.ended.contains_key(run));
                let open: Vec<_> = open.map(|(run, task)| (task, self.history().steps(*run, 0, 1_000))).collect();
                self.fails(&format!("runs do not end: {open:#?}"));
            }
        }
    }

    /// Notes how runs have ended; how that is must not change any more.
    fn note_ends(&mut self) {
        let history = self.history();
        for (run, _) in &self.runs {
            if !self.ended.contains_key(run)
                && let Ok(summary) = history.run(&RunPrefix::from(*run))
                && summary.state.is_final()
            {
                self.ended.insert(*run, summary);
            }
        }
    }

    /// What may not be repeated was not, and a key stays what it is.
    fn check_ledger(&self) {
        world::look(self.folder.path(), |ledger| {
            if let Some((label, count)) = ledger.once.iter().find(|(_, count)| **count > 1) {
                self.fails(&format!("`{label}` happened {count} times"));
            }
            // Also where its step is tried again.
            if let Some((label, keys)) = ledger.keys.iter().find(|(_, keys)| keys.len() > 1) {
                self.fails(&format!("`{label}` was asked with the keys {keys:?}"));
            }
        });
    }

    /// No run is lost, and what is written is in its order.
    fn check_histories(&self) {
        let history = self.history();
        for (run, task) in &self.runs {
            let steps = match history.steps(*run, 0, 10_000) {
                Ok(steps) => steps,
                Err(error) => self.fails(&format!("the run {run} of `{task}` is lost: {error}")),
            };
            let in_order = steps.iter().enumerate().all(|(place, step)| step.seq == place as u64);
            let in_time = steps.windows(2).all(|pair| pair[0].at <= pair[1].at);
            if !in_order || !in_time {
                self.fails(&format!("the history of `{task}` is not in its order: {steps:#?}"));
            }
        }
    }

    fn check_the_end(&self) {
        self.check_ledger();
        self.check_histories();
        let history = self.history();
        for (run, task) in &self.runs {
            let ended = &self.ended[run];
            let again = history.run(&RunPrefix::from(*run)).ok();
            if again.as_ref() != Some(ended) {
                self.fails(&format!("`{task}` ended as {ended:?}, and is now {again:?}"));
            }
            let kind = match &ended.outcome {
                Some(Err(failure)) => failure.failure.kind.as_str(),
                Some(Ok(_)) | None => "",
            };
            let may = ["", "conflict", "network", "timeout", "interrupted", "denied"];
            if !may.contains(&kind) || !ended.state.is_final() {
                self.fails(&format!("`{task}` ended with {ended:?}"));
            }
            self.check_undone(task, ended);
        }
        self.check_counted();
    }

    /// A run that failed has undone what it did; one that succeeded, nothing.
    fn check_undone(&self, task: &str, ended: &RunSummary) {
        let Some(Some(Data::String(id))) = ended.arguments.first() else { return };
        let undone = world::look(self.folder.path(), |ledger| {
            ledger.again.keys().filter(|label| label.starts_with(&format!("{id} undo"))).count()
        });
        if ended.state == RunState::Succeeded && undone > 0 {
            self.fails(&format!("`{task}` succeeded, and {undone} of its steps were undone"));
        }
        let whole = !matches!(&ended.outcome, Some(Err(failure)) if !failure.failed_undos.is_empty());
        let at_the_end = matches!(&ended.outcome, Some(Err(failure)) if failure.failure.message == "nothing goes");
        if task == "saga" && at_the_end && whole && undone != 3 {
            self.fails(&format!("{undone} of the three steps of `{id}` were undone: {ended:?}"));
        }
    }

    /// What was counted is what counted itself: a state changes once for each change.
    fn check_counted(&self) {
        let start = StartRun { image: self.deployed, task: "read_book".to_owned(), arguments: Vec::new() };
        let read = self.engine().start(start).and_then(|run| self.engine().follow(run));
        let Ok(RunSummary { outcome: Some(Ok(Data::List(book))), .. }) = read else {
            self.fails(&format!("the book cannot be read: {read:?}"))
        };
        let runs = self.history().runs(Some("count"), 100_000).unwrap_or_default();
        for run in &runs {
            let Some(Some(id)) = run.arguments.first() else { continue };
            let lines = book.iter().filter(|line| *line == id).count();
            let done = run.operations >= 2;
            if lines > 1 || (run.state == RunState::Succeeded && lines != 1) || (done && lines == 0) {
                self.fails(&format!("{id:?} stands {lines} times in the book: {run:?}"));
            }
        }
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("an engine is open")
    }

    fn history(&self) -> History {
        self.engine().history().unwrap_or_else(|error| self.fails(&error.to_string()))
    }

    fn fails(&self, what: &str) -> ! {
        panic!("SEED={}: {what}", self.seed)
    }
}

fn open(image: &Image, folder: &Path, clock: &Arc<FakeClock>) -> (Engine, ImageHash) {
    let base: PathBuf = folder.to_owned();
    let engine = Engine::open(EngineOptions {
        base,
        clock: Arc::clone(clock) as Arc<_>,
        // What the process has written is there after its end, though not after a loss of power.
        scratch: true,
        workers: 2,
        ..EngineOptions::new(folder.join("data"), world::natives())
    });
    let engine = engine.unwrap_or_else(|error| panic!("the engine does not open: {error}"));
    let deployed = engine.deploy(image.clone()).unwrap_or_else(|error| panic!("{error}"));
    (engine, deployed)
}
