//! The tree of a template. Spans and names stand in side tables, so that nodes and events stay small.

use crate::appsync::util::Function;
use crate::source::{Place, Source, Span, one_line};
use crate::value::Number;
use crate::value::method::Method;
use ecow::EcoString;
use std::sync::OnceLock;

/// A node's number: what events name, and the key to its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A variable's place in the frame. Velocity has one flat scope, so each name has one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub u32);

impl Slot {
    /// `$ctx`
    pub const CTX: Self = Self(0);
    /// `$context`
    pub const CONTEXT: Self = Self(1);
    /// `$util`
    pub const UTIL: Self = Self(2);
    /// `$utils`
    pub const UTILS: Self = Self(3);
    /// `$extensions`
    pub const EXTENSIONS: Self = Self(4);
    /// `$foreach`
    pub const FOREACH: Self = Self(5);
    /// `$velocityCount`
    pub const VELOCITY_COUNT: Self = Self(6);
    /// `$velocityHasNext`
    pub const VELOCITY_HAS_NEXT: Self = Self(7);
    /// The names of the fixed slots, in order.
    pub const FIXED: [&'static str; 8] =
        ["ctx", "context", "util", "utils", "extensions", "foreach", "velocityCount", "velocityHasNext"];
}

/// A template ready to run. It may be shared between threads.
#[derive(Clone, Debug)]
pub struct Program {
    /// The text that it was made of.
    pub source: Source,
    /// What to run.
    pub body: Block,
    /// Variable names by [`Slot`].
    pub names: Vec<EcoString>,
    /// Spans by [`NodeId`].
    pub spans: Vec<Span>,
    /// Where a bare `null` stands that stock Velocity would refuse: outside of a call's arguments.
    pub bare_nulls: Vec<NodeId>,
    /// What Velocity prints as text and was meant otherwise, such as `#set $x = 1`.
    pub slips: Vec<TemplateSlip>,
    /// What each run asks of it.
    pub traits: Traits,
}

/// What a program is, found when somebody asks for the first time.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// Whether a generator wrote it or a part of it.
    pub has_generated_part: OnceLock<bool>,
    /// Whether it refuses anywhere.
    pub has_refusal: OnceLock<bool>,
    /// Whether it looks at who calls.
    pub reads_caller: OnceLock<bool>,
    /// Whether it puts a filter on the rows into the stash.
    pub sets_filter: OnceLock<bool>,
    /// Whether it reads or fills that filter.
    pub touches_filter: OnceLock<bool>,
}

impl Program {
    /// Where a node stands in the source.
    pub fn span(&self, node: NodeId) -> Span {
        self.spans.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// The source text of a node.
    pub fn text(&self, node: NodeId) -> &str {
        self.source.slice(self.span(node))
    }

    /// The line and column at which a node begins, both from 1.
    pub fn place(&self, node: NodeId) -> Place {
        self.source.place(self.span(node).start)
    }

    /// The line at which a node begins, from 1.
    pub fn line(&self, node: NodeId) -> u32 {
        self.place(node).line
    }

    /// The source text of a node without its line breaks.
    pub fn one_line(&self, node: NodeId) -> String {
        one_line(self.text(node))
    }

    /// The name of a variable, without `$`.
    pub fn name(&self, slot: Slot) -> &str {
        self.names.get(slot.0 as usize).map_or("", EcoString::as_str)
    }

    /// The slot of a variable, if the template names it at all.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.names.iter().position(|known| known == name).map(|at| Slot(at as u32))
    }
}

/// What Velocity prints as text and was meant otherwise.
#[derive(Clone, Debug)]
pub struct TemplateSlip {
    /// Where.
    pub node: NodeId,
    /// What was meant.
    pub meant: SlipMeant,
    /// What Velocity makes of it.
    pub what: String,
    /// What to do about it.
    pub help: SlipHelp,
}

/// What to do about a slip.
#[derive(Clone, Debug)]
pub enum SlipHelp {
    /// Code that says what was meant.
    Write(String),
    /// A rule of the language.
    Know(&'static str),
}

impl std::fmt::Display for SlipHelp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Write(code) => write!(f, "write {code}"),
            Self::Know(rule) => f.write_str(rule),
        }
    }
}

/// What was meant by what Velocity prints as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipMeant {
    /// A branch of its own: `#elsif( … )`.
    Branch,
    /// What runs in every other case: `#esle`.
    Otherwise,
    /// `#else if( … )`, of which the condition is text.
    ElseIf,
    /// Another directive: `#set $x = 1`, `#endif`.
    Directive,
    /// A value that `#return` does not take.
    Returned,
    /// A claim with a colon in its name.
    Claim,
}

