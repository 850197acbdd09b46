//! By which of the API's providers a token comes: its issuer says so, not what it looks like.

use super::directives::DirectiveVerdict;
use super::walk::Closed;
use crate::appsync::AuthType;
use crate::message::{Message, Part, any_of};
use crate::request::api::ApiConfig;
use crate::request::evidence::Evidence;
use crate::request::schema::DirectiveRule;
use crate::request::token::{self, Token};

/// The mode that takes a token: that of the provider with its issuer (a user pool may be an OIDC provider's issuer, as a second
/// pool is where only one was to be configured: aws-amplify/amplify-js#7594, #13016); a token of Cognito's is the user pool's where no
/// provider is known to have its issuer.
pub fn of_token(api: &ApiConfig, token: &Token) -> Option<AuthType> {
    let modes = api.modes();
    let has = |mode: AuthType| modes.is_empty() || modes.contains(&mode);
    let by_issuer = token.text("iss").and_then(|issuer| api.mode_of_issuer(issuer)).filter(|mode| has(*mode));
    by_issuer.or_else(|| {
        if token.is_cognito() && has(AuthType::UserPool) && !is_left_to_oidc(api, token) {
            return Some(AuthType::UserPool);
        }
        (has(AuthType::Oidc) && (!modes.is_empty() || !token.is_cognito())).then_some(AuthType::Oidc)
    })
}

/// Whether the API's user pools are all known, none of them is the token's, and an OIDC provider is there whose issuer is not
/// known (a template's reference): then no other provider can have let it in.
fn is_left_to_oidc(api: &ApiConfig, token: &Token) -> bool {
    let pools: Vec<Option<&str>> = api.issuers_of(AuthType::UserPool).collect();
    let issuer = token.text("iss").unwrap_or_default();
    let is_other = |own: &Option<&str>| own.is_some_and(|own| pool(own) != pool(issuer));
    !pools.is_empty() && pools.iter().all(is_other) && api.has_open_issuer(AuthType::Oidc)
}

/// The pool's id, at the end of its issuer.
fn pool(issuer: &str) -> &str {
    issuer.trim_end_matches('/').rsplit('/').next().unwrap_or(issuer)
}

/// The pool of a token where it is not known whether it is the API's user pool or its OIDC provider, and the field lets no OIDC
/// caller in: both stand there as references.
pub fn may_be_oidc(evidence: &Evidence) -> Option<String> {
    let token = token::read(evidence.authorization()?.0).ok()?;
    let issuer = token.text("iss").filter(|_| token.is_cognito())?;
    let api = &evidence.api;
    let is_open = api.has_open_issuer(AuthType::UserPool) && api.has_open_issuer(AuthType::Oidc);
    let is_oidc = is_open && api.mode_of_issuer(issuer).is_none() && !super::opens_to(evidence, AuthType::Oidc);
    is_oidc.then(|| pool(issuer).to_owned())
}

/// A token of Cognito's that comes as OIDC, at a place that lets user pools in: whose it is, and what to do in the place of
/// directives.
pub(super) struct PoolAsOidc {
    pub fact: Message,
    pub way_out: Message,
}

impl PoolAsOidc {
    pub fn of(evidence: &Evidence, mode: AuthType, first: &Closed, rules: &[&DirectiveRule]) -> Option<Self> {
        let lets_pools_in = matches!(&first.verdict, DirectiveVerdict::OtherModes(modes) if modes.contains(&AuthType::UserPool));
        let token = token::read(evidence.authorization()?.0).ok()?;
        let issuer = token.text("iss").filter(|_| lets_pools_in && mode == AuthType::Oidc && token.is_cognito())?;
        if evidence.api.mode_of_issuer(issuer) == Some(AuthType::UserPool) {
            return None;
        }
        let own: Vec<&str> = evidence.api.issuers_of(AuthType::UserPool).flatten().map(pool).collect();
        let beside = match own.as_slice() {
            [] => String::new(),
            some => format!(" (its own user pool is {})", any_of(some)),
        };
        let fact = Message::of(
            "The token is of the user pool {}, which this API knows only as its OPENID_CONNECT provider{}: so it comes as OPENID_CONNECT, though Cognito issued it.",
            [Part::Value(pool(issuer).to_owned()), Part::Value(beside)],
        );
        Some(Self { fact, way_out: way_out(pool(issuer), rules) })
    }
}

/// The pool as one of the API's user pools: an API may have several
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>).
fn way_out(pool: &str, rules: &[&DirectiveRule]) -> Message {
    let of_pool = rules.iter().filter(|rule| rule.mode == AuthType::UserPool);
    let groups = of_pool.clone().count() > 0 && of_pool.clone().all(|rule| rule.groups.is_some());
    let open = if groups { " (@aws_oidc knows no groups: it opens the field to every user of that pool)" } else { "" };
    Message::of(
        "Or register {} as an additional AMAZON_COGNITO_USER_POOLS provider in the place of the OIDC one{}: then the directives stay as they are, and resolvers find $ctx.identity.username and groups, which an OIDC identity has not.",
        [Part::Value(pool.to_owned()), Part::Text(open.to_owned())],
    )
}
