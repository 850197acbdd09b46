//! A header that opens what a condition on the caller closes: any client sends any header
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: `request.headers`).

use super::super::Spot;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::code::Code;
use crate::syntax::visit::{References, Visit, walk_choice};
use crate::syntax::{Expression, ExpressionKind as Kind, If, NodeId, Reference};

/// Headers that AppSync itself has looked at, or that are put in on the way.
const LOOKED_AT: [&str; 3] = ["authorization", "x-api-key", "host"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = HeaderSearch { subject, found: Vec::new() };
    search.program(subject.program);
    found.extend(search.found.into_iter().map(|node| {
        let text = subject.program.one_line(node);
        let message = format!("`{text}` lets past this refusal whoever sends that header, and any client can: decide by the identity, and let the header only narrow what that allows");
        Spot::at(subject.program, node, Code::ClientDecides, message)
    }));
}

struct HeaderSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<NodeId>,
}

impl<'p> Visit<'p> for HeaderSearch<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        if let [only] = parts.branches.as_slice() {
            let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| refuses_itself(body));
            let terms = if refuses_itself(&only.body) {
                // A whole condition of headers alone is told of by another rule.
                Some(refusing(&only.condition)).filter(|terms| terms.len() > 1)
            } else {
                (otherwise && !self.subject.refuses(&only.body)).then(|| only.condition.disjuncts())
            };
            let nodes: Vec<NodeId> = terms.into_iter().flatten().filter(|term| self.of_headers(term)).map(|term| term.node).collect();
            self.found.extend(nodes);
        }
        walk_choice(self, parts);
    }
}

/// The terms that must all hold for a refusal: `a && b`, `!(a || b)`.
fn refusing(condition: &Expression) -> Vec<&Expression> {
    match &condition.kind {
        Kind::Not(inner) => inner.disjuncts(),
        _ => condition.conjuncts(),
    }
}

impl<'p> HeaderSearch<'_, 'p> {
    /// Whether a term looks at headers of the request, and at nothing else.
    fn of_headers(&self, term: &'p Expression) -> bool {
        let mut references: Vec<&'p Reference> = Vec::new();
        References(|reference: &'p Reference| references.push(reference)).expression(term);
        let header = |reference: &&'p Reference| match self.header(reference) {
            Some(name) => !LOOKED_AT.contains(&name.to_ascii_lowercase().as_str()) && !name.to_ascii_lowercase().starts_with("cloudfront-"),
            None => false,
        };
        !references.is_empty() && references.iter().all(header)
    }

    /// The header that a reference reads, also behind `$util.isNull( … )` or a method of texts.
    fn header(&self, reference: &'p Reference) -> Option<&'p str> {
        if let Some(["request", "headers", name]) = self.subject.path_of(reference).as_deref() {
            return Some(*name);
        }
        match reference.last_call() {
            Some((_, [Expression { kind: Kind::Reference(only), .. }])) if reference.function.is_some() => self.header(only),
            _ if matches!(reference.root, crate::syntax::Slot::CTX | crate::syntax::Slot::CONTEXT) => match super::super::path::prefix(reference).as_slice() {
                ["request", "headers", name, ..] => Some(*name),
                _ => None,
            },
            _ => None,
        }
    }
}
