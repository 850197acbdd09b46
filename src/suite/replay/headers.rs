//! What text entries say: headers, and the fields that a query asks for (APPSYNC-VTL 6.1).

use super::request::LoggedRequest;
use crate::request::answer::masked_tail;
use crate::request::operation;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The headers of a request, as AppSync logs them: credentials masked, `[****abcdef]`, and none left out.
#[derive(Debug, Default)]
pub struct Sent {
    /// Those with their values, names in lower case.
    pub headers: Map<String, Json>,
    /// The masked ones, with the last letters of their values.
    pub masked: BTreeMap<String, String>,
    /// Whether the list is there to its end.
    pub complete: bool,
}

/// `{name=[value], other=[value]}`, names in lower case. A value that was masked is left out.
pub fn read(text: &str) -> Map<String, Json> {
    read_all(text).headers
}

/// The same, with what was masked.
pub fn read_all(text: &str) -> Sent {
    let inside = text.split_once('{').map_or("", |(_, inside)| inside).trim_end();
    let whole = inside.strip_suffix('}');
    let mut rest = whole.unwrap_or(inside);
    let mut found = Sent { complete: whole.is_some(), ..Sent::default() };
    while let Some((name, after)) = rest.split_once('=') {
        let (value, more) = match after.strip_prefix('[') {
            Some(listed) => listed.split_once("],").unwrap_or((listed.strip_suffix(']').unwrap_or(listed), "")),
            None => after.split_once(", ").unwrap_or((after, "")),
        };
        let name = name.trim().to_lowercase();
        let value = value.trim();
        if name.is_empty() || value.is_empty() {
            rest = more;
            continue;
        }
        match masked_tail(value) {
            Some(tail) => drop(found.masked.insert(name, tail.to_owned())),
            None => drop(found.headers.insert(name, Json::from(value))),
        }
        rest = more;
    }
    found
}

/// Queries whose fields a thread keeps, and their bytes: an application sends a few, again and again.
const KEPT: usize = 256;
const KEPT_BYTES: usize = 1 << 20;

/// What was found of queries, and the bytes of these.
#[derive(Default)]
struct KnownQueries {
    fields: FxHashMap<(String, Option<String>), Vec<String>>,
    bytes: usize,
}

thread_local! {
    static KNOWN: RefCell<KnownQueries> = RefCell::default();
}

/// The fields at the root of the logged query, as `Type.field`.
pub fn fields(request: &LoggedRequest) -> Vec<String> {
    let Some(logged) = logged(request) else { return Vec::new() };
    if let Some(known) = KNOWN.with_borrow(|known| known.fields.get(&logged).cloned()) {
        return known;
    }
    let found = operation::fields(&logged.0, logged.1.as_deref());
    KNOWN.with_borrow_mut(|known| {
        known.bytes += logged.0.len();
        if known.fields.len() >= KEPT || known.bytes > KEPT_BYTES {
            *known = KnownQueries { bytes: logged.0.len(), ..KnownQueries::default() };
        }
        known.fields.insert(logged, found.clone());
    });
    found
}

/// The logged query and the operation's name; the log writes quotes in a query with a backslash before them.
fn logged(request: &LoggedRequest) -> Option<(String, Option<String>)> {
    let (_, text) = request.query.as_ref()?.split_once(':')?;
    let (query, after) = text.rsplit_once(", Operation:").unwrap_or((text, ""));
    let name = after.split(',').next().unwrap_or_default().trim();
    Some((query.replace("\\\"", "\""), (!matches!(name, "" | "null")).then(|| name.to_owned())))
}

/// The body of the request, as far as the log has it: the query and the operation's name.
pub fn body(request: &LoggedRequest) -> Option<Json> {
    let (query, name) = logged(request)?;
    Some(json!({"query": query, "operationName": name}))
}

/// The fields at the root of the logged query, as `Type.field`, with what `$ctx.info` has of each.
pub fn selections(request: &LoggedRequest) -> Vec<(String, Json)> {
    let Some((query, name)) = logged(request) else { return Vec::new() };
    let Some(found) = operation::read(&json!({"query": query, "operationName": name})) else { return Vec::new() };
    let info = |field: &operation::RootField| {
        let (parent, selection) = (&found.parent, operation::text(&field.selection));
        json!({"parentTypeName": parent, "fieldName": field.name, "selectionSetGraphQL": selection})
    };
    found.fields.iter().map(|field| (format!("{}.{}", found.parent, field.name), info(field))).collect()
}
