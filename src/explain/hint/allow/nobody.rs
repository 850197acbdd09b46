//! Templates that ask nobody: a change of a row without a test, a test that nothing uses, an error that does not stop.

use crate::value::method::Method;
use crate::message::{Message, Part};
use super::super::Finished;
use super::super::test::Test;
use super::super::text::{has_name, show};
use super::super::whence::{held_by, is_client};
use super::width::everybody_has;
use super::Leaf;
use super::nulls::at;
use super::slips::reads_identity;
use super::words::{OWNERS, condition, line, name, values};
use crate::eval::End;
use crate::code::{Certainty, Code};
use crate::explain::why::{Fate, guards};
use crate::finding::Finding;
use crate::syntax::{Expression, ExpressionKind, Slot};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::index::{calls, references};
use crate::value::Value;
use rustc_hash::FxHashSet;

/// A row is changed or deleted, and neither a test nor a condition looks at the caller.
pub fn asked(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Completed || !alone(run) {
        return;
    }
    let Some(change) = unconditional(run) else { return };
    let message = Message::of(
        "Wider than it looks: nothing in this template looks at the caller, and its {} (line {}) {}, so everybody who may call the field can {} any row. » Unless a step before this one asks, {}",
        [
            Part::Name(change.operation.to_owned()),
            Part::Place(change.line.to_string()),
            Part::Text(change.lacks.clone()),
            Part::Text(change.verb.to_owned()),
            Part::Code(change.cure.to_owned()),
        ],
    );
    found.push(Finding::new(Code::NobodyAsked, message));
}

/// The caller is compared with what the client sent alone, and the change of the row asks for nothing: whoever sends his own name
/// changes the row of another.
pub fn own_name(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed || run.is_generated() || !found.is_empty() || reads(run, &["stash", "prev", "result", "source"]) {
        return;
    }
    let Some(change) = unconditional(run) else { return };
    let of_caller = |leaf: &&Leaf<'_>| leaf.condition.operands.iter().any(|side| leads(side, is_identity));
    let callers: Vec<&Leaf<'_>> = leaves.iter().filter(of_caller).collect();
    // A test of a group, say, beside it is one of the caller alone.
    let (Some(leaf), true) = (callers.first(), callers.iter().all(|leaf| sent(leaf).is_some())) else { return };
    let Some(sent) = sent(leaf) else { return };
    // Where it is the row's key as well, the row is the caller's own.
    if sent.value.as_str().is_none_or(|own| has_name(&change.key, own)) {
        return;
    }
    let message = Message::of(
        "Wider than it looks: {} compares the caller with {}, {}, which the client writes itself, and the {} (line {}) {}: whoever sends his own name there can {} the row of another. » To close that, {}",
        [
            Part::Code(condition(run, leaf.condition)),
            Part::Name(name(run, sent)),
            Part::Value(show(&sent.value)),
            Part::Name(change.operation.to_owned()),
            Part::Place(change.line.to_string()),
            Part::Text(change.lacks.clone()),
            Part::Text(change.verb.to_owned()),
            Part::Code(change.cure.to_owned()),
        ],
    );
    found.push(at(Finding::new(Code::ClientDecides, message), sent));
}

