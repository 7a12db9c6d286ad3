//! The runtime: the pure virtual machine, the durable engine, and the store under it.

pub mod arguments;
pub mod backup;
pub mod clock;
mod data;
pub mod engine;
mod failure;
pub mod history;
pub mod json;
mod native;
mod secret;
mod setting;
mod store;
pub mod text;
mod value;
pub mod vm;

pub use bytecode::{Permission, PermissionKind};
pub use data::Data;
pub use failure::{ErrorKind, Failure};
pub use native::{Answer, EffectContext, EffectFn, NativeFn, Natives, PureFn};
pub use secret::{SecretSource, Secrets};
pub use setting::Settings;
pub use value::{
    Arguments, Case, Closure, DateTime, Decimal, Extent, List, MAX_BYTES, MAX_DEPTH, Map, Parts, Text, Value,
};
