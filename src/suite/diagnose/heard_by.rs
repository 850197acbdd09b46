//! Which mutation of a file a subscription hears: by the schema (`@aws_subscribe(mutations: […])`), else by their names, as Amplify
//! and most others give them (`onUpdateTrip` hears `updateTrip`).

use crate::request::Evidence;
use crate::request::history::Past;
use std::collections::HashSet;

/// How surely a subscription hears a mutation, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum HeardBy {
    /// Nothing of their names tells.
    Untold,
    /// They name one thing.
    Perhaps,
    /// The schema or the whole name says so.
    Surely,
}

/// What names of mutations say that they do: two names with different ones are of different mutations.
const DOES: [&str; 3] = ["create", "update", "delete"];

/// The words of a name, in small letters and without the `s` of several: `on`, `update`, `trip` of `onUpdateTrips`.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for letter in name.chars() {
        match parts.last_mut() {
            Some(last) if !letter.is_uppercase() && letter != '_' => last.push(letter),
            _ => parts.push(letter.to_lowercase().filter(|letter| *letter != '_').collect()),
        }
    }
    parts.iter().map(|part| part.strip_suffix('s').filter(|one| one.len() > 2).unwrap_or(part).to_owned()).collect()
}

/// Whether `Subscription.x` hears `Mutation.y`; none where it does not.
fn heard_by(evidence: &Evidence, subscription: &str, mutation: &str) -> Option<HeardBy> {
    let (subscription, mutation) = (subscription.split_once('.')?.1, mutation.split_once('.')?.1);
    let schema = evidence.schema.as_ref().and_then(|schema| schema.as_ref().ok());
    let declared = schema.and_then(|schema| schema.types.get(schema.type_name("Subscription"))?.fields.get(subscription));
    if let Some(field) = declared.filter(|field| !field.subscribes.is_empty()) {
        return field.subscribes.iter().any(|name| name == mutation).then_some(HeardBy::Surely);
    }
    let (hears, done) = (parts(subscription), parts(mutation));
    // Whole words: `onUpload` does not hear `load`.
    if hears.get(1..) == Some(&done[..]) || done.len() > 1 && hears.ends_with(&done) {
        return Some(HeardBy::Surely);
    }
    let does = |parts: &[String]| DOES.into_iter().find(|verb| parts.iter().any(|part| part == verb));
    if does(&hears).zip(does(&done)).is_some_and(|(one, other)| one != other) {
        return None;
    }
    let shares = |part: &String| part.len() > 2 && done.contains(part) && !DOES.contains(&part.as_str());
    Some(if hears.iter().any(shares) { HeardBy::Perhaps } else { HeardBy::Untold })
}

/// Of the other requests those that are most surely the other side of this one, the nearest first. Where no name tells, one is
/// taken for it only if the file has no second field of its kind.
pub(super) fn partners(evidence: &Evidence, counts: impl Fn(&Past) -> bool) -> Vec<(&str, &Past)> {
    let own = evidence.field_path();
    let is_subscription = evidence.parent_type == "Subscription";
    let rank = |other: &str| if is_subscription { heard_by(evidence, &own, other) } else { heard_by(evidence, other, &own) };
    let found: Vec<(HeardBy, &str, &Past)> = evidence
        .others
        .iter()
        .filter(|past| counts(past))
        .filter_map(|past| past.field.as_deref().and_then(|field| Some((rank(field)?, field, past))))
        .collect();
    let Some(best) = found.iter().map(|(rank, ..)| *rank).max() else { return Vec::new() };
    let fields = |kind: &str| -> HashSet<&str> {
        evidence.others.iter().filter_map(|past| past.field.as_deref()).chain([own.as_str()]).filter(|field| field.starts_with(kind)).collect()
    };
    if best == HeardBy::Untold && (fields("Mutation.").len() > 1 || fields("Subscription.").len() > 1) {
        return Vec::new();
    }
    found.into_iter().filter(|(rank, ..)| *rank == best).map(|(_, field, past)| (field, past)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_heard() {
        let evidence = Evidence::default();
        let told = |subscription: &str, mutation: &str| heard_by(&evidence, &format!("Subscription.{subscription}"), &format!("Mutation.{mutation}"));
        assert_eq!(told("onUpdateTrip", "updateTrip"), Some(HeardBy::Surely));
        assert_eq!(told("onUpdateTrip", "createTrip"), None);
        assert_eq!(told("onTripMoved", "moveTrips"), Some(HeardBy::Perhaps));
        assert_eq!(told("onUpdateTrip", "markSeen"), Some(HeardBy::Untold));
        assert_eq!(told("onUpload", "load"), Some(HeardBy::Untold));
        assert_eq!(told("onBuyAd", "ad"), Some(HeardBy::Untold));
        assert_eq!(told("onMessage", "message"), Some(HeardBy::Surely));
    }
}
