//! Every method of the values that templates have, with arguments of every type, here and in Apache Velocity 1.7 itself:
//! what is printed, the class of the result, what became of the receiver, and the exception must agree.
//!
//! One call of 48 by default; `VTL_EVAL_METHODS=N` takes the Nth of the 48 samples, `all` takes every call.

use crate::support::promised::{PROMISED, templates_of_promised};
use crate::support::ran::{Ran, ours};
use crate::velocity::velocity;

/// A receiver: how a template makes it in `$x`, and what its class can do.
struct Receiver {
    name: &'static str,
    setup: &'static str,
    methods: &'static [&'static str],
}

const OBJECT: [&str; 3] = ["equals", "hashCode", "toString"];

#[rustfmt::skip]
const STRING: &[&str] = &[
    "charAt", "codePointAt", "codePointBefore", "codePointCount", "compareTo", "compareToIgnoreCase", "concat", "contains",
    "contentEquals", "endsWith", "equalsIgnoreCase", "indent", "indexOf", "intern", "isBlank", "isEmpty", "join", "lastIndexOf", "length", "matches", "repeat", "replace", "replaceAll",
    "replaceFirst", "offsetByCodePoints", "split", "startsWith", "strip", "stripIndent", "stripLeading", "stripTrailing", "subSequence", "substring",
    "toCharArray", "toLowerCase", "toUpperCase", "translateEscapes", "trim", "valueOf",
];
#[rustfmt::skip]
const INTEGER: &[&str] = &[
    "bitCount", "compareUnsigned", "decode", "divideUnsigned", "highestOneBit", "lowestOneBit", "numberOfLeadingZeros",
    "numberOfTrailingZeros", "remainderUnsigned", "reverse", "reverseBytes", "rotateLeft", "rotateRight", "toUnsignedString",
    "parseUnsignedInt", "toUnsignedLong",
    "byteValue", "compare", "compareTo", "doubleValue", "intValue", "longValue", "max", "min", "parseInt", "shortValue",
    "signum", "sum", "toBinaryString", "toHexString", "toOctalString", "valueOf",
];
#[rustfmt::skip]
const LONG: &[&str] = &[
    "bitCount", "compareUnsigned", "decode", "divideUnsigned", "highestOneBit", "lowestOneBit", "numberOfLeadingZeros",
    "numberOfTrailingZeros", "remainderUnsigned", "reverse", "reverseBytes", "rotateLeft", "rotateRight", "toUnsignedString",
    "parseUnsignedLong",
    "byteValue", "compare", "compareTo", "doubleValue", "intValue", "longValue", "max", "min", "parseLong", "shortValue",
    "signum", "sum", "toBinaryString", "toHexString", "toOctalString", "valueOf",
];
#[rustfmt::skip]
const DOUBLE: &[&str] = &[
    "doubleToLongBits", "doubleToRawLongBits", "longBitsToDouble",
    "byteValue", "compare", "compareTo", "doubleValue", "intValue", "isFinite", "isInfinite", "isNaN", "longValue", "max",
    "min", "parseDouble", "shortValue", "sum", "valueOf",
];
#[rustfmt::skip]
const BIG: &[&str] = &[
    "abs", "add", "byteValue", "compareTo", "doubleValue", "intValue", "longValue", "max", "min", "multiply", "negate",
    "shortValue", "signum", "subtract",
];
#[rustfmt::skip]
const BOOLEAN: &[&str] = &[
    "booleanValue", "compare", "compareTo", "logicalAnd", "logicalOr", "logicalXor", "parseBoolean", "valueOf",
];
#[rustfmt::skip]
const LIST: &[&str] = &[
    "add", "addAll", "clear", "contains", "containsAll", "get", "indexOf", "isEmpty", "iterator", "lastIndexOf", "remove",
    "removeAll", "retainAll", "set", "size", "sort", "subList", "toArray",
];
#[rustfmt::skip]
const MAP: &[&str] = &[
    "clear", "clone", "containsKey", "containsValue", "entrySet", "get", "getOrDefault", "isEmpty", "keySet", "put", "putAll",
    "putIfAbsent", "remove", "replace", "size", "values",
];
#[rustfmt::skip]
const VIEW: &[&str] = &[
    "add", "addAll", "clear", "contains", "containsAll", "isEmpty", "iterator", "remove", "removeAll", "retainAll", "size",
    "toArray",
];
const ENTRY: &[&str] = &["getKey", "getValue", "setValue"];
const ITERATOR: &[&str] = &["hasNext", "next", "remove"];

const fn receiver(name: &'static str, setup: &'static str, methods: &'static [&'static str]) -> Receiver {
    Receiver { name, setup, methods }
}

const M: &str = "#set($m = {\"a\": 1, \"b\": 'two', 'l': [1]})";

