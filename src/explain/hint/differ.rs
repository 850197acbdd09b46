//! Two values that should have been equal and are nearly so, and names that are nearly those which are there.

use super::allow::{condition, values};
use super::test::Test;
use super::text::show;
use super::{Failed, Finished, claim_name, json};
use crate::code::Code;
use crate::explain::flags::is_plain;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::nearest::nearest;
use crate::syntax::{ExpressionKind, Reference, Slot};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::recorder::Change;
use crate::value::Value;
use crate::value::method::Method;

/// Values that differ by blanks, quotes or a prefix only, or of which one is empty.
pub fn nearly(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    // Of a single condition the decision's own sentence says it.
    let several = run.failed().len() > 1;
    for failed in run.failed() {
        let Test::Equal { left, right, equal: false } = &failed.test else { continue };
        let (Some(mine), Some(other)) = (left.value.as_str(), right.value.as_str()) else { continue };
        let how = how(mine, other).map(|how| (how, *left, *right)).or_else(|| how(other, mine).map(|how| (how, *right, *left))).or_else(|| in_case(left, right).or_else(|| in_case(right, left)).filter(|_| several));
        let Some((how, of, wanted)) = how else { continue };
        // What the template cut out of a value is no value that anybody gave.
        let given = |(_, from, _): &(&crate::appsync::ContextPath, &Value, bool)| !of.value.as_str().is_some_and(str::is_empty) || from.loosely_equals(&of.value);
        let Some((path, from, _)) = of.origins.context().filter(given) else { continue };
        // What a client sends with a dollar in front is his.
        let as_stored = from.loosely_equals(&of.value);
        if how == Nearly::Dollar && as_stored && !super::owner::is_row(path) {
            continue;
        }
        let made = how == Nearly::Dollar && !as_stored;
        let message = Message::of(
            "line {}: {} compares {} with {}: {}. » {}",
            [
                Part::Place(line(run, failed)),
                Part::Code(format!("`{}`", run.text(failed.condition))),
                Part::Value(named(left)),
                Part::Value(named(right)),
                Part::Text(how.words(path, &of.value)),
                Part::Value(kept_empty(run, of).filter(|_| how == Nearly::Empty).unwrap_or_else(|| how.cure(if made { "" } else { path }, &wanted.value))),
            ],
        );
        push(found, Finding::new(Code::ValuesNearlyEqual, message).at(path).actual(json(&of.value)));
    }
}

/// What is there but empty, in whose place `$util.defaultIfNullOrEmpty` or `…OrBlank` put its default.
pub fn default_of_empty(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let Test::Equal { left, right, equal: false } = &failed.test else { continue };
        for (of, other) in [(*left, *right), (*right, *left)] {
            let is_empty = |(_, from, absent): &(&crate::appsync::ContextPath, &Value, bool)| !absent && from.as_str().is_some_and(|text| text.trim().is_empty());
            let Some((path, from, _)) = of.origins.context().filter(is_empty) else { continue };
            let of_empty = |call: &&Reference| matches!(call.util(), Some(Method::DefaultIfNullOrEmpty | Method::DefaultIfNullOrBlank));
            let Some(call) = call_of(run, of).filter(of_empty).filter(|_| !from.loosely_equals(&of.value)) else { continue };
            let message = Message::of(
                "{} is there but empty ({}), so the default {} took its place (line {}), and {} on line {} compared that with {}. » {}",
                [
                    Part::Text(super::whence::subject(path)),
                    Part::Value(show(from)),
                    Part::Value(show(&of.value)),
                    Part::Place(run.program.line(call.node).to_string()),
                    Part::Code(format!("`{}`", run.text(failed.condition))),
                    Part::Place(line(run, failed)),
                    Part::Value(named(other)),
                    Part::Value(Nearly::Empty.cure(path, &other.value)),
                ],
            );
            push(found, Finding::new(Code::ValuesNearlyEqual, message).at(path).actual(json(from)).wanted(json(&other.value)));
        }
    }
}

/// The call that an operand is, or that its variable was set to.
fn call_of<'a>(run: &Finished<'a>, of: &Operand) -> Option<&'a Reference> {
    let own = || run.recorder.index.references.iter().copied().find(|reference| run.program.span(reference.node) == of.span);
    let set = || match &run.recorder.index.sets_of(of.slot?).next()?.value.kind {
        ExpressionKind::Reference(reference) => Some(reference),
        _ => None,
    };
    set().or_else(own)
}

