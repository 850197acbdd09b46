//! Two callers who are both refused, by two statements: what let the one past the first is not enough.

use super::fork::RanFor;
use crate::explain::hint::Finished;
use crate::explain::hint::Watched;
use crate::explain::hint::allow::line;
use crate::explain::hint::decided::because;
use crate::explain::why::{Why, guards};
use crate::message::{Message, Part};
use crate::trace::{Conclusion, Verdict};
use std::sync::Arc;

/// What refused the other caller, where that is another statement than the first caller's.
pub fn refused(mine: &[RanFor<'_>], theirs: &[RanFor<'_>], verdicts: [Verdict; 2], names: &[String; 2]) -> Message {
    let (Some(my), Some(their)) = (mine.last(), theirs.last()) else { return Message::default() };
    let both = verdicts == [Verdict::Denied; 2];
    let same = Arc::ptr_eq(my.program, their.program) && my.decision.node == their.decision.node;
    let Some(node) = their.decision.node.filter(|_| both && !same) else { return Message::default() };
    let why = Why { guards: guards(&their.recorder, node, false), ..Why::default() };
    let conclusion = Conclusion { verdict: Verdict::Denied, decision: their.decision };
    let run = Finished::new(their.program, &their.outcome, &their.recorder, conclusion, Watched { variable: "", records: None }, &why);
    let file = if mine.len() > 1 || theirs.len() > 1 { format!(" of {}", their.program.source.name) } else { String::new() };
    let Some(guard) = why.guards.first() else { return Message::default() };
    Message::of(
        "{} was refused by another statement, on line {}{}, because {}: to pass the first is not enough, and {} did not come to that one.",
        [
            Part::Text(names[1].clone()),
            Part::Place(line(&run, node).to_string()),
            Part::Place(file),
            Part::Value(because(&run, &guard.condition, guard.value, 0, &mut Vec::new())),
            Part::Text(names[0].clone()),
        ],
    )
}
