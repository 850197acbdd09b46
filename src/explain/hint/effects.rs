//! Side effects: what the template itself wrote before it looked, so that it looked at its own value.

use crate::value::method::Method;
use super::allow::{line, one_line, values};
use super::test::Test;
use super::text::show;
use super::overwritten::target;
use super::whence::{absent_claim, whence};
use super::{Finished, claim_of, is_group_like, json};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::syntax::{NodeId, };
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::Node;
use crate::trace::recorder::Change;
use crate::value::{Map, Value};
use std::rc::Rc;

/// What a condition of the decision looked at.
pub(super) fn looked<C: AsRef<Condition>>(conditions: &[C]) -> Vec<&Operand> {
    let mut leaves = Vec::new();
    conditions.iter().for_each(|condition| condition.as_ref().leaves(&mut leaves));
    leaves.into_iter().filter(|leaf| leaf.holds.is_some()).flat_map(|leaf| &leaf.operands).collect()
}

/// The conditions that decided, whichever way.
pub(super) fn conditions(run: &Finished<'_>) -> Vec<Rc<Condition>> {
    let allowed = if run.verdict == Verdict::Denied { &[] } else { run.passed() };
    let mut all: Vec<Rc<Condition>> = allowed.iter().map(|one| one.condition.clone()).collect();
    all.extend(run.why.guards.iter().map(|guard| guard.condition.clone()));
    all
}

/// A member of the context was replaced before the check read it.
pub fn overwritten(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // What a template puts into the stash is for those behind it, unless it writes over what a step before it had put there.
    let denied = run.verdict == Verdict::Denied;
    let filled = |change: &Change| denied && change.old.as_ref().is_some_and(|old| !old.is_null());
    let of_stash = |change: &Change| change.path.as_ref().is_some_and(|path| path.is_in("stash")) && !filled(change);
    let changes = run.recorder.changes.iter().filter(|change| change.path.is_some() && !of_stash(change));
    let mut changes = changes.filter(|change| !is_method(run, change.node, Method::Remove)).peekable();
    if changes.peek().is_none() {
        return;
    }
    let conditions = conditions(run);
    let looked = looked(&conditions);
    for change in changes {
        let (Some(target), Some(new)) = (target(change), change.values.get(1)) else { continue };
        let code = member_code(&target);
        let read = looked.iter().copied().find(|operand| {
            run.program.span(change.node).start < operand.span.start
                && (operand.origins.iter().any(|origin| origin.is_at(&target))
                    || code.iter().any(|code| run.program.source.slice(operand.span).ends_with(code.as_str())))
        });
        let Some(read) = read else { continue };
        let kept = is_another_form(change, &target, denied) || !denied && fills_in_new_row(run, change, &target);
        let Some(old) = change.old.clone().filter(|old| !kept && !old.loosely_equals(new)) else { continue };
        let from = change.origins.get(1).map(|origins| whence(origins, new)).unwrap_or_default();
        let by = if from.words.is_empty() { String::new() } else { format!(" ({})", from.words) };
        let claim = from.absent.as_deref().map(|path| absent_claim(run, path)).unwrap_or_default();
        let check = line_of(run, read);
        let advice = match (denied, target.starts_with("stash")) {
            (true, true) => "» Leave what the step before put there, or put this under another name.".into(),
            // To compare what the client sent, in the place of an absent claim, would let everybody in.
            (true, false) if from.absent.is_some() && !super::whence::is_client(&target) => "» Write over what stands there only where the claim has a value, and refuse where it is absent, with words of its own.".into(),
            (true, false) if from.absent.is_some() => "» Keep that line: what the client sends in its place is no proof; refuse where the claim is absent, with words of its own.".into(),
            (true, false) if super::whence::is_client(&target) && from.identity && beside_row(run, read).is_some() => own_against_row(run, read, new, &from.words),
            (true, false) if from.identity && compared_member(run, read).is_some() => write_what_is_compared(run, (change, read), &from.words),
            (true, false) if super::whence::is_client(&target) && from.identity => "» Check the value that the line makes, or the row's own, and not what the client sent.".into(),
            (true, false) => "» Compare first and write afterwards.".into(),
            (false, _) if fills_in_caller(change, &target, denied) => refuse_nobodys(&target),
            (false, _) => compare_the_row(run, &target, new),
        };
        found.push(
            Finding::new(
                Code::WrittenBeforeCheck,
                with_claim(
                    Message::of(
                        if old.is_null() { "{}line {} put {}{} = {}{} before the check on line {} read it." } else { "{}line {} replaced {} = {} by {}{} before the check on line {} read it." }, [Part::Text(if denied { "" } else { "Wider than it looks: " }.to_owned()), Part::Place(line(run, change.node).to_string()), Part::Place(target.replace("args.", "arguments.")), Part::Value(if old.is_null() { String::new() } else { show(&old) }), Part::Value(show(new)), Part::Text(by), Part::Place(check.to_string())]).with(advice),
                    claim,
                ),
            )
            .at(target)
            .actual(json(&old))
            .wanted(json(new)),
        );
        return;
    }
}

