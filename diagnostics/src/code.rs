//! The table of codes: one row each, from which numbers, severities, titles and pages are derived.
//!
//! `E01xx` syntax · `E02xx` names · `E03xx` types · `E04xx` control flow and patterns · `E05xx` heads and schedules ·
//! `E06xx` permissions and secrets · `E07xx` limits of compiled programs · `W0xxx` lints, the hundreds as for errors.
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
    E0125 NotText Error "a file is not UTF-8 text";
    E0126 AllowForm Error "an `allow` cannot be read";
    E0201 UnknownName Error "a name is not known";
    E0202 UnknownType Error "a type is not known";
    E0203 UnknownModule Error "a module is not known";
    E0204 DuplicateName Error "a name is declared twice";
    E0205 Shadowing Error "a variable hides another one";
    E0206 UnknownMember Error "a field or method is not known";
    E0207 UnknownCase Error "a case is not known";
    E0208 UnknownErrorKind Error "a kind of error is not known";
    E0209 NotAValue Error "something that is no value stands where one is expected";
    E0210 Circle Error "something is made of itself";
    E0211 Misplaced Error "a statement stands where it does not belong";
    E0212 UnknownConnection Error "a kind of connection is not known";
    E0213 CalendarFile Error "the file of a calendar cannot be used";
    E0290 NotYet Error "this version does not run a construct yet";
    E0301 Mismatch Error "a value has another type than is expected";
    E0302 MissingArgument Error "an argument is missing";
    E0303 UnknownArgument Error "an argument has a name that is not known";
    E0304 TooManyArguments Error "a call has too many arguments";
    E0305 DuplicateArgument Error "an argument is given twice";
    E0306 NotCallable Error "something that is no function is called";
    E0307 OperatorTypes Error "an operator does not apply to its operands";
    E0308 TypeUnknown Error "a type cannot be told from its place";
    E0309 TypeArgumentCount Error "a type has another number of type arguments";
    E0310 NotRefined Error "a value was not checked against its refined type";
    E0311 ConditionBroken Error "a constant does not meet a condition";
    E0312 NotIterable Error "something that cannot be walked stands in a `for`";
    E0313 NotIndexable Error "something without items is indexed";
    E0314 MayBeNone Error "a value that may be `none` is used as if it were there";
    E0315 Impure Error "something that touches the world stands where it may not";
    E0316 AssignToLet Error "something that never changes is assigned";
    E0317 NotAssignable Error "something that is no variable is changed";
    E0318 UnusedValue Error "a value is not used";
    E0319 NoValue Error "a value is expected and there is none";
    E0320 NotComparable Error "values cannot be compared or be keys";
    E0321 BadLiteral Error "a literal names something that does not exist";
    E0322 NoForm Error "a value has no form outside of the program";
    E0323 PositionalField Error "a field is given without its name";
    E0324 NotAwaited Error "something that is no event and no run is waited for";
    E0325 NotAnEvent Error "something that is no event stands where one is expected";
    E0326 NoFirstValue Error "a state has no first value";
    E0327 SelfCall Error "a task calls itself and waits for it";
    E0328 NobodyDecides Error "nobody may decide an approval";
    E0329 BranchAssigns Error "a branch of `parallel` changes what is outside of it";
    E0401 NotExhaustive Error "a `match` does not take every value";
    E0402 MissingValue Error "a body ends without the value it has to give";
    E0403 OutsideLoop Error "`break` or `continue` stands outside of a loop";
    E0404 PatternType Error "a pattern is for another type";
    E0405 PatternCount Error "a pattern takes another number of values than the case has";
    E0406 OrBindings Error "the parts of a pattern bind different names";
    E0407 NoResult Error "a function without a result returns one";
    E0408 LeavesBranch Error "something leaves a branch of `parallel`";
    E0409 UndoValue Error "an undo takes a value that its step does not give";
    E0410 LeavesFinally Error "something leaves a `finally`";
    E0501 DuplicateClause Error "a clause that may stand once stands twice";
    E0502 OperandNotConstant Error "an operand of a head is not known before a run";
    E0503 OperandBounds Error "an operand of a head is outside of what its clause takes";
    E0504 UnknownWord Error "a word of a clause is none of those that it knows";
    E0505 UnknownZone Error "a time zone does not exist";
    E0506 InvalidCron Error "a cron expression cannot be read";
    E0507 NeverDue Error "a schedule is never due";
    E0508 StartArgument Error "what starts a task gives it arguments that do not fit";
    E0509 MissingStartArgument Error "what starts a task leaves a required parameter without a value";
    E0510 RefusedArgument Error "what starts a task gives a value that its parameter refuses";
    E0511 MalformedPermission Error "a permission cannot be read";
    E0512 ClockInDefault Error "a default reads the clock where missed times are made up for";
    E0601 MissingPermission Error "a task touches what its head does not permit";
    E0602 SecretDisclosed Error "a secret goes where it can be seen";
    E0603 SecretForm Error "a type cannot be secret, or a place cannot hold a secret";
    E0701 TooLarge Error "a program does not fit into an image";
    E0702 EndlessTypes Error "a generic function is needed for types without end";
    N0101 DollarInText Note "a `$` before an interpolation stays in the text";
    N0501 ClockGap Note "a time of a schedule does not exist on some dates";
    W0101 DoubtfulComment Warning "a comment reads as a division";
    W0102 UnusedAllow Warning "an `allow` silences nothing";
    W0201 UnusedVariable Warning "a variable is not used";
    W0202 UnusedParameter Warning "a parameter is not used";
    W0203 UnusedFunction Warning "a function is not used";
    W0204 UnusedImport Warning "a name that `use` brings in is not used";
    W0205 NameCase Warning "a name is written in an unusual case";
    W0401 Unreachable Warning "a statement is never reached";
    W0402 UnreachableArm Warning "an arm is never reached";
    W0403 ConstantCondition Warning "a condition is always the same";
    W0404 DuplicateKey Warning "a key stands twice in a map";
    W0405 NegatedCall Warning "a `-` stands before a call";
    W0501 NoZone Warning "a schedule by the clock names no time zone";
    W0502 NoTimeout Warning "a task has no timeout";
    W0503 FasterThanTimeout Warning "a schedule fires more often than a run may last";
    W0505 SwallowedError Warning "an error is caught and nothing is done about it";
    W0506 EndlessLoop Warning "a loop never ends and never waits";
    W0507 Undocumented Warning "a task has no documentation";
    W0508 SkippedMonths Warning "a schedule skips the months that lack its day";
    W0509 IgnoredDecision Warning "the answer to an approval is ignored";
    W0510 OnceUnderRetry Warning "a retry does not cover an operation that is done once";
    W0511 HeldSlot Warning "a slot is held while a run waits for long";
    W0512 LostUpdate Warning "a state is read and written where runs overlap";
    W0520 PastSchedule Warning "a schedule is over";
    W0521 CatchupFlood Warning "catching up would start a flood of runs";
    W0522 CrowdedMinute Warning "many tasks start in the same minute";
    W0601 UnusedPermission Warning "a permission is never used";
    W0602 WidePermission Warning "a permission is wider than needed";
    W0603 CredentialLiteral Warning "a literal looks like a credential";
    W0604 ShellText Warning "a program for a shell is put together of values";
}

impl Code {
    /// Finds the code of a number, in either case.
    pub fn from_number(number: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.number().eq_ignore_ascii_case(number))
    }

    /// Says whether it is a lint, whose level a project may set and which an `// allow` silences. An error is none.
    pub fn is_lint(self) -> bool {
        match self.severity() {
            Severity::Error => false,
            Severity::Warning | Severity::Note => true,
        }
    }

    /// Gives the path of its page, relative to the root of the book: `codes/E0101.html`. Where the book is served is
    /// nothing that a checker knows.
    pub fn url(self) -> String {
        format!("codes/{}.html", self.number())
    }
}
