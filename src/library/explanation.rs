//! What was decided and why, by getters.

use crate::code::Code;
use crate::eval::Note as RunNote;
use crate::explain::{Explanation as Explained, hint::json};
use crate::finding::Finding;
use crate::message::Message;
use crate::open::OpenValues;
use crate::report::{Layout, PipelineJson, pipeline_text};
use crate::syntax::NodeId;
use crate::trace::{DecisionKind, Verdict};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// What a template or a field decided, and why. It displays as the text report (`{:#}` the whole of it) and serialises as
/// the JSON report of the command.
///
/// ```
/// use vtl_eval::{Context, Template, explain};
///
/// let template = Template::parse("t.vtl", r#"#if($ctx.identity.claims["cognito:groups"].contains("Admin"))
/// #set($isAuthorized = true)#end#if(!$isAuthorized)$util.unauthorized()#end"#)?;
/// let why = explain(&template, &Context::with_claims(r#"{"cognito:groups": ["admin"], "token_use": "access"}"#)?)?;
/// assert_eq!(why.line(), Some(2));
/// assert_eq!(why.hints()[0].code.as_str(), "group-case-mismatch");
/// assert_eq!(why.suggestions().len(), 1);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Debug)]
pub struct Explanation {
    done: Explained,
    setting: Option<Setting>,
}

/// What the explanation of a project's field is told with: the values that the project leaves open, under their names, and
/// what its files have to say of the field.
#[derive(Debug)]
pub(super) struct Setting {
    pub open: Arc<OpenValues>,
    pub sources: Vec<Finding>,
}

/// What decided, and where.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "#if($ctx.args.open)#set($isAuthorized = true)#end
/// #if(!$isAuthorized)$util.unauthorized()#end")?;
/// let context = vtl_eval::Context::from_json(r#"{"identity": null, "arguments": {"open": false}}"#)?;
/// let why = vtl_eval::explain(&template, &context)?;
/// assert_eq!((why.decision().line, why.decision().code.as_str()), (Some(2), "$util.unauthorized()"));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decision {
    /// What kind of statement.
    pub kind: DecisionKind,
    /// Its line, from 1; `None` where nothing decided.
    pub line: Option<u32>,
    /// Its text.
    pub code: String,
}

/// A statement that could have authorized the request.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "#if($ctx.args.open)#set($isAuthorized = true)#end
/// #if(!$isAuthorized)$util.unauthorized()#end")?;
/// let context = vtl_eval::Context::from_json(r#"{"identity": null, "arguments": {"open": false}}"#)?;
/// let why = vtl_eval::explain(&template, &context)?;
/// assert_eq!(why.candidates()[0].blocked_by.as_deref(), Some("$ctx.args.open"));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// Its line, from 1.
    pub line: u32,
    /// Its text.
    pub code: String,
    /// How many of the conditions around it held.
    pub passed: u32,
    /// How many there are.
    pub of: u32,
    /// The condition that did not hold.
    pub blocked_by: Option<String>,
}

/// Changes that together would have given another verdict; each was proved by running again.
///
/// ```
/// use vtl_eval::{Context, Template, Verdict, explain};
///
/// let template = Template::parse("t.vtl", r#"#if($ctx.identity.claims["cognito:groups"].contains("Admin"))
/// #set($isAuthorized = true)#end#if(!$isAuthorized)$util.unauthorized()#end"#)?;
/// let why = explain(&template, &Context::with_claims(r#"{"cognito:groups": ["admin"], "token_use": "access"}"#)?)?;
/// assert_eq!(why.suggestions()[0].verdict, Verdict::Allowed);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Suggestion {
    /// In words, such as `add "Admin" to identity.claims["cognito:groups"]`.
    pub changes: Vec<String>,
    /// The verdict with them.
    pub verdict: Verdict,
}

