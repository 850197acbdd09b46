//! A template that reads the clock, and a report that does not say when the call was made.

use super::Refusal;
use crate::code::Code;
use crate::eval::Note;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::request::{Member, token};
use crate::trace::{Verdict, mentions};

/// What a template reads of the clock (`$util.time`).
const CLOCK: &str = "time";

/// Without a token the call may have been long ago, or may be yet to come: in seconds, ten years.
const AROUND: i64 = 10 * 366 * 86_400;

/// Where the call's time is not known, what the template decides at the first and at the last second of the token's life: of
/// two answers neither is preferred.
pub fn weigh(refusal: &Refusal, explained: Explanation, again: impl Fn(i64) -> Option<Explanation>) -> Explanation {
    if refusal.evidence.now.is_some() {
        return explained;
    }
    let life = life(refusal);
    let Some((issued, ends)) = life.or_else(|| refusal.clock.map(|now| (now - AROUND, now + AROUND))) else { return explained };
    let steps = explained.pipeline.iter().flat_map(|pipeline| pipeline.steps.iter().map(|step| &step.program));
    if !steps.chain([&explained.program]).any(|program| mentions(program, CLOCK)) {
        return explained;
    }
    let (Some(first), Some(last)) = (again(issued), again(ends)) else { return explained };
    if refused(&first) == refused(&last) {
        return explained;
    }
    let life = life.is_some().then_some((issued, ends));
    if let Some(seen) = &refusal.evidence.observed {
        // What was seen says which of the two it was.
        let (fits, at) = if refused(&first) == seen.is_refusal() { (first, issued) } else { (last, ends) };
        return at_the_time_seen(fits, life.is_some().then_some(at));
    }
    let message = depends(&first, &last, life);
    let finding = Finding::new(Code::NotGiven, message).at("now");
    let mut open = explained;
    open.verdict = Verdict::Unknown;
    if let Some(why) = open.why.as_mut() {
        why.hints.retain(|hint| hint.code != Code::NotGiven);
        why.hints.insert(0, finding);
        why.decided = None;
        why.let_through = None;
    }
    open
}

/// That the answer hangs on the time, with what refuses at another one.
fn depends(first: &Explanation, last: &Explanation, life: Option<(i64, i64)>) -> Message {
    let fate = |one: &Explanation| Part::Text(if refused(one) { "refused" } else { "let through" }.to_owned());
    let (mut message, there) = match life {
        Some((issued, ends)) => (
            Message::of(
                "this depends on the time of the call, which was not given: at {}, when the token was issued, the caller is {}; at {}, the last second that it was good, {}.",
                [Part::Value(token::moment(issued)), fate(first), Part::Value(token::moment(ends)), fate(last)],
            ),
            "There {}.",
        ),
        None => ("this depends on the time of the call, which was not given, and no token says when that can have been.".into(), "At another time {}."),
    };
    let refusing = if refused(first) { first } else { last };
    let because = refusing.why.as_ref().and_then(|why| why.decided.as_ref()).map(|decided| decided.message.first_sentence());
    message.and(because.map_or_else(Message::default, |because| Message::joined(there, [because])));
    message.and("» Give the time of the call (`now`, in seconds since 1970): the HAR, AppSync's log and `x-amz-date` have it.");
    message
}

/// The run that what was seen fits, with a word that its time is none that was given.
fn at_the_time_seen(mut explained: Explanation, at: Option<i64>) -> Explanation {
    let when = at.map_or_else(String::new, |at| format!(" at about {}", token::moment(at)));
    let message = Message::of(
        "The time of the call was not given, and the templates ask for it: what was seen fits a call{}, so a time that fits was taken.",
        [Part::Value(when)],
    );
    explained.notes.push(Note::new(Code::NotGiven, message));
    explained
}

fn refused(explained: &Explanation) -> bool {
    matches!(explained.verdict, Verdict::Denied | Verdict::Error)
}

/// When the token was issued, and the last second that it was good.
fn life(refusal: &Refusal) -> Option<(i64, i64)> {
    let claims = refusal.request.given(Member::Identity)?.get("claims")?;
    let time = |name: &str| claims.get(name)?.as_i64();
    let (issued, ends) = (time("iat")?, time("exp")? - 1);
    (issued < ends).then_some((issued, ends))
}
