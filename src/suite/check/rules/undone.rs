//! What is meant to hold the caller back and does nothing where the client, or the token, lacks something: a claim with an argument
//! as its default, a term put into an argument that may be absent, a filter on events that the client decides, a loop in which
//! the last item decides. The codes are those of the reports (`explain/hint/allow/undone`, `turns`).

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_branch, walk_choice, walk_foreach};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, Foreach, If, Reference, Set, Slot, Statement};
use crate::value::method::Method;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = Undone { subject, around: Vec::new(), of_client: 0, found };
    search.program(subject.program);
}

struct Undone<'s, 'p, 'f> {
    subject: &'s CheckSubject<'p>,
    /// The conditions that stand around.
    around: Vec<&'p Expression>,
    /// How many loops over what the client sent stand around.
    of_client: usize,
    found: &'f mut Vec<Spot>,
}

impl<'p> Visit<'p> for Undone<'_, 'p, '_> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.around.push(&branch.condition);
        walk_branch(self, branch);
        self.around.pop();
    }

    fn choice(&mut self, parts: &'p If) {
        self.events(parts);
        if self.of_client > 0 {
            self.last_turn(parts);
        }
        walk_choice(self, parts);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        let client = self.subject.path(&each.list).is_some_and(|path| path.first() == Some(&"arguments"));
        self.of_client += usize::from(client);
        walk_foreach(self, each);
        self.of_client -= usize::from(client);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.default(reference);
        self.put(reference);
        crate::syntax::visit::walk_reference(self, reference);
    }
}

impl<'p> Undone<'_, 'p, '_> {
    /// `$util.defaultIfNull($ctx.identity.claims.tenant, $ctx.args.tenant)`: a caller without the claim says which.
    fn default(&mut self, call: &'p Reference) {
        let Some((Some(method), [claim, sent])) = call.last_call() else { return };
        let from = |side: &'p Expression, begins: &[&str]| match &side.kind {
            Kind::Reference(reference) if matches!(reference.root, Slot::CTX | Slot::CONTEXT) => path::prefix(reference).starts_with(begins),
            _ => false,
        };
        let client = from(sent, &["arguments"]) || from(sent, &["request"]);
        if method.gives_default() && client && from(claim, &["identity", "claims"]) {
            let text = self.subject.program.one_line(call.node);
            let message = format!("`{text}` falls back on what the client sends: a caller without that claim chooses whose rows are meant. Refuse where the claim is absent");
            self.found.push(Spot::at(self.subject.program, call.node, Code::ClientDecides, message));
        }
    }

    /// `$filter.put("owner", …)`, where `$filter` is an argument that the client may leave out: a method of null does nothing.
    fn put(&mut self, put: &'p Reference) {
        let Some((Some(Method::Put), [_, value])) = put.last_call() else { return };
        let (Some(slot), 1, true) = (put.variable(), put.steps.len(), self.subject.reads(value, "identity")) else { return };
        let Some([set]) = self.subject.sets.get(&slot).map(Vec::as_slice) else { return };
        let of_client = matches!(&set.value.kind, Kind::Reference(sent) if matches!(sent.root, Slot::CTX | Slot::CONTEXT) && path::whole(sent).is_some_and(|path| path.len() > 1 && path[0] == "arguments" && path[1] != "input"));
        // Whoever asks whether it is there knows that it may not be.
        let asked = self.around.iter().any(|condition| self.subject.reads(condition, "arguments"));
        if of_client && !asked {
            let name = self.subject.program.name(slot);
            let text = self.subject.program.one_line(put.node);
            let message = format!("`{text}` puts the caller's term into ${name}, which is null where the client leaves that argument out, and then does nothing: everybody's rows are read. Begin with `$util.defaultIfNull(…, {{}})`");
            self.found.push(Spot::at(self.subject.program, put.node, Code::TermNotSent, message));
        }
    }

    /// The only filter on a subscription's events stands behind a wish of the client's, and nothing refuses who has none.
    fn events(&mut self, parts: &'p If) {
        let sets = |block: &'p Block| {
            let mut count = 0;
            References(|reference: &Reference| count += usize::from(reference.ends_in(Method::SetSubscriptionFilter))).block(block);
            count
        };
        let [branch] = parts.branches.as_slice() else { return };
        let reads = |part| self.subject.reads(&branch.condition, part);
        let client = reads("arguments") && !["identity", "stash", "result", "prev", "source"].into_iter().any(reads);
        let inside = sets(&branch.body);
        let mut all = 0;
        References(|reference: &Reference| all += usize::from(reference.ends_in(Method::SetSubscriptionFilter))).program(self.subject.program);
        let refused = parts.otherwise.as_ref().is_some_and(|(_, block)| self.subject.refuses(block));
        if client && inside > 0 && inside == all && !refused {
            let text = self.subject.program.one_line(branch.condition.node);
            let message = format!("the filter on the events stands behind `{text}`, which the client decides: whoever subscribes otherwise gets every event. Refuse then, or set a filter in every case");
            self.found.push(Spot::at(self.subject.program, branch.condition.node, Code::TermNotSent, message));
        }
    }

    /// `#if( $item.owner == … ) #set( $ok = true ) #else #set( $ok = false ) #end` in a loop: only the last item counts.
    fn last_turn(&mut self, parts: &'p If) {
        let ([branch], Some((_, otherwise))) = (parts.branches.as_slice(), parts.otherwise.as_ref()) else { return };
        let flag = |block: &'p Block, truth: bool| {
            block.iter().find_map(|statement| match statement {
                Statement::Set(Set { target, value, .. }) if matches!(value.kind, Kind::Boolean(is) if is == truth) => target.variable(),
                _ => None,
            })
        };
        let Some(slot) = flag(&branch.body, true).filter(|slot| flag(otherwise, false) == Some(*slot)) else { return };
        if self.subject.guards.contains(&slot) {
            let name = self.subject.program.name(slot);
            let message = format!("${name} is set to true or false for each item, so only the last one decides, and what did not fit goes through before it. Begin with true, and let the loop only set it to false");
            self.found.push(Spot::at(self.subject.program, branch.condition.node, Code::ResetInLoop, message));
        }
    }
}
