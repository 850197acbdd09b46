//! What stands where in a program: from a node's number to its place in the tree, and to the blocks around it.

use crate::value::method::Method;
use crate::syntax::visit::{References, Visit, walk_expression, walk_reference, walk_statement, walk_step};
use crate::syntax::{Block, Branch, Expression, Foreach, If, NodeId, Program, Reference, Set, Slot, Statement, Step, StepKind};

/// What a node is.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Node<'p> {
    Expression(&'p Expression),
    Reference(&'p Reference),
    Step { reference: &'p Reference, at: usize },
    Set(&'p Set),
    Return(Option<&'p Expression>),
}

impl<'p> Node<'p> {
    /// Every reference that a statement reads, those in arguments included.
    pub fn reads(&self, found: &mut impl FnMut(&'p Reference)) {
        let mut search = References(found);
        match self {
            Self::Reference(reference) => search.reference(reference),
            Self::Set(set) => {
                walk_reference(&mut search, &set.target);
                search.expression(&set.value);
            }
            Self::Return(value) => value.iter().for_each(|value| search.expression(value)),
            Self::Expression(_) | Self::Step { .. } => {}
        }
    }
}

/// A block that a statement stands in.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum NodePart<'p> {
    /// The block of `#if` or the `#elseif` with this place in the directive.
    Branch { parts: &'p If, at: usize },
    /// `#else`
    Else { parts: &'p If, node: NodeId },
    /// `#foreach`
    Loop(&'p Foreach),
}

impl<'p> NodePart<'p> {
    /// The node that the evaluator names when the block is entered.
    pub fn node(&self) -> NodeId {
        match self {
            Self::Branch { parts, at } => parts.branches[*at].node,
            Self::Else { node, .. } => *node,
            Self::Loop(each) => each.node,
        }
    }

    /// The loop, if it is one.
    pub fn as_loop(&self) -> Option<&'p Foreach> {
        match self {
            Self::Loop(each) => Some(each),
            _ => None,
        }
    }

    /// The branches that must not be taken for this block to run.
    pub fn before(&self) -> &'p [Branch] {
        match self {
            Self::Branch { parts, at } => &parts.branches[..*at],
            Self::Else { parts, .. } => &parts.branches,
            Self::Loop(_) => &[],
        }
    }
}

/// The places of all nodes of a program.
#[derive(Debug)]
pub struct Index<'p> {
    nodes: Vec<Option<Node<'p>>>,
    /// The innermost part around each node, as a place in `parts`.
    around: Vec<Option<u32>>,
    /// All parts, each with the part around it.
    parts: Vec<(NodePart<'p>, Option<u32>)>,
    /// The part that each block's node begins, as a place in `parts`.
    begins: Vec<Option<u32>>,
    /// The innermost part around what is being visited, as a place in `parts`.
    here: Option<u32>,
    /// Statement-level references, `#set`s and `#return`s, in the order of the text.
    pub statements: Vec<(NodeId, Node<'p>)>,
    /// All references, those in conditions, arguments, indices and strings included, in the order of the text.
    pub references: Vec<&'p Reference>,
}

impl<'p> Index<'p> {
    /// Walks the program once.
    pub fn new(program: &'p Program) -> Self {
        let count = program.spans.len();
        let mut index = Self {
            nodes: vec![None; count],
            around: vec![None; count],
            parts: Vec::new(),
            begins: vec![None; count],
            here: None,
            statements: Vec::new(),
            references: Vec::new(),
        };
        index.program(program);
        index
    }

    /// What a node is; `None` for directives that carry no expression.
    pub fn node(&self, node: NodeId) -> Option<Node<'p>> {
        self.nodes.get(node.0 as usize).copied().flatten()
    }

    /// The outermost loop around a node.
    pub fn loop_around(&self, node: NodeId) -> Option<&'p Foreach> {
        self.chain(node).iter().find_map(NodePart::as_loop)
    }

    /// The blocks around a node, outermost first.
    pub fn chain(&self, node: NodeId) -> Vec<NodePart<'p>> {
        let mut chain = Vec::new();
        let mut at = self.around.get(node.0 as usize).copied().flatten();
        while let Some((part, outer)) = at.and_then(|at| self.parts.get(at as usize)) {
            chain.push(*part);
            at = *outer;
        }
        chain.reverse();
        chain
    }

    /// Whether an expression or reference holds a call of one of these.
    pub fn calls_in(&self, node: NodeId, wanted: &[Method]) -> bool {
        let mut found = false;
        let mut look = References(|reference: &Reference| {
            let called = |step: &Step| wanted.iter().any(|method| step.kind.calls(*method));
            found |= reference.steps.iter().any(called);
        });
        match self.node(node) {
            Some(Node::Expression(expression)) => look.expression(expression),
            Some(Node::Reference(reference)) => look.reference(reference),
            _ => {}
        }
        found
    }

    /// The block that this node begins.
    pub fn part_at(&self, node: NodeId) -> Option<NodePart<'p>> {
        let place = self.begins.get(node.0 as usize).copied().flatten()?;
        self.parts.get(place as usize).map(|(part, _)| *part)
    }

    /// The loop that this node begins.
    pub fn loop_at(&self, node: NodeId) -> Option<&'p Foreach> {
        match self.part_at(node)? {
            NodePart::Loop(each) => Some(each),
            _ => None,
        }
    }

    /// All loops, in the order of the text.
    pub fn loops(&self) -> impl Iterator<Item = &'p Foreach> {
        self.parts().filter_map(NodePart::as_loop)
    }

    /// All `#set`s, in the order of the text.
    pub fn sets(&self) -> impl Iterator<Item = &'p Set> {
        self.statements.iter().filter_map(|(_, statement)| match statement {
            Node::Set(set) => Some(*set),
            _ => None,
        })
    }

    /// The `#set`s that give a variable its value, not a member of it.
    pub fn sets_of(&self, slot: Slot) -> impl Iterator<Item = &'p Set> {
        self.sets().filter(move |set| set.target.steps.is_empty() && set.target.variable() == Some(slot))
    }

    /// Whether any statement gives this variable, or a member of it, a value: a `#set`, or a loop.
    pub fn is_assigned(&self, slot: Slot) -> bool {
        self.sets().any(|set| set.target.variable() == Some(slot)) || self.loops().any(|each| each.item == slot)
    }

    /// Whether this expression is what a loop walks.
    pub fn is_walked(&self, node: NodeId) -> bool {
        self.parts.iter().any(|(part, _)| matches!(part, NodePart::Loop(each) if each.list.node == node))
    }

    /// All blocks, in the order of the text, whether anything stands in them or not.
    pub fn parts(&self) -> impl Iterator<Item = &NodePart<'p>> {
        self.parts.iter().map(|(part, _)| part)
    }

    /// The branch that this node begins.
    pub fn branch_at(&self, node: NodeId) -> Option<&'p Branch> {
        match self.part_at(node)? {
            NodePart::Branch { parts, at } => parts.branches.get(at),
            _ => None,
        }
    }

    fn put(&mut self, node: NodeId, what: Node<'p>) {
        self.nodes[node.0 as usize] = Some(what);
        self.around[node.0 as usize] = self.here;
    }

    fn part(&mut self, part: NodePart<'p>) -> Option<u32> {
        self.around[part.node().0 as usize] = self.here;
        let place = Some(self.parts.len() as u32);
        self.begins[part.node().0 as usize] = place;
        self.parts.push((part, self.here));
        place
    }

    /// Goes through a block with this part around it.
    fn inside(&mut self, part: NodePart<'p>, body: &'p Block) {
        let outer = self.here;
        self.here = self.part(part);
        self.block(body);
        self.here = outer;
    }
}

