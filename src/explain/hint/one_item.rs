//! One item of a list is compared, by its place, and another one is that which was wanted: the order of the list decides.

use super::allow::{line, operand_name as name};
use super::test::Test;
use super::text::show;
use super::whence::subject;
use super::{Finished, json};
use crate::appsync::ContextPath;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::index::Node;
use crate::value::Value;

/// `$groups[0] == "kiwi"`, where `kiwi` is the second of them.
pub fn by_place(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let findings = match failed.test {
            Test::Equal { left, right, equal: false } => [of(run, left, right, failed.condition.node), of(run, right, left, failed.condition.node)],
            Test::Contains { list, item, found: false } => [looked_for(run, item, list, failed.condition.node), None],
            _ => continue,
        };
        for finding in findings.into_iter().flatten() {
            if !found.iter().any(|known| known.code == finding.code && known.path == finding.path) {
                found.push(finding);
            }
        }
    }
}

/// One item of a list by its place.
struct PlacedItem {
    /// The list's own path.
    holder: String,
    list: Value,
    members: Vec<Value>,
    place: usize,
    /// Where it is taken.
    from: NodeId,
    /// How that is written, and the list in it.
    code: String,
    whole: String,
}

impl PlacedItem {
    fn of(run: &Finished<'_>, item: &Operand) -> Option<Self> {
        // A loop comes to every item.
        if item.slot.is_some_and(|slot| run.recorder.index.loops().any(|each| each.item == slot)) {
            return None;
        }
        let (path, value, _) = item.origins.context()?;
        let (holder, place) = path.strip_suffix(']')?.rsplit_once('[')?;
        let place: usize = place.parse().ok()?;
        if !value.loosely_equals(&item.value) {
            return None;
        }
        let list = holder.parse::<ContextPath>().ok()?.lookup(&run.outcome.context);
        let members = list.as_list()?.snapshot();
        let (from, code) = written(run, item)?;
        let whole = code.strip_suffix(&format!("[{place}]")).or_else(|| code.strip_suffix(&format!(".get({place})")))?.to_owned();
        Some(Self { holder: holder.to_owned(), list, members, place, from, code, whole })
    }

    fn finding(&self, message: Message, wanted: &Value) -> Finding {
        Finding::new(Code::ItemByPlace, message).at(self.holder.clone()).actual(json(&self.list)).wanted(json(wanted))
    }
}

/// `["kiwi", "plum"].contains($groups[0])`, where `kiwi` is the second of them.
fn looked_for(run: &Finished<'_>, item: &Operand, list: &Operand, test: NodeId) -> Option<Finding> {
    let one = PlacedItem::of(run, item)?;
    // A part of a text is no item of a list.
    list.value.as_list()?;
    let at = one.members.iter().position(|member| !member.is_null() && has(&list.value, member)).filter(|at| *at != one.place)?;
    let fits = one.members.get(at)?;
    let asked = run.program.source.slice(list.span).trim();
    let message = Message::of(
        "{} (line {}) takes only the {} of {}, {}, and line {} looks for that in {}, which does not have it. The {} of the same list, {}, stands there: the order decides, and not who is in it. » Ask for each of them: {}.",
        [
            Part::Code(format!("`{}`", one.code)),
            Part::Place(line(run, one.from).to_string()),
            Part::Text(ordinal(one.place)),
            Part::Name(subject(&one.holder)),
            Part::Value(show(&item.value)),
            Part::Place(line(run, test).to_string()),
            Part::Value(show(&list.value)),
            Part::Text(ordinal(at)),
            Part::Value(show(fits)),
            Part::Code(format!("`#foreach($one in {}) #if({asked}.contains($one)) #set($found = true) #end #end`", one.whole)),
        ],
    );
    Some(one.finding(message, fits))
}

fn of(run: &Finished<'_>, item: &Operand, other: &Operand, test: NodeId) -> Option<Finding> {
    let one = PlacedItem::of(run, item).filter(|_| !other.value.is_null())?;
    let at = one.members.iter().position(|member| member.loosely_equals(&other.value)).filter(|at| *at != one.place)?;
    let wanted = run.program.source.slice(other.span).trim();
    let message = Message::of(
        "{} (line {}) takes only the {} of {}, {}, and {} compares that with {} ({}), which is the {} of the same list, {}: the order decides, and not who is in it. » Ask the whole list: {}.",
        [
            Part::Code(format!("`{}`", one.code)),
            Part::Place(line(run, one.from).to_string()),
            Part::Text(ordinal(one.place)),
            Part::Name(subject(&one.holder)),
            Part::Value(show(&item.value)),
            Part::Place(format!("line {}", line(run, test))),
            Part::Value(show(&other.value)),
            Part::Name(name(run, other)),
            Part::Text(ordinal(at)),
            Part::Value(show(&one.list)),
            Part::Code(format!("`{}.contains({wanted})`", one.whole)),
        ],
    );
    Some(one.finding(message, &other.value))
}

/// Where the item is taken from its list, and how that is written.
fn written(run: &Finished<'_>, item: &Operand) -> Option<(NodeId, String)> {
    let own = |reference: &&crate::syntax::Reference| !reference.steps.is_empty() && run.program.span(reference.node) == item.span;
    if let Some(reference) = run.recorder.index.references.iter().copied().find(own) {
        return Some((reference.node, run.program.one_line(reference.node)));
    }
    let change = run.recorder.changes.iter().rfind(|change| change.slot == item.slot && change.container.is_none())?;
    let Some(Node::Set(set)) = run.recorder.index.node(change.node) else { return None };
    Some((set.node, run.program.one_line(set.value.node)))
}

/// `first`, `2nd`
fn ordinal(place: usize) -> String {
    match place {
        0 => "first item".to_owned(),
        1 => "second item".to_owned(),
        2 => "third item".to_owned(),
        more => format!("item {} (counted from 0)", more),
    }
}

/// Whether a list has this value among others.
pub fn has(list: &Value, wanted: &Value) -> bool {
    list.members().is_some_and(|members| members.iter().any(|one| one.loosely_equals(wanted)))
}
