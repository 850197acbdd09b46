//! What was meant to hold rows back and did nothing: a term put into nothing, a filter on events that was not set, a claim whose
//! absence left the choice to the client.

use super::super::Finished;
use super::super::quiet::events_filter;
use super::super::text::show;
use super::super::whence::{absent_claim, held_by, is_client, subject};
use super::Leaf;
use super::skipped::static_path_before;
use super::width::names_caller;
use super::words::{condition, line, rows_of_others, values};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::syntax::{ExpressionKind, Reference};
use crate::trace::Verdict;
use crate::trace::index::{inside, references};
use crate::trace::origin::{Origin, Origins};
use crate::value::Value;
use crate::value::method::Method;

/// A term on the caller was put into a map that is not there, which does nothing and tells nothing (Velocity 1.7: a method of null).
pub fn put_into_nothing(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Completed && run.verdict != Verdict::Allowed || names_caller(run) {
        return;
    }
    for (node, statement) in &run.recorder.index.statements {
        if run.recorder.reached.began(*node) == 0 {
            continue;
        }
        let mut put = None;
        statement.reads(&mut |reference| inside(reference, &mut |inner: &Reference| put = put.take().or_else(|| lost(run, inner))));
        let Some((holder, why, field)) = put else { continue };
        let others = of_others(run, &field).map_or_else(String::new, |words| format!(" {words}"));
        let message = Message::of(
            "Wider than it looks: `{}` on line {} puts the caller's term into nothing: {} is null{}, a method of null does nothing and raises no error, and so what is sent holds nothing of the caller.{} » Begin with a map, `$util.defaultIfNull({}, {})`, and put the term into that.",
            [
                Part::Code(run.program.one_line(*node)),
                Part::Place(line(run, *node).to_string()),
                Part::Code(holder.clone()),
                Part::Text(why),
                Part::Value(others),
                Part::Code(holder),
                Part::Code("{}".to_owned()),
            ],
        );
        found.push(Finding::new(Code::TermNotSent, message));
        return;
    }
}

/// `$filter.put("owner", …)` with something of the caller, where `$filter` is null: the holder as it is written, why it is null, and
/// the field.
fn lost(run: &Finished<'_>, put: &Reference) -> Option<(String, String, String)> {
    let (Some(Method::Put), [key, value]) = put.last_call()? else { return None };
    let mut of_caller = false;
    references(value, &mut |read: &Reference| {
        let held = || run.recorder.values.latest(read);
        of_caller |= read.passes("identity") || read.variable().is_some() && held_by(run, &held()).is_some();
    });
    let (receiver, origins) = run.recorder.values.receiver(put);
    let is_null = match (put.variable().filter(|_| put.steps.len() == 1), static_path_before(put)) {
        (Some(slot), _) => run.outcome.variable(slot).is_none_or(Value::is_null),
        (None, Some(path)) => run.context(&path).is_null(),
        (None, None) => return None,
    };
    let ExpressionKind::String(field) = &key.kind else { return None };
    let field = field.to_string();
    if !of_caller || !is_null || !receiver.is_null() {
        return None;
    }
    let text = run.program.one_line(put.node);
    let holder = text.split(".put(").next()?.to_owned();
    let set = put.variable().and_then(|slot| run.recorder.index.sets_of(slot).next());
    let why = match (set, origins.context()) {
        (Some(set), _) => {
            let (_, from) = run.recorder.values.of(&set.value);
            let from = from.context().map_or_else(String::new, |(path, ..)| format!(", and {} is absent", subject(path)));
            format!(" (line {} sets it to `{}`{from}; a null keeps the variable unset)", line(run, set.node), run.program.one_line(set.value.node))
        }
        (None, Some((path, ..))) => format!(" ({} is absent)", subject(path)),
        (None, None) => String::new(),
    };
    Some((holder, why, field))
}

