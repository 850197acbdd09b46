//! What stands before the templates, for each caller: the API's modes, the schema's directives, the policies of the role,
//! the Lambda authorizer's answer.

use super::{CellLayer, Need};
use crate::appsync::AuthType;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::project::{Project, Role, RoleKind};
use crate::request::layer::{Layer, State};
use crate::request::mode::{Gate, DirectiveVerdict};
use crate::request::schema::{Field, Schema, SchemaError};
use crate::request::{ApiConfig, Evidence, authorizer, iam, mode};
use crate::suite::persona::PersonaCaller;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use crate::rules::Ties;
use crate::trace::places::KnownPlaces;

/// How a request fares before its templates.
#[derive(Clone, Debug)]
pub enum Passage {
    /// Nothing that is known keeps it out.
    Passed,
    /// A layer refuses it: which one, and why.
    Refused(CellLayer, Message),
    /// It is answered, and the directives refuse whatever is selected below: why.
    Unreadable(Message),
    /// Whether it is refused is not known: why, and what would settle it.
    Unknown(Message, Option<Need>),
}

/// What is known of the API, and of each caller.
pub struct Before<'p> {
    schema: Option<Result<Arc<Schema>, SchemaError>>,
    callers: IndexMap<String, Entering>,
    /// The rules of the project, where its model schema can be read.
    pub ties: Option<Arc<Ties>>,
    /// What was found of templates: each field's run for every persona.
    pub places: KnownPlaces<'p>,
}

/// A caller, with what was made ready for all fields.
struct Entering {
    caller: PersonaCaller,
    /// All but the field.
    evidence: Evidence,
}

impl<'p> Before<'p> {
    /// Makes ready what each field is asked.
    pub fn of(project: &'p Project, callers: IndexMap<String, PersonaCaller>) -> Self {
        let config = project.api.to_json();
        let schema = project.schema.as_ref().map(|schema| Schema::read(&schema.text).map(Arc::new));
        let api = if project.api.default.is_some() { ApiConfig::read(&config) } else { ApiConfig::default() };
        let place = iam::PolicyPlace::of(Some(&config), None, &Map::new());
        let entering = |caller: PersonaCaller| {
            let evidence = Evidence {
                identity: (!caller.identity.is_null()).then(|| caller.identity.clone()),
                auth_type: caller.auth_type,
                schema: schema.clone(),
                api: api.clone(),
                iam: policies(project, &caller.identity),
                place: place.clone(),
                authorizer: caller.authorizer.clone(),
                ..Evidence::default()
            };
            Entering { caller, evidence }
        };
        let callers = callers.into_iter().map(|(name, caller)| (name, entering(caller))).collect();
        // A model schema that cannot be read takes nothing from the cells but the names of rules.
        let ties = Ties::of_project(project).and_then(Result::ok).map(Arc::new);
        Self { schema, callers, ties, places: KnownPlaces::default() }
    }

    /// A caller by the persona's name.
    pub fn caller(&self, name: &str) -> Option<&PersonaCaller> {
        self.callers.get(name).map(|entering| &entering.caller)
    }

    /// Whether a call of a field must have an argument beside the input of a mutation, which tells what is written.
    pub fn wants_arguments(&self, field: &str) -> bool {
        let Some(Ok(schema)) = &self.schema else { return false };
        let (parent, name) = field.split_once('.').unwrap_or(("Query", field));
        let field = schema.types.get(schema.type_name(parent)).and_then(|object| object.fields.get(name));
        field.is_some_and(|field| field.required.iter().any(|argument| argument != "input"))
    }

    /// How a call of a field fares.
    pub fn judge(&self, persona: &str, field: &str) -> Passage {
        let Some(Entering { caller, evidence }) = self.callers.get(persona) else { return Passage::Passed };
        let Some(mode) = caller.auth_type else { return Passage::Passed };
        let (parent, name) = field.split_once('.').unwrap_or(("Query", field));
        let of_field = || Evidence { parent_type: parent.to_owned(), field: name.to_owned(), ..evidence.clone() };
        let by_mode = self.modes(evidence, mode, (parent, name), &of_field);
        if matches!(by_mode, Passage::Refused(..)) {
            return by_mode;
        }
        let asked = match mode {
            AuthType::Iam if !evidence.iam.is_empty() => {
                Some((CellLayer::Iam, iam::judge(&of_field(), Some(AuthType::Iam))))
            }
            AuthType::Lambda if caller.authorizer.is_some() => {
                Some((CellLayer::Authorizer, authorizer::judge(&of_field(), Some(AuthType::Lambda))))
            }
            _ => None,
        };
        match asked {
            Some((layer, judged)) if judged.state == State::Refused => Passage::Refused(layer, words(&judged)),
            // What is not known of a policy is, in a project, what its deployment makes of it.
            Some((_, judged)) if judged.state == State::Unknown => {
                Passage::Unknown(words(&judged), Some(Need::Deployment))
            }
            _ => by_mode,
        }
    }

