//! Personas that nobody wrote: one for each way into the API that its modes, rules and templates know.

use crate::value::method::Method;
use super::persona::{PersonaError, Personas};
use crate::appsync::AuthType;
use crate::open::is_open;
use crate::project::{ModeSettings, Project, Resolver, RoleKind};
use crate::request::schema::Schema;
use crate::rules::{Allow, Model};
use crate::syntax::visit::{Visit, walk_expression, walk_set, walk_step};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, Program, Reference, Set, StepKind};
use crate::trace::mentions;
use serde_json::{Value as Json, json};

/// Groups that get a persona.
const MOST: usize = 24;

/// The account of roles of which nobody says it.
const ACCOUNT: &str = "123456789012";

/// The name under which the owner stands in rows; all claims that a rule may compare are alike.
const OWNER: &str = "owner";

impl Personas {
    /// Callers for every mode, role and group of a project; rows of the owner where templates read one.
    ///
    /// # Errors
    /// None that a project could cause; the text is read as a file would be.
    pub fn made(project: &Project) -> Result<Self, PersonaError> {
        Self::of_json(made(project))
    }
}

/// The same as a personas file has it.
pub fn made(project: &Project) -> Json {
    let modes = modes(project);
    let (groups, claims) = (groups(project), claims(project));
    let users = |prefix: &str, mode: &str, groups: &[String]| users((prefix, mode, &issuer(project, mode)), groups, &claims);
    let mut personas = Vec::new();
    for mode in &modes {
        match mode {
            AuthType::ApiKey => personas.push(json!({"name": "API key", "authType": "api-key"})),
            AuthType::Iam => personas.extend(roles(project)),
            AuthType::UserPool => personas.extend(users("", "user-pool", &groups)),
            AuthType::Oidc if modes.contains(&AuthType::UserPool) => personas.extend(users("OIDC ", "oidc", &[])),
            AuthType::Oidc => personas.extend(users("OIDC ", "oidc", &groups)),
            AuthType::Lambda => personas.push(json!({
                "name": "Lambda authorizer", "authType": "lambda",
                "authorizerResponse": {"isAuthorized": true, "deniedFields": [], "resolverContext": {}},
            })),
        }
    }
    let mut file = json!({"personas": personas});
    let (items, cases) = rows(project, &personas);
    if !cases.is_empty() {
        file["items"] = items;
        file["cases"] = cases.into();
    }
    file
}

/// The API's modes; where the source does not say, those that the schema and the templates name.
fn modes(project: &Project) -> Vec<AuthType> {
    let known: Vec<AuthType> = project.api.modes().map(|mode| mode.auth_type).collect();
    if !known.is_empty() {
        return known;
    }
    let all = [AuthType::UserPool, AuthType::ApiKey, AuthType::Iam, AuthType::Oidc, AuthType::Lambda];
    let directive = |mode: &AuthType| {
        let name = match mode {
            AuthType::UserPool => "@aws_cognito_user_pools",
            AuthType::ApiKey => "@aws_api_key",
            AuthType::Iam => "@aws_iam",
            AuthType::Oidc => "@aws_oidc",
            AuthType::Lambda => "@aws_lambda",
        };
        project.schema.as_ref().is_some_and(|schema| schema.text.contains(name))
    };
    let named = |mode: &AuthType| {
        project.templates().any(|one| one.program().is_ok_and(|program| mentions(program, mode.as_str())))
    };
    let found: Vec<AuthType> = all.into_iter().filter(|mode| directive(mode) || named(mode)).collect();
    if found.is_empty() { vec![AuthType::UserPool] } else { found }
}

/// The claims that rules of the model compare beside those that every user has.
#[derive(Debug, Default)]
struct OwnClaims {
    /// Of groups.
    groups: Vec<String>,
    /// Of owners.
    owners: Vec<String>,
}

/// What `groupClaim` and `identityClaim` of the model's rules name.
fn claims(project: &Project) -> OwnClaims {
    let mut found = OwnClaims::default();
    let model = project.model.as_ref().and_then(|model| Model::of(model).ok());
    for rule in model.iter().flat_map(|model| &model.rules) {
        found.groups.push(rule.group_claim.clone());
        found.owners.extend(rule.identity_claim.iter().flat_map(|claim| claim.split("::")).map(str::to_owned));
    }
    found
}

/// Who issues the tokens of a mode, as far as the project says; every token has an issuer.
fn issuer(project: &Project, mode: &str) -> String {
    let modes = project.api.default.iter().chain(&project.api.additional);
    let known = |text: &Option<String>| text.clone().filter(|text| !is_open(text));
    let said = modes.filter(|own| (own.auth_type == AuthType::Oidc) == (mode == "oidc")).find_map(|own| match &own.settings {
        ModeSettings::UserPool { pool, region, .. } => {
            Some(format!("https://cognito-idp.{}.amazonaws.com/{}", known(region)?, known(pool)?))
        }
        ModeSettings::Oidc { issuer, .. } => known(issuer),
        _ => None,
    });
    let otherwise = if mode == "oidc" { "https://issuer.example" } else { "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool" };
    said.unwrap_or_else(|| otherwise.to_owned())
}

