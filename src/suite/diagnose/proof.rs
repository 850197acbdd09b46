//! What the other requests of the same file prove: success with the same credential, success with another, and refusals of
//! other services.

use super::concluded::{allowed_at_other_times, conclude};
use super::passed::{away, passed, same_field, shown, what};
use super::{foreign, logged, session};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::credentials::issuer;
use crate::request::{Evidence, messages};
use crate::request::history::{Credential, CredentialKind, Past, clock, related};
use crate::request::layer::{Layer, LayerName, State};

/// Puts what is proven behind the cause, and draws the conclusion that it leaves where no cause is certain.
pub(super) fn judge(evidence: &Evidence, mode: Option<AuthType>, layers: &mut [Layer]) {
    conclude(evidence, mode, layers);
    logged::tell(evidence, layers);
    let Some(layer) = layers.iter_mut().find(|layer| layer.state == State::Refused) else { return };
    if let Some(first) = layer.findings.first_mut()
        && let Some(finding) = allowed_at_other_times(evidence, layer.layer, first)
    {
        *first = finding;
        // Which policies there are is not the question any more.
        layer.findings.retain(|one| one.code != Code::PolicyMissing);
    }
    let Some(first) = layer.findings.first() else { return };
    let found = [
        logged::joined(evidence),
        // Why it was not renewed tells what to do; that it passed before only proves the rest.
        foreign::renewed(evidence, first.code),
        same(evidence, layer.layer, first.code).filter(|_| !rests_on_success(first)),
        other(evidence, layer.layer, first.code),
    ];
    if let Some(finding) = session::judge(evidence, layer.layer, first.code).or_else(|| session::other_token(evidence, layer.layer, first)) {
        // What the file shows of the session is the cause; what was said without it was a guess.
        if first.code == finding.code {
            layer.findings.remove(0);
        }
        layer.findings.insert(0, finding);
    }
    let mut found: Vec<Finding> = found.into_iter().flatten().collect();
    if let Some(first) = layer.findings.first_mut()
        && let Some(message) = foreign::chained(evidence, first)
    {
        first.message = message;
        // The cause has the other service's refusal and the one cure that is left: what proves the rest proves, and advises nothing.
        found.retain(|finding| finding.code != Code::RefusedElsewhere);
        for finding in found.iter_mut().filter(|finding| finding.code == Code::ProvedBySuccess) {
            finding.message = finding.message.cause();
        }
    }
    // The cause stands first; of what is proven the nearest to it second.
    for finding in found.into_iter().rev() {
        let place = usize::from(finding.code != Code::KeyOfOtherApi);
        layer.findings.insert(place, finding);
    }
}

/// Whether the cause was itself drawn from the success of the same credential: an end that nobody read is only likely, and a key
/// that is known to be good at another time.
fn rests_on_success(first: &Finding) -> bool {
    let drawn = first.path.as_deref() == Some("others") || matches!(first.code, Code::TokenExpired | Code::KeyOrAuthorizerRefused);
    drawn && first.certainty == Certainty::Likely
}

/// The key passed at another host, which is another API.
fn key_elsewhere(evidence: &Evidence) -> Option<Finding> {
    let there = passed(evidence, false)?;
    let words = Message::of(
        "{} passed {} at {}; this request went to another host, {}, which is another API and does not know this key. » Point the client at one endpoint for the whole app, or send a key of the second API.",
        [
            Part::Value(shown(there)),
            Part::Text(what(there).to_string()),
            Part::Place(there.host.to_string()),
            Part::Place(evidence.url_host().to_string()),
        ],
    );
    Some(Finding::new(Code::KeyOfOtherApi, words).at("request.headers.x-api-key"))

}