/// Statements that run one after the other.
pub type Block = Vec<Statement>;

/// One statement.
#[allow(missing_docs, reason = "the variants say what their fields are")]
#[derive(Clone, Debug)]
pub enum Statement {
    /// Text that is printed as it stands.
    Text(EcoString),
    /// `$reference`, printed.
    Print(Reference),
    /// `#set( target = value )`
    Set(Set),
    /// `#if( … ) … #elseif( … ) … #else … #end`
    If(If),
    /// `#foreach( $item in list ) … #end`
    Foreach(Foreach),
    /// `#break`, or `#break( $foreach )`
    Break { node: NodeId, scope: Option<Expression> },
    /// `#stop`
    Stop { node: NodeId },
    /// `#return`, or `#return( value )`
    Return { node: NodeId, value: Option<Expression> },
}

impl Statement {
    /// Its number; text has none.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Self::Text(_) => None,
            Self::Print(reference) => Some(reference.node),
            Self::Set(set) => Some(set.node),
            Self::If(parts) => Some(parts.node),
            Self::Foreach(each) => Some(each.node),
            Self::Break { node, .. } | Self::Stop { node } | Self::Return { node, .. } => Some(*node),
        }
    }
}

/// `#set( target = value )`
#[derive(Clone, Debug)]
pub struct Set {
    /// The whole directive.
    pub node: NodeId,
    /// What is set: a variable, or a property or index of one.
    pub target: Reference,
    /// The right side.
    pub value: Expression,
}

/// `#if` with all its parts.
#[derive(Clone, Debug)]
pub struct If {
    /// The whole directive.
    pub node: NodeId,
    /// `#if` and each `#elseif`, in order.
    pub branches: Vec<Branch>,
    /// `#else`
    pub otherwise: Option<(NodeId, Block)>,
}

/// `#if( condition )` or `#elseif( condition )` with its block.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The part from its `#` on.
    pub node: NodeId,
    /// The condition.
    pub condition: Expression,
    /// What runs when it holds.
    pub body: Block,
}

/// `#foreach( $item in list ) … #end`
#[derive(Clone, Debug)]
pub struct Foreach {
    /// The whole directive.
    pub node: NodeId,
    /// The loop variable.
    pub item: Slot,
    /// What is walked.
    pub list: Expression,
    /// What runs for each item.
    pub body: Block,
}

/// An expression and its place.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Its number.
    pub node: NodeId,
    /// What it is.
    pub kind: ExpressionKind,
}

impl Expression {
    /// The reference of a string that is nothing else, `"$x"`.
    pub fn quoted_reference(&self) -> Option<&Reference> {
        let ExpressionKind::Interpolated { body, .. } = &self.kind else { return None };
        match body.as_slice() {
            [Statement::Print(reference)] => Some(reference),
            [Statement::Print(reference), Statement::Text(rest)] if rest.is_empty() => Some(reference),
            _ => None,
        }
    }

    /// The parts of `a && b && c`; itself where it is nothing of the kind.
    pub fn conjuncts(&self) -> Vec<&Self> {
        let mut parts = Vec::new();
        self.split(|kind| if let ExpressionKind::And(sides) = kind { Some(&**sides) } else { None }, &mut parts);
        parts
    }

    /// The parts of `a || b || c`; itself where it is nothing of the kind.
    pub fn disjuncts(&self) -> Vec<&Self> {
        let mut parts = Vec::new();
        self.split(|kind| if let ExpressionKind::Or(sides) = kind { Some(&**sides) } else { None }, &mut parts);
        parts
    }

