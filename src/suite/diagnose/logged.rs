//! What AppSync's log of the same request proves: whether a template ran, which credential came, what the browser hid.

use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::on_the_way::{OnTheWay, titled};
use crate::request::layer::{Layer, LayerName, State};

/// The log of the same request proves whether a template ran for the field: with an entry that failed it was the resolver,
/// without any it was the schema or a policy before it (APPSYNC-VTL 6.1).
pub(super) fn judge(evidence: &Evidence, layers: &mut [Layer]) {
    let Some(log) = evidence.log.as_ref().filter(|log| log.executed && !log.cut) else { return };
    let field = evidence.field_path();
    if evidence.field.is_empty() || evidence.url.is_none() {
        return;
    }
    let entries: Vec<bool> =
        log.entries.iter().filter(|(name, _)| *name == field).map(|(_, refused)| *refused).collect();
    let layer_of = |layers: &mut [Layer], name: LayerName, state: State| {
        layers.iter_mut().filter(|layer| layer.layer == name).for_each(|layer| layer.state = state);
    };
    if entries.contains(&true) {
        for name in [LayerName::Request, LayerName::Mode, LayerName::Iam, LayerName::Authorizer] {
            layer_of(layers, name, State::Passed);
        }
        let words = Message::of(
            "the template of {} refused: AppSync's log of this request (same x-amzn-requestid) has a mapping entry for the field with the refusal, so credential, mode and directives had been passed before. » Give the resolver's templates (--from) with this caller's claims to see which condition decided; the schema's directives need no change for this.",
            [Part::Name(field.to_string())],
        );
        let resolver =
            layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver && layer.state != State::Refused);
        resolver
            .into_iter()
            .for_each(|layer| layer.refuse(Finding::new(Code::RefusedByResolver, words.clone()).at("log")));
    } else if entries.is_empty()
        && evidence.error_message().contains("Not Authorized to access")
        && evidence.refused_subject().is_none_or(|(parent, name)| format!("{parent}.{name}") == field)
    {
        let mode = super::mode::selected(evidence);
        let both = match (mode, evidence.api.default) {
            (Some(mode), Some(default)) if mode != default => Message::of(
                "» Write {} {} on the field and on the types that it returns (the second keeps the default mode in), if this caller is meant to see it.",
                [Part::Code(mode.directive().to_owned()), Part::Code(default.directive().to_owned())],
            ),
            _ => Message::default(),
        };
        let words = Message::of(
            "the schema refused {}, not a template: AppSync's log of this request has its execution but no RequestMapping entry for the field, so its resolver never ran.",
            [Part::Name(field.to_string())],
        )
        .with(both)
        .with("The schema (--schema) would prove it, and so would the log level.");
        let open = layers.iter_mut().find(|layer| layer.layer == LayerName::Mode && layer.state != State::Refused);
        open.into_iter().for_each(|layer| {
            layer.refuse(Finding::new(Code::NoMappingEntry, words.clone()).certainty(Certainty::Likely).at("log"))
        });
    }
}

/// Puts what the log proves of the way before everything else: an answer that was not AppSync's, a credential that was not the
/// browser's.
pub(super) fn tell(evidence: &Evidence, layers: &mut [Layer]) {
    let between = between(evidence);
    let refused = layers.iter().any(|layer| layer.state == State::Refused);
    if let Some(finding) = between {
        layers.iter_mut().filter(|layer| layer.state == State::Refused).for_each(|layer| layer.state = State::Unknown);
        if let Some(request) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request) {
            request.findings.retain(|one| !one.code.is_doubt());
            request.refuse(finding);
        }
        return;
    }
    let Some(finding) = replaced(evidence) else { return };
    let here = |layer: &&mut Layer| layer.layer == LayerName::Request && (layer.state == State::Refused || !refused && evidence.is_before_fields());
    if let Some(request) = layers.iter_mut().find(here) {
        // What came is masked; that it is another is known.
        request.findings.retain(|one| one.code != Code::CredentialMasked);
        request.state = State::Refused;
        request.findings.insert(0, finding);
    }
}

/// AppSync's own answer by its log is another than the browser's: it let the request in, and what shows a refusal stands between.
pub(super) fn between(evidence: &Evidence) -> Option<Finding> {
    let log = evidence.log.as_ref().filter(|_| evidence.url.is_some())?;
    let (own, seen) = (log.status.filter(|own| (200..300).contains(own))?, evidence.status().filter(|seen| matches!(seen, 401 | 403))?);
    let message = Message::of(
        "AppSync let this request in: its log of the same request (joined by x-amzn-requestid) has status {}, and the browser shows HTTP {}. So that refusal is not AppSync's: what stands between (a distribution or its function, a proxy, a service worker, a mock of the page) put its own answer in the place of AppSync's, and credential, schema and resolvers are not the cause. » Look at what stands between the page and the API (the answer's headers Server, Via and X-Cache name it), or call AppSync's own URL with the same credential.",
        [Part::Value(own.to_string()), Part::Value(seen.to_string())],
    );
    Some(Finding::new(Code::LogProves, message).at("log").actual(seen).wanted(own))
}

