//! How wide an allow is: who else gets through by the same conditions, and a part of the request about the caller that was not
//! sent.

use super::super::deciding::{self, Guards, Passed};
use super::super::supposed::{Instead, supposed};
use super::super::test::Test;
use super::super::text::has_name;
use super::super::{Finished, claim_of, json};
use super::Leaf;
use super::slips::reads_identity;
use super::words::{condition, how, line, values};
use super::super::whence::is_client;
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::syntax::{ExpressionKind as Kind, NodeId, Reference};
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::Node;
use crate::trace::recorder::JudgedBranch;
use crate::trace::origin::Origin;
use crate::trace::{DecisionKind, Verdict, is_refusal};
use crate::value::Value;
use std::rc::Rc;

/// What everybody has who comes with a token of a user pool.
const EVERYBODY: [&str; 8] =
    ["identity", "identity.sub", "identity.username", "identity.issuer", "identity.claims", "identity.claims.sub", "identity.claims.iss", "identity.sourceIp"];

/// In a sentence, how the template let the caller through, and who else gets through; `None` where it asked nothing.
pub fn sentence(run: &Finished<'_>) -> Option<Message> {
    let passed = run.passed();
    if passed.is_empty() {
        return choice(run);
    }
    let mut words = Message::joined("{}.", [how(run, passed)?]);
    words.and(filled_in(run));
    // Who else passes is said of this way in, before the others are named.
    words.and(who_else(run, passed).trim_start().to_owned());
    words.and(granted_too(run));
    words.and(events(run));
    if !events(run).is_empty() && run.context(&["args"]).as_map().is_none_or(|args| args.is_empty()) {
        words.and("Where each should get his own alone, take the subscription (listen, read) out of the rule that granted, and leave it to the owner rule, which filters.");
    }
    Some(words)
}

/// Other ways in told of.
const WAYS: usize = 2;

/// The other statements that granted, each of which would have been enough.
fn granted_too(run: &Finished<'_>) -> Message {
    let mut words = Message::default();
    for way in deciding::other_ways(run).iter().take(WAYS) {
        if let Some(how) = how(run, way) {
            words.and(Message::joined("So did another way in, which is enough alone: {}.", [how]));
        }
    }
    words
}

/// The conditions on the caller that refuse nobody and choose what is answered.
fn choice(run: &Finished<'_>) -> Option<Message> {
    let chosen = deciding::chosen(run);
    let each = |one: &Passed| in_turns(run, one).unwrap_or_else(|| format!("{} {} ({})", condition(run, &one.condition), if one.held { "held" } else { "did not hold" }, values(run, &one.condition).join(", ")));
    let each: Vec<String> = chosen.iter().take(3).map(each).collect();
    (!each.is_empty()).then(|| Message::of("its conditions on the caller only choose what is answered: {}.", [Part::Value(all_of(&each))]))
}

/// That the template wrote the caller into the input, where no owner was sent and that is what granted.
fn filled_in(run: &Finished<'_>) -> Message {
    let index = &run.recorder.index;
    let granted = run.decision.node.and_then(|node| index.chain(node).last().map(|part| part.node()));
    let put = index.statements.iter().find_map(|(node, statement)| {
        let field = super::lost::filled(run, statement).filter(|_| run.recorder.reached.began(*node) > 0)?;
        let beside = granted.is_some() && index.chain(*node).last().map(|part| part.node()) == granted;
        beside.then(|| (line(run, *node), field))
    });
    put.map_or_else(Message::default, |(at, field)| {
        Message::of("No {} was sent, so line {} writes the caller into the input: whoever creates a row owns it.", [Part::Name(field), Part::Place(at.to_string())])
    })
}

/// The turns of a loop told of.
const TURNS: usize = 4;

/// A condition in a loop that came out both ways: in which turn how, with the values.
fn in_turns(run: &Finished<'_>, one: &Passed) -> Option<String> {
    let records = run.recorder.branches.values().find(|records| records.iter().any(|record| record.condition.node == one.condition.node))?;
    let differs = records.iter().any(|record| record.taken) && records.iter().any(|record| !record.taken);
    if !differs || records.iter().any(|record| record.turns.is_empty()) {
        return None;
    }
    let turn = |record: &JudgedBranch| {
        let at = record.turns.last().map_or(0, |turn| turn + 1);
        format!("in turn {at} it {} ({})", if record.taken { "held" } else { "did not hold" }, values(run, &record.condition).join(", "))
    };
    let shown: Vec<String> = records.iter().take(TURNS).map(turn).collect();
    let more = records.len().saturating_sub(TURNS);
    let more = if more > 0 { format!(", and {more} more turns") } else { String::new() };
    Some(format!("{} chose in each turn of its loop: {}{more}", condition(run, &one.condition), shown.join("; ")))
}

