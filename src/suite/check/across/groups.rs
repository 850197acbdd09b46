//! Groups whose names differ between templates in upper and lower case only: one of them is nobody's.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::Code;
use crate::message::quoted;
use crate::resolver::Template;
use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Reference, StepKind};
use std::collections::BTreeMap;

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    let mut seen = rustc_hash::FxHashSet::default();
    let mut named: BTreeMap<String, BTreeMap<String, Vec<Spot>>> = BTreeMap::new();
    for template in whole.project.by_field.values().flat_map(|resolver| resolver.templates()) {
        if !seen.insert(std::sync::Arc::as_ptr(template)) {
            continue;
        }
        let Some(subject) = whole.subject(template) else { continue };
        for (name, node) in groups(&subject) {
            let spot = at(template, &subject, node);
            named.entry(name.to_lowercase()).or_default().entry(name.to_owned()).or_default().push(spot);
        }
    }
    for forms in named.into_values().filter(|forms| forms.len() > 1) {
        let most = forms.iter().max_by_key(|(_, spots)| spots.len()).map(|(name, spots)| (name.clone(), spots.len()));
        let Some((most, count)) = most else { continue };
        for (name, spots) in forms.into_iter().filter(|(name, _)| *name != most) {
            for spot in spots {
                let message = format!(
                    "the group is {} here and {} in {count} other place{}: names of groups are compared with case, so one of the two is nobody's",
                    quoted(&name),
                    quoted(&most),
                    if count == 1 { "" } else { "s" }
                );
                found.push(Spot { message: message.into(), ..spot });
            }
        }
    }
}

fn at(template: &Template, subject: &CheckSubject<'_>, node: NodeId) -> Spot {
    placed(template, Spot::at(subject.program, node, Code::GroupCaseMismatch, String::new()))
}

/// The names of groups that a template asks for.
pub fn groups<'p>(subject: &CheckSubject<'p>) -> Vec<(&'p str, NodeId)> {
    let mut search = Groups { subject, found: Vec::new() };
    search.program(subject.program);
    search.found
}

struct Groups<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<(&'p str, NodeId)>,
}

impl<'p> Visit<'p> for Groups<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        // `$group == "Admin"`, where `$group` walks the caller's groups
        if let Kind::Compare(ComparisonOperator::Equal | ComparisonOperator::NotEqual, sides) = &expression.kind {
            for (item, text) in [(&sides.0, &sides.1), (&sides.1, &sides.0)] {
                if let (Kind::Reference(reference), Kind::String(name)) = (&item.kind, &text.kind)
                    && self.walks_groups(reference)
                {
                    self.found.push((name, text.node));
                }
            }
        }
        if let Kind::Map(entries) = &expression.kind {
            self.role(entries);
        }
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        // `$allowed.contains($group)`, where `$allowed` is a list that is written out
        if let [step] = reference.steps.as_slice()
            && let StepKind::Method { method: Some(Method::Contains), args, .. } = &step.kind
            && let [Expression { kind: Kind::Reference(item), .. }] = args.as_slice()
            && self.walks_groups(item)
        {
            for set in self.subject.sets.get(&reference.root).into_iter().flatten() {
                self.names_of(&set.value);
            }
        }
        // `$groups.contains("Admin")`
        if let Some((last, before)) = reference.steps.split_last()
            && let StepKind::Method { method: Some(Method::Contains), args, .. } = &last.kind
            && let [Expression { kind: Kind::String(name), node }] = args.as_slice()
            && self.is_groups(reference, before.len())
        {
            self.found.push((name, *node));
        }
        crate::syntax::visit::walk_reference(self, reference);
    }
}

impl<'p> Groups<'_, 'p> {
    fn names_of(&mut self, list: &'p Expression) {
        let Kind::List(items) = &list.kind else { return };
        for item in items {
            if let Kind::String(name) = &item.kind {
                self.found.push((name, item.node));
            }
        }
    }

    /// `{"claim": "cognito:groups", "entity": "Admin"}`, as Amplify writes the groups of a rule.
    fn role(&mut self, entries: &'p [(Expression, Expression)]) {
        let value = |wanted: &str| {
            entries.iter().find_map(|(key, value)| match (&key.kind, &value.kind) {
                (Kind::String(key), Kind::String(text)) if key == wanted => Some((text.as_str(), value.node)),
                _ => None,
            })
        };
        if value("claim").is_some_and(|(claim, _)| claim == "cognito:groups")
            && let Some(entity) = value("entity")
        {
            self.found.push(entity);
        }
    }

    fn walks_groups(&self, reference: &'p Reference) -> bool {
        reference.steps.is_empty()
            && self.subject.loops.get(&reference.root).is_some_and(|loops| {
                loops.iter().any(|each| self.subject.path(&each.list).is_some_and(|path| is_groups_claim(&path)))
            })
    }

    fn is_groups(&self, reference: &'p Reference, before: usize) -> bool {
        let steps = super::super::path::steps(&reference.steps[..before]);
        let base = match self.subject.sets.get(&reference.root).map(Vec::as_slice) {
            Some([set]) => self.subject.path(&set.value),
            Some(_) => None,
            None if reference.variable().is_some() => None,
            None => Some(Vec::new()),
        };
        base.zip(steps).is_some_and(|(mut base, steps)| {
            base.extend(steps);
            is_groups_claim(&base)
        })
    }
}

fn is_groups_claim(path: &[&str]) -> bool {
    matches!(path, ["identity", "claims", "cognito:groups"] | ["identity", "groups"])
}
