//! What a missing value lets through: rows without a group, checks inside a block that is not entered, null that equals null
//! (in Velocity two nulls are equal: <https://velocity.apache.org/engine/1.7/user-guide.html#conditionals>).


use super::super::Spot;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_branch, walk_expression, walk_foreach};
use crate::syntax::{
    Block, ComparisonOperator, Expression, ExpressionKind as Kind, Foreach, If, Reference, Slot, Statement, StepKind,
};
use crate::value::method::Method;

/// Claims that Cognito writes into every token of a kind
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html>).
const ALWAYS: [&str; 7] = ["sub", "iss", "exp", "iat", "username", "cognito:username", "token_use"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut asked = Vec::new();
    References(|reference: &Reference| {
        if reference.called().is_some_and(Method::asks_null) {
            asked.push(subject.program.one_line(reference.node));
        }
    })
    .block(&subject.program.body);
    Missing { subject, found, asked, items: Vec::new() }.program(subject.program);
}

struct Missing<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
    /// The calls of the template that ask whether something is null.
    asked: Vec<String>,
    /// The items of the loops around.
    items: Vec<Slot>,
}

impl<'p> Visit<'p> for Missing<'_, 'p> {
    fn foreach(&mut self, each: &'p Foreach) {
        self.items.push(each.item);
        walk_foreach(self, each);
        self.items.pop();
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| self.subject.refuses(body));
        self.ownerless(&branch.condition, &branch.body);
        if at == 0 && parts.branches.len() == 1 && parts.otherwise.is_none() {
            self.not_entered(&branch.condition, &branch.body);
        }
        if refuses_itself(&branch.body) {
            self.both(&branch.condition, ComparisonOperator::NotEqual);
        } else if otherwise || self.subject.matters(&branch.body) && !self.subject.refuses(&branch.body) {
            self.both(&branch.condition, ComparisonOperator::Equal);
        }
        walk_branch(self, branch);
    }
}

impl<'p> Missing<'_, 'p> {
    fn push(&mut self, node: crate::syntax::NodeId, code: Code, message: String) {
        self.found.push(Spot::at(self.subject.program, node, code, message));
    }

    /// `#if(isNull($row.group) || $groups.contains($row.group)) add`: rows without a group go to everybody.
    fn ownerless(&mut self, condition: &'p Expression, body: &'p Block) {
        if !matches!(condition.kind, Kind::Or(_)) || !adds(body) || !self.subject.reads(condition, "identity") {
            return;
        }
        let terms = condition.disjuncts();
        let of_item = |reference: &&Reference| self.items.contains(&reference.root) && !reference.steps.is_empty();
        let Some((term, asked)) = terms.iter().find_map(|term| Some((*term, missing(term).filter(of_item)?))) else { return };
        let name = self.subject.program.one_line(asked.node);
        let text = self.subject.program.one_line(condition.node);
        self.push(term.node, Code::NullRowsKept, format!("`{text}` keeps rows without `{name}` for every caller: if they are not meant for everybody, leave them out (`!$util.isNull({name}) && …`)"));
    }

    /// `#if($row.owner) #if($row.owner != $me) refuse #end #end`: a row without an owner is not looked at.
    fn not_entered(&mut self, condition: &'p Expression, body: &'p Block) {
        let Some(asked) = asked_present(condition) else { return };
        let path = self.subject.path_of(asked).unwrap_or_default();
        if !path.first().is_some_and(|root| ["identity", "result", "source", "stash", "prev"].contains(root)) {
            return;
        }
        let compared = body.iter().find_map(|statement| match statement {
            Statement::If(inner) => inner.branches.iter().find(|inner| {
                refuses_itself(&inner.body) && matches!(&inner.condition.kind, Kind::Compare(ComparisonOperator::NotEqual, sides)
                    if [&sides.0, &sides.1].into_iter().any(|side| self.subject.path(side).is_some_and(|own| own == path)))
            }),
            _ => None,
        });
        let Some(compared) = compared else { return };
        let program = self.subject.program;
        let (name, compared) = (program.one_line(asked.node), program.one_line(compared.condition.node));
        self.push(condition.node, Code::CheckSkipped, format!("where `{name}` is missing, `{compared}` is skipped and nobody is refused: refuse then too (`$util.isNull({name}) || {compared}`), or see that it is always there"));
    }

    /// A member of a row beside a claim that not everybody has: both may be missing.
    fn both(&mut self, condition: &'p Expression, wanted: ComparisonOperator) {
        let mut search = ComparedSides { wanted, found: Vec::new() };
        search.expression(condition);
        for (whole, sides) in search.found {
            let paths = [&sides.0, &sides.1].map(|side| self.subject.path(side).filter(|_| plain(side)));
            let [Some(left), Some(right)] = &paths else { continue };
            let claim = |path: &Vec<&str>| matches!(path.as_slice(), ["identity", "claims", name] if !ALWAYS.contains(name));
            let row = |path: &Vec<&str>| path.len() > 1 && ["result", "source", "prev"].contains(&path[0]);
            if !(claim(left) && row(right) || row(left) && claim(right)) {
                continue;
            }
            // A default is there in the place of what is missing.
            if self.subject.has_default(&sides.0) || self.subject.has_default(&sides.1) {
                continue;
            }
            let names = [&sides.0, &sides.1].map(|side| self.subject.program.one_line(side.node));
            // Somebody who asks whether one of them is there has thought of it.
            if self.asked.iter().any(|asked| names.iter().any(|name| asked.contains(name.trim_start_matches('$')))) {
                continue;
            }
            // That the mode has no such member says more.
            let line = Some(self.subject.program.place(whole.node).line);
            if self.found.iter().any(|spot| spot.line == line && spot.code == Code::MemberNotInMode) {
                continue;
            }
            let text = self.subject.program.one_line(whole.node);
            let [left, right] = names;
            let then = if wanted == ComparisonOperator::Equal { "holds" } else { "does not refuse" };
            self.push(whole.node, Code::NullEqualsNull, format!("where `{left}` and `{right}` are both missing, `{text}` {then}, for null equals null: refuse when the claim is missing (`$util.isNull(…)`)"));
        }
    }
}

