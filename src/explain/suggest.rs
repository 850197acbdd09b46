//! The smallest changes to the request or its data that would have given another verdict, each proved by evaluating
//! again. A change that merely switches a check off is no suggestion.

use super::hint::test::Test;
use super::hint::whence::PLACEHOLDER;
use super::hint::long::list_of;
use super::hint::{Finished, decided, garbled, iam, json, member};
use super::change::{self, InputChange, Op, Suggestion};
use crate::appsync::{ContextPath, Given};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::Message;
use crate::syntax::NodeId;
use crate::trace::candidate::Candidate;
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::origin::Origin;
use crate::trace::{DecisionKind, Verdict};
use crate::value::{List, Value};

/// Evaluations spent on one report.
const TRIES: usize = 48;
/// Candidates asked for what they want, nearest first.
const CANDIDATES: usize = 12;
/// Suggestions shown.
const MOST: usize = 5;
/// What stands for "any value" where a claim has only to be there: no name is made up for it.
pub const ANY: &str = "(any value)";

/// Claims that say who the caller is: with another value it would be somebody else.
const IDENTITY: [&str; 8] = ["sub", "username", "cognito:username", "email", "iss", "aud", "client_id", "token_use"];

/// What a statement wants, by statement.
pub type Fixes = Vec<(NodeId, Vec<Vec<InputChange>>)>;

/// The same run with something changed.
pub trait Rerun {
    /// Its verdict, without a recorder; `None` if the change makes no valid input.
    fn verdict(&self, changed: Given) -> Option<Verdict>;
    /// Its verdict, and what this statement would still want where that does not suffice. This run is recorded, which takes
    /// several times as long.
    fn tried(&self, changed: Given, of: NodeId, suffices: &dyn Fn(Verdict) -> bool) -> Option<Tried>;
    /// What holds the request back at its data source, where the templates let it through.
    fn held_back(&self, changed: Given) -> Option<Message>;
}

/// A run with something changed that was recorded.
#[derive(Debug)]
pub struct Tried {
    /// Its verdict.
    pub verdict: Verdict,
    /// What the statement still wants, where that does not suffice.
    pub still: StillWanted,
}

/// What a statement still wants after a change that did not suffice.
#[derive(Debug, Default)]
pub struct StillWanted {
    /// Changes that would meet what stops it now.
    pub changes: Vec<Vec<InputChange>>,
    /// What stops it now, with its values.
    pub because: Option<Message>,
    /// The places that what stops it now looked at.
    pub places: Vec<ContextPath>,
}

impl StillWanted {
    /// Whether what stops it now says something of this change. Where any value was tried for a claim, a comparison with that value
    /// says nothing.
    fn is_of(&self, change: &InputChange) -> bool {
        let at = |place: &ContextPath| *place == change.path;
        !is_any(&change.value) || !self.places.iter().any(at) && !self.changes.iter().flatten().any(|one| at(&one.path) || is_any(&one.value))
    }
}

/// Whether a value is, or has, one that was made up.
fn is_any(value: &Value) -> bool {
    let any = |value: &Value| value.as_str() == Some(ANY);
    any(value) || value.members().is_some_and(|all| all.iter().any(any))
}

/// The places that a condition looked at.
pub fn places(condition: &Condition) -> Vec<ContextPath> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let context = |origin: &Origin| match origin {
        Origin::Context { path, .. } => Some(path.clone()),
        _ => None,
    };
    leaves.into_iter().flat_map(|leaf| &leaf.operands).flat_map(|operand| operand.origins.iter().filter_map(context)).collect()
}

/// A single change that was tried and leaves the caller refused, with what stops the statement then.
#[derive(Debug)]
pub struct NotEnough {
    change: InputChange,
    because: Message,
}

impl NotEnough {
    /// Whether this is what a hint asks for.
    pub fn is_cure_of(&self, hint: &Finding) -> bool {
        // In the place of a list that is not there, a list with that one name is what was tried.
        let only = self.change.value.members().is_some_and(|all| matches!(all.as_slice(), [one] if json(one) == hint.wanted));
        // What a claim that is absent would be nobody knows: any value was tried.
        let any = is_any(&self.change.value);
        hint.path.as_deref() == Some(&*self.change.path) && (only || any && hint.wanted.is_null() || hint.wanted == json(&self.change.value))
    }