fn same(evidence: &Evidence, layer: LayerName, code: Code) -> Option<Finding> {
    let here = passed(evidence, true);
    let keyed = matches!(code, Code::KeyUnknown | Code::KeyOrAuthorizerRefused);
    if keyed && here.is_none() {
        return key_elsewhere(evidence);
    }
    let past = here?;
    // Of two credentials that were sent, the one that passed before proves nothing of the other.
    let is_token = past.came_with(CredentialKind::Token);
    if matches!(code, Code::TokenExpired | Code::TokenTtl) && !is_token {
        return None;
    }
    if let Some(prefixed) = other_prefix(evidence, past, (layer, code)) {
        return Some(prefixed);
    }
    let words = match (layer, code) {
        (LayerName::Request, Code::TokenExpired | Code::TokenTtl) => Message::of(
            "the same token passed {}, so nothing but its time is wrong. » Let the client fetch a fresh one each time it connects or calls, in place of the first.",
            [Part::Text(what(past).to_string())],
        ),
        // Without the API's keys the first finding rests on this already.
        (LayerName::Request, Code::KeyExpired) if evidence.api.keys.is_none() => return None,
        // That it passed then is said with it: the API's modes changed in between.
        (LayerName::Request, Code::ModeNotConfigured) => return None,
        (LayerName::Request, Code::KeyExpired) => Message::of(
            "the same key passed {}.",
            [Part::Text(what(past).to_string())],
        ),
        (LayerName::Request, Code::Waf) => Message::of(
            "{} passed {}: credential, schema and host are not the cause, and another credential would change nothing.",
            [Part::Value(shown(past)), Part::Value(what(past))],
        ),
        (
            LayerName::Request,
            Code::SignatureMismatch | Code::CloudfrontHeader | Code::PrivateApi | Code::PrivateDns,
        ) => return None,
        (LayerName::Request, _) => {
            Message::of(
                "{} passed {}: what differs between the two requests is the cause.",
                [Part::Value(shown(past).to_string()), Part::Text(what(past).to_string())],
            )
        }
        (LayerName::Iam, _) if same_field(evidence).is_some() => return None,
        (LayerName::Iam, _) => Message::of(
            "{} passed {}, so key, signature and clock are good: what is missing is the permission for this field.",
            [Part::Value(shown(past).to_string()), Part::Text(what(past).to_string())],
        ),
        (LayerName::Mode, _) => {
            Message::of(
                "{} passed {}, so the credential is good: this field does not let it in.",
                [Part::Value(shown(past).to_string()), Part::Text(what(past).to_string())],
            )
        }
        _ => return None,
    };
    Some(Finding::new(Code::ProvedBySuccess, words).at("others"))
}

/// That the same token passed with a prefix before it, or without, where that is what it was refused for.
fn other_prefix(evidence: &Evidence, past: &Past, of: (LayerName, Code)) -> Option<Finding> {
    let rest = match of {
        (LayerName::Request, Code::BearerPrefix) => "user, issuer and schema are in order",
        (LayerName::Authorizer, Code::AuthorizerTokenPattern) => "token, function and schema are in order",
        _ => return None,
    };
    let own = evidence.authorization().is_some_and(|(_, bearer)| bearer);
    let theirs = past.credential.as_ref()?;
    let how = match theirs.bearer {
        true if !own => " with `Bearer ` before it",
        false if own => " without `Bearer ` before it",
        _ => "",
    };
    let parts = [Part::Value(theirs.shown.clone()), Part::Text(what(past)), Part::Text(how.to_owned()), Part::Text(rest.to_owned())];
    Some(Finding::new(Code::ProvedBySuccess, Message::of("{} passed {}{}: {}.", parts)).at("others"))
}

/// That the token's pool may be the API's OIDC provider.
fn by_oidc(evidence: &Evidence) -> Option<String> {
    let pool = super::mode::may_be_oidc(evidence)?;
    let field = &evidence.field;
    Some(format!("the mode, if {pool} is not the API's user pool but its OIDC provider (both stand there as references: the request then came as OPENID_CONNECT, and {field} and each type that it returns need @aws_oidc beside @aws_cognito_user_pools)"))
}

/// That the same credential passed elsewhere, behind what passed here.
fn passed_too(past: &Past) -> String {
    let shown = past.credential.as_ref().map_or("the same credential", |one| one.shown.as_str());
    format!(", and {shown} passed {} too", what(past))
}

