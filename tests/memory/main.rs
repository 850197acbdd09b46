//! What the ledger says of an evaluation's live bytes, held against what the allocator saw, and what streams hold
//! ([`streams`]): a program of its own, as an allocator counts all that a process does.
//!
//! The ledger's peak is the smallest `memory` with which a template comes to its end. `cargo test --test memory -- --nocapture`
//! prints the table.

use peak_alloc::PeakAlloc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vtl_eval::appsync::Given;
use vtl_eval::eval::{End, Limits, evaluate_within};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::trace::recorder::Recorder;
use vtl_eval::value::{Value, from_json_str};

mod streams;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// One test at a time: the allocator counts them all.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `⟦x 20⟧` makes `$s`, 2^20 times that text.
const ROWS: [(&str, &str); 28] = [
    ("a text", "⟦x 19⟧"),
    ("a text of wide letters", "⟦é 18⟧"),
    ("texts that come and go", "⟦x 17⟧#foreach($i in [1..20])#set($t = \"$s$i\")#end"),
    ("a sum of texts", "⟦x 18⟧#set($t = $s + $s + 'y')"),
    ("a range", "#set($l = [1..5000])"),
    ("a list of texts", "⟦a, 15⟧#set($l = $s.split(','))"),
    (
        "a list of distinct texts",
        "#set($l = [])#foreach($i in [1..200])#set($x = [\"first$i\", \"second$i\", \"third$i\", \"a longer text than fits in a word $i\"])$util.qr($l.add($x))#end",
    ),
    (
        "a list of maps",
        "#set($l = [])#foreach($i in [1..200])$util.qr($l.add({'id': $i, 'name': \"name $i of many\", 'owner': null}))#end",
    ),
    ("a map of lists", "#set($m = {})#foreach($i in [1..200])$util.qr($m.put(\"key$i\", [1, 2, 3]))#end"),
    ("a map of maps", "#set($m = {})#foreach($i in [1..200])$util.qr($m.put(\"key$i\", {'a': {'b': {'c': $i}}}))#end"),
    ("containers in containers", "#set($l = [1])#foreach($i in [1..200])#set($l = [$l, {'a': $l}])#end"),
    ("a list that doubles", "#set($l = [1, 2])#foreach($i in [1..13])$util.qr($l.addAll($l))#end"),
    (
        "parts of a list",
        "#set($l = [1..5000])#set($k = [])#foreach($i in [1..10])$util.qr($k.add($l.subList($i, 5000)))#end",
    ),
    ("JSON of a list", "#set($t = $util.toJson([1..20000]))"),
    (
        "JSON of maps",
        "#set($l = [])#foreach($i in [1..200])$util.qr($l.add({'id': $i, 'name': \"name $i\"}))#end#set($t = $util.toJson($l))#set($u = $util.toJson($t))",
    ),
    ("parsed numbers", "#set($l = $util.parseJson($util.toJson([1..10000])))"),
    (
        "parsed maps",
        "#set($l = [])#foreach($i in [1..200])$util.qr($l.add({'id': $i, 'name': \"name $i\"}))#end#set($k = $util.parseJson($util.toJson($l)))",
    ),
    ("typed values", "#set($k = $util.dynamodb.toDynamoDB([1..5000]))"),
    ("typed values as JSON", "#set($k = $util.dynamodb.toDynamoDBJson([1..20000]))"),
    ("bytes", "⟦x 14⟧#set($l = $s.getBytes())"),
    ("letters", "⟦x 14⟧#set($l = $s.toCharArray())"),
    ("replaced", "⟦ab 17⟧#set($t = $s.replace('a', 'ccc'))"),
    ("replaced by a pattern", "⟦ab 15⟧#set($t = $s.replaceAll('a(b)', '$1$1$1'))"),
    ("encoded", "⟦é 16⟧#set($t = $util.base64Encode($s))#set($u = $util.urlEncode($s))"),
    (
        "entries",
        "#set($m = {})#foreach($i in [1..200])$util.qr($m.put(\"key$i\", $i))#end#set($l = [])#foreach($i in [1..20])$util.qr($l.add($m.entrySet()))$util.qr($l.add($m.values()))#end",
    ),
    (
        "copied maps",
        "#set($m = {})#foreach($i in [1..200])$util.qr($m.put(\"key$i\", $i))#end#set($l = [])#foreach($i in [1..20])$util.qr($l.add($util.map.copyAndRemoveAllKeys($m, [])))#end",
    ),
    ("the stash", "⟦x 15⟧#foreach($i in [1..20])$util.qr($ctx.stash.put(\"k$i\", \"$s$i\"))#end"),
    (
        "a filter",
        "#set($f = {'and': []})#foreach($i in [1..200])$util.qr($f.and.add({'title': {'eq': \"title $i\"}}))#end#set($e = $util.transform.toDynamoDBFilterExpression($f))",
    ),
];

