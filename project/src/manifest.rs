//! What `taskwright.toml` says.

use crate::maintenance::Table;
use crate::{PROJECT_FILE, ProjectError};
use compiler::Levels;
use schedule::Maintenance;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A project file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(default)]
    project: ProjectTable,
    /// Where the values of secrets are; those that are not here are in the environment.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretPlace>,
    /// The values of settings; those of the environment go before them.
    #[serde(default)]
    pub settings: BTreeMap<String, toml::Value>,
    #[serde(default, rename = "maintenance")]
    windows: Vec<Table>,
    /// The times in which nothing that is due begins.
    #[serde(skip)]
    pub maintenance: Vec<Maintenance>,
    #[serde(default)]
    lints: BTreeMap<String, String>,
    /// How loud each lint is.
    #[serde(skip)]
    pub levels: Levels,
}

/// `{ file = "…" }` or `{ env = "…" }`. A value itself cannot stand here: the file is part of the sources.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretPlace {
    /// A file, by its path from the project's folder.
    File(PathBuf),
    /// A variable of the environment.
    Env(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectTable {
    name: Option<String>,
    zone: Option<String>,
}

impl Manifest {
    /// Reads the project file of a folder.
    pub fn read(folder: &Path) -> Result<Manifest, ProjectError> {
        let path = folder.join(PROJECT_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ProjectError::Read { path, source }),
        };
        Manifest::parse(&text).map_err(|message| ProjectError::Manifest { path, message })
    }

    fn parse(text: &str) -> Result<Manifest, String> {
        let mut manifest: Manifest = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let levels = manifest.lints.iter().map(|(number, level)| (number.as_str(), level.as_str()));
        manifest.levels = Levels::read(levels).map_err(|message| format!("[lints]: {message}"))?;
        if let Some(zone) = manifest.zone().filter(|zone| !schedule::zone_exists(zone)) {
            return Err(format!("there is no time zone `{zone}`"));
        }
        let windows = manifest.windows.iter().map(|window| window.read(manifest.zone()));
        manifest.maintenance = windows.collect::<Result<_, _>>()?;
        Ok(manifest)
    }

    /// Says whether a runtime that was started with another one has what this says: zone, secrets, settings, windows.
    pub fn is_set_up_like(&self, other: &Manifest) -> bool {
        let (mine, others) = (&self.project.zone, &other.project.zone);
        mine == others
            && self.secrets == other.secrets
            && self.settings == other.settings
            && self.windows == other.windows
    }

    /// Gives the project's name: the one that is written, else that of its folder.
    pub fn name(&self, folder: &Path) -> String {
        let folder_name = || Some(fs::canonicalize(folder).ok()?.file_name()?.to_string_lossy().into_owned());
        self.project.name.clone().or_else(folder_name).unwrap_or_else(|| "project".to_owned())
    }

    /// Gives the zone of schedules that name none.
    pub fn zone(&self) -> Option<&str> {
        self.project.zone.as_deref()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Manifest;

    #[test]
    fn what_is_written_is_read() {
        let manifest = Manifest::parse("[project]\nname = \"shop\"\nzone = \"Europe/Berlin\"\n").unwrap();
        assert_eq!(manifest.zone(), Some("Europe/Berlin"));
        assert_eq!(manifest.name(".".as_ref()), "shop");
    }

    #[test]
    fn windows_are_meant_in_their_zone() {
        let window = |zone| {
            format!("[[maintenance]]\nname = \"a\"\nfrom = 1970-01-01T02:00:00\nto = 1970-01-01T05:00:00\n{zone}")
        };
        let project = "[project]\nzone = \"Europe/Berlin\"\n";
        const HOUR: i64 = 3_600_000_000;
        for (text, ends) in
            [(window(""), 5), (project.to_owned() + &window(""), 4), (window("zone = \"Asia/Tokyo\"\n"), -4)]
        {
            let manifest = Manifest::parse(&text).unwrap();
            assert_eq!(manifest.maintenance[0].end_at((ends - 1) * HOUR), Some(ends * HOUR), "{text}");
            assert_eq!(manifest.maintenance[0].end_at((ends - 4) * HOUR), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, told) in [
            ("[project]\nzone = 3", "invalid type"),
            ("[project]\nzone = \"Europe/Atlantis\"", "there is no time zone `Europe/Atlantis`"),
            ("zone = [", "TOML parse error"),
            ("[lints]\nE0301 = \"off\"\n", "errors cannot be silenced"),
            ("[projects]\n", "unknown field `projects`"),
            (
                "[[maintenance]]\nname = \"a\"\nfrom = 2026-01-02T00:00:00\nto = 2026-01-01T00:00:00\n",
                "`a`: `to` is not after",
            ),
            (
                "[[maintenance]]\nname = \"a\"\nfrom = 2026-01-02T00:00:00\nlasts = \"2h\"\n",
                "`a`: write `from` and `to`",
            ),
            ("[[maintenance]]\nname = \"a\"\ncron = \"0 25 * * *\"\nlasts = \"2h\"\n", "`a`: "),
            ("[[maintenance]]\nname = \"a\"\ncron = \"0 3 * * *\"\nlasts = \"2 moons\"\n", "`a`: `lasts` is `2 moons`"),
            (
                "[[maintenance]]\nname = \"a\"\ncron = \"0 3 * * *\"\nlasts = \"2h\"\ndue = \"run\"\n",
                "unknown variant `run`",
            ),
            ("[[maintenance]]\nname = \"a\"\nfrom = 10:00:00\nto = 11:00:00\n", "`10:00:00` has no date"),
        ] {
            let message = Manifest::parse(text).unwrap_err();
            assert!(message.contains(told), "{text}: {message}");
        }
    }
}