/// One field of an accepted request was refused, and neither schema nor templates tell by what.
pub(super) fn field_refused(evidence: &Evidence, mode: Option<AuthType>, layers: &[Layer]) -> Finding {
    let state = |name| layers.iter().find(|layer| layer.layer == name).map(|layer| layer.state);
    let subject = evidence.field_path();
    if let Some(past) = same_field(evidence) {
        let closed = state(LayerName::Mode) == Some(State::Unknown) && matches!(evidence.schema, Some(Ok(_)));
        return answered_before(evidence, mode, past, closed);
    }
    let proof = passed(evidence, true).map_or_else(String::new, passed_too);
    let fits = if state(LayerName::Mode) == Some(State::Passed) { super::mode::why_let_in(evidence) } else { None };
    let may = what_may_have(evidence, mode, fits.is_some(), state);
    let give = settled_by(fits.is_some(), may.len() > 1);
    let in_order = match &evidence.authorizer {
        Some(_) if mode == Some(AuthType::Lambda) && state(LayerName::Authorizer) != Some(State::Passed) => "the authorizer let the caller in (isAuthorized true)",
        Some(_) if mode == Some(AuthType::Lambda) => "it was not the authorizer, which answered isAuthorized true",
        _ => what_is_in_order(mode),
    };
    let parts = [
        Part::Value(evidence.status().unwrap_or(200).to_string()),
        Part::Text(proof),
        Part::Name(subject),
        Part::Text(in_order.to_owned()),
        Part::Text(may.join(", or ")),
    ];
    let mut message = match fits {
        Some(fits) => Message::joined("Everything that was given lets this caller in, and AppSync refused: {}.", [fits]).with(Message::of(
            "The credential was accepted (HTTP {}{}) and the field {} refused alone, so {}. What is left is {}.",
            parts,
        )),
        None => Message::of(
            "AppSync let the credential in (HTTP {}{}) and refused the field {} alone, so {}: what refused is {}.",
            parts,
        ),
    };
    if let Some(compared) = session::compared(evidence) {
        message.and(compared);
    }
    let mut cure = Message::from(format!("{give}."));
    if let Some(entry) = doubtful_entry(layers) {
        message.and(entry.message.cause());
        cure.and(entry.message.cure());
    }
    Finding::new(Code::FieldRefused, message.cured(cure)).at("observed.message")
}

/// What may have refused the field.
fn what_may_have(evidence: &Evidence, mode: Option<AuthType>, fits: bool, state: impl Fn(LayerName) -> Option<State>) -> Vec<String> {
    let mut may = Vec::new();
    if state(LayerName::Mode) == Some(State::Unknown) {
        may.push(match (mode, evidence.api.default) {
            (Some(mode), Some(default)) if mode != default => format!(
                "the schema ({} is an additional mode here, and a field without a directive is open to the default mode {} alone: {} and each type that it returns need {}, with {} beside it, or the default mode's callers are shut out)",
                mode.api_name(), default.api_name(), evidence.field, mode.directive(), default.directive()
            ),
            _ => "a directive of the schema (on the field, or on its type: the mode, or a group)".to_owned(),
        });
    }
    if mode == Some(AuthType::Lambda) && state(LayerName::Authorizer) != Some(State::Passed) {
        may.push("the authorizer's deniedFields".to_owned());
    }
    if fits {
        may.extend(by_oidc(evidence));
        may.push("a deployed schema that is not the one given".to_owned());
    }
    if evidence.api.merged.is_some() {
        // <https://docs.aws.amazon.com/appsync/latest/devguide/merged-api.html>
        may.push("the source API that the field comes from, or the merged API's own role (mergedApiExecutionRoleArn), which needs appsync:SourceGraphQL on that source".to_owned());
    }
    may.push("the field's resolver ($util.unauthorized() in a template, or its code)".to_owned());
    may
}

/// What is said of an entry of the authorizer's `deniedFields` that names the field in no form that AWS documents.
fn doubtful_entry(layers: &[Layer]) -> Option<&Finding> {
    let authorizer = layers.iter().find(|layer| layer.layer == LayerName::Authorizer)?;
    authorizer.findings.iter().find(|finding| matches!(finding.code, Code::DeniedFieldName | Code::DeniedFieldCase | Code::DeniedFieldWildcard))
}