#[rustfmt::skip]
const RECEIVERS: &[Receiver] = &[
    receiver("String", "#set($x = 'abcb')", STRING),
    receiver("String", "#set($x = '')", STRING),
    receiver("String", "#set($x = ' 1é😀b ')", STRING),
    receiver("Integer", "#set($x = 5)", INTEGER),
    receiver("Integer", "#set($x = -2147483648)", INTEGER),
    receiver("Long", "#set($x = 3000000000)", LONG),
    receiver("Double", "#set($x = 1.5)", DOUBLE),
    receiver("Double", "#set($x = -0.0)", DOUBLE),
    receiver("Double", "#set($x = 1.0E300 * 1.0E300)", DOUBLE),
    receiver("BigInteger", "#set($x = -99999999999999999999)", BIG),
    receiver("BigDecimal", "#set($x = 99999999999999999999 + 1.5)", BIG),
    receiver("Boolean", "#set($x = true)", BOOLEAN),
    receiver("List", "#set($x = [1, 'b', [1], true])", LIST),
    receiver("List", "#set($x = [])", LIST),
    receiver("SubList", "#set($m = [0, 1, 'b', [1], 7])#set($x = $m.subList(1, 4))", LIST),
    receiver("Array", "#set($s = 'a,b')#set($x = $s.split(','))", LIST),
    receiver("ArraySubList", "#set($s = 'a,b,c')#set($p = $s.split(','))#set($x = $p.subList(0, 2))", LIST),
    receiver("Map", "#set($x = {\"a\": 1, \"b\": 'two', 1: [1]})", MAP),
    receiver("KeySet", "M#set($x = $m.keySet())", VIEW),
    receiver("Values", "M#set($x = $m.values())", VIEW),
    receiver("EntrySet", "M#set($x = $m.entrySet())", VIEW),
    receiver("Entry", "M#set($i = $m.entrySet().iterator())#set($x = $i.next())", ENTRY),
    receiver("ListIterator", "#set($m = [1, 2])#set($x = $m.iterator())", ITERATOR),
    receiver("ListIterator", "#set($m = [1, 2])#set($x = $m.iterator())#set($d = $x.next())", ITERATOR),
    receiver("MapIterator", "M#set($x = $m.values().iterator())#set($d = $x.next())", ITERATOR),
];

/// Values of every type that a template can write, as `#set` gives them to `$a`, `$b` and `$c`.
#[rustfmt::skip]
const ARGUMENTS: &[&str] = &[
    "$nope", "true", "0", "1", "-1", "98", "2147483648", "1.5", "'b'", "'a'", "''", "'1'", "[1]", "[]", "{\"a\": 1}",
    "99999999999999999999", "$e", "$big",
];
/// Fewer, where three are needed.
const THREE: &[&str] = &["$nope", "0", "2", "'b'", "'x'", "[1]"];