/// Which events an accepted subscription gets; empty where a filter of its own is told of by itself
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>).
pub fn events(run: &Finished<'_>) -> String {
    let of_subscription = run.outcome.env.parent_type == "Subscription" || run.program.source.name.contains("Subscription.");
    if !of_subscription || super::super::quiet::events_filter(run).is_some() {
        return String::new();
    }
    let built = built_filter(run).map_or_else(String::new, |(filter, at)| {
        format!(" The filter {filter} is built (line {at}) and not put on the subscription.")
    });
    let args = run.context(&["args"]);
    let sent = args.as_map().map(|map| map.snapshot()).unwrap_or_default().into_iter().find_map(|(key, value)| {
        (!value.is_null() && key.as_str() != Some("filter")).then(|| Some((key.as_str()?.to_owned(), value)))?
    });
    match sent {
        Some((name, value)) => format!(
            "No filter of a rule is put on the events.{built} The argument {name} ({}) narrows them: AppSync delivers an event only where the field {name} of the mutation's answer is equal to it{}",
            crate::explain::hint::text::show(&value),
            whose_choice(run, &name)
        ),
        None => format!(
            "No filter is put on the events, and no argument narrows them: this caller gets every event, of every owner, whatever stands in the row.{built}"
        ),
    }
}

/// The end of a sentence about an argument that narrows the events: what becomes of who leaves it out or sends another.
fn whose_choice(run: &Finished<'_>, name: &str) -> String {
    let path = format!("args.{name}");
    let refused = |instead| {
        let changes = |one: &Passed| supposed(run, &one.condition, &path, instead).map(|holds| holds != one.held);
        // Where another condition stands around the refusal, or inside, that one would be asked then.
        let alone = |one: &&Passed| one.guards == Guards::Refusal && run.recorder.index.chain(one.statement).len() == 1;
        if run.passed().iter().filter(alone).any(|one| changes(one) == Some(true)) {
            return Some(true);
        }
        run.passed().iter().all(|one| changes(one) == Some(false)).then_some(false)
    };
    let must = format!("so the mutation must select {name}, or no event arrives.");
    let own = compared_alone(run, name);
    match (if own { Some(true) } else { refused(Instead::Nothing) }, if own { Some(true) } else { refused(Instead::AnotherText) }) {
        (Some(true), Some(true)) => format!(", {must} Who leaves the argument out, or sends another's, is refused here."),
        (Some(true), Some(false)) => format!(", {must} Who leaves the argument out is refused here; any other {name} is let through as well, so that is the client's own choice and no protection."),
        (Some(true), None) => format!(", {must} Who leaves the argument out is refused here."),
        (Some(false), Some(true)) => format!(", {must} Another's is refused here, but whoever leaves it out is not, and gets the events of every owner."),
        _ => format!(". That is the client's own choice and no protection: whoever leaves it out gets the events of every owner, and a mutation that does not select {name} reaches nobody who sent it."),
    }
}

/// Whether the caller was let in because this argument is his own value, and by nothing else: one that is absent is no such value.
fn compared_alone(run: &Finished<'_>, name: &str) -> bool {
    run.passed().iter().any(|one| {
        let mut leaves = Vec::new();
        one.condition.leaves(&mut leaves);
        let [leaf] = leaves.as_slice() else { return false };
        let of = |root: &str| leaf.operands.iter().any(|operand| operand.origins.context().is_some_and(|(path, ..)| path.starts_with(root)));
        let text = leaf.operands.iter().all(|operand| operand.value.as_str().is_some());
        text && of(&format!("args.{name}")) && of("identity.")
    })
}

/// A filter on a field that the template made for the caller, with its line.
fn built_filter(run: &Finished<'_>) -> Option<(String, u32)> {
    let operators = ["eq", "in", "contains", "beginsWith"];
    run.recorder.changes.iter().find_map(|change| {
        let value = change.values.last()?;
        let (_, inner) = value.as_map()?.snapshot().into_iter().next()?;
        let named = inner.as_map()?.keys().iter().any(|key| key.as_str().is_some_and(|key| operators.contains(&key)));
        (named && change.container.is_some()).then(|| (json(value).to_string(), line(run, change.node)))
    })
}

/// Who else gets through by the conditions that let this caller through; empty where they compare the caller with something.
fn who_else(run: &Finished<'_>, passed: &[Passed]) -> String {
    let mut words = everybody(run, passed).to_owned();
    words.push_str(&not_needed(run, passed));
    words
}

