//! Groups, and other lists of names in a claim.

use super::test::Test;
use super::text::show;
use super::{Scene, claim_of, json};
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::trace::origin::Origin;
use crate::value::Value;

/// The group is there but for its case, blanks around it, or a prefix.
pub fn near_miss(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        slip(&failed.test, found);
    }
}

/// [`near_miss`] for one test.
pub fn slip(test: &Test<'_>, found: &mut Vec<Finding>) {
    let (has, wants) = match test {
        Test::Contains { list, item, found: false } => (list, item),
        Test::Equal { left, right, equal: false } => (left, right),
        _ => return,
    };
    for (mine, other) in [(has, wants), (wants, has)] {
        let Some((claim, path, _)) = claim_of(&mine.origins) else { continue };
        if claim_of(&other.origins).is_some_and(|(name, ..)| name == claim) {
            continue;
        }
        let Value::String(wanted) = &other.value else { continue };
        let names: Vec<Value> = mine.value.members().unwrap_or_else(|| vec![mine.value.clone()]);
        for name in names.iter().filter_map(Value::as_str) {
            let Some((code, how)) = difference(name, wanted) else { continue };
            let what = if claim == "cognito:groups" { "group" } else { "value" };
            found.push(
                Finding::new(
                    code,
                    format!(
                        "claim {claim} has {what} {}, the rule wants {}: {how}. Names are compared exactly; rename one of them.",
                        show(&name.into()),
                        show(&other.value)
                    ),
                )
                .at(path.clone())
                .actual(json(&mine.value))
                .wanted(wanted.as_str()),
            );
        }
    }
}

fn difference(name: &str, wanted: &str) -> Option<(&'static str, &'static str)> {
    if name == wanted || name.is_empty() || wanted.is_empty() {
        None
    } else if name.to_lowercase() == wanted.to_lowercase() {
        Some(("group-case-mismatch", "upper and lower case differ"))
    } else if name.trim() == wanted.trim() {
        Some(("group-space-mismatch", "one of them has a blank at its beginning or end"))
    } else if name.trim().to_lowercase() == wanted.trim().to_lowercase() {
        Some(("group-case-mismatch", "case and blanks differ"))
    } else if spelled(name) == spelled(wanted) {
        Some(("group-spelling-mismatch", "they differ in blanks, dashes or underscores only"))
    } else if plural(name) == plural(wanted) {
        Some(("group-spelling-mismatch", "one of them is the plural"))
    } else if name.len() > 2 && wanted.len() > 2 && affix(&name.to_lowercase(), &wanted.to_lowercase()) {
        Some(("group-prefix-mismatch", "one of them has a prefix or suffix that the other lacks"))
    } else {
        None
    }
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
pub fn none_at_all(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    if scene.verdict == Verdict::Allowed {
        return;
    }
    for failed in scene.failed() {
        for operand in &failed.condition.operands {
            let Some((claim, path, value)) = claim_of(&operand.origins) else { continue };
            let empty = value.as_list().is_some_and(|list| list.is_empty());
            if !claim.ends_with("groups") || !(value.is_null() || empty) {
                continue;
            }
            let state = if empty { "is an empty list" } else { "is absent" };
            let wanted = match &failed.test {
                Test::Contains { item, .. } => Some(&item.value),
                Test::Equal { left, right, .. } => {
                    [left, right].into_iter().map(|side| &side.value).find(|value| value.as_str().is_some())
                }
                _ => None,
            };
            let wish = wanted.map_or(String::new(), |wanted| format!(" The rule wants {}.", show(wanted)));
            found.push(
                Finding::new(
                    "no-groups",
                    format!(
                        "claim {claim} {state}: the user is in no group, or was added after this token was issued (sign in again, or refresh the token).{wish}"
                    ),
                )
                .at(path)
                .actual(json(&value))
                .wanted(wanted.map(json).unwrap_or_default()),
            );
        }
    }
}

/// The list is there and has other names.
pub fn not_member(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for failed in scene.failed() {
        let Test::Contains { list, item, found: false } = &failed.test else { continue };
        let (mine, other) = if claim_of(&list.origins).is_some() { (list, item) } else { (item, list) };
        let Some((claim, path, value)) = claim_of(&mine.origins) else { continue };
        let of_row = |origin: &Origin| origin.path().is_some_and(super::owner::is_row);
        // An owner on the row that is another's is a matter of ownership.
        if !claim.contains("group") && !claim.contains("role") && other.origins.iter().any(of_row) {
            continue;
        }
        if value.is_null() || other.value.is_null() || claim_of(&other.origins).is_some() {
            continue;
        }
        let message = format!(
            "claim {claim} is {}, and the rule wants {}: the caller is not a member.",
            show(&mine.value),
            show(&other.value)
        );
        let known = found.iter().any(|hint| hint.code.starts_with("group-") && hint.wanted == json(&other.value));
        if !known && mine.value.members().is_some_and(|list| !list.is_empty()) {
            found.push(
                Finding::new("not-in-list", message).at(path).actual(json(&mine.value)).wanted(json(&other.value)),
            );
        }
    }
}
