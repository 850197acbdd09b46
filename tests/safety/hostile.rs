//! Templates made to hurt, run by the command as a process: each ends, with its output, a limit that has a name, or a
//! parse error, long before a minute of processor time; and work grows with length, not with its square.

use crate::support::clock::timed;
use crate::support::command::{attacked, limited};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;

/// Of the long templates: a megabyte where the code is optimised.
const LENGTH: usize = if cfg!(debug_assertions) { 16 << 10 } else { 1 << 20 };

/// Of the templates whose time is measured: shorter ones take no time that says anything.
const MEASURED: usize = if cfg!(debug_assertions) { 64 << 10 } else { 1 << 20 };

/// Limits that are met early where the code is not optimised: for what may meet any.
const EARLY: &[&str] = if cfg!(debug_assertions) { &["--steps", "15000", "--memory", "2M"] } else { &[] };

/// Runs the main command: exit code, then what it wrote to both outputs.
fn run(template: &str) -> (i32, String) {
    run_within(template, &[])
}

/// The same with limits of its own.
fn run_within(template: &str, limits: &[&str]) -> (i32, String) {
    let mut command = limited(&["-t 60"]);
    command.args(["-", "--format", "json", "--args", r#"{"n": 5}"#]).args(limits);
    let (code, text) = attacked(&mut command, template);
    let shown: String = template.chars().take(60).collect();
    (code.unwrap_or_else(|| panic!("{shown:?} was killed: {text}")), text)
}

#[track_caller]
fn ends(template: &str, code: i32, says: &str) {
    let (ended, text) = run(template);
    let shown: String = template.chars().take(60).collect();
    let told: String = text.chars().take(600).collect();
    assert!(ended == code && text.contains(says), "{shown:?}: exit {ended}, wanted {code} and {says:?}\n{told}");
}

fn fill(piece: &str) -> String {
    piece.repeat(LENGTH / piece.len())
}

#[test]
fn long_text_is_printed() {
    for piece in [
        "{", "}}}", "\"", "'", "text ", "$ ", "# ", "\\", "((((", "[[[[", "a$ b# ", "é", "$x ", "${x}", "#foo ",
        "\\$x ",
    ] {
        ends(&(fill(piece) + " "), 0, "\"completed\"");
    }
    ends(&(fill("$") + " "), 0, "\"completed\"");
    ends(&(fill("#* note *# ") + " "), 0, "\"completed\"");
    ends(&format!("#[[{}]]#", fill("]#[")), 0, "\"completed\"");
}

#[test]
fn what_is_left_open_is_named() {
    ends(&format!("#[[{}", fill("x")), 1, "error");
    ends(&format!("#set( $x = \"{}", fill("x")), 1, "not closed");
    ends(&format!("#set( $x = '{}", fill("\n")), 1, "not closed");
    ends(&format!("#if( true ){}", fill("x")), 1, "has no #end");
    ends(&format!("$x.foo({}", fill(" ")), 1, "error");
    ends(&fill("#end"), 1, "belongs to no #if");
    ends(&fill("#"), 1, "error");
}

/// How deep what is nested goes.
const DEEP: usize = if cfg!(debug_assertions) { 20_000 } else { 100_000 };

#[test]
fn deep_nesting_meets_its_limit() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(DEEP), close.repeat(DEEP));
    ends(&nested("#if(true)", "#end"), 1, "limit `nesting`");
    ends(&nested("#foreach($i in [1])", "#end"), 1, "limit `nesting`");
    ends(&format!("#set( $x = {} )", nested("(", ")")), 1, "limit `nesting`");
    ends(&format!("#set( $x = {} )", nested("[", "]")), 1, "limit `nesting`");
    ends(&format!("#set( $x = {}1{} )", "{'k':".repeat(DEEP), "}".repeat(DEEP)), 1, "limit `nesting`");
    ends(&format!("#if( {}true )x#end", "!".repeat(100_000)), 1, "limit `expression`");
    ends(&format!("#if( {}true )x#end", "! ".repeat(100_000)), 1, "limit `expression`");
    ends(&format!("#if( {}true )x#end", "not ".repeat(100_000)), 1, "limit `expression`");
    ends(&nested("$x.a(", ")"), 1, "limit `nesting`");
    ends(&nested("$x[", "]"), 1, "limit `nesting`");
    let groups = format!("#set( $x = {}1{} )$x", "(1 + 1 + ".repeat(150), " + 1 + 1 + 1 + 1 + 1)".repeat(150));
    ends(&groups, 1, "limit `expression`");
    // At the limits all is well.
    ends(&format!("#set( $x = 1{} )$x", " + 1".repeat(999)), 0, "\"1000\"");
    ends(&format!("#if( {}true )yes#end", "!".repeat(1_998)), 0, "yes");
    let blocks = format!("{}deep{}", "#if(true)".repeat(199), "#end".repeat(199));
    ends(&blocks, 0, "\"deep\"");
}

