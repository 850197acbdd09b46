//! What a token's claims are compared with: the issuer, the client, and how long the API lets it live (APPSYNC-VTL 7.1).

use super::super::api::ApiProvider;
use super::super::evidence::Evidence;
use super::super::layer::{Layer, State};
use super::super::mode;
use super::super::token::{self, Token};
use super::{issuer as issuers, same_provider};
use crate::appsync::AuthType;
use crate::appsync::identity::pool_region;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, any_of};
use serde_json::Value as Json;

/// The issuer; with OIDC as the only mode AppSync does not compare it (7.1).
pub(super) fn issuer(evidence: &Evidence, token: &Token, layer: &mut Layer) {
    let Some(issuer) = token.text("iss") else {
        layer.refuse(
            Finding::new(Code::TokenWithoutIssuer, "the token has no iss claim: AppSync cannot tell who issued it. » Send a token of the API's user pool or provider.")
                .at("token.iss"),
        );
        return;
    };
    let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
    let known = &evidence.api.issuers;
    if known.is_empty() {
        let only_pools = evidence.api.is_known() && evidence.api.modes() == [AuthType::UserPool];
        if only_pools && !token.is_cognito() {
            layer.refuse(
                Finding::new(
                    Code::IssuerMismatch,
                    Message::of(
                        "the token is of {}, and the API takes tokens of a Cognito user pool only: » send one of these; or, if callers of that issuer belong on this API, add it as an OIDC provider.",
                        [
                            Part::Value(issuer.to_string()),
                        ],
                    ),
                )
                .at("token.iss")
                .actual(issuer)
                .wanted("a Cognito user pool"),
            );
        }
        return;
    }
    if known.iter().any(|known| {
        trimmed(known) == trimmed(issuer) || issuer.ends_with(&format!("/{known}")) && token::is_plain_pool(issuer)
    }) {
        but_slash(evidence, token, issuer, layer);
        return;
    }
    if evidence.api.is_known() && evidence.api.modes() == [AuthType::Oidc] {
        not_compared(evidence, token, issuer, layer);
        return;
    }
    // Where a provider's issuer is not known, the token may be that one's; a 401 says that it is nobody's.
    let is_open = evidence.api.has_open_issuer(AuthType::Oidc) || token.is_cognito() && evidence.api.has_open_issuer(AuthType::UserPool);
    let finding = other_issuer(evidence, token, issuer, &any_of(known));
    match (is_open, evidence.status()) {
        (false, _) => layer.refuse(finding),
        (true, Some(401)) => layer.refuse(finding.certainty(Certainty::Likely)),
        (true, _) => {}
    }
}

/// Another issuer than that of the API's only mode: its name decides nothing, its keys do. AppSync takes them from the configured
/// issuer (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#openid-connect-authorization>).
fn not_compared(evidence: &Evidence, token: &Token, issuer: &str, layer: &mut Layer) {
    let known = &evidence.api.issuers;
    let other_keys = same_provider::with_other_keys(token, issuer, known).filter(|_| evidence.status() == Some(401));
    if let Some(words) = other_keys {
        let place = Message::of(
            "the token's issuer (iss) is {}, and the API takes its keys from {}:",
            [Part::Value(issuer.to_owned()), Part::Value(any_of(known))],
        );
        let finding = Finding::new(Code::IssuerMismatch, Message::joined("{} {}.", [place, words])).certainty(Certainty::Likely);
        layer.refuse(finding.at("token.iss").actual(issuer).wanted(any_of(known)));
        return;
    }
    layer.findings.push(
        Finding::new(Code::IssuerNotCompared, Message::of(
            "the token is of {}, not of {}: with OIDC as its only mode AppSync does not compare the issuer (with a second mode it does), but it checks the signature with the keys of {}, so a token that another provider signed does not pass.",
            [
                Part::Value(issuer.to_string()),
                Part::Value(known.join(", ")),
                Part::Value(any_of(known)),
            ],
        ))
            .at("token.iss")
            .actual(issuer),
    );
    // A refusal that was seen is told of it where nothing else explains it.
    if layer.state == State::Passed && evidence.observed.is_none() {
        layer.state = State::Unknown;
    }
}

