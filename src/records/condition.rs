//! What a data source is asked to check: one tree, whichever form it was written in.

use super::attribute::Attribute;
use super::unjudged::Unjudged;
use crate::source::Span;
use ecow::EcoString;
use std::fmt::{self, Display, Formatter, Write as _};

/// Terms joined by AND, OR and NOT.
#[derive(Clone, Debug, PartialEq)]
pub enum RowCondition {
    /// One comparison or function.
    Term(Box<Term>),
    /// Joined by AND; true when empty.
    All(Vec<RowCondition>),
    /// Joined by OR; false when empty.
    Any(Vec<RowCondition>),
    /// Turned round by NOT.
    Not(Box<RowCondition>),
}

/// One comparison or function, the smallest part that is true or false.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As it was written, such as `#owner = :owner`; for a filter object in the same words, such as `owner = "ann"`.
    pub text: EcoString,
    /// Where it stands in the expression; `None` in a filter object.
    pub span: Option<Span>,
    /// What is tested.
    pub test: TermTest,
}

/// What a term tests.
#[derive(Clone, Debug, PartialEq)]
pub enum TermTest {
    /// `left = right` and the other five.
    Compare {
        /// The left operand.
        left: RowOperand,
        /// Which of the six.
        comparator: Comparator,
        /// The right operand.
        right: RowOperand,
    },
    /// `operand BETWEEN low AND high`, both included.
    Between {
        /// What is compared.
        operand: RowOperand,
        /// The lower bound.
        low: RowOperand,
        /// The upper bound.
        high: RowOperand,
    },
    /// `operand IN (…)`
    In {
        /// What is looked for.
        operand: RowOperand,
        /// One of these.
        list: Vec<RowOperand>,
    },
    /// `attribute_exists(path)`, or `attribute_not_exists(path)` if not `wanted`.
    Exists {
        /// The attribute.
        path: Path,
        /// Whether it must be there.
        wanted: bool,
    },
    /// `attribute_type(operand, name)`
    Type {
        /// Whose type.
        operand: RowOperand,
        /// The type's name, such as `"SS"`.
        name: RowOperand,
    },
    /// `begins_with(operand, head)`
    BeginsWith {
        /// The longer text.
        operand: RowOperand,
        /// How it must begin.
        head: RowOperand,
    },
    /// `contains(operand, part)`
    Contains {
        /// A text, a set or a list.
        operand: RowOperand,
        /// A part of the text, or a member.
        part: RowOperand,
    },
    /// OpenSearch's exact `term` and `terms`: one of the row's values is one of these.
    OneOf {
        /// The field, without `.keyword`.
        path: Path,
        /// What is looked for.
        values: Vec<Bound>,
    },
    /// OpenSearch's `exists`: a value that is neither null nor `[]`.
    HasValue {
        /// The field.
        path: Path,
    },
    /// A test of SQL.
    Sql {
        /// How.
        how: SqlHow,
        /// What is tested, and with what.
        operands: Vec<RowOperand>,
        /// Whether it must hold: false under NOT.
        wanted: bool,
    },
    /// What was read but cannot be judged.
    NotRead(Unjudged),
}

/// How SQL tests operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlHow {
    /// `=` and the other five.
    Compare(Comparator),
    /// `LIKE`, or PostgreSQL's `ILIKE`.
    Like {
        /// Whether case does not count.
        any_case: bool,
    },
    /// `IN (…)`
    In,
    /// `BETWEEN … AND …`
    Between,
    /// `IS NULL`
    Null,
    /// A column by itself.
    Truth,
}

/// The six comparators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// One side of a term.
#[derive(Clone, Debug, PartialEq)]
pub enum RowOperand {
    /// An attribute of the row.
    Path(Path),
    /// A value that came with the request.
    Value(Bound),
    /// `size(…)` of another operand.
    Size(Box<RowOperand>),
}

/// A document path such as `info.tags[0]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Never empty, and a name first.
    pub steps: Vec<PathStep>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub enum PathStep {
    /// A name.
    Name {
        /// As written, such as `#owner`.
        written: EcoString,
        /// What it stands for, such as `owner`; `None` if the request does not define it.
        name: Option<EcoString>,
    },
    /// The place in a list, from 0.
    Index(usize),
}