    /// What is to be said behind that hint's cure.
    pub fn sentence(&self) -> Message {
        Message::from("That alone is not enough: with it,").with(self.because.clone())
    }
}

/// What changes would have done.
#[derive(Debug, Default)]
pub struct TriedChanges {
    /// Those that help.
    pub suggestions: Vec<Suggestion>,
    /// Those that do not suffice.
    pub not_enough: Vec<NotEnough>,
}

/// Looks for suggestions.
pub fn find(given: &Given, fixes: &Fixes, was: Verdict, rerun: &impl Rerun) -> TriedChanges {
    let mut search = SuggestionSearch { given, was, rerun, tries: TRIES, found: Vec::new(), not_enough: Vec::new(), record_at_once: false };
    search.all(fixes, |changes| !is_mode(changes));
    // Another mode is another caller: it is worth a word only when nothing else is.
    if search.found.is_empty() {
        search.all(fixes, is_mode);
    }
    let mut found = search.found;
    found.sort_by_key(|suggestion| {
        let rank = suggestion.changes.iter().map(|change| rank(&change.path)).max();
        (rank, suggestion.changes.len(), suggestion.verdict != Verdict::Allowed)
    });
    TriedChanges { suggestions: found, not_enough: search.not_enough }
}

/// Changes that are tried one after the other.
struct SuggestionSearch<'s, R> {
    given: &'s Given,
    was: Verdict,
    rerun: &'s R,
    /// Evaluations that are left.
    tries: usize,
    found: Vec<Suggestion>,
    not_enough: Vec<NotEnough>,
    /// Where one change did not suffice, another one will not either, mostly: it is recorded at once, and not run twice.
    record_at_once: bool,
}

impl<R: Rerun> SuggestionSearch<'_, R> {
    /// Tries those of the changes that are asked for.
    fn all(&mut self, fixes: &Fixes, asked: impl Fn(&[InputChange]) -> bool) {
        for (node, alternatives) in fixes {
            for changes in alternatives.iter().filter(|changes| asked(changes)) {
                if self.tries == 0 || self.found.len() >= MOST {
                    return;
                }
                self.attempt(*node, changes);
            }
        }
    }

    /// Tries what a statement wants; where one change does not suffice, with what it wants then.
    fn attempt(&mut self, node: NodeId, changes: &[InputChange]) {
        // Another value at the same place says nothing new.
        let known_place = |known: &Suggestion| known.changes.len() == 1 && replaces(&known.changes[0], changes);
        if self.found.iter().any(|known| same(&known.changes, changes) || known_place(known)) {
            return;
        }
        self.tries -= 1;
        let (rerun, was, given) = (self.rerun, self.was, self.given);
        let suffices = |verdict| better(was, verdict);
        let record = || rerun.tried(change::apply(given, changes)?, node, &suffices);
        // What would be lacking beside another mode is no advice.
        let goes_on = changes.len() == 1 && !is_mode(changes);
        let tried = if self.record_at_once && goes_on { record() } else { None };
        let verdict = tried.as_ref().map(|tried| tried.verdict).or_else(|| rerun.verdict(change::apply(given, changes)?));
        let Some(verdict) = verdict else { return };
        if suffices(verdict) {
            match (self.held_back(changes), changes) {
                (None, _) => self.found.push(Suggestion { changes: changes.to_vec(), verdict, node: Some(node) }),
                (Some(because), [one]) => self.not_enough.push(NotEnough { change: one.clone(), because }),
                (Some(_), _) => {}
            }
        } else if let (true, [one]) = (goes_on, changes) {
            self.record_at_once = true;
            let still = tried.or_else(record).map(|tried| tried.still).unwrap_or_default();
            let of_change = verdict == was && still.is_of(one);
            if let Some(because) = still.because.filter(|_| of_change) {
                self.not_enough.push(NotEnough { change: one.clone(), because });
            }
            self.two(node, one, still.changes);
        }
    }

    /// What holds the request back once the templates let it through with these changes.
    fn held_back(&self, changes: &[InputChange]) -> Option<Message> {
        self.rerun.held_back(change::apply(self.given, changes)?)
    }

    /// Tries a change with a second one.
    fn two(&mut self, node: NodeId, one: &InputChange, wanted: Vec<Vec<InputChange>>) {
        for more in wanted {
            // The value that is wanted at the same place takes the place of the one that was made up for it.
            let first = Some(one).filter(|one| !more.iter().any(|change| change.path == one.path && one.value.as_str() == Some(ANY)));
            let both: Vec<_> = first.cloned().into_iter().chain(more).collect();
            // A value that was made up for a claim is nobody's: to write it on the row too is no advice.
            let made_up = both.iter().any(|change| change.value.as_str() == Some(ANY));
            if made_up && both.iter().any(|change| ["result", "source"].iter().any(|root| change.path.is_in(root))) {
                continue;
            }
            // What was given already changes nothing beside it.
            if both.iter().any(|change| self.is_given(change)) {
                continue;
            }
            let is_part = |change: &InputChange| both.iter().any(|other| other.path == change.path && other.op == change.op);
            if self.found.iter().any(|known| known.changes.iter().all(is_part)) {
                continue;
            }
            if self.tries == 0 || both.len() > 2 || is_mode(&both) {
                return;
            }
            self.tries -= 1;
            let verdict = change::apply(self.given, &both).and_then(|changed| self.rerun.verdict(changed));
            if let Some(verdict) = verdict.filter(|verdict| better(self.was, *verdict) && self.held_back(&both).is_none()) {
                self.found.push(Suggestion { changes: both, verdict, node: Some(node) });
                return;
            }
        }
    }
}

