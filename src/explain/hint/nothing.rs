//! A loop over a list of the row, the parent or the input that made no turn: nobody was compared.

use crate::value::method::Method;
use crate::message::{Message, Part, any_of, quoted};
use super::Finished;
use super::allow::{line, operand_name};
use super::owner::is_row;
use super::relation::relation_key;
use super::test::Test;
use super::text::show;
use super::whence::whence;
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::{Foreach, NodeId, Reference, Slot, StepKind};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::index::{NodePart, references};
use crate::value::{Value, from_json_str};

/// A rule that walks a list of names on the row, and there is none.
pub fn no_turn(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    for failed in run.failed() {
        let Test::EmptyLoop(list) = failed.test else { continue };
        let Some((path, ..)) = list.origins.context().filter(|(path, ..)| is_row(path)) else { continue };
        let Some(each) = walked(run, failed.condition.node) else { continue };
        let caller = compared(run, each);
        let names = caller.clone();
        let caller = if caller.is_empty() { String::new() } else { format!(", not even {}", any_of(&caller)) };
        let nobody = format!("so the loop over {} on line {} made no turn and nobody was compared{caller}", operand_name(run, list), line(run, each.node));
        if let Some(finding) = list_in_text(run, (list, path), each, &nobody) {
            found.push(finding);
            continue;
        }
        let words = match unresolved(run, list, path) {
            Some(relation) => Message::of(
                "{}, {}.",
                [Part::Text(relation.to_string()), Part::Text(nobody.to_string())],
            ),
            None => {
                let cure = if let Some(words) = under_other_name(run, path) {
                    words
                } else if of_rows(run, each) && !path.starts_with("args") {
                    Message::from("The data source found no row: » look at what it was asked for (key, index, tenant). If an empty answer is right, let the template return it before this check.")
                } else if path.starts_with("args") {
                    sent_empty(run, path, &names, list)
                } else {
                    written_on_row(path, &names)
                };
                Message::of(
                    "{} is {}, {}.", [Part::Place(path.replace("args.", "arguments.").to_string()), Part::Text(empty(list).to_string()), Part::Text(nobody.to_string())]).with(cure)
            }
        };
        let code = if list.value.is_null() || whence(&list.origins, &list.value).absent.is_some() {
            Code::OwnerAbsent
        } else {
            Code::NobodyNamed
        };
        found.push(Finding::new(code, words).at(path).actual(super::json(&list.value)));
    }
}

/// A list that was stored as a text of JSON: a text has no items.
fn list_in_text(run: &Finished<'_>, (list, path): (&Operand, &str), each: &Foreach, nobody: &str) -> Option<Finding> {
    let text = list.value.as_str()?;
    let items = from_json_str(text).ok()?.members()?;
    let asked = compared_values(run, each).into_iter().find(|value| items.iter().any(|item| item.loosely_equals(value)));
    let inside = asked.map_or_else(String::new, |value| format!(" ({} is in it)", show(&value)));
    let code = super::allow::one_line(run.program.source.slice(list.span));
    let message = Message::of(
        "{} is {}, a text that holds a JSON list{} and no list, {}. » Walk {} on line {}, or {} a list there.",
        [
            Part::Place(path.replace("args.", "arguments.")),
            Part::Value(show(&list.value)),
            Part::Value(inside),
            Part::Text(nobody.to_owned()),
            Part::Code(format!("`$util.parseJson({code})`")),
            Part::Place(line(run, each.node).to_string()),
            Part::Text(if path.starts_with("args") { "send" } else { "store" }.to_owned()),
        ],
    );
    Some(Finding::new(Code::MemberOfText, message).at(path).actual(text))
}

/// The list that is walked is absent, and one of another name stands beside it: a batch's answer has its rows by the table's name,
/// which is another one in each environment
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-resolver-mapping-template-reference-dynamodb-batch-get-item.html>).
fn under_other_name(run: &Finished<'_>, path: &str) -> Option<Message> {
    let at = path.rfind("[\"").filter(|_| path.ends_with(']'))?;
    let name: String = serde_json::from_str(path.get(at + 1..path.len() - 1)?).ok()?;
    let parent: crate::appsync::ContextPath = path[..at].parse().ok()?;
    let holder = parent.lookup(&run.outcome.context).as_map().cloned()?;
    let others: Vec<(String, Value)> = holder.snapshot().into_iter().filter_map(|(key, value)| {
        value.members().is_some_and(|all| !all.is_empty()).then(|| Some((key.as_str()?.to_owned(), value)))?
    }).collect();
    let (other, value) = others.first()?;
    Some(Message::of(
        "{} holds its rows under {} ({}), not under {}: the answer of a batch has them by the table's own name, which differs from environment to environment. » Read {} here, better by the name that the request used (put it into the stash, or take the only list there is: `$ctx.result.data.values()`).",
        [
            Part::Place(path[..at].to_owned()),
            Part::Value(quoted(other).to_string()),
            Part::Value(super::text::show(value)),
            Part::Value(quoted(&name).to_string()),
            Part::Value(quoted(other).to_string()),
        ],
    ))
}

