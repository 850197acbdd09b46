//! Personas: callers, rows, and cases of who calls what (docs/resolvers.md).

use crate::message::{Message, Part, path as shown, quoted};
use crate::appsync::identity::{self, ReadIdentity};
use crate::appsync::{AuthType, Given};
use crate::code::Code;
use crate::files::read_text;
use crate::nearest::nearest;
use crate::paste::{Ask, TokenUse};
use crate::project::{ProjectError, Root};
use crate::value::{List, Map, Value};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

crate::message::sentence_error! {
    /// A file of personas, or one of them, that cannot be used.
    PersonaError: crate::files::TextError
}

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
    /// `id` or `access`, where there are both tokens; the access token without it.
    pub token_use: Option<String>,
    /// The request's headers.
    #[serde(default)]
    pub headers: Json,
    /// What the Lambda authorizer answers for him: `{"isAuthorized", "deniedFields", "resolverContext", …}`.
    pub authorizer_response: Option<Json>,
    /// What is none of these, such as a note, or a member that was misspelt.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Json>,
}

/// A persona as AppSync sees him.
#[derive(Clone, Debug)]
pub struct PersonaCaller {
    /// `$ctx.identity`
    pub identity: Json,
    /// The mode of his requests.
    pub auth_type: Option<AuthType>,
    /// Whether it was derived from the identity.
    pub is_derived: bool,
    /// The request's headers.
    pub headers: Json,
    /// What the Lambda authorizer answers for him.
    pub authorizer: Option<Json>,
}

/// A persona whose token was read, once for all times at which it is looked at.
#[derive(Clone, Debug)]
pub struct ReadPersona {
    /// As AppSync sees him.
    pub caller: PersonaCaller,
    /// What is said of the token, as if it had expired.
    notes: Vec<(Code, Message)>,
    /// When it expires, in seconds since 1970.
    expires: Option<i64>,
}

impl ReadPersona {
    /// What is wrong with the token at this time: AppSync would refuse it, whatever a template decides.
    pub fn refusal(&self, now_millis: i64) -> Option<&Message> {
        let expired = self.expires.is_some_and(|expires| expires <= now_millis.div_euclid(1000));
        let stands = |code: Code| identity::is_refused(code) && (code != Code::TokenExpired || expired);
        self.notes.iter().find(|(code, _)| stands(*code)).map(|(_, words)| words)
    }
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
    #[serde(default, deserialize_with = "given")]
    pub result: Option<Json>,
    /// What is none of these.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Json>,
}

/// A null that stands there is an answer; without the member there is none.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
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
    /// What is none of these.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Json>,
    /// The seed of ids and random numbers.
    #[serde(skip)]
    pub seed: u64,
    #[serde(skip)]
    pub(super) folder: PathBuf,
    /// The file, whose root holds what `claimsFile` may name.
    #[serde(skip)]
    pub(super) path: PathBuf,
    /// Whether it may name others too.
    #[serde(skip)]
    pub(super) allow_outside: bool,
    /// Personas that cannot be read, and why: they cost their own cells.
    #[serde(skip)]
    pub broken: IndexMap<String, String>,
    /// Where callers were found, and what else stood there.
    #[serde(skip)]
    pub notes: Vec<Message>,
    /// All others, by name.
    #[serde(skip)]
    pub(super) read: IndexMap<String, ReadPersona>,
}

impl Persona {
    /// Its name in a sentence.
    fn title(&self) -> Message {
        Message::of("{}", [Part::Name(self.name.clone())])
    }

    /// Members beside the known ones are notes, unless they look like a known one or there is no caller.
    fn check(&self) -> Result<(), PersonaError> {
        let known = [
            "name",
            "authType",
            "identity",
            "claims",
            "claimsFile",
            "tokenUse",
            "headers",
            "authorizerResponse",
        ];
        let place = format!("persona {}", quoted(&self.name));
        if let Some(odd) = self.other.keys().find(|name| nearest(name, known).is_some()) {
            return Err(format!("{place}: unknown member {odd}{}", did_you_mean(odd, &known), odd = quoted(&odd)).into());
        }
        let caller = self.identity.is_some()
            || self.claims.is_some()
            || self.claims_file.is_some()
            || self.authorizer_response.is_some();
        if !caller && self.auth_type.is_none() && !self.other.is_empty() {
            let names: Vec<&str> = self.other.keys().map(String::as_str).collect();
            return Err(format!(
                "{place} has no identity, claims, claimsFile or authType, but {}, which means nothing here",
                names.join(", ")
            ).into());
        }
        Ok(())
    }
}

