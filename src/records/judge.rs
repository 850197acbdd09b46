//! DynamoDB's rules for each term.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>. What the
//! page leaves open was seen on DynamoDB itself: with an absent attribute `<>` holds and every other comparison fails
//! (github.com/ExtendDB/extenddb/pull/5), and so do they with values of different types.

use super::attribute::Attribute;
use super::condition::{Bound, Comparator, Condition, Given, Operand, Test};
use super::judged::{Found, Judged, Judgement, Side, Truth};
use super::unjudged::Unjudged;
use super::row::Subject;
use ecow::{EcoString, eco_format};
use std::cmp::Ordering;

/// What a term is: true, false, or why it is not judged.
type Answer = Result<bool, Unjudged>;

impl Condition {
    /// Judges each term on a row. NOT, AND and OR are those of three values: a false term decides an AND whatever the
    /// unknown ones are.
    pub fn judge(&self, subject: Subject<'_>) -> Judged {
        match self {
            Self::Term(term) => {
                let sides: Vec<_> = term.operands().iter().map(|operand| side(operand, subject)).collect();
                let answer = test(&term.test, &sides);
                let truth = Truth::from_option(answer.as_ref().ok().copied());
                Judged::Term(Box::new(Judgement { term: (**term).clone(), sides, truth, why: answer.err() }))
            }
            Self::All(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.judge(subject)).collect();
                Judged::All(join(&parts, Truth::False), parts)
            }
            Self::Any(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.judge(subject)).collect();
                Judged::Any(join(&parts, Truth::True), parts)
            }
            Self::Not(part) => {
                let part = part.judge(subject);
                Judged::Not(part.truth().not(), Box::new(part))
            }
        }
    }
}

/// One part that is `decisive` decides; else one unknown part makes it unknown.
fn join(parts: &[Judged], decisive: Truth) -> Truth {
    let any = |truth: Truth| parts.iter().any(|part| part.truth() == truth);
    if any(decisive) {
        decisive
    } else if any(Truth::Unknown) {
        Truth::Unknown
    } else {
        decisive.not()
    }
}

fn side(operand: &Operand, subject: Subject<'_>) -> Side {
    Side { text: eco_format!("{operand}"), found: find(operand, subject), from_row: operand.path().is_some() }
}

fn find(operand: &Operand, subject: Subject<'_>) -> Found {
    match operand {
        Operand::Path(path) => subject.find(path),
        Operand::Value(bound) => value(bound),
        Operand::Size(inner) => match find(inner, subject) {
            Found::Value(value) => size(&value),
            other => other,
        },
    }
}

fn value(bound: &Bound) -> Found {
    match &bound.given {
        Given::Value(Attribute::Unreadable(what)) => Found::Unknown(Unjudged::Unreadable(what.clone())),
        Given::Value(value) => Found::Value(value.clone()),
        Given::Unknown => Found::Unknown(Unjudged::ValueNotGiven(bound.name.clone())),
        Given::Undefined => Found::Unknown(Unjudged::ValueUndefined(bound.name.clone())),
    }
}

/// `size`: letters of a text, bytes of a binary, members of the rest; numbers, booleans and NULL have none.
fn size(value: &Attribute) -> Found {
    let count = match value {
        Attribute::String(text) if !text.is_ascii() => return Found::Unknown(Unjudged::SizeOfText),
        Attribute::String(text) => text.len(),
        Attribute::Binary(bytes) => bytes.len(),
        Attribute::Map(entries) => entries.len(),
        other => match other.members() {
            Some(members) => members.len(),
            None => return Found::Absent,
        },
    };
    Found::Value(Attribute::Number((count as u64).into()))
}

