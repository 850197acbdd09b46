//! Checks that were never come to.

use crate::value::method::Method;
use super::super::contents::{empties, is_answer, is_data};
use super::super::deciding::{Guards, Passed, refusals};
use super::super::iam::assumed_role;
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::is_client;
use super::super::{Finished, json};
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, name, rows_of_others, values};
use crate::code::{Certainty, Code};
use crate::eval::End;
use crate::explain::why::{guards, stash_filter};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Reference, Set, Slot, Step, StepKind};
use crate::trace::candidate::looked_at;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::NodePart;
use crate::trace::judging::operand;
use crate::trace::origin::Origin;
use crate::trace::stash::stash_put;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// A loop that refuses by its items had none.
pub fn empty_loop(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for refusal in refusals(run).into_iter().chain(flags_turned(run)) {
        for part in run.recorder.index.chain(refusal) {
            let NodePart::Loop(each) = part else { continue };
            let walks = run.recorder.walks.get(&each.node).map_or(&[][..], Vec::as_slice);
            // A list that is null is not even begun.
            let null = || operand(&run.recorder.values, &each.list, OperandRole::Whole);
            let reached = run.recorder.reached.began(each.node) > 0;
            let list = match walks.last() {
                Some(walk) if walk.count == 0 => walk.list.clone(),
                None if reached && null().value.is_null() && !null().origins.is_open() => null(),
                _ => continue,
            };
            // Where no row came back, there is nothing to see.
            if list.origins.context().is_some_and(|(path, ..)| is_rows(path)) {
                continue;
            }
            let client = list.origins.context().is_some_and(|(path, ..)| is_client(path));
            let other = list.origins.context().and_then(|(path, ..)| list_beside(run, path));
            let names = match (other, client) {
                (Some(words), _) => words,
                (None, true) => " The client names what is asked for itself, and can name nothing.".to_owned(),
                (None, false) => String::new(),
            };
            let message = Message::of(
                "Wider than it looks: {} is {}, so the loop on line {} made no turn, `{}` on line {} could not run, and nothing was checked.{} » Refuse when the list is empty, and write what is required into the template.",
                [
                    Part::Name(name(run, &list).to_string()),
                    Part::Text(super::words::state(&list).to_string()),
                    Part::Place(line(run, each.node).to_string()),
                    Part::Code(run.program.one_line(refusal).to_string()),
                    Part::Place(line(run, refusal).to_string()),
                    Part::Text(names),
                ],
            );
            found.push(at(Finding::new(Code::NothingChecked, message), &list));
        }
    }
}

/// Whether a place holds the rows that a data source gave, and no list of one row.
fn is_rows(path: &str) -> bool {
    ["result", "prev.result"].iter().any(|root| path == *root || path.strip_prefix(root) == Some(".items"))
}

/// The statements that would have taken back a flag, which a refusal asks for and which is true.
fn flags_turned(run: &Finished<'_>) -> Vec<NodeId> {
    let asked = |slot: Slot| run.passed().iter().any(|one| looked_at(&one.condition).iter().any(|operand| operand.slot == Some(slot)));
    let kept = |slot: &Slot| matches!(run.outcome.variable(*slot), Some(Value::Boolean(true))) && asked(*slot);
    let turned = |set: &&Set| matches!(set.value.kind, Kind::Boolean(false)) && set.target.steps.is_empty();
    let sets: Vec<_> = run.recorder.index.sets().filter(turned).filter(|set| set.target.variable().filter(kept).is_some()).collect();
    // Where another statement may take it back as well, more than the list was asked.
    let once = |slot: Option<Slot>| sets.iter().filter(|set| set.target.variable() == slot).count() == 1;
    sets.iter().filter(|set| once(set.target.variable())).map(|set| set.node).collect()
}

