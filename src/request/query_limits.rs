//! What an API's configuration allows one query to ask for: its depth, and the resolvers that it runs
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/configuration-limits.html>: both are limits of the whole API, and 0 is none).

use super::evidence::Evidence;
use super::messages;
use super::fragment_cycle;
use super::operation::{self, GraphqlOperation};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;

/// What a query of which no answer was seen would come to, by the configuration that was given.
pub fn foreseen(evidence: &Evidence) -> Option<Finding> {
    let unseen = evidence.observed.is_none();
    let found = circle(evidence).or_else(|| over_depth(evidence)).or_else(|| over_resolvers(evidence)).filter(|_| unseen)?;
    Some(found.certainty(Certainty::Likely))
}

/// Fragments in a circle, behind an error of which nobody knows what it means: no limit is what such a query meets.
pub fn circular(evidence: &Evidence) -> Option<Finding> {
    is_open(evidence).then(|| circle(evidence))?.map(|found| found.certainty(Certainty::Likely))
}

/// Fragments of a circle that are named.
const MOST_NAMES: usize = 8;

fn way_round(evidence: &Evidence) -> Option<Vec<String>> {
    let body: Json = serde_json::from_str(evidence.body.as_deref()?).ok()?;
    fragment_cycle::find(body.get("query")?.as_str()?)
}

fn circle(evidence: &Evidence) -> Option<Finding> {
    let way = way_round(evidence)?;
    let (first, last) = (way.first()?.clone(), way.iter().rev().nth(1)?.clone());
    let who = if way.len() == 2 { "a fragment of the operation uses itself" } else { "the operation's fragments use each other in a circle" };
    // Of a long way round its beginning, and that it comes back.
    let mut shown: Vec<&str> = way.iter().take(MOST_NAMES).map(String::as_str).collect();
    shown.extend((way.len() > MOST_NAMES).then_some(["…", first.as_str()]).into_iter().flatten());
    let message = Message::of(
        "{} ({}), which GraphQL forbids, so AppSync does not run it: a validation error and no refusal, whatever words the client shows. » Take ...{} out of the fragment {}, or write out there as many levels as are wanted.",
        [Part::Text(who.to_owned()), Part::Code(shown.join(" → ")), Part::Name(first.clone()), Part::Name(last)],
    );
    Some(Finding::new(Code::RequestInvalid, message).at("request.body"))
}

/// `queryDepthLimit`: AppSync's own error, or words in no table about a query that is deeper.
pub fn depth(evidence: &Evidence) -> Option<Finding> {
    if !evidence.says("QueryDepthLimitReached") {
        return is_open(evidence).then(|| over_depth(evidence))?.map(|found| found.certainty(Certainty::Likely));
    }
    Some(too_deep(evidence, "QueryDepthLimitReached"))
}

/// `resolverCountLimit`: AppSync's own error, or words in no table about a query that needs more.
pub fn resolvers(evidence: &Evidence) -> Option<Finding> {
    if !evidence.says("ResolverExecutionLimitReached") {
        return is_open(evidence).then(|| over_resolvers(evidence))?.map(|found| found.certainty(Certainty::Likely));
    }
    let limit = evidence
        .api
        .resolver_limit
        .map_or_else(|| "resolverCountLimit allows".to_owned(), |limit| format!("{limit} (resolverCountLimit)"));
    Some(
        Finding::new(
            Code::ResolverCount,
            Message::of(
                "the request ran more resolvers than {} (ResolverExecutionLimitReached): a limit of the API, not a refusal of the caller. » Ask for smaller pages (limit and nextToken) or fewer nested fields, resolve what is nested in one batch, or let the owner raise the limit (at most 10,000).",
                [Part::Text(limit)],
            ),
        )
        .at("apiConfig.resolverCountLimit")
        .actual(evidence.api.resolver_limit),
    )
}

/// Whether an error was seen of which nobody knows what it means: words in no table, or a 400 without words.
fn is_open(evidence: &Evidence) -> bool {
    let wordless = evidence.status() == Some(400) && evidence.error_message().is_empty() && evidence.error_type().is_empty();
    wordless || is_unread(evidence)
}

/// Whether an error of words that are in no table was seen, which no field's own refusal is.
pub(super) fn is_unread(evidence: &Evidence) -> bool {
    let said = !evidence.error_message().is_empty() || !evidence.error_type().is_empty();
    said && matches!(evidence.status(), None | Some(200 | 400))
        && messages::find(evidence.error_message()).is_none()
        && messages::find(evidence.error_type()).is_none()
        && evidence.refused_subject().is_none()
}

/// The longest way into the query, from a field of the root on; nothing where it was not read to its end: what was read of it is
/// our own bound and no count of AppSync's.
fn deepest(evidence: &Evidence) -> Option<Vec<String>> {
    evidence.operation().filter(|one| !one.cut).map(|one| operation::deepest(&one)).filter(|path| !path.is_empty())
}

/// A query that is deeper than the limit. How AppSync counts its levels is not documented; here a field of the root is the first.
fn over_depth(evidence: &Evidence) -> Option<Finding> {
    let limit = evidence.api.depth_limit.filter(|limit| *limit > 0)?;
    let why = if evidence.observed.is_some() { "AppSync runs no such query, whatever words the client shows" } else { "AppSync runs no such query" };
    (deepest(evidence)?.len() as u64 > limit).then(|| too_deep(evidence, why))
}

fn too_deep(evidence: &Evidence, why: &str) -> Finding {
    let limit = evidence
        .api
        .depth_limit
        .map_or_else(|| "the API's queryDepthLimit".to_owned(), |limit| format!("queryDepthLimit, which is {limit}"));
    let deepest = deepest(evidence);
    let query =
        deepest.as_ref().map_or_else(String::new, |path| format!(" {} has {} levels.", path.join("/"), path.len()));
    let raise =
        deepest.map_or_else(|| "raise the limit".to_owned(), |path| format!("raise it to {} (at most 75)", path.len()));
    Finding::new(
        Code::QueryDepth,
        Message::of(
            "the query is deeper than {} ({}): a limit of the API, not a refusal of the caller.{} » Fetch the inner part with a second query, or let the owner {}.",
            [Part::Text(limit), Part::Text(why.to_owned()), Part::Text(query), Part::Text(raise)],
        ),
    )
    .at("apiConfig.queryDepthLimit")
    .actual(evidence.api.depth_limit)
}

/// A query that names more fields of a root type than resolvers may run: each of these has one.
fn over_resolvers(evidence: &Evidence) -> Option<Finding> {
    let limit = evidence.api.resolver_limit.filter(|limit| *limit > 0)?;
    let GraphqlOperation { fields, cut, .. } = evidence.operation()?;
    (fields.len() as u64 > limit && !cut).then(|| {
        Finding::new(
            Code::ResolverCount,
            Message::of(
                "the query names {} fields of its root, each of which has a resolver, and the API runs at most {} a request (resolverCountLimit): a limit of the API, not a refusal of the caller. » Ask for fewer in one request, or let the owner raise the limit to {} at least (at most 10,000).",
                [Part::Value(fields.len().to_string()), Part::Value(limit.to_string()), Part::Value(fields.len().to_string())],
            ),
        )
        .at("apiConfig.resolverCountLimit")
        .actual(limit)
    })
}
