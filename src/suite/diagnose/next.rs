//! What would settle more: the options whose facts a diagnosis lacked.

use super::Diagnosis;
use crate::code::Code;
use crate::request::layer::{Layer, LayerName, State};

impl Diagnosis {
    /// The options of `diagnose` that would settle more, in the order of the layers; none where a layer refused for certain.
    pub fn next(&self) -> Vec<&'static str> {
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
                State::Unknown => options.extend(option(layer)),
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
        (LayerName::Mode, Some(Code::DefaultModeUnknown)) => "--api FILE",
        (LayerName::Mode, _) => "--schema FILE",
        // Whether there were policies or a function at all, the mode tells.
        (LayerName::Iam | LayerName::Authorizer, None) => return None,
        (LayerName::Iam, _) => "--policy FILE",
        (LayerName::Authorizer, _) => "--authorizer FILE",
        (LayerName::Resolver, _) => "--from PATH",
        (LayerName::Records, _) => return None,
    })
}
