//! Refusals of other services in the same file: whose they are, why they refused, and what that has to do with AppSync's.

use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::foreign::SITE;
use crate::request::front::thousands;
use crate::request::history::{FailedCall, Foreign, Past, SentToken, clock};
use crate::request::token;

/// A token that was not renewed: the service that should have done it refused.
pub(super) fn renewed(evidence: &Evidence, code: Code) -> Option<Finding> {
    if !matches!(code, Code::TokenExpired | Code::NoCredential | Code::CredentialElsewhere | Code::NoValidCredential | Code::CredentialPlaceholder)
    {
        return None;
    }
    let of_cognito = |past: &&Past| past.foreign.as_ref().is_some_and(|one| one.service.starts_with("Cognito"));
    let Some(past) = refused_refresh(evidence).or_else(|| evidence.others.iter().find(of_cognito)) else {
        return without_role(evidence, code);
    };
    let foreign = past.foreign.as_ref()?;
    if !foreign.renews && (evidence.authorization().is_some() || !signs_in(foreign)) {
        return Some(beside_session(past, foreign));
    }
    if !foreign.renews {
        return Some(not_signed_in(past, foreign));
    }
    Some(
        Finding::new(
            Code::RefusedElsewhere,
            Message::of(
                "it was not renewed because {} refused the refresh at {} ({}); that refusal is Cognito's, not AppSync's. » Sign the user in again, and let the app show the sign-in when a refresh fails instead of sending the old token.",
                [
                    Part::Value(foreign.service.to_string()),
                    Part::Value(past.clock().to_string()),
                    Part::Value(said(past, foreign)),
                ],
            ),
        )
        .at("others"),
    )
}

/// STS gave out no credentials before a request that carries none: there was nothing to sign with.
fn without_role(evidence: &Evidence, code: Code) -> Option<Finding> {
    if !evidence.is_bare() || code == Code::TokenExpired {
        return None;
    }
    let (past, foreign) = refused_role(evidence)?;
    let message = Message::of(
        "there were most likely no credentials to sign with: STS refused {} at {} ({}), and the app called the API all the same; that refusal is STS's, not AppSync's. » Look at the role's trust policy: its principal must be the token's provider, and its conditions (aud, sub) must fit the token.",
        [
            Part::Name(foreign.operation.clone().unwrap_or_else(|| foreign.call.clone())),
            Part::Value(past.clock()),
            Part::Value(said(past, foreign)),
        ],
    );
    Some(Finding::new(Code::RefusedElsewhere, message).at("others"))
}

/// The role that STS did not give, before this request.
fn refused_role(evidence: &Evidence) -> Option<(&Past, &Foreign)> {
    let before = evidence.others.iter().filter(|past| !past.later);
    before.filter_map(|past| Some((past, past.foreign.as_ref()?))).find(|(_, one)| one.service == "STS")
}

/// The refresh that Cognito refused, in this file.
fn refused_refresh(evidence: &Evidence) -> Option<&Past> {
    evidence.others.iter().find(|past| past.foreign.as_ref().is_some_and(|one| one.service.starts_with("Cognito") && one.renews))
}

/// The cause with why no fresh token came, and what helps then: not another refresh, but a sign-in.
pub(super) fn chained(evidence: &Evidence, first: &Finding) -> Option<Message> {
    let bare = evidence.is_bare();
    if first.code != Code::TokenExpired && !(bare && matches!(first.code, Code::NoCredential | Code::CredentialElsewhere | Code::NoValidCredential)) {
        return None;
    }
    let Some(past) = refused_refresh(evidence) else {
        if let Some(message) = without_identity(evidence, first) {
            return Some(message);
        }
        let (past, one) = refused_role(evidence).filter(|_| bare)?;
        let words = Message::of("Most likely there were no credentials to sign with, as STS had refused the role at {} ({}), which is STS's refusal and not AppSync's.", [Part::Value(past.clock()), Part::Value(said(past, one))]);
        return Some(first.message.cause().with(words).cured("Look at the role's trust policy (its principal must be the token's provider, its conditions must fit the token), and call the API only once there are credentials."));
    };
    let what = match (first.code, past.later) {
        (Code::TokenExpired, false) => "{} had refused the refresh at {} ({}), so it was not renewed; that is that service's refusal and not AppSync's.",
        (Code::TokenExpired, true) => "{} refused the refresh that followed, at {} ({}), so it could not be renewed either; that is that service's refusal and not AppSync's.",
        _ => "The session was not renewed: {} refused the refresh at {} ({}), which is that service's refusal and not AppSync's.",
    };
    let parts = past.foreign.as_ref().map(|one| [Part::Value(one.service.clone()), Part::Value(past.clock()), Part::Value(said(past, one))])?;
    let message = first.message.cause().with(Message::of(what, parts));
    Some(message.cured("Sign the user in again: another refresh fails the same way. Let the app show its sign-in when a refresh fails."))
}

