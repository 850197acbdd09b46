//! Calls that AppSync does not have: what they made of the condition that holds them, and the call that was meant.

use crate::value::method::Method;
use super::{Finished, dead_term};
use super::allow::{condition, line, one_line, state};
use super::deciding::refusals;
use super::rendered::Rendered;
use crate::appsync::util;
use crate::code::Code;
use crate::eval::MissingCall;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{NodeId, Reference, StepKind};
use crate::trace::Verdict;
use crate::trace::condition::OperandRole;
use crate::trace::index::Node;
use crate::trace::judging::operand;
use crate::trace::recorder::JudgedBranch;
use crate::value::{Value, method};

/// What JavaScript and others call a method that Java has under another name.
const OTHERS: [(&str, &str); 9] = [
    ("includes", "contains"),
    ("has", "containsKey"),
    ("hasOwnProperty", "containsKey"),
    ("length", "size"),
    ("count", "size"),
    ("push", "add"),
    ("keys", "keySet"),
    ("match", "matches"),
    ("substr", "substring"),
];

/// Whether a reference is a call that AppSync does not have.
pub fn is_unknown(run: &Finished<'_>, reference: &Reference) -> bool {
    let steps: Vec<NodeId> = reference.steps.iter().map(|step| step.node).collect();
    let unknown = run.outcome.notes.iter().filter(|note| note.code.is_call()).filter_map(|note| note.node);
    unknown.into_iter().any(|node| steps.contains(&node))
}

/// Functions and methods that AppSync does not have, where the verdict may rest on them.
pub fn unknown(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for note in run.outcome.notes.iter().filter(|note| note.code.is_call()) {
        let Some((node, reference, at)) = note.node.and_then(|node| link(run, node)) else {
            found.push(Finding::new(note.code, note.message.clone()));
            continue;
        };
        let judged = around(run, node);
        let refusal = refuses(reference, at);
        if run.verdict == Verdict::Completed && judged.is_none() && !refusal {
            continue;
        }
        // A refusal without its parentheses is told by itself (`call-without-parentheses`), with what led to it.
        if refusal && note.code == Code::CallWithoutParentheses && !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
            continue;
        }
        let what = note.missing.as_ref().map_or_else(|| note.message.clone(), MissingCall::what);
        let call = one_line(&run.program.source.text[start(run, reference)..run.program.span(node).end as usize]);
        let call = Message::of("line {}: `{}` is null", [Part::Place(line(run, node).to_string()), Part::Code(call)]);
        let then = if refusal {
            come_to(run, node)
        } else if let Some(judged) = &judged {
            became(run, judged)
        } else if let Some(set) = set_around(run, node) {
            Message::of(", so the `#set` on line {} had nothing to set", [Part::Place(line(run, set).to_string())])
        } else {
            Message::default()
        };
        let mut words = Message::joined("{}, for {}{}.", [call, what, then]);
        // A reference without a value prints its own text, quiet ones aside.
        let spoilt = refusal && !reference.quiet && matches!(run.read_output(), Rendered::Not(..));
        if spoilt {
            words.and("Its own text is printed in its place, so the output is no JSON: AppSync answers an error of its own and not this refusal, and hands the output to nobody.");
        }
        words.and(match &note.missing {
            Some(MissingCall::NotCalled { call, .. }) => write(call.clone()),
            _ => opening(run, reference, at, judged.as_ref()).or_else(|| cure(run, reference, at)).unwrap_or_default(),
        });
        let open = judged.as_ref().is_some_and(|judged| dead_term::decides(run, judged) && let_in(run, judged).is_some());
        let wide = !matches!(run.verdict, Verdict::Denied | Verdict::Error) && (refusal && !spoilt || open);
        let words = if wide { Message::joined("Wider than it looks: {}", [words]) } else { words };
        found.push(Finding::new(note.code, words));
    }
}

