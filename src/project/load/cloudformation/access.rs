//! The roles of the stacks, whose they are, and their policies.

use super::stacks::StackId;
use super::{StackReader, Resource};
use crate::open::is_open;
use crate::project::{Role, RoleKind};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const ROLE: &str = "AWS::IAM::Role";
const POLICIES: [&str; 2] = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];
const ATTACHMENT: &str = "AWS::Cognito::IdentityPoolRoleAttachment";

type Owners = HashMap<(StackId, String), (RoleKind, Option<String>)>;

impl StackReader<'_> {
    /// Every role with the policies that the stacks give it.
    pub(super) fn roles(&mut self) -> Vec<Role> {
        let owners = self.owners();
        let attached = self.attached();
        let mut found = Vec::new();
        for role in self.all(ROLE).iter() {
            let (kind, of) = owners.get(&role.key()).cloned().unwrap_or((RoleKind::Other, None));
            let own = role.properties.get("Policies").and_then(Json::as_array).into_iter().flatten();
            let mut policies: Vec<Json> = own
                .filter_map(|policy| policy.get("PolicyDocument"))
                .map(|document| self.document(role.stack, document))
                .collect();
            let theirs = attached.iter().filter(|(_, roles)| roles.contains(&role.key()));
            policies.extend(theirs.filter_map(|(policy, _)| {
                Some(self.document(policy.stack, policy.properties.get("PolicyDocument")?))
            }));
            let managed = role.properties.get("ManagedPolicyArns").and_then(Json::as_array);
            policies.extend(managed.into_iter().flatten().map(|arn| self.managed(role, arn)));
            let boundary = role.properties.get("PermissionsBoundary").map(|arn| self.managed(role, arn));
            let own = self.text(role, "RoleName");
            let is_named = own.as_ref().is_some_and(|name| !is_open(name));
            let name = own.unwrap_or_else(|| self.stacks.all[role.stack].name_of(&role.name));
            let name = self.stacks.shown(&name);
            found.push(Role { name, kind, of, is_named, policies, boundary });
        }
        found
    }

    /// The policies that are resources of their own, with the roles that they are attached to.
    fn attached(&mut self) -> Vec<(Resource, Vec<(StackId, String)>)> {
        let mut found = Vec::new();
        for policy in POLICIES.iter().flat_map(|kind| self.all(kind).to_vec()).collect::<Vec<_>>() {
            let roles = policy.properties.get("Roles").and_then(Json::as_array).into_iter().flatten();
            let roles = roles.filter_map(|role| self.stacks.target(policy.stack, role)).collect();
            found.push((policy, roles));
        }
        found
    }

    /// The document of a managed policy that stands in the stacks; of another one its ARN, which says that it is not read.
    fn managed(&self, role: &Resource, arn: &Json) -> Json {
        let own = || {
            let (stack, name) = self.stacks.target(role.stack, arn)?;
            let resource = self.stacks.all[stack].resource(&name)?;
            Some(self.document(stack, resource.pointer("/Properties/PolicyDocument")?))
        };
        own().unwrap_or_else(|| Json::from(self.stacks.shown(&self.stacks.text(role.stack, arn))))
    }

    /// A policy document. Its resources are this API's where they are built from its own id, account and region; any
    /// other open value stays one: an object where a text is wanted.
    fn document(&self, stack: StackId, json: &Json) -> Json {
        self.readable(&self.stacks.value(stack, json), false)
    }

    fn readable(&self, json: &Json, is_resource: bool) -> Json {
        match json {
            Json::String(text) if is_open(text) => {
                let text = if is_resource { self.of_this_api(text) } else { text.clone() };
                if is_open(&text) { json!({"Ref": self.stacks.shown(&text)}) } else { Json::from(text) }
            }
            Json::Array(items) => items.iter().map(|item| self.readable(item, is_resource)).collect(),
            Json::Object(map) => {
                let member = |(name, value): (&String, &Json)| {
                    let is_resource = matches!(name.as_str(), "Resource" | "NotResource");
                    (name.clone(), self.readable(value, is_resource))
                };
                Json::Object(map.iter().map(member).collect())
            }
            other => other.clone(),
        }
    }

    /// A resource's ARN with wildcards where it is this API's whatever the deployment makes of it.
    fn of_this_api(&self, text: &str) -> String {
        let own = self.api.as_ref().map(|(stack, name)| {
            let name_of = |own: &str| self.stacks.all[*stack].name_of(own);
            (name_of(name), name_of(&format!("{name}.ApiId")), name_of(&format!("{name}.Arn")))
        });
        let open = self.stacks.open.borrow();
        let mut out = String::new();
        for letter in text.chars() {
            let value = open.of(letter);
            let name = value.map(|value| value.name.as_str());
            let is = |wanted: Option<&String>| name.is_some() && name == wanted.map(String::as_str);
            match value {
                Some(value) if ["AWS::Region", "AWS::AccountId"].iter().any(|end| value.name.ends_with(end)) => {
                    out.push('*');
                }
                _ if is(own.as_ref().map(|own| &own.1)) => out.push('*'),
                _ if is(own.as_ref().map(|own| &own.0)) || is(own.as_ref().map(|own| &own.2)) => {
                    out.push_str("arn:*:appsync:*:*:apis/*");
                }
                _ => out.push(letter),
            }
        }
        // `AWS::Partition` was read as `aws`; where the region is open, the partition is too.
        match out.strip_prefix("arn:aws:appsync:*") {
            Some(rest) => format!("arn:*:appsync:*{rest}"),
            None => out,
        }
    }

    /// Whose the roles are, as far as other resources say.
    fn owners(&mut self) -> Owners {
        let mut owners = Owners::new();
        for attachment in self.all(ATTACHMENT).iter() {
            for (name, kind) in
                [("authenticated", RoleKind::Authenticated), ("unauthenticated", RoleKind::Unauthenticated)]
            {
                let role = attachment.properties.get("Roles").and_then(|roles| roles.get(name));
                if let Some(target) = role.and_then(|role| self.stacks.target(attachment.stack, role)) {
                    owners.insert(target, (kind, None));
                }
            }
        }
        let users = [
            ("AWS::Lambda::Function", "Role", RoleKind::Function),
            ("AWS::Cognito::UserPoolGroup", "RoleArn", RoleKind::Group),
            (super::DATA_SOURCE, "ServiceRoleArn", RoleKind::Api),
        ];
        for (resource, property, kind) in users {
            for user in self.all(resource).iter() {
                let Some(target) = user.properties.get(property).and_then(|role| self.stacks.target(user.stack, role))
                else {
                    continue;
                };
                let name = ["GroupName", "FunctionName"].iter().find_map(|name| self.text(user, name));
                let name = name.unwrap_or_else(|| user.name.clone());
                let shown = self.stacks.shown(&name);
                owners.entry(target).or_insert((kind, (kind != RoleKind::Api).then_some(shown)));
            }
        }
        for role in self.all(ROLE).iter() {
            if let Some(kind) = trusted(&role.properties) {
                owners.entry(role.key()).or_insert((kind, None));
            }
        }
        owners
    }
}

/// Whose a role is by whom it trusts: the identity pool's `amr` tells guests from those who signed in.
fn trusted(properties: &Json) -> Option<RoleKind> {
    let document = properties.get("AssumeRolePolicyDocument")?;
    let statements = document.get("Statement").and_then(Json::as_array)?;
    statements.iter().find_map(|statement| {
        let amr = statement.pointer("/Condition/ForAnyValue:StringLike/cognito-identity.amazonaws.com:amr");
        match amr {
            Some(amr) if *amr == json!("unauthenticated") || *amr == json!(["unauthenticated"]) => {
                Some(RoleKind::Unauthenticated)
            }
            Some(_) => Some(RoleKind::Authenticated),
            None => {
                let service = statement.pointer("/Principal/Service")?;
                let names =
                    |name: &str| service == name || service.as_array().is_some_and(|all| all.contains(&json!(name)));
                match () {
                    () if names("appsync.amazonaws.com") => Some(RoleKind::Api),
                    () if names("lambda.amazonaws.com") => Some(RoleKind::Function),
                    () => None,
                }
            }
        }
    })
}
