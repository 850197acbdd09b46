//! A delete that a field's own rule stops: Amplify lets a role delete a row only if it has the operation on every field
//! (AMPLIFY-AUTH 3, D5), and a role that lacks it on one is left out of the template without a word.

use super::Refusal;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, capital, quoted};
use crate::request::Member;
use crate::request::layer::{Layer, LayerName, State};
use graphql_parser::schema::{Definition, Directive, Document, Field, ObjectType, TypeDefinition, Value as Sdl};
use serde_json::Value as Json;

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OperationRole {
    /// A group, by name.
    Group(String),
    /// Another kind of rule: `owner`, `private`, `public`, with what tells two of a kind apart.
    Other(String),
}

/// A role with the operations that a rule gives it.
struct Right {
    role: OperationRole,
    operations: Vec<String>,
}

/// The fields whose own rules keep a caller of the model from deleting.
pub fn delete(refusal: &Refusal, layers: &mut [Layer]) {
    let evidence = &refusal.evidence;
    let (Some(Ok(_)), Some(sdl)) = (&evidence.schema, refusal.request.given(Member::Schema).and_then(Json::as_str)) else { return };
    let Some(model) = evidence.field.strip_prefix("delete").filter(|_| evidence.parent_type == "Mutation") else { return };
    let Some(layer) = layers.iter_mut().find(|one| one.layer == LayerName::Resolver && one.state == State::Refused) else {
        return;
    };
    let Ok(document) = graphql_parser::parse_schema::<String>(sdl) else { return };
    let Some(object) = object(&document, model) else { return };
    let own = rights(&object.directives);
    for right in own.iter().filter(|right| right.gives("delete") && right.is_for(refusal)) {
        let lacking: Vec<LackingField> = object.fields.iter().filter_map(|field| LackingField::of(field, right)).collect();
        if lacking.is_empty() {
            continue;
        }
        let others: Vec<String> = own
            .iter()
            .filter(|one| one.gives("delete") && one.role != right.role)
            .map(|one| one.role.to_string())
            .collect();
        let others = if others.is_empty() { String::new() } else { format!(" Left are {}.", all_of(&others)) };
        let message = Message::of(
            "The rules of {} give {} delete, but a row is deleted with all its fields, and these have rules of their own that do not give it delete: {}. So Amplify left {} out of this template.{} » {}",
            [
                Part::Text(model.to_string()),
                Part::Text(right.role.to_string()),
                Part::Text(lacking.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
                Part::Text(right.role.to_string()),
                Part::Text(others.to_string()),
                Part::Text(rules_to_add(&lacking, &right.role)),
            ],
        );
        layer.findings.insert(0, Finding::new(Code::DeleteNotOnFields, message).at(format!("schema.{model}")));
        return;
    }
}

/// A field whose own rules do not give a role delete.
struct LackingField<'d> {
    name: &'d str,
    /// What they give it.
    has: Vec<String>,
}

impl<'d> LackingField<'d> {
    fn of(field: &'d Field<'_, String>, right: &Right) -> Option<Self> {
        let rules = rights(&field.directives);
        if rules.is_empty() || rules.iter().any(|one| one.role == right.role && one.gives("delete")) {
            return None;
        }
        let own = rules.into_iter().filter(|one| one.role == right.role);
        Some(Self { name: &field.name, has: own.flat_map(|one| one.operations).collect() })
    }
}

impl std::fmt::Display for LackingField<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.has.as_slice() {
            [] => write!(out, "{} (no rule for it at all)", self.name),
            has => write!(out, "{} ({} only)", self.name, has.join(", ")),
        }
    }
}

/// A rule of the role that is there gets the operation; where there is none, another role's would help nobody of this one.
fn rules_to_add(lacking: &[LackingField<'_>], role: &OperationRole) -> String {
    let (without, with): (Vec<_>, Vec<_>) = lacking.iter().partition(|field| field.has.is_empty());
    let names = |fields: &[&LackingField<'_>]| all_of(&fields.iter().map(|field| field.name).collect::<Vec<_>>());
    let rule = match role {
        OperationRole::Group(group) => format!("`{{ allow: groups, groups: [{}], operations: [delete] }}`", quoted(group)),
        OperationRole::Other(words) => format!("a rule of the same kind (`allow: {words}`) with `operations: [delete]`"),
    };
    let add = format!("add {rule} to the rules of {}", names(&without));
    let widen = format!("add delete to the `operations` of that rule on {}", names(&with));
    let cure = match (without.is_empty(), with.is_empty()) {
        (false, false) => format!("{add}, and {widen}"),
        (false, true) => add,
        _ => widen,
    };
    capital(&cure) + "."
}

fn object<'d>(document: &'d Document<'d, String>, name: &str) -> Option<&'d ObjectType<'d, String>> {
    document.definitions.iter().find_map(|definition| match definition {
        Definition::TypeDefinition(TypeDefinition::Object(object)) if object.name == name => Some(object),
        _ => None,
    })
}

/// What the rules of an `@auth` give, role by role.
fn rights(directives: &[Directive<'_, String>]) -> Vec<Right> {
    let rules = directives.iter().filter(|one| one.name == "auth").flat_map(|one| &one.arguments);
    let rules = rules.filter(|(name, _)| name == "rules").flat_map(|(_, rules)| match rules {
        Sdl::List(rules) => rules.clone(),
        one => vec![one.clone()],
    });
    rules.flat_map(|rule| right(&rule)).collect()
}

fn right(rule: &Sdl<'_, String>) -> Vec<Right> {
    let Sdl::Object(members) = rule else { return Vec::new() };
    let names = |name: &str| members.get(name).map(words);
    let allow = names("allow").and_then(|all| all.into_iter().next()).unwrap_or_default();
    let all = ["create", "read", "update", "delete"].map(str::to_owned).to_vec();
    let operations = names("operations").unwrap_or(all);
    let of = |role| Right { role, operations: operations.clone() };
    match names("groups") {
        Some(groups) => groups.into_iter().map(|group| of(OperationRole::Group(group))).collect(),
        None => {
            let more = ["ownerField", "groupsField", "provider", "identityClaim"].iter().filter_map(|name| names(name));
            let words: Vec<String> = std::iter::once(allow).chain(more.flatten()).collect();
            vec![of(OperationRole::Other(words.join(" ")))]
        }
    }
}

fn words(value: &Sdl<'_, String>) -> Vec<String> {
    match value {
        Sdl::List(items) => items.iter().flat_map(words).collect(),
        Sdl::Enum(word) | Sdl::String(word) => vec![word.clone()],
        _ => Vec::new(),
    }
}

impl Right {
    fn gives(&self, operation: &str) -> bool {
        self.operations.iter().any(|known| known == operation)
    }

    /// Whether the caller may be meant: a member of the group, or anybody where no group is named.
    fn is_for(&self, refusal: &Refusal) -> bool {
        let OperationRole::Group(group) = &self.role else { return true };
        let identity = refusal.request.given(Member::Identity);
        let groups = identity.and_then(|identity| identity.pointer("/claims/cognito:groups")?.as_array());
        groups.is_some_and(|groups| groups.iter().any(|known| known == group.as_str()))
    }
}

impl std::fmt::Display for OperationRole {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Group(name) => write!(out, "the group {}", quoted(name)),
            Self::Other(words) => write!(out, "the rule `allow: {words}`"),
        }
    }
}
