//! Waits: for a time, for events, for a run, for a person.
//!
//! Each is an inner operation. That of events gives an enum made for the one wait, a case for each event that is waited
//! for and a last one for none of them in time; the arms are a `match` over it.

use super::{
    Checker, Definition,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{self, Arm, Enum, Expr, ExprKind, Pattern, RecordId, Type, TypeKind};
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, WaitArmKind};

/// An event that is waited for.
struct Awaited {
    record: RecordId,
    name: String,
    predicate: Option<Expr>,
}

impl<'t> Checker<'t> {
    /// Makes an inner operation.
    pub(super) fn inner(&self, operation: Inner, arguments: Vec<Expr>, type_: Type, span: Span) -> Expr {
        self.make(ExprKind::Inner { operation, arguments }, type_, span)
    }

    /// Makes a text.
    pub(super) fn text_value(&self, text: &str, span: Span) -> Expr {
        self.make(ExprKind::String(text.to_owned()), Type::STRING, span)
    }

    /// Checks `wait 10m`.
    pub(super) fn wait(&mut self, duration: &'t tree::Expr, span: Span) -> Expr {
        self.touches("wait", span);
        let duration = self.check_expr(duration, Want::Type(Type::DURATION, Because::Nothing));
        self.inner(Inner::TimerSleep, vec![duration], Type::NOTHING, span)
    }

    /// Checks `wait until …`.
    pub(super) fn wait_until(&mut self, instant: &'t tree::Expr, span: Span) -> Expr {
        self.touches("wait", span);
        let instant = self.check_expr(instant, Want::Type(Type::DATETIME, Because::Nothing));
        self.inner(Inner::TimerWaitUntil, vec![instant], Type::NOTHING, span)
    }

    /// Checks a longest wait: a duration or `none`.
    fn within(&mut self, within: Option<&'t tree::Expr>, span: Span) -> Expr {
        let type_ = self.optional(Type::DURATION);
        match within {
            Some(within) => {
                let length = self.length(within, "the longest wait");
                self.boxed(length)
            }
            None => self.make(ExprKind::None, type_, span),
        }
    }

    /// Checks `wait for` an event or a run.
    pub(super) fn wait_for(&mut self, wait: &'t tree::WaitFor, span: Span) -> Expr {
        self.touches("wait", span);
        if let Some(event) = self.event_of(&wait.subject) {
            return self.wait_for_event(event, wait, span);
        }
        if let Some((name, Definition::Record(_))) = self.path_head(&wait.subject) {
            let message = format!("`wait for` waits for an event or a run, and `{}` is a record", name.text);
            let diagnostic = Diagnostic::new(Code::NotAwaited, self.place(name.span), message);
            self.report(diagnostic.help(format!("declare it: `event {} {{ … }}`", name.text)));
            wait.within.iter().for_each(|within| drop(self.length(within, "the longest wait")));
            return self.error(span);
        }
        let told = self.diagnostics.len();
        let subject = self.check_expr(&wait.subject, Want::Any);
        let Some(result) = self.run_of(subject.type_) else {
            if subject.type_ != Type::ERROR && self.diagnostics.len() == told {
                let message = format!("`wait for` waits for an event or a run, found `{}`", self.name(subject.type_));
                let diagnostic = Diagnostic::new(Code::NotAwaited, self.place(wait.subject.span), message);
                let help = match subject.type_ {
                    Type::DURATION => "write `wait` and the length of time: `wait 10m`",
                    Type::DATETIME => "write `wait until` and the instant",
                    _ => "name an `event`, or give what `start` gave",
                };
                self.report(diagnostic.help(help));
            }
            wait.within.iter().for_each(|within| drop(self.length(within, "the longest wait")));
            return self.error(span);
        };
        for clause in wait.binding.iter().map(|name| name.span).chain(wait.condition.iter().map(|each| each.span)) {
            let message = "this is about an event, and a run is waited for".to_owned();
            self.report(Diagnostic::new(Code::NotAwaited, self.place(clause), message));
        }
        let id = self.make(ExprKind::Field { value: Box::new(subject), field: 0 }, Type::STRING, span);
        let within = self.within(wait.within.as_ref(), span);
        let boxed = if result == Type::NOTHING { result } else { self.optional(result) };
        let joined = self.inner(Inner::TaskJoin, vec![id, within], boxed, span);
        if wait.within.is_some() { joined } else { self.opened(joined, result) }
    }

