//! A text that says no and is asked as if it were true or false: in Velocity only null and false are false
//! (<https://velocity.apache.org/engine/1.7/user-guide.html#conditionals>).

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_choice};
use crate::syntax::{Expression, ExpressionKind as Kind, If, Reference, Slot};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    for asked in asked_for_truth(subject) {
        let Some(slot) = asked.variable().filter(|_| asked.steps.is_empty()) else { continue };
        let Some((text, line)) = said_no(subject, slot) else { continue };
        let name = subject.program.name(slot);
        let message = format!(
            "`${name}` is asked here as if it were true or false, and line {line} sets it to the text \"{text}\": any text is true, this one too. Set it to {} without quotes, or compare it (`${name} == \"true\"`)",
            if text.eq_ignore_ascii_case("false") { "false" } else { "true or false" }
        );
        found.push(Spot::at(subject.program, asked.node, Code::TextIsTrue, message));
    }
}

/// The text of a variable's `#set` that says no, with its line, where no other `#set` makes it of what it was.
pub fn said_no<'p>(subject: &CheckSubject<'p>, slot: Slot) -> Option<(&'p str, u32)> {
    let sets = subject.sets.get(&slot)?;
    let made = sets.iter().any(|set| matches!(&set.value.kind, Kind::Reference(_)));
    let no = sets.iter().find_map(|set| Some((no(&set.value)?, subject.program.line(set.node))));
    no.filter(|_| !made)
}

/// A text that says no.
pub fn no(value: &Expression) -> Option<&str> {
    match &value.kind {
        Kind::String(text) if ["false", "no"].iter().any(|word| text.eq_ignore_ascii_case(word)) => Some(text),
        _ => None,
    }
}

/// The references that the conditions around refusals ask for their truth alone: `$ok`, `!$ctx.stash.ok`.
pub fn asked_for_truth<'p>(subject: &CheckSubject<'p>) -> Vec<&'p Reference> {
    let mut search = TruthSearch { subject, found: Vec::new() };
    search.program(subject.program);
    search.found
}

struct TruthSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<&'p Reference>,
}

impl<'p> Visit<'p> for TruthSearch<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| self.subject.refuses(body));
        for branch in &parts.branches {
            if otherwise || self.subject.refuses(&branch.body) {
                terms(&branch.condition, &mut self.found);
            }
        }
        walk_choice(self, parts);
    }
}

fn terms<'p>(condition: &'p Expression, found: &mut Vec<&'p Reference>) {
    match &condition.kind {
        Kind::And(sides) | Kind::Or(sides) => {
            terms(&sides.0, found);
            terms(&sides.1, found);
        }
        Kind::Not(inner) => terms(inner, found),
        Kind::Reference(reference) if reference.function.is_none() && path::whole(reference).is_some() => found.push(reference),
        _ => {}
    }
}