/// A function that AppSync has, called with a number where it takes a text.
pub fn of_other_types(run: &Finished<'_>, reference: &Reference) -> Option<Message> {
    let steps: Vec<NodeId> = reference.steps.iter().map(|step| step.node).collect();
    let of = |note: &&crate::eval::Note| note.code == Code::NoOverload && note.node.is_some_and(|node| steps.contains(&node));
    let note = run.outcome.notes.iter().find(of)?;
    let what = note.missing.as_ref().map(MissingCall::what)?;
    let (_, args) = reference.last_call()?;
    let number = args.iter().find_map(|arg| {
        let value = operand(&run.recorder.values, arg, OperandRole::Argument);
        matches!(value.value, Value::Number(_)).then(|| (run.program.one_line(arg.node), value.value))
    });
    let call = run.program.one_line(reference.node);
    let words = Message::joined(
        "The output is not valid JSON: {}, so {}.",
        [what, Message::of("`{}` (line {}) prints its own text", [Part::Code(call), Part::Place(line(run, reference.node).to_string())])],
    );
    Some(match number {
        Some((code, value)) => words
            .with(Message::of("{} is {}, a number, and a text is wanted there.", [Part::Code(format!("`{code}`")), Part::Value(super::text::show(&value))]))
            .cured(Message::of("Write it in quotes, {}, which makes a text of it.", [Part::Code(format!("`\"{code}\"`"))])),
        None => words,
    })
}

/// That a misspelt refusal refuses nobody, and what led to it.
fn come_to(run: &Finished<'_>, node: NodeId) -> Message {
    let guard = guards(run.recorder, node, false).into_iter().next();
    let values = guard.as_ref().map_or_else(Vec::new, |guard| super::allow::values(run, &guard.condition));
    match guard.filter(|_| !values.is_empty()) {
        Some(guard) => Message::of(
            ", so it refuses nobody; it is come to because {} {} ({})",
            [
                Part::Code(condition(run, &guard.condition)),
                Part::Text((if guard.value { "held" } else { "did not hold" }).to_owned()),
                Part::Value(values.join(", ")),
            ],
        ),
        None => ", so it refuses nobody".into(),
    }
}

/// What to write in the place of a call that AppSync does not have.
pub fn meant_by(run: &Finished<'_>, node: NodeId) -> Option<Message> {
    let (_, reference, at) = link(run, node)?;
    cure(run, reference, at)
}

pub(super) fn link<'a>(run: &Finished<'a>, node: NodeId) -> Option<(NodeId, &'a Reference, usize)> {
    match run.recorder.index.node(node)? {
        Node::Step { reference, at } => Some((node, reference, at)),
        _ => None,
    }
}

fn start(run: &Finished<'_>, reference: &Reference) -> usize {
    run.program.span(reference.node).start as usize
}

/// A misspelt `$util.unauthorized()` or `$util.error()`.
fn refuses(reference: &Reference, at: usize) -> bool {
    let near = name(reference, at).and_then(|(name, _)| util::nearest(&space(reference, at), name));
    near.is_some_and(|near| near == "util.unauthorized" || near == "util.error")
}

pub(super) fn name(reference: &Reference, at: usize) -> Option<(&str, &[crate::syntax::Expression])> {
    match &reference.steps.get(at)?.kind {
        StepKind::Method { name, args, .. } => Some((name, args)),
        StepKind::Property(name) => Some((name, &[])),
        StepKind::Index(_) => None,
    }
}

/// The namespace before a step: `util.list`.
pub(super) fn space(reference: &Reference, at: usize) -> String {
    let names = reference.steps.iter().take(at).filter_map(|step| match &step.kind {
        StepKind::Property(name) => Some(name.as_str()),
        _ => None,
    });
    std::iter::once("util").chain(names).collect::<Vec<_>>().join(".")
}

/// The condition around a call, as it was judged last.
fn around(run: &Finished<'_>, node: NodeId) -> Option<JudgedBranch> {
    let call = run.program.span(node);
    let holds = |judged: &&JudgedBranch| run.program.span(judged.condition.node).holds(call);
    run.recorder.branches.values().filter_map(|records| records.last()).find(holds).cloned()
}

