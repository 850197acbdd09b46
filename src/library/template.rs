//! A template, and how it is explained.

use super::{Context, Error, Explanation};
use crate::explain::{Absent, Depth, Question, Subject, explain as explain_subject};
use crate::source::Source;
use crate::syntax::{Program, parse};
use std::sync::Arc;

/// A resolver template, compiled once and run as often as one likes, on any thread.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "#set($x = 1)$x")?;
/// assert_eq!((template.name(), template.text()), ("t.vtl", "#set($x = 1)$x"));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    program: Arc<Program>,
}

impl Template {
    /// Parses a template; the name is shown in reports (`Query.listTodos.auth.1.req.vtl`).
    ///
    /// # Errors
    /// [`ErrorKind::Template`](super::ErrorKind::Template): what is wrong with it, and where.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let program = parse(&Source::new(name, text)).map_err(|diagnostic| Error::template(&diagnostic))?;
        Ok(Self { program: Arc::new(program) })
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.program.source.name
    }

    /// The text that it was parsed from.
    pub fn text(&self) -> &str {
        &self.program.source.text
    }
}

/// Runs a template and explains what it decided.
///
/// ```
/// use vtl_eval::{Context, Template, Verdict, explain};
///
/// let template = Template::parse("t.vtl", "#if(!$ctx.identity.claims.admin)$util.unauthorized()#end{}")?;
/// let context = Context::with_claims(r#"{"sub": "ann-1"}"#)?;
/// assert_eq!(explain(&template, &context)?.verdict(), Verdict::Denied);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`](super::ErrorKind::Input): a member of the context has the wrong type.
pub fn explain(template: &Template, context: &Context) -> Result<Explanation, Error> {
    let done = explain_subject(Subject::Template(&template.program), &context.given, &context.question)?;
    Ok(Explanation::new(done, &context.notes))
}

/// Runs a template and nothing else: its verdict, output and stash, without why. Absent parts of the context are null, and
/// secrets in the output are left as the template made them.
///
/// ```
/// use vtl_eval::{Context, Template, evaluate};
///
/// let template = Template::parse("t.vtl", "$util.toJson($ctx.args)")?;
/// let context = Context::from_json(r#"{"arguments": {"id": "7"}}"#)?;
/// assert_eq!(evaluate(&template, &context)?.output(), r#"{"id":"7"}"#);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`](super::ErrorKind::Input): a member of the context has the wrong type.
pub fn evaluate(template: &Template, context: &Context) -> Result<Explanation, Error> {
    let question = Question { depth: Depth::Verdict, absent: Absent::Null, ..context.question.clone() };
    let done = explain_subject(Subject::Template(&template.program), &context.given, &question)?;
    Ok(Explanation::new(done, &context.notes))
}
