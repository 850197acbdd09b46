//! Marks in templates that another tool replaces before a deployment: `{{table}}`, `%TABLE%`, `<%= table %>`, `@@table@@`.
//! None of them means anything to Velocity, so what stands in their place is open.

use crate::message::{Message, Part};
use super::SourcePlace;
use super::inside::{self, Fill};
use crate::code::Code;
use crate::finding::Finding;
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::{TemplateOrigin, Project, Template};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// How marks begin and end.
const FORMS: [(&str, &str); 4] = [("<%=", "%>"), ("{{", "}}"), ("@@", "@@"), ("%", "%")];

/// The letters that they begin with.
const FIRST: [u8; FORMS.len()] = {
    let (mut first, mut at) = ([0; FORMS.len()], 0);
    while at < FORMS.len() {
        first[at] = FORMS[at].0.as_bytes()[0];
        at += 1;
    }
    first
};

/// The longest name.
const LONGEST: usize = 80;

/// Puts open values, or what the user gave, in the place of marks.
pub fn take(place: &SourcePlace<'_>, project: &mut Project) {
    let mut changed: HashMap<*const Template, Option<Arc<Template>>> = HashMap::new();
    let Project { by_field, open, findings, .. } = project;
    for resolver in by_field.values_mut() {
        let own = [&mut resolver.before, &mut resolver.after];
        let functions = resolver.functions.iter_mut().flat_map(|one| [&mut one.request, &mut one.response]);
        for half in own.into_iter().chain(functions).filter_map(Option::as_mut) {
            let new = changed.entry(Arc::as_ptr(half)).or_insert_with(|| {
                let file = match half.origin() {
                    TemplateOrigin::File(file) | TemplateOrigin::Inline(file) => file.clone(),
                    TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => PathBuf::new(),
                };
                let filled = filled(half, &mut Marks { place, open, file });
                let looked_up = inside::looked_up(filled.as_ref().map_or(half.text(), |(text, _)| text));
                findings.extend(filled.as_ref().map(|(_, first)| said(half, first)));
                let text = looked_up.or(filled.map(|(text, _)| text))?;
                Some(Template::new(half.name(), text, half.origin().clone()))
            });
            if let Some(new) = new {
                *half = new.clone();
            }
        }
    }
}

fn said(half: &Template, first: &str) -> Finding {
    let message = Message::of(
        "{}: {} is a mark that another tool replaces before the deployment; what it becomes is open (--parameters gives it)",
        [Part::Name(half.name().to_string()), Part::Text(first.to_owned())],
    );
    Finding::new(Code::DeploymentMark, message).at(half.name().to_owned())
}

/// The text without marks, and the first of them; none where there is none.
fn filled(half: &Template, fill: &mut Marks<'_, '_>) -> Option<(String, String)> {
    let marks = find(half.text());
    if marks.is_empty() {
        return inside::filled(half.name(), half.text(), fill);
    }
    let mut text = String::new();
    let mut at = 0;
    for mark in &marks {
        text.push_str(&half.text()[at..mark.start]);
        let shown = &half.text()[mark.start..mark.end];
        text.push_str(&match fill.given(&[shown, mark.name]) {
            Some(Json::String(value)) => value,
            Some(value) => value.to_string(),
            None => fill.open(mark.name),
        });
        at = mark.end;
    }
    text.push_str(&half.text()[at..]);
    let first = half.text()[marks.first()?.start..marks.first()?.end].to_owned();
    let text = inside::filled(half.name(), &text, fill).map_or(text, |(text, _)| text);
    Some((text, first))
}

/// What stands in the place of the marks of one file.
struct Marks<'m, 'p> {
    place: &'m SourcePlace<'p>,
    open: &'m mut OpenValues,
    file: PathBuf,
}

impl Fill for Marks<'_, '_> {
    fn given(&mut self, names: &[&str]) -> Option<Json> {
        // Also by the name that a report prints.
        let printed = names.last().map_or_else(String::new, |name| format!("mark {name}"));
        self.place.given.value(&[names, &[&printed]].concat()).cloned()
    }

    fn open(&mut self, name: &str) -> String {
        self.open.hold(OpenValue { name: format!("mark {name}"), kind: OpenKind::Mark, file: self.file.clone() })
    }
}

/// A mark of a text.
struct Mark<'t> {
    start: usize,
    end: usize,
    name: &'t str,
}

fn find(text: &str) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = next(text, at) {
        at = mark.end;
        found.push(mark);
    }
    found
}

fn next(text: &str, from: usize) -> Option<Mark<'_>> {
    // Letters of ASCII: each is one of a text's own.
    let mut starts = (from..text.len()).filter(|at| FIRST.contains(&text.as_bytes()[*at]));
    starts.find_map(|start| FORMS.iter().find_map(|form| mark_at(text, start, form)))
}

/// The mark of this form that begins here.
fn mark_at<'t>(text: &'t str, start: usize, (begin, end): &(&str, &str)) -> Option<Mark<'t>> {
    let rest = text[start..].strip_prefix(begin)?;
    // A name and the blanks around it: what has no end is not looked through from each of its beginnings.
    let most = (0..=(2 * LONGEST).min(rest.len())).rev().find(|most| rest.is_char_boundary(*most))?;
    let length = rest[..most].find(end)?;
    let name = rest[..length].trim();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    // `'%term%'` and `'%Y-%m-%d'` are SQL; tools write these marks in capitals.
    let whole = name.len() > 1 && name.ends_with(|letter: char| letter.is_ascii_alphanumeric());
    let capital = *begin != "%" || whole && !name.contains(|letter: char| letter.is_ascii_lowercase());
    let tight = *begin == "{{" || *begin == "<%=" || name.len() == length;
    let good = begins && name.len() <= LONGEST && name.chars().all(plain) && capital && tight;
    good.then_some(Mark { start, end: start + begin.len() + length + end.len(), name })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn marks_of_every_form_and_nothing_else() {
        let text = "{{ table }} %STAGE% <%= env.name %> @@region@@";
        assert_eq!(find(text).iter().map(|mark| mark.name).collect::<Vec<_>>(), ["table", "STAGE", "env.name", "region"]);
        for none in ["#set($x = {\"a\": {\"b\": 1}})", "LIKE '%term%'", "'%Y-%m-%d'", "'%Y%m%d'", "100 % 7", "a@@b", "{{}}", "{{ a b }}", "$a %b"] {
            assert!(find(none).is_empty(), "{none}");
        }
    }
}
