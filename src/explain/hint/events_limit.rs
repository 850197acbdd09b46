//! What to do about a subscription filter that is beyond AppSync's limits: by the limit that it breaks
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/extensions.html>).

use crate::appsync::filter_limits::{LONGEST, MOST_FIELDS, MOST_FILTERS, OPERATORS};
use crate::message::quoted;
use crate::nearest::nearest;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The cure for the first limit that is broken; what can be said of any where none of these is.
pub fn cure(filter: &Json) -> String {
    let groups = || filter["filterGroup"].as_array().into_iter().flatten();
    let filters = || groups().flat_map(|group| group["filters"].as_array().into_iter().flatten());
    let unknown = filters().find_map(|one| one["operator"].as_str().filter(|operator| !OPERATORS.contains(operator)));
    if let Some(operator) = unknown {
        let near = OPERATORS.into_iter().find(|known| known.eq_ignore_ascii_case(operator)).or_else(|| nearest(operator, OPERATORS));
        return near.map_or_else(|| format!("Write one of AppSync's operators in the place of {}.", quoted(operator)), |near| format!("Write `{near}`."));
    }
    let long = filters().find(|one| {
        let values = one["value"].as_array().map_or_else(|| vec![&one["value"]], |all| all.iter().collect());
        values.iter().any(|value| value.as_str().is_some_and(|text| text.chars().count() > LONGEST))
    });
    if let Some(one) = long {
        return format!("Shorten the text of {} to {LONGEST} letters, or compare a shorter field.", one["fieldName"].as_str().unwrap_or("the field"));
    }
    let fields = groups().map(|group| {
        let names: BTreeSet<&str> = group["filters"].as_array().into_iter().flatten().filter_map(|one| one["fieldName"].as_str()).collect();
        names.len()
    });
    if let Some(many) = fields.max().filter(|many| *many > MOST_FIELDS) {
        let over = many - MOST_FIELDS;
        let which = if over == 1 { "one of the fields".to_owned() } else { format!("{over} of the fields") };
        return format!("Drop {which}: another entry of `filterGroup` is joined by OR and would let more events through.");
    }
    let counted = groups().map(|group| {
        let listed = group["filters"].as_array().into_iter().flatten().filter(|one| one["operator"] == "in");
        listed.map(|one| one["value"].as_array().map_or(1, Vec::len)).sum::<usize>().max(1)
    });
    if counted.sum::<usize>() > MOST_FILTERS {
        return format!("Leave out entries, or values of `in`, until {MOST_FILTERS} are left: all entries of `filterGroup` count together, so to spread them over more does not help. Where an event is for many, let it carry one field that they have in common (a group's id), and compare that by `eq`.");
    }
    "Drop fields or values until it fits. Only where one list of values is too long may it be split over several entries of `filterGroup`, each with all the other filters beside it: entries are joined by OR, and one that asks for less lets more events through.".to_owned()
}
