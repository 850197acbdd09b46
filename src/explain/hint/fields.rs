//! Field lists: which fields were refused, and why each (AMPLIFY-AUTH 3, D6).

use super::test::Test;
use super::text::show;
use super::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::{Expression, NodeId, Slot};
use crate::trace::candidate::looked_at;
use crate::trace::index::{Node, Part, references};
use crate::trace::{DecisionKind, Verdict};
use crate::value::{List, Map, Value};

/// Fields that clients send without meaning to change them.
const NEEDLESS: [&str; 8] =
    ["id", "_version", "_deleted", "_lastChangedAt", "createdAt", "updatedAt", "__typename", "owner"];

/// Each field that was put on the list of refused ones.
pub fn denied_fields(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.decision.kind != DecisionKind::Unauthorized {
        return;
    }
    let Some((path, input)) = input(run) else { return };
    for guard in run.why.guards.iter().filter(|guard| guard.value) {
        for operand in looked_at(&guard.condition) {
            let (Some(slot), Some(fields)) = (operand.slot, fields(&operand.value, &input)) else { continue };
            for field in fields {
                let key = Value::String(field.as_str().into());
                let value = input.get(&key).unwrap_or_default();
                let causes = guard
                    .causes
                    .iter()
                    .filter(|cause| cause.change.values.first().and_then(Value::as_str) == Some(field.as_str()));
                let asks_null = causes
                    .clone()
                    .flat_map(|cause| &cause.guards)
                    .any(|inner| looked_at(&inner.condition).iter().any(|operand| operand.value.is_null()));
                let lists = match causes.map(|cause| cause.change.node).next() {
                    Some(node) => around(run, node),
                    None => computed(run, slot, &input),
                };
                let known = |hint: &Finding| hint.path.as_deref() == Some(&format!("{path}.{field}"));
                if !found.iter().any(known) {
                    found.push(about(run, &format!("{path}.{field}"), &field, &value, asks_null, &lists));
                }
            }
        }
    }
}

/// The names in a list or the keys of a map, if there are any and all of them are fields of the input.
fn fields(value: &Value, input: &Map) -> Option<Vec<String>> {
    let names = match value {
        Value::Map(map) => map.keys(),
        value => value.members()?,
    };
    let field = |name: &Value| input.contains_key(name).then(|| name.as_str().map(str::to_owned)).flatten();
    names.iter().map(field).collect::<Option<Vec<_>>>().filter(|fields| !fields.is_empty())
}

fn about(run: &Finished<'_>, place: &str, field: &str, value: &Value, asks_null: bool, lists: &[String]) -> Finding {
    let lists = if lists.is_empty() { String::new() } else { format!(" ({})", lists.join(", ")) };
    let actual = serde_json::Value::from(vec![field]);
    if value.is_null() && asks_null {
        let message = format!(
            "{place} is null, and setting a field to null needs the delete operation on it, which no rule gives this caller{lists}. Leave the key out of the input (clients often send null for every unset optional)."
        );
        let wanted = format!("delete on {field}");
        return Finding::new(Code::NullNeedsDelete, message).at(place).actual(actual).wanted(wanted);
    }
    let needless = if NEEDLESS.contains(&field) || is_unchanged(run, field, value) {
        " It was probably sent needlessly."
    } else {
        ""
    };
    let message = format!(
        "{place} ({}) is in no list of fields that this caller may write{lists}.{needless} Leave it out of the input, or give the rule the operation on this field.",
        show(value)
    );
    Finding::new(Code::FieldNotAllowed, message).at(place).actual(actual).wanted(format!("{field} not sent"))
}

/// An argument names a field that is on no list, such as one to aggregate in a search (AMPLIFY-AUTH 3, D11).
pub fn denied_argument(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    for guard in run.why.guards.iter().filter(|guard| !guard.value) {
        let Test::Contains { list, item, found: false } = Test::of(run, &guard.condition) else { continue };
        let (Some((path, value, _)), None) = (item.origins.context(), super::claim_of(&list.origins)) else { continue };
        if path.starts_with("args") && list.value.members().is_some() {
            let message = format!(
                "{path} is {}, and the fields that this caller may use there are {}. Leave it out, or give the caller a rule for this field.",
                show(value),
                show(&list.value)
            );
            found.push(
                Finding::new(Code::FieldNotAllowed, message).at(path).actual(json(value)).wanted(json(&list.value)),
            );
        }
    }
}

fn input(run: &Finished<'_>) -> Option<(&'static str, Map)> {
    let input = run.context(&["args", "input"]);
    match (input, run.context(&["args"])) {
        (Value::Map(map), _) => Some(("args.input", map)),
        (_, Value::Map(map)) => Some(("args", map)),
        _ => None,
    }
}

/// The row already has the value that was sent.
fn is_unchanged(run: &Finished<'_>, field: &str, value: &Value) -> bool {
    let old = run.context(&["result", field]);
    !old.is_null() && old.loosely_equals(value)
}

/// The lists that the loops around an addition walk, and the one that nulls must be in.
fn around(run: &Finished<'_>, node: NodeId) -> Vec<String> {
    let mut words = Vec::new();
    for part in run.recorder.index.chain(node) {
        if let Part::Loop(each) = part {
            lists(run, &each.list, &mut words);
        }
    }
    let null_allowed = run.program.slot("nullAllowedFields").and_then(|slot| run.outcome.variable(slot));
    words.extend(null_allowed.map(|list| format!("$nullAllowedFields is {}", json(list))));
    words
}

/// The lists that a list of refused fields was computed from.
fn computed(run: &Finished<'_>, slot: Slot, input: &Map) -> Vec<String> {
    let mut words = Vec::new();
    let sets = run.recorder.index.statements.iter().filter_map(|(_, node)| match node {
        Node::Set(set) if set.target.root == slot => Some(set),
        _ => None,
    });
    sets.for_each(|set| lists(run, &set.value, &mut words));
    let sent = Value::from(input.keys().into_iter().collect::<List>());
    words.retain(|word| !word.ends_with(&show(&sent)));
    words
}

fn lists(run: &Finished<'_>, expression: &Expression, words: &mut Vec<String>) {
    references(expression, &mut |reference| {
        if let Some(Value::List(list)) = run.outcome.variable(reference.root)
            && words.len() < 3
        {
            words.push(format!("${} is {}", run.program.name(reference.root), show(&list.clone().into())));
        }
    });
}