/// What was made of the value that stood there is that value in another form.
fn is_another_form(change: &Change, target: &str, denied: bool) -> bool {
    let of_itself = change.origins.get(1).is_some_and(|origins| origins.iter().any(|origin| origin.is_at(target)));
    of_itself && !fills_in_caller(change, target, denied)
}

/// Whether the caller was written where the client left a member of a new row out: of whoever sends one it is asked whether it is
/// his own, so nothing was passed by.
fn fills_in_new_row(run: &Finished<'_>, change: &Change, target: &str) -> bool {
    let left_out = super::whence::is_client(target) && change.old.as_ref().is_some_and(Value::is_null);
    left_out && put_key(run).is_some() && guards(run.recorder, change.node, false).iter().any(|guard| {
        looked(std::slice::from_ref(&guard.condition)).iter().any(|operand| operand.origins.iter().any(|origin| origin.is_at(target)))
    })
}

/// The other member of the identity that a value was compared with.
fn compared_member(run: &Finished<'_>, read: &Operand) -> Option<String> {
    let failed = run.failed().iter().find(|failed| failed.condition.operands.iter().any(|operand| operand.span == read.span))?;
    let other = failed.test.beside(|side| side.span == read.span)?;
    let (path, ..) = other.origins.context().filter(|(path, ..)| path.starts_with("identity.") && other.value.as_str().is_some())?;
    Some(super::whence::subject(path))
}

/// One member of the identity was written, and another is compared with it: no client has a part in that.
fn write_what_is_compared(run: &Finished<'_>, (change, read): (&Change, &Operand), written: &str) -> Message {
    let compared = compared_member(run, read).unwrap_or_default();
    let own = Message::of("The check compares that with {}.", [Part::Name(compared.clone())]);
    own.cured(Message::of(
        "Write {} on line {}, or compare {} on line {}; a value that the template wrote itself proves nothing of a stored row.",
        [Part::Name(compared), Part::Place(line(run, change.node).to_string()), Part::Name(written.to_owned()), Part::Place(line_of(run, read).to_string())],
    ))
}

/// Whether the caller was written where a row has nobody: what the client sends is another matter, for there he makes a row of his own.
fn fills_in_caller(change: &Change, target: &str, denied: bool) -> bool {
    let stored = ["result.", "prev.", "source."].iter().any(|root| target.starts_with(root));
    let nobody = change.old.as_ref().is_some_and(Value::is_null);
    let of_caller = |origins: &crate::trace::origin::Origins| origins.iter().any(|origin| origin.is_in("identity"));
    !denied && stored && nobody && change.origins.get(1).is_some_and(of_caller)
}

