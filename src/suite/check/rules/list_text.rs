//! `==` between a list and a text: never equal, for the list's own text has brackets.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind};

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    ComparedLists { subject, found }.program(subject.program);
}

struct ComparedLists<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for ComparedLists<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Compare(operator @ (ComparisonOperator::Equal | ComparisonOperator::NotEqual), sides) = &expression.kind {
            let pair = [(&sides.0, &sides.1), (&sides.1, &sides.0)];
            if let Some((list, text)) = pair.into_iter().find(|(list, text)| self.is_list(list) && (is_text(text) || self.is_name(text))) {
                let program = self.subject.program;
                let (list, text) = (program.text(list.node), program.text(text.node));
                let (always, not) = if *operator == ComparisonOperator::Equal { ("never holds", "") } else { ("always holds", "!") };
                let message = format!(
                    "`{}` compares a list with a text, so it {always}: write `{not}{list}.contains({text})`",
                    program.text(expression.node)
                );
                self.found.push(Spot::at(program, expression.node, Code::ListComparedWithString, message));
            }
        }
        walk_expression(self, expression);
    }
}

impl<'p> ComparedLists<'_, 'p> {
    /// What every token has as a text.
    fn is_name(&self, expression: &'p Expression) -> bool {
        self.subject.path(expression).is_some_and(|path| {
            matches!(
                path.as_slice(),
                ["identity", "username" | "sub"] | ["identity", "claims", "sub" | "email" | "username" | "cognito:username"]
            )
        })
    }

    fn is_list(&self, expression: &'p Expression) -> bool {
        match &expression.kind {
            Kind::List(_) | Kind::Range(_) => true,
            Kind::Reference(reference) => {
                let literal = reference.steps.is_empty()
                    && self.subject.sets.get(&reference.root).is_some_and(|sets| {
                        sets.iter().all(|set| matches!(set.value.kind, Kind::List(_) | Kind::Range(_)))
                    })
                    && !self.subject.loops.contains_key(&reference.root);
                let path = self.subject.path_of(reference);
                literal
                    || path.is_some_and(|path| {
                        matches!(path.as_slice(), ["identity", "claims", "cognito:groups"] | ["identity", "groups"])
                    })
            }
            _ => false,
        }
    }
}

/// A text that is written there and is not the text of a list.
fn is_text(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::String(text) if !text.starts_with('[') && !text.is_empty())
}
