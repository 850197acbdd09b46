//! What Velocity prints as text and was meant otherwise: `#set $x = 1`, `$ctx.identity.claims.cognito:groups`.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for slip in &subject.program.slips {
        let spot = Spot::at(subject.program, slip.node, Code::Slip, format!("{}: {}", slip.what, slip.help));
        found.push(spot.severity(Severity::Error));
    }
}
