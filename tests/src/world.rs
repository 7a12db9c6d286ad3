//! A world for programs of tests: the inner operations, done at once and in one process.
//!
//! Time is virtual: it stands still while anything can go on, and goes on to the next wait that ends. Every run goes to
//! its end before the one that started it goes on. Nothing is written down; what the engine promises is tested there.

use bytecode::inner::Inner;
use bytecode::{FunctionId, Image};
use diagnostics::Place;
use runtime::vm::{Program, Request, RunError, Stop, Vm};
use runtime::{Data, ErrorKind, Failure, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How much a run may compute.
const FUEL: u64 = 50_000_000;

/// How deep runs may wait for each other.
const MOST_RUNS: usize = 50;

/// When every test begins, in microseconds.
const BEGINNING: i64 = 1_767_225_600_000_000;

/// The world of one program.
pub struct World<'i> {
    image: &'i Image,
    program: Rc<Program>,
    now: i64,
    draws: u64,
    states: BTreeMap<String, Data>,
    events: Vec<(String, Data)>,
    runs: Vec<Result<Data, Failure>>,
    depth: usize,
}

/// How an operation of a run ends.
enum Answer {
    /// Now.
    Now(Result<Data, Failure>),
    /// At an instant.
    At(i64, Data),
    /// With an event, or when the wait is over.
    Event { names: Vec<String>, predicates: Vec<Data>, until: Option<i64> },
}

/// An operation that has no outcome yet.
struct Pending {
    operation: u64,
    deadline: Option<i64>,
    answer: Answer,
}

/// What one run has.
struct Run {
    id: usize,
    began: i64,
    /// The events that were there when it began, and those that it has taken.
    seen: usize,
    taken: Vec<usize>,
}

impl<'i> World<'i> {
    /// Makes the world of a program.
    ///
    /// # Panics
    /// If the image cannot be run.
    pub fn new(image: &'i Image) -> Self {
        let program = Program::new(std::sync::Arc::new(image.clone()), &stdlib::natives());
        World {
            image,
            program: program.expect("the image can be run"),
            now: BEGINNING,
            draws: 0,
            states: BTreeMap::new(),
            events: Vec::new(),
            runs: Vec::new(),
            depth: 0,
        }
    }

    /// Runs a task to its end.
    ///
    /// # Errors
    /// Gives what it failed with, and where.
    ///
    /// # Panics
    /// If it does not end, or asks for what is not here.
    pub fn run(&mut self, task: usize, arguments: &[Option<Data>]) -> Result<Data, (Failure, Option<Place>)> {
        self.depth += 1;
        assert!(self.depth < MOST_RUNS, "tasks start each other without an end");
        let mut vm = Vm::task(Rc::clone(&self.program), task, arguments).map_err(|failure| (failure, None))?;
        let id = self.runs.len();
        self.runs.push(Err(Failure::new(ErrorKind::Internal, "the run has not ended")));
        let mut run = Run { id, began: self.now, seen: self.events.len(), taken: Vec::new() };
        let mut pending: Vec<Pending> = Vec::new();
        let outcome = loop {
            match vm.run(FUEL) {
                Stop::Done(data) => break Ok(data),
                Stop::Failed(error) => break Err(failed(*error)),
                Stop::OutOfFuel => panic!("`{}` does not end", self.image.tasks[task].name),
                Stop::Cancel(operation) => {
                    pending.retain(|each| each.operation != operation);
                    vm.withdraw(operation);
                }
                Stop::Operation(request) => {
                    let answer = self.answer(&request, &run);
                    pending.push(Pending { operation: request.operation, deadline: request.deadline, answer });
                }
                Stop::Waiting => {
                    let (operation, outcome) = self.next(&mut pending, &mut run);
                    vm.resume(operation, outcome);
                }
            }
        };
        self.depth -= 1;
        self.runs[id] = outcome.clone().map_err(|(failure, _)| failure);
        outcome
    }

