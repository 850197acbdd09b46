//! One rule object, judged.

use crate::appsync::{AuthType, Env};
use crate::value::{List, Map, Value, from_json_str};

/// A call of `$util.authRules`, kept for the explanation.
#[derive(Clone, Debug)]
pub struct AuthRulesCall {
    /// Such as `queryAuth`.
    pub function: &'static str,
    /// The rules in their order.
    pub rules: Vec<RuleOutcome>,
    /// What came out.
    pub authorized: bool,
}

/// What one rule said.
#[derive(Clone, Debug)]
pub struct RuleOutcome {
    /// Whether it grants the request.
    pub granted: bool,
    /// The filter under which it does; null without one.
    pub filter: Value,
    /// In words, why.
    pub reason: String,
    /// The place in the context that decided.
    pub path: Option<String>,
    /// What stood there.
    pub actual: Value,
    /// What the rule wants.
    pub wanted: Value,
    /// The fields that the rule allows; `None` is all.
    pub allowed_fields: Option<Vec<Value>>,
    /// What AppSync fills into the input of a create: the owner.
    pub inject: Option<(Value, Value)>,
}

/// What owner and group fields are read from.
pub enum Row {
    /// The input of a create: a missing owner is filled in.
    Input(Map),
    /// A row.
    Stored(Map),
}

/// A rule with its caller.
pub struct Rules<'e> {
    env: &'e Env,
    rule: Map,
}

impl<'e> Rules<'e> {
    /// The rules of a list; members that are no maps are judged as unknown.
    pub fn of(env: &'e Env, list: &Value) -> impl Iterator<Item = Self> {
        let rules = list.members().unwrap_or_default();
        rules.into_iter().map(move |rule| Self { env, rule: rule.as_map().cloned().unwrap_or_default() })
    }

    /// As a query sees it: owner and group fields become a filter.
    pub fn filter(&self) -> RuleOutcome {
        self.judge(None)
    }

    /// Against a row or an input.
    pub fn on(&self, row: &Row) -> RuleOutcome {
        self.judge(Some(row))
    }

    fn judge(&self, row: Option<&Row>) -> RuleOutcome {
        let mut outcome = self.provider().unwrap_or_else(|| match self.text("type").as_str() {
            "admin" => self.admin(),
            "public" | "private" if self.text("provider") == "iam" => self.role(),
            "public" | "private" | "custom" => self.granted("the caller's mode is enough"),
            "groups" if self.has("allowedGroups") => self.static_groups(),
            "groups" => self.dynamic_groups(row),
            "owner" => self.owner(row),
            other => self.refused(format!("unknown kind of rule {other:?}: it grants nothing here")),
        });
        outcome.allowed_fields = self.member("allowedFields").members();
        outcome
    }

    /// A rule for another mode.
    fn provider(&self) -> Option<RuleOutcome> {
        let provider = self.text("provider");
        let mode = match provider.as_str() {
            "apiKey" => AuthType::ApiKey,
            "iam" | "identityPool" => AuthType::Iam,
            "userPools" => AuthType::UserPool,
            "oidc" => AuthType::Oidc,
            "function" => AuthType::Lambda,
            _ => return Some(self.refused(format!("unknown provider {provider:?}: the rule grants nothing here"))),
        };
        if self.env.auth_type == Some(mode) {
            return None;
        }
        let actual = self.env.auth_type.map_or(Value::Null, |mode| mode.as_str().into());
        Some(self.about(format!("the rule is for {mode}"), "authType", actual, mode.as_str().into()))
    }

    fn admin(&self) -> RuleOutcome {
        let arn = self.identity("userArn");
        let strict = matches!(self.member("strict"), Value::Boolean(true));
        let fits = |role: &Value| match (arn.as_str(), role.as_str()) {
            (Some(arn), Some(role)) if strict => arn.contains(&format!(":assumed-role/{role}/")),
            (Some(arn), Some(role)) => arn.contains(role),
            _ => false,
        };
        let roles = self.member("roles");
        if roles.members().unwrap_or_default().iter().any(fits) {
            return self.granted("the caller is an administrator role");
        }
        self.about("no administrator role is in the caller's ARN".into(), "identity.userArn", arn, roles)
    }

