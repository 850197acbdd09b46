//! `$util.error` without a type, in a template whose other errors have one: a client that looks at `errorType` misses it.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};
use crate::syntax::{Reference, StepKind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let (mut bare, mut typed) = (Vec::new(), 0);
    for reference in subject.program.references() {
        match arguments(reference) {
            Some(1) => bare.push(reference),
            Some(2..) => typed += 1,
            _ => {}
        }
    }
    if typed == 0 {
        return;
    }
    for reference in bare {
        let message = "this error has no errorType, and the others of this template have one: a client that goes by the type misses it. Give it as the second argument";
        found.push(
            Spot::at(subject.program, reference.node, Code::ErrorWithoutType, message).severity(Severity::Note),
        );
    }
}

fn arguments(reference: &Reference) -> Option<usize> {
    reference.util().filter(|called| *called == Method::Error)?;
    reference.steps.iter().find_map(|step| match &step.kind {
        StepKind::Method { args, .. } => Some(args.len()),
        _ => None,
    })
}
