//! A layer that a request passes, and what was found there.

use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use serde::Serialize;
use std::fmt;

/// The layers, in the order in which AppSync applies them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerName {
    /// Credentials: there, well formed, not expired, of the right issuer.
    Request,
    /// Which mode they select, and whether the schema lets it in.
    Mode,
    /// IAM policies.
    Iam,
    /// The Lambda authorizer's answer.
    Authorizer,
    /// The templates.
    Resolver,
    /// A filter against the rows.
    Records,
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Request => "request",
            Self::Mode => "mode",
            Self::Iam => "iam",
            Self::Authorizer => "authorizer",
            Self::Resolver => "resolver",
            Self::Records => "records",
        })
    }
}

/// What became of a request at a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It went on.
    Passed,
    /// It ended here.
    Refused,
    /// The input to tell is missing: the findings say which.
    Unknown,
}

/// One layer, judged.
#[derive(Clone, Debug, Serialize)]
pub struct Layer {
    /// Which.
    pub layer: LayerName,
    /// What became of the request.
    pub state: State,
    /// The evidence.
    pub findings: Vec<Finding>,
    /// Whether what the layer itself answered was given, such as a Lambda authorizer's answer.
    #[serde(skip)]
    pub is_answered: bool,
    /// Whether it had nothing to judge: a request that asks nothing of the rows.
    #[serde(skip)]
    pub is_idle: bool,
}

impl Layer {
    /// A layer in this state.
    pub fn new(layer: LayerName, state: State) -> Self {
        Self { layer, state, findings: Vec::new(), is_answered: false, is_idle: false }
    }

    /// Whether it has a part in requests of this mode: what was not judged gets no tick. Of an unknown mode neither IAM nor the
    /// authorizer passes, but where the API does not have it, or the function's own answer was given.
    pub fn applies(&self, mode: Option<AuthType>) -> bool {
        let only = match self.layer {
            LayerName::Iam => AuthType::Iam,
            LayerName::Authorizer => AuthType::Lambda,
            _ => return self.state != State::Passed || !self.is_idle,
        };
        self.state != State::Passed || mode.map_or(self.is_answered, |mode| mode == only)
    }

    /// With one more finding.
    #[must_use]
    pub fn with(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }

    /// The request ended here, because of this: the first cause stands first, before what only informs.
    pub fn refuse(&mut self, finding: Finding) {
        let at = if self.state == State::Refused { self.findings.len() } else { 0 };
        self.findings.insert(at, finding);
        self.state = State::Refused;
    }

    /// What was found before becomes the cause; whether there is such a finding.
    pub fn blame(&mut self, code: Code) -> bool {
        let Some(at) = self.findings.iter().position(|finding| finding.code == code) else { return false };
        let finding = self.findings.remove(at);
        self.findings.insert(0, finding);
        self.state = State::Refused;
        true
    }
}