/// The same credential got an answer for the very same field at another time: a directive decides by the credential and the field
/// alone (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>), so it was
/// none.
fn answered_before(evidence: &Evidence, mode: Option<AuthType>, past: &Past, closed: bool) -> Finding {
    let subject = evidence.field_path();
    let function = if mode == Some(AuthType::Lambda) { " The authorizer's answer may have been another then (deniedFields), too." } else { "" };
    let message = Message::of(
        "AppSync let the credential in and refused the field {} alone, and {} passed for the very same field at {}, {}. A directive of the schema decides by the credential and the field, so mode, groups and directives are in order, unless another schema was deployed in between. What refused is the field's resolver ($util.unauthorized() in a template, or its code), by something in which the two requests differ: the arguments, the row, the time.{}",
        [
            Part::Name(subject),
            Part::Value(shown(past)),
            Part::Value(past.clock()),
            Part::Text(away(evidence, past)),
            Part::Text(function.to_owned()),
        ],
    );
    // A schema by which the field is closed may be the one that was deployed in between.
    let rest = if closed { "compare the schema that was given with the deployed one before its directives are changed" } else { "the token and the schema's directives need no change" };
    let cure = format!("Compare the arguments (variables) of the two requests and the rows that they read, and give the templates (--from) with this caller's claims to see which condition decided; {rest}.");
    Finding::new(Code::FieldRefused, message.cured(cure)).at("observed.message")
}

/// What would tell which of the things that may have refused a field it was.
fn settled_by(fits: bool, several: bool) -> &'static str {
    if fits {
        "AppSync's log of such a request (field level ALL) settles it: with a RequestMapping entry for the field a template refused, and its templates (--from) show which condition; without one the schema did, so compare the deployed one (aws appsync get-introspection-schema --format SDL --include-directives) with what was given"
    } else if several {
        "Give the schema (--schema FILE, saved by `aws appsync get-introspection-schema --api-id ID --format SDL --include-directives FILE`) and the templates (--from) with this caller's claims to see which; AppSync's log of the request (field level ALL) settles it too: with a RequestMapping entry for the field a template refused, without one the schema did"
    } else {
        "Give the templates (--from) with this caller's claims to see which condition decided"
    }
}

/// AppSync answered, and the file has not what it said.
pub(super) fn left_out(evidence: &Evidence) -> Option<Finding> {
    let size = evidence.answer.left_out.filter(|_| evidence.status() == Some(200))?;
    let id = evidence.answer.header("x-amzn-requestid").map_or_else(String::new, |id| format!(" {id}"));
    let subject = match evidence.field.as_str() {
        "" => "this request".to_owned(),
        field => format!("{}.{field}", evidence.parent_type),
    };
    Some(
        Finding::new(
            Code::AnswerLeftOut,
            Message::of(
                "AppSync answered HTTP 200 to {}, and the text of that answer ({} bytes) is not in the file: the request was let in, and whether a field of it was refused stands in that text alone (errors[] with \"Not Authorized to access … on type …\" come with 200 too). » Look at the tab Response of this request, or record again with the tools open and export with content; the API's log has it under x-amzn-requestid{}, where a RequestMapping entry for the field means that its template ran and none that the schema refused.",
                [Part::Name(subject), Part::Value(size.to_string()), Part::Value(id)],
            ),
        )
        .at("response.content.text"),
    )
}

/// A subscription that was accepted, and that AppSync ended by words which no resolver says: the credential was good at first.
pub(super) fn ended(evidence: &Evidence) -> Option<Finding> {
    let at = evidence.socket.as_ref()?.ended?;
    let said = match messages::find(evidence.error_message()) {
        Some(known) => known.text,
        // A resolver's refusal is `Unauthorized`, AppSync's own `UnauthorizedException`.
        None if evidence.error_type().ends_with("Exception") && evidence.refused_subject().is_none() => evidence.error_message(),
        None => return None,
    };
    if messages::find(evidence.error_message()).is_some_and(|known| !known.excludes(LayerName::Resolver)) {
        return None;
    }
    Some(
        Finding::new(
            Code::RefusedBeforeGraphql,
            Message::of(
                "AppSync ended the subscription at {} with {}, after it had accepted it (start_ack): its credential was good at first, and what has changed since (the key or the session ended, the authorizer's answer, the API's modes) is not in the material. » Subscribe anew with a credential of that moment: the answer to that tells whether it is taken still.",
                [Part::Value(clock(at)), Part::Value(quoted(said).to_string())],
            ),
        )
        .certainty(Certainty::Likely)
        .at("webSocket"),
    )
}