/// What to do where the caller was written onto a row that has nobody.
fn refuse_nobodys(target: &str) -> Message {
    Message::of(
        "It compares what the template wrote itself: whoever asks for a row without {} gets through. » Take that line out, and refuse where the row has nobody: {}.",
        [Part::Name(target.rsplit('.').next().unwrap_or(target).to_owned()), Part::Code(format!("`#if($util.isNull($ctx.{target})) $util.unauthorized() #end`"))],
    )
}

/// The member of a row that was compared with this.
fn beside_row<'a>(run: &'a Finished<'_>, read: &Operand) -> Option<&'a Operand> {
    let of_row = |operand: &&Operand| operand.origins.context().is_some_and(|(path, ..)| super::owner::is_row(path) && !path.starts_with("args")) && !operand.value.is_null();
    let failed = run.failed().iter().find(|failed| failed.condition.operands.iter().any(|operand| operand.span == read.span))?;
    failed.condition.operands.iter().filter(|operand| operand.span != read.span).find(of_row)
}

/// The caller's own value took the place of what was sent, and is what the row was asked for.
fn own_against_row(run: &Finished<'_>, read: &Operand, new: &Value, from: &str) -> Message {
    let Some((row, (path, ..))) = beside_row(run, read).and_then(|row| Some((row, row.origins.context()?))) else { return Message::default() };
    Message::of(
        "So it compares the caller's own value with {}, {}. » Ask for a row of {}, or correct {} on the row, or {} where that is wrong; what the client sends is no proof, so it is not what to compare in its place.",
        [
            Part::Place(path.to_string()),
            Part::Value(show(&row.value)),
            Part::Value(show(new)),
            Part::Name(path.rsplit('.').next().unwrap_or(path).to_owned()),
            Part::Text(from.to_owned()),
        ],
    )
}

/// What to do where the check compared what the template itself wrote: a condition on the stored row, written out where the value
/// is the caller's own.
fn compare_the_row(run: &Finished<'_>, target: &str, new: &Value) -> Message {
    if super::carried::reads(run) {
        let own = if target.starts_with("source.") { "so that what the parent had" } else { "so that what the client sent" };
        return Message::from("It compares what the template wrote itself and can hardly refuse:").cured(format!("take that line out, {own} is compared; this request only reads, and a read has no condition."));
    }
    let mut message = Message::from("It compares what the template wrote itself and can hardly refuse: » do not write before the check; compare the stored row, by a condition on it or before it is changed.");
    let (Some((_, name)), Some(place)) = (target.rsplit_once('.'), super::whence::held_by(run, new)) else { return message };
    if place.contains(' ') {
        return message;
    }
    let code = super::whence::code(&place);
    // A put makes a row where there is none: the comparison alone would refuse each new one.
    let fresh = put_key(run).map_or_else(String::new, |key| format!("attribute_not_exists({key}) OR "));
    message.and(format!(
        "As a condition of the write: `\"condition\": {{\"expression\": \"{fresh}#{name} = :{name}\", \"expressionNames\": {{\"#{name}\": \"{name}\"}}, \"expressionValues\": {{\":{name}\": $util.dynamodb.toDynamoDBJson({code})}}}}`."
    ));
    message
}

/// The key of the row that a rendered PutItem writes.
fn put_key(run: &Finished<'_>) -> Option<String> {
    let request = run.rendered()?;
    let request = request.as_map()?;
    let puts = request.get_str("operation")?.as_str() == Some("PutItem");
    let (name, _) = request.get_str("key").filter(|_| puts)?.as_map()?.snapshot().into_iter().next()?;
    name.as_str().map(str::to_owned)
}

/// A sentence, and what is said of an absent claim, if anything is.
pub(super) fn with_claim(mut message: Message, claim: impl Into<Message>) -> Message {
    message.and(claim);
    message
}

