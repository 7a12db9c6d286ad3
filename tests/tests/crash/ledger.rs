//! Orders of a shop that stands outside and keeps a ledger of every request it saw. Requests go wrong there as well:
//! answers come late, or get lost.

use crate::victim::Victim;
use runtime::Data;
use runtime::engine::{RunPrefix, RunState};
use runtime::history::{History, RunSummary};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::{Asked, Page, Server};

/// How often `serve` is killed where `KILLS` does not say.
const KILLS: usize = 20;

/// How many parts an order has.
const PARTS: usize = 4;

/// Orders that follow each other, each of requests of every class. A mail that nobody knows the outcome of is part of the
/// result; a parcel that nobody knows the outcome of fails its order.
fn source(shop: &str, orders: usize, due: &str) -> String {
    format!(
        r#"//! Orders whose process is killed.

setting SHOP: Url = "{shop}"

event Paid {{ order: int }}

/// Starts the orders, one after the other.
task sell()
    on at {due}
    timeout 1h
{{
    for number in 0..{orders} {{
        start order(number: number) key "order {{number}}"
        wait 500ms
    }}
}}

/// Sells.
task order(number: int) -> list<int>
    needs net "127.0.0.1"
    timeout 1h
{{
    var undecided: list<int> = []
    step hold retry 20 backoff 10ms..100ms {{
        http.put("{{SHOP}}/hold/{{number}}")
    }} undo {{
        step release retry 20 backoff 10ms..100ms {{ http.delete("{{SHOP}}/hold/{{number}}") }}
    }}
    for part in 0..{PARTS} {{
        step charge retry 20 backoff 10ms..100ms {{
            http.post("{{SHOP}}/charge/{{number}}/{{part}}", idempotent: true)
        }}
        try {{
            http.post("{{SHOP}}/mail/{{number}}/{{part}}")
        }} catch interrupted {{
            undecided.push(part)
        }}
        wait 300ms
    }}
    start payment(number: number) key "payment {{number}}"
    wait for Paid as paid where paid.order == number
    http.post("{{SHOP}}/parcel/{{number}}")
    undecided
}}

/// Tells that an order was paid.
task payment(number: int)
    timeout 1h
{{
    wait 100ms
    emit Paid(order: number)
}}
"#
    )
}

/// Answers late now and then, and loses an answer now and then; which follows from what was asked before.
fn answer(asked: &Asked, number: u64) -> Page {
    match (asked.parts(), number % 16) {
        (_, 3 | 7 | 11) => Page::Slow(Duration::from_millis(40)),
        // A parcel whose answer is lost would fail most orders.
        (("POST", path), 13) if path[0] != "parcel" => Page::Broken,
        _ => Page::Answer(200, String::new()),
    }
}

/// What the shop saw.
#[derive(Default)]
struct Seen {
    /// How often what may not be repeated was asked for, by its path.
    once: BTreeMap<String, usize>,
    /// How often what is keyed was asked for, and with which keys.
    keyed: BTreeMap<String, (usize, BTreeSet<String>)>,
    /// How often what may be repeated was asked for, by method and path.
    again: BTreeMap<String, usize>,
}

impl Seen {
    fn new(ledger: Vec<Asked>) -> Seen {
        let mut seen = Seen::default();
        for asked in ledger {
            let (method, path) = asked.parts();
            let name = path.join("/");
            match (method, path[0]) {
                ("POST", "charge") => {
                    let (count, keys) = seen.keyed.entry(name).or_default();
                    *count += 1;
                    keys.insert(asked.key.clone().expect("a keyed request has a key"));
                }
                ("POST", _) => *seen.once.entry(name).or_default() += 1,
                _ => *seen.again.entry(format!("{method} {name}")).or_default() += 1,
            }
        }
        seen
    }

    /// Says what is wrong however the orders ended.
    fn check(&self) {
        let twice: Vec<_> = self.once.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "asked for twice, though it may not be repeated: {twice:?}");
        let mut all = BTreeSet::new();
        for (name, (_, keys)) in &self.keyed {
            assert_eq!(keys.len(), 1, "`{name}` was asked for with more than one key");
            assert!(all.insert(keys), "`{name}` was asked for with the key of another charge");
        }
    }

    fn repeated(&self) -> (usize, usize) {
        let keyed = self.keyed.values().map(|(count, _)| count - 1).sum();
        (keyed, self.again.values().map(|count| count - 1).sum())
    }
}

/// What became of the orders.
#[derive(Default)]
struct Ends {
    undecided: usize,
    unknown: usize,
}

impl Ends {
    /// Compares what an order says with what the shop saw.
    fn check(&mut self, order: &RunSummary, seen: &Seen, is_unknown: bool) {
        let Some(Some(Data::Int(number))) = order.arguments.first() else { panic!("{order:?}") };
        let held = seen.again.get(&format!("PUT hold/{number}")).copied().unwrap_or(0);
        let released = seen.again.get(&format!("DELETE hold/{number}")).copied().unwrap_or(0);
        let parcels = seen.once.get(&format!("parcel/{number}")).copied().unwrap_or(0);
        assert!(held > 0, "{order:?}");
        for part in 0..PARTS {
            assert!(seen.keyed.contains_key(&format!("charge/{number}/{part}")), "not charged: {order:?}");
        }
        match &order.outcome {
            Some(Ok(Data::List(undecided))) if order.state == RunState::Succeeded => {
                assert_eq!((released, parcels, is_unknown), (0, 1, false), "{order:?}");
                for part in 0..PARTS {
                    let mails = seen.once.get(&format!("mail/{number}/{part}")).copied().unwrap_or(0);
                    let said = undecided.contains(&Data::Int(part as i64));
                    assert!(mails == 1 || said, "the mail {part} was lost and nothing says so: {order:?}");
                }
                self.undecided += undecided.len();
            }
            Some(Err(failure)) if failure.failure.kind == "interrupted" => {
                assert!(is_unknown, "shown as known: {order:?}");
                assert!(released > 0 && failure.failed_undos.is_empty(), "what was held is released: {order:?}");
                self.unknown += 1;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_ledger_of_a_shop_agrees_with_the_orders_however_often_their_process_is_killed() {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    // They last about as long as the kills, and some go on when nobody kills any more.
    let orders = kills / 2 + 10;
    let numbers = AtomicU64::new(0);
    let shop = Server::answering(move |asked| answer(asked, numbers.fetch_add(1, Ordering::Relaxed)));
    let mut victim = Victim::new(|due| source(&shop.url(""), orders, due));
    victim.kill(kills);
    let all = 2 * orders + 1;
    victim.come_to_the_end(|runs| runs.len() >= all);

    let seen = Seen::new(shop.ledger());
    seen.check();
    let shown = victim.runs();
    assert_eq!(shown.len(), all, "each order and each payment is one run");
    let history = History::open(&victim.scratch().path(".taskwright")).unwrap();
    let mut ends = Ends::default();
    for run in &shown {
        let prefix: RunPrefix = run["run"].as_str().unwrap().parse().unwrap();
        let summary = history.run(&prefix).unwrap();
        match summary.task.as_str() {
            "order" => ends.check(&summary, &seen, run["outcome_unknown"] == true),
            _ => assert_eq!(summary.state, RunState::Succeeded, "{summary:?}"),
        }
    }
    let (keyed, again) = seen.repeated();
    println!(
        "{kills} kills, {all} runs, {} requests: repeated with their keys {keyed}, without {again}; once: {} asked for, \
         {} mails told as undecided, {} orders with an outcome that is unknown",
        shop.ledger().len(),
        seen.once.len(),
        ends.undecided,
        ends.unknown
    );
}
