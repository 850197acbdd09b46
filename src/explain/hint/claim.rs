//! Claims of another form or type than the rule takes.

use super::allow::one_line;
use super::list_as_text;
use super::test::Test;
use super::text::show;
use super::{Finished, claim_of, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::{Value, from_json_str};

/// A claim is a string that holds JSON, or is compared as if it were a list.
pub fn json_string(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        encoded(run, &failed.test, found);
        if let Test::EmptyLoop(list) = &failed.test {
            walked(run, list, found);
        }
    }
}

/// A loop over a claim that is a text: it has no items.
fn walked(run: &Finished<'_>, list: &Operand, found: &mut Vec<Finding>) {
    let (Some((claim, path, _)), Some(text)) = (claim_of(&list.origins), list.value.as_str()) else { return };
    let holds_json = matches!(from_json_str(text), Ok(Value::List(_) | Value::Map(_)));
    let (code, words, cure) = if holds_json {
        (Code::ClaimIsJsonString, "a string that holds JSON, not a list", "Parse it with $util.parseJson".to_owned())
    } else if text.contains(',') {
        let code = one_line(run.program.source.slice(list.span));
        (Code::ClaimIsCommaList, "one string with several names between commas, not a list", format!("Walk `{code}{}`", split(text)))
    } else {
        (Code::ClaimIsString, "a string, not a list", "Compare it with == where it is no list".to_owned())
    };
    found.push(
        Finding::new(
            code,
            Message::of(
                "claim {} is {}, {}: a loop over a text makes no turn and never runs its block, so no rule saw the names in it. » {}, or have the token trigger issue a real list.",
                [
                    Part::Name(claim.to_string()),
                    Part::Value(show(&list.value)),
                    Part::Text(words.to_string()),
                    Part::Text(cure.to_string()),
                ],
            ),
        )
        .at(path)
        .actual(text)
        .wanted("a list"),
    );
}

/// [`json_string`] for one test.
pub fn encoded(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<Finding>) {
    let sides = match test {
        Test::Contains { list, item, found: false } => [(list, item), (item, list)],
        Test::Equal { left, right, equal: false } => [(left, right), (right, left)],
        _ => return,
    };
    for (mine, other) in sides {
        let Some((claim, path, _)) = claim_of(&mine.origins) else { continue };
        // The string may itself be the only element of a list that the template made of it.
        let inner = match mine.value.members() {
            Some(list) if list.len() == 1 => list.into_iter().next().unwrap_or_default(),
            _ => mine.value.clone(),
        };
        let parsed = inner.as_str().filter(|text| text.trim_start().starts_with(['[', '{'])).map(from_json_str);
        if let Some(Ok(parsed @ (Value::List(_) | Value::Map(_)))) = parsed {
            let holds = parsed.members().is_some_and(|list| list.iter().any(|item| item.loosely_equals(&other.value)));
            let inside = if holds { " The value that the rule wants is in it." } else { "" };
            found.push(
                Finding::new(
                    Code::ClaimIsJsonString,
                    Message::of(
                        "claim {} is a string that holds JSON, {}, not a {}: the rule compares the whole string with {}.{} » Parse it with $util.parseJson, or have the token trigger issue a real list.",
                        [
                            Part::Name(claim.to_string()),
                            Part::Value(show(&inner)),
                            Part::Text((if matches!(parsed, Value::List(_)) { "list" } else { "map" }).to_string()),
                            Part::Value(show(&other.value)),
                            Part::Text(inside.to_string()),
                        ],
                    ),
                )
                .at(path.clone())
                .actual(json(&inner))
                .wanted(json(&other.value)),
            );
        } else if matches!(test, Test::Equal { .. })
            && mine.value.members().is_some_and(|list| list.iter().any(|item| item.loosely_equals(&other.value)))
        {
            found.push(
                Finding::new(
                    Code::ListComparedWithString,
                    Message::of(
                        "claim {} is the list {}, and == compares it as text with {}: that is never equal. » Use .contains().",
                        [
                            Part::Name(claim.to_string()),
                            Part::Value(show(&mine.value)),
                            Part::Value(show(&other.value)),
                        ],
                    ),
                )
                .at(path.clone())
                .actual(json(&mine.value))
                .wanted(json(&other.value)),
            );
        }
        if !matches!(run.claim(&claim), Value::List(_)) {
            found.extend(comma_list(run, &claim, path, (&inner, mine), (other, test)));
        }
    }
}

