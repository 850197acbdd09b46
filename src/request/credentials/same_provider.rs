//! Another server of the same identity provider: an issuer of the same host with another path, or Microsoft's two names of one
//! tenant.

use super::super::token::Token;
use crate::message::{Message, Part};

/// An issuer in its parts.
struct Issuer<'a> {
    text: &'a str,
    host: &'a str,
    /// Without slashes around it; empty where the address is all.
    path: &'a str,
}

impl<'a> Issuer<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self { text, host, path: path.trim_matches('/') })
    }

    /// The id of a custom authorization server of Okta's: `/oauth2/default`, `/oauth2/aus…`
    /// (<https://developer.okta.com/docs/concepts/auth-servers/>).
    fn okta_server(&self) -> Option<&'a str> {
        self.path.strip_prefix("oauth2/").filter(|id| *id == "default" || id.starts_with("aus") && !id.contains('/'))
    }

    /// A realm of Keycloak's, behind whatever base path.
    fn realm(&self) -> Option<&'a str> {
        let (base, realm) = self.path.rsplit_once('/')?;
        (base == "realms" || base.ends_with("/realms")).then_some(realm)
    }

    /// Microsoft Entra's tenant, and whether tokens of version 2.0 have this issuer
    /// (<https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#token-formats>).
    fn entra(&self) -> Option<(&'a str, bool)> {
        let mut parts = self.path.split('/');
        let tenant = parts.next().filter(|tenant| !tenant.is_empty())?;
        let is_old = ["sts.windows.net", "sts.chinacloudapi.cn"].contains(&self.host);
        let is_new = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"].contains(&self.host);
        (is_old || is_new).then_some((tenant, is_new && parts.next() == Some("v2.0")))
    }
}

/// How the token's issuer stands to one of the API's.
enum IssuerKin<'a> {
    /// The organization's own server issued it, and the API takes a custom one.
    OktaOrg,
    /// A custom server issued it, and the API has the organization's own.
    ForOktaOrg,
    /// Two custom servers: the token's, the API's.
    OktaServers(&'a str, &'a str),
    /// Two realms: the token's, the API's.
    Realms(&'a str, &'a str),
    /// One realm under two base paths.
    SameRealm(&'a str),
    /// Two versions of the tokens of one tenant; whether the token's is the newer.
    Versions(bool),
    /// Two tenants: the token's, the API's.
    Tenants(&'a str, &'a str),
    /// The API has an address for several tenants, which no token has as its issuer
    /// (<https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#validate-the-issuer>; coreos/go-oidc#121).
    ManyTenants(&'a str),
    /// Another path of the same host.
    OtherPath,
}

impl<'a> IssuerKin<'a> {
    fn of(token: &Issuer<'a>, own: &Issuer<'a>) -> Option<Self> {
        if let (Some((mine, is_new)), Some((theirs, wants_new))) = (token.entra(), own.entra()) {
            return match theirs {
                "common" | "organizations" | "consumers" => Some(Self::ManyTenants(theirs)),
                _ if mine != theirs => Some(Self::Tenants(mine, theirs)),
                _ => (is_new != wants_new).then_some(Self::Versions(is_new)),
            };
        }
        if !token.host.eq_ignore_ascii_case(own.host) || token.path == own.path {
            return None;
        }
        Some(match (token.okta_server(), own.okta_server(), token.realm(), own.realm()) {
            (None, Some(_), ..) if token.path.is_empty() => Self::OktaOrg,
            (Some(_), None, ..) if own.path.is_empty() => Self::ForOktaOrg,
            (Some(mine), Some(theirs), ..) => Self::OktaServers(mine, theirs),
            (_, _, Some(mine), Some(theirs)) if mine == theirs => Self::SameRealm(mine),
            (_, _, Some(mine), Some(theirs)) => Self::Realms(mine, theirs),
            _ => Self::OtherPath,
        })
    }
}

/// What the two are, and what to do; `None` where no issuer of the API is the same provider's.
pub(super) fn words(token: &Token, issuer: &str, known: &[String]) -> Option<Message> {
    of_relation(token, issuer, known, |_| true)
}

/// The same for servers of which each signs with keys of its own.
pub(super) fn with_other_keys(token: &Token, issuer: &str, known: &[String]) -> Option<Message> {
    let own_keys = |relation: &IssuerKin<'_>| {
        matches!(relation, IssuerKin::OktaOrg | IssuerKin::ForOktaOrg | IssuerKin::OktaServers(..) | IssuerKin::Realms(..))
    };
    of_relation(token, issuer, known, own_keys)
}