/// Issuers that differ in a slash alone, where no answer tells what AppSync made of it: with a second mode it was seen to refuse that
/// (aws/aws-appsync-community#30), and AWS wants an exact match.
fn but_slash(evidence: &Evidence, token: &Token, issuer: &str, layer: &mut Layer) {
    let known = &evidence.api.issuers;
    let own = known.iter().find(|known| issuers::is_same_but_slash(known, issuer));
    let Some(own) = own.filter(|_| !known.iter().any(|known| known == issuer) && !token.is_cognito() && evidence.observed.is_none()) else { return };
    layer.findings.push(issuers::slash_alone(own, issuer, &evidence.api.modes()));
    if layer.state == State::Passed {
        layer.state = State::Unknown;
    }
}

/// Which other issuer it is, and what to do: another region's name of the same pool (aws-jwt-verify#282), another pool, or
/// another provider.
fn other_issuer(evidence: &Evidence, token: &Token, issuer: &str, wanted: &str) -> Finding {
    let pool = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let first = evidence.api.issuers.first().map_or("", String::as_str);
    let regions = (pool_region(issuer), pool_region(first));
    let same = matches!(regions, (Some(_), Some(_))) && pool(issuer) == pool(first);
    let by_pool = evidence.api.modes().contains(&AuthType::UserPool);
    let words = match regions {
        (Some(_), Some(_)) if same => same_pool(issuer, by_pool),
        (Some(mine), Some(theirs)) => {
            let place = if mine == theirs { String::new() } else { format!(" in {mine}, not in {theirs}") };
            Message::from(format!("it is another user pool{place} (another environment's, branch's or sandbox's), whose tokens the client still keeps.")).cured(format!("Sign out and sign in again with the configuration of {} (or clear the stored tokens), or, if the other pool is meant, build the client and the API's configuration from that backend", pool(first)))
        }
        _ if issuer.contains("cognito-identity.") => Message::from("it is an identity pool's token, which is good for AWS credentials (STS) and for nothing else.").cured(format!("Send the ID or access token of {wanted}, with which the client signed in")),
        _ => same_provider::words(token, issuer, &evidence.api.issuers).unwrap_or_else(|| Message::from("it is another provider's.").cured(format!("Send a token of {wanted}, or, if callers of {issuer} belong on this API, configure it as an additional OIDC provider"))),
    };
    let place = Message::of(
        "the token's issuer (iss) is {}, and the API takes tokens of {}:",
        [Part::Value(issuer.to_string()), Part::Value(wanted.to_string())],
    );
    // Whether AppSync knows both names of its own user pool is documented nowhere.
    Finding::new(Code::IssuerMismatch, Message::joined("{} {}.", [place, words]))
    .certainty(if same && by_pool { Certainty::Likely } else { Certainty::Certain })
    .at("token.iss")
    .actual(issuer)
    .wanted(wanted)
}

/// The pool's other name: `UPDATED` issuers are recommended for all pools, replicated or not
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html>; what is left
/// out of `UpdateUserPool` goes back to its default: API_UpdateUserPool).
fn same_pool(issuer: &str, by_pool: bool) -> Message {
    if !by_pool {
        return Message::from("it is the same pool under another name (a pool has an original and an updated issuer), and issuers are compared as text.").cured(format!("Add an OIDC provider with the issuer {issuer} beside the present one, so that older sessions stay in, and remove the old one once they have ended"));
    }
    if token::is_plain_pool(issuer) {
        return Message::from("it is the same pool under its original issuer (ORIGINAL of its IssuerConfiguration), and issuers are most likely compared as text.").cured("Sign in again, if the pool issues under the other name by now (aws cognito-idp describe-user-pool, IssuerConfiguration), or configure the API with the issuer that the tokens have");
    }
    Message::from("it is the same pool under its updated issuer (UPDATED of its IssuerConfiguration, which AWS recommends for all pools), and issuers are most likely compared as text.").cured(format!("Either set the pool's IssuerConfiguration to Type ORIGINAL (aws cognito-idp update-user-pool with all of the pool's other settings, as what is left out goes back to its default) and sign in again; or add an OIDC provider with the issuer {issuer} beside the user pool. Its callers then come as OPENID_CONNECT, so what lets user pools in (the default mode too) needs @aws_oidc beside @aws_cognito_user_pools, and resolvers find no $ctx.identity.username"))
}

