//! The words for a condition that let a caller through.

use crate::message::{Message, Part, all_of};
use super::super::Finished;
use super::super::deciding::{Guards, Passed};
use super::super::text::show;
use super::super::whence::{default_for, held_by, subject};
use crate::syntax::{Expression, ExpressionKind, NodeId};
use crate::trace::condition::{Condition, Operand};
use crate::trace::origin::Origin;
use crate::value::Value;

/// The attributes that name whose a row is, as people and Amplify call them.
pub const OWNERS: [&str; 14] = [
    "owner", "owners", "ownerId", "userId", "user_id", "userID", "user", "username", "createdBy", "created_by", "author",
    "authorId", "author_id", "sub",
];

/// The line of a node.
pub fn line(run: &Finished<'_>, node: NodeId) -> u32 {
    run.program.line(node)
}

/// `` `$a == $b` (line 3) ``
pub fn condition(run: &Finished<'_>, condition: &Condition) -> String {
    format!("`{}` (line {})", one_line(run.text(condition)), line(run, condition.node))
}

pub use crate::source::one_line;

/// Whether a value is absent, null or something: `absent`, `null`, `"ann"`.
pub fn state(operand: &Operand) -> String {
    if !operand.value.is_null() {
        return show(&operand.value);
    }
    let absent = operand.origins.iter().any(|origin| matches!(origin, Origin::Context { absent: true, .. }));
    if absent { "absent".to_owned() } else { "null".to_owned() }
}

/// The value of an argument: as it was computed, or as it is written.
pub fn literal_or(run: &Finished<'_>, expression: &Expression) -> Value {
    match &expression.kind {
        ExpressionKind::String(text) => Value::string(text.clone()),
        ExpressionKind::Boolean(value) => Value::Boolean(*value),
        ExpressionKind::Number(number) => number.value().into(),
        _ => run.recorder.values.of(expression).0.clone(),
    }
}

/// What an operand is called: its place in the context where it has one, else its text.
pub fn name(run: &Finished<'_>, operand: &Operand) -> String {
    let text = one_line(run.program.source.slice(operand.span));
    match operand.origins.context() {
        // A member of what has none, such as a text.
        Some((path, ..)) if text.strip_prefix("$ctx.").and_then(|rest| rest.strip_prefix(&**path)).is_some_and(|rest| rest.starts_with('.')) => text,
        // What is null is not the value that it was asked of, such as a member of a text.
        Some((_, from, false)) if operand.value.is_null() && matches!(from, Value::String(_) | Value::Number(_) | Value::Boolean(_)) => text,
        // What was computed is not what it was computed of.
        Some((path, from, _)) if operand.origins.iter().count() == 1 && is_computed(&operand.value, from) =>
        {
            format!("{text} (made of {}, {})", subject(path), show(from))
        }
        Some((path, ..)) if operand.origins.iter().count() == 1 => {
            let path = subject(path);
            if text.starts_with("$ctx.") || text.starts_with("$context.") { path } else { format!("{path} ({text})") }
        }
        _ => text,
    }
}

/// Whether a number, text or answer is another than the value that it was made of.
fn is_computed(value: &Value, from: &Value) -> bool {
    matches!(value, Value::Number(_) | Value::String(_) | Value::Boolean(_)) && !from.is_null() && !from.loosely_equals(value)
}

/// `result.owner is "ann"`
pub fn value(run: &Finished<'_>, operand: &Operand) -> String {
    // The key of an entry is no default for its value.
    let key = |value: &&Value| operand.origins.context().is_some_and(|(path, ..)| value.as_str().is_some_and(|text| path.ends_with(text)));
    let default = Some(&operand.value).filter(|value| !value.is_null() && !key(value));
    // A text in which Velocity left a reference as it is written is no default.
    let left = operand.value.as_str().is_some_and(|text| text.contains("$ctx.") || text.contains("$context."));
    let about = match default.filter(|_| !left).and_then(|value| default_for(&operand.origins, value)) {
        Some(path) => format!(", the default, because {} is absent", subject(path)),
        _ => String::new(),
    };
    format!("{} is {}{about}", name(run, operand), state(operand))
}

/// Values told of one condition.
const VALUES: usize = 4;

/// The values that a condition looked at, each once.
pub fn values(run: &Finished<'_>, condition: &Condition) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for operand in computed_operands(condition) {
        let words = value(run, operand);
        if !found.contains(&words) {
            found.push(words);
        }
        if found.len() == VALUES {
            break;
        }
    }
    found
}

/// What a condition looked at that was computed: a literal tells nothing.
fn computed_operands(condition: &Condition) -> impl Iterator<Item = &Operand> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let judged = leaves.into_iter().filter(|leaf| leaf.holds.is_some());
    judged.flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal && operand.is_evaluated())
}

/// Whether one of the values told of a condition goes by another name than a variable's.
fn names_place(run: &Finished<'_>, condition: &Condition) -> bool {
    let mut others = computed_operands(condition);
    let names = others.by_ref().take(VALUES).any(|operand| !name(run, operand).starts_with('$'));
    // Of more than are told each is told once.
    names || others.next().is_some() && values(run, condition).iter().any(|words| !words.starts_with('$'))
}

