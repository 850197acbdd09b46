//! The comparison of two callers in sentences: what each gets, what went two ways, and where the values come from.

use super::{ComparedCaller, Comparison, Fork, ForkKind, Seen, Sourced};
use crate::source::one_line;
use crate::explain::hint::carried::apart::TermFork;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::subject;
use crate::explain::hint::claim_name;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::value::Value;

/// Sources named in the sentence; a report has them all.
const NAMED: usize = 3;

/// Everything, most telling first.
pub fn message(found: &Comparison, many: bool) -> Message {
    let names = names(found.callers.each_ref());
    let mut message = Message::from(verdicts(found, &names));
    message.and(mode(&found.callers, &names));
    if let Some(fork) = &found.fork {
        message.and(went(fork, found, &names, many));
    }
    if let Some(term) = &found.term {
        message.and(at_source(term, &names));
    }
    let sessions = sessions(&found.sources);
    let differs = |source: &&Sourced| source.path != "identity.userArn" || sessions.is_empty();
    for source in found.sources.iter().filter(differs).take(NAMED) {
        message.and(Message::of("{} is {} for {} and {} for {}.", [
            Part::Name(capital(&subject(&source.path))),
            Part::Value(stands(&source.values[0])),
            Part::Text(names[0].clone()),
            Part::Value(stands(&source.values[1])),
            Part::Text(names[1].clone()),
        ]));
    }
    message.and(found.refused_elsewhere.clone());
    message.and(tokens(found, &names));
    message.and(sessions);
    let parted = found.fork.is_some() || found.term.is_some() || found.layer.is_some();
    if !parted && found.rows.is_none() && found.callers[0].auth_type == found.callers[1].auth_type {
        message.and("Nothing that the templates looked at went two ways.");
    }
    message
}

/// How a sentence calls them.
pub fn names(callers: [&ComparedCaller; 2]) -> [String; 2] {
    match (&callers[0].name, &callers[1].name) {
        (Some(mine), Some(theirs)) if mine != theirs => [mine.clone(), theirs.clone()],
        (Some(mine), None) => [mine.clone(), "the other caller".to_owned()],
        (None, Some(theirs)) => ["this caller".to_owned(), theirs.clone()],
        _ => ["this caller".to_owned(), "the other caller".to_owned()],
    }
}

fn verdicts(found: &Comparison, [mine, theirs]: &[String; 2]) -> String {
    let other = if theirs == "the other caller" { theirs.clone() } else { format!("{theirs} (the other caller)") };
    let [my, their] = found.verdicts;
    if let Some([rows, others]) = found.rows.as_ref().filter(|[rows, others]| my == their && rows != others) {
        return format!(
            "Of the rows that were given {mine} gets {}, and {other} gets {}: both {}.",
            listed(rows),
            listed(others),
            both(my)
        );
    }
    if my == their {
        return format!("{} and {other} get the same: both {}.", capital(mine), both(my));
    }
    format!("{} {}, and {other} {}.", capital(mine), gets(my), gets(their))
}

fn gets(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "is allowed",
        Verdict::Denied => "is denied",
        Verdict::Filtered => "is allowed with a filter",
        Verdict::Error => "ends in an error",
        Verdict::Completed => "is let through",
        Verdict::Unknown => "has no certain answer",
    }
}

fn both(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "are allowed",
        Verdict::Denied => "are denied",
        Verdict::Filtered => "are allowed with a filter",
        Verdict::Error => "end in an error",
        Verdict::Completed => "are let through",
        Verdict::Unknown => "have no certain answer",
    }
}

fn mode(callers: &[ComparedCaller; 2], [mine, theirs]: &[String; 2]) -> String {
    match (callers[0].auth_type, callers[1].auth_type) {
        (Some(my), Some(their)) if my != their => {
            format!("They came in different modes: {mine} by {my}, {theirs} by {their}.")
        }
        _ => String::new(),
    }
}

