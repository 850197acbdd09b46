//! The library in three lines: a template, a context, why.

use crate::appsync::{AuthType, Given};
use crate::diagnostic::Diagnostic;
use crate::explain::{Explanation, Question, Subject, Unexplained, explain as explain_subject};
use crate::source::Source;
use crate::syntax::{Program, parse};
use crate::value::{Value, from_json_str};
use std::sync::Arc;

/// A resolver template.
#[derive(Clone, Debug)]
pub struct Template {
    program: Arc<Program>,
}

impl Template {
    /// Parses a template; the name is shown in reports (`Query.listTodos.auth.1.req.vtl`).
    ///
    /// # Errors
    /// What is wrong with the template, and where.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        Ok(Self { program: Arc::new(parse(&Source::new(name, text))?) })
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
pub fn explain(template: &Template, context: &Context) -> Result<Explanation, Unexplained> {
    explain_subject(Subject::Template(&template.program), &context.given, &context.question)
}