/// An identity pool gave out no credentials before a request that carries none: AppSync's words follow from that.
fn without_identity(evidence: &Evidence, first: &Finding) -> Option<Message> {
    if !evidence.is_bare() || first.code == Code::TokenExpired {
        return None;
    }
    let before = evidence.others.iter().filter(|past| !past.later);
    let of_pool = |(_, one): &(&Past, &Foreign)| one.service == "Cognito Identity" && signs_in(one);
    let (past, one) = before.filter_map(|past| Some((past, past.foreign.as_ref()?))).find(of_pool)?;
    let message = Message::of(
        "the request carries no credential, most likely because there were none to sign with: Cognito Identity had refused them at {} ({}), which is its refusal and not AppSync's, and the app called the API all the same.",
        [Part::Value(past.clock()), Part::Value(said(past, one))],
    );
    let why = Message::plain(of_cognito(one));
    Some(message.with(why.cause()).cured(why.cure().with("And call the API only once there are credentials.")))
}

/// The code and the message of another service's refusal, as far as it has them; else its status.
fn said(past: &Past, one: &Foreign) -> String {
    let words = [one.code.as_str(), one.message.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    if words.is_empty() { format!("HTTP {}", past.status) } else { words }
}

/// Whether a call of Cognito's was to sign somebody in; where nothing names the operation it may have been
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html>).
fn signs_in(foreign: &Foreign) -> bool {
    const SIGN_IN: [&str; 7] =
        ["initiateauth", "admininitiateauth", "respondtoauthchallenge", "adminrespondtoauthchallenge", "getid", "getopenidtoken", "getcredentialsforidentity"];
    foreign.operation.as_deref().is_none_or(|operation| SIGN_IN.contains(&operation.to_lowercase().as_str()))
}

/// Cognito refused another call of the session, whose token AppSync got.
fn beside_session(past: &Past, foreign: &Foreign) -> Finding {
    let call = foreign.operation.clone().unwrap_or_else(|| foreign.call.clone());
    let call = if call.eq_ignore_ascii_case("getuser") { "GetUser".to_owned() } else { call };
    let (why, cure) = if foreign.message.to_lowercase().contains("revoked") {
        // <https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html>
        (" Cognito says so of a session that was ended: by a global sign-out, or its refresh token's revocation.", "Sign the user in again")
    } else {
        ("", "Look at what it names; the token that AppSync got is judged by itself")
    };
    Finding::new(
        Code::RefusedElsewhere,
        Message::of(
            "{} refused {} at {} ({}): that refusal is Cognito's own, not AppSync's, and no sign-in.{} » {}.",
            [
                Part::Value(foreign.service.clone()),
                Part::Name(call),
                Part::Value(past.clock()),
                Part::Value(said(past, foreign)),
                Part::Text(why.to_owned()),
                Part::Text(cure.to_owned()),
            ],
        ),
    )
    .at("others")
}

/// The refusals of other services beside one of AppSync's, which they have no part in.
pub(super) fn beside(evidence: &Evidence) -> Vec<Message> {
    let others = evidence.others.iter().filter_map(|past| Some((past, past.foreign.as_ref()?)));
    let others = others.filter(|(_, one)| !one.service.starts_with("Cognito"));
    others
        .take(3)
        .map(|(past, one)| {
            Message::of(
                "the {} of {} ({}) is {}'s own, not AppSync's.",
                [
                    Part::Value(past.status.to_string()),
                    Part::Name(past.host.clone()),
                    Part::Code(one.call.clone()),
                    Part::Text(one.service.clone()),
                ],
            )
        })
        .collect()
}

