//! A length asked as a member, as in JavaScript: lists, maps and texts of Velocity have methods for it.

use super::Finished;
use super::text::show;
use crate::message::{Message, Part};
use crate::source::one_line;
use crate::syntax::StepKind;
use crate::trace::condition::Operand;
use crate::value::Value;

/// `$groups.length` is null whatever the list holds (Velocity 1.7: a list has no such property; its method is `size()`).
pub fn asked_as_member(run: &Finished<'_>, operand: &Operand) -> Option<Message> {
    if !operand.value.is_null() {
        return None;
    }
    let of_operand = |reference: &&&crate::syntax::Reference| run.program.span(reference.node) == operand.span;
    let reference = run.recorder.index.references.iter().find(of_operand)?;
    let StepKind::Property(name) = &reference.steps.last()?.kind else { return None };
    if !["length", "size", "count"].contains(&name.as_str()) {
        return None;
    }
    let (receiver, _) = run.recorder.values.receiver(reference);
    let (kind, method) = match &receiver {
        Value::List(_) => ("a list", "size()"),
        Value::Map(map) if !map.contains_str(name) => ("a map", "size()"),
        Value::String(_) => ("a text", "length()"),
        _ => return None,
    };
    let code = one_line(run.program.source.slice(operand.span));
    let base = code.strip_suffix(name.as_str())?.trim_end_matches('.').to_owned();
    let words = Message::of(
        "asks `{}`, which is null: {} has no member `{}` in Velocity, whatever is in it (here {}).",
        [Part::Code(code), Part::Text(kind.to_owned()), Part::Name(name.as_str().to_owned()), Part::Value(show(&receiver))],
    );
    Some(words.cured(Message::of("Write `{}.{}`.", [Part::Code(base), Part::Code(method.to_owned())])))
}
