//! What holds of every template, tried on many: proptest's arbitrary text, token soup and generated programs.

use crate::support::clock::{ENOUGH, timed};
use crate::support::generator::Generator;
use crate::walker;
use proptest::prelude::*;
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::{End, Limits, Outcome, evaluate_within};
use vtl_eval::report::render_diagnostic;
use vtl_eval::source::{Source, Span};
use vtl_eval::syntax::{NodeId, Program, Statement, parse};
use vtl_eval::trace::reached::Reached;
use vtl_eval::trace::recorder::Recorder;
use vtl_eval::trace::{has_refusal, judge};
use vtl_eval::value::{Value, from_json_str};

const CONTEXT: &str = r#"{"arguments": {"s": "abc", "e": "", "i": 5, "big": 3000000000, "d": 1.5, "t": true, "f": false,
    "n": null, "l": [1, 2, 3], "m": {"a": 1, "b": "two"}}, "stash": {}, "identity": {"claims": {"sub": "ann-1"}}}"#;

/// Pieces that templates are made of, whole and broken.
const TOKENS: &[&str] = &[
    "$",
    "$!",
    "${",
    "$!{",
    "$x",
    "$x.y",
    "$x[0]",
    "$x.size()",
    "$ctx.args.l",
    "$util.error(",
    "#",
    "##",
    "#*",
    "*#",
    "#**",
    "#[[",
    "]]#",
    "#set",
    "#set(",
    "#if",
    "#if(",
    "#elseif(",
    "#else",
    "#{else}",
    "#end",
    "#{end}",
    "#foreach",
    "#foreach(",
    "#break",
    "#stop",
    "#return",
    "#return(",
    "#literal()",
    "#macro(",
    "#parse",
    "#@x(",
    "#foo",
    "#foo(",
    "\\",
    "\\\\",
    "\\$x",
    "\\#if",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "()",
    "[]",
    "{}",
    ".",
    "..",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "!",
    "&&",
    "||",
    "and",
    "or",
    "not",
    "eq",
    "in",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "-1",
    "1.5",
    "1e3",
    "007",
    "true",
    "false",
    "null",
    "\"",
    "'",
    "\"\"",
    "''",
    "\"$x\"",
    "'a'",
    "\\u0041",
    " ",
    "\n",
    "\r\n",
    "\t",
    "é",
    "name",
];

/// Parses as any text must: with little work, and with spans that lie in it.
fn parses_or_says_where(text: &str) -> Result<Option<Program>, TestCaseError> {
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    let (parsed, took) = timed(|| parse(&Source::new("any", text)));
    prop_assert!(took < ENOUGH, "took {took:?} of the processor");
    match parsed {
        Ok(program) => {
            let outside = program.spans.iter().find(|span| !inside(**span));
            prop_assert!(outside.is_none(), "{outside:?} is no span of the text");
            Ok(Some(program))
        }
        Err(error) => {
            prop_assert!(!error.labels.is_empty(), "an error without a place: {error}");
            prop_assert!(error.labels.iter().all(|label| inside(label.span)), "{error}: {:?}", error.labels);
            render_diagnostic(&error, false);
            Ok(None)
        }
    }
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(TOKENS), 0..40).prop_map(|tokens| tokens.concat())
}

/// A program of the generator, which now and then mistypes.
fn program() -> impl Strategy<Value = Program> {
    prop::collection::vec(any::<u8>(), 8..120).prop_filter_map("it parses", |choices| {
        parse(&Source::new("generated", Generator::of(choices).template())).ok()
    })
}

/// The text of one, which need not parse.
fn template() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u8>(), 8..120).prop_map(|choices| Generator::of(choices).template())
}

fn run(program: &Program, limits: &Limits, watched: bool) -> Outcome {
    let Ok(Value::Map(members)) = from_json_str(CONTEXT) else { unreachable!("an object") };
    let mut context = Context::from_members(&members).unwrap();
    context.watched = vec!["x".into(), "y".into()];
    if watched {
        let mut recorder = Recorder::new(program, &context.root);
        evaluate_within(program, context, &Env::default(), limits, &mut recorder)
    } else {
        evaluate_within(program, context, &Env::default(), limits, &mut ())
    }
}

