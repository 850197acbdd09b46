//! A list request whose filter hangs on a part of the stash that nobody gave: whether anything narrows its rows is not known.

use super::doubt::Recorded;
use super::why::Reading;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::condition::Condition;
use crate::trace::index::Node;

use super::hint::allow::static_path;

/// Operations that answer with as many rows as nothing holds back.
const LISTS: [&str; 3] = ["Scan", "Query", "Sync"];

/// What to tell of a run that refused nobody, and whose rows hang on what was not given.
pub(super) fn find(run: &Recorded<'_>, verdict: Verdict, readings: &[Reading]) -> Option<Finding> {
    if !matches!(verdict, Verdict::Allowed | Verdict::Completed) || !readings.is_empty() || run.recorder.doubts.is_empty() {
        return None;
    }
    let request: serde_json::Value = serde_json::from_str(&run.outcome.output).ok()?;
    let operation = request.get("operation")?.as_str().filter(|name| LISTS.contains(name))?;
    // A filter that is there already is another matter: it is judged on the rows.
    if request.get("filter").is_some_and(|filter| !filter.is_null()) {
        return None;
    }
    let mut branches: Vec<_> = run.recorder.branches.iter().collect();
    branches.sort_unstable_by_key(|(node, _)| **node);
    let (path, node) = branches.into_iter().find_map(|(branch, records)| {
        let record = records.last().filter(|record| !record.taken)?;
        let path = open_stash(&record.condition)?;
        let is_filter = path.to_lowercase().contains("filter");
        (is_filter && hands_on(run, *branch, &path)).then_some((path, record.condition.node))
    })?;
    let name = path.strip_prefix("stash.")?;
    let message = Message::of(
        "Which rows come back cannot be told: this depends on {} (line {}), which was not given, and this template checks nobody. An earlier step of the pipeline puts the filter there (in Amplify's the auth function, ….auth.1.req.vtl): where it does, rows that do not match stay away without an error; where it does not, this {} hands out every row. » Give that step (--from the project), or the stash as the log of this function shows it: --stash {}.",
        [
            Part::Place(format!("`{path}`")),
            Part::Place(run.program.line(node).to_string()),
            Part::Name(operation.to_owned()),
            Part::Code(format!("'{{\"{name}\": …}}'")),
        ],
    );
    Some(Finding::new(Code::NotGiven, message).at(path))
}

/// The member of the stash that a condition looks at and that nobody gave.
fn open_stash(condition: &Condition) -> Option<String> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let operands = leaves.into_iter().flat_map(|leaf| &leaf.operands).filter(|operand| operand.origins.is_open());
    operands.flat_map(|operand| operand.origins.iter()).find_map(|origin| {
        origin.path().map(ToString::to_string).filter(|path| path.starts_with("stash."))
    })
}

/// Whether a statement of the branch hands that member on.
fn hands_on(run: &Recorded<'_>, branch: NodeId, path: &str) -> bool {
    run.recorder.index.statements.iter().any(|(node, statement)| {
        let inside = run.recorder.index.chain(*node).iter().any(|part| part.node() == branch);
        inside && matches!(statement, Node::Set(_) | Node::Reference(_)) && {
            let mut found = false;
            statement.reads(&mut |reference| found |= static_path(reference).is_some_and(|own| own.join(".") == path));
            found
        }
    })
}