/// `` `cond` (line 3) did not hold: a is 1, b is 2 ``
fn judged(run: &Finished<'_>, passed: &Passed) -> Message {
    let held = if passed.held { "held" } else { "did not hold" };
    let values = values(run, &passed.condition);
    let values = if values.is_empty() { String::new() } else { format!(": {}", values.join(", ")) };
    let judged = Part::Code(condition(run, &passed.condition));
    let skipped = skipped(run, &passed.condition).map_or_else(String::new, |words| format!(" ({words})"));
    Message::of("{} {}{}{}", [judged, Part::Text(held.to_owned()), Part::Value(values), Part::Value(skipped)])
}

/// Terms told of that nobody came to.
const SKIPPED: usize = 3;

/// Which terms of a condition nobody came to, because those before had decided.
pub fn skipped(run: &Finished<'_>, whole: &Condition) -> Option<String> {
    let mut all = Vec::new();
    whole.leaves(&mut all);
    let not: Vec<_> = all.into_iter().filter(|leaf| leaf.holds.is_none()).collect();
    let names: Vec<String> = not.iter().take(SKIPPED).map(|leaf| format!("`{}`", one_line(run.text(leaf)))).collect();
    let verb = if not.len() == 1 { "was" } else { "were" };
    (!names.is_empty()).then(|| format!("{} {verb} not evaluated", all_of(&names)))
}

/// How the template let the caller through, as a part of a sentence; `None` where it asked nothing.
pub fn passage(run: &Finished<'_>) -> Option<Message> {
    how(run, run.passed())
}

/// Whether a statement sets a flag: what says who comes in which mode is a text, and grants nothing.
fn is_flag(run: &Finished<'_>, statement: crate::syntax::NodeId) -> bool {
    let set = match run.recorder.index.node(statement) {
        Some(crate::trace::index::Node::Set(set)) => set,
        _ => return true,
    };
    let last = run.recorder.changes.iter().rfind(|change| change.node == set.node);
    last.and_then(|change| change.values.first()).is_some_and(|value| matches!(value, Value::Boolean(_)))
}

/// [`passage`], by conditions that are known.
pub fn how(run: &Finished<'_>, passed: &[Passed]) -> Option<Message> {
    let about_mode = |one: &&Passed| {
        let mut leaves = Vec::new();
        one.condition.leaves(&mut leaves);
        leaves.iter().flat_map(|leaf| &leaf.operands).all(|operand| {
            operand.literal || operand.origins.iter().any(|origin| matches!(origin, Origin::AuthType(_)))
        })
    };
    let reads = |one: &&Passed| names_place(run, &one.condition) && !about_mode(one);
    let grants: Vec<&Passed> = passed.iter().filter(|one| one.guards != Guards::Refusal).filter(reads).collect();
    let refusals: Vec<&Passed> = passed.iter().filter(|one| one.guards == Guards::Refusal).filter(reads).collect();
    let of_flag = |one: &&&Passed| is_flag(run, one.statement);
    if let Some(first) = grants.iter().find(of_flag).or(grants.first()) {
        let what = if first.guards == Guards::Return { "ended the template" } else { "granted" };
        let at = Part::Place(format!("line {}", line(run, first.statement)));
        let parts = [at, Part::Text(what.to_owned()), Part::Code(run.program.one_line(first.statement))];
        let statement = Message::of("{} {} (`{}`)", parts);
        return Some(Message::joined("{}, because {}", [statement, judged(run, first)]));
    }
    if refusals.is_empty() {
        return Some(judged(run, passed.first()?));
    }
    let did_not_run = |one: &&Passed| {
        let at = Part::Place(format!("line {}", line(run, one.statement)));
        let statement = Message::of("`{}` on {}", [Part::Code(run.program.one_line(one.statement)), at]);
        Message::joined("{} did not run, because {}", [statement, judged(run, one)])
    };
    Some(Message::list(refusals.iter().take(2).map(did_not_run), "; "))
}

/// The text whose member was asked for, with its place.
pub fn text_behind(run: &Finished<'_>, operand: &Operand) -> Option<(String, String)> {
    if !operand.value.is_null() {
        return None;
    }
    let code = one_line(run.program.source.slice(operand.span));
    operand.origins.iter().find_map(|origin| match origin {
        Origin::Context { path, value, absent: false, .. } => {
            let of_context = code.strip_prefix("$ctx.").or_else(|| code.strip_prefix("$context."));
            let rest = match of_context {
                Some(rest) => rest.strip_prefix(&**path)?,
                // A variable that the text was put into.
                None => operand.slot.and_then(|slot| code.trim_start_matches(['$', '!', '{']).strip_prefix(run.program.name(slot)))?,
            };
            let text = value.as_str().filter(|_| rest.starts_with('.') && !rest.contains('('))?;
            Some((path.to_string(), text.to_owned()))
        }
        _ => None,
    })
}

/// The rows that were given and name somebody else in this field: `"r1" (owner "bob")`.
pub fn rows_of_others(run: &Finished<'_>, field: &str) -> Vec<String> {
    let others = run.records.iter().filter_map(|row| {
        let row = row.as_map()?;
        let value = row.get_str(field).filter(|value| !value.is_null() && held_by(run, value).is_none())?;
        Some(format!("{} ({field} {})", show(&row.get_str("id").unwrap_or_default()), show(&value)))
    });
    others.take(3).collect()
}
