//! The library in three lines: a template, a context, why.

use crate::appsync::{AuthType, Given};
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::report::{JsonReport, Layout, Report, render_text};
use crate::source::Source;
use crate::syntax::{Program, parse};
use crate::trace::{self, Explained, Question, Verdict};
use crate::value::{Value, from_json_str};
use serde::{Serialize, Serializer};
use std::fmt;

/// A resolver template.
#[derive(Clone, Debug)]
pub struct Template {
    program: Program,
}

impl Template {
    /// Parses a template; the name is shown in reports (`Query.listTodos.auth.1.req.vtl`).
    ///
    /// # Errors
    /// What is wrong with the template, and where.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        Ok(Self { program: parse(&Source::new(name, text))? })
    }
}

/// What a template is evaluated with: the context object of AWS's EvaluateMappingTemplate.
#[derive(Clone, Debug)]
pub struct Context {
    given: Given,
    question: Question,
}

impl Context {
    /// A context from JSON: `{"identity": …, "arguments": …, "source": …, "result": …, "stash": …}`. The caller's mode is
    /// derived from the identity.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the JSON.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let value = from_json_str(json).map_err(|error| error.to_string())?;
        let members = value.as_map().ok_or("a context is a JSON object")?.clone();
        Ok(Self { given: Given::new(members), question: Question::default() })
    }

    /// With this mode in place of the derived one.
    #[must_use]
    pub fn auth_type(mut self, mode: AuthType) -> Self {
        (self.given.auth_type, self.given.auth_type_derived) = (Some(mode), false);
        self
    }

    /// With the clock at this time, in milliseconds since 1970. It stands at 0 otherwise.
    #[must_use]
    pub fn now_millis(mut self, millis: i64) -> Self {
        self.given.now_millis = millis;
        self
    }

    /// With this variable explained in the place of `isAuthorized`.
    #[must_use]
    pub fn watch(mut self, variable: &str) -> Self {
        variable.trim_start_matches('$').clone_into(&mut self.question.watch);
        self
    }

    /// With rows that a filter is judged against.
    #[must_use]
    pub fn records(mut self, rows: Vec<Value>) -> Self {
        self.question.records = rows;
        self
    }
}

/// What was decided and why. It displays as the text report (`{:#}` the whole of it) and serialises as the JSON report.
#[derive(Debug)]
pub struct Explanation<'t> {
    template: &'t Template,
    context: Context,
    explained: Explained,
}

/// Runs a template and explains what it decided.
///
/// ```
/// use vtl_eval::{Context, Template, explain, trace::Verdict};
///
/// let template = Template::parse("t.vtl", "#if(!$ctx.identity.claims.admin)$util.unauthorized()#end{}")?;
/// let context = Context::from_json(r#"{"identity": {"claims": {"sub": "ann-1"}}}"#)?;
/// assert_eq!(explain(&template, &context)?.verdict(), Verdict::Denied);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A sentence that names the member of the context that has the wrong type.
pub fn explain<'t>(template: &'t Template, context: &Context) -> Result<Explanation<'t>, String> {
    let explained = trace::explain(&template.program, &context.given, &context.question)?;
    Ok(Explanation { template, context: context.clone(), explained })
}

impl Explanation<'_> {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.explained.verdict
    }

    /// The text that the template rendered.
    pub fn output(&self) -> &str {
        &self.explained.outcome.output
    }

    /// What a reader should look at, most telling first.
    pub fn hints(&self) -> &[Finding] {
        &self.explained.why.hints
    }

    /// The line of the template that decided, if one did.
    pub fn line(&self) -> Option<u32> {
        let program = &self.template.program;
        let node = self.explained.decision.node?;
        Some(program.source.place(program.span(node).start).line)
    }

    /// The facts, to be drawn by [`crate::report`].
    pub fn report(&self) -> Report<'_> {
        Report {
            program: &self.template.program,
            outcome: &self.explained.outcome,
            verdict: self.explained.verdict,
            decision: self.explained.decision,
            watched: &self.context.question.watch,
            auth_type: self.context.given.auth_type,
            auth_type_derived: self.context.given.auth_type_derived,
            why: Some(&self.explained.why),
            coverage: self.explained.coverage.as_ref(),
            input_notes: Vec::new(),
        }
    }

    /// The text report without colours, for a terminal of this width.
    pub fn text(&self, layout: Layout) -> String {
        anstream::adapter::strip_str(&render_text(&self.report(), layout)).to_string()
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Layout { verbose: f.alternate(), ..Layout::default() }))
    }
}

impl Serialize for Explanation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        JsonReport::new(&self.report()).serialize(serializer)
    }
}