fn test(test: &Test, sides: &[Side]) -> Answer {
    let found: Vec<&Found> = sides.iter().map(|side| &side.found).collect();
    match (test, found.as_slice()) {
        (Test::NotRead(why), _) => Err(why.clone()),
        (Test::Compare { comparator, .. }, [left, right]) => compare(*comparator, left, right),
        (Test::Between { .. }, [operand, low, high]) => {
            let from = compare(Comparator::GreaterOrEqual, operand, low);
            let to = compare(Comparator::LessOrEqual, operand, high);
            both(from, to)
        }
        (Test::In { .. }, [operand, list @ ..]) => {
            either(list.iter().map(|item| compare(Comparator::Equal, operand, item)))
        }
        (Test::OneOf { path, .. }, [found, list @ ..]) => one_of(&eco_format!("{path}"), found, list),
        (Test::Exists { wanted, .. }, [found]) => Ok(exists(found)? == *wanted),
        (Test::HasValue { .. }, [found]) => has_value(found),
        (Test::Type { .. }, [operand, name]) => with_values(operand, name, has_type),
        (Test::BeginsWith { .. }, [operand, head]) => with_values(operand, head, begins_with),
        (Test::Contains { .. }, [operand, part]) => with_values(operand, part, contains),
        _ => Err(Unjudged::NotKnown("a term without its operands".into())),
    }
}

/// An absent operand makes a function false, an unknown one leaves it open.
fn with_values(left: &Found, right: &Found, test: fn(&Attribute, &Attribute) -> Answer) -> Answer {
    match (left, right) {
        (Found::Value(left), Found::Value(right)) => test(left, right),
        (Found::Absent, _) | (_, Found::Absent) => Ok(false),
        (Found::Unknown(why), _) | (_, Found::Unknown(why)) => Err(why.clone()),
    }
}

fn compare(comparator: Comparator, left: &Found, right: &Found) -> Answer {
    let (left, right) = match (left, right) {
        (Found::Value(left), Found::Value(right)) => (left, right),
        // With one side absent, the other need not be known.
        (Found::Absent, _) | (_, Found::Absent) => return Ok(comparator == Comparator::NotEqual),
        (Found::Unknown(why), _) | (_, Found::Unknown(why)) => return Err(why.clone()),
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
fn one_of(field: &EcoString, found: &Found, list: &[&Found]) -> Answer {
    let values = match found {
        Found::Value(value) => value.members().unwrap_or_else(|| vec![value.clone()]),
        Found::Absent => Vec::new(),
        Found::Unknown(why) => return Err(why.clone()),
    };
    let same = |value: &Attribute, wanted: &Found| match wanted {
        Found::Value(wanted) if *value == Attribute::Null || *wanted == Attribute::Null => Ok(false),
        Found::Value(wanted) if wanted.type_name() != value.type_name() => Err(Unjudged::SearchMapping(field.clone())),
        Found::Value(wanted) => value.same(wanted).ok_or(Unjudged::ListOrSet),
        Found::Absent => Ok(false),
        Found::Unknown(why) => Err(why.clone()),
    };
    either(values.iter().flat_map(|value| list.iter().map(move |wanted| same(value, wanted))))
}

fn both(left: Answer, right: Answer) -> Answer {
    match (left, right) {
        (Ok(false), _) | (_, Ok(false)) => Ok(false),
        (Err(why), _) | (_, Err(why)) => Err(why),
        _ => Ok(true),
    }
}

fn either(answers: impl Iterator<Item = Answer>) -> Answer {
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

fn exists(found: &Found) -> Answer {
    match found {
        Found::Value(_) => Ok(true),
        Found::Absent => Ok(false),
        Found::Unknown(why) => Err(why.clone()),
    }
}

/// OpenSearch's `exists`: null and `[]` count as nothing.
/// <https://docs.opensearch.org/latest/query-dsl/term/exists/>
fn has_value(found: &Found) -> Answer {
    Ok(exists(found)?
        && match found {
            Found::Value(Attribute::Null) => false,
            Found::Value(value) => value.members().is_none_or(|members| members.iter().any(|m| *m != Attribute::Null)),
            _ => false,
        })
}

fn has_type(value: &Attribute, name: &Attribute) -> Answer {
    let Attribute::String(name) = name else { return Ok(false) };
    if matches!(value, Attribute::ListOrSet(_)) && matches!(name.as_str(), "L" | "SS" | "NS" | "BS") {
        return Err(Unjudged::ListOrSet);
    }
    Ok(value.type_name() == name.as_str())
}

fn begins_with(value: &Attribute, head: &Attribute) -> Answer {
    Ok(match (value, head) {
        (Attribute::String(text), Attribute::String(head)) => text.starts_with(head.as_str()),
        (Attribute::Binary(bytes), Attribute::Binary(head)) => bytes.starts_with(head),
        _ => false,
    })
}

/// A part of a text or a binary, or a member of a set or a list.
fn contains(value: &Attribute, part: &Attribute) -> Answer {
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