/// Another list of the same place, where the one that a loop walks is not there.
fn list_beside(run: &Finished<'_>, path: &str) -> Option<String> {
    let (parent, name) = path.rsplit_once('.')?;
    let keys: Vec<&str> = parent.split('.').collect();
    let (key, count) = run.context(&keys).as_map()?.snapshot().into_iter().find_map(|(key, value)| {
        let key = key.as_str().filter(|key| *key != name)?.to_owned();
        value.as_list().map(|list| (key, list.len()))
    })?;
    let place = parent.replace("args", "arguments");
    let items = if count == 1 { "1 item".to_owned() } else { format!("{count} items") };
    Some(format!(" {place}.{key} is there ({items}): if that is what is meant, walk `$ctx.{parent}.{key}`."))
}

/// `#return` ended the template before a check.
pub fn by_return(run: &Finished<'_>, passed: &[Passed], found: &mut Vec<Finding>) {
    let (DecisionKind::Return, Some(node)) = (run.decision.kind, run.decision.node) else { return };
    let with_data = |value: &Value| !empties(value) || value.is_null() && !run.context(&["result"]).is_null();
    if !matches!(&run.outcome.end, End::Returned { value, .. } if with_data(value)) && is_answer(run) {
        found.extend(no_row(run, node, passed));
        return;
    }
    let end = run.program.span(node).end;
    let Some(skipped) = refusals(run).into_iter().find(|refusal| run.program.span(*refusal).start > end) else {
        return;
    };
    let Some(first) = passed.iter().find(|one| one.guards == Guards::Return) else { return };
    let mut leaves = Vec::new();
    first.condition.leaves(&mut leaves);
    let operands: Vec<_> = leaves.iter().flat_map(|leaf| &leaf.operands).collect();
    let admin = operands.iter().find(|operand| {
        operand.origins.iter().any(|origin| origin.is_in("stash.adminRoles"))
    });
    if let Some(role) = admin {
        found.push(as_admin(run, first, node, &role.value));
        return;
    }
    let check =
        run.recorder.index.chain(skipped).iter().rev().find_map(|part| run.recorder.index.branch_at(part.node()));
    let client = operands.iter().find_map(|operand| operand.origins.context().filter(|(path, ..)| is_client(path)));
    // A rule for a group, or for one who is named, is what the check behind it is not for.
    let named = client.is_none() && leaves.iter().any(|leaf| is_named(run, leaf));
    let cure = match (&check, &client) {
        // A refusal under no condition is for all who are not let out before it: `#return` is how the template grants.
        (None, None) => return,
        (None, Some(_)) => "Decide by the identity in that condition.",
        (Some(_), None) if named => "Nothing is wrong, if who is let in so may have what is another's.",
        // Who is let out by what he is may be meant so.
        (Some(_), None) if operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("identity"))) => {
            "If such a caller is not meant to pass without that check, take the `#return` out; else nothing is wrong: this is how he passes."
        }
        (Some(_), _) => "Move the check above the `#return`.",
    };
    let check = check.map_or_else(
        || format!("`{}` (line {})", run.program.one_line(skipped), line(run, skipped)),
        |branch| format!("the check `{}` (line {})", run.program.one_line(branch.condition.node), line(run, branch.node)),
    );
    let client = client.map_or(String::new(), |(path, ..)| {
        let what = if path.starts_with("request") { "header" } else { "argument" };
        format!(" Any client can send that {what}: decide by the identity instead.")
    });
    let message = Message::of(
        "{}`#return` on line {} ended the template before {} was reached, because {} held: {}.{}",
        [
            Part::Text(if named { "" } else { "Wider than it looks: " }.to_owned()),
            Part::Place(line(run, node).to_string()),
            Part::Text(check.to_string()),
            Part::Text(condition(run, &first.condition).to_string()),
            Part::Value(values(run, &first.condition).join(", ")),
            Part::Text(client.to_string()),
        ],
    );
    found.push(Finding::new(Code::ReturnBeforeCheck, message.cured(cure)));
}