fn set_around(run: &Finished<'_>, node: NodeId) -> Option<NodeId> {
    let call = run.program.span(node);
    let of = |(at, statement): &&(NodeId, Node<'_>)| {
        matches!(statement, Node::Set(_)) && run.program.span(*at).holds(call)
    };
    run.recorder.index.statements.iter().find(of).map(|(at, _)| *at)
}

fn became(run: &Finished<'_>, judged: &JudgedBranch) -> Message {
    if !dead_term::decides(run, judged) {
        return dead_term::left_to_others(run, judged);
    }
    let open = let_in(run, judged);
    let always = match (judged.condition.parts.len() > 1, open) {
        (true, _) => "",
        (false, None) => ", whoever calls",
        (false, Some(_)) => ", whoever calls,",
    };
    let became = if judged.taken { "held" } else { "did not hold" };
    let condition = Part::Code(condition(run, &judged.condition));
    let mut words = Message::of(", so {} {}{}", [condition, Part::Text(became.to_owned()), Part::Text(always.to_owned())]);
    if let Some(refusal) = open {
        words.and(Message::of(
            "and `{}` on line {} did not run: anybody gets through",
            [Part::Code(run.program.one_line(refusal)), Part::Place(line(run, refusal).to_string())],
        ));
    }
    words
}

/// The refusal that this condition kept from running.
fn let_in(run: &Finished<'_>, judged: &JudgedBranch) -> Option<NodeId> {
    refusals(run).into_iter().filter(|node| run.recorder.reached.began(*node) == 0).find(|node| {
        guards(run.recorder, *node, false).iter().any(|guard| guard.condition.node == judged.condition.node)
    })
}

/// The call that was meant.
fn cure(run: &Finished<'_>, reference: &Reference, at: usize) -> Option<Message> {
    let (name, args) = name(reference, at)?;
    let list = |args: &[crate::syntax::Expression]| {
        args.iter().map(|arg| run.program.one_line(arg.node)).collect::<Vec<_>>().join(", ")
    };
    // A method of what a function gave is no function.
    let of_namespace = reference.steps.iter().take(at).all(|step| matches!(step.kind, StepKind::Property(_)));
    if of_namespace && matches!(reference.root, crate::syntax::Slot::UTIL | crate::syntax::Slot::UTILS) {
        if let Some(near) = util::nearest(&space(reference, at), name) {
            if near.ends_with(&format!(".{name}")) {
                return other_type(run, name, args.first()?);
            }
            return Some(write(format!("${near}({})", list(args))));
        }
        if let Some(near) = positive(name).and_then(|positive| util::nearest(&space(reference, at), &positive)) {
            return Some(write(format!("!${near}({})", list(args))));
        }
        let (first, rest) = args.split_first()?;
        let value = operand(&run.recorder.values, first, OperandRole::Argument).value;
        if let Some(asked) = asks_empty(name) {
            return Some(emptiness(&run.program.one_line(first.node), &value, asked));
        }
        let method = meant(&value, name)?;
        let code = run.program.one_line(first.node);
        let call = Part::Code(format!("{code}.{method}({})", list(rest)));
        let call = Message::of("» Call the method of the value itself: `{}`", [call]);
        return Some(Message::joined("{}{}.", [call, outcome(run, first, method, rest)]));
    }
    if at + 1 != reference.steps.len() {
        return None;
    }
    let (value, origins) = run.recorder.values.receiver(reference);
    if let Some(words) = deeper(run, &value, origins.context().map(|(path, ..)| path.to_string()), args) {
        return Some(words);
    }
    if value.members().is_some() && reference.ends_in(Method::Contains) && args.len() > 1 {
        return Some(several(run, reference, args));
    }
    let method = meant(&value, name)?;
    let from = origins.context().map(|(path, ..)| at_place(path.to_string(), super::text::show(&value)));
    let holds = args.first().map_or("", |item| holds(run, &value, method, item));
    let call = Part::Code(format!(".{method}({})", list(args)));
    let call = Message::of("» Write `{}`{}", [call, Part::Text(holds.to_owned())]);
    Some(Message::joined("{}{}.", [call, from.unwrap_or_default()]))
}

