//! A search that OpenSearch refuses: one text where it wants a list.

use super::Finished;
use super::allow::line;
use super::text::show;
use super::whence::{held_by, subject};
use crate::code::Code;
use crate::explain::filter::looked_for;
use crate::explain::why::stash_filter;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::value::Value;

/// Levels that are looked into.
const DEEPEST: usize = 24;

/// `{"terms_set": {"venue": {"terms": "v-1"}}}`: OpenSearch takes nothing but a list there, and answers the whole query with an error
/// (<https://docs.opensearch.org/latest/query-dsl/term/terms-set/>, <https://docs.opensearch.org/latest/query-dsl/term/terms/>).
pub fn terms(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let Some((clause, field, value)) = single(&stash_filter(run.outcome), 0) else { return };
    let from = held_by(run, &value).map_or_else(String::new, |path| format!("{} is one text, ", subject(&path)));
    let put = run.recorder.changes.iter().rfind(|change| change.values.iter().any(|given| given.loosely_equals(&value)) && change.slot.is_some());
    let place = put.map_or_else(String::new, |change| format!(" (line {})", line(run, change.node)));
    let message = Message::of(
        "No rule refused the caller, but the filter that this template makes is none that OpenSearch reads: {}{}{}, and {} on {} takes a list alone. OpenSearch answers the whole query with an error, and nothing comes back, whatever stands in the documents. » Make a list of a single text first, as Amplify's list templates do: `#if( $util.isString($value) ) #set( $value = [$value] ) #end` (parse it where it holds JSON), or have the token carry a list.",
        [
            Part::Text(from),
            Part::Value(show(&value)),
            Part::Place(place),
            Part::Code(format!("`{clause}`")),
            Part::Name(field.clone()),
        ],
    );
    found.push(Finding::new(Code::TermsNotAList, message).at(format!("stash.authFilter.{field}")).actual(super::json(&value)));
}

/// The first clause that wants a list and has a text: its name, the field and the text.
fn single(query: &Value, depth: usize) -> Option<(String, String, Value)> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(members) = query.members().filter(|_| query.as_map().is_none()) {
        return members.iter().find_map(|member| single(member, depth + 1));
    }
    query.as_map()?.snapshot().into_iter().find_map(|(key, value)| {
        let clause = key.as_str()?.to_owned();
        // What is counted is no value that is looked for.
        if matches!(clause.as_str(), "aggs" | "aggregations") {
            return None;
        }
        let fields = value.as_map().filter(|_| matches!(clause.as_str(), "terms_set" | "terms"));
        let Some(fields) = fields else { return single(&value, depth + 1) };
        looked_for(fields).into_iter().find(|(_, wanted)| matches!(wanted, Value::String(_))).map(|(field, wanted)| (clause, field, wanted))
    })
}