/// How a template writes a member: `.args.input.owner`.
fn member_code(target: &str) -> Vec<String> {
    match target.strip_prefix("args.") {
        Some(rest) => vec![format!(".args.{rest}"), format!(".arguments.{rest}")],
        None => vec![format!(".{target}")],
    }
}

fn line_of(run: &Finished<'_>, operand: &Operand) -> u32 {
    run.program.source.place(operand.span.start).line
}

fn is_method(run: &Finished<'_>, node: NodeId, wanted: Method) -> bool {
    match run.recorder.index.node(node) {
        Some(Node::Step { reference, at }) => reference.steps[at].kind.calls(wanted),
        _ => false,
    }
}

/// A member was taken out before the check read it.
pub fn removed(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    let conditions = conditions(run);
    for change in run.recorder.changes.iter().filter(|change| is_method(run, change.node, Method::Remove)) {
        let Some(key) = change.values.first().and_then(Value::as_str) else { continue };
        let Some(old) = change.old.as_ref().filter(|old| !old.is_null()) else { continue };
        let ends = [format!(".{key}"), format!(".get(\"{key}\")")];
        let read = looked(&conditions).into_iter().find(|operand| {
            operand.value.is_null()
                && run.program.span(change.node).start < operand.span.start
                && ends.iter().any(|end| run.program.source.slice(operand.span).ends_with(end.as_str()))
        });
        let Some(read) = read else { continue };
        let given = change
            .path
            .as_ref()
            .map_or(key.to_owned(), |path| path.join(&key.into()).replace("args.", "arguments.").to_string());
        let code = one_line(run.program.source.slice(read.span));
        found.push(
            Finding::new(
                Code::RemovedBeforeCheck,
                Message::of(
                    "`{}` is null on line {} because line {} removed it before the check; it had been given, {} was {}. » Move the `remove` below the check, or keep what it returns (`#set($value = ….remove(\"{}\"))`) and compare that.",
                    [
                        Part::Code(code.to_string()),
                        Part::Place(line_of(run, read).to_string()),
                        Part::Place(line(run, change.node).to_string()),
                        Part::Text(given.to_string()),
                        Part::Value(show(old)),
                        Part::Name(key.to_string()),
                    ],
                ),
            )
            .at(given)
            .actual(json(old)),
        );
        return;
    }
}

/// Members that Amplify's own before template puts into the stash.
const BY_AMPLIFY: [&str; 4] = ["authRole", "unauthRole", "identityPoolId", "adminRoles"];

/// The check reads a member of the stash that no step put there.
pub fn stash_lacks(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    let stash = run.context(&["stash"]);
    let Some(map) = stash.as_map() else { return };
    // A stash that nobody gave lacks nothing that is known.
    if run.outcome.notes.iter().any(|note| note.code == Code::NotGiven && note.message.place().is_some_and(|path| path.starts_with("stash"))) {
        return;
    }
    let lacking = absent_members(run, map);
    let Some(first) = lacking.first() else { return };
    let holder = map.snapshot().into_iter().find_map(|(name, value)| {
        first.beside.iter().any(|wanted| value.loosely_equals(wanted)).then(|| (name.to_string(), value))
    });
    let message = match holder {
        Some((name, value)) => Message::of(
            "{} is absent from the stash: no step put it. The stash holds {} = {}, which is the value that is wanted, under another name: » read `$ctx.stash.{}` here, or put {} in the earlier step.",
            [
                places(&lacking),
                Part::Name(name.clone()),
                Part::Value(show(&value)),
                Part::Name(name),
                Part::Name(first.key.clone()),
            ],
        ),
        None if let Some(words) = as_variable(run, &first.key) => words,
        None if BY_AMPLIFY.contains(&first.key.as_str()) => not_by_amplify(run, &lacking, first),
        None => in_no_step(&lacking, first, map),
    };
    found.push(Finding::new(Code::StashLacks, message).at(format!("stash.{}", first.key)));
}

