//! What directives say of a mode (APPSYNC-VTL 7.2, 7.3; AppSync developer guide: "Fine-grained access control").

use crate::message::{all_of};
use crate::appsync::AuthType;
use crate::request::api::ApiConfig;
use crate::request::evidence::Evidence;
use crate::request::schema::{Field, Object, DirectiveRule, Schema};
use crate::request::token;
use serde_json::Value as Json;

/// What the directives say of a mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectiveVerdict {
    /// It may pass.
    Allowed,
    /// The modes that may pass instead.
    OtherModes(Vec<AuthType>),
    /// The groups of which the caller needs one.
    Groups(Vec<String>),
    /// The same, where nobody gave the caller's groups.
    GroupsOpen(Vec<String>),
    /// The default action is DENY.
    DefaultDeny,
    /// The default mode is not known.
    Unknown,
}

impl DirectiveVerdict {
    /// Whether it is certain that the caller is kept out.
    pub fn is_closed(&self) -> bool {
        !matches!(self, Self::Allowed | Self::Unknown | Self::GroupsOpen(_))
    }
}

/// Whose directives decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveSource {
    /// The field's.
    Field,
    /// Its type's.
    Object,
    /// Neither has one that counts: the API's default mode.
    Default,
}

/// What is known of the API and the caller.
#[derive(Clone, Debug)]
pub struct Gate<'a> {
    /// The API's modes.
    pub api: &'a ApiConfig,
    /// The caller's groups; `None` where they were not given.
    pub groups: Option<Vec<String>>,
    /// Whether fields without a directive are closed to the user pool's callers.
    pub denies: bool,
    /// Whether the default action was told.
    pub has_action: bool,
    /// Whether the token is a machine's, got by client credentials.
    pub is_machine: bool,
}

impl<'a> Gate<'a> {
    /// Of a request.
    pub fn of(evidence: &'a Evidence) -> Self {
        // The identity carries the user pool's default action too.
        let strategy = || evidence.identity.as_ref()?.get("defaultAuthStrategy")?.as_str();
        let action = evidence.api.default_action.as_deref().or_else(strategy);
        Self { api: &evidence.api, groups: groups(evidence), denies: action == Some("DENY"), has_action: action.is_some_and(|action| matches!(action, "ALLOW" | "DENY")), is_machine: is_machine(evidence) }
    }

    /// Whether the default action may be DENY: it stands there as an expression, and the identity does not have it either.
    pub fn may_deny(&self) -> bool {
        self.api.open_action && !self.has_action
    }

    /// Whether `@aws_auth` counts nowhere: it is for APIs whose only mode is the user pool.
    pub fn is_mixed(&self) -> bool {
        self.api.is_known() && (self.api.modes().len() > 1 || self.api.default != Some(AuthType::UserPool))
    }

    /// Whether it may count nowhere: a configuration was given, and whether it has another mode could not be read.
    pub fn may_be_mixed(&self) -> bool {
        self.api.is_unread() && self.api.default.is_none_or(|default| default == AuthType::UserPool)
    }

