//! A name that is mistyped beside what nobody gave: whatever the open side is, the other one reads what is not there, while its
//! twin is.

use super::allow::{claim_asked, static_path};
use super::test::Test;
use super::{Failed, Finished, Watched, absent, member, near};
use crate::eval::Outcome;
use crate::explain::why::Why;
use crate::finding::Finding;
use crate::syntax::{ExpressionKind, NodeId, Program};
use crate::trace::recorder::Recorder;
use crate::trace::{Conclusion, Decision, DecisionKind, Verdict};

/// What the tests of these nodes, which rest on what nobody gave, read in vain under a name that is nearly one which is there.
pub fn beside_open(program: &Program, outcome: &Outcome, recorder: &Recorder<'_>, nodes: &[NodeId]) -> Vec<Finding> {
    let why = Why::default();
    let concluded = Conclusion { verdict: Verdict::Unknown, decision: Decision { kind: DecisionKind::NotSet, node: None } };
    let run = Finished::new(program, outcome, recorder, concluded, Watched { variable: "", records: None }, &why);
    let mut found = Vec::new();
    for record in recorder.branches.values().flatten() {
        let mut leaves = Vec::new();
        record.condition.leaves(&mut leaves);
        for leaf in leaves.into_iter().filter(|leaf| nodes.contains(&leaf.node)) {
            let failed = Failed { condition: leaf, test: Test::of(&run, leaf), candidate: None, turns: None };
            let twins = near::twins(&run, &failed).into_iter().chain(absent::twins(&run, &failed)).chain(member::twins(&run, &failed));
            for twin in twins.filter(|twin| !reads(&run, &twin.name)) {
                if !found.contains(&twin.finding) {
                    found.push(twin.finding);
                }
            }
        }
    }
    found
}

/// Whether the template reads the name that is there as well: then it takes either.
fn reads(run: &Finished<'_>, name: &str) -> bool {
    run.recorder.index.references.iter().any(|reference| {
        let claim = claim_asked(reference).is_some_and(|asked| matches!(&asked.kind, ExpressionKind::String(asked) if &**asked == name));
        claim || static_path(reference).is_some_and(|path| path.last() == Some(&name))
    })
}
