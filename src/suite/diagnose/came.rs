//! What came with its data was let in by what is deployed: a schema, a policy or an answer that was given and says otherwise is not
//! what decided.

use super::passed::{away, same_field, shown};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::layer::{Layer, LayerName, State};

/// The field of this request came with its data.
pub(super) fn let_in(evidence: &Evidence, layers: &mut [Layer]) {
    if !evidence.observed.as_ref().is_some_and(|seen| seen.has_data()) {
        return;
    }
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused) {
        let (code, said, likely) = match layer.layer {
            LayerName::Mode => (Code::SchemaDiffers, by_schema(evidence, layer), SCHEMA),
            LayerName::Iam => (Code::PolicyDiffers, "the policies that were given do not allow it.".into(), POLICIES),
            LayerName::Authorizer => (Code::AuthorizerDiffers, "the authorizer's answer that was given refuses it.".into(), AUTHORIZER),
            LayerName::Request | LayerName::Resolver | LayerName::Records => continue,
        };
        let message = Message::joined(
            "the answer has the field's data and no error, so it was let in, and what was given says otherwise: {} {}",
            [said, likely.into()],
        );
        layer.state = State::Passed;
        layer.findings = vec![Finding::new(code, message).certainty(Certainty::Likely).at("observed.data")];
    }
}

/// Whether a finding tells that of a layer which was passed.
pub(super) fn tells(finding: &Finding) -> bool {
    matches!(finding.code, Code::SchemaDiffers | Code::PolicyDiffers | Code::AuthorizerDiffers)
}

const SCHEMA: &str = "Most likely the deployed schema or the API's modes are not those that were given: » fetch them anew (aws appsync get-introspection-schema, get-graphql-api).";
const POLICIES: &str = "Most likely the caller has other policies than those, or they have changed since: » list what is attached to the role, its groups and its boundary.";
const AUTHORIZER: &str = "Most likely that answer is of another call: for this one an earlier answer counted, which AppSync had kept, or another version of the function gave it. » Look into the function's log of this request.";

/// What the schema that was given says against the field.
fn by_schema(evidence: &Evidence, layer: &Layer) -> Message {
    match layer.findings.iter().find(|one| of_schema(one.code)) {
        Some(one) if one.code == Code::DirectiveExcludesGroups => one.message.cause(),
        Some(_) => {
            let mode = super::mode::selected(evidence).map_or("this mode", |mode| mode.api_name());
            Message::of(
                "by the schema {} may not have {}.",
                [Part::Code(mode.to_owned()), Part::Name(evidence.field_path())],
            )
        }
        None => "the API has no such mode.".into(),
    }
}

fn of_schema(code: Code) -> bool {
    matches!(code, Code::DirectiveExcludesMode | Code::DirectiveExcludesGroups | Code::ModeNeedsDirective)
}

/// The same credential got the very same field at another time, so a schema by which it never does is not what was deployed then;
/// whether it is what refused here cannot be told from it.
pub(super) fn at_another_time(evidence: &Evidence, layers: &mut [Layer], notes: &mut Vec<Message>) {
    let Some(past) = same_field(evidence) else { return };
    let own = evidence.field_path();
    let named = evidence.refused_subject().is_some_and(|(parent, name)| format!("{parent}.{name}") == own);
    let closed = |layer: &&mut Layer| {
        let of_schema = layer.findings.first().is_some_and(|first| of_schema(first.code));
        layer.layer == LayerName::Mode && layer.state == State::Refused && of_schema
    };
    let Some(layer) = layers.iter_mut().find(closed).filter(|_| named) else { return };
    let said = by_schema(evidence, layer);
    layer.state = State::Unknown;
    layer.findings.retain(|one| !of_schema(one.code));
    let passed = Message::of(
        "{} got {} at {}, {},",
        [Part::Value(shown(past)), Part::Name(own), Part::Value(past.clock()), Part::Text(away(evidence, past))],
    );
    notes.push(Message::joined(
        "{} and by the schema that was given it never would: {} So that schema is not what was deployed then; if it was deployed in between, it is what refuses. Fetch the deployed one (aws appsync get-introspection-schema --format SDL --include-directives) and compare.",
        [passed, said],
    ));
}
