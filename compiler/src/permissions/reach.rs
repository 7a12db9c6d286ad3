//! What functions touch, through everything they call.
//!
//! Each body is sketched once: the calls in it, with what is known of their arguments. Then what the native functions
//! need is carried from callee to caller until nothing new comes. It ends, for texts are cut at a length, and a function
//! that touches very many things is only said to touch them by kind.

use crate::constant::{Piece, bounded, pieces};
use crate::ir::{
    Body, Expr, ExprKind, Function, FunctionId, FunctionKind, LocalId, Program, SecretId, Statement, Task,
};
use crate::walk::parts;
use bytecode::PermissionKind;
use diagnostics::{FileId, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::collections::hash_map::Entry;

/// From so many on, what a function touches is not told apart any more.
const MOST_TOUCHES: usize = 300;

/// Something that a function touches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Touch {
    pub(super) kind: PermissionKind,
    /// What it touches; its locals are parameters of the function.
    pub(super) target: Vec<Piece>,
    /// The name of the operation, as the project calls it.
    pub(super) operation: String,
    /// Where the operation stands.
    pub(super) place: Place,
}

/// A call in a body.
struct Call {
    function: FunctionId,
    arguments: Vec<Vec<Piece>>,
    place: Place,
}

/// What every function touches.
pub(super) struct Reach<'p> {
    program: &'p Program,
    library: &'p dyn Fn(FileId) -> bool,
    touches: Vec<Vec<Touch>>,
    sketches: Vec<Vec<Call>>,
}

/// Something that a task touches.
pub(super) struct Found {
    /// What.
    pub(super) touch: Touch,
    /// Where the task does it, or calls what does it.
    pub(super) call: Place,
    /// What it calls; `None` where it does it itself.
    pub(super) through: Option<FunctionId>,
}

