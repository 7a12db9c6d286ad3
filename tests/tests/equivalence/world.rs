//! A world that answers by a script: what it says depends on a seed and on how many operations came before.

use crate::generate::Random;
use crate::reference::Failure;
use serde_json::{Value as Json, json};

/// A world, and what it was asked.
pub struct World {
    seed: u64,
    asked: Vec<String>,
}

impl World {
    /// Makes the world of a seed.
    pub fn new(seed: u64) -> Self {
        World { seed, asked: Vec::new() }
    }

    /// Gives what was asked, in order.
    pub fn asked(self) -> Vec<String> {
        self.asked
    }

    /// Answers an operation.
    pub fn answer(&mut self, name: &str, arguments: Vec<Json>) -> Result<Json, Failure> {
        let mut random = Random::new(self.seed ^ (self.asked.len() as u64) << 32);
        self.asked.push(format!("{name}{}", Json::from(arguments.clone())));
        if random.percent(15) {
            let kind = *random.one(&["io", "not_found", "timeout", "interrupted", "denied"]);
            return Err(Failure { kind: kind.to_owned(), message: format!("{name} does not answer") });
        }
        let word =
            (*random.one(&["", "a", "ab", "12", "tea,cup", "a longer line of the file that was read"])).to_owned();
        Ok(match name {
            "files.read" => json!(word),
            "files.exists" => json!(random.percent(50)),
            "files.size" => json!(random.below(100)),
            "files.lines" => {
                let from = arguments.get(1).and_then(Json::as_i64).unwrap_or_default();
                let next = (from < 20 && random.percent(60)).then(|| from + 10);
                json!({"lines": vec![word; random.below(3) as usize], "next": next})
            }
            "exec.run" => json!({"code": random.below(3), "stdout": word, "stderr": ""}),
            _ => Json::Null,
        })
    }
}
