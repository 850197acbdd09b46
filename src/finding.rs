//! One thing that a reader should know about a refusal: a hint of the trace, or a finding of a layer before the resolver.

use crate::code::{Certainty, Code};
use crate::message::Message;
use serde::Serialize;
use serde_json::Value;

/// What was found, where, what was there and what was wanted.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "#if(!$ctx.identity.claims.admin)$util.unauthorized()#end")?;
/// let why = vtl_eval::explain(&template, &vtl_eval::Context::with_claims(r#"{"sub": "ann-1"}"#)?)?;
/// assert_eq!(why.hints()[0].path.as_deref(), Some("identity.claims.admin"));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it means (docs/hints.md).
    pub code: Code,
    /// Fact or guess.
    pub certainty: Certainty,
    /// One or two sentences for a person: what is so, and what to do.
    pub message: Message,
    /// The place in the context, such as `identity.claims["cognito:groups"]`.
    pub path: Option<String>,
    /// What stood there; null when nothing did or when it is secret.
    pub actual: Value,
    /// What would have been right; null when there is no single such value.
    pub wanted: Value,
}

impl Finding {
    /// A finding without a place and values.
    pub fn new(code: Code, message: impl Into<Message>) -> Self {
        Self {
            code,
            certainty: code.entry().certainty,
            message: message.into(),
            path: None,
            actual: Value::Null,
            wanted: Value::Null,
        }
    }

    /// With another certainty than the code's own.
    #[must_use]
    pub fn certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// With the place that it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// With the value that was seen.
    #[must_use]
    pub fn actual(mut self, value: impl Into<Value>) -> Self {
        self.actual = value.into();
        self
    }

    /// With the value that was wanted.
    #[must_use]
    pub fn wanted(mut self, value: impl Into<Value>) -> Self {
        self.wanted = value.into();
        self
    }
}