impl<'p> Reach<'p> {
    /// Finds out what every function touches.
    pub(super) fn of(program: &'p Program, library: &'p dyn Fn(FileId) -> bool) -> Self {
        let mut sketches: Vec<Vec<Call>> = Vec::with_capacity(program.functions.len());
        let mut touches: Vec<Vec<Touch>> = Vec::with_capacity(program.functions.len());
        for function in &program.functions {
            let (calls, own) = match &function.kind {
                FunctionKind::Body(body) => sketch(program, body),
                FunctionKind::Native { needs, .. } => (Vec::new(), of_native(function, needs)),
            };
            sketches.push(calls);
            touches.push(own);
        }
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); program.functions.len()];
        for (caller, calls) in sketches.iter().enumerate() {
            for call in calls {
                if let Some(list) = callers.get_mut(call.function.0 as usize)
                    && !list.contains(&caller)
                {
                    list.push(caller);
                }
            }
        }
        let mut reach = Reach { program, library, touches, sketches };
        let mut known: Vec<FxHashSet<Touch>> = vec![FxHashSet::default(); program.functions.len()];
        let first = (0..program.functions.len()).filter(|at| !reach.touches[*at].is_empty());
        let mut changed: Vec<usize> = first.collect();
        while let Some(callee) = changed.pop() {
            for &caller in &callers[callee] {
                if reach.carry(callee, caller, &mut known[caller]) && !changed.contains(&caller) {
                    changed.push(caller);
                }
            }
        }
        reach
    }

    /// Gives what a task touches, in the order of the text.
    pub(super) fn of_task(&self, task: &Task) -> Vec<Found> {
        let mut sketcher = Sketcher::new(self.program, &task.body);
        task.parameters.iter().filter_map(|parameter| parameter.default.as_ref()).for_each(|each| sketcher.expr(each));
        sketcher.expr(&task.body.value);
        let (calls, secrets) = (sketcher.calls, sketcher.secrets);
        let own = |touch: Touch| Found { call: touch.place, touch, through: None };
        let mut found: Vec<Found> = secrets.into_iter().map(own).collect();
        for call in &calls {
            let touches = self.touches.get(call.function.0 as usize).map_or(&[][..], Vec::as_slice);
            found.extend(touches.iter().map(|touch| Found {
                touch: self.through(call, touch, task.body.file),
                call: call.place,
                through: Some(call.function),
            }));
        }
        found.sort_by_key(|found| (found.call.span.start, found.touch.place));
        found
    }

    /// Gives the calls that lead from a function to where something is touched, the shortest way: the callers' names,
    /// what they call, and where.
    pub(super) fn way(&self, from: FunctionId, touch: &Touch) -> Vec<(String, String, Place)> {
        let is_it = |known: &Touch| known.kind == touch.kind && known.place == touch.place;
        let mut before: FxHashMap<FunctionId, Option<(FunctionId, Place)>> = FxHashMap::from_iter([(from, None)]);
        let mut next = VecDeque::from([from]);
        while let Some(at) = next.pop_front() {
            let calls = self.sketches.get(at.0 as usize).map_or(&[][..], Vec::as_slice);
            let is_here = calls.iter().any(|call| call.place == touch.place);
            let own =
                self.touches[at.0 as usize].iter().any(is_it) && !calls.iter().any(|call| self.leads(call, is_it));
            if is_here || own {
                return self.walked(at, &before);
            }
            for call in calls.iter().filter(|call| self.leads(call, is_it)) {
                if let Entry::Vacant(entry) = before.entry(call.function) {
                    entry.insert(Some((at, call.place)));
                    next.push_back(call.function);
                }
            }
        }
        Vec::new()
    }

    /// Says whether what is called touches something.
    fn leads(&self, call: &Call, is_it: impl Fn(&Touch) -> bool) -> bool {
        self.touches.get(call.function.0 as usize).is_some_and(|touches| touches.iter().any(is_it))
    }

    fn walked(
        &self,
        to: FunctionId,
        before: &FxHashMap<FunctionId, Option<(FunctionId, Place)>>,
    ) -> Vec<(String, String, Place)> {
        let name = |function: FunctionId| self.program.functions[function.0 as usize].name.clone();
        let mut way = Vec::new();
        let mut at = to;
        while let Some(Some((caller, place))) = before.get(&at) {
            way.push((name(*caller), name(at), *place));
            at = *caller;
        }
        way.reverse();
        way
    }

    /// Carries what a callee touches to a caller; says whether anything was new.
    fn carry(&mut self, callee: usize, caller: usize, known: &mut FxHashSet<Touch>) -> bool {
        let file = self.program.functions[caller].place.file;
        let mut new = Vec::new();
        for call in self.sketches[caller].iter().filter(|call| call.function.0 as usize == callee) {
            for touch in &self.touches[callee] {
                let mut touch = self.through(call, touch, file);
                if known.len() >= MOST_TOUCHES {
                    touch.target = vec![Piece::Unknown];
                }
                if known.len() < 2 * MOST_TOUCHES && known.insert(touch.clone()) {
                    new.push(touch);
                }
            }
        }
        let changed = !new.is_empty();
        self.touches[caller].extend(new);
        changed
    }

    /// Gives what a callee touches as its caller sees it: with the arguments for the parameters, and with the call for
    /// what is done inside of the library.
    fn through(&self, call: &Call, touch: &Touch, caller: FileId) -> Touch {
        let given = |local: LocalId| match call.arguments.get(local.0 as usize) {
            Some(pieces) => pieces.clone(),
            None => vec![Piece::Unknown],
        };
        let target = bounded(touch.target.iter().flat_map(|piece| match piece {
            Piece::Local(local) => given(*local),
            Piece::Text(_) | Piece::RunDir | Piece::Unknown => vec![piece.clone()],
        }));
        let from_library = (self.library)(touch.place.file) && !(self.library)(caller);
        let (operation, place) = if from_library {
            (self.program.functions[call.function.0 as usize].name.clone(), call.place)
        } else {
            (touch.operation.clone(), touch.place)
        };
        Touch { kind: touch.kind, target, operation, place }
    }
}

/// Gives what a native function needs.
fn of_native(function: &Function, needs: &[(PermissionKind, u32)]) -> Vec<Touch> {
    let touch = |(kind, parameter): &(PermissionKind, u32)| Touch {
        kind: *kind,
        target: vec![Piece::Local(LocalId(*parameter))],
        operation: function.name.clone(),
        place: function.place,
    };
    needs.iter().map(touch).collect()
}

