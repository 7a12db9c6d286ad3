//! Names and types: from syntax trees to the [`ir`](crate::ir).
//!
//! The way is: collect the items of all files (`items`), resolve the declared types and signatures (`declare`), then
//! check bodies one by one (`body` and what it calls). A part that is wrong gets [`Type::ERROR`], which fits everything,
//! so one cause makes one diagnostic. Nothing here knows clauses of heads (`heads`) or permissions.

mod address;
mod argument;
mod assign;
mod assigned;
mod block;
mod body;
mod bounds;
mod branch;
mod calendar;
mod call;
mod connection;
mod constants;
mod control;
mod convert;
mod credential;
mod declare;
mod demand;
mod doubts;
mod ensure;
mod errors;
mod event;
mod exhaustive;
mod expr;
mod foreign;
mod habits;
mod head;
mod infer;
mod items;
mod json;
mod key;
mod lambda;
mod literal;
mod local;
mod loops;
mod member;
mod method;
mod names;
mod narrow;
mod operator;
mod parallel;
mod pattern;
mod purity;
mod renumber;
mod report;
mod run;
mod secret;
mod setting;
mod state;
mod step;
mod tasks;
mod text;
mod trigger;
mod types;
mod unused;
mod wait;

pub(crate) use items::{Definition, ItemRef};
pub(crate) use names::type_name;

use crate::heads::Head;
use crate::index::Index;
use crate::ir::{EnumId, FunctionId, LocalId, Program, Type, TypeKind};
use body::BodyState;
use constants::ConstState;
use diagnostics::{Diagnostic, FileId, Place, Span};
use grammar::tree;
use items::Module;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::rc::Rc;

/// A parsed file with what it is.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its file.
    pub file: FileId,
    /// The module it is.
    pub module: SmolStr,
    /// Whether it belongs to the standard library.
    pub library: bool,
    /// Its tree.
    pub tree: tree::File,
    /// The comments that silence something.
    pub allows: Vec<grammar::Allow>,
    /// Its text.
    pub text: Rc<str>,
}

/// What checking gives.
pub(crate) struct Checked {
    /// The program; with [`Type::ERROR`] in it where there are errors.
    pub program: Program,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What stands where.
    pub index: Index,
    /// The heads of the tasks, in their order.
    pub heads: Vec<Head>,
    /// Whether a secret stands somewhere as a plain value.
    pub discloses: bool,
    /// Whether a task is called somewhere.
    pub calls_tasks: bool,
}

/// A calendar that comes as a file.
#[derive(Debug)]
pub(crate) struct CalendarFile {
    /// Its file.
    pub file: FileId,
    /// Its path from the project's folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Checks all units together, with the calendars that they may name.
pub(crate) fn check(units: &[Unit], calendars: &[CalendarFile]) -> Checked {
    let mut checker = Checker::new(units, calendars);
    checker.collect();
    checker.declare();
    checker.check_bodies();
    let heads = checker.check_heads();
    checker.check_given_arguments();
    checker.check_constants();
    checker.check_pure_calls();
    checker.report_unused();
    let Checker { program, diagnostics, index, discloses, calls_tasks, .. } = checker;
    Checked { program, diagnostics, index, heads, discloses, calls_tasks }
}

/// A parameter, field or datum of a case: what a call can give.
#[derive(Clone, Debug)]
pub(crate) struct ParameterInfo<'t> {
    /// Its name.
    pub name: SmolStr,
    /// Its type, with the type parameters of its declaration.
    pub type_: Type,
    /// What stands for it where it is missing.
    pub default: Option<&'t tree::Expr>,
    /// Where it is declared.
    pub place: Place,
}

/// A list of parameters with what is needed to fill in defaults.
#[derive(Clone, Debug)]
pub(crate) struct Parameters<'t> {
    /// The parameters, `self` not among them.
    pub list: Vec<ParameterInfo<'t>>,
    /// The unit whose names the defaults see.
    pub unit: u32,
    /// How many type parameters the declaration has.
    pub generics: u32,
    /// The declaration, for the index.
    pub item: ItemRef,
}

/// A function's or method's declaration.
#[derive(Clone, Debug)]
pub(crate) struct Signature<'t> {
    /// What it takes.
    pub parameters: Parameters<'t>,
    /// The method's receiver.
    pub receiver: Option<Type>,
    /// What it gives.
    pub result: Type,
    /// Whether it changes its receiver.
    pub changes: bool,
    /// Whether it is native and does not touch the world.
    pub pure: bool,
    /// The names of its type parameters.
    pub generics: Rc<[SmolStr]>,
    /// Its declaration.
    pub function: &'t tree::Function,
    /// Where its name stands.
    pub place: Place,
}

