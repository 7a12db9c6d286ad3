//! The table of codes: one row each, from which numbers, severities, titles and pages are derived.
//!
//! `E01xx` syntax · `E02xx` names · `E03xx` types · `E04xx` control flow and patterns · `E05xx` heads and schedules ·
//! `E06xx` permissions and secrets · `W0xxx` lints, the hundreds as for errors.
//! The page of a code is `explain/<number>.md`; a row without its page does not compile.

use serde::{Deserialize, Serialize};

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The sources cannot be compiled.
    Error,
    /// The sources compile, but something is probably not meant.
    Warning,
    /// Worth knowing.
    Note,
}

macro_rules! codes {
    ($($number:ident $name:ident $severity:ident $title:literal;)*) => {
        /// A kind of diagnostic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", stringify!($number), "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// Gives the number that is printed and asked for: `E0301`.
            pub fn number(self) -> &'static str {
                match self { $(Code::$name => stringify!($number),)* }
            }

            /// Gives the severity it has unless a project sets another level.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// Gives what it is about, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// Gives its page in Markdown.
            pub fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("../explain/", stringify!($number), ".md")),)* }
            }
        }
    };
}

codes! {
    E0101 UnexpectedToken Error "something stands where the grammar expects something else";
    E0102 UnclosedBracket Error "a bracket has no partner";
    E0103 UnclosedString Error "a string does not end";
    E0104 NestingTooDeep Error "the nesting is deeper than the limit";
    E0105 ForeignWord Error "a word or sign of another language";
    E0106 NumberForm Error "a number is written in a form that does not exist";
    E0107 TimeForm Error "a date or a time is written in a form that does not exist";
    E0108 BraceInString Error "a brace in a string begins an interpolation";
    E0109 UnknownEscape Error "a string has an escape that does not exist";
    E0110 ArmArrow Error "an arm is written with `=>`";
    E0111 MissingSeparator Error "a comma or a line end is missing";
    E0112 ClauseOnItsLine Error "a clause of a head begins its own line";
    E0113 ReservedWord Error "a word of the language stands as a name";
    E0114 ChainedComparison Error "comparisons do not chain";
    E0115 TypeArguments Error "type arguments are not written at a call";
    E0116 SpacedCall Error "the bracket of a call or an index touches what it applies to";
    E0117 CatchForm Error "a `catch` is written in a form that does not exist";
    E0118 BareOperand Error "an operation to the right of `??` needs parentheses";
    E0119 IntTooLarge Error "a number is too large for its type";
    E0120 UnknownCharacter Error "a character begins nothing";
    E0121 BraceOnItsLine Error "a `{` stands on the line of its head";
    E0122 PlainText Error "an interpolation stands where only plain text may";
    E0123 FailForm Error "a `fail` needs a kind and a message";
    E0124 AssignTarget Error "something that is no variable is assigned";
    E0501 DuplicateClause Error "a clause that may stand once stands twice";
    E0502 NotConstant Error "an operand of a head is not known before a run";
    E0503 OperandBounds Error "an operand of a head is outside of what its clause takes";
    E0504 UnknownWord Error "a word of a clause is none of those that it knows";
    E0505 UnknownZone Error "a time zone does not exist";
    E0506 InvalidCron Error "a cron expression cannot be read";
    E0507 NeverDue Error "a schedule is never due";
    E0508 ScheduleArgument Error "the arguments of a schedule do not fit the task's parameters";
    E0509 MissingScheduleArgument Error "a schedule leaves a required parameter without a value";
    E0510 RefusedArgument Error "a schedule gives a value that its parameter refuses";
    E0511 MalformedPermission Error "a permission cannot be read";
    E0601 MissingPermission Error "a task touches what its head does not permit";
    W0501 NoZone Warning "a schedule by the clock names no time zone";
    W0502 NoTimeout Warning "a task has no timeout";
    W0503 FasterThanTimeout Warning "a schedule fires more often than a run may last";
    W0504 ClockInDefault Warning "a default reads the clock where missed times are made up for";
    W0505 SwallowedError Warning "an error is caught and nothing is done about it";
    W0506 EndlessLoop Warning "a loop never ends and never waits";
    W0507 Undocumented Warning "a task has no documentation";
    W0508 SkippedMonths Warning "a schedule skips the months that lack its day";
    W0590 ClauseNotActedOn Warning "a clause is checked and has no effect yet";
    W0601 UnusedPermission Warning "a permission is never used";
}

impl Code {
    /// Finds the code of a number, in either case.
    pub fn from_number(number: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.number().eq_ignore_ascii_case(number))
    }

    /// Gives the path of its page, relative to the root of the book: `codes/E0101.html`. Where the book is served is
    /// nothing that a checker knows.
    pub fn url(self) -> String {
        format!("codes/{}.html", self.number())
    }
}