/// Another rule that did not hold, and was not needed.
fn not_needed(run: &Finished<'_>, passed: &[Passed]) -> String {
    let granted = match (run.decision.kind, run.decision.node) {
        (DecisionKind::Set, Some(granted)) => granted,
        // Transformer v1 has a variable a kind of rule: the one that the refusal asked for.
        _ => match passed.iter().find(|one| one.guards == Guards::Grant && set_true(run, one.statement)) {
            Some(one) => one.statement,
            None => return String::new(),
        },
    };
    let Some(Node::Set(set)) = run.recorder.index.node(granted) else { return String::new() };
    let Some(slot) = set.target.variable() else { return String::new() };
    let missed = run.recorder.index.sets_of(slot).find_map(|other| {
        if !matches!(other.value.kind, Kind::Boolean(true)) || other.node == granted || run.recorder.reached.began(other.node) > 0 {
            return None;
        }
        // The last time that it was asked.
        let branches = run.recorder.index.chain(other.node);
        let judged = branches.iter().rev().find_map(|part| run.recorder.branches.get(&part.node())?.last())?;
        // Of the flag itself nothing is told.
        if judged.condition.operands.iter().any(|operand| operand.slot == Some(slot)) {
            return None;
        }
        let mut leaves = Vec::new();
        judged.condition.decisive(false, &mut leaves);
        // The other half of the same owner rule: no owner was sent, so there was nothing to compare, and the caller was filled in.
        let not_sent = |operand: &&Operand| operand.value.is_null() && operand.origins.iter().any(|origin| origin.is_in("args.input"));
        if leaves.iter().flat_map(|leaf| &leaf.operands).any(|operand| not_sent(&operand)) {
            return None;
        }
        let of_claim = leaves.iter().flat_map(|leaf| &leaf.operands).any(|operand| claim_of(&operand.origins).is_some());
        let compares = leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal && !operand.value.is_null()).count() > 1;
        (!judged.taken && of_claim && compares).then(|| {
            let values = values(run, &judged.condition);
            (line(run, other.node), format!("{} ({})", condition(run, &judged.condition), values.join(", ")))
        })
    });
    missed.map_or(String::new(), |(at, asked)| {
        let both = if run.is_generated() { " Amplify has no AND: where both are meant, use one group that says both, or limit the `operations` of the rule that granted." } else { "" };
        format!(" Another rule would have granted on line {at}: {asked} did not hold, and was not needed, for rules are joined with OR and one is enough.{both}")
    })
}

/// Whether a statement sets a flag to true.
fn set_true(run: &Finished<'_>, statement: NodeId) -> bool {
    matches!(run.recorder.index.node(statement), Some(Node::Set(set)) if matches!(set.value.kind, Kind::Boolean(true)))
}

/// A claim of the caller's own is only asked for being there, and an argument of its name chooses what is read or written.
pub fn claim_not_compared(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Allowed | Verdict::Completed) {
        return;
    }
    let Some(request) = run.rendered() else { return };
    if !request.as_map().is_some_and(|map| map.contains_str("operation") || map.contains_str("statements")) {
        return;
    }
    for leaf in leaves {
        let (Test::Missing { what, missing: false } | Test::Truth(what)) = leaf.test else { continue };
        let Some((claim, path, value)) = claim_of(&what.origins) else { continue };
        let Some(mine) = value.as_str().filter(|mine| mine.len() > 1 && !EVERYBODY.contains(&path.as_str())) else { continue };
        let compared = leaves.iter().any(|other| {
            let reads = other.condition.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_at(&path)));
            reads && !matches!(other.test, Test::Missing { .. } | Test::Truth(_))
        });
        if compared || run.outcome.output.contains(mine) {
            continue;
        }
        let name = claim.rsplit(':').next().unwrap_or(&claim).to_lowercase();
        let args = run.context(&["args"]);
        let sent = args.as_map().map(|map| map.snapshot()).unwrap_or_default().into_iter().find_map(|(key, value)| {
            let (key, text) = (key.as_str()?.to_owned(), value.as_str()?.to_owned());
            let alike = key.to_lowercase().contains(&name) || name.contains(&key.to_lowercase());
            (alike && text.len() > 1 && run.outcome.output.contains(&text)).then_some((key, text))
        });
        let Some((key, text)) = sent.filter(|_| name.len() > 2) else { continue };
        let message = Message::of(
            "Wider than it looks: the claim {} is {} and is only asked for being there ({}); what is read or written, arguments.{} ({}) decides, which the client writes itself, and the two are never compared{}. » Put the claim into the request in its place, or refuse where they differ.",
            [
                Part::Name(claim),
                Part::Value(quoted(mine).to_string()),
                Part::Code(condition(run, leaf.condition)),
                Part::Name(key.clone()),
                Part::Value(quoted(&text).to_string()),
                Part::Text((if text == mine { ": they agree here, and need not" } else { "" }).to_owned()),
            ],
        );
        found.push(Finding::new(Code::ClaimNotCompared, message).at(format!("args.{key}")).actual(text).wanted(mine));
        return;
    }
}

