//! What cannot be judged here: no row was given, or the data source's own language decides.

use crate::value::Value;
use crate::value::method::Method;
use super::judged_term::judged_term;
use super::Finished;
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::explain::hint::allow::line;
use crate::explain::hint::nothing;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{absent_claim, held_by, subject};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, capital};
use crate::records::{Carried, CarriedForm, CarriedRole, Row, RowSubject};

/// Shows what a list's filter depends on, where the caller has a part in it.
pub(super) fn judge(run: &Finished<'_>, carried: &Carried, rows: &[Row], found: &mut Carrying) {
    if !super::is_judged(carried) {
        return super::refused::judge(run, carried, found);
    }
    let judged = carried.condition.judge(RowSubject::NotGiven);
    found.findings.extend(super::brackets::missing(run, carried, &judged, None));
    if carried.form == CarriedForm::Sql {
        return sql(run, carried, rows, found);
    }
    let terms = judged.terms();
    let all = terms.iter().map(|term| judged_term(run, carried, term));
    // A value that was printed into the request's text has lost its origin, not its meaning.
    let callers = |term: &super::judged_term::JudgedTerm<'_>| term.values.iter().any(|(_, source)| held_by(run, &source.value).is_some());
    let mut of_caller = all.filter(|term| term.identity() || callers(term));
    let Some(term) = of_caller.next() else {
        // What the index makes of a whole value is not judged at all; the hint on it tells why.
        let ranks = found.findings.iter().any(|known| known.code == Code::ShouldOnlyRanks);
        if carried.form == CarriedForm::Search && (rows.is_empty() || !ranks) {
            search(run, carried, rows, found);
        }
        return;
    };
    found.fate(Fate::Open);
    let mut message = Message::of("The template lets the caller through; which rows come back, the", []);
    message.and(Message::of("{} decides:", [Part::Text(decider(carried))]));
    message.and(term.term());
    message.and(Message::of("with {}.", [Part::Value(term.value_words())]));
    let absent = term.values.iter().find_map(|(bound, source)| Some((bound, source, source.whence.absent.clone()?)));
    // A reference's own text names nobody: that comes before the rows.
    let printed = term.printed(run);
    if let Some(words) = &printed {
        message.and(words.cause());
        let why = absent.as_ref().map(|(.., absent)| absent_claim(run, absent)).unwrap_or_default();
        message.and(why.cause());
        message = message.cured(why.cure()).cured(words.cure()).cured("Then give a row that should have come (`records`).");
    } else {
        message.and("Which rows those are is not known: » give a row that should have come (`records`).");
    }
    if let Some((bound, source, absent)) = absent.as_ref().filter(|_| printed.is_none()) {
        let what = match &source.value {
            Value::Null if carried.role == CarriedRole::KeyCondition => format!("{} is null, which no key is", bound.name),
            Value::Null => format!("{} is null", bound.name),
            Value::String(text) if text.is_empty() => format!("{} is an empty text", bound.name),
            default => format!("{} is the template's default, {}", bound.name, show(default)),
        };
        message.and(Message::of(
            "{} is absent, so {}.",
            [Part::Text(capital(&subject(absent)).to_string()), Part::Value(what)],
        ));
        message.and(absent_claim(run, absent));
    }
    found.findings.push(Finding::new(Code::FilterOpen, message).at(carried.place.as_str()));
}

/// A search for values of the caller's, which only the index can answer.
fn search(run: &Finished<'_>, carried: &Carried, rows: &[Row], found: &mut Carrying) {
    // That an analysed field has no such value is told by itself.
    if rows.is_empty() && super::search::own_values(run).is_some_and(|own| own.iter().any(super::search::is_cut)) {
        return found.fate(Fate::Open);
    }
    let Some((mine, others)) = super::search::asks_for_caller(run, carried) else { return };
    found.fate(Fate::Open);
    let mut message = Message::of(
        "The template lets the caller through; which documents come back, the search decides: {} (the caller's own)",
        [Part::Value(mine)],
    );
    if !others.is_empty() {
        message.and(Message::of("beside {}", [Part::Value(others)]));
    }
    message.and("is asked of OpenSearch, and how the index analyzes these fields is not known.");
    message.and(match rows {
        [] => "» Give a document that should have come (`records`).".into(),
        rows => super::search::on_documents(run, carried, rows),
    });
    found.findings.push(Finding::new(Code::FilterOpen, message).at(carried.place.as_str()));
}

/// A response that picks the caller's rows in a loop over what nobody gave.
pub(super) fn picked(run: &Finished<'_>, found: &mut Carrying) {
    let index = &run.recorder.index;
    for node in run.recorder.doubts.iter().filter(|node| index.is_walked(**node)) {
        let Some(each) = nothing::walked(run, *node) else { continue };
        let caller = nothing::compared(run, each);
        let test = index.statements.iter().find_map(|(statement, what)| {
            let chain = index.chain(*statement);
            let at = chain.iter().position(|part| part.node() == each.node)?;
            let mut adds = false;
            what.reads(&mut |reference| adds |= reference.ends_in(Method::Add));
            let branch = chain[at + 1..].iter().find_map(|part| index.branch_at(part.node()))?;
            adds.then_some(branch)
        });
        let Some(test) = test.filter(|_| !caller.is_empty()) else { continue };
        let (_, origins) = run.recorder.values.of(&each.list);
        let path = origins.context().map_or_else(|| run.program.one_line(*node), |(path, ..)| path.to_string());
        found.fate(Fate::Open);
        found.findings.push(
            Finding::new(
                Code::FilterOpen,
                Message::of(
                    "Nobody is refused here; which rows come back, the loop on line {} decides: it keeps a row if {} (line {}) holds, with {}. {} was not given, so the answer is unknown: » give the rows that the data source answered ({}).",
                    [
                        Part::Place(line(run, each.node).to_string()),
                        Part::Code(format!("`{}`", run.program.one_line(test.condition.node))),
                        Part::Place(line(run, test.node).to_string()),
                        Part::Value(all_of(&caller)),
                        Part::Place(path.clone()),
                        Part::Code(path.split('.').next().unwrap_or(&path).to_owned()),
                    ],
                ),
            )
            .at(path),
        );
        return;
    }
}