impl<'p> Visit<'p> for Index<'p> {
    fn statement(&mut self, statement: &'p Statement) {
        match statement {
            Statement::Text(_) | Statement::Foreach(_) => {}
            Statement::Print(reference) => self.statements.push((reference.node, Node::Reference(reference))),
            Statement::Set(set) => {
                self.statements.push((set.node, Node::Set(set)));
                self.put(set.node, Node::Set(set));
            }
            Statement::If(parts) => self.around[parts.node.0 as usize] = self.here,
            Statement::Break { node, .. } | Statement::Stop { node } => {
                self.around[node.0 as usize] = self.here;
            }
            Statement::Return { node, value } => {
                let what = Node::Return(value.as_ref());
                self.statements.push((*node, what));
                self.put(*node, what);
            }
        }
        walk_statement(self, statement);
    }

    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.expression(&branch.condition);
        self.inside(NodePart::Branch { parts, at }, &branch.body);
    }

    fn otherwise(&mut self, parts: &'p If, node: NodeId, body: &'p Block) {
        self.inside(NodePart::Else { parts, node }, body);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.expression(&each.list);
        self.inside(NodePart::Loop(each), &each.body);
    }

    fn expression(&mut self, expression: &'p Expression) {
        self.put(expression.node, Node::Expression(expression));
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.references.push(reference);
        self.put(reference.node, Node::Reference(reference));
        walk_reference(self, reference);
    }

    fn step(&mut self, reference: &'p Reference, at: usize) {
        self.put(reference.steps[at].node, Node::Step { reference, at });
        walk_step(self, &reference.steps[at]);
    }
}

/// Every reference in an expression.
pub fn references<'p>(expression: &'p Expression, found: &mut impl FnMut(&'p Reference)) {
    References(found).expression(expression);
}

/// A reference and those in its arguments and indices.
pub fn inside<'p>(reference: &'p Reference, found: &mut impl FnMut(&'p Reference)) {
    References(found).reference(reference);
}

/// Whether a reference, or one inside it, ends in a call of one of these.
pub fn calls(reference: &Reference, wanted: &[Method]) -> bool {
    let mut found = false;
    inside(reference, &mut |inner| {
        found |= wanted.iter().any(|method| inner.ends_in(*method));
    });
    found
}

/// The arguments of a reference's `$util` function call, with the place of that step.
pub fn call_args(reference: &Reference) -> Option<(usize, &[Expression])> {
    reference.function?;
    reference.steps.iter().enumerate().find_map(|(at, step)| match &step.kind {
        StepKind::Method { args, .. } => Some((at, args.as_slice())),
        _ => None,
    })
}