/// The rows that were given and name somebody else there, which come back too.
fn of_others(run: &Finished<'_>, field: &str) -> Option<String> {
    let others = rows_of_others(run, field);
    let verb = if others.len() == 1 { "comes" } else { "come" };
    (!others.is_empty()).then(|| format!("{} {verb} back too.", all_of(&others)))
}

/// The filter on a subscription's events stands in a block that did not run.
pub fn events_not_filtered(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !run.is_subscription() || matches!(run.verdict, Verdict::Denied | Verdict::Error) || events_filter(run).is_some() {
        return;
    }
    for (node, statement) in &run.recorder.index.statements {
        let mut sets = false;
        statement.reads(&mut |reference| sets |= reference.ends_in(Method::SetSubscriptionFilter));
        if !sets || run.recorder.reached.began(*node) > 0 {
            continue;
        }
        let Some(guard) = guards(run.recorder, *node, false).into_iter().find(|guard| !guard.value) else { continue };
        let message = Message::of(
            "Wider than it looks: the subscription was accepted without a filter on its events: `{}` on line {} did not run, because {} did not hold ({}). Whoever subscribes so gets every event of this field. » Refuse where that condition does not hold, or set a filter in every case.",
            [
                Part::Code(run.program.one_line(*node)),
                Part::Place(line(run, *node).to_string()),
                Part::Code(condition(run, &guard.condition)),
                Part::Value(values(run, &guard.condition).join(", ")),
            ],
        );
        found.push(Finding::new(Code::TermNotSent, message));
        return;
    }
}

/// The claim is absent, and what takes its place is what the client sent: it chooses whose rows are meant.
pub fn claim_left_to_client(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let of_sets = run.recorder.index.sets().filter(|set| run.recorder.reached.began(set.node) > 0).map(|set| {
        let (value, origins) = run.recorder.values.of(&set.value);
        (set.node, value.clone(), origins)
    });
    let of_calls = run.recorder.index.references.iter().filter(|reference| defaults(reference)).map(|reference| {
        (reference.node, run.recorder.values.latest(reference), run.recorder.values.reference(reference))
    });
    let Some((node, claim, argument, value)) = of_sets.chain(of_calls).find_map(|(node, value, origins)| {
        let (claim, argument) = fallen_back(&origins, &value)?;
        is_used(run, &value).then_some((node, claim, argument, value))
    }) else {
        return;
    };
    let mut message = Message::of(
        "Wider than it looks: {} is absent, so line {} falls back on {} ({}), which the client writes itself: a caller without that claim chooses whose rows are meant.",
        [
            Part::Name(subject(&claim)),
            Part::Place(line(run, node).to_string()),
            Part::Place(subject(&argument)),
            Part::Value(show(&value)),
        ],
    );
    message.and(absent_claim(run, &claim).cause());
    message.and("» Take the fallback out, and refuse where the claim is absent.");
    found.push(Finding::new(Code::ClientDecides, message).at(argument).actual(super::super::json(&value)));
}

fn defaults(reference: &Reference) -> bool {
    matches!(reference.util(), Some(Method::DefaultIfNull | Method::DefaultIfNullOrEmpty | Method::DefaultIfNullOrBlank))
}

/// The claim that was asked first and is absent, and the argument whose value was taken.
fn fallen_back(origins: &Origins, value: &Value) -> Option<(String, String)> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    let places = || origins.iter().filter_map(|origin| match origin {
        Origin::Context { path, value, absent, .. } => Some((&**path, value, *absent || value.is_null())),
        _ => None,
    });
    let claim = places().find(|(path, _, nothing)| *nothing && path.starts_with("identity.claims"))?.0;
    let sent = places().find(|(path, found, _)| is_client(path) && found.as_str() == Some(text))?.0;
    // Of what the identity has as well, the client chose nothing.
    let own = places().any(|(path, found, _)| path.starts_with("identity") && found.as_str() == Some(text));
    (!own).then(|| (claim.to_owned(), sent.to_owned()))
}

/// Whether the request holds the value.
fn is_used(run: &Finished<'_>, value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() > 1 && run.outcome.output.contains(text))
}