/// What takes more or other arguments than [`templates`] makes up.
#[rustfmt::skip]
const FURTHER: &[&str] = &[
    "$x.regionMatches(1, 'xbC', 1, 2) $x.regionMatches(true, 1, 'xbC', 1, 2) $x.regionMatches(true, 1, 'xbC', 1, 3)",
    "$x.regionMatches(-1, 'a', 0, 1) $x.regionMatches(0, 'a', 0, -5) $x.regionMatches(9, 'a', 0, 0) $x.regionMatches(4, 'a', 1, 0)",
    "$x.regionMatches(0, $nope, 0, 1)", "$x.regionMatches('0', 'a', 0, 1)", "$x.regionMatches(false, 0, 1, 0, 1)",
    "#set($x = '  a\n    b\r\n\n c  ')[$x.stripIndent()] [$x.indent(2)] [$x.indent(-1)] [$x.indent(-9)] [$x.indent(0)]",
    "#set($x = '  a\n   b\n ')[$x.stripIndent()] [$x.indent(1)]", "#set($x = '  a\n   b\n')[$x.stripIndent()]",
    "#set($x = ' \n')[$x.stripIndent()] [$x.indent(1)]", "#set($x = ' ')[$x.stripIndent()] [$x.indent(1)]",
    "#set($x = 'a\\nb\\t\\s\\101\\7\\400\\477\\\\\\\'')[$x.translateEscapes()]",
    "#set($x = '\\q')$x.translateEscapes()", "#set($x = 'a\\')$x.translateEscapes()",
    "$i.decode('0x1F') $i.decode('-0X1f') $i.decode('#ff') $i.decode('010') $i.decode('+7') $i.decode('0') $i.decode('-0')",
    "$i.decode('0x')", "$i.decode('')", "$i.decode('--1')", "$i.decode('4294967295')", "$i.decode($nope)", "$i.decode('08')",
    "$i.decode('-2147483648') $big.decode('-9223372036854775808') $big.decode('0x7fffffffffffffff')",
    "$i.parseUnsignedInt('4294967295') $i.parseUnsignedInt('ff', 16) $i.parseUnsignedInt('+1')", "$i.parseUnsignedInt('-1')",
    "$big.parseUnsignedLong('18446744073709551615') $big.parseUnsignedLong('9223372036854775808')",
    "$i.parseUnsignedInt('4294967296')", "$i.toUnsignedString(-1) $i.toUnsignedString(-1, 16) $big.toUnsignedString(-1, 36)",
    "#set($l = ['b', 'a', 'C', ''])$l.sort($nope)$l", "#set($l = [3, 1, 2])$l.sort($nope)$l", "#set($l = [3, 'a'])$l.sort($nope)",
    "#set($l = [1, $nope])$l.sort($nope)", "#set($l = [1.5, 0.0, -0.0])$l.sort($nope)$l", "#set($l = [true, false])$l.sort($nope)$l",
    "#set($l = [[1]])$l.sort($nope)$l", "#set($l = [[1], [0]])$l.sort($nope)$l", "#set($l = [3, 2, 1])#set($s = $l.subList(0, 2))$s.sort($nope)$l $s",
    "#set($s = 'b,a')#set($p = $s.split(','))$p.sort($nope)$p[0]", "#set($l = [1])$l.sort('a')", "#set($l = [2, 1])#foreach($q in $l)$l.sort($nope)#end",
    "#set($l = [1, [2]])#set($c = $l.clone())$c $c.class #set($d = $c.add(3))$l $c #set($d = $c[1].add(9))$l",
    "#set($m = {'a': 1})#set($c = $m.clone())$c $c.class #set($d = $c.put('b', 3))$m $c",
    "#set($x = '😀é')$x.codePointBefore(2) $x.codePointBefore(1) $x.codePointBefore(3) $x.codePointCount(0, 3) $x.codePointCount(1, 3)",
    "#set($x = '😀é')$x.offsetByCodePoints(0, 2) $x.offsetByCodePoints(3, -2) $x.offsetByCodePoints(1, 1) $x.offsetByCodePoints(0, 0)",
    "#set($x = '😀é')$x.offsetByCodePoints(0, 3)", "#set($x = '😀é')$x.offsetByCodePoints(4, 0)", "#set($x = '😀é')$x.codePointBefore(0)",
];

fn templates() -> Vec<String> {
    let set = "#set($x = 'abcd')#set($i = 5)#set($big = 3000000000)";
    let mut out: Vec<_> = FURTHER.iter().map(|template| format!("{set}{template}")).collect();
    for receiver in RECEIVERS {
        let setup = receiver.setup.replace('M', M);
        let hashed = !matches!(receiver.name, "Array" | "Values" | "ListIterator" | "MapIterator");
        for method in receiver.methods.iter().chain(&OBJECT).filter(|method| hashed || **method != "hashCode") {
            let mut add = |args: &[&str]| {
                let names = ["$a", "$b", "$c"];
                let sets: String = args.iter().zip(names).map(|(arg, name)| format!("#set({name} = {arg})")).collect();
                let args = names[..args.len()].join(", ");
                // Elements of an array, and what the call left of the receiver and of what it is a part of.
                out.push(format!(
                    "## {}\n#set($q = {{\"a\": 1}})#set($e = $q.entrySet().iterator().next())\
                     #set($big = 99999999999999999999 + 1.5){setup}{sets}\
                     #set($r = $x.{method}({args}))$r $!r.class #foreach($i in $r)<$i>#end|$x|$m|$p",
                    receiver.name
                ));
            };
            add(&[]);
            ARGUMENTS.iter().for_each(|one| add(&[one]));
            ARGUMENTS.iter().for_each(|one| ARGUMENTS.iter().for_each(|two| add(&[one, two])));
            for one in THREE {
                THREE.iter().for_each(|two| THREE.iter().for_each(|three| add(&[one, two, three])));
            }
        }
    }
    out
}

/// What differs on purpose (docs/compatibility.md): `byte`, `short` and `char` are no types of their own; and what only
/// identity tells apart prints a hash, which Java makes anew in each run.
fn plain(ran: Ran) -> Ran {
    let parts: Vec<_> = ran.output.split('@').collect();
    let output: String = parts
        .iter()
        .enumerate()
        .map(|(at, part)| match at {
            0 => (*part).to_owned(),
            _ => format!("@{}", part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit())),
        })
        .collect();
    let names = [("java.lang.Byte", "java.lang.Integer"), ("java.lang.Short", "java.lang.Integer")];
    let names = names.into_iter().chain([("java.lang.Character", "java.lang.String")]);
    let output = names.fold(output, |output, (theirs, ours)| output.replace(theirs, ours));
    Ran { end: ran.end, output, variables: Vec::new() }
}