impl<R> SuggestionSearch<'_, R> {
    /// Whether a change leaves what was given as it is.
    fn is_given(&self, change: &InputChange) -> bool {
        change.op == Op::Set && !change.value.is_null() && change.path.lookup(&self.given.members).loosely_equals(&change.value)
    }
}

fn is_mode(changes: &[InputChange]) -> bool {
    changes.iter().any(|change| change.path == ContextPath::AUTH_TYPE)
}

/// Whether these changes only set another value of a row or an argument than `known` does.
fn replaces(known: &InputChange, changes: &[InputChange]) -> bool {
    let data = ["result", "source", "args"].iter().any(|root| known.path.is_in(root));
    matches!(changes, [change] if data && change.op == Op::Set && known.op == Op::Set && change.path == known.path)
}

fn same(left: &[InputChange], right: &[InputChange]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| {
            left.path == right.path && left.op == right.op && left.value.loosely_equals(&right.value)
        })
}

fn better(was: Verdict, now: Verdict) -> bool {
    match was {
        Verdict::Denied => matches!(now, Verdict::Allowed | Verdict::Filtered),
        // Where a template refuses in words of its own, nothing else says that it let somebody through.
        Verdict::Error => matches!(now, Verdict::Allowed | Verdict::Filtered | Verdict::Completed),
        _ => now == Verdict::Allowed,
    }
}

/// The caller's claims and what was sent come before the stored data, and those before another mode.
fn rank(path: &ContextPath) -> u8 {
    match path {
        _ if ["identity.claims", "args", "stash.adminRoles"].iter().any(|place| path.is_in(place)) => 0,
        _ if path.is_in("identity") => 1,
        _ if path.is_in("result") || path.is_in("source") => 2,
        _ => 3,
    }
}

/// What each candidate wants next, nearest first, and what the hints say may be left out.
pub fn fixes(run: &Finished<'_>, hints: &[Finding]) -> Fixes {
    let mut found = all_fixes(run, hints);
    found.iter_mut().for_each(|(_, alternatives)| without_garbled(alternatives, hints));
    found
}

/// A text that the template garbled is what nobody should be given.
fn without_garbled(alternatives: &mut Vec<Vec<InputChange>>, hints: &[Finding]) {
    let codes = [Code::UnsetReferenceInText, Code::ValuesNearlyEqual, Code::ClaimIsCommaList, Code::MemberOfText];
    let garbled: Vec<_> = hints.iter().filter(|hint| codes.contains(&hint.code)).filter_map(|hint| hint.actual.as_str()).collect();
    let is_garbled = |change: &InputChange| change.value.as_str().is_some_and(|text| garbled.contains(&text));
    alternatives.retain(|changes| !changes.iter().any(is_garbled));
}

