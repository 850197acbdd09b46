//! A response that answers with nothing, where what it asked of the caller hangs on a row that nobody gave: a null says neither that
//! the row is missing nor that it is another's.

use super::doubt::Recorded;
use super::hint::allow::{one_line, static_path};
use super::hint::text::show;
use super::why::Reading;
use crate::code::Code;
use crate::appsync::ContextPath;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::references;
use crate::value::Value;

/// Roots of the context that hold what a data source answered.
const ROWS: [&str; 3] = ["result", "prev", "source"];

/// What to tell of a run that refused nobody and answered with nothing.
pub(super) fn find(run: &Recorded<'_>, verdict: Verdict, readings: &[Reading]) -> Option<Finding> {
    let idle = verdict == Verdict::Completed && readings.is_empty() && !run.recorder.doubts.is_empty();
    if !idle || !matches!(run.outcome.output.trim(), "" | "null" | "{}" | "[]") {
        return None;
    }
    let mut branches: Vec<_> = run.recorder.branches.iter().collect();
    branches.sort_unstable_by_key(|(node, _)| **node);
    let (condition, row, caller) = branches.into_iter().find_map(|(branch, records)| asked(run, *branch, &records.last()?.condition))?;
    let path = row.origins.context().map(|(path, ..)| path.to_string())?;
    let root = path.split(['.', '[']).next().unwrap_or_default().to_owned();
    let program = run.program;
    let answer = run.outcome.output.trim();
    let message = Message::of(
        "What is answered cannot be told: `{}` (line {}) asks {}, and {} was not given. The answer is {} where there is no such row, where the row has no {}, and where that does not fit the caller ({}): nothing in it says which. » Give the row (--{} FILE), or have the template log it (`$util.log.info($util.toJson($ctx.{}))`); to tell the cases apart, refuse in the last one with `$util.unauthorized()`.",
        [
            Part::Code(one_line(program.text(condition.node))),
            Part::Place(program.line(condition.node).to_string()),
            Part::Place(path.clone()),
            Part::Place(root.clone()),
            Part::Value(if answer.is_empty() { "empty".to_owned() } else { answer.to_owned() }),
            Part::Place(path.rsplit('.').next().unwrap_or_default().to_owned()),
            Part::Value(show(&caller)),
            Part::Name(root.clone()),
            Part::Name(root),
        ],
    );
    Some(Finding::new(Code::NotGiven, message).at(path))
}

/// A test of the caller against a row that nobody gave: the test, the row's side and the caller's value.
fn asked<'r>(run: &Recorded<'r>, branch: NodeId, condition: &'r Condition) -> Option<(&'r Condition, &'r Operand, Value)> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let of_row = |operand: &&Operand| {
        operand.origins.is_open() && ROWS.iter().any(|root| operand.origins.iter().any(|origin| origin.is_in(root)))
    };
    // Of `$ctx.result && $ctx.result.owner == …` the member tells more than the row.
    let mut found: Vec<_> = leaves.into_iter().filter_map(|leaf| Some((leaf, leaf.operands.iter().find(of_row)?))).collect();
    found.sort_by_key(|(_, row)| row.origins.context().is_some_and(|(path, ..)| ROWS.iter().any(|root| **path == **root)));
    let (leaf, row) = found.into_iter().next()?;
    // A call on what has no value does not come to its arguments: what they would be is looked up.
    let mut caller = None;
    references(&run.recorder.index.branch_at(branch)?.condition, &mut |reference| {
        if reference.asks_for_caller() && caller.is_none() {
            caller = static_path(reference).and_then(|path| Some(path.join(".").parse::<ContextPath>().ok()?.lookup(&run.outcome.context)));
        }
    });
    caller.filter(|value| !value.is_null()).map(|value| (leaf, row, value))
}