/// Who may pass has to stand on the row.
fn written_on_row(path: &str, caller: &[String]) -> Message {
    let name = path.rsplit('.').next().unwrap_or(path);
    let whom = caller.first().map(|words| words.split(" (`").next().unwrap_or(words).to_owned());
    match whom.filter(|_| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')) {
        Some(whom) => Message::of(
            "Who may pass must be in {}, so this row lets nobody through. » Write {} = {} into this row, if it is his, and have whatever creates such rows fill it in (with Amplify: let an owner rule cover create, not a rule for everybody).",
            [Part::Place(path.to_owned()), Part::Name(name.to_owned()), Part::Value(whom)],
        ),
        None => Message::of("Who may pass must be in {}: » write it when the row is created, and add it to this one.", [Part::Place(path.to_owned())]),
    }
}

/// The client sent a list without anybody: where the template fills in the caller, it does so for a key that is not there.
fn sent_empty(run: &Finished<'_>, path: &str, caller: &[String], list: &Operand) -> Message {
    let name = path.rsplit('.').next().unwrap_or(path).to_owned();
    let whom = caller.first().map_or_else(|| "the caller".to_owned(), |words| words.split(" (`").next().unwrap_or(words).to_owned());
    let puts = run.recorder.index.references.iter().copied().find_map(|reference| {
        let (node, args) = put_of(reference)?;
        let key = matches!(&args.first()?.kind, crate::syntax::ExpressionKind::String(key) if *key == name);
        (key && run.recorder.reached.began(node) == 0).then(|| line(run, node))
    });
    match puts.filter(|_| !list.value.is_null()) {
        Some(line) => Message::of(
            "An empty list is not an absent one: the template puts the caller in itself (line {}) only where the key is not there at all. » Leave {} out of the input, or send a list that has {} in it.",
            [Part::Place(line.to_string()), Part::Name(name), Part::Value(whom)],
        ),
        None => Message::default().cured(Message::of("Send {} with {} in it, if this caller should pass.", [Part::Name(name), Part::Value(whom)])),
    }
}

/// The arguments of `.put(…)`, also inside `$util.qr(…)`.
fn put_of(reference: &crate::syntax::Reference) -> Option<(NodeId, &[crate::syntax::Expression])> {
    match reference.last_call()? {
        (Some(Method::Put), args) => Some((reference.node, args)),
        _ => None,
    }
}

/// A loop over a variable that nothing sets makes no turn, whoever calls.
pub fn never_set_loop(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let left_out = run.why.left_out.is_some();
    if run.verdict != Verdict::Denied && !left_out {
        return;
    }
    let index = &run.recorder.index;
    let Some(each) = index.loops().find(|each| {
        let slot = match &each.list.kind {
            crate::syntax::ExpressionKind::Reference(reference) if reference.steps.is_empty() => reference.variable(),
            _ => None,
        };
        slot.is_some_and(|slot| !index.is_assigned(slot) && run.outcome.variable(slot).is_none_or(Value::is_null))
    }) else {
        return;
    };
    let list = run.program.one_line(each.list.node);
    let name = list.trim_start_matches(['$', '!', '{']).trim_end_matches('}').to_owned();
    let groups = run.claim("cognito:groups");
    let of_groups = name.to_lowercase().contains("group");
    let has = if of_groups && !groups.is_null() { format!(" The caller's groups are {}.", super::text::show(&groups)) } else { String::new() };
    let cure = if of_groups {
        format!("Put `#set( ${name} = $util.defaultIfNull($ctx.identity.claims.get(\"cognito:groups\"), []) )` above it; newer versions of Amplify generate that.")
    } else {
        format!("Set ${name} above it.")
    };
    let what = if left_out { "every row is left out" } else { "nobody is ever found in it" };
    let message = Message::of(
        "{} is never set in this template, so the loop over it on line {} makes no turn and {}, whoever calls.{} » {}",
        [
            Part::Code(list),
            Part::Place(line(run, each.node).to_string()),
            Part::Text(what.to_owned()),
            Part::Value(has),
            Part::Text(cure),
        ],
    );
    found.push(Finding::new(Code::NeverSet, message));
}

