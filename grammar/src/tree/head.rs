//! The clauses of a task's head, and schedules.
//!
//! Operands are *simple* expressions (a literal, a name path, a string, or anything in parentheses); they are kept as
//! [`Expr`] and evaluated as constants by the compiler.

use super::{Argument, Expr, Name, Path, StringText};
use diagnostics::Span;

/// A clause of a head.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Which clause.
    pub kind: ClauseKind,
    /// The whole of it, from its keyword.
    pub span: Span,
}

/// The clauses, in the order in which the formatter writes them.
#[derive(Clone, Debug)]
pub enum ClauseKind {
    /// `on …`.
    On(Trigger),
    /// `needs net "a", "b"`.
    Needs(Needs),
    /// `timeout 30m`.
    Timeout(Expr),
    /// `retry 3 backoff 5s..2m on timeout, network`.
    Retry(Retry),
    /// `concurrency 1 per expr else queue`.
    Concurrency {
        /// How many at once.
        limit: Expr,
        /// The key.
        per: Option<Expr>,
        /// `queue`, `skip`, `cancel_oldest`, `fail`.
        otherwise: Option<Name>,
    },
    /// `rate 100 per 1m per expr`.
    Rate {
        /// How many starts.
        count: Expr,
        /// In how long.
        period: Expr,
        /// The key.
        per: Option<Expr>,
    },
    /// `cache 1h by expr, …`.
    Cache {
        /// How long a result stands.
        duration: Expr,
        /// What makes two runs the same; empty for all arguments.
        by: Vec<Expr>,
    },
    /// `priority low`.
    Priority(Name),
    /// `limit memory 256MiB, operations 10_000`.
    Limit(Vec<(Name, Expr)>),
    /// `only between 22:00 and 06:00 on weekdays in "zone" else skip`.
    Only {
        /// The beginning of the window.
        from: Expr,
        /// Its end.
        to: Expr,
        /// `on mon, tue` or `on weekdays`.
        days: Vec<Name>,
        /// `in "zone"`.
        zone: Option<Expr>,
        /// `skip` or `delay`.
        otherwise: Option<Name>,
    },
    /// `alert "channel" on failure, late after 10m`.
    Alert {
        /// The channel.
        channel: StringText,
        /// What for: `failure`, `late after 10m`, …
        on: Vec<AlertCause>,
    },
    /// `allow role "operator", group "finance"`.
    Allow(Vec<(Name, StringText)>),
    /// `ensure expr else "message"`, over `result`.
    Ensure {
        /// What must hold.
        condition: Expr,
        /// What is said when it does not.
        message: Option<StringText>,
    },
    /// `retain 90d`.
    Retain(Expr),
    /// `tags "a", "b"`.
    Tags(Vec<StringText>),
    /// Not readable; already told.
    Error,
}

/// `failure`, `late after 10m`, `overdue after 1h`, `recovery`, `success`.
#[derive(Clone, Debug)]
pub struct AlertCause {
    /// The word.
    pub name: Name,
    /// `after …`.
    pub after: Option<Expr>,
}

/// `needs KIND [MODE] operand, …`.
#[derive(Clone, Debug)]
pub struct Needs {
    /// `net`, `files`, `exec`, `env`, `secret`, `connection`, `channel`, `agent`.
    pub kind: Name,
    /// `read` or `write` of `files`.
    pub mode: Option<Name>,
    /// What exactly: strings, or the names of secrets, connections, agents.
    pub operands: Vec<NeedOperand>,
}

/// What a `needs` names.
#[derive(Clone, Debug)]
pub enum NeedOperand {
    /// `"*.example.com"`.
    Text(StringText),
    /// `SHOP_TOKEN`.
    Name(Name),
}

/// `retry n [backoff a..b] [timeout d] [on kinds]`, of a head or a step.
#[derive(Clone, Debug)]
pub struct Retry {
    /// How many more tries.
    pub count: Expr,
    /// The first and the longest pause.
    pub backoff: Option<(Expr, Expr)>,
    /// For which kinds of error; empty for those that are retryable.
    pub on: Vec<Name>,
}

