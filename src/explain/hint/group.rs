//! Groups, and other lists of names in a claim.

use super::keys;
use super::test::Test;
use super::text::show;
use super::{Finished, claim_of, claim_path, is_group_like, json, names_groups};
use crate::appsync::provider_of;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::value::Value;
use indexmap::IndexMap;

/// The group is there but for its case, blanks around it, or a prefix.
pub fn near_miss(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        slip(run, &failed.test, found);
    }
}

/// The caller's name is in a list of the template but for its case, blanks around it, or a prefix.
pub fn near_name(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let Test::Contains { list, item, found: false } = &failed.test else { continue };
        let Some((path, ..)) = item.origins.context().filter(|(path, ..)| path.starts_with("identity.")) else { continue };
        // Of a claim and of a row the hints on groups and owners tell more.
        if claim_of(&item.origins).is_some() || list.origins.context().is_some() {
            continue;
        }
        let Some(name) = item.value.as_str() else { continue };
        for wanted in names(&list.value) {
            let Some((code, how)) = wanted.as_str().and_then(|wanted| difference(name, wanted)) else { continue };
            let message = Message::of(
                "{} is {}, and the list that the template looks in has {}: {}. » Names are compared exactly; make the two the same.",
                [Part::Place(path.to_string()), Part::Value(show(&item.value)), Part::Value(show(&wanted)), Part::Text(how.to_owned())],
            );
            found.push(Finding::new(code, message).at(path).actual(json(&item.value)).wanted(json(&wanted)));
        }
    }
}

/// A claim that was looked for names, and did not have one.
pub(super) struct Lookup<'a> {
    pub(super) claim: String,
    pub(super) path: String,
    /// The whole claim, also where a loop looks at one item of it.
    pub(super) has: Value,
    /// What was looked at.
    pub(super) mine: &'a Operand,
    /// What was wanted.
    pub(super) other: &'a Operand,
}

pub(super) fn lookup<'a>(run: &Finished<'_>, test: &Test<'a>) -> Option<Lookup<'a>> {
    let (left, right) = match test {
        Test::Contains { list, item, found: false } => (*list, *item),
        Test::Equal { left, right, equal: false } => (*left, *right),
        _ => return None,
    };
    let (mine, other) = if claim_of(&left.origins).is_some() { (left, right) } else { (right, left) };
    let (claim, path, there) = claim_of(&mine.origins)?;
    // What took an absent claim's place is not the claim's value.
    if there.is_null() && !mine.value.is_null() {
        return None;
    }
    let default = super::owner::is_default(other) || super::owner::is_default(mine);
    if claim_of(&other.origins).is_some() || other.value.is_null() || default {
        return None;
    }
    let item = path != claim_path(&path);
    let has = if item { run.claim(&claim) } else { mine.value.clone() };
    Some(Lookup { path: claim_path(&path), claim, has, mine, other })
}

pub(super) fn names(value: &Value) -> Vec<Value> {
    value.members().unwrap_or_else(|| vec![value.clone()])
}

/// How a wanted name and one that is there differ, in the tests of a condition.
pub fn slip_in(run: &Finished<'_>, condition: &Condition) -> Option<String> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().find_map(|leaf| {
        let Lookup { mine, other, .. } = lookup(run, &Test::of(run, leaf))?;
        let wants = names(&other.value);
        let pairs = names(&mine.value).into_iter().flat_map(|name| wants.iter().map(move |wanted| (name.clone(), wanted)));
        let mut differences = pairs.filter_map(|(name, wanted)| {
            let (_, how) = difference(name.as_str()?, wanted.as_str()?)?;
            Some(format!("the rule wants {}, and {} is not such a name: {how}", show(wanted), show(&name)))
        });
        let wanted = wants.first().map(|wanted| format!("the rule wants {}", show(wanted)));
        differences.next().or(wanted)
    })
}

/// The whole claim, where a template cut the text that it compares out of it.
fn cut_from(run: &Finished<'_>, claim: &str, mine: &Operand) -> Option<String> {
    let whole = run.claim(claim).as_str()?.to_owned();
    let part = mine.value.as_str()?;
    (whole != part && whole.contains(part) && !part.contains(',')).then_some(whole)
}

