//! An empty page that announces another: `limit` counts before the filter
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.Limit>).

use crate::code::{Certainty, Code};
use crate::explain::Explanation;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Observed;
use crate::value::Value;
use serde_json::Value as Json;

/// The client saw no rows and a `nextToken`, and the request has a filter: what it left out was read, and more is there to read.
pub fn announced(explained: &Explanation, observed: &Observed) -> Option<Finding> {
    let data = observed.data.clone().or_else(|| written_down(observed.message.as_deref()?))?;
    let token = announcing(&data, 0)?;
    let request: Json = serde_json::from_str(explained.output()).ok()?;
    let filter = request.get("filter").filter(|filter| filter.is_object())?;
    let list = matches!(request.get("operation").and_then(Json::as_str), Some("Scan" | "Query"));
    let text = filter.get("expression").and_then(Json::as_str).filter(|_| list)?;
    let limit = request.get("limit").and_then(Json::as_u64).map_or_else(|| "1 MB of data, as no limit is set,".to_owned(), |limit| format!("limit {limit}"));
    let message = Message::of(
        "The page is empty, but it is not the end: nextToken is {}. DynamoDB counts {} before the filter, so it read that much, and the filter {} left all of it out; later pages may have rows that pass. » Go on with nextToken until it is null, raise limit, or query an index on what the filter reads. To see which rows pass, give some (`records`).",
        [Part::Value(show(&Value::from(&token))), Part::Text(limit), Part::Code(format!("`{text}`"))],
    );
    Some(Finding::new(Code::PageBeforeFilter, message).at("observed.data").certainty(Certainty::Likely))
}

/// The data in a message such as `data.listNotes: {"items": [], …}`, as people write down what came back.
fn written_down(message: &str) -> Option<Json> {
    let (_, rest) = message.split_once('{')?;
    serde_json::from_str(&format!("{{{rest}")).ok()
}

/// The token of the first list without items that has one.
fn announcing(data: &Json, depth: usize) -> Option<Json> {
    let members = data.as_object().filter(|_| depth < 8)?;
    let empty = members.get("items").and_then(Json::as_array).is_some_and(Vec::is_empty);
    let token = members.get("nextToken").filter(|token| token.as_str().is_some_and(|token| !token.is_empty()));
    match token.filter(|_| empty) {
        Some(token) => Some(token.clone()),
        None => members.values().find_map(|inner| announcing(inner, depth + 1)),
    }
}
