//! Keys that are joined of several parts by `#`, as Amplify makes them of an index with several sort keys: one is missing, or
//! they stand in another order
//! (<https://docs.amplify.aws/gen1/javascript/build-a-backend/graphqlapi/data-modeling/>: sort key fields).

use super::bound::BoundSource;
use crate::explain::hint::text::show;
use crate::message::{Message, all_of};
use crate::records::{Bound, Comparator, TermTest};
use crate::value::Value;

const MARK: char = '#';

/// Why a joined key of the row and the one that was asked for do not meet.
pub(super) fn apart(test: &TermTest, row: (&str, &Value), (bound, source): (&Bound, &BoundSource), line: Option<u32>) -> Option<Message> {
    let begins = match test {
        TermTest::Compare { comparator: Comparator::Equal, .. } => false,
        TermTest::BeginsWith { .. } => true,
        _ => return None,
    };
    let (path, stored) = row;
    let (stored, wanted) = (stored.as_str()?, source.value.as_str()?);
    let (has, asks): (Vec<&str>, Vec<&str>) = (stored.split(MARK).collect(), wanted.split(MARK).collect());
    if has.len() < 2 || asks.len() < 2 || has == asks {
        return None;
    }
    // Amplify names the attribute by its parts.
    let names: Vec<&str> = Some(path.split(MARK).collect::<Vec<_>>()).filter(|names| names.len() == has.len()).unwrap_or_default();
    let named = |at: usize| names.get(at).map_or_else(|| show(&has[at].into()), |name| format!("{name} ({})", show(&has[at].into())));
    let order = (0..has.len()).map(named).collect::<Vec<_>>().join(", then ");
    let line = source.line.or(line).map_or_else(String::new, |line| format!(" (line {line})"));
    if is_turned(&has, &asks) {
        return Some(
            Message::from(format!("Both are joined of the same parts by `{MARK}`, in another order: the row has {order}."))
                .cured(format!("Join {} in the row's order{line}.", bound.name)),
        );
    }
    let missing = missing(&has, &asks)?;
    // What a prefix leaves out at the end is no part that is missing.
    let last = asks.iter().rposition(|part| !part.is_empty()).and_then(|at| has.iter().rposition(|part| *part == asks[at]))?;
    let gaps: Vec<usize> = missing.into_iter().filter(|at| !begins || *at < last).collect();
    if gaps.is_empty() {
        return None;
    }
    let which = all_of(&gaps.iter().map(|at| named(*at)).collect::<Vec<_>>());
    let why = if begins { "begins_with compares from the left, so no part before one that is given can be left out" } else { "`=` compares the whole" };
    let head = has[..gaps[0]].iter().map(|part| format!("{part}{MARK}")).collect::<String>();
    let other = if begins && !head.is_empty() { format!(", or ask for {} alone and test the rest in a filter", show(&head.as_str().into())) } else { String::new() };
    Some(
        Message::from(format!("The row's key is joined by `{MARK}` of {order}; {} lacks {which}, and {why}.", bound.name))
            .cured(format!("Join all parts in that order{line}{other}.")),
    )
}

/// Whether the one has the parts of the other in another order.
fn is_turned(has: &[&str], asks: &[&str]) -> bool {
    let sorted = |parts: &[&str]| {
        let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        parts.sort_unstable();
        parts
    };
    sorted(has) == sorted(asks)
}

/// The parts of the first that the second has not, or has empty; `None` where it has others.
fn missing(has: &[&str], asks: &[&str]) -> Option<Vec<usize>> {
    if has.len() == asks.len() {
        let alike = has.iter().zip(asks).all(|(has, asks)| has == asks || asks.is_empty());
        return alike.then(|| (0..has.len()).filter(|at| asks[*at].is_empty()).collect());
    }
    let mut found = Vec::new();
    let mut left = asks.iter().filter(|part| !part.is_empty()).peekable();
    for (at, part) in has.iter().enumerate() {
        if left.peek() == Some(&part) {
            left.next();
        } else {
            found.push(at);
        }
    }
    (left.next().is_none() && !found.is_empty()).then_some(found)
}
