//! What cannot be judged here: no row was given, or the data source's own language decides.

use crate::value::method::Method;
use super::judged_term::judged_term;
use super::Finished;
use crate::code::Code;
use crate::explain::why::{Carrying, Fate};
use crate::explain::hint::allow::line;
use crate::explain::hint::nothing;
use crate::explain::hint::whence::{absent_claim, subject};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, capital};
use crate::records::{Carried, CarriedForm, CarriedRole, RowSubject};

/// Shows what a list's filter depends on, where the caller has a part in it.
pub(super) fn judge(run: &Finished<'_>, carried: &Carried, found: &mut Carrying) {
    if !super::is_judged(carried) {
        return;
    }
    let judged = carried.condition.judge(RowSubject::NotGiven);
    let terms = judged.terms();
    let all = terms.iter().map(|term| judged_term(run, carried, term));
    let mut of_caller = all.filter(|term| term.identity());
    let Some(term) = of_caller.next() else {
        if carried.form == CarriedForm::Sql {
            sql(run, carried, found);
        }
        return;
    };
    found.fate(Fate::Open);
    let mut message = Message::of("The template lets the caller through; which rows come back, the", []);
    message.and(Message::of("{} decides:", [Part::Text(decider(carried))]));
    message.and(term.term());
    message.and(Message::of(
        "with {}. Which rows those are is not known: » give a row that should have come (`records`).",
        [Part::Value(term.value_words())],
    ));
    let absent = term.values.iter().find_map(|(_, source)| source.whence.absent.clone());
    if let Some(absent) = &absent {
        message.and(Message::of(
            "{} is absent, so this is the template's default.",
            [Part::Text(capital(&subject(absent)).to_string())],
        ));
        message.and(absent_claim(run, absent));
    }
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

/// SQL is shown, not run.
fn sql(run: &Finished<'_>, carried: &Carried, found: &mut Carrying) {
    let mut caller = Vec::new();
    for (name, value) in &carried.values {
        let shown = value.to_value();
        if let Some(path) = crate::explain::hint::whence::held_by(run, &shown) {
            caller.push(format!(":{} is {} (the caller's {path})", name.trim_start_matches(':'), value));
        }
    }
    if caller.is_empty() {
        return;
    }
    found.fate(Fate::Open);
    let line = run.program.source.text.find(carried.expression.as_str());
    let line = line.map_or(String::new(), |at| format!(" (line {})", run.program.source.place(at as u32).line));
    found.findings.push(
        Finding::new(
            Code::FilterOpen,
            Message::of(
                "The template lets the caller through; which rows come back, the statement{} decides: {}, where {}. SQL is not run here and the rows were not given, so the answer is unknown: » give a row of the table that should have come, and compare its column with that value.",
                [
                    Part::Place(line),
                    Part::Code(format!("`{}`", carried.expression)),
                    Part::Value(caller.join(", ")),
                ],
            ),
        )
        .at(carried.place.as_str()),
    );
}

fn decider(carried: &Carried) -> String {
    match (carried.form, carried.role) {
        (CarriedForm::Search, _) => "search".to_owned(),
        (CarriedForm::Sql, _) => "statement".to_owned(),
        (_, CarriedRole::KeyCondition) => "key condition".to_owned(),
        _ => "filter".to_owned(),
    }
}
