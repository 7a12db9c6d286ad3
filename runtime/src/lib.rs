//! The runtime: the pure virtual machine, the durable engine, and the store under it.

mod data;
mod failure;
mod native;
pub mod json;
pub mod text;
mod value;
pub mod vm;

pub use data::Data;
pub use failure::{ErrorKind, Failure};
pub use native::{Answer, EffectContext, EffectFn, NativeFn, Natives, PureFn};
pub use value::{Arguments, Case, Closure, DateTime, Extent, List, MAX_BYTES, MAX_DEPTH, Map, Parts, Text, Value};
