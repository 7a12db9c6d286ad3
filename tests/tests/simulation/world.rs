//! What lies outside of the engine: a world that does what it is asked, or does not, or does and says nothing; and that
//! keeps a ledger of what has happened in it.

use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use tests::Random;

/// What has happened.
#[derive(Default)]
pub struct Ledger {
    random: Random,
    /// How what is asked first goes.
    decided: VecDeque<Fate>,
    /// How often each `once` has happened, by its label.
    pub once: BTreeMap<String, u32>,
    /// The keys that each `keyed` was asked with, by its label.
    pub keys: BTreeMap<String, BTreeSet<String>>,
    /// How often each idempotent operation has happened.
    pub again: BTreeMap<String, u32>,
}

/// The worlds of this process, by the folder that their operations begin at.
static WORLDS: LazyLock<Mutex<BTreeMap<PathBuf, Ledger>>> = LazyLock::new(Mutex::default);

/// Makes a world.
pub fn make(folder: &Path, seed: u64) {
    let ledger = Ledger { random: Random::new(seed), ..Ledger::default() };
    WORLDS.lock().unwrap().insert(folder.to_owned(), ledger);
}

/// Decides how what is asked first goes, in its order.
pub fn decide(folder: &Path, fates: impl IntoIterator<Item = Fate>) {
    with(folder, |ledger| ledger.decided.extend(fates));
}

/// Looks at the ledger of a world.
pub fn look<T>(folder: &Path, look: impl FnOnce(&Ledger) -> T) -> T {
    look(WORLDS.lock().unwrap().get(folder).expect("the world is there"))
}

/// Ends a world.
pub fn end(folder: &Path) {
    WORLDS.lock().unwrap().remove(folder);
}

/// Gives the natives of the world.
pub fn natives() -> Natives {
    let mut natives = stdlib::natives();
    natives.effect("sim.again", again);
    natives.effect("sim.keyed", keyed);
    natives.effect("sim.once", once);
    natives
}

/// How something goes that the world is asked.
#[derive(Clone, Copy, Default)]
pub enum Fate {
    /// It happens.
    Done,
    /// The world refuses.
    Failed,
    /// It certainly did not happen.
    #[default]
    NotDone,
    /// It happened, and the answer is lost.
    LostBehind,
    /// It did not happen, and nobody knows.
    LostBefore,
}

async fn again(context: EffectContext, arguments: Vec<Data>) -> Answer {
    let label = label(&arguments);
    ask(&context.base, |ledger| *ledger.again.entry(label).or_default() += 1).await
}

async fn keyed(context: EffectContext, arguments: Vec<Data>) -> Answer {
    let (label, key) = (label(&arguments), context.idempotency_key);
    ask(&context.base, |ledger| {
        ledger.keys.entry(label).or_default().insert(key);
    })
    .await
}

async fn once(context: EffectContext, arguments: Vec<Data>) -> Answer {
    let label = label(&arguments);
    ask(&context.base, |ledger| *ledger.once.entry(label).or_default() += 1).await
}

/// Lets something happen as the world decides, now or a little later.
async fn ask(world: &Path, happen: impl FnOnce(&mut Ledger)) -> Answer {
    let (fate, before, behind) = with(world, |ledger| {
        let drawn = match ledger.random.below(20) {
            0 => Fate::Failed,
            1 => Fate::NotDone,
            2 => Fate::LostBehind,
            3 => Fate::LostBefore,
            _ => Fate::Done,
        };
        (ledger.decided.pop_front().unwrap_or(drawn), ledger.random.below(6), ledger.random.below(6))
    });
    yield_times(before).await;
    if matches!(fate, Fate::Done | Fate::LostBehind) {
        with(world, happen);
    }
    yield_times(behind).await;
    match fate {
        Fate::Done => Answer::Done(Ok(Data::Int(1))),
        Fate::Failed => Answer::Done(Err(Failure::new(ErrorKind::Conflict, "the world refuses"))),
        Fate::NotDone => Answer::NotDone(Failure::new(ErrorKind::Network, "nobody is there")),
        Fate::LostBehind | Fate::LostBefore => Answer::Unknown(Failure::new(ErrorKind::Timeout, "no answer came")),
    }
}

/// A world that is gone does nothing any more, and an engine that is gone asks nobody.
fn with<T: Default>(world: &Path, act: impl FnOnce(&mut Ledger) -> T) -> T {
    WORLDS.lock().unwrap().get_mut(world).map(act).unwrap_or_default()
}

async fn yield_times(times: u64) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

fn label(arguments: &[Data]) -> String {
    match arguments {
        [Data::String(label)] => label.clone(),
        other => panic!("an operation of the world has a label, found {other:?}"),
    }
}
