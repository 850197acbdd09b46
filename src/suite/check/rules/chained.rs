//! Links behind a call that gives null, or true: `$map.put("a", 1).put("b", 2)` loses the second.
//!
//! `Map.put` gives the value that was there before, `List.add` and `addAll` a Boolean, `clear` and `putAll` nothing
//! (<https://docs.oracle.com/en/java/javase/11/docs/api/java.base/java/util/Map.html>).

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::{Reference, Slot, Step, StepKind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for reference in subject.program.references() {
        if let Some((first, next)) = lost(reference) {
            let name = match &next.kind {
                StepKind::Method { name, .. } | StepKind::Property(name) => name.as_str(),
                StepKind::Index(_) => "[ ]",
            };
            let (call, gives) = first;
            let message = format!("`{call}` gives {gives}, so `{name}` behind it does nothing and gives null");
            found.push(Spot::at(subject.program, next.node, Code::ChainedOnNull, message));
        }
    }
}

/// The first call of a chain that gives nothing to go on from, and the link behind it.
fn lost(reference: &Reference) -> Option<((String, &'static str), &Step)> {
    if let Some(function) = reference.function {
        let call = reference.steps.iter().position(|step| matches!(step.kind, StepKind::Method { .. }))?;
        let next = reference.steps.get(call + 1)?;
        return function.is_void().then(|| ((format!("${}.{}", function.namespace, function.name), "nothing"), next));
    }
    if matches!(reference.root, Slot::UTIL | Slot::UTILS | Slot::EXTENSIONS) {
        return None;
    }
    reference.steps.windows(2).find_map(|pair| {
        let [step, next] = pair else { return None };
        let StepKind::Method { name, method: Some(method), args } = &step.kind else { return None };
        let gives = match (method, args.len()) {
            (Method::Put, 2) => "the value that was there before, which is null for a new key",
            (Method::Add | Method::AddAll, 1) => "true",
            (Method::Add, 2) | (Method::AddAll | Method::PutAll, _) | (Method::Clear, 0) => "nothing",
            _ => return None,
        };
        let goes_on = matches!(next.kind, StepKind::Method { .. } | StepKind::Property(_));
        goes_on.then(|| ((name.to_string(), gives), next))
    })
}
