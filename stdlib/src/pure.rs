//! The natives that touch nothing: the same arguments always give the same result.
//!
//! One file per module of the library. Lengths and positions that a program gives are brought into bounds before
//! anything is allocated, so no argument can make a native take more memory than a value may have.

mod bounds;
mod bytes;
mod calendar;
mod data;
mod date;
mod datetime;
mod decimal;
mod duration;
mod float;
mod int;
pub mod json;
mod list;
mod map;
mod regex;
mod set;
mod string;
mod url;

use runtime::Natives;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    int::add(natives);
    float::add(natives);
    string::add(natives);
    list::add(natives);
    map::add(natives);
    set::add(natives);
    decimal::add(natives);
    bytes::add(natives);
    data::add(natives);
    regex::add(natives);
    url::add(natives);
    duration::add(natives);
    date::add(natives);
    datetime::add(natives);
    json::add(natives);
}
