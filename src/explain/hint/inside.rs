//! What is looked for stands deeper than the template looks: inside the items of a list, inside a text of JSON, in a part of a
//! text.

use crate::value::method::Method;
use super::allow::{line, one_line, operand_name, text_behind};
use super::asked::{self, Behind};
use super::test::Test;
use super::text::show;
use super::{Failed, Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{Expression, ExpressionKind, };
use crate::trace::condition::{Operand, OperandRole};
use crate::trace::index::Node;
use crate::value::{Value, from_json_str, regex};

/// Levels of lists and maps that are looked into.
const DEEPEST: usize = 4;

/// What a condition could not see of the row, the parent or the input.
pub fn deeper(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let mut behind = Behind::default();
    for failed in run.failed() {
        found.extend(whole_items(run, failed));
        let asked = member_of_text(run, failed).or_else(|| asked::computed(run, failed, &mut behind));
        found.extend(asked.or_else(|| asked::keyed_by_another(run, failed, &mut behind)));
        found.extend(part_of_text(run, failed));
        found.extend(swapped(run, failed));
        found.extend(list_in_list(run, failed));
    }
}

/// Where a value stands inside another: `[0].userId`.
pub fn place_in(value: &Value, wanted: &Value, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    let here = |item: &Value| matches!(item, Value::String(_) | Value::Number(_)) && item.loosely_equals(wanted);
    let under = |step: String, item: &Value| {
        if here(item) { Some(step) } else { place_in(item, wanted, depth + 1).map(|rest| format!("{step}{rest}")) }
    };
    if let Some(map) = value.as_map() {
        return map.snapshot().iter().find_map(|(key, item)| under(format!(".{}", key.as_str()?), item));
    }
    value.members()?.iter().enumerate().find_map(|(at, item)| under(format!("[{at}]"), item))
}

/// `contains` compares whole items, and these are maps.
fn whole_items(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let Test::Contains { list, item, found: false } = &failed.test else { return None };
    let items = list.value.members().filter(|items| items.iter().any(|each| each.as_map().is_some()))?;
    let wanted = item.value.as_str()?;
    let (path, ..) = list.origins.context()?;
    let place = place_in(&list.value, &item.value, 0);
    let first = items.iter().find_map(|each| each.as_map().cloned())?;
    let names: Vec<String> = first.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).take(4).collect();
    let mut message = Message::of(
        "line {}: {} compares whole items of {} with {}, and its items are maps ({}), which never equal a text.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Code(format!("`{}`", one_line(run.text(failed.condition)))),
            Part::Place(path.to_string()),
            Part::Value(show(&item.value)),
            Part::Text(names.join(", ")),
        ],
    );
    let member = place.as_ref().and_then(|place| place.rsplit('.').next()).or(names.first().map(String::as_str)).unwrap_or_default();
    if let Some(place) = &place {
        message.and(Message::of("The caller is there, as {}.", [Part::Place(format!("{path}{place}"))]));
    }
    message.and(Message::of(
        "» Compare a member of each item: {}.",
        [Part::Code(format!("`#foreach($one in {}) #if($one.{member} == …)`", one_line(run.program.source.slice(list.span))))],
    ));
    Some(Finding::new(Code::ItemsAreMaps, message).at(path).actual(json(&list.value)).wanted(wanted))
}

/// A member of a text, which has none: a map was stored as text.
fn member_of_text(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    failed.condition.operands.iter().find_map(|operand| {
        let (path, text) = text_behind(run, operand)?;
        let holds_json = matches!(from_json_str(&text), Ok(Value::Map(_) | Value::List(_)));
        let code = one_line(run.program.source.slice(operand.span));
        let mut message = Message::of(
            "line {}: {} has no value, because {} is a text and not a map ({}).",
            [
                Part::Place(line(run, failed.condition.node).to_string()),
                Part::Code(format!("`{code}`")),
                Part::Place(path.clone()),
                Part::Value(show(&text.as_str().into())),
            ],
        );
        message.and(if holds_json {
            // https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html: the values of resolverContext are no maps.
            let flat = if path.starts_with("identity.resolverContext") { "let the authorizer answer what is asked under a name of its own (resolverContext holds no maps)" } else { "store a map" };
            Message::of("It holds JSON: » parse it first ({}), or {}.", [Part::Code(format!("`$util.parseJson($ctx.{path})`")), Part::Text(flat.to_owned())])
        } else {
            Message::of("» Store a map there, or compare the text itself.", [])
        });
        Some(Finding::new(Code::MemberOfText, message).at(path).actual(text.as_str()))
    })
}

