//! What Velocity prints as text and was meant otherwise: `#set $x = 1`, `$ctx.identity.claims.cognito:groups`, `if( … )`,
//! `$ctx.stash.owner = $owner`.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};
use crate::syntax::visit::{Visit, walk_block};
use crate::syntax::{Block, Expression, Reference, Statement};
use std::collections::HashSet;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for slip in &subject.program.slips {
        let spot = Spot::at(subject.program, slip.node, Code::Slip, format!("{}: {}", slip.what, slip.help));
        found.push(spot.severity(Severity::Error));
    }
    if !subject.generated {
        PrintedCode { subject, found, kinds: HashSet::new() }.program(subject.program);
    }
}

/// Looks for code that is printed, the first of each kind.
struct PrintedCode<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
    kinds: HashSet<&'static str>,
}

impl<'p> Visit<'p> for PrintedCode<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        for (at, statement) in block.iter().enumerate() {
            let Statement::Print(reference) = statement else { continue };
            let before = self.before(reference);
            let (kind, message) = match (directive(&before), block.get(at + 1), block.get(at + 2)) {
                (Some(name), ..) => ("directive", format!("`{name}(` is text here, and what stands in its block is run whatever is asked: write `#{name}( … )`, and `#end` for its end")),
                (None, Some(Statement::Text(sign)), Some(Statement::Print(value))) if before.is_empty() && sign.trim() == "=" && !reference.is_call() => {
                    let (target, value) = (self.subject.program.one_line(reference.node), self.subject.program.one_line(value.node));
                    ("assignment", format!("this prints both values and sets nothing: write `#set( {target} = {value} )`"))
                }
                _ => continue,
            };
            if self.kinds.insert(kind) {
                let spot = Spot::at(self.subject.program, reference.node, Code::Slip, message);
                self.found.push(spot.severity(Severity::Error));
            }
        }
        walk_block(self, block);
    }

    /// What stands in a text of the code is one.
    fn expression(&mut self, _expression: &'p Expression) {}
}

impl PrintedCode<'_, '_> {
    /// What stands in front of a reference in its line.
    fn before(&self, reference: &Reference) -> String {
        let place = self.subject.program.place(reference.node);
        let line = self.subject.program.source.text.lines().nth(place.line.saturating_sub(1) as usize).unwrap_or_default();
        line.chars().take(place.column.saturating_sub(1) as usize).collect::<String>().trim_start().to_owned()
    }
}

/// Directives that have brackets.
const DIRECTIVES: [&str; 4] = ["if", "elseif", "foreach", "set"];

/// `if(`, with nothing but brackets and `!` behind it.
fn directive(line: &str) -> Option<&'static str> {
    DIRECTIVES.into_iter().find(|name| {
        let rest = line.strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('(') && rest.chars().all(|letter| matches!(letter, '(' | '!' | ' ')))
    })
}
