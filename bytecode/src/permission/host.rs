//! Host patterns: `example.com`, `*.example.com`, each with or without a port; `[::1]:8080`.
//!
//! `*.example.com` is every name below `example.com`, not that name itself. Case does not matter, nor a dot at the end.

/// Says whether a pattern permits a host, which may have a port.
pub(super) fn covers(pattern: &str, target: &str) -> bool {
    let ((pattern_host, pattern_port), (host, port)) = (split(pattern), split(target));
    let host = normal(host);
    if host.is_empty() || host.contains('*') || !port_covers(pattern_port, port) {
        return false;
    }
    host_covers(&normal(pattern_host), &host)
}

/// Says whether a pattern permits every host that another permits.
pub(super) fn covers_pattern(pattern: &str, other: &str) -> bool {
    let ((pattern_host, pattern_port), (host, port)) = (split(pattern), split(other));
    let (pattern_host, host) = (normal(pattern_host), normal(host));
    let hosts = match host.strip_prefix("*.") {
        // All names below `a.b` are below `b`; and below `a.b` itself.
        Some(below) => pattern_host.strip_prefix("*.").is_some_and(|own| own == below || is_below(below, own)),
        None => host_covers(&pattern_host, &host),
    };
    hosts && port_covers(pattern_port, port)
}

fn port_covers(pattern: Option<&str>, port: Option<&str>) -> bool {
    pattern.is_none_or(|pattern| port == Some(pattern))
}

fn host_covers(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => is_below(host, parent),
        None => pattern == host,
    }
}

fn is_below(host: &str, parent: &str) -> bool {
    let name = host.strip_suffix(parent).and_then(|rest| rest.strip_suffix('.'));
    !parent.is_empty() && name.is_some_and(|name| !name.is_empty())
}

fn split(text: &str) -> (&str, Option<&str>) {
    // The colons of an IPv6 address stand in brackets.
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => (host, Some(port)),
        _ => (text, None),
    }
}

fn normal(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}
