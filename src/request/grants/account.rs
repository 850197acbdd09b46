//! An account's whole list of roles, users, groups and managed policies: of it only what belongs to the caller counts (IAM API
//! reference: "GetAccountAuthorizationDetails"; IAM user guide: "Policy evaluation logic"). The same command may have been
//! asked several times with other filters, so all answers that were given are read together.

use serde_json::{Map, Value as Json, json};

/// The lists that only this answer has.
const PRINCIPALS: [&str; 3] = ["RoleDetailList", "UserDetailList", "GroupDetailList"];

/// Member under which a policy that cannot be told is named, with the reason.
pub const NOT_LISTED: &str = "vtlEvalNotListed";
/// The same where it is not known who called.
pub const CALLER_UNKNOWN: &str = "vtlEvalCallerUnknown";

/// What was given as the caller's policies, with the answers about the whole account narrowed to the caller's own part.
pub fn of_caller(given: &Json, identity: Option<&Json>) -> Json {
    let (mut account, mut rest) = (AccountAnswer::default(), Vec::new());
    account.take(given, &mut rest, 0);
    if account.is_empty() {
        return given.clone();
    }
    rest.extend(account.own(&ListedCaller::of(identity)));
    Json::Array(rest)
}

/// Who called, as far as an identity tells.
#[derive(Default)]
struct ListedCaller {
    /// The account.
    account: String,
    /// Its name and whether it is a role's; `None` where no ARN tells.
    name: Option<(Principal, String)>,
    /// `AROA…` or `AIDA…`
    id: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Principal {
    Role,
    User,
}

impl ListedCaller {
    fn of(identity: Option<&Json>) -> Self {
        let text = |name: &str| identity.and_then(|identity| identity.get(name)?.as_str()).unwrap_or_default();
        let parts: Vec<&str> = text("userArn").splitn(6, ':').collect();
        let subject = parts.get(5).copied().unwrap_or_default();
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let name = match subject.split_once('/') {
            // The session's ARN leaves out the role's path, and ends in the session's name.
            Some(("assumed-role", rest)) => Some((Principal::Role, rest.split('/').next().unwrap_or(rest).to_owned())),
            Some(("role", path)) => Some((Principal::Role, last(path))),
            Some(("user", path)) => Some((Principal::User, last(path))),
            _ => None,
        };
        let account = parts.get(4).copied().filter(|account| !account.is_empty()).unwrap_or_else(|| text("accountId"));
        let id = text("username").split(':').next().unwrap_or_default();
        let id = if id.starts_with("AROA") || id.starts_with("AIDA") { id } else { "" };
        Self { account: account.to_owned(), name, id: id.to_owned() }
    }

    /// Whether an entry of the answer is this caller's.
    fn is(&self, entry: &Json, kind: Principal) -> bool {
        let (name, id) = match kind {
            Principal::Role => ("RoleName", "RoleId"),
            Principal::User => ("UserName", "UserId"),
        };
        let text = |name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default();
        let account = text("Arn").split(':').nth(4).unwrap_or_default();
        if !account.is_empty() && !self.account.is_empty() && account != self.account {
            return false;
        }
        match &self.name {
            Some((own, caller)) => *own == kind && text(name) == caller,
            None => !self.id.is_empty() && text(id) == self.id,
        }
    }

    /// As a sentence calls it.
    fn label(&self) -> String {
        match &self.name {
            Some((Principal::Role, name)) => format!("the role {name}"),
            Some((Principal::User, name)) => format!("the user {name}"),
            None => self.id.clone(),
        }
    }
}

/// All answers about the account.
#[derive(Default)]
struct AccountAnswer {
    roles: Vec<Json>,
    users: Vec<Json>,
    groups: Vec<Json>,
    managed: Vec<Json>,
}

impl AccountAnswer {
    fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.users.is_empty() && self.groups.is_empty() && self.managed.is_empty()
    }

