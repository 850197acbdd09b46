//! Another server of the same identity provider: an issuer of the same host with another path, Microsoft's two names of one
//! tenant, one realm under two hosts, or another customer of one service.

use super::super::address;
use super::super::token::Token;
use crate::message::{Message, Part};

/// A service whose customers have each a host below its own, with what such a customer is called there.
struct Hosted {
    below: &'static str,
    noun: &'static str,
}

/// Such services, by the issuers that they document
/// (<https://auth0.com/docs/get-started/applications/application-settings>; <https://developer.okta.com/docs/concepts/okta-organizations/>;
/// <https://clerk.com/docs/deployments/environments>; <https://supabase.com/docs/guides/auth/jwts>;
/// <https://learn.microsoft.com/en-us/azure/active-directory-b2c/tokens-overview>;
/// <https://docs.kinde.com/build/tokens/verifying-json-web-tokens/>).
const HOSTED: [Hosted; 7] = [
    Hosted { below: ".auth0.com", noun: "Auth0 tenant" },
    Hosted { below: ".okta.com", noun: "Okta organization" },
    Hosted { below: ".oktapreview.com", noun: "Okta organization" },
    Hosted { below: ".clerk.accounts.dev", noun: "development instance of Clerk's" },
    Hosted { below: ".supabase.co", noun: "Supabase project" },
    Hosted { below: ".b2clogin.com", noun: "Azure AD B2C tenant" },
    Hosted { below: ".kinde.com", noun: "Kinde business" },
];

/// An issuer in its parts.
struct Issuer<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    /// Without slashes around it; empty where the address is all.
    path: &'a str,
}

impl<'a> Issuer<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        Some(Self { text, scheme, host, path: path.trim_matches('/') })
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

    /// Whether its realm stands below a base path that Keycloak itself had by default: below another one there may be another Keycloak.
    fn is_default_base(&self) -> bool {
        ["realms", "auth/realms"].iter().any(|base| self.path.rsplit_once('/').is_some_and(|(before, _)| before == *base))
    }

    /// The service that this host is below, and the customer's part of it, its region in it.
    fn hosted(&self) -> Option<(&'static Hosted, &'a str)> {
        HOSTED.iter().find_map(|one| Some((one, self.host.strip_suffix(one.below)?)))
    }

    /// A project of Firebase's (<https://firebase.google.com/docs/auth/admin/verify-id-tokens>: `iss`).
    fn firebase(&self) -> Option<&'a str> {
        (self.host == "securetoken.google.com" && !self.path.is_empty()).then_some(self.path)
    }

    /// Whether it is a production instance of Clerk's, which has its address below its owner's domain
    /// (<https://clerk.com/docs/deployments/production>).
    fn is_clerk_live(&self) -> bool {
        self.path.is_empty() && self.host.starts_with("clerk.") && self.hosted().is_none()
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
    /// One realm under two hosts.
    RealmHosts(&'a str),
    /// Two customers of one service: what they are called, the token's, the API's.
    Customers(&'static str, &'a str, &'a str),
    /// Two projects of Firebase's, which have the same keys: the token's, the API's.
    Projects(&'a str, &'a str),
    /// Clerk's development instance and its production instance; whether the token's is that for development.
    ClerkInstances(bool),
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
        if let (Some(mine), Some(theirs)) = (token.firebase(), own.firebase()) {
            return (mine != theirs).then_some(Self::Projects(mine, theirs));
        }
        if !token.host.eq_ignore_ascii_case(own.host) {
            return Self::of_hosts(token, own);
        }
        if token.path == own.path {
            return None;
        }
        Some(match (token.okta_server(), own.okta_server(), token.realm(), own.realm()) {
            (None, Some(_), ..) if token.path.is_empty() => Self::OktaOrg,
            (Some(_), None, ..) if own.path.is_empty() => Self::ForOktaOrg,
            (Some(mine), Some(theirs), ..) => Self::OktaServers(mine, theirs),
            (_, _, Some(mine), Some(theirs)) if mine == theirs && token.is_default_base() && own.is_default_base() => Self::SameRealm(mine),
            (_, _, Some(mine), Some(theirs)) if mine == theirs => Self::OtherPath,
            (_, _, Some(mine), Some(theirs)) => Self::Realms(mine, theirs),
            _ => Self::OtherPath,
        })
    }

    /// Of two hosts.
    fn of_hosts(token: &Issuer<'a>, own: &Issuer<'a>) -> Option<Self> {
        if let (Some(mine), Some(theirs)) = (token.realm(), own.realm()) {
            return (mine == theirs).then_some(Self::RealmHosts(mine));
        }
        match (token.hosted(), own.hosted()) {
            (Some((one, mine)), Some((other, theirs))) => (one.noun == other.noun).then_some(Self::Customers(one.noun, mine, theirs)),
            (Some((one, _)), None) if one.below == CLERK && own.is_clerk_live() => Some(Self::ClerkInstances(true)),
            (None, Some((other, _))) if other.below == CLERK && token.is_clerk_live() => Some(Self::ClerkInstances(false)),
            _ => None,
        }
    }
}

/// Below which Clerk's development instances are.
const CLERK: &str = ".clerk.accounts.dev";

/// What the two are, and what to do; `None` where no issuer of the API is the same provider's.
pub(super) fn words(token: &Token, issuer: &str, known: &[String]) -> Option<Message> {
    of_relation(token, issuer, known, |_| true)
}

/// The same for servers of which each signs with keys of its own, or whose tokens the API's client keeps out.
pub(super) fn with_other_keys(token: &Token, issuer: &str, known: &[String]) -> Option<Message> {
    let own_keys = |relation: &IssuerKin<'_>| {
        use IssuerKin::{ClerkInstances, Customers, ForOktaOrg, OktaOrg, OktaServers, Projects, Realms};
        matches!(relation, OktaOrg | ForOktaOrg | OktaServers(..) | Realms(..) | Customers(..) | ClerkInstances(_) | Projects(..))
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
        IssuerKin::RealmHosts(realm) => Message::of(
            "it is of the same realm ({}) under another host: {}, not {}. Keycloak writes into iss the address by which it was asked, unless its hostname is set{}",
            [
                Part::Value((*realm).to_owned()),
                Part::Place(mine.host.to_owned()),
                Part::Place(own.host.to_owned()),
                Part::Text(unreached(mine).map_or_else(|| ".".to_owned(), |why| format!("; and {} {why}, where AppSync cannot fetch its keys.", mine.host))),
            ],
        ),
        IssuerKin::Customers(noun, mine, own) => Message::of(
            "it is of another {}: {}, not {}, and each signs with keys of its own.",
            [Part::Text((*noun).to_owned()), Part::Value((*mine).to_owned()), Part::Value((*own).to_owned())],
        ),
        IssuerKin::Projects(mine, own) => two("it is of another Firebase project: {}, not {}; the keys are Google's for all projects, so issuer and client (aud, the project again) are what keeps one project's users out of another's API.", mine, own),
        IssuerKin::ClerkInstances(true) => "it is of a development instance of Clerk's, and the API takes tokens of the production instance: each has users and keys of its own.".into(),
        IssuerKin::ClerkInstances(false) => "it is of Clerk's production instance, and the API takes tokens of a development instance: each has users and keys of its own.".into(),
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
        IssuerKin::ManyTenants(_) => as_token_has("Write the issuer of one tenant, your own organization's, into the API ({} is the token's: only if that tenant is yours, or its users belong on this API); of several tenants each is a provider of its own"),
        IssuerKin::ForOktaOrg => as_token_has("Set the API's OIDC issuer to that of a custom server whose callers belong on this API (the token's is {})"),
        IssuerKin::SameRealm(_) => sign_in.with(Message::of("if that address is still served; else write the API's OIDC issuer as the token has it ({})", [Part::Value(mine.text.to_owned())])),
        IssuerKin::Versions(false) => as_token_has("Set requestedAccessTokenVersion (accessTokenAcceptedVersion in older manifests) to 2 in the app registration that the token is for, and sign in again: the version follows that, not the address where the token was asked for; or write the API's OIDC issuer as the token has it ({})"),
        IssuerKin::Versions(true) => as_token_has("Write the API's OIDC issuer as the token has it ({}); or take requestedAccessTokenVersion (accessTokenAcceptedVersion in older manifests) of 2 out of the app registration that the token is for, if version 1.0 is meant (sts.windows.net)"),
        IssuerKin::RealmHosts(_) => realm_hosts(mine, own),
        IssuerKin::ClerkInstances(_) => {
            let (key, wanted) = if mine.is_clerk_live() { ("pk_test_…", "development") } else { ("pk_live_…", "production") };
            Message::of(
                "Build this client with the publishable key of the API's instance ({}, {}) and sign in again; or, if this is another environment, let it call the API of that environment, whose issuer is {}",
                [Part::Code(key.to_owned()), Part::Text(wanted.to_owned()), Part::Value(mine.text.to_owned())],
            )
        }
        IssuerKin::Projects(_, own) => Message::of(
            "Build the app with the configuration of {} (projectId, apiKey, authDomain) and sign in again; do not widen the API's clientId for it, unless the users of both projects belong on this API",
            [Part::Value((*own).to_owned())],
        ),
        IssuerKin::OktaServers(..) | IssuerKin::Realms(..) | IssuerKin::Tenants(..) | IssuerKin::Customers(..) | IssuerKin::OtherPath => sign_in.with(Message::of(
            "(or, if callers of {} belong on this API, configure it as an additional OIDC provider)",
            [Part::Value(mine.text.to_owned())],
        )),
    }
}

