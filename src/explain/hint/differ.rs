//! Two values that should have been equal and are nearly so, and names that are nearly those which are there.

use super::allow::{condition, values};
use super::test::Test;
use super::text::show;
use super::{Failed, Finished, claim_name, json};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::nearest::nearest;
use crate::syntax::Slot;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;

/// Values that differ by blanks, quotes or a prefix only, or of which one is empty.
pub fn nearly(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let Test::Equal { left, right, equal: false } = &failed.test else { continue };
        let (Some(mine), Some(other)) = (left.value.as_str(), right.value.as_str()) else { continue };
        let how = how(mine, other).map(|how| (how, *left)).or_else(|| how_other(mine, other).map(|how| (how, *right)));
        let Some(((what, cure), of)) = how else { continue };
        // What the template cut out of a value is no value that anybody gave.
        let given = |(_, from, _): &(&crate::appsync::ContextPath, &Value, bool)| !of.value.as_str().is_some_and(str::is_empty) || from.loosely_equals(&of.value);
        let Some((path, ..)) = of.origins.context().filter(given) else { continue };
        let message = Message::of(
            "line {}: {} compares {} with {}: {}. » {}",
            [
                Part::Place(line(run, failed)),
                Part::Code(format!("`{}`", run.text(failed.condition))),
                Part::Value(named(left)),
                Part::Value(named(right)),
                Part::Text(what.to_owned()),
                Part::Text(cure.to_owned()),
            ],
        );
        push(found, Finding::new(Code::ValuesNearlyEqual, message).at(path).actual(json(&of.value)));
    }
}

fn how_other(mine: &str, other: &str) -> Option<(&'static str, &'static str)> {
    how(other, mine)
}

/// How the first of two values is not quite the second, and what to do.
fn how(value: &str, other: &str) -> Option<(&'static str, &'static str)> {
    if value == other || other.is_empty() {
        return None;
    }
    let bare = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() {
        Some((
            "the first is there but empty, which is neither absent nor null",
            "Give the attribute a value and take a new token, or let the template refuse an empty value by name.",
        ))
    } else if value.trim() == other {
        Some((
            "there is a blank at the beginning or end of one of them",
            "Correct the stored attribute, or compare with .trim().",
        ))
    } else if bare == other && value.starts_with(['"', '\'']) != value.ends_with(['"', '\'']) {
        Some((
            "a quote is left over at one end, from the text that it was cut out of",
            "Cut it off too: `.replace('\"', \"\")`.",
        ))
    } else if bare == other {
        Some((
            "the quotes are part of the value, which was stored as JSON text",
            "Save it without the quotes, or read it with $util.parseJson.",
        ))
    } else if value.to_lowercase().ends_with(&format!("_{}", other.to_lowercase())) {
        Some((
            "the longer one has a federated identity provider's prefix",
            "Store the name with its prefix, or compare sub, which every user has.",
        ))
    } else {
        None
    }
}

/// A claim or an argument that is another than the template wants, where no record is concerned.
pub fn other_value(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let Test::Equal { left, right, equal: false } = &failed.test else { continue };
        let argument = |operand: &Operand| operand.origins.context().is_some_and(|(path, ..)| path.starts_with("args"));
        let (row, caller) = match (argument(left), argument(right)) {
            (true, false) => (left, right),
            (false, true) => (right, left),
            _ => continue,
        };
        let (Some((path, ..)), false, false) = (row.origins.context(), row.value.is_null(), caller.value.is_null()) else {
            continue;
        };
        let default = super::owner::is_default(caller) || super::owner::is_default(row);
        if caller.literal || default || found.iter().any(|hint| hint.path.as_deref() == Some(path)) {
            continue;
        }
        let message = Message::of(
            "line {}: {} compares {} with {}, and they differ. » {}",
            [
                Part::Place(line(run, failed)),
                Part::Code(format!("`{}`", run.text(failed.condition))),
                Part::Value(named(row)),
                Part::Value(named(caller)),
                Part::Text(agree(caller).to_owned()),
            ],
        );
        let finding = Finding::new(Code::ArgumentDiffers, message).at(path);
        push(found, finding.actual(json(&row.value)).wanted(json(&caller.value)));
    }
}

