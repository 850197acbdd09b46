//! Where a template changes its variables and the stash.

use crate::value::method::Method;
use crate::trace::stash::stash_put;
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Set, Slot, };
use crate::trace::index::{Index, Node, inside, references};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where variables are changed.
#[derive(Debug, Default)]
pub struct Sites {
    /// Variables that something is added to, or that are set to true, to a text or to a number somewhere.
    growing: FxHashSet<Slot>,
    /// What the right sides of a variable's `#set`s, and what is added to it, read.
    pub reads: FxHashMap<Slot, FxHashSet<Slot>>,
    /// What is put into the stash, by member.
    pub puts: FxHashMap<String, FxHashSet<Slot>>,
}

impl Sites {
    /// Walks the program once.
    pub fn new(index: &Index<'_>) -> Self {
        let mut sites = Self::default();
        for (_, statement) in &index.statements {
            if let Node::Set(Set { target, value, .. }) = statement {
                if target.steps.is_empty() && !matches!(value.kind, Kind::Boolean(false)) {
                    if matches!(value.kind, Kind::Boolean(true) | Kind::String(_) | Kind::Number(_) | Kind::Arithmetic(..)) {
                        sites.growing.insert(target.root);
                    }
                    if is_condition(value) {
                        let reads = sites.reads.entry(target.root).or_default();
                        references(value, &mut |reference| {
                            reads.extend(reference.variable());
                        });
                    }
                } else if !target.steps.is_empty() {
                    sites.growing.extend(target.variable());
                }
            }
            statement.reads(&mut |reference| {
                let reads = if adds(reference) {
                    sites.growing.extend(reference.variable());
                    reference.variable().map(|slot| sites.reads.entry(slot).or_default())
                } else {
                    stash_put(reference).map(|key| sites.puts.entry(key.to_owned()).or_default())
                };
                if let Some(reads) = reads {
                    inside(reference, &mut |inner| reads.extend(inner.variable()));
                }
            });
        }
        sites
    }

    /// Whether it matters what else is put into a variable.
    pub fn grows(&self, slot: Slot) -> bool {
        self.growing.contains(&slot) || self.reads.contains_key(&slot)
    }
}

/// Whether a right side is a test.
pub fn is_condition(expression: &Expression) -> bool {
    matches!(expression.kind, Kind::And(_) | Kind::Or(_) | Kind::Not(_) | Kind::Compare(..))
}

/// `$x.add( … )` and the like, directly on a variable.
pub fn adds(reference: &Reference) -> bool {
    match reference.steps.as_slice() {
        [step] => step.kind.call().and_then(|(called, _)| called).is_some_and(Method::fills),
        _ => false,
    }
}