    /// Public and private IAM: the identity pool's roles.
    fn role(&self) -> RuleOutcome {
        let (arn, role) = (self.identity("userArn"), self.member("roleArn"));
        if !role.is_null() && arn.java_equals(&role) {
            return self.granted("the caller has the identity pool's role");
        }
        let pool = self.member("cognitoIdentityPoolId");
        let of_pool = !pool.is_null() && self.identity("cognitoIdentityPoolId").java_equals(&pool);
        if of_pool && self.identity("cognitoIdentityAuthType").as_str() == Some("authenticated") {
            return self.granted("the caller signed in through the identity pool");
        }
        self.about("the caller does not have the identity pool's role".into(), "identity.userArn", arn, role)
    }

    fn static_groups(&self) -> RuleOutcome {
        let (path, groups) = self.claim_list(&self.group_claim());
        let wanted = self.member("allowedGroups");
        let allowed = wanted.members().unwrap_or_default();
        if groups.iter().any(|group| allowed.iter().any(|each| each.java_equals(group))) {
            return self.granted("the caller is in a group of the rule");
        }
        self.about(
            "the caller is in none of the rule's groups".into(),
            &path,
            self.raw_claim(&self.group_claim()),
            wanted,
        )
    }

    fn dynamic_groups(&self, row: Option<&Row>) -> RuleOutcome {
        let (path, groups) = self.claim_list(&self.group_claim());
        let field = self.text("groupsFieldName");
        if groups.is_empty() {
            let wanted = Value::string(format!("a group of field {field}"));
            return self.about("the token has no groups".into(), &path, self.raw_claim(&self.group_claim()), wanted);
        }
        let Some(row) = row else {
            let filter = if self.is_list("groupsFieldType") {
                let each = |group: &Value| comparison(&field, "contains", group.clone());
                let filter = Map::new();
                filter.put_str("or", List::new(groups.iter().map(each).collect()));
                filter.into()
            } else {
                comparison(&field, "in", List::new(groups).into())
            };
            return RuleOutcome { filter, ..self.granted("rows of the caller's groups") };
        };
        let (place, stored) = read(row, &field);
        let stored_list = stored.members().unwrap_or_else(|| vec![stored.clone()]);
        if groups.iter().any(|group| stored_list.iter().any(|each| each.java_equals(group))) {
            return self.granted("the row belongs to a group of the caller");
        }
        self.about("the row belongs to none of the caller's groups".into(), &place, stored, List::new(groups).into())
    }

    fn owner(&self, row: Option<&Row>) -> RuleOutcome {
        let claims = self.owner_claims();
        let field = self.text("ownerFieldName");
        let field = if field.is_empty() { "owner".to_owned() } else { field };
        let Some(first) = claims.first().cloned() else {
            let name = self.owner_claim();
            let path = format!("identity.claims[{:?}]", name.split("::").next().unwrap_or("sub"));
            return self.about(
                "the token has no claim that names an owner".into(),
                &path,
                Value::Null,
                Value::string(name),
            );
        };
        let wanted: Value = List::new(claims.clone()).into();
        let Some(row) = row else {
            let operator = if self.is_list("ownerFieldType") { "contains" } else { "eq" };
            let filter = Map::new();
            filter.put_str(
                "or",
                List::new(claims.iter().map(|claim| comparison(&field, operator, claim.clone())).collect()),
            );
            return RuleOutcome { filter: filter.into(), ..self.granted("rows of the caller") };
        };
        let (place, stored) = read(row, &field);
        if let Row::Input(input) = row
            && !input.contains_key(&field.as_str().into())
        {
            let value = if self.is_list("ownerFieldType") { List::new(vec![first]).into() } else { first };
            let inject = Some((field.as_str().into(), value));
            return RuleOutcome { inject, ..self.granted("the owner is filled in") };
        }
        let stored_list = stored.members().unwrap_or_else(|| vec![stored.clone()]);
        if stored_list.iter().any(|each| claims.iter().any(|claim| claim.java_equals(each))) {
            return self.granted("the caller is the owner");
        }
        self.about("the caller is not the owner".into(), &place, stored, wanted)
    }

