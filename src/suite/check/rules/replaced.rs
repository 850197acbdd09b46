//! A PutItem under a key that the caller names, without a condition, whose row is the caller's: DynamoDB replaces the row that has
//! the key already, whoever's it is (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html>).

use super::super::Spot;
use super::super::path;
use super::super::subject::{CheckSubject, refuses};
use super::members::operation;
use super::owner::{OWNERS, USERS};
use super::written::{WrittenMember, members, printed};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_branch, walk_reference};
use crate::syntax::{Expression, ExpressionKind as Kind, If, Reference, Slot, Statement, StepKind};
use crate::value::method::Method;

/// Attributes that say whose a row is, beside those of [`OWNERS`].
const WHOSE: [&str; 3] = ["username", "user", "author"];

/// Variables that are followed: more are not judged.
const DEPTH: usize = 4;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let nobody = !subject.modes.is_empty() && subject.modes.iter().all(|mode| *mode == AuthType::ApiKey);
    let all = members(&subject.program.body);
    let top = |name: &str| all.iter().any(|member| member.around.len() == 1 && member.name == name);
    if subject.generated || nobody || operation(&all).as_deref() != Some("PutItem") || top("condition") || is_guarded(subject) {
        return;
    }
    let (mut keys, mut owned) = (Vec::new(), puts_owner(subject));
    printed(&subject.program.body, &mut |reference, at| {
        let Some((around, member)) = at.whole_value() else { return };
        let parent = at.around().iter().rev().nth(1).map_or("", String::as_str);
        match (parent, around, member) {
            (_, "key", _) | ("key", _, "S" | "N") => keys.push(reference),
            (_, "attributeValues", name) | ("attributeValues", name, "S") => owned |= is_whose(name) && is_callers(subject, reference),
            _ => {}
        }
    });
    let sources: Vec<KeySource> = keys.iter().map(|key| source(subject, key, DEPTH)).collect();
    // A template that refuses whoever is not signed in has callers in mind, though it writes none into the row.
    owned |= refuses_by_presence(subject);
    if !owned || keys.len() != open_keys(&all) || sources.contains(&KeySource::Other) {
        return;
    }
    let Some(at) = sources.iter().position(|source| *source == KeySource::Sent) else { return };
    let name = subject.program.one_line(keys[at].node);
    let message = format!(
        "the caller names the key (`{name}`), and nothing asks whose the row is that has it: with the key of another's row this replaces that row with one of his own. Write a condition, `attribute_not_exists( … )` with the key's name or one that compares the row's owner with the caller; or make the key here"
    );
    found.push(Spot::at(subject.program, keys[at].node, Code::RowReplaced, message));
}

/// The template, or what ran before it in the pipeline, may have looked at whose the row is.
fn is_guarded(subject: &CheckSubject<'_>) -> bool {
    let refuses = subject.refuses(&subject.program.body) && !refuses_by_presence(subject);
    refuses || ["stash", "prev"].iter().any(|part| subject.mentions(part))
}

/// Members of the identity that everybody has who is signed in.
const EVERYBODY: [&str; 2] = ["sub", "username"];

/// Whether the template refuses, and every refusal asks for no more than that somebody is signed in.
fn refuses_by_presence(subject: &CheckSubject<'_>) -> bool {
    let mut search = PresenceSearch { subject, around: 0, refusals: 0, by_presence: 0 };
    search.program(subject.program);
    search.refusals > 0 && search.refusals == search.by_presence
}

struct PresenceSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    /// How many tests for being signed in stand around, and no other test.
    around: usize,
    refusals: usize,
    by_presence: usize,
}

impl<'p> Visit<'p> for PresenceSearch<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let alone = parts.branches.len() == 1 && self.asks_presence(&branch.condition);
        let around = std::mem::replace(&mut self.around, usize::from(alone));
        walk_branch(self, branch);
        self.around = around;
    }

    fn reference(&mut self, reference: &'p Reference) {
        if refuses(self.subject.program, reference) {
            self.refusals += 1;
            self.by_presence += self.around;
        }
        walk_reference(self, reference);
    }
}