/// The state of a check.
pub(crate) struct Checker<'t> {
    pub(crate) units: &'t [Unit],
    pub(crate) program: Program,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) index: Index,
    pub(crate) modules: Vec<Module>,
    /// The modules of the library.
    pub(crate) module_ids: FxHashMap<SmolStr, u32>,
    /// The modules of the project.
    pub(crate) own_module_ids: FxHashMap<SmolStr, u32>,
    pub(crate) prelude: FxHashMap<SmolStr, Definition>,
    pub(crate) signatures: Vec<Rc<Signature<'t>>>,
    pub(crate) records: Vec<Rc<Parameters<'t>>>,
    pub(crate) cases: Vec<Vec<Rc<Parameters<'t>>>>,
    pub(crate) case_numbers: FxHashMap<(EnumId, SmolStr), u32>,
    pub(crate) refined_items: Vec<ItemRef>,
    pub(crate) consts: Vec<ConstState<'t>>,
    pub(crate) task_items: Vec<ItemRef>,
    pub(crate) tasks: Vec<tasks::TaskSignature<'t>>,
    pub(crate) given_arguments: Vec<tasks::GivenArgument>,
    /// The values of the constants, with the units that they stand in.
    pub(crate) constant_values: Vec<(u32, crate::ir::Expr)>,
    pub(crate) state_items: Vec<state::StateItem<'t>>,
    pub(crate) setting_items: Vec<setting::SettingItem<'t>>,
    /// The calendars that come as files.
    pub(crate) calendar_files: &'t [CalendarFile],
    /// The days of the calendars that are known.
    pub(crate) calendar_days: FxHashMap<ItemRef, Rc<[i32]>>,
    /// The record that the change of a state gives.
    pub(crate) changed: Option<crate::ir::RecordId>,
    pub(crate) event_numbers: FxHashMap<crate::ir::RecordId, u32>,
    pub(crate) pure_calls: Vec<purity::PureCall>,
    /// Calls whose values are dropped, until it is known what they touch.
    pub(crate) dropped_calls: Vec<purity::DroppedCall>,
    pub(crate) methods: FxHashMap<(types::Head, SmolStr), Vec<FunctionId>>,
    pub(crate) error_kinds: FxHashMap<SmolStr, bool>,
    pub(crate) used: rustc_hash::FxHashSet<Definition>,
    pub(crate) unit: u32,
    pub(crate) generics: Rc<[SmolStr]>,
    pub(crate) body: BodyState,
    pub(crate) outer: Vec<BodyState>,
    pub(crate) muted: u32,
    pub(crate) override_span: Option<Span>,
    pub(crate) depth: u32,
    pub(crate) inlined: u32,
    /// How many diagnostics there were before the present body.
    pub(crate) told_before: usize,
    /// How many errors and warnings were found.
    pub(crate) found: report::Found,
    /// The paths of the webhooks, and where each stands.
    webhooks: FxHashMap<String, Place>,
    /// Whether a secret stands somewhere as a plain value.
    pub(crate) discloses: bool,
    /// Whether a task is called somewhere.
    pub(crate) calls_tasks: bool,
    pub(crate) hole: Type,
}

impl<'t> Checker<'t> {
    fn new(units: &'t [Unit], calendar_files: &'t [CalendarFile]) -> Self {
        let mut program = Program::default();
        let hole = program.types.intern(TypeKind::Parameter(u32::MAX));
        Checker {
            units,
            program,
            diagnostics: Vec::new(),
            index: Index::default(),
            modules: Vec::new(),
            module_ids: FxHashMap::default(),
            own_module_ids: FxHashMap::default(),
            prelude: FxHashMap::default(),
            signatures: Vec::new(),
            records: Vec::new(),
            cases: Vec::new(),
            case_numbers: FxHashMap::default(),
            refined_items: Vec::new(),
            consts: Vec::new(),
            task_items: Vec::new(),
            tasks: Vec::new(),
            given_arguments: Vec::new(),
            constant_values: Vec::new(),
            state_items: Vec::new(),
            setting_items: Vec::new(),
            calendar_files,
            calendar_days: FxHashMap::default(),
            changed: None,
            event_numbers: FxHashMap::default(),
            pure_calls: Vec::new(),
            dropped_calls: Vec::new(),
            methods: FxHashMap::default(),
            error_kinds: FxHashMap::default(),
            used: rustc_hash::FxHashSet::default(),
            unit: 0,
            generics: Rc::from([]),
            body: BodyState::default(),
            outer: Vec::new(),
            muted: 0,
            override_span: None,
            depth: 0,
            inlined: 0,
            told_before: 0,
            found: report::Found::default(),
            webhooks: FxHashMap::default(),
            discloses: false,
            calls_tasks: false,
            hole,
        }
    }

    /// Gives the unit whose names are seen now.
    pub(crate) fn current(&self) -> &'t Unit {
        &self.units[self.unit as usize]
    }

    /// Gives the place of a span of the current unit.
    pub(crate) fn place(&self, span: Span) -> Place {
        span.in_file(self.current().file)
    }

    /// Gives what a type is.
    pub(crate) fn kind(&self, type_: Type) -> &TypeKind {
        self.program.types.kind(type_)
    }

    /// Gives a type's name as it is written.
    pub(crate) fn name(&self, type_: Type) -> String {
        let generics: &[SmolStr] = &self.generics;
        names::type_name_in(&self.program, type_, generics)
    }

    /// Gives the type of a local of the current body.
    pub(crate) fn local_type(&self, local: LocalId) -> Type {
        self.body.locals[local.0 as usize].type_
    }
}
