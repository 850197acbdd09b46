//! Allows that are wider than they look, without a caller: the rules that a report tells of a run (`explain/hint/allow`), as far
//! as the text of a template shows them. The codes are the same.

use crate::value::method::Method;
use super::super::path;
use super::super::subject::{CheckSubject, refuses_itself};
use super::super::Spot;
use super::missing::asked_present;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_branch, walk_expression};
use crate::syntax::{
    Branch, ComparisonOperator, Expression, ExpressionKind as Kind, If, NodeId, Program, Reference, Slot, Statement, StepKind,
};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut wide = Wide { subject, program: subject.program, conditions: Vec::new(), found: Vec::new() };
    wide.program(subject.program);
    wide.any_group();
    found.extend(wide.found.into_iter().map(|(node, code, message)| Spot::at(subject.program, node, code, message)));
}

struct Wide<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    program: &'p Program,
    /// The conditions that were passed.
    conditions: Vec<NodeId>,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for Wide<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.conditions.push(branch.condition.node);
        if refuses_itself(&branch.body) {
            self.skipped(&branch.condition);
            self.client(&branch.condition);
        }
        self.skipped_inside(branch);
        walk_branch(self, branch);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Compare(comparison, sides) = &expression.kind {
            self.strategy(expression, sides);
            self.order(expression, *comparison, sides);
        }
        walk_expression(self, expression);
    }
}