/// The comparisons of a condition, but not those inside calls.
struct ComparedSides<'p> {
    wanted: ComparisonOperator,
    found: Vec<(&'p Expression, &'p (Expression, Expression))>,
}

impl<'p> Visit<'p> for ComparedSides<'p> {
    fn expression(&mut self, expression: &'p Expression) {
        match &expression.kind {
            Kind::Compare(comparison, sides) if *comparison == self.wanted => self.found.push((expression, sides)),
            // Beside another term one of the two may be settled.
            Kind::And(_) => {}
            _ => walk_expression(self, expression),
        }
    }
}

/// Whether a side is a value by itself, no call that gives a default.
fn plain(side: &Expression) -> bool {
    matches!(&side.kind, Kind::Reference(reference) if reference.function.is_none())
}

/// Whether rows are picked here: `$list.add(…)`, also inside `$util.qr(…)`.
fn adds(body: &Block) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= reference.ends_in(Method::Add)).block(body);
    found
}

/// What a term asks to be missing: `$util.isNull($x)`, or `!$x`.
pub fn missing(term: &Expression) -> Option<&Reference> {
    match &term.kind {
        Kind::Reference(call) if call.called().is_some_and(Method::asks_null) => argument(call),
        Kind::Not(inner) => match &inner.kind {
            Kind::Reference(reference) if reference.function.is_none() => Some(reference),
            _ => None,
        },
        _ => None,
    }
}

/// What a condition asks to be there: `$x`, or `!$util.isNull($x)`.
pub fn asked_present(term: &Expression) -> Option<&Reference> {
    match &term.kind {
        Kind::Reference(reference) if reference.function.is_none() => Some(reference),
        Kind::Not(inner) => match &inner.kind {
            Kind::Reference(call) if call.called().is_some_and(Method::asks_null) => argument(call),
            _ => None,
        },
        _ => None,
    }
}

fn argument(call: &Reference) -> Option<&Reference> {
    let args = call.steps.iter().find_map(|step| match &step.kind {
        StepKind::Method { args, .. } => args.first(),
        _ => None,
    })?;
    match &args.kind {
        Kind::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// A subscription's argument that is compared with the caller: AppSync compares it with the mutation's answer too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>).
pub fn subscription(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated || !subject.program.source.name.contains("Subscription.") {
        return;
    }
    let mut search = ComparedSides { wanted: ComparisonOperator::NotEqual, found: Vec::new() };
    search.program(subject.program);
    let mut equal = ComparedSides { wanted: ComparisonOperator::Equal, found: Vec::new() };
    equal.program(subject.program);
    for (whole, sides) in search.found.into_iter().chain(equal.found) {
        let paths = [&sides.0, &sides.1].map(|side| subject.path(side).unwrap_or_default());
        let argument = paths.iter().find_map(|path| match path.as_slice() {
            ["arguments", name] => Some((*name).to_owned()),
            _ => None,
        });
        let Some(name) = argument.filter(|_| paths.iter().any(|path| path.first() == Some(&"identity"))) else { continue };
        let message = format!(
            "who may subscribe hangs on the argument {name}, and AppSync compares it with the field {name} of the mutation's answer too: a mutation that does not select {name} reaches nobody"
        );
        found.push(Spot::at(subject.program, whole.node, Code::SelectArgument, message));
        return;
    }
}

