//! The order of hints: what a reader should see first.

use crate::code::{Certainty, Kind};
use crate::finding::Finding;

/// Puts hints in order: what is not known, then a call that does not exist, then causes by certainty, then what follows
/// from them. Among equals the order of the rules stays, which is that of nearness to the decision.
pub fn order(hints: &mut [Finding]) {
    hints.sort_by_key(rank);
}

fn rank(hint: &Finding) -> (u8, Certainty) {
    let place = match hint.code {
        code if code.leaves_open() => 0,
        code if code.is_call() => 1,
        code => match code.entry().kind {
            Kind::Cause | Kind::Doubt => 2,
            Kind::Evidence | Kind::Remedy => 3,
            Kind::Consequence => 4,
        },
    };
    (place, hint.certainty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;

    #[test]
    fn what_decides_stands_before_what_follows() {
        let hints = |codes: &[Code]| codes.iter().map(|code| Finding::new(*code, "x")).collect::<Vec<_>>();
        for (given, wanted) in [
            (&[Code::ConditionFailed, Code::NotOwner][..], &[Code::NotOwner, Code::ConditionFailed][..]),
            (&[Code::NotOwner, Code::UnknownFunction], &[Code::UnknownFunction, Code::NotOwner]),
            (&[Code::UnknownFunction, Code::NotGiven], &[Code::NotGiven, Code::UnknownFunction]),
            (&[Code::NoGroups, Code::GroupCaseMismatch], &[Code::GroupCaseMismatch, Code::NoGroups]),
            (&[Code::NotInList, Code::ClaimAbsent], &[Code::NotInList, Code::ClaimAbsent]),
        ] {
            let mut hints = hints(given);
            order(&mut hints);
            let codes: Vec<_> = hints.iter().map(|hint| hint.code).collect();
            assert_eq!(codes, wanted);
        }
    }
}