/// `403 AccessDenied: Access Denied`
fn with_status(past: &Past, one: &Foreign) -> String {
    let words = said(past, one);
    if words.starts_with("HTTP ") { words } else { format!("{} {words}", past.status) }
}

/// Nobody was signed in: the sign-in itself was refused.
fn not_signed_in(past: &Past, foreign: &Foreign) -> Finding {
    Finding::new(
        Code::RefusedElsewhere,
        Message::of(
            "there was no session to send: {} refused the sign-in at {} ({}), and the app called the API all the same; that refusal is Cognito's, not AppSync's. » Correct what it names, and let the app call the API only once a user is signed in.",
            [
                Part::Value(foreign.service.clone()),
                Part::Value(past.clock()),
                Part::Value(said(past, foreign)),
            ],
        ),
    )
    .at("others")
}

/// Refusals of other services, for a file in which AppSync refused nothing.
pub(super) fn refusals(evidence: &Evidence) -> Vec<Finding> {
    let about = |past: &Past| {
        let one = past.foreign.as_ref()?;
        let what = format!("{}'s own ({})", one.service, with_status(past, one));
        let reached = if evidence.url.is_none() {
            "no request of this file reached AppSync"
        } else if came_empty(evidence) {
            EMPTY
        } else if evidence.status() == Some(200) {
            "AppSync refused nothing here: its own call was answered with HTTP 200"
        } else {
            "that is not AppSync's refusal"
        };
        let mut message = Message::of(
            "{}; the refusal of {} {} is {}.",
            [
                Part::Text(reached.to_owned()),
                Part::Text(past.host.clone()),
                Part::Text(one.call.clone()),
                Part::Text(what),
            ],
        );
        if let Some(words) = still_taken(evidence, past, one) {
            message.and(words);
            return Some(Finding::new(Code::RefusedElsewhere, message).at("others"));
        }
        message.and(why(past, one));
        message.and("» The GraphQL API needs no change for it.");
        Some(beside_empty(evidence, Finding::new(Code::RefusedElsewhere, message).at("others")))
    };
    evidence.others.iter().filter_map(about).collect()
}

/// Calls to other services that were not answered, for a file in which AppSync refused nothing. A browser without a network
/// reaches none of them, and that says nothing.
pub(super) fn failures(evidence: &Evidence) -> Vec<Finding> {
    let reached = evidence.url.is_some();
    let refused = evidence.observed.as_ref().is_some_and(crate::request::Observed::is_refusal);
    if refused || reached && evidence.status() != Some(200) {
        return Vec::new();
    }
    let begin = match reached {
        true if came_empty(evidence) => EMPTY,
        true => "AppSync refused nothing here: its own call was answered with HTTP 200",
        false => "no request of this file reached AppSync",
    };
    let of = |past: &Past| Some(beside_empty(evidence, failure(begin, reached, past, past.failed.as_ref()?)));
    evidence.others.iter().filter_map(of).take(3).collect()
}

/// How it begins where AppSync's own answer is nothing: what made it so is not another service's failure, and may be a refusal.
const EMPTY: &str = "AppSync answered the field with nothing and without an error (HTTP 200), and a filter, a template that answers null to those it refuses, or no such row looks like that: it is not settled here whether it was refused";

/// Whether the field came back empty and without an error.
fn came_empty(evidence: &Evidence) -> bool {
    evidence.observed.as_ref().is_some_and(|seen| seen.empty.is_some() && !seen.is_refusal())
}

/// What another service answered is perhaps what the reader asks about, and perhaps the empty answer is.
fn beside_empty(evidence: &Evidence, mut finding: Finding) -> Finding {
    if came_empty(evidence) {
        let cure = Message::from("If the empty answer is what is asked about, give the templates (--from) and the rows; the other call is another matter.").with(finding.message.cure());
        finding.message = finding.message.cause().cured(cure);
        finding.certainty = Certainty::Possible;
    }
    finding
}

