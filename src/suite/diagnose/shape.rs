//! An answer of another shape than the schema's type: a list where an object is wanted, or the reverse.

use crate::explain::Explanation;
use crate::message::{Message, Part, all_of};
use crate::syntax::{Expression, ExpressionKind};
use crate::value::method::Method;
use serde_json::Value as Json;

/// What the template answered in the place of what the schema wants, by AppSync's words: `expected type LIST, got OBJECT`.
pub(super) fn judge(explained: &Explanation, message: &str) -> Option<Message> {
    let (_, kinds) = message.split_once("expected type ")?;
    let (wanted, got) = kinds.split_once(", got ")?;
    let answer: Json = serde_json::from_str(explained.output()).ok()?;
    let printed = printed(explained);
    match (wanted.trim(), got.trim(), &answer) {
        ("LIST", got, Json::Object(members)) if got.starts_with("OBJECT") => {
            let names: Vec<String> = members.keys().take(6).cloned().collect();
            let lists: Vec<&String> = members.iter().filter(|(_, value)| value.is_array()).map(|(name, _)| name).collect();
            let list = lists.iter().find(|name| **name == "items").or_else(|| lists.first())?;
            let code = printed.map_or_else(|| "its list alone".to_owned(), |code| format!("`$util.toJson({code}.{list})`"));
            Some(Message::of(
                "the schema's type is a list, and the template answers an object with {}, in which {} is the list. » Print {}; or, if clients are to page, give the field a type with those members in the schema",
                [Part::Value(all_of(&names)), Part::Name((*list).clone()), Part::Code(code)],
            ))
        }
        ("OBJECT", got, Json::Array(rows)) if got.starts_with("LIST") => {
            let code = printed.map_or_else(|| "one row of it".to_owned(), |code| format!("`$util.toJson({code}[0])`, and `null` where it is empty"));
            Some(Message::of(
                "the schema's type is one object, and the template answers a list ({}). » Print {}; or make the field's type a list in the schema",
                [Part::Value(if rows.len() == 1 { "of 1 row".to_owned() } else { format!("of {} rows", rows.len()) }), Part::Code(code)],
            ))
        }
        _ => None,
    }
}

/// What the one `$util.toJson(…)` of the template prints.
fn printed(explained: &Explanation) -> Option<String> {
    let program = &explained.program;
    let mut found: Vec<String> = Vec::new();
    let index = crate::trace::index::Index::new(program);
    for reference in &index.references {
        if let (Some(Method::ToJson), Some((_, [Expression { kind: ExpressionKind::Reference(inner), .. }]))) = (reference.util(), reference.last_call()) {
            found.push(program.one_line(inner.node));
        }
    }
    <[String; 1]>::try_from(found).ok().map(|[one]| one)
}
