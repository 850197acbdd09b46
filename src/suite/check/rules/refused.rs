//! Expressions that DynamoDB refuses whatever the row: a condition, a filter, a key condition or an update that the
//! template writes out itself (the pages are named in [`crate::records::expression`]).

use super::super::Spot;
use super::super::placeholder;
use super::super::subject::CheckSubject;
use super::members::{OPERATIONS, operation};
use super::written::{WrittenMember, members, printed};
use crate::code::Code;
use crate::message::{Message, Part};
use crate::records::{CarriedRole, DataRefusal, of_text, of_update};

/// The objects that hold an expression, and what it is for.
const PARTS: [(&str, CarriedRole); 3] =
    [("query", CarriedRole::KeyCondition), ("filter", CarriedRole::Filter), ("condition", CarriedRole::Condition)];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let all = members(&subject.program.body);
    // In the payload of a function the same words may be anything.
    if !operation(&all).is_some_and(|name| name != "Invoke" && OPERATIONS.iter().any(|(known, _)| *known == name)) {
        return;
    }
    let given = WrittenNames::of(subject, &all);
    for member in all.iter().filter(|member| member.name == "expression" && member.constant) {
        let part = member.around.last().map_or("", String::as_str);
        let role = PARTS.iter().find(|(name, _)| *name == part).map(|(_, role)| *role);
        let Some(text) = member.text.as_deref().filter(|text| !placeholder::stands_in(text)) else { continue };
        let (refusals, used) = match role {
            Some(role) => of_text(text, role),
            None if part == "update" => of_update(text),
            None => continue,
        };
        let undefined = used.iter().find(|name| !given.has(name)).map(|name| match name.starts_with('#') {
            true => DataRefusal::NameUndefined(name.clone()),
            false => DataRefusal::ValueUndefined(name.clone()),
        });
        if let Some(refusal) = refusals.into_iter().chain(undefined).next() {
            let what = role.map_or_else(|| "update".to_owned(), |role| role.to_string());
            let parts = [Part::Text(what), Part::Text(refusal.to_string())];
            let message = Message::of("DynamoDB refuses the {}, whoever asks: {}", parts);
            found.push(Spot::at_text(subject.program, text, Code::ExpressionRefused, message));
        }
    }
}

/// What the template gives names and values to.
struct WrittenNames<'a> {
    names: Vec<&'a str>,
    /// Some of them are put in by code, so that nobody can say which.
    computed: bool,
}

impl<'a> WrittenNames<'a> {
    fn of(subject: &CheckSubject<'_>, all: &'a [WrittenMember]) -> Self {
        // Under another name of them it is that name's fault. A placeholder may be called `:name` itself.
        let ends = |name: &str| ["name", "names", "value", "values"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        let holds = |name: &str| !name.starts_with([':', '#']) && ends(name);
        let names = all.iter().filter(|member| member.around.last().is_some_and(|around| holds(around)));
        let names = names.map(|member| member.name.as_str()).collect();
        let mut computed = false;
        printed(&subject.program.body, &mut |_, at| {
            let whole = at.whole_value().is_some_and(|(_, member)| holds(member));
            // A value may bring members, and the comma before them.
            let members = at.names_member_of().is_some_and(|around| {
                holds(around) || around == "update" || PARTS.iter().any(|(part, _)| *part == around)
            });
            computed |= whole || members;
        });
        Self { names, computed }
    }

    fn has(&self, name: &str) -> bool {
        self.computed || self.names.contains(&name)
    }
}