    fn wait_for_event(&mut self, event: RecordId, wait: &'t tree::WaitFor, span: Span) -> Expr {
        let type_ = self.program.types.intern(TypeKind::Record(event, Vec::new()));
        let predicate =
            wait.condition.as_ref().map(|condition| self.predicate(type_, wait.binding.as_ref(), condition, true));
        let name = self.event_name(event);
        let awaited = vec![Awaited { record: event, name, predicate }];
        let given = self.hidden_local(type_, span);
        let value = self.make(ExprKind::Local(given), type_, span);
        let (value, late, result) = match &wait.within {
            None => (value, None, type_),
            Some(_) => {
                let result = self.optional(type_);
                (self.boxed(value), Some(self.make(ExprKind::None, result, span)), result)
            }
        };
        let within = self.within(wait.within.as_ref(), span);
        let took = Pattern::Case { tag: 0, fields: vec![(Pattern::Bind(given), type_)] };
        self.matched(awaited, within, vec![Arm { pattern: took, guard: None, body: value }], late, result, span)
    }

    /// Checks `wait for { … }`.
    pub(super) fn wait_any(&mut self, arms: &'t [tree::WaitArm], span: Span, want: Want) -> Expr {
        self.touches("wait", span);
        let mut awaited = Vec::new();
        let mut within = None;
        let mut made = Vec::new();
        let mut branches = self.branches(want);
        for arm in arms {
            let scope = self.open_scope();
            let state = self.mark_narrowing();
            let pattern = match &arm.kind {
                WaitArmKind::Event { event, binding, condition } => {
                    self.event_arm(event, binding.as_ref(), condition.as_ref(), &mut awaited)
                }
                WaitArmKind::Within(length) => {
                    if within.is_some() {
                        let message = "a wait has one `within`, and this is another".to_owned();
                        self.report(Diagnostic::new(Code::NotAwaited, self.place(arm.span), message));
                    }
                    let length = self.within(Some(length), arm.span);
                    within = Some(length);
                    Some(Pattern::Any)
                }
            };
            let body = self.body_of(&arm.body, self.branch_want(&branches));
            self.forget_narrowing(state);
            self.close_scope(scope);
            self.add_branch(&mut branches, body);
            made.push((pattern, matches!(arm.kind, WaitArmKind::Within(_))));
        }
        let (type_, bodies) = self.end_branches(branches);
        if awaited.is_empty() {
            if made.iter().all(|(pattern, _)| pattern.is_some()) {
                let message = "this waits for no event".to_owned();
                let diagnostic = Diagnostic::new(Code::NotAwaited, self.place(span), message);
                self.report(diagnostic.help("add an arm for an event, or write `wait` with a length of time"));
            }
            return self.error(span);
        }
        let mut taken = Vec::new();
        let mut late = None;
        for ((pattern, is_late), body) in made.into_iter().zip(bodies) {
            match (pattern, is_late) {
                (Some(_), true) => late = Some(body),
                (Some(pattern), false) => taken.push(Arm { pattern, guard: None, body }),
                (None, _) => return self.error(span),
            }
        }
        let within = match within {
            Some(within) => within,
            None => self.within(None, span),
        };
        self.matched(awaited, within, taken, late, type_, span)
    }

    fn event_arm(
        &mut self,
        event: &'t tree::Path,
        binding: Option<&'t tree::Name>,
        condition: Option<&'t tree::Expr>,
        awaited: &mut Vec<Awaited>,
    ) -> Option<Pattern> {
        let record = self.event_named(event);
        let type_ = match record {
            Some(record) => self.program.types.intern(TypeKind::Record(record, Vec::new())),
            None => Type::ERROR,
        };
        let predicate = condition.map(|condition| self.predicate(type_, binding, condition, false));
        let bound = match binding {
            Some(name) => {
                let local = self.declare_local(name, type_, Origin::Let);
                self.body.facts[local.0 as usize].used |= condition.is_some() || record.is_none();
                Pattern::Bind(local)
            }
            None => Pattern::Any,
        };
        let record = record?;
        let name = self.event_name(record);
        awaited.push(Awaited { record, name, predicate });
        Some(Pattern::Case { tag: awaited.len() as u32 - 1, fields: vec![(bound, type_)] })
    }

    /// Checks the `where` of a wait as a pure lambda of the event, that gives a boxed bool.
    fn predicate(
        &mut self,
        event: Type,
        binding: Option<&'t tree::Name>,
        condition: &'t tree::Expr,
        declares: bool,
    ) -> Expr {
        self.enter_lambda();
        self.body.pure = Some(super::purity::Pure::Predicate);
        match binding {
            Some(name) if declares => {
                let local = self.declare_local(name, event, Origin::Parameter);
                self.body.facts[local.0 as usize].used = true;
            }
            Some(name) => {
                let local = self.push_local(name.text.clone(), event, name.span, Origin::Implied);
                self.bring_into_scope(name.text.clone(), local);
            }
            None => drop(self.hidden_local(event, condition.span)),
        }
        let value = self.condition(condition);
        let value = self.boxed(value);
        let result = value.type_;
        let file = self.current().file;
        let inner = self.leave_lambda();
        let (captures, body) = super::lambda::finish(inner, file, 1, value);
        let type_ = self.program.types.intern(TypeKind::Function(vec![event], result));
        self.make(ExprKind::Lambda { captures, body: Box::new(body) }, type_, condition.span)
    }