    /// Ends the operation that ends first, of those the one that was asked for first.
    fn next(&mut self, pending: &mut Vec<Pending>, run: &mut Run) -> (u64, Result<Data, Failure>) {
        let mut first: Option<(i64, usize)> = None;
        for (at, each) in pending.iter().enumerate() {
            let due = match &each.answer {
                Answer::Now(_) => Some(self.now),
                Answer::At(due, _) => Some(*due),
                Answer::Event { names, predicates, until } => match self.matching(names, predicates, run) {
                    Some(_) => Some(self.now),
                    None => *until,
                },
            };
            let due = due.into_iter().chain(each.deadline).min();
            if let Some(due) = due
                && first.is_none_or(|(earliest, _)| due < earliest)
            {
                first = Some((due, at));
            }
        }
        let (due, at) = first.expect("a run waits for what never comes");
        self.now = self.now.max(due);
        let Pending { operation, deadline, answer } = pending.remove(at);
        let late = || Err(Failure::new(ErrorKind::Timeout, "the step took too long"));
        let outcome = match answer {
            Answer::Now(outcome) => outcome,
            Answer::At(until, _) if deadline.is_some_and(|deadline| deadline < until) => late(),
            Answer::At(_, data) => Ok(data),
            Answer::Event { names, predicates, until } => match self.matching(&names, &predicates, run) {
                Some((case, event)) => {
                    run.taken.push(event);
                    Ok(Data::Case(case as u16, vec![self.events[event].1.clone()]))
                }
                None if until.is_none_or(|until| deadline.is_some_and(|deadline| deadline < until)) => late(),
                None => Ok(Data::Case(names.len() as u16, Vec::new())),
            },
        };
        (operation, outcome)
    }

    /// Finds the oldest event that an arm waits for: the number of the arm and that of the event.
    fn matching(&self, names: &[String], predicates: &[Data], run: &Run) -> Option<(usize, usize)> {
        for (number, (name, event)) in self.events.iter().enumerate().skip(run.seen) {
            if run.taken.contains(&number) {
                continue;
            }
            for (case, wanted) in names.iter().enumerate() {
                let holds = match predicates.get(case) {
                    Some(predicate @ Data::Closure(..)) => {
                        self.closure(predicate, vec![event.clone()]) == Ok(Data::Bool(true))
                    }
                    Some(_) | None => true,
                };
                if wanted == name && holds {
                    return Some((case, number));
                }
            }
        }
        None
    }

    /// Calls a pure closure.
    fn closure(&self, closure: &Data, arguments: Vec<Data>) -> Result<Data, Failure> {
        let values = arguments.into_iter().map(Value::from_data).collect::<Result<Vec<_>, _>>()?;
        Vm::pure_closure(&self.program, &Value::from_data(closure.clone())?, values, FUEL)
    }

    fn answer(&mut self, request: &Request, run: &Run) -> Answer {
        let name = self.image.natives[usize::from(request.native.0)].name.clone();
        let Some(inner) = Inner::from_name(&name) else { panic!("`{name}` is asked for, and is not there") };
        let given = request.arguments.as_slice();
        match (inner, given) {
            (Inner::TimerSleep, [Data::Int(span)]) => Answer::At(self.now + span.max(&0), Data::None),
            (Inner::TimerWaitUntil, [Data::DateTime(at, _)]) => Answer::At(*at, Data::None),
            (Inner::StepPause, [_, _, Data::Int(shortest), _]) => match request.deadline {
                Some(deadline) if deadline < self.now + shortest => {
                    Answer::Now(Err(Failure::new(ErrorKind::Timeout, "the pause would pass the deadline")))
                }
                Some(_) | None => Answer::At(self.now + shortest, Data::None),
            },
            (Inner::EventWait, [Data::List(names), Data::List(predicates), within]) => Answer::Event {
                names: names.iter().map(text).collect(),
                predicates: predicates.clone(),
                until: span(within).map(|within| self.now + within),
            },
            (Inner::WaitApproval, [_, _, _, within]) => {
                let within = span(within).expect("nobody decides here, so an approval needs `within`");
                Answer::At(self.now + within, Data::Case(2, Vec::new()))
            }
            (inner, given) => Answer::Now(self.at_once(inner, given, run)),
        }
    }

