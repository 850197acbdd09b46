//! What DynamoDB refuses before it looks at a row: the whole request fails, whoever asks.
//!
//! The rules stand on the pages named in [`super::expression`]; the words in [`Display`] follow DynamoDB's own messages
//! (github.com/architect/dynalite, whose tests were run on DynamoDB), so that they are found where they were seen.

use super::attribute::Attribute;
use super::condition::{Bound, Comparator, RowCondition, BoundValue, RowOperand, Path, PathStep, Term, TermTest};
use super::expression::{RowExpression, ExpressionError};
use super::unjudged::Unjudged;
use super::role::CarriedRole;
use super::reserved::is_reserved;
use crate::source::Span;
use ecow::EcoString;
use indexmap::IndexMap;
use std::fmt::{self, Display, Formatter};

/// Why DynamoDB refuses the request that carries an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataRefusal {
    /// The text is no expression.
    Syntax(ExpressionError),
    /// Parentheses right around parentheses.
    RedundantParentheses(Span),
    /// A reserved word stands for an attribute. It needs a `#name`.
    ReservedWord(EcoString),
    /// `#name` is not in `expressionNames`.
    NameUndefined(EcoString),
    /// `:value` is not in `expressionValues`.
    ValueUndefined(EcoString),
    /// `expressionNames` has a name that no expression uses.
    NameUnused(EcoString),
    /// `expressionValues` has a value that no expression uses.
    ValueUnused(EcoString),
    /// A value has no type, or one that does not fit.
    Value(EcoString, EcoString),
    /// An attribute is compared with itself.
    SameOperands(EcoString),
    /// The bounds of BETWEEN have different types.
    BetweenTypes(EcoString),
    /// The lower bound of BETWEEN is greater than the upper.
    BetweenOrder(EcoString),
    /// A function is given a value of a type that it does not take.
    OperandType(EcoString, &'static str),
    /// `attribute_type` is given the name of no type.
    TypeName(EcoString),
    /// A key condition takes `=` and one range, joined by AND.
    KeyCondition(EcoString),
    /// A `condition`, `filter` or `query` without the text of an expression.
    NoExpression,
}

impl DataRefusal {
    /// What to write instead, where that is known.
    #[must_use]
    pub fn cure(&self) -> Option<String> {
        match self {
            Self::NameUndefined(name) => {
                Some(format!("Add `\"{name}\": \"{}\"` to expressionNames (the attribute that it stands for).", name.trim_start_matches('#')))
            }
            Self::ValueUndefined(name) => Some(format!("Add `\"{name}\"` to expressionValues, with its type: `{{\"S\": …}}` for a text.")),
            Self::ReservedWord(word) => Some(format!("Write `#{word}` in its place, and add `\"#{word}\": \"{word}\"` to expressionNames.")),
            Self::NameUnused(name) => Some(format!("Take {name} out of expressionNames, or use it in the expression.")),
            Self::ValueUnused(name) => Some(format!("Take {name} out of expressionValues, or use it in the expression.")),
            _ => None,
        }
    }
}

/// What is wrong with an expression and what came with it. Unused names are looked for by the request, which may have
/// more than one expression.
pub(super) fn of_expression(expression: &RowExpression, bound: &RowCondition, role: CarriedRole) -> Vec<DataRefusal> {
    let mut found: Vec<_> = expression.redundant.iter().copied().map(DataRefusal::RedundantParentheses).collect();
    for term in bound.terms() {
        of_names(term, &mut found);
        of_values(term, &mut found);
        of_test(term, &mut found);
    }
    if role == CarriedRole::KeyCondition {
        of_key_condition(bound, &mut found);
    }
    let mut seen: Vec<DataRefusal> = Vec::new();
    for refusal in found {
        if !seen.contains(&refusal) {
            seen.push(refusal);
        }
    }
    seen
}

