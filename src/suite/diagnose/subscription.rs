//! A subscription that was allowed and yet hears nothing: AppSync compares each of its arguments with the field of that name
//! in the mutation's answer, and a field that the mutation did not select counts as null
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html#using-subscription-arguments>).

use super::heard_by;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::request::{Evidence, event_wide, mode};
use crate::request::history::Past;
use crate::request::socket::Subscription::Refused;
use serde_json::{Map, Value as Json};

/// The argument that no mutation of the file selected, for the subscription and for the mutation.
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    if let Some(finding) = keep_alive(evidence).or_else(|| event_wide::judge(evidence)) {
        return Some(finding);
    }
    if let Some(finding) = of_list(evidence) {
        return Some(finding);
    }
    let own = evidence.field_path();
    match evidence.parent_type.as_str() {
        "Subscription" => {
            let is_mutation = |past: &Past| past.passed && past.field.as_deref().is_some_and(|field| field.starts_with("Mutation."));
            let of_pair = |(name, mutation): (&str, &Past)| {
                let of = (name, mutation.selection.as_slice());
                silent(&own, &evidence.arguments, of.0, of.1)
                    .or_else(|| filtered(&own, &evidence.arguments, of))
                    .or_else(|| of_another_value(&own, &evidence.arguments, (name, &mutation.answered)))
            };
            let partners = heard_by::partners(evidence, is_mutation);
            let found = partners.iter().copied().find_map(of_pair).or_else(|| unselectable(evidence));
            let found = found.or_else(|| partners.iter().find_map(|(name, mutation)| selects_less(evidence, name, &mutation.selection)));
            found.or_else(|| compared(evidence).filter(|_| !evidence.others.iter().any(is_mutation)))
        }
        "Mutation" if too_large(evidence).is_some() => too_large(evidence),
        "Mutation" => {
            let heard = |past: &Past| past.passed && past.socket && !past.arguments.is_empty();
            let selection: Vec<String> = evidence.selection.iter().map(|one| one.name.clone()).collect();
            heard_by::partners(evidence, heard).into_iter().find_map(|(name, heard)| {
                silent(name, &heard.arguments, &own, &selection)
                    .or_else(|| filtered(name, &heard.arguments, (&own, &selection)))
                    .or_else(|| of_another_value(name, &heard.arguments, (&own, &evidence.answer.values)))
            })
        }
        _ => None,
    }
}

/// What a subscriber gets at most over a WebSocket (<https://docs.aws.amazon.com/general/latest/gr/appsync.html>: subscription
/// payload size, 240 KB).
const LARGEST_EVENT: u64 = 240 * 1024;

/// A mutation whose answer, which subscribers would get whole, is larger than they can get.
fn too_large(evidence: &Evidence) -> Option<Finding> {
    let size = evidence.answer.size.filter(|size| *size > LARGEST_EVENT)?;
    let whole = |past: &&Past| {
        let takes = |name: &str| past.selection.iter().any(|own| own == name);
        past.passed && past.socket && past.field.is_some() && evidence.selection.iter().all(|one| takes(&one.name))
    };
    let heard = evidence.others.iter().find(whole)?.field.clone()?;
    let message = Message::of(
        "nothing was refused: {} was accepted (start_ack) and {} passed. Its answer has {} bytes, and a subscriber gets at most 240 KB over a WebSocket: a larger event is dropped, and neither side gets an error. » Select less in the mutation (the id alone, say), as subscribers get only what it selects, and let them fetch the rest by a query when the event comes; token, directives and subscription need no change.",
        [
            Part::Text(heard),
            Part::Text(evidence.field_path()),
            Part::Value(size.to_string()),
        ],
    );
    Some(Finding::new(Code::SubscriptionSilent, message).certainty(Certainty::Likely).at("answer.body").actual(size).wanted(LARGEST_EVENT))
}