/// Why AppSync cannot reach an issuer.
fn unreached(issuer: &Issuer<'_>) -> Option<&'static str> {
    address::why_unreachable(issuer.scheme, issuer.host)
}

/// One realm under two hosts: which of them is to be kept (<https://www.keycloak.org/server/hostname>; a realm's own Frontend URL stands
/// in its general settings).
fn realm_hosts(mine: &Issuer<'_>, own: &Issuer<'_>) -> Message {
    let base = format!("{}://{}", own.scheme, own.host);
    let token_as_api = Message::of(
        "set Keycloak's own hostname to {} (KC_HOSTNAME, or the realm's Frontend URL), so that every token has the API's issuer, whichever address it was asked for at, and take a new token",
        [Part::Value(base)],
    );
    let api_as_token = Message::of("write the API's OIDC issuer as the token has it ({}), but only if that address is your own", [Part::Value(mine.text.to_owned())]);
    let sign_in = Message::of("sign in at {}", [Part::Value(own.text.to_owned())]);
    match (unreached(mine).is_some(), unreached(own).is_some()) {
        (true, false) => Message::joined("If both lead to one Keycloak, {}; if they are two, {}", [token_as_api, sign_in]),
        (false, true) => Message::joined("If both lead to one Keycloak, {}; if they are two, {}", [api_as_token, sign_in]),
        _ => Message::joined("If both lead to one Keycloak, {}; or {}; if they are two, {}", [token_as_api, api_as_token, sign_in]),
    }
}

/// Okta's access tokens name the client in `cid` and the scopes in `scp`, its ID tokens have neither
/// (<https://developer.okta.com/docs/guides/validate-access-tokens/>: those of the org authorization server are opaque for others).
fn is_okta_access(token: &Token) -> bool {
    token.claims.contains_key("cid") || token.claims.contains_key("scp")
}