fn failure(begin: &str, reached: bool, past: &Past, failed: &FailedCall) -> Finding {
    let how = match (past.status, &failed.error) {
        (0, Some(error)) => format!("got no answer ({error})"),
        (0, None) => "got no answer that the browser let the page see".to_owned(),
        (status, _) => format!("was answered with HTTP {status}"),
    };
    let before = failed.preflight.map_or_else(String::new, |status| format!(", because its preflight (OPTIONS, CORS) was answered with HTTP {status}"));
    let message = Message::of(
        "{}; what failed is a call to {} ({} to {} at {}), which {}{}: that is no answer of AppSync's.",
        [
            Part::Text(begin.to_owned()),
            Part::Text(failed.service.clone()),
            Part::Code(failed.method.clone()),
            Part::Place(past.host.clone()),
            Part::Value(past.clock()),
            Part::Text(how),
            Part::Text(before),
        ],
    );
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html>
    let bucket = if failed.service == "Amazon S3" && past.status == 0 {
        " S3 answers a page of another origin only if the bucket's CORS rules allow that origin, the method and the headers that are sent."
    } else {
        ""
    };
    let record = if reached { "" } else { " To ask about AppSync, record the page again while it is called." };
    let cure = Message::of("The GraphQL API needs no change for it.{}{}", [Part::Text(bucket.to_owned()), Part::Text(record.to_owned())]);
    Finding::new(Code::RefusedElsewhere, message.cured(cure)).at("others")
}

/// Cognito says that the session was ended, and AppSync took its token afterwards: who verifies a JWT by its signature and its times
/// does not learn of a revocation (<https://docs.aws.amazon.com/cognito/latest/developerguide/token-revocation.html>).
fn still_taken(evidence: &Evidence, past: &Past, one: &Foreign) -> Option<Message> {
    let revoked = one.service.starts_with("Cognito") && one.message.to_lowercase().contains("revoked");
    let (sent, _) = evidence.authorization().filter(|_| revoked && evidence.status() == Some(200))?;
    let ends = token::read(sent).ok()?.claims.get("exp")?.as_i64()?;
    (past.at?.div_euclid(1000) <= evidence.now?).then(|| {
        Message::of(
            "Cognito ended this session, and AppSync took its token all the same: it checks a token of a user pool offline, by signature, issuer and times, and does not ask Cognito whether it was revoked, so the token passes until its exp, {}. » Shorten the access token's validity on the app client (5 minutes is the least); where that is too long, keep a list of ended sessions (origin_jti) and look there in the resolvers or in a Lambda authorizer. Let the client drop the token when it signs out.",
            [Part::Value(token::moment(ends))],
        )
    })
}

