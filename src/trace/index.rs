//! What stands where in a program: from a node's number to its place in the tree, and to the blocks around it.

use crate::syntax::{
    Block, Branch, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Program, Reference, Set, Statement, Step,
    StepKind,
};

/// What a node is.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Node<'p> {
    Expression(&'p Expression),
    Reference(&'p Reference),
    Step { reference: &'p Reference, at: usize },
    Set(&'p Set),
    Return,
}

/// A block that a statement stands in.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Part<'p> {
    /// The block of `#if` or the `#elseif` with this place in the directive.
    Branch { parts: &'p If, at: usize },
    /// `#else`
    Else { parts: &'p If, node: NodeId },
    /// `#foreach`
    Loop(&'p Foreach),
}

impl<'p> Part<'p> {
    /// The node that the evaluator names when the block is entered.
    pub fn node(&self) -> NodeId {
        match self {
            Self::Branch { parts, at } => parts.branches[*at].node,
            Self::Else { node, .. } => *node,
            Self::Loop(each) => each.node,
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
    parts: Vec<(Part<'p>, Option<u32>)>,
    /// The part that each block's node begins, as a place in `parts`.
    begins: Vec<Option<u32>>,
    /// Statement-level references, `#set`s and `#return`s, in the order of the text.
    pub statements: Vec<(NodeId, Node<'p>)>,
    /// `#foreach`, `#break` and `#stop`.
    pub directives: Vec<NodeId>,
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
            statements: Vec::new(),
            directives: Vec::new(),
        };
        index.block(&program.body, None);
        index
    }

    /// What a node is; `None` for directives that carry no expression.
    pub fn node(&self, node: NodeId) -> Option<Node<'p>> {
        self.nodes.get(node.0 as usize).copied().flatten()
    }

    /// The blocks around a node, outermost first.
    pub fn chain(&self, node: NodeId) -> Vec<Part<'p>> {
        let mut chain = Vec::new();
        let mut at = self.around.get(node.0 as usize).copied().flatten();
        while let Some((part, outer)) = at.and_then(|at| self.parts.get(at as usize)) {
            chain.push(*part);
            at = *outer;
        }
        chain.reverse();
        chain
    }

    /// The block that this node begins.
    pub fn part_at(&self, node: NodeId) -> Option<Part<'p>> {
        let place = self.begins.get(node.0 as usize).copied().flatten()?;
        self.parts.get(place as usize).map(|(part, _)| *part)
    }

    /// The loop that this node begins.
    pub fn loop_at(&self, node: NodeId) -> Option<&'p Foreach> {
        match self.part_at(node)? {
            Part::Loop(each) => Some(each),
            _ => None,
        }
    }

    /// Whether this expression is what a loop walks.
    pub fn is_walked(&self, node: NodeId) -> bool {
        self.parts.iter().any(|(part, _)| matches!(part, Part::Loop(each) if each.list.node == node))
    }

    /// The branch that this node begins.
    pub fn branch_at(&self, node: NodeId) -> Option<&'p Branch> {
        match self.part_at(node)? {
            Part::Branch { parts, at } => parts.branches.get(at),
            _ => None,
        }
    }

    fn put(&mut self, node: NodeId, what: Node<'p>, around: Option<u32>) {
        self.nodes[node.0 as usize] = Some(what);
        self.around[node.0 as usize] = around;
    }

    fn part(&mut self, part: Part<'p>, around: Option<u32>) -> Option<u32> {
        self.around[part.node().0 as usize] = around;
        let place = Some(self.parts.len() as u32);
        self.begins[part.node().0 as usize] = place;
        self.parts.push((part, around));
        place
    }

    fn block(&mut self, block: &'p Block, around: Option<u32>) {
        for statement in block {
            match statement {
                Statement::Text(_) => {}
                Statement::Print(reference) => {
                    self.statements.push((reference.node, Node::Reference(reference)));
                    self.reference(reference, around);
                }
                Statement::Set(set) => {
                    self.statements.push((set.node, Node::Set(set)));
                    self.put(set.node, Node::Set(set), around);
                    self.reference(&set.target, around);
                    self.expression(&set.value, around);
                }
                Statement::If(parts) => {
                    self.around[parts.node.0 as usize] = around;
                    for (at, branch) in parts.branches.iter().enumerate() {
                        self.expression(&branch.condition, around);
                        let inside = self.part(Part::Branch { parts, at }, around);
                        self.block(&branch.body, inside);
                    }
                    if let Some((node, body)) = &parts.otherwise {
                        let inside = self.part(Part::Else { parts, node: *node }, around);
                        self.block(body, inside);
                    }
                }
                Statement::Foreach(each) => {
                    self.directives.push(each.node);
                    self.expression(&each.list, around);
                    let inside = self.part(Part::Loop(each), around);
                    self.block(&each.body, inside);
                }
                Statement::Break { node, scope } => {
                    self.directives.push(*node);
                    self.around[node.0 as usize] = around;
                    if let Some(scope) = scope {
                        self.expression(scope, around);
                    }
                }
                Statement::Stop { node } => {
                    self.directives.push(*node);
                    self.around[node.0 as usize] = around;
                }
                Statement::Return { node, value } => {
                    self.statements.push((*node, Node::Return));
                    self.put(*node, Node::Return, around);
                    if let Some(value) = value {
                        self.expression(value, around);
                    }
                }
            }
        }
    }

    fn expression(&mut self, expression: &'p Expression, around: Option<u32>) {
        self.put(expression.node, Node::Expression(expression), around);
        match &expression.kind {
            Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => {}
            Kind::Interpolated { body, .. } => self.block(body, around),
            Kind::Reference(reference) => self.reference(reference, around),
            Kind::List(items) => items.iter().for_each(|item| self.expression(item, around)),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    self.expression(key, around);
                    self.expression(value, around);
                }
            }
            Kind::Not(inner) => self.expression(inner, around),
            Kind::Range(sides)
            | Kind::And(sides)
            | Kind::Or(sides)
            | Kind::Compare(_, sides)
            | Kind::Arithmetic(_, sides) => {
                self.expression(&sides.0, around);
                self.expression(&sides.1, around);
            }
        }
    }

    fn reference(&mut self, reference: &'p Reference, around: Option<u32>) {
        self.put(reference.node, Node::Reference(reference), around);
        for (at, Step { node, kind }) in reference.steps.iter().enumerate() {
            self.put(*node, Node::Step { reference, at }, around);
            match kind {
                StepKind::Property(_) => {}
                StepKind::Method { args, .. } => args.iter().for_each(|arg| self.expression(arg, around)),
                StepKind::Index(index) => self.expression(index, around),
            }
        }
    }
}

