//! The one walker of the tree, in the manner of `syn`'s `Visit`: a search says what it looks for, and this knows where
//! everything stands.
//!
//! Each method of [`Visit`] is called for one kind of place, in the order of the text, and goes on into what stands there.
//! Whoever overrides one calls the `walk_…` function of the same name to go on, or does not, and leaves that part out.

use super::{
    Block, Branch, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Program, Reference, Set, Statement, Step,
    StepKind,
};

/// Goes through a program.
pub trait Visit<'p> {
    /// The whole template.
    fn program(&mut self, program: &'p Program) {
        self.block(&program.body);
    }
    /// Statements: a template's, a block's, or those in an interpolated string.
    fn block(&mut self, block: &'p Block) {
        walk_block(self, block);
    }
    /// One statement.
    fn statement(&mut self, statement: &'p Statement) {
        walk_statement(self, statement);
    }
    /// A text that is printed as it stands.
    fn printed_text(&mut self, _text: &'p str) {}
    /// `#set( target = value )`
    fn set(&mut self, set: &'p Set) {
        walk_set(self, set);
    }
    /// What a `#set` sets. Its arguments and indices are read, it itself is not.
    fn target(&mut self, target: &'p Reference) {
        self.reference(target);
    }
    /// `#if` with all its parts.
    fn choice(&mut self, parts: &'p If) {
        walk_choice(self, parts);
    }
    /// `#if( condition )` or the `#elseif` at this place among the branches.
    fn branch(&mut self, parts: &'p If, at: usize) {
        walk_branch(self, &parts.branches[at]);
    }
    /// `#else`
    fn otherwise(&mut self, _parts: &'p If, _node: NodeId, body: &'p Block) {
        self.block(body);
    }
    /// `#foreach`
    fn foreach(&mut self, each: &'p Foreach) {
        walk_foreach(self, each);
    }
    /// `#break`, `#stop` or `#return`: what stands behind it does not run.
    fn leaves(&mut self, _node: NodeId, value: Option<&'p Expression>) {
        value.into_iter().for_each(|value| self.expression(value));
    }
    /// An expression: a right side, a condition, a list, an argument, an index, or a part of one of these.
    fn expression(&mut self, expression: &'p Expression) {
        walk_expression(self, expression);
    }
    /// A reference: printed, set, or in an expression.
    fn reference(&mut self, reference: &'p Reference) {
        walk_reference(self, reference);
    }
    /// The link at this place of a reference's chain.
    fn step(&mut self, reference: &'p Reference, at: usize) {
        walk_step(self, &reference.steps[at]);
    }
}

/// Goes on into each statement.
pub fn walk_block<'p>(visit: &mut (impl Visit<'p> + ?Sized), block: &'p Block) {
    block.iter().for_each(|statement| visit.statement(statement));
}

/// Goes on into what a statement consists of.
pub fn walk_statement<'p>(visit: &mut (impl Visit<'p> + ?Sized), statement: &'p Statement) {
    match statement {
        Statement::Text(text) => visit.printed_text(text),
        Statement::Print(reference) => visit.reference(reference),
        Statement::Set(set) => visit.set(set),
        Statement::If(parts) => visit.choice(parts),
        Statement::Foreach(each) => visit.foreach(each),
        Statement::Break { node, scope: value } | Statement::Return { node, value } => visit.leaves(*node, value.as_ref()),
        Statement::Stop { node } => visit.leaves(*node, None),
    }
}

/// Goes on into both sides.
pub fn walk_set<'p>(visit: &mut (impl Visit<'p> + ?Sized), set: &'p Set) {
    visit.target(&set.target);
    visit.expression(&set.value);
}

/// Goes on into each branch and `#else`.
pub fn walk_choice<'p>(visit: &mut (impl Visit<'p> + ?Sized), parts: &'p If) {
    (0..parts.branches.len()).for_each(|at| visit.branch(parts, at));
    if let Some((node, body)) = &parts.otherwise {
        visit.otherwise(parts, *node, body);
    }
}

/// Goes on into the condition and the block.
pub fn walk_branch<'p>(visit: &mut (impl Visit<'p> + ?Sized), branch: &'p Branch) {
    visit.expression(&branch.condition);
    visit.block(&branch.body);
}

/// Goes on into the list and the block.
pub fn walk_foreach<'p>(visit: &mut (impl Visit<'p> + ?Sized), each: &'p Foreach) {
    visit.expression(&each.list);
    visit.block(&each.body);
}

/// Goes on into what an expression consists of.
pub fn walk_expression<'p>(visit: &mut (impl Visit<'p> + ?Sized), expression: &'p Expression) {
    match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => {}
        Kind::Interpolated { body, .. } => visit.block(body),
        Kind::Reference(reference) => visit.reference(reference),
        Kind::List(items) => items.iter().for_each(|item| visit.expression(item)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                visit.expression(key);
                visit.expression(value);
            }
        }
        Kind::Not(inner) => visit.expression(inner),
        Kind::Range(sides)
        | Kind::And(sides)
        | Kind::Or(sides)
        | Kind::Compare(_, sides)
        | Kind::Arithmetic(_, sides) => {
            visit.expression(&sides.0);
            visit.expression(&sides.1);
        }
    }
}

/// Goes on into each link of the chain.
pub fn walk_reference<'p>(visit: &mut (impl Visit<'p> + ?Sized), reference: &'p Reference) {
    (0..reference.steps.len()).for_each(|at| visit.step(reference, at));
}

/// Goes on into the arguments or the index.
pub fn walk_step<'p>(visit: &mut (impl Visit<'p> + ?Sized), step: &'p Step) {
    match &step.kind {
        StepKind::Property(_) => {}
        StepKind::Method { args, .. } => args.iter().for_each(|arg| visit.expression(arg)),
        StepKind::Index(index) => visit.expression(index),
    }
}

/// Tells of each reference that is passed.
pub struct References<F>(pub F);

impl<'p, F: FnMut(&'p Reference)> Visit<'p> for References<F> {
    fn reference(&mut self, reference: &'p Reference) {
        (self.0)(reference);
        walk_reference(self, reference);
    }
}

impl Program {
    /// All references, in the order of the text: those in conditions, arguments, indices and strings, and what is set.
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        References(|reference| found.push(reference)).program(self);
        found
    }
}
