//! A list that is one text, of JSON or with commas: `.contains` finds a part of an entry there.

use super::Finished;
use super::text::show;
use crate::message::{Message, Part};
use crate::trace::condition::Operand;
use crate::value::Value;

/// How the entries of such a list stand in the text.
enum ListForm {
    /// `["ann","bob"]`
    Json,
    /// `ann,bob`
    Joined(char),
}

/// The entry that a part was found in, where no entry is that part; and how the whole entries are compared.
pub fn part_of_entry(run: &Finished<'_>, (list, text): (&Operand, &str), (item, part): (&Operand, &str)) -> Option<Message> {
    let (form, entries) = entries(text)?;
    if entries.iter().any(|entry| entry == part) {
        return None;
    }
    let entry = entries.iter().find(|entry| entry.contains(part))?;
    let code = |operand: &Operand| run.program.source.slice(operand.span).trim();
    let (list, item) = (code(list), code(item));
    let (what, cure) = match form {
        ListForm::Json => {
            let whole = format!("`$util.parseJson({list}).contains({item})`");
            ("The text is a list in JSON that nobody parsed, so no entry is compared as a whole", Message::of("Make a list of it first, {}.", [Part::Code(whole)]))
        }
        ListForm::Joined(separator) => {
            let whole = format!("`#foreach($one in {list}.split(\"{separator}\")) #if($one.trim() == {item}) … #end #end`");
            ("The text is a list that was joined, so no entry is compared as a whole", Message::of("Take it apart first, {}.", [Part::Code(whole)]))
        }
    };
    let message = Message::of("{}: {} is a part of {}.", [Part::Text(what.to_owned()), Part::Value(show(&Value::string(part))), Part::Value(show(&Value::string(entry.as_str())))]);
    Some(message.cured(cure))
}

/// The entries of a list that is a text; none of a text that is no list.
fn entries(text: &str) -> Option<(ListForm, Vec<String>)> {
    let text = text.trim();
    if text.starts_with('[') {
        let list: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
        return Some((ListForm::Json, list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect()));
    }
    let separator = [',', ';'].into_iter().find(|separator| text.contains(*separator))?;
    Some((ListForm::Joined(separator), text.split(separator).map(|entry| entry.trim().to_owned()).collect()))
}
