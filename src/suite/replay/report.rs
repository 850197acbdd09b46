//! What was found of one request of a log.

use super::cause::LoggedCause;
use super::decision::{LoggedDecision, Logged};
use super::entry::LogEntry;
use crate::message::Message;
use crate::request::layer::{Layer, LayerName};
use crate::suite::VerdictChange;
use serde::Serialize;

/// One request.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestReport {
    /// AppSync's id.
    pub request_id: String,
    /// The HTTP status, if a summary was logged.
    pub status: Option<u64>,
    /// How it ended.
    pub verdict: Logged,
    /// The layer that refused, or is the likeliest one: those of `diagnose`.
    pub layer: Option<LayerName>,
    /// The refused fields, or all.
    pub fields: Vec<String>,
    /// The code of the cause.
    pub cause: Option<LoggedCause>,
    /// In words.
    pub reason: Message,
    /// The caller's groups, if an identity is known.
    pub caller: Option<String>,
    /// Where the local templates decide otherwise: which way.
    pub change: Option<VerdictChange>,
    /// Field by field.
    pub decisions: Vec<LoggedDecision>,
    /// The layers before the resolver that did not let it pass, as `diagnose` judges them.
    pub layers: Vec<Layer>,
    /// The mapping entries.
    pub entries: Vec<LogEntry>,
    /// What a reader must know to trust this.
    pub notes: Vec<Message>,
}