/// A member of the stash that a check read and no step put.
struct AbsentMember {
    key: String,
    /// What it was compared with, where that is a value.
    beside: Vec<Value>,
}

impl AbsentMember {
    /// What it is compared with, as a clause of its own.
    fn compared(&self) -> String {
        self.beside.first().map_or(String::new(), |value| format!(", and {} is compared with nothing", show(value)))
    }
}

/// The members that failed checks read and that the stash does not have.
fn absent_members(run: &Finished<'_>, stash: &Map) -> Vec<AbsentMember> {
    let mut lacking: Vec<AbsentMember> = Vec::new();
    for failed in run.failed() {
        for operand in failed.condition.operands.iter().filter(|operand| operand.value.is_null()) {
            let key = operand.origins.context().and_then(|(path, ..)| path.strip_prefix("stash.").map(str::to_owned));
            // What a step put there as null is no absent member: of that step its own rule tells.
            let Some(key) = key.filter(|key| !key.contains(['.', '[']) && !stash.contains_str(key)) else { continue };
            let beside = match failed.test {
                Test::Equal { left, right, .. } => [left, right]
                    .into_iter()
                    .filter(|side| !side.value.is_null())
                    .map(|side| side.value.clone())
                    .collect(),
                _ => Vec::new(),
            };
            if !lacking.iter().any(|known| known.key == key) {
                lacking.push(AbsentMember { key, beside });
            }
        }
    }
    // What templates put in themselves, and not the step before, is asked for as well.
    lacking.retain(|member| !matches!(member.key.as_str(), "authFilter" | "deniedField" | "hasAuth"));
    lacking
}

/// All of them as places.
fn places(lacking: &[AbsentMember]) -> Part {
    let all: Vec<String> = lacking.iter().map(|member| format!("stash.{}", member.key)).collect();
    Part::Place(all_of(&all))
}

/// `is` and `it`, or `are` and `them`.
fn number(lacking: &[AbsentMember]) -> [Part; 2] {
    let (verb, pronoun) = if lacking.len() == 1 { ("is", "it") } else { ("are", "them") };
    [Part::Text(verb.to_owned()), Part::Text(pronoun.to_owned())]
}

/// A variable of this name is set, which is another place than the member of the stash.
fn as_variable(run: &Finished<'_>, key: &str) -> Option<Message> {
    let set = run.recorder.index.sets().find(|set| {
        set.target.steps.is_empty() && run.program.name(set.target.root).eq_ignore_ascii_case(key)
    })?;
    let name = run.program.name(set.target.root);
    let last = run.recorder.changes.iter().rfind(|change| change.slot == Some(set.target.root) && change.container.is_none());
    let is = match last.and_then(|change| change.values.first()) {
        Some(value) => format!("is {} (line {})", show(value), last.map_or(0, |change| line(run, change.node))),
        None => format!("is what `{}` (line {}) would have set, which did not run", run.program.one_line(set.node), line(run, set.node)),
    };
    Some(Message::of(
        "stash.{} is absent from the stash: this template sets the variable ${} and nothing puts it into the stash, which is another place. ${} {}. » Read `${}` here, or put it there behind the `#set`: `$util.qr($ctx.stash.put(\"{}\", ${}))`.",
        [
            Part::Place(key.to_owned()),
            Part::Name(name.to_owned()),
            Part::Name(name.to_owned()),
            Part::Value(is),
            Part::Name(name.to_owned()),
            Part::Name(key.to_owned()),
            Part::Name(name.to_owned()),
        ],
    ))
}

/// Amplify's own before template puts such members, and did not run.
fn not_by_amplify(run: &Finished<'_>, lacking: &[AbsentMember], first: &AbsentMember) -> Message {
    let [verb, pronoun] = number(lacking);
    Message::of(
        "{} {} absent from the stash{}. Only the before template of Amplify's generated resolvers puts such members there, and no step before this one did: » put {} yourself in a before template (`$util.qr($ctx.stash.put(\"{}\", \"…\"))`){}.",
        [
            places(lacking),
            verb,
            Part::Text(first.compared()),
            pronoun,
            Part::Name(first.key.clone()),
            Part::Text(kind_of_caller(run, &first.key)),
        ],
    )
}

