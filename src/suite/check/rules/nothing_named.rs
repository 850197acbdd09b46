//! Rows that name nobody, and claims that are absent, let everybody in: what a report tells of a run
//! (`explain/hint/allow/nothing_named.rs`), as far as the text of a template shows it.

use super::super::Spot;
use super::super::path;
use super::super::subject::{CheckSubject, refuses_itself};
use super::missing::missing;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_branch, walk_foreach};
use crate::syntax::{Block, Branch, ComparisonOperator, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Reference, Slot, Statement, StepKind};
use crate::value::method::Method;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated || !subject.mentions("identity") {
        return;
    }
    let mut search = NothingNamed { subject, conditions: Vec::new(), found: Vec::new() };
    search.program(subject.program);
    search.flags();
    let same = [Code::CheckSkipped, Code::ReturnBeforeCheck, Code::NullRowsKept];
    let known: Vec<_> = found.iter().filter(|spot| same.contains(&spot.code)).map(|spot| spot.line).collect();
    let spots = search.found.into_iter().map(|(node, code, message)| Spot::at(subject.program, node, code, message));
    found.extend(spots.filter(|spot| !known.contains(&spot.line)));
}

struct NothingNamed<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    /// The conditions around.
    conditions: Vec<&'p Expression>,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for NothingNamed<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| self.subject.refuses(body));
        let opens = otherwise || returns(&branch.body) || self.subject.matters(&branch.body) && sets_true(&branch.body);
        // Where a condition around asks the caller, not everybody passes.
        let asked = self.conditions.iter().any(|around| self.subject.reads(around, "identity"));
        if opens && !self.subject.refuses(&branch.body) && !asked {
            self.opened(branch);
        }
        if refuses_itself(&branch.body) {
            self.compared(&branch.condition, ComparisonOperator::NotEqual);
        } else if opens {
            self.compared(&branch.condition, ComparisonOperator::Equal);
        }
        self.conditions.push(&branch.condition);
        walk_branch(self, branch);
        self.conditions.pop();
    }
}

impl<'p> NothingNamed<'_, 'p> {
    fn text(&self, node: NodeId) -> String {
        self.subject.program.one_line(node)
    }

    /// What `.isEmpty()` is called on, or the value itself.
    fn receiver(&self, asked: &Reference) -> String {
        match asked.steps.as_slice() {
            [.., before, _] if asked.ends_in(Method::IsEmpty) => self.text(before.node),
            _ => self.text(asked.node),
        }
    }

    /// A term that asks only whether nothing is there, and is enough.
    fn opened(&mut self, branch: &'p Branch) {
        let terms = branch.condition.disjuncts();
        for term in &terms {
            let Some(asked) = missing(term).or_else(|| empty(term)) else { continue };
            let chain = Some(path::prefix(asked)).filter(|_| asked.ends_in(Method::IsEmpty) && matches!(asked.root, Slot::CTX | Slot::CONTEXT));
            let Some(place) = chain.or_else(|| self.subject.path_of(asked)).filter(|place| says_who(place)) else { continue };
            let beside = terms.iter().any(|other| other.node != term.node && self.subject.reads(other, "identity"));
            if !beside && !self.is_compared(&place, &branch.condition) {
                continue;
            }
            let (name, term_text) = (self.receiver(asked), self.text(term.node));
            let message = format!("`{term_text}` lets everybody in where `{name}` is missing or empty, and nothing of the caller is asked: if that is not meant, take it out, and refuse then");
            self.found.push((term.node, Code::CheckSkipped, message));
        }
    }

    /// Whether another condition that looks at the caller, or a loop, reads this place.
    fn is_compared(&self, place: &[&str], own: &'p Expression) -> bool {
        let mut search = Reads { subject: self.subject, place, own: own.node, found: false };
        search.program(self.subject.program);
        search.found
    }

    /// A comparison that a default passes: the caller's own value in the place of the row's, or the very text for an absent claim.
    fn compared(&mut self, condition: &'p Expression, wanted: ComparisonOperator) {
        let Kind::Compare(comparison, sides) = &condition.kind else { return };
        if *comparison != wanted {
            return;
        }
        for (side, other) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
            let Some((what, default)) = self.default_of(side) else { continue };
            let Some(place) = self.subject.path(what).filter(|place| place.len() > 1) else { continue };
            let row = ["result", "source", "prev"].contains(&place[0]);
            let claim = place.starts_with(&["identity", "claims"]);
            let caller = self.subject.path(default).filter(|own| own.first() == Some(&"identity"));
            let own = row && caller.is_some() && caller == self.subject.path(other);
            let same = claim && matches!((&default.kind, &other.kind), (Kind::String(left), Kind::String(right)) if left == right);
            if !own && !same {
                continue;
            }
            let (name, text, default) = (self.text(what.node), self.text(condition.node), self.text(default.node));
            let message = format!("where `{name}` is missing, its default {default} stands on both sides of `{text}`, so everybody gets through: take a default that lets nobody in, or refuse where it is missing");
            self.found.push((condition.node, Code::CheckSkipped, message));
        }
    }

    /// What a side has a default for, and that default: `$util.defaultIfNull($x, …)`, by itself or through a variable.
    fn default_of(&self, side: &'p Expression) -> Option<(&'p Expression, &'p Expression)> {
        let Kind::Reference(reference) = &side.kind else { return None };
        let call = match reference.variable().filter(|_| reference.steps.is_empty()).and_then(|slot| self.subject.sets.get(&slot)).map(Vec::as_slice) {
            Some([set]) => match &set.value.kind {
                Kind::Reference(call) => call,
                _ => return None,
            },
            _ => reference,
        };
        call.called().filter(|called| called.gives_default())?;
        call.steps.iter().find_map(|step| match &step.kind {
            StepKind::Method { args, .. } => match args.as_slice() {
                [what, default] => Some((what, default)),
                _ => None,
            },
            _ => None,
        })
    }

    /// A flag that is true from the start, and that nothing but a loop over whom a row names takes back: without a turn it stays.
    fn flags(&mut self) {
        let mut search = TurnedFlags { loops: Vec::new(), within: Vec::new() };
        search.program(self.subject.program);
        for (slot, list, node) in search.within {
            let sets = self.subject.sets.get(&slot).map_or(&[][..], Vec::as_slice);
            let [first, second] = sets else { continue };
            let starts = matches!(first.value.kind, Kind::Boolean(true)) && second.node == node;
            let place = self.subject.path(list).unwrap_or_default();
            let rows = place.last() == Some(&"items") || place.len() < 2;
            if !starts || rows || !["result", "source"].contains(&place[0]) || !self.subject.guards.contains(&slot) {
                continue;
            }
            let (list, name) = (self.text(list.node), self.subject.program.name(slot));
            let message = format!("${name} is true before the loop over `{list}`, and nothing else takes it back: where that list is empty or missing, nothing is checked and everybody gets through. Refuse then");
            self.found.push((node, Code::NothingChecked, message));
        }
    }
}

