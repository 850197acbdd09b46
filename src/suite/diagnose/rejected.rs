//! What AppSync or the data source did not take of a rendered request, by its own words.

use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::complaint::{self, Complaint};
use crate::request::layer::{Layer, LayerName, State};

/// The complaint that was seen is why the request ended: no rule refused.
pub fn judge(layers: &mut [Layer], resolver: Option<&Explanation>, evidence: &Evidence) {
    let Some(complaint) = complaint::read(evidence) else { return };
    let Some(layer) = layers.iter_mut().find(|layer| layer.layer == LayerName::Resolver) else { return };
    // What the templates themselves show is nearer than AppSync's words.
    if layer.state == State::Refused {
        return;
    }
    let place = resolver.and_then(|explained| place(explained, &complaint));
    let shown = place.map_or_else(String::new, |line| format!(" (line {line})"));
    let about = complaint.about.clone().unwrap_or_else(|| evidence.error_message().to_owned());
    let judged = resolver.and_then(|explained| explained.hints().iter().find(|hint| hint.code == Code::ExpressionRefused));
    if let Some(judged) = judged.filter(|judged| complaint.about.as_deref().is_some_and(|name| judged.message.contains(name))) {
        let words = Message::joined("No rule refused the caller, and no row was looked at. {}", [judged.message.clone()]);
        layer.refuse(Finding::new(Code::RequestRejected, words).at("observed.message").actual(about));
        return;
    }
    let passed = resolver
        .and_then(|explained| explained.why.as_ref())
        .and_then(|why| why.let_through.clone())
        .map_or_else(Message::default, |words| Message::joined("The checks let the caller through: {}", [words]));
    layer.refuse(
        Finding::new(
            Code::RequestRejected,
            Message::joined(
                "No rule refused the caller, and no row was looked at: the request that the template renders is not taken{}: {}.",
                [Message::of("{}", [Part::Place(shown)]), complaint.meaning],
            )
            .with(passed),
        )
        .at("observed.message")
        .actual(about),
    );
}

/// The line of the template where what is complained about stands.
fn place(explained: &Explanation, complaint: &Complaint) -> Option<u32> {
    let name = complaint.about.as_deref()?;
    let source = &explained.program.source;
    let at = source.text.find(&format!("\"{name}\"")).or_else(|| source.text.find(name))?;
    Some(source.place(at as u32).line)
}