/// What is wrong with the text of an expression by itself, whatever its names and values are; and the placeholders of names and
/// of values that it uses.
#[must_use]
pub fn of_text(text: &str, role: CarriedRole) -> (Vec<DataRefusal>, Vec<EcoString>) {
    let expression = match super::expression::parse(text) {
        Ok(expression) => expression,
        Err(error) => return (vec![DataRefusal::Syntax(error)], Vec::new()),
    };
    let mut used = Vec::new();
    let mut refusals = of_expression(&expression, &expression.condition, role);
    refusals.retain(|refusal| match refusal {
        DataRefusal::NameUndefined(name) | DataRefusal::ValueUndefined(name) => {
            used.push(name.clone());
            false
        }
        _ => true,
    });
    (refusals, used)
}

/// The names and values that none of these texts uses.
pub(super) fn unused(
    names: &IndexMap<EcoString, EcoString>,
    values: &IndexMap<EcoString, Attribute>,
    texts: &[EcoString],
) -> Vec<DataRefusal> {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let used = |name: &str| {
        let ends = |text: &str, at: usize| !text[at + name.len()..].starts_with(word);
        texts.iter().any(|text| text.match_indices(name).any(|(at, _)| ends(text, at)))
    };
    let names = names.keys().filter(|name| !used(name)).cloned().map(DataRefusal::NameUnused);
    let values = values.keys().filter(|name| !used(name)).cloned().map(DataRefusal::ValueUnused);
    names.chain(values).collect()
}

fn of_names(term: &Term, found: &mut Vec<DataRefusal>) {
    for step in term.paths().into_iter().flat_map(|path| path.steps) {
        match step {
            PathStep::Name { written, name: None } => found.push(DataRefusal::NameUndefined(written)),
            PathStep::Name { written, .. } if !written.starts_with('#') && is_reserved(&written) => {
                found.push(DataRefusal::ReservedWord(written));
            }
            _ => {}
        }
    }
}

fn of_values(term: &Term, found: &mut Vec<DataRefusal>) {
    for Bound { name, given } in term.values() {
        match given {
            BoundValue::Undefined => found.push(DataRefusal::ValueUndefined(name)),
            BoundValue::Value(Attribute::Unreadable(what)) => found.push(DataRefusal::Value(name, what)),
            _ => {}
        }
    }
}

fn known(operand: &RowOperand) -> Option<&Attribute> {
    match operand {
        RowOperand::Value(Bound { given: BoundValue::Value(value), .. }) => Some(value),
        _ => None,
    }
}

/// The type of an operand that does not depend on the row.
fn fixed_type(operand: &RowOperand) -> Option<&'static str> {
    match operand {
        RowOperand::Size(_) => Some("N"),
        other => known(other).map(Attribute::type_name),
    }
}

fn of_test(term: &Term, found: &mut Vec<DataRefusal>) {
    for operand in term.operands() {
        if let RowOperand::Size(inner) = &operand
            && let Some(name @ ("N" | "BOOL" | "NULL")) = fixed_type(inner)
        {
            found.push(DataRefusal::OperandType("size".into(), name));
        }
    }
    match &term.test {
        TermTest::Compare { left: RowOperand::Path(left), right: RowOperand::Path(right), .. }
        | TermTest::BeginsWith { operand: RowOperand::Path(left), head: RowOperand::Path(right) }
        | TermTest::Contains { operand: RowOperand::Path(left), part: RowOperand::Path(right) }
            if same_path(left, right) =>
        {
            found.push(DataRefusal::SameOperands(term.text.clone()));
        }
        TermTest::Between { low, high, .. } => of_bounds(term, low, high, found),
        TermTest::BeginsWith { operand, head } => {
            let wrong =
                [operand, head].into_iter().filter_map(fixed_type).find(|name| !matches!(*name, "S" | "B" | "?"));
            found.extend(wrong.map(|name| DataRefusal::OperandType("begins_with".into(), name)));
        }
        TermTest::Type { name, .. } => match known(name) {
            Some(Attribute::String(name)) if !TYPES.contains(&name.as_str()) => {
                found.push(DataRefusal::TypeName(name.clone()));
            }
            Some(Attribute::String(_) | Attribute::Unreadable(_)) | None => {}
            Some(other) => found.push(DataRefusal::OperandType("attribute_type".into(), other.type_name())),
        },
        _ => {}
    }
}

/// The names that `attribute_type` takes.
const TYPES: [&str; 10] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

