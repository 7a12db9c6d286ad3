//! Which patterns permit what.

use super::{Permission, PermissionKind};

fn permits(kind: PermissionKind, pattern: &str, target: &str) -> bool {
    Permission { kind, target: pattern.to_owned() }.covers(kind, target)
}

fn permits_all(kind: PermissionKind, pattern: &str, other: &str) -> bool {
    let make = |target: &str| Permission { kind, target: target.to_owned() };
    make(pattern).covers_pattern(&make(other))
}

#[test]
fn hosts() {
    let net = |pattern, host| permits(PermissionKind::Net, pattern, host);
    assert!(net("example.com", "example.com"));
    assert!(net("example.com", "EXAMPLE.com.:443"));
    assert!(net("example.com:8080", "example.com:8080"));
    assert!(!net("example.com:8080", "example.com:80"));
    assert!(!net("example.com:8080", "example.com"));
    assert!(net("*.example.com", "a.b.example.com:1"));
    assert!(!net("*.example.com", "example.com"));
    assert!(!net("*.example.com", "badexample.com"));
    assert!(!net("*.example.com", ".example.com"));
    assert!(!net("example.com", "*.example.com"));
    assert!(net("[::1]:80", "[::1]:80"));
    assert!(net("[::1]", "[::1]:80"));
    assert!(!net("example.com", ""));
}

#[test]
fn hosts_in_hosts() {
    let net = |pattern, other| permits_all(PermissionKind::Net, pattern, other);
    assert!(net("*.example.com", "*.example.com"));
    assert!(net("*.example.com", "*.a.example.com:80"));
    assert!(net("*.example.com", "a.example.com"));
    assert!(!net("a.example.com", "*.example.com"));
    assert!(!net("*.a.example.com", "*.example.com"));
    assert!(!net("*.example.com:80", "*.example.com"));
}

#[test]
fn files() {
    let read = |pattern, path| permits(PermissionKind::FilesRead, pattern, path);
    assert!(read("data/*.csv", "data/a.csv"));
    assert!(read("data/*.csv", "./data/a.csv"));
    assert!(!read("data/*.csv", "data/deep/a.csv"));
    assert!(read("data/**", "data/deep/a.csv"));
    assert!(read("data/**", "data/"));
    assert!(!read("data/**", "data/../secret"));
    assert!(!read("data/**", "database"));
    assert!(!read("[", "["));
    assert!(!permits(PermissionKind::Exec, "tar", "/bin/tar"));
    assert!(permits(PermissionKind::Exec, "tar", "tar"));
    let write = Permission { kind: PermissionKind::FilesWrite, target: "**".to_owned() };
    assert!(!write.covers(PermissionKind::FilesRead, "a"));
}

#[test]
fn files_in_files() {
    let read = |pattern, other| permits_all(PermissionKind::FilesRead, pattern, other);
    assert!(read("data/**", "data/*.csv"));
    assert!(read("data/**", "data/a.csv"));
    assert!(read("**", "data/**"));
    assert!(!read("data/*", "data/**"));
    assert!(!read("data/**", "data/../*.csv"));
    assert!(!read("**", "/etc/*"));
}
