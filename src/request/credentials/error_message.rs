//! What the client saw, where it comes from the request layer: a message is evidence, and is checked against the values.

use crate::message::{Message, Part, quoted};
use super::super::evidence::Evidence;
use super::super::layer::{Layer, LayerName, State};
use super::super::answer::Unjoined;
use super::super::{address, event, history, messages, mode, no_answer, slow, token, unreached, unsent};
use super::key::{self, SentKey};
use super::{agrees, canonical, issuer as issuers, key_passed, mock, signature, unparsed};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;

pub(super) fn judge(evidence: &Evidence, layer: &mut Layer) {
    let Some(observed) = &evidence.observed else { return };
    if observed.status == Some(0) {
        layer.state = State::Unknown;
        layer.findings.insert(0, no_response(evidence));
        return;
    }
    if let Some(finding) = no_answer::judge(evidence) {
        layer.state = State::Unknown;
        layer.findings.insert(0, finding);
        return;
    }
    if let Some(finding) = signature::clock_skew(evidence).or_else(|| signature::unsent(evidence)).or_else(|| signature::other_body(evidence)).or_else(|| canonical::mismatch(evidence)) {
        let first = layer.findings.first().is_some_and(|first| matches!(first.code, Code::SignatureScope | Code::SignatureMalformed));
        if first && layer.state == State::Refused {
            layer.findings.push(finding);
        } else {
            layer.findings.retain(|known| known.code != Code::CredentialMasked);
            layer.state = State::Passed;
            layer.refuse(finding);
        }
        return;
    }
    let text = observed.message.as_deref().unwrap_or_default();
    let kind = observed.error_type.as_deref().unwrap_or_default();
    match messages::find(text).or_else(|| messages::find(kind)) {
        Some(message) => known(evidence, message, text, layer),
        None => unknown(evidence, layer),
    }
}

/// The browser shows no answer: AppSync puts CORS headers on its own answers, refusals too, so what passed the preflight and
/// then shows nothing was mostly answered by something else (aws-amplify/amplify-js#8482).
fn no_response(evidence: &Evidence) -> Finding {
    if let Some(finding) = unreached::judge(evidence).or_else(|| unsent::judge(evidence)).or_else(|| slow::unseen(evidence)) {
        return finding;
    }
    let let_through = evidence.preflight.as_ref().and_then(|preflight| preflight.status).filter(|status| (200..300).contains(status));
    let message = match let_through {
        Some(status) => Message::of(
            "the browser has no response: the network or CORS failed. CORS is not misconfigured, for the preflight of this request was let through (HTTP {}), and AppSync sends its CORS headers with refusals too: a web ACL (WAF), an error on the way or a broken connection is likelier than a refused credential. » Repeat the request outside the browser (curl), look at the web ACL's sampled requests of that moment, or give AppSync's log (--logs): no entry means that it never came there.",
            [Part::Value(status.to_string())],
        ),
        None => match evidence.unjoined {
            Some(Unjoined::NoId(Some((at, status)))) if status >= 400 => Message::of(
                "the browser has no response, and the log that was given could not be joined, as there is no x-amzn-requestid: it has one request of about that time, of {}, which ended with {}. If that is this one, AppSync refused it and the browser hid the answer. » Look at that entry of the log, and repeat the request outside the browser.",
                [Part::Value(history::clock(at)), Part::Value(status.to_string())],
            ),
            Some(_) => "the browser has no response: the network or CORS failed. That is not a refusal by AppSync, or one whose answer was hidden because it had no CORS headers: » repeat the request outside the browser.".into(),
            None => "the browser has no response: the network or CORS failed. That is not a refusal by AppSync, or one whose answer was hidden because it had no CORS headers: » repeat the request outside the browser, or give AppSync's log (--logs).".into(),
        },
    };
    Finding::new(Code::NoResponse, message).at("observed.httpStatus").actual(0)
}

/// A subscription that AppSync ended once its token had ended: whatever the words.
fn ended_with_its_token(evidence: &Evidence) -> Option<Finding> {
    let exp = token::read(evidence.authorization()?.0).ok()?.time("exp")?;
    ended_later(evidence, exp, evidence.now?).filter(|_| evidence.refused_subject().is_none())
}

