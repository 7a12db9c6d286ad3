//! The dependencies as `cargo metadata` tells them, against the table.

use super::table::{KEPT_APART, KeptApart, LAYERS, Layer};
use super::{LayerError, Violation};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::path::Path;

/// What every crate of the workspace depends on, its tests left out.
#[derive(Clone, Debug)]
pub struct Dependencies {
    /// Each crate with the packages that it names.
    pub crates: Vec<(String, Vec<String>)>,
}

impl Dependencies {
    /// Asks cargo. Needs no network: only manifests of the workspace are read.
    pub fn read(root: &Path) -> Result<Dependencies, LayerError> {
        let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
        let crates = metadata.workspace_packages().into_iter().map(|package| {
            let used = package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development);
            (package.name.to_string(), used.map(|one| one.name.clone()).collect())
        });
        Ok(Dependencies { crates: crates.collect() })
    }

    /// Compares with the table.
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        for (user, used) in &self.crates {
            let Some(layer) = row(user) else {
                found.push(Violation::Unknown { name: user.clone() });
                continue;
            };
            found.extend(used.iter().filter_map(|package| judge(layer, package)));
        }
        found
    }
}

fn judge(layer: &Layer, package: &str) -> Option<Violation> {
    let user = layer.name.to_owned();
    if row(package).is_some() {
        return (!layer.may_use(package)).then(|| Violation::Knows { user, used: package.to_owned() });
    }
    let apart = KEPT_APART.iter().find(|apart| apart.packages.contains(&package))?;
    (!owners(apart).any(|owner| owner == layer.name)).then(|| Violation::Depends {
        user,
        package: package.to_owned(),
        what: apart.what,
    })
}

fn row(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// Gives the crates whose sources may name it.
fn owners(apart: &KeptApart) -> impl Iterator<Item = &'static str> {
    apart.only_in.iter().filter_map(|place| place.split('/').next())
}
