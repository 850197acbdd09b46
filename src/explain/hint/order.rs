//! The order of hints: what a reader should see first.

use crate::code::{Certainty, Code, Kind};
use crate::finding::Finding;

/// Puts hints in order: what is not known, then a call that does not exist, then causes, then what else is so, then what
/// follows from a cause; of one kind what is certain before what is likely before what is possible. Certainty does not come
/// first of all: a consequence is often certain where its cause is only likely, and would stand above it. Among equals the
/// order of the rules stays, a nearer look before a more general one, and each rule looks at the conditions that are nearest
/// to the statement that decided first (`Finished::failed`).
pub fn order(hints: &mut [Finding]) {
    hints.sort_by_key(rank);
}

/// Whether a cause only says that two values differ, as every refusal's does: one that says how they belong together, or why
/// they could never agree, tells more.
pub fn is_plain(code: Code) -> bool {
    matches!(code, Code::NotInList | Code::NotOwner | Code::ArgumentDiffers | Code::RefusedByTemplate)
}

/// Where a slip explains the difference of two values, that they differ is no second cause: not of these values, of the other items
/// of the same list, or of rows of which each was told.
pub fn without_plain(hints: &mut Vec<Finding>) {
    let slips = [
        Code::OwnerCaseMismatch, Code::OwnerFormatMismatch, Code::OwnerOtherSub, Code::ValuesNearlyEqual, Code::GroupCaseMismatch,
        Code::EitherNegated, Code::RowsPicked, Code::ItemByPlace, Code::SeparatorIsPattern, Code::IamSessionArn,
        Code::WrittenBeforeCheck, Code::LeftLoopEarly, Code::DirectiveAsText,
    ];
    // Nothing is to be said of rows that no turn had.
    if hints.iter().any(|hint| hint.code == Code::LoopOverPage) {
        let of_page = |hint: &Finding| hint.path.as_deref().is_some_and(|path| path.starts_with("result.") || path.starts_with("prev.result."));
        hints.retain(|hint| hint.code == Code::LoopOverPage || !of_page(hint) && hint.code != Code::ItemsLeftOut);
    }
    let Some(first) = hints.first().filter(|first| slips.contains(&first.code)).cloned() else { return };
    let base = |hint: &Finding| hint.path.as_deref().map(|path| path.split('[').next().unwrap_or(path).to_owned());
    let of_first = |hint: &Finding| {
        let values = [&first.actual, &first.wanted];
        let same = [&hint.actual, &hint.wanted].into_iter().any(|value| !value.is_null() && values.contains(&value));
        match first.code {
            Code::DirectiveAsText => super::misspelt::is_otherwise(&first),
            Code::EitherNegated | Code::SeparatorIsPattern => true,
            Code::RowsPicked => hint.path.as_deref().is_some_and(|path| path.starts_with("result.items")),
            _ => same || base(hint).is_some() && base(hint) == base(&first),
        }
    };
    hints.retain(|hint| !(is_plain(hint.code) && of_first(hint)));
}

/// Among causes: what is special, then what the row or an argument is compared with, then a membership that another rule asks
/// for. That the work was done before the refusal is no cause, and stands beside it.
fn telling(code: Code) -> u8 {
    match code {
        Code::NotInList | Code::ArgumentDiffers => 2,
        Code::AlreadyWritten => 1,
        code => u8::from(is_plain(code)),
    }
}

fn rank(hint: &Finding) -> (u8, u8, Certainty) {
    let place = match hint.code {
        code if code.leaves_open() => 0,
        code if code.is_call() => 1,
        code => match code.entry().kind {
            Kind::Cause | Kind::Doubt => 2,
            _ if code == Code::AlreadyWritten => 2,
            Kind::Evidence | Kind::Remedy => 3,
            Kind::Consequence => 4,
        },
    };
    (place, telling(hint.code), hint.certainty)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SURE: [Certainty; 3] = [Certainty::Certain, Certainty::Likely, Certainty::Possible];

    /// One code of each place, from the first to the last, each in all three certainties.
    fn table() -> Vec<Finding> {
        let codes = [Code::NotGiven, Code::UnknownFunction, Code::NotOwner, Code::LetThrough, Code::ConditionFailed];
        let sure = |code| SURE.map(|certainty| Finding::new(code, "x").certainty(certainty));
        codes.into_iter().flat_map(sure).collect()
    }

    #[test]
    fn every_pair_stands_in_the_order_of_the_table() {
        let table = table();
        let kinds = [2, 3, 4].map(|place: usize| table[place * SURE.len()].code.entry().kind);
        assert_eq!(kinds, [Kind::Cause, Kind::Evidence, Kind::Consequence]);
        for (at, first) in table.iter().enumerate() {
            for second in &table[at + 1..] {
                let mut pair = [second.clone(), first.clone()];
                order(&mut pair);
                assert_eq!(pair, [first.clone(), second.clone()], "{} {}", first.code, second.code);
            }
        }
        let mut all: Vec<Finding> = table.iter().rev().cloned().collect();
        order(&mut all);
        assert_eq!(all, table);
    }

    #[test]
    fn what_decides_stands_before_what_follows() {
        let hints = |codes: &[Code]| codes.iter().map(|code| Finding::new(*code, "x")).collect::<Vec<_>>();
        for (given, wanted) in [
            (&[Code::ConditionFailed, Code::NotOwner][..], &[Code::NotOwner, Code::ConditionFailed][..]),
            (&[Code::NotOwner, Code::UnknownFunction], &[Code::UnknownFunction, Code::NotOwner]),
            (&[Code::UnknownFunction, Code::NotGiven], &[Code::NotGiven, Code::UnknownFunction]),
            (&[Code::NoGroups, Code::GroupCaseMismatch], &[Code::GroupCaseMismatch, Code::NoGroups]),
            (&[Code::NotInList, Code::ClaimAbsent], &[Code::ClaimAbsent, Code::NotInList]),
            (&[Code::NotInList, Code::OwnerFormatMismatch], &[Code::OwnerFormatMismatch, Code::NotInList]),
        ] {
            let mut hints = hints(given);
            order(&mut hints);
            let codes: Vec<_> = hints.iter().map(|hint| hint.code).collect();
            assert_eq!(codes, wanted);
        }
    }
}