/// Whether the loop reads members of its items: they are rows, and not names.
fn of_rows(run: &Finished<'_>, each: &Foreach) -> bool {
    let mut members = false;
    for (node, _) in &run.recorder.index.statements {
        for part in run.recorder.index.chain(*node).iter().skip_while(|part| part.node() != each.node) {
            let Some(branch) = run.recorder.index.branch_at(part.node()) else { continue };
            references(&branch.condition, &mut |reference| {
                let first = reference.steps.first().map(|step| &step.kind);
                let member = match first {
                    Some(StepKind::Property(_)) => true,
                    Some(kind @ StepKind::Method { .. }) => kind.calls(Method::Get),
                    _ => false,
                };
                members |= reference.root == each.item && member;
            });
        }
    }
    members
}

/// Absent, null, an empty list, or something that is no list: four different things.
fn empty(list: &Operand) -> String {
    let from = whence(&list.origins, &list.value);
    match &list.value {
        _ if from.absent.is_some() || list.value.is_null() => {
            let absent = list.origins.context().is_some_and(|(.., absent)| absent);
            if absent { "absent".to_owned() } else { "null".to_owned() }
        }
        Value::List(_) => "[], an empty list".to_owned(),
        Value::Map(map) if map.is_empty() => "{}, an empty map".to_owned(),
        other => format!("{}, which is not a list", show(other)),
    }
}

/// The loop that walks this list.
pub fn walked<'a>(run: &Finished<'a>, list: NodeId) -> Option<&'a Foreach> {
    run.recorder.index.statements.iter().find_map(|(node, _)| {
        run.recorder.index.chain(*node).into_iter().find_map(|part| match part {
            NodePart::Loop(each) if each.list.node == list => Some(each),
            _ => None,
        })
    })
}

/// What the loop would have compared its items with, in words.
pub fn compared(run: &Finished<'_>, each: &Foreach) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    compared_with(run, each, &mut |reference, value| {
        let words = format!("{} (`{}`)", show(value), run.program.one_line(reference.node));
        if !found.contains(&words) {
            found.push(words);
        }
    });
    found.truncate(2);
    found
}

fn compared_values(run: &Finished<'_>, each: &Foreach) -> Vec<Value> {
    let mut found = Vec::new();
    compared_with(run, each, &mut |_, value| found.push(value.clone()));
    found
}

fn compared_with(run: &Finished<'_>, each: &Foreach, found: &mut impl FnMut(&Reference, &Value)) {
    for (node, _) in &run.recorder.index.statements {
        let chain = run.recorder.index.chain(*node);
        let Some(at) = chain.iter().position(|part| part.node() == each.node) else { continue };
        for part in &chain[at + 1..] {
            let Some(branch) = run.recorder.index.branch_at(part.node()) else { continue };
            references(&branch.condition, &mut |reference| {
                let value = match reference.root {
                    root if root == each.item => None,
                    Slot::CTX | Slot::CONTEXT => super::allow::static_path(reference).map(|path| run.context(&path)),
                    root => run.outcome.variable(root).cloned(),
                };
                if let Some(value) = value.filter(|value| value.as_str().is_some()) {
                    found(reference, &value);
                }
            });
        }
    }
}

/// A relation that nobody resolved: the object is absent, its key is there.
fn unresolved(run: &Finished<'_>, list: &Operand, path: &str) -> Option<String> {
    let (_, value, _) = list.origins.context()?;
    let (parent, name) = path.rsplit_once('.').filter(|_| value.is_null())?;
    let keys: Vec<&str> = parent.split('.').collect();
    let container = run.context(&keys);
    let (key, value) = relation_key(container.as_map()?, name)?;
    Some(format!(
        "{path} is absent: {parent} has only the key of that relation ({parent}.{key} is {}), and the object itself was not loaded, which is not an empty list. Load it in a step before (`$ctx.prev.result`), or store the names on {parent} itself. It is not there now",
        show(&value)
    ))
}
