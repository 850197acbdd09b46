//! A member that has no value, asked of what the template made: of a text, or of a map that has it under a near name.

use crate::value::method::Method;
use super::allow::line;
use super::text::show;
use super::whence::held_by;
use super::{Failed, Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::nearest::near_key;
use crate::syntax::{ExpressionKind as Kind, NodeId, Reference, StepKind};
use crate::trace::condition::Operand;
use crate::trace::index::{Node, calls, inside, references};
use crate::value::{Map, Value, from_json_str};
use rustc_hash::FxHashMap;

/// A reference whose last step is a member.
struct AskedMember<'p> {
    reference: &'p Reference,
    /// The member's name.
    name: String,
    /// What it was asked of.
    holder: Value,
    /// What that is called: `$rows[0]`.
    holder_code: String,
}

/// A text or a map that lacks the member which a condition rests on.
pub fn computed<'p>(run: &Finished<'p>, failed: &Failed<'_>, behind: &mut Behind<'p>) -> Option<Finding> {
    let own = failed.condition.operands.iter().filter(|operand| operand.value.is_null()).find_map(|operand| {
        let asked = asked(run, operand)?;
        match &asked.holder {
            Value::String(text) => Some(of_text(run, &asked, text)),
            Value::Map(map) => of_map(run, &asked, map),
            _ => None,
        }
    });
    // A default may have taken the place of what a text has not.
    own.or_else(|| {
        behind.of(run, failed).iter().find_map(|reference| {
            let asked = run.recorder.values.latest(reference).is_null().then(|| member(run, reference)).flatten()?;
            asked.holder.as_str().map(|text| of_text(run, &asked, text))
        })
    })
}

/// References that are followed, and how often from one variable to the next.
const FOLLOWED: usize = 40;
const DEPTH: usize = 3;

/// What each condition was computed of: two rules ask, and the items of a loop share its conditions.
#[derive(Default)]
pub struct Behind<'p>(FxHashMap<NodeId, Vec<&'p Reference>>);

impl<'p> Behind<'p> {
    fn of(&mut self, run: &Finished<'p>, failed: &Failed<'_>) -> &[&'p Reference] {
        self.0.entry(failed.condition.node).or_insert_with(|| behind(run, failed))
    }
}

/// What a condition was computed of: the references in its operands, and in what their variables were set from.
fn behind<'p>(run: &Finished<'p>, failed: &Failed<'_>) -> Vec<&'p Reference> {
    let mut found: Vec<&Reference> = Vec::new();
    let add = |reference: &'p Reference, found: &mut Vec<&'p Reference>| {
        if found.len() < FOLLOWED && !found.iter().any(|known| known.node == reference.node) {
            found.push(reference);
        }
    };
    if let Some(expression) = run.expression(failed.condition) {
        references(expression, &mut |reference| add(reference, &mut found));
    } else if let Some(Node::Reference(reference)) = run.recorder.index.node(failed.condition.node) {
        inside(reference, &mut |reference| add(reference, &mut found));
    }
    let mut from = 0;
    for _ in 0..DEPTH {
        let slots: Vec<_> = found[from..].iter().filter_map(|reference| reference.variable()).collect();
        from = found.len();
        for set in slots.into_iter().flat_map(|slot| run.recorder.index.sets_of(slot)) {
            references(&set.value, &mut |reference| add(reference, &mut found));
        }
    }
    found
}

/// A map that is asked for one name of the caller and holds another one.
pub fn keyed_by_another<'p>(run: &Finished<'p>, failed: &Failed<'_>, behind: &mut Behind<'p>) -> Option<Finding> {
    behind.of(run, failed).iter().find_map(|reference| {
        let key = match &reference.steps.last()?.kind {
            StepKind::Method { method: Some(Method::Get), args, .. } => args.first()?,
            StepKind::Index(index) => index,
            _ => return None,
        };
        let key = run.recorder.values.of(key).0.clone();
        let (holder, _) = run.recorder.values.receiver(reference);
        let map = holder.as_map()?;
        let sought = key.as_str().filter(|text| !map.contains_str(text))?;
        held_by(run, &key)?;
        let (there, place) = map.keys().into_iter().find_map(|there| Some((there.clone(), held_by(run, &there)?)))?;
        let value = map.get(&there).unwrap_or_default();
        let message = Message::of(
            "line {}: {} looks for the key {}, which is not there; the caller stands in it under {}, {}, with {}. » Look it up by that: {}.",
            [
                Part::Place(line(run, reference.node).to_string()),
                Part::Code(format!("`{}`", run.program.one_line(reference.node))),
                Part::Value(quoted(sought).to_string()),
                Part::Place(format!("$ctx.{place}")),
                Part::Value(show(&there)),
                Part::Value(show(&value)),
                Part::Code(format!("`$ctx.{place}`")),
            ],
        );
        Some(Finding::new(Code::ValueElsewhere, message).actual(json(&there)).wanted(sought))
    })
}

