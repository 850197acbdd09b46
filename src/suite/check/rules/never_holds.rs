//! Conditions that come out one way whoever calls, and so branches that nobody reaches.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::appsync::AuthType;
use crate::code::{Code, Severity};
use crate::message::quoted;
use crate::syntax::visit::{Visit, walk_choice, walk_foreach};
use crate::syntax::{Block, ComparisonOperator, Expression, ExpressionKind as Kind, Foreach, If, NumberLiteral as Number, Reference, Statement};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    Conditions { subject, found }.program(subject.program);
}

struct Conditions<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for Conditions<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        for (at, branch) in parts.branches.iter().enumerate() {
            let condition = &branch.condition;
            if let Some((severity, message)) = self.never(condition) {
                self.push(condition, severity, message);
                continue;
            }
            self.repeated(parts, at);
            if matches!(condition.kind, Kind::Or(_)) && self.always(condition) && refuses_at_once(self.subject, &branch.body) {
                let text = self.subject.program.text(condition.node);
                let message = format!("`{text}` always holds, for no value is both, so every caller is refused: write `&&`");
                self.push(condition, Severity::Error, message);
            } else if self.always(condition) {
                let rest = parts.branches[at + 1..].iter().map(|branch| &branch.body);
                let rest = rest.chain(parts.otherwise.iter().map(|(_, body)| body));
                if rest.into_iter().any(|body| self.subject.matters(body)) {
                    let text = self.subject.program.text(condition.node);
                    let message = format!("`{text}` always holds: what stands behind it, in #elseif and #else, is never reached");
                    self.push(condition, Severity::Warning, message);
                }
            }
            let otherwise = parts.otherwise.as_ref().filter(|_| parts.branches.len() == 1);
            self.fixed(condition, &branch.body, otherwise.map(|(_, body)| body));
        }
        walk_choice(self, parts);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        if self.is_empty(&each.list) && self.subject.matters(&each.body) && !self.subject.generated {
            let text = self.subject.program.text(each.list.node);
            let message = format!("the loop over `{text}` never makes a turn, for that list is empty and nothing is added to it: what it would set is never set. Write into it what may pass");
            self.push(&each.list, Severity::Warning, message);
        }
        walk_foreach(self, each);
    }
}

