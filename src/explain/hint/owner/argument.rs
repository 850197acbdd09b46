//! The owner that a subscription names in its argument.

use crate::message::{Message, Part, any_of};
use crate::explain::hint::supposed::{Instead, supposed};
use crate::explain::hint::test::Test;
use crate::explain::hint::text::show;
use crate::explain::hint::{Finished, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::value::Value;

/// A subscription's owner argument that is not the caller.
pub fn subscription_argument(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.outcome.env.parent_type != "Subscription" && !inner(run) {
        return;
    }
    // An argument that was sent, and holds the caller in another form, is nearer than one that was left out.
    let own = [Code::OwnerFormatMismatch, Code::OwnerCaseMismatch, Code::OwnerOtherSub];
    let in_other_form = |hint: &Finding| own.contains(&hint.code) && hint.path.as_deref().is_some_and(|path| path.starts_with("args."));
    // That it is his but for its letters says all.
    if found.iter().any(|hint| hint.code == Code::OwnerCaseMismatch && in_other_form(hint)) {
        return;
    }
    if !found.iter().any(in_other_form) && let Some(finding) = argument_not_sent(run) {
        found.push(finding);
        return;
    }
    // Where the two are known to be one but for a slip, or one is not there, that is the cause.
    let slipped = [Code::ValuesNearlyEqual, Code::ClaimAbsent, Code::ClaimNameNear, Code::MemberNotInMode, Code::MemberNameNear];
    if found.iter().any(|hint| slipped.contains(&hint.code)) {
        return;
    }
    for guard in &run.why.guards {
        for operand in crate::trace::candidate::looked_at(&guard.condition) {
            let Some((path, value, _)) = operand.origins.context() else { continue };
            let is_argument =
                path.starts_with("args.") && !path.starts_with("args.filter") && !path.starts_with("args.input");
            if is_argument && value.as_str().is_some() && guard.value {
                let pool = value.as_str().is_some_and(is_identity_id);
                let mut leaves = Vec::new();
                guard.condition.decisive(guard.value, &mut leaves);
                if leaves.iter().any(|leaf| is_no_comparison(&Test::of(run, leaf), leaf, operand)) {
                    continue;
                }
                let compared = leaves.into_iter().find_map(|leaf| compared_with(&Test::of(run, leaf), operand));
                // Where the template refuses who leaves it out as well, that is no way.
                let left_out = supposed(run, &guard.condition, path, Instead::Nothing);
                let name = path.trim_start_matches("args.").to_owned();
                let or_leave = if left_out == Some(guard.value) { String::new() } else { format!(", or leave {name} out where the template fills it in") };
                let own = compared.unwrap_or_else(|| run.context(&["identity", "username"]));
                let kind = if pool { " (it has the form of an identity pool's id, cognitoIdentityId, which is another name of a user than the user pool's username or sub)" } else { "" };
                found.push(
                    Finding::new(
                        Code::SubscriptionOwnerArgument,
                        Message::of(
                            "the subscription's argument {} is {}, which is none of the caller's own values{}. » Send the caller's own, {}{}.",
                            [
                                Part::Place(path.to_string()),
                                Part::Value(show(value)),
                                Part::Text(kind.to_owned()),
                                Part::Value(show(&own)),
                                Part::Text(or_leave),
                            ],
                        ),
                    )
                    .at(path)
                    .actual(json(value)),
                );
            }
        }
    }
}

/// `eu-west-1:91c3a5d7-0e2f-4b64-8a86-c0e1f2031425`
pub fn is_identity_id(text: &str) -> bool {
    text.split_once(':').is_some_and(|(region, id)| {
        region.matches('-').count() >= 2 && id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    })
}

/// The owner argument was left out, so that it is never compared with the caller (transformer v1: who is in no group that may
/// listen has to name himself).
fn argument_not_sent(run: &Finished<'_>) -> Option<Finding> {
    // An equation that did not hold is a way in that stayed closed, of a statement that lets in or of a branch before the refusal.
    let way_in = |failed: &&crate::explain::hint::Failed<'_>| failed.candidate.is_some() || failed.condition.holds == Some(false) && matches!(failed.test, Test::Equal { equal: false, .. });
    let failed = run.failed().iter().filter(way_in);
    let mut unsent: Vec<String> = Vec::new();
    let mut compared = None;
    for (failed, operand) in failed.flat_map(|failed| failed.condition.operands.iter().map(move |operand| (failed, operand))) {
        let Some((path, value, _)) = operand.origins.context() else { continue };
        let Some(name) = path.strip_prefix("args.").filter(|name| value.is_null() && !name.contains('.')) else { continue };
        if !matches!(name, "filter" | "input" | "limit") && !unsent.iter().any(|known| known == name) {
            unsent.push(name.to_owned());
            compared = compared.or_else(|| compared_with(&failed.test, operand));
        }
    }
    let name = unsent.first()?.clone();
    let path = format!("args.{name}");
    let others = match unsent.get(1..).filter(|others| !others.is_empty()) {
        Some(others) => format!(" (or by {}, which was not sent either; a subscription by each, if both are wanted)", any_of(others)),
        None => String::new(),
    };
    let username = run.context(&["identity", "username"]);
    let me = if let Some(me) = compared { me } else if run.program.writes_json("sub") && !run.program.says("username") { run.context(&["identity", "sub"]) } else { username };
    if me.is_null() {
        return None;
    }
    let message = Message::of(
        "the subscription's argument {} was not sent (arguments.{} is absent), so it does not name the caller, {}: only who meets another rule of this template may leave it out. » Subscribe with {}: {}, the caller's own value{}, and let the mutation select {}, or no event will match.",
        [
            Part::Name(name.clone()),
            Part::Place(name.clone()),
            Part::Value(show(&me)),
            Part::Name(name.clone()),
            Part::Value(show(&me)),
            Part::Name(others),
            Part::Name(name),
        ],
    );
    Some(Finding::new(Code::SubscriptionOwnerArgument, message).at(path).wanted(json(&me)))
}

/// Whether a test sets the argument against nothing of the caller's: a claim that is absent, or a text that was made of it.
fn is_no_comparison(test: &Test<'_>, leaf: &Condition, argument: &Operand) -> bool {
    if !leaf.operands.iter().any(|operand| std::ptr::eq(operand, argument)) {
        return false;
    }
    let made = match *test {
        Test::Contains { item, .. } => !argument.value.loosely_equals(&item.value) && item.span != argument.span || computed(item),
        Test::Equal { left, right, .. } => computed(left) || computed(right),
        _ => false,
    };
    let other = test.beside(|side| std::ptr::eq(side, argument));
    made || other.is_some_and(|other| other.value.is_null())
}

/// Whether a value is no more what the context has, but a text made of it.
fn computed(operand: &Operand) -> bool {
    let of_argument = operand.origins.iter().any(|origin| origin.is_in("args"));
    of_argument && operand.origins.context().is_some_and(|(_, from, _)| from.as_str().is_some() && !from.loosely_equals(&operand.value))
}

/// The caller's value on the other side of an argument.
fn compared_with(test: &Test<'_>, argument: &Operand) -> Option<Value> {
    let other = test.beside(|side| std::ptr::eq(side, argument))?;
    let of_caller = other.origins.iter().any(|origin| origin.path().is_some_and(|path| super::other::is_person(path)));
    (of_caller && other.value.as_str().is_some()).then(|| other.value.clone())
}

fn inner(run: &Finished<'_>) -> bool {
    run.program.source.name.contains("Subscription.")
}