impl<'p> Wide<'_, 'p> {
    fn text(&self, node: NodeId) -> String {
        self.program.one_line(node)
    }

    /// `identity.defaultAuthStrategy` is the API's own default action
    /// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>).
    fn strategy(&mut self, whole: &Expression, sides: &(Expression, Expression)) {
        let of = |side: &Expression| is_context(side).is_some_and(|path| path == ["identity", "defaultAuthStrategy"]);
        if of(&sides.0) || of(&sides.1) {
            let text = self.text(whole.node);
            self.found.push((whole.node, Code::DefaultStrategy, format!("`{text}` asks for the API's own default action, which is the same for every user-pool caller: test a group or a claim instead")));
        }
    }

    /// A custom attribute of a user pool is a text in its token, and Velocity orders numbers only
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>).
    fn order(&mut self, whole: &Expression, comparison: ComparisonOperator, sides: &(Expression, Expression)) {
        if matches!(comparison, ComparisonOperator::Equal | ComparisonOperator::NotEqual) {
            return;
        }
        if let Some(side) = [&sides.0, &sides.1].into_iter().find(|side| custom_claim(side)) {
            let (text, claim) = (self.text(whole.node), self.text(side.node));
            self.found.push((whole.node, Code::OrderOfText, format!("`{text}` is always false: `{claim}` is a text, and Velocity orders numbers only. Convert it first: `#set($n = 0)#set($n = $n.parseInt({claim}))`")));
        }
    }

    /// `#if($x && $x != $y) refuse`: where `$x` of the row or the caller is missing, nobody is refused.
    fn skipped(&mut self, condition: &'p Expression) {
        let terms = condition.conjuncts();
        for (at, term) in terms.iter().enumerate() {
            if let Some(compared) = terms[at + 1..].iter().find(|other| self.is_skipped_by(term, other)) {
                self.skips(term, compared);
            }
        }
    }

    /// `#if($x) #if($x != $y) refuse #end #end` is the same.
    fn skipped_inside(&mut self, branch: &'p Branch) {
        let inner = branch.body.iter().filter_map(|statement| match statement {
            Statement::If(parts) => Some(&parts.branches),
            _ => None,
        });
        for refusing in inner.flatten().filter(|inner| refuses_itself(&inner.body)) {
            if self.is_skipped_by(&branch.condition, &refusing.condition) {
                self.skips(&branch.condition, &refusing.condition);
            }
        }
    }

    /// Whether one term asks for the presence of what the other compares.
    fn is_skipped_by(&self, term: &'p Expression, compared: &'p Expression) -> bool {
        let Some(asked) = asked_present(term) else { return false };
        let differs = match &compared.kind {
            Kind::Compare(ComparisonOperator::NotEqual, sides) => [&sides.0, &sides.1].into_iter().any(|side| self.same(side, asked)),
            Kind::Not(inner) => matches!(&inner.kind, Kind::Reference(list) if list.ends_in(Method::Contains) && self.looks_for(list, asked)),
            _ => false,
        };
        differs && self.may_be_missing(&self.place(asked))
    }

    /// The place of the context that a reference is, itself or through a variable that is set once, to that and to no default.
    fn place(&self, reference: &'p Reference) -> Vec<&'p str> {
        let own = path_of(reference);
        let set = reference.variable().and_then(|slot| self.subject.sets.get(&slot)).map(Vec::as_slice);
        match set {
            Some([set]) if own.is_empty() && matches!(&set.value.kind, Kind::Reference(value) if value.function.is_none()) => self.subject.path_of(reference).unwrap_or_default(),
            _ => own,
        }
    }

    fn same(&self, side: &'p Expression, asked: &'p Reference) -> bool {
        let path = self.place(asked);
        matches!(&side.kind, Kind::Reference(reference) if !path.is_empty() && self.place(reference) == path)
    }

    /// `….contains($x)`
    fn looks_for(&self, list: &'p Reference, asked: &'p Reference) -> bool {
        list.steps.last().is_some_and(|step| matches!(&step.kind, StepKind::Method { args, .. } if args.iter().any(|arg| self.same(arg, asked))))
    }

    /// A member of the row or the caller; and an argument that nothing but its check reads, in a field that only reads. Of what a
    /// mutation changes the client may leave out what it does not change, which is told of a run only.
    fn may_be_missing(&self, path: &[&str]) -> bool {
        match path {
            ["arguments", "input", ..] => false,
            ["arguments", _] => {
                let read = self.program.references().into_iter().filter(|reference| path_of(reference) == path).count();
                read <= 2 && !self.program.source.name.contains("Mutation.")
            }
            [root, ..] => ["identity", "result", "source", "stash", "prev"].contains(root),
            [] => false,
        }
    }

    fn skips(&mut self, term: &'p Expression, compared: &'p Expression) {
        let Some(asked) = asked_present(term) else { return };
        let (name, compared) = (self.text(asked.node), self.text(compared.node));
        self.found.push((term.node, Code::CheckSkipped, format!("where `{name}` is missing, `{compared}` is skipped and nobody is refused: refuse then too (`$util.isNull({name}) || {compared}`), or see that it is always there")));
    }

    /// A refusal that asks for nothing but a header of the request.
    fn client(&mut self, condition: &Expression) {
        let mut references = Vec::new();
        all_references(condition, &mut references);
        let roots: Vec<Vec<&str>> = references.iter().map(|reference| path_of(reference)).collect();
        let header = |path: &Vec<&str>| path.starts_with(&["request", "headers"]);
        if !roots.is_empty() && roots.iter().all(header) {
            let text = self.text(condition.node);
            self.found.push((condition.node, Code::ClientDecides, format!("`{text}` decides by a header, which any client can send: decide by the identity, and let the header only narrow what that allows")));
        }
    }

    /// The groups are only asked whether there are any.
    fn any_group(&mut self) {
        let groups = |reference: &&&Reference| {
            let path = path::prefix(reference);
            let context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
            context && (path.starts_with(&["identity", "groups"]) || path.starts_with(&["identity", "claims", "cognito:groups"]))
        };
        let all = self.program.references();
        let read: Vec<&&Reference> = all.iter().filter(groups).collect();
        let asked = read.iter().all(|reference| {
            let own = self.program.span(reference.node);
            let within = |around: NodeId| self.program.span(around).holds(own);
            let counted = reference.ends_in(Method::IsEmpty) || reference.ends_in(Method::Size);
            let null = |outer: &&&Reference| outer.node != reference.node && outer.called().is_some_and(Method::asks_null);
            counted && self.conditions.iter().any(|condition| within(*condition))
                || all.iter().filter(null).any(|outer| within(outer.node))
        });
        if let Some(first) = read.first().filter(|_| asked) {
            let text = self.text(first.node);
            self.found.push((first.node, Code::AnyGroup, format!("`{text}` is only asked whether there is any group: no membership is named. Test for the group that is meant, `.contains(\"…\")`")));
        }
    }
}

fn is_context(side: &Expression) -> Option<Vec<&str>> {
    match &side.kind {
        Kind::Reference(reference) => Some(path_of(reference)),
        _ => None,
    }
}

fn custom_claim(side: &Expression) -> bool {
    is_context(side).is_some_and(|path| matches!(path.as_slice(), ["identity", "claims", name] if name.starts_with("custom:")))
}

fn all_references<'p>(expression: &'p Expression, found: &mut Vec<&'p Reference>) {
    match &expression.kind {
        Kind::Reference(reference) => found.push(reference),
        Kind::Not(inner) => all_references(inner, found),
        Kind::And(sides) | Kind::Or(sides) | Kind::Compare(_, sides) => {
            all_references(&sides.0, found);
            all_references(&sides.1, found);
        }
        _ => {}
    }
}

/// `$ctx.identity.claims.get("x")` to its members; nothing for what is no chain of the context.
fn path_of(reference: &Reference) -> Vec<&str> {
    if !matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        return Vec::new();
    }
    path::whole(reference).unwrap_or_default()
}