/// The client id. A user pool's `appIdClientRegex` is a pattern on `aud` or `client_id`, OIDC's `clientId` on `aud` or `azp`
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>).
pub(super) fn client(evidence: &Evidence, token: &Token, layer: &mut Layer) {
    let is_pools = evidence.api.modes().contains(&AuthType::UserPool) && mode::of_token(&evidence.api, token) == Some(AuthType::UserPool);
    let mode = if is_pools { AuthType::UserPool } else { AuthType::Oidc };
    let provider = evidence.api.provider(mode, token.text("iss"));
    let of_provider = provider.and_then(|one| one.client.clone());
    let (settings, name, claims): (Vec<String>, &str, &[&str]) = match (&of_provider, mode) {
        (Some(one), AuthType::UserPool) => (vec![one.clone()], "appIdClientRegex", &["aud", "client_id"]),
        (Some(one), _) => (vec![one.clone()], "clientId", &["aud", "azp"]),
        (None, _) => (evidence.api.audiences.clone(), "audience", &["aud", "client_id", "azp"]),
    };
    // A client of another provider's is no client of this API's, and a pattern that lets it in would let in that provider's users.
    if layer.state == State::Refused && layer.findings.iter().any(|found| found.code == Code::IssuerMismatch) {
        return;
    }
    if settings.is_empty() || settings.iter().any(|setting| token.is_for_any(setting, claims)) {
        layer.findings.extend(in_part(evidence, token, name, &settings, claims));
        return;
    }
    let clients = token.named(claims);
    let setting = settings.join("|");
    let known = listed_ids(token, name, &setting, &clients).or_else(|| names_for_ids(token, name, &setting, &clients)).or_else(|| for_a_resource(token, name, &setting));
    if let Some(finding) = known {
        layer.refuse(finding);
        return;
    }
    if clients.is_empty() {
        layer.refuse(without_client(token, name, &setting, claims));
        return;
    }
    layer.refuse(other_client(token, name, &settings, claims, &clients));
}