/// A statement is shown, and what of it the rows that were given do not settle.
fn sql(run: &Finished<'_>, carried: &Carried, rows: &[Row], found: &mut Carrying) {
    let mut caller = Vec::new();
    let literals = carried.condition.terms().into_iter().flat_map(crate::records::Term::values);
    let literals = literals.filter(|bound| bound.name.starts_with('\'')).map(|bound| (bound.name.to_string(), super::bound::plain(&bound)));
    let variables = carried.values.iter().map(|(name, value)| (format!(":{}", name.trim_start_matches(':')), value.to_value()));
    for (name, value) in variables.chain(literals) {
        if let Some(path) = crate::explain::hint::whence::held_by(run, &value) {
            caller.push(format!("{name} is {} (the caller's {path})", show(&value)));
        }
    }
    // What a client wrote into the statement is told of by itself, and leaves nothing open.
    if caller.is_empty() || is_injected(run, carried) {
        return;
    }
    found.fate(Fate::Open);
    let line = run.program.source.text.find(carried.expression.as_str());
    let line = line.map_or(String::new(), |at| format!(" (line {})", run.program.source.place(at as u32).line));
    let mut message = Message::of(
        "The template lets the caller through; which rows come back or are changed, the statement{} decides: {}, where {}.",
        [
            Part::Place(line),
            Part::Code(format!("`{}`", carried.expression)),
            Part::Value(caller.join(", ")),
        ],
    );
    if rows.is_empty() {
        message.and("The rows were not given, so the answer is unknown: » give a row of the table that should have come, and compare its column with that value.");
    } else {
        let open = unsettled(carried, rows);
        message.and(by_case(carried, rows));
        message.and(Message::of(
            "SQL is not run here, and the rows that were given do not settle {}, so the answer is unknown. » Run that statement with these values at the database.",
            [Part::Text(open)],
        ));
    }
    found.findings.push(Finding::new(Code::FilterOpen, message).at(carried.place.as_str()));
}

/// A value of the statement that a row has in other letters: whether they are equal is a matter of the database
/// (<https://www.postgresql.org/docs/current/collation.html>; <https://dev.mysql.com/doc/refman/8.0/en/case-sensitivity.html>).
fn by_case(carried: &Carried, rows: &[Row]) -> Message {
    let texts = carried.values.iter().filter_map(|(name, value)| Some((name, value.to_value().as_str()?.to_owned())));
    for (name, sent) in texts {
        let name = format!(":{}", name.trim_start_matches(':'));
        for (at, row) in rows.iter().enumerate() {
            let differs = |(_, value): &(&str, &crate::records::Attribute)| value.to_value().as_str().is_some_and(|own| own != sent && own.to_lowercase() == sent.to_lowercase());
            let Some((column, value)) = row.attributes().find(differs) else { continue };
            return Message::of(
                "Look at this first: records[{}] has {} {}, which differs from {} in upper and lower case only. PostgreSQL tells them apart, so such a row does not come; MySQL's usual collations do not. » Write `lower({}) = lower({})`, or compare a value that has one spelling, such as the sub.",
                [
                    Part::Place(at.to_string()),
                    Part::Name(column.to_owned()),
                    Part::Value(show(&value.to_value())),
                    Part::Name(name.clone()),
                    Part::Name(column.to_owned()),
                    Part::Name(name),
                ],
            );
        }
    }
    Message::default()
}

/// Whether an argument with a quote in it stands in the statement.
fn is_injected(run: &Finished<'_>, carried: &Carried) -> bool {
    let args = run.context(&["args"]);
    let members = args.as_map().map(crate::value::Map::snapshot).unwrap_or_default();
    let sent = |text: &str| carried.expression.contains(text.trim()) || carried.values.values().any(|value| value.to_value().as_str() == Some(text));
    members.iter().filter_map(|(_, value)| value.as_str()).any(|text| text.contains('\'') && sent(text))
}

/// The terms that the rows leave open, each with why.
fn unsettled(carried: &Carried, rows: &[Row]) -> String {
    let mut open: Vec<String> = Vec::new();
    for row in rows {
        for term in carried.condition.judge(RowSubject::Row(row)).terms() {
            let why = term.why.as_ref().map(|why| format!("`{}` ({why})", term.term.text));
            open.extend(why.filter(|why| !open.contains(why)));
        }
    }
    open.truncate(3);
    all_of(&open)
}

fn decider(carried: &Carried) -> String {
    match (carried.form, carried.role) {
        (CarriedForm::Search, _) => "search".to_owned(),
        (CarriedForm::Sql, _) => "statement".to_owned(),
        (_, CarriedRole::KeyCondition) => "key condition".to_owned(),
        _ => "filter".to_owned(),
    }
}