    fn split<'e>(&'e self, sides: fn(&'e ExpressionKind) -> Option<&'e (Self, Self)>, parts: &mut Vec<&'e Self>) {
        match sides(&self.kind) {
            Some(both) => {
                both.0.split(sides, parts);
                both.1.split(sides, parts);
            }
            None => parts.push(self),
        }
    }
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExpressionKind {
    /// AppSync's bare `null`, or another bare word in a call's arguments, which is null too.
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number as written; kept apart from values, so that a program may be shared between threads.
    Number(NumberLiteral),
    /// A string without anything to interpolate.
    String(EcoString),
    /// `"… $x #if … "`: a template of its own.
    Interpolated {
        /// The template.
        body: Block,
        /// Whether Velocity's extra blank at its end is still to be cut off.
        trim: bool,
    },
    /// `$name.property.method( … )[index]`
    Reference(Reference),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{"k": v}`
    Map(Vec<(Expression, Expression)>),
    /// `[from..to]`
    Range(Box<(Expression, Expression)>),
    /// `!x`
    Not(Box<Expression>),
    /// `a && b`
    And(Box<(Expression, Expression)>),
    /// `a || b`
    Or(Box<(Expression, Expression)>),
    /// `a == b` and the other comparisons
    Compare(ComparisonOperator, Box<(Expression, Expression)>),
    /// `a + b` and the other arithmetic
    Arithmetic(Operator, Box<(Expression, Expression)>),
}

/// A number literal.
#[derive(Clone, Debug)]
pub enum NumberLiteral {
    /// An `Integer`.
    Integer(i32),
    /// A `Double`.
    Double(f64),
    /// Digits too many for an `Integer`.
    Large(EcoString),
}

impl NumberLiteral {
    /// The value that Java would have.
    pub fn value(&self) -> Number {
        match self {
            Self::Integer(value) => Number::Integer(*value),
            Self::Double(value) => Number::Double(*value),
            Self::Large(digits) => Number::parse_integer(digits),
        }
    }
}

/// `==`, `!=`, `<`, `<=`, `>`, `>=`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonOperator {
    /// `==`, `eq`
    Equal,
    /// `!=`, `ne`
    NotEqual,
    /// `<`, `lt`
    Less,
    /// `<=`, `le`
    LessEqual,
    /// `>`, `gt`
    Greater,
    /// `>=`, `ge`
    GreaterEqual,
}

/// `+`, `-`, `*`, `/`, `%`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`, which also joins strings
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// `$name` with its chain.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its number; its span begins at the `$`.
    pub node: NodeId,
    /// The variable that it begins at.
    pub root: Slot,
    /// The chain after the name.
    pub steps: Vec<Step>,
    /// `$!name`: prints nothing when null.
    pub quiet: bool,
    /// Whether it is written with braces.
    pub formal: bool,
    /// What it prints when null: its own source text.
    pub literal: EcoString,
    /// Backslashes before it: an odd number escapes it.
    pub backslashes: u32,
    /// Further `$` before it, printed as they are.
    pub more: EcoString,
    /// The function, when the chain begins with a call of `$util` or `$extensions` that exists.
    pub function: Option<&'static Function>,
}

impl Reference {
    /// The variable that it begins at, if that is one of the template's own.
    pub fn variable(&self) -> Option<Slot> {
        (self.root.0 as usize >= Slot::FIXED.len()).then_some(self.root)
    }

    /// What its last link calls, with the arguments.
    pub fn last_call(&self) -> Option<(Option<Method>, &[Expression])> {
        self.steps.last()?.kind.call()
    }

    /// Whether its last link calls this.
    pub fn ends_in(&self, wanted: Method) -> bool {
        self.last_call().is_some_and(|(called, _)| called == Some(wanted))
    }

    /// The function of `$util` itself, not of a namespace below it, that it calls.
    pub fn util(&self) -> Option<Method> {
        self.function.filter(|function| function.namespace == "util").and_then(|_| self.called())
    }

    /// The function of `$util`, of a namespace below it, or of `$extensions` that it calls.
    pub fn called(&self) -> Option<Method> {
        self.function?;
        self.steps.iter().find_map(|step| step.kind.call()).and_then(|(called, _)| called)
    }

    /// Whether its last link is a call.
    pub fn is_call(&self) -> bool {
        matches!(self.steps.last(), Some(Step { kind: StepKind::Method { .. }, .. }))
    }
}

/// One link of a chain.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number.
    pub node: NodeId,
    /// What it is.
    pub kind: StepKind,
}

/// What a link of a chain is.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// `.name`
    Property(EcoString),
    /// `.name( … )`
    Method {
        /// As written.
        name: EcoString,
        /// The method or function of that name, where there is one that means anything here.
        method: Option<Method>,
        /// The arguments.
        args: Vec<Expression>,
    },
    /// `[ … ]`
    Index(Expression),
}

impl StepKind {
    /// What it calls, with the arguments; `None` where it is no call.
    pub fn call(&self) -> Option<(Option<Method>, &[Expression])> {
        match self {
            Self::Method { method, args, .. } => Some((*method, args)),
            Self::Property(_) | Self::Index(_) => None,
        }
    }

    /// Whether it calls this.
    pub fn calls(&self, wanted: Method) -> bool {
        self.call().is_some_and(|(called, _)| called == Some(wanted))
    }
}
