//! The requests of the same file that passed: which there are, and how one is named.

use crate::request::Evidence;
use crate::request::credentials::http_date;
use crate::request::history::{CredentialKind, Past, related};
use crate::request::token;

/// The nearest request with the same credential that passed, those to the same host first.
pub(super) fn passed(evidence: &Evidence, same_host: bool) -> Option<&Past> {
    evidence.others.iter().find(|past| past.same && past.passed && is_here(evidence, past) == same_host)
}

/// Whether a request went to the same API.
pub(super) fn is_here(evidence: &Evidence, past: &Past) -> bool {
    past.host == evidence.url_host() || related(&past.host, evidence.url_host())
}

/// The nearest with the same credential that passed for the very same field.
pub(super) fn same_field(evidence: &Evidence) -> Option<&Past> {
    let own = evidence.field_path();
    let alike = |past: &&Past| {
        past.same && past.field_passed && past.credential.is_some() && is_here(evidence, past) && past.field.as_deref() == Some(own.as_str())
    };
    evidence.others.iter().find(alike).filter(|_| !evidence.field.is_empty())
}

/// The nearest with the same token that passed at the same API.
pub(super) fn same_token(evidence: &Evidence) -> Option<&Past> {
    let token = |past: &&Past| past.came_with(CredentialKind::Token);
    evidence.others.iter().filter(token).find(|past| past.same && past.passed && is_here(evidence, past))
}

/// The end of the token that was sent, and the time, where it was still ahead: by the client's clock, and by AppSync's where the
/// answer has that (`Date`, RFC 9110, 6.6.1).
pub(super) fn in_date(evidence: &Evidence) -> Option<(i64, i64)> {
    let exp = token::read(evidence.authorization()?.0).ok()?.time("exp")?;
    let theirs = evidence.answer.header("date").and_then(http_date);
    let now = evidence.now.into_iter().chain(theirs).max()?;
    (exp > now).then_some((exp, now))
}

/// `(HTTP 200) for Query.books at 10:03:30Z`
pub(super) fn what(past: &Past) -> String {
    // Of a log without an entry of the field only the credential is known to have passed.
    let field = past.field.as_deref().filter(|_| past.field_passed || !past.passed);
    let field = field.map_or_else(String::new, |field| format!(" for {field}"));
    if past.socket {
        format!("when a connection was opened at {}", past.clock())
    } else {
        format!("(HTTP {}){field} at {}", past.status, past.clock())
    }
}

/// `20 s before`, as seen from the request that was refused.
pub(super) fn away(evidence: &Evidence, past: &Past) -> String {
    let side = if past.later { "after" } else { "before" };
    let apart = past.at.zip(evidence.now).map(|(at, now)| at.div_euclid(1000).saturating_sub(now));
    apart.map_or_else(|| side.to_owned(), |apart| format!("{} {side}", token::span(apart)))
}

/// What a request came with, as it may be shown.
pub(super) fn shown(past: &Past) -> String {
    past.credential.as_ref().map_or("the credential", |one| one.shown.as_str()).to_owned()
}
