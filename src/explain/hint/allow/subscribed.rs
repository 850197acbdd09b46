//! What an accepted subscription hears, where its arguments are not what they seem.
//!
//! AppSync matches an event against the arguments of the client's own operation; a field that the mutation did not select counts
//! as null, and so does an argument that is sent as null
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>).

use super::super::Finished;
use super::Leaf;
use super::words::line;
use crate::code::Code;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::value::Value;

/// A template that puts an argument into a subscription changes nothing of what is delivered.
pub fn argument_put(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !of_subscription(run) || super::super::quiet::events_filter(run).is_some() {
        return;
    }
    let into = |change: &&crate::trace::recorder::Change| change.path.as_deref() == Some("args") && change.values.len() == 2;
    let Some(change) = run.recorder.changes.iter().find(into) else { return };
    let Some((name, value)) = change.values.first().and_then(Value::as_str).zip(change.values.get(1)) else { return };
    // One that the client sent as well is compared as he sent it.
    let sent = change.old.as_ref().filter(|old| !old.is_null());
    let hears = match sent {
        Some(old) => format!("the client's own {name} ({}) decides which events come", show(old)),
        None => "nothing narrows the events, and this caller hears of everybody's".to_owned(),
    };
    let message = Message::of(
        "Wider than it looks: line {} puts {} = {} into the arguments, which has no effect on a subscription: AppSync matches events against the arguments that the client itself sent, so {}. » Set `$extensions.setSubscriptionFilter(…)` in the response template, or take a real argument {} and refuse where it is not the caller's.",
        [
            Part::Place(line(run, change.node).to_string()),
            Part::Name(name.to_owned()),
            Part::Value(show(value)),
            Part::Text(hears),
            Part::Name(name.to_owned()),
        ],
    );
    found.push(Finding::new(Code::WrittenBeforeCheck, message).at(format!("args.{name}")));
}

/// Arguments that are sent as null are compared all the same.
pub fn null_arguments(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !of_subscription(run) {
        return;
    }
    let args = run.context(&["args"]);
    let nulls: Vec<String> = args
        .as_map()
        .map(|map| map.snapshot())
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, value)| value.is_null())
        .filter_map(|(name, _)| name.as_str().map(str::to_owned))
        .collect();
    if nulls.is_empty() {
        return;
    }
    let (was, it) = if nulls.len() == 1 { ("was", "it") } else { ("were", "them") };
    let message = Message::of(
        "The subscription is accepted, but {} {} sent as null: AppSync compares {} with the fields of that name in the mutation's answer all the same, so only events in which they are null arrive. » Leave what is not meant to narrow out of the operation, in place of sending null.",
        [Part::Name(all_of(&nulls)), Part::Text(was.to_owned()), Part::Text(it.to_owned())],
    );
    found.push(Finding::new(Code::SubscriptionArgument, message).at(format!("args.{}", nulls.first().map_or("", String::as_str))));
}

fn of_subscription(run: &Finished<'_>) -> bool {
    run.outcome.env.parent_type == "Subscription" || run.program.source.name.contains("Subscription.")
}