/// No step put such members, and the stash has nothing like them.
fn in_no_step(lacking: &[AbsentMember], first: &AbsentMember, stash: &Map) -> Message {
    let has: Vec<String> = stash.keys().iter().filter_map(|key| key.as_str()).take(6).map(str::to_owned).collect();
    let has =
        if has.is_empty() { "the stash is empty".to_owned() } else { format!("the stash has {}", has.join(", ")) };
    let [verb, pronoun] = number(lacking);
    Message::of(
        "{} {} absent from the stash{}: no step before this one put {} there ({}). » Put it in the earlier step (`$util.qr($ctx.stash.put(\"{}\", …))`), under this very name.",
        [
            places(lacking),
            verb,
            Part::Text(first.compared()),
            pronoun,
            Part::Text(has),
            Part::Name(first.key.clone()),
        ],
    )
}

/// What says of an identity pool's caller what the absent ARN would have.
fn kind_of_caller(run: &Finished<'_>, key: &str) -> String {
    let kind = run.context(&["identity", "cognitoIdentityAuthType"]);
    match (key, kind.as_str()) {
        ("authRole" | "unauthRole", Some(kind)) => {
            format!(", or test `$ctx.identity.cognitoIdentityAuthType == \"{kind}\"`, which this caller has")
        }
        _ => String::new(),
    }
}

/// A list of the stash that a field is looked for in, and that no step put there.
pub fn list_of_stash(run: &Finished<'_>, lacking: &str, path: &str, value: &Value) -> Finding {
    let arn = run.context(&["identity", "userArn"]);
    let roles = run.context(&["stash", "adminRoles"]).members().unwrap_or_default();
    let admin = roles.iter().find(|role| {
        matches!((arn.as_str(), role.as_str()), (Some(arn), Some(role)) if !role.is_empty() && arn.contains(role))
    });
    let why = match admin {
        Some(role) => Message::from(format!("The caller is an admin role (stash.adminRoles has {}), and the auth step ends with `#return` for those before it puts {lacking}:", show(role))).cured("have that step put it before the `#return`, more rights for the role change nothing."),
        None => Message::from("The auth step before this one fills it for callers who have a rule:").cured(format!("see that it runs, and that it puts {lacking} for this caller.")),
    };
    let message = Message::of(
        "{} is absent, so its default, an empty list, is what {} ({}) is looked for in: no field at all may be used here.", [Part::Text(lacking.to_string()), Part::Name(path.to_string()), Part::Value(show(value))]).with(why);
    Finding::new(Code::StashLacks, message).at(lacking).wanted(json(value))
}

/// Two checks of the caller's groups that each refuse by themselves: `#if( !$groups.contains("a") ) $util.unauthorized() #end`, twice.
fn each_throws(run: &Finished<'_>, first: NodeId, decided: NodeId) -> Option<Finding> {
    let asked = |node: NodeId, held: bool| {
        let guard = guards(run.recorder, node, false).into_iter().find(|guard| guard.value == held)?;
        let mut leaves = Vec::new();
        guard.condition.leaves(&mut leaves);
        let [leaf] = leaves.as_slice() else { return None };
        match Test::of(run, leaf) {
            Test::Contains { list, item, .. } => {
                let (claim, ..) = claim_of(&list.origins).filter(|(claim, ..)| is_group_like(run, claim))?;
                Some((claim, show(&item.value), one_line(run.text(&guard.condition)), line(run, guard.node)))
            }
            _ => None,
        }
    };
    let (passed, failed) = (asked(first, false)?, asked(decided, true)?);
    if passed.0 != failed.0 || passed.1 == failed.1 {
        return None;
    }
    let message = Message::of(
        "The first check let the caller through (line {}: claim {} has {}), and the second one, on line {}, refuses by itself, for it wants {}: each of the two throws, so both groups are needed, not one of them. » If one is meant to be enough, join them: `#if({} && {}) $util.unauthorized() #end`; else the caller needs {} as well.",
        [
            Part::Place(passed.3.to_string()),
            Part::Name(passed.0),
            Part::Value(passed.1),
            Part::Place(failed.3.to_string()),
            Part::Value(failed.1.clone()),
            Part::Code(passed.2),
            Part::Code(failed.2),
            Part::Value(failed.1),
        ],
    );
    Some(Finding::new(Code::BothRequired, message).at(format!("claim {}", failed.0)))
}