    /// The API's modes and the directives of the field that is called; what is selected below it is judged by itself.
    fn modes(
        &self,
        evidence: &Evidence,
        mode: AuthType,
        (parent, name): (&str, &str),
        of_field: &dyn Fn() -> Evidence,
    ) -> Passage {
        let refused = || Passage::Refused(CellLayer::Mode, words(&mode::judge(&of_field())));
        let known = evidence.api.is_known();
        if known && !evidence.api.modes().contains(&mode) {
            return refused();
        }
        let schema = match &self.schema {
            Some(Ok(schema)) => schema,
            _ if !known || evidence.api.default == Some(mode) => return Passage::Passed,
            Some(Err(message)) => return Passage::Unknown(message.to_string().into(), None),
            None => {
                let message = Message::of(
                    "{} is an additional mode, and whether the field's directives let it in is not known: » give the API's schema (--schema)",
                    [Part::Name(mode.to_string())],
                );
                return Passage::Unknown(message, None);
            }
        };
        let parent = schema.type_name(parent);
        let Some(object) = schema.types.get(parent) else { return Passage::Passed };
        let Some(field) = object.fields.get(name) else { return Passage::Passed };
        let gate = Gate::of(evidence);
        match gate.allows(schema, parent, object, field, mode) {
            // A mutation has written by the time that its answer is refused.
            DirectiveVerdict::Allowed if schema.type_name("Mutation") != parent => {
                unreadable(&gate, schema, field, mode).map_or(Passage::Passed, |why| {
                    let field = Part::Name(format!("{parent}.{name}"));
                    let lets = Message::of("{} lets in {}", [field, Part::Text(mode.api_name().to_owned())]);
                    Passage::Unreadable(Message::joined("{}, but {}", [lets, why]))
                })
            }
            // Without the API's modes, a field without a directive is taken to be open: nothing at hand says otherwise.
            DirectiveVerdict::Allowed | DirectiveVerdict::Unknown => Passage::Passed,
            DirectiveVerdict::GroupsOpen(_) => Passage::Unknown(words(&mode::judge(&of_field())), None),
            _ => refused(),
        }
    }
}

/// Why nothing of what a field returns can be read in a mode: each field below it is refused (APPSYNC-VTL 7.3).
fn unreadable(gate: &Gate<'_>, schema: &Schema, field: &Field, mode: AuthType) -> Option<Message> {
    let name = &field.returns;
    let object = schema.types.get(name).filter(|object| !object.fields.is_empty())?;
    let refused = |own: &Field| {
        gate.allows(schema, name, object, own, mode).is_closed()
    };
    object.fields.values().all(refused).then(|| {
        let needed = mode.directive();
        Message::of(
            "no field of {}, which it returns, does: AppSync refuses whatever is selected. » Add {} to type {}",
            [Part::Name(name.clone()), Part::Code(needed.to_owned()), Part::Name(name.clone())],
        )
    })
}

/// What a layer says first, in one line: its first sentence.
fn words(layer: &Layer) -> Message {
    layer.findings.first().map(|finding: &Finding| finding.message.first_sentence()).unwrap_or_default()
}

/// The policies of whoever signs.
fn policies(project: &Project, identity: &Json) -> iam::Policies {
    let Some(granted) = policies_of(project, identity) else { return iam::Policies::default() };
    let boundary = granted.boundary.iter().map(|boundary| (iam::PolicyKind::Boundary, boundary));
    iam::Policies::of(std::iter::once((iam::PolicyKind::Identity, &granted.policies)).chain(boundary))
}

/// What a role grants, as AWS writes it.
#[derive(Clone, Debug)]
pub struct RolePolicies {
    /// Its policies.
    pub policies: Json,
    /// What limits them.
    pub boundary: Option<Json>,
}

/// The policies of whoever signs: those that were given for the caller, else those of his role in the project; none where
/// none is at hand.
pub fn policies_of(project: &Project, identity: &Json) -> Option<RolePolicies> {
    if !project.policies.is_empty() {
        return Some(RolePolicies { policies: json!(project.policies), boundary: None });
    }
    let role = role_of(project, identity).filter(|role| !role.policies.is_empty())?;
    Some(RolePolicies { policies: json!(role.policies), boundary: role.boundary.clone() })
}

/// The project's role that an identity is a session of: by its name, else the one that the identity pool gives such callers.
fn role_of<'p>(project: &'p Project, identity: &Json) -> Option<&'p Role> {
    let arn = identity.get("userArn").and_then(Json::as_str).unwrap_or_default();
    let name = arn.split_once(":assumed-role/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
    if let Some(role) = project.roles.iter().find(|role| Some(role.name.as_str()) == name) {
        return Some(role);
    }
    let kind = match identity.get("cognitoIdentityAuthType").and_then(Json::as_str)? {
        "authenticated" => RoleKind::Authenticated,
        "unauthenticated" => RoleKind::Unauthenticated,
        _ => return None,
    };
    let mut of_kind = project.roles.iter().filter(|role| role.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        // A role whose name is known is not the one of another name.
        (Some(role), None) if !role.is_named => Some(role),
        _ => None,
    }
}