/// The owner, someone else, and a member of each group.
fn users((prefix, mode, issuer): (&str, &str, &str), groups: &[String], own: &OwnClaims) -> Vec<Json> {
    let user = |name: &str, user: &str, groups: &[&str]| {
        let mut claims = json!({
            "sub": user, "iss": issuer, "username": user, "cognito:username": user, "email": format!("{user}@example.com"),
            "token_use": "access", "scope": "aws.cognito.signin.user.admin",
        });
        for claim in own.owners.iter().filter(|claim| claims.get(claim.as_str()).is_none()).collect::<Vec<_>>() {
            claims[claim.as_str()] = json!(user);
        }
        if !groups.is_empty() {
            claims["cognito:groups"] = json!(groups);
            own.groups.iter().for_each(|claim| claims[claim.as_str()] = json!(groups));
        }
        json!({"name": format!("{prefix}{name}"), "authType": mode, "claims": claims})
    };
    let mut found = vec![user("owner", OWNER, &[]), user("someone else", "someone", &[])];
    found.extend(groups.iter().map(|group| user(&format!("in group {group}"), "member", &[group.as_str()])));
    found
}

/// Guests and those who signed in, by the names that the templates compare with.
fn roles(project: &Project) -> Vec<Json> {
    let stash = project.stash();
    let account = project.api.account.as_deref().unwrap_or(ACCOUNT);
    let kinds = [
        ("guest role", "unauthRole", RoleKind::Unauthenticated, "unauthenticated"),
        ("signed-in role", "authRole", RoleKind::Authenticated, "authenticated"),
    ];
    let role = |(name, member, kind, word): (&str, &str, RoleKind, &str)| {
        let own = project.roles.iter().find(|role| role.kind == kind && role.is_named);
        let session = "CognitoIdentityCredentials";
        let named = own.map_or_else(|| format!("{word}-role"), |role| role.name.clone());
        let arn = match stash.get(member).and_then(Json::as_str) {
            Some(arn) if arn.contains(":assumed-role/") => arn.to_owned(),
            _ => format!("arn:aws:sts::{account}:assumed-role/{named}/{session}"),
        };
        let account = arn.split(':').nth(4).filter(|part| !part.is_empty()).unwrap_or(account).to_owned();
        json!({"name": name, "authType": "iam", "identity": {
            "accountId": account, "cognitoIdentityPoolId": "eu-west-1:pool", "cognitoIdentityId": format!("eu-west-1:{word}"),
            "cognitoIdentityAuthType": word, "cognitoIdentityAuthProvider": null, "sourceIp": ["192.0.2.1"],
            "username": format!("AROAEXAMPLE:{session}"), "userArn": arn}})
    };
    kinds.into_iter().map(role).collect()
}

/// Every group that a directive, a rule of the model or a template names.
fn groups(project: &Project) -> Vec<String> {
    let mut found = GroupNames::default();
    if let Some(Ok(schema)) = project.schema.as_ref().map(|schema| Schema::read(&schema.text)) {
        let mut of_types: Vec<String> = Vec::new();
        for object in schema.types.values() {
            let rules = object.rules.iter().chain(object.fields.values().flat_map(|field| &field.rules));
            of_types.extend(rules.flat_map(|rule| rule.groups.iter().flatten().cloned()));
        }
        // The types stand in no order.
        of_types.sort();
        of_types.into_iter().for_each(|group| found.add(&group));
    }
    let model = project.model.as_ref().and_then(|model| Model::of(model).ok());
    let rules = model.iter().flat_map(|model| &model.rules);
    rules.flat_map(|rule| &rule.groups).for_each(|group| found.add(group));
    for template in project.templates() {
        if let Ok(program) = template.program() {
            let mut search = GroupSearch { program, found: &mut found, inside: 0 };
            search.program(program);
        }
    }
    let mut groups = found.0;
    groups.truncate(MOST);
    groups
}

#[derive(Default)]
struct GroupNames(Vec<String>);

impl GroupNames {
    fn add(&mut self, group: &str) {
        let is_name = !group.is_empty() && group.len() <= 128 && !group.contains(['$', '{', '(', '\n']);
        // What names a claim or a mode is no group.
        let is_other = group.contains(':') || group.ends_with("Authorization") || group.to_lowercase() == "groups";
        if is_name && !is_other && !self.0.iter().any(|known| known == group) {
            self.0.push(group.to_owned());
        }
    }
}

/// Texts that stand beside something called a group.
struct GroupSearch<'p, 'f> {
    program: &'p Program,
    found: &'f mut GroupNames,
    /// Expressions about groups around the place.
    inside: usize,
}