/// The caller is asked for being signed in alone, or is only written down, and the change of the row asks for nothing: everybody who is
/// signed in changes the rows of all.
pub fn signed_in_alone(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let goes_on = matches!(run.verdict, Verdict::Allowed | Verdict::Completed);
    if !goes_on || run.is_of_amplify() || !found.is_empty() || handed_on(run) || !reads_identity(run) {
        return;
    }
    let Some(change) = unconditional(run) else { return };
    let of_caller = |leaf: &&Leaf<'_>| leaf.condition.operands.iter().any(|side| side.origins.iter().any(|origin| origin.is_in("identity")));
    let presence = |leaf: &Leaf<'_>| matches!(leaf.test, Test::Missing { what, .. } | Test::Truth(what) if everybody_has(what));
    let mut asked = leaves.iter().filter(of_caller).peekable();
    let first = asked.peek().map(|leaf| condition(run, leaf.condition));
    // The row whose key is made of the caller is his own.
    if !asked.all(presence) || names_caller_in(run, &change.key) {
        return;
    }
    let how = match first {
        Some(condition) => format!("the caller is only asked for being signed in ({condition})"),
        None => "no test of this template looks at the caller".to_owned(),
    };
    let (code, row) = match row_of_other(run) {
        Some(row) => (Code::RowsNotChecked, format!(" The row that was given is not this caller's: {row}.")),
        None => (Code::NobodyAsked, String::new()),
    };
    let message = Message::of(
        "Wider than it looks: {}, and the {} (line {}) {}, so everybody who is signed in can {} any row.{} » Unless a step before this one asks, {}",
        [
            Part::Code(how),
            Part::Name(change.operation.to_owned()),
            Part::Place(change.line.to_string()),
            Part::Text(change.lacks.clone()),
            Part::Text(change.verb.to_owned()),
            Part::Value(row),
            Part::Code(change.cure.to_owned()),
        ],
    );
    let finding = Finding::new(code, message);
    found.push(if code == Code::RowsNotChecked { finding.certainty(Certainty::Certain) } else { finding });
}

/// Whether an earlier step of a pipeline may have asked.
pub(super) fn handed_on(run: &Finished<'_>) -> bool {
    let empty = |name: &str| run.context(&[name]).as_map().is_none_or(|map| map.is_empty());
    reads(run, &["stash", "prev", "result", "source"]) || !empty("prev") || !empty("stash")
}

/// Whether a key is made of a value of the caller's.
pub fn names_caller_in(run: &Finished<'_>, key: &str) -> bool {
    let own = |name: &str| run.context(&["identity", name]).as_str().is_some_and(|text| text.len() > 1 && has_name(key, text));
    let claims = run.context(&["identity", "claims"]);
    let claims = claims.as_map().map(|map| map.values()).unwrap_or_default();
    ["sub", "username", "cognitoIdentityId"].into_iter().any(own) || claims.iter().any(|value| value.as_str().is_some_and(|text| text.len() > 3 && has_name(key, text)))
}

/// The one row that was given, where it names another than the caller: `owner is "bob", the caller is "ann"`.
fn row_of_other(run: &Finished<'_>) -> Option<String> {
    let [row] = run.records else { return None };
    let row = row.as_map()?;
    let (name, value) = OWNERS.iter().find_map(|name| Some((*name, row.get_str(name).filter(|value| value.as_str().is_some())?)))?;
    let me = run.context(&["identity", "username"]);
    let me = if me.is_null() { run.context(&["identity", "sub"]) } else { me };
    held_by(run, &value).is_none().then(|| format!("its {name} is {}, and the caller is {}", show(&value), show(&me)))
}

/// What the client sent, where a test compares the caller with it.
fn sent<'p>(leaf: &Leaf<'p>) -> Option<&'p Operand> {
    let Test::Equal { left, right, equal: true } = leaf.test else { return None };
    let sides = [(left, right), (right, left)];
    sides.into_iter().find(|(sent, caller)| leads(sent, is_client) && leads(caller, is_identity)).map(|(sent, _)| sent)
}

fn is_identity(path: &str) -> bool {
    path.starts_with("identity")
}

fn leads(side: &Operand, to: fn(&str) -> bool) -> bool {
    side.origins.context().is_some_and(|(path, ..)| to(path))
}

/// A change of a row without a condition.
struct UnconditionalChange {
    operation: &'static str,
    verb: &'static str,
    line: u32,
    /// The key, as it was rendered.
    key: String,
    /// That it has no condition, cannot have one, or has one that tests no right.
    lacks: String,
    cure: &'static str,
}

const CONDITION: &str = "add a `condition` that compares the row's owner with the caller (`$ctx.identity.sub` or `$ctx.identity.username`).";

