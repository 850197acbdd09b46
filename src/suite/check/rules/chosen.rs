//! What the client may choose of a decision, and what a decision gathers for nothing: an argument before the claim, a filter only
//! where the client asks for it, a list of the caller's rows that nobody reads.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_branch};
use crate::syntax::{Branch, ComparisonOperator, Expression, ExpressionKind as Kind, If, Reference, Set, Slot, Statement};
use crate::value::method::Method;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut chosen = Chosen { subject, compared: Vec::new(), around: 0, gathered: Vec::new(), found };
    chosen.program(subject.program);
    let (compared, gathered) = (chosen.compared, chosen.gathered);
    for (slot, sets) in &subject.sets {
        if let Some(set) = sets.iter().find(|set| compared.contains(slot) && asks_client_first(set)) {
            let text = subject.program.one_line(set.value.node);
            let message = format!("`{text}` takes what the client sent before what the identity says, and ${} decides: take it from the identity alone", subject.program.name(*slot));
            found.push(Spot::at(subject.program, set.node, Code::ClientDecides, message));
        }
        let empty = sets.iter().find(|set| matches!(&set.value.kind, Kind::List(items) if items.is_empty()));
        if let Some(set) = empty.filter(|_| gathered.contains(slot) && only_filled(subject, *slot)) {
            let message = format!("${} gathers what passes a test of the caller, and nothing reads it: answer with it, and not with all rows", subject.program.name(*slot));
            found.push(Spot::at(subject.program, set.node, Code::FlagNotRead, message));
        }
    }
}

struct Chosen<'s, 'p, 'f> {
    subject: &'s CheckSubject<'p>,
    /// Variables that a refusal compares with a text of the template.
    compared: Vec<Slot>,
    /// How many tests of the caller stand around.
    around: usize,
    /// Lists that are filled behind a test of the caller.
    gathered: Vec<Slot>,
    found: &'f mut Vec<Spot>,
}

impl<'p> Visit<'p> for Chosen<'_, 'p, '_> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        if self.subject.refuses(&branch.body) {
            self.compares(&branch.condition);
        }
        self.filter(branch);
        self.grant(branch);
        let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| self.subject.refuses(body));
        if self.subject.refuses(&branch.body) {
            self.either(&branch.condition.conjuncts(), &branch.condition, true);
        } else if otherwise {
            self.either(&branch.condition.disjuncts(), &branch.condition, false);
        }
        let asks = usize::from(self.subject.reads(&branch.condition, "identity"));
        self.around += asks;
        walk_branch(self, branch);
        self.around -= asks;
    }

    fn reference(&mut self, reference: &'p Reference) {
        if self.around > 0 && adds(reference) {
            self.gathered.extend(reference.variable());
        }
        crate::syntax::visit::walk_reference(self, reference);
    }
}