/// AppSync's 400 of what it cannot read or check, where nothing that was given shows which.
fn bad_request(evidence: &Evidence) -> Finding {
    let said = Some(evidence.error_message()).filter(|said| !matches!(*said, "" | "Bad Request"));
    let whence = if evidence.log_tells.status {
        "AppSync's log of the same request (joined by x-amzn-requestid) has 400 BadRequestException, which the browser hid: it"
    } else {
        "AppSync's 400 BadRequestException"
    };
    let words = said.map_or_else(String::new, |said| format!(" Its own words are {}.", quoted(said)));
    let look = if said.is_some() { "Look at what these words name, and give" } else { "Look at the answer's body for a message, and give" };
    Finding::new(
        Code::RefusedBeforeGraphql,
        Message::of(
            "{} came before any field was looked at, so schema and resolvers play no part.{} It answers so to what it cannot read or check: a header or a handshake that lacks something, a signature's form or time, a Lambda authorizer that it may not invoke. Nothing that was given shows which. » {} the headers as they were sent (a HAR) with the API's configuration (--api).",
            [Part::Text(whence.to_owned()), Part::Value(words), Part::Text(look.to_owned())],
        ),
    )
    .at("observed.errorType")
}

/// A refusal before any field, which nothing that was given explains.
pub(super) fn unexplained(evidence: &Evidence) -> Finding {
    let said = [evidence.error_type(), evidence.error_message()].into_iter().find(|text| !text.is_empty());
    if evidence.is_bad_request() {
        return bad_request(evidence);
    }
    if evidence.refused_subject().is_some() {
        return Finding::new(
            Code::RefusedBeforeGraphql,
            Message::of(
                "\"Not Authorized to access …\" is a field's refusal in an answer with HTTP 200, and never what a {} says: the status and the message are of two requests. » Give the status and the body of one and the same request (a HAR has both).",
                [Part::Value(evidence.status().unwrap_or(401).to_string())],
            ),
        )
        .at("observed.httpStatus");
    }
    if let Some(finding) = issuer::unexplained(evidence) {
        return finding;
    }
    if let Some((name, tail)) = logged::came(evidence) {
        return came_whole(evidence, (name, tail), said);
    }
    let by_log = if evidence.log_tells.status { " by AppSync's log (joined by x-amzn-requestid), which the browser hid behind an answer without a status (no fault of CORS or the network)," } else { "" };
    if let Some(finding) = another_host(evidence) {
        return finding;
    }
    Finding::new(
        Code::RefusedBeforeGraphql,
        Message::of(
            "HTTP {}{}{} came before any field was looked at, so schema and resolvers play no part, and the credential as it was given shows nothing wrong: most likely AppSync got another one (a proxy, a cached configuration, another environment), or what was given of the API is another's. » Compare the URL with the API's own (aws appsync get-graphql-api), and the credential with the end of the one in AppSync's log (verbose, masked).",
            [
                Part::Value(evidence.status().unwrap_or(401).to_string()),
                Part::Value(said.map_or_else(String::new, |said| format!(" {}", quoted(said)))),
                Part::Text(by_log.to_owned()),
            ],
        ),
    )
    .at("observed.httpStatus")
}

/// The log ends the credential as the browser does, and nothing that was given speaks against it: what is left is what nobody
/// here can check, its signature, and what was given of the API.
fn came_whole(evidence: &Evidence, (name, tail): (&str, &str), said: Option<&str>) -> Finding {
    let hidden = if evidence.log_tells.status { ", which the browser hid behind an answer without a status" } else { "" };
    let begin = [
        Part::Value(evidence.status().unwrap_or(401).to_string()),
        Part::Value(said.map_or_else(String::new, |said| format!(" {}", quoted(said)))),
        Part::Text(hidden.to_owned()),
        Part::Value(format!("{name}=[****{tail}]")),
    ];
    let (left, cure) = if name == "authorization" {
        ("What is left is the token's signature, which is not checked here (a token of a test, or one signed by keys that its issuer has not any more), or the API's deployed configuration, if that is not what was given", "Check the signature against the issuer's keys (`vtl-eval token TOKEN --jwks FILE`), and compare what was given of the API with what is deployed (aws appsync get-graphql-api: modes, pool, client pattern)")
    } else {
        ("What is left is the key itself: it is unknown to the API that was called, or has expired", "List that API's keys with their expires (aws appsync list-api-keys)")
    };
    let message = Message::of(
        "AppSync itself refused this request (HTTP {}{}{}), and it got the very credential that the browser sent: its log of the same request (joined by x-amzn-requestid) has {}, the same end, so nothing on the way changed it. The refusal came before any field was looked at, so schema and resolvers play no part.",
        begin,
    );
    Finding::new(Code::RefusedBeforeGraphql, message.with(format!("{left}.")).cured(format!("{cure}."))).certainty(Certainty::Likely).at("log")
}