impl<'p> PresenceSearch<'_, 'p> {
    /// `!$ctx.identity.sub`, `$util.isNull($ctx.identity)`, and several of them.
    fn asks_presence(&self, condition: &'p Expression) -> bool {
        condition.disjuncts().into_iter().all(|term| {
            let asked = match &term.kind {
                Kind::Not(inner) => match &inner.kind {
                    Kind::Reference(reference) if reference.function.is_none() => Some(reference),
                    _ => None,
                },
                Kind::Reference(call) if call.called().is_some_and(Method::asks_null) => match call.last_call() {
                    Some((_, [Expression { kind: Kind::Reference(reference), .. }])) => Some(reference),
                    _ => None,
                },
                _ => None,
            };
            let path = asked.and_then(|asked| self.subject.path_of(asked));
            path.is_some_and(|path| matches!(path.as_slice(), ["identity"]) || matches!(path.as_slice(), ["identity", name] if EVERYBODY.contains(name)))
        })
    }
}

/// Attributes of the key whose value is no text that stands there whole.
fn open_keys(all: &[WrittenMember]) -> usize {
    let own = |member: &&WrittenMember| match member.around.as_slice() {
        [.., last] if last == "key" => !all.iter().any(|inner| {
            matches!(inner.around.as_slice(), [.., key, name] if key == "key" && *name == member.name) && matches!(inner.name.as_str(), "S" | "N")
        }),
        [.., key, _] if key == "key" => true,
        _ => false,
    };
    all.iter().filter(own).filter(|member| !member.constant).count()
}

fn is_whose(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [OWNERS.as_slice(), &USERS, &WHOSE].concat().contains(&name.as_str())
}

/// Who the caller is, as it stands or with a type.
fn is_callers<'p>(subject: &CheckSubject<'p>, reference: &'p Reference) -> bool {
    let whole = match (reference.function, reference.last_call()) {
        (None, _) => subject.path_of(reference),
        (Some(_), Some((_, [only]))) => subject.path(only),
        _ => None,
    };
    whole.is_some_and(|names| names.first() == Some(&"identity"))
}

/// `$util.qr($row.put("owner", $ctx.identity.username))`
fn puts_owner(subject: &CheckSubject<'_>) -> bool {
    let mut puts = false;
    References(|reference: &Reference| {
        for step in &reference.steps {
            if let StepKind::Method { method: Some(Method::Put), args, .. } = &step.kind
                && let [Expression { kind: Kind::String(key), .. }, value] = args.as_slice()
            {
                puts |= is_whose(key) && subject.path(value).is_some_and(|names| names.first() == Some(&"identity"));
            }
        }
    })
    .program(subject.program);
    puts
}

/// Where the value of a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeySource {
    /// The caller, always or if he likes.
    Sent,
    /// It stands there.
    Constant,
    /// It is made here, is the caller's own name, or is not known.
    Other,
}

fn source<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, depth: usize) -> KeySource {
    if depth == 0 || reference.backslashes > 0 {
        return KeySource::Other;
    }
    if let Some(function) = reference.function {
        return match reference.last_call() {
            Some((Some(called), [first, _])) if called.gives_default() => value(subject, first, depth),
            Some((_, [only])) if function.namespace == "util.dynamodb" => value(subject, only, depth),
            _ => KeySource::Other,
        };
    }
    if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        let sent = path::whole(reference).is_some_and(|names| names.len() > 1 && names[0] == "arguments");
        return if sent { KeySource::Sent } else { KeySource::Other };
    }
    match subject.sets.get(&reference.root).map(Vec::as_slice) {
        Some([set]) if reference.steps.is_empty() => value(subject, &set.value, depth - 1),
        _ => match subject.path_of(reference) {
            Some(names) if names.len() > 1 && names[0] == "arguments" => KeySource::Sent,
            _ => KeySource::Other,
        },
    }
}

fn value<'p>(subject: &CheckSubject<'p>, expression: &'p Expression, depth: usize) -> KeySource {
    match &expression.kind {
        Kind::Reference(reference) => source(subject, reference, depth),
        Kind::String(_) | Kind::Number(_) => KeySource::Constant,
        Kind::Interpolated { body, .. } => body.iter().fold(KeySource::Constant, |known, statement| match statement {
            Statement::Text(_) => known,
            Statement::Print(reference) => both(known, source(subject, reference, depth)),
            _ => KeySource::Other,
        }),
        _ => KeySource::Other,
    }
}

fn both(one: KeySource, other: KeySource) -> KeySource {
    match (one, other) {
        (KeySource::Other, _) | (_, KeySource::Other) => KeySource::Other,
        (KeySource::Sent, _) | (_, KeySource::Sent) => KeySource::Sent,
        _ => KeySource::Constant,
    }
}
