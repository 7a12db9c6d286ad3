//! File patterns: globs in which `*` stays in its folder and `**` does not.

use globset::{GlobBuilder, GlobMatcher};

/// Says whether a glob permits a path. A path with `..` is never permitted: whoever asks has to resolve it first.
pub(super) fn covers(pattern: &str, path: &str) -> bool {
    let path = normal(path);
    if path.split('/').any(|part| part == "..") {
        return false;
    }
    let pattern = normal(pattern);
    if is_plain(pattern) {
        return pattern == path;
    }
    // `data/**` permits what is in `data`, and the folder itself.
    if let Some(folder) = pattern.strip_suffix("/**").filter(|folder| is_plain(folder)) {
        return path.strip_prefix(folder).is_some_and(|inside| inside.is_empty() || inside.starts_with('/'));
    }
    matcher(pattern).is_some_and(|matcher| matcher.is_match(path))
}

/// Says whether a pattern is one path. Most are, and making a matcher is dear.
fn is_plain(pattern: &str) -> bool {
    !pattern.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

/// Says whether a glob permits all that another permits.
pub(super) fn covers_pattern(pattern: &str, other: &str) -> bool {
    let (pattern, other) = (normal(pattern), normal(other));
    if pattern == other {
        return true;
    }
    if !other.contains(['*', '?', '[', '{']) {
        return covers(pattern, other);
    }
    // Only the plain case is decided: all that is in a folder.
    match pattern.strip_suffix("**") {
        Some("") => !other.starts_with('/') && !climbs(other),
        Some(folder) if !folder.contains(['*', '?', '[', '{']) => {
            folder.ends_with('/') && other.starts_with(folder) && !climbs(other)
        }
        _ => false,
    }
}

fn climbs(pattern: &str) -> bool {
    pattern.split('/').any(|part| part == "..") || pattern.contains('{')
}

fn matcher(pattern: &str) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build().ok()?;
    Some(glob.compile_matcher())
}

fn normal(path: &str) -> &str {
    let path = path.strip_prefix("./").unwrap_or(path);
    if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path }
}
