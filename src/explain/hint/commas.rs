//! A comma of the template itself that stands on the wrong side of an `#if` which did not hold: inside it, where what follows needs it,
//! or outside, where nothing stands before it then.

use super::Finished;
use super::allow::one_line;
use super::printed::PrintSlip;
use crate::syntax::visit::{Visit, walk_block};
use crate::syntax::{Block, If, Statement};

/// What reading stopped at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lack {
    /// Two members without a comma between them.
    Comma,
    /// A comma without a member before it.
    Member,
}

/// Where the output stopped at a comma, or for one, and an `#if` that did not hold is why.
pub fn of_skipped(run: &Finished<'_>, before: &str, rest: &str) -> Option<PrintSlip> {
    let (before, rest) = (before.trim_end(), rest.trim_start());
    let lack = match rest.chars().next()? {
        ',' if before.ends_with(['{', '[', ',']) => Lack::Member,
        '"' | '{' | '[' if before.ends_with(['"', '}', ']', 'e', 'l']) || before.ends_with(|letter: char| letter.is_ascii_digit()) => Lack::Comma,
        _ => return None,
    };
    let member: String = rest.trim_start_matches(',').trim_start().lines().next()?.chars().take(30).collect();
    let mut search = CommaSearch { run, lack, member: &member, found: None };
    search.program(run.program);
    let SilentIf { parts, at } = search.found?;
    let branch = &parts.branches[0];
    let line = run.program.source.place(at as u32).line;
    let condition = one_line(run.program.text(branch.condition.node));
    let asked = run.program.line(branch.condition.node);
    let shown = member.trim_end();
    Some(match lack {
        Lack::Comma => PrintSlip {
            what: format!("the comma that should stand before `{shown}` is inside the `#if( {condition} )` of line {asked}, which did not hold, so it was not printed"),
            cure: "Write the comma outside, behind the member before the `#if`, and let the branch end or begin without one of its own for it".to_owned(),
            line,
        },
        Lack::Member => PrintSlip {
            what: format!("a comma has nothing before it: what should stand there is inside the `#if( {condition} )` of line {asked}, which did not hold, and the comma is printed all the same"),
            cure: "Write the comma inside that `#if`, behind the member that it belongs to".to_owned(),
            line,
        },
    })
}

/// An `#if` of which nothing was printed, and the place of the comma.
struct SilentIf<'p> {
    parts: &'p If,
    at: usize,
}

struct CommaSearch<'s, 'p> {
    run: &'s Finished<'p>,
    lack: Lack,
    member: &'s str,
    found: Option<SilentIf<'p>>,
}

impl<'p> Visit<'p> for CommaSearch<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        let mut skipped: Option<&'p If> = None;
        for statement in block {
            let found = skipped.and_then(|parts| self.comma(parts, statement));
            self.found = self.found.take().or(found);
            skipped = match statement {
                Statement::If(parts) if self.is_skipped(parts) => Some(parts),
                Statement::Text(text) if text.trim().is_empty() => skipped,
                Statement::Set(_) => skipped,
                _ => None,
            };
        }
        walk_block(self, block);
    }
}

impl<'p> CommaSearch<'_, 'p> {
    /// Whether none of its parts ran, though it was come to.
    fn is_skipped(&self, parts: &If) -> bool {
        let taken = |node| self.run.recorder.branches.get(&node).and_then(|records| records.last()).map(|record| record.taken);
        parts.otherwise.is_none() && parts.branches.iter().all(|branch| taken(branch.node) == Some(false))
    }

    /// The comma, if what follows such an `#if` is where the output broke.
    fn comma(&self, parts: &'p If, next: &Statement) -> Option<SilentIf<'p>> {
        let source = &self.run.program.source.text;
        let end = |node| self.run.program.span(node).end as usize;
        let own = |text: &str| text.trim_start().trim_start_matches(',').trim_start().starts_with(self.member.split('$').next().unwrap_or_default().trim_end());
        match (self.lack, next) {
            (Lack::Member, Statement::Text(text)) if text.trim_start().starts_with(',') && own(text) => {
                let from = end(parts.node);
                Some(SilentIf { parts, at: from + source.get(from..)?.find(',')? })
            }
            // The comma stands in a branch that was taken, before the first member of it.
            (Lack::Member, Statement::If(next)) => {
                let taken = next.branches.iter().find(|branch| self.run.recorder.branches.get(&branch.node).and_then(|records| records.last()).is_some_and(|record| record.taken))?;
                let Statement::Text(text) = taken.body.first()? else { return None };
                let from = end(taken.condition.node);
                (text.trim_start().starts_with(',') && own(text)).then(|| Some(SilentIf { parts, at: from + source.get(from..)?.find(',')? }))?
            }
            (Lack::Comma, Statement::Text(text)) if text.trim_start().starts_with(['"', '{', '[']) && own(text) => {
                let branch = parts.branches.first()?;
                let comma = |statement: Option<&Statement>, begins: bool| matches!(statement, Some(Statement::Text(text)) if if begins { text.trim_start().starts_with(',') } else { text.trim_end().ends_with(',') });
                let (from, to) = (end(branch.condition.node), end(parts.node));
                let inside = source.get(from..to)?;
                match (comma(branch.body.first(), true), comma(branch.body.last(), false)) {
                    (true, _) => Some(SilentIf { parts, at: from + inside.find(',')? }),
                    (_, true) => Some(SilentIf { parts, at: from + inside.rfind(',')? }),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
