//! Items of a loop: those that a `#break` never came to, and those that are null.

use super::allow::{line, operand_name, state};
use super::test::Test;
use super::text::show;
use super::{Finished, json};
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::visit::{Visit, walk_statement};
use crate::syntax::{Foreach, NodeId, Statement};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::index::NodePart;
use crate::value::Value;

/// A comparison of a loop's item with a value, and how the item's side is read.
pub(super) struct ItemTest<'a> {
    /// The side that the item gives.
    pub(super) mine: &'a Operand,
    /// The other side.
    pub(super) wanted: &'a Operand,
    /// As the template writes the item's side.
    pub(super) text: String,
}

impl<'a> ItemTest<'a> {
    pub(super) fn read(run: &Finished<'_>, test: &Test<'a>, each: &Foreach) -> Option<Self> {
        let Test::Equal { left, right, equal: false } = test else { return None };
        let item = |operand: &Operand| operand.slot == Some(each.item);
        let (mine, wanted): (&'a Operand, &'a Operand) = match (item(left), item(right)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => return None,
        };
        Some(Self { mine, wanted, text: run.program.source.slice(mine.span).to_owned() })
    }

    /// What another item of the list gives in its place.
    pub(super) fn value(&self, member: &Value) -> Value {
        match self.text.trim_end_matches('}').split_once('.') {
            Some((_, key)) => member.as_map().and_then(|map| map.get_str(key)).unwrap_or_default(),
            None => member.clone(),
        }
    }

    /// The place of the first item that would have met the test.
    pub(super) fn fitting(&self, members: &[Value]) -> Option<usize> {
        members.iter().position(|member| self.value(member).loosely_equals(&self.wanted.value)).filter(|_| !self.wanted.value.is_null())
    }
}

/// A `#break` that ends the loop at an item that does not fit, before one that does.
pub fn left_early(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    // Where each item must fit, the test blocks no grant, and the first that does not is meant to end the loop.
    for failed in run.failed().iter().filter(|failed| failed.candidate.is_some()) {
        let chain = run.recorder.index.chain(failed.condition.node);
        let Some(each) = chain.iter().rev().find_map(NodePart::as_loop) else { continue };
        let Some(walk) = run.recorder.walks.get(&each.node).and_then(|walks| walks.last()) else { continue };
        let members = walk.list.value.members().unwrap_or_default();
        let Some(test) = ItemTest::read(run, &failed.test, each) else { continue };
        let Some(at) = test.fitting(&members).filter(|at| *at >= walk.count as usize) else { continue };
        let Some(leave) = left_by(run, each) else { continue };
        found.push(early(run, each, &test, leave, (at, members.len())));
        return;
    }
}

/// The `#break` of this loop that ran.
fn left_by(run: &Finished<'_>, each: &Foreach) -> Option<NodeId> {
    struct Breaks(Vec<NodeId>);
    impl<'p> Visit<'p> for Breaks {
        fn statement(&mut self, statement: &'p Statement) {
            if let Statement::Break { node, .. } = statement {
                self.0.push(*node);
            }
            walk_statement(self, statement);
        }
    }
    let mut breaks = Breaks(Vec::new());
    each.body.iter().for_each(|statement| breaks.statement(statement));
    breaks.0.into_iter().rfind(|node| run.recorder.reached.began(*node) > 0)
}

fn early(run: &Finished<'_>, each: &Foreach, test: &ItemTest<'_>, leave: NodeId, (at, count): (usize, usize)) -> Finding {
    let message = Message::of(
        "The `#break` on line {} ends the loop over {} (line {}) at an item that differs: {} ({}) is {}, and item {} of {} (counted from 0), which is {}, was never looked at, so who does not stand first in the list cannot pass. » Leave the loop at the match alone: move `#break` behind the `#set` that grants, and let the other branch set nothing back.",
        [
            Part::Place(line(run, leave).to_string()),
            Part::Code(format!("`{}`", run.program.one_line(each.list.node))),
            Part::Place(line(run, each.node).to_string()),
            Part::Code(format!("`{}`", test.text)),
            Part::Place(test.mine.origins.context().map_or_else(|| operand_name(run, test.mine), |(path, ..)| path.to_string())),
            Part::Value(state(test.mine)),
            Part::Value(at.to_string()),
            Part::Value(count.to_string()),
            Part::Value(state(test.wanted)),
        ],
    );
    let path = test.mine.origins.context().map_or_else(String::new, |(path, ..)| path.to_string());
    Finding::new(Code::LeftLoopEarly, message).at(path).actual(json(&test.mine.value)).wanted(json(&test.wanted.value))
}