/// The pattern that was set lets another client in than the token's.
fn other_client(token: &Token, name: &str, settings: &[String], claims: &[&str], clients: &[String]) -> Finding {
    let setting = settings.join("|");
    let shown = |claim: &&str| {
        let value = token.claims.get(*claim)?;
        Some(format!("{claim} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    };
    let has: Vec<String> = claims.iter().filter_map(shown).collect();
    // With the address of a resource in the pattern, every client with a token for it would get in: azp is the client.
    let own = token.text("azp").or_else(|| clients.iter().map(String::as_str).find(|client| !client.contains("://")));
    let wider = own.map_or_else(String::new, |own| format!(" (for example {})", widened(&setting, own)));
    let near = nearly(&setting, clients);
    let near = if near.is_empty() { String::new() } else { format!(" {near}") };
    Finding::new(
        Code::ClientMismatch,
        Message::of(
            "the token has {}, and the API's {} pattern is {}, which does not match: the token was issued to another client.{} » If that client belongs on this API, widen the pattern so that both get in{}; else sign in with a client that it names.",
            [
                Part::Text(has.join(", ")),
                Part::Name(name.to_owned()),
                Part::Code(setting),
                Part::Text(near),
                Part::Text(wider),
            ],
        ),
    )
    .at(format!("token.{}", token.client_claim()))
    .actual(Json::from(clients.to_vec()))
    .wanted(any_of(settings))
}

/// An OIDC access token whose only `aud` is the API that it was asked for: which client it was issued to it does not say
/// (RFC 9068, 2.2: `aud` is the resource, `client_id` the client; RFC 8707).
fn for_a_resource(token: &Token, name: &str, setting: &str) -> Option<Finding> {
    let audience = token.text("aud").filter(|aud| aud.contains("://"))?;
    // A setting that is an address is meant for the resource.
    if name != "clientId" || token.text("azp").is_some() || setting.contains("://") {
        return None;
    }
    // Other claims name it by other providers (RFC 9068: client_id; Okta: cid; Entra: appid), and AppSync does not compare them.
    let client = ["client_id", "cid", "appid"].into_iter().find_map(|claim| Some((claim, token.text(claim)?)));
    let whose = client.map_or_else(
        || ", and without azp it does not say which client it was issued to".to_owned(),
        |(claim, own)| format!(", and its client stands in {claim} alone ({own})"),
    );
    Some(
        Finding::new(
            Code::ClientMismatch,
            Message::of(
                "the token's aud is {}, an API and not a client: it is an access token for that resource{}. AppSync compares the API's {} ({}) with aud and azp, so it does not match. » Send the ID token of {}, whose aud is the client; or set {} to that audience, if such access tokens are meant.",
                [
                    Part::Value(audience.to_owned()),
                    Part::Value(whose),
                    Part::Name(name.to_owned()),
                    Part::Code(setting.to_owned()),
                    Part::Value(setting.to_owned()),
                    Part::Name(name.to_owned()),
                ],
            ),
        )
        .at("token.aud")
        .actual(audience)
        .wanted(setting),
    )
}

/// A token that names no client where AppSync looks for it: an access token of Cognito has its client in `client_id` alone
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>), which
/// OIDC does not compare.
fn without_client(token: &Token, name: &str, setting: &str, claims: &[&str]) -> Finding {
    let looked = claims.join(" nor ");
    let own = token.text("client_id");
    let fits = own.is_some() && token.is_for_any(setting, &["client_id"]);
    let own = own.map_or_else(String::new, |own| {
        let same = if fits { ", the very client that is meant" } else { "" };
        format!("; its client stands in client_id alone ({own}{same})")
    });
    let message = if token.is_cognito() && token.text("token_use") == Some("access") {
        Message::of(
            "AppSync compares the API's {} ({}) with {}, and the token has neither {}{}: it is an access token of a Cognito user pool, which this API reads as OPENID_CONNECT, and Cognito puts aud into ID tokens only. » Send the ID token of the same sign-in, whose aud is that client. Or configure the pool as what it is, AMAZON_COGNITO_USER_POOLS, where appIdClientRegex is matched with client_id too (@aws_oidc then becomes @aws_cognito_user_pools). Without a {} this token would pass, and so would that of every other client of the pool.",
            [
                Part::Name(name.to_owned()),
                Part::Code(setting.to_owned()),
                Part::Name(any_of(claims)),
                Part::Name(looked),
                Part::Value(own),
                Part::Name(name.to_owned()),
            ],
        )
    } else {
        Message::of(
            "AppSync compares the API's {} ({}) with {}, and the token has neither {}{}. » Let the provider put the client into one of these (an access token is often issued for another audience: ask for one of this API, or send the ID token, whose aud is the client).",
            [
                Part::Name(name.to_owned()),
                Part::Code(setting.to_owned()),
                Part::Name(any_of(claims)),
                Part::Name(looked),
                Part::Value(own),
            ],
        )
    };
    Finding::new(Code::ClientMismatch, message).at(format!("token.{}", claims.first().unwrap_or(&"aud"))).wanted(setting)
}

/// Several ids with a comma or a blank between them, where an expression is wanted
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_UserPoolConfig.html>: appIdClientRegex, `clientId`).
fn listed_ids(token: &Token, name: &str, setting: &str, clients: &[String]) -> Option<Finding> {
    let inside = setting.trim_start_matches('^').trim_end_matches('$').trim_matches(['(', ')', '[', ']']);
    let parts: Vec<&str> = inside.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let own = clients.iter().find(|client| parts.contains(&client.as_str()))?;
    if parts.len() < 2 {
        return None;
    }
    let claim = token.client_claim();
    let message = Message::of(
        "the API's {} is {}, and it is a regular expression, no list: with what stands between the ids it matches none of them, also not the token's {} ({}), which is in it. » Write the ids with `|` between them: {}.",
        [
            Part::Name(name.to_owned()),
            Part::Code(setting.to_owned()),
            Part::Name(claim.to_owned()),
            Part::Value(own.clone()),
            Part::Code(format!("^({})$", parts.join("|"))),
        ],
    );
    Some(Finding::new(Code::ClientMismatch, message).at(format!("token.{claim}")).actual(own.as_str()).wanted(parts.join("|")))
}

/// A user pool's pattern that is made of words where ids belong: ids of app clients are of small letters and digits
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>: `[\w+]+`, as
/// Cognito makes them 25 or 26 letters long), and their names stand in no token.
fn names_for_ids(token: &Token, name: &str, setting: &str, clients: &[String]) -> Option<Finding> {
    if name != "appIdClientRegex" || !token.is_cognito() {
        return None;
    }
    let inside = setting.trim_start_matches('^').trim_end_matches('$');
    let inside = inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(inside);
    let words: Vec<&str> = inside.split('|').collect();
    let letter = |one: char| one.is_alphanumeric() || matches!(one, '-' | '_' | ' ');
    let is_id = |word: &str| word.len() >= 20 && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit());
    let is_name = |word: &str| {
        !word.is_empty() && word.chars().all(letter) && word.chars().any(char::is_alphabetic) && !is_id(word)
    };
    let id = clients.first().filter(|id| is_id(id))?;
    if !words.iter().all(|word| is_name(word)) {
        return None;
    }
    let pool = token.text("iss").and_then(|issuer| issuer.rsplit('/').next()).unwrap_or("<pool id>");
    let claim = token.client_claim();
    let one = words.len() == 1;
    let more = if one { String::new() } else { "|<id of the other>".to_owned() };
    Some(
        Finding::new(
            Code::ClientMismatch,
            Message::of(
                "the API's appIdClientRegex is {}, and AppSync matches it with the id of the token's app client ({} {}): {} {} of that form, so most likely {}, and no token of this pool can pass. » Write the {} (^({}{})$; aws cognito-idp list-user-pool-clients --user-pool-id {} shows each name with its id), or leave the pattern out if every client of the pool may call. Another token or sign-in changes nothing.",
                [
                    Part::Code(setting.to_owned()),
                    Part::Name(claim.to_owned()),
                    Part::Value(id.clone()),
                    Part::Value(all_of(&words)),
                    Part::Text(if one { "is not" } else { "are not" }.to_owned()),
                    Part::Text(if one { "it is the client's name, which stands in no token" } else { "they are the clients' names, which stand in no token" }.to_owned()),
                    Part::Text(if one { "id" } else { "ids" }.to_owned()),
                    Part::Code(id.clone()),
                    Part::Code(more),
                    Part::Code(pool.to_owned()),
                ],
            ),
        )
        .at(format!("token.{claim}"))
        .actual(id.as_str())
        .wanted(setting),
    )
}

