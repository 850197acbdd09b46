//! An answer that AppSync kept, by the function's own log: no call of it for this request, and an earlier answer to the same token.

use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::evidence::Evidence;
use crate::request::{history, token};

/// The earlier no, where its time had not run out.
pub(super) fn kept(evidence: &Evidence) -> Option<Finding> {
    let log = evidence.log.as_ref()?;
    let answer = log.kept.as_ref().filter(|answer| !answer.is_authorized)?;
    let of_api = evidence.api.authorizer_ttl;
    let ttl = answer.ttl.unwrap_or_else(|| evidence.api.answers_kept());
    let (then, now) = (answer.at.map(|at| at.div_euclid(1000)), log.time.map(|at| at.div_euclid(1000)));
    let ran_out = then.zip(now).is_some_and(|(then, now)| now > then.saturating_add(ttl));
    if ttl <= 0 || ran_out {
        return None;
    }
    let whose = match (answer.ttl, of_api) {
        (Some(own), Some(api)) if own != api => format!("ttlOverride {own}, which outweighs the API's authorizerResultTtlInSeconds of {api}"),
        (Some(own), _) => format!("ttlOverride {own}"),
        (None, Some(api)) => format!("authorizerResultTtlInSeconds {api}"),
        (None, None) => format!("authorizerResultTtlInSeconds, {ttl} by default"),
    };
    let at = then.map_or_else(|| "before".to_owned(), |then| format!("at {}", history::clock(then)));
    let until = then.map_or_else(String::new, |then| format!(", until {}", history::clock(then.saturating_add(ttl))));
    let wait = until.trim_start_matches(", ");
    let message = Message::of(
        "most likely this request was refused with a remembered answer: the lines that were given have no call of the function for it, and {} the function had answered a token (one that ends in {}, too) with isAuthorized: false. AppSync keeps an answer for each token, a no too, for {} ({}){}, without calling the function again, so what was granted since stays unseen.",
        [
            Part::Value(at),
            Part::Value(log.masked.get("authorization").cloned().unwrap_or_default()),
            Part::Value(token::span(ttl)),
            Part::Text(whose),
            Part::Value(until.clone()),
        ],
    );
    let cure = Message::of(
        "» Let the function answer a no with ttlOverride: 0 (or a few seconds), so that what is granted later counts at once, and a yes with a long time only where a late withdrawal does not matter. For this token wait{}, or come with another token, which is asked about at once.",
        [Part::Value(if wait.is_empty() { String::new() } else { format!(" {wait}") })],
    );
    // A token is known by its end, and no line says that the function's log is whole.
    let certainty = Certainty::Likely;
    Some(Finding::new(Code::AuthorizerCached, message.with(cure)).certainty(certainty).at("log.kept").actual(false).wanted("an answer to this request"))
}
