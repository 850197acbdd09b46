//! A map that is printed as Java writes it, `{a=b}`, where JSON is wanted.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use super::written::printed;
use crate::code::{Code, Severity};
use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Slot, Step, StepKind};
use std::collections::HashSet;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let rows = rows(subject);
    printed(&subject.program.body, &mut |reference, at| {
        // What a slip prints is the slip's fault.
        let line = Some(subject.program.place(reference.node).line);
        let slipped = found.iter().any(|spot| spot.code == Code::Slip && spot.line == line);
        if reference.backslashes > 0 || slipped {
            return;
        }
        let Some((severity, wanted)) = wanted(subject, &rows, reference) else { return };
        let text = subject.program.one_line(reference.node);
        let message = if at.inside() {
            in_quotes(subject, reference, at.text().is_empty(), &wanted)
        } else {
            format!("`{text}` prints a map as Java writes it, `{{a=b}}`, which is no JSON: write `{wanted}`")
        };
        found.push(Spot::at(subject.program, reference.node, Code::JavaText, message).severity(severity));
    });
    let mut quoted = QuotedMaps { subject, rows: &rows, found };
    quoted.program(subject.program);
}

/// Between quotes JSON would end the text: the quotes go, or the text that was parsed stays a text.
fn in_quotes<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, whole: bool, wanted: &str) -> String {
    let text = subject.program.one_line(reference.node);
    let parsed = reference.last_call().filter(|_| reference.util() == Some(Method::ParseJson)).and_then(|(_, args)| args.first());
    let cure = match parsed.filter(|_| whole) {
        Some(parsed) => {
            let parsed = subject.program.one_line(parsed.node);
            format!("write `{wanted}` without the quotes, or `$util.toJson({parsed})` where the member is a text")
        }
        None if whole => format!("write `{wanted}` without the quotes"),
        None => format!("write `$util.escapeJavaScript({wanted})`, or the member that is meant"),
    };
    format!("`{text}` between quotes is a text of the map as Java writes it, `{{a=b}}`: {cure}")
}

/// Looks for `{"all": "$ctx.args"}` in code: the member is a text then, and was meant to be the map.
struct QuotedMaps<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    rows: &'s HashSet<Vec<&'p str>>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for QuotedMaps<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Map(entries) = &expression.kind {
            for (_, value) in entries {
                let Some(reference) = value.quoted_reference() else { continue };
                if reference.function.is_some() || wanted(self.subject, self.rows, reference).is_none() {
                    continue;
                }
                let text = self.subject.program.one_line(reference.node);
                let message = format!("`\"{text}\"` is a text of the map as Java writes it, `{{a=b}}`: write `{text}` without the quotes");
                let spot = Spot::at(self.subject.program, value.node, Code::JavaText, message);
                self.found.push(spot.severity(Severity::Warning));
            }
        }
        walk_expression(self, expression);
    }
}

/// What to write, where a map is printed; how bad it is says how sure that is.
fn wanted<'p>(subject: &CheckSubject<'p>, rows: &HashSet<Vec<&'p str>>, reference: &'p Reference) -> Option<(Severity, String)> {
    let text = subject.program.one_line(reference.node);
    if let Some(function) = reference.function {
        let called = matches!(reference.steps.last(), Some(Step { kind: StepKind::Method { name, .. }, .. }) if name == function.name);
        let json = format!("{}Json", function.name);
        return if !called {
            None
        } else if function.namespace == "util.dynamodb" && crate::appsync::util::find("util.dynamodb", &json).is_some() {
            Some((Severity::Error, text.replacen(function.name, &json, 1)))
        } else {
            (reference.util() == Some(Method::ParseJson))
                .then(|| (Severity::Warning, format!("$util.toJson({text})")))
        };
    }
    let json = || format!("$util.toJson({text})");
    if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        let path = super::super::path::whole(reference)?;
        return match path.as_slice() {
            [] | ["arguments" | "identity" | "request" | "info" | "stash" | "source"]
            | ["identity", "claims" | "resolverContext"] | ["request", "headers"] | ["info", "variables"] => {
                Some((Severity::Error, json()))
            }
            ["result"] | ["prev", "result"] => rows.contains(&path).then(|| (Severity::Warning, json())),
            _ => None,
        };
    }
    let sets = subject.sets.get(&reference.root)?;
    let map = sets.iter().all(|set| matches!(&set.value.kind, Kind::Map(entries) if !entries.is_empty() || subject.changed.contains(&reference.root)));
    (map && reference.steps.is_empty() && !reference.quiet).then(|| (Severity::Error, json()))
}

/// The answers of which the template reads members: then they are maps.
fn rows<'p>(subject: &CheckSubject<'p>) -> HashSet<Vec<&'p str>> {
    let own = |reference: &&Reference| matches!(reference.root, Slot::CTX | Slot::CONTEXT) && reference.function.is_none();
    let read = subject.program.references().into_iter().filter(own).map(super::super::path::prefix);
    read.filter_map(|path| {
        let at = path.iter().position(|name| *name == "result").filter(|at| at + 1 < path.len())?;
        Some(path[..=at].to_vec())
    })
    .collect()
}
