//! AND and OR side by side without brackets: AND binds before OR, so a term on the caller holds for a part only.

use super::Finished;
use super::judged_term::{JudgedTerm, judged_term};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::judged::JudgedCondition;
use crate::records::{Carried, CarriedRole, Truth};

/// The parts of such a condition: that with the term on the caller, and one that lets through without it.
struct LooseTerms<'j> {
    /// What names the caller.
    caller: JudgedTerm<'j>,
    /// What is joined to it by AND.
    with: Vec<String>,
    /// What stands beside it behind OR.
    beside: Vec<&'j JudgedCondition>,
}

/// A row comes back, or is changed, by the part that asks for no caller: on this row, or on any where none was given.
pub(super) fn missing(run: &Finished<'_>, carried: &Carried, judged: &JudgedCondition, row: Option<String>) -> Option<Finding> {
    let loose = loose(run, carried, judged)?;
    let by = match &row {
        // The term on the caller must fail on it, and another part hold.
        Some(_) if loose.caller.judgement.truth != Truth::False => return None,
        Some(_) => loose.beside.iter().find(|part| part.truth() == Truth::True)?,
        None => loose.beside.first()?,
    };
    // What a value of the request brought in is no slip of the template's.
    let place = |text: &str| run.program.source.text.find(text).map(|at| at as u32);
    if !by.terms().iter().all(|term| place(&term.term.text).is_some()) {
        return None;
    }
    let others: Vec<String> = loose.beside.iter().map(|part| in_brackets(part)).collect();
    let caller = loose.caller.judgement.term.text.to_string();
    let read = format!("({} AND {}) OR {}", caller, loose.with.join(" AND "), others.join(" OR "));
    let meant = format!("{} AND ({} OR {})", caller, loose.with.join(" AND "), others.join(" OR "));
    let does = if carried.role == CarriedRole::Condition { "is written" } else { "gets through" };
    let mut message = Message::of("Wider than it looks:", []);
    match row {
        Some(row) => {
            message.and(Message::of("{} {} although", [Part::Value(row), Part::Text(does.to_owned())]));
            message.and(loose.caller.term());
            message.and(Message::of(
                "does not hold on it ({}, and {}), because",
                [Part::Value(loose.caller.row_words()), Part::Value(loose.caller.value_words())],
            ));
        }
        None => {
            message.and("any row gets through, whosever it is, for which");
        }
    }
    message.and(Message::of(
        "{} holds: AND binds before OR, so this is read as {}. » Put brackets round what belongs together, if the caller is to be asked for in both: {}.",
        [
            Part::Code(format!("`{}`", text(by, false))),
            Part::Code(format!("`{read}`")),
            Part::Code(format!("`{meant}`")),
        ],
    ));
    Some(Finding::new(Code::FilterKeepsAll, message).at(carried.place.as_str()))
}

fn loose<'j>(run: &Finished<'_>, carried: &Carried, judged: &'j JudgedCondition) -> Option<LooseTerms<'j>> {
    let JudgedCondition::Any(_, parts) = judged else { return None };
    if !mixes(&carried.expression) {
        return None;
    }
    let asks = |part: &JudgedCondition| part.terms().into_iter().any(|term| judged_term(run, carried, term).identity());
    let (own, all) = parts.iter().find_map(|part| match part {
        JudgedCondition::All(_, all) if asks(part) => Some((part, all)),
        _ => None,
    })?;
    let mut caller = None;
    let mut with = Vec::new();
    for part in all {
        match part {
            JudgedCondition::Term(term) if caller.is_none() => {
                let term = judged_term(run, carried, term);
                if term.identity() {
                    caller = Some(term);
                } else {
                    with.push(term.judgement.term.text.to_string());
                }
            }
            other => with.push(text(other, true)),
        }
    }
    let beside: Vec<&JudgedCondition> = parts.iter().filter(|part| !std::ptr::eq(*part, own) && !asks(part)).collect();
    // Where every part asks for the caller, none is forgotten.
    (!beside.is_empty() && !with.is_empty() && beside.len() + 1 == parts.len()).then_some(())?;
    Some(LooseTerms { caller: caller?, with, beside })
}

/// A condition as it is written; a part of an AND in brackets where it needs them.
fn text(part: &JudgedCondition, inside: bool) -> String {
    let join = |parts: &[JudgedCondition], word: &str| parts.iter().map(|part| text(part, true)).collect::<Vec<_>>().join(word);
    match part {
        JudgedCondition::Term(term) => term.term.text.to_string(),
        JudgedCondition::All(_, parts) => join(parts, " AND "),
        JudgedCondition::Any(_, parts) if inside => format!("({})", join(parts, " OR ")),
        JudgedCondition::Any(_, parts) => join(parts, " OR "),
        JudgedCondition::Not(_, part) => format!("NOT {}", text(part, true)),
    }
}

/// A part of an OR, in brackets where it is joined itself.
fn in_brackets(part: &JudgedCondition) -> String {
    let words = text(part, false);
    if matches!(part, JudgedCondition::All(..)) { format!("({words})") } else { words }
}

/// Whether AND and OR stand side by side, outside of all brackets and texts.
fn mixes(text: &str) -> bool {
    let (mut depth, mut quote, mut between) = (0_usize, None, false);
    let (mut and, mut or) = (false, false);
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if let Some(open) = quote {
            quote = (letter != open).then_some(open);
            continue;
        }
        if letter.is_alphanumeric() || matches!(letter, '_' | ':' | '#') {
            word.push(letter);
            continue;
        }
        if depth == 0 {
            match word.to_ascii_lowercase().as_str() {
                "between" => between = true,
                "and" if between => between = false,
                "and" => and = true,
                "or" => or = true,
                _ => {}
            }
        }
        word.clear();
        match letter {
            '\'' | '"' | '`' => quote = Some(letter),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    and && or
}
