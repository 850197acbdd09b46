//! What was lost on the way to an allow: a condition that a second block emptied, an owner that nobody filled in, a selection
//! that AppSync does not list; and whom a role stands for.

use crate::value::method::Method;
use super::super::deciding::{Guards, reads_caller, refusals};
use super::super::test::{Test, call};
use super::super::text::show;
use super::super::whence::held_by;
use super::super::{Finished, json};
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, values};
use crate::code::Code;
use crate::eval::End;
use crate::explain::why::{guards, stash_filter};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::{ExpressionKind as Kind, NodeId, Reference, Slot, StepKind, negates};
use crate::trace::Verdict;
use crate::trace::candidate::looked_at;
use crate::trace::condition::Condition;
use crate::trace::index::{Node, inside};
use crate::trace::origin::Origin;
use crate::trace::recorder::Change;
use crate::value::Value;
use rustc_hash::FxHashMap;

/// A test that the caller failed ends in `#return`, which is no refusal
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference.html>: `#return` ends the template early, and
/// a pipeline goes on with its next function).
pub fn returned_only(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let End::Returned { node, value } = &run.outcome.end else { return };
    let emptied = |known: &Finding| known.code == Code::EmptiedByRule;
    let is_request = value.as_map().is_some_and(|map| map.contains_str("operation") || map.contains_str("version"));
    if run.verdict != Verdict::Completed || run.is_generated() || is_request || !refusals(run).is_empty() || found.iter().any(emptied) {
        return;
    }
    let failed = guards(run.recorder, *node, false).into_iter().find(|guard| {
        guard.value && run.expression(&guard.condition).is_some_and(negates) && reads_caller(&guard.condition)
    });
    let Some(guard) = failed else { return };
    if value.is_null() || value.members().is_some_and(|rows| rows.is_empty()) {
        found.push(Finding::new(Code::ReturnRefusesNobody, answered_empty(run, *node, value, &guard.condition)));
        return;
    }
    let message = Message::of(
        "Wider than it looks: `#return` on line {} ran, because {} held ({}), and it refuses nobody: it ends this template alone, with {}. In a pipeline the next function runs all the same, and a resolver by itself answers with it. » Write `$util.unauthorized()` in its place, or let every later function ask for what it returned, and refuse.",
        [
            Part::Place(line(run, *node).to_string()),
            Part::Code(condition(run, &guard.condition)),
            Part::Value(values(run, &guard.condition).join(", ")),
            Part::Value(show(value)),
        ],
    );
    found.push(Finding::new(Code::ReturnRefusesNobody, message));
}

/// What is returned has nothing in it: of a resolver by itself that is the answer, and why it is empty is what is asked.
fn answered_empty(run: &Finished<'_>, node: NodeId, value: &Value, held: &Condition) -> Message {
    let mut message = Message::of(
        "{} on line {} answered {}, without an error, because {} held: {}.",
        [
            Part::Code("`#return`".to_owned()),
            Part::Place(line(run, node).to_string()),
            Part::Value(show(value)),
            Part::Code(condition(run, held)),
            Part::Value(values(run, held).join(", ")),
        ],
    );
    let of_groups = |origin: &Origin| matches!(origin, Origin::Context { path, value, .. } if value.is_null() && path.claim_name().as_deref() == Some("cognito:groups"));
    let by_groups = looked_at(held).iter().any(|operand| operand.origins.iter().any(of_groups));
    if by_groups {
        message.and("The token names no group: the user is in none, or was added after it was issued.");
    }
    message.and("That is the answer of a resolver by itself; in a pipeline it refuses nobody, and the next function runs all the same.");
    let next = if by_groups { " (a group counts from the next token on)" } else { "" };
    message.and(Message::of("» Let the caller meet that condition{}, or write `$util.unauthorized()` in the place of `#return`, if an error is to say so.", [Part::Text(next.to_owned())]));
    message
}

