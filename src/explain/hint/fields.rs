//! Field lists: which fields were refused, and why each (AMPLIFY-AUTH 3, D6).

use super::allow::{line, one_line, values};
use super::test::Test;
use super::text::show;
use super::whence::whence;
use super::{Finished, json};
use crate::code::Code;
use crate::explain::why::{Guard, guards};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::syntax::visit::{Visit, walk_expression, walk_reference};
use crate::syntax::{Expression, ExpressionKind, NodeId, Reference, Slot};
use crate::trace::candidate::looked_at;
use crate::trace::condition::Condition;
use crate::trace::index::{Node, NodePart, references};
use crate::trace::recorder::Change;
use crate::trace::{DecisionKind, Verdict};
use crate::value::method::Method;
use crate::value::{List, Map, Value};

/// Fields that clients send without meaning to change them.
const NEEDLESS: [&str; 7] =
    ["id", "_deleted", "_lastChangedAt", "createdAt", "updatedAt", "__typename", "owner"];

/// Each field that was put on the list of refused ones.
pub fn denied_fields(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.decision.kind != DecisionKind::Unauthorized {
        return;
    }
    let Some((path, input)) = input(run) else { return };
    let before = found.len();
    for guard in run.why.guards.iter().filter(|guard| guard.value) {
        if let Some(finding) = one_of_loop(run, guard, path, &input) {
            found.push(finding);
            continue;
        }
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
                    Some(node) => around(run, node, value.is_null()),
                    None => computed(run, slot, &input),
                };
                let place = format!("{path}.{field}");
                let same = |hint: &Finding| hint.code == Code::FieldNotAllowed && hint.message == in_no_list(run, path, &names_in(hint), &input, &lists);
                let plain = !(value.is_null() && asks_null) && is_plain_lack(run, path, &field, &value);
                let earlier = found[before..].iter().position(same).filter(|_| plain);
                if let Some(first) = earlier.and_then(|at| found.get_mut(before + at)).filter(|first| !names_in(first).contains(&field)) {
                    let names: Vec<String> = names_in(first).into_iter().chain([field]).collect();
                    first.message = in_no_list(run, path, &names, &input, &lists);
                    first.wanted = format!("{} not sent", names.join(", ")).into();
                    first.actual = names.into();
                } else if !found.iter().any(|hint| hint.path.as_deref() == Some(&place) || names_in(hint).contains(&field) && hint.code == Code::FieldNotAllowed) {
                    let finding = if plain { lacking(run, path, field, &input, &lists) } else { about(run, &place, &field, &value, asks_null, &lists) };
                    found.push(finding);
                }
            }
        }
    }
    beside_the_first(&mut found[before..]);
}