/// What another service's refusal means, and what to do about it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>;
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>).
fn why(past: &Past, one: &Foreign) -> Message {
    let says = |word: &str| one.message.contains(word) || one.code.contains(word);
    match one.service.as_str() {
        "API Gateway" if says("Missing Authentication Token") || says("MissingAuthenticationToken") => {
            "There it usually means that the path, method or stage does not exist, or that the method wants IAM and the call is not signed. » Compare the URL with that API's stages and methods."
        }
        "API Gateway" if says("token has expired") => "The token that was sent to that API had expired. » Fetch a fresh token before that call.",
        // A Cognito authorizer with scopes takes the access token, one without the ID token
        // (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-invoke-api-integrated-with-cognito-user-pool.html>).
        "API Gateway" if past.status == 401 && one.token == Some(SentToken::Id) => {
            "The call carried the user's ID token, and an authorizer that asks for scopes takes the access token alone (Amplify's AdminQueries wants that one too). » Send the access token to that API, or look at its authorizer, resource policy and stage."
        }
        "API Gateway" if past.status == 401 && one.token == Some(SentToken::Access) => {
            "The call carried the user's access token, and a Cognito authorizer without scopes takes the ID token. » Send the ID token to that API, or look at its authorizer, resource policy and stage."
        }
        // <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>: INVALID_API_KEY.
        "API Gateway" if past.status == 403 && one.message == "Forbidden" => {
            "Forbidden alone is what it says where a method has \"API key required\" (it reads the same header x-api-key and wants a key of its own usage plan, which no key of AppSync's is), of its WAF, and of a path that its domain does not map. » Send the gateway's own key and let the integration set AppSync's (integration.request.header.x-api-key), or switch \"API key required\" off, or call AppSync's own URL."
        }
        "API Gateway" => "» Look at that API's authorizer, resource policy and stage.",
        // RFC 6585, 5; Node takes 16 KB of headers (<https://nodejs.org/api/cli.html#--max-http-header-sizesize>).
        SITE => {
            let cookies = if one.cookies > 0 { format!(" ({} bytes of cookies)", thousands(one.cookies)) } else { String::new() };
            return Message::from(format!("431 says that the headers of the request for the page are longer than that server takes{cookies}. A client with sessions in cookies (Amplify's SSR) keeps there the tokens of each user who signed in on this browser."))
                .cured("Clear the site's cookies, or those of accounts that are not used any more (sign out before another user signs in), keep long attributes out of the ID token, or raise the server's limit (Node: --max-http-header-size).");
        }
        "Amazon S3" => return of_s3(past, one),
        "STS" => {
            "» Look at the role's trust policy: its principal must be the token's provider, and its conditions (aud, sub) must fit the token."
        }
        "AppSync's management API" => {
            "It makes and changes APIs and takes no queries, so this has no part in what a field or its rules allow. » If the app is to manage APIs, allow the action that the message names to the role that signed; queries go to an API's own URL (https://….appsync-api.REGION.amazonaws.com/graphql)."
        }
        service if service.starts_with("Cognito") => of_cognito(one),
        // <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>: AWS_IAM wants a signature; others get 403 Forbidden.
        "a Lambda function URL" if !one.signed => "The call is not signed, and a URL with AuthType AWS_IAM takes signed calls alone. » Sign it (SigV4, service lambda) with a role that is allowed lambda:InvokeFunctionUrl, or give the URL the AuthType NONE and check the caller in the function.",
        "CloudFront" => "What the distribution says on its page decides: \"Request blocked\" is its web ACL or its restriction of countries, \"not configured to allow the HTTP request method\" its behavior's methods; else its origin refused. » Look at that page, and at the distribution's web ACL, geographic restrictions and origin.",
        _ if !one.signed => "The call is not signed. » Look at what its message names.",
        _ => "The role that signed lacks the action of that service (its message names it). » Allow it to that role, or switch that feature of the app off.",
    }
    .into()
}

/// Cognito's reasons, by its words
/// (<https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetCredentialsForIdentity.html>;
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html>).
fn of_cognito(one: &Foreign) -> &'static str {
    let says = |word: &str| one.message.contains(word) || one.code.contains(word);
    let pool = one.service == "Cognito Identity";
    if says("InvalidIdentityPoolConfiguration") {
        "» Give the identity pool its roles (one for signed-in users, and one for guests where it lets them in), each with a trust policy that names this pool."
    } else if pool && says("Token expired") {
        "The token in Logins had expired, so the pool gave out no credentials. » Refresh the session first and hand the new ID token over (Amplify 6: fetchAuthSession({ forceRefresh: true }))."
    } else if pool && says("ambiguous role") {
        // <https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>
        "The pool chooses the role by the token, and the token fits none alone: it names several roles (of groups with the same precedence) and no cognito:preferred_role, and the pool denies where that is ambiguous (AmbiguousRoleResolution). » Give the user's groups different precedence values, and sign in again, so that the token names a preferred role; or let the pool take the authenticated role then."
    } else if pool && (says("not from a supported provider") || says("Issuer") || says("Audience") || says("audience")) {
        "The identity pool does not know the token's issuer or its client. » Add that user pool and app client (or OIDC provider) to the identity pool's providers, or sign in with the one that stands there."
    } else if pool {
        "» Look at the identity pool: whether it lets guests in (unauthenticated identities, with a role for them), and whether it knows the token's provider and client; or sign the user in before."
    } else if says("required scopes") {
        // <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>;
        // aws-amplify/amplify-js#1906: the client must ask for the scope, too.
        "Cognito's own operations for a user (GetUser, UpdateUserAttributes, ChangePassword and the like) want an access token with the scope aws.cognito.signin.user.admin, which this one has not. » Allow that scope on the app client and ask for it in the sign-in (oauth.scopes), and sign in again; or read the attributes from the ID token, which needs no call."
    } else if says("flow not enabled") {
        "The app client does not allow this way of signing in. » Allow it on the app client (ExplicitAuthFlows, for example ALLOW_USER_PASSWORD_AUTH), or sign in by SRP (ALLOW_USER_SRP_AUTH)."
    } else if says("SECRET_HASH") || says("client secret") {
        "The app client has a secret, which a browser or an app cannot keep. » Use an app client without a secret, or sign in from a server that sends SECRET_HASH."
    } else if says("UserNotConfirmed") {
        "The user has not confirmed the account. » Confirm it (the code that was sent, or aws cognito-idp admin-confirm-sign-up), and sign in again."
    } else if says("PasswordResetRequired") {
        "The user must set a new password first. » Let the app start the reset, and sign in with the new password."
    } else if says("disabled") {
        "The user is disabled in the pool. » Enable the user (aws cognito-idp admin-enable-user), if that is meant, and sign in again."
    } else {
        "» Sign the user in again, and look at the app client and the user's state."
    }
}