/// A part of a claim that is nearly what is wanted.
fn of_part(claim: &str, (whole, part, wanted): (&str, &str, &str), (code, how): (Code, &str), (write, place): (&str, &str)) -> Finding {
    let message = Message::of(
        "claim {} is {}, and what is taken of it, {}, is compared with {}: {}. » Names are compared exactly: {} {} {}, or compare both in one form (`.toLowerCase()`, `.trim()`).",
        [
            Part::Name(claim.to_owned()),
            Part::Value(quoted(whole).to_string()),
            Part::Value(quoted(part).to_string()),
            Part::Value(quoted(wanted).to_string()),
            Part::Text(how.to_owned()),
            Part::Text(write.to_owned()),
            Part::Value(quoted(part).to_string()),
            Part::Place(place.to_owned()),
        ],
    );
    Finding::new(code, message).actual(part).wanted(wanted)
}

/// The names that a claim has; of a text with several between commas each, where it is searched, and none, where it is compared as
/// a whole.
fn own_names(test: &Test<'_>, mine: &Operand) -> Option<Vec<Value>> {
    let Some(text) = mine.value.as_str().filter(|text| text.contains(',')) else { return Some(names(&mine.value)) };
    let searched = matches!(test, Test::Contains { list, .. } if std::ptr::eq(*list, mine));
    searched.then(|| text.split(',').map(|name| name.trim().into()).collect())
}

/// How a name that is wanted is put right where it stands: on the row, among what was sent, or in the rule.
fn where_wanted(other: &Operand, of_row: bool) -> (&'static str, String) {
    // What the template made of a value is not what was sent or stored.
    let as_it_is = |(_, from, _): &(&crate::appsync::ContextPath, &Value, bool)| from.loosely_equals(&other.value) || other.value.members().is_some();
    match other.origins.context().filter(|_| of_row).filter(as_it_is) {
        Some((path, ..)) if super::whence::is_client(path) => ("send", format!("as {path}")),
        Some((path, ..)) => ("write", format!("at {path}")),
        // Beside the name that stands there: others may have that one.
        None => ("let the rule take", "too".to_owned()),
    }
}

/// The parameter of the deployment that put a text of the rule there, as people call it: `the default of the parameter Group`.
fn of_parameter(run: &Finished<'_>, other: &Operand, wanted: &str) -> Option<String> {
    let filled = run.program.source.parameter_of(wanted).filter(|_| other.origins.context().is_none())?;
    Some(format!("{} of the parameter {}", if filled.is_default { "the default" } else { "the value" }, filled.name))
}

/// [`near_miss`] for one test.
pub fn slip(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<Finding>) {
    let Some(Lookup { claim, path, has, mine: mine_operand, other }) = lookup(run, test) else { return };
    let of_row = other.origins.iter().any(|origin| origin.path().is_some_and(|path| super::owner::is_row(path)));
    // Whether two owners are one is a matter of their form.
    if of_row && !is_group_like(run, &claim) {
        return;
    }
    let Some(mine) = own_names(test, mine_operand) else { return };
    let wants = names(&other.value);
    for (name, wanted) in mine.iter().flat_map(|name| wants.iter().map(move |wanted| (name, wanted))) {
        let (Some(name), Some(wanted)) = (name.as_str(), wanted.as_str()) else { continue };
        let Some((code, how)) = difference(name, wanted) else { continue };
        // What the template made of an argument is mended where it was sent.
        if code == Code::GroupPrefixMismatch && WantedPlace::of(other).is_some_and(|place| place.made_of.is_some() && place.was_sent()) {
            continue;
        }
        // The comparison of these two has said it, with its line and a nearer cure.
        let said = |hint: &Finding| {
            let of_these = || [name, wanted].iter().any(|one| hint.actual.as_str() == Some(one));
            hint.code == Code::ValuesNearlyEqual && (hint.path.as_deref().map(claim_path).as_deref() == Some(&*path) || of_these())
        };
        // A list in one text, and a key of several parts, are told as what they are.
        let parts = super::claim::lists(name, wanted) || of_row && super::owner::part_of_key(wanted, name).is_some();
        if parts || found.iter().any(said) {
            continue;
        }
        let (mut write, mut place) = where_wanted(other, of_row);
        let parameter = of_parameter(run, other, wanted);
        if let Some(parameter) = &parameter {
            (write, place) = ("write", format!("as {parameter}"));
        }
        let whence = parameter.map_or_else(String::new, |parameter| format!(" ({parameter}, which stands in the rule)"));
        // A group of a user pool has its name for good: UpdateGroup finds it by the name, and changes description, precedence and
        // role (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateGroup.html>).
        if let Some(whole) = cut_from(run, &claim, mine_operand) {
            found.push(of_part(&claim, (&whole, name, wanted), (code, how), (write, &place)).at(path.clone()));
            continue;
        }
        let differing = NearName { claim: &claim, name, wanted, how, write, place, whence };
        found.push(Finding::new(code, differing.message()).at(path.clone()).actual(json(&has)).wanted(wanted));
    }
}

