//! `examples/order.task` through every branch, alone and with its process gone again and again, against a shop that keeps
//! a ledger.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::clock::FakeClock;
use runtime::engine::{Decision, Engine, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::RunSummary;
use runtime::{Data, Settings};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tests::{Asked, Page, Server, repository};

/// 2026-01-01T00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000_000;

const DAY: Duration = Duration::from_secs(86_400);

/// What finance says, where it is asked.
#[derive(Clone, Copy)]
enum Finance {
    Approves,
    Rejects,
    Sleeps,
}

/// What the customer does.
#[derive(Clone, Copy)]
enum Customer {
    Pays,
    Forgets,
    Cancels,
}

/// What goes wrong in the shop.
#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    None,
    /// The bank does not charge.
    Declined,
    /// The bank charges, but its answer is lost.
    ChargeLost,
    /// The parcel cannot be sent.
    NoAddress,
    /// The mail goes out, but its answer is lost.
    MailLost,
}

/// A way through the order, and where it leads.
struct Branch {
    price: i64,
    finance: Finance,
    customer: Customer,
    trouble: Trouble,
    state: RunState,
    /// What it fails with, where it fails.
    failure: &'static str,
    /// Whether its charge is given back.
    refunded: bool,
}

const SMALL: Branch = Branch {
    price: 300,
    finance: Finance::Sleeps,
    customer: Customer::Pays,
    trouble: Trouble::None,
    state: RunState::Succeeded,
    failure: "",
    refunded: false,
};
const LARGE: Branch = Branch { price: 700, finance: Finance::Approves, ..SMALL };
const FAILED: Branch = Branch { state: RunState::Failed, ..SMALL };

const BRANCHES: &[Branch] = &[
    SMALL,
    LARGE,
    Branch { finance: Finance::Rejects, price: 700, failure: "denied: ann rejected order 7: too much", ..FAILED },
    Branch { price: 700, failure: "timeout: nobody decided about order 7", ..FAILED },
    Branch { customer: Customer::Forgets, failure: "timeout: order 7 was not paid within a week", ..FAILED },
    Branch { customer: Customer::Cancels, state: RunState::Cancelled, ..SMALL },
    Branch { trouble: Trouble::Declined, failure: "conflict", ..FAILED },
    Branch { trouble: Trouble::NoAddress, failure: "conflict", refunded: true, ..FAILED },
    Branch { trouble: Trouble::ChargeLost, ..SMALL },
    Branch { trouble: Trouble::MailLost, ..SMALL },
];

/// What the shop has.
#[derive(Default)]
struct Stock {
    holds: BTreeSet<String>,
    /// Charges by the keys under which they were asked for.
    charges: BTreeMap<String, String>,
    refunded: BTreeSet<String>,
    parcels: BTreeSet<String>,
    mails: usize,
}

impl Stock {
    fn answer(&mut self, asked: &Asked, trouble: Trouble) -> Page {
        let well = |body: String| Page::Answer(200, body);
        match asked.parts() {
            ("PUT", path) if path[0] == "holds" => {
                self.holds.insert(path[1].to_owned());
                well("held".to_owned())
            }
            ("DELETE", path) if path[0] == "holds" => match self.holds.remove(path[1]) {
                true => well("released".to_owned()),
                false => Page::Answer(404, String::new()),
            },
            ("POST", path) if path == ["charges"] && trouble == Trouble::Declined => {
                Page::Answer(409, "no money".to_owned())
            }
            ("POST", path) if path == ["charges"] => {
                let number = self.charges.len() + 1;
                let key = asked.key.clone().expect("a charge has a key");
                if trouble == Trouble::ChargeLost && !self.charges.contains_key(&key) {
                    self.charges.insert(key, format!("charge-{number}"));
                    return Page::Broken;
                }
                well(self.charges.entry(key).or_insert(format!("charge-{number}")).clone())
            }
            ("POST", path) if path[0] == "charges" && path[2] == "refund" => {
                self.refunded.insert(path[1].to_owned());
                well("refunded".to_owned())
            }
            ("PUT", path) if path[0] == "parcels" && trouble != Trouble::NoAddress => {
                self.parcels.insert(path[1].to_owned());
                well(format!("parcel-{}", path[1]))
            }
            ("POST", path) if path == ["mails"] => {
                self.mails += 1;
                if trouble == Trouble::MailLost { Page::Broken } else { well("sent".to_owned()) }
            }
            _ => Page::Answer(409, "nowhere to go".to_owned()),
        }
    }
}

/// The shop, and the engine that sells.
struct Sale {
    server: Server,
    stock: Arc<Mutex<Stock>>,
    clock: Arc<FakeClock>,
    folder: tempfile::TempDir,
    source: String,
}

impl Sale {
    fn new(trouble: Trouble) -> Sale {
        let stock = Arc::new(Mutex::new(Stock::default()));
        let sold = Arc::clone(&stock);
        Sale {
            server: Server::answering(move |asked| sold.lock().unwrap().answer(asked, trouble)),
            stock,
            clock: Arc::new(FakeClock::new(NEW_YEAR, 1)),
            folder: tempfile::tempdir().unwrap(),
            source: std::fs::read_to_string(repository().join("examples/order.task")).unwrap(),
        }
    }

