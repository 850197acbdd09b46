//! An argument that says whose rows are meant, where the caller's token says so too and nothing reads it.

use super::super::Finished;
use super::Leaf;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::nearest::letters;
use crate::request::secret::names_secret;
use crate::trace::Verdict;
use crate::value::Value;
use rustc_hash::FxHashMap;

/// The client sent another's value of what a claim of its own name says of the caller, and the request asks by that.
pub fn beside_argument(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let completed = matches!(run.verdict, Verdict::Allowed | Verdict::Completed);
    // What reads the caller, or what a step before put there, may compare him by other means.
    let reads = ["identity", "stash", "prev"].iter().any(|word| run.program.says(word));
    if !completed || reads || run.is_generated() || found.iter().any(|known| known.code == Code::ClaimNotCompared) {
        return;
    }
    let asks = run.rendered().and_then(|request| Some(request.as_map()?.contains_str("operation"))).unwrap_or_default();
    let claims = run.context(&["identity", "claims"]);
    let args = run.context(&["args"]);
    let (true, Some(claims), Some(args)) = (asks, claims.as_map(), args.as_map()) else { return };
    let sent: FxHashMap<String, (String, String)> = args
        .snapshot()
        .into_iter()
        .filter_map(|(key, value)| Some((bare(key.as_str()?), (key.as_str()?.to_owned(), text(&value)?.to_owned()))))
        .collect();
    for (name, value) in claims.snapshot() {
        let (Some(claim), Some(mine)) = (name.as_str().filter(|name| says_where(name)), text(&value)) else { continue };
        let Some((key, sent)) = sent.get(&bare(claim)).filter(|(_, sent)| sent != mine) else { continue };
        let read = run.recorder.index.references.iter().any(|reference| run.recorder.values.latest(reference).as_str() == Some(sent));
        if !read || names_secret(claim) || names_secret(key) || !run.outcome.output.contains(sent) || run.outcome.output.contains(mine) {
            continue;
        }
        found.push(finding(run, (claim, mine), (key, sent)));
        return;
    }
}

/// Whether a claim may say where its caller belongs: what every user has of himself, others may ask for by right.
fn says_where(name: &str) -> bool {
    const HIS_OWN: [&str; 12] = ["sub", "username", "cognito:username", "email", "name", "given_name", "family_name", "nickname", "preferred_username", "locale", "phone_number", "aud"];
    !HIS_OWN.contains(&name)
}

/// A text that says where somebody belongs: a word of a letter is no such thing.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| text.len() > 2)
}

/// `custom:tenant_id` and `tenantId` are one name.
fn bare(name: &str) -> String {
    letters(name.rsplit([':', '/']).next().unwrap_or(name))
}

fn finding(run: &Finished<'_>, (claim, mine): (&str, &str), (key, sent): (&str, &str)) -> Finding {
    let read = run.recorder.index.references.iter().find(|reference| run.program.text(reference.node).trim_end_matches('}').ends_with(key));
    let place = read.map_or_else(String::new, |reference| format!(" (line {})", super::words::line(run, reference.node)));
    let message = Message::of(
        "Wider than it looks: the client chooses whose rows are meant. The argument {} is {} and goes into the request{}, and nothing compares it with the caller in this template, whose claim {} is {} and is never read: whoever may call the field gets any of them by sending another value. » Take it from the token, {}, refuse where that is null, and leave the argument out; or call `$util.unauthorized()` where the two differ.",
        [
            Part::Name(key.to_owned()),
            Part::Value(quoted(sent).to_string()),
            Part::Place(place),
            Part::Name(claim.to_owned()),
            Part::Value(quoted(mine).to_string()),
            Part::Code(format!("`$ctx.identity.claims.get(\"{claim}\")`")),
        ],
    );
    Finding::new(Code::ClaimNotCompared, message).certainty(Certainty::Likely).at(format!("args.{key}")).actual(sent).wanted(mine)
}