/// A pattern that lets one more client in and shuts none out: the client's own letters, escaped, as a whole. It is tried before it
/// is shown, and holds whether the whole id is compared or a part of it, which is not documented.
fn widened(setting: &str, new: &str) -> String {
    let own = fancy_regex::escape(new);
    let alone = format!("^{own}$");
    let group = setting.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")$")).filter(|inside| !inside.contains(['(', ')']));
    let plain = setting.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')).filter(|inside| !inside.contains('|'));
    let wider = match (group, plain) {
        (Some(inside), _) | (None, Some(inside)) => format!("^({inside}|{own})$"),
        _ => format!("{setting}|{alone}"),
    };
    let fits = |pattern: &str| fancy_regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(new).unwrap_or(false));
    if fits(&wider) { wider } else { alone }
}

/// What is near between a pattern and a client that it does not match: no expression at all, another case, a blank.
fn nearly(setting: &str, clients: &[String]) -> Message {
    if fancy_regex::Regex::new(setting).is_err() {
        return Message::of("That is no valid regular expression, so it matches nobody.", []);
    }
    let bare = setting.trim_start_matches('^').trim_end_matches('$');
    let same = |client: &&String| bare.trim().trim_end_matches('/').eq_ignore_ascii_case(client.trim_end_matches('/'));
    let near = clients.iter().find(same);
    match near {
        Some(client) if bare.trim() != client && bare.trim().trim_end_matches('/') == client.trim_end_matches('/') => {
            "The two differ in the slash at the end only, which counts.".into()
        }
        Some(client) if bare.trim() == client => "The two differ in a blank only, which counts.".into(),
        Some(_) => "The two differ in case only, which counts.".into(),
        None => Message::default(),
    }
}

