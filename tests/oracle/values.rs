//! What a template does with a value of any class without calling it: properties, indexes, `#set` of both, `#foreach`, truth,
//! text, comparison with a value of any other class. Here and in Apache Velocity 1.7 itself.

use crate::support::ran::ours;
use crate::velocity::velocity;

/// How a template makes a value in `X`.
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "#set(X = 'abc')", "#set(X = '')", "#set(X = 5)", "#set(X = 3000000000)", "#set(X = 1.5)", "#set(X = true)",
    "#set(X = 99999999999999999999)", "#set(X = 99999999999999999999 + 1.5)", "#set(X = [1, 2])",
    "#set(Xl = [1, 2, 3])#set(X = Xl.subList(0, 2))", "#set(Xs = 'a,b')#set(X = Xs.split(','))",
    "#set(X = {'a': 1, 'empty': 'E', 'class': 'C', 'size': 3, 'first': 7})", "#set(Xm = {'a': 1})#set(X = Xm.keySet())",
    "#set(Xm = {'a': 1})#set(X = Xm.values())", "#set(Xm = {'a': 1})#set(X = Xm.entrySet())",
    "#set(Xm = {'a': 1})#set(Xi = Xm.entrySet().iterator())#set(X = Xi.next())", "#set(Xl = [1])#set(X = Xl.iterator())",
    "#set(X = $nope)",
];
#[rustfmt::skip]
const PROPERTIES: &[&str] = &[
    "empty", "Empty", "blank", "class", "size", "length", "key", "value", "first", "last", "next", "naN", "infinite", "a",
    "count", "index", "hasNext", "declaringClass", "iterator", "toString",
];
const INDEXES: &[&str] = &["0", "1", "-1", "5", "'a'", "$nope", "1.5", "true", "[1]", "3000000000", "{'a': 1}"];

fn templates() -> Vec<String> {
    let mut out = Vec::new();
    for value in VALUES {
        let set = value.replace('X', "$x");
        let mut add = |template: String| out.push(format!("{set}{template}"));
        for property in PROPERTIES {
            add(format!("$x.{property} [$!x.{property}] #if($x.{property})T#end"));
            add(format!("#set($x.{property} = 9)$x|$xm|$xl"));
        }
        for index in INDEXES {
            add(format!("#set($q = {index})$x[$q] [$!x[$q]]"));
            add(format!("#set($q = {index})#set($x[$q] = 9)$x|$xm|$xl"));
        }
        add("#foreach($q in $x)<$q>#end|$foreach.count".to_owned());
        // A range as long as a big number is a memory error there, and a limit here.
        if !value.contains("999") && !value.contains("000") {
            add("#set($q = [$x..3])$q".to_owned());
        }
        add("#set($q = \"<$x>\")$q #if(!$x)F#end#if($x && true)T#end".to_owned());
        add("#set($q = $x + 'a')$q#set($q = 'a' + $x)$q#set($q = $x + 1)$q".to_owned());
        for other in VALUES {
            let other = other.replace('X', "$y");
            add(format!(
                "{other}#if($x == $y)T#else F#end#if($x != $y)T#else F#end#if($x < $y)T#else F#end$x.equals($y)"
            ));
        }
    }
    out
}

/// An object's hash differs from run to run.
fn without_hashes(text: &str) -> String {
    let mut parts = text.split('@');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "@" + part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()))
}

#[test]
fn values_are_used_as_in_velocity() {
    let templates = templates();
    let theirs = velocity(&templates);
    let mut wrong = Vec::new();
    for (template, theirs) in templates.iter().zip(theirs) {
        let mine = ours(template);
        if mine.end != theirs.end || without_hashes(&mine.output) != without_hashes(&theirs.output) {
            wrong.push(format!("{template}\n    ours     {mine:?}\n    velocity {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), templates.len(), wrong.join("\n"));
}
