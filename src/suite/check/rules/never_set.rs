//! A variable that nothing sets, where that matters: it decides who gets through, or is printed into what is sent.
//!
//! Velocity is quiet by habit: `#if($x)` on what may not be there, `$!x`, `$null`. And not every `$name` is a variable of the
//! template: a deployment's `${Table}`, a GraphQL operation's `$id: ID!`, MongoDB's `"$set"`.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::appsync::context::MEMBERS;
use crate::appsync::util;
use crate::code::Code;
use crate::nearest::nearest;
use crate::syntax::visit::{References, Visit, walk_foreach};
use crate::syntax::{Block, Expression, Foreach, If, Reference, Slot, Statement, StepKind};
use rustc_hash::FxHashSet;

/// Names that mean "nothing" to whoever writes them.
const NOTHING: [&str; 7] = ["null", "nil", "none", "undefined", "empty", "void", "NULL"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated || !is_appsync(subject) {
        return;
    }
    let text = &subject.program.source.text;
    let mut search = Search { subject, found, known_slots: FxHashSet::default(), others: others(text), operations: operations(text) };
    search.block(&subject.program.body);
    for reference in subject.program.references() {
        search.own_name(reference);
    }
}

/// AppSync's own variable that a misspelt one was meant for: `$utill.toJson( … )`, `$cxt.args.id`.
pub fn meant(subject: &CheckSubject<'_>, reference: &Reference) -> Option<&'static str> {
    let slot = reference.variable()?;
    if subject.sets.contains_key(&slot) || subject.loops.contains_key(&slot) {
        return None;
    }
    let near = nearest(subject.program.name(slot), OWN)?;
    let names: Vec<&str> = reference.steps.iter().map_while(|step| match &step.kind {
        StepKind::Property(name) | StepKind::Method { name, .. } => Some(name.as_str()),
        StepKind::Index(_) => None,
    }).collect();
    let known = match (near.starts_with('u'), names.as_slice()) {
        (true, [function]) => util::find("util", function).is_some(),
        (true, [space, function, ..]) => {
            util::find("util", space).is_some() || util::find(&format!("util.{space}"), function).is_some()
        }
        (false, [member, ..]) => *member == "args" || MEMBERS.contains(member),
        _ => false,
    };
    known.then_some(near)
}

/// What AppSync's own variables are called.
const OWN: [&str; 4] = ["util", "utils", "ctx", "context"];

/// Other tools use Velocity too: a template that never names AppSync's own, and prints no request of its form, is none of ours.
fn is_appsync(subject: &CheckSubject<'_>) -> bool {
    let program = subject.program;
    let asks = ["version", "operation"].iter().all(|member| program.writes_json(member));
    asks || program.references().iter().any(|reference| reference.root.0 < Slot::FOREACH.0)
}

struct Search<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
    known_slots: FxHashSet<Slot>,
    /// Another language with `$names` of its own stands in the template's text.
    others: bool,
    /// Variables of GraphQL's operations, `$id: ID!`, wherever they are used.
    operations: FxHashSet<&'p str>,
}

impl<'p> Visit<'p> for Search<'_, 'p> {
    fn choice(&mut self, parts: &'p If) {
        let matters = parts.branches.iter().any(|branch| self.subject.matters(&branch.body))
            || parts.otherwise.as_ref().is_some_and(|(_, body)| self.subject.matters(body));
        if matters {
            for branch in &parts.branches {
                self.decides(&branch.condition);
            }
        }
        for branch in &parts.branches {
            // `#if($x) $x #end`: whoever asks first knows that it may not be there.
            let known = self.known_slots.clone();
            self.known_slots.extend(asked(&branch.condition));
            self.block(&branch.body);
            let asked = asked(&branch.condition);
            self.known_slots.retain(|slot| known.contains(slot) || !asked.contains(slot));
        }
        if let Some((_, body)) = &parts.otherwise {
            self.block(body);
        }
    }

    fn foreach(&mut self, each: &'p Foreach) {
        if self.subject.matters(&each.body) {
            self.decides(&each.list);
        }
        walk_foreach(self, each);
    }

    fn block(&mut self, block: &'p Block) {
        for statement in block {
            match statement {
                Statement::Print(reference) => {
                    self.filled(|visit| visit.reference(reference));
                    self.printed(reference);
                }
                Statement::Set(set) => {
                    if !set.target.steps.is_empty() {
                        self.tell(&set.target, "it is null, so nothing is set in it");
                    }
                    self.filled(|visit| visit.expression(&set.value));
                }
                other => self.statement(other),
            }
        }
    }

