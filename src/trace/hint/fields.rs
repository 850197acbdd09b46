//! Field lists: which fields were refused, and why each (AMPLIFY-AUTH 3, D6).

use super::text::show;
use super::{Scene, json};
use crate::finding::Finding;
use crate::syntax::ExpressionKind as Kind;
use crate::trace::index::{Node, references};
use crate::trace::recorder::Change;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// Fields that clients send without meaning to change them.
const NEEDLESS: [&str; 8] =
    ["id", "_version", "_deleted", "_lastChangedAt", "createdAt", "updatedAt", "__typename", "owner"];

/// Each field that was put on the list of refused ones.
pub fn denied_fields(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.verdict != Verdict::Denied || scene.decision.kind != DecisionKind::Unauthorized {
        return;
    }
    let input = input(scene);
    let mut null_fields = Vec::new();
    for cause in scene.why.guards.iter().flat_map(|guard| &guard.causes) {
        let Some(Value::String(field)) = cause.change.values.first() else { continue };
        let Some((path, map)) = &input else { continue };
        let key = Value::String(field.clone());
        if !map.contains_key(&key) {
            continue;
        }
        let value = map.get(&key).unwrap_or_default();
        let lists = allowed_lists(scene, &cause.change);
        let asks_null = cause.guards.iter().any(|guard| {
            super::super::candidate::looked_at(&guard.condition).iter().any(|operand| operand.value.is_null())
        });
        let place = format!("{path}.{field}");
        if value.is_null() && asks_null {
            null_fields.push(field.clone());
            found.push(
                Finding::new(
                    "null-needs-delete",
                    format!(
                        "{place} is null, and setting a field to null needs the delete operation on it, which no rule gives this caller{lists}. Leave the key out of the input (clients often send null for every unset optional)."
                    ),
                )
                .at(place)
                .actual(serde_json::Value::from(vec![field.as_str()]))
                .wanted(format!("delete on {field}")),
            );
        } else if !null_fields.contains(field) {
            let needless = if NEEDLESS.contains(&field.as_str()) || is_unchanged(scene, field, &value) {
                " It was probably sent needlessly."
            } else {
                ""
            };
            found.push(
                Finding::new(
                    "field-not-allowed",
                    format!(
                        "{place} ({}) is in no list of fields that this caller may write{lists}.{needless} Leave it out of the input, or give the rule the operation on this field.",
                        show(&value)
                    ),
                )
                .at(place)
                .actual(serde_json::Value::from(vec![field.as_str()]))
                .wanted(format!("{field} not sent")),
            );
        }
    }
}

fn input(scene: &Scene<'_>) -> Option<(&'static str, crate::value::Map)> {
    let input = scene.context(&["args", "input"]);
    match (input, scene.context(&["args"])) {
        (Value::Map(map), _) => Some(("args.input", map)),
        (_, Value::Map(map)) => Some(("args", map)),
        _ => None,
    }
}

/// The row already has the value that was sent.
fn is_unchanged(scene: &Scene<'_>, field: &str, value: &Value) -> bool {
    let old = scene.context(&["result", field]);
    !old.is_null() && old.loosely_equals(value)
}

/// What the lists of allowed fields were at the end.
fn allowed_lists(scene: &Scene<'_>, change: &Change) -> String {
    let mut words = Vec::new();
    for part in scene.recorder.index.chain(change.node) {
        if let crate::trace::index::Part::Loop(each) = part {
            references(&each.list, &mut |reference| {
                if let Some(Value::List(list)) = scene.outcome.variable(reference.root)
                    && words.len() < 3
                    && matches!(scene.recorder.index.node(reference.node), Some(Node::Reference(_)))
                    && !matches!(&each.list.kind, Kind::List(_))
                {
                    words.push(format!("${} is {}", scene.program.name(reference.root), show(&list.clone().into())));
                }
            });
        }
    }
    let null_allowed = scene.program.slot("nullAllowedFields").and_then(|slot| scene.outcome.variable(slot));
    if let Some(list) = null_allowed {
        words.push(format!("$nullAllowedFields is {}", json(list)));
    }
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}