/// A name of a claim that is nearly the one that is wanted.
struct NearName<'n> {
    claim: &'n str,
    name: &'n str,
    wanted: &'n str,
    how: &'n str,
    /// How the wanted name is put right where it stands, and where that is.
    write: &'n str,
    place: String,
    /// The parameter that it comes from, in brackets.
    whence: String,
}

impl NearName<'_> {
    fn message(self) -> Message {
        let of_pool = self.claim == "cognito:groups";
        let either = |pool: &str, other: &str| Part::Text(if of_pool { pool } else { other }.to_owned());
        Message::of(
            "claim {} has {} {}, the rule wants {}{}: {}. » Names are compared exactly: {} {} {}, as the token has it, or {} {}{} and sign in again.",
            [
                Part::Name(self.claim.to_owned()),
                either("group", "value"),
                Part::Value(show(&self.name.into())),
                Part::Value(show(&self.wanted.into())),
                Part::Place(self.whence),
                Part::Text(self.how.to_owned()),
                Part::Text(self.write.to_owned()),
                Part::Value(show(&self.name.into())),
                Part::Place(self.place),
                either("put the user into the group", "rename the value to"),
                Part::Value(show(&self.wanted.into())),
                either(" (add it if the pool has none)", ""),
            ],
        )
    }
}

fn difference(name: &str, wanted: &str) -> Option<(Code, &'static str)> {
    // The group of a provider is everybody's who comes through it: no slip of another's name.
    let of_provider = provider_of(name).or_else(|| provider_of(wanted)).is_some();
    if name == wanted || name.is_empty() || wanted.is_empty() || of_provider {
        None
    } else if name.to_lowercase() == wanted.to_lowercase() {
        Some((Code::GroupCaseMismatch, "upper and lower case differ"))
    } else if name.trim() == wanted.trim() {
        Some((Code::GroupSpaceMismatch, "one of them has a blank at its beginning or end"))
    } else if name.trim().to_lowercase() == wanted.trim().to_lowercase() {
        Some((Code::GroupCaseMismatch, "case and blanks differ"))
    } else if spelled(name) == spelled(wanted) {
        Some((Code::GroupSpellingMismatch, "they differ in blanks, dashes or underscores only"))
    } else if plural(name) == plural(wanted) {
        Some((Code::GroupSpellingMismatch, "one of them is the plural"))
    } else if name.len() > 2 && wanted.len() > 2 && affix(&name.to_lowercase(), &wanted.to_lowercase()) {
        Some((Code::GroupPrefixMismatch, "one of them has a prefix or suffix that the other lacks"))
    } else {
        None
    }
}

/// How two names that are nearly one differ.
pub fn how_near(name: &str, wanted: &str) -> Option<&'static str> {
    difference(name, wanted).map(|(_, how)| how)
}