/// The data source found nothing, and the template answers that before it asks for a row's owner, as AWS's examples do.
fn no_row(run: &Finished<'_>, node: NodeId, passed: &[Passed]) -> Option<Finding> {
    let result = run.context(&["result"]);
    let end = run.program.span(node).end;
    let check = refusals(run).into_iter().find(|refusal| run.program.span(*refusal).start > end);
    // Any other answer without data shows nobody anything.
    let nothing = matches!(&run.outcome.end, End::Returned { value, .. } if value.is_null() || !is_data(value) && value.loosely_equals(&result));
    if !nothing || is_data(&result) || refusals(run).is_empty() {
        return None;
    }
    let (state, answer) = if result.is_null() { ("null", "null") } else { ("empty", "that") };
    let mut message = Message::of(
        "$ctx.result is {}: no row was found, and `#return` on line {} answers {} before a row is checked.",
        [Part::Text(state.to_owned()), Part::Place(line(run, node).to_string()), Part::Text(answer.to_owned())],
    );
    let choice = passed.iter().find(|one| one.guards == Guards::Return && is_clients(&one.condition));
    match choice.zip(check) {
        Some((first, check)) => {
            message.and(Message::of(
                "Nobody's data is shown this time: `#return` ran because of what the client sends ({}: {}), so with a row it answers that one, whosever it is, and `{}` (line {}) is not come to. » Move the check above the `#return`.",
                [
                    Part::Code(condition(run, &first.condition)),
                    Part::Value(values(run, &first.condition).join(", ")),
                    Part::Code(run.program.one_line(check)),
                    Part::Place(line(run, check).to_string()),
                ],
            ));
            Some(Finding::new(Code::ReturnBeforeCheck, message))
        }
        None => {
            message.and("Nobody's data is shown, and nothing is wrong with that. » If a row was expected, look at the key that was asked for.");
            Some(Finding::new(Code::RowMissing, message).at("result").certainty(Certainty::Certain))
        }
    }
}

/// Whether a condition looks at what the client sent, and at nothing else of the request.
fn is_clients(condition: &Condition) -> bool {
    let mut origins = looked_at(condition).into_iter().flat_map(|operand| operand.origins.iter()).filter_map(Origin::path).peekable();
    origins.peek().is_some() && origins.all(|path| is_client(path))
}

/// Whether the caller is whom the template names: in a group of that name, or with that value of a claim.
fn is_named(run: &Finished<'_>, leaf: &Condition) -> bool {
    let of_caller = |operand: &Operand| operand.origins.iter().any(|origin| origin.is_in("identity"));
    match Test::of(run, leaf) {
        Test::Contains { list, item, found: true } => of_caller(list) && item.literal && list.value.members().is_some(),
        Test::Equal { left, right, equal: true } => of_caller(left) && right.literal || of_caller(right) && left.literal,
        _ => false,
    }
}

/// An admin role leaves the template before filters and lists of fields are put into the stash.
fn as_admin(run: &Finished<'_>, first: &Passed, node: NodeId, role: &Value) -> Finding {
    let end = run.program.span(node).end;
    let puts: Vec<String> = run
        .program
        .references()
        .into_iter()
        .filter(|reference| run.program.span(reference.node).start > end)
        .filter_map(|reference| stash_put(reference).map(str::to_owned))
        .collect();
    let filter = if stash_filter(run.outcome).is_null() { "No authFilter is set, so it covers every row." } else { "" };
    let left = if puts.is_empty() {
        Message::default()
    } else {
        Message::from(format!("What follows was not reached, so the stash lacks {}: a later step that reads it will refuse;", all_of(&puts))).cured("put it before the `#return`.")
    };
    let mut message = Message::of(
        "Allowed as an admin role: `#return` on line {} ran, because {} held: userArn contains {} of stash.adminRoles ({}). {}",
        [
                Part::Place(line(run, node).to_string()),
                Part::Text(condition(run, &first.condition).to_string()),
                Part::Value(show(role)),
                Part::Value(values(run, &first.condition).first().cloned().unwrap_or_default().to_string()),
                Part::Text(filter.to_string()),
            ],
    );
    message.and(left);
    message.and(by_session(&run.context(&["identity", "userArn"]), role));
    Finding::new(Code::AdminReturn, message)
    .at("stash.adminRoles")
    .actual(json(role))
}

