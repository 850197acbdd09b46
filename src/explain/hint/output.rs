//! What a template rendered, where AppSync refuses it: not JSON, nothing, a key twice, a subscription filter too large.

use crate::value::method::Method;
use super::allow::{is_append, line, one_line};
use super::rendered::Rendered;
use super::text::show;
use super::whence::subject;
use super::{Finished, json};
use crate::code::Code;
use crate::eval::End;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::nearest::{letters, nearest as nearest_name};
use crate::syntax::{Reference, Slot};
use crate::trace::Verdict;
use crate::trace::index::{Node, NodePart, call_args, calls};
use crate::trace::origin::{Origin, Origins};
use crate::value::Value;

/// The rendered text is not what AppSync takes.
pub fn refused(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) || !matches!(run.outcome.end, End::Completed) {
        return;
    }
    let output = run.outcome.output.as_str();
    let message = match run.read_output() {
        Rendered::Json(_) => return,
        Rendered::TrailingComma(_, at) => {
            found.push(trailing_comma(run, output, *at));
            return;
        }
        Rendered::Empty => {
            found.extend(empty(run));
            return;
        }
        Rendered::Duplicate(key) => duplicate(run, key),
        Rendered::Not(at, why) => {
            let number = super::printed::number(run, output, *at, why);
            number.or_else(|| else_if(run)).or_else(|| raw(run, output, *at)).unwrap_or_else(|| around(run, output, *at))
        }
    };
    found.push(Finding::new(Code::OutputRefused, message).at("output"));
}

/// A comma before a closing bracket, which AppSync accepts.
fn trailing_comma(run: &Finished<'_>, output: &str, at: usize) -> Finding {
    let before = output.get(..at).unwrap_or_default();
    let text = before.rsplit('\n').next().unwrap_or_default().trim();
    let place = run.program.source.text.find(&format!("{text},")).filter(|_| !text.is_empty());
    let place = place.map_or(String::new(), |at| format!(" (line {})", run.program.source.place(at as u32).line));
    Finding::new(
        Code::TrailingComma,
        Message::of(
            "The output has a trailing comma after `{}`{}. AppSync accepts that, so it decides nothing; » remove it all the same, other readers of JSON refuse it.",
            [
                Part::Code(text.to_string()),
                Part::Place(place.to_string()),
            ],
        ),
    )
}

/// Nothing was printed: the branch that would have is named.
fn empty(run: &Finished<'_>) -> Option<Finding> {
    let refusals = super::deciding::refusals(run);
    let silent = [Method::Error, Method::AppendError, Method::Qr, Method::Quiet, Method::Validate];
    let printing = |reference: &&Reference| {
        let of_util = matches!(reference.root, Slot::UTIL | Slot::UTILS);
        !(refusals.contains(&reference.node) || of_util && calls(reference, &silent))
    };
    let statement = run.recorder.index.statements.iter().find_map(|(node, statement)| match statement {
        Node::Reference(reference) if run.recorder.reached.began(*node) == 0 && printing(reference) => Some(*node),
        _ => None,
    })?;
    let guard = guards(run.recorder, statement, false).into_iter().find(|guard| !guard.value)?;
    let values: Vec<String> = super::allow::values(run, &guard.condition);
    let otherwise = run.recorder.index.chain(statement).iter().any(|part| match part {
        NodePart::Branch { parts, .. } => parts.otherwise.is_some(),
        _ => false,
    });
    let appended = run.recorder.index.statements.iter().find(|(node, statement)| {
        run.recorder.reached.began(*node) > 0 && matches!(statement, Node::Reference(reference) if is_append(reference))
    });
    let cure = if let Some((node, _)) = appended {
        return Some(appended_alone(run, *node, &guard.condition, &values));
    } else if super::deciding::reads_caller(&guard.condition) {
        // The row behind a check of the caller must not be what the other branch prints.
        return Some(refused_in_silence(run, statement, &guard.condition, &values));
    } else if otherwise { "Print something there too" } else { "There is no `#else`: add one that prints" };
    Some(
        Finding::new(
            Code::OutputNothing,
            Message::of(
                "No rule refused the caller, the template printed nothing: its output `{}` stands behind `{}` (line {}), which did not hold ({}). AppSync answers \"Template transformation yielded an empty response.\" » {} `$util.toJson($ctx.result)` or `null`.",
                [
                    Part::Code(run.program.one_line(statement).to_string()),
                    Part::Code(one_line(run.text(&guard.condition)).to_string()),
                    Part::Place(line(run, guard.node).to_string()),
                    Part::Value(values.join(", ")),
                    Part::Text(cure.to_string()),
                ],
            ),
        )
        .at("output"),
    )
}