/// Every expression and reference directly inside an expression's or statement's value, without interpolated bodies'
/// statements other than printed references.
pub fn references<'p>(expression: &'p Expression, found: &mut impl FnMut(&'p Reference)) {
    match &expression.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::String(_) => {}
        Kind::Interpolated { body, .. } => {
            for statement in body {
                if let Statement::Print(reference) = statement {
                    inside(reference, found);
                }
            }
        }
        Kind::Reference(reference) => inside(reference, found),
        Kind::List(items) => items.iter().for_each(|item| references(item, found)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                references(key, found);
                references(value, found);
            }
        }
        Kind::Not(inner) => references(inner, found),
        Kind::Range(sides)
        | Kind::And(sides)
        | Kind::Or(sides)
        | Kind::Compare(_, sides)
        | Kind::Arithmetic(_, sides) => {
            references(&sides.0, found);
            references(&sides.1, found);
        }
    }
}

/// A reference and those in its arguments.
pub fn inside<'p>(reference: &'p Reference, found: &mut impl FnMut(&'p Reference)) {
    found(reference);
    for step in &reference.steps {
        match &step.kind {
            StepKind::Property(_) => {}
            StepKind::Method { args, .. } => args.iter().for_each(|arg| references(arg, found)),
            StepKind::Index(index) => references(index, found),
        }
    }
}

/// The arguments of a reference's `$util` function call, with the place of that step.
pub fn call_args(reference: &Reference) -> Option<(usize, &[Expression])> {
    reference.function?;
    reference.steps.iter().enumerate().find_map(|(at, step)| match &step.kind {
        StepKind::Method { args, .. } => Some((at, args.as_slice())),
        _ => None,
    })
}
