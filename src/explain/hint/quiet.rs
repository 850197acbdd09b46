//! What happens without an error: a field redacted rather than denied, events that a filter holds back
//! (AMPLIFY-AUTH 3, F2 to F4).

use crate::value::method::Method;
use super::text::show;
use super::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference};
use crate::trace::Verdict;
use crate::trace::candidate::looked_at;
use crate::trace::index::{Index, Node, NodePart, call_args, inside};
use crate::value::Value;

/// The codes of this file: they count whichever template of a resolver earned them.
pub const CODES: [Code; 2] = [Code::FieldRedacted, Code::EventsFiltered];

/// The field answers null, or without items, by rule: `__operation` of the source is a mutation's, or a template before
/// this one set `stash.deniedField`.
pub fn redacted(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let denied = |change: &&crate::trace::recorder::Change| {
        change.path.as_deref() == Some("stash")
            && change.values.first().and_then(Value::as_str) == Some("deniedField")
            && change.values.get(1).is_some_and(Value::is_true)
    };
    let sets = run.recorder.changes.iter().any(|change| denied(&change));
    let mut taken: Vec<_> = run
        .recorder
        .branches
        .iter()
        .filter_map(|(node, records)| records.iter().rfind(|record| record.taken).map(|record| (*node, record)))
        .collect();
    taken.sort_unstable_by_key(|(node, _)| *node);
    for (node, record) in taken {
        for operand in looked_at(&record.condition) {
            let from = |place: &str| operand.origins.iter().any(|origin| origin.is_at(place));
            let (path, message) = if from("stash.deniedField") && operand.value.is_true() {
                (
                    "stash.deniedField",
                    "it is set: this field is redacted, not denied. It answers null (a list: no items) without an error, because the parent object came from a mutation or a subscription, and the related model has rules of its own. » Read the relation with a query.",
                )
            } else if let Some(path) = ["source.__operation", "source.operation"].into_iter().find(|path| from(path))
                && operand.value.as_str() == Some("Mutation")
                && (sets || answers_null(&run.recorder.index, node))
            {
                (
                    path,
                    "its value is \"Mutation\", the parent object came from one: this field is redacted (null), not denied. The answer of a mutation is what subscribers get too, so a field with rules of its own is left out of it. » Read it with a query.",
                )
            } else {
                continue;
            };
            let message = Message::of("{}:", [Part::Place(path.to_owned())]).with(message);
            found.push(Finding::new(Code::FieldRedacted, message).at(path).actual(json(&operand.value)));
        }
    }
}

/// Whether a statement in this branch answers `$util.toJson(null)`.
fn answers_null(index: &Index<'_>, branch: NodeId) -> bool {
    let null = |args: &[Expression]| matches!(args, [Expression { kind: Kind::Null, .. }]);
    index.statements.iter().any(|(node, statement)| {
        let Node::Reference(reference) = statement else { return false };
        index.chain(*node).last().map(NodePart::node) == Some(branch)
            && any(reference, &|inner| call_args(inner).is_some_and(|(_, args)| null(args)))
    })
}

fn any(reference: &Reference, test: &dyn Fn(&Reference) -> bool) -> bool {
    let mut found = false;
    inside(reference, &mut |inner| found |= test(inner));
    found
}

/// The subscription is there, and a filter holds events back.
pub fn events_filtered(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(filter) = events_filter(run) else { return };
    // That it holds back less than it seems to is what a reader needs first.
    if run.why.carrying.findings.iter().any(|finding| finding.code == Code::FilterKeepsAll) {
        return;
    }
    let mut fields = Vec::new();
    let filter = json(&filter);
    named(&filter, &mut fields);
    if fields.is_empty() {
        return;
    }
    filter_hint(filter, &fields, found);
}

/// The filter on its events that a subscription ends up with; `None` of what is none, or was refused.
pub fn events_filter(run: &Finished<'_>) -> Option<Value> {
    if !run.is_subscription() || matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return None;
    }
    // Generated auth templates put the filter into the arguments; the response template hands it on.
    let merged = run.recorder.changes.iter().rfind(|change| {
        change.path.as_deref() == Some("args") && change.values.first().and_then(Value::as_str) == Some("filter")
    });
    let set = run.outcome.env.extensions.iter().rfind(|call| call.function == Method::SetSubscriptionFilter);
    if set.is_some_and(|call| !call.refused.is_empty() || call.args.first().is_some_and(lacks_groups)) {
        return None;
    }
    let filter = set.and_then(|call| call.args.first()).or_else(|| merged.and_then(|change| change.values.get(1)));
    filter.filter(|filter| !filter.is_null()).cloned()
}

/// Whether it is a filter in another form than AppSync's, `{"filterGroup": […]}`: an object with members, as a map or as JSON.
pub fn lacks_groups(filter: &Value) -> bool {
    let members = members_of(filter);
    !members.is_empty() && !members.iter().any(|name| name == "filterGroup")
}

/// The names of a filter's members.
pub fn members_of(filter: &Value) -> Vec<String> {
    let parsed = filter.as_str().and_then(|text| crate::value::from_json_str(text).ok());
    let map = parsed.as_ref().unwrap_or(filter).as_map().cloned();
    map.map_or_else(Vec::new, |map| map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect())
}

fn filter_hint(filter: serde_json::Value, fields: &[String], found: &mut Vec<Finding>) {
    let shown = show(&Value::from(&filter));
    let fields = fields.join(", ");
    found.push(
        Finding::new(
            Code::EventsFiltered,
            Message::of(
                "connected, with a filter on the events: {}. An event that does not match is not delivered, and nothing tells: the mutation that publishes it must select {} in its own selection set, or the event has no such value and never matches.",
                [
                    Part::Text(shown.to_string()),
                    Part::Text(fields.to_string()),
                ],
            ),
        )
        .at("filter")
        .actual(filter),
    );
}

/// The fields that a filter compares, in either form: `{"owner": {"eq": …}}` and AppSync's
/// `{"filterGroup": [{"filters": [{"fieldName": …}]}]}`.
fn named(filter: &serde_json::Value, found: &mut Vec<String>) {
    match filter {
        serde_json::Value::Array(items) => items.iter().for_each(|item| named(item, found)),
        serde_json::Value::Object(members) => {
            if let Some(name) = members.get("fieldName").and_then(serde_json::Value::as_str) {
                add(name, found);
                return;
            }
            for (key, value) in members {
                match key.as_str() {
                    "and" | "or" | "not" | "filterGroup" | "filters" => named(value, found),
                    name if value.is_object() => add(name, found),
                    _ => {}
                }
            }
        }
        serde_json::Value::String(text) => {
            if let Ok(inner @ serde_json::Value::Object(_)) = serde_json::from_str(text) {
                named(&inner, found);
            }
        }
        _ => {}
    }
}

fn add(name: &str, found: &mut Vec<String>) {
    if !found.iter().any(|known| known == name) {
        found.push(name.to_owned());
    }
}