/// The output stands behind a check of the caller, and nothing is written for who does not meet it.
fn refused_in_silence(run: &Finished<'_>, statement: crate::syntax::NodeId, condition: &crate::trace::condition::Condition, values: &[String]) -> Finding {
    let message = Message::of(
        "The check of the caller {} (line {}) did not hold ({}), so `{}` behind it was not reached and the template printed nothing: for the empty output AppSync answers \"Template transformation yielded an empty response.\" » Refuse by name in an `#else`, `$util.unauthorized()`, or print `null` there; never the row, which would go to everybody then.",
        [
            Part::Code(format!("`{}`", one_line(run.text(condition)))),
            Part::Place(line(run, condition.node).to_string()),
            Part::Value(values.join(", ")),
            Part::Code(run.program.one_line(statement).to_string()),
        ],
    );
    Finding::new(Code::OutputNothing, message).at("output")
}

/// `$util.appendError` adds an error, prints nothing and does not stop.
fn appended_alone(run: &Finished<'_>, node: crate::syntax::NodeId, condition: &crate::trace::condition::Condition, values: &[String]) -> Finding {
    let message = Message::of(
        "No rule of this template refused the caller: {} (line {}) did not hold ({}), so line {} ran, {}, which only adds an error to the answer: it prints nothing and does not stop, and for the empty output AppSync answers \"Template transformation yielded an empty response.\" » Write `$util.error(…)` there, which stops with the message, or print `null` after it.",
        [
            Part::Code(format!("`{}`", one_line(run.text(condition)))),
            Part::Place(line(run, condition.node).to_string()),
            Part::Value(values.join(", ")),
            Part::Place(line(run, node).to_string()),
            Part::Code(format!("`{}`", run.program.one_line(node))),
        ],
    );
    Finding::new(Code::OutputNothing, message).at("output")
}

/// `#else if` is `#else` with the text ` if` after it.
fn else_if(run: &Finished<'_>) -> Option<Message> {
    let node = super::else_if::slips(run).next()?.node;
    let (_, condition) = super::else_if::written(run, node)?;
    let set: Vec<String> = run
        .recorder
        .changes
        .iter()
        .filter(|change| run.recorder.index.chain(change.node).iter().any(|part| part.node() == node))
        .filter_map(|change| Some(format!("${} is {}", run.program.name(change.slot?), show(change.values.first()?))))
        .collect();
    let set = if set.is_empty() { String::new() } else { format!(" ({} here)", set.join(", ")) };
    let values = guards(run.recorder, node, false);
    let reads: Vec<String> = values.iter().flat_map(|guard| super::allow::values(run, &guard.condition)).collect();
    let reads = if reads.is_empty() { String::new() } else { format!(" ({})", reads.join(", ")) };
    Some(Message::from(format!("The output is not valid JSON: on line {} `#else if` with a blank is `#else` followed by plain text, so the condition is printed and never tested: any caller who comes there gets what stands behind it{set}{reads}.", line(run, node))).cured(format!("Write `#elseif{condition}`.")))
}

/// References that are looked at, and bytes of a value's text: a template can print the same thing without end.
const LOOKED_AT: usize = 2_000;
const LONGEST: usize = 4_096;