/// <https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-delete-item.html>
/// and `…-transact-write-items.html`: the items of the one take no condition, those of the other do.
const TRANSACTION: &str = "read the rows in a step before and compare their owner with the caller, or use TransactWriteItems, whose items take a `condition` each.";

fn unconditional(run: &Finished<'_>) -> Option<UnconditionalChange> {
    let request = run.rendered()?;
    let request = request.as_map()?;
    let operation = request.get_str("operation")?;
    let (operation, verb, keys) = match operation.as_str()? {
        "DeleteItem" => ("DeleteItem", "delete", "key"),
        "UpdateItem" => ("UpdateItem", "change", "key"),
        "BatchDeleteItem" => ("BatchDeleteItem", "delete", "tables"),
        "TransactWriteItems" => ("TransactWriteItems", transacted(request)?, "transactItems"),
        _ => return None,
    };
    let only = match request.get_str("condition").filter(|condition| !condition.is_null()) {
        // Behind a generated update the pipeline has asked, and where the row is not there, nothing is changed.
        Some(_) if run.is_of_amplify() || run.why.carrying.fate == Fate::Refused => return None,
        Some(_) => Some(only_existence(&Value::Map(request.clone()))?),
        None => None,
    };
    let line = run.program.source.text.find(operation).map_or(1, |at| run.program.source.place(at as u32).line);
    let key = show(&request.get_str(keys).unwrap_or_default());
    let (lacks, cure) = match operation {
        "BatchDeleteItem" => ("takes no condition on the rows", TRANSACTION),
        "TransactWriteItems" => ("has no condition on any of its rows", CONDITION),
        _ => ("has no condition on the row", CONDITION),
    };
    let lacks = only.map_or_else(|| lacks.to_owned(), |only| format!("has `{only}` as its only condition, which tests no right"));
    Some(UnconditionalChange { operation, verb, line, key, lacks, cure })
}

/// A condition that asks for nothing but whether the row is there.
fn only_existence(request: &Value) -> Option<String> {
    let request = crate::records::read(request);
    let [condition] = request.carried.as_slice() else { return None };
    let terms = condition.condition.terms();
    (!terms.is_empty() && terms.iter().all(|term| condition.is_key_existence(term))).then(|| condition.expression.to_string())
}

/// What a transaction does to rows that are there, where none of its items has a condition: one refuses all of them.
fn transacted(request: &crate::value::Map) -> Option<&'static str> {
    let items = request.get_str("transactItems")?.members()?;
    let text = |item: &Value, name: &str| item.as_map().and_then(|item| item.get_str(name)).and_then(|value| value.as_str().map(str::to_owned));
    let conditional = |item: &Value| item.as_map().is_none_or(|item| item.get_str("condition").is_some_and(|condition| !condition.is_null()));
    let does = |operation: &str| items.iter().any(|item| text(item, "operation").as_deref() == Some(operation));
    match () {
        () if items.iter().any(conditional) => None,
        () if does("DeleteItem") => Some("delete"),
        () if does("UpdateItem") => Some("change"),
        () => None,
    }
}

/// Whether the template looks at one of these members of the context.
fn reads(run: &Finished<'_>, members: &[&str]) -> bool {
    run.recorder.index.references.iter().any(|reference| members.iter().any(|member| reference.passes(member)))
}

/// Whether nothing of a template looks at the caller, and nothing that came before in a pipeline may have.
pub fn alone(run: &Finished<'_>) -> bool {
    let empty = |name: &str| run.context(&[name]).as_map().is_none_or(|map| map.is_empty());
    !reads(run, &["stash", "prev"]) && empty("prev") && empty("stash") && !reads_identity(run)
}

