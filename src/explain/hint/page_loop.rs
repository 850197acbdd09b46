//! A loop over the page that a Query or Scan answers with, in the place of the rows in it.

use super::Finished;
use super::allow::line;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, counted};
use crate::syntax::{ExpressionKind as Kind, Foreach, NodeId};
use crate::trace::Verdict;
use crate::trace::index::references;
use crate::trace::recorder::Walked;
use crate::value::Value;
use crate::value::method::Method;

/// The members of a page
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-query.html>:
/// `items`, `nextToken`, `scannedCount`; `startedAt` of a Sync).
pub const PAGE: [&str; 4] = ["items", "nextToken", "scannedCount", "startedAt"];

/// What AWS's own examples, and services with the same shape, have beside them.
const MORE: [&str; 5] = ["count", "total", "totalCount", "lastEvaluatedKey", "hasNextPage"];

/// The rows of a page.
pub fn rows_of(page: &Value) -> Option<Vec<Value>> {
    let page = page.as_map()?;
    let rows = page.get_str("items")?.members()?;
    let is_page = page.keys().iter().all(|key| key.as_str().is_some_and(|key| PAGE.contains(&key) || MORE.contains(&key)));
    is_page.then_some(rows)
}

/// A loop whose items are the page's members, none of which is a row.
pub fn over_page(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Error {
        return;
    }
    for each in run.recorder.index.loops() {
        let Some(walk) = run.recorder.walks.get(&each.node).and_then(|walks| walks.first()) else { continue };
        let of_source = walk.list.origins.context().is_some_and(|(path, ..)| ["result", "prev.result"].iter().any(|root| **path == **root));
        let (page, code) = page_walked(run, each, walk);
        let rows = rows_of(&page).filter(|rows| rows.iter().any(|row| row.as_map().is_some()));
        let Some(rows) = rows.filter(|_| of_source && !goes_deeper(run, each)) else { continue };
        if let Some(read) = member_read(run, each) {
            found.push(finding(run, each, (&page, &code), (&rows, &read)));
            return;
        }
    }
}

/// What a loop walks, or whose values or entries it walks, and how that is written.
fn page_walked(run: &Finished<'_>, each: &Foreach, walk: &Walked) -> (Value, String) {
    if let Kind::Reference(reference) = &each.list.kind
        && let Some((Some(Method::Values | Method::EntrySet), [])) = reference.last_call()
    {
        let written = match reference.steps.as_slice() {
            [.., before, _] => run.program.one_line(before.node),
            _ => format!("${}", run.program.name(reference.root)),
        };
        return (run.recorder.values.receiver(reference).0, written);
    }
    (walk.list.value.clone(), run.program.one_line(each.list.node))
}

/// Whether another loop goes on through what this one came to: that one has the rows.
fn goes_deeper(run: &Finished<'_>, each: &Foreach) -> bool {
    run.recorder.index.loops().any(|inner| {
        let mut walks = false;
        references(&inner.list, &mut |reference| walks |= reference.root == each.item);
        walks
    })
}

/// `$row.owner`, as the loop's body reads it.
fn member_read(run: &Finished<'_>, each: &Foreach) -> Option<String> {
    let in_body = |node: NodeId| run.recorder.index.loop_around(node).is_some_and(|around| around.node == each.node);
    let reads = run.program.references().into_iter().find(|reference| {
        reference.root == each.item && !reference.steps.is_empty() && in_body(reference.node) && run.recorder.values.latest(reference).is_null()
    })?;
    Some(run.program.one_line(reads.node))
}

fn finding(run: &Finished<'_>, each: &Foreach, (page, list): (&Value, &str), (rows, read): (&[Value], &str)) -> Finding {
    let list = list.to_owned();
    let members: Vec<String> = page.as_map().map(|page| page.keys()).unwrap_or_default().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let message = Message::of(
        "line {} loops over {}, the page of a Query or Scan, which is a map: each turn has one of its values ({}) and none has a row, so {} has no value, and no member of the {} in {}.items was looked at. » Loop over `{}.items`.",
        [
            Part::Place(line(run, each.node).to_string()),
            Part::Code(list.clone()),
            Part::Name(all_of(&members)),
            Part::Code(format!("`{read}`")),
            Part::Text(counted(rows.len(), "row")),
            Part::Code(list.clone()),
            Part::Code(list),
        ],
    );
    Finding::new(Code::LoopOverPage, message).at("result.items")
}