/// A status without AppSync's words.
fn unknown(evidence: &Evidence, layer: &mut Layer) {
    if let Some(finding) = ended_with_its_token(evidence) {
        layer.state = State::Passed;
        layer.refuse(finding);
        return;
    }
    if !matches!(evidence.status(), Some(401 | 403)) || layer.state == State::Refused || !evidence.iam.is_empty() {
        return;
    }
    if let Some(seen) = evidence.log_tells.page {
        layer.state = State::Passed;
        layer.refuse(behind_a_page(evidence, seen));
        return;
    }
    let kind = evidence.error_type();
    if let Some(finding) = SentKey::of(evidence).filter(|_| evidence.status() == Some(401)).and_then(|key| key::fits(evidence, &key)) {
        layer.state = State::Passed;
        layer.refuse(finding);
        return;
    }
    if let Some(key) = SentKey::of(evidence).filter(|_| evidence.status() == Some(401)) {
        layer.state = State::Passed;
        layer.refuse(key_passed::without_words(evidence, &key));
        return;
    }
    if evidence.status() == Some(403) && kind.contains("ForbiddenException") {
        layer.findings.push(forbidden(evidence, kind));
        return;
    }
    // What is odd about the token was told.
    if layer.findings.iter().any(|known| matches!(known.code, Code::RefusedBeforeGraphql | Code::TokenHasExtras)) {
        return;
    }
    if let Some(finding) = event::unexplained(evidence) {
        layer.findings.push(finding);
        return;
    }
    // What the log shows of the credential is told once nothing else was found.
    if evidence.log_tells.status && evidence.authorization().is_some() {
        return;
    }
    if let Some(finding) = issuers::unexplained(evidence) {
        layer.findings.push(finding);
        return;
    }
    if let Some(finding) = agrees::nothing_wrong(evidence) {
        layer.findings.push(finding);
        return;
    }
    layer.findings.push(
        Finding::new(
            Code::RefusedBeforeGraphql,
            Message::of(
                "HTTP {} says that the request was refused before any field was resolved, and nothing is known of it that is wrong. » Look at the answer's body for AppSync's message, and give the API's modes and pool (--api).",
                [Part::Value(evidence.status().unwrap_or(401).to_string())],
            ),
        )
        .actual(evidence.status()),
    );
}

/// What stands before AppSync says so, and not AppSync.
fn forbidden(evidence: &Evidence, kind: &str) -> Finding {
    if let Some(finding) = through_endpoint(evidence, kind) {
        return finding;
    }
            Finding::new(
                Code::RefusedBeforeGraphql,
                Message::of(
                    "HTTP 403 {} is not what AppSync answers to a token or a key (that is 401): most likely a web ACL (WAF) blocked the request, or the API is private and was called from outside its VPC endpoint. » Look at both (aws wafv2 get-web-acl-for-resource with the API's ARN; visibility in aws appsync get-graphql-api), and give the API's configuration (--api).",
                    [Part::Value(kind.to_owned())],
                ),
            )
            .certainty(Certainty::Likely)
            .actual(kind)
}

/// A private API that was called the right way, by its endpoint: what is left is what the endpoint lets through, and the web ACL
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/using-private-apis.html>;
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>).
fn through_endpoint(evidence: &Evidence, kind: &str) -> Option<Finding> {
    let address = evidence.address.as_deref().filter(|address| address::is_private(address))?;
    if evidence.api.private != Some(true) {
        return None;
    }
    let arn = evidence.api.id.as_deref().map_or_else(|| "the API's ARN".to_owned(), |id| format!("…:apis/{id}/*"));
    let message = Message::of(
        "the request came to this private API by its VPC endpoint (the name led to {}, a private address), so it was not called from outside; and HTTP 403 {} is not what AppSync answers to a token or a key (that is 401). Most likely the endpoint's own policy does not let the call through, or a web ACL (WAF) blocked it; neither is in the material. » Look at the endpoint's policy first (aws ec2 describe-vpc-endpoints, PolicyDocument: it must allow appsync:GraphQL on {} for every principal, as callers with a token sign nothing), then at the web ACL (aws wafv2 get-web-acl-for-resource).",
        [Part::Value(address.to_owned()), Part::Value(kind.to_owned()), Part::Code(arn)],
    );
    Some(Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("address").actual(address))
}

