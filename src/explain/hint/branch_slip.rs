//! A group that the caller has but for its letters, asked for by a branch that refuses nobody: another request was made instead.

use super::Finished;
use super::group::{how_near, slip};
use super::test::Test;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;

/// A branch that was not taken for a slip in a group's name.
pub fn chose(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let mut branches: Vec<_> = run.recorder.branches.iter().collect();
    branches.sort_unstable_by_key(|(node, _)| **node);
    for (_, records) in branches {
        let Some(record) = records.last().filter(|record| !record.taken) else { continue };
        let (mut leaves, mut slips) = (Vec::new(), Vec::new());
        record.condition.decisive(false, &mut leaves);
        leaves.iter().for_each(|leaf| slip(run, &Test::of(run, leaf), &mut slips));
        for finding in slips.into_iter().filter(|finding| is_slip(run, finding)) {
            if found.iter().any(|known| known.code == finding.code && known.path == finding.path) {
                continue;
            }
            let left_out = Message::of(
                "That refuses nobody here: as {} (line {}) did not hold, what stands behind it was left out, and the request is the one that everybody else gets.",
                [
                    Part::Code(format!("`{}`", run.program.one_line(record.condition.node))),
                    Part::Place(run.program.line(record.condition.node).to_string()),
                ],
            );
            let message = finding.message.cause().with(left_out).cured(finding.message.cure());
            found.push(Finding { message, ..finding }.certainty(Certainty::Likely));
        }
    }
}

/// Whether two names are one but for their letters, and the template does not know the caller's own as well: it tells the two apart then.
fn is_slip(run: &Finished<'_>, finding: &Finding) -> bool {
    let letters = matches!(finding.code, Code::GroupCaseMismatch | Code::GroupSpaceMismatch | Code::GroupSpellingMismatch);
    let Some(wanted) = finding.wanted.as_str() else { return false };
    let own = finding.actual.as_array().map_or_else(|| vec![&finding.actual], |all| all.iter().collect());
    letters && !own.into_iter().filter_map(|name| name.as_str()).any(|name| how_near(name, wanted).is_some() && run.program.writes_json(name))
}