/// `$util.defaultIfNull` takes its default for null alone: an empty text stays.
fn kept_empty(run: &Finished<'_>, of: &Operand) -> Option<String> {
    let call = call_of(run, of).filter(|reference| reference.util() == Some(Method::DefaultIfNull))?;
    let (_, args) = call.last_call()?;
    let default = run.program.one_line(args.get(1)?.node);
    // Where the template fills the caller in, it does so for a key that is not there.
    let sent = of.origins.context().and_then(|(path, ..)| path.strip_prefix("args.input.")).filter(|name| super::owner::fills_in(run, name));
    if let Some(name) = sent {
        return Some(format!("Leave {name} out of the input, and the template fills in the caller: an empty text is neither absent nor null. Or send the caller's own value."));
    }
    Some(format!("The default {default} on line {} is taken for null alone, and an empty text is none: write `$util.defaultIfNullOrEmpty(…)` there, or give the attribute a value.", run.program.line(call.node)))
}

/// How a value is not quite the one that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nearly {
    Empty,
    Blank,
    Case,
    QuoteLeft,
    Quoted,
    Federated,
    Dollar,
}

/// What a row says, beside a word of the template's that differs only in case.
fn in_case<'o>(of: &'o Operand, wanted: &'o Operand) -> Option<(Nearly, &'o Operand, &'o Operand)> {
    let (stored, word) = (of.value.as_str()?, wanted.value.as_str()?);
    let of_row = wanted.literal && of.origins.context().is_some_and(|(path, ..)| super::owner::is_row(path));
    (of_row && stored != word && stored.to_lowercase() == word.to_lowercase()).then_some((Nearly::Case, of, wanted))
}

/// How the first of two values is not quite the second.
fn how(value: &str, other: &str) -> Option<Nearly> {
    if value == other || other.is_empty() {
        return None;
    }
    let bare = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() {
        Some(Nearly::Empty)
    } else if value.trim() == other {
        Some(Nearly::Blank)
    } else if bare == other && value.starts_with(['"', '\'']) != value.ends_with(['"', '\'']) {
        Some(Nearly::QuoteLeft)
    } else if bare == other {
        Some(Nearly::Quoted)
    } else if value.strip_prefix('$') == Some(other) {
        Some(Nearly::Dollar)
    } else if crate::appsync::provider_of(value).is_none() && value.to_lowercase().ends_with(&format!("_{}", other.to_lowercase())) {
        Some(Nearly::Federated)
    } else {
        None
    }
}

impl Nearly {
    /// What is wrong with the value of this place.
    fn words(self, path: &str, value: &Value) -> String {
        let subject = super::whence::subject(path);
        match self {
            Self::Empty => format!("{subject} is there but empty, which is neither absent nor null"),
            Self::Blank => {
                let text = value.as_str().unwrap_or_default();
                let end = match (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace)) {
                    (true, true) => "at its beginning and at its end",
                    (true, false) => "at its beginning",
                    _ => "at its end",
                };
                format!("{subject} has a blank {end}")
            }
            Self::Case => "they differ only in upper and lower case".to_owned(),
            Self::QuoteLeft => "a quote is left over at one end, from the text that it was cut out of".to_owned(),
            Self::Quoted => "the quotes are part of the value, which was stored as JSON text".to_owned(),
            Self::Federated => "the longer one has a federated identity provider's prefix".to_owned(),
            Self::Dollar => "the longer one is the other behind a `$`, which is text: of `$${…}` Velocity prints the first dollar, and then the value (Terraform's heredocs and JavaScript's template texts escape `${` so; in a plain file nothing takes the dollar away)".to_owned(),
        }
    }

    /// What helps, by who can change the value of this place: the client, whoever writes the row, or who manages the users.
    fn cure(self, path: &str, wanted: &Value) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        let (sent, stored) = (super::whence::is_client(path), super::owner::is_row(path));
        match self {
            Self::Empty if sent => format!("Send {}.", show(wanted)),
            Self::Empty if stored => format!("Give {name} a value on the row, or let the template treat an empty one by a condition of its own."),
            Self::Empty => "Give the attribute a value and take a new token, or let the template refuse an empty value by name.".to_owned(),
            Self::Blank if sent => "Send it without the blank, or compare with .trim().".to_owned(),
            Self::Blank if stored => format!("Correct {name} on the row, or compare with .trim()."),
            Self::Blank => "Correct the stored attribute, or compare with .trim().".to_owned(),
            Self::Case => format!("Write {name} alike in the template and on the rows, or compare without case (`.toLowerCase()`)."),
            Self::QuoteLeft => "Cut it off too: `.replace('\"', \"\")`.".to_owned(),
            Self::Quoted => "Save it without the quotes, or read it with $util.parseJson.".to_owned(),
            Self::Dollar if stored => format!("Write one dollar, or the reference alone, where {name} is stored, and repair the rows that have two."),
            Self::Dollar => "Write one dollar, or the reference alone, without a text around it.".to_owned(),
            Self::Federated => "Store the name with its prefix, or compare sub, which every user has.".to_owned(),
        }
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
        // Of one group of several, that it is another says nothing.
        let of_list = caller.origins.context().is_some_and(|(path, ..)| {
            found.iter().any(|hint| hint.code == Code::NotInList && hint.path.as_deref() == Some(&*super::claim_path(path)))
        });
        // That its text has several names in it, or a list, tells more.
        let in_text = caller.origins.context().is_some_and(|(path, ..)| {
            let of_text = |hint: &Finding| matches!(hint.code, Code::ClaimIsCommaList | Code::ClaimIsJsonString);
            found.iter().any(|hint| of_text(hint) && hint.path.as_deref() == Some(&*super::claim_path(path)))
        });
        // In another turn of the loop it was the one but for a blank.
        let in_other_turn = run.failed().iter().any(|other| other.condition.node == failed.condition.node && other.test.differs_by_blanks());
        if caller.literal || default || of_list || in_text || in_other_turn || found.iter().any(|hint| hint.path.as_deref() == Some(path)) {
            continue;
        }
        let message = Message::of(
            "line {}: {} compares {} with {}, and they differ.{} » {}",
            [
                Part::Place(line(run, failed)),
                Part::Code(format!("`{}`", run.text(failed.condition))),
                Part::Value(named(row)),
                Part::Value(named(caller)),
                Part::Text(under_another_name(run, &row.value)),
                Part::Value(in_other_argument(run, path, &caller.value).unwrap_or_else(|| agree(caller, path))),
            ],
        );
        let finding = Finding::new(Code::ArgumentDiffers, message).at(path);
        push(found, finding.actual(json(&row.value)).wanted(json(&caller.value)));
    }
}