/// A list of conditions that was begun again, so that what stood in it is not asked.
pub fn discarded(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let changes = &run.recorder.changes;
    // Of each variable, where it was emptied last, and what was added since.
    let mut begun: FxHashMap<Slot, (usize, Vec<&Change>)> = FxHashMap::default();
    for (at, again) in changes.iter().enumerate() {
        let Some(slot) = again.slot else { continue };
        if adds(again, slot) {
            begun.entry(slot).and_modify(|(_, added)| added.push(again));
            continue;
        }
        if !again.turns.is_empty() || !is_emptied(run, again) {
            continue;
        }
        let Some((first, lost)) = begun.insert(slot, (at, Vec::new())) else { continue };
        let texts: Vec<String> = lost.iter().filter_map(|change| change.values.first()?.as_str().map(str::to_owned)).collect();
        // A condition of DynamoDB's language, or a term of a filter.
        let asks = texts.iter().any(|text| text.contains('=') || text.contains('('));
        if !asks || !changes[at..].iter().any(|change| adds(change, slot)) {
            continue;
        }
        let names = named_by(changes, first, at);
        let shown: Vec<String> = texts.iter().take(3).map(|text| format!("`{text}`")).collect();
        let kept: Vec<String> = changes[at..].iter().filter(|change| adds(change, slot)).filter_map(|change| change.values.first()?.as_str().map(|text| format!("`{text}`"))).collect();
        let kept_names = named_by(changes, at, changes.len());
        let message = Message::of(
            "Wider than it looks: line {} begins ${} anew, so what line {} had put there{}, {}{}, is lost and never asked; only {}{} is. » Empty it once, before both blocks, and give each rule its own names.",
            [
                Part::Place(line(run, again.node).to_string()),
                Part::Name(run.program.name(slot).to_owned()),
                Part::Place(lost.first().map_or(0, |change| line(run, change.node)).to_string()),
                Part::Code(lost.first().map_or_else(String::new, |change| under(run, change.node))),
                Part::Code(shown.join(", ")),
                Part::Value(names),
                Part::Code(kept.join(", ")),
                Part::Value(kept_names),
            ],
        );
        found.push(Finding::new(Code::TermsDiscarded, message).actual(texts.join(", ")));
        return;
    }
}

/// The condition that a statement stands under, in a few words.
fn under(run: &Finished<'_>, node: NodeId) -> String {
    let guard = guards(run.recorder, node, false).into_iter().next();
    guard.map_or_else(String::new, |guard| format!(" because {} held", condition(run, &guard.condition)))
}

/// `#set($x = [])`, `{}` or `""`.
fn is_emptied(run: &Finished<'_>, change: &Change) -> bool {
    let Some(Node::Set(set)) = run.recorder.index.node(change.node) else { return false };
    let empty = match &set.value.kind {
        Kind::List(items) => items.is_empty(),
        Kind::Map(entries) => entries.is_empty(),
        _ => false,
    };
    empty && set.target.steps.is_empty() && change.container.is_none()
}

fn adds(change: &Change, slot: Slot) -> bool {
    change.slot == Some(slot) && change.container.is_some()
}

/// The attributes and values that were put for names between two changes: ` (#owner = "payClerk", :me = "ann")`.
fn named_by(changes: &[Change], from: usize, to: usize) -> String {
    let entries: Vec<String> = changes[from..to]
        .iter()
        .filter_map(|change| {
            let key = change.values.first()?.as_str().filter(|key| key.starts_with(['#', ':']))?;
            let value = change.values.get(1)?;
            let value = value.as_map().and_then(|map| map.get_str("S")).unwrap_or_else(|| value.clone());
            Some(format!("{key} {}", show(&value)))
        })
        .take(4)
        .collect();
    if entries.is_empty() { String::new() } else { format!(" ({})", entries.join(", ")) }
}

/// An owner may write another owner into the row, because nothing compares the new one with the caller.
pub fn owner_reassigned(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed {
        return;
    }
    for operand in leaves.iter().filter(|leaf| leaf.condition.holds == Some(true)).flat_map(|leaf| &leaf.condition.operands) {
        let Some((path, value, false)) = operand.origins.context() else { continue };
        let Some(field) = path.strip_prefix("result.").filter(|field| !field.contains(['.', '['])) else { continue };
        let sent = run.context(&["args", "input", field]);
        let compared = leaves.iter().flat_map(|leaf| &leaf.condition.operands).any(|operand| {
            operand.origins.iter().any(|origin| origin.is_in(&format!("args.input.{field}")))
        });
        if sent.is_null() || sent.loosely_equals(value) || compared || held_by(run, &sent).is_some() {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: the caller was let in because result.{} is {}, and the input sets {} to {}: nothing compares the new value with the caller, so who owns the row can put it under another name. » Give the field {} a rule of its own without update (`@auth(rules: [{ allow: owner, operations: [read, create, delete] }])`), or compare arguments.input.{} too.",
            [
                Part::Name(field.to_owned()),
                Part::Value(show(value)),
                Part::Name(field.to_owned()),
                Part::Value(show(&sent)),
                Part::Name(field.to_owned()),
                Part::Name(field.to_owned()),
            ],
        );
        found.push(Finding::new(Code::OwnerReassigned, message).at(format!("args.input.{field}")).actual(json(&sent)));
        return;
    }
}

