//! Secrets: where their values come from, and the one moment at which they are used.
//!
//! In the machine, in snapshots and in rows a secret is only how it is made (`bytecode::secret`). [`Reveal`] puts its
//! text together for one operation of the world, after what the task may use was checked, and takes it out of the
//! answer again. A value is read anew for each operation, so one that was changed is used from then on. What a run finds
//! for itself and holds as a secret is on disk only [sealed](RunKey).

mod reveal;
mod seal;

pub(crate) use reveal::{Reveal, Used, holds_secret};
pub(crate) use seal::{FolderKey, RunKey, Unsealed};

use bytecode::{Permission, PermissionKind};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What the variables of the environment begin with that hold secrets.
const VARIABLE: &str = "TASKWRIGHT_SECRET_";

/// Where a secret's value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A variable of the environment.
    Variable(String),
    /// A file; a line end at its end does not belong to the value.
    File(PathBuf),
}

/// Where the values of all secrets are.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    sources: BTreeMap<String, SecretSource>,
}

impl Secrets {
    /// Takes the places that a project names; every other secret is in the variable that is called like it.
    pub fn new(sources: BTreeMap<String, SecretSource>) -> Self {
        Secrets { sources }
    }

    /// Reads the value of a secret; or says, for whoever has to set it, why there is none.
    pub fn read(&self, name: &str) -> Result<String, String> {
        match self.source(name) {
            SecretSource::Variable(variable) => match std::env::var(&variable) {
                Ok(value) if !value.is_empty() => Ok(value),
                Ok(_) | Err(std::env::VarError::NotPresent) => {
                    Err(format!("the secret `{name}` has no value: set the environment variable `{variable}`"))
                }
                Err(std::env::VarError::NotUnicode(_)) => {
                    Err(format!("the secret `{name}`, in the environment variable `{variable}`, is not UTF-8 text"))
                }
            },
            SecretSource::File(path) => match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let value = text.strip_suffix('\n').unwrap_or(&text);
                    let value = value.strip_suffix('\r').unwrap_or(value);
                    if value.is_empty() {
                        return Err(format!("the secret `{name}` has no value: `{}` is empty", path.display()));
                    }
                    Ok(value.to_owned())
                }
                Err(error) => Err(format!("the secret `{name}` cannot be read from `{}`: {error}", path.display())),
            },
        }
    }

    /// Says for each secret that is needed and has no value what to set.
    pub fn missing(&self, needs: &[Permission]) -> Vec<String> {
        let names = needs.iter().filter(|need| need.kind == PermissionKind::Secret).map(|need| &need.target);
        names.filter_map(|name| self.read(name).err()).collect()
    }

    /// Gives the variables of the environment that a program must not be given with all others: those that hold secrets,
    /// whoever needs them, and the key of the data folder.
    pub fn variables(&self) -> Vec<OsString> {
        let named = |name: &OsStr| {
            self.sources
                .values()
                .any(|source| matches!(source, SecretSource::Variable(variable) if name == variable.as_str()))
        };
        let holds = |name: &OsString| {
            name.as_encoded_bytes().starts_with(VARIABLE.as_bytes()) || name == seal::VARIABLE || named(name)
        };
        std::env::vars_os().map(|(name, _)| name).filter(holds).collect()
    }

    fn source(&self, name: &str) -> SecretSource {
        let known = self.sources.get(name).cloned();
        known.unwrap_or_else(|| SecretSource::Variable(format!("{VARIABLE}{name}")))
    }
}
