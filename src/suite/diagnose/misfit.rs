//! Token, configuration and answer that cannot be of one request.

use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};
use crate::request::Evidence;
use crate::request::history::{Credential, CredentialKind, Past, related};
use super::passed::{is_here, shown, what};
use crate::request::layer::{Layer, LayerName, State};
use crate::request::messages::KnownMessage;

/// What the schema's directives refuse.
const DIRECTIVES: [Code; 2] = [Code::DirectiveExcludesMode, Code::DirectiveExcludesGroups];

/// "You are not authorized to make this call." is said of a credential, a directive's refusal is another text
/// (docs/unauthorized.md): so the directive did not decide, however surely it would have been next.
pub fn not_a_directive(evidence: &Evidence, mode: Option<AuthType>, known: &KnownMessage, layers: &mut [Layer]) {
    if known.code != Code::KeyOrAuthorizerRefused || evidence.socket.is_some() {
        return;
    }
    let closed = |layer: &&mut Layer| {
        let by = layer.findings.iter().any(|first| DIRECTIVES.contains(&first.code));
        layer.layer == LayerName::Mode && layer.state == State::Refused && by
    };
    let Some(layer) = layers.iter_mut().find(closed) else { return };
    layer.state = State::Unknown;
    let next = layer.findings.iter().find(|one| DIRECTIVES.contains(&one.code)).map(|one| one.message.first_sentence()).unwrap_or_default();
    layer.findings.retain(|one| !DIRECTIVES.contains(&one.code));
    let before = layers.iter().any(|one| one.state == State::Refused);
    // Of a key the request layer tells, of a function the authorizer's.
    let Some(mode) = mode.filter(|mode| !before && !matches!(mode, AuthType::ApiKey | AuthType::Lambda)) else { return };
    let message = of_another_credential(evidence, mode, known, next);
    if let Some(request) = layers.iter_mut().find(|layer| layer.layer == LayerName::Request) {
        request.refuse(Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("observed.message"));
    }
}

/// Whose the message is, and what the directive would say in its turn.
fn of_another_credential(evidence: &Evidence, mode: AuthType, known: &KnownMessage, next: Message) -> Message {
    let modes = evidence.api.modes();
    let keyed = modes.contains(&AuthType::ApiKey);
    let who = match (keyed, modes.contains(&AuthType::Lambda)) {
        (true, false) => "an API key that is unknown or has expired",
        (false, true) => "a Lambda authorizer that said no or failed",
        _ => "an API key that is unknown or has expired, and of a Lambda authorizer that said no or failed",
    };
    let mut message = Message::of(
        "AppSync says {} of {}, never of a directive, and this request comes as {}: token, configuration and message do not fit one request. So the message belongs to another credential than the one given here. » Give the headers and the answer of one and the same request (a HAR has both), and the configuration as it is deployed (aws appsync get-graphql-api).",
        [
            Part::Value(quoted(known.text).to_string()),
            Part::Text(who.to_owned()),
            Part::Code(mode.api_name().to_owned()),
        ],
    );
    let would = Message::of(
        "Once the credential is let in, the directive would be what refuses next, with HTTP 200 and {}:",
        [Part::Value(quoted(&format!("Not Authorized to access {} on type {}", evidence.field, evidence.parent_type)).to_string())],
    );
    message.and(Message::joined("{} {}.", [would, next]));
    message
}

/// Another request passed at the same host with a credential of a mode that the given configuration lacks: that is another
/// API's, or an older one, and nothing follows from its modes.
pub fn other_configuration(evidence: &Evidence, layers: &mut [Layer]) {
    const OF_MODES: [Code; 4] =
        [Code::ModeNotConfigured, Code::NoValidCredential, Code::DirectiveExcludesMode, Code::ModeNeedsDirective];
    let modes = evidence.api.modes();
    if !evidence.api.is_known() || modes.is_empty() {
        return;
    }
    let lacking = |past: &&Past| {
        let here = past.host == evidence.url_host() || related(&past.host, evidence.url_host());
        here && past.passed && past.credential.as_ref().is_some_and(|one| wanted(one.kind).is_some_and(|some| !some.iter().any(|mode| modes.contains(mode))))
    };
    let Some(past) = evidence.others.iter().find(lacking) else { return };
    let Some(shown) = past.credential.as_ref().map(|one| one.shown.clone()) else { return };
    let by_modes = |layer: &&mut Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| OF_MODES.contains(&first.code));
    let Some(layer) = layers.iter_mut().find(by_modes) else { return };
    if let Some(finding) = taken_away(evidence, past) {
        layer.findings.retain(|one| one.code != Code::ModeNotConfigured);
        return layer.findings.insert(0, finding);
    }
    layer.findings.retain(|one| one.code != Code::ModeNotConfigured);
    layer.findings.iter_mut().for_each(|one| one.certainty = Certainty::Likely);
    let field = past.field.as_deref().map_or_else(String::new, |field| format!(" for {field}"));
    let message = Message::of(
        "the configuration that was given is another API's, or no longer that of this one: it has {} only, and {} passed at the same host (HTTP {}{}, {}). So nothing certain follows from its modes. AppSync refused what this request came with; by which of the API's modes, only its configuration of today shows. » Fetch it anew (aws appsync get-graphql-api --api-id of the API behind {}) and give that (--api): then the credential is compared with the modes and issuers that the API has.",
        [
            Part::Code(AuthType::api_names(&modes)),
            Part::Value(shown),
            Part::Value(past.status.to_string()),
            Part::Name(field),
            Part::Value(past.clock()),
            Part::Place(evidence.url_host().to_owned()),
        ],
    );
    layer.findings.insert(0, Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("apiConfig"));
}

