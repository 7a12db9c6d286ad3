//! What exactly is touched, as far as it is known, and whether a permission may cover it.

use crate::constant::Beginning;
use bytecode::{Permission, PermissionKind};

/// What an operation touches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// This one.
    Exact {
        /// As a permission is asked for it: `example.com:443`, `data/report.md`, `tar`.
        asked: String,
        /// As a clause names it: `example.com`.
        named: String,
    },
    /// A path that begins so.
    PathBelow(String),
    /// Something in the run's private folder, which every run may use.
    Private,
    /// Only the run knows.
    Computed,
}

impl Target {
    /// Reads what is known of an address, a path or the name of a program.
    pub(super) fn of(kind: PermissionKind, known: &Beginning) -> Target {
        match kind {
            PermissionKind::Net => host(known).unwrap_or(Target::Computed),
            PermissionKind::FilesRead | PermissionKind::FilesWrite => path(known),
            PermissionKind::Exec | PermissionKind::Secret | PermissionKind::Connection | PermissionKind::Channel => {
                if known.whole {
                    Target::Exact { asked: known.text.clone(), named: known.text.clone() }
                } else {
                    Target::Computed
                }
            }
        }
    }

    /// Says whether a permission of the same kind covers it, or may cover what it turns out to be.
    pub(super) fn allowed_by(&self, permission: &Permission) -> bool {
        match self {
            Target::Exact { asked, .. } => {
                let is_file = matches!(permission.kind, PermissionKind::FilesRead | PermissionKind::FilesWrite);
                // Patterns that begin at the project's folder do not reach a path from the root.
                let same_root = !is_file || asked.starts_with('/') == permission.target.starts_with('/');
                same_root && permission.covers(permission.kind, asked)
            }
            Target::PathBelow(beginning) => {
                let pattern = permission.target.strip_prefix("./").unwrap_or(&permission.target);
                let fixed = pattern.split(['*', '?', '[', '{', '\\']).next().unwrap_or(pattern);
                fixed.starts_with(beginning.as_str()) || beginning.starts_with(fixed) && fixed.len() < pattern.len()
            }
            Target::Private => false,
            Target::Computed => true,
        }
    }

    /// Gives what a clause could name to permit it.
    pub(super) fn suggestion(&self) -> Option<String> {
        match self {
            Target::Exact { named, .. } => Some(named.clone()),
            Target::PathBelow(beginning) => match beginning.rsplit_once('/') {
                Some((folder, _)) => Some(format!("{folder}/**")),
                None => Some(format!("{beginning}*")),
            },
            Target::Private | Target::Computed => None,
        }
    }
}

fn host(known: &Beginning) -> Option<Target> {
    let (scheme, rest) = known.text.split_once("://")?;
    let end = rest.find(['/', '?', '#', '\\']);
    if end.is_none() && !known.whole {
        return None;
    }
    let authority = rest.get(..end.unwrap_or(rest.len()))?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (authority.as_str(), usual),
    };
    // An address that is not one fails when it is fetched; there is nothing to permit.
    if name.is_empty() || port.parse::<u16>().is_err() {
        return None;
    }
    let named = if port == usual { name.to_owned() } else { format!("{name}:{port}") };
    Some(Target::Exact { asked: format!("{name}:{port}"), named })
}

fn path(known: &Beginning) -> Target {
    if known.whole {
        return match plain(&known.text) {
            Some(path) if !path.is_empty() => Target::Exact { asked: path.clone(), named: path },
            _ => Target::Computed,
        };
    }
    // What is computed may lead out of the folder it begins with, so only whole folders of the beginning are certain;
    // and `..` in it says nothing.
    let beginning = known.text.strip_prefix("./").unwrap_or(&known.text);
    let odd = beginning.is_empty() || beginning.split('/').any(|part| part == ".." || part == ".");
    if odd || beginning.contains("//") { Target::Computed } else { Target::PathBelow(beginning.to_owned()) }
}

/// Resolves `.` and `..` by the text alone, as is done before a file is touched; `None` where it leads out.
fn plain(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    Some(format!("{root}{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: PermissionKind, text: &str, whole: bool) -> Target {
        Target::of(kind, &Beginning { text: text.to_owned(), whole })
    }

    fn exact(asked: &str, named: &str) -> Target {
        Target::Exact { asked: asked.to_owned(), named: named.to_owned() }
    }

    #[test]
    fn a_host_is_known_once_its_address_has_gone_past_it() {
        let net = PermissionKind::Net;
        assert_eq!(of(net, "https://Example.com/x/", false), exact("example.com:443", "example.com"));
        assert_eq!(of(net, "http://localhost:8080", true), exact("localhost:8080", "localhost:8080"));
        assert_eq!(of(net, "https://user@example.com?x", false), exact("example.com:443", "example.com"));
        assert_eq!(of(net, "http://[::1]:81/", true), exact("[::1]:81", "[::1]:81"));
        assert_eq!(of(net, "https://example.c", false), Target::Computed);
        assert_eq!(of(net, "", false), Target::Computed);
    }

    #[test]
    fn a_path_is_compared_as_it_will_be_opened() {
        let read = PermissionKind::FilesRead;
        assert_eq!(of(read, "./data/../data/a.txt", true), exact("data/a.txt", "data/a.txt"));
        assert_eq!(of(read, "../secret", true), Target::Computed);
        assert_eq!(of(read, "data/", false), Target::PathBelow("data/".to_owned()));
        assert_eq!(of(read, "data/../", false), Target::Computed);
    }

    #[test]
    fn a_beginning_is_allowed_by_every_pattern_it_could_come_to_meet() {
        let allowed = |beginning: &str, pattern: &str| {
            let permission = Permission { kind: PermissionKind::FilesRead, target: pattern.to_owned() };
            Target::PathBelow(beginning.to_owned()).allowed_by(&permission)
        };
        assert!(allowed("data/", "data/**"));
        assert!(allowed("data/report-", "data/*.md"));
        assert!(allowed("da", "data/a.txt"));
        assert!(allowed("data/a", "**"));
        assert!(!allowed("data/", "logs/**"));
        assert!(!allowed("data/a", "data"));
    }
}