/// A value that came with the request.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// `:owner`, or the value's place in a filter object, such as `or[0].owner.eq`.
    pub name: EcoString,
    /// The value itself.
    pub given: BoundValue,
}

/// What is known of a value that came with the request.
#[derive(Clone, Debug, PartialEq)]
pub enum BoundValue {
    /// The value.
    Value(Attribute),
    /// The caller does not know it: [`RowCondition::forget`].
    Unknown,
    /// The request does not define the placeholder, so DynamoDB refuses it.
    Undefined,
}

impl RowCondition {
    /// A condition of one term.
    pub(super) fn term(text: impl Into<EcoString>, span: Option<Span>, test: TermTest) -> Self {
        Self::Term(Box::new(Term { text: text.into(), span, test }))
    }

    /// All terms from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'c>(&'c self, found: &mut Vec<&'c Term>) {
        match self {
            Self::Term(term) => found.push(term),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect(found)),
            Self::Not(part) => part.collect(found),
        }
    }

    /// Forgets values that stand for something which was not given, by name: terms that need them become unknown.
    pub fn forget(&mut self, unknown: &dyn Fn(&str) -> bool) {
        match self {
            Self::Term(term) => {
                for bound in term.values_mut() {
                    if unknown(&bound.name) {
                        bound.given = BoundValue::Unknown;
                    }
                }
            }
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().for_each(|part| part.forget(unknown)),
            Self::Not(part) => part.forget(unknown),
        }
    }

    pub(super) fn terms_mut(&mut self, change: &mut dyn FnMut(&mut Term)) {
        match self {
            Self::Term(term) => change(term),
            Self::All(parts) | Self::Any(parts) => parts.iter_mut().for_each(|part| part.terms_mut(change)),
            Self::Not(part) => part.terms_mut(change),
        }
    }
}

impl Term {
    /// The operands in order; a function's path counts as one.
    pub fn operands(&self) -> Vec<RowOperand> {
        match &self.test {
            TermTest::Compare { left, right, .. } => vec![left.clone(), right.clone()],
            TermTest::Between { operand, low, high } => vec![operand.clone(), low.clone(), high.clone()],
            TermTest::In { operand, list } => std::iter::once(operand).chain(list).cloned().collect(),
            TermTest::Exists { path, .. } | TermTest::HasValue { path } => vec![RowOperand::Path(path.clone())],
            TermTest::Type { operand, name: other }
            | TermTest::BeginsWith { operand, head: other }
            | TermTest::Contains { operand, part: other } => vec![operand.clone(), other.clone()],
            TermTest::OneOf { path, values } => {
                let values = values.iter().cloned().map(RowOperand::Value);
                std::iter::once(RowOperand::Path(path.clone())).chain(values).collect()
            }
            TermTest::Sql { operands, .. } => operands.clone(),
            TermTest::NotRead(_) => Vec::new(),
        }
    }

    /// The paths that it reads.
    pub fn paths(&self) -> Vec<Path> {
        self.operands().into_iter().filter_map(|operand| operand.path().cloned()).collect()
    }

    /// The values that it holds against them, with their names.
    pub fn values(&self) -> Vec<Bound> {
        self.operands().into_iter().filter_map(|operand| operand.bound().cloned()).collect()
    }

    /// A mere test for existence: the attribute, and whether it must be there.
    pub fn existence(&self) -> Option<(&Path, bool)> {
        match &self.test {
            TermTest::Exists { path, wanted } => Some((path, *wanted)),
            _ => None,
        }
    }

    fn values_mut(&mut self) -> Vec<&mut Bound> {
        match &mut self.test {
            TermTest::OneOf { values, .. } => values.iter_mut().collect(),
            test => test.operands_mut().into_iter().filter_map(RowOperand::bound_mut).collect(),
        }
    }