/// The caller, let in by another field, writes himself into the field that names the row's owner.
pub fn owner_taken(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let input = run.context(&["args", "input"]);
    let Some(input) = input.as_map().filter(|_| run.verdict == Verdict::Allowed) else { return };
    let records = run.recorder.branches.values().flatten();
    let compared: Vec<String> = records
        .flat_map(|record| crate::trace::candidate::looked_at(&record.condition))
        .filter_map(|operand| operand.origins.context().map(|(path, ..)| path.to_string()))
        .collect();
    for (field, sent) in input.snapshot() {
        let Some(field) = field.as_str() else { continue };
        let stored = run.context(&["result", field]);
        let is_owner = compared.iter().any(|path| *path == format!("result.{field}"));
        let taken = stored.as_str().is_some() && held_by(run, &stored).is_none() && held_by(run, &sent).is_some();
        if !is_owner || !taken || found.iter().any(|hint| hint.code == Code::OwnerReassigned) {
            continue;
        }
        let message = Message::of(
            "Wider than it looks: the caller is not the row's {} ({}), was let in by another field, and the input sets {} to himself ({}): the fields that he may write hold {}, so whoever may edit the row takes it over. » Give the field {} an @auth of its own without update (`@auth(rules: [{ allow: owner, operations: [read, create, delete] }])`), and the lists of editors too, push, and put the owner back.",
            [
                Part::Name(field.to_owned()),
                Part::Value(show(&stored)),
                Part::Name(field.to_owned()),
                Part::Value(show(&sent)),
                Part::Name(field.to_owned()),
                Part::Name(field.to_owned()),
            ],
        );
        found.push(Finding::new(Code::OwnerReassigned, message).at(format!("args.input.{field}")).actual(json(&sent)));
    }
}

/// The role that let the caller in is that of everybody who signs in, or of every guest
/// (<https://docs.amplify.aws/gen1/javascript/build-a-backend/graphqlapi/customize-authorization-rules/>: `private` and `public` with
/// the provider `iam`).
pub fn role_of_everybody(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards != Guards::Refusal) {
        let Test::Equal { left, right, equal: true } = leaf.test else { continue };
        let sides = [left, right];
        let of = |wanted: &str| sides.into_iter().find(|side| side.origins.context().is_some_and(|(path, ..)| path == wanted));
        let (Some(_), Some((role, whom, rule))) = (
            of("identity.userArn"),
            of("stash.authRole")
                .map(|role| (role, "everyone who signs in through the identity pool", "allow: private, provider: iam"))
                .or_else(|| of("stash.unauthRole").map(|role| (role, "every guest of the identity pool, without signing in", "allow: public, provider: iam"))),
        ) else {
            continue;
        };
        if role.value.is_null() || !stash_filter(run.outcome).is_null() || run.verdict != Verdict::Allowed {
            continue;
        }
        let admins = run.context(&["stash", "adminRoles"]);
        let admins = if admins.members().is_none_or(|all| all.is_empty()) { String::new() } else { format!(" ({})", show(&admins)) };
        let name = role.value.as_str().and_then(|arn| arn.split('/').nth(1)).unwrap_or_default().to_owned();
        let message = Message::of(
            "Allowed for whoever has the role {}, which is that of {}, and without a filter on the rows: {} held, so line {} granted. It is what the rule `{}` asks for; no owner's or group's rule is looked at under IAM. » If only functions should pass, remove that rule: they come in as admin roles (stash.adminRoles, custom-roles.json){}.",
            [
                Part::Value(name),
                Part::Text(whom.to_owned()),
                Part::Code(condition(run, leaf.condition)),
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Code(rule.to_owned()),
                Part::Value(admins),
            ],
        );
        found.push(at(Finding::new(Code::RoleOfEverybody, message), role));
        return;
    }
}