fn all_fixes(run: &Finished<'_>, hints: &[Finding]) -> Fixes {
    let mut found = Fixes::new();
    if let (DecisionKind::Unauthorized, Some(node)) = (run.decision.kind, run.decision.node) {
        let removable =
            [Code::NullNeedsDelete, Code::FieldNotAllowed, Code::SubscriptionOwnerArgument, Code::OwnerNull];
        let removals: Vec<_> = hints
            .iter()
            .filter(|hint| removable.contains(&hint.code))
            .flat_map(removable_paths)
            .filter(|path| path.is_in("args") && path != "args")
            .map(|path| InputChange { op: Op::Remove, path, value: Value::Null })
            .collect();
        if !removals.is_empty() && removals.len() <= 2 {
            found.push((node, vec![removals]));
        }
    }
    for candidate in run.why.candidates.iter().take(CANDIDATES) {
        let alternatives = of_candidate(run, candidate);
        if !alternatives.is_empty() {
            found.push((candidate.node, alternatives));
        }
    }
    // A refusal that no variable stands between is passed by its own condition alone.
    if found.is_empty() && run.decision.kind == DecisionKind::Unauthorized {
        for guard in run.why.guards.iter().take(3) {
            let (mut leaves, mut changes) = (Vec::new(), Vec::new());
            guard.condition.decisive(guard.value, &mut leaves);
            // What set a flag that the refusal looks at.
            for cause in guard.causes.iter().filter(|cause| cause.change.container.is_none()) {
                cause.guards.iter().for_each(|inner| inner.condition.decisive(inner.value, &mut leaves));
            }
            for leaf in leaves {
                of_test(run, &Test::of(run, leaf), &mut changes);
                changes.extend(turned(run, leaf));
            }
            if !changes.is_empty() {
                found.push((guard.node, changes.into_iter().map(|change| vec![change]).collect()));
            }
        }
    }
    // What no caller of this mode can have is no advice.
    let never = |change: &InputChange| hints.iter().any(|hint| hint.code == Code::MemberNotInMode && hint.path.as_deref() == Some(&*change.path));
    let possible = |change: &InputChange| member::possible(&change.path, run.auth_type()) && !never(change);
    for (_, alternatives) in &mut found {
        alternatives.retain(|changes| changes.iter().all(possible));
    }
    found.retain(|(_, alternatives)| !alternatives.is_empty());
    found
}

/// The places that a hint says may be left out: one, or each of the fields of one list.
fn removable_paths(hint: &Finding) -> Vec<ContextPath> {
    let Some(path) = hint.path.as_deref() else { return Vec::new() };
    let names: Vec<&str> = hint.actual.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    match path.rsplit_once('.').filter(|_| hint.code == Code::FieldNotAllowed && names.len() > 1) {
        Some((parent, _)) => names.iter().filter_map(|name| Some(parent.parse::<ContextPath>().ok()?.join(&(*name).into()))).collect(),
        None => path.parse().into_iter().collect(),
    }
}

/// What one candidate wants, and what stops it; `None` where the statement is no candidate.
pub fn of_one(run: &Finished<'_>, node: NodeId) -> Option<StillWanted> {
    let mut candidates = run.why.candidates.iter().take(CANDIDATES).filter(|candidate| candidate.node == node).peekable();
    let blocker = candidates.peek()?.blocker.as_ref();
    let because = blocker.map(|blocker| decided::stopped_by(run, blocker));
    let places = blocker.map_or_else(Vec::new, |blocker| places(&blocker.condition));
    // A statement may grant in two ways.
    let wanted = candidates.map(|candidate| of_candidate(run, candidate)).find(|alternatives| !alternatives.is_empty());
    let mut wanted = wanted.unwrap_or_default();
    let may_be_garbled = wanted.iter().flatten().any(|change| change.value.as_str().is_some());
    if may_be_garbled {
        without_garbled(&mut wanted, &garbled(run));
    }
    Some(StillWanted { changes: wanted, because, places })
}

fn of_candidate(run: &Finished<'_>, candidate: &Candidate) -> Vec<Vec<InputChange>> {
    let mut found = Vec::new();
    for blocker in candidate.blocker.iter().chain(candidate.items.iter().take(8)) {
        let mut leaves = Vec::new();
        blocker.condition.leaves(&mut leaves);
        for leaf in leaves {
            of_test(run, &Test::of(run, leaf), &mut found);
        }
    }
    // What stands for an absent claim is nobody's value: to write it anywhere would let in all who lack the claim.
    found.retain(|change| change.value.as_str() != Some(PLACEHOLDER));
    found.into_iter().map(|change| vec![change]).collect()
}

