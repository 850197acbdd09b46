//! A template with the calls that AppSync does not have put right, for another run: whether they are what refused.

use super::Finished;
use super::call::{link, meant, name, space};
use crate::appsync::util;
use crate::source::Source;
use crate::syntax::{NodeId, Slot, StepKind};

/// A name to be written in the place of another.
struct Correction {
    /// Where the wrong name stands.
    start: usize,
    end: usize,
    name: String,
    /// The call, for a sentence: `$util.defaultIfNull`, `.contains`.
    call: String,
}

/// The template with every such call corrected.
pub struct Corrected {
    /// Its text.
    pub source: Source,
    /// The calls that are right now, for a sentence.
    pub calls: Vec<String>,
}

/// The template with its calls corrected; none where one of them has no name that is near.
pub fn corrected(run: &Finished<'_>) -> Option<Corrected> {
    let nodes: Vec<NodeId> = run.outcome.notes.iter().filter(|note| note.code.is_call()).filter_map(|note| note.node).collect();
    let all: Option<Vec<Correction>> = nodes.iter().map(|node| correction(run, *node)).collect();
    let mut all = all.filter(|all| !all.is_empty())?;
    all.sort_by_key(|one| std::cmp::Reverse(one.start));
    all.dedup_by_key(|one| one.start);
    let mut text = run.program.source.text.to_string();
    for one in &all {
        text.replace_range(one.start..one.end, &one.name);
    }
    let mut calls: Vec<String> = Vec::new();
    for one in all.into_iter().rev() {
        if !calls.contains(&one.call) {
            calls.push(one.call);
        }
    }
    Some(Corrected { source: Source::new(run.program.source.name.clone(), text), calls })
}

fn correction(run: &Finished<'_>, node: NodeId) -> Option<Correction> {
    let (_, reference, at) = link(run, node)?;
    let step = reference.steps.get(at).filter(|step| matches!(step.kind, StepKind::Method { .. }))?;
    let (wrong, _) = name(reference, at)?;
    let (right, call) = match reference.root {
        Slot::UTIL | Slot::UTILS => {
            let space = space(reference, at);
            let near = util::nearest(&space, wrong)?;
            let right = near.strip_prefix(&format!("{space}."))?.to_owned();
            (right, format!("${near}"))
        }
        _ => {
            let (value, _) = run.recorder.values.receiver(reference);
            let right = meant(&value, wrong).filter(|_| at + 1 == reference.steps.len())?;
            (right.to_owned(), format!(".{right}"))
        }
    };
    let span = run.program.span(step.node);
    let text = run.program.source.text.get(span.start as usize..span.end as usize)?;
    let start = span.start as usize + text.find(wrong).filter(|_| right != wrong)?;
    Some(Correction { start, end: start + wrong.len(), name: right, call })
}
