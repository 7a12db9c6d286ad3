//! `serve` is killed by SIGKILL again and again while runs go on: every run ends, nothing is lost, and nothing is silently
//! done twice. What was done is known from outside: from files in `appends`, from a web server's ledger in `ledger`.
//!
//! `KILLS` says how often the ledger's `serve` is killed, `SEED` when; both are printed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod appends;
mod ledger;
mod orphan;
mod victim;