fn of_test(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<InputChange>) {
    match test {
        // `!=` that held is a comparison that should have come out equal.
        Test::Equal { left, right, equal: false } => {
            for (target, other) in [(left, right), (right, left)] {
                // What anybody may send is no proof of a right, and so no cure.
                let by_word = other.literal && from(target, "args");
                if !other.value.is_null() && !by_word {
                    found.extend(set(target, &other.value));
                }
            }
        }
        Test::Contains { list, item, found: false } => {
            if from(item, "stash.adminRoles") || from(list, "stash.adminRoles") {
                found.extend(admin(run));
                return;
            }
            if let Some((path, value)) = place(list).filter(|_| !item.value.is_null()) {
                match value {
                    Value::List(_) => found.push(InputChange { op: Op::Add, path, value: item.value.clone() }),
                    // Only texts come through a Lambda authorizer, and a text has its parts.
                    Value::Null if path.is_in("identity.resolverContext") => {
                        found.push(InputChange { op: Op::Set, path, value: item.value.clone() });
                    }
                    Value::Null => {
                        let list = List::new(vec![item.value.clone()]).into();
                        found.push(InputChange { op: Op::Set, path, value: list });
                    }
                    _ => {}
                }
            }
            if let Some(first) = list.value.members().and_then(|list| list.into_iter().find(|value| !value.is_null())) {
                found.extend(set(item, &first));
            }
        }
        Test::Missing { what, missing: true } => {
            let Some((path, value)) = place(what) else { return };
            if value.is_null() && path.is_in("identity.claims") {
                let list = what.value.members().is_some() || path.contains("groups");
                let any: Value = if list { List::new(vec![ANY.into()]).into() } else { ANY.into() };
                found.push(InputChange { op: Op::Set, path, value: any });
            }
        }
        // What a row says of itself by a flag is the one thing to change there.
        Test::Truth(what) if matches!(what.value, Value::Boolean(false)) => {
            let of_row = place(what).filter(|(path, _)| path.is_in("result") || path.is_in("source"));
            found.extend(of_row.map(|(path, _)| InputChange { op: Op::Set, path, value: Value::Boolean(true) }));
        }
        Test::EmptyLoop(list) if from(list, "stash.adminRoles") => found.extend(admin(run)),
        _ => {}
    }
}

/// What the client sent, changed so that a term comes out the other way: an argument that is taken for true, or that should
/// have been another than it is, is left out; a number goes to the border.
fn turned(run: &Finished<'_>, leaf: &Condition) -> Vec<InputChange> {
    let sent = |operand: &Operand| place(operand).filter(|(path, value)| path.is_in("args") && path != "args" && !value.is_null());
    let left_out = |path: ContextPath| InputChange { op: Op::Remove, path, value: Value::Null };
    match Test::of(run, leaf) {
        // What a row says of itself by a flag is told by turning the flag.
        Test::Truth(what) if leaf.holds == Some(true) && matches!(what.value, Value::Boolean(true)) && sent(what).is_none() => {
            let of_row = place(what).filter(|(path, _)| path.is_in("result") || path.is_in("source"));
            of_row.map(|(path, _)| InputChange { op: Op::Set, path, value: Value::Boolean(false) }).into_iter().collect()
        }
        Test::Truth(what) if leaf.holds == Some(true) => sent(what).map(|(path, _)| left_out(path)).into_iter().collect(),
        Test::Equal { left, right, equal: true } => {
            [left, right].into_iter().filter_map(sent).map(|(path, _)| left_out(path)).collect()
        }
        Test::Truth(what) => {
            let no = |(_, value): &(ContextPath, Value)| matches!(value, Value::Boolean(false));
            let yes = |(path, _)| InputChange { op: Op::Set, path, value: Value::Boolean(true) };
            let claimed = || place(what).filter(|(path, _)| path.is_in("identity.claims"));
            // Where the template looks at who calls, what anybody may send is no proof of a right.
            let of_caller = || run.program.references().iter().any(|reference| reference.asks_for_caller());
            sent(what).filter(|_| !of_caller()).or_else(claimed).filter(no).map(yes).into_iter().collect()
        }
        Test::Other => border(leaf),
        _ => Vec::new(),
    }
}