/// The entry is found in the session's name alone: whoever may assume a role names the session. Amplify lists functions by name,
/// and Lambda names its session after the function
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>: assumed-role/role/session).
fn by_session(arn: &Value, role: &Value) -> Message {
    let parts = || {
        let (own, session) = assumed_role(arn.as_str()?)?;
        let entry = role.as_str()?;
        (session.contains(entry) && !own.contains(entry)).then(|| (own.to_owned(), session.to_owned()))
    };
    let Some((own, session)) = parts() else { return Message::default() };
    Message::of(
        "It stands in the session's name alone ({}), and the role is {}: whoever may assume any role of the account chooses that name, so such a caller passes as an admin too. For a Lambda function, whose session bears its name, that is meant. » If {} is not that function's role, allow its sessions no such name (the condition sts:RoleSessionName in the role's trust policy), or compare the role's part as well (`userArn.contains(\":assumed-role/…/\")`).",
        [Part::Name(quoted(&session).to_string()), Part::Name(own.clone()), Part::Name(own)],
    )
}

/// Every caller of the mode is granted, and a rule on the row behind it is never come to.
pub fn every_caller(run: &Finished<'_>, passed: &[Passed], found: &mut Vec<Finding>) {
    let (DecisionKind::Set, Some(node), Verdict::Allowed) = (run.decision.kind, run.decision.node, run.verdict) else {
        return;
    };
    let about_mode = |one: &Passed| {
        let mut leaves = Vec::new();
        one.condition.leaves(&mut leaves);
        leaves.iter().flat_map(|leaf| &leaf.operands).all(|operand| {
            operand.literal
                || operand.slot.is_some()
                || operand.origins.iter().any(|origin| matches!(origin, Origin::AuthType(_)))
        })
    };
    let around = guards(run.recorder, node, false);
    if around.is_empty() || !passed.iter().filter(|one| one.statement == node).all(about_mode) {
        return;
    }
    let Some((reference, path)) = unreached_row(run, node) else {
        found.extend(filter_never_made(run, node));
        return;
    };
    let mode = run.auth_type().map_or("this mode", |mode| mode.as_str());
    let field = path.last().cloned().unwrap_or_default();
    let message = Message::of(
        "Wider than it looks: line {} grants every user who comes with {}, as the rule `allow: private` does, so the comparison with {} behind it (line {}) was skipped: it is {} here, and any signed-in user gets through. » If {} is to decide, take this operation out of the `operations` of that rule.",
        [
            Part::Place(line(run, node).to_string()),
            Part::Text(mode.to_string()),
            Part::Name(path.join(".").to_string()),
            Part::Place(line(run, reference).to_string()),
            Part::Value(show(&run.context(&path))),
            Part::Name(field.to_string()),
        ],
    );
    found.push(Finding::new(Code::EveryCaller, message).at(path.join(".")).actual(json(&run.context(&path))));
}

/// The filter on the rows that a rule behind the grant would have put into the stash.
fn filter_never_made(run: &Finished<'_>, grant: NodeId) -> Option<Finding> {
    let end = run.program.span(grant).end;
    let behind = || run.recorder.index.statements.iter().filter(|(node, _)| run.program.span(*node).start > end && run.recorder.reached.began(*node) == 0);
    let (mut put, mut fields) = (None, Vec::<String>::new());
    for (node, statement) in behind() {
        statement.reads(&mut |reference| {
            if stash_put(reference) == Some("authFilter") {
                put.get_or_insert(*node);
            }
            fields.extend(added_term(reference));
        });
    }
    let (put, field) = (put?, fields.into_iter().next()?);
    let others = rows_of_others(run, &field);
    let others = if others.is_empty() { "rows of others come back too".to_owned() } else { format!("{} comes back too", all_of(&others)) };
    let message = Message::of(
        "Wider than it looks: line {} grants every user who comes with {}, as the rule `allow: private` does. Of several rules one is enough, so the rule on {} behind it was skipped, its filter on the rows (line {}) was never made, and {}. » Take this operation out of the `operations` of the rule for everybody, or drop that rule, if each is to see only their own: the rule on {} is enough for that.",
        [
            Part::Place(line(run, grant).to_string()),
            Part::Text(run.auth_type().map_or("this mode", |mode| mode.as_str()).to_owned()),
            Part::Name(field.clone()),
            Part::Place(line(run, put).to_string()),
            Part::Value(others),
            Part::Name(field.clone()),
        ],
    );
    Some(Finding::new(Code::EveryCaller, message).at(format!("records.{field}")))
}

