//! Literals that look like credentials: a source is read by many, and kept for ever.

use super::Checker;
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, StringPart};

/// What credentials begin with, how many letters, digits and `_-.+/=` are behind it at least, and what they are.
///
/// The beginnings are those that the issuers of the credentials document, so that they can be found.
const FORMS: &[(&str, usize, &str)] = &[
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "an access key of AWS"),
    ("ghp_", 30, "a token of GitHub"),
    ("gho_", 30, "a token of GitHub"),
    ("ghs_", 30, "a token of GitHub"),
    ("github_pat_", 30, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("sk_live_", 16, "a key of Stripe"),
    ("rk_live_", 16, "a key of Stripe"),
    ("AIza", 35, "a key of Google"),
    ("npm_", 36, "a token of npm"),
    ("pypi-", 32, "a token of PyPI"),
    ("Bearer ", 20, "a bearer token"),
    ("Basic ", 16, "a user with a password"),
    ("-----BEGIN PRIVATE KEY-----", 0, "a private key"),
    ("-----BEGIN RSA PRIVATE KEY-----", 0, "a private key"),
    ("-----BEGIN EC PRIVATE KEY-----", 0, "a private key"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----", 0, "a private key"),
];

/// What names of credentials have in them.
const NAMES: &[&str] =
    &["password", "passwd", "secret", "api_key", "apikey", "access_key", "private_key", "auth_token", "access_token"];

/// The shortest text that is taken for a credential by the name it is given.
const SHORTEST: usize = 8;

impl<'t> Checker<'t> {
    /// Tells of a text that has the form of a credential.
    pub(super) fn tell_credential(&mut self, text: &str, span: Span) {
        if self.muted == 0
            && !self.current().library
            && let Some(what) = form(text)
        {
            self.report_credential(what, span);
        }
    }

    /// Tells of a literal that is named like a credential: `let password = "…"`.
    pub(super) fn tell_named_credential(&mut self, name: &tree::Name, value: &'t tree::Expr) {
        let tree::ExprKind::String(literal) = &*value.kind else { return };
        let [StringPart::Text(text)] = literal.parts.as_slice() else { return };
        let lower = name.text.to_lowercase();
        let is_named = NAMES.iter().any(|known| lower.contains(known));
        let is_word = text.len() >= SHORTEST && !text.contains(char::is_whitespace) && !text.contains("://");
        if is_named && is_word && form(text).is_none() && !self.current().library {
            self.report_credential("a credential", value.span);
        }
    }

    fn report_credential(&mut self, what: &str, span: Span) {
        let message = format!("this looks like {what}, and everybody who reads the file has it");
        let diagnostic = Diagnostic::new(Code::CredentialLiteral, self.place(span), message);
        let help = "declare it, `secret NAME`, give its value to the runtime, and make the one that stood here void";
        self.report(diagnostic.help(help));
    }
}

/// Gives what a text looks like.
fn form(text: &str) -> Option<&'static str> {
    let known = FORMS.iter().find(|(begin, least, _)| {
        text.match_indices(begin).any(|(at, _)| {
            let is_begin = !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
            let behind = text[at + begin.len()..].bytes();
            let length = behind.take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.+/=".contains(byte)).count();
            is_begin && length >= *least
        })
    });
    known.map(|(.., what)| *what).or_else(|| has_password(text).then_some("an address with a password in it"))
}

/// Says whether a text is an address with a password: `postgres://user:word@host`.
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
}