/// Two blocks of rules in one template, each of which refuses by itself.
pub fn both_required(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (Verdict::Denied, Some(decided)) = (run.verdict, run.decision.node) else { return };
    let earlier = super::deciding::refusals(run).into_iter().find(|node| {
        run.program.span(*node).start < run.program.span(decided).start && run.recorder.reached.began(*node) == 0
    });
    let Some(first) = earlier else { return };
    let flag = |node: NodeId| {
        let guard = guards(run.recorder, node, false).into_iter().next()?;
        let operands = looked(std::slice::from_ref(&guard.condition)).into_iter().cloned().collect::<Vec<_>>();
        // A flag that a rule sets, not any value that must be there.
        let of_flag = |operand: &Operand| matches!(operand.value, Value::Boolean(_));
        operands.into_iter().filter(of_flag).find_map(|operand| operand.slot.map(|slot| (slot, operand.value.is_true())))
    };
    let (Some((passed_by, true)), Some((failed_by, false))) = (flag(first), flag(decided)) else {
        found.extend(each_throws(run, first, decided));
        return;
    };
    let set = run
        .recorder
        .changes
        .iter()
        .rfind(|change| change.slot == Some(passed_by) && change.values.first().is_some_and(Value::is_true));
    let granted = set.and_then(|change| {
        let guard = guards(run.recorder, change.node, false).into_iter().next()?;
        Some(format!(" (line {}: {})", line(run, change.node), values(run, &guard.condition).join(", ")))
    });
    let failing = run.why.candidates.first().and_then(|candidate| candidate.blocker.as_ref());
    let failing = failing.map_or(String::new(), |blocker| {
        format!(
            ", because `{}` (line {}) did not hold: {}",
            one_line(run.text(&blocker.condition)),
            line(run, blocker.node),
            values(run, &blocker.condition).join(", ")
        )
    });
    let (first_flag, second_flag) = (run.program.name(passed_by), run.program.name(failed_by));
    let once = if first_flag == second_flag {
        // That the second block begins with the flag set back is the same thing, told as less.
        found.retain(|hint| hint.code != Code::AuthorizationRevoked);
        format!("set ${first_flag} to false only once, in front of both, and refuse once, at the end, with `#if(!${first_flag})`")
    } else {
        format!("refuse once, at the end, with `#if(!(${first_flag} || ${second_flag}))`")
    };
    found.push(
        Finding::new(
            Code::BothRequired,
            Message::of(
                "The first block let the caller through{}, but `{}` on line {} belongs to a second one, which refused{}. Each of the two throws by itself, so both must hold, not one of them: » if one of the two is meant to be enough, {}; else the caller needs what the second one asks for as well.",
                [
                    Part::Text(granted.unwrap_or_default().to_string()),
                    Part::Code(run.program.one_line(decided).to_string()),
                    Part::Place(line(run, decided).to_string()),
                    Part::Text(failing.to_string()),
                    Part::Code(once),
                ],
            ),
        )
        .at(format!("${}", run.program.name(failed_by))),
    );
}