/// The field of a term that is added to a list of terms: `$list.add({"owner": { "eq": … }})`.
fn added_term(reference: &Reference) -> Option<String> {
    let StepKind::Method { method: Some(Method::Add), args, .. } = &reference.steps.last()?.kind else { return None };
    let Kind::Map(members) = &args.first()?.kind else { return None };
    match &members.first()?.0.kind {
        Kind::String(field) => Some(field.to_string()),
        _ => None,
    }
}

/// A statement behind the grant that reads the row and never ran.
fn unreached_row<'a>(run: &Finished<'a>, grant: NodeId) -> Option<(NodeId, Vec<&'a str>)> {
    let end = run.program.span(grant).end;
    run.recorder
        .index
        .statements
        .iter()
        .filter(|(node, _)| run.program.span(*node).start > end && run.recorder.reached.began(*node) == 0)
        .find_map(|(node, statement)| {
            let mut found = None;
            statement.reads(&mut |reference| {
                let path = static_path(reference);
                if found.is_none()
                    && path
                        .as_ref()
                        .is_some_and(|path| path.first().is_some_and(|first| *first == "result") && path.len() > 1)
                {
                    found = path;
                }
            });
            Some((*node, found?))
        })
}

/// `$ctx.result.owner` to its members.
pub fn static_path(reference: &Reference) -> Option<Vec<&str>> {
    if !matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        return None;
    }
    members(&reference.steps)
}

/// `$ctx.args.filter.put(…)` to the members before the call.
pub fn static_path_before(reference: &Reference) -> Option<Vec<&str>> {
    let of_context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
    let (_, before) = reference.steps.split_last().filter(|_| of_context)?;
    members(before)
}

/// What `$ctx.identity.claims.get(…)` asks for.
pub fn claim_asked(reference: &Reference) -> Option<&Expression> {
    match (reference.last_call()?, static_path_before(reference).as_deref()?) {
        ((Some(Method::Get), [name]), ["identity", "claims"]) => Some(name),
        _ => None,
    }
}

fn members(steps: &[Step]) -> Option<Vec<&str>> {
    let each = steps.iter().map(|step| match &step.kind {
        StepKind::Property(name) => Some(name.as_str()),
        _ => None,
    });
    each.collect()
}

/// A group's rule let the whole list through: the loop that picks the caller's own rows did not run.
pub fn whole_list(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed) {
        return;
    }
    let items = run.context(&["result", "items"]).members().unwrap_or_default();
    if items.is_empty() {
        return;
    }
    let loops = run.recorder.index.statements.iter().filter_map(|(node, _)| run.recorder.index.loop_around(*node));
    for each in loops {
        let of_rows = matches!(&each.list.kind, Kind::Reference(list) if list.ends_with(&["result", "items"]));
        let walked = run.recorder.walks.contains_key(&each.node);
        if walked || !of_rows {
            continue;
        }
        let Some(skip) = guards(run.recorder, each.node, false).into_iter().find(|guard| !guard.value) else {
            continue;
        };
        let why = granted(run, &skip.condition).unwrap_or_default();
        let field = compared(run, each.node, run.program.name(each.item));
        let shown: Vec<String> = items
            .iter()
            .enumerate()
            .take(4)
            .map(|(at, item)| {
                let value =
                    field.as_deref().and_then(|field| Some((field, item.as_map()?.get_str(field).unwrap_or_default())));
                value.map_or_else(
                    || format!("items[{at}]"),
                    |(field, value)| format!("items[{at}] ({field} {})", show(&value)),
                )
            })
            .collect();
        let message = Message::of(
            "Allowed with every row: {} did not hold{}, so the loop on line {} that picks the caller's own rows was skipped, and {} come back unfiltered. » Take `list` out of that rule's operations if its callers should see only their own rows.",
            [
                Part::Text(condition(run, &skip.condition).to_string()),
                Part::Text(why.to_string()),
                Part::Place(line(run, each.node).to_string()),
                Part::Value(shown.join(", ")),
            ],
        );
        found.push(Finding::new(Code::WholeList, message).at("result.items").actual(items.len()));
        return;
    }
}

