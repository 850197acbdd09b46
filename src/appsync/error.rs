//! Errors that a template raises, in the shape of AppSync's GraphQL error entries (APPSYNC-VTL 4.1 to 4.5).

use crate::value::{List, Map, Value};

/// What `$util.error`, `$util.unauthorized`, `$util.validate` and `$util.appendError` produce.
#[derive(Clone, Debug)]
pub struct ThrownError {
    /// The message that the client sees.
    pub message: Value,
    /// `errorType`, null for a one-argument `$util.error`.
    pub error_type: Value,
    /// `data`, filtered by the selection set where one is known.
    pub data: Value,
    /// `errorInfo`, never filtered.
    pub error_info: Value,
}

impl ThrownError {
    /// An error without `data` and `errorInfo`.
    pub fn new(message: impl Into<Value>, error_type: impl Into<Value>) -> Self {
        Self { message: message.into(), error_type: error_type.into(), data: Value::Null, error_info: Value::Null }
    }

    /// Whether this error means that the caller is not authorized (APPSYNC-VTL 4.2, 4.3).
    pub fn is_refusal(&self) -> bool {
        matches!(self.error_type.as_str(), Some("Unauthorized" | "UnauthorizedException"))
    }

    /// The entry of `outErrors`, in the form of AppSync's own logs: `message` and `type`; `data` and `errorInfo` where they
    /// were given.
    pub fn out_entry(&self) -> Map {
        let entry = Map::new();
        entry.put_str("message", self.message.clone());
        entry.put_str("type", self.error_type.clone());
        for (name, value) in [("data", &self.data), ("errorInfo", &self.error_info)] {
            if !value.is_null() {
                entry.put_str(name, value.clone());
            }
        }
        entry
    }

    /// The entry of the GraphQL response's `errors`, all members present, `path` and `locations` from the field resolved.
    pub fn entry(&self, field: Option<&str>) -> Map {
        let entry = Map::new();
        entry.put_str("message", self.message.clone());
        entry.put_str("errorType", self.error_type.clone());
        entry.put_str("data", self.data.clone());
        entry.put_str("errorInfo", self.error_info.clone());
        entry.put_str("path", field.map_or(Value::Null, |field| List::new(vec![field.into()]).into()));
        entry.put_str("locations", List::new(Vec::new()));
        entry
    }
}
