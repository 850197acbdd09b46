//! Arithmetic, comparisons and texts of numbers of every class and size, here and in Apache Velocity 1.7 itself.
//!
//! One expression of six by default, 2,000 and more; `VTL_EVAL_NUMBERS=N` takes the Nth of the six samples, `all` every one.

use crate::support::ran::{Ran, ours};
use crate::velocity::velocity;

/// What a template can write, at the edges of `Integer`, `Long`, `BigInteger`, `Double` and `BigDecimal`, and what is none.
#[rustfmt::skip]
const OPERANDS: &[&str] = &[
    "0", "1", "-1", "7", "-7", "2147483647", "-2147483648", "2147483648", "-2147483649", "4294967296",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
    "99999999999999999999", "-99999999999999999999", "0.0", "-0.0", "1.0", "1.5", "-2.5", "0.1", "7.0", "1.0E-7", "1.0E7",
    "1.0E21", "1.0E308", "4.9E-324", "2147483647.5", "9.223372036854775807E18", "$inf", "$minus", "$nan", "$big", "$small",
    "$zero", "'7'", "'a'", "true", "$nope", "[7]",
];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="];

/// Texts of numbers, and what only looks like one.
#[rustfmt::skip]
const LITERALS: &[&str] = &[
    "-0", "00", "-007", "2147483647", "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "1.", "-1.",
    ".5", "-.5", "00.10", "1e3", "1E3", "1e+3", "1e-3", "1.5e3", ".5e1", "1.e2", "-0.0", "-0e5", "1e400", "-1e400", "1e-400",
    "4.9E-324", "2.2250738585072014E-308", "1.7976931348623157E308", "9007199254740993.0", "0.001", "0.00099", "9999999.0",
    "9999999.9", "10000000.0", "123456789.125", "1e21", "1e22", "1e23", "0.1", "0.30000000000000004", "100.0", "1e7",
    "12345678.9", "1.0E-5", "3.0e10", "1e2147483648", "1e", "1e+", "1.2.3", "0x1F", "1L", "1f", "1_000", "+1", "--1", "1,5",
];

fn templates() -> Vec<String> {
    let given = "#set($inf = 1.0E300 * 1.0E300)#set($minus = 0 - $inf)#set($nan = $inf - $inf)\
                 #set($big = 99999999999999999999 + 1.5)#set($small = $big - 99999999999999999999)\
                 #set($zero = $small - $small)";
    let mut out: Vec<_> = LITERALS.iter().map(|literal| format!("#set($r = {literal})$r $!r.class")).collect();
    for left in OPERANDS {
        for right in OPERANDS {
            let operands = format!("{given}#set($a = {left})#set($b = {right})");
            out.extend(OPERATORS.iter().map(|operator| format!("{operands}#set($r = $a {operator} $b)$r $!r.class")));
        }
    }
    for operand in OPERANDS {
        let methods = ["intValue()", "longValue()", "doubleValue()", "hashCode()", "toString()", "equals($big)"];
        out.extend(methods.iter().map(|method| format!("{given}#set($a = {operand})$a.{method} $a #if($a)T#end")));
        out.push(format!("{given}#set($a = {operand})#set($l = [$a])$l.contains(7) $l.contains(7.0) $l $l[$a]"));
        out.push(format!("{given}#set($a = {operand})#set($m = {{$a: 1}})$m.get(7) $m[$a] $m"));
        out.push(format!("{given}#set($a = {operand})#if($a == $a)T#end#if($a != $a)F#end#if($a >= $a)G#end"));
    }
    out
}

/// Java before 19 prints a few doubles with a digit more than they need.
fn same(mine: &Ran, theirs: &Ran) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|_| text.contains('.'));
    mine.end == theirs.end
        && mine.output.split(' ').count() == theirs.output.split(' ').count()
        && mine
            .output
            .split(' ')
            .zip(theirs.output.split(' '))
            .all(|(mine, theirs)| mine == theirs || number(mine).is_some() && number(mine) == number(theirs))
}

#[test]
fn numbers_are_as_in_velocity() {
    let mut templates = templates();
    let sample: Result<usize, _> = std::env::var("VTL_EVAL_NUMBERS").unwrap_or("0".into()).parse();
    if let Ok(sample) = sample {
        let mut at = 0;
        templates.retain(|_| {
            at += 1;
            at <= LITERALS.len() || at * 7 / 6 % 6 == sample
        });
    }
    let theirs = velocity(&templates);
    let mut wrong = Vec::new();
    for (template, theirs) in templates.iter().zip(theirs) {
        let mine = ours(template);
        if !same(&mine, &theirs) {
            wrong.push(format!("{template}\n    ours     {mine:?}\n    velocity {theirs:?}"));
        }
    }
    wrong.sort_by_key(String::len);
    let shown = wrong.join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), templates.len());
}
