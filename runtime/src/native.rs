//! What the machine asks of a library: pure functions at once, operations on the world through the engine.

use crate::{Data, Failure, Value};
use bytecode::Permission;
use std::collections::HashMap;
use std::ffi::OsString;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A pure native: boxed arguments by position in, a boxed value or an error out. Same arguments, same result.
///
/// A method that the library declares `changes` (`list.push`, `map.remove`) changes its first argument in place: the
/// machine hands it over unshared where it can, so use `Rc::make_mut`.
pub type PureFn = fn(&mut [Value]) -> Result<Value, Failure>;

/// A native that touches the world. Dropping the future cancels it; what it started ends with it.
pub type EffectFn = Arc<dyn Fn(EffectContext, Vec<Data>) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;

/// What became of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was done, or it is known to have failed with what it did.
    Done(Result<Data, Failure>),
    /// Nothing happened: it may be tried again, whatever its class.
    NotDone(Failure),
    /// Nothing happened, and the other side says how long to wait before it is tried again.
    NotNow {
        /// What it says.
        failure: Failure,
        /// How long.
        pause: Duration,
    },
    /// Nobody knows whether it happened.
    Unknown(Failure),
}

/// What an operation may know of the run that asks.
#[derive(Clone, Debug)]
pub struct EffectContext {
    /// What the run may touch.
    pub permissions: Arc<[Permission]>,
    /// The same for every repetition of one operation of one run: 64 hexadecimal digits.
    pub idempotency_key: String,
    /// Where relative paths begin.
    pub base: PathBuf,
    /// The run's private folder, which it may use without a permission.
    pub dir: PathBuf,
    /// The value of [`MARK`](crate::engine::MARK) in the environment of every program that is started.
    pub mark: Arc<str>,
    /// The variables of the environment that hold secrets, which no program inherits.
    pub withheld: Arc<[OsString]>,
}

/// A native function.
#[derive(Clone)]
pub enum NativeFn {
    /// Done inside the machine.
    Pure(PureFn),
    /// Done by the engine.
    Effect(EffectFn),
}

/// The natives of a library by name.
#[derive(Clone, Default)]
pub struct Natives {
    by_name: HashMap<String, NativeFn>,
}

impl Natives {
    /// Makes an empty set.
    pub fn new() -> Self {
        Natives::default()
    }

    /// Adds a pure native.
    pub fn pure(&mut self, name: &str, function: PureFn) {
        self.by_name.insert(name.to_owned(), NativeFn::Pure(function));
    }

    /// Adds a native that touches the world.
    pub fn effect<F>(&mut self, name: &str, function: fn(EffectContext, Vec<Data>) -> F)
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let boxed: EffectFn = Arc::new(move |context, arguments| Box::pin(function(context, arguments)));
        self.by_name.insert(name.to_owned(), NativeFn::Effect(boxed));
    }

    /// Finds a native.
    pub fn get(&self, name: &str) -> Option<&NativeFn> {
        self.by_name.get(name)
    }

    /// Gives the names of all natives.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}