/// The value that is wanted was sent as another argument.
fn in_other_argument(run: &Finished<'_>, path: &str, wanted: &Value) -> Option<String> {
    let (parent, name) = path.rsplit_once('.')?;
    let text = wanted.as_str().filter(|text| !text.is_empty())?;
    let names: Vec<&str> = parent.split('.').collect();
    let sent = run.context(&names).as_map()?.snapshot();
    let other = sent.into_iter().find(|(key, value)| key.as_str() != Some(name) && value.as_str() == Some(text))?.0;
    let other = other.as_str()?.to_owned();
    Some(format!("The argument {other} has that value: send it as {name}, or compare `$ctx.{parent}.{other}` here, if {other} is what the rest of the template goes by."))
}

/// What to do about an argument that is not what it is compared with.
fn agree(other: &Operand, path: &str) -> String {
    let one = other.value.members().map_or_else(|| Some(other.value.clone()), |all| <[Value; 1]>::try_from(all).ok().map(|[one]| one));
    let named = || one.map_or_else(String::new, |one| format!(", {}: {}", path.rsplit('.').next().unwrap_or(path), show(&one)));
    match other.origins.context() {
        // Who the caller is, no trigger and no attribute changes.
        Some((path, ..)) if ["identity.sub", "identity.username", "identity.claims.sub", "identity.claims.username"].iter().any(|own| *path == **own) => {
            format!("Send the caller's own value{}.", named())
        }
        Some((path, ..)) if path.starts_with("identity") => {
            format!("Send the caller's own value{}, or correct the claim where the argument is right.", named())
        }
        Some((path, ..)) if path.starts_with("result") || path.starts_with("source") => {
            "Send the value that the row has, or ask for another row.".to_owned()
        }
        _ => "Send the same value, or correct the other where the argument is right.".to_owned(),
    }
}

/// That what was sent is the caller's too, under another name.
fn under_another_name(run: &Finished<'_>, sent: &Value) -> String {
    let of_pool = || match sent.as_str().is_some_and(super::owner::is_identity_id) {
        true => " What was sent has the form of an identity pool's id of a user (cognitoIdentityId), which is never the sub or username of a user pool, even of the same person.".to_owned(),
        false => String::new(),
    };
    super::whence::held_by(run, sent).map_or_else(of_pool, |place| format!(" What was sent is the caller's {}.", super::whence::subject(&place)))
}

/// Names of variables that stand for nothing on purpose: AppSync takes no bare `null`.
const NOTHING: [&str; 5] = ["null", "nil", "none", "nothing", "undefined"];

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
            // Whoever compares with `$null` means a variable that nothing sets.
            if NOTHING.iter().any(|nothing| name.eq_ignore_ascii_case(nothing)) {
                continue;
            }
            if let Some(finding) = twin_of_other_case(run, failed, operand).filter(|_| is_plain(run.program, operand, name)) {
                push(found, finding);
            } else if let Some(finding) = in_stash(run, failed, slot).filter(|_| is_plain(run.program, operand, name)) {
                push(found, finding);
            } else if let Some((_, other, text)) = lost.iter().find(|(bare, ..)| *bare == name) {
                push(found, quiet_target(run, failed, slot, (*other, text)));
            } else if let Some(finding) = super::unset_branch::of(run, failed, operand).filter(|_| is_plain(run.program, operand, name)) {
                push(found, finding);
            } else if operand.value.is_null() && !set.contains(&slot) && !of_loop(slot) && is_plain(run.program, operand, name) {
                let names = || set.iter().map(|slot| run.program.name(*slot));
                let near = nearest(name, names()).or_else(|| super::unset_branch::part_of_name(run, name, &set));
                let other = near.and_then(|near| other_variable(run, failed, name, near));
                if let Some(finding) = other.or_else(|| of_earlier_template(run, failed, name)) {
                    push(found, finding);
                }
            }
        }
    }
}