/// A reference whose text is no JSON where it stands.
fn raw(run: &Finished<'_>, output: &str, at: usize) -> Option<Message> {
    printed(run)
        .into_iter()
        .take(LOOKED_AT)
        .filter(|(_, value)| value.is_null() || is_odd(value))
        .filter_map(|(reference, value)| {
            let text = if value.is_null() { reference.literal.to_string() } else { value.to_string() };
            Some((nearest(output, &text, at)?, reference, value, text))
        })
        .filter(|(near, ..)| *near <= 1)
        .min_by_key(|(near, ..)| *near)
        .map(|(_, reference, value, text)| about(run, reference, &value, &text))
}

/// How near to a place a text stands; only the part of the output that can hold it there is searched.
fn nearest(output: &str, text: &str, at: usize) -> Option<usize> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let (mut from, mut to) = (at.saturating_sub(text.len() + 1), (at + text.len() + 1).min(output.len()));
    while !output.is_char_boundary(from) {
        from -= 1;
    }
    while !output.is_char_boundary(to) {
        to += 1;
    }
    let part = output.get(from..to)?;
    part.match_indices(text).map(|(start, _)| distance(at, from + start, from + start + text.len())).min()
}

/// How far a place is from a range.
fn distance(at: usize, start: usize, end: usize) -> usize {
    if at < start { start - at } else { at.saturating_sub(end) }
}

/// Whether a value's own text may be no JSON: a text, or a map or list in Java's form.
fn is_odd(value: &Value) -> bool {
    match value {
        Value::String(text) => crate::value::from_json_str(text).is_err(),
        Value::Map(_) | Value::List(_) => true,
        _ => false,
    }
}

/// The references that were printed, each with its value.
fn printed<'p>(run: &Finished<'p>) -> Vec<(&'p Reference, Value)> {
    run.recorder
        .index
        .statements
        .iter()
        .filter(|(node, _)| run.recorder.reached.began(*node) > 0)
        .filter_map(|(_, statement)| match statement {
            Node::Reference(reference) => Some((*reference, run.recorder.values.latest(reference))),
            _ => None,
        })
        .collect()
}

fn about(run: &Finished<'_>, reference: &Reference, value: &Value, text: &str) -> Message {
    let code = run.program.one_line(reference.node);
    let place = line(run, reference.node);
    let start = run.program.span(reference.node).start as usize;
    let before = run.program.source.text.get(..start).unwrap_or_default();
    let quoted = before.ends_with('"');
    let inside = !quoted && is_inside_text(before);
    let origins = run.recorder.values.reference(reference);
    let path = origins.iter().find_map(Origin::path).map(|path| subject(path));
    let inner = code.trim_start_matches(['$', '!', '{']).trim_end_matches('}').to_owned();
    if value.is_null() {
        let what = path.unwrap_or_else(|| code.clone());
        // A call that AppSync does not have is told of by itself.
        if super::call::is_unknown(run, reference) {
            let known = Message::from(format!(
                "The output is not valid JSON: `{code}` (line {place}) is no call of AppSync's as it stands, and an unresolved reference prints its own text."
            ));
            let words = super::call::of_other_types(run, reference).unwrap_or(known);
            return super::template::behind(run).map_or_else(|| words.clone(), |behind| Message::list([behind, words.clone()], " "));
        }
        let claim = origins
            .iter()
            .find_map(Origin::path)
            .map(|path| super::whence::absent_claim(run, path))
            .unwrap_or_default();
        let absent = AbsentPrint { reference, code: &code, line: place, text, what, quoted };
        return absent.message(run, &origins, claim);
    }
    let java = matches!(value, Value::Map(_) | Value::List(_));
    let what = path.map_or(String::new(), |path| format!(" ({path})"));
    let how = match (java, quoted) {
        (true, _) => "in Java's form, which is not JSON".to_owned(),
        _ if inside => "inside a text without escaping, and a quote or line break in it ends that text".to_owned(),
        (_, true) => "between quotes without escaping, and a quote or line break in it ends the text".to_owned(),
        _ => "without quotes, which is not a JSON value".to_owned(),
    };
    let shown: String = text.chars().take(120).collect();
    Message::from(format!("The output is not valid JSON: line {place} prints `{code}`{what} = {shown} {how}. No rule refused the caller, the checks passed.")).cured(if inside {
        "Build the whole text in a variable first (`#set($statement = \"…\")`), and print that as `$util.toJson($statement)`, without quotes around it.".to_owned()
    } else {
        format!("Write `$util.toJson(${inner})`{} there.", if quoted {
            ", or `$util.dynamodb.toDynamoDBJson(…)` for the whole typed value, without the quotes around it,"
        } else {
            ""
        })
    })
}

