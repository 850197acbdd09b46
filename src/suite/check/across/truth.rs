//! A text that says no in the stash, which a refusal of a later template asks for its truth: it is true.

use super::super::Spot;
use super::super::rules::truth::{asked_for_truth, no, said_no};
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::Code;
use crate::resolver::Template;
use crate::syntax::{Expression, ExpressionKind as Kind, Reference};
use crate::trace::stash::{stash_key, stash_put};
use std::sync::Arc;

/// Who put a text there: the template, the line, and the text.
type PutText<'w> = (&'w Arc<Template>, u32, &'w str);

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        let subjects = whole.subjects(resolver);
        // What is not VTL, or could not be read, may put another value there.
        let vtl = resolver.functions.iter().all(|function| function.runtime == crate::project::Runtime::Vtl);
        if !vtl || resolver.templates().count() != subjects.len() {
            continue;
        }
        for (at, (template, subject)) in subjects.iter().enumerate().filter(|(_, (_, subject))| !subject.generated) {
            for asked in asked_for_truth(subject) {
                let Some(key) = stash_key(asked).filter(|_| asked.steps.len() == 2) else { continue };
                let Some((by, line, text)) = subjects[..=at].iter().rev().find_map(|(by, subject)| put_by(by, subject, key)).flatten() else { continue };
                let message = format!(
                    "`{}` is asked here as if it were true or false, and {} puts the text \"{text}\" there (line {line}): any text is true, this one too. Put true or false without quotes, or compare it (`$ctx.stash.{key} == \"true\"`)",
                    subject.program.one_line(asked.node),
                    by.name()
                );
                found.push(placed(template, Spot::at(subject.program, asked.node, Code::TextIsTrue, message)));
            }
        }
    }
}

/// The text that says no under this key of the stash; `None` of a template that puts nothing there.
fn put_by<'w>(by: &'w Arc<Template>, subject: &CheckSubject<'w>, key: &str) -> Option<Option<PutText<'w>>> {
    let puts: Vec<&'w Reference> = subject.program.references().into_iter().filter(|reference| stash_put(reference) == Some(key)).collect();
    let text = |put: &&'w Reference| {
        let (_, [_, value]) = put.last_call()? else { return None };
        let text = no(value).or_else(|| of_variable(subject, value))?;
        Some((by, subject.program.line(put.node), text))
    };
    (!puts.is_empty()).then(|| puts.iter().find_map(text))
}

fn of_variable<'w>(subject: &CheckSubject<'w>, value: &'w Expression) -> Option<&'w str> {
    let Kind::Reference(reference) = &value.kind else { return None };
    let slot = reference.variable().filter(|_| reference.steps.is_empty())?;
    said_no(subject, slot).map(|(text, _)| text)
}
