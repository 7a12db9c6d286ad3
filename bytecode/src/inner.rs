//! THE names of the inner operations: natives that the engine does itself, in one transaction with their outcome.
//!
//! The compiler imports them by these names and the engine finds them by them. What they take and give is in
//! docs/decisions/0006; the native of the image carries the types.

macro_rules! inner {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// An inner operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Inner {
            $($(#[$doc])* $name,)*
        }

        impl Inner {
            /// All of them, in the order of the table.
            pub const ALL: &[Inner] = &[$(Inner::$name,)*];

            /// Gives the name of its native.
            pub const fn name(self) -> &'static str {
                match self { $(Inner::$name => $text,)* }
            }

            /// Finds it by the name of its native; `None` for what is done by the library.
            pub fn from_name(name: &str) -> Option<Inner> {
                match name { $($text => Some(Inner::$name),)* _ => None }
            }
        }
    };
}

inner! {
    /// The present, in the project's zone.
    ClockNow "clock.now";
    /// Today's date, in the project's zone or one that is named.
    ClockToday "clock.today";
    /// A line of the log, for whoever looks for a fault.
    LogDebug "log.debug";
    /// A line of the log: what went wrong.
    LogError "log.error";
    /// A line of the log: what happened.
    LogInfo "log.info";
    /// A line of the log: what should be looked at.
    LogWarn "log.warn";
    /// A random int of a range.
    RandomInt "random.int";
    /// A wait for a span of time.
    TimerSleep "timer.sleep";
    /// A wait until an instant.
    TimerWaitUntil "timer.wait_until";
    /// A step begins: its name, its timeout or `none`; gives its deadline.
    StepBegin "step.begin";
    /// The pause before a step is tried again: its name, the number of the failed attempt, the shortest and the longest
    /// pause.
    StepPause "step.pause";
    /// A step ends: its name.
    StepEnd "step.end";
    /// An event is emitted: its name, its data.
    EventEmit "event.emit";
    /// A wait for the first of some events: their names, a predicate for each, the longest wait or `none`.
    EventWait "event.wait";
    /// A wait for a person: what is asked, `role`, `group` or `user`, its name, the longest wait or `none`.
    WaitApproval "wait.approval";
    /// A task is called and owned: its name, its arguments.
    TaskCall "task.call";
    /// A task is started and left alone: its name, its arguments, a key or `none`.
    TaskStart "task.start";
    /// A wait for a run: its id, the longest wait or `none`.
    TaskJoin "task.join";
    /// The result of a run that has ended: its id.
    RunResult "run.result";
    /// The failure of a run that has ended, or `none`: its id.
    RunError "run.error";
    /// The value of a state: its name.
    StateRead "state.read";
    /// A state is changed: its name, a closure of the old value that gives a record of the new value and of what the
    /// change gives.
    StateChange "state.change";
    /// The value of a setting: its name.
    SettingRead "setting.read";
    /// The run's own id.
    RunId "run.id";
    /// What started the run.
    RunTrigger "run.trigger";
    /// When the run was due, or was started.
    RunDue "run.due";
    /// When the run began.
    RunStartedAt "run.started_at";
    /// The run's private folder.
    RunDir "run.dir";
}

#[cfg(test)]
mod tests {
    use super::Inner;

    #[test]
    fn each_is_found_by_its_name() {
        for inner in Inner::ALL {
            assert_eq!(Inner::from_name(inner.name()), Some(*inner));
        }
        assert_eq!(Inner::from_name("http.get"), None);
    }
}