/// The fields that a finding is about.
fn names_in(hint: &Finding) -> Vec<String> {
    hint.actual.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Of several findings the first says which other fields are refused as well: the message that was seen names them all.
fn beside_the_first(found: &mut [Finding]) {
    let Some((first, rest)) = found.split_first_mut() else { return };
    let others: Vec<String> = rest.iter().flat_map(names_in).collect();
    if others.is_empty() {
        return;
    }
    let verb = if others.len() == 1 { "is" } else { "are" };
    let words = Message::of("{} {} refused as well.", [Part::Name(all_of(&others)), Part::Text(verb.to_owned())]);
    first.message = first.message.cause().with(words).cured(first.message.cure());
}

/// A field that a loop over the input looks for in a list and does not find: that list is of the fields that are allowed.
fn one_of_loop(run: &Finished<'_>, guard: &Guard, path: &str, input: &Map) -> Option<Finding> {
    let mut leaves = Vec::new();
    guard.condition.leaves(&mut leaves);
    let (list, field) = leaves.iter().find_map(|leaf| match Test::of(run, leaf) {
        // A group that the template names is no field, though an argument has the same name.
        Test::Contains { list, item, found: false } if list.value.members().is_some() && !item.literal && super::claim_of(&list.origins).is_none() => {
            let field = item.value.as_str().filter(|field| input.contains_str(field))?;
            Some((list, field.to_owned()))
        }
        _ => None,
    })?;
    let null = |leaf: &&&Condition| matches!(Test::of(run, leaf), Test::Missing { what, missing: true } if what.value.is_null());
    let asks_null = leaves.iter().any(|leaf| null(&leaf));
    let text = one_line(run.program.source.slice(list.span));
    let lists = [format!("{text} is {}", show(&list.value)) + &list.slot.map_or(String::new(), |slot| filled(run, slot))];
    let value = input.get_str(&field).unwrap_or_default();
    Some(about(run, &format!("{path}.{field}"), &field, &value, asks_null, &lists))
}

/// Which rule put fields on a list.
fn filled(run: &Finished<'_>, slot: Slot) -> String {
    let adds = |change: &&Change| change.slot == Some(slot) && change.container.is_some();
    let Some(change) = run.recorder.changes.iter().rfind(adds) else { return String::new() };
    let why = guards(run.recorder, change.node, false).into_iter().find_map(|guard| {
        let held = values(run, &guard.condition);
        (!held.is_empty() && guard.value).then(|| format!(" because `{}`: {}", one_line(run.text(&guard.condition)), held.join(", ")))
    });
    format!(", filled on line {}{}", line(run, change.node), why.unwrap_or_default())
}

/// What put a field into the input that the client did not send.
fn added(run: &Finished<'_>, path: &str, field: &str) -> Option<u32> {
    let of = |change: &&Change| {
        change.path.as_deref() == Some(path)
            && change.values.first().and_then(Value::as_str) == Some(field)
            && change.old.as_ref().is_none_or(Value::is_null)
    };
    run.recorder.changes.iter().find(of).map(|change| line(run, change.node))
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

fn about(run: &Finished<'_>, place: &str, field: &str, value: &Value, asks_null: bool, lists_of: &[String]) -> Finding {
    let lists = if lists_of.is_empty() { String::new() } else { format!(" ({})", lists_of.join(", ")) };
    let actual = serde_json::Value::from(vec![field]);
    let path = place.rsplit_once('.').map_or(place, |(path, _)| path);
    if let Some(line) = added(run, path, field) {
        let message = Message::of(
            "{} ({}) was put into the input by this template itself, on line {}; the client did not send it. It is in no list of fields that this caller may write{}. » Put it there after the check (in a slot behind it, or in the request template), or give a rule the operation on {}.",
            [
                Part::Place(place.to_string()),
                Part::Value(show(value)),
                Part::Place(line.to_string()),
                Part::Text(lists.to_string()),
                Part::Name(field.to_string()),
            ],
        );
        return Finding::new(Code::FieldNotAllowed, message).at(place).actual(actual).wanted(format!("{field} not added"));
    }
    if value.is_null() && asks_null {
        let message = Message::of(
            "{} is null, and setting a field to null needs the delete operation on it, which no rule gives this caller{}. » Leave the key out of the input (clients often send null for every unset optional), or add delete to the operations of the rule on {}.",
            [Part::Place(place.to_string()), Part::Text(lists.to_string()), Part::Name(field.to_string())],
        );
        let wanted = format!("delete on {field}");
        return Finding::new(Code::NullNeedsDelete, message).at(place).actual(actual).wanted(wanted);
    }
    if SYSTEM.contains(&field) {
        let message = Message::of(
            "{} ({}) is in no list of fields that this caller may write{}. Conflict detection needs it in every update and delete, so do not leave it out: this version of Amplify forgets it in the list of a model whose fields have rules of their own. » Upgrade the CLI and push, or override this template and add {} to the list.",
            [Part::Place(place.to_owned()), Part::Value(show(value)), Part::Text(lists), Part::Value(quoted(field).to_string())],
        );
        return Finding::new(Code::FieldNotAllowed, message).at(place).actual(actual).wanted(format!("{field} allowed"));
    }
    if field.contains('#') {
        return Finding::new(Code::FieldNotAllowed, composite(place, value, &lists, field)).at(place).actual(actual).wanted(format!("{field} allowed"));
    }
    if is_key(run, field, value) {
        let message = Message::of(
            "{} ({}) is in no list of fields that this caller may write{}, and it looks like the key of the row, which every update must send: it has a rule of its own that lacks this operation. » Add update to that rule (DynamoDB never changes a key, so nobody can give a row away by it), or take the rule off the field.",
            [Part::Place(place.to_owned()), Part::Value(show(value)), Part::Text(lists)],
        );
        return Finding::new(Code::FieldNotAllowed, message).at(place).actual(actual).wanted(format!("update on {field}"));
    }
    let message = in_no_list(run, path, &[field.to_owned()], &Map::from_iter([(Value::from(field), value.clone())]), lists_of);
    Finding::new(Code::FieldNotAllowed, message).at(place).actual(actual).wanted(format!("{field} not sent"))
}

/// Whether nothing more is to be said of a field than that no rule gives it.
fn is_plain_lack(run: &Finished<'_>, path: &str, field: &str, value: &Value) -> bool {
    let special = SYSTEM.contains(&field) || field.contains('#') || is_key(run, field, value) || added(run, path, field).is_some();
    !special && needless(run, field, value).is_empty() && added_elsewhere(run, field).is_none()
}

fn lacking(run: &Finished<'_>, path: &str, field: String, input: &Map, lists: &[String]) -> Finding {
    let place = format!("{path}.{field}");
    let wanted = format!("{field} not sent");
    let names = vec![field];
    let message = in_no_list(run, path, &names, input, lists);
    Finding::new(Code::FieldNotAllowed, message).at(place).actual(names).wanted(wanted)
}

/// Fields that no rule gives this caller, and the statement that would have.
fn in_no_list(run: &Finished<'_>, path: &str, fields: &[String], input: &Map, lists: &[String]) -> Message {
    let lists = if lists.is_empty() { String::new() } else { format!(" ({})", lists.join(", ")) };
    let one = fields.len() == 1;
    let places: Vec<String> = fields.iter().map(|field| format!("{path}.{field} ({})", show(&input.get_str(field).unwrap_or_default()))).collect();
    let first = fields.first().filter(|_| one);
    let needless = first.map_or("", |field| needless(run, field, &input.get_str(field).unwrap_or_default()));
    let elsewhere = first.and_then(|field| added_elsewhere(run, field));
    let other = elsewhere.as_ref().map_or_else(String::new, |(line, why)| format!(" Line {line} would have put it there, but {why}."));
    let cure = match &elsewhere {
        _ if !run.is_by_hand() => format!("give the rule {} on {}", operation(run), if one { "this field" } else { "these fields" }),
        Some((line, _)) => format!("meet what stands around line {line}"),
        None => format!("add {} to that list for this caller", if one { "it" } else { "them" }),
    };
    Message::of(
        "{} {} in no list of fields that this caller may write{}.{}{} » Leave {} out of the input, or {}.",
        [
            Part::Place(all_of(&places)),
            Part::Text(if one { "is" } else { "are" }.to_owned()),
            Part::Text(lists),
            Part::Text(needless.to_string()),
            Part::Value(other),
            Part::Text(if one { "it" } else { "them" }.to_owned()),
            Part::Text(cure),
        ],
    )
}

/// The statement that names a field, and did not run: its line, and what kept it from running.
fn added_elsewhere(run: &Finished<'_>, field: &str) -> Option<(u32, String)> {
    let mut nodes: Vec<NodeId> = run.recorder.index.statements.iter().filter(|(_, statement)| names(statement, field)).map(|(node, _)| *node).collect();
    nodes.sort_unstable_by_key(|node| run.program.span(*node).start);
    nodes.into_iter().filter(|node| run.recorder.reached.began(*node) == 0).find_map(|node| {
        let guard = guards(run.recorder, node, false).into_iter().find(|guard| !guard.value)?;
        let held = values(run, &guard.condition).join(", ");
        Some((line(run, node), format!("{} did not hold ({held})", super::allow::condition(run, &guard.condition))))
    })
}

fn is_text(expression: &Expression, wanted: &str) -> bool {
    matches!(&expression.kind, ExpressionKind::String(text) if text == wanted)
}

/// Whether a statement puts this very text into a list.
fn names(statement: &Node<'_>, field: &str) -> bool {
    struct TextSearch<'f>(&'f str, bool);
    impl<'p> Visit<'p> for TextSearch<'_> {
        fn expression(&mut self, expression: &'p Expression) {
            self.1 |= matches!(&expression.kind, ExpressionKind::List(items) if items.iter().any(|item| is_text(item, self.0)));
            walk_expression(self, expression);
        }
        fn reference(&mut self, reference: &'p Reference) {
            self.1 |= matches!(reference.last_call(), Some((Some(Method::Add), [item])) if is_text(item, self.0));
            walk_reference(self, reference);
        }
    }
    let mut search = TextSearch(field, false);
    match statement {
        Node::Set(set) => search.expression(&set.value),
        Node::Reference(reference) => search.reference(reference),
        _ => {}
    }
    search.1
}