/// What starts a task.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// `on every/daily/…`.
    Schedule(Box<Schedule>),
    /// `on webhook "/path" verify … as r where … with (…) key expr`.
    Webhook {
        /// The path.
        path: StringText,
        /// How a delivery is authenticated.
        verify: Verify,
        /// What the rest may refer to.
        binding: TriggerBinding,
    },
    /// `on event E as e …`.
    Event {
        /// The event's record.
        event: Path,
        /// What the rest may refer to.
        binding: TriggerBinding,
    },
    /// `on success of T as r …`.
    Success {
        /// The task.
        task: Path,
        /// What the rest may refer to.
        binding: TriggerBinding,
    },
    /// `on failure of T as r …`.
    Failure {
        /// The task.
        task: Path,
        /// What the rest may refer to.
        binding: TriggerBinding,
    },
    /// `on file "inbox/*.pdf" as f …`.
    File {
        /// Which files.
        glob: StringText,
        /// What the rest may refer to.
        binding: TriggerBinding,
    },
}

/// `verify hmac SECRET header "X"`, `verify bearer SECRET`, `verify none`.
#[derive(Clone, Debug)]
pub enum Verify {
    /// A signature over the body.
    Hmac {
        /// The secret.
        secret: Name,
        /// The header that has the signature.
        header: Option<StringText>,
    },
    /// A token.
    Bearer(Name),
    /// Nothing.
    Nothing,
}

/// `as r where … with (…) key …` of a trigger that has data.
#[derive(Clone, Debug, Default)]
pub struct TriggerBinding {
    /// `as r`.
    pub name: Option<Name>,
    /// `where …`.
    pub condition: Option<Expr>,
    /// `with (…)`; `None` where the fields become arguments by name.
    pub arguments: Option<Vec<Argument>>,
    /// `key …`.
    pub key: Option<Expr>,
}

/// A schedule with its modifiers.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// When.
    pub kind: ScheduleKind,
    /// `in "Europe/Berlin"`.
    pub zone: Option<StringText>,
    /// `jitter 5m`.
    pub jitter: Option<Expr>,
    /// `except holidays`.
    pub except: Vec<Path>,
    /// `starting D`.
    pub starting: Option<Expr>,
    /// `ending D`.
    pub ending: Option<Expr>,
    /// `catchup …`.
    pub catchup: Option<Catchup>,
    /// `with (…)`.
    pub arguments: Vec<Argument>,
    /// From the word behind `on` to the end of the last modifier.
    pub span: Span,
}

/// The forms of a schedule.
#[derive(Clone, Debug)]
pub enum ScheduleKind {
    /// `every 15m from 08:00 to 18:00 on weekdays`.
    Every {
        /// The distance.
        period: Expr,
        /// The daily window.
        window: Option<(Expr, Expr)>,
        /// The days; empty for all.
        days: Vec<Name>,
    },
    /// `daily at 02:30, 14:30 [on weekdays]`.
    Daily {
        /// The times.
        times: Vec<Expr>,
        /// The days; empty for all.
        days: Vec<Name>,
    },
    /// `weekly on mon, thu at 09:00`.
    Weekly {
        /// `mon` … `sun`.
        days: Vec<Name>,
        /// The times.
        times: Vec<Expr>,
    },
    /// `monthly on 1, 15, last day at 06:00`.
    Monthly {
        /// The days.
        days: Vec<MonthDay>,
        /// The times.
        times: Vec<Expr>,
    },
    /// `yearly on 31 dec at 23:00`.
    Yearly {
        /// Day and month.
        dates: Vec<(Expr, Name)>,
        /// The times.
        times: Vec<Expr>,
    },
    /// `cron "0 9 * * MON-FRI"`.
    Cron(StringText),
    /// `at 2026-12-31T23:59[UTC]`.
    At(Expr),
}

/// A day of a month.
#[derive(Clone, Debug)]
pub enum MonthDay {
    /// `15`.
    Number(Expr),
    /// `last day`.
    LastDay(Span),
    /// `last fri`, `second tue`.
    Weekday {
        /// `first second third fourth last`.
        nth: Name,
        /// `mon` … `sun`.
        day: Name,
    },
}

/// `catchup none | latest | all limit N`.
#[derive(Clone, Debug)]
pub struct Catchup {
    /// `none`, `latest` or `all`.
    pub mode: Name,
    /// `limit N`.
    pub limit: Option<Expr>,
}