/// A refusal that waits for a field in `selectionSetList`, where the query selects it in a way that the list does not show
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: `selectionSetList` of interfaces and unions).
pub fn selection_not_listed(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let text = run.context(&["info", "selectionSetGraphQL"]);
    let Some(query) = text.as_str() else { return };
    for leaf in leaves.iter().filter(|leaf| leaf.passed.guards == Guards::Refusal && leaf.condition.holds == Some(false)) {
        let Some((Method::Contains, list, item)) = call(run, leaf.condition) else { continue };
        let of_list = list.origins.context().is_some_and(|(path, ..)| path == "info.selectionSetList");
        let (Some(field), true) = (item.value.as_str(), of_list) else { continue };
        let selects = query.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == field);
        if !selects {
            continue;
        }
        let why = if query.contains("...") {
            "for a union or an interface AppSync lists no field that is selected in a fragment (`... on`)"
        } else {
            "the list has the names that the client chose (aliases), and whole paths (parent/child)"
        };
        let message = Message::of(
            "Wider than it looks: {} did not hold, because info.selectionSetList is {}, yet the query does select {}: {}. So {} on line {} did not run. » Do not guard by the selection: take {} out of the result unless the caller may see it (`$util.qr($ctx.result.remove({}))`), or put the check on that field itself.",
            [
                Part::Code(condition(run, leaf.condition)),
                Part::Value(show(&list.value)),
                Part::Name(field.to_owned()),
                Part::Text(why.to_owned()),
                Part::Code(format!("`{}`", run.program.one_line(leaf.passed.statement))),
                Part::Place(line(run, leaf.passed.statement).to_string()),
                Part::Name(field.to_owned()),
                Part::Value(quoted(field).to_string()),
            ],
        );
        found.push(at(Finding::new(Code::SelectionNotListed, message), list).wanted(field));
        return;
    }
}

/// The block that writes the caller into the input was skipped, because another rule had granted before: the row gets no owner
/// (<https://docs.amplify.aws/gen1/javascript/tools/cli/reference/feature-flags/>: populateOwnerFieldForStaticGroupAuth).
pub fn owner_not_filled(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Allowed {
        return;
    }
    let input = run.context(&["args", "input"]);
    let Some(input) = input.as_map() else { return };
    for (node, statement) in &run.recorder.index.statements {
        let Some(field) = filled(run, statement).filter(|_| run.recorder.reached.began(*node) == 0) else { continue };
        let skipped = guards(run.recorder, *node, false).into_iter().find(|guard| !guard.value);
        let granted = run.decision.node.filter(|grant| run.program.span(*grant).start < run.program.span(*node).start);
        let (Some(skipped), Some(granted), None) = (skipped, granted, input.get_str(&field).filter(|value| !value.is_null())) else { continue };
        if !run.expression(&skipped.condition).is_some_and(negates) || found.iter().any(|known| known.code == Code::OwnerNotFilled) {
            continue;
        }
        found.push(unfilled(run, *node, granted, &skipped, &field));
    }
}

fn unfilled(run: &Finished<'_>, node: NodeId, granted: NodeId, skipped: &crate::explain::why::Guard, field: &str) -> Finding {
    let by: Vec<String> = guards(run.recorder, granted, false).iter().rev().flat_map(|guard| super::words::values(run, &guard.condition)).filter(|words| !words.starts_with('$')).collect();
    let by = by.last().map_or(String::new(), |words| format!(" ({words})"));
    let message = Message::of(
        "Allowed, but the row gets no {}: line {} granted{}, so {} did not hold, and line {}, the only one that puts {} into the input, was skipped. » Let the client send {} itself, or have Amplify fill it in for static groups too (feature flag populateOwnerFieldForStaticGroupAuth in cli.json, then push).",
        [
            Part::Name(field.to_owned()),
            Part::Place(line(run, granted).to_string()),
            Part::Text(by),
            Part::Code(condition(run, &skipped.condition)),
            Part::Place(line(run, node).to_string()),
            Part::Name(field.to_owned()),
            Part::Name(field.to_owned()),
        ],
    );
    Finding::new(Code::OwnerNotFilled, message).at(format!("args.input.{field}")).actual(json(&Value::Null))
}

/// The field of `$ctx.args.input.put("owner", …)`.
pub fn filled(run: &Finished<'_>, statement: &Node<'_>) -> Option<String> {
    let Node::Reference(reference) = statement else { return None };
    let mut found = None;
    inside(reference, &mut |put: &Reference| {
        let [.., input, call] = put.steps.as_slice() else { return };
        let (Some((Some(Method::Put), [key, value])), StepKind::Property(holder)) = (call.kind.call(), &input.kind) else { return };
        let (Kind::String(name), "input") = (&key.kind, holder.as_str()) else { return };
        let of_claims = run.program.says_in(|visit| visit.expression(value), &["claim", "username", "sub"]);
        found = found.take().or_else(|| Some(name.to_string()).filter(|name| !name.is_empty() && of_claims));
    });
    found
}