/// A connection that nobody refused, on which nothing came any more: it was closed for want of keep-alives.
fn keep_alive(evidence: &Evidence) -> Option<Finding> {
    let socket = evidence.socket.as_ref().filter(|socket| socket.acknowledged && socket.subscription != Refused)?;
    let (quiet, promised) = socket.quiet?;
    Some(
        Finding::new(
            Code::SocketKeepAlive,
            Message::of(
                "nothing was refused: the connection was accepted, and no frame with an error came. For the last {} s before it ended nothing came, not even a keep-alive (ka), and AppSync promises one within {} s (connectionTimeoutMs), after which a client takes the connection for lost: the network, a proxy with a shorter limit, or a device that slept. » Let the client reconnect and subscribe anew with a fresh credential; token, schema and rights need no change for it.",
                [Part::Value(quiet.to_string()), Part::Value(promised.to_string())],
            ),
        )
        .certainty(Certainty::Likely)
        .at("webSocket")
        .actual(quiet)
        .wanted(promised),
    )
}

/// An argument is one value, and the field of its name is a list: the two are never equal, so no event is delivered.
fn of_list(evidence: &Evidence) -> Option<Finding> {
    let schema = evidence.schema.as_ref()?.as_ref().ok().filter(|_| evidence.parent_type == "Subscription")?;
    let returns = &schema.types.get(schema.type_name("Subscription"))?.fields.get(&evidence.field)?.returns;
    let fields = &schema.types.get(returns)?.fields;
    let (name, value, written) = evidence.arguments.iter().find_map(|(name, value)| {
        let written = &fields.get(name)?.written;
        (written.starts_with('[') && (value.is_string() || value.is_number())).then_some((name, value, written))
    })?;
    let message = Message::of(
        "nothing was refused: the subscription is accepted, and hears nothing. Its argument {} is one value ({}), and {}.{} is a list (`{}`): AppSync delivers an event only where the two are equal, and a value never equals a list. » Filter by a list on the server (`$extensions.setSubscriptionFilter` with contains; Amplify's transformer v2 does), or give {} a field of one value for the one who is to hear it, and subscribe by that.",
        [
            Part::Name(name.clone()),
            Part::Value(value.to_string()),
            Part::Name(returns.clone()),
            Part::Name(name.clone()),
            Part::Code(written.clone()),
            Part::Name(returns.clone()),
        ],
    );
    Some(Finding::new(Code::ArgumentOfList, message).at(format!("arguments.{name}")).actual(value.clone()).wanted(written.clone()))
}

/// A mode that may call the mutation, but none or not all of the types that were subscribed to: what is refused to the mutation's
/// caller is null in what subscribers get
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>: subscribers get the mutation's selection).
fn unselectable(evidence: &Evidence) -> Option<Finding> {
    let schema = evidence.schema.as_ref()?.as_ref().ok()?;
    let own = schema.types.get(schema.type_name("Subscription"))?.fields.get(&evidence.field)?;
    let (mutation, (mode, found, cure)) =
        own.subscribes.iter().find_map(|name| Some((name, mode::cannot_select(evidence, schema, name, &evidence.selection)?)))?;
    let places: Vec<String> = found.iter().map(|one| one.place.words()).collect();
    let mut message = Message::of(
        "nothing was refused here. Mutation.{}, which this subscription hears, may be called by {}, and {} {} closed to it: what such a caller selects there is refused to it, and reaches subscribers as null.",
        [
            Part::Name(mutation.clone()),
            Part::Name(mode.api_name().to_owned()),
            Part::Place(all_of(&places)),
            Part::Text(if places.len() == 1 { "is" } else { "are" }.to_owned()),
        ],
    );
    if let Some(cure) = cure {
        message = message.cured(Message::of("Put {}, if it is called that way.", [Part::Code(cure)]));
    }
    let finding = Finding::new(Code::MutationCannotSelect, message).at(format!("schema.Mutation.{mutation}"));
    Some(finding.actual(mode.as_str()).wanted(mode.directive()))
}

