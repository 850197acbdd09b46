//! Members of an answer under the name that DynamoDB's own API gives them, and rows of SQL that were not read yet.

use super::super::Spot;
use super::super::path;
use super::super::rules::asks_for_page;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::{Code, Severity};
use crate::resolver::Template;
use crate::syntax::visit::{Visit, walk_foreach, walk_reference};
use crate::syntax::{Expression, ExpressionKind as Kind, Foreach, NodeId, Reference, Slot, StepKind};
use crate::value::method::Method;

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        // A template that cannot be read may stand between the two.
        let subjects = whole.subjects(resolver);
        if resolver.templates().count() != subjects.len() {
            continue;
        }
        for pair in subjects.windows(2) {
            let [(_, request), (template, response)] = pair else { continue };
            if request.program.writes_json("statements") && !request.program.writes_json("payload") {
                rows_unread(template, response, found);
            }
            if !asks_for_page(request.program) {
                continue;
            }
            if let Some((node, name)) = other_name(response) {
                let message = format!("AppSync answers a query or scan with `items`, so `$ctx.result.{name}` is null");
                let spot = Spot::at(response.program, node, Code::UnknownMember, message);
                found.push(placed(template, spot.severity(Severity::Warning)));
            }
        }
    }
}

/// `#foreach( $row in $ctx.result )`, `$ctx.result[0]`: an answer of SQL is a text, which has no rows before `toJsonObject`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/rds-helpers-in-util-rds.html>).
fn rows_unread(template: &Template, response: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let mut places = PlacesOfRows { found: Vec::new() };
    places.program(response.program);
    let Some(node) = places.found.first() else { return };
    let message = "AppSync gives the answer of an SQL statement as a text, which has no rows: write `$util.rds.toJsonObject($ctx.result)[0]` for the rows of the first statement";
    let spot = Spot::at(response.program, *node, Code::UnknownMember, message);
    found.push(placed(template, spot.severity(Severity::Warning)));
}

/// Where the whole result is taken for a list.
struct PlacesOfRows {
    found: Vec<NodeId>,
}

impl<'p> Visit<'p> for PlacesOfRows {
    fn foreach(&mut self, each: &'p Foreach) {
        if let Kind::Reference(list) = &each.list.kind
            && of_context(list)
            && path::whole(list).is_some_and(|names| names == ["result"])
        {
            self.found.push(list.node);
        }
        walk_foreach(self, each);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if let [result, next, ..] = reference.steps.as_slice()
            && of_context(reference)
            && path::name(result, 0) == Some("result")
            && let StepKind::Index(Expression { kind: Kind::Number(_), .. })
            | StepKind::Method { method: Some(Method::Size), .. } = &next.kind
        {
            self.found.push(reference.node);
        }
        walk_reference(self, reference);
    }
}

fn of_context(reference: &Reference) -> bool {
    reference.function.is_none() && matches!(reference.root, Slot::CTX | Slot::CONTEXT)
}

/// What a template reads of the result under a name that is like `items`.
fn other_name<'p>(subject: &CheckSubject<'p>) -> Option<(NodeId, &'p str)> {
    subject.program.references().into_iter().filter(|reference| matches!(reference.root, Slot::CTX | Slot::CONTEXT)).find_map(
        |reference| match path::prefix(reference).as_slice() {
            // Beside members of a page the template itself says what is wrong.
            ["result", "Items", ..] if subject.mentions_page() => None,
            ["result", name @ ("Items" | "Item" | "item"), ..] => Some((reference.node, *name)),
            _ => None,
        },
    )
}
