//! Long lists: what a loop did not come to, and items that are told of as one.

use super::allow::line;
use super::test::Test;
use super::text::show;
use super::whence::subject;
use super::{Finished, json};
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::condition::Operand;
use crate::value::Value;

/// The value that a loop looks for stands behind the items that AppSync lets it come to (1,000, U24).
pub fn cut_off(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for node in run.outcome.loops_cut_off() {
        let Some(walk) = run.recorder.walks.get(&node).and_then(|walks| walks.last()) else { continue };
        let members = walk.list.value.members().unwrap_or_default();
        let came = walk.count as usize;
        let path = walk.list.origins.context().map(|(path, ..)| path.to_string()).unwrap_or_default();
        let mut wanted = run.failed().iter().filter_map(|failed| sought(&failed.test, &path));
        let Some((at, mine)) = wanted.find_map(|mine| {
            let at = members.iter().skip(came).position(|member| member.loosely_equals(&mine.value))?;
            Some((came + at, mine))
        }) else {
            continue;
        };
        let place = mine.origins.context().map_or_else(|| "the value".to_owned(), |(path, ..)| subject(path));
        let message = Message::of(
            "{} is {}, which does stand in {}, at place {} of {}, but a #foreach ends after {} turns without an error: the loop on line {} never came to it. » Ask the list itself ({}), or look the one entry up by its key.",
            [
                Part::Place(place),
                Part::Value(show(&mine.value)),
                Part::Place(path.clone()),
                Part::Text((at + 1).to_string()),
                Part::Text(members.len().to_string()),
                Part::Text(came.to_string()),
                Part::Place(line(run, node).to_string()),
                Part::Code(format!("`{}.contains({})`", run.program.source.slice(walk.list.span), run.program.source.slice(mine.span))),
            ],
        );
        found.push(Finding::new(Code::LoopLimit, message).at(path).actual(at + 1).wanted(json(&mine.value)));
    }
}

/// What the items of this list are compared with.
fn sought<'t>(test: &Test<'t>, path: &str) -> Option<&'t Operand> {
    let Test::Equal { left, right, equal: false } = test else { return None };
    let of_list = |side: &Operand| side.origins.context().is_some_and(|(place, ..)| list_of(place) == Some(path));
    if of_list(left) { Some(right) } else { of_list(right).then_some(left) }
}

/// `result.members` of `result.members[3]`.
pub fn list_of(path: &str) -> Option<&str> {
    let (list, rest) = path.rsplit_once('[')?;
    let index = rest.strip_suffix(']')?;
    (!index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())).then_some(list)
}

/// The list that an item stands in, with its values: more than one, or texts of a row that a loop came to.
pub fn whole_list(run: &Finished<'_>, item: &Operand, path: &str) -> Option<(String, Vec<Value>)> {
    let list = list_of(path)?;
    let of_loop = item.slot.is_some() && !path.starts_with("args");
    let members = list.parse::<ContextPath>().ok()?.lookup(&run.outcome.context).members().filter(|members| members.len() > 1 || of_loop && members.iter().all(|one| one.as_str().is_some()))?;
    Some((list.to_owned(), members))
}