fn spelled(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn plural(name: &str) -> String {
    let name = spelled(name);
    name.strip_suffix('s').unwrap_or(&name).to_owned()
}

fn affix(left: &str, right: &str) -> bool {
    tail(left, right) || tail(right, left)
}

/// Whether the longer name is the shorter one behind or before a separator.
fn tail(long: &str, short: &str) -> bool {
    let separator = |letter: Option<char>| letter.is_some_and(|letter| !letter.is_alphanumeric());
    long.strip_suffix(short).is_some_and(|rest| separator(rest.chars().next_back()))
        || long.strip_prefix(short).is_some_and(|rest| separator(rest.chars().next()))
}

/// The token has no groups claim at all.
pub fn none_at_all(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // Where the mode has no such member, the token's groups are another matter.
    let of_mode = found.iter().any(|hint| hint.code == Code::MemberNotInMode && hint.path.as_deref() == Some("identity.groups"));
    if run.verdict == Verdict::Allowed || of_mode {
        return;
    }
    // One hint a claim, with every group that a rule looks for.
    let mut claims: IndexMap<String, (String, Value, Vec<Value>)> = IndexMap::new();
    let failed = run.failed();
    claims.extend(asked_for_key(run).map(|asked| (asked.path(), (asked.key, Value::Null, Vec::new()))));
    for failed in failed {
        for operand in &failed.condition.operands {
            let Some((claim, path, value)) = claim_of(&operand.origins) else { continue };
            let empty = value.as_list().is_some_and(|list| list.is_empty());
            // A member of the list that is not there is no absent claim.
            let absent = value.is_null() && claim == "cognito:groups" && run.claim(&claim).is_null();
            // That it is a list, and empty, was told where it is compared with a text.
            let as_list = |path: &str| found.iter().any(|hint| hint.code == Code::ListComparedWithString && hint.path.as_deref() == Some(path));
            if !(absent || empty && is_group_like(run, &claim)) || as_list(&path) {
                continue;
            }
            let (.., all) = claims.entry(path).or_insert_with(|| (claim, value, Vec::new()));
            for name in wanted_of(run, failed) {
                if !all.iter().any(|known| show(known) == show(&name)) {
                    all.push(name);
                }
            }
        }
    }
    for (path, (claim, value, wanted)) in claims {
        if let Some(finding) = elsewhere(run, &claim, &path, &wanted) {
            found.push(finding);
            continue;
        }
        let state = if value.is_null() { "is absent" } else { "is an empty list" };
        let who = if names_groups(&claim) { "the user is in no group, or was added after this token was issued" } else { "it names nothing, or the token was issued before it did" };
        let names: Vec<_> = wanted.iter().map(show).collect();
        let wish = if names.is_empty() { String::new() } else { format!(" The rule wants {}.", any_of(&names)) };
        let wanted = match wanted.as_slice() {
            [] => serde_json::Value::Null,
            [one] => json(one),
            more => more.iter().map(json).collect(),
        };
        found.push(
            Finding::new(
                Code::NoGroups,
                Message::of(
                    "claim {} {}: {}.{}",
                    [Part::Name(claim.clone()), Part::Text(state.to_owned()), Part::Text(who.to_owned()), Part::Text(wish)],
                )
                .cured(membership(&claim, &names)),
            )
            .at(path)
            .actual(json(&value))
            .wanted(wanted),
        );
    }
}

/// `$claims.containsKey("cognito:groups")`
fn asked_for_key(run: &Finished<'_>) -> Option<keys::AskedKey> {
    let mut asked = run.failed().iter().flat_map(|failed| keys::in_vain(run, failed.condition));
    asked.find(|asked| asked.is_claim() && asked.key == "cognito:groups")
}

/// What to do where the caller is in no group: which to put him into, and that a token keeps what it was issued with.
fn membership(claim: &str, names: &[String]) -> String {
    let renew = "sign in again, or refresh the token (fetchAuthSession with forceRefresh)";
    match (claim, names) {
        (_, []) => format!("If the user was put into a group since, {renew}."),
        ("cognito:groups", names) => format!("If this caller should pass, put the user into {}, then {renew}.", any_of(names)),
        (claim, names) => format!("If this caller should pass, let the provider write {} into {claim}, then {renew}.", any_of(names)),
    }
}

/// The names that a test wants of a claim.
fn wanted_of(run: &Finished<'_>, failed: &super::Failed<'_>) -> Vec<Value> {
    match &failed.test {
        Test::Contains { item, .. } => vec![item.value.clone()],
        Test::Equal { left, right, .. } => {
            [left, right].into_iter().map(|side| &side.value).find(|value| value.as_str().is_some()).into_iter().cloned().collect()
        }
        Test::EmptyLoop(_) => asked_in_loop(run, failed.condition.node),
        _ => Vec::new(),
    }
}

/// The names that a loop over the caller's groups looks for: `$allowed.contains($group)` of its first condition.
pub fn asked_in_loop(run: &Finished<'_>, list: crate::syntax::NodeId) -> Vec<Value> {
    let Some(each) = run.recorder.index.loops().find(|each| each.list.node == list) else { return Vec::new() };
    let condition = each.body.iter().find_map(|statement| match statement {
        crate::syntax::Statement::If(parts) => parts.branches.first().map(|branch| &branch.condition),
        _ => None,
    });
    let mut found = Vec::new();
    crate::trace::index::references(condition.unwrap_or(&each.list), &mut |reference: &crate::syntax::Reference| {
        let value = reference.variable().and_then(|slot| run.outcome.variable(slot)).and_then(Value::members);
        if let (true, Some(names)) = (reference.ends_in(crate::value::method::Method::Contains), value) {
            found.extend(names.into_iter().filter(|name| name.as_str().is_some()));
        }
    });
    found.truncate(12);
    found
}

/// A name that is wanted of an absent claim stands in another one.
fn elsewhere(run: &Finished<'_>, claim: &str, path: &str, wanted: &[Value]) -> Option<Finding> {
    let claims = run.context(&["identity", "claims"]);
    // What one text holds in several words, such as a scope, is another thing than a group.
    let holds = |value: &Value, name: &Value| value.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(name)));
    let in_text = |key: &Value, has: &Value, name: &Value| match (key.as_str(), has.as_str(), name.as_str()) {
        // A letter or two stand in many a text by chance.
        (Some(key), Some(has), Some(name)) => name.len() > 2 && names_groups(key) && (has == name || super::claim::lists(has, name)),
        _ => false,
    };
    let (key, has, name) = claims.as_map()?.snapshot().into_iter().find_map(|(key, has)| {
        let name = wanted.iter().find(|name| holds(&has, name) || in_text(&key, &has, name))?.clone();
        (key.as_str()? != claim).then(|| (key.as_str().unwrap_or_default().to_owned(), has, name))
    })?;
    let message = Message::of(
        "claim {} is absent: {}, which the rule wants, stands in the claim {} ({}). » Read that one, `$ctx.identity.claims.get({})`, or issue the groups as {}.",
        [
            Part::Name(claim.to_owned()),
            Part::Value(show(&name)),
            Part::Name(key.clone()),
            Part::Value(show(&has)),
            Part::Code(crate::message::quoted(&key).to_string()),
            Part::Name(claim.to_owned()),
        ],
    );
    Some(Finding::new(Code::ClaimNameNear, message).certainty(Certainty::Certain).at(path).actual(key).wanted(json(&name)))
}

/// A place that says which names are wanted.
pub(super) struct WantedPlace {
    pub(super) place: String,
    /// What stands there, where the template makes the name that it wants of it.
    pub(super) made_of: Option<Value>,
}

impl WantedPlace {
    pub(super) fn of(operand: &Operand) -> Option<Self> {
        operand.origins.iter().find_map(|origin| {
            let place = origin.path().filter(|path| super::owner::is_row(path))?.to_string();
            let made_of = match origin {
                crate::trace::origin::Origin::Context { value, .. } if value.as_str().is_some() && !value.loosely_equals(&operand.value) => Some(value.clone()),
                _ => None,
            };
            Some(Self { place, made_of })
        })
    }

    pub(super) fn was_sent(&self) -> bool {
        self.place.starts_with("args")
    }
}

/// Whether a hint already says how the caller's value and the wanted one differ.
pub(super) fn is_slip(code: Code) -> bool {
    matches!(
        code,
        Code::GroupCaseMismatch
            | Code::GroupSpaceMismatch
            | Code::GroupPrefixMismatch
            | Code::GroupSpellingMismatch
            | Code::ClaimIsJsonString
            | Code::ClaimIsCommaList
            | Code::ClaimIsString
    )
}