fn same_path(left: &Path, right: &Path) -> bool {
    let step = |step: &PathStep| match step {
        PathStep::Name { name, .. } => name.as_ref().map(|name| (Some(name.clone()), 0)),
        PathStep::Index(index) => Some((None, *index)),
    };
    let steps = |path: &Path| path.steps.iter().map(step).collect::<Option<Vec<_>>>();
    matches!((steps(left), steps(right)), (Some(left), Some(right)) if left == right)
}

fn of_bounds(term: &Term, low: &RowOperand, high: &RowOperand, found: &mut Vec<DataRefusal>) {
    let (Some(low), Some(high)) = (known(low), known(high)) else { return };
    if matches!(low, Attribute::Unreadable(_)) || matches!(high, Attribute::Unreadable(_)) {
        return;
    }
    if low.type_name() != high.type_name() {
        found.push(DataRefusal::BetweenTypes(term.text.clone()));
    } else if low.order(high).is_some_and(std::cmp::Ordering::is_gt) {
        found.push(DataRefusal::BetweenOrder(term.text.clone()));
    }
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html>
fn of_key_condition(condition: &RowCondition, found: &mut Vec<DataRefusal>) {
    let terms = match condition {
        RowCondition::Term(_) => std::slice::from_ref(condition),
        RowCondition::All(parts) => parts,
        RowCondition::Any(_) => return found.push(DataRefusal::KeyCondition("OR".into())),
        RowCondition::Not(_) => return found.push(DataRefusal::KeyCondition("NOT".into())),
    };
    let mut equal = false;
    for part in terms {
        match part {
            RowCondition::Term(term) => match &term.test {
                TermTest::Compare { comparator: Comparator::Equal, .. } => equal = true,
                TermTest::Compare { comparator: Comparator::NotEqual, .. }
                | TermTest::In { .. }
                | TermTest::Exists { .. }
                | TermTest::Type { .. }
                | TermTest::Contains { .. } => found.push(DataRefusal::KeyCondition(term.text.clone())),
                _ => {}
            },
            other => of_key_condition(other, found),
        }
    }
    if !equal && terms.iter().all(|part| matches!(part, RowCondition::Term(_))) {
        found.push(DataRefusal::KeyCondition("no = for the partition key".into()));
    }
}

impl DataRefusal {
    /// The same as the reason why a term was not judged.
    pub(super) fn why(&self) -> Unjudged {
        Unjudged::Refused(ecow::eco_format!("{self}"))
    }
}

impl Display for DataRefusal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(out, "syntax error: {error}"),
            Self::RedundantParentheses(_) => out.write_str("the expression has redundant parentheses"),
            Self::ReservedWord(word) => {
                write!(
                    out,
                    "attribute name is a reserved keyword: {word}; write #{word} and give it in expressionNames"
                )
            }
            Self::NameUndefined(name) => {
                write!(out, "an expression attribute name used in the document path is not defined: {name}")
            }
            Self::ValueUndefined(name) => {
                write!(out, "an expression attribute value used in expression is not defined: {name}")
            }
            Self::NameUnused(name) => write!(out, "a name in expressionNames is not used in any expression: {name}"),
            Self::ValueUnused(name) => write!(out, "a value in expressionValues is not used in any expression: {name}"),
            Self::Value(name, what) => write!(out, "the value of {name} is {what}"),
            Self::SameOperands(text) => write!(out, "the first operand must be distinct from the others: {text}"),
            Self::BetweenTypes(text) => write!(out, "BETWEEN requires bounds of the same type: {text}"),
            Self::BetweenOrder(text) => {
                write!(out, "BETWEEN requires an upper bound not less than the lower bound: {text}")
            }
            Self::OperandType(function, name) => {
                write!(out, "incorrect operand type for operator or function {function}: {name}")
            }
            Self::TypeName(name) => write!(out, "invalid attribute type name: {name}"),
            Self::KeyCondition(what) => {
                write!(
                    out,
                    "a key condition is an = for the partition key and at most a range for the sort key: {what}"
                )
            }
            Self::NoExpression => out.write_str("there is no text under `expression`"),
        }
    }
}
