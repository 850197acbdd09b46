//! Policies as people have them: documents, the answers of IAM's and Organizations' commands, URL-encoded or not, and those
//! of which only the name is known. What cannot be read is kept by name: it could decide (IAM API reference: "GetRolePolicy",
//! "GetPolicyVersion", "ListAttachedRolePolicies", "GetAccountAuthorizationDetails"; Organizations: "DescribePolicy").

use super::account;
use super::kind::PolicyKind;
use super::statement::{self, Policy};
use crate::request::socket;
use serde_json::{Map, Value as Json, json};

/// Actions, resources and values of all policies that are read: each is compared with what is called. AWS takes 6,144 letters
/// of a policy that a customer manages, and its own largest (ReadOnlyAccess) has some two thousand words.
const WORDS: usize = 20_000;

/// Nested deeper than this is no answer of AWS.
const DEEPEST: usize = 16;
/// Policies beyond this count are named as not read: a role has at most some twenty.
const MOST: usize = 200;

/// A policy of which no document was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What it limits or grants.
    pub kind: PolicyKind,
    /// Its ARN, or its name.
    pub name: String,
    /// Why there is no document.
    pub why: NoDocument,
}

/// Why a policy could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDocument {
    /// Only its ARN or name was given.
    NameOnly,
    /// The version is not the one in force.
    OtherVersion,
    /// The text is no policy.
    NotAPolicy,
    /// A trust policy says who may take the role, and grants nothing.
    Trust,
    /// The answer about the account does not have this role, user or group.
    NotListed,
    /// The answer about the account is there, and who called is not known.
    CallerUnknown,
    /// There are more policies than are read.
    TooMany,
}

/// All policies of a request.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Those with a document.
    pub documents: Vec<Policy>,
    /// Those without.
    pub unread: Vec<Unread>,
    /// Words of those that were read.
    words: usize,
}

/// Members under which answers and templates hold policies of the same kind (`Properties` of a template's resource).
const INNER: &[&str] = &[
    "Properties",
    "PolicyDocument",
    "Document",
    "document",
    "policyDocument",
    "PolicyVersion",
    "Policy",
    "Policies",
    "policies",
    "policy",
    "Content",
    "identityPolicies",
    "identity",
    "RolePolicyList",
    "UserPolicyList",
    "GroupPolicyList",
    "Role",
    "AttachedPolicies",
    "AttachedManagedPolicies",
    "ManagedPolicyArns",
    "PolicyArns",
    "attachedPolicies",
    "managedPolicies",
];
const BOUNDARIES: &[&str] = &["PermissionsBoundary", "permissionsBoundary", "boundary"];
const SESSIONS: &[&str] = &["sessionPolicy", "sessionPolicies", "SessionPolicy", "SessionPolicies"];
const CONTROLS: &[&str] = &[
    "scp",
    "scps",
    "SCP",
    "serviceControlPolicy",
    "serviceControlPolicies",
    "ServiceControlPolicies",
    "ServiceControlPolicy",
];

