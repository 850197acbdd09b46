//! Where in the template a term of a condition, or a value that came with it, was written.

use super::Finished;
use crate::explain::hint::overwritten::{OverwrittenMember, before};
use crate::explain::hint::whence::{Whence, held_by, whence};
use crate::records::{Attribute, Bound, Carried, BoundValue, Term};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId};
use crate::trace::index::{Node, call_args};
use crate::trace::origin::Origins;
use crate::value::Value;

/// What the template put into a value.
#[derive(Clone, Debug, Default)]
pub struct BoundSource {
    /// Where it came from.
    pub whence: Whence,
    /// The line that put it there.
    pub line: Option<u32>,
    /// What stood there before another line replaced it: that line, and the older value.
    pub replaced: Option<(u32, Value)>,
    /// The member of the context that it was read from, where the template had written over that.
    pub overwritten: Option<OverwrittenMember>,
    /// The value itself.
    pub value: Value,
}

/// The line on which a term stands, where its text can be found in the template.
pub fn term_line(run: &Finished<'_>, carried: &Carried, term: &Term) -> Option<u32> {
    term_at(run, carried, term).map(|at| run.program.source.place(at).line)
}

/// Where a term begins in the text of the template.
pub fn term_at(run: &Finished<'_>, carried: &Carried, term: &Term) -> Option<u32> {
    let text = &*run.program.source.text;
    // Of several items with the same words, the one that is meant.
    let item = carried.place.strip_prefix("transactItems[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
    let nth = item.and_then(|item| {
        let all: Vec<usize> = text.match_indices(term.text.as_str()).map(|(at, _)| at).collect();
        all.get(item).filter(|_| all.len() > 1).map(|at| *at as u32)
    });
    let at = nth.or_else(|| find(text, &term.text)).or_else(|| {
        let words = carried.expression.as_str();
        find(text, words)
    });
    at.or_else(|| {
        let values = term.values().into_iter().map(|bound| bound.name.to_string());
        let paths = term.paths().into_iter().map(|path| path.to_string());
        values.chain(paths).filter_map(|name| find(text, &name)).min()
    })
}

fn find(text: &str, part: &str) -> Option<u32> {
    (!part.is_empty()).then(|| text.find(part)).flatten().map(|at| at as u32)
}

/// What the template put into a value of a request.
pub fn source(run: &Finished<'_>, term: &Term, bound: &Bound) -> BoundSource {
    let value = plain(bound);
    let names: Vec<String> = if bound.name.starts_with(':') {
        vec![bound.name.to_string()]
    } else if bound.name.starts_with('\'') || bound.name.starts_with(|letter: char| letter.is_ascii_digit()) {
        // A literal of SQL is called as it is written.
        Vec::new()
    } else {
        // In a filter object the field leads to the value.
        term.paths().iter().flat_map(|path| [format!("{path}.keyword"), path.to_string()]).collect()
    };
    let found = put(run, bound)
        .or_else(|| names.iter().find_map(|name| entry(run, name)))
        .or_else(|| names.iter().find_map(|name| printed(run, name)));
    let (origins, line, replaced) = found.unwrap_or_default();
    let mut whence = whence(&origins, &value);
    // `"S": "$ctx.identity.username"`: the text around a reference may be all that is known.
    if whence.words.is_empty()
        && let Some(path) = held_by(run, &value).filter(|_| line.is_none())
    {
        whence.words = format!("the caller's {path}");
        whence.identity = true;
        whence.path = Some(path);
    }
    let overwritten = whence.path.as_deref().and_then(|path| before(run, path));
    BoundSource { whence, line, replaced, overwritten, value }
}

type FoundTerms = (Origins, Option<u32>, Option<(u32, Value)>);

/// `$values.put(":me", …)`, and what an earlier `put` of the same name had put there.
fn put(run: &Finished<'_>, bound: &Bound) -> Option<FoundTerms> {
    let of_name = |change: &&crate::trace::recorder::Change| {
        change.values.len() == 2 && change.values.first().and_then(Value::as_str) == Some(bound.name.as_str())
    };
    let mut all: Vec<_> = run.recorder.changes.iter().filter(of_name).collect();
    let last = all.pop()?;
    let before = all.iter().rfind(|change| change.container == last.container);
    let put_before = before.and_then(|change| Some((change.node, change.values.get(1)?.clone())));
    // Or it stood in the map that the variable was set to.
    let in_map = || {
        let set = run.recorder.changes.iter().rfind(|change| change.slot.is_some() && change.slot == last.slot && change.container.is_none())?;
        Some((set.node, set.values.first()?.as_map()?.get_str(&bound.name)?))
    };
    let replaced = put_before.or_else(in_map).and_then(|(node, value)| {
        let old = untyped(&value);
        (!old.loosely_equals(&plain(bound))).then(|| (run.program.line(node), old))
    });
    Some((last.origins.get(1).cloned().unwrap_or_default(), Some(run.program.line(last.node)), replaced))
}

/// `{":me": …}` in an expression of the template.
fn entry(run: &Finished<'_>, name: &str) -> Option<FoundTerms> {
    let mut found = None;
    let nodes = (0..run.program.spans.len()).map(|at| NodeId(at as u32));
    for node in nodes {
        let Some(Node::Expression(Expression { kind: Kind::Map(entries), .. })) = run.recorder.index.node(node) else {
            continue;
        };
        for (key, value) in entries {
            if matches!(&key.kind, Kind::String(known) if known == name) {
                let (_, origins) = run.recorder.values.of(value);
                // Two of one name: which of them is meant is not known.
                if found.replace((origins, Some(run.program.line(value.node)), None)).is_some() {
                    return None;
                }
            }
        }
    }
    found
}

/// `":me": $util.dynamodb.toDynamoDBJson(…)` in the text of the template.
fn printed(run: &Finished<'_>, name: &str) -> Option<FoundTerms> {
    let text = &*run.program.source.text;
    let quoted = format!("\"{name}\"");
    let at = text.find(&quoted)? + quoted.len();
    let line_of_name = Some(run.program.source.place(at as u32).line);
    let next = run.recorder.index.statements.iter().find_map(|(node, statement)| match statement {
        Node::Reference(reference) if run.program.span(*node).start as usize >= at => Some((*node, *reference)),
        _ => None,
    });
    let Some((node, reference)) = next else { return Some((Origins::default(), line_of_name, None)) };
    let start = run.program.span(node).start as usize;
    if text.get(at..start)?.contains(['}', ',']) {
        return Some((Origins::default(), line_of_name, None));
    }
    let origins = match call_args(reference) {
        Some((_, [argument, ..])) => run.recorder.values.of(argument).1,
        _ => run.recorder.values.reference(reference),
    };
    Some((origins, Some(run.program.line(node)), None))
}

/// The value without DynamoDB's types.
pub fn plain(bound: &Bound) -> Value {
    match &bound.given {
        BoundValue::Value(attribute) => attribute.to_value(),
        _ => Value::Null,
    }
}

fn untyped(given: &Value) -> Value {
    match Attribute::from_typed(given) {
        Attribute::Unreadable(_) => given.clone(),
        attribute => attribute.to_value(),
    }
}