/// A pattern that fits a part of the client's id alone: whether AppSync compares the whole is not documented, and it refused.
fn in_part(evidence: &Evidence, token: &Token, name: &str, settings: &[String], claims: &[&str]) -> Option<Finding> {
    let refused = evidence.status() == Some(401);
    let whole = |setting: &String| {
        let pattern = fancy_regex::Regex::new(&format!("^(?:{setting})$")).ok();
        token.named(claims).iter().any(|client| client == setting || pattern.as_ref().is_some_and(|one| one.is_match(client).unwrap_or(false)))
    };
    let client = token.named(claims).into_iter().next().filter(|_| refused && !settings.iter().any(whole))?;
    let setting = settings.first()?;
    let message = Message::of(
        "the API's {} {} matches a part of the token's {} ({}) only; whether AppSync compares the whole id is not documented. » Write the whole id, {}, which holds either way.",
        [
            Part::Name(name.to_owned()),
            Part::Code(setting.clone()),
            Part::Name(token.client_claim().to_owned()),
            Part::Value(client.clone()),
            Part::Code(format!("^{}$", fancy_regex::escape(&client))),
        ],
    );
    Some(Finding::new(Code::RefusedBeforeGraphql, message).certainty(Certainty::Possible).at(format!("token.{}", token.client_claim())))
}

/// An OIDC provider without a client: a token that the issuer gave to any of its clients passes
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>: `clientId` is what AppSync compares, and is
/// not required). Told of a token that passes; in our own short form what is left out is not judged.
pub(super) fn any_client(evidence: &Evidence, token: &Token) -> Option<Finding> {
    let refused = evidence.observed.as_ref().is_some_and(crate::request::Observed::is_refusal);
    let issuer = token.text("iss")?;
    let of_pool = evidence.api.modes().contains(&AuthType::UserPool) && mode::of_token(&evidence.api, token) == Some(AuthType::UserPool);
    let provider = evidence.api.provider(AuthType::Oidc, Some(issuer)).filter(|one| one.mode == Some(AuthType::Oidc))?;
    // Of a token of another issuer's it is not known why it passes.
    let issuer = match provider.issuer.as_deref() {
        Some(own) if own != issuer && !issuers::is_same_but_slash(own, issuer) => return None,
        own => own.unwrap_or(issuer),
    };
    let open = provider.client.as_deref().filter(|pattern| lets_all(pattern));
    let unset = open.is_some() || provider.is_whole && provider.client.as_deref().is_none_or(str::is_empty) && evidence.api.audiences.is_empty();
    if refused || of_pool || !unset {
        return None;
    }
    let own = token.text("azp").or_else(|| token.text("aud"));
    let whose = own.map_or_else(String::new, |own| format!(", and not that of {own} alone"));
    let set = own.map_or_else(|| "to this app's client id".to_owned(), |own| format!("to {own}, if that is this app's client"));
    let has = open.map_or_else(|| "has no clientId".to_owned(), |pattern| format!("has the clientId {pattern}, an expression that every text fits"));
    let message = Message::of(
        "the API's OIDC provider {} {}, so AppSync takes the token of any client of that issuer{}: whoever signed in to another application of the same provider may call this API too. » Set clientId {} (an expression takes several, ^(one|two)$); leave it out only if the issuer serves this API alone.",
        [Part::Value(issuer.to_owned()), Part::Name(has), Part::Value(whose), Part::Value(set)],
    );
    Some(Finding::new(Code::OidcAnyClient, message).at("apiConfig.openIDConnectConfig.clientId").wanted(own.unwrap_or("a client id")))
}

/// Whether an expression fits texts that have nothing in common, as a whole: then it fits every client.
fn lets_all(pattern: &str) -> bool {
    const STRANGERS: [&str; 3] = ["q7", "https://zz.example/9?x=_", "Wy~ 0-ü"];
    let whole = fancy_regex::Regex::new(&format!("^(?:{pattern})$")).ok();
    whole.is_some_and(|whole| STRANGERS.iter().all(|text| whole.is_match(text).unwrap_or(false)))
}