/// The log has AppSync's status, and the browser shows a page with another: of AppSync's message neither has a word.
fn behind_a_page(evidence: &Evidence, seen: u64) -> Finding {
    Finding::new(
        Code::RefusedBeforeGraphql,
        Message::of(
            "AppSync refused this request with HTTP {} {} by its log, and the browser shows a page with HTTP {}: what stands before AppSync (a distribution's custom error page, a proxy) put its own answer in the place of AppSync's, whose message is therefore not in the material. » Let AppSync's answers with 401 and 403 through unchanged, and read the message; or give the API's modes and issuers (--api) to have the credential compared with them.",
            [
                Part::Value(evidence.status().unwrap_or(401).to_string()),
                Part::Value(evidence.error_type().to_owned()),
                Part::Value(seen.to_string()),
            ],
        ),
    )
    .certainty(Certainty::Likely)
    .at("observed.httpStatus")
    .actual(seen)
}

fn known(evidence: &Evidence, known_message: &messages::KnownMessage, text: &str, layer: &mut Layer) {
    if known_message.code == Code::EndpointMissing {
        // Told by limits.rs: nobody was refused.
        return;
    }
    accepted(known_message, layer);
    let key = SentKey::of(evidence).filter(|_| known_message.code == Code::KeyOrAuthorizerRefused);
    if known_message.layer() != Some(LayerName::Request) && key.is_none() || mode::bearer_is_reserved(evidence) {
        return;
    }
    // The authorizer layer tells whether the token matched.
    if evidence.api.token_pattern.is_some() && mode::selected(evidence) == Some(AuthType::Lambda) {
        return;
    }
    // An Event API says the same of a mode that its channel namespace does not let in.
    if event::asked(evidence)
        .is_some_and(|asked| event::modes(evidence, &asked, mode::selected(evidence)).state == State::Refused)
        || event::handler(evidence).is_some()
    {
        return;
    }
    let foreign = messages::is_foreign(known_message.code);
    let explained = values_explain(known_message, layer);
    if known_message.code == Code::TokenExpired && expiry(evidence, layer) {
        return;
    }
    if explained && !foreign {
        return;
    }
    if let Some(finding) = taken_out(evidence, known_message) {
        layer.findings.retain(|known| known.code != Code::CredentialsUnknown);
        layer.refuse(finding);
        return;
    }
    // What is odd about the token says more than that everything else fits.
    if about_form(known_message.code) && ODD.iter().any(|code| layer.blame(*code)) {
        return;
    }
    if let Some(finding) = fits_none(evidence, known_message).or_else(|| masked_fits_none(evidence, known_message)) {
        let stands = layer.state == State::Refused && layer.findings.iter().any(|found| found.code == finding.code && found.path == finding.path);
        if !stands {
            layer.refuse(finding);
        }
        return;
    }
    if let Some(finding) = unparsed::judge(evidence, known_message, layer) {
        layer.refuse(finding);
        return;
    }
    meant(evidence, known_message, (text, key), layer);
}

/// What is odd about what was sent, the likeliest cause of words on its form first: a word in a token's place, something around the
/// token, what its header asks for.
const ODD: [Code; 4] = [Code::CredentialPlaceholder, Code::TokenHasExtras, Code::TokenCritical, Code::TokenNested];

/// Whether AppSync's words are of what it could not read.
fn about_form(code: Code) -> bool {
    matches!(code, Code::NoValidCredential | Code::TokenMalformed)
}

