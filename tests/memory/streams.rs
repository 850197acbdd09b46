//! What `batch` and `replay` hold of a stream that does not end: no more after many lines than after fewer, whatever is new in
//! each.

use super::{HEAP, alone};
use std::fmt::Write as _;
use vtl_eval::cli::Rows;
use vtl_eval::suite::replay::{Judge, Replay, Skip, Summary};

/// What the heap held at most while this ran, beyond what it held before.
fn peak(run: impl FnOnce()) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    run();
    HEAP.peak_usage().saturating_sub(before)
}

/// Lines with templates, ids, members and credentials that no other line has, each template with a program of some megabyte.
#[test]
fn a_batch_keeps_no_more_of_many_lines_than_of_few() {
    let _alone = alone();
    let statements = "#if($a == 1)b#end".repeat(1_500);
    let mut engine = Rows::at(0);
    let mut rows = Vec::new();
    let mut answer = |from: usize, to: usize| {
        for at in from..to {
            let line = format!(
                r#"{{"id": "id{at}", "template": "{at}{statements}$ctx.args.member{at}", "context": {{"arguments": {{"member{at}": "x", "password": "secret-of-{at}"}}}}}}"#
            );
            rows.clear();
            assert!(engine.answer(line.as_bytes(), &mut rows), "{}", String::from_utf8_lossy(&rows));
        }
    };
    let few = peak(|| answer(0, 10));
    assert!(few > 4 << 20, "the programs of few lines are kept: {few}");
    // The bytes of templates that are kept are met by the fortieth.
    let most = peak(|| answer(10, 70));
    println!("batch: {few} bytes for 10 lines, {most} for 60 more");
    assert!(most < 5 * few, "{few} bytes are held of 10 lines, and {most} of 60 more");
}

/// A request of a log: its refusal, and for some an entry of an unknown type, a further line, and what is broken.
fn request(at: usize, log: &mut impl FnMut(Result<String, Skip>)) {
    let mut line = format!(
        r#"{{"logType":"RequestMapping","requestId":"request-{at}","parentType":"Query","fieldName":"field{at}","#
    );
    let _ = write!(
        line,
        r#""path":["place{at}"],"errors":["Not Authorized to access field{at} on type Query"],"context":{{"arguments":{{"password":"secret-of-{at}"}}}},"transformedTemplate":"text {at}","fieldInError":true}}"#
    );
    log(Ok(line));
    if at.is_multiple_of(10) {
        log(Ok(format!(r#"{{"logType":"Kind{at}","requestId":"request-{at}"}}"#)));
        log(Ok(format!("a line of nobody {at}")));
        log(Ok(format!(r#"{{"logType":"Broken{at}"#)));
    }
}

/// Requests that nobody ends, with names, kinds and refusals that no other has: more than the window holds, and more kinds than
/// are kept apart.
#[test]
fn a_replay_keeps_no_more_of_many_requests_than_of_few() {
    let _alone = alone();
    let judge = Judge::default();
    let mut replay = Replay::new(&judge, None);
    let (mut summary, mut number) = (Summary::default(), 0);
    let mut read = |from: usize, to: usize| {
        for at in from..to {
            request(at, &mut |line| {
                number += 1;
                let mut done = |report| {
                    summary.add(&report);
                    Ok(())
                };
                replay.line("log", number, line, &mut done).expect("nobody ends it");
            });
        }
    };
    let few = peak(|| read(0, 21_000));
    let more = peak(|| read(21_000, 31_000));
    println!("replay: {few} bytes for 21,000 requests, {more} more for 10,000 further ones");
    assert!(more < few / 2, "{few} bytes, then {more} more");
    assert!(summary.others > 0 && summary.rows().len() < 21_000, "{} rows", summary.rows().len());
}

/// Words that are long are counted by their bytes: fewer kinds of refusals are kept apart, and the report says so.
#[test]
fn a_summary_of_long_names_is_bounded() {
    use vtl_eval::suite::replay::{Logged, RequestReport};
    let _alone = alone();
    let mut summary = Summary::default();
    let held = peak(|| {
        for at in 0..1_500 {
            let field = format!("Query.{at}{}", "f".repeat(20_000));
            let report = RequestReport { verdict: Logged::Denied, fields: vec![field], ..RequestReport::default() };
            summary.add(&report);
        }
    });
    assert!(held < 24 << 20, "{held} bytes");
    let counted: u64 = summary.rows().iter().map(|row| row.count).sum();
    assert_eq!(counted, 1_500, "none is lost");
    assert!(summary.others > 300 && summary.rows().iter().any(|row| row.field == "others"));
}