/// Whether the field need not have been sent, in words.
fn needless(run: &Finished<'_>, field: &str, value: &Value) -> &'static str {
    if is_unchanged(run, field, value) {
        " The row has the same value already: it counts which fields are sent, not whether they change."
    } else if NEEDLESS.contains(&field) {
        " It was probably sent needlessly."
    } else {
        ""
    }
}

/// No schema has a field with `#` in its name: the step of an index joins the parts of a composite sort key so.
fn composite(place: &str, value: &Value, lists: &str, field: &str) -> Message {
    Message::of(
        "{} ({}) is in no list of fields that this caller may write{}. It is the composite sort key of an index, which Amplify's own step joins from its parts and puts into the input; no rule of a field can name it, and the client sends nothing wrong. » Upgrade Amplify and push; or give this caller a rule on the whole model in place of rules on single fields, or override this template and add {} to the list.",
        [Part::Place(place.to_owned()), Part::Value(show(value)), Part::Text(lists.to_owned()), Part::Value(quoted(field).to_string())],
    )
}

/// The operation that the mutation is, by the name that Amplify gives it.
fn operation(run: &Finished<'_>) -> &'static str {
    let field = &run.outcome.env.field_name;
    let of = |name: &&&str| field.strip_prefix(**name).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    match ["create", "update", "delete"].iter().find(of) {
        Some(&"create") => "the operation `create`",
        Some(&"update") => "the operation `update`",
        Some(_) => "the operation `delete`",
        None => "the operation",
    }
}

/// Fields that DataStore's conflict detection sends with every change
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/conflict-detection-and-sync.html>: `_version`).
const SYSTEM: [&str; 1] = ["_version"];

/// Whether a field is the row's key, as far as the request shows: an update without `id`, and the row has the same value.
fn is_key(run: &Finished<'_>, field: &str, value: &Value) -> bool {
    let named = |suffix: &str| field.ends_with(suffix);
    let alone = run.context(&["args", "input", "id"]).is_null();
    alone && (named("Id") || named("ID") || named("_id")) && is_unchanged(run, field, value) && run.context(&["result", "id"]).is_null()
}

/// An argument names a field that is on no list, such as one to aggregate in a search (AMPLIFY-AUTH 3, D11).
pub fn denied_argument(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    for guard in run.why.guards.iter().filter(|guard| !guard.value) {
        let Test::Contains { list, item, found: false } = Test::of(run, &guard.condition) else { continue };
        let (Some((path, value, _)), None) = (item.origins.context(), super::claim_of(&list.origins)) else { continue };
        let lacking = whence(&list.origins, &list.value).absent.filter(|path| path.starts_with("stash."));
        if let Some(lacking) = lacking.filter(|_| path.starts_with("args")) {
            found.push(super::effects::list_of_stash(run, &lacking, path, value));
        } else if path.starts_with("args") && list.value.members().is_some() {
            let message = Message::of(
                "{} is {}, and the fields that this caller may use there are {}. » Leave it out, or give the caller a rule for this field.",
                [Part::Name(path.to_string()), Part::Value(show(value)), Part::Value(show(&list.value))],
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
fn around(run: &Finished<'_>, node: NodeId, of_null: bool) -> Vec<String> {
    let mut words = Vec::new();
    for part in run.recorder.index.chain(node) {
        if let NodePart::Loop(each) = part {
            lists(run, &each.list, &mut words);
        }
    }
    // The list of fields that may be null counts for those that were sent with null.
    let null_allowed = run.program.slot("nullAllowedFields").filter(|_| of_null).and_then(|slot| run.outcome.variable(slot));
    words.extend(null_allowed.map(|list| format!("$nullAllowedFields is {}", json(list))));
    words
}

/// The lists that a list of refused fields was computed from.
fn computed(run: &Finished<'_>, slot: Slot, input: &Map) -> Vec<String> {
    let mut words = Vec::new();
    run.recorder.index.sets().filter(|set| set.target.root == slot).for_each(|set| lists(run, &set.value, &mut words));
    let sent = Value::from(input.keys().into_iter().collect::<List>());
    words.retain(|word| !word.contains(&format!(" is {}", show(&sent))));
    words
}

fn lists(run: &Finished<'_>, expression: &Expression, words: &mut Vec<String>) {
    references(expression, &mut |reference| {
        if let Some(Value::List(list)) = run.outcome.variable(reference.root)
            && words.len() < 3
        {
            let text = format!("${} is {}", run.program.name(reference.root), show(&list.clone().into()));
            words.push(text + &filled(run, reference.root));
        }
    });
}