/// The request went to another API's host than the one of the configuration that was given, whose user the token most likely is.
fn another_host(evidence: &Evidence) -> Option<Finding> {
    let called = evidence.url_host();
    let own = evidence.api.other_host(called)?;
    let region = |host: &str| host.split(".amazonaws.").next().and_then(|head| head.rsplit('.').next()).unwrap_or_default().to_owned();
    let regions = match (region(own), region(called)) {
        (mine, theirs) if mine != theirs => format!(", in {mine}, not in {theirs}"),
        _ => String::new(),
    };
    let message = Message::of(
        "the request went to {}, and {} is of the API at {}{}: that is another API, with modes, user pool and keys of its own, so most likely what was sent is not of the API that was called. The credential itself shows nothing wrong, and schema and resolvers play no part in HTTP {}. » Call the host of the configuration, {} (one and the same deployment for URL, region and sign-in), or give the configuration of the API that is meant (--api).",
        [
            Part::Place(called.to_owned()),
            Part::Text(evidence.api.whence()),
            Part::Place(own.to_owned()),
            Part::Text(regions),
            Part::Value(evidence.status().unwrap_or(401).to_string()),
            Part::Place(own.to_owned()),
        ],
    );
    Some(Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Likely).at("request.url").actual(called).wanted(own))
}

/// The function's answer that was given says yes, and AppSync refused: it keeps answers, a no too, for each token
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
pub(super) fn kept_no(evidence: &Evidence, mode: Option<AuthType>) -> Option<Finding> {
    let says_yes = evidence.authorizer.as_ref().is_some_and(|answer| answer["isAuthorized"] == true);
    let ttl = evidence.api.authorizer_ttl;
    if mode != Some(AuthType::Lambda) || !says_yes || evidence.status() != Some(401) {
        return None;
    }
    if ttl == Some(0) {
        let at = evidence.now.map_or_else(String::new, |now| format!(" at {}", clock(now)));
        return Some(
            Finding::new(
                Code::AuthorizerRefused,
                Message::of(
                    "the answer that was given says isAuthorized: true, and AppSync refused. It keeps no answers here (authorizerResultTtlInSeconds is 0), so the function most likely answered otherwise then (another version, another event), or it failed. » Look into the function's own log{}, and compare what it answered with what was given.",
                    [Part::Text(at)],
                ),
            )
            .certainty(Certainty::Likely)
            .at("authorizerResponse.isAuthorized"),
        );
    }
    let kept = ttl.map_or_else(|| "300 s, where the API sets no authorizerResultTtlInSeconds".to_owned(), |ttl| format!("{ttl} s (authorizerResultTtlInSeconds)"));
    Some(
        Finding::new(
            Code::AuthorizerCached,
            Message::of(
                "the answer that was given says isAuthorized: true, and AppSync refused: most likely it used a cached answer, an earlier no of the function to the same token, which it keeps for up to {}; or the deployed function answers otherwise than this one. » Look into the function's log at that time: without a call, the answer was the cached one; wait, or come with another token, and let a no be answered with ttlOverride: 0. With a call, read what it answered.",
                [Part::Text(kept)],
            ),
        )
        .certainty(Certainty::Likely)
        .at("authorizerResponse.isAuthorized"),
    )
}

/// What an accepted credential proves.
fn what_is_in_order(mode: Option<AuthType>) -> &'static str {
    match mode {
        Some(AuthType::ApiKey) => "the API key is valid",
        Some(AuthType::Iam) => "credentials and signature are in order",
        Some(AuthType::Lambda) => "the authorizer took the token",
        Some(AuthType::UserPool | AuthType::Oidc) => "token, issuer and expiry are in order",
        None => "the credential is in order",
    }
}

