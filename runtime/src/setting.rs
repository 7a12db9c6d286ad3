//! Settings: what is configured outside of the program. A variable of the environment goes before the project's file, and
//! both before the default in the source.

use crate::arguments::led;
use crate::json::{self, Problem};
use crate::vm::{Program, Vm, typed_value};
use crate::{Data, Failure, Natives};
use bytecode::{Image, Setting, Type};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// What the variables of the environment begin with that hold settings.
const VARIABLE: &str = "TASKWRIGHT_SETTING_";

/// How much a check or a default may compute.
const FUEL: u64 = 10_000_000;

/// The settings that a project's file gives.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    given: BTreeMap<String, serde_json::Value>,
}

impl Settings {
    /// Takes the values of a project's file, by name.
    pub fn new(given: BTreeMap<String, serde_json::Value>) -> Self {
        Settings { given }
    }

    /// Gives the value of a setting of a program.
    ///
    /// # Errors
    /// Says what does not fit, and where the value comes from; or what to set where there is none.
    pub(crate) fn value(&self, program: &Rc<Program>, setting: &Setting) -> Result<Data, Vec<String>> {
        let types = &program.image().types;
        let variable = format!("{VARIABLE}{}", setting.name);
        let (from, read) = match (std::env::var(&variable), self.given.get(&setting.name)) {
            (Ok(text), _) => {
                (format!("the environment variable `{variable}`"), json::from_text(types, setting.type_, &text))
            }
            (Err(std::env::VarError::NotUnicode(_)), _) => {
                return Err(vec![format!("the environment variable `{variable}` is not UTF-8 text")]);
            }
            (Err(std::env::VarError::NotPresent), Some(given)) => {
                (format!("the setting `{}`", setting.name), json::decode(types, setting.type_, given))
            }
            (Err(std::env::VarError::NotPresent), None) => return default(program, setting, &variable),
        };
        let value = read.map_err(|problems| problems.iter().map(|problem| told(&from, problem)).collect::<Vec<_>>())?;
        let checked = typed_value(types, setting.type_, value.clone()).and_then(|typed| match setting.check {
            Some(check) => Vm::pure(program, check, vec![typed], FUEL).map(drop),
            None => Ok(()),
        });
        match checked {
            Ok(()) => Ok(value),
            Err(failure) => {
                let (way, message) = led(&failure.message);
                Err(vec![told(&from, &Problem { path: format!("${way}"), message: message.to_owned() })])
            }
        }
    }

    /// Says for each setting of an image that has no fitting value what is wrong with it, and for each value of the file
    /// that no setting has its name.
    pub fn problems(&self, image: &Image, natives: &Natives) -> Vec<String> {
        if image.settings.is_empty() && self.given.is_empty() {
            return Vec::new();
        }
        let program = match Program::new(Arc::new(image.clone()), natives) {
            Ok(program) => program,
            Err(error) => return vec![format!("the settings cannot be checked: {error}")],
        };
        let known = |name: &String| image.settings.iter().any(|setting| setting.name == *name);
        let unknown = self.given.keys().filter(|name| !known(name)).map(|name| {
            let near = diagnostics::nearest(name, image.settings.iter().map(|setting| setting.name.as_str()));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("the program has no setting `{name}`{near}")
        });
        let wrong = image.settings.iter().filter_map(|setting| self.value(&program, setting).err());
        unknown.chain(wrong.flatten()).collect()
    }
}

/// Gives what holds where nothing is configured.
fn default(program: &Rc<Program>, setting: &Setting, variable: &str) -> Result<Data, Vec<String>> {
    let is_optional = matches!(program.image().types.get(usize::from(setting.type_.0)), Some(Type::Optional(_)));
    match setting.default {
        Some(function) => Vm::pure(program, function, Vec::new(), FUEL).map_err(|Failure { message, .. }| {
            vec![format!("the default of the setting `{}`: {message}", setting.name)]
        }),
        None if is_optional => Ok(Data::None),
        None => {
            let name = &setting.name;
            let what =
                format!("the setting `{name}` has no value: write `{name} = …` below [settings] in taskwright.toml");
            Err(vec![format!("{what}, or set the environment variable `{variable}`")])
        }
    }
}

/// Puts a problem of a value into words.
fn told(from: &str, problem: &Problem) -> String {
    match problem.path.strip_prefix('$') {
        Some("") | None => format!("{from}: {}", problem.message),
        Some(path) => format!("{from}, at `{path}`: {}", problem.message),
    }
}
