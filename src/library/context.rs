//! What a template or a field is run with.

use super::Error;
use crate::appsync::{AuthType, Given, identity};
use crate::eval::Note;
use crate::explain::{Absent, Question};
use crate::value::{Map, Value, from_given};

/// What is run with: the context object of AWS's EvaluateMappingTemplate, and what to look at beyond it.
///
/// ```
/// use vtl_eval::{AuthType, Context};
///
/// let context = Context::with_claims(r#"{"sub": "ann-1", "cognito:groups": ["Admin"]}"#)?
///     .member("arguments", r#"{"id": "7"}"#)?
///     .auth_type(AuthType::UserPool);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Context {
    pub(super) given: Given,
    pub(super) question: Question,
    pub(super) notes: Vec<Note>,
}

/// What a library's user asks: a part of the context that nobody gave is open, and where it decides, nothing is known.
fn asked() -> Question {
    Question { absent: Absent::Open, ..Question::default() }
}

impl Context {
    /// A context from JSON: `{"identity": …, "arguments": …, "source": …, "result": …, "stash": …}`. The caller's mode is
    /// derived from the identity. A member that is left out was not given, which is not null: where it decides, the verdict of
    /// [`explain`](super::explain) is `Verdict::Unknown`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): the text is not a JSON object.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let value = from_given(json).map_err(Error::input)?;
        let members = value.as_map().ok_or_else(|| Error::input("a context is a JSON object"))?.clone();
        Ok(Self { given: Given::new(members), question: asked(), notes: Vec::new() })
    }

    /// A context with nothing but a caller, from the claims of a token as a JSON object.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): the text is not a JSON object.
    pub fn with_claims(claims: &str) -> Result<Self, Error> {
        Self::with_caller(claims)
    }

    /// A context with nothing but a caller, from a compact JWT. Its signature is not checked.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): it is not a token. The message never repeats it.
    pub fn with_token(token: &str) -> Result<Self, Error> {
        Self::with_caller(token)
    }

    /// A context with nothing but a caller, from `$ctx.identity` as AppSync has it, as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): the text is not JSON.
    pub fn with_identity(identity: &str) -> Result<Self, Error> {
        Self::with_caller(identity)
    }

    fn with_caller(text: &str) -> Result<Self, Error> {
        let read = identity::read(text, None, i64::MIN).map_err(Error::input)?;
        let members = Map::new();
        members.put_str("identity", read.identity);
        let mut given = Given::new(members);
        given.auth_type = read.auth_type;
        let note = |(code, message)| Note::new(code, message);
        Ok(Self { given, question: asked(), notes: read.notes.into_iter().map(note).collect() })
    }

    /// This caller in the context of a request: everything but the identity and its mode is taken from `request`.
    #[must_use]
    pub fn over(self, request: &Self) -> Self {
        for (name, value) in request.given.members.snapshot() {
            if name.as_str() != Some("identity") {
                self.given.members.put(name, value);
            }
        }
        self
    }

    /// With a member of the context as JSON: `arguments`, `source`, `result`, `stash`, `info` …
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): the text is not JSON.
    pub fn member(self, name: &str, json: &str) -> Result<Self, Error> {
        self.given.members.put_str(name, from_given(json).map_err(Error::input)?);
        Ok(self)
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

    /// With the rows that a filter is judged against, as a JSON list.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](super::ErrorKind::Input): the text is not a JSON list.
    pub fn records(mut self, json: &str) -> Result<Self, Error> {
        let Value::List(rows) = from_given(json).map_err(Error::input)? else {
            return Err(Error::input("rows are a JSON list"));
        };
        self.question.records = Some(rows.snapshot());
        Ok(self)
    }
}