    fn open(&self) -> (Engine, ImageHash) {
        let shop = BTreeMap::from([("SHOP".to_owned(), json!(self.server.url("")))]);
        let folder: &Path = self.folder.path();
        let engine = Engine::open(EngineOptions {
            settings: Settings::new(shop),
            clock: Arc::clone(&self.clock) as Arc<_>,
            workers: 2,
            ..EngineOptions::new(folder, stdlib::natives())
        });
        let engine = engine.unwrap();
        let image = engine.deploy(tests::compile(&self.source)).unwrap();
        (engine, image)
    }

    /// Takes an order through a branch; with a pause the process is gone after each.
    fn through(&self, branch: &Branch, crash_every: Option<Duration>) -> (RunSummary, u32) {
        let (mut engine, image) = self.open();
        let line = Data::Record(vec![text("chair"), Data::Int(2), Data::Decimal(branch.price.into())]);
        let arguments = vec![Some(text("7")), Some(Data::List(vec![line]))];
        let run = engine.start(StartRun { image, task: "order".to_owned(), arguments }).unwrap();
        let (mut done, mut crashes) = (false, 0);
        loop {
            let pause = crash_every.map_or(Duration::from_millis(20), |pause| pause + pause * crashes / 4);
            if let Some(summary) = engine.follow_for(run, pause).unwrap() {
                return (summary, crashes);
            }
            self.act(&engine, image, run, branch, &mut done);
            if branch.trouble == Trouble::ChargeLost {
                // The pause before the step is tried again.
                self.clock.advance(Duration::from_secs(60));
            }
            if crash_every.is_some() {
                crashes += 1;
                assert!(crashes < 200, "the order does not come to its end: {:?}", self.server.seen());
                drop(engine);
                engine = self.open().0;
            }
        }
    }

    /// Lets time pass, once: what follows the wait has a time of its own.
    fn pass(&self, time: Duration, done: &mut bool) {
        if !std::mem::replace(done, true) {
            self.clock.advance(time);
        }
    }

    /// Does what is waited for. What was asked of an engine that went before it was written down is asked again.
    fn act(&self, engine: &Engine, image: ImageHash, run: RunId, branch: &Branch, done: &mut bool) {
        let history = engine.history().unwrap();
        if history.run(&RunPrefix::from(run)).unwrap().state != RunState::Waiting {
            return;
        }
        let decided = |approved, comment: &str| {
            let decision = Decision { approved, by: "ann".to_owned(), comment: comment.to_owned() };
            engine.answer(run, decision).unwrap();
        };
        match (history.questions(run).unwrap().is_empty(), branch.finance, branch.customer) {
            (false, Finance::Approves, _) => decided(true, "fine"),
            (false, Finance::Rejects, _) => decided(false, "too much"),
            (false, Finance::Sleeps, _) => self.pass(DAY, done),
            (true, _, Customer::Pays) if !*done => {
                *done = true;
                let total = Data::Decimal((2 * branch.price).into());
                let arguments = vec![Some(text("7")), Some(total)];
                engine.start(StartRun { image, task: "payment".to_owned(), arguments }).unwrap();
            }
            (true, _, Customer::Pays) => {}
            (true, _, Customer::Forgets) => self.pass(7 * DAY, done),
            (true, _, Customer::Cancels) => engine.cancel(run).unwrap(),
        }
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

/// Says what is wrong with the shop behind a branch.
fn check(sale: &Sale, branch: &Branch, summary: &RunSummary, crashed: bool) {
    let ledger = || sale.server.ledger();
    assert_eq!(summary.state, branch.state, "{summary:?} {:?}", ledger());
    let failure = match &summary.outcome {
        Some(Err(failure)) => failure.failure.to_string(),
        Some(Ok(_)) | None => String::new(),
    };
    assert!(failure.starts_with(branch.failure), "{failure}");
    let stock = sale.stock.lock().unwrap();
    let sold = branch.state == RunState::Succeeded;
    assert_eq!(stock.holds.len(), usize::from(sold), "what is not sold is not held: {:?}", ledger());
    assert_eq!(stock.charges.len(), usize::from(sold || branch.refunded), "charged at most once: {:?}", ledger());
    assert_eq!(stock.refunded.len(), usize::from(branch.refunded), "{:?}", ledger());
    assert_eq!(stock.parcels.len(), usize::from(sold), "{:?}", ledger());
    let mails = if crashed { stock.mails.min(1) } else { usize::from(sold) };
    assert_eq!(stock.mails, mails, "no mail goes out twice: {:?}", ledger());
}

#[test]
fn every_branch_leaves_the_shop_as_it_says() {
    for branch in BRANCHES {
        let sale = Sale::new(branch.trouble);
        let (summary, _) = sale.through(branch, None);
        check(&sale, branch, &summary, false);
    }
}

#[test]
fn no_crash_in_any_branch_sells_twice_or_forgets() {
    let mut all = 0;
    for branch in BRANCHES {
        for pause in [2, 9, 17] {
            let sale = Sale::new(branch.trouble);
            let (summary, crashes) = sale.through(branch, Some(Duration::from_millis(pause)));
            check(&sale, branch, &summary, true);
            all += crashes;
        }
    }
    println!("{all} crashes in {} orders", 3 * BRANCHES.len());
}