/// A member of a row, or a claim: what is missing there is no choice of the client's.
fn says_who(place: &[&str]) -> bool {
    match place {
        ["result" | "source" | "prev", _, ..] => *place != ["prev", "result"] && place.last() != Some(&"items"),
        ["identity", "claims", name] => !["sub", "username", "cognito:username"].contains(name),
        ["identity", "groups"] => true,
        _ => false,
    }
}

/// `$x.isEmpty()`, or `$x == ""`.
fn empty(term: &Expression) -> Option<&Reference> {
    match &term.kind {
        Kind::Reference(reference) if reference.ends_in(Method::IsEmpty) => Some(reference),
        Kind::Compare(ComparisonOperator::Equal, sides) => match (&sides.0.kind, &sides.1.kind) {
            (Kind::Reference(reference), Kind::String(text)) if text.is_empty() => Some(reference),
            _ => None,
        },
        _ => None,
    }
}

fn returns(body: &Block) -> bool {
    body.iter().any(|statement| matches!(statement, Statement::Return { value: Some(_), .. }))
}

fn sets_true(body: &Block) -> bool {
    body.iter().any(|statement| matches!(statement, Statement::Set(set) if matches!(set.value.kind, Kind::Boolean(true))))
}

/// Looks for a condition on the caller, or a loop, that reads a place.
struct Reads<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    place: &'s [&'s str],
    own: NodeId,
    found: bool,
}

impl<'p> Reads<'_, 'p> {
    fn reads(&self, expression: &'p Expression) -> bool {
        let mut found = false;
        References(|reference: &'p Reference| {
            let prefix = path::prefix(reference);
            let itself = matches!(reference.root, Slot::CTX | Slot::CONTEXT) && prefix.starts_with(self.place);
            found |= itself || self.subject.path_of(reference).is_some_and(|own| own.starts_with(self.place));
        })
        .expression(expression);
        found
    }
}

impl<'p> Visit<'p> for Reads<'_, 'p> {
    fn foreach(&mut self, each: &'p Foreach) {
        self.found |= self.reads(&each.list);
        walk_foreach(self, each);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let asked = &parts.branches[at].condition;
        self.found |= asked.node != self.own && self.subject.reads(asked, "identity") && self.reads(asked);
        walk_branch(self, &parts.branches[at]);
    }
}

/// The flags that a loop sets to false.
struct TurnedFlags<'p> {
    loops: Vec<&'p Foreach>,
    within: Vec<(Slot, &'p Expression, NodeId)>,
}

impl<'p> Visit<'p> for TurnedFlags<'p> {
    fn foreach(&mut self, each: &'p Foreach) {
        self.loops.push(each);
        walk_foreach(self, each);
        self.loops.pop();
    }

    fn set(&mut self, set: &'p crate::syntax::Set) {
        if let (Some(each), Some(slot), Kind::Boolean(false)) = (self.loops.last(), set.target.variable(), &set.value.kind)
            && set.target.steps.is_empty()
        {
            self.within.push((slot, &each.list, set.node));
        }
    }
}
