//! DynamoDB's rules for each term.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>. What the
//! page leaves open was seen on DynamoDB itself: with an absent attribute `<>` holds and every other comparison fails
//! (github.com/ExtendDB/extenddb/pull/5), and so do they with values of different types.

use super::attribute::Attribute;
use super::condition::{Bound, BoundValue, Comparator, Path, RowCondition, RowOperand, Term, TermTest};
use super::judged::{SideValue, JudgedCondition, Judgement, Side, Truth};
use super::unjudged::Unjudged;
use super::row::{ArrayReading, RowSubject};
use ecow::{EcoString, eco_format};
use std::cmp::Ordering;

/// What a term is: true, false, or why it is not judged.
type TermTruth = Result<bool, Unjudged>;

impl RowCondition {
    /// Judges each term on a row. NOT, AND and OR are those of three values: a false term decides an AND whatever the
    /// unknown ones are.
    pub fn judge(&self, subject: RowSubject<'_>) -> JudgedCondition {
        match self {
            Self::Term(term) => {
                let (sides, answer) = judged_sides(term, subject);
                let truth = Truth::from_option(answer.as_ref().ok().copied());
                JudgedCondition::Term(Box::new(Judgement { term: (**term).clone(), sides, truth, why: answer.err() }))
            }
            Self::All(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.judge(subject)).collect();
                JudgedCondition::All(join(&parts, Truth::False), parts)
            }
            Self::Any(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.judge(subject)).collect();
                JudgedCondition::Any(join(&parts, Truth::True), parts)
            }
            Self::Not(part) => {
                let part = part.judge(subject);
                JudgedCondition::Not(part.truth().not(), Box::new(part))
            }
        }
    }
}

/// One part that is `decisive` decides; else one unknown part makes it unknown.
fn join(parts: &[JudgedCondition], decisive: Truth) -> Truth {
    let any = |truth: Truth| parts.iter().any(|part| part.truth() == truth);
    if any(decisive) {
        decisive
    } else if any(Truth::Unknown) {
        Truth::Unknown
    } else {
        decisive.not()
    }
}

/// The sides of a term, and what it is. An index into an array that may be a list or a set is read both ways: where both
/// come to the same, nothing is open.
fn judged_sides(term: &Term, subject: RowSubject<'_>) -> (Vec<Side>, TermTruth) {
    let read = |array| {
        let sides: Vec<_> = term.operands().iter().map(|operand| side(operand, subject, array)).collect();
        let answer = test(&term.test, &sides);
        (sides, answer)
    };
    let open = read(ArrayReading::Open);
    let indexed = open.0.iter().any(|side| side.from_row && side.found == SideValue::Unknown(Unjudged::ListOrSet));
    if !indexed {
        return open;
    }
    let (list, set) = (read(ArrayReading::List), read(ArrayReading::Set));
    if list.1.is_ok() && list.1 == set.1 { list } else { open }
}

fn side(operand: &RowOperand, subject: RowSubject<'_>, array: ArrayReading) -> Side {
    let holder = operand.path().and_then(Path::holder).and_then(|holder| match subject.find(&holder, array) {
        SideValue::Value(list) => Some((eco_format!("{}", holder.as_written()), list)),
        _ => None,
    });
    Side { text: eco_format!("{operand}"), found: find(operand, subject, array), from_row: operand.path().is_some(), holder }
}

fn find(operand: &RowOperand, subject: RowSubject<'_>, array: ArrayReading) -> SideValue {
    match operand {
        RowOperand::Path(path) => subject.find(path, array),
        RowOperand::Value(bound) => value(bound),
        RowOperand::Size(inner) => match find(inner, subject, array) {
            SideValue::Value(value) => size(&value),
            other => other,
        },
    }
}

fn value(bound: &Bound) -> SideValue {
    match &bound.given {
        BoundValue::Value(Attribute::Unreadable(what)) => SideValue::Unknown(Unjudged::Unreadable(what.clone())),
        BoundValue::Value(value) => SideValue::Value(value.clone()),
        BoundValue::Unknown => SideValue::Unknown(Unjudged::ValueNotGiven(bound.name.clone())),
        BoundValue::Undefined => SideValue::Unknown(Unjudged::ValueUndefined(bound.name.clone())),
    }
}

/// `size`: letters of a text, bytes of a binary, members of the rest; numbers, booleans and NULL have none.
fn size(value: &Attribute) -> SideValue {
    let count = match value {
        Attribute::String(text) if !text.is_ascii() => return SideValue::Unknown(Unjudged::SizeOfText),
        Attribute::String(text) => text.len(),
        Attribute::Binary(bytes) => bytes.len(),
        Attribute::Map(entries) => entries.len(),
        other => match other.members() {
            Some(members) => members.len(),
            None => return SideValue::Absent,
        },
    };
    SideValue::Value(Attribute::Number((count as u64).into()))
}

fn test(test: &TermTest, sides: &[Side]) -> TermTruth {
    let found: Vec<&SideValue> = sides.iter().map(|side| &side.found).collect();
    match (test, found.as_slice()) {
        (TermTest::NotRead(why), _) => Err(why.clone()),
        (TermTest::Sql { how, wanted, .. }, _) => super::sql::holds(*how, *wanted, sides),
        (TermTest::Compare { comparator, .. }, [left, right]) => compare(*comparator, left, right),
        (TermTest::Between { .. }, [operand, low, high]) => {
            let from = compare(Comparator::GreaterOrEqual, operand, low);
            let to = compare(Comparator::LessOrEqual, operand, high);
            both(from, to)
        }
        (TermTest::In { .. }, [operand, list @ ..]) => {
            either(list.iter().map(|item| compare(Comparator::Equal, operand, item)))
        }
        (TermTest::OneOf { path, .. }, [found, list @ ..]) => one_of(&eco_format!("{path}"), found, list),
        (TermTest::Exists { wanted, .. }, [found]) => Ok(exists(found)? == *wanted),
        (TermTest::HasValue { .. }, [found]) => has_value(found),
        (TermTest::Type { .. }, [operand, name]) => with_values(operand, name, has_type),
        (TermTest::BeginsWith { .. }, [operand, head]) => with_values(operand, head, begins_with),
        (TermTest::Contains { .. }, [operand, part]) => with_values(operand, part, contains),
        _ => Err(Unjudged::NotKnown("a term without its operands".into())),
    }
}