/// Whether everybody gets through, or everybody who is signed in.
fn everybody(run: &Finished<'_>, passed: &[Passed]) -> &'static str {
    let mut leaves = Vec::new();
    passed.iter().for_each(|one| one.condition.decisive(one.held, &mut leaves));
    let of_caller: Vec<&&Condition> = leaves.iter().filter(|leaf| leaf.operands.iter().any(of_identity)).collect();
    if of_caller.is_empty() {
        // What an earlier step put there may be the caller's.
        let handed = leaves.iter().flat_map(|leaf| &leaf.operands).flat_map(|operand| operand.origins.iter()).any(|origin| ["stash", "prev", "error"].iter().any(|root| origin.is_in(root)));
        let asked = reads_identity(run) || leaves.is_empty() || handed;
        return if asked { "" } else { " Nothing in this template looks at the caller: whoever may call the field gets the same answer." };
    }
    let presence = |leaf: &&&Condition| match Test::of(run, leaf) {
        Test::Missing { what, .. } | Test::Truth(what) => everybody_has(what),
        _ => false,
    };
    if of_caller.iter().all(presence) {
        " Everybody who is signed in passes that: the caller is compared with nothing."
    } else {
        ""
    }
}

fn of_identity(operand: &Operand) -> bool {
    operand.origins.iter().any(|origin| origin.is_in("identity") || matches!(origin, Origin::AuthType(_)))
}

/// Whether the client alone decides a condition.
fn of_client(leaves: &[&Condition]) -> bool {
    let mut read = leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal).peekable();
    read.peek().is_some() && read.all(|operand| operand.origins.context().is_some_and(|(path, ..)| is_client(path)))
}

pub fn everybody_has(operand: &Operand) -> bool {
    operand.origins.context().is_some_and(|(path, ..)| EVERYBODY.contains(&&**path)) && !operand.value.is_null()
}

/// The only part of the request that names the caller stands in a block that did not run, so that what is sent is the same for
/// everybody for whom that block does not run.
pub fn term_not_sent(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Completed || found.iter().any(|known| known.code == Code::TextIsTrue) {
        return;
    }
    let request = run.rendered();
    let reads = request.as_ref().and_then(Value::as_map).and_then(|map| map.get_str("operation"));
    let reads = reads.as_ref().and_then(Value::as_str).is_some_and(|name| matches!(name, "Scan" | "Query" | "GetItem" | "UpdateItem" | "DeleteItem"));
    if !reads || names_caller(run) {
        return;
    }
    let Some((node, guard)) = not_sent(run) else { return };
    let message = Message::of(
        "Wider than it looks: what is sent holds nothing of the caller. `{}` on line {}, the part that names the caller, stands in a block that did not run, because {} did not hold: {}. Everybody for whom it does not hold gets what this caller gets, without a filter. » Turn the test round: put that part always, and leave it out only for those who may see everything.",
        [
            Part::Code(run.program.one_line(node)),
            Part::Place(line(run, node).to_string()),
            Part::Code(condition(run, &guard)),
            Part::Value(values(run, &guard).join(", ")),
        ],
    );
    let mut finding = Finding::new(Code::TermNotSent, message);
    let mut leaves = Vec::new();
    guard.decisive(false, &mut leaves);
    if let Some((path, value, _)) = leaves.iter().flat_map(|leaf| &leaf.operands).find_map(|operand| operand.origins.context()) {
        finding = finding.at(path.to_string()).actual(json(value));
    }
    found.push(finding);
}

/// Whether what the template printed holds the caller's name or id.
pub fn names_caller(run: &Finished<'_>) -> bool {
    let names = ["sub", "username", "cognitoIdentityId"];
    names.iter().any(|name| run.context(&["identity", name]).as_str().is_some_and(|text| text.len() > 1 && has_name(&run.outcome.output, text)))
}

/// The first statement that reads the caller and did not run, with the condition about the caller that stopped it; `None` where
/// one that does ran.
fn not_sent(run: &Finished<'_>) -> Option<(NodeId, Rc<Condition>)> {
    let mut missed = None;
    for (node, statement) in &run.recorder.index.statements {
        let mut reads = false;
        statement.reads(&mut |reference: &Reference| reads |= reference.passes("identity"));
        let refuses = matches!(statement, Node::Reference(reference) if is_refusal(reference));
        if !reads || refuses {
            continue;
        }
        if run.recorder.reached.began(*node) > 0 {
            continue;
        }
        let stopped = guards(run.recorder, *node, false).into_iter().find(|guard| {
            let mut leaves = Vec::new();
            guard.condition.leaves(&mut leaves);
            !guard.value && (leaves.iter().flat_map(|leaf| &leaf.operands).any(of_identity) || of_client(&leaves))
        });
        missed = missed.or(stopped.map(|guard| (*node, guard.condition)));
    }
    missed
}
