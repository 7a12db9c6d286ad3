//! `with (region: .emea)`: the arguments of a schedule's runs.

use super::{Scope, operand};
use crate::constant::holds;
use diagnostics::{Code, Diagnostic, Edit, Fix, nearest};
use grammar::tree::{self, Argument};

/// Gives names and JSON texts of the arguments; `None` where something about them was told.
pub(super) fn check<'t>(
    scope: &mut dyn Scope<'t>,
    task: usize,
    tree: &'t tree::Task,
    written: &'t tree::Schedule,
) -> Option<Vec<(String, String)>> {
    let mut made = Vec::with_capacity(written.arguments.len());
    let mut right = true;
    for (at, argument) in written.arguments.iter().enumerate() {
        match check_argument(scope, task, &written.arguments[..at], argument) {
            Some(argument) => made.push(argument),
            None => right = false,
        }
    }
    let complete = check_missing(scope, task, tree, written);
    (right && complete).then_some(made)
}

fn check_argument<'t>(
    scope: &mut dyn Scope<'t>,
    task: usize,
    earlier: &[Argument],
    argument: &'t Argument,
) -> Option<(String, String)> {
    let file = scope.file();
    let Some(name) = &argument.name else {
        let place = argument.value.span.in_file(file);
        let diagnostic = Diagnostic::new(Code::StartArgument, place, "an argument of a schedule is given by its name");
        scope.report(diagnostic.help("write `with (name: value)`"));
        return None;
    };
    let place = name.span.in_file(file);
    let parameters = &scope.program().tasks[task].parameters;
    let Some(number) = parameters.iter().position(|parameter| parameter.name == name.text) else {
        let near = nearest(&name.text, parameters.iter().map(|parameter| parameter.name.as_str())).map(str::to_owned);
        let task = &scope.program().tasks[task].name;
        let message = format!("the task `{task}` has no parameter `{}`", name.text);
        let mut diagnostic = Diagnostic::new(Code::StartArgument, place, message);
        if let Some(near) = near {
            let title = format!("write `{near}`");
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            diagnostic = diagnostic.fix(Fix { title, safe: false, edits: vec![Edit { place, text: near }] });
        }
        scope.report(diagnostic);
        return None;
    };
    let same = |other: &&Argument| other.name.as_ref().is_some_and(|other| other.text == name.text);
    if let Some(first) = earlier.iter().find(same).and_then(|first| first.name.as_ref()) {
        let diagnostic = Diagnostic::new(Code::StartArgument, place, format!("`{}` is given twice", name.text));
        scope.report(diagnostic.also(first.span.in_file(file), "first given here"));
        return None;
    }
    let type_ = parameters[number].type_;
    let value = operand::constant(scope, &argument.value, Some(type_))?;
    let program = scope.program();
    let condition = program.tasks[task].parameters[number].condition.as_ref();
    if let Some(condition) = condition
        && holds(program, condition, &value) == Some(false)
    {
        let message = format!("the parameter `{}` refuses this value: `{}` does not hold", name.text, condition.text);
        scope.report(Diagnostic::new(Code::RefusedArgument, argument.value.span.in_file(file), message));
        return None;
    }
    let json = value.to_json_text(scope.program());
    Some((name.text.to_string(), json))
}

fn check_missing(scope: &mut dyn Scope<'_>, task: usize, tree: &tree::Task, written: &tree::Schedule) -> bool {
    // What is misspelt was told, and is given all the same.
    let known = |name: &str| tree.parameters.iter().any(|parameter| parameter.name.text == name);
    let near = |name: &str| nearest(name, tree.parameters.iter().map(|parameter| parameter.name.text.as_str()));
    let means = |given: &str, name: &str| given == name || !known(given) && near(given) == Some(name);
    let given = |name: &str| {
        written.arguments.iter().any(|argument| argument.name.as_ref().is_some_and(|given| means(&given.text, name)))
    };
    let missing: Vec<&tree::Name> = tree
        .parameters
        .iter()
        .filter(|parameter| parameter.default.is_none() && !given(&parameter.name.text))
        .map(|parameter| &parameter.name)
        .collect();
    if missing.is_empty() {
        return true;
    }
    let file = scope.file();
    let names: Vec<String> = missing.iter().map(|name| format!("`{}`", name.text)).collect();
    let message =
        format!("the schedule leaves {} of `{}` without a value", names.join(", "), scope.program().tasks[task].name);
    let mut diagnostic = Diagnostic::new(Code::MissingStartArgument, written.span.in_file(file), message);
    for name in &missing {
        diagnostic = diagnostic.also(name.span.in_file(file), "has no default");
    }
    let example: Vec<String> = missing.iter().map(|name| format!("{}: …", name.text)).collect();
    scope.report(diagnostic.help(format!("add `with ({})` to the schedule, or give a default", example.join(", "))));
    false
}
