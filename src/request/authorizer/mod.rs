//! The Lambda authorizer (APPSYNC-VTL 7.5). A function that said no, one that failed, and one that never ran are three things.

mod answered;
mod asked;
mod denied;
mod logged;

use answered::answered;
use asked::{token_length, token_pattern, unanswered};
use super::evidence::{Evidence, may_be};
use super::invocation;
use super::layer::{Layer, LayerName, State};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;

/// Judges the answer for the refused field. A function that said no, one that failed, and one that never ran are three things.
pub fn judge(evidence: &Evidence, mode: Option<AuthType>) -> Layer {
    let mut layer = Layer::new(LayerName::Authorizer, State::Passed);
    if mode == Some(AuthType::Lambda) && !(token_length(evidence, &mut layer) && token_pattern(evidence, &mut layer)) {
        return layer;
    }
    // What was sent is not known, and nothing else is taken.
    let only = mode.is_none() && evidence.api.has_only(AuthType::Lambda);
    if (only || mode == Some(AuthType::Lambda))
        && let Some(finding) = invocation::judge(evidence)
    {
        layer.refuse(finding);
        return layer;
    }
    let Some(answer) = &evidence.authorizer else {
        if mode == Some(AuthType::Lambda) {
            unanswered(evidence, &mut layer);
        } else if mode.is_none() && may_be(evidence, AuthType::Lambda) {
            layer.state = State::Unknown;
        }
        return layer;
    };
    if mode.is_some_and(|mode| mode != AuthType::Lambda)
        && evidence.header("authorization").is_some()
        && evidence.auth_type.is_some_and(|mode| mode != AuthType::Lambda)
    {
        layer.findings.push(Finding::new(
            Code::AuthorizerNotCalled,
            "the request did not come as Lambda authorization, so this answer did not count: » look at the layer mode.",
        ));
        return layer;
    }
    layer.is_answered = true;
    answered(evidence, answer, &mut layer);
    layer
}