#[test]
fn long_constructs_are_read_and_run() {
    ends(&format!("$a{}", fill(".b")), 0, "\"completed\"");
    ends(&format!("$a{}", fill("[0]")), 0, "\"completed\"");
    ends(&format!("#set( $x = \"{}\" )$x.length()", fill("x")), 0, &LENGTH.to_string());
    ends(&format!("#set( $x = '{}' )$x.length()", fill("''")), 0, &(LENGTH / 2).to_string());
    ends(&format!("#set( $x = \"{}\" )$x.length()", fill("\"\"")), 0, &(LENGTH / 2).to_string());
    ends(&format!("#set( $x = \"{}\" )$x.length()", fill("$yy ")), 0, &LENGTH.to_string());
    ends(&format!("#set( $x = [1{}] )$x.size()", fill(",1")), 0, &(LENGTH / 2 + 1).to_string());
    ends(&format!("#set( $x = {{'a':1{}}} )$x.size()", fill(",'a':1")), 0, "1");
    ends(&format!("#set( $x = 1{} )$x", fill(" + 1")), 1, "limit `expression`");
    ends(&format!("#if( true{} )yes#end", fill(" && true")), 1, "limit `expression`");
    ends(&format!("#if( false )x{}#end", fill("#elseif( false )y")), 0, "\"completed\"");
    ends(&fill("#set( $x = 1 )\n"), 0, "\"completed\"");
    ends(&format!("#set( $x = {} )$x.length()", fill("9")), 1, "limit `number length`");
    ends(&format!("#set( $x = {}.5 )$x", fill("9")), 0, "Infinity");
}

#[test]
fn endless_work_meets_its_limit() {
    let loops = "#foreach($i in [1..1000])".repeat(5) + "$!x" + &"#end".repeat(5);
    if !cfg!(debug_assertions) {
        ends(&loops, 3, "limit `steps`");
    }
    let text = format!("{}{}{}", "#foreach($i in [1..1000])".repeat(3), fill("x"), "#end".repeat(3));
    ends(&text, 3, "limit `output`");
    // Eight times, and not twice: less is left when the limit is met, and drawn.
    let (joined, summed) = ("$s".repeat(8), ["$s"; 8].join(" + "));
    let grown = |by: &str| format!("#set($s = 'x')#foreach($i in [1..20])#set($s = {by})#end$s");
    ends(&grown(&format!("\"{joined}\"")), 3, "limit `string length`");
    ends(&grown(&summed), 3, "limit `string length`");
    ends("#set($s = 'x')#foreach($i in [1..60])#set($s = $s.concat($s))#end$s", 3, "limit");
    ends("#set($s = 'xx')#foreach($i in [1..60])#set($s = $s.replace('x', $s))#end$s.length()", 3, "limit");
    ends("#set($s = 'xx')#foreach($i in [1..60])#set($s = $s.replaceAll('x', $s))#end$s.length()", 3, "limit");
    ends("#set($s = 'xx')$s.repeat(2000000000)", 3, "limit");
    ends("#set($l = [1])#foreach($i in [1..60])#set($ok = $l.addAll($l))#end$l.size()", 3, "limit");
    ends("#set($l = [1..2000000000])", 3, "limit `range`");
    ends("#set($n = 9)#foreach($i in [1..60])#set($n = $n * $n)#end", 3, "limit");
}

