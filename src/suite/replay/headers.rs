//! What text entries say: headers, and the fields that a query asks for (APPSYNC-VTL 6.1).

pub use super::header_list::{read, read_all};
use super::request::LoggedRequest;
use crate::request::operation;
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};
use std::cell::RefCell;

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