    fn expression(&mut self, _: &'p Expression) {}
}

impl<'p> Search<'_, 'p> {
    fn own_name(&mut self, reference: &'p Reference) {
        let subject = self.subject;
        let (Some(slot), Some(near)) = (reference.variable(), meant(subject, reference)) else { return };
        let name = subject.program.name(slot);
        if self.known_slots.insert(slot) {
            let message = format!("${name} is never set, so `{}` is null; did you mean ${near}?", subject.program.one_line(reference.node));
            self.found.push(Spot::at(subject.program, reference.node, Code::NeverSet, message));
        }
    }

    /// `$rows.add( … )`, `$map.put( … )`: where nothing was made, nothing is added.
    fn filled(&mut self, walk: impl FnOnce(&mut dyn Visit<'p>)) {
        let mut filled = Vec::new();
        walk(&mut References(|reference: &'p Reference| {
            let fills = reference.last_call().and_then(|(called, _)| called).is_some_and(Method::fills);
            if fills && reference.steps.len() == 1 {
                filled.push(reference);
            }
        }));
        for reference in filled {
            self.tell(reference, "it is null, so nothing is added to it");
        }
    }

    fn decides(&mut self, condition: &'p Expression) {
        let mut references = Vec::new();
        References(|reference| references.push(reference)).expression(condition);
        for reference in references {
            self.tell(reference, "it is null, and decides who gets through here");
        }
    }

    fn printed(&mut self, reference: &'p Reference) {
        if reference.function.is_some() {
            let prints = reference.function.is_some_and(|function| !function.is_void()) && reference.called() != Some(Method::Qr);
            if !reference.quiet && prints && reference.steps.len() < 4 {
                let mut inner = Vec::new();
                References(|reference| inner.push(reference)).reference(reference);
                for argument in inner.into_iter().skip(1) {
                    self.tell(argument, "null is printed in its place");
                }
            }
            return;
        }
        let call = reference.is_call();
        if !reference.quiet && !call && reference.backslashes == 0 && !self.others {
            self.tell(reference, "its own text is printed in its place");
        }
    }

    fn tell(&mut self, reference: &'p Reference, what: &str) {
        let Some(slot) = reference.variable() else { return };
        let subject = self.subject;
        let name = subject.program.name(slot);
        let set = subject.sets.contains_key(&slot) || subject.loops.contains_key(&slot);
        let known = subject.sets.keys().chain(subject.loops.keys()).map(|slot| subject.program.name(*slot));
        let near = nearest(name, known);
        if set || self.operations.contains(name) || is_placeholder(reference, name, near.is_some()) || NOTHING.contains(&name) || !self.known_slots.insert(slot) {
            return;
        }
        let near = near.map_or(String::new(), |near| format!("; did you mean ${near}?"));
        let message = format!("${name} is never set: {what}{near}");
        self.found.push(Spot::at(subject.program, reference.node, Code::NeverSet, message));
    }
}

/// `${Table}`, and `${Table.Arn}` where no variable has a name like it: a deployment puts its own text there.
fn is_placeholder(reference: &Reference, name: &str, near: bool) -> bool {
    let properties = reference.steps.iter().all(|step| matches!(step.kind, StepKind::Property(_)));
    let braced = reference.formal && (reference.steps.is_empty() || properties && !near);
    braced || super::super::placeholder::is_mask(name)
}

/// Variables that a condition asks for.
fn asked(condition: &Expression) -> FxHashSet<Slot> {
    let mut slots = FxHashSet::default();
    References(|reference: &Reference| slots.extend(reference.variable())).expression(condition);
    slots
}

/// The names that a text gives types to, as operations of GraphQL do: `$id: ID!`, `$ids: [ID!]`.
fn operations(text: &str) -> FxHashSet<&str> {
    let typed = |(at, _): (usize, &str)| {
        let (name, rest) = named(&text[at + 1..]);
        let kind = rest.trim_start_matches([' ', '\\', 'n']).strip_prefix(':')?;
        let typed = kind.trim_start().trim_start_matches('[').starts_with(|letter: char| letter.is_ascii_uppercase());
        (typed && !name.is_empty()).then_some(name)
    };
    text.match_indices('$').filter_map(typed).collect()
}

/// A name, and what stands behind it.
fn named(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count())
}

/// Whether the text holds operations of GraphQL with variables, or operators of MongoDB, JSONPath or a shell.
fn others(text: &str) -> bool {
    let bytes = text.as_bytes();
    let key = |(at, _): (usize, &str)| {
        let (name, rest) = named(&text[at + 1..]);
        // `"$set": {`, `\"$match\": `
        !name.is_empty() && at > 0 && matches!(bytes[at - 1], b'"' | b'\'') && {
            let after = rest.trim_start_matches(['\\', '"', '\'']);
            after.len() < rest.len() && after.trim_start().starts_with(':')
        }
    };
    !operations(text).is_empty() || text.match_indices('$').any(key)
}
