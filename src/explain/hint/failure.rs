//! A call that failed: what it was made on, and where that came from.

use crate::value::method::Method;
use super::Finished;
use super::allow::{line, literal_or};
use super::text::show;
use super::whence::subject;
use crate::code::Code;
use crate::eval::End;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, StepKind};
use crate::trace::index::{Node, references};
use crate::trace::origin::{Origin, Origins};
use crate::trace::recorder::Change;
use crate::value::Value;

/// An index beyond a list's end, and other calls that Java answers with an exception.
pub fn failed(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let End::Failed(failure) = &run.outcome.end else { return };
    let Some((reference, at)) = link(run, failure.node) else { return };
    let of_null = failure.cause == Some("java.lang.NullPointerException");
    if let Some(finding) = of_null.then(|| given_null(run, reference)).flatten() {
        found.push(finding);
        return;
    }
    let Some((value, origins)) = made_on(run, reference, at) else { return };
    // Of `list[0]` Velocity says less than of `list.get(0)`.
    let by_index = failure.class == "VelocityException" && index(run, reference, at).is_some();
    if failure.class != "MethodInvocationException" && !by_index {
        return;
    }
    let call = run.program.one_line(reference.node);
    let from = origins.context().map(|(path, whole, _)| (path.to_owned(), whole.clone()));
    let whence = from.as_ref().map_or(String::new(), |(path, whole)| format!(", made of {} ({})", subject(path), show(whole)));
    let mut words = Message::of(
        "line {}: `{}` failed, so the template ended in an error and no rule refused anybody:",
        [Part::Place(line(run, failure.node).to_string()), Part::Code(call.to_string())],
    );
    words.and(match (value.members(), index(run, reference, at)) {
        (Some(members), Some(index)) if index < 0 || index as usize >= members.len() => {
            let count = match members.len() {
                0 => "no element".to_owned(),
                1 => "only one element".to_owned(),
                many => format!("only {many} elements"),
            };
            Message::of(
                "{} has {}{}, and {} is beyond its end.{}",
                [
                    Part::Value(show(&value)),
                    Part::Text(count),
                    Part::Text(whence),
                    Part::Value(index.to_string()),
                    Part::Text(unsplit(run, reference).to_string()),
                ],
            )
        }
        _ => Message::of("it was called on {}{}.", [Part::Value(show(&value)), Part::Text(whence)]),
    });
    words.and(counts_down(run, failure.node).unwrap_or_else(|| {
        if value.members().is_some_and(|members| members.is_empty()) {
            "Nothing was found, then. » Ask first (`.isEmpty()`), and answer null, or with an error of your own, where there is no row.".into()
        } else {
            "» Ask for the size first (`.size()`, `.length()`), and refuse when the value has another form.".into()
        }
    }));
    let mut finding = Finding::new(Code::CallFailed, words).actual(super::json(&value));
    if let Some((path, _)) = from {
        finding = finding.at(path);
    }
    found.push(finding);
}

/// The call stands in a loop over a range whose end is below its beginning: Velocity counts down then, and makes turns all the same
/// (Velocity 1.7 user guide, "Range Operator").
fn counts_down(run: &Finished<'_>, node: NodeId) -> Option<Message> {
    let chain = run.recorder.index.chain(node);
    let each = run.recorder.index.loops().find(|each| chain.iter().any(|part| part.node() == each.node))?;
    let Kind::Range(ends) = &each.list.kind else { return None };
    let number = |end: &Expression| match run.recorder.values.of(end).0 {
        Value::Number(number) => Some(number.int_value()),
        _ => None,
    };
    let (first, last) = (number(&ends.0)?, number(&ends.1)?);
    (last < first).then(|| {
        Message::of(
            "The loop on line {} runs over the range {}, and that is [{}..{}]: Velocity counts down where the end is below the beginning, so there are turns, not none. » Loop over the list itself (`#foreach( $one in $list )`, with `$foreach.index` for the number), and ask `.isEmpty()` before it.",
            [
                Part::Place(line(run, each.node).to_string()),
                Part::Code(format!("`{}`", run.program.one_line(each.list.node))),
                Part::Value(first.to_string()),
                Part::Value(last.to_string()),
            ],
        )
    })
}

