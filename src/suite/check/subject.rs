//! A template as the rules see it: its tree, and what they all ask of it.

use crate::value::method::Method;
use super::path;
use super::sent::{SentKind, SentTypes};
use crate::appsync::AuthType;
use crate::project::generated::is_generated;
use crate::syntax::visit::{References, Visit, walk_block, walk_branch, walk_foreach, walk_set};
use crate::syntax::{
    Block, ComparisonOperator, Expression, ExpressionKind as Kind, Foreach, If, Program, Reference, Set, Slot, Statement, StepKind,
};
use crate::trace::is_refusal;
use rustc_hash::{FxHashMap, FxHashSet};

/// A template and what is known of it.
pub struct CheckSubject<'p> {
    /// Its tree.
    pub program: &'p Program,
    /// The API's modes, if they are known.
    pub modes: &'p [AuthType],
    /// Amplify wrote it: its style is nobody's here.
    pub generated: bool,
    /// Each `#set` of a whole variable.
    pub sets: FxHashMap<Slot, Vec<&'p Set>>,
    /// Each loop, by its variable.
    pub loops: FxHashMap<Slot, Vec<&'p Foreach>>,
    /// Each variable with a member that is set or added to.
    pub changed: FxHashSet<Slot>,
    /// Variables that decide whether a refusal is reached.
    pub guards: FxHashSet<Slot>,
    /// What schemas say of the arguments.
    pub types: Option<&'p SentTypes>,
}

impl<'p> CheckSubject<'p> {
    /// Looks a template over.
    pub fn new(program: &'p Program, modes: &'p [AuthType]) -> Self {
        let generated = is_generated(program);
        let (sets, loops) = (FxHashMap::default(), FxHashMap::default());
        let (changed, guards) = (FxHashSet::default(), FxHashSet::default());
        let mut subject = Self { program, modes, generated, sets, loops, changed, guards, types: None };
        Gather(&mut subject).program(program);
        subject
    }

    /// What the argument at a path may be.
    pub fn sent(&self, path: &[&str]) -> SentKind {
        self.types.map_or(SentKind::Unknown, |types| types.kind(&self.program.source.name, path))
    }

    /// Whether a block refuses the caller, itself or further in.
    pub fn refuses(&self, block: &'p Block) -> bool {
        let mut found = false;
        References(|reference| found |= refuses(self.program, reference)).block(block);
        found
    }

    /// The same for a statement.
    pub fn refuses_in(&self, statement: &'p Statement) -> bool {
        let mut found = false;
        References(|reference| found |= refuses(self.program, reference)).statement(statement);
        found
    }

    /// Whether what stands in a block decides who gets through: it refuses, leaves the template, or sets a variable
    /// that a refusal asks for.
    pub fn matters(&self, block: &'p Block) -> bool {
        let mut search = Matters { subject: self, found: false };
        search.block(block);
        search.found
    }