/// A token of the very issuer and client that the given configuration does not take passed at the same host: then the API takes it,
/// and what was given is another's, or an older state.
pub fn other_issuers(evidence: &Evidence, layers: &mut [Layer]) {
    const OF_ISSUERS: [Code; 2] = [Code::IssuerMismatch, Code::ClientMismatch];
    let Some(own) = Credential::of(&evidence.headers).filter(|own| own.issuer().is_some()) else { return };
    let alike = |past: &&Past| {
        let theirs = past.credential.as_ref();
        past.passed && is_here(evidence, past) && theirs.is_some_and(|theirs| theirs.issuer() == own.issuer() && (past.same || theirs.client() == own.client()))
    };
    let Some(past) = evidence.others.iter().find(alike) else { return };
    let by_issuers = |layer: &&mut Layer| layer.state == State::Refused && layer.findings.first().is_some_and(|first| OF_ISSUERS.contains(&first.code));
    let Some(layer) = layers.iter_mut().find(by_issuers) else { return };
    layer.findings.retain(|one| !OF_ISSUERS.contains(&one.code));
    let whose = if past.same { "this very token" } else { "a token of that issuer and client" };
    let takes = match evidence.api.issuers.as_slice() {
        [] => String::new(),
        some => format!(" (it has {})", any_of(some)),
    };
    let still = if past.same { "The token is thus not the cause either: what refused differs between the two requests, or was of that moment." } else { "Issuer and client are thus not the cause." };
    let message = Message::of(
        "the configuration that was given is another API's, or no longer that of this one{}: {} ({}, iss {}) passed at the same host {}, so the API takes it. {} » Fetch the configuration anew (aws appsync get-graphql-api of the API behind {}) and give that (--api); leave the client's sign-in as it is, and compare the two requests (URL, headers, AppSync's log).",
        [
            Part::Value(takes),
            Part::Text(whose.to_owned()),
            Part::Value(shown(past)),
            Part::Value(own.issuer().unwrap_or_default().to_owned()),
            Part::Text(what(past)),
            Part::Text(still.to_owned()),
            Part::Place(evidence.url_host().to_owned()),
        ],
    );
    // What else is certainly wrong with the token is the cause.
    let place = usize::from(layer.findings.first().is_some_and(|one| !one.code.is_doubt() && one.certainty == Certainty::Certain));
    layer.findings.insert(place, Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("others"));
}

/// A deployment lies between two requests that are this far apart, in milliseconds, rather than another API's configuration.
const DEPLOYED: i64 = 3_600_000;

/// The same credential passed long before, and not after: the API that the configuration is of has lost its mode since.
fn taken_away(evidence: &Evidence, past: &Past) -> Option<Finding> {
    let (at, now) = (past.at?, evidence.now?.saturating_mul(1000));
    let again = evidence.others.iter().any(|one| one.same && one.passed && one.later);
    if !past.same || past.later || again || now - at < DEPLOYED {
        return None;
    }
    let credential = past.credential.as_ref()?;
    let mode = wanted(credential.kind)?.first()?;
    let moment = |at: i64| crate::request::token::moment(at.div_euclid(1000));
    let field = past.field.as_deref().map_or_else(String::new, |field| format!(" for {field}"));
    let message = Message::of(
        "{} passed{} at {}, and was refused at {}: the API has {} only, by {}, so {} was taken from it in between (a deployment), and what comes with it fits none of the modes any more. » Let the clients that still send it send the token of a user who signed in (an update of the app); or, as long as old ones are about, add {} as an additional mode again, with its directive on what they read. A new one of the same kind does not help.",
        [
            Part::Value(credential.shown.clone()),
            Part::Name(field),
            Part::Value(moment(at)),
            Part::Value(moment(now)),
            Part::Code(AuthType::api_names(&evidence.api.modes())),
            Part::Text(evidence.api.whence()),
            Part::Name(mode.api_name().to_owned()),
            Part::Name(mode.api_name().to_owned()),
        ],
    );
    Some(Finding::new(Code::ModeNotConfigured, message).certainty(Certainty::Likely).at("apiConfig").actual(mode.as_str()))
}

/// The modes that take a credential of this kind.
fn wanted(kind: CredentialKind) -> Option<&'static [AuthType]> {
    match kind {
        CredentialKind::Key => Some(&[AuthType::ApiKey]),
        CredentialKind::Signature => Some(&[AuthType::Iam]),
        CredentialKind::Token => Some(&[AuthType::UserPool, AuthType::Oidc, AuthType::Lambda]),
        CredentialKind::None => None,
    }
}

/// AppSync answers with HTTP 200 where it refuses a field: with a 401 those words are not this answer's
/// (docs/unauthorized.md, the table of messages).
pub(super) fn status_and_words(evidence: &Evidence, layers: &mut [Layer]) {
    if evidence.status() != Some(401) || evidence.refused_subject().is_none() {
        return;
    }
    let later = [LayerName::Mode, LayerName::Resolver, LayerName::Records];
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused && later.contains(&layer.layer)) {
        if let Some(first) = layer.findings.first_mut() {
            first.certainty = first.certainty.max(Certainty::Likely);
            let cure = first.message.cure();
            let words = Message::from("This explains the words that were seen, which AppSync answers with HTTP 200; they are never the cause of a 401, so that status is of another request, or what stands before AppSync put it there: look at the status of this very answer.");
            first.message = first.message.cause().with(words).cured(cure);
        }
    }
}