impl<'p> GroupSearch<'p, '_> {
    fn is_about_groups(&self, look: impl FnOnce(&mut dyn Visit<'p>)) -> bool {
        self.program.says_in(look, &["group"])
    }
}

impl<'p> Visit<'p> for GroupSearch<'p, '_> {
    fn set(&mut self, set: &'p Set) {
        // `#set($allowedGroups = ["Admins"])`, and Amplify's `{"claim": "cognito:groups", "entity": "Admins"}`.
        // Lists of fields that a group may write (`$groupAllowedFields0`) name none.
        let name = self.program.name(set.target.root).to_lowercase();
        let of_groups = name.contains("group")
            && !name.contains("field")
            && matches!(set.value.kind, Kind::List(_) | Kind::String(_));
        self.inside += usize::from(of_groups);
        walk_set(self, set);
        self.inside -= usize::from(of_groups);
    }

    fn expression(&mut self, expression: &'p Expression) {
        match &expression.kind {
            Kind::String(text) if self.inside > 0 => self.found.add(text),
            Kind::Map(_) if self.inside > 0 => {
                if let Some(entity) = entity(self.program.text(expression.node)) {
                    self.found.add(&entity);
                }
                return;
            }
            Kind::Compare(ComparisonOperator::Equal | ComparisonOperator::NotEqual, sides) => {
                for (one, other) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
                    if let (Kind::Reference(_), Kind::String(text)) = (&one.kind, &other.kind)
                        && self.is_about_groups(|visit| visit.expression(one))
                    {
                        self.found.add(text);
                    }
                }
            }
            _ => {}
        }
        walk_expression(self, expression);
    }

    fn step(&mut self, reference: &'p Reference, at: usize) {
        let step = &reference.steps[at];
        if let StepKind::Method { method: Some(Method::Contains | Method::Equals | Method::IndexOf), args, .. } = &step.kind
            && let Some(Expression { kind: Kind::String(text), .. }) = args.first()
            && self.is_about_groups(|visit| visit.reference(reference))
        {
            self.found.add(text);
        }
        walk_step(self, step);
    }
}

/// The group of `{"claim": "cognito:groups", "entity": "Admins", …}`.
fn entity(map: &str) -> Option<String> {
    let json: Json = serde_json::from_str(map).ok()?;
    json.get("entity")?.as_str().map(str::to_owned)
}

/// A row of the owner, and the calls: all fields by all personas, with the row where a template reads an owner from one.
fn rows(project: &Project, personas: &[Json]) -> (Json, Vec<Json>) {
    let model = project.model.as_ref().and_then(|model| Model::of(model).ok());
    let by_rules: Vec<&str> = model.iter().flat_map(|model| &model.rules).filter(|rule| rule.allow == Allow::Owner).map(|rule| rule.owner_field.as_str()).collect();
    let owners: Vec<(&str, Vec<String>)> =
        project.by_field.values().map(|resolver| (resolver.field.as_str(), owner_fields(resolver, &by_rules))).collect();
    if owners.iter().all(|(_, names)| names.is_empty()) {
        return (Json::Null, Vec::new());
    }
    let mut items = serde_json::Map::new();
    let mut cases = Vec::new();
    for (field, names) in owners {
        let item = format!("row for {field}");
        if !names.is_empty() {
            let mut row = json!({"id": "1"});
            names.iter().for_each(|name| row[name] = json!(OWNER));
            items.insert(item.clone(), row);
        }
        for persona in personas.iter().filter_map(|persona| persona["name"].as_str()) {
            let mut case = json!({"persona": persona, "field": field});
            if !names.is_empty() {
                case["result"] = json!({"$item": item});
            }
            cases.push(case);
        }
    }
    (items.into(), cases)
}

/// `owner`, `ownerId` …: members of a row that a template reads and whose name, or a rule, says owner.
fn owner_fields(resolver: &Resolver, by_rules: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for program in resolver.templates().filter_map(|template| template.program().ok()) {
        for reference in program.references() {
            let names: Vec<&str> = reference.steps.iter().filter_map(key).collect();
            if let ["result", name, ..] = names.as_slice()
                && (name.to_lowercase().contains("owner") || by_rules.contains(name))
                && !found.iter().any(|known| known == name)
            {
                found.push((*name).to_owned());
            }
        }
    }
    found
}

/// The member that a step reads: `.owner`, `["owner"]`, `.get("owner")`.
fn key(step: &crate::syntax::Step) -> Option<&str> {
    match &step.kind {
        StepKind::Property(name) => Some(name.as_str()),
        StepKind::Index(Expression { kind: Kind::String(text), .. }) => Some(text.as_str()),
        StepKind::Method { method: Some(Method::Get), args, .. } => match args.first() {
            Some(Expression { kind: Kind::String(text), .. }) => Some(text.as_str()),
            _ => None,
        },
        _ => None,
    }
}