#[test]
fn what_contains_itself_comes_to_an_end() {
    let list = "#set($l = [1])#set($ok = $l.add($l))#set($k = [1])#set($ok = $k.add([$k, $l]))#set($ok = $l.add([$k]))";
    for end in [
        "$l",
        "$l.size()",
        "$l.equals($k)",
        "#if($l == $k)x#end",
        "$l.hashCode()",
        "$util.toJson($l)",
        "$l.contains($k)",
        "$l.indexOf($k)",
        "#set($m = {$l: $k, $k: $l})$m.get($l).size()",
        "#foreach($i in $l)$i#end",
        "#set($x = 'a' + $l)$x.length()",
        "$util.dynamodb.toDynamoDBJson($l)",
        "$util.error('m', 't', $l)",
        "#return($l)",
        "$ctx.stash.put('l', $l)",
        "$l.removeAll($k)",
    ] {
        let (code, text) = run_within(&format!("{list}{end}"), EARLY);
        assert!(matches!(code, 0 | 3), "{end}: {code} {}", text.chars().take(300).collect::<String>());
    }
    let map = "#set($m = {'a': 1})#set($ok = $m.put('self', $m))#set($n = {'m': [$m]})#set($ok = $m.put('n', $n))";
    for end in [
        "$m",
        "$m.equals($n)",
        "#if($m == $n)x#end",
        "$m.hashCode()",
        "$util.toJson($m)",
        "$m.containsValue($n)",
        "$m.values()",
        "$m.entrySet()",
        "#foreach($i in $m)$i#end",
        "$m.keySet().contains($m)",
        "$util.map.copyAndRetainAllKeys($m, ['n'])",
        "$util.transform.toDynamoDBFilterExpression($m)",
    ] {
        let (code, text) = run_within(&format!("{map}{end}"), EARLY);
        assert!(matches!(code, 0 | 3), "{end}: {code} {}", text.chars().take(300).collect::<String>());
    }
    // Not endless, but of 2^60 members.
    let doubled = "#set($l = [1])#foreach($i in [1..60])#set($l = [$l, $l])#end#set($k = [1])#foreach($i in [1..60])#set($k = [$k, $k])#end";
    for (end, says) in
        [("$l", "limit `value size`"), ("$util.toJson($l)", "limit"), ("#set($x = '' + $l)", "limit `value size`")]
    {
        ends(&format!("{doubled}{end}"), 3, says);
    }
    for end in ["$l.equals($k)", "#if($l == $k)x#end", "$l.hashCode()", "$l.contains($k)"] {
        let (code, _) = run_within(&format!("{doubled}{end}"), EARLY);
        assert!(matches!(code, 0 | 3), "{end}: {code}");
    }
    let doublings = if cfg!(debug_assertions) { 16 } else { 23 };
    let long = "#set($s = 'x')#foreach($i in [1..DOUBLINGS])#set($s = \"$s$s\")#end#set($l = [])#foreach($i in [1..1000])#set($ok = $l.add($s))#end";
    let long = long.replace("DOUBLINGS", &doublings.to_string());
    for end in ["$l", "#set($x = \"$l\")", "#set($x = '' + $l)", "$util.toJson($l)"] {
        ends(&format!("{long}{end}"), 3, "limit");
    }
}

/// The processor time for four times the length, as a multiple; the best of some tries, for caches are shared.
#[test]
fn work_grows_with_length() {
    let pieces = [
        "((((",
        "[[[[",
        "$ ",
        "# ",
        "\\",
        "\"",
        "{",
        "}}}",
        "$x ",
        "$x.y.z ",
        "${x}",
        "$x[0]",
        "$x{",
        "$x{a}",
        "$x.size()b.c ",
        "$x.y#",
        "\\$x ",
        "\\#if ",
        "$!",
        "$\\!x ",
        "\\$",
        "$\\",
        "$!{",
        "${.a.b",
        "$x{.a.b",
        "$x$.a.b",
        "$x.a$!.b ",
        "#if(1$)x#end",
        "#set($x = 1)\n",
        "#if(true)x#end",
        "#foreach($i in [1])x#end",
        "#foo ",
        "#foo(1)",
        "#{foo}",
        "## note\n",
        "#* note *#",
        "#[[ x ]]#",
        " #",
        "  ",
        "\n",
        "é",
        "a.b ",
        "$x.a(1, 'b')",
        "$x.a($y.b($z)) ",
        "#set($x = \"$y #if(true)z#end\")",
        "#set($x = [1, {'a': 2}])",
        "'",
        "[",
        "#",
        "#{",
        "#*",
        "#[[",
        "$x[",
        "$x.a(",
        "#if(",
        "#foreach(",
        "$a#",
        "#set($x = \"",
    ];
    let time = |piece: &str, length: usize| {
        let source = Source::new("long", piece.repeat(length / piece.len()) + " ");
        let ((), took) = timed(|| drop(parse(&source)));
        took.as_secs_f64().max(0.02)
    };
    let mut wrong = Vec::new();
    for piece in pieces {
        let tries = (0..4).map(|_| time(piece, MEASURED / 4) / time(piece, MEASURED / 16));
        let ratio = tries.into_iter().find(|ratio| *ratio < 6.0);
        if ratio.is_none() {
            wrong.push(piece);
        }
    }
    assert!(wrong.is_empty(), "more than linear: {wrong:?}");
}