/// A variable that is not true, where a statement made one true that differs from it in upper and lower case alone and that nothing
/// reads: Velocity tells names apart by case (<https://velocity.apache.org/engine/1.7/user-guide.html#variables>, and 1.7 itself).
fn twin_of_other_case(run: &Finished<'_>, failed: &Failed<'_>, operand: &Operand) -> Option<Finding> {
    let slot = operand.slot?;
    let name = run.program.name(slot);
    let whole = |change: &&Change| change.path.is_none() && change.container.is_none();
    let (change, other) = run.recorder.changes.iter().rev().filter(whole).find_map(|change| {
        let other = change.slot.filter(|other| *other != slot && run.program.name(*other).eq_ignore_ascii_case(name))?;
        change.values.first().is_some_and(Value::is_true).then_some((change, other))
    })?;
    let targets: Vec<_> = run.recorder.index.sets_of(other).map(|set| set.target.node).collect();
    let read = run.recorder.index.references.iter().any(|reference| reference.root == other && !targets.contains(&reference.node));
    // One that nothing sets is told of by itself.
    let own = run.recorder.changes.iter().rfind(|change| change.slot == Some(slot) && whole(change)).filter(|_| !read)?;
    let message = Message::of(
        "{}, and {} on line {} reads ${}, which is {} (line {}): names of variables are told apart by upper and lower case, so these are two, and nothing reads ${}. » Write both the same.",
        [
            Part::Text(format!("line {} set ${} (another case) to {}", super::allow::line(run, change.node), run.program.name(other), change.values.first().map(show).unwrap_or_default())),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Place(line(run, failed)),
            Part::Name(name.to_owned()),
            Part::Value(show(&operand.value)),
            Part::Place(super::allow::line(run, own.node).to_string()),
            Part::Name(run.program.name(other).to_owned()),
        ],
    );
    Some(Finding::new(Code::VariableNeverSet, message).actual(json(&operand.value)).wanted(name))
}

/// A variable that is not true, where this template put a true member of that name into the stash: the two are different places.
fn in_stash(run: &Finished<'_>, failed: &Failed<'_>, slot: Slot) -> Option<Finding> {
    let name = run.program.name(slot);
    let value = Some(run.context(&["stash", name])).filter(|value| value.is_true())?;
    let put = run.recorder.changes.iter().rfind(|change| change.path.as_deref() == Some("stash") && change.values.first().and_then(Value::as_str) == Some(name))?;
    let by = format!("line {} put it", super::allow::line(run, put.node));
    let message = Message::of(
        "line {}: {} reads the variable ${}, and what is true is the member {} of the stash ({}, {}), which is another place. » Read `$ctx.stash.{}` here, or `#set` the variable there.",
        [
            Part::Place(line(run, failed)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.to_owned()),
            Part::Name(name.to_owned()),
            Part::Value(show(&value)),
            Part::Text(by),
            Part::Name(name.to_owned()),
        ],
    );
    Some(Finding::new(Code::VariableNeverSet, message).actual(json(&value)).wanted(name))
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
        "line {}: {} reads ${}, which no statement sets, so it is null; what is set is ${} ({}{}). {} » Write both the same.",
        [
            Part::Place(line(run, failed)),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.to_owned()),
            Part::Name(near.to_owned()),
            Part::Value(show(&value)),
            Part::Text(set),
            Part::Text(if name.eq_ignore_ascii_case(near) { "Variables are told apart by upper and lower case." } else { "The two names are spelled differently." }.to_owned()),
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
    let only_way = run.is_by_hand() && run.why.candidates.is_empty();
    if held.is_none() && !compared && !only_way {
        return None;
    }
    let other = failed.condition.operands.iter().find(|operand| !operand.value.is_null() && !operand.literal);
    let beside = other.map_or(String::new(), |operand| format!(" and is compared with {}", named(operand)));
    let mut message = Message::of(
        "line {}: {} reads ${}, which no statement of this template sets, so it is null{}, whoever calls. Variables end with their template; only the stash goes on to the next.",
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