    /// What the row may hold for this caller: `a::b`, `a`, `b` of a claim made of two.
    fn owner_claims(&self) -> Vec<Value> {
        let name = self.owner_claim();
        let parts: Vec<Value> = name.split("::").map(|part| self.owner_part(part)).collect();
        if parts.iter().any(Value::is_null) {
            return Vec::new();
        }
        match parts.as_slice() {
            [one] => vec![one.clone()],
            parts => {
                let joined: Vec<String> = parts.iter().map(Value::to_string).collect();
                std::iter::once(Value::string(joined.join("::"))).chain(parts.iter().cloned()).collect()
            }
        }
    }

    fn owner_claim(&self) -> String {
        ["ownerClaim", "identityClaim", "claim"]
            .iter()
            .map(|key| self.text(key))
            .find(|name| !name.is_empty())
            .unwrap_or_else(|| "sub::username".to_owned())
    }

    fn owner_part(&self, name: &str) -> Value {
        match name {
            "username" => Some(self.raw_claim("username"))
                .filter(|value| !value.is_null())
                .unwrap_or_else(|| self.raw_claim("cognito:username")),
            name => self.raw_claim(name),
        }
    }

    fn group_claim(&self) -> String {
        let name = self.text("groupClaim");
        if name.is_empty() { "cognito:groups".to_owned() } else { name }
    }

    fn raw_claim(&self, name: &str) -> Value {
        self.identity("claims").as_map().and_then(|claims| claims.get_str(name)).unwrap_or_default()
    }

    /// A claim as a list: a string may hold a JSON list, or is its only member.
    fn claim_list(&self, name: &str) -> (String, Vec<Value>) {
        let path = format!("identity.claims[{name:?}]");
        let list = match self.raw_claim(name) {
            Value::Null => Vec::new(),
            Value::String(text) => match from_json_str(&text) {
                Ok(Value::List(list)) => list.snapshot(),
                _ => vec![Value::String(text)],
            },
            other => other.members().unwrap_or_else(|| vec![other]),
        };
        (path, list)
    }

    fn is_list(&self, member: &str) -> bool {
        self.text(member).ends_with("[]")
    }

    fn identity(&self, name: &str) -> Value {
        self.env.identity.as_map().and_then(|identity| identity.get_str(name)).unwrap_or_default()
    }

    fn member(&self, name: &str) -> Value {
        self.rule.get_str(name).unwrap_or_default()
    }

    fn has(&self, name: &str) -> bool {
        !self.member(name).is_null()
    }

    fn text(&self, name: &str) -> String {
        self.member(name).as_str().unwrap_or_default().to_owned()
    }

    fn granted(&self, reason: &str) -> RuleOutcome {
        RuleOutcome { granted: true, ..self.refused(reason.to_owned()) }
    }

    fn refused(&self, reason: String) -> RuleOutcome {
        RuleOutcome {
            granted: false,
            filter: Value::Null,
            reason,
            path: None,
            actual: Value::Null,
            wanted: Value::Null,
            allowed_fields: None,
            inject: None,
        }
    }

    fn about(&self, reason: String, path: &str, actual: Value, wanted: Value) -> RuleOutcome {
        RuleOutcome { path: Some(path.to_owned()), actual, wanted, ..self.refused(reason) }
    }
}

fn comparison(field: &str, operator: &str, value: Value) -> Value {
    let (outer, inner) = (Map::new(), Map::new());
    inner.put_str(operator, value);
    outer.put_str(field, inner);
    outer.into()
}

fn read(row: &Row, field: &str) -> (String, Value) {
    match row {
        Row::Input(map) => (format!("args.input.{field}"), map.get_str(field).unwrap_or_default()),
        Row::Stored(map) => (format!("result.{field}"), map.get_str(field).unwrap_or_default()),
    }
}