/// A function of AppSync that takes no null was given one.
fn given_null(run: &Finished<'_>, reference: &Reference) -> Option<Finding> {
    let (_, args) = reference.last_call().filter(|_| reference.variable().is_none())?;
    let (arg, path, absent) = args.iter().find_map(|arg| {
        let (value, origins) = run.recorder.values.of(arg);
        let (path, from, absent) = origins.context().filter(|_| value.is_null())?;
        (absent || from.is_null()).then(|| (arg, path.to_string(), absent))
    })?;
    let message = Message::of(
        "line {}: {} was given null and failed, so the template ended in an error and no rule refused anybody: {} is {}.",
        [
            Part::Place(line(run, reference.node).to_string()),
            Part::Code(format!("`{}`", run.program.one_line(reference.node))),
            Part::Place(subject(&path)),
            Part::Text(if absent { "absent" } else { "null" }.to_owned()),
        ],
    )
    .with(super::whence::absent_claim(run, &path))
    .cured(format!("Refuse it by name first: `#if($util.isNull({})) $util.unauthorized() #end`.", run.program.one_line(arg.node)));
    Some(Finding::new(Code::CallFailed, message).at(path))
}

/// What the call was made on: of a call that failed, no value was recorded.
fn made_on(run: &Finished<'_>, reference: &Reference, at: usize) -> Option<(Value, Origins)> {
    if let Some(before) = at.checked_sub(1) {
        let step = reference.steps.get(before)?;
        let (list, origins) = run.recorder.values.receiver_of(step.node);
        // A member is told by the map that has it.
        if let StepKind::Property(name) = &step.kind {
            let value = list.as_map()?.get_str(name)?;
            let places = origins.context().map(|(path, ..)| Origin::Context { path: path.join(&name.as_str().into()), value: value.clone(), absent: false, open: false });
            return Some((value, places.map_or_else(Origins::default, Origins::one)));
        }
        // What an index came to is told by the list that it was asked of.
        let index = usize::try_from(index(run, reference, before)?).ok()?;
        return Some((list.members()?.get(index)?.clone(), origins));
    }
    let slot = reference.variable()?;
    let of = |change: &&Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
    let origins = run.recorder.changes.iter().rfind(of).and_then(|change| change.origins.first().cloned());
    Some((run.outcome.variable(slot)?.clone(), origins.unwrap_or_default()))
}

/// The call that failed: of a chain with indexes the first that is beyond the end of its list.
fn link<'a>(run: &Finished<'a>, node: NodeId) -> Option<(&'a Reference, usize)> {
    match run.recorder.index.node(node)? {
        Node::Step { reference, at } => Some((reference, at)),
        Node::Reference(reference) => {
            let beyond = |at: &usize| {
                let list = made_on(run, reference, *at).and_then(|(value, _)| value.members());
                list.zip(index(run, reference, *at)).is_some_and(|(list, index)| index < 0 || index as usize >= list.len())
            };
            (0..reference.steps.len()).find(beyond).map(|at| (reference, at))
        }
        _ => None,
    }
}

/// The index that was asked for.
fn index(run: &Finished<'_>, reference: &Reference, at: usize) -> Option<i64> {
    let expression = match &reference.steps.get(at)?.kind {
        StepKind::Method { method: Some(Method::Get), args, .. } => args.first()?,
        StepKind::Index(index) => index,
        _ => return None,
    };
    match literal_or(run, expression) {
        Value::Number(number) => Some(i64::from(number.int_value())),
        _ => None,
    }
}

/// The list was made by splitting a text at what is not in it.
fn unsplit(run: &Finished<'_>, reference: &Reference) -> String {
    let Some(slot) = reference.variable() else { return String::new() };
    let mut found = String::new();
    for (_, statement) in &run.recorder.index.statements {
        let Node::Set(set) = statement else { continue };
        if set.target.root != slot {
            continue;
        }
        references(&set.value, &mut |inner| {
            if let Some((Some(Method::Split), args)) = inner.last_call()
                && let Some(Kind::String(mark)) = args.first().map(|arg| &arg.kind)
            {
                found = format!(" It was split at {}, which the text does not hold.", quoted(mark));
            }
        });
    }
    found
}