/// Why the flag in a condition was set.
fn granted(run: &Finished<'_>, condition_: &crate::trace::condition::Condition) -> Option<String> {
    let mut leaves = Vec::new();
    condition_.leaves(&mut leaves);
    let slot = leaves.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| operand.slot)?;
    let set = |change: &&crate::trace::recorder::Change| {
        change.slot == Some(slot) && change.values.first().is_some_and(|value| matches!(value, Value::Boolean(true)))
    };
    let change = run.recorder.changes.iter().rfind(set)?;
    let guard = guards(run.recorder, change.node, false).into_iter().next()?;
    Some(format!(
        ", because line {} set ${} ({} held: {})",
        line(run, change.node),
        run.program.name(slot),
        condition(run, &guard.condition),
        values(run, &guard.condition).join(", ")
    ))
}

/// The field of the loop's item that a condition in the loop reads.
fn compared(run: &Finished<'_>, each: NodeId, item: &str) -> Option<String> {
    let text = run.program.source.text.get(run.program.span(each).start as usize..)?;
    let at = text.find(&format!("${item}."))? + item.len() + 2;
    let name: String =
        text.get(at..)?.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    Some(name).filter(|name| !name.is_empty())
}

/// `validateUsingSource` looked at the parent, and nothing holds back the rows behind it.
pub fn parent_only(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let Some(call) = run.outcome.env.auth_rules.last() else { return };
    if run.verdict != Verdict::Allowed || call.function != Method::ValidateUsingSource || !stash_filter(run.outcome).is_null() {
        return;
    }
    let by_row = |rule: &&crate::appsync::util::RuleOutcome| {
        rule.granted && rule.path.as_deref().is_some_and(|path| path.starts_with("source."))
    };
    let Some(rule) = call.rules.iter().find(by_row) else { return };
    let path = rule.path.clone().unwrap_or_default();
    let field = path.trim_start_matches("source.").to_owned();
    let differs = |row: &&Value| {
        let value = row.as_map().and_then(|row| row.get_str(&field)).unwrap_or_default();
        !value.is_null() && !value.loosely_equals(&rule.actual)
    };
    let others: Vec<String> = run
        .records
        .iter()
        .filter(differs)
        .take(3)
        .map(|row| {
            let of = |name: &str| row.as_map().and_then(|row| row.get_str(name)).unwrap_or_default();
            format!("{} ({field} {})", show(&of("id")), show(&of(&field)))
        })
        .collect();
    let others = if others.is_empty() {
        "rows of others come back as well".to_owned()
    } else {
        format!("{} come back as well, though they are of others", others.join(", "))
    };
    let message = Message::of(
        "Wider than it looks: the rule looks at the parent only. {} is {}, which is the caller, so `$util.authRules.validateUsingSource` granted; no filter is set for the related rows, so they are not checked themselves: {}. » Have this step put an authFilter on {} of the related rows into the stash, as the list queries do.",
        [
            Part::Name(path.to_string()),
            Part::Value(show(&rule.actual)),
            Part::Text(others.to_string()),
            Part::Name(field.to_string()),
        ],
    );
    found.push(Finding::new(Code::RowsNotChecked, message).at(path).actual(json(&rule.actual)));
}