/// What the message means, where the values say no more.
fn meant(evidence: &Evidence, known_message: &messages::KnownMessage, (text, key): (&str, Option<SentKey<'_>>), layer: &mut Layer) {
    let foreign = messages::is_foreign(known_message.code);
    let whose = if foreign { "the message" } else { "AppSync's message" };
    let said = if text.is_empty() { evidence.error_type() } else { text };
    let mock = issuers::of_mock(evidence).filter(|_| known_message.code == Code::LocalMock);
    let by_mock = || {
        let own = SentKey::of(evidence).filter(|key| known_message.code == Code::LocalMock && !key.is_of_mock())?;
        let alone = evidence.header("authorization").is_none();
        alone.then(|| mock::refused_key(evidence, said, (&own.shown(), own.is_listed(evidence))))
    };
    let finding = match &key {
        Some(key) => key::fits(evidence, key).or_else(|| key::called_another(evidence, key)).or_else(|| key_passed::judge(evidence, key, said)).unwrap_or_else(|| key_refused(evidence, &key.shown(), said)),
        None => by_mock().unwrap_or_else(|| Finding::new(known_message.code, Message::of(
            "{} {} means:", [Part::Text(whose.to_string()), Part::Value(quoted(&said).to_string())]).with(mock.unwrap_or_default()).with(known_message.meaning))
            .at("observed.message")
            .actual(said)),
    };
    if foreign {
        // Not AppSync's words: what the request looked like did not matter.
        layer.state = State::Unknown;
    }
    if known_message.code == Code::ApiGateway {
        // Another API said it: of a request to AppSync it tells nothing.
        layer.findings.insert(0, finding);
        return;
    }
    if matches!(known_message.code, Code::ClientSide | Code::IdentityPool) {
        // Nothing was sent to AppSync, so headers would tell nothing.
        layer.findings.retain(|found| !matches!(found.code, Code::CredentialsUnknown | Code::NoCredential | Code::CredentialElsewhere));
    }
    let mut finding = finding;
    if known_message.code == Code::ClientSide && mode::opens_to(evidence, AuthType::ApiKey) {
        let field = evidence.field_path();
        finding.message.and(Message::of("{} lets API_KEY in: where nobody need be signed in, call it with authMode apiKey.", [Part::Name(field)]));
    }
    let already = layer.state == State::Refused;
    layer.refuse(finding);
    // What is no key of AppSync's by its form is no key that might have expired.
    if key.is_some() && layer.blame(Code::KeyForm) {
        layer.findings.retain(|found| found.code != Code::KeyOrAuthorizerRefused);
    }
    if key.is_some() && !already {
        layer.blame(Code::TwoCredentials);
    }
    // AppSync could not read the token: its prefix comes before its times.
    if known_message.code == Code::TokenMalformed {
        layer.blame(Code::BearerPrefix);
    }
}

/// `Permission denied` is said of a signature that was accepted, whatever of it is known here.
fn accepted(known_message: &messages::KnownMessage, layer: &mut Layer) {
    // Headers that hold no credential are then not all that was sent.
    let is_bare = |code: Code| matches!(code, Code::NoCredential | Code::CredentialElsewhere);
    let bare = layer.findings.first().is_some_and(|first| is_bare(first.code));
    if known_message.code == Code::IamPermissionDenied && (layer.state == State::Unknown || bare) {
        layer.state = State::Passed;
        layer.findings.retain(|known| !is_bare(known.code) && !matches!(known.code, Code::CredentialsUnknown | Code::CredentialMasked));
    } else if bare && matches!(known_message.code, Code::TokenExpired | Code::SocketHeader) {
        // A handshake has its credential in its address: what its headers lack tells nothing.
        layer.state = State::Unknown;
        layer.findings.retain(|known| !is_bare(known.code));
    }
}

/// AppSync refused a key, and the API's keys were not given.
fn key_refused(evidence: &Evidence, shown: &str, said: &str) -> Finding {
    let or_not_taken = event::or_not_taken(evidence);
    let certainty = if or_not_taken.is_some() { Certainty::Likely } else { Certainty::Certain };
    Finding::new(
        Code::KeyOrAuthorizerRefused,
        Message::of(
            "the API key that was sent, ending in {}, is unknown to this API or has expired: that is what AppSync's {} means where a key was sent. » List the API's keys (aws appsync list-api-keys), compare id and expires with this key, and send one that has not expired, or extend it (aws appsync update-api-key --expires).",
            [Part::Value(shown.to_owned()), Part::Value(quoted(&said).to_string())],
        )
        .with(or_not_taken.unwrap_or_default()),
    )
    .certainty(certainty)
    .at("request.headers.x-api-key")
    .actual(shown)
    .wanted("a key of this API that has not expired")
}

/// An export without credentials, of requests that had one: the preflight names the header, or another request passed
/// (Chrome's DevTools leave them out unless their setting "Allow to generate HAR with sensitive data" is on).
fn taken_out(evidence: &Evidence, known_message: &messages::KnownMessage) -> Option<Finding> {
    let bare = evidence.sanitized && evidence.is_bare();
    if known_message.code != Code::NoValidCredential || !bare || messages::missing_header(evidence.error_message()).is_some() {
        return None;
    }
    let asked = evidence.preflight.as_ref().and_then(|preflight| preflight.asked.clone()).unwrap_or_default().to_lowercase();
    let header = ["authorization", "x-api-key"].into_iter().find(|name| asked.split(',').any(|one| one.trim() == *name));
    let passed = evidence.others.iter().find(|past| past.passed && past.credential.is_none() && past.host == evidence.url_host());
    let shows = match (header, passed) {
        (Some(header), Some(past)) => format!("not even of the call that passed at {}, and the preflight shows that the page does send {header}", past.clock()),
        (Some(header), None) => format!("and the preflight shows that the page does send {header}"),
        (None, Some(past)) => format!("not even of the call that passed at {}", past.clock()),
        (None, None) => return None,
    };
    let message = Message::of(
        "this export holds no credential, {}: the browser left it out when the file was saved, so a missing header is not the cause. AppSync says {}, so what was sent fits none of the API's modes (a token of another user pool or issuer, or no whole token); which it was cannot be read here. » Export again with sensitive data (DevTools' settings, Network: allow to generate HAR with sensitive data), and compare the token's `iss` with the API's user pool.",
        [Part::Text(shows), Part::Value(quoted(known_message.text).to_string())],
    );
    Some(Finding::new(Code::NoValidCredential, message).certainty(Certainty::Likely).at("request.headers.authorization"))
}

/// AppSync found no valid credential, and a token was sent: it fits none of the API's modes, and which these are nobody gave.
fn fits_none(evidence: &Evidence, known_message: &messages::KnownMessage) -> Option<Finding> {
    if known_message.code != Code::NoValidCredential {
        return None;
    }
    let (value, _) = evidence.authorization()?;
    let token = token::read(value).ok()?;
    let issuer = token.text("iss")?;
    if evidence.api.is_known() {
        return fits(evidence, known_message, &token, issuer).or_else(|| issuers::other_provider(evidence, &token));
    }
    let until = match (token.time("exp"), evidence.now) {
        (Some(exp), Some(now)) if exp > now => format!(", in date until {}", token::moment(exp)),
        (Some(exp), _) => format!(", with exp {}", token::moment(exp)),
        _ => String::new(),
    };
    let there = evidence.others.iter().find(|past| past.same && past.passed && past.host != evidence.url_host());
    let there = there.map_or_else(String::new, |past| {
        format!(
            " The same token passed at {}, {}, and this request went to another API, {}.",
            past.host,
            past.clock(),
            evidence.url_host()
        )
    });
    Some(
        Finding::new(
            Code::NoValidCredential,
            Message::of(
                "a token was sent and fits none of this API's modes: its issuer (iss) is {}{}, and AppSync says {}.{} Which modes and issuers the API has is not in the material: » compare the issuer with them (aws appsync get-graphql-api, or give it with --api), and send the token of that pool or provider, or add this one to the API.",
                [
                    Part::Value(issuer.to_owned()),
                    Part::Text(until),
                    Part::Value(quoted(known_message.text).to_string()),
                    Part::Text(there),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("token.iss")
        .actual(issuer)
        .wanted("an issuer of the API"),
    )
}

/// The same of a token of which the log has the mask: it came, so no header is missing.
fn masked_fits_none(evidence: &Evidence, known_message: &messages::KnownMessage) -> Option<Finding> {
    let tail = evidence.masked.get("authorization").filter(|_| evidence.log.is_some())?;
    if known_message.code != Code::NoValidCredential || evidence.header("x-amz-date").is_some() {
        return None;
    }
    let modes = evidence.api.modes();
    let theirs = if modes.is_empty() { "the API's modes".to_owned() } else { format!("the API's modes ({})", AuthType::api_names(&modes)) };
    Some(
        Finding::new(
            Code::NoValidCredential,
            Message::of(
                "a credential came, for AppSync's log has authorization=[****{}], masked, so no header is missing; AppSync says {}, so it fits none of {}: it is of another user pool or issuer, or no whole token. » Give the token that ends so (--claims), and compare its `iss` with the API's.",
                [Part::Value(tail.clone()), Part::Value(quoted(known_message.text).to_string()), Part::Text(theirs)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.headers.authorization"),
    )
}

/// A token that fits the API as far as it is known, and AppSync found none: most likely this token is not what it got.
fn fits(evidence: &Evidence, known_message: &messages::KnownMessage, token: &token::Token, issuer: &str) -> Option<Finding> {
    let same = |known: &String| known.trim_end_matches('/') == issuer.trim_end_matches('/');
    let (exp, now) = (token.time("exp")?, evidence.now?);
    let own = evidence.api.issuers.iter().find(|known| same(known)).filter(|_| exp > now)?;
    if let Some(finding) = issuers::unreachable(evidence, known_message, issuer) {
        return Some(finding);
    }
    if own != issuer && !evidence.api.issuers.iter().any(|known| known == issuer) {
        return Some(issuers::slash(known_message, own, issuer));
    }
    Some(
        Finding::new(
            Code::NoValidCredential,
            Message::of(
                "AppSync says {}, and the token that was given fits this API: its issuer (iss) {} is the API's, and it is in date until {}. So most likely AppSync did not get this token: something on the way dropped or changed Authorization (a proxy, a link of the client that runs later), or the request went to another API's URL. » Compare what left the client with what AppSync logged (request headers, masked by their last letters), and the URL with the API's own.",
                [
                    Part::Value(quoted(known_message.text).to_string()),
                    Part::Value(issuer.to_owned()),
                    Part::Value(token::moment(exp)),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at("request.headers.authorization")
        .actual(issuer),
    )
}

/// Whether what was found in the values explains the message: the message alone would say less.
fn values_explain(known_message: &messages::KnownMessage, layer: &Layer) -> bool {
    let Some(first) = layer.findings.first().filter(|_| layer.state == State::Refused) else { return false };
    // What stands in the header says why it could not be read, better than the message's usual causes.
    let says_why = matches!(
        first.code,
        Code::CredentialPlaceholder
            | Code::TokenMalformed
            | Code::Sigv4WithoutIam
            | Code::ModeNotConfigured
            | Code::KeyInAuthorization
            | Code::IssuerMismatch
            | Code::AlgorithmRefused
            | Code::TokenWithoutAlgorithm
            | Code::TokenUse
    );
    first.certainty == Certainty::Certain
        && first.code != Code::BearerPrefix
        && (says_why || known_message.code != Code::TokenMalformed)
}

/// `Token has expired`: checked against the token's own times; true when nothing more is to be said.
fn expiry(evidence: &Evidence, layer: &mut Layer) -> bool {
    let token = evidence.authorization().and_then(|(value, _)| token::read(value).ok());
    let exp = token.as_ref().and_then(|token| token.time("exp"));
    let of_times = [Code::TokenTtl, Code::TokenExpired, Code::TokenIssuedLater];
    let refused = layer.state == State::Refused;
    if of_times.into_iter().any(|code| (refused || code != Code::TokenIssuedLater) && layer.blame(code)) {
        // The values say when, of which claim, and by whose clock.
        return true;
    }
    layer.findings.retain(|known| known.code != Code::ExpiryUnknown);
    if let (Some(exp), Some(now)) = (exp, evidence.now)
        && let Some(finding) = expired_by_date(evidence, exp, now)
            .or_else(|| ended_later(evidence, exp, now))
            .or_else(|| without_auth_time(evidence, token.as_ref()).filter(|_| exp > now))
            .or_else(|| passed_since(evidence, exp, now))
    {
        layer.refuse(finding);
        return true;
    }
    let (finding, at) = match (exp, evidence.now) {
        (Some(exp), Some(now)) if exp > now => {
            let oidc = evidence.api.modes().contains(&AuthType::Oidc) || token.as_ref().is_some_and(|token| !token.is_cognito());
            let code = if oidc { Code::TokenTtl } else { Code::TokenExpired };
            let words = Message::of(
                "AppSync says that the token has expired, and its exp ({}) was still {} ahead{}.",
                [
                    Part::Value(token::moment(exp).to_string()),
                    Part::Value(token::span(exp - now).to_string()),
                    Part::Text(what_is_left(evidence, now, oidc)),
                ],
            );
            let cure = if oidc { "" } else { "Let the client ask for the session's token at each call, and compare what left it with this one." };
            (Finding::new(code, words.cured(cure)).certainty(Certainty::Likely), exp)
        }
        (Some(exp), _) => {
            let words = Message::of(
                "AppSync says that the token has expired: its exp is {}. » Fetch a fresh token (refresh, or sign in) before the call, and do not keep it in headers.",
                [Part::Value(token::moment(exp).to_string())],
            );
            (Finding::new(Code::TokenExpired, words), exp)
        }
        (None, _) => {
            layer.findings.retain(|known| !matches!(known.code, Code::CredentialsUnknown | Code::CredentialMasked));
            layer.refuse(expired_unseen(evidence));
            return true;
        }
    };
    let wanted = "> the request's time";
    layer.refuse(finding.at("token.exp").actual(at).wanted(wanted));
    true
}

/// The very same token passed after AppSync had said that it has expired: then neither its end nor a time to live had come, and the
/// words are of another token or of another clock.
fn passed_since(evidence: &Evidence, exp: i64, now: i64) -> Option<Finding> {
    let host = evidence.url_host();
    let here = |past: &&history::Past| past.same && past.passed && past.later && (past.host == host || history::related(&past.host, host));
    let past = evidence.others.iter().find(here).filter(|_| exp > now)?;
    let field = past.field.as_deref().map_or_else(String::new, |field| format!(" for {field}"));
    let message = Message::of(
        "AppSync says that the token has expired, and the very same token passed after that (HTTP {}{}, at {}), with its exp ({}) {} ahead: it had not expired, and no time to live had ended. So AppSync most likely got another token with this request (one that the client had kept, or that something on the way put in its place), or a clock was wrong at that moment. » Compare what left the client with the end of Authorization in AppSync's log of this request; let the client ask for the session's token at each call, and try once more after a 401.",
        [
            Part::Value(past.status.to_string()),
            Part::Name(field),
            Part::Value(past.clock()),
            Part::Value(token::moment(exp)),
            Part::Value(token::span(exp - now)),
        ],
    );
    Some(Finding::new(Code::OtherToken, message).certainty(Certainty::Likely).at("others"))
}

/// The API counts from a claim that the token does not have.
fn without_auth_time(evidence: &Evidence, token: Option<&token::Token>) -> Option<Finding> {
    let ttl = match evidence.api.providers.as_slice() {
        [only] if only.iat_ttl.is_none() => only.auth_ttl?,
        _ => return None,
    };
    let lacks = token.is_some_and(|token| token.time("auth_time").is_none());
    lacks.then(|| Finding::new(
        Code::TokenTtl,
        Message::of(
            "AppSync says that the token has expired, and by its exp it has not. The API has authTTL {} (milliseconds after auth_time) and no iatTTL, and the token has no auth_time: most likely there is nothing to count from. » Let the provider put auth_time into the token (OpenID Connect: max_age, or auth_time as an essential claim), or take authTTL off and set iatTTL.",
            [Part::Value(ttl.to_string())],
        ),
    )
    .certainty(Certainty::Likely)
    .at("token.auth_time")
    .wanted("auth_time"))
}

/// The token was in date when the subscription began, and had expired when AppSync ended that: nothing renews the token of a start
/// frame.
fn ended_later(evidence: &Evidence, exp: i64, now: i64) -> Option<Finding> {
    let ended = evidence.socket.as_ref()?.ended.filter(|ended| *ended >= exp && exp > now)?;
    Some(
        Finding::new(
            Code::TokenExpired,
            Message::of(
                "the token of the start frame expired at {}, {} before AppSync ended the subscription at {}; until then it was good (start_ack). » Let the client subscribe anew with a fresh token before the old one ends, or when this error comes; the handshake needs no change.",
                [
                    Part::Value(token::moment(exp)),
                    Part::Value(token::span(ended - exp)),
                    Part::Value(token::moment(ended)),
                ],
            ),
        )
        .at("token.exp")
        .actual(exp)
        .wanted(format!("> {ended}")),
    )
}

/// The token was in date by the client's clock, and had expired by AppSync's, which the Date of its answer tells (RFC 9110,
/// 6.6.1): a client renews by its own clock, so it did not.
fn expired_by_date(evidence: &Evidence, exp: i64, now: i64) -> Option<Finding> {
    let theirs = evidence.answer.header("date").and_then(signature::http_date)?;
    if exp <= now || exp > theirs || theirs - now < 60 {
        return None;
    }
    // A client that asked for a new one did not take the old one for good.
    let asked = evidence.others.iter().any(|past| !past.later && past.foreign.as_ref().is_some_and(|one| one.renews));
    let so = if asked { "" } else { ", so the client took the token for good and did not renew it" };
    Some(
        Finding::new(
            Code::TokenExpired,
            Message::of(
                "the token expired at {}, {} before AppSync's time (the Date of its answer is {}); the device's clock says {}, {} behind{}. » Set the device's clock, and let the client refresh and try once more after a 401.",
                [
                    Part::Value(token::moment(exp)),
                    Part::Value(token::span(theirs - exp)),
                    Part::Value(token::moment(theirs)),
                    Part::Value(token::moment(now)),
                    Part::Value(token::span(theirs - now)),
                    Part::Text(so.to_owned()),
                ],
            ),
        )
        .at("token.exp")
        .actual(exp)
        .wanted(format!("> {theirs}")),
    )
}

/// What may be why a token was called expired that was not, by the clock of who sent it: the Date of AppSync's answer tells whether
/// that is right (RFC 9110, 6.6.1).
fn what_is_left(evidence: &Evidence, now: i64, oidc: bool) -> String {
    let theirs = evidence.answer.header("date").and_then(signature::http_date);
    let agrees = theirs.filter(|theirs| (theirs - now).abs() <= 60);
    let right = agrees.map_or_else(String::new, |theirs| format!("; the Date of AppSync's answer is {}, so the device's clock is right and not the cause", token::moment(theirs)));
    let clock = |words: &'static str| if agrees.is_some() { "" } else { words };
    if oidc {
        format!("{right}: what is left is the API's iatTTL or authTTL, which count milliseconds after iat and auth_time (aws appsync get-graphql-api shows them: --api){}. A refreshed token helps only until the same limit", clock(", or a clock that is wrong"))
    } else {
        format!("{right}: what is left is {}another token than this one", clock("a clock that is wrong, or "))
    }
}

/// AppSync read a token that is not here.
fn expired_unseen(evidence: &Evidence) -> Finding {
    let masked = evidence.masked.get("authorization").filter(|_| evidence.log.is_some());
    let sent = match masked.map(String::as_str) {
        Some(tail) => format!(
            " A token was sent, although the browser's export has none: the log of the same request has authorization=[****{tail}], masked."
        ),
        None if evidence.sanitized => {
            let first = evidence.others.iter().filter(|past| past.passed && !past.later && past.host == evidence.url_host()).min_by_key(|past| past.at);
            let since = first.map_or_else(String::new, |past| format!(" Requests of the page passed from {} on, so it was good then and was kept too long.", past.clock()));
            format!(" The export holds no credential: the browser left it out when the file was saved, so its exp cannot be read here.{since}")
        }
        None => String::new(),
    };
    // A user pool has no other limit than exp (APIReference/API_OpenIDConnectConfig: iatTTL and authTTL are OIDC's).
    let limits = if super::super::evidence::may_be(evidence, AuthType::Oidc) { ", and whether by exp or by the API's iatTTL or authTTL," } else { "" };
    let words = Message::of(
        "AppSync says that the token has expired, so it could read it.{} » Fetch a fresh token (refresh, or sign in) before the call; when it ran out{} only the token itself tells.",
        [Part::Text(sent.to_string()), Part::Text(limits.to_owned())],
    );
    Finding::new(Code::TokenExpired, words).at("observed.message")
}
