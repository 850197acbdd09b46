//! What would settle more: the options whose facts a diagnosis lacked.

use crate::message::{all_of};
use super::Diagnosis;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::request::layer::{Layer, LayerName, State};
use crate::trace::Verdict;

/// Where a caller is given to `diagnose`; every other part of the context stands in a refusal report.
const CALLER: &str = "identity";

impl Diagnosis {
    /// What to type next, in words; `None` where nothing would settle more.
    pub fn next(&self) -> Option<String> {
        let parts = self.missing();
        let options = self.options();
        let report = parts.iter().filter(|part| **part != CALLER).map(|part| format!("`{part}`")).collect::<Vec<_>>();
        let command = (!options.is_empty()).then(|| format!("`vtl-eval diagnose FILE {}`", options.join(" ")));
        match (command, report.is_empty()) {
            (None, true) => self.resolver.as_ref().and_then(crate::explain::Explanation::next),
            (Some(command), true) if parts.is_empty() => Some(format!("{command} settles more")),
            (Some(command), true) => Some(format!("{command} settles it")),
            (None, false) => Some(format!("a refusal report with {} in its `context` settles it", all_of(&report))),
            (Some(command), false) => Some(format!("{command} with {} in the report's `context` settles it", all_of(&report))),
        }
    }

    /// The parts of the context on which the templates' answer rests, and that nobody gave.
    fn missing(&self) -> Vec<&'static str> {
        let open = self.resolver.as_ref().filter(|explained| explained.verdict == Verdict::Unknown);
        open.map(|explained| explained.missing().into_iter().map(|(part, _)| part).collect()).unwrap_or_default()
    }

    /// The options of `diagnose` that would settle more, in the order of the layers; none where a layer refused for certain.
    pub fn options(&self) -> Vec<&'static str> {
        let parts = self.missing();
        if !parts.is_empty() {
            // The templates ran, and ask for one thing.
            return parts.iter().filter(|part| **part == CALLER).map(|_| "--claims TOKEN").collect();
        }
        let signed = self.auth_type == Some(AuthType::Iam);
        let mut options = Vec::new();
        for layer in &self.layers {
            match layer.state {
                State::Refused => {
                    // The likeliest layer, because its input is missing.
                    let missing = layer.findings.first().is_some_and(|finding| finding.code == Code::TemplateMissing);
                    options.extend(missing.then_some("--from PATH"));
                    return settled(options, self, layer, missing);
                }
                State::Passed => {}
                // Templates that ran are there.
                State::Unknown if layer.layer == LayerName::Resolver && self.resolver.is_some() => {}
                // No token settles anything about a request that is signed.
                State::Unknown => options.extend(option(layer).filter(|option| !signed || *option != "--claims TOKEN")),
            }
        }
        options.dedup();
        options
    }
}

/// What stands before a refusal can still change it, unless the client saw the same.
fn settled(options: Vec<&'static str>, diagnosis: &Diagnosis, layer: &Layer, missing: bool) -> Vec<&'static str> {
    let same = !missing && diagnosis.consistent == Some(true) && Some(layer.layer) == diagnosis.layer;
    if same { Vec::new() } else { options }
}

fn option(layer: &Layer) -> Option<&'static str> {
    let code = layer.findings.first().map(|finding| finding.code);
    Some(match (layer.layer, code) {
        (_, Some(Code::FieldUnknown)) => return None,
        (LayerName::Request, Some(Code::ExpiryUnknown)) => "--now TIME",
        (LayerName::Request, _) => "--claims TOKEN",
        (LayerName::Mode, Some(Code::ModeUnknown)) => "--auth-type MODE",
        (LayerName::Mode, Some(Code::GroupsNotGiven)) => "--claims TOKEN",
        (LayerName::Mode, Some(Code::DefaultModeUnknown)) => "--api FILE",
        // Where nothing is asked for, nothing settles it: an Event API has no schema.
        (LayerName::Mode, None) => return None,
        (LayerName::Mode, _) => "--schema FILE",
        // Whether there were policies or a function at all, the mode tells.
        (LayerName::Iam | LayerName::Authorizer, None) => return None,
        // The policies were given: which document is wanted beside them the cure says.
        (LayerName::Iam, Some(Code::IamPolicyUnread)) => return None,
        (LayerName::Iam, _) => "--policy FILE",
        (LayerName::Authorizer, Some(Code::AuthorizerUnknown)) => "--authorizer FILE",
        (LayerName::Authorizer, _) => return None,
        (LayerName::Resolver, _) => "--from PATH",
        (LayerName::Records, _) => return None,
    })
}
