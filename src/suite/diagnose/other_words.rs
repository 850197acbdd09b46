//! A refusal was seen and one was computed, in words that are not of one and the same statement.

use super::contradiction::{beginning, no_statement};
use crate::code::Code;
use crate::eval::End;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::request::Evidence;
use crate::syntax::Program;

/// AppSync's own words of `$util.unauthorized()`, and of a directive.
const APPSYNC: &str = "not authorized to access";

/// Words that people write for whatever refusal they saw.
const SHORT: usize = 13;

/// Why what was seen cannot be what the templates said here; `None` where it can, or where nothing certain was said.
pub fn judge(explained: &Explanation, evidence: &Evidence) -> Option<Finding> {
    let seen = evidence.error_message().trim();
    if seen.chars().count() < SHORT || is_said(explained, evidence, seen) {
        return None;
    }
    let own = seen.to_lowercase().contains(APPSYNC);
    if own {
        return Some(not_these(explained, seen));
    }
    let begin = beginning(seen);
    Some(match programs(explained).find(|program| program.writes(begin)) {
        Some(program) => another_statement(program, begin, seen),
        None => no_statement(&explained.program.source.name, seen),
    })
}

/// Whether the error of this run is the one that was seen.
fn is_said(explained: &Explanation, evidence: &Evidence, seen: &str) -> bool {
    let seen = seen.to_lowercase();
    match &explained.outcome.end {
        End::Thrown { error, .. } => {
            let said = error.message.as_str().unwrap_or_default().trim().to_lowercase();
            let kind = error.error_type.as_str().unwrap_or_default();
            // AppSync names the field as it is in the schema, which the template's own run need not know.
            let own = said.contains(APPSYNC) && seen.contains(APPSYNC);
            // An error of a data source that is thrown on has the source's own words behind the ones that were given.
            let same_kind = !error.is_refusal() && kind == evidence.error_type();
            // What is put together, of the time say, is another text each time.
            let is_made = error.message.as_str().is_none_or(|whole| !programs(explained).any(|program| program.writes(whole)));
            own || is_made && !said.contains(APPSYNC) || said.is_empty() || same_kind || seen.contains(&said) || said.contains(&seen)
        }
        // AppSync's words of a failed template are its own, and not known word for word.
        End::Failed(_) => !seen.contains(APPSYNC),
        End::Completed | End::Returned { .. } => true,
    }
}

fn programs(explained: &Explanation) -> impl Iterator<Item = &Program> {
    let steps = explained.pipeline.iter().flat_map(|pipeline| pipeline.steps.iter().map(|step| &*step.program));
    std::iter::once(&*explained.program).chain(steps)
}

/// AppSync's own words, where the template says others.
fn not_these(explained: &Explanation, seen: &str) -> Finding {
    let message = Message::of(
        "{} is what AppSync says of `$util.unauthorized()` and of a directive (@aws_…), and with what was given {} ends with another error before: a directive refused, another resolver is deployed, or the values were others. » Give the schema with its directives (--schema), and the row and the arguments of that very request; compare with aws appsync get-resolver.",
        [Part::Value(quoted(seen).to_string()), Part::Place(explained.program.source.name.to_string())],
    );
    Finding::new(Code::InputDiffers, message).at("observed.message").actual(seen)
}

/// Words of a statement of the templates, where another one ended the run.
fn another_statement(program: &Program, begin: &str, seen: &str) -> Finding {
    let at = program.source.text.find(begin).and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
    let line = program.source.place(at).line;
    let message = Message::of(
        "{} is written on line {} of {}, which is not the statement that ends it with what was given: so the values differ from those of the request that was refused. » Give its token, its arguments and its row.",
        [Part::Value(quoted(seen).to_string()), Part::Place(line.to_string()), Part::Place(program.source.name.to_string())],
    );
    Finding::new(Code::InputDiffers, message).at("observed.message").actual(seen)
}