/// `isNotNull`, `notNull`: AppSync has the positive ones alone.
fn positive(name: &str) -> Option<String> {
    let rest = name.strip_prefix("isNot").or_else(|| name.strip_prefix("not"))?;
    Some(format!("is{rest}"))
}

/// Whether a function of this name asks for an empty value, or for one that is not.
fn asks_empty(name: &str) -> Option<bool> {
    let is_empty = |name: &str| name.eq_ignore_ascii_case("isEmpty") || name.eq_ignore_ascii_case("isBlank");
    if is_empty(name) { Some(true) } else { positive(name).filter(|name| is_empty(name)).map(|_| false) }
}

/// `.isEmpty()` of what is not there is null, which counts as false: `$util.isNullOrEmpty` takes a text or nothing, and a list has a
/// size (<https://docs.aws.amazon.com/appsync/latest/devguide/utility-helpers-in-util.html>; Velocity 1.7: a call on null is null, and
/// an order with null on a side is false).
fn emptiness(code: &str, value: &Value, asked: bool) -> Message {
    let test = match (value, asked) {
        (Value::List(_) | Value::Map(_) | Value::View(_), true) => format!("$util.isNull({code}) || {code}.isEmpty()"),
        (Value::List(_) | Value::Map(_) | Value::View(_), false) => format!("{code}.size() > 0"),
        (_, true) => format!("$util.isNullOrEmpty({code})"),
        (_, false) => format!("!$util.isNullOrEmpty({code})"),
    };
    let absent = if asked { "holds" } else { "does not hold" };
    Message::of("» Write `{}`, which {} where it is absent as well.", [Part::Code(test), Part::Text(absent.to_owned())])
}

/// The call that was meant asks only whether something is there, and would let everybody through: a term of an OR is enough.
fn opening(run: &Finished<'_>, reference: &Reference, at: usize, judged: Option<&JudgedBranch>) -> Option<Message> {
    let (name, args) = name(reference, at).filter(|_| matches!(reference.root, crate::syntax::Slot::UTIL | crate::syntax::Slot::UTILS))?;
    let (first, judged) = (args.first()?, judged?);
    let meant = |name: &str| {
        let near = util::nearest(&space(reference, at), name)?;
        Method::parse(near.rsplit('.').next()?).filter(|method| method.asks_null())
    };
    let negated = meant(name).is_none();
    let method = meant(name).or_else(|| meant(&positive(name)?))?;
    let value = operand(&run.recorder.values, first, OperandRole::Argument).value;
    let empty = value.as_str().is_some_and(|text| match method {
        Method::IsNullOrEmpty => text.is_empty(),
        Method::IsNullOrBlank => text.trim().is_empty(),
        _ => false,
    });
    if !dead_term::would_open(run, judged, reference.node, (value.is_null() || empty) != negated) {
        return None;
    }
    let mark = if negated { "!" } else { "" };
    let call = format!("{mark}$util.{}({})", method.name(), run.program.one_line(first.node));
    Some(Message::of(
        "Written right, `{}` would let everybody through here, for one term of an OR is enough. » Take the term out, or join it with the others by `&&`.",
        [Part::Code(call)],
    ))
}

fn write(call: String) -> Message {
    Message::of("» Write `{}`.", [Part::Code(call)])
}

/// ` (identity.sub is "me")`
fn at_place(path: String, value: String) -> Message {
    Message::of(" ({} is {})", [Part::Place(path), Part::Value(value)])
}