/// Another credential that passed for the same field.
fn other(evidence: &Evidence, layer: LayerName, code: Code) -> Option<Finding> {
    let wanted = evidence.field_path();
    if !matches!(layer, LayerName::Request | LayerName::Iam) || matches!(code, Code::Waf) {
        return None;
    }
    // Which key it is decides before any field is looked at.
    let for_key = evidence.header("x-api-key").is_some() || evidence.masked.contains_key("x-api-key");
    let keyed = |past: &Past| {
        (code == Code::KeyUnknown || code == Code::CredentialPlaceholder && for_key) && past.came_with(CredentialKind::Key)
    };
    let fits = |past: &&Past| {
        !past.same && past.passed && (past.field.as_deref() == Some(&wanted) || keyed(past)) && past.host == evidence.url_host()
    };
    let Some(past) = evidence.others.iter().find(fits) else { return queries_token(evidence, layer) };
    let shown = past.credential.as_ref()?;
    if keyed(past) {
        let whose = match code {
            Code::CredentialPlaceholder => "it needs no change, and the refused request came without it",
            _ => "the refused request came from a client that has another",
        };
        let words = Message::of(
            "{} passed at {}: the API takes keys, and that one is good; {}.",
            [Part::Value(shown.shown.clone()), Part::Value(past.clock()), Part::Text(whose.to_owned())],
        );
        return Some(Finding::new(Code::ProvedBySuccess, words).at("others"));
    }
    if !past.field_passed {
        let words = Message::of(
            "{} was let in at {} (HTTP {}): the API takes such a credential, and that one is good. Whether the field was resolved then, the log of that request does not tell.",
            [Part::Value(shown.shown.clone()), Part::Value(past.clock()), Part::Value(past.status.to_string())],
        );
        return Some(Finding::new(Code::ProvedBySuccess, words).at("others"));
    }
    if layer == LayerName::Iam {
        let words = Message::of(
            "the same field passed at {} with {}, another role's (a guest's or a signed-in user's): what that role is allowed this one lacks. » Give this role the same statement, and leave the other as it is.",
            [Part::Value(past.clock().to_string()), Part::Value(shown.shown.to_string())],
        );
        return Some(Finding::new(Code::ProvedBySuccess, words).at("others"));
    }
    Some(
        Finding::new(
            Code::ProvedBySuccess,
            Message::of(
                "the same field answered at {} with {}: API, schema and that user's rights are in order.",
                [
                    Part::Value(past.clock().to_string()),
                    Part::Value(shown.shown.to_string()),
                ],
            ),
        )
        .at("others"),
    )
}

/// A WebSocket that was refused, where queries of the same API pass with another token.
fn queries_token(evidence: &Evidence, layer: LayerName) -> Option<Finding> {
    evidence.socket.as_ref().filter(|_| layer == LayerName::Request)?;
    let token = |past: &&Past| past.came_with(CredentialKind::Token);
    let past = evidence
        .others
        .iter()
        .filter(token)
        .find(|past| !past.same && past.passed && !past.socket && related(&past.host, evidence.url_host()))?;
    let shown = &past.credential.as_ref()?.shown;
    let bare = Credential::of(&evidence.headers).is_none() && evidence.masked.is_empty();
    let of_start = evidence.socket.as_ref().is_some_and(|socket| socket.of_start);
    let other = match (bare, of_start) {
        (true, _) => "a token, and the handshake of this connection carries none",
        (false, true) => "another token than this start frame",
        (false, false) => "another token than the handshake of this connection",
    };
    let place = if of_start { "in each start frame, asked for when it is sent" } else { "in header= and in each start frame too" };
    let words = Message::of(
        "the queries passed at {} with {}: » send the token of the queries ({}) {}; the API's settings need no change.",
        [
            Part::Value(past.clock().to_string()),
            Part::Text(other.to_owned()),
            Part::Value(shown.to_string()),
            Part::Text(place.to_owned()),
        ],
    );
    Some(Finding::new(Code::ProvedBySuccess, words).at("others"))
}
