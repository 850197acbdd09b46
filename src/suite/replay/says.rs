//! What a log says of a request, for the layers before the resolver; and what its requests prove of each other.

use super::entry::LogEntry;
use super::headers;
use super::request::LoggedRequest;
use crate::request::answer::LogSays;
use crate::request::history::{History, Past};
use serde_json::Value as Json;

impl LoggedRequest {
    /// What the layers before the resolver need of it.
    pub fn says(&self) -> LogSays {
        let sent = self.request_headers.as_deref().map(headers::read_all).unwrap_or_default();
        let response = self.response_headers.as_deref().map(headers::read).unwrap_or_default();
        let entries = self.mappings.iter().filter_map(|mapping| {
            let entry = LogEntry::read(&serde_json::from_str(&mapping.text).ok()?);
            Some((entry.field, entry.refused || entry.failed))
        });
        LogSays {
            id: self.id.clone(),
            complete: sent.complete && self.request_headers.is_some(),
            headers: sent.headers,
            masked: sent.masked,
            status: self.status,
            took: self.took,
            api: self.api.clone(),
            error_type: response.get("x-amzn-errortype").and_then(Json::as_str).map(str::to_owned),
            message: self.message.clone(),
            // A template that ran shows that it was executed.
            executed: self.executed || !self.mappings.is_empty(),
            entries: entries.collect(),
            firewall: self.firewall.clone(),
            kept: self.kept.clone(),
            time: self.time(),
            cut: self.cut > 0 || self.request_headers.is_some() && !sent.complete,
            fields: headers::fields(self),
            other: None,
        }
    }

    /// When it was, in milliseconds since 1970.
    pub fn time(&self) -> Option<i64> {
        self.start.or(self.first).or_else(|| self.mappings.iter().find_map(|mapping| mapping.time))
    }

}

/// The requests that are judged together.
pub fn history(requests: &[LoggedRequest]) -> History {
    let mut history = History::default();
    requests.iter().for_each(|request| history.push(Past::of_log(&request.says())));
    history
}
