//! The order of hints against the order in which their conditions stand before the statement that decided. Our own reports say
//! what a reader needs first: the order of `explain/hint/order.rs` must give it at least as often as nearness would.

use serde_json::Value as Json;
use vtl_eval::explain::Explanation;
use vtl_eval::finding::Finding;
use vtl_eval::trace::condition::Condition;

/// How many letters stand between the deciding statement and the nearest condition on the deciding path that looked at the
/// place which a hint names; what no condition looked at is the farthest.
fn distance(explained: &Explanation, hint: &Finding) -> u32 {
    let (Some(why), Some(path), Some(decision)) = (&explained.why, &hint.path, explained.decision.node) else {
        return u32::MAX;
    };
    let start = |node| explained.program.span(node).start;
    let causes = why.guards.iter().flat_map(|guard| &guard.causes).flat_map(|cause| &cause.guards);
    let guards = why.guards.iter().chain(causes).map(|guard| &*guard.condition);
    let blockers = why.candidates.iter().flat_map(|candidate| candidate.blocker.iter().chain(&candidate.items));
    let looks = |condition: &&Condition| {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        let operands = leaves.into_iter().flat_map(|leaf| &leaf.operands);
        operands.flat_map(|operand| operand.origins.iter()).any(|origin| {
            origin
                .path()
                .map(ToString::to_string)
                .is_some_and(|place| place.starts_with(path) || path.starts_with(&place))
        })
    };
    let conditions = guards.chain(blockers.map(|blocker| &blocker.condition)).filter(looks);
    conditions.map(|condition| start(condition.node).abs_diff(start(decision))).min().unwrap_or(u32::MAX)
}

fn norm(text: &str) -> String {
    let plain = text.to_lowercase().replace('`', "").replace(['\u{2018}', '\u{2019}'], "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many of the groups of words that a reader needs stand in the first hint.
fn told(report: &Json, hints: &[Finding]) -> usize {
    let first = hints.first().map_or(String::new(), |hint| norm(&hint.message.to_string()));
    let groups = report["expected"]["says"].as_array().map_or(&[][..], Vec::as_slice);
    let stands = |group: &&Json| {
        let mut words = group.as_array().into_iter().flatten().filter_map(Json::as_str);
        words.any(|word| first.contains(norm(word).as_str()))
    };
    groups.iter().filter(stands).count()
}

/// Reports with several hints, and the groups of words in the first one: as it is, nearest first, and nearest first among those
/// of one certainty.
pub fn nearness_alone_would_tell_less_first(all: &[(String, Explanation, Json)]) {
    let (mut reports, mut own, mut by_nearness, mut by_certainty) = (0, 0, 0, 0);
    let mut differs = Vec::new();
    for (name, explained, report) in all.iter().filter(|(_, _, report)| report.is_object()) {
        let hints = explained.hints();
        if hints.len() < 2 {
            continue;
        }
        let sorted = |key: &dyn Fn(&Finding) -> (u32, u32)| {
            let mut hints = hints.to_vec();
            hints.sort_by_key(key);
            told(report, &hints)
        };
        let near = sorted(&|hint| (0, distance(explained, hint)));
        let certain = sorted(&|hint| (hint.certainty as u32, distance(explained, hint)));
        let as_it_is = told(report, hints);
        (reports, own) = (reports + 1, own + as_it_is);
        (by_nearness, by_certainty) = (by_nearness + near, by_certainty + certain);
        if as_it_is < near.max(certain) {
            differs.push(format!("{name}: {as_it_is} {near} {certain}"));
        }
    }
    println!("{reports} reports: {own} as it is, {by_nearness} by nearness, {by_certainty} by certainty and nearness");
    // All readings of what was not given are one hint, and a slip leaves no plain second one.
    assert!(reports > 60, "only {reports} reports have several hints");
    assert!(own > by_nearness && own > by_certainty, "{own}, {by_nearness}, {by_certainty}: {differs:#?}");
}
