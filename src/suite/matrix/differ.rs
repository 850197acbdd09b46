//! What a change of rules opened and closed.

use super::{Cell, Matrix};
use crate::suite::VerdictChange;
use crate::trace::Verdict;
use serde::Serialize;
use serde_json::Value as Json;

/// A cell that differs from an older matrix.
#[derive(Clone, Debug, Serialize)]
pub struct CellDifference {
    /// `Type.field`
    pub field: String,
    /// Who.
    pub persona: String,
    /// The case's own name.
    pub variant: Option<String>,
    /// The old verdict; null for a new cell.
    pub before: Option<Verdict>,
    /// The new verdict; null for a cell that is gone.
    pub after: Option<Verdict>,
    /// Which way it went.
    pub change: VerdictChange,
}

/// What a change of rules opened and closed.
pub fn compare(old: &Matrix, new: &Matrix) -> Vec<CellDifference> {
    let key = |cell: &Cell| (cell.field.clone(), cell.persona.clone(), cell.variant.clone());
    let mut before: indexmap::IndexMap<_, _> = old.cells.iter().map(|cell| (key(cell), cell)).collect();
    let mut found = Vec::new();
    let difference = |cell: &Cell, before: Option<&Cell>, after: Option<&Cell>| CellDifference {
        field: cell.field.clone(),
        persona: cell.persona.clone(),
        variant: cell.variant.clone(),
        before: before.map(|cell| cell.verdict),
        after: after.map(|cell| cell.verdict),
        change: change(before, after),
    };
    for cell in &new.cells {
        let was = before.shift_remove(&key(cell));
        let same = was.is_some_and(|was| was.verdict == cell.verdict && was.filter == cell.filter);
        if !same {
            found.push(difference(cell, was, Some(cell)));
        }
    }
    found.extend(before.values().map(|cell| difference(cell, Some(cell), None)));
    found
}

/// How open a verdict is: what refuses, what nobody knows, what shows some rows, what shows all.
fn openness(cell: Option<&Cell>) -> u8 {
    match cell.map(|cell| cell.verdict) {
        Some(Verdict::Allowed | Verdict::Completed) => 3,
        Some(Verdict::Filtered) => 2,
        // Nobody knows: what was denied may be open now.
        Some(Verdict::Unknown) => 1,
        _ => 0,
    }
}

fn change(before: Option<&Cell>, after: Option<&Cell>) -> VerdictChange {
    match openness(after).cmp(&openness(before)) {
        std::cmp::Ordering::Greater => VerdictChange::Opened,
        std::cmp::Ordering::Less => VerdictChange::Closed,
        std::cmp::Ordering::Equal => match (before, after) {
            (Some(before), Some(after)) if before.filter != after.filter => {
                filter_change(&before.filter, &after.filter)
            }
            _ => VerdictChange::Changed,
        },
    }
}

/// A filter that shows nothing beyond what the old one showed closes; every other change may show more rows.
fn filter_change(before: &Json, after: &Json) -> VerdictChange {
    let none = |filter: &Json| filter.is_null() || filter.as_object().is_some_and(serde_json::Map::is_empty);
    let ways = |filter: &Json| match filter.get("or").and_then(Json::as_array) {
        Some(ways) => ways.clone(),
        None => vec![filter.clone()],
    };
    let within = !none(after) && ways(after).iter().all(|way| ways(before).contains(way));
    if none(before) || within { VerdictChange::Closed } else { VerdictChange::Opened }
}

#[cfg(test)]
mod tests {
    use super::{VerdictChange, filter_change};
    use serde_json::{Value as Json, json};

    #[test]
    fn a_filter_with_one_more_way_opens() {
        let owner = json!({"owner": {"eq": "ann"}});
        let both = json!({"or": [owner, {"group": {"eq": "Staff"}}]});
        let one = json!({"or": [owner]});
        assert_eq!(filter_change(&one, &both), VerdictChange::Opened);
        assert_eq!(filter_change(&both, &one), VerdictChange::Closed);
        assert_eq!(filter_change(&both, &owner), VerdictChange::Closed);
        assert_eq!(filter_change(&one, &json!({"or": [{"owner": {"eq": "bob"}}]})), VerdictChange::Opened, "other rows");
        assert_eq!(filter_change(&one, &Json::Null), VerdictChange::Opened, "a subscription without its filter");
        assert_eq!(filter_change(&Json::Null, &one), VerdictChange::Closed);
    }
}