/// A test of the caller sets a variable, and nothing reads it.
pub fn flag_not_read(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Completed | Verdict::Allowed) {
        return;
    }
    let read = slots_read(run);
    for set in run.recorder.index.sets() {
        let node = set.node;
        let Some(slot) = set.target.variable().filter(|_| set.target.steps.is_empty() && !for_its_effect(&set.value)) else { continue };
        if read.contains(&slot) || found.iter().any(|known| known.code == Code::FlagNotRead) {
            continue;
        }
        let chain = run.recorder.index.chain(node);
        let asks = chain.iter().rev().find_map(|part| {
            let branch = run.recorder.index.branch_at(part.node())?;
            let mut of_identity = false;
            references(&branch.condition, &mut |reference| of_identity |= reference.passes("identity"));
            of_identity.then_some(branch)
        });
        let Some(branch) = asks else { continue };
        let name = run.program.name(slot);
        let value = run.outcome.variable(slot).cloned().unwrap_or_default();
        let judged = run.recorder.branches.get(&branch.node).and_then(|all| all.last());
        let words = judged.map_or(String::new(), |judged| {
            format!(", because {} {}: {}", condition(run, &judged.condition), if judged.taken { "held" } else { "did not hold" }, values(run, &judged.condition).join(", "))
        });
        let message = Message::of(
            "Wider than it looks: ${} is {}{}, but nothing reads ${} afterwards, so every caller gets through. » Refuse by it: `#if(!${}) $util.unauthorized() #end`.",
            [
                Part::Name(name.to_string()),
                Part::Value(super::super::text::show(&value).to_string()),
                Part::Text(words.to_string()),
                Part::Name(name.to_string()),
                Part::Name(name.to_string()),
            ],
        );
        found.push(Finding::new(Code::FlagNotRead, message));
    }
}

/// `#set($x = $list.add(…))` is written for what the call does, and what it answers is read by nobody.
fn for_its_effect(value: &Expression) -> bool {
    const CHANGES: [Method; 5] = [Method::Add, Method::AddAll, Method::Put, Method::PutAll, Method::Remove];
    matches!(&value.kind, ExpressionKind::Reference(call) if CHANGES.iter().any(|change| call.ends_in(*change)))
}

/// The variables that anything reads but the `#set`s that give them their value.
pub fn slots_read(run: &Finished<'_>) -> FxHashSet<Slot> {
    let index = &run.recorder.index;
    let own: Vec<_> = index.sets().filter_map(|set| Some((set.target.variable()?, run.program.span(set.node)))).collect();
    let outside = |reference: &&crate::syntax::Reference| {
        let at = run.program.span(reference.node).start;
        // The `#set`s stand in the order of the text.
        let before = own.partition_point(|(_, span)| span.start <= at);
        let around = before.checked_sub(1).and_then(|last| own.get(last));
        around.is_none_or(|(slot, span)| *slot != reference.root || at >= span.end)
    };
    index.references.iter().copied().filter(outside).map(|reference| reference.root).collect()
}

/// Whether a statement is `$util.appendError`, which adds an error to the answer and does not stop.
pub fn is_append(reference: &crate::syntax::Reference) -> bool {
    matches!(reference.root, Slot::UTIL | Slot::UTILS) && calls(reference, &[Method::AppendError])
}

/// `$util.appendError` in the place of `$util.error`.
pub fn appended_only(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    // Beside null nothing goes out.
    if matches!(&run.outcome.end, End::Returned { value, .. } if value.is_null()) {
        return;
    }
    for reference in run.recorder.index.references.iter().filter(|reference| is_append(reference)) {
        let around = guards(run.recorder, reference.node, false);
        let text = run.program.one_line(reference.node);
        let refuses = run.program.says_in(|visit| visit.reference(reference), &["authorized", "forbidden"]);
        let Some(guard) = around.first().filter(|guard| guard.value && refuses) else { continue };
        if run.recorder.reached.began(reference.node) == 0 {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: `{}` on line {} ran, because {} held: {}. But $util.appendError only adds an error to the answer and does not stop: the template went on, and what it answered goes to the caller. » Write `$util.error(…)` or `$util.unauthorized()`, which stop.",
            [
                Part::Text(text.to_string()),
                Part::Place(line(run, reference.node).to_string()),
                Part::Text(condition(run, &guard.condition).to_string()),
                Part::Value(values(run, &guard.condition).join(", ")),
            ],
        );
        found.push(Finding::new(Code::AppendedOnly, message));
    }
}
