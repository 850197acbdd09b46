//! Statements of SQL that are put together in variables, with a text of the caller's in them.

use super::super::subject::CheckSubject;
use super::tainted::TaintedSlots;
use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, NodeId, Reference, Statement};

/// A verb of SQL in front, which alone says little.
pub fn begins_sql(text: &str) -> bool {
    let words = text.trim_start().to_ascii_lowercase();
    ["select ", "insert ", "update ", "delete ", "with "].iter().any(|verb| words.starts_with(verb))
}

/// The beginning of a statement of SQL.
pub fn is_sql(text: &str) -> bool {
    let words = text.trim_start().to_ascii_lowercase();
    [("select ", " from "), ("insert ", "into "), ("update ", " set "), ("delete ", "from "), ("with ", " as ")]
        .iter()
        .any(|(verb, then)| words.strip_prefix(verb).is_some_and(|rest| format!(" {rest}").contains(then)))
}

/// The references in statements that code puts together which bring a text of the caller's.
pub fn carried<'p, F: Fn(&[&str]) -> bool>(subject: &CheckSubject<'p>, tainted: &TaintedSlots<'_, 'p, F>) -> Vec<NodeId> {
    let mut search = CarriedSql { subject, tainted, found: Vec::new() };
    search.program(subject.program);
    search.found
}

struct CarriedSql<'s, 't, 'p, F> {
    subject: &'s CheckSubject<'p>,
    tainted: &'s TaintedSlots<'t, 'p, F>,
    found: Vec<NodeId>,
}

impl<'p, F: Fn(&[&str]) -> bool> Visit<'p> for CarriedSql<'_, '_, 'p, F> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Interpolated { body, .. } = &expression.kind {
            self.text(body);
        }
        walk_expression(self, expression);
    }
}

impl<'p, F: Fn(&[&str]) -> bool> CarriedSql<'_, '_, 'p, F> {
    fn text(&mut self, body: &'p Block) {
        let mut before = String::new();
        for statement in body {
            match statement {
                Statement::Text(text) => before.push_str(text),
                Statement::Print(reference) => {
                    if is_sql(&before) && self.tainted.carries(reference) {
                        self.found.push(reference.node);
                    }
                    before.push_str(if before.trim().is_empty() { self.begun(reference) } else { "x" });
                }
                _ => before.push('x'),
            }
        }
    }

    /// `"$sql AND …"`: what the variable that the text goes on with was begun with.
    fn begun(&self, reference: &'p Reference) -> &'p str {
        let sets = reference.variable().filter(|_| reference.steps.is_empty()).and_then(|slot| self.subject.sets.get(&slot));
        let texts = sets.into_iter().flatten().map(|set| match &set.value.kind {
            Kind::String(text) => text.as_str(),
            Kind::Interpolated { body, .. } => match body.first() {
                Some(Statement::Text(text)) => text.as_str(),
                _ => "x",
            },
            _ => "x",
        });
        texts.into_iter().find(|text| is_sql(text)).unwrap_or("x")
    }
}