impl<'p> Chosen<'_, 'p, '_> {
    fn compares(&mut self, condition: &Expression) {
        for term in condition.conjuncts() {
            let Kind::Compare(ComparisonOperator::NotEqual, sides) = &term.kind else { continue };
            for (one, other) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
                if let (Kind::Reference(reference), Kind::String(_)) = (&one.kind, &other.kind) {
                    self.compared.extend(reference.variable().filter(|_| reference.steps.is_empty()));
                }
            }
        }
    }

    /// `#if( $ctx.args.input.actingAs == "manager" ) #set( $isAuthorized = true )`, with nothing of the caller around it.
    fn grant(&mut self, branch: &'p Branch) {
        let reads = |part| self.subject.reads(&branch.condition, part);
        let clients = reads("arguments") && !["identity", "stash", "result", "prev", "source", "info"].into_iter().any(reads);
        let of_mode = self.subject.names_mode(&branch.condition);
        let flag = branch.body.iter().find_map(|statement| match statement {
            Statement::Set(Set { target, value, .. }) if matches!(value.kind, Kind::Boolean(true)) => target.variable(),
            _ => None,
        });
        if let Some(slot) = flag.filter(|slot| self.around == 0 && clients && !of_mode && self.subject.guards.contains(slot)) {
            let program = self.subject.program;
            let (text, name) = (program.one_line(branch.condition.node), program.name(slot));
            let message = format!("`{text}` alone sets ${name}, by which nobody is refused any more, and the client sends that argument: anybody can. Decide by the identity, and let the argument only narrow what that allows");
            self.found.push(Spot::at(program, branch.condition.node, Code::ClientDecides, message));
        }
    }

    /// `#if( $ctx.args.admin == true || … )` in front of a refusal, or `#if( $ctx.args.admin != true && … )` around it: of the terms
    /// one is the client's own, and is enough.
    fn either(&mut self, terms: &[&'p Expression], whole: &'p Expression, refuses: bool) {
        if terms.len() < 2 || !self.subject.reads(whole, "identity") {
            return;
        }
        let wishes: Vec<_> = terms.iter().filter(|term| self.is_wish(term, refuses)).collect();
        for term in wishes {
            let program = self.subject.program;
            let message = format!("`{}` alone is enough in `{}`, and the client sends that argument: anybody can pass. Decide by the identity, and let the argument only narrow what that allows", program.one_line(term.node), program.one_line(whole.node));
            self.found.push(Spot::at(program, term.node, Code::ClientDecides, message));
        }
    }

    /// An argument by itself, or compared with a boolean, as the client wishes: present or true (`wanted` turned round before a refusal).
    fn is_wish(&self, term: &'p Expression, turned: bool) -> bool {
        let argument = |side: &'p Expression| matches!(self.subject.path(side).as_deref(), Some(["arguments", _, ..]));
        match &term.kind {
            Kind::Reference(reference) => !turned && reference.function.is_none() && argument(term),
            Kind::Not(inner) => turned && matches!(&inner.kind, Kind::Reference(reference) if reference.function.is_none()) && argument(inner),
            Kind::Compare(comparison, sides) => {
                let wanted = if turned { ComparisonOperator::NotEqual } else { ComparisonOperator::Equal };
                let yes = |side: &Expression| matches!(side.kind, Kind::Boolean(true));
                *comparison == wanted && (argument(&sides.0) && yes(&sides.1) || argument(&sides.1) && yes(&sides.0))
            }
            _ => false,
        }
    }

    /// The only part of a Scan or Query that names the caller stands behind a wish of the client's.
    fn filter(&mut self, branch: &'p Branch) {
        let program = self.subject.program;
        let reads = |part| self.subject.reads(&branch.condition, part);
        let clients = reads("arguments") && !["identity", "stash", "result", "prev", "source", "info"].into_iter().any(reads);
        if !clients || !program.writes_json("filter") || !["Scan", "Query"].iter().any(|name| program.writes_json(name)) {
            return;
        }
        let (mut inside, mut all) = (0, 0);
        References(|reference: &Reference| inside += usize::from(reference.passes("identity"))).block(&branch.body);
        References(|reference: &Reference| all += usize::from(reference.passes("identity"))).program(program);
        if inside > 0 && inside == all {
            let text = program.one_line(branch.condition.node);
            let message = format!("the part of the request that names the caller stands behind `{text}`, which the client decides: without it everybody's rows are read. Put it always");
            self.found.push(Spot::at(program, branch.condition.node, Code::TermNotSent, message));
        }
    }
}

/// `$util.defaultIfNull($ctx.args.role, $ctx.identity…)`
fn asks_client_first(set: &Set) -> bool {
    let Kind::Reference(call) = &set.value.kind else { return false };
    let Some((Some(method), [first, second])) = call.last_call() else { return false };
    let from = |side: &Expression, part: &str| match &side.kind {
        Kind::Reference(reference) => reference.passes(part) || part == "args" && reference.passes("arguments"),
        _ => false,
    };
    method.gives_default() && (from(first, "args") || from(first, "request")) && from(second, "identity")
}

fn adds(reference: &Reference) -> bool {
    reference.ends_in(Method::Add) || reference.ends_in(Method::AddAll)
}

/// Whether nothing but `add` and its own `#set` names a variable.
fn only_filled(subject: &CheckSubject<'_>, slot: Slot) -> bool {
    let own: Vec<_> = subject.sets.get(&slot).into_iter().flatten().map(|set| set.target.node).collect();
    subject.program.references().into_iter().filter(|reference| reference.root == slot && !own.contains(&reference.node)).all(adds)
}
