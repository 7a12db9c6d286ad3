//! What a head should have and does not.

use crate::heads::Head;
use crate::ir::Task;
use diagnostics::{Code, Diagnostic};

pub(super) fn check(task: &Task, head: &Head, found: &mut Vec<Diagnostic>) {
    if task.doc.trim().is_empty() {
        let message = format!("the task `{}` has no documentation", task.name);
        let help = "say above it what it does: `/// …`";
        found.push(Diagnostic::new(Code::Undocumented, task.place, message).help(help));
    }
    if head.timeout.is_none() {
        let message = format!("the task `{}` has no timeout, so a run that hangs stays for ever", task.name);
        let help = "add the longest time that a run may take: `timeout 30m`";
        found.push(Diagnostic::new(Code::NoTimeout, task.place, message).help(help));
    }
}