/// What an allowed subscription with arguments hears, where no mutation is in the material.
fn compared(evidence: &Evidence) -> Option<Finding> {
    let schema = evidence.schema.as_ref().and_then(|schema| schema.as_ref().ok());
    let own = schema.and_then(|schema| schema.types.get(schema.type_name("Subscription"))?.fields.get(&evidence.field));
    let returned = own.zip(schema).and_then(|(field, schema)| schema.types.get(&field.returns));
    // An argument of no field is the resolver's own (Amplify's `filter`).
    let is_field = |name: &String| returned.is_none_or(|returned| returned.fields.contains_key(name));
    let single = |value: &Json| value.is_string() || value.is_number() || value.is_boolean();
    let (name, value) = evidence.arguments.iter().find(|(name, value)| single(value) && is_field(name))?;
    let mutations = own.map(|field| field.subscribes.join(", ")).filter(|names| !names.is_empty());
    let mutation = mutations.map_or_else(|| "the mutation".to_owned(), |names| format!("the mutation ({names})"));
    Some(
        Finding::new(
            Code::SubscriptionArgument,
            Message::of(
                "events come only where {} selects {} with the value {}: AppSync compares the argument with that field of the mutation's answer, and a field that was not selected counts as null. » Select {} in every mutation that should be heard.",
                [
                    Part::Name(mutation),
                    Part::Name(name.clone()),
                    Part::Value(value.to_string()),
                    Part::Name(name.clone()),
                ],
            ),
        )
        .at(format!("arguments.{name}"))
        .actual(value.clone()),
    )
}

/// A filter by the subscription's resolver (`$extensions.setSubscriptionFilter`; the argument `filter` of Amplify's), which is judged on
/// what the mutation selected, as all that subscribers are given is (aws-amplify/amplify-flutter#2646; aws/aws-appsync-community#89;
/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html>).
fn filtered(subscription: &str, arguments: &Map<String, Json>, (mutation, selection): (&str, &[String])) -> Option<Finding> {
    let (name, filter) = arguments.iter().find(|(_, value)| value.as_object().is_some_and(|map| !map.is_empty()))?;
    let mut fields = Vec::new();
    filter_fields(filter, &mut fields, 0);
    let field = fields.into_iter().find(|field| !selection.contains(field))?;
    let message = Message::of(
        "nothing was refused: {} was accepted (start_ack) and {} passed. No event comes because the subscription's filter ({}: {}) asks for {}, and {} selects only {}: an enhanced filter is judged on what the mutation selected, so {} is absent there and nothing fits. » Select {} in the mutation, with every field that filters and subscribers read.",
        [
            Part::Text(subscription.to_owned()),
            Part::Text(mutation.to_owned()),
            Part::Name(name.clone()),
            Part::Value(filter.to_string()),
            Part::Name(field.clone()),
            Part::Text(mutation.to_owned()),
            Part::Text(selection.join(", ")),
            Part::Name(field.clone()),
            Part::Name(field.clone()),
        ],
    );
    let finding = Finding::new(Code::SubscriptionSilent, message).certainty(Certainty::Likely).at(format!("arguments.{name}"));
    Some(finding.actual(filter.clone()).wanted(format!("{field} selected in {mutation}")))
}

/// The fields that a filter names: members that are objects of operators, within `and`, `or` and `not` too.
fn filter_fields(filter: &Json, found: &mut Vec<String>, depth: usize) {
    let parts: Vec<&Json> = match filter {
        Json::Array(many) => many.iter().collect(),
        one => vec![one],
    };
    for (name, inner) in parts.into_iter().filter_map(Json::as_object).flatten().filter(|_| depth < 16) {
        match name.as_str() {
            "and" | "or" | "not" => filter_fields(inner, found, depth + 1),
            _ if inner.is_object() => found.push(name.clone()),
            _ => {}
        }
    }
}

/// Whether two values are one to AppSync: an `ID` is a text, also where it was sent as a number.
fn is_same(one: &Json, other: &Json) -> bool {
    let plain = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    plain(one) == plain(other)
}