/// OIDC's times to live, which are milliseconds: after `iat`, and after `auth_time`
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>; amplify-category-api#2928).
pub(super) fn ttl(evidence: &Evidence, token: &Token, layer: &mut Layer) {
    let Some(now) = evidence.now else { return };
    let Some(provider) = evidence.api.provider(AuthType::Oidc, token.text("iss")) else { return };
    if provider.mode == Some(AuthType::UserPool) {
        return;
    }
    let ApiProvider { iat_ttl, auth_ttl, .. } = provider;
    for (name, claim, ttl) in [("authTTL", "auth_time", auth_ttl), ("iatTTL", "iat", iat_ttl)] {
        let (Some(ttl), Some(start)) = (ttl, token.time(claim)) else { continue };
        let age = now.saturating_sub(start);
        if age.saturating_mul(1000) > *ttl {
            layer.refuse(outlived(token, (name, claim), *ttl, start, now));
        }
    }
}

fn outlived(token: &Token, (name, claim): (&str, &str), ttl: i64, start: i64, now: i64) -> Finding {
    let age = now - start;
    let exp = token.time("exp").filter(|exp| *exp > now);
    let still = exp.map_or_else(String::new, |exp| {
        format!("the token's own exp ({}) is {} ahead, but ", token::moment(exp), token::span(exp - now))
    });
    let life = token
        .time("exp")
        .zip(token.time("iat"))
        .map_or(3_600_000, |(exp, iat)| (exp - iat).max(1).saturating_mul(1000));
    // Less than five minutes is no life that anybody gives a token: the number was meant as seconds. From there on it may be
    // just what it says.
    let slip = ttl < 300_000;
    // Whatever is advised must cover the age that was refused, or the same request is refused again.
    let covers = |millis: i64| millis > age.saturating_mul(1000);
    let enough = if slip && covers(ttl.saturating_mul(1000)) {
        format!("to {} if {ttl} seconds were meant", ttl.saturating_mul(1000))
    } else if (slip || claim == "iat" && life > ttl) && covers(life) {
        format!("to {life}, the token's own life in milliseconds ({})", token::span(life / 1000))
    } else {
        // What the number says may be meant.
        let hours = age / 3600 + 1;
        format!("above {}, as long as {} may last (for example {}, {hours} h)", age.saturating_mul(1000), what_lasts(claim), hours * 3_600_000)
    };
    let cure = match (claim, slip) {
        ("auth_time", false) => format!(
            "Sign in anew (a refreshed token has a new iat and exp and keeps its auth_time), and let the app ask for that in time: prompt=login or max_age={} at the provider. If sign-ins are meant to last longer, set {name} {enough}, or leave it out so that exp decides.",
            ttl / 1000
        ),
        ("auth_time", true) => format!("Set {name} {enough}, or leave it out so that exp decides. A refreshed token keeps its auth_time, so only a new sign-in helps otherwise."),
        _ => format!("Set {name} {enough}, or leave it out so that exp decides. If the short life is wanted, let the client fetch a new token that often."),
    };
    Finding::new(
        Code::TokenTtl,
        Message::of(
            "{}the API's {} is {}, which is milliseconds ({}): {} is {}, {} ({} s, {} ms) before the request.",
            [
                Part::Text(still.to_string()),
                Part::Name(name.to_string()),
                Part::Value(ttl.to_string()),
                Part::Value(millis(ttl).to_string()),
                Part::Name(claim.to_string()),
                Part::Value(token::moment(start).to_string()),
                Part::Value(token::span(age).to_string()),
                Part::Value(age.to_string()),
                Part::Value(age.saturating_mul(1000).to_string()),
            ],
        )
        .cured(cure),
    )
    .at(format!("token.{claim}"))
    .actual(start)
    .wanted(format!("> {}", now - ttl / 1000))
}

/// What a time to live is of.
fn what_lasts(claim: &str) -> &'static str {
    if claim == "auth_time" { "a sign-in" } else { "a token" }
}

/// Milliseconds as people say them.
fn millis(ttl: i64) -> String {
    match ttl {
        0..1000 => format!("{ttl} ms"),
        1000..120_000 => format!("{} s", ttl as f64 / 1000.0),
        _ => token::span(ttl / 1000),
    }
}