    /// Every path, to be given its names.
    pub(super) fn paths_mut(&mut self) -> Vec<&mut Path> {
        match &mut self.test {
            TermTest::Exists { path, .. } => vec![path],
            test => test.operands_mut().into_iter().filter_map(RowOperand::path_mut).collect(),
        }
    }

    /// Every value, to be given what it is.
    pub(super) fn bind_values(&mut self, value: &dyn Fn(&str) -> BoundValue) {
        for bound in self.values_mut() {
            bound.given = value(&bound.name);
        }
    }
}

impl TermTest {
    /// The operands that an expression may write either way.
    fn operands_mut(&mut self) -> Vec<&mut RowOperand> {
        match self {
            Self::Compare { left, right, .. } => vec![left, right],
            Self::Between { operand, low, high } => vec![operand, low, high],
            Self::In { operand, list } => std::iter::once(operand).chain(list).collect(),
            Self::Type { operand, name: other }
            | Self::BeginsWith { operand, head: other }
            | Self::Contains { operand, part: other } => vec![operand, other],
            Self::Sql { operands, .. } => operands.iter_mut().collect(),
            Self::Exists { .. } | Self::OneOf { .. } | Self::HasValue { .. } | Self::NotRead(_) => Vec::new(),
        }
    }
}

impl RowOperand {
    /// The path that it reads, also inside `size(…)`.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Size(inner) => inner.path(),
            Self::Value(_) => None,
        }
    }

    /// The value that came with the request, also inside `size(…)`.
    pub fn bound(&self) -> Option<&Bound> {
        match self {
            Self::Value(bound) => Some(bound),
            Self::Size(inner) => inner.bound(),
            Self::Path(_) => None,
        }
    }

    fn path_mut(&mut self) -> Option<&mut Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Size(inner) => inner.path_mut(),
            Self::Value(_) => None,
        }
    }

    fn bound_mut(&mut self) -> Option<&mut Bound> {
        match self {
            Self::Value(bound) => Some(bound),
            Self::Size(inner) => inner.bound_mut(),
            Self::Path(_) => None,
        }
    }
}

impl Path {
    /// The path of one attribute.
    pub fn of(name: &str) -> Self {
        Self { steps: vec![PathStep::Name { written: name.into(), name: Some(name.into()) }] }
    }

    /// The attribute of the row that it begins with, if its name is known.
    pub fn attribute(&self) -> Option<&str> {
        match self.steps.first() {
            Some(PathStep::Name { name, .. }) => name.as_deref(),
            _ => None,
        }
    }

    /// The path without the index at its end, if it ends in one.
    pub fn holder(&self) -> Option<Self> {
        match self.steps.split_last()? {
            (PathStep::Index(_), rest) if !rest.is_empty() => Some(Self { steps: rest.to_vec() }),
            _ => None,
        }
    }

    /// As it stands in the expression, with its placeholders.
    pub fn as_written(&self) -> EcoString {
        let own = |step: &PathStep| match step {
            PathStep::Name { written, .. } => PathStep::Name { written: written.clone(), name: None },
            index => index.clone(),
        };
        ecow::eco_format!("{}", Self { steps: self.steps.iter().map(own).collect() })
    }

    /// The attribute of the row, if the path goes no deeper.
    pub fn top_level(&self) -> Option<&str> {
        if self.steps.len() == 1 { self.attribute() } else { None }
    }
}

impl Display for Path {
    /// With the names that placeholders stand for.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                PathStep::Index(index) => write!(out, "[{index}]")?,
                PathStep::Name { written, name } => {
                    if at > 0 {
                        out.write_char('.')?;
                    }
                    out.write_str(name.as_ref().unwrap_or(written))?;
                }
            }
        }
        Ok(())
    }
}

impl Display for RowOperand {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(out),
            Self::Value(bound) => out.write_str(&bound.name),
            Self::Size(inner) => write!(out, "size({inner})"),
        }
    }
}

impl Comparator {
    /// As DynamoDB writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Reads DynamoDB's sign.
    pub(super) fn from_sign(sign: &str) -> Option<Self> {
        [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual]
            .into_iter()
            .find(|comparator| comparator.sign() == sign)
    }
}

impl Display for Comparator {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.sign())
    }
}