/// A reference without a value, which was printed as its own text.
struct AbsentPrint<'a> {
    reference: &'a Reference,
    /// As it is written.
    code: &'a str,
    line: u32,
    /// What was printed.
    text: &'a str,
    /// What has no value.
    what: String,
    /// Whether it stands in quotes.
    quoted: bool,
}

impl AbsentPrint<'_> {
    fn message(self, run: &Finished<'_>, origins: &Origins, claim: Message) -> Message {
        let Self { reference, code, line, text, what, quoted } = self;
        let inner = code.trim_start_matches(['$', '!', '{']).trim_end_matches('}');
        let mut words = Message::from(format!("The output is not valid JSON: {what} is absent, and an unresolved reference prints its own text, so line {line} became `{text}`. No rule refused the caller."));
        let of_stash = origins.iter().find_map(Origin::path).and_then(|path| path.strip_prefix("stash."));
        let cure = match of_stash {
            Some(key) => {
                let (about, cure) = not_in_stash(run, key);
                words.and(about);
                cure
            }
            None if quoted => format!("Write `$util.toJson(${inner})` without the quotes, or refuse when it is absent."),
            // What holds rows back has no default: an empty one holds none.
            None if reference.function.is_some_and(|function| function.namespace == "util.transform") => {
                "Print that member of the request only where the value is there (`#if( … ) … #end`), or refuse when it is absent.".to_owned()
            }
            // A default that is printed bare is JSON only where it, and every value that is sent, is a number.
            None => format!("Write `$util.toJson($util.defaultIfNull(${inner}, …))`, or refuse when it is absent."),
        };
        words.cured(Message::list([cure.into()].into_iter().chain((!claim.is_empty()).then_some(claim)), " "))
    }
}

/// What the stash has in the place of a member that it lacks, and what to do: never a default, for what an earlier step was to
/// put there may be what holds rows back.
fn not_in_stash(run: &Finished<'_>, key: &str) -> (Message, String) {
    match near_in_stash(run, key) {
        Some((near, value)) => {
            let case = if near.eq_ignore_ascii_case(key) { ", which differs in upper and lower case" } else { "" };
            let about = Message::of("The stash has {}{}: {}.", [Part::Name(near.clone()), Part::Text(case.to_owned()), Part::Value(show(&value))]);
            (about, format!("Read `$ctx.stash.{near}`, the name under which it was put; an empty default in its place would leave out what the earlier step put there."))
        }
        None => (Message::default(), format!("Have the earlier step put it there (`$util.qr($ctx.stash.put(\"{key}\", …))`), and refuse when it is absent.")),
    }
}

/// The member of the stash whose name is nearly this one.
fn near_in_stash(run: &Finished<'_>, key: &str) -> Option<(String, Value)> {
    let stash = run.context(&["stash"]);
    let map = stash.as_map()?;
    let keys: Vec<String> = map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let same = keys.iter().find(|name| letters(name) == letters(key));
    let near = same.cloned().or_else(|| nearest_name(key, keys.iter().map(String::as_str)).map(str::to_owned))?;
    let value = map.get_str(&near)?;
    Some((near, value))
}

/// The name under which the stash has what the output read in vain.
pub fn read_in_vain(run: &Finished<'_>) -> Option<String> {
    printed(run).into_iter().take(LOOKED_AT).filter(|(_, value)| value.is_null()).find_map(|(reference, _)| {
        let origins = run.recorder.values.reference(reference);
        let key = origins.iter().find_map(Origin::path)?.strip_prefix("stash.")?.to_owned();
        near_in_stash(run, &key).map(|(near, _)| near)
    })
}