/// Overloads that take a class of which no template has a value, such as `MathContext`, throw when null stands for it.
/// They do not exist here.
fn only_null_fits(template: &str, theirs: &Ran) -> bool {
    let methods = ["abs", "add", "multiply", "negate", "subtract", "valueOf"];
    theirs.end == "error:NullPointerException"
        && methods.iter().any(|method| template.contains(&format!("$x.{method}(")))
}

/// An empty match that Java finds between the halves of a surrogate pair, and we do not (docs/compatibility.md).
fn parts_a_pair(template: &str) -> bool {
    let by_pattern = ["$x.replaceAll(", "$x.split("].iter().any(|call| template.contains(call));
    by_pattern && template.contains('😀') && template.contains("#set($a = '')")
}

#[test]
fn methods_answer_as_in_velocity() {
    let mut templates = templates();
    let sample: Result<u64, _> = std::env::var("VTL_EVAL_METHODS").unwrap_or("0".into()).parse();
    if let Ok(sample) = sample {
        let mut state = 0_u64;
        templates.retain(|template| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) % 48 == sample || template.starts_with("#set($x = 'abcd')")
        });
    }
    let theirs = velocity(&templates);
    let mut wrong = Vec::new();
    for (template, theirs) in templates.iter().zip(theirs) {
        let (mine, theirs) = (plain(ours(template)), plain(theirs));
        let missing = mine.output.starts_with("$r ") && only_null_fits(template, &theirs);
        if mine != theirs && !missing && !parts_a_pair(template) {
            wrong.push(format!("{template}\n    ours     {mine:?}\n    velocity {theirs:?}"));
        }
    }
    wrong.sort_by_key(String::len);
    let shown = wrong.join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), templates.len());
}

#[test]
fn formats_are_as_in_velocity() {
    #[rustfmt::skip]
    let formats = [
        "%s", "%5s|", "%-5s|", "%.2s", "%S", "%d", "%05d", "%,d", "%+d", "% d", "%(d", "%-8d|", "%8d|", "%x", "%X", "%#x", "%08x",
        "%o", "%#o", "%f", "%.2f", "%.0f", "%10.3f|", "%-10.1f|", "%010.2f", "%,.2f", "%+.1f", "%(.1f", "%b", "%B", "%5b|", "%%",
        "%n", "%1$s %1$s", "%2$s", "%s %s", "%<s", "%s %<s", "%q", "%", "%5", "%-s", "%0d", "%.2d", "%-05d", "%+ d", "%05s", "%,s",
        "%,x", "%+x", "%+s", "%-%", "%i", "%1s%%", "%ld",
    ];
    #[rustfmt::skip]
    let arguments = [
        "$nope", "true", "5", "-7", "0", "1234567", "3000000000", "-99999999999999999999", "1.5", "-0.0", "2.675", "0.125",
        "1234567.891", "1.0E10", "1.0E-7", "1.0E21", "'abc'", "''", "[1]", "{'a': 1}", "$inf", "$nan",
    ];
    let set = "#set($s = 'x')#set($inf = 1.0E300 * 1.0E300)#set($nan = $inf - $inf)";
    let mut templates = Vec::new();
    for format in formats {
        let calls = arguments.iter().map(|argument| {
            format!("{set}#set($a = {argument})#set($f = '{format}')$s.format($f, $a)#if($a)$f.formatted($a, 1)#end")
        });
        templates.extend(calls);
    }
    #[rustfmt::skip]
    let others = [
        "$s.format('a')", "$s.format($nope)", "$s.format($nope, 1)", "$s.format(1)", "$s.format('%s', 1, 2)", "$s.format()",
        "#set($l = ['a', 'b'])$s.format('%s %s', $l)", "#set($q = 'a,b')#set($p = $q.split(','))$s.format('%s %s', $p)",
        "$s.formatted()", "$s.format('%s %2$s %s', 'a', 'b', 'c')", "$s.format('%03d-%s', 7, 'é😀')", "$s.format('%3$s %s', 1, 2, 3)",
    ];
    templates.extend(others.map(|call| format!("{set}{call}")));
    let theirs = velocity(&templates);
    for (template, theirs) in templates.iter().zip(theirs) {
        let (mine, theirs) = (ours(template), theirs);
        assert_eq!((mine.end, mine.output), (theirs.end, theirs.output), "{template}");
    }
}

#[test]
fn every_promised_method_answers_so_in_velocity() {
    let theirs = velocity(&templates_of_promised());
    for (theirs, (call, answer, wrong)) in theirs.chunks(2).zip(PROMISED) {
        assert_eq!(theirs[0].output, *answer, "{call}");
        assert_eq!(theirs[1].output, *wrong, "{wrong}");
    }
}