/// An item of the list is null, so its owner is null too. `BatchGetItem` gives null in the place of each key without a row
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-get-item.html>).
pub fn is_null(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    // Where one that fits is enough, a null keeps nobody out.
    for failed in run.failed().iter().filter(|failed| failed.candidate.is_none()) {
        let chain = run.recorder.index.chain(failed.condition.node);
        let Some(each) = chain.iter().rev().find_map(NodePart::as_loop) else { continue };
        let Some(test) = ItemTest::read(run, &failed.test, each).filter(|test| test.mine.value.is_null() && !test.wanted.value.is_null()) else { continue };
        let Some((path, ..)) = test.mine.origins.context() else { continue };
        let Some((list, place)) = null_member(run, path) else { continue };
        // Another item that does not fit refuses as well.
        let others = list.members().unwrap_or_default();
        if others.iter().any(|one| !one.is_null() && !test.value(one).loosely_equals(&test.wanted.value)) {
            continue;
        }
        let finding = null_item(run, failed.condition.node, &test, (path, &list, place));
        found.push(finding);
        return;
    }
}

/// The list and the place in it, where a path leads to an item that is there and null.
fn null_member(run: &Finished<'_>, path: &str) -> Option<(Value, usize)> {
    let (holder, place) = path.strip_suffix(']')?.rsplit_once('[')?;
    let place: usize = place.parse().ok()?;
    let list = holder.parse::<ContextPath>().ok()?.lookup(&run.outcome.context);
    let members = list.as_list()?.snapshot();
    members.get(place).is_some_and(Value::is_null).then_some((list, place))
}

fn null_item(run: &Finished<'_>, test: NodeId, item: &ItemTest<'_>, (path, list, place): (&str, &Value, usize)) -> Finding {
    let of_batch = path.starts_with("result.data.");
    let why = if of_batch { "BatchGetItem gives null in the place of each key that it finds no row for" } else { "that place of the list holds no row" };
    let key = key_at(run, list.members().map_or(0, |members| members.len()), place).filter(|_| of_batch);
    let asked = key.as_ref().map_or_else(String::new, |(name, value)| format!(" (the key {name}[{place}], {value}, was not found)"));
    let name = item.text.trim_start_matches(['$', '!', '{']).trim_end_matches('}');
    let name = name.split('.').next().unwrap_or(name);
    let message = Message::of(
        "{} is null: {}{}. So `{}` (line {}) is null too, differs from {}, and the whole list is refused for it. » Pass such an item over: `#if( !$util.isNull(${}) && … )`.",
        [
            Part::Place(path.to_owned()),
            Part::Text(why.to_owned()),
            Part::Value(asked),
            Part::Code(item.text.clone()),
            Part::Place(line(run, test).to_string()),
            Part::Value(show(&item.wanted.value)),
            Part::Code(name.to_owned()),
        ],
    );
    Finding::new(Code::NullItem, message).at(path).wanted(json(&item.wanted.value))
}

/// The key that stood at this place of the only argument with as many items: the rows come in the order of the keys.
fn key_at(run: &Finished<'_>, count: usize, place: usize) -> Option<(String, String)> {
    let args = run.context(&["args"]);
    let lists: Vec<(String, Vec<Value>)> = args.as_map()?.snapshot().into_iter().filter_map(|(name, value)| {
        let members = value.members().filter(|members| members.len() == count)?;
        Some((name.as_str()?.to_owned(), members))
    }).collect();
    let [(name, members)] = lists.as_slice() else { return None };
    Some((name.clone(), show(members.get(place)?)))
}
