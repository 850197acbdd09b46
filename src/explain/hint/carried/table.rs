//! The name of a table or an index in which a reference without a value was printed: no such table exists, and DynamoDB takes no `$`
//! in a name (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>).

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::template::name_run_on;
use crate::explain::hint::whence::{absent_claim, subject};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::value::Value;

/// The first such name of a rendered request.
pub(super) fn unresolved(run: &Finished<'_>) -> Option<Finding> {
    let request = run.rendered()?;
    let name = names(&request).into_iter().find(|name| name.contains('$'))?;
    let reference = run.program.references().into_iter().find(|reference| {
        let printed = run.program.text(reference.node);
        printed.len() > 1 && name.contains(printed) && run.recorder.values.latest(reference).is_null()
    })?;
    let why = name_run_on(run, &name).unwrap_or_else(|| {
        let origins = run.recorder.values.reference(reference);
        let path = origins.context().map(|(path, ..)| path.to_string());
        let absent = path.as_deref().map_or_else(|| "it has no value".to_owned(), |path| format!("{} is absent", subject(path)));
        let mut words = Message::of(
            "{}: {}, and a reference without a value prints its own text.",
            [Part::Code(format!("`{}`", run.program.one_line(reference.node))), Part::Text(absent)],
        );
        match path.as_deref().map(|path| absent_claim(run, path)).filter(|words| !words.is_empty()) {
            Some(absent) => words.and(absent),
            None => words.and("» Give it a value, or end the template before the request where it has none."),
        }
        words
    });
    let message = Message::of(
        "DynamoDB refuses the whole request, whoever asks: there is no table or index named {} (line {}).",
        [Part::Value(quoted(&name).to_string()), Part::Place(line(run, reference.node).to_string())],
    );
    Some(Finding::new(Code::ExpressionRefused, message.with(why)).at("tables").actual(name))
}

/// The names of tables and of the index in a request.
fn names(request: &Value) -> Vec<String> {
    let Some(request) = request.as_map() else { return Vec::new() };
    let text = |value: Value| value.as_str().map(str::to_owned);
    let tables = request.get_str("tables").and_then(|tables| Some(tables.as_map()?.snapshot())).unwrap_or_default();
    let items = request.get_str("transactItems").and_then(|items| items.members()).unwrap_or_default();
    let of_items = items.iter().filter_map(|item| item.as_map()?.get_str("table"));
    tables.into_iter().map(|(name, _)| name).chain(of_items).chain(request.get_str("index")).filter_map(text).collect()
}