impl Policies {
    /// Those of a request, by what they grant or limit.
    pub fn of<'j>(given: impl IntoIterator<Item = (PolicyKind, &'j Json)>) -> Self {
        let mut all = Self::default();
        for (kind, json) in given {
            all.take(json, kind, 0);
        }
        all
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.unread.is_empty()
    }

    /// The documents of a kind.
    pub fn documents(&self, kind: PolicyKind) -> impl Iterator<Item = &Policy> {
        self.documents.iter().filter(move |policy| policy.kind == kind)
    }

    /// Whether there is something of this kind, read or not.
    pub fn has(&self, kind: PolicyKind) -> bool {
        self.documents(kind).next().is_some() || self.unread.iter().any(|one| one.kind == kind && one.why != NoDocument::Trust)
    }

    fn missing(&mut self, kind: PolicyKind, name: impl Into<String>, why: NoDocument) {
        let one = Unread { kind, name: name.into(), why };
        if !self.unread.contains(&one) && self.unread.len() < MOST {
            self.unread.push(one);
        }
    }

    fn take(&mut self, json: &Json, kind: PolicyKind, depth: usize) {
        match json {
            Json::Array(list) => list.iter().for_each(|one| self.take(one, kind, depth)),
            Json::String(text) => self.text(text, kind, depth),
            Json::Object(map) => self.object(map, kind, depth + 1),
            Json::Null => {}
            other => self.missing(kind, other.to_string(), NoDocument::NotAPolicy),
        }
    }

    /// A document as text, URL-encoded as IAM's API returns it (RFC 3986), or an ARN.
    fn text(&mut self, text: &str, kind: PolicyKind, depth: usize) {
        let text = text.trim();
        let plain = text.starts_with(['{', '[']);
        let decoded = if plain { text.to_owned() } else { socket::percent_decoded(text) };
        // Some tools write a blank as `+`.
        let read = crate::json::read(decoded.trim());
        let read = if plain { read } else { read.or_else(|_| crate::json::read(socket::percent_decoded(&text.replace('+', " ")).trim())) };
        match read {
            Ok(inner @ (Json::Object(_) | Json::Array(_))) if depth < DEEPEST => self.take(&inner, kind, depth + 1),
            _ if text.contains(":policy/") => self.named(text, kind),
            _ => self.missing(kind, text.chars().take(60).collect::<String>(), NoDocument::NotAPolicy),
        }
    }

    fn object(&mut self, map: &Map<String, Json>, kind: PolicyKind, depth: usize) {
        if depth > DEEPEST {
            return self.missing(kind, "a policy", NoDocument::NotAPolicy);
        }
        let text = |name: &str| map.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        let nobody = [(account::NOT_LISTED, NoDocument::NotListed), (account::CALLER_UNKNOWN, NoDocument::CallerUnknown)];
        if let Some((name, why)) = nobody.into_iter().find_map(|(member, why)| Some((text(member)?, why))) {
            return self.missing(kind, name, why);
        }
        let summary =
            |name: &str| map.get("PolicySummary").and_then(|summary| summary.get(name)).and_then(Json::as_str);
        let is_control = summary("Type").or_else(|| text("Type")) == Some("SERVICE_CONTROL_POLICY");
        let kind = if is_control { PolicyKind::Control } else { kind };
        let name = text("PolicyName").or_else(|| summary("Name")).map(str::to_owned);
        let misspelt = |name: &String| statement::meant(name) == Some("Statement");
        if map.contains_key("Statement") || map.contains_key("Version") && map.keys().any(misspelt) {
            self.document(map, kind, name);
            return self.others(map, depth);
        }
        if map.get("IsDefaultVersion") == Some(&json!(false)) {
            let version = text("VersionId").unwrap_or("a version");
            return self.missing(kind, version, NoDocument::OtherVersion);
        }
        let (before, unread) = (self.documents.len(), self.unread.len());
        for inner in INNER.iter().filter_map(|name| map.get(*name)) {
            self.take(inner, kind, depth);
        }
        for policy in self.documents.iter_mut().skip(before).filter(|policy| policy.name.is_none()) {
            policy.name.clone_from(&name);
        }
        if let Some(names) = map.get("PolicyNames").and_then(Json::as_array) {
            names.iter().filter_map(Json::as_str).for_each(|name| self.missing(kind, name, NoDocument::NameOnly));
        }
        self.others(map, depth);
        if (self.documents.len(), self.unread.len()) == (before, unread) {
            let arn = ["PermissionsBoundaryArn", "PolicyArn", "Arn", "arn"].iter().find_map(|name| text(name));
            match arn.filter(|arn| arn.contains(":policy/")).or(name.as_deref()) {
                Some(name) => self.named(name, kind),
                None if map.contains_key("AssumeRolePolicyDocument") => {
                    self.missing(kind, text("RoleName").unwrap_or("the role"), NoDocument::Trust);
                }
                None if INNER.iter().chain(&["PolicyNames"]).any(|name| map.contains_key(*name)) => {}
                None => self.missing(kind, names(map), NoDocument::NotAPolicy),
            }
        }
    }

    /// Members of other kinds beside a policy.
    fn others(&mut self, map: &Map<String, Json>, depth: usize) {
        for (names, kind) in [(BOUNDARIES, PolicyKind::Boundary), (SESSIONS, PolicyKind::Session), (CONTROLS, PolicyKind::Control)] {
            for inner in names.iter().filter_map(|name| map.get(*name)) {
                self.take(inner, kind, depth);
            }
        }
    }

    fn document(&mut self, map: &Map<String, Json>, kind: PolicyKind, name: Option<String>) {
        let mut left = WORDS.saturating_sub(self.words);
        if self.documents.len() >= MOST || !map.values().all(|part| fits(part, &mut left)) {
            return self.missing(kind, "a policy", NoDocument::TooMany);
        }
        self.words = WORDS - left;
        let policy = Policy::read(map, kind, name, self.documents.len() + 1);
        if policy.is_trust {
            self.missing(kind, policy.label(), NoDocument::Trust);
        } else {
            self.documents.push(policy);
        }
    }

    /// A policy by its ARN or name: AWS's own that matter here are known.
    fn named(&mut self, name: &str, kind: PolicyKind) {
        let Some(statement) = aws_managed(name) else { return self.missing(kind, name, NoDocument::NameOnly) };
        let document = json!({"Version": "2012-10-17", "Statement": [statement]});
        let short = name.rsplit('/').next().unwrap_or(name).to_owned();
        self.document(document.as_object().unwrap_or(&Map::new()), kind, Some(short));
    }
}

/// Whether a document has no more words than are read.
fn fits(part: &Json, left: &mut usize) -> bool {
    match part {
        Json::Array(items) => items.iter().all(|item| fits(item, left)),
        Json::Object(members) => members.values().all(|member| fits(member, left)),
        word => {
            // A long word counts as several.
            let size = 1 + word.as_str().map_or(0, str::len) / 256;
            left.checked_sub(size).inspect(|rest| *left = *rest).is_some()
        }
    }
}

/// What AWS's own policies say of calls to AppSync (AWS Managed Policy Reference).
fn aws_managed(arn: &str) -> Option<Json> {
    let (head, name) = arn.split_once(":iam::aws:policy/")?;
    if !head.starts_with("arn:aws") {
        return None;
    }
    Some(match name {
        "AdministratorAccess" => json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        "PowerUserAccess" => {
            json!({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"})
        }
        "AWSAppSyncAdministrator" => json!({"Effect": "Allow", "Action": "appsync:*", "Resource": "*"}),
        "AWSAppSyncInvokeFullAccess" => {
            json!({"Effect": "Allow", "Action": ["appsync:GraphQL", "appsync:GetGraphqlApi", "appsync:ListGraphqlApis", "appsync:ListApiKeys"], "Resource": "*"})
        }
        "FullAWSAccess" => json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
        _ => return None,
    })
}

fn names(map: &Map<String, Json>) -> String {
    let names: Vec<&str> = map.keys().take(5).map(String::as_str).collect();
    format!("an object with {}", if names.is_empty() { "nothing in it".to_owned() } else { names.join(", ") })
}