/// Of a comparison of two numbers, each of them as the other is.
fn border(leaf: &Condition) -> Vec<InputChange> {
    let role = |role| leaf.operands.iter().find(|operand: &&Operand| operand.role == role);
    let (Some(left), Some(right)) = (role(OperandRole::Left), role(OperandRole::Right)) else { return Vec::new() };
    let number = |operand: &Operand| matches!(operand.value, Value::Number(_));
    if !number(left) || !number(right) {
        return Vec::new();
    }
    [(left, right), (right, left)].into_iter().filter(|(target, _)| !target.literal).filter_map(|(target, other)| set(target, &other.value)).collect()
}

fn from(operand: &Operand, path: &str) -> bool {
    operand.origins.iter().any(|origin| origin.is_in(path))
}

/// The one place in the context that an operand is, unchanged; with the value there.
fn place(operand: &Operand) -> Option<(ContextPath, Value)> {
    let mut places = operand.origins.iter().filter(|origin| origin.path().is_some());
    let (Some(origin), None) = (places.next(), places.next()) else {
        return several(operand);
    };
    match origin {
        Origin::AuthType(value) => Some((ContextPath::AUTH_TYPE, value.clone())),
        Origin::Context { path, value, .. } => {
            let unchanged = value.is_null() || value.loosely_equals(&operand.value);
            let open = !["stash", "info", "request"].contains(&path.root());
            (unchanged && open && !path.is_empty()).then(|| (path.clone(), value.clone()))
        }
        Origin::Literal(_) => None,
    }
}

/// Of several places (`username`, or else `cognito:username`) the first, when it is empty or is the value.
fn several(operand: &Operand) -> Option<(ContextPath, Value)> {
    operand.origins.iter().find_map(|origin| match origin {
        Origin::Context { path, value, .. } if path.is_in("identity.claims") => {
            (value.is_null() && operand.value.is_null() || !value.is_null() && value.loosely_equals(&operand.value))
                .then(|| (path.clone(), value.clone()))
        }
        _ => None,
    })
}

fn set(target: &Operand, value: &Value) -> Option<InputChange> {
    // The id and session of a role are nobody's name: no row is to be given to all who have it.
    if value.as_str().is_some_and(|text| text.contains(':') && (text.starts_with("AROA") || text.starts_with("ASIA"))) {
        return None;
    }
    let (path, old) = place(target)?;
    if !old.is_null() && path.claim_name().is_some_and(|claim| IDENTITY.contains(&claim.as_str())) {
        return None;
    }
    // Who calls stays the same: with another name it would be somebody else.
    if !old.is_null() && ["identity.sub", "identity.username"].iter().any(|place| path == *place) {
        return None;
    }
    // A row of a list that names somebody else stays that one's.
    if !old.is_null() && ["result", "source"].iter().any(|root| path.is_in(root)) && path.contains("].") {
        return None;
    }
    // Beside those whom a list of the row names there is room for another.
    let of_row = ["result", "source"].iter().any(|root| path.is_in(root));
    if let Some(list) = list_of(&path).filter(|_| of_row && target.slot.is_some() && old.as_str().is_some()) {
        return Some(InputChange { op: Op::Add, path: list.parse().ok()?, value: value.clone() });
    }
    // In the place of one group another is no likely wish; beside it, it is.
    let claim = path.whole_claim();
    if claim != path {
        return Some(InputChange { op: Op::Add, path: claim, value: value.clone() });
    }
    if path != "identity.groups" && path.is_in("identity.groups") {
        return Some(InputChange { op: Op::Add, path: "identity.groups".parse().ok()?, value: value.clone() });
    }
    let scalar = !matches!(value, Value::List(_) | Value::Map(_));
    let fits = old.is_null() || old.type_name() == value.type_name();
    (scalar && fits && !old.loosely_equals(value)).then(|| InputChange { op: Op::Set, path, value: value.clone() })
}

/// The caller's role on the list of administrators.
fn admin(run: &Finished<'_>) -> Option<InputChange> {
    let arn = run.context(&["identity", "userArn"]);
    let from_pool = !run.context(&["identity", "cognitoIdentityId"]).is_null();
    let (role, _) = arn.as_str().and_then(iam::assumed_role).filter(|_| !from_pool)?;
    Some(InputChange { op: Op::Add, path: "stash.adminRoles".parse().ok()?, value: role.into() })
}