/// An object without `filterGroup`, the only form of a filter that AWS documents
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/extensions.html>).
pub fn subscription_filter_not_read(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let filters = [Method::SetSubscriptionFilter, Method::SetSubscriptionInvalidationFilter];
    let last = run.outcome.env.extensions.iter().rfind(|call| filters.contains(&call.function) && call.refused.is_empty());
    let Some((call, filter)) = last.and_then(|call| Some((call, call.args.first()?))) else { return };
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) || !super::quiet::lacks_groups(filter) {
        return;
    }
    let name = call.function.name();
    let keys: Vec<String> = super::quiet::members_of(filter).into_iter().take(6).collect();
    let slip = keys.iter().find(|key| key.eq_ignore_ascii_case("filterGroup"));
    let own = run.recorder.index.references.iter().find(|reference| {
        reference.function.is_some_and(|function| function.namespace == "extensions" && function.name == name)
    });
    let cure = match slip {
        Some(slip) => format!("Write `filterGroup` in the place of `{slip}` (names count upper and lower case)."),
        None => "Write `{\"filterGroup\": [{\"filters\": [{\"fieldName\": …, \"operator\": …, \"value\": …}]}]}`, or have `$util.transform.toSubscriptionFilter(…)` make it of this object.".to_owned(),
    };
    let message = Message::of(
        "Wider than it looks: {}{} is given an object with {} and no {}, and AWS documents {} alone: no other member is read, so do not count on this filter to hold an event back.",
        [
            Part::Code(format!("`$extensions.{name}`")),
            Part::Place(own.map_or(String::new(), |reference| format!(" (line {})", line(run, reference.node)))),
            Part::Name(keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
            Part::Code("`filterGroup`".to_owned()),
            Part::Code("`{\"filterGroup\": [{\"filters\": […]}]}`".to_owned()),
        ],
    );
    found.push(Finding::new(Code::SubscriptionFilterNotRead, message.cured(cure)).at("filter").actual(json(filter)));
}

/// Whether a text of the output is still open at the end of this part of the template, on its last line.
fn is_inside_text(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let quotes = line.char_indices().filter(|(at, letter)| *letter == '"' && !line[..*at].ends_with('\\')).count();
    quotes % 2 == 1
}

/// A value that was printed between quotes brought a second key with it.
fn duplicate(run: &Finished<'_>, key: &str) -> Message {
    let quoted = format!("\"{key}\"");
    let culprit = printed(run).into_iter().find(|(_, value)| value.as_str().is_some_and(|text| text.contains(&quoted)));
    let Some((reference, value)) = culprit else {
        return Message::from(format!("The output has the key {quoted} twice in one object, which AppSync refuses (Duplicate field). No rule refused the caller.")).cured("Leave one of them out of the template.");
    };
    let code = run.program.one_line(reference.node);
    let path = run.recorder.values.reference(reference).context().map(|(path, ..)| subject(path)).unwrap_or_default();
    Message::from(format!("The output has the key {quoted} twice, which AppSync refuses: line {} prints `{code}` ({path}) between quotes without escaping, and its value {} closes the text and brings a {quoted} of its own. No rule refused the caller; with another key the injected value would have been stored.", line(run, reference.node), show(&value))).cured(format!("Write `$util.dynamodb.toDynamoDBJson({code})` or `$util.toJson({code})` without the quotes around it."))
}

