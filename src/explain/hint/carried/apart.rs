//! A term of a request that holds on a row for one caller and not for the other.

use super::bound::plain;
use super::judged_term::row_name;
use crate::eval::Outcome;
use crate::explain::hint::text::show;
use crate::records::{Carried, CarriedRole, Judgement, Row, RowSubject, SideValue, Truth};
use crate::syntax::Program;
use crate::value::Value;

/// What went two ways at the data source.
#[derive(Clone, Debug)]
pub struct TermFork {
    /// Whether it is a filter, a key condition or a condition.
    pub role: CarriedRole,
    /// The term, as the template has it.
    pub text: String,
    /// Its line, where the text stands in the template.
    pub line: Option<u32>,
    /// Whether it held, for each caller.
    pub held: [bool; 2],
    /// What it was held against, for each caller.
    pub values: [String; 2],
    /// The row, and what it has: `records[0] (id "1")`, `ownerId is "maj"`.
    pub row: (String, String),
}

/// The first term that went two ways on a row.
pub fn find(program: &Program, mine: &Outcome, theirs: &Outcome, records: &[Value]) -> Option<TermFork> {
    let requested = |outcome: &Outcome| super::request(program, outcome, || crate::explain::hint::rendered::read(&outcome.output).value());
    let (mine, theirs) = (requested(mine)?, requested(theirs)?);
    let rows: Vec<Row> = records.iter().filter_map(Row::read).collect();
    mine.carried.iter().zip(&theirs.carried).filter(|(one, other)| one.expression == other.expression).find_map(|(one, other)| {
        rows.iter().enumerate().find_map(|(at, row)| {
            // A write looks at the row that it names.
            if one.role == CarriedRole::Condition && !matches!(one.subject(&rows), RowSubject::Row(own) if std::ptr::eq(own, row)) {
                return None;
            }
            on_row(program, [one, other], at, row)
        })
    })
}

fn on_row(program: &Program, [one, other]: [&Carried; 2], at: usize, row: &Row) -> Option<TermFork> {
    let [mine, theirs] = [one, other].map(|carried| carried.condition.judge(RowSubject::Row(row)));
    mine.with_negations().into_iter().zip(theirs.terms()).find_map(|(my, their)| {
        let negated = my.negated;
        let my = my.judgement;
        let held = [my, their].map(|term| match term.truth {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        });
        let [Some(my_truth), Some(their_truth)] = held else { return None };
        let text = my.term.text.to_string();
        (my_truth != their_truth).then(|| TermFork {
            role: one.role,
            line: program.source.text.find(&text).map(|at| program.source.place(at as u32).line),
            text: if negated { format!("NOT {text}") } else { text },
            held: [my_truth != negated, their_truth != negated],
            values: [my, their].map(values),
            row: (row_name(at, row, one), stored(my)),
        })
    })
}

/// `:me is "ines"`
fn values(term: &Judgement) -> String {
    let each = term.term.values().into_iter().map(|bound| {
        let name = if bound.name.starts_with(':') { bound.name.to_string() } else { "the wanted value".to_owned() };
        format!("{name} is {}", show(&plain(&bound)))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// `ownerId is "maj"`
fn stored(term: &Judgement) -> String {
    let side = term.sides.iter().find(|side| side.from_row);
    side.map_or_else(String::new, |side| match &side.found {
        SideValue::Value(value) => format!("{} is {}", side.text, show(&value.to_value())),
        SideValue::Absent | SideValue::Unknown(_) => format!("{} is absent", side.text),
    })
}