    /// Makes the wait and the match over what it gives.
    fn matched(
        &mut self,
        awaited: Vec<Awaited>,
        within: Expr,
        mut arms: Vec<Arm>,
        late: Option<Expr>,
        type_: Type,
        span: Span,
    ) -> Expr {
        let mut cases = Vec::with_capacity(awaited.len() + 1);
        let (mut names, mut predicates) = (Vec::new(), Vec::new());
        let function = self.program.types.intern(TypeKind::Function(Vec::new(), Type::NOTHING));
        let function = self.optional(function);
        for each in awaited {
            let record = self.program.types.intern(TypeKind::Record(each.record, Vec::new()));
            cases.push(case(&each.name, Some(record)));
            names.push(self.text_value(&each.name, span));
            predicates.push(match each.predicate {
                Some(predicate) => self.make(ExprKind::Some(Box::new(predicate)), function, span),
                None => self.make(ExprKind::None, function, span),
            });
        }
        cases.push(case("none_in_time", None));
        let id = ir::EnumId(self.program.enums.len() as u32);
        self.program.enums.push(Enum { name: "wait".to_owned(), generics: 0, cases });
        self.cases.push(Vec::new());
        let given = self.program.types.intern(TypeKind::Enum(id, Vec::new()));
        let (texts, functions) = (self.list_of(Type::STRING), self.list_of(function));
        let names = self.make(ExprKind::List(names), texts, span);
        let predicates = self.make(ExprKind::List(predicates), functions, span);
        let value = self.inner(Inner::EventWait, vec![names, predicates, within], given, span);
        let last = late.unwrap_or_else(|| {
            let message = Box::new(self.text_value("a wait without an end has ended", span));
            let fail = ExprKind::Fail { kind: "internal".to_owned(), retryable: false, message };
            self.make(fail, Type::NEVER, span)
        });
        arms.push(Arm { pattern: Pattern::Any, guard: None, body: last });
        self.make(ExprKind::Match { value: Box::new(value), arms }, type_, span)
    }

    /// Checks `wait for approval`.
    pub(super) fn wait_approval(&mut self, wait: &'t tree::WaitApproval, span: Span) -> Expr {
        self.touches("wait", span);
        let question = self.check_expr(&wait.question, Want::Type(Type::STRING, Because::Nothing));
        let who = wait.who.as_ref().map(|who| self.check_expr(who, Want::Type(Type::STRING, Because::Nothing)));
        let within = self.within(wait.within.as_ref(), span);
        let (Some(by), Some(who)) = (&wait.by, who) else {
            let message = "nobody may decide this approval".to_owned();
            let diagnostic = Diagnostic::new(Code::NobodyDecides, self.place(span), message);
            self.report(diagnostic.help("say who: `by role \"finance\"`, `by group \"ops\"` or `by user \"ann\"`"));
            return self.error(span);
        };
        const WHO: &[&str] = &["role", "group", "user"];
        if !WHO.contains(&by.text.as_str()) {
            let message = format!("an approval is decided by a `role`, a `group` or a `user`, found `{}`", by.text);
            let near = diagnostics::nearest(&by.text, WHO.iter().copied()).map(str::to_owned);
            let diagnostic = Diagnostic::new(Code::NobodyDecides, self.place(by.span), message);
            self.report_near(diagnostic, by.span, near);
            return self.error(span);
        }
        if matches!(&who.kind, ExprKind::String(name) if name.trim().is_empty()) {
            let message = format!("no {} has an empty name, so nobody may decide this", by.text);
            self.report(Diagnostic::new(Code::NobodyDecides, self.place(who.span), message));
        }
        let Some(Definition::Enum(decision)) = self.prelude.get("Decision").copied() else { return self.error(span) };
        let type_ = self.program.types.intern(TypeKind::Enum(decision, Vec::new()));
        let kind = self.text_value(&by.text, by.span);
        self.inner(Inner::WaitApproval, vec![question, kind, who, within], type_, span)
    }

    /// Gives the type of the result of a `Run<T>`.
    pub(super) fn run_of(&self, type_: Type) -> Option<Type> {
        let Some(Definition::Record(run)) = self.prelude.get("Run") else { return None };
        match self.kind(type_) {
            TypeKind::Record(id, arguments) if id == run => arguments.first().copied(),
            _ => None,
        }
    }
}

fn case(name: &str, data: Option<Type>) -> ir::Case {
    let field = |type_: Type| ir::Field {
        name: "event".to_owned(),
        json_name: "event".to_owned(),
        type_,
        default: None,
        condition: None,
    };
    ir::Case { name: name.to_owned(), json_name: name.to_owned(), fields: data.map(field).into_iter().collect() }
}