fn did_you_mean(name: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied()).map_or(String::new(), |near| format!("; did you mean {near}?", near = quoted(&near)))
}

/// Nothing stands beside the known members.
fn all_known(place: &str, other: &serde_json::Map<String, Json>, known: &[&str]) -> Result<(), PersonaError> {
    let Some(odd) = other.keys().next() else { return Ok(()) };
    let near = did_you_mean(odd, known);
    Err(format!("{place}: unknown member {odd}{near}; known are {}", known.join(", "), odd = quoted(&odd)).into())
}

impl Personas {
    /// Reads a personas file (JSON or YAML).
    ///
    /// # Errors
    /// What is wrong with the file: a name that nothing has, a caller that cannot be read.
    pub fn read(path: &Path) -> Result<Self, PersonaError> {
        Self::read_within(path, false)
    }

    /// The same, following `claimsFile` outside of the file's root where that is allowed.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_within(path: &Path, allow_outside: bool) -> Result<Self, PersonaError> {
        let text = read_text(path)?;
        let place = |why: String| PersonaError(format!("{}: {why}", shown(path)));
        let json = crate::resolver::yaml::read(&text).map_err(|why| place(why.into()))?;
        if !json.get("personas").is_some_and(Json::is_array) {
            return Err(place("a personas file has a list `personas`".to_owned()));
        }
        // From the text, where it is JSON: its errors name their line.
        let read = serde_json::from_value(json).map_err(|error| match text.trim_start().starts_with('{') {
            true => serde_json::from_str::<Self>(&text).err().unwrap_or(error),
            false => error,
        });
        let mut personas: Self = match read {
            Ok(personas) => personas,
            Err(error) => Self::in_part(&text).ok_or_else(|| place(error.to_string()))?,
        };
        personas.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        (personas.path, personas.allow_outside) = (path.to_owned(), allow_outside);
        personas.check().map_err(|error| place(error.to_string()))?;
        Ok(personas)
    }

    /// A file some of whose personas are none, without them; none where that is all of them, or not what is wrong.
    fn in_part(text: &str) -> Option<Self> {
        let mut json = crate::resolver::yaml::read(text).ok()?;
        let all = std::mem::take(json.get_mut("personas")?.as_array_mut()?);
        let mut personas: Self = serde_json::from_value(json).ok()?;
        for (at, one) in all.into_iter().enumerate() {
            let name = one.get("name").and_then(Json::as_str).map_or_else(|| format!("persona {}", at + 1), str::to_owned);
            personas.personas.push(match serde_json::from_value::<Persona>(one) {
                Ok(persona) => persona,
                Err(error) => {
                    personas.broken.insert(name.clone(), format!("persona {}: {error}", quoted(&name)));
                    Persona { name, ..Persona::default() }
                }
            });
        }
        (!personas.broken.is_empty() && personas.broken.len() < personas.personas.len()).then_some(personas)
    }

    /// From JSON that was made here.
    pub(super) fn of_json(json: Json) -> Result<Self, PersonaError> {
        let mut personas: Self = serde_json::from_value(json).map_err(|error| error.to_string())?;
        personas.check()?;
        Ok(personas)
    }

    /// Whether every name is known and every caller can be read: a misspelt one must not look like a decision.
    fn check(&mut self) -> Result<(), PersonaError> {
        if self.personas.is_empty() {
            return Err("it has no personas: nobody to ask for".into());
        }
        all_known("the file", &self.other, &["personas", "items", "cases"])?;
        let names: Vec<&str> = self.personas.iter().map(|persona| persona.name.as_str()).collect();
        let (mut notes, mut broken, mut all) = (Vec::new(), std::mem::take(&mut self.broken), IndexMap::new());
        for (at, persona) in self.personas.iter().enumerate() {
            if names[..at].contains(&names[at]) {
                return Err(format!("two personas have the name {}", quoted(&persona.name)).into());
            }
            if broken.contains_key(&persona.name) {
                continue;
            }
            persona.check()?;
            let codes = [Code::InputForm, Code::TwoTokens, Code::ModeGuessed];
            let read = match self.read_persona(persona) {
                Ok(read) => read,
                Err(error) => {
                    broken.insert(persona.name.clone(), error.to_string());
                    continue;
                }
            };
            let of_note = read.notes.iter().filter(|(code, _)| codes.contains(code));
            notes.extend(of_note.map(|(_, note)| Message::joined("persona {}: {}", [persona.title(), note.clone()])));
            all.insert(persona.name.clone(), read);
        }
        if broken.len() == self.personas.len() {
            return Err(broken.into_values().collect::<Vec<_>>().join("; ").into());
        }
        for (at, case) in self.cases.iter().enumerate() {
            let place = format!("case {} ({})", at + 1, case.field);
            if !names.contains(&case.persona.as_str()) {
                let near = did_you_mean(&case.persona, &names);
                return Err(format!("{place}: no persona has the name {}{near}", quoted(&case.persona)).into());
            }
            all_known(&place, &case.other, &["persona", "field", "variant", "args", "source", "result"])?;
            let parts = [Some(&case.args), Some(&case.source), case.result.as_ref()];
            for part in parts.into_iter().flatten() {
                self.resolved(part, 0).map_err(|message| format!("{place}: {message}"))?;
            }
        }
        (self.notes, self.broken, self.read) = (notes, broken, all);
        Ok(())
    }

    /// The account of all callers with IAM, if they name one alone: nobody calls an API of another account, for APIs have
    /// no policies of their own (service authorization reference: "Actions, resources, and condition keys for AWS AppSync").
    pub fn account(&self) -> Option<&str> {
        let mut accounts = self.personas.iter().filter_map(|persona| {
            let account = persona.identity.as_ref()?.get("accountId")?.as_str()?;
            (!account.is_empty()).then_some(account)
        });
        let first = accounts.next()?;
        accounts.all(|account| account == first).then_some(first)
    }

    /// The persona of a case.
    pub fn persona(&self, name: &str) -> Option<&Persona> {
        self.personas.iter().find(|persona| persona.name == name)
    }

    /// Every persona that can be read, as AppSync sees him, by name.
    pub fn callers(&self) -> IndexMap<String, PersonaCaller> {
        self.read.iter().map(|(name, read)| (name.clone(), read.caller.clone())).collect()
    }

    /// A persona as AppSync sees him.
    ///
    /// # Errors
    /// A token that is none, an unknown mode.
    pub fn read_persona(&self, persona: &Persona) -> Result<ReadPersona, PersonaError> {
        let ReadIdentity { identity, auth_type, notes, expires, .. } = self.identity(persona)?;
        let is_derived = persona.auth_type.is_none();
        identity.fits_json().map_err(|error| format!("persona {}: {}", persona.name, error.message))?;
        let caller = PersonaCaller {
            identity: serde_json::to_value(&identity).map_err(|error| format!("persona {}: {error}", persona.name))?,
            auth_type,
            is_derived,
            headers: persona.headers.clone(),
            authorizer: persona.authorizer_response.clone(),
        };
        Ok(ReadPersona { caller, notes, expires })
    }

    /// What a case is evaluated with, and what its data sources answer.
    ///
    /// # Errors
    /// A token that is none, an unknown mode, an item that is not there.
    pub fn given(&self, case: &Case, caller: &PersonaCaller, now_millis: i64) -> Result<(Given, Option<Value>), PersonaError> {
        let members = Map::new();
        let args = match self.resolved(&case.args, 0)? {
            Value::Null => Map::new().into(),
            args => args,
        };
        members.put_str("arguments", args);
        let (parent, field) = case.field.split_once('.').unwrap_or(("Query", &case.field));
        let source = self.resolved(&case.source, 0)?;
        // A field of a row has one, also where the case leaves it out; a root type has none.
        if !source.is_null() || ["Query", "Mutation", "Subscription"].contains(&parent) {
            members.put_str("source", source);
        }
        members.put_str("identity", Value::from(&caller.identity));
        let request = Map::new();
        request.put_str("headers", Value::from(&caller.headers));
        members.put_str("request", request);
        let info = Map::new();
        info.put_str("fieldName", field);
        info.put_str("parentTypeName", parent);
        info.put_str("variables", Map::new());
        info.put_str("selectionSetList", List::new(Vec::new()));
        members.put_str("info", info);
        let given = Given {
            members,
            auth_type: caller.auth_type,
            auth_type_derived: caller.is_derived,
            now_millis,
            seed: self.seed,
            ..Given::default()
        };
        let result = case.result.as_ref().map(|result| self.resolved(result, 0)).transpose()?;
        Ok((given, result))
    }

    /// What is wrong with the personas' tokens: AppSync would refuse them, whatever a template decides.
    pub fn token_notes(&self, now_millis: i64) -> Vec<Message> {
        let of = |(name, read): (&String, &ReadPersona)| {
            let title = Message::of("{}", [Part::Name(name.clone())]);
            Some(Message::joined("{}: {}", [title, read.refusal(now_millis)?.clone()]))
        };
        self.read.iter().filter_map(of).collect()
    }

    /// A file that the personas name.
    fn file(&self, file: &Path) -> Result<String, ProjectError> {
        Root::of(&self.path, self.allow_outside)?.text(&self.folder.join(file))
    }

    /// Who he is; the notes are those of a token that has expired.
    fn identity(&self, persona: &Persona) -> Result<ReadIdentity, PersonaError> {
        let of = |message: String| PersonaError(format!("persona {}: {message}", persona.name));
        let forced = match &persona.auth_type {
            None => None,
            Some(name) => {
                Some(AuthType::parse(name).ok_or_else(|| of(format!("authType: {}", AuthType::unknown(name))))?)
            }
        };
        let as_it_is = |identity: Value, mode| ReadIdentity { identity, auth_type: mode, notes: Vec::new(), token: None, expires: None };
        let (text, name) = match (&persona.identity, &persona.claims, &persona.claims_file) {
            (Some(identity), ..) => {
                let identity = Value::from(identity);
                let mode = forced.or_else(|| AuthType::guess(&identity));
                return Ok(as_it_is(identity, mode));
            }
            (None, Some(Json::String(token)), _) => (token.clone(), None),
            (None, Some(claims), _) => (claims.to_string(), None),
            (None, None, Some(file)) => {
                let path = self.folder.join(file);
                (self.file(file).map_err(|error| of(error.to_string()))?, Some(path.display().to_string()))
            }
            (None, None, None) if persona.authorizer_response.is_some() => {
                // What templates see of such a caller is the answer's `resolverContext` (APPSYNC-VTL 2.3).
                let own = persona.authorizer_response.as_ref().and_then(|answer| answer.get("resolverContext"));
                let identity = serde_json::json!({"resolverContext": own.cloned().unwrap_or_default()});
                return Ok(as_it_is(Value::from(&identity), forced.or(Some(AuthType::Lambda))));
            }
            (None, None, None) => return Ok(as_it_is(Value::Null, forced.or(Some(AuthType::ApiKey)))),
        };
        let token_use = match persona.token_use.as_deref() {
            None => None,
            Some("access") => Some(TokenUse::Access),
            Some("id") => Some(TokenUse::Id),
            Some(other) => return Err(of(format!("tokenUse {}: access or id is wanted", quoted(other)))),
        };
        let asked = Ask { name: name.as_deref().unwrap_or("FILE"), token_use };
        let place = name.as_deref().map_or_else(String::new, |name| format!("{name}: "));
        identity::read_as(&text, forced, i64::MAX, &asked).map_err(|error| of(format!("{place}{error}")))
    }

    /// JSON with its items put in.
    fn resolved(&self, json: &Json, depth: usize) -> Result<Value, PersonaError> {
        if depth > DEEPEST {
            return Err("items refer to each other too deep".into());
        }
        Ok(match json {
            Json::Object(map) => match map.get("$item").and_then(Json::as_str) {
                Some(name) => {
                    let item = self.items.get(name).ok_or_else(|| {
                        let names: Vec<&str> = self.items.keys().map(String::as_str).collect();
                        format!("no item {name}{}", did_you_mean(name, &names), name = quoted(&name))
                    })?;
                    self.resolved(item, depth + 1)?
                }
                None => {
                    let entries =
                        map.iter().map(|(key, value)| Ok((key.as_str().into(), self.resolved(value, depth + 1)?)));
                    entries.collect::<Result<Map, PersonaError>>()?.into()
                }
            },
            Json::Array(items) => {
                items.iter().map(|item| self.resolved(item, depth + 1)).collect::<Result<List, PersonaError>>()?.into()
            }
            other => Value::from(other),
        })
    }
}
