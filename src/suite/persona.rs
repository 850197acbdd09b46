//! Personas: callers, rows, and cases of who calls what (docs/resolvers.md).

use crate::appsync::{AuthType, Given, identity};
use crate::value::{List, Map, Value};
use serde::Deserialize;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// References inside references end here.
const DEEPEST: usize = 64;

/// A caller.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persona {
    /// Its name in the matrix.
    pub name: String,
    /// `User Pool Authorization`, `user-pool` …; derived from the identity when absent.
    pub auth_type: Option<String>,
    /// `$ctx.identity` as it is.
    pub identity: Option<Json>,
    /// A token, or its claims.
    pub claims: Option<Json>,
    /// A file with one of them, beside the personas file.
    pub claims_file: Option<PathBuf>,
    /// The request's headers.
    #[serde(default)]
    pub headers: Json,
    /// What is none of these, such as a note, or a member that was misspelt.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Json>,
}

/// One call.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Case {
    /// Who.
    pub persona: String,
    /// `Type.field`
    pub field: String,
    /// A name for this call among those of the same persona and field.
    #[serde(default)]
    pub variant: Option<String>,
    /// `$ctx.args`
    #[serde(default)]
    pub args: Json,
    /// `$ctx.source`
    #[serde(default)]
    pub source: Json,
    /// What data sources answer; absent is not null.
    pub result: Option<Json>,
}

/// A personas file.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Personas {
    /// The callers.
    pub personas: Vec<Persona>,
    /// Rows that `{"$item": "name"}` points to.
    #[serde(default)]
    pub items: serde_json::Map<String, Json>,
    /// The calls; without any, every persona calls every field.
    #[serde(default)]
    pub cases: Vec<Case>,
    #[serde(skip)]
    pub(super) folder: PathBuf,
}

impl Personas {
    /// Reads a personas file (JSON or YAML).
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let mut personas: Self = if text.trim_start().starts_with('{') {
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?
        } else {
            let json = crate::resolver::yaml::read(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            serde_json::from_value(json).map_err(|error| format!("{}: {error}", path.display()))?
        };
        personas.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        for case in &personas.cases {
            if !personas.personas.iter().any(|persona| persona.name == case.persona) {
                return Err(format!(
                    "{}: a case names the persona {:?}, which is not there",
                    path.display(),
                    case.persona
                ));
            }
        }
        for persona in &personas.personas {
            let caller = persona.identity.is_some() || persona.claims.is_some() || persona.claims_file.is_some();
            if !caller && persona.auth_type.is_none() && !persona.other.is_empty() {
                let names: Vec<&str> = persona.other.keys().map(String::as_str).collect();
                return Err(format!(
                    "{}: persona {:?} has no identity, claims, claimsFile or authType, but {}, which means nothing here",
                    path.display(),
                    persona.name,
                    names.join(", ")
                ));
            }
        }
        Ok(personas)
    }

    /// The persona of a case.
    pub fn persona(&self, name: &str) -> Option<&Persona> {
        self.personas.iter().find(|persona| persona.name == name)
    }

    /// What a case is evaluated with, and what its data sources answer.
    ///
    /// # Errors
    /// A token that is none, an unknown mode, an item that is not there.
    pub fn given(&self, case: &Case, now_millis: i64) -> Result<(Given, Option<Value>), String> {
        let persona = self.persona(&case.persona).ok_or_else(|| format!("no persona {:?}", case.persona))?;
        let (identity, auth_type, derived) = self.identity(persona, now_millis)?;
        let members = Map::new();
        let args = match self.resolved(&case.args, 0)? {
            Value::Null => Map::new().into(),
            args => args,
        };
        members.put_str("arguments", args);
        members.put_str("source", self.resolved(&case.source, 0)?);
        members.put_str("identity", identity);
        let request = Map::new();
        request.put_str("headers", Value::from(&persona.headers));
        members.put_str("request", request);
        let (parent, field) = case.field.split_once('.').unwrap_or(("Query", &case.field));
        let info = Map::new();
        info.put_str("fieldName", field);
        info.put_str("parentTypeName", parent);
        info.put_str("variables", Map::new());
        info.put_str("selectionSetList", List::new(Vec::new()));
        members.put_str("info", info);
        let given = Given { members, auth_type, auth_type_derived: derived, now_millis, seed: 0 };
        let result = case.result.as_ref().map(|result| self.resolved(result, 0)).transpose()?;
        Ok((given, result))
    }

    fn identity(&self, persona: &Persona, now: i64) -> Result<(Value, Option<AuthType>, bool), String> {
        let forced = match &persona.auth_type {
            None => None,
            Some(name) => Some(
                AuthType::parse(name).ok_or_else(|| format!("persona {}: unknown authType {name:?}", persona.name))?,
            ),
        };
        let text = match (&persona.identity, &persona.claims, &persona.claims_file) {
            (Some(identity), ..) => {
                let identity = Value::from(identity);
                let mode = forced.or_else(|| AuthType::guess(&identity));
                return Ok((identity, mode, forced.is_none()));
            }
            (None, Some(Json::String(token)), _) => token.clone(),
            (None, Some(claims), _) => claims.to_string(),
            (None, None, Some(file)) => {
                let path = self.folder.join(file);
                std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?
            }
            (None, None, None) => return Ok((Value::Null, forced.or(Some(AuthType::ApiKey)), forced.is_none())),
        };
        let read =
            identity::read(&text, forced, now / 1000).map_err(|error| format!("persona {}: {error}", persona.name))?;
        Ok((read.identity, read.auth_type, forced.is_none()))
    }

    /// JSON with its items put in.
    fn resolved(&self, json: &Json, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err("items refer to each other too deep".to_owned());
        }
        Ok(match json {
            Json::Object(map) => match map.get("$item").and_then(Json::as_str) {
                Some(name) => {
                    let item = self.items.get(name).ok_or_else(|| format!("no item {name:?}"))?;
                    self.resolved(item, depth + 1)?
                }
                None => {
                    let entries =
                        map.iter().map(|(key, value)| Ok((key.as_str().into(), self.resolved(value, depth + 1)?)));
                    entries.collect::<Result<Map, String>>()?.into()
                }
            },
            Json::Array(items) => {
                items.iter().map(|item| self.resolved(item, depth + 1)).collect::<Result<List, String>>()?.into()
            }
            other => Value::from(other),
        })
    }
}