    fn at_once(&mut self, inner: Inner, given: &[Data], run: &Run) -> Result<Data, Failure> {
        let instant = |at: i64| Data::DateTime(at, "UTC".to_owned());
        match (inner, given) {
            (Inner::LogDebug | Inner::LogInfo | Inner::LogWarn | Inner::LogError | Inner::StepEnd, _) => Ok(Data::None),
            (Inner::StepBegin, [_, timeout]) => {
                Ok(span(timeout).map_or(Data::None, |timeout| Data::Int(self.now + timeout)))
            }
            (Inner::ClockNow, _) => Ok(instant(self.now)),
            (Inner::ClockToday, _) => Ok(Data::Int(self.now.div_euclid(86_400_000_000))),
            (Inner::RandomInt, [Data::Int(least), Data::Int(most), ..]) => {
                self.draws += 1;
                Ok(Data::Int(least + (self.draws as i64 * 7) % (most - least + 1)))
            }
            (Inner::EventEmit, [name, event]) => {
                self.events.push((text(name), event.clone()));
                Ok(Data::None)
            }
            (Inner::TaskCall, [name, Data::List(arguments)]) => self.start(name, arguments).1,
            (Inner::TaskStart, [name, Data::List(arguments), _]) => {
                let (id, _) = self.start(name, arguments);
                Ok(Data::Record(vec![Data::String(id.to_string())]))
            }
            (Inner::TaskJoin, [id, _]) | (Inner::RunResult, [id]) => self.ended(id),
            (Inner::RunError, [id]) => Ok(match self.ended(id) {
                Ok(_) => Data::None,
                Err(failure) => failure.to_record(),
            }),
            (Inner::StateRead, [name]) => self.state(&text(name)),
            (Inner::StateChange, [name, change]) => {
                let name = text(name);
                let old = self.state(&name)?;
                let Data::Record(mut changed) = self.closure(change, vec![old])? else {
                    panic!("a change of `{name}` gives a record")
                };
                let gives = changed.pop().unwrap_or(Data::None);
                self.states.insert(name, changed.pop().unwrap_or(Data::None));
                Ok(gives)
            }
            (Inner::SettingRead, [name]) => self.setting(&text(name)),
            (Inner::RunId, _) => Ok(Data::String(run.id.to_string())),
            (Inner::RunTrigger, _) => Ok(Data::String("hand".to_owned())),
            (Inner::RunDue | Inner::RunStartedAt, _) => Ok(instant(run.began)),
            (Inner::RunDir, _) => Ok(Data::String("run".to_owned())),
            (inner, given) => panic!("`{}` is asked for with {given:?}", inner.name()),
        }
    }

    fn start(&mut self, name: &Data, arguments: &[Data]) -> (usize, Result<Data, Failure>) {
        let name = text(name);
        let task = self.image.tasks.iter().position(|task| task.name == name);
        let given: Vec<Option<Data>> = arguments
            .iter()
            .map(|argument| match argument {
                Data::List(value) => value.first().cloned(),
                _ => None,
            })
            .collect();
        let id = self.runs.len();
        let outcome = self.run(task.expect("the task is there"), &given);
        (id, outcome.map_err(|(failure, _)| failure))
    }

    fn ended(&self, id: &Data) -> Result<Data, Failure> {
        let run = text(id).parse::<usize>().ok().and_then(|id| self.runs.get(id));
        run.expect("the run is there").clone()
    }

    fn state(&mut self, name: &str) -> Result<Data, Failure> {
        if let Some(value) = self.states.get(name) {
            return Ok(value.clone());
        }
        let state = self.image.states.iter().find(|state| state.name == name).expect("the state is there");
        self.initial(state.initial)
    }

    /// Gives the default of a setting: here nothing is configured.
    fn setting(&self, name: &str) -> Result<Data, Failure> {
        let setting = self.image.settings.iter().find(|setting| setting.name == name).expect("the setting is there");
        setting.default.map_or(Ok(Data::None), |default| self.initial(default))
    }

    fn initial(&self, function: FunctionId) -> Result<Data, Failure> {
        Vm::pure(&self.program, function, Vec::new(), FUEL)
    }
}

fn text(data: &Data) -> String {
    match data {
        Data::String(text) => text.clone(),
        other => panic!("a string is expected, found {other:?}"),
    }
}

fn span(data: &Data) -> Option<i64> {
    match data {
        Data::Int(span) => Some(*span),
        _ => None,
    }
}

fn failed(error: RunError) -> (Failure, Option<Place>) {
    (error.failure, error.place)
}
