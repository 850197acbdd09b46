//! What Velocity prints as text and was meant otherwise: `#set $x = 1`, `$ctx.identity.claims.cognito:groups`.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for (node, sentence) in &subject.program.slips {
        let spot = Spot::at(subject.program, *node, Code::Slip, sentence.clone());
        found.push(spot.severity(Severity::Error));
    }
}
