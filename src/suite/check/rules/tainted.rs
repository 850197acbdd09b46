//! Variables that hold a text of the caller's: one that was set to it or joined with it, and a list that it was added to.

use super::super::path;
use super::super::subject::CheckSubject;
use crate::syntax::visit::References;
use crate::syntax::visit::Visit;
use crate::syntax::{Block, Expression, ExpressionKind as Kind, Operator, Reference, Slot, Statement, Step, StepKind};
use crate::value::method::Method;
use rustc_hash::FxHashSet;

/// Methods whose answer still has the text in it.
const KEEPS: [Method; 11] = [
    Method::Get, Method::ToString, Method::Trim, Method::Replace, Method::ReplaceAll, Method::ToLowerCase, Method::ToUpperCase,
    Method::Substring, Method::Concat, Method::Split, Method::Values,
];

/// Variables that hold a text of the caller's.
pub struct TaintedSlots<'s, 'p, F> {
    subject: &'s CheckSubject<'p>,
    /// Whether an argument can be a text that ends the text around it.
    is_text: F,
    /// Whether a text behind `#` or `:` counts, which in an expression is the name of a placeholder.
    names: bool,
    slots: FxHashSet<Slot>,
}

impl<'s, 'p, F: Fn(&[&str]) -> bool> TaintedSlots<'s, 'p, F> {
    /// Follows the arguments through variables until nothing new holds one, as far as an expression reads them.
    pub fn of(subject: &'s CheckSubject<'p>, is_text: F) -> Self {
        Self::follow(Self { subject, is_text, names: false, slots: FxHashSet::default() })
    }

    /// The same for any text: `"NOTE#$ctx.args.id"` too.
    pub fn of_texts(subject: &'s CheckSubject<'p>, is_text: F) -> Self {
        Self::follow(Self { subject, is_text, names: true, slots: FxHashSet::default() })
    }

    fn follow(mut tainted: Self) -> Self {
        let subject = tainted.subject;
        let mut filled = Vec::new();
        References(|reference: &'p Reference| {
            if let (Some(slot), [step], Some((Some(called), args))) = (reference.variable(), reference.steps.as_slice(), reference.last_call())
                && called.fills()
                && step.kind.call().is_some()
            {
                filled.extend(args.iter().map(|arg| (slot, arg)));
            }
        })
        .program(subject.program);
        let sets = subject.sets.iter().flat_map(|(slot, sets)| sets.iter().map(|set| (*slot, &set.value)));
        let flows: Vec<(Slot, &Expression)> = sets.chain(filled).collect();
        loop {
            let more: Vec<Slot> =
                flows.iter().filter(|(slot, value)| !tainted.slots.contains(slot) && tainted.flows(value)).map(|(slot, _)| *slot).collect();
            if more.is_empty() {
                return tainted;
            }
            tainted.slots.extend(more);
        }
    }

    fn flows(&self, value: &Expression) -> bool {
        match &value.kind {
            Kind::Reference(reference) => self.carries(reference),
            Kind::Interpolated { body, .. } => self.prints(body),
            Kind::Arithmetic(Operator::Add, sides) => self.flows(&sides.0) || self.flows(&sides.1),
            Kind::List(items) => items.iter().any(|item| self.flows(item)),
            _ => false,
        }
    }

    /// Whether a text in quotes brings one; `#name` and `:value` are placeholders, where an expression is meant.
    fn prints(&self, body: &Block) -> bool {
        let mut before = "";
        body.iter().any(|statement| match statement {
            Statement::Text(text) => {
                before = text;
                false
            }
            Statement::Print(reference) => (self.names || !is_placeholder(before)) && self.carries(reference),
            _ => false,
        })
    }

    /// Whether what a reference prints has a text of the caller's in it.
    pub fn carries(&self, reference: &Reference) -> bool {
        if reference.backslashes > 0 {
            return false;
        }
        if reference.function.is_some() {
            let Some((Some(called), args)) = reference.last_call() else { return false };
            return called.gives_default() && args.iter().any(|arg| self.flows(arg));
        }
        self.of_steps(reference.root, &reference.steps)
    }

    fn of_steps(&self, root: Slot, steps: &[Step]) -> bool {
        if !steps.iter().all(keeps) {
            return false;
        }
        if matches!(root, Slot::CTX | Slot::CONTEXT) {
            let names: Vec<&str> = steps.iter().enumerate().map_while(|(at, step)| path::name(step, at)).collect();
            return steps.len() > 1 && names.first() == Some(&"arguments") && (self.is_text)(&names);
        }
        let joined = || steps.iter().filter_map(|step| step.kind.call()).flat_map(|(_, args)| args).any(|arg| self.flows(arg));
        self.slots.contains(&root) || self.of_item(root, steps) || self.subject.sets.contains_key(&root) && joined()
    }

    /// The variable of a loop over what holds one: an item, or the value of an entry. Keys are the schema's. Of two loops with
    /// one variable nobody says here which is meant.
    fn of_item(&self, root: Slot, steps: &[Step]) -> bool {
        let loops = self.subject.loops.get(&root).map_or(&[][..], Vec::as_slice);
        !loops.is_empty() && loops.iter().all(|each| {
            let Kind::Reference(list) = &each.list.kind else { return false };
            let entries = list.ends_in(Method::EntrySet);
            let of_entry = || steps.first().is_some_and(|step| matches!(&step.kind, StepKind::Property(name) if name == "value")
                || matches!(step.kind.call(), Some((Some(Method::GetValue), _))));
            let base = list.steps.split_last().map_or(&[][..], |(_, base)| base);
            match entries {
                true => of_entry() && self.of_steps(list.root, base),
                false => self.carries(list),
            }
        })
    }
}

/// What follows is the name of a placeholder, `#name` or `:value`, which the data source looks up.
pub fn is_placeholder(before: &str) -> bool {
    before.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_').ends_with(['#', ':'])
}

/// A member, or a method whose answer has the text in it; a quote that is replaced ends nothing any more.
fn keeps(step: &Step) -> bool {
    let Some((called, args)) = step.kind.call() else { return true };
    let quotes = args.first().is_some_and(|arg| matches!(&arg.kind, Kind::String(text) if text.contains('\'')));
    called.is_some_and(|called| KEEPS.contains(&called) && !(quotes && matches!(called, Method::Replace | Method::ReplaceAll)))
}