/// S3's reasons: an address that was signed in advance and has run out, a signature that does not fit, a role that may not
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html>;
/// <https://repost.aws/knowledge-center/presigned-url-s3-bucket-expiration>: it ends with temporary credentials too;
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html>).
fn of_s3(past: &Past, one: &Foreign) -> Message {
    let says = |word: &str| one.message.contains(word) || one.code.contains(word);
    let asked = past.at.map(|at| at.div_euclid(1000));
    if says("Request has expired") || says("ExpiredToken") || says("token has expired") {
        let ran_out = match &one.presigned {
            Some(signed) if says("Request has expired") => {
                let until = signed.at.saturating_add(signed.lasts);
                let since = asked.filter(|asked| *asked > until).map_or_else(String::new, |asked| {
                    format!(", {} before it was asked for at {}", token::span(asked - until), clock(asked))
                });
                format!(
                    "The address was signed in advance, at {} for {} s (X-Amz-Date, X-Amz-Expires), so it ran out at {}{since}.",
                    token::moment(signed.at),
                    signed.lasts,
                    token::moment(until),
                )
            }
            Some(signed) => format!(
                "The address was signed in advance, at {}, with temporary credentials that have ended since: it ends with them, whatever X-Amz-Expires says.",
                token::moment(signed.at)
            ),
            None => "What it was signed with has run out.".to_owned(),
        };
        return Message::from(ran_out).cured("Keep the object's key in the data and sign a new address each time it is shown (Amplify: getUrl; or a resolver that signs), not one that was stored. A longer X-Amz-Expires does not last either: an address that was signed with temporary credentials ends with them.");
    }
    if says("SignatureDoesNotMatch") {
        return "What was sent is not what was signed. » Send the same method, address and headers that were signed (Content-Type and x-amz- headers above all), and sign with the credentials that are in force.".into();
    }
    if says("RequestTimeTooSkewed") {
        return "The clock of the device is more than 15 minutes off. » Set the clock.".into();
    }
    if says("NoSuchKey") || says("NoSuchBucket") {
        return "There is no object of that name. » Compare the key and the bucket with what was stored; no permission is missing for that.".into();
    }
    if one.distributed && !one.signed {
        // <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>; S3 says
        // AccessDenied of what is not there too, to who may not list the bucket.
        return "CloudFront passed on its bucket's refusal: the object is not there, or the distribution may not read the bucket (origin access control). » Look whether the object exists under that key, and whether the bucket's policy lets the distribution read it.".into();
    }
    if !one.signed {
        return "The request carries no signature, so S3 took it as everybody's, and the object is not public (or not there, which S3 does not tell to who may not list the bucket). » Let the client sign the request or the address (Amplify: getUrl), or read it through a distribution; make an object public only if everybody is to read it.".into();
    }
    "The role that signed lacks s3:GetObject (or PutObject) on that key, often because it is the private/ prefix of another identity: » store it under public/ or protected/, or allow the role to read that prefix.".into()
}
