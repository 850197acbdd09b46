//! The roles of the stacks, whose they are, and their policies.

use super::stacks::StackId;
use super::{Reader, Resource};
use crate::project::{Role, RoleKind};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const ROLE: &str = "AWS::IAM::Role";
const POLICIES: [&str; 2] = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];
const ATTACHMENT: &str = "AWS::Cognito::IdentityPoolRoleAttachment";

type Owners = HashMap<(StackId, String), (RoleKind, Option<String>)>;

impl Reader<'_> {
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
                .map(|document| self.stacks.value(role.stack, document))
                .collect();
            let theirs = attached.iter().filter(|(_, roles)| roles.contains(&role.key()));
            policies.extend(theirs.filter_map(|(policy, _)| {
                Some(self.stacks.value(policy.stack, policy.properties.get("PolicyDocument")?))
            }));
            let managed = role.properties.get("ManagedPolicyArns").and_then(Json::as_array);
            policies.extend(managed.into_iter().flatten().filter_map(|arn| self.managed(role, arn)));
            let name = self.text(role, "RoleName").unwrap_or_else(|| self.stacks.all[role.stack].name_of(&role.name));
            let name = self.stacks.shown(&name);
            found.push(Role { name, kind, of, policies, boundary: None });
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

    /// The document of a managed policy that stands in the stacks.
    fn managed(&self, role: &Resource, arn: &Json) -> Option<Json> {
        let (stack, name) = self.stacks.target(role.stack, arn)?;
        let resource = self.stacks.all[stack].resource(&name)?;
        let document = resource.pointer("/Properties/PolicyDocument")?;
        Some(self.stacks.value(stack, document))
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