/// The reference that an operand is, or that its variable was set from.
fn asked<'p>(run: &Finished<'p>, operand: &Operand) -> Option<AskedMember<'p>> {
    let span = |node: NodeId| run.program.span(node);
    let own = run.recorder.index.references.iter().copied().find(|reference| {
        let of = span(reference.node);
        (of.start, of.end) == (operand.span.start, operand.span.end)
    });
    let own = own.filter(|reference| !reference.steps.is_empty());
    let set = || {
        let made = run.recorder.index.sets_of(operand.slot?).filter_map(|set| match &set.value.kind {
            Kind::Reference(reference) => Some(reference),
            _ => None,
        });
        made.last()
    };
    member(run, own.or_else(set)?)
}

/// A reference that ends in a member, with what the member was asked of.
fn member<'p>(run: &Finished<'p>, reference: &'p Reference) -> Option<AskedMember<'p>> {
    let last = reference.steps.last()?;
    let name = match &last.kind {
        StepKind::Property(name) => name.to_string(),
        StepKind::Method { method: Some(Method::Get), args, .. } => match &args.first()?.kind {
            Kind::String(key) => key.to_string(),
            _ => return None,
        },
        _ => return None,
    };
    let (holder, _) = run.recorder.values.receiver(reference);
    let code = run.program.one_line(reference.node);
    let end = code.rfind(['.', '['])?;
    let holder_code = code.get(..end)?.trim_end_matches('.').to_owned();
    Some(AskedMember { reference, name, holder, holder_code })
}

/// A text has no members: it was never parsed, or was made into text twice.
fn of_text(run: &Finished<'_>, asked: &AskedMember<'_>, text: &str) -> Finding {
    let code = run.program.one_line(asked.reference.node);
    let holds_json = matches!(from_json_str(text), Ok(Value::Map(_) | Value::List(_)));
    let mut message = Message::of(
        "line {}: {} has no value, because {} is a text and not a map: {}.",
        [
            Part::Place(line(run, asked.reference.node).to_string()),
            Part::Code(format!("`{code}`")),
            Part::Code(format!("`{}`", asked.holder_code)),
            Part::Value(show(&text.into())),
        ],
    );
    let parsed = parsed_before(run, asked.reference);
    message.and(match (holds_json, parsed) {
        (true, true) => Message::of(
            "It was parsed once and is still JSON text: whoever sent it had stringified it twice. » Let the sender stringify it once (JSON.stringify of the object alone), or parse a second time: {}.",
            [Part::Code(format!("`$util.parseJson({})`", asked.holder_code))],
        ),
        (true, false) => Message::of(
            "{} » Parse it first (`#set($parsed = {})`) and read {} of that, here and wherever the template reads {}.",
            [
                // https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-http.html
                Part::Text(if asked.holder_code.ends_with(".body") { "It holds JSON, as the body of an HTTP answer does, which is always a string." } else { "It holds JSON." }.to_owned()),
                Part::Code(format!("$util.parseJson({})", asked.holder_code)),
                Part::Name(asked.name.clone()),
                Part::Code(format!("`{}`", asked.holder_code)),
            ],
        ),
        (false, _) => Message::of("» Store a map there, or compare the text itself.", []),
    });
    Finding::new(Code::MemberOfText, message).actual(text)
}

/// Whether the variable that a reference begins with was made by `$util.parseJson`.
fn parsed_before(run: &Finished<'_>, reference: &Reference) -> bool {
    let Some(slot) = reference.variable() else { return false };
    run.recorder.index.sets_of(slot).any(|set| match &set.value.kind {
        Kind::Reference(made) => calls(made, &[Method::ParseJson]),
        _ => false,
    })
}

/// Whether the template reads rows of SQL.
fn uses_rds(run: &Finished<'_>) -> bool {
    let of_rds = |reference: &&Reference| reference.function.is_some_and(|function| function.namespace == "util.rds");
    run.recorder.index.references.iter().any(of_rds)
}

/// The map has the member under a name that is nearly the same.
fn of_map(run: &Finished<'_>, asked: &AskedMember<'_>, map: &Map) -> Option<Finding> {
    // What stands in the context is told of with its place.
    if map.is_empty() || map.contains_str(&asked.name) || asked.holder_code.starts_with("$ctx") || asked.holder_code.starts_with("$context") {
        return None;
    }
    let keys = map.keys();
    let near = near_key(&asked.name, keys.iter().filter_map(Value::as_str))?;
    let value = map.get_str(near)?;
    let folded = near == asked.name.to_lowercase() && uses_rds(run);
    let mut message = Message::of(
        "line {}: {} has no value: {} has no member {}, and it has {} ({}). » Names are compared with upper and lower case: read {}.",
        [
            Part::Place(line(run, asked.reference.node).to_string()),
            Part::Code(format!("`{}`", run.program.one_line(asked.reference.node))),
            Part::Code(format!("`{}`", asked.holder_code)),
            Part::Name(asked.name.clone()),
            Part::Name(near.to_owned()),
            Part::Value(show(&value)),
            Part::Code(format!("`{}.{near}`", asked.holder_code)),
        ],
    );
    if folded {
        message.and(Message::of(
            "PostgreSQL makes unquoted names lower case: or quote the alias in the statement (AS {}).",
            [Part::Value(quoted(&asked.name).to_string())],
        ));
    }
    Some(Finding::new(Code::MemberNameNear, message).actual(json(&value)).wanted(asked.name.clone()))
}