fn expanded(template: &str) -> String {
    let Some((_, rest)) = template.split_once('⟦') else { return template.to_owned() };
    let (word, rest) = rest.split_once('⟧').expect("a closing bracket");
    let (first, times) = word.split_once(' ').expect("a text and a number");
    format!("#set($s = \"{first}\")#foreach($i in [1..{times}])#set($s = \"$s$s\")#end{rest}")
}

fn given() -> Given {
    let Ok(Value::Map(members)) = from_json_str(r#"{"identity": {"sub": "a", "claims": {"sub": "a"}}}"#) else {
        panic!("a context")
    };
    Given::new(members)
}

/// Whether a program comes to its end within so many bytes, watched as an explanation watches it, or not.
fn ends(program: &Program, given: &Given, memory: usize, watched: bool) -> bool {
    let (context, env) = given.context().expect("a context");
    let limits = Limits { memory, ..Limits::default() };
    let outcome = if watched {
        let mut recorder = Recorder::new(program, &context.root);
        evaluate_within(program, context, &env, &limits, &mut recorder)
    } else {
        evaluate_within(program, context, &env, &limits, &mut ())
    };
    match &outcome.end {
        End::Failed(failure) => {
            assert!(failure.message.contains("`memory`"), "{}", failure.message);
            false
        }
        _ => true,
    }
}

/// What the allocator held at most.
fn seen(program: &Program, given: &Given, watched: bool) -> usize {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    assert!(ends(program, given, usize::MAX, watched));
    HEAP.peak_usage().saturating_sub(before)
}

/// The bytes of the largest text or list that a program ends with.
fn largest(program: &Program, given: &Given) -> usize {
    let (context, env) = given.context().expect("a context");
    let outcome = evaluate_within(program, context, &env, &Limits::default(), &mut ());
    let bytes = |value: &Value| match (value.as_str(), value.members()) {
        (Some(text), _) => text.len(),
        (None, Some(members)) => members.len() * size_of::<Value>(),
        _ => 0,
    };
    outcome.frame.iter().flatten().map(bytes).max().unwrap_or_default()
}

/// What lives is counted, with a twentieth at most to spare; and while a value is made, its parts lie beside it: no more than
/// twice its bytes. The longest text has 10 MB and the longest list a million items, so with 256 MB a process stays below 400.
#[test]
fn the_ledger_counts_what_the_allocator_sees() {
    let _alone = alone();
    let given = given();
    let mut wrong = Vec::new();
    for (name, template) in ROWS {
        let program = parse(&Source::new("t.vtl", expanded(template))).expect("a program");
        let largest = largest(&program, &given);
        for watched in [false, true] {
            let seen = seen(&program, &given, watched);
            // With less than a twentieth and twice the largest value to spare, it must not come to its end.
            let least = seen.saturating_sub(2 * largest + largest / 10 + (16 << 10)) / 21 * 20;
            if least > 0 && ends(&program, &given, least, watched) {
                wrong.push(format!("{name}: fewer than {least} bytes counted, {seen} seen (watched: {watched})"));
            }
            let most = 2 * seen + (16 << 10);
            if !ends(&program, &given, most, watched) {
                wrong.push(format!("{name}: more than {most} bytes counted, {seen} seen (watched: {watched})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
