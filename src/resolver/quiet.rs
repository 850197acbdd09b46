//! What the templates of a resolver did without an error, besides the one that decided.

use super::Run;
use crate::finding::Finding;
use crate::trace::hint::quiet::CODES;
use crate::trace::{Question, Verdict, recorded};

impl Run<'_> {
    /// The hints of a redacted field and of filtered events (AMPLIFY-AUTH 3, F2 to F4) that templates other than the
    /// deciding one earned, and that are not `told` yet.
    pub fn quiet_hints(&self, question: &Question, told: &[Finding]) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        if matches!(self.verdict, Verdict::Denied | Verdict::Error) {
            return found;
        }
        for (_, step) in self.steps.iter().enumerate().filter(|(at, _)| Some(*at) != self.deciding) {
            let Some(recorder) = &step.recorder else { continue };
            let (why, _) = recorded(step.program, &step.outcome, recorder, step.verdict, step.decision, question);
            for hint in why.hints.into_iter().filter(|hint| CODES.contains(&&*hint.code)) {
                if !told.iter().chain(&found).any(|known| known.code == hint.code) {
                    found.push(hint);
                }
            }
        }
        found
    }
}