/// Gives the calls of a body, and the secrets that it uses.
fn sketch(program: &Program, body: &Body) -> (Vec<Call>, Vec<Touch>) {
    let mut sketcher = Sketcher::new(program, body);
    sketcher.expr(&body.value);
    (sketcher.calls, sketcher.secrets)
}

/// Collects the calls of a body and of the lambdas in it. A lambda counts as called where it is made.
struct Sketcher<'p> {
    program: &'p Program,
    file: FileId,
    /// What is known of the locals of the body that is looked at.
    locals: FxHashMap<LocalId, Vec<Piece>>,
    /// The locals that may change; nothing is known of them.
    changing: FxHashSet<LocalId>,
    calls: Vec<Call>,
    /// The secrets that are named, each once.
    secrets: Vec<Touch>,
}

impl<'p> Sketcher<'p> {
    fn new(program: &'p Program, body: &Body) -> Self {
        let parameters = (0..body.parameters).map(LocalId).map(|local| (local, vec![Piece::Local(local)]));
        let mut changing = FxHashSet::default();
        collect_changing(&body.value, &mut changing);
        Sketcher {
            program,
            file: body.file,
            locals: parameters.collect(),
            changing,
            calls: Vec::new(),
            secrets: Vec::new(),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call { function, arguments, .. } => {
                let arguments = arguments.iter().map(|argument| self.known(argument)).collect();
                self.calls.push(Call { function: *function, arguments, place: expr.span.in_file(self.file) });
            }
            ExprKind::Change { function, .. } | ExprKind::Function { function, .. } => {
                let place = expr.span.in_file(self.file);
                self.calls.push(Call { function: *function, arguments: Vec::new(), place });
            }
            ExprKind::Lambda { captures, body } => self.lambda(captures, body),
            ExprKind::Secret(id) => self.secret(*id, expr.span.in_file(self.file)),
            ExprKind::Block { statements, .. } => {
                // Bound before the parts are looked at: a variable is used only behind its `let`.
                for statement in statements {
                    if let Statement::Let { local, value } = statement {
                        let known = self.known(value);
                        self.locals.insert(*local, known);
                    }
                }
            }
            _ => {}
        }
        parts(expr, &mut |part| self.expr(part));
    }

    fn secret(&mut self, id: SecretId, place: Place) {
        let name = &self.program.secrets[id.0 as usize].name;
        if self.secrets.iter().all(|known| known.operation != *name) {
            let target = vec![Piece::Text(name.clone())];
            self.secrets.push(Touch { kind: PermissionKind::Secret, target, operation: name.clone(), place });
        }
    }

    fn known(&self, expr: &Expr) -> Vec<Piece> {
        bounded(pieces(self.program, expr).into_iter().flat_map(|piece| match piece {
            Piece::Local(local) if self.changing.contains(&local) => vec![Piece::Unknown],
            Piece::Local(local) => self.locals.get(&local).cloned().unwrap_or_else(|| vec![Piece::Unknown]),
            Piece::Text(_) | Piece::RunDir | Piece::Unknown => vec![piece],
        }))
    }

    fn lambda(&mut self, captures: &[LocalId], body: &Body) {
        let behind = (body.parameters..).map(LocalId);
        let captured = behind.zip(captures).map(|(inside, outside)| {
            let fixed = !self.changing.contains(outside);
            let known = self.locals.get(outside).filter(|_| fixed);
            (inside, known.cloned().unwrap_or_else(|| vec![Piece::Unknown]))
        });
        let locals = captured.collect();
        let mut changing = FxHashSet::default();
        collect_changing(&body.value, &mut changing);
        let outer = (std::mem::replace(&mut self.locals, locals), std::mem::replace(&mut self.changing, changing));
        self.expr(&body.value);
        (self.locals, self.changing) = outer;
    }
}

fn collect_changing(expr: &Expr, changing: &mut FxHashSet<LocalId>) {
    match &expr.kind {
        ExprKind::Change { target, .. } => {
            changing.insert(target.local);
        }
        ExprKind::Block { statements, .. } => {
            for statement in statements {
                if let Statement::Assign { target, .. } = statement {
                    changing.insert(target.local);
                }
            }
        }
        _ => {}
    }
    parts(expr, &mut |part| collect_changing(part, changing));
}