fn of_relation(token: &Token, issuer: &str, known: &[String], counts: impl Fn(&IssuerKin<'_>) -> bool) -> Option<Message> {
    let mine = Issuer::of(issuer)?;
    let (own, relation) = known.iter().find_map(|own| {
        let own = Issuer::of(own)?;
        IssuerKin::of(&mine, &own).map(|relation| (own, relation))
    })?;
    counts(&relation).then(|| cause(token, &mine, &own, &relation).cured(cure(token, &mine, &own, &relation)))
}

fn cause(token: &Token, mine: &Issuer<'_>, own: &Issuer<'_>, relation: &IssuerKin<'_>) -> Message {
    let two = |words, mine: &str, own: &str| Message::of(words, [Part::Value(mine.to_owned()), Part::Value(own.to_owned())]);
    match relation {
        IssuerKin::OktaOrg if is_okta_access(token) => "it is of the same Okta organization and of another authorization server: the org's own (its address alone, for which the client asks by an issuer or discovery address without /oauth2/…), whose access tokens are for Okta itself; Okta lets nobody else validate them.".into(),
        IssuerKin::OktaOrg => "it is of the same Okta organization and of another authorization server: the org's own (its address alone, for which the client asks by an issuer or discovery address without /oauth2/…).".into(),
        IssuerKin::ForOktaOrg => "it is of a custom authorization server (/oauth2/…) of the same Okta organization, and the API has the org's own authorization server, whose access tokens Okta lets nobody else validate.".into(),
        IssuerKin::OktaServers(mine, own) => two("it is of another authorization server of the same Okta organization: {}, not {}.", mine, own),
        IssuerKin::Realms(mine, own) => two("it is of another realm of the same host: {}, not {}, and each realm is an issuer with keys of its own.", mine, own),
        IssuerKin::SameRealm(realm) => Message::of(
            "it is of the same realm ({}) under another base path (Keycloak has none by default since version 17, and had /auth before), and issuers are compared as text.",
            [Part::Value((*realm).to_owned())],
        ),
        IssuerKin::Versions(true) => "it is of the same Microsoft Entra tenant, as tokens of version 2.0 have it, and the API's is not that of version 2.0.".into(),
        IssuerKin::Versions(false) => "it is of the same Microsoft Entra tenant, as tokens of version 1.0 have it, and the API has the issuer of version 2.0.".into(),
        IssuerKin::ManyTenants(own) => Message::of(
            "it is of one Microsoft Entra tenant, and {} in the API's is an address for several: no token has that as its issuer.",
            [Part::Value((*own).to_owned())],
        ),
        IssuerKin::Tenants(mine, own) => two("it is of another Microsoft Entra tenant: {}, not {}.", mine, own),
        IssuerKin::OtherPath => {
            let path = |one: &Issuer<'_>| if one.path.is_empty() { "the address alone".to_owned() } else { format!("/{}", one.path) };
            Message::of(
                "it is of the same host ({}) and of another authorization server, tenant or project there: {}, not {}.",
                [Part::Place(mine.host.to_owned()), Part::Value(path(mine)), Part::Value(path(own))],
            )
        }
    }
}

fn cure(token: &Token, mine: &Issuer<'_>, own: &Issuer<'_>, relation: &IssuerKin<'_>) -> Message {
    let mut sign_in = Message::of(
        "Get the token from {}: set that as the client's issuer (its discovery address is {}/.well-known/openid-configuration), sign in again and send that token",
        [Part::Value(own.text.to_owned()), Part::Place(own.text.trim_end_matches('/').to_owned())],
    );
    let as_token_has = |words| Message::of(words, [Part::Value(mine.text.to_owned())]);
    match relation {
        IssuerKin::OktaOrg => {
            if is_okta_access(token) {
                sign_in.and("(not the other way round: as the API's provider the org's server would not do)");
            }
            sign_in
        }
        IssuerKin::ManyTenants(_) => as_token_has("Write the API's OIDC issuer as the token has it ({}); of several tenants each is a provider of its own"),
        IssuerKin::ForOktaOrg => as_token_has("Set the API's OIDC issuer to {}, the custom server's"),
        IssuerKin::SameRealm(_) => as_token_has("Write the API's OIDC issuer as the token has it ({}), or let the client ask under the address that the API has, if it is still served"),
        IssuerKin::Versions(false) => as_token_has("Set requestedAccessTokenVersion (accessTokenAcceptedVersion in older manifests) to 2 in the app registration that the token is for, and sign in again: the version follows that, not the address where the token was asked for; or write the API's OIDC issuer as the token has it ({})"),
        IssuerKin::Versions(true) => as_token_has("Write the API's OIDC issuer as the token has it ({}); or take requestedAccessTokenVersion (accessTokenAcceptedVersion in older manifests) of 2 out of the app registration that the token is for, if version 1.0 is meant (sts.windows.net)"),
        IssuerKin::OktaServers(..) | IssuerKin::Realms(..) | IssuerKin::Tenants(..) | IssuerKin::OtherPath => sign_in.with(Message::of(
            "(or, if callers of {} belong on this API, configure it as an additional OIDC provider)",
            [Part::Value(mine.text.to_owned())],
        )),
    }
}

/// Okta's access tokens name the client in `cid` and the scopes in `scp`, its ID tokens have neither
/// (<https://developer.okta.com/docs/guides/validate-access-tokens/>: those of the org authorization server are opaque for others).
fn is_okta_access(token: &Token) -> bool {
    token.claims.contains_key("cid") || token.claims.contains_key("scp")
}
