//! What an evaluation ends with.

use super::missing::MissingCall;
use crate::appsync::{Env, ThrownError};
use crate::code::Code;
use crate::message::Message;
use crate::syntax::{NodeId, Program, Slot};
use crate::value::{Map, Value};

/// Everything that an evaluation left behind.
#[derive(Debug)]
pub struct Outcome {
    /// The text rendered up to the end, to `#return`, or to the failure.
    pub output: String,
    /// How it ended.
    pub end: End,
    /// Variables by slot; `None` is undefined.
    pub frame: Vec<Option<Value>>,
    /// `$ctx` as it is now.
    pub context: Map,
    /// Logs, appended errors, calls of `$extensions`.
    pub env: Env,
    /// What a reader must know to trust the result, each once.
    pub notes: Vec<Note>,
    /// Every assignment to a variable, in order.
    pub writes: Vec<WriteRecord>,
}

impl Outcome {
    /// The value of a variable; `None` if it is undefined.
    pub fn variable(&self, slot: Slot) -> Option<&Value> {
        self.frame.get(slot.0 as usize)?.as_ref()
    }

    /// The loops that AppSync's limit cut off (U24).
    pub fn loops_cut_off(&self) -> impl Iterator<Item = NodeId> {
        self.notes.iter().filter(|note| note.code == Code::U24).filter_map(|note| note.node)
    }

    /// The variables that the template itself set, by name.
    pub fn variables<'p>(&'p self, program: &'p Program) -> impl Iterator<Item = (&'p str, &'p Value)> {
        let fixed = Slot::FIXED.len();
        let named = program.names.iter().zip(&self.frame).enumerate();
        named.filter_map(move |(at, (name, value))| {
            let value = value.as_ref()?;
            (at >= fixed || !matches!(value, Value::Namespace(_)) && at > 1).then_some((name.as_str(), value))
        })
    }
}

/// How an evaluation ended.
#[allow(missing_docs, reason = "the variants say what their fields are")]
#[derive(Debug)]
pub enum End {
    /// The template ran to its end, or to `#stop`.
    Completed,
    /// `#return` gave this value.
    Returned { node: NodeId, value: Value },
    /// The template threw an error for the client.
    Thrown { node: NodeId, error: Box<ThrownError> },
    /// The evaluation itself failed.
    Failed(Box<Failure>),
}

/// A failed evaluation.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Velocity's exception class, or `Limit`.
    pub class: &'static str,
    /// What happened.
    pub message: String,
    /// The Java exception behind it.
    pub cause: Option<&'static str>,
    /// Where.
    pub node: NodeId,
}

/// A point that a reader must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// A code of docs/compatibility.md.
    pub code: Code,
    /// One sentence.
    pub message: Message,
    /// Where it came up first.
    pub node: Option<NodeId>,
    /// The call that AppSync does not have, where it tells of one.
    pub missing: Option<MissingCall>,
}

impl Note {
    /// A note without a place.
    pub fn new(code: Code, message: impl Into<Message>) -> Self {
        Self { code, message: message.into(), node: None, missing: None }
    }
}

/// One assignment to a variable.
#[derive(Clone, Debug)]
pub struct WriteRecord {
    /// The `#set`.
    pub node: NodeId,
    /// The variable.
    pub slot: Slot,
    /// What it had; `None` if it was undefined.
    pub old: Option<Value>,
    /// What it got.
    pub new: Value,
    /// `$foreach.count` of the loops around it, outermost first.
    pub iteration: Vec<u32>,
}