/// The mutation selected what the argument is compared with, and its answer has another value there.
fn of_another_value(subscription: &str, arguments: &Map<String, Json>, (mutation, answered): (&str, &Map<String, Json>)) -> Option<Finding> {
    let single = |value: &Json| value.is_string() || value.is_number() || value.is_boolean();
    let (name, wanted, actual) = arguments
        .iter()
        .filter(|(_, value)| single(value))
        .find_map(|(name, value)| Some((name, value, answered.get(name).filter(|actual| !is_same(actual, value))?)))?;
    let message = Message::of(
        "nothing was refused: {} was accepted (start_ack) and {} passed. No event came of it because the subscription has {}: {}, and the mutation's answer has {}: {}: AppSync delivers an event only where the two are equal. » Subscribe with the value whose events are wanted ({}: {}), or without {} to hear all that may be heard; token and directives need no change.",
        [
            Part::Text(subscription.to_owned()),
            Part::Text(mutation.to_owned()),
            Part::Name(name.clone()),
            Part::Value(wanted.to_string()),
            Part::Name(name.clone()),
            Part::Value(actual.to_string()),
            Part::Name(name.clone()),
            Part::Value(actual.to_string()),
            Part::Name(name.clone()),
        ],
    );
    let finding = Finding::new(Code::SubscriptionSilent, message).certainty(Certainty::Likely).at(format!("arguments.{name}"));
    Some(finding.actual(wanted.clone()).wanted(actual.clone()))
}

/// What the subscription asks for, and a mutation of the file did not select: it comes as null
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>: the mutation's selection set).
fn selects_less(evidence: &Evidence, mutation: &str, selection: &[String]) -> Option<Finding> {
    if selection.is_empty() {
        return None;
    }
    let wanted = evidence.selection.iter().map(|one| one.name.as_str());
    let missing: Vec<String> = wanted.filter(|name| !name.starts_with("__") && !selection.iter().any(|own| own == name)).map(str::to_owned).collect();
    if missing.is_empty() {
        return None;
    }
    let message = Message::of(
        "nothing was refused: {} was accepted (start_ack), and an event has only what the mutation selected. {} selects {}, so {} {} null in {}, whatever the row has. » Select {} in each {} too; no directive and no permission needs a change.",
        [
            Part::Text(evidence.field_path()),
            Part::Text(mutation.to_owned()),
            Part::Name(all_of(selection)),
            Part::Name(all_of(&missing)),
            Part::Text(if missing.len() == 1 { "is" } else { "are" }.to_owned()),
            Part::Text(evidence.field_path()),
            Part::Name(all_of(&missing)),
            Part::Text(mutation.to_owned()),
        ],
    );
    Some(Finding::new(Code::MutationSelectsLess, message).certainty(Certainty::Likely).at("others").actual(selection.to_vec()).wanted(missing))
}

fn silent(subscription: &str, arguments: &Map<String, Json>, mutation: &str, selection: &[String]) -> Option<Finding> {
    // An object is no argument of that kind: AppSync's filter reads it (`filtered`).
    let plain = |value: &Json| !value.is_null() && !value.is_object();
    let missing = arguments.iter().find(|(name, value)| plain(value) && !selection.contains(name))?;
    let (name, value) = missing;
    let selected = selection.join(", ");
    Some(
        Finding::new(
            Code::SubscriptionSilent,
            Message::of(
                "nothing was refused: {} was accepted (start_ack) and {} passed. No event comes because the subscription has {}: {}, and AppSync compares that with {} in the mutation's answer: {} selects only {}, so {} counts as null there and never matches. » Select {} in the mutation, with every field that subscribers read.",
                [
                    Part::Text(subscription.to_string()),
                    Part::Text(mutation.to_string()),
                    Part::Name(name.to_string()),
                    Part::Value(value.to_string()),
                    Part::Name(name.to_string()),
                    Part::Text(mutation.to_string()),
                    Part::Text(selected.to_string()),
                    Part::Name(name.to_string()),
                    Part::Name(name.to_string()),
                ],
            ),
        )
        .certainty(Certainty::Likely)
        .at(format!("arguments.{name}"))
        .actual(value.clone())
        .wanted(format!("{name} selected in {mutation}")),
    )
}