    /// Takes the answers out of what was given; what is none is left.
    fn take(&mut self, given: &Json, rest: &mut Vec<Json>, depth: usize) {
        match given {
            Json::Array(list) if depth < 4 => list.iter().for_each(|one| self.take(one, rest, depth + 1)),
            Json::Object(map) if is_account(map) => self.add(map),
            Json::String(text) if text.trim_start().starts_with('{') && depth < 4 => match crate::json::read(text) {
                Ok(inner) => self.take(&inner, rest, depth + 1),
                Err(_) => rest.push(given.clone()),
            },
            other => rest.push(other.clone()),
        }
    }

    fn add(&mut self, map: &Map<String, Json>) {
        let list = |name: &str| map.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        self.roles.extend(list("RoleDetailList"));
        self.users.extend(list("UserDetailList"));
        self.groups.extend(list("GroupDetailList"));
        self.managed.extend(list("Policies"));
    }

    /// The caller's own policies: his own ones, those that are attached, and those of his groups.
    fn own(&self, caller: &ListedCaller) -> Vec<Json> {
        let found = |list: &[Json], kind| list.iter().find(|entry| caller.is(entry, kind)).cloned();
        let found = found(&self.roles, Principal::Role).or_else(|| found(&self.users, Principal::User));
        let nameless = caller.name.is_none() && caller.id.is_empty();
        // Who asked for one role alone means the caller's.
        let only = || match (self.roles.as_slice(), self.users.as_slice()) {
            ([one], []) | ([], [one]) if nameless => Some(one.clone()),
            _ => None,
        };
        let Some(entry) = found.or_else(only) else {
            let (member, name) = if nameless { (CALLER_UNKNOWN, "the caller".to_owned()) } else { (NOT_LISTED, caller.label()) };
            return vec![json!({ member: name })];
        };
        let mut all = self.of(&entry);
        for group in entry.get("GroupList").and_then(Json::as_array).into_iter().flatten() {
            let entry = self.groups.iter().find(|entry| entry.get("GroupName") == Some(group));
            match entry {
                Some(entry) => all.extend(self.of(entry)),
                None => all.push(json!({ NOT_LISTED: format!("the group {}", group.as_str().unwrap_or_default()) })),
            }
        }
        // Nothing is granted, which is not the same as not known.
        if all.is_empty() { vec![json!({ "Version": "2012-10-17", "Statement": [] })] } else { all }
    }

    /// The policies of a role, user or group.
    fn of(&self, entry: &Json) -> Vec<Json> {
        let list = |name: &str| entry.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        let inline = ["RolePolicyList", "UserPolicyList", "GroupPolicyList"].into_iter().flat_map(list);
        let attached = list("AttachedManagedPolicies");
        let mut all: Vec<Json> = inline.chain(attached.iter().map(|one| self.document(one, "PolicyArn"))).collect();
        if let Some(boundary) = entry.get("PermissionsBoundary") {
            all.push(json!({ "PermissionsBoundary": self.document(boundary, "PermissionsBoundaryArn") }));
        }
        all
    }

    /// A managed policy's default version, where the answer has it; else what names it.
    fn document(&self, named: &Json, member: &str) -> Json {
        let arn = named.get(member);
        let policy = self.managed.iter().find(|policy| arn.is_some() && policy.get("Arn") == arn);
        let versions = policy.and_then(|policy| policy.get("PolicyVersionList")?.as_array());
        let in_force = |version: &&Json| {
            version.get("IsDefaultVersion") == Some(&json!(true))
                || version.get("VersionId").is_some_and(|id| policy.and_then(|one| one.get("DefaultVersionId")) == Some(id))
        };
        let document = versions.and_then(|versions| versions.iter().find(in_force)?.get("Document"));
        let name = policy.and_then(|policy| policy.get("PolicyName"));
        document.map_or_else(|| named.clone(), |document| json!({ "PolicyName": name, "PolicyDocument": document }))
    }
}

/// Whether it is an answer about the account: one that was asked for managed policies alone has only these, with their versions.
fn is_account(map: &Map<String, Json>) -> bool {
    let filled = |name: &&str| map.get(*name).is_some_and(Json::is_array);
    let versions = |policy: &Json| policy.get("PolicyVersionList").is_some();
    let managed = map.get("Policies").and_then(Json::as_array);
    PRINCIPALS.iter().any(filled) || managed.is_some_and(|list| list.iter().any(versions))
}
