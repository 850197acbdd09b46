//! The token of a user before: another one has signed in since, by what the same file shows, and the client still sends the first
//! one's.

use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::Evidence;
use crate::request::history::{Credential, Past, clock};
use crate::request::layer::{Layer, LayerName};

/// What helps.
const CURE: &str = "Read the token from the session at each call (Amplify 6: fetchAuthSession) in place of one that was kept in a header or a client; make clients and sockets anew when a user signs in, and drop tokens and cached answers when one signs out.";

/// Puts it before what the layer found, for the other user is whom it would have judged; a token that is no good says so first.
/// Where nothing refused, the answer is the user's before, and that is a hint.
pub(super) fn tell(evidence: &Evidence, layer: Option<LayerName>, layers: &mut [Layer], hints: &mut Vec<Finding>) {
    let Some(words) = words(evidence, "the request carries") else { return };
    let finding = |message: Message| Finding::new(Code::EarlierUser, message.cured(CURE)).certainty(Certainty::Likely).at("others");
    let Some(layer) = layers.iter_mut().find(|one| Some(one.layer) == layer) else {
        let shown = Message::from("Whatever it was answered is the first user's.");
        hints.push(finding(words.with(shown)));
        return;
    };
    match layer.findings.first_mut() {
        Some(first) if layer.layer == LayerName::Request && first.code == Code::TokenExpired => {
            let whose = self::words(evidence, "it is").unwrap_or_default();
            first.message = first.message.cause().with(whose).cured(CURE);
            // A fresh token of the same user would show him his data: what proves the rest advises nothing.
            for proof in layer.findings.iter_mut().filter(|one| one.code == Code::ProvedBySuccess) {
                proof.message = proof.message.cause();
            }
        }
        Some(_) if layer.layer == LayerName::Request => layer.findings.insert(1, finding(words)),
        _ => layer.findings.insert(0, finding(words)),
    }
}

/// Whose token was sent, and who had signed in since.
fn words(evidence: &Evidence, begin: &str) -> Option<Message> {
    let own = Credential::of(&evidence.headers)?;
    let user = own.user.as_ref()?;
    // The nearest stand first: the session of the moment is the last that began before the request.
    let given = |past: &&Past| !past.later && past.session.is_some();
    let by_sign_in = evidence.others.iter().find(given).and_then(|past| Some((past, past.session.as_ref()?)));
    let sent = |past: &&Past| !past.later && past.credential.as_ref().is_some_and(|one| one.user.is_some());
    let by_token = evidence.others.iter().find(sent).and_then(|past| Some((past, past.credential.as_ref()?)));
    let newer = |found: &(&Past, &Credential)| found.1.user.as_ref().is_some_and(|theirs| user.is_before(theirs));
    let since = Part::Value(clock(user.since));
    if let Some((past, theirs)) = by_sign_in.filter(newer) {
        return Some(Message::of(
            "{} {}, who had signed in at {}, and by this file another user signed in at {}, who was given {}: the client still sends the token of the user before.",
            [
                Part::Text(begin.to_owned()),
                Part::Value(own.shown.clone()),
                since,
                Part::Value(past.clock()),
                Part::Value(theirs.shown.clone()),
            ],
        ));
    }
    let (past, theirs) = by_token.filter(newer)?;
    Some(Message::of(
        "{} {}, who had signed in at {}, and the request before it, at {}, carried {}, who signed in later, at {}: most likely a part of the client still sends the token of the user before.",
        [
            Part::Text(begin.to_owned()),
            Part::Value(own.shown.clone()),
            since,
            Part::Value(past.clock()),
            Part::Value(theirs.shown.clone()),
            Part::Value(clock(theirs.user.as_ref()?.since)),
        ],
    ))
}