    /// The directives that count: `@aws_auth` binds only on fields of the root types.
    pub fn deciding<'r>(&self, field: &'r [DirectiveRule], object: &'r [DirectiveRule], is_root: bool) -> (DirectiveSource, Vec<&'r DirectiveRule>) {
        let own: Vec<&DirectiveRule> = field.iter().filter(|rule| !rule.is_aws_auth || is_root && !self.is_mixed()).collect();
        if !own.is_empty() {
            return (DirectiveSource::Field, own);
        }
        let own: Vec<&DirectiveRule> = object.iter().filter(|rule| !rule.is_aws_auth).collect();
        if own.is_empty() { (DirectiveSource::Default, own) } else { (DirectiveSource::Object, own) }
    }

    /// Whether DENY may have closed a field below the root types that no directive decides for: AppSync named it, and else
    /// nothing closes it. What the documentation says of DENY speaks of no level.
    pub fn may_deny_below(&self, schema: &Schema, mode: AuthType, (parent, name): &(String, String)) -> bool {
        let Some(object) = schema.types.get(parent).filter(|_| !schema.is_root(parent)) else { return false };
        let Some(field) = object.fields.get(name) else { return false };
        let of_pool = mode == AuthType::UserPool && self.api.default.is_none_or(|default| default == AuthType::UserPool);
        self.denies && of_pool && self.deciding(&field.rules, &object.rules, false).1.is_empty()
    }

    /// The field's directives replace the type's, which replace the API's default (7.3).
    pub fn allows(&self, schema: &Schema, parent: &str, object: &Object, field: &Field, mode: AuthType) -> DirectiveVerdict {
        let is_root = schema.is_root(parent);
        let (_, rules) = self.deciding(&field.rules, &object.rules, is_root);
        if rules.is_empty() {
            return match self.api.default {
                // With DENY a user pool's caller is kept out as the default mode's, and as an additional one's too.
                None if mode == AuthType::UserPool && self.denies && is_root => DirectiveVerdict::DefaultDeny,
                None => DirectiveVerdict::Unknown,
                Some(default) if default != mode => DirectiveVerdict::OtherModes(vec![default]),
                // `@aws_auth`, which DENY is made for, exists on root fields only: below them nothing could lift it.
                Some(AuthType::UserPool) if self.denies && is_root => DirectiveVerdict::DefaultDeny,
                Some(AuthType::UserPool) if is_root && self.may_deny() => DirectiveVerdict::Unknown,
                Some(_) => DirectiveVerdict::Allowed,
            };
        }
        let own: Vec<&&DirectiveRule> = rules.iter().filter(|rule| rule.mode == mode).collect();
        if own.is_empty() {
            let mut modes: Vec<AuthType> = rules.iter().map(|rule| rule.mode).collect();
            modes.dedup();
            return DirectiveVerdict::OtherModes(modes);
        }
        if own.iter().any(|rule| rule.groups.is_none()) {
            return DirectiveVerdict::Allowed;
        }
        let wanted: Vec<String> = own.iter().flat_map(|rule| rule.groups.iter().flatten().cloned()).collect();
        match &self.groups {
            Some(groups) if groups.iter().any(|group| wanted.contains(group)) => DirectiveVerdict::Allowed,
            // Whether it binds, a second mode says.
            _ if self.may_be_mixed() && rules.iter().all(|rule| rule.is_aws_auth) => DirectiveVerdict::Unknown,
            Some(_) => DirectiveVerdict::Groups(wanted),
            None => DirectiveVerdict::GroupsOpen(wanted),
        }
    }
}

/// `cognito:groups` of the caller; `None` when no identity is known.
fn claims(evidence: &Evidence) -> Option<Json> {
    Some(match &evidence.identity {
        Some(identity) => identity.get("claims").cloned().unwrap_or_else(|| identity.clone()),
        None => Json::Object(token::read(evidence.authorization()?.0).ok()?.claims),
    })
}

/// An access token of Cognito's for a client alone: `sub` is the client's id, and there is no username
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html>).
fn is_machine(evidence: &Evidence) -> bool {
    let Some(claims) = claims(evidence) else { return false };
    let text = |name: &str| claims.get(name).and_then(Json::as_str);
    text("token_use") == Some("access") && text("username").is_none() && text("sub").is_some() && text("sub") == text("client_id")
}

/// The caller's name in the pool, as the identity or the token has it.
pub fn username(evidence: &Evidence) -> Option<String> {
    let of_identity = evidence.identity.as_ref().and_then(|identity| identity.get("username")).and_then(Json::as_str);
    if let Some(name) = of_identity {
        return Some(name.to_owned());
    }
    let claims = claims(evidence)?;
    ["cognito:username", "username"].iter().find_map(|name| claims.get(*name)?.as_str().map(str::to_owned))
}

/// The caller's groups. A token has `cognito:groups` where its user is in one, and what is less than a token
/// shows nothing: `admin-get-user` answers without groups
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html>).
fn groups(evidence: &Evidence) -> Option<Vec<String>> {
    let list = |given: &Json| given.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
    let of_identity = || {
        let identity = evidence.identity.as_ref()?;
        let claims = claims(evidence)?;
        let given = claims.get("cognito:groups").or_else(|| identity.get("groups"));
        given.map(list).or_else(|| claims.get("token_use").map(|_| Vec::new()))
    };
    let of_token = || {
        let claims = token::read(evidence.authorization()?.0).ok()?.claims;
        Some(claims.get("cognito:groups").map(list).unwrap_or_default())
    };
    of_identity().or_else(of_token)
}

/// Several of them: `A and B`.
pub fn names(modes: &[AuthType]) -> String {
    all_of(&modes.iter().map(|mode| mode.api_name()).collect::<Vec<_>>())
}
