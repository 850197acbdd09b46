//! The words for a write and for the row that it names.

use crate::explain::hint::text::show;
use crate::message::all_of;
use crate::records::{Carried, DataOperation};

/// The word for a write.
pub(super) fn what(operation: &DataOperation) -> &'static str {
    match operation {
        DataOperation::DeleteItem => "delete",
        DataOperation::UpdateItem => "update",
        DataOperation::ConditionCheck => "check",
        _ => "write",
    }
}

/// The row that a request names by its key.
pub(super) fn key(carried: &Carried) -> String {
    let key = carried.key.as_ref().map_or_else(Vec::new, |key| {
        key.attributes().map(|(name, value)| format!("{name} {}", show(&value.to_value()))).collect()
    });
    let item = carried.place.strip_suffix("condition").unwrap_or_default().trim_end_matches('.');
    match (key.is_empty(), item.is_empty()) {
        (true, true) => "the row".to_owned(),
        (true, false) => item.to_owned(),
        (false, true) => all_of(&key),
        (false, false) => match carried.table.as_ref().filter(|_| carried.write.as_ref().is_some_and(|write| write.other_tables)) {
            Some(table) => format!("{item} (table {table}, {})", all_of(&key)),
            None => format!("{item} ({})", all_of(&key)),
        },
    }
}