/// The condition, loop or value that went two ways.
fn went(fork: &Fork, found: &Comparison, names: &[String; 2], many: bool) -> Message {
    let span = fork.program.span(fork.node);
    let line = fork.program.source.place(span.start).line;
    let place = if many { format!("line {line} of {}", fork.program.source.name) } else { format!("line {line}") };
    let code = |text: &str| Part::Code(format!("`{}`", one_line(text)));
    // A value that a source repeats is told there.
    let repeats = |seen: &Seen, source: &Sourced, at: usize| match (seen.values[at].as_slice(), &source.values[at]) {
        ([Value::Null], None) => true,
        ([one], Some(other)) => one.loosely_equals(other),
        _ => false,
    };
    let repeated = |seen: &Seen| found.sources.iter().any(|source| (0..2).all(|at| repeats(seen, source, at)));
    let own: Vec<&Seen> = fork.seen.iter().filter(|seen| !seen.same() && !repeated(seen)).collect();
    let values = |at: usize| {
        let each = own.iter().map(|seen| format!("{} = {}{}", seen.expr, in_turn(&seen.values[at]), item_of(seen, at)));
        let each = each.collect::<Vec<_>>().join(", ");
        Part::Value(if each.is_empty() { each } else { format!(" ({each})") })
    };
    let text = |at: usize| Part::Text(names[at].clone());
    let mut message = match (fork.kind, fork.held) {
        (ForkKind::Value, _) => {
            let seen = fork.seen.first();
            let value = |at: usize| Part::Value(seen.map_or(String::new(), |seen| in_turn(&seen.values[at])));
            let expr = seen.map_or("", |seen| seen.expr.as_str());
            Message::of("{} gave {} another value: {} for {}, {} for {}.", [
                Part::Place(capital(&place)), code(expr), value(0), text(0), value(1), text(1),
            ])
        }
        (ForkKind::Loop, [mine, _]) => {
            let expr = fork.seen.first().map_or("", |seen| seen.expr.as_str());
            let (with, without) = if mine == Some(true) { (0, 1) } else { (1, 0) };
            Message::of("The loop on {} over {} has no turn for {}{}, and runs for {}{}.", [
                Part::Place(place), code(expr), text(without), values(without), text(with), values(with),
            ])
        }
        (ForkKind::Condition, [mine, theirs]) => {
            let word = |held: Option<bool>| Part::Text(match held {
                Some(true) => "true",
                Some(false) => "false",
                None => "not reached",
            }.to_owned());
            Message::of("{} went two ways: {} was {} for {}{} and {} for {}{}.", [
                Part::Place(capital(&place)), code(fork.program.text(fork.node)),
                word(mine), text(0), values(0), word(theirs), text(1), values(1),
            ])
        }
    };
    if fork.kind == ForkKind::Condition {
        let same = fork.seen.iter().filter(|seen| seen.same() && seen.values[0].iter().any(|value| !value.is_null()));
        for seen in same.take(2) {
            let path = seen.origins[0].iter().find_map(|origin| origin.path());
            let path = path.filter(|path| seen.expr.strip_prefix("$ctx.") != Some(path));
            let path = path.map_or(String::new(), |path| format!(" ({})", path.replace("args.", "arguments.")));
            message.and(Message::of("For both {} is {}{}.", [
                code(&seen.expr), Part::Value(in_turn(&seen.values[0])), Part::Place(path),
            ]));
        }
    }
    message
}

/// The place of an item that a variable was set to: `, identity.groups[0]`.
fn item_of(seen: &Seen, at: usize) -> String {
    let path = seen.origins[at].iter().find_map(|origin| origin.path()).filter(|path| path.ends_with(']') && !path.ends_with("\"]"));
    let path = path.filter(|path| seen.expr.strip_prefix("$ctx.") != Some(path) && seen.values[at].len() == 1);
    path.map_or_else(String::new, |path| format!(", {}", path.replace("args.", "arguments.")))
}