/// What to do about an argument that is not what it is compared with.
fn agree(other: &Operand) -> &'static str {
    match other.origins.context() {
        // Who the caller is, no trigger and no attribute changes.
        Some((path, ..)) if ["identity.sub", "identity.username", "identity.claims.sub", "identity.claims.username"].iter().any(|own| *path == **own) => {
            "Send the caller's own value."
        }
        Some((path, ..)) if path.starts_with("identity") => {
            "Send the caller's own value, or correct the claim where the argument is right."
        }
        Some((path, ..)) if path.starts_with("result") || path.starts_with("source") => {
            "Send the value that the row has, or ask for another row."
        }
        _ => "Send the same value, or correct the other where the argument is right.",
    }
}

/// A variable that the decision read and that has nothing: no statement sets it, or one of nearly the same name does.
pub fn near_variable(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let mut set: Vec<Slot> = run.recorder.index.sets().filter_map(|set| set.target.variable()).collect();
    set.sort_unstable();
    set.dedup();
    // A loop gives its own variable a value.
    let of_loop = |slot: Slot| run.recorder.index.loops().any(|each| each.item == slot);
    let lost = lost_targets(run);
    for failed in run.failed() {
        for operand in failed.condition.operands.iter().filter(|operand| !operand.value.is_true()) {
            let Some(slot) = operand.slot else { continue };
            let name = run.program.name(slot);
            if let Some((_, other, text)) = lost.iter().find(|(bare, ..)| *bare == name) {
                push(found, quiet_target(run, failed, slot, (*other, text)));
            } else if operand.value.is_null() && !set.contains(&slot) && !of_loop(slot) && plain(run, operand, name) {
                let near = nearest(name, set.iter().map(|slot| run.program.name(*slot)));
                let other = near.and_then(|near| other_variable(run, failed, name, near));
                if let Some(finding) = other.or_else(|| of_earlier_template(run, failed, name)) {
                    push(found, finding);
                }
            }
        }
    }
}

/// Whether an operand is the variable itself, no member of it.
fn plain(run: &Finished<'_>, operand: &Operand, name: &str) -> bool {
    let text = run.program.source.slice(operand.span);
    text.trim_start_matches(['$', '!', '{']).trim_end_matches('}') == name
}

/// Which statement set a variable, and why it ran.
fn setting(run: &Finished<'_>, slot: Slot) -> Option<String> {
    let change = run.recorder.changes.iter().rfind(|change| change.slot == Some(slot) && change.container.is_none())?;
    let why = guards(run.recorder, change.node, false).into_iter().next();
    let why = why.map_or(String::new(), |guard| {
        let values = values(run, &guard.condition).join(", ");
        format!(", because {} held: {values}", condition(run, &guard.condition))
    });
    Some(format!("line {} set it{why}", super::allow::line(run, change.node)))
}

fn other_variable(run: &Finished<'_>, failed: &Failed<'_>, name: &str, near: &str) -> Option<Finding> {
    let slot = run.program.slot(near)?;
    let value = run.outcome.variable(slot).cloned().unwrap_or_default();
    let set = setting(run, slot).map_or(String::new(), |words| format!("; {words}"));
    let message = Message::of(
        "line {}: {} reads ${}, which no statement sets, so it is null; what is set is ${} ({}{}). Variables are told apart by upper and lower case: » write both the same.",
        [
            Part::Place(line(run, failed)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.to_owned()),
            Part::Name(near.to_owned()),
            Part::Value(show(&value)),
            Part::Text(set),
        ],
    );
    Some(Finding::new(Code::VariableNeverSet, message).actual(json(&value)).wanted(name))
}