/// How the names between commas are cut apart: `.split(",")`, which takes a pattern.
fn split(text: &str) -> &'static str {
    if text.contains(", ") { ".split(\", *\")" } else { ".split(\",\")" }
}

/// Whether a text has names between commas, of which this is one; Cognito writes a list of a SAML provider's in brackets
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-specifying-attribute-mapping.html>).
pub fn lists(text: &str, wanted: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    text != wanted && (text.contains(',') || inner.len() < text.len()) && inner.split(',').any(|name| name.trim() == wanted)
}

/// One string with several names in it, of which the rule wants one.
fn comma_list(run: &Finished<'_>, claim: &str, path: String, (inner, mine): (&Value, &Operand), (other, test): (&Operand, &Test<'_>)) -> Option<Finding> {
    let text = inner.as_str()?;
    let wants = other.value.members().unwrap_or_else(|| vec![other.value.clone()]);
    let wanted = wants.iter().filter_map(Value::as_str).find(|wanted| lists(text, wanted))?;
    let code = |operand: &Operand| one_line(run.program.source.slice(operand.span));
    let cure = match test {
        Test::Equal { .. } if mine.value.as_str().is_some() && other.value.as_str().is_some() => {
            format!("Write `{}{}.contains({})`, which asks whether it is one of them.", code(mine), split(text), code(other))
        }
        _ => format!("Cut it apart first (`{}`), and compare its names; or have the token trigger issue a real list.", split(text)),
    };
    let message = Message::of(
        "claim {} is one string, {}, with several names in it: the rule wants {} by itself.",
        [Part::Name(claim.to_owned()), Part::Value(show(inner)), Part::Value(show(&wanted.into()))],
    )
    .cured(cure);
    Some(Finding::new(Code::ClaimIsCommaList, message).at(path).actual(text).wanted(wanted))
}

/// The value is in a list inside the list.
pub fn nested_list(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let Test::Contains { list, item, found: false } = &failed.test else { continue };
        let inside = list.value.members().unwrap_or_default().into_iter().find(|inner| {
            inner.members().is_some_and(|inner| inner.iter().any(|each| each.loosely_equals(&item.value)))
        });
        if let Some(inside) = inside {
            let path = list.origins.context().map(|(path, ..)| path.to_string());
            let mut hint = Finding::new(Code::NestedList, nested_words(run, list, item, &inside)).actual(json(&list.value)).wanted(json(&item.value));
            // The same list beside `==` is another way of the same rule.
            found.retain(|known| known.code != Code::ListComparedWithString || known.path != path);
            hint.path = path;
            found.push(hint);
        }
    }
}

fn nested_words(run: &Finished<'_>, list: &Operand, item: &Operand, inside: &Value) -> Message {
    let whole = |change: &&crate::trace::recorder::Change| change.container.is_some() && change.values.last().is_some_and(|value| value.loosely_equals(inside));
    let by = run.recorder.changes.iter().find(whole).map_or_else(String::new, |change| format!(" (line {} adds it whole)", run.program.line(change.node)));
    let cure = if run.is_generated() {
        "Amplify mended that in newer versions: upgrade, and push; until then `addAll` in the place of `add`, in an override of this resolver."
    } else {
        "Write `addAll` in the place of `add`."
    };
    Message::of(
        "{} is in a list inside the list {} ({}){}: .add(list) nests where .addAll(list) was meant, and contains looks among the outer list's own items alone.",
        [Part::Value(show(&item.value)), Part::Value(show(&list.value)), Part::Name(one_line(run.program.source.slice(list.span))), Part::Place(by)],
    )
    .cured(cure)
}