/// A function that AppSync has, called with a value of another type than it takes.
fn other_type(run: &Finished<'_>, name: &str, argument: &crate::syntax::Expression) -> Option<Message> {
    let value = operand(&run.recorder.values, argument, OperandRole::Argument).value;
    let code = run.program.one_line(argument.node);
    let asks = name.contains("Empty") || name.contains("Blank");
    let code = || Part::Code(code.clone());
    match &value {
        Value::Boolean(flag) if asks => Some(Message::of(
            "It takes a text and asks whether that is empty; {} is the Boolean {}, which is neither null nor a text. » Test the value itself: `#if({})` holds for `true` only.",
            [code(), Part::Value(flag.to_string()), code()],
        )),
        Value::Number(_) if asks => Some(Message::of(
            "It takes a text; {} is a number. » Ask `$util.isNull({})`, or compare the number.",
            [code(), code()],
        )),
        Value::List(_) | Value::Map(_) if asks => {
            Some(Message::of("It takes a text; » ask `$util.isNull({})` and `{}.isEmpty()`.", [code(), code()]))
        }
        _ => None,
    }
}

/// `contains` takes one argument: one call for each.
fn several(run: &Finished<'_>, reference: &Reference, args: &[crate::syntax::Expression]) -> Message {
    // The call itself is the last step: what stands before it is the list.
    let list = reference.steps.last().map_or("", |call| {
        let (start, end) = (run.program.span(reference.node).start, run.program.span(call.node).start);
        run.program.source.text.get(start as usize..end as usize).unwrap_or("").trim_end_matches('.')
    });
    let calls = |mark: &str, between: &str| {
        args.iter().map(|arg| format!("{mark}{list}.contains({})", run.program.one_line(arg.node))).collect::<Vec<_>>().join(between)
    };
    Message::of(
        "`contains` takes one argument: » write one call for each, `{}` (one is enough), or `{}` to refuse who has none.",
        [Part::Code(calls("", " || ")), Part::Code(calls("!", " && "))],
    )
}

/// What the call looked for stands inside the map that it was made on, such as DynamoDB's `{"SS": […]}`.
fn deeper(run: &Finished<'_>, value: &Value, path: Option<String>, args: &[crate::syntax::Expression]) -> Option<Message> {
    let (path, map) = (path?, value.as_map()?);
    let item = super::allow::literal_or(run, args.first()?);
    let place = super::inside::place_in(value, &item, 0).filter(|_| !item.is_null())?;
    let list = place.split('[').next().unwrap_or(&place);
    let typed = map.keys().iter().all(|key| key.as_str().is_some_and(|key| matches!(key, "SS" | "NS" | "L" | "S")));
    let why = if typed { ", in DynamoDB's own form: the row was stored with its types twice, or was not read as AppSync reads rows" } else { "" };
    Some(Message::of("{} is a map{}, and what is looked for stands at {}: » ask {}.", [
        Part::Place(path.clone()),
        Part::Text(why.to_owned()),
        Part::Place(format!("{path}{place}")),
        Part::Place(format!("{path}{list}")),
    ]))
}

/// The method of a value that another name stands for.
pub(super) fn meant(value: &Value, name: &str) -> Option<&'static str> {
    let other = OTHERS.iter().find(|(known, _)| *known == name).map_or(name, |(_, other)| *other);
    let near = method::nearest(value, other)?;
    (near == other || near != name).then_some(near)
}

/// What the method that was meant gives.
fn outcome(
    run: &Finished<'_>,
    on: &crate::syntax::Expression,
    method: &str,
    rest: &[crate::syntax::Expression],
) -> Message {
    let value = operand(&run.recorder.values, on, OperandRole::Argument);
    let holds = rest.first().map_or("", |item| holds(run, &value.value, method, item));
    let path = value.origins.context().map_or_else(|| run.program.one_line(on.node), |(path, ..)| path.to_string());
    Message::joined("{}{}", [holds.into(), at_place(path, state(&value))])
}

fn holds(run: &Finished<'_>, list: &Value, method: &str, item: &crate::syntax::Expression) -> &'static str {
    let item = super::allow::literal_or(run, item);
    match (Method::parse(method), list.members()) {
        (Some(Method::Contains), Some(members)) => {
            match members.iter().any(|member| member.loosely_equals(&item)) {
                true => ", which is true here",
                false => ", which is false here",
            }
        }
        _ => "",
    }
}
