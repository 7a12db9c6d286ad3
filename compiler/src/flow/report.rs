//! Disclosed secrets in words.

use super::sink::{Leak, Sink};
use super::way::Way;
use crate::check::type_name;
use crate::ir::{Function, FunctionId, FunctionKind, Program, Type};
use bytecode::Class;
use diagnostics::{Code, Diagnostic, Place};

/// How many steps of a way are shown; of a longer one the middle is left out.
const MOST_STEPS: usize = 16;

/// What is said of a sink.
struct Words {
    message: String,
    label: String,
    help: String,
    /// What is declared plain there.
    declared: Option<(Place, String)>,
}

/// Tells of a secret that is disclosed, with the way that it took.
pub(super) fn disclosed(program: &Program, leak: &Leak<'_>, way: &Way) -> Diagnostic {
    let what = match way.secret {
        Some(id) => format!("the secret `{}`", program.secrets[id.0 as usize].name),
        None => "a secret".to_owned(),
    };
    let words = words(program, leak, &what);
    let mut diagnostic = Diagnostic::new(Code::SecretDisclosed, leak.place, words.message);
    let count = way.steps.len();
    let shown = way.steps.iter().enumerate().filter(|(at, _)| *at < MOST_STEPS / 2 || count - *at <= MOST_STEPS / 2);
    for (at, step) in shown {
        diagnostic = diagnostic.also(step.place, format!("{}. {}", at + 1, step.text));
    }
    if count > MOST_STEPS {
        diagnostic = diagnostic.note(format!("{} steps in the middle are left out", count - MOST_STEPS));
    }
    diagnostic = diagnostic.label(format!("{}. {}", count + 1, words.label));
    if let Some((place, text)) = words.declared {
        diagnostic = diagnostic.also(place, text);
    }
    diagnostic.help(words.help)
}

fn words(program: &Program, leak: &Leak<'_>, what: &str) -> Words {
    match leak.sink {
        Sink::Parameter(id, at) => parameter(program, id, at, what),
        Sink::Field(id, at) => {
            let record = &program.records[id.0 as usize];
            let field = record.fields.get(at).map_or("", |field| field.name.as_str());
            Words {
                message: format!("{what} is put into the field `{field}` of `{}`, which is plain", record.name),
                label: "it is put into a plain field".to_owned(),
                help: format!("declare the field secret: `{field}: secret<string>`"),
                declared: None,
            }
        }
        Sink::Case => Words {
            message: format!("{what} is put into a case whose data is plain"),
            label: "it is put into plain data".to_owned(),
            help: "declare the data secret: `secret<string>`".to_owned(),
            declared: None,
        },
        Sink::Message => Words {
            message: format!("{what} would stand in the message of an error"),
            label: "the error tells it".to_owned(),
            help: "say what is wrong without the value: errors are recorded and shown".to_owned(),
            declared: None,
        },
        Sink::TaskResult(number) => {
            let name = &program.tasks[number].name;
            Words {
                message: format!("{what} would be the result of the task `{name}`"),
                label: format!("`{name}` gives it as its result"),
                help: "results are recorded and shown: leave the secret out".to_owned(),
                declared: None,
            }
        }
        Sink::FunctionResult(id) => {
            let function = &program.functions[id.0 as usize];
            Words {
                message: format!("`{}` gives back {what}, and its result is plain", function.name),
                label: "it is given back as a plain value".to_owned(),
                help: "declare the result secret: `-> secret<string>`".to_owned(),
                declared: Some((function.place, "declared here".to_owned())),
            }
        }
        Sink::Variable(local) => {
            let local = leak.body.locals.get(local.0 as usize);
            let name = local.map_or("", |local| local.name.as_str());
            let type_ = secret_of(program, local.map_or(Type::STRING, |local| local.type_));
            // What an expression is kept in on its way has no name.
            let (into, declare) = match name {
                "" => ("this value".to_owned(), format!("make it `{type_}`")),
                name => (format!("`{name}`"), format!("declare it secret: `{name}: {type_}`")),
            };
            Words {
                message: format!("{what} is put into {into}, which is plain"),
                label: format!("{into} is plain"),
                help: declare,
                declared: None,
            }
        }
        Sink::Decision => Words {
            message: format!("{what} would decide what the program does, and so could be told from it"),
            label: "it decides here".to_owned(),
            help: "leave the comparison to the other side, which is sent the secret".to_owned(),
            declared: None,
        },
        Sink::Text => Words {
            message: format!("the text of a value with {what} in it would show the secret"),
            label: "its text is asked for".to_owned(),
            help: "put the secret itself into the text, `\"{TOKEN}\"`: that makes the text secret".to_owned(),
            declared: None,
        },
        Sink::Plain => Words {
            message: format!("{what} stands where a plain value is expected"),
            label: "a plain value is expected".to_owned(),
            help: "a secret may go only into parameters of the library that are declared to take one".to_owned(),
            declared: None,
        },
    }
}

fn parameter(program: &Program, id: FunctionId, at: usize, what: &str) -> Words {
    let function = &program.functions[id.0 as usize];
    let name = &function.name;
    let parameter = parameter_name(function, at);
    let type_ = function.parameters.get(at).copied().unwrap_or(Type::STRING);
    let own = match &function.kind {
        FunctionKind::Body(body) => body.locals.get(at).map(|local| local.span.in_file(body.file)),
        FunctionKind::Native { .. } => None,
    };
    match own {
        Some(place) if is_of_project(function) => Words {
            message: format!("{what} is given to `{name}` as `{parameter}`, which is plain"),
            label: format!("`{name}` takes it as a plain value"),
            help: format!("declare the parameter secret: `{parameter}: {}`", secret_of(program, type_)),
            declared: Some((place, "declared here".to_owned())),
        },
        _ if matches!(function.kind, FunctionKind::Native { class: Class::Pure, .. }) => Words {
            message: format!("what `{name}` gives would tell something of {what}"),
            label: format!("`{name}` gives a plain value"),
            help: "put the secret into texts, and use only functions that make a text of it".to_owned(),
            declared: None,
        },
        Some(_) | None => Words {
            message: format!("{what} would be seen by `{name}`, which does not take secrets"),
            label: format!("`{name}` takes plain values"),
            help: "a secret may go only where the library takes one, as into `headers` and bodies of `http`".to_owned(),
            declared: None,
        },
    }
}

/// Gives the secret type that stands for a plain one.
fn secret_of(program: &Program, plain: Type) -> String {
    match plain {
        Type::STRING | Type::JSON => format!("secret<{}>", type_name(program, plain)),
        _ => "secret<string>".to_owned(),
    }
}

fn parameter_name(function: &Function, at: usize) -> String {
    match &function.kind {
        FunctionKind::Body(body) => body.locals.get(at).map_or_else(String::new, |local| local.name.clone()),
        FunctionKind::Native { .. } => String::new(),
    }
}

/// Says whether a function is declared by the project: the library's have their module before the name.
fn is_of_project(function: &Function) -> bool {
    !function.name.contains('.')
}
