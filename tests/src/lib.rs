//! What the end-to-end tests share: the real command, scratch folders, and a local web server.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where its surroundings fail")]

mod block;
mod command;
mod manual;
mod owner;
mod pages;
mod program;
mod random;
mod server;
mod world;

pub use command::{Finished, Scratch, repository, taskwright};
pub use manual::{Manual, check_together};
pub use owner::{Owner, wait_until};
pub use pages::{Example, examples};
pub use program::{NOW, Outcome, analyze, analyze_files, compile, run};
pub use random::Random;
pub use server::{Asked, Page, Server};
pub use world::World;
