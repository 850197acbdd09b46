//! The text of a reference in the place of an owner: a template wrote it into the row when the reference had no value.

use super::{is_row, sides};
use crate::code::Code;
use crate::explain::hint::text::show;
use crate::explain::hint::{Finished, json};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// How a reference to the context begins.
const BEGINS: [&str; 4] = ["$ctx.", "$context.", "${ctx.", "${context."];

/// A reference without a value prints its own text (Velocity's user guide, "Quiet Reference Notation"), which the row has since.
pub fn reference_on_row(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let Some((row, caller)) = sides(&failed.test) else { continue };
        let text = row.value.as_str().filter(|text| BEGINS.iter().any(|begin| text.starts_with(begin)));
        let (Some(text), Some((path, ..))) = (text, row.origins.context().filter(|(path, ..)| is_row(path))) else { continue };
        let message = Message::of(
            "{} is the text {} itself, as the row has it: the template that wrote the row printed a reference that had no value then, and such a reference prints its own text. The caller is {}. » Write the owner on this row, and let the template that creates rows refuse where that value is null (write it by `$util.dynamodb.toDynamoDBJson(…)`).",
            [Part::Place(path.to_string()), Part::Value(show(&row.value)), Part::Value(show(&caller.value))],
        );
        found.push(Finding::new(Code::UnsetReferenceInText, message).at(path).actual(text).wanted(json(&caller.value)));
    }
}

/// What other rules say of that text as if it were a value.
pub fn without_its_form(found: &mut Vec<Finding>) {
    let printed: Vec<String> = found.iter().filter(|hint| hint.code == Code::UnsetReferenceInText).filter_map(|hint| hint.path.clone()).collect();
    // Behind a dollar that the template prints no value has another form.
    let doubled = found.iter().any(|hint| hint.code == Code::ValuesNearlyEqual && hint.actual.as_str().is_some_and(|text| text.starts_with('$')));
    let of_text = |hint: &Finding| doubled && hint.code == Code::OwnerFormatMismatch || matches!(hint.code, Code::OwnerFormatMismatch | Code::NotOwner) && hint.path.as_ref().is_some_and(|path| printed.contains(path));
    found.retain(|hint| !of_text(hint));
}

/// Where it is told of each row whether it stays, an empty place of one of them is no cause of its own.
pub fn without_single_rows(found: &mut Vec<Finding>) {
    if !found.iter().any(|hint| hint.code == Code::RowsPicked) {
        return;
    }
    let of_row = |hint: &Finding| matches!(hint.code, Code::OwnerAbsent | Code::OwnerNull) && hint.path.as_deref().is_some_and(|path| path.starts_with("result.items["));
    found.retain(|hint| !of_row(hint));
}