/// `list.contains(list)` of a list of single values: a list is never one of them.
fn list_in_list(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let Test::Contains { list, item, found: false } = failed.test else { return None };
    let (items, asked) = (list.value.members()?, item.value.members()?);
    if items.iter().any(|one| one.members().is_some()) || asked.is_empty() || !matches!(list.value, Value::List(_)) {
        return None;
    }
    let inside: Vec<String> = asked.iter().filter(|one| items.iter().any(|own| own.loosely_equals(one))).map(show).collect();
    let there = if inside.is_empty() { String::new() } else { format!(" {} of it would have been found.", inside.join(", ")) };
    let code = one_line(run.program.source.slice(item.span));
    let message = Message::of(
        "line {}: {} asks whether the list {} holds {}, which is a list itself ({}): a list of single values never holds one, whoever calls.{} » Ask for its items: `{}`, or a `#foreach` over it.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Code(format!("`{}`", one_line(run.text(failed.condition)))),
            Part::Value(show(&list.value)),
            Part::Name(operand_name(run, item)),
            Part::Value(show(&item.value)),
            Part::Value(there),
            Part::Code(format!(".contains({code}[0])")),
        ],
    );
    Some(Finding::new(Code::ListInList, message).actual(json(&item.value)).wanted(json(&list.value)))
}

/// `$util.matches(text, pattern)`: the pattern comes first
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/utility-helpers-in-util.html>).
fn swapped(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let reference = match run.recorder.index.node(failed.condition.node)? {
        Node::Reference(reference) => reference,
        Node::Expression(Expression { kind: ExpressionKind::Reference(reference), .. }) => reference,
        _ => return None,
    };
    let mut given = failed.condition.operands.iter().filter(|operand| operand.role == OperandRole::Argument);
    let (first, second) = (given.next()?, given.next()?);
    let (text, pattern) = (first.value.as_str()?, second.value.as_str()?);
    let fits = || regex::compile(pattern).ok()?.matches_whole(text).ok();
    if !reference.ends_in(Method::Matches) || failed.condition.holds != Some(false) || fits() != Some(true) {
        return None;
    }
    let code = |operand: &Operand| one_line(run.program.source.slice(operand.span));
    let message = Message::of(
        "line {}: {} has its arguments in the wrong order. $util.matches takes the pattern first and then the text, so {} was taken as the pattern and {} as the text; the other way round it is true. » Write `$util.matches({}, {})`.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Code(format!("`{}`", one_line(run.text(failed.condition)))),
            Part::Value(show(&first.value)),
            Part::Value(show(&second.value)),
            Part::Code(code(second)),
            Part::Code(code(first)),
        ],
    );
    Some(Finding::new(Code::ArgumentsSwapped, message).actual(text).wanted(pattern))
}

/// `matches` wants the whole text, and its pattern fits a part.
fn part_of_text(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let reference = match run.recorder.index.node(failed.condition.node)? {
        Node::Reference(reference) => reference,
        Node::Expression(Expression { kind: ExpressionKind::Reference(reference), .. }) => reference,
        _ => return None,
    };
    let called = reference.ends_in(Method::Matches);
    let of = |role| failed.condition.operands.iter().find(|operand| operand.role == role);
    let (text, pattern) = (of(OperandRole::Receiver)?, of(OperandRole::Argument)?);
    let (whole, wanted) = (text.value.as_str()?, pattern.value.as_str()?);
    if !called || failed.condition.holds != Some(false) || !regex::compile(wanted).ok()?.find(whole).ok()? {
        return None;
    }
    let message = Message::of(
        "line {}: {} wants the whole text to fit its pattern, and {} fits only a part of {} ({}). » Write {}.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Code(format!("`{}`", one_line(run.text(failed.condition)))),
            Part::Value(show(&pattern.value)),
            Part::Place(operand_name(run, text)),
            Part::Value(show(&text.value)),
            Part::Code(format!("`.matches(\".*{wanted}\")`")),
        ],
    );
    Some(Finding::new(Code::MatchesWhole, message).actual(whole).wanted(wanted))
}