/// Each `#set` of `$!ok` or `${ok}`, whose target is another variable than `$ok`, which no reference can name (Velocity 1.7):
/// the name that was meant, the variable, and the target as it is written.
fn lost_targets<'a>(run: &Finished<'a>) -> Vec<(&'a str, Slot, &'a str)> {
    let lost = run.recorder.index.sets().filter(|set| set.target.steps.is_empty()).filter_map(|set| {
        let slot = set.target.variable()?;
        let text = run.program.text(set.target.node);
        let bare = text.trim_start_matches(['$', '!', '{']).trim_end_matches('}').trim();
        (run.program.name(slot) != bare).then_some((bare, slot, text))
    });
    lost.collect()
}

/// Such a `#set` was meant for the variable that the decision read.
fn quiet_target(run: &Finished<'_>, failed: &Failed<'_>, slot: Slot, (other, target): (Slot, &str)) -> Finding {
    let name = run.program.name(slot);
    let value = run.outcome.variable(slot).cloned().unwrap_or_default();
    let set = setting(run, other).map_or("no statement set that one".to_owned(), |words| words);
    let message = Message::of(
        "line {}: {} reads ${}, which is {}. `#set({} = …)` does not set it: as the target of a `#set`, {} is another variable, which no reference can name ({}). » Write `#set(${} = …)`.",
        [
            Part::Place(line(run, failed)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.to_owned()),
            Part::Value(show(&value)),
            Part::Code(target.to_owned()),
            Part::Code(format!("`{target}`")),
            Part::Text(set),
            Part::Name(name.to_owned()),
        ],
    );
    Finding::new(Code::VariableNeverSet, message).actual(json(&value)).wanted(name)
}

/// No variable of nearly this name is set: one of the template before is gone, and the stash is what remains.
fn of_earlier_template(run: &Finished<'_>, failed: &Failed<'_>, name: &str) -> Option<Finding> {
    // `$isOwnerAuthorized == true` of a generated template asks for a flag that another rule would set.
    let value = |operand: &Operand| !operand.literal && !operand.value.is_null();
    let compared = matches!(failed.test, Test::Equal { .. } | Test::Contains { .. })
        && failed.condition.operands.iter().any(value);
    let stash = run.context(&["stash"]);
    let held = stash.as_map().and_then(|stash| {
        let keys = stash.keys();
        let key = nearest(name, keys.iter().filter_map(Value::as_str))?.to_owned();
        Some((key.clone(), stash.get_str(&key).unwrap_or_default()))
    });
    if held.is_none() && !compared {
        return None;
    }
    let other = failed.condition.operands.iter().find(|operand| !operand.value.is_null() && !operand.literal);
    let beside = other.map_or(String::new(), |operand| format!(" and is compared with {}", named(operand)));
    let mut message = Message::of(
        "line {}: {} reads ${}, which no statement of this template sets, so it is null{}. Variables end with their template; only the stash goes on to the next.",
        [
            Part::Place(line(run, failed)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.to_owned()),
            Part::Value(beside),
        ],
    );
    message.and(match held {
        Some((key, value)) => Message::from(format!("stash.{key} is {}:", show(&value))).cured(format!("read `$ctx.stash.{key}`.")),
        None => Message::default().cured(format!("Set ${name} here, or have an earlier template put it into the stash and read `$ctx.stash.{name}`.")),
    });
    Some(Finding::new(Code::VariableNeverSet, message).wanted(name))
}

fn push(found: &mut Vec<Finding>, finding: Finding) {
    if !found.iter().any(|known| known.path == finding.path && known.code == finding.code) {
        found.push(finding);
    }
}

fn line(run: &Finished<'_>, failed: &Failed<'_>) -> String {
    run.program.line(failed.condition.node).to_string()
}

/// A value with the place that it came from.
fn named(operand: &Operand) -> String {
    let value = show(&operand.value);
    let Some((path, ..)) = operand.origins.context() else { return value };
    match claim_name(path) {
        Some(claim) => format!("{value} (claim {claim})"),
        None => format!("{value} ({path})"),
    }
}