    /// Where a value comes from in the context: through one variable, and through functions that give a default.
    pub fn path(&self, expression: &'p Expression) -> Option<Vec<&'p str>> {
        self.follow(expression, 4)
    }

    /// The same for a reference.
    pub fn path_of(&self, reference: &'p Reference) -> Option<Vec<&'p str>> {
        self.follow_reference(reference, 4)
    }

    fn follow(&self, expression: &'p Expression, depth: usize) -> Option<Vec<&'p str>> {
        match &expression.kind {
            Kind::Reference(reference) => self.follow_reference(reference, depth),
            _ => self.follow_reference(expression.quoted_reference()?, depth),
        }
    }

    fn follow_reference(&self, reference: &'p Reference, depth: usize) -> Option<Vec<&'p str>> {
        if depth == 0 {
            return None;
        }
        if reference.function.is_some() {
            let passes = matches!(
                reference.called(),
                Some(
                    Method::DefaultIfNull
                        | Method::DefaultIfNullOrEmpty
                        | Method::DefaultIfNullOrBlank
                        | Method::ParseJson
                        | Method::ToJson
                )
            );
            let first = reference.steps.iter().find_map(|step| match &step.kind {
                StepKind::Method { args, .. } => args.first(),
                _ => None,
            });
            return if passes { self.follow(first?, depth - 1) } else { None };
        }
        if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
            return path::whole(reference);
        }
        let [set] = self.sets.get(&reference.root)?.as_slice() else { return None };
        let mut base = self.follow(&set.value, depth - 1)?;
        base.extend(path::steps(&reference.steps)?);
        Some(base)
    }

    /// Whether a side, or what its variable was set to, is a call that gives a default where nothing is.
    pub fn has_default(&self, expression: &'p Expression) -> bool {
        let Kind::Reference(reference) = &expression.kind else { return false };
        let set = reference.variable().filter(|_| reference.steps.is_empty()).and_then(|slot| self.sets.get(&slot));
        let gives = |called: &Reference| called.called().is_some_and(Method::gives_default);
        gives(reference) || set.is_some_and(|sets| sets.iter().all(|set| matches!(&set.value.kind, Kind::Reference(called) if gives(called))))
    }

    /// Whether an expression looks at a part of the context, itself or through variables.
    pub fn reads(&self, expression: &'p Expression, part: &str) -> bool {
        let mut seen = FxHashSet::default();
        self.reads_through(expression, part, &mut seen)
    }

    fn reads_through(&self, expression: &'p Expression, part: &str, seen: &mut FxHashSet<Slot>) -> bool {
        let mut references = Vec::new();
        References(|reference| references.push(reference)).expression(expression);
        references.into_iter().any(|reference| {
            if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
                return path::prefix(reference).first().is_none_or(|first| *first == part);
            }
            reference.variable().is_some_and(|slot| {
                seen.insert(slot)
                    && (self.sets.get(&slot).is_some_and(|sets| {
                        sets.iter().any(|set| self.reads_through(&set.value, part, seen))
                    }) || self.loops.get(&slot).is_some_and(|loops| {
                        loops.iter().any(|each| self.reads_through(&each.list, part, seen))
                    }))
            })
        })
    }

    /// Whether an expression is the caller's mode, `$util.authType()`, or a variable that was set to it.
    pub fn is_mode(&self, expression: &'p Expression) -> bool {
        let Kind::Reference(reference) = &expression.kind else { return false };
        if reference.called() == Some(Method::AuthType) {
            return true;
        }
        let set = reference.variable().filter(|_| reference.steps.is_empty()).and_then(|slot| self.sets.get(&slot));
        matches!(set.map(Vec::as_slice), Some([set]) if matches!(&set.value.kind,
            Kind::Reference(call) if call.called() == Some(Method::AuthType)))
    }

    /// Whether a condition asks for a mode, so that its block is for callers of that mode.
    pub fn names_mode(&self, condition: &'p Expression) -> bool {
        match &condition.kind {
            Kind::And(sides) | Kind::Or(sides) => self.names_mode(&sides.0) || self.names_mode(&sides.1),
            Kind::Compare(ComparisonOperator::Equal, sides) => self.is_mode(&sides.0) || self.is_mode(&sides.1),
            _ => false,
        }
    }

    /// Whether the template reads members that AppSync gives a page of DynamoDB's: what the result is of, where no request says so.
    pub fn mentions_page(&self) -> bool {
        self.program.references().iter().any(|reference| {
            matches!(reference.root, Slot::CTX | Slot::CONTEXT)
                && matches!(path::prefix(reference).as_slice(), ["result", "nextToken" | "scannedCount" | "startedAt"])
        })
    }

    /// Whether the template looks at a part of the context anywhere.
    pub fn mentions(&self, part: &str) -> bool {
        self.program.references().iter().any(|reference| {
            matches!(reference.root, Slot::CTX | Slot::CONTEXT)
                && path::prefix(reference).first().is_some_and(|first| *first == part)
        })
    }
}

/// Whether a block refuses by itself, and by AppSync's own function or type.
pub fn refuses_itself(block: &Block) -> bool {
    block.iter().any(|statement| matches!(statement, Statement::Print(reference) if is_refusal(reference)))
}

/// Whether a call refuses the caller: by AppSync's own function or type, or in the words of its message.
pub fn refuses(program: &Program, reference: &Reference) -> bool {
    if is_refusal(reference) {
        return true;
    }
    if reference.util() != Some(Method::Error) {
        return false;
    }
    let words = ["unauthori", "not authori", "forbidden", "permission", "access denied", "not allowed"];
    program.says_in(|visit| visit.reference(reference), &words)
}

/// Collects what [`CheckSubject`] holds.
struct Gather<'s, 'p>(&'s mut CheckSubject<'p>);

impl<'p> Visit<'p> for Gather<'_, 'p> {
    fn set(&mut self, set: &'p Set) {
        if set.target.steps.is_empty() {
            self.0.sets.entry(set.target.root).or_default().push(set);
        } else {
            self.0.changed.insert(set.target.root);
        }
        walk_set(self, set);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.0.loops.entry(each.item).or_default().push(each);
        walk_foreach(self, each);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let otherwise = parts.otherwise.as_ref().is_some_and(|(_, body)| self.0.refuses(body));
        if otherwise || self.0.refuses(&branch.body) {
            References(|reference: &'p Reference| {
                self.0.guards.extend(reference.variable());
            })
            .expression(&branch.condition);
        }
        walk_branch(self, branch);
    }

    fn reference(&mut self, reference: &'p Reference) {
        let changes = reference.steps.iter().any(|step| {
            step.kind.call().and_then(|(called, _)| called).is_some_and(Method::changes)
        });
        if changes {
            self.0.changed.extend(reference.variable());
        }
        crate::syntax::visit::walk_reference(self, reference);
    }
}

struct Matters<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: bool,
}

impl<'p> Visit<'p> for Matters<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        self.found |= self.subject.refuses(block);
        walk_block(self, block);
    }

    fn set(&mut self, set: &'p Set) {
        self.found |= self.subject.guards.contains(&set.target.root);
    }
}