/// The term of the request that went two ways on a row.
fn at_source(term: &TermFork, names: &[String; 2]) -> Message {
    let word = |at: usize| Part::Text(if term.held[at] { "true" } else { "false" }.to_owned());
    let line = term.line.map_or_else(String::new, |line| format!(" (line {line})"));
    let (name, stored) = &term.row;
    Message::of("The {} {}{} went two ways on {}: {} for {} ({}), {} for {} ({}); {}.", [
        Part::Text(term.role.to_string()), Part::Code(format!("`{}`", term.text)), Part::Place(line), Part::Value(name.clone()),
        word(0), Part::Text(names[0].clone()), Part::Value(term.values[0].clone()),
        word(1), Part::Text(names[1].clone()), Part::Value(term.values[1].clone()), Part::Value(stored.clone()),
    ])
}

/// The values of an expression: in a loop, those of each turn.
fn in_turn(values: &[Value]) -> String {
    let shown: Vec<_> = values.iter().map(show).collect();
    match shown.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        several => format!("{} in turn", several.join(", ")),
    }
}

fn stands(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "absent".to_owned(), show)
}

fn listed(rows: &[String]) -> String {
    match rows {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if rows.len() <= 6 => format!("{} and {last}", first.join(", ")),
        many => format!("{} rows", many.len()),
    }
}

/// Tokens of different kinds, and whether that is why a claim is absent.
fn tokens(found: &Comparison, names: &[String; 2]) -> Message {
    let [Some(mine), Some(theirs)] = [&found.callers[0].token_use, &found.callers[1].token_use] else {
        return Message::default();
    };
    if mine == theirs {
        return Message::default();
    }
    let kind = |token: &str| if token == "id" { "an ID token" } else { "an access token" };
    let words = format!("The tokens are of two kinds: {} sent {}, {} {}", names[0], kind(mine), names[1], kind(theirs));
    let lacks = |at: usize| {
        let own = &found.callers[at].token_use;
        let absent = |source: &&Sourced| source.values[at].is_none() && claim_name(&source.path).is_some();
        found.sources.iter().find(absent).filter(|_| own.as_deref() == Some("access")).and_then(|one| claim_name(&one.path))
    };
    // Who passes as he is needs no other token.
    let passes = |at: usize| matches!(found.verdicts[at], Verdict::Allowed | Verdict::Completed) && found.verdicts[1 - at] == Verdict::Denied;
    match (0..2).filter(|at| !passes(*at)).find_map(|at| Some((at, lacks(at)?))) {
        Some((at, claim)) => Message::from(format!("{words}, and only the ID token has {claim}:")).cured(format!("send the ID token for {} too, or add the claim to access tokens with a version 2 pre-token-generation trigger. Whether the value for {} would be the wanted one is not in what was given.", names[at], names[at])),
        None => format!("{words}.").into(),
    }
}

/// One role in sessions of different names.
fn sessions(sources: &[Sourced]) -> String {
    let arn = sources.iter().find(|source| source.path == "identity.userArn");
    let Some([Some(mine), Some(theirs)]) = arn.map(|source| &source.values) else { return String::new() };
    let part = |value: &Value| {
        let arn = value.as_str()?;
        arn.contains(":assumed-role/").then(|| arn.rsplit_once('/').map(|(role, name)| (role.to_owned(), name.to_owned())))?
    };
    match (part(mine), part(theirs)) {
        (Some((role, my)), Some((same, their))) if role == same => {
            let pool = "CognitoIdentityCredentials";
            let whose = if my == pool || their == pool {
                format!("; {pool} is the session of credentials that an identity pool gave out")
            } else {
                String::new()
            };
            format!("The role is the same, only the session name differs: {my} and {their}{whose}.")
        }
        _ => String::new(),
    }
}

fn capital(text: &str) -> String {
    // A user's name or a path stays as it is written.
    match text.strip_prefix("the ").map(|rest| format!("The {rest}")) {
        Some(sentence) => sentence,
        None if text.starts_with("line ") || text.starts_with("this ") => text[..1].to_uppercase() + &text[1..],
        None => text.to_owned(),
    }
}