/// That the log of the same request ends the credential as the browser sent it: nothing on the way changed it.
pub(super) fn came(evidence: &Evidence) -> Option<(&'static str, &str)> {
    let log = evidence.log.as_ref().filter(|_| evidence.url.is_some())?;
    ["authorization", "x-api-key"].into_iter().find_map(|name| {
        let (sent, tail) = (evidence.header(name)?, log.masked.get(name)?);
        (tail.len() >= 4 && sent.trim_end().ends_with(tail.as_str())).then_some((name, tail.as_str()))
    })
}

/// The log has the end of the credential that AppSync got: where the browser sent another, something on the way put it in its
/// place. One that did not come at all is told with the credentials.
pub(super) fn replaced(evidence: &Evidence) -> Option<Finding> {
    let (name, message) = match evidence.on_the_way.as_ref()? {
        OnTheWay::Replaced { name, sent, tail } => (*name, Message::of(
            "AppSync got another {} than the browser sent: {} ends in {} in AppSync's log of the same request, and in {} in the browser. Something on the way replaced it (a proxy, a function of a distribution, a service worker). » Look at what stands between the page and the API, or call AppSync's own URL; the {} of the browser is not judged by this answer.",
            [
                Part::Text(what(name).to_owned()),
                Part::Name(titled(name).to_owned()),
                Part::Value(tail.clone()),
                Part::Value(sent.clone()),
                Part::Text(what(name).to_owned()),
            ],
        )),
        OnTheWay::Swapped { sent, came, tail } => (*sent, Message::of(
            "the browser sent {}, and AppSync got none: the log's list of headers, which is complete, has {} in its place. Something on the way put one credential in the place of the other (a proxy, a function of a distribution, a service worker). » Look at what stands between the page and the API, or call AppSync's own URL; the {} of the browser is not judged by this answer.",
            [
                Part::Name(titled(sent).to_owned()),
                Part::Value(format!("{came}=[****{tail}]")),
                Part::Text(what(sent).to_owned()),
            ],
        )),
        OnTheWay::Lost { sent } if has_other(evidence, sent) => (*sent, Message::of(
            "the browser sent two credentials, and {} did not come: the log's list of headers, which is complete, does not have it. Something on the way took it out (a proxy, a function of a distribution, a service worker). » Send the one that is meant alone, and let what stands between pass it on.",
            [Part::Name(titled(sent).to_owned())],
        )),
        OnTheWay::Lost { .. } | OnTheWay::Added { .. } => return None,
    };
    Some(Finding::new(Code::OtherToken, message).certainty(Certainty::Certain).at(format!("request.headers.{name}")))
}

/// Whether another credential came.
fn has_other(evidence: &Evidence, lost: &str) -> bool {
    ["authorization", "x-api-key"].iter().any(|name| *name != lost && (evidence.header(name).is_some() || evidence.masked.contains_key(*name)))
}

fn what(header: &str) -> &'static str {
    if header == "authorization" { "token" } else { "key" }
}

/// That the answer was read from the log, where the browser hid it.
pub(super) fn joined(evidence: &Evidence) -> Option<Finding> {
    let log = evidence.log.as_ref().filter(|_| evidence.url.is_some() && between(evidence).is_none())?;
    let status = log.status?;
    let kind = log.error_type.as_deref().map_or_else(String::new, |kind| format!(" {kind}"));
    let then = match (evidence.log_tells.page, evidence.log_tells.status, evidence.log_tells.credential) {
        (Some(seen), _, _) => format!("that is AppSync's answer, and the page with HTTP {seen} in the browser is of what stands before it"),
        (None, true, _) => "what the browser shows of it, an error of the network or CORS perhaps, is not the cause".to_owned(),
        (None, false, true) => "the credential was read from there, as the browser's export has none".to_owned(),
        (None, false, false) if evidence.on_the_way.is_some() => "its status is the browser's, its credential is not".to_owned(),
        (None, false, false) if evidence.status().is_some_and(|seen| seen != status) => "the browser shows another status".to_owned(),
        (None, false, false) => "it agrees with what the browser shows".to_owned(),
    };
    Some(Finding::new(Code::LogProves, Message::of(
        "AppSync's log of the same request (joined by x-amzn-requestid) has status {}{}: {}.",
        [
            Part::Value(status.to_string()),
            Part::Value(kind.to_string()),
            Part::Text(then),
        ],
    )).at("log"))
}
