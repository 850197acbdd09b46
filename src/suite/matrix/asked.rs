//! One case as it is asked: the field, who calls it, what is given, and the form of an answer.

use super::before::Before;
use super::{CellLayer, Need};
use crate::appsync::{ContextPath, Given};
use crate::code::Code;
use crate::explain::{Depth, Explanation, Question, Unexplained, explain_among};
use crate::finding::Finding;
use crate::message::Message;
use crate::project::{Resolver, Template};
use crate::resolver::Answers;
use crate::rules::Ties;
use crate::suite::persona::Case;
use crate::trace::places::KnownPlaces;
use crate::trace::{Absent, Verdict};
use crate::value::Value;
use std::sync::Arc;

/// A field and who calls it.
pub struct CellRequest<'a, 'p> {
    pub resolver: &'p Resolver,
    /// What was found of templates for others who ask.
    pub places: &'a KnownPlaces<'p>,
    pub answers: &'a Answers,
    pub given: &'a Given,
    pub arguments: Arguments,
    pub open_values: bool,
    pub ties: Option<&'a Arc<Ties>>,
}

/// What a case says of arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// It has some.
    Given,
    /// That there are none.
    Empty,
    /// Nothing, and a call may be made without.
    Left,
    /// Nothing, and a call must have some.
    Wanted,
}

impl Arguments {
    pub fn of(case: &Case, before: &Before) -> Self {
        if !case.args.is_null() {
            let none = case.args.as_object().is_some_and(serde_json::Map::is_empty);
            return if none { Self::Empty } else { Self::Given };
        }
        if before.wants_arguments(&case.field) { Self::Wanted } else { Self::Left }
    }
}

/// The verdict of the whole request, what would settle it, and why.
#[derive(Clone)]
pub struct Settled {
    pub verdict: Verdict,
    pub layer: Option<CellLayer>,
    pub needs: Vec<Need>,
    pub reason: Message,
}

impl Settled {
    pub fn unknown(needs: Vec<Need>, reason: impl Into<Message>) -> Self {
        Self { verdict: Verdict::Unknown, layer: None, needs, reason: reason.into() }
    }
}

impl CellRequest<'_, '_> {
    pub fn ask(&self, depth: Depth, absent: Absent) -> Result<Explanation, Unexplained> {
        self.ask_with(self.given, depth, absent)
    }

    pub fn ask_with(&self, given: &Given, depth: Depth, absent: Absent) -> Result<Explanation, Unexplained> {
        let records = (depth != Depth::Verdict).then(|| self.rows()).filter(|rows| !rows.is_empty());
        let rules = if depth == Depth::Refusals { self.ties.cloned() } else { None };
        let question = Question { depth, absent, records, open_values: self.open_values, rules, ..Question::default() };
        explain_among((self.resolver, self.answers), given, &question, self.places)
    }

    /// The rows that the case gives. The answer to a new row is that row, which was not there before.
    fn rows(&self) -> Vec<Value> {
        let puts = |template: &Arc<Template>| template.program().is_ok_and(|program| program.writes_json("PutItem"));
        let Some(result) = self.answers.result.as_ref().filter(|_| !self.resolver.templates().any(puts)) else {
            return Vec::new();
        };
        let items = result.as_map().and_then(|map| map.get_str("items")).and_then(|items| items.members());
        items.unwrap_or_else(|| vec![result.clone()])
    }
}

/// What would settle a test on a part of the context that nobody gave.
pub fn need(hint: &Finding) -> Option<Need> {
    if hint.code == Code::OpenValue {
        return Some(Need::Deployment);
    }
    let path = hint.path.as_deref().filter(|_| hint.code == Code::NotGiven)?;
    match path.parse::<ContextPath>().ok()?.root() {
        "result" | "source" | "prev" => Some(Need::Row),
        "args" | "arguments" => Some(Need::Args),
        _ => None,
    }
}