/// All that anyone could see of an outcome.
fn told(program: &Program, outcome: &Outcome) -> String {
    let end = match &outcome.end {
        End::Completed => "completed".to_owned(),
        End::Returned { value, .. } => format!("returned {value}"),
        End::Thrown { error, .. } => format!("thrown {}: {} {}", error.error_type, error.message, error.data),
        End::Failed(failure) => format!("failed {failure:?}"),
    };
    let variables: Vec<_> = outcome.variables(program).map(|(name, value)| format!("{name} = {value}")).collect();
    let writes: Vec<_> = outcome.writes.iter().map(|write| format!("{:?} {}", write.node, write.new)).collect();
    let verdict = judge(program, outcome, "x");
    let context = Value::Map(outcome.context.clone());
    let (output, notes) = (&outcome.output, &outcome.notes);
    format!("{output}\n{end}\n{verdict:?}\n{variables:?}\n{writes:?}\n{context}\n{notes:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_parses_or_says_where(text in any::<String>()) {
        parses_or_says_where(&text)?;
    }

    #[test]
    fn any_tokens_parse_or_say_where(text in soup()) {
        if let Some(program) = parses_or_says_where(&text)? {
            let limits = Limits { steps: 10_000, ..Limits::default() };
            told(&program, &run(&program, &limits, false));
        }
    }

    #[test]
    fn watching_changes_nothing_and_twice_is_the_same(program in program()) {
        let limits = Limits::default();
        let first = told(&program, &run(&program, &limits, false));
        prop_assert_eq!(&first, &told(&program, &run(&program, &limits, false)));
        prop_assert_eq!(&first, &told(&program, &run(&program, &limits, true)));
    }

    #[test]
    fn limits_hold(program in program(), steps in 0_u64..60, output in 0_usize..40, range in 0_usize..5, iterations in 0_usize..4) {
        let limits = Limits { steps, output, range, iterations, string: 20, ..Limits::default() };
        let bounded = run(&program, &limits, false);
        let free = run(&program, &Limits::default(), false);
        // It is looked at after each reference and turn of a loop: in between, one value and the template's text fit.
        let most = output + program.source.text.len() + 200;
        prop_assert!(bounded.output.len() <= most, "{} bytes of output", bounded.output.len());
        match &bounded.end {
            End::Failed(failure) if failure.class == "Limit" => {
                let named = ["steps", "output", "range", "string length"].iter().any(|name| failure.message.contains(&format!("`{name}`")));
                prop_assert!(named, "{}", failure.message);
            }
            // A loop that is cut off goes on after it (note U24); where no limit was met, all is as without.
            _ if bounded.notes.iter().any(|note| note.code.as_str() == "U24") => {}
            _ => prop_assert_eq!(told(&program, &bounded), told(&program, &free)),
        }
    }
    #[test]
    fn what_began_is_told(program in program()) {
        let Ok(Value::Map(members)) = from_json_str(CONTEXT) else { unreachable!("an object") };
        let mut reached = Reached::new(&program);
        let outcome = evaluate_within(&program, Context::from_members(&members).unwrap(), &Env::default(), &Limits::default(), &mut reached);
        let broke_off = matches!(outcome.end, End::Thrown { .. } | End::Failed(_));
        for node in (0..program.spans.len() as u32).map(NodeId) {
            let (yes, no) = reached.judged(node);
            let open = reached.began(node) - (yes + no);
            prop_assert!(yes + no == 0 || open == 0 || open == 1 && broke_off, "{:?} in {}", node, program.source.text);
        }
        let first = program.body.iter().find_map(|statement| match statement {
            Statement::If(parts) => Some(parts.branches[0].node),
            statement => statement.node(),
        });
        prop_assert!(first.is_none_or(|first| reached.began(first) == 1), "{}", program.source.text);
    }

    #[test]
    fn every_node_is_visited(program in program()) {
        prop_assert_eq!(walker::visited(&program), walker::printed(&program));
    }

    #[test]
    fn every_refusal_is_seen(mut text in template(), refuse in any::<bool>()) {
        if refuse {
            text = text.replace("$nope", "$util.unauthorized()");
        }
        if let Ok(program) = parse(&Source::new("generated", text)) {
            prop_assert_eq!(has_refusal(&program), walker::prints_call(&program, "unauthorized"));
        }
    }
}

/// The generator leaves some constructs out; here is each in each place.
#[test]
fn every_construct_is_visited() {
    let values = [
        "$x",
        "${x}",
        "!$x",
        "$x && $x",
        "$x || $x",
        "$x == $x",
        "1 < $x",
        "$x + 1",
        "[$x, 1]",
        "[$x..3]",
        "{\"k\": $x}",
        "{$x: 1}",
        "\"a $x\"",
        "\"#if($x)a#elseif($x)b#else$x#end\"",
        "$x.f($x)",
        "$x[$x]",
        "$x.a.f(1, $x).b",
    ];
    let mut seen = 0;
    for value in values {
        for statement in [
            "#set($y = VALUE)",
            "#set($y.f(VALUE).b = 1)",
            "#if(VALUE)a#end",
            "#if(true)#elseif(VALUE)$x#end",
            "#if(true)#else#set($y = VALUE)#end",
            "#foreach($i in VALUE)$i#end",
            "#foreach($i in $l)#set($y = VALUE)#break#end",
            "#foreach($i in $l)#break(VALUE)#end",
            "#return(VALUE)",
            "$y.f(VALUE)",
            "#stop",
        ] {
            let text = statement.replace("VALUE", value);
            // Velocity refuses some of them, such as an operator in a call's arguments.
            let Ok(program) = parse(&Source::new("construct", &*text)) else { continue };
            let nodes = walker::visited(&program);
            assert_eq!(nodes, walker::printed(&program), "{text}");
            seen += 1;
            let text = text.replace("$x", "$util.unauthorized()");
            let Ok(program) = parse(&Source::new("construct", &*text)) else { continue };
            assert_eq!(has_refusal(&program), walker::prints_call(&program, "unauthorized"), "{text}");
        }
    }
    assert!(seen > 100, "only {seen} parse");
}

#[test]
fn a_refusal_is_one_wherever_it_stands() {
    for text in [
        "$util.unauthorized()",
        "#set($x = [$util.unauthorized()])",
        "#set($x = {\"a\": $util.unauthorized()})",
        "#set($x = 1 + $util.unauthorized())",
        "#set($l[$util.unauthorized()] = 1)",
        "#if(!$util.unauthorized())a#end",
        "#if($x && [$util.unauthorized()] == $y)a#end",
        "#foreach($i in [$util.error('no', 'Unauthorized')])a#end",
        "#return($util.unauthorized())",
        "$util.qr(\"$util.unauthorized()\")",
    ] {
        let program = parse(&Source::new("refusal", text)).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(has_refusal(&program), "{text}");
    }
    for text in [
        "## $util.unauthorized()",
        "$util.error('no', 'Other')",
        "#set($x = '$util.unauthorized()')",
        "$x.unauthorized()",
    ] {
        assert!(!has_refusal(&parse(&Source::new("none", text)).unwrap()), "{text}");
    }
}