/// An absent operand makes a function false, an unknown one leaves it open.
fn with_values(left: &SideValue, right: &SideValue, test: fn(&Attribute, &Attribute) -> TermTruth) -> TermTruth {
    match (left, right) {
        (SideValue::Value(left), SideValue::Value(right)) => test(left, right),
        (SideValue::Absent, _) | (_, SideValue::Absent) => Ok(false),
        (SideValue::Unknown(why), _) | (_, SideValue::Unknown(why)) => Err(why.clone()),
    }
}

fn compare(comparator: Comparator, left: &SideValue, right: &SideValue) -> TermTruth {
    let (left, right) = match (left, right) {
        (SideValue::Value(left), SideValue::Value(right)) => (left, right),
        // With one side absent, the other need not be known.
        (SideValue::Absent, _) | (_, SideValue::Absent) => return Ok(comparator == Comparator::NotEqual),
        (SideValue::Unknown(why), _) | (_, SideValue::Unknown(why)) => return Err(why.clone()),
    };
    let same = || left.same(right).ok_or(Unjudged::ListOrSet);
    let ordered = |test: fn(Ordering) -> bool| Ok(left.order(right).is_some_and(test));
    match comparator {
        Comparator::Equal => same(),
        Comparator::NotEqual => Ok(!same()?),
        Comparator::Less => ordered(Ordering::is_lt),
        Comparator::LessOrEqual => ordered(Ordering::is_le),
        Comparator::Greater => ordered(Ordering::is_gt),
        Comparator::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// OpenSearch looks at each value of an array. A text against a number depends on what the index makes of the field.
fn one_of(field: &EcoString, found: &SideValue, list: &[&SideValue]) -> TermTruth {
    let values = match found {
        SideValue::Value(value) => value.members().unwrap_or_else(|| vec![value.clone()]),
        SideValue::Absent => Vec::new(),
        SideValue::Unknown(why) => return Err(why.clone()),
    };
    let same = |value: &Attribute, wanted: &SideValue| match wanted {
        SideValue::Value(wanted) if *value == Attribute::Null || *wanted == Attribute::Null => Ok(false),
        SideValue::Value(wanted) if wanted.type_name() != value.type_name() => Err(Unjudged::SearchMapping(field.clone())),
        SideValue::Value(wanted) => value.same(wanted).ok_or(Unjudged::ListOrSet),
        SideValue::Absent => Ok(false),
        SideValue::Unknown(why) => Err(why.clone()),
    };
    either(values.iter().flat_map(|value| list.iter().map(move |wanted| same(value, wanted))))
}

fn both(left: TermTruth, right: TermTruth) -> TermTruth {
    match (left, right) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Err(why), _) | (_, Err(why)) => Err(why),
        _ => Ok(true),
    }
}

fn either(answers: impl Iterator<Item = TermTruth>) -> TermTruth {
    let mut result = Ok(false);
    for answer in answers {
        match answer {
            Ok(true) => return Ok(true),
            Err(why) if result.is_ok() => result = Err(why),
            _ => {}
        }
    }
    result
}

fn exists(found: &SideValue) -> TermTruth {
    match found {
        SideValue::Value(_) => Ok(true),
        SideValue::Absent => Ok(false),
        SideValue::Unknown(why) => Err(why.clone()),
    }
}

/// OpenSearch's `exists`: null and `[]` count as nothing.
/// <https://docs.opensearch.org/latest/query-dsl/term/exists/>
fn has_value(found: &SideValue) -> TermTruth {
    Ok(exists(found)?
        && match found {
            SideValue::Value(Attribute::Null) => false,
            SideValue::Value(value) => value.members().is_none_or(|members| members.iter().any(|m| *m != Attribute::Null)),
            _ => false,
        })
}

fn has_type(value: &Attribute, name: &Attribute) -> TermTruth {
    let Attribute::String(name) = name else { return Ok(false) };
    if matches!(value, Attribute::ListOrSet(_)) && matches!(name.as_str(), "L" | "SS" | "NS" | "BS") {
        return Err(Unjudged::ListOrSet);
    }
    Ok(value.type_name() == name.as_str())
}

fn begins_with(value: &Attribute, head: &Attribute) -> TermTruth {
    Ok(match (value, head) {
        (Attribute::String(text), Attribute::String(head)) => text.starts_with(head.as_str()),
        (Attribute::Binary(bytes), Attribute::Binary(head)) => bytes.starts_with(head),
        _ => false,
    })
}

/// A part of a text or a binary, or a member of a set or a list.
fn contains(value: &Attribute, part: &Attribute) -> TermTruth {
    match (value, part) {
        (Attribute::String(text), Attribute::String(part)) => Ok(text.contains(part.as_str())),
        (Attribute::Binary(bytes), Attribute::Binary(part)) => {
            Ok(part.is_empty() || bytes.windows(part.len()).any(|window| window == part.as_slice()))
        }
        (list, part) => {
            let members = list.members().unwrap_or_default();
            either(members.iter().map(|member| member.same(part).ok_or(Unjudged::ListOrSet)))
        }
    }
}