/// A number where the other side is a string, and the like.
pub fn type_mismatch(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for failed in run.failed() {
        let (left, right) = match &failed.test {
            Test::Equal { left, right, equal: false } => (&left.value, &right.value),
            Test::Contains { list, item, found: false } => {
                for other in list.value.members().unwrap_or_default() {
                    differ(run, failed, &item.value, &other, found);
                }
                continue;
            }
            _ => continue,
        };
        differ(run, failed, left, right, found);
    }
}

fn differ(run: &Finished<'_>, failed: &super::Failed<'_>, left: &Value, right: &Value, found: &mut Vec<Finding>) {
    if let Some(finding) = text_for_truth(run, failed, left, right) {
        found.push(finding);
        return;
    }
    let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Boolean(_));
    if !scalar(left) || !scalar(right) || left.type_name() == right.type_name() || left.to_string() != right.to_string()
    {
        return;
    }
    let path = failed.condition.operands.iter().find_map(|operand| operand.origins.context());
    let mut hint = Finding::new(
        Code::TypeMismatch,
        Message::of(
            "`{}` compares {} ({}) with {} ({}): they look alike, but their types differ, and so they are never equal. » Compare both as text (`\"$a\" == \"$b\"`, each in double quotes), or store one kind.",
            [
                Part::Code(run.text(failed.condition).to_string()),
                Part::Value(show(left)),
                Part::Text(left.type_name().to_string()),
                Part::Value(show(right)),
                Part::Text(right.type_name().to_string()),
            ],
        ),
    )
    .actual(json(left))
    .wanted(json(right));
    hint.path = path.map(|(path, ..)| path.to_string());
    found.push(hint);
}

/// The text of a truth value against the truth value itself, in whatever case it is written: Cognito's custom attributes are texts
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>).
fn text_for_truth(run: &Finished<'_>, failed: &super::Failed<'_>, left: &Value, right: &Value) -> Option<Finding> {
    let (text, truth) = match (left, right) {
        (Value::String(text), Value::Boolean(truth)) | (Value::Boolean(truth), Value::String(text)) => (text, *truth),
        _ => return None,
    };
    let text = text.to_string();
    if !text.eq_ignore_ascii_case(&truth.to_string()) {
        return None;
    }
    let operand = failed.condition.operands.iter().find(|operand| operand.value.as_str() == Some(&text))?;
    let code = one_line(run.program.source.slice(operand.span));
    let custom = claim_of(&operand.origins).filter(|(claim, ..)| claim.starts_with("custom:")).map_or("", |_| " (a custom attribute is always a text in a token)");
    let message = Message::of(
        "{} compares {}, a text{}, with the truth value {}: a text never equals one. » Compare texts: `{}.toLowerCase() == \"{}\"`, and refuse first where it is absent.",
        [
            Part::Code(super::allow::condition(run, failed.condition)),
            Part::Value(show(&operand.value)),
            Part::Text(custom.to_owned()),
            Part::Value(truth.to_string()),
            Part::Code(code),
            Part::Text(truth.to_string()),
        ],
    );
    let finding = Finding::new(Code::TypeMismatch, message).actual(text).wanted(truth);
    Some(match operand.origins.context() {
        Some((path, ..)) => finding.at(path),
        None => finding,
    })
}

/// `contains` on a string is a substring test; of what it lets through, `allow` tells.
pub fn substring(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Allowed | Verdict::Completed | Verdict::Filtered) {
        return;
    }
    for failed in run.failed() {
        let Test::Contains { list, item, found: matched } = &failed.test else { continue };
        let (Value::String(text), Value::String(part)) = (&list.value, &item.value) else { continue };
        let Some((path, ..)) = list.origins.context() else { continue };
        if !matched || text == part || part.is_empty() {
            continue;
        }
        let mut message = Message::of(
            "`{}` looks for {} anywhere in the text {}: a substring, so longer names match too.",
            [
                Part::Code(run.text(failed.condition).to_string()),
                Part::Value(show(&item.value)),
                Part::Value(show(&list.value)),
            ],
        );
        message.and(list_as_text::part_of_entry(run, (list, text.as_str()), (item, part.as_str())).unwrap_or_default());
        found.push(
            Finding::new(Code::SubstringMatch, message)
            .at(path)
            .actual(text.as_str())
            .wanted(part.as_str()),
        );
    }
}
