//! Reading a rule object (APPSYNC-VTL 1.20, AMPLIFY-AUTH 4). What is not understood is an error: it must not grant.

use crate::message::quoted;
use super::outcome::show;
use crate::appsync::AuthType;
use crate::value::{Map, Value};
use ecow::EcoString;

crate::message::sentence_error! {
    /// A rule that `$util.authRules` cannot read.
    RuleError
}

/// A rule that is understood.
#[derive(Debug)]
pub(super) struct AuthRule {
    /// The mode of the callers that it is for.
    pub mode: AuthType,
    /// What it asks of them.
    pub kind: RuleKind,
    /// The input fields that it allows; `None` is all.
    pub allowed_fields: Option<Vec<EcoString>>,
}

/// What a rule asks of a caller of its mode.
#[derive(Debug)]
pub(super) enum RuleKind {
    /// Nothing more: `public` by API key, `custom` by Lambda authorizer, `private` by token.
    Anyone,
    /// One of these names in the role's ARN (`strict`: as the role's whole name).
    Admin { roles: Vec<EcoString>, strict: bool },
    /// This role, or for `private` a signed-in identity of this pool.
    Role { arn: Value, pool: Option<Value> },
    /// One of these groups in the claim.
    StaticGroups { claim: EcoString, groups: Vec<EcoString> },
    /// A group of the claim in this field of the record.
    DynamicGroups { claim: EcoString, field: RecordField },
    /// The caller in this field of the record.
    Owner { claim: EcoString, field: RecordField },
}

/// A field of the record that names owners or groups.
#[derive(Debug)]
pub(super) struct RecordField {
    pub name: EcoString,
    pub is_list: bool,
}

/// What Amplify calls a provider, and the mode that it stands for.
const PROVIDERS: [(&str, AuthType); 5] = [
    ("apiKey", AuthType::ApiKey),
    ("function", AuthType::Lambda),
    ("iam", AuthType::Iam),
    ("oidc", AuthType::Oidc),
    ("userPools", AuthType::UserPool),
];

/// The identity claim of an owner rule that names none (AMPLIFY-AUTH 4, owner).
const DEFAULT_IDENTITY_CLAIM: &str = "sub::username";

/// Reads a rule.
///
/// # Errors
/// A sentence that says what is not understood.
pub(super) fn read(rule: &Value) -> Result<AuthRule, RuleError> {
    let Value::Map(map) = rule else {
        return Err(format!("the rule is a {}, not a map", rule.type_name()).into());
    };
    let provider = text(map, "provider")?;
    let Some((_, mode)) = PROVIDERS.into_iter().find(|(name, _)| *name == provider) else {
        let known: Vec<_> = PROVIDERS.iter().map(|(name, _)| *name).collect();
        return Err(format!("the provider {provider} is none of {}", known.join(", "), provider = quoted(&provider)).into());
    };
    let kind = text(map, "type")?;
    let (kind, keys): (_, &[&str]) = match (kind.as_str(), mode) {
        ("public", AuthType::ApiKey)
        | ("custom", AuthType::Lambda)
        | ("private", AuthType::UserPool | AuthType::Oidc) => (RuleKind::Anyone, &[]),
        ("admin", AuthType::Iam) => {
            let strict = flag(map, "strict")?;
            (RuleKind::Admin { roles: texts(map, "roles")?, strict }, &["roles", "strict"])
        }
        ("public", AuthType::Iam) => (RuleKind::Role { arn: text_or_null(map, "roleArn")?, pool: None }, &["roleArn"]),
        ("private", AuthType::Iam) => {
            let pool = Some(text_or_null(map, "cognitoIdentityPoolId")?);
            (RuleKind::Role { arn: text_or_null(map, "roleArn")?, pool }, &["roleArn", "cognitoIdentityPoolId"])
        }
        ("groups", AuthType::UserPool | AuthType::Oidc) => groups(map)?,
        ("owner", AuthType::UserPool | AuthType::Oidc) => {
            let claim = match (present(map, "identityClaim"), mode) {
                (None, AuthType::UserPool) => DEFAULT_IDENTITY_CLAIM.into(),
                _ => text(map, "identityClaim")?,
            };
            let field = field(map, "ownerFieldName", "ownerFieldType")?;
            (RuleKind::Owner { claim, field }, &["ownerFieldName", "ownerFieldType", "identityClaim"])
        }
        (kind, _) => return Err(format!("the type {kind} is not known with the provider {provider}", kind = quoted(&kind), provider = quoted(&provider)).into()),
    };
    for key in map.keys() {
        let known = |name: &&str| key.as_str() == Some(*name);
        if !["type", "provider", "allowedFields"].iter().any(known) && !keys.iter().any(known) {
            return Err(format!("what {} means in such a rule is not known", show(&key)).into());
        }
    }
    let allowed_fields = present(map, "allowedFields").map(|_| texts(map, "allowedFields")).transpose()?;
    Ok(AuthRule { mode, kind, allowed_fields })
}

fn groups(map: &Map) -> Result<(RuleKind, &'static [&'static str]), RuleError> {
    let claim = text(map, "groupClaim")?;
    match (present(map, "allowedGroups"), present(map, "groupsFieldName")) {
        (Some(_), None) => {
            Ok((RuleKind::StaticGroups { claim, groups: texts(map, "allowedGroups")? }, &["groupClaim", "allowedGroups"]))
        }
        (None, Some(_)) => {
            let field = field(map, "groupsFieldName", "groupsFieldType")?;
            Ok((RuleKind::DynamicGroups { claim, field }, &["groupClaim", "groupsFieldName", "groupsFieldType"]))
        }
        _ => Err("a groups rule needs either \"allowedGroups\" or \"groupsFieldName\"".into()),
    }
}

fn field(map: &Map, name: &str, kind: &str) -> Result<RecordField, RuleError> {
    let is_list = match text(map, kind)?.as_str() {
        "string" => false,
        "string[]" => true,
        other => return Err(format!("{kind} is {other}, not \"string\" or \"string[]\"", kind = quoted(&kind), other = quoted(&other)).into()),
    };
    Ok(RecordField { name: text(map, name)?, is_list })
}

fn present(map: &Map, key: &str) -> Option<Value> {
    map.get_str(key).filter(|value| !value.is_null())
}

fn text(map: &Map, key: &str) -> Result<EcoString, RuleError> {
    match present(map, key) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.into()),
        Some(other) => Err(format!("{key} is {}, not a text", show(&other), key = quoted(&key)).into()),
        None => Err(format!("the rule has no {key}", key = quoted(&key)).into()),
    }
}

fn text_or_null(map: &Map, key: &str) -> Result<Value, RuleError> {
    match present(map, key) {
        None => Ok(Value::Null),
        Some(text @ Value::String(_)) => Ok(text),
        Some(other) => Err(format!("{key} is {}, not a text", show(&other), key = quoted(&key)).into()),
    }
}

fn flag(map: &Map, key: &str) -> Result<bool, RuleError> {
    match present(map, key) {
        Some(Value::Boolean(flag)) => Ok(flag),
        other => Err(format!("{key} is {}, not true or false", show(&other.unwrap_or_default()), key = quoted(&key)).into()),
    }
}

fn texts(map: &Map, key: &str) -> Result<Vec<EcoString>, RuleError> {
    let value = present(map, key).unwrap_or_default();
    let no_list = || RuleError(format!("{key} is {}, not a list of texts", show(&value), key = quoted(&key)));
    let items = value.members().ok_or_else(no_list)?;
    items.iter().map(|item| item.as_str().map(EcoString::from).ok_or_else(no_list)).collect()
}