/// Text of the template itself that is no JSON where it stands.
fn around(run: &Finished<'_>, output: &str, at: usize) -> Message {
    let at = (0..=at).rev().find(|at| output.is_char_boundary(*at)).unwrap_or(0);
    let rest: String = output[at..].trim().chars().take(40).collect();
    let before = output[..at].trim_end();
    let whole = crate::value::from_json_str(before).is_ok();
    let of_skipped = || super::commas::of_skipped(run, before, &output[at..]);
    if let Some(slip) = of_skipped().or_else(|| super::printed::slip(run, output, at)).filter(|_| !whole) {
        let place = if slip.line > 0 { format!(" on line {}", slip.line) } else { String::new() };
        let words = format!("The output is not valid JSON:{place} {}, so AppSync cannot read it. No rule refused the caller{}.", slip.what, checks(run));
        return Message::from(words).cured(format!("{}.", slip.cure));
    }
    // The reference that was printed last before it.
    let last = printed(run).into_iter().filter(|(_, value)| {
        let text = value.to_string();
        !text.is_empty() && before.ends_with(text.trim_end())
    });
    let from = last.last().map_or(0, |(reference, _)| run.program.span(reference.node).end as usize);
    // Its first word, for a value of the request may follow.
    let word = rest.split([' ', '\n', '"']).next().unwrap_or_default();
    let place = run.program.source.text.get(from..).and_then(|source| source.find(word)).filter(|_| !word.is_empty());
    let place = place.map_or(String::new(), |at| format!(" (line {})", run.program.source.place((from + at) as u32).line));
    if whole {
        return Message::from(format!("The output is not valid JSON: after the value there is still `{rest}`{place}, a stray end that AppSync refuses (Trailing characters). No rule refused the caller, the checks passed{}.", checks(run))).cured("Delete it.");
    }
    format!(
        "The output is not valid JSON: AppSync stops reading at `{rest}`{place}. No rule refused the caller{}.",
        checks(run)
    )
    .into()
}

/// How the checks passed.
fn checks(run: &Finished<'_>) -> String {
    super::allow::passage(run).map_or(String::new(), |words| format!(" ({words})"))
}

/// A subscription filter that AppSync does not take.
pub fn subscription_filter(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let filters = [Method::SetSubscriptionFilter, Method::SetSubscriptionInvalidationFilter];
    let mut calls = run.outcome.env.extensions.iter().filter(|call| filters.contains(&call.function));
    let refused = calls.rfind(|call| !call.refused.is_empty());
    let Some(call) = refused.filter(|_| !matches!(run.verdict, Verdict::Denied | Verdict::Error)) else {
        return;
    };
    let name = call.function.name();
    let filter = call.args.first().map(json).unwrap_or_default();
    let mut shown = Vec::new();
    for one in filter["filterGroup"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|group| group["filters"].as_array().into_iter().flatten())
    {
        let field = one["fieldName"].as_str().unwrap_or_default();
        let value = one["value"]
            .as_array()
            .filter(|list| list.len() > 5)
            .map_or(String::new(), |_| format!(" = {}", one["value"]));
        let named = format!("{field}{value}");
        if !shown.contains(&named) {
            shown.push(named);
        }
    }
    let reference = run.recorder.index.statements.iter().find_map(|(_, statement)| match statement {
        Node::Reference(reference)
            if reference.function.is_some_and(|function| function.namespace == "extensions" && function.name == name) =>
        {
            Some(*reference)
        }
        _ => None,
    });
    let place = reference.map_or(String::new(), |reference| format!(" (line {})", line(run, reference.node)));
    let origins = reference.and_then(|reference| Some(run.recorder.values.of(call_args(reference)?.1.first()?).1));
    let from = origins
        .and_then(|origins| origins.context().map(|(path, ..)| format!(", from {}", subject(path))))
        .unwrap_or_default();
    let passed = super::allow::passage(run).map_or(String::new(), |words| format!(" The caller passes: {words}."));
    found.push(
        Finding::new(
            Code::SubscriptionFilterRefused,
            Message::of(
                "The subscription filter is refused, not the caller: {}: {}{}. It names {}{}.{}",
                [
                    Part::Code(format!("$extensions.{name}")),
                    Part::Text(call.refused.join("; ")),
                    Part::Place(place.to_string()),
                    Part::Text(shown.join(", ")),
                    Part::Text(from.to_string()),
                    Part::Text(passed.to_string()),
                ],
            )
            .cured(super::events_limit::cure(&filter)),
        )
        .at("filter")
        .actual(filter),
    );
}
