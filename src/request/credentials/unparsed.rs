//! AppSync could not parse a token that is a whole JWT: then its words are not about the token's form.

use super::super::evidence::Evidence;
use super::super::layer::{Layer, State};
use super::super::messages::KnownMessage;
use super::super::token::{self, Token};
use super::issuer as issuers;
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};

/// Findings on a token's form, which say more than its issuer.
const ODD: [Code; 3] = [Code::TokenCritical, Code::TokenNested, Code::TokenHasExtras];

/// What is left: AppSync finds a token's mode by its issuer once there are several, and says the same of one that fits none
/// (aws/aws-appsync-community#30; APPSYNC-VTL 7.1).
pub(super) fn judge(evidence: &Evidence, known: &KnownMessage, layer: &Layer) -> Option<Finding> {
    let odd = layer.findings.iter().any(|found| ODD.contains(&found.code));
    if known.code != Code::TokenMalformed || layer.state == State::Refused || odd {
        return None;
    }
    let token = token::read(evidence.authorization()?.0).ok()?;
    let issuer = token.text("iss")?;
    let own = evidence.api.issuers.iter().find(|known| known.trim_end_matches('/') == issuer.trim_end_matches('/'));
    match own {
        Some(own) if !evidence.api.issuers.iter().any(|known| known == issuer) => Some(slash(evidence, known, own, &token)),
        Some(_) => Some(not_this_one(evidence, known, &token)),
        None => issuers::other_provider(evidence, &token).or_else(|| Some(unlisted(evidence, known, &token))),
    }
}

/// `, in date until …`
fn until(evidence: &Evidence, token: &Token) -> String {
    match (token.time("exp"), evidence.now) {
        (Some(exp), Some(now)) if exp > now => format!(", in date until {}", token::moment(exp)),
        (Some(exp), _) => format!(", with exp {}", token::moment(exp)),
        _ => String::new(),
    }
}

/// The slash at the end alone, and since when it counts.
fn slash(evidence: &Evidence, known: &KnownMessage, own: &str, token: &Token) -> Finding {
    let issuer = token.text("iss").unwrap_or_default();
    let modes = evidence.api.modes();
    let several = modes.len() > 1 && modes.contains(&AuthType::Oidc);
    let since = if several {
        format!(" With OPENID_CONNECT as an API's only mode AppSync does not compare the issuer; with a second mode, as here ({}), it finds a token's mode by it.", AuthType::api_names(&modes))
    } else {
        String::new()
    };
    let form = Message::of(
        "The token itself is a whole JWT{}, whatever the words say of parsing.{}",
        [Part::Text(until(evidence, token)), Part::Text(since)],
    );
    let finding = issuers::slash(known, own, issuer);
    let message = finding.message.cause().with(form).cured(finding.message.cure());
    Finding { message, ..finding }
}

/// The issuer is the API's own, to the letter: most likely AppSync got something else.
fn not_this_one(evidence: &Evidence, known: &KnownMessage, token: &Token) -> Finding {
    let issuer = token.text("iss").unwrap_or_default();
    let message = Message::of(
        "AppSync says {}, and the token that is here is a whole JWT{} whose issuer (iss), {}, is the API's to the letter. So most likely AppSync got something else in Authorization (a proxy or a later link of the client changed it), or the request went to another API's URL, which has another issuer. » Compare what left the client with what AppSync logged (masked, by its last letters), and the URL with the API's own.",
        [
            Part::Value(quoted(known.text).to_string()),
            Part::Text(until(evidence, token)),
            Part::Value(issuer.to_owned()),
        ],
    );
    Finding::new(Code::NoValidCredential, message).certainty(Certainty::Likely).at("request.headers.authorization").actual(issuer)
}

/// Which issuers the API has is not known: what to compare first, by what the token shows.
fn unlisted(evidence: &Evidence, known: &KnownMessage, token: &Token) -> Finding {
    let issuer = token.text("iss").unwrap_or_default();
    let first = if token.is_cognito() {
        let pool = issuer.rsplit('/').next().unwrap_or(issuer);
        format!("It is a Cognito user pool's token: compare the pool {pool} with the API's (userPoolConfig.userPoolId), then whether the API takes user pools at all")
    } else if issuer.ends_with('/') {
        format!("Compare the API's issuer with {issuer} letter by letter, the slash at its end first (AppSync compares it once the API has a second mode), then whether the API takes OPENID_CONNECT at all")
    } else {
        format!("Compare the API's issuer with {issuer} letter by letter (a slash at the end counts, once the API has a second mode), then whether the API takes OPENID_CONNECT at all")
    };
    let message = Message::of(
        "AppSync says {}, and what was sent is a whole JWT (iss {}{}), so the words are not about its form: AppSync says them too of a token whose issuer fits none of the API's modes, and these are not in the material. » {} (aws appsync get-graphql-api, or give it with --api). If both fit, look at what AppSync logged of Authorization: something on the way may have changed it.",
        [
            Part::Value(quoted(known.text).to_string()),
            Part::Value(issuer.to_owned()),
            Part::Text(until(evidence, token)),
            Part::Text(first),
        ],
    );
    Finding::new(Code::NoValidCredential, message).certainty(Certainty::Likely).at("token.iss").actual(issuer).wanted("an issuer of the API")
}