/// What a reader must know to trust the verdict.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "$util.isNul(1)")?;
/// let why = vtl_eval::explain(&template, &vtl_eval::Context::from_json("{}")?)?;
/// assert!(why.notes().iter().any(|note| note.code.as_str() == "unknown-function"));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Note {
    /// What it means.
    pub code: Code,
    /// One sentence.
    pub message: Message,
    /// The line that it is about.
    pub line: Option<u32>,
}

impl Explanation {
    pub(super) fn new(mut done: Explained, notes: &[RunNote]) -> Self {
        done.notes.splice(0..0, notes.iter().cloned());
        Self { done, setting: None }
    }

    pub(super) fn within(mut self, setting: Setting) -> Self {
        self.setting = Some(setting);
        self
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.done.verdict
    }

    /// The text that the template rendered.
    pub fn output(&self) -> &str {
        &self.done.outcome.output
    }

    /// The line of the template that decided, if one did.
    pub fn line(&self) -> Option<u32> {
        Some(self.done.place(self.done.decision.node?).line)
    }

    /// What decided, and where.
    pub fn decision(&self) -> Decision {
        let node = self.done.decision.node;
        let code = node.map_or(String::new(), |node| self.done.program.text(node).to_owned());
        Decision { kind: self.done.decision.kind, line: self.line(), code }
    }

    /// What a reader should look at, most telling first.
    pub fn hints(&self) -> &[Finding] {
        self.done.hints()
    }

    /// What could have authorized the request, nearest first.
    pub fn candidates(&self) -> Vec<Candidate> {
        let text = |node: NodeId| self.done.program.text(node).to_owned();
        let candidates = self.done.why.iter().flat_map(|why| &why.candidates);
        candidates
            .map(|candidate| Candidate {
                line: self.done.place(candidate.node).line,
                code: text(candidate.node),
                passed: candidate.passed,
                of: candidate.of,
                blocked_by: candidate.blocker.as_ref().map(|blocker| text(blocker.condition.node)),
            })
            .collect()
    }

    /// What would have changed the verdict, proved.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let suggestions = self.done.why.iter().flat_map(|why| &why.suggestions);
        suggestions
            .map(|suggestion| Suggestion {
                changes: suggestion.changes.iter().map(crate::report::change_words).collect(),
                verdict: suggestion.verdict,
            })
            .collect()
    }

    /// What a reader must know to trust the verdict.
    pub fn notes(&self) -> Vec<Note> {
        let line = |node: Option<NodeId>| node.map(|node| self.done.place(node).line);
        let note = |note: &RunNote| Note { code: note.code, message: note.message.clone(), line: line(note.node) };
        self.done.all_notes().map(note).collect()
    }

    /// The text report without colours, for a terminal of this many columns; `verbose` is the whole of it.
    pub fn text(&self, columns: usize, verbose: bool) -> String {
        let layout = Layout { width: columns, verbose };
        match &self.setting {
            None => self.done.text(layout),
            Some(Setting { open, sources }) => {
                let sources: Vec<&Finding> = sources.iter().collect();
                open.shown(&(self.done.text(layout) + &pipeline_text(&self.done, &sources, layout))).into_owned()
            }
        }
    }

    /// `$ctx.stash` as it was at the end, as JSON.
    pub fn stash(&self) -> serde_json::Value {
        json(&self.done.outcome.context.get_str("stash").unwrap_or_default())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Layout::default().width, f.alternate()))
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(Setting { open, sources }) = &self.setting else { return self.done.serialize(serializer) };
        let sources: Vec<&Finding> = sources.iter().collect();
        let report = PipelineJson::new(&self.done, &sources);
        if open.is_empty() {
            return report.serialize(serializer);
        }
        // The names of open values stand for private letters, wherever those went.
        let text = serde_json::to_string(&report).map_err(S::Error::custom)?;
        let shown: serde_json::Value = serde_json::from_str(&open.shown(&text)).map_err(S::Error::custom)?;
        shown.serialize(serializer)
    }
}