impl<'p> Conditions<'_, 'p> {
    fn push(&mut self, condition: &Expression, severity: Severity, message: String) {
        let spot = Spot::at(self.subject.program, condition.node, Code::NeverHolds, message);
        self.found.push(spot.severity(severity));
    }

    /// Whether it can never hold, and why.
    fn never(&self, condition: &'p Expression) -> Option<(Severity, String)> {
        let text = self.subject.program.text(condition.node);
        match &condition.kind {
            Kind::Boolean(false) => {
                Some((Severity::Warning, format!("`{text}` is always false: nothing in this block can run")))
            }
            Kind::Number(_) | Kind::Arithmetic(..) | Kind::List(_) | Kind::Map(_) | Kind::String(_) => {
                Some((Severity::Warning, format!("`{text}` is not a condition: Velocity 1.7 takes it as false")))
            }
            Kind::And(sides) => self.never(&sides.0).or_else(|| self.never(&sides.1)).or_else(|| {
                let (first, second) = (mode_text(self.subject, &sides.0)?, mode_text(self.subject, &sides.1)?);
                let both = format!("`{text}` can never hold: a request has one mode. Write `||`");
                (first != second).then_some((Severity::Error, both))
            }).or_else(|| {
                let (first, second) = (equal_text(&sides.0)?, equal_text(&sides.1)?);
                let (left, right) = (quoted(first.1), quoted(second.1));
                let both = format!("`{text}` can never hold: one value is not {left} and {right} at once. Write `||`");
                (same(self.subject, first.0, second.0) && first.1 != second.1).then_some((Severity::Error, both))
            }),
            Kind::Compare(comparison, sides) if written_values(sides).is_some_and(|same| {
                same && *comparison == ComparisonOperator::NotEqual || !same && *comparison == ComparisonOperator::Equal
            }) => Some((Severity::Warning, format!("`{text}` compares two values that stand there: it never holds"))),
            Kind::Compare(ComparisonOperator::Equal, _) => {
                let name = mode_text(self.subject, condition)?;
                AuthType::parse(name).is_none_or(|mode| mode.as_str() != name).then(|| {
                    (Severity::Error, format!("$util.authType() is never {}: the modes are \"API Key Authorization\", \"IAM Authorization\", \"User Pool Authorization\", \"Open ID Connect Authorization\" and \"Lambda Authorization\"", quoted(name)))
                })
            }
            Kind::Compare(ComparisonOperator::NotEqual, sides) => same(self.subject, &sides.0, &sides.1)
                .then(|| (Severity::Warning, format!("`{text}` compares a value with itself: it never differs"))),
            _ => None,
        }
    }

    fn always(&self, condition: &'p Expression) -> bool {
        match &condition.kind {
            Kind::Boolean(true) => true,
            Kind::Not(inner) => matches!(inner.kind, Kind::Boolean(false)),
            Kind::Compare(ComparisonOperator::Equal, sides) => same(self.subject, &sides.0, &sides.1),
            // `$x != "a" || $x != "b"`
            Kind::Or(sides) => match (&sides.0.kind, &sides.1.kind) {
                (Kind::Compare(ComparisonOperator::NotEqual, first), Kind::Compare(ComparisonOperator::NotEqual, second)) => {
                    same(self.subject, &first.0, &second.0) && different_texts(&first.1, &second.1)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// `#elseif` with a condition that an earlier branch already asked.
    fn repeated(&mut self, parts: &'p If, at: usize) {
        let program = self.subject.program;
        let condition = &parts.branches[at].condition;
        let text = program.text(condition.node);
        let earlier = parts.branches[..at].iter().any(|other| program.text(other.condition.node) == text);
        if earlier {
            let message = format!("`{text}` stands in an earlier branch already: this one is never reached");
            self.push(condition, Severity::Warning, message);
        }
    }

    /// A variable that is set to false and to nothing else, and asked for where it matters. One that is set to true alone may
    /// be null where it is asked for.
    fn fixed(&mut self, condition: &'p Expression, body: &'p Block, otherwise: Option<&'p Block>) {
        let (reference, negated) = match &condition.kind {
            Kind::Reference(reference) => (reference, false),
            Kind::Not(inner) => match &inner.kind {
                Kind::Reference(reference) => (reference, true),
                _ => return,
            },
            Kind::Compare(ComparisonOperator::Equal, sides) => match (&sides.0.kind, &sides.1.kind) {
                (Kind::Reference(reference), Kind::Boolean(wanted)) => (reference, !wanted),
                _ => return,
            },
            _ => return,
        };
        if !self.is_false(reference) {
            self.fixed_true(condition, reference, negated, body);
            return;
        }
        let holds = negated;
        // What always holds is told where it refuses everybody, what never holds where it would let somebody through.
        let otherwise = otherwise.is_some_and(|body| refuses_at_once(self.subject, body));
        let matters = if holds { refuses_at_once(self.subject, body) } else { otherwise || self.subject.matters(body) };
        if self.subject.generated || !matters {
            return;
        }
        let text = self.subject.program.text(condition.node);
        let name = self.subject.program.name(reference.root);
        let message = if !holds {
            let all = if otherwise { ", so every caller is refused" } else { "" };
            format!("`{text}` never holds: ${name} is set to false and never to anything else{all}")
        } else {
            format!("`{text}` always holds: ${name} is set to false and never to anything else, so every caller is refused")
        };
        self.push(condition, Severity::Warning, message);
    }

    /// `#set($debug = true)` above everything, and `#if(!$debug)` around a refusal.
    fn fixed_true(&mut self, condition: &'p Expression, reference: &Reference, negated: bool, body: &'p Block) {
        let program = self.subject.program;
        let [set] = self.subject.sets.get(&reference.root).map_or(&[][..], Vec::as_slice) else { return };
        let top = program.body.iter().any(|statement| matches!(statement, Statement::Set(own) if own.node == set.node));
        let (before, here) = (program.place(set.node), program.place(condition.node));
        let first = (before.line, before.column) < (here.line, here.column);
        let plain = reference.steps.is_empty() && set.target.steps.is_empty() && !self.subject.loops.contains_key(&reference.root);
        if negated && plain && top && first && matches!(set.value.kind, Kind::Boolean(true)) && self.subject.refuses(body) && !self.subject.generated {
            let (text, name) = (program.text(condition.node), program.name(reference.root));
            let message = format!("`{text}` never holds: ${name} is set to true and never to anything else, so nobody is refused here");
            self.push(condition, Severity::Warning, message);
        }
    }

    /// `[]`, or a variable that is set to it and never grows.
    fn is_empty(&self, list: &'p Expression) -> bool {
        let literal = |list: &Expression| matches!(&list.kind, Kind::List(items) if items.is_empty());
        let of_variable = |reference: &Reference| {
            let sets = self.subject.sets.get(&reference.root);
            let other = self.subject.changed.contains(&reference.root) || self.subject.loops.contains_key(&reference.root);
            reference.steps.is_empty() && !other && sets.is_some_and(|sets| sets.iter().all(|set| literal(&set.value)))
        };
        literal(list) || matches!(&list.kind, Kind::Reference(reference) if of_variable(reference))
    }

    fn is_false(&self, reference: &Reference) -> bool {
        let sets = self.subject.sets.get(&reference.root);
        reference.steps.is_empty()
            && !self.subject.loops.contains_key(&reference.root)
            && sets.is_some_and(|sets| sets.iter().all(|set| matches!(set.value.kind, Kind::Boolean(false))))
    }
}

fn refuses_at_once(subject: &CheckSubject<'_>, body: &Block) -> bool {
    body.iter().any(|statement| {
        matches!(statement, Statement::Print(reference) if super::super::subject::refuses(subject.program, reference))
    })
}

/// The text that `$util.authType()` is compared with.
fn mode_text<'p>(subject: &CheckSubject<'p>, condition: &'p Expression) -> Option<&'p str> {
    let Kind::Compare(ComparisonOperator::Equal, sides) = &condition.kind else { return None };
    let text = |call: &'p Expression, text: &'p Expression| matches!(text.kind, Kind::String(_)) && subject.is_mode(call);
    let side = if text(&sides.0, &sides.1) {
        &sides.1
    } else if text(&sides.1, &sides.0) {
        &sides.0
    } else {
        return None;
    };
    match &side.kind {
        Kind::String(name) => Some(name.as_str()),
        _ => None,
    }
}

/// Whether two texts, two numbers or two truths that are written there are the same.
fn written_values(sides: &(Expression, Expression)) -> Option<bool> {
    match (&sides.0.kind, &sides.1.kind) {
        (Kind::String(left), Kind::String(right)) => Some(left == right),
        (Kind::Boolean(left), Kind::Boolean(right)) => Some(left == right),
        (Kind::Number(Number::Integer(left)), Kind::Number(Number::Integer(right))) => Some(left == right),
        _ => None,
    }
}

/// `$x == "a"`: the value and the text.
fn equal_text(condition: &Expression) -> Option<(&Expression, &str)> {
    let Kind::Compare(ComparisonOperator::Equal, sides) = &condition.kind else { return None };
    match (&sides.0.kind, &sides.1.kind) {
        (Kind::Reference(_), Kind::String(text)) => Some((&sides.0, text)),
        (Kind::String(text), Kind::Reference(_)) => Some((&sides.1, text)),
        _ => None,
    }
}

/// Two references that are the same, and give the same each time.
fn same(subject: &CheckSubject<'_>, left: &Expression, right: &Expression) -> bool {
    let is_value = |side: &Expression| {
        matches!(&side.kind, Kind::Reference(reference) if reference.function.is_none() && !reference.is_call())
    };
    is_value(left) && is_value(right) && subject.program.text(left.node) == subject.program.text(right.node)
}

fn different_texts(left: &Expression, right: &Expression) -> bool {
    matches!((&left.kind, &right.kind), (Kind::String(left), Kind::String(right)) if left != right)
}
