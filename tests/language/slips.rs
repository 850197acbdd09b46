//! Slips that people make, each with the sentence that they read: where it points, and what to write instead.

use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::evaluate;
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;

/// Template, line and column, message, a part of the help.
const ERRORS: &[(&str, &str, &str, &str)] = &[
    // A comma before the closing bracket.
    (r#"#set($m = {"a": 1,})"#, "1:18", "this map ends with a comma, which VTL does not allow", "before the `}`"),
    ("#set($m = {\"a\": 1,\n  \"b\": 2,\n})", "2:9", "this map ends with a comma, which VTL does not allow", "remove"),
    ("#set($l = [1, 2, ])", "1:16", "this list ends with a comma, which VTL does not allow", "before the `]`"),
    (r#"$ctx.args.get("a",)"#, "1:18", "this call ends with a comma, which VTL does not allow", "before the `)`"),
    // A comment between brackets.
    (
        "#set($x = {\n  \"a\": 1, ## one\n  \"b\": 2\n})",
        "2:11",
        "a comment cannot stand between brackets",
        "on a line of its own",
    ),
    ("#set($x = {\n  \"a\": 1 ## one\n})", "2:10", "a comment cannot stand between brackets", "on a line of its own"),
    (
        "$util.toJson({\"a\": 1, #* one *# \"b\": 2})",
        "1:23",
        "a comment cannot stand between brackets",
        "on a line of its own",
    ),
    (
        "#if($a == 1\n## one\nx#end",
        "2:1",
        "the parenthesis that line 1 opens after #if is still open here",
        "write `)` at the end of line 1",
    ),
    // No parentheses, or one too few.
    ("#if $x\na#end", "1:1", "the condition of #if must stand in parentheses", "write #if( $x )"),
    (
        "#if(true)a\n#elseif $y == 1\nb#end",
        "2:1",
        "the condition of #elseif must stand in parentheses",
        "#elseif( $y == 1 )",
    ),
    (
        "#foreach $i in $l\n$i#end",
        "1:1",
        "the variable and the list of #foreach must stand in parentheses",
        "#foreach( $i in $l )",
    ),
    ("#if( $util.isNull($x) a#end", "1:23", "the parenthesis of this #if is still open here", "a `)` is missing"),
    ("#if(é$", "1:5", "the parenthesis of this #if is still open here", "a `)` is missing"),
    ("$util.error(\"a\"\n", "1:12", "the parenthesis of this call is not closed on its line", "a `)` is missing"),
    (
        "{\"a\": $util.toJson($ctx.args.x}",
        "1:31",
        "the bracket of $util.toJson( … ) is still open here",
        "a `)` is missing",
    ),
    ("$util.error(\"a\" \"b\")", "1:17", "a comma is missing between two arguments of this call", "\"a\", \"b\""),
    ("#set($x = [\"a\" \"b\"])", "1:16", "a comma is missing between two values of this list", "[\"a\", \"b\"]"),
    ("#set($x = {\"a\" = 1})", "1:16", "a map has `:` between key and value, and no `=`", "{\"key\": value}"),
    ("#set($x = {\"a\": 1; \"b\": 2})", "1:18", "a map has a comma between its members, and no `;`", "write `,`"),
    // Blocks.
    ("#if($a)x#elseif\ny#end", "1:9", "this #elseif has no condition", "#else if nothing is asked"),
    (
        "#if(true)a#else b#elseif(false)c#end",
        "1:18",
        "an #else has gone before: nothing but #end may follow it",
        "put this #elseif before the #else",
    ),
    (
        "#if(true)a#else b#else c#end",
        "1:18",
        "an #else has gone before: nothing but #end may follow it",
        "an #elseif( … )",
    ),
    (
        "#if(true)\na\n#end\n#end",
        "4:1",
        "this #end belongs to no #if or #foreach",
        "#if at 1:1 was closed by the #end at 3:1",
    ),
    ("#for($i in $l)a#end", "1:16", "this #end belongs to no #if or #foreach", "VTL has no #for"),
    ("#if(true)\n#foreach($i in [1])\n#end", "3:5", "this #if at 1:1 has no #end", "add #end"),
    // Operators.
    ("#if($x = 1)a#end", "1:8", "a single `=` does not compare: #if needs `==`", "write `==`"),
    ("#if(true)a#elseif($x = 'a')b#end", "1:22", "a single `=` does not compare: #elseif needs `==`", "only #set"),
    ("#if($x === 1)a#end", "1:8", "VTL has no `===`", "write `==`"),
    ("#if($x <> 1)a#end", "1:9", "VTL has no `<>`", "write `!=`"),
    ("#set($x = 1;)", "1:12", "did not expect `;` here", "remove it"),
    ("#set($x++)", "1:8", "did not expect `++` here", "$n + 1"),
    ("#set($x == 1)", "1:9", "#set assigns with a single `=`", "write #set( $x = … )"),
    ("#set(x = 1)", "1:6", "the variable of #set begins with $, and `x` does not", "write #set( $x = … )"),
    ("#set($x, 1)", "1:8", "this #set does not say what $x becomes", "write #set( $x = … )"),
    ("$util.error(\"no \" + $x)", "1:19", "an argument is one value, so `+` cannot stand in a call", "#set a variable"),
    // Claims.
    (
        "#set($g = $ctx.identity.cognito:groups)",
        "1:25",
        "`cognito:groups` cannot stand after a dot, because of its colon",
        "write $ctx.identity.claims.get(\"cognito:groups\")",
    ),
    (
        "#if($claims.custom:role == 'a')b#end",
        "1:13",
        "`custom:role` cannot stand after a dot, because of its colon",
        "write $claims.get(\"custom:role\")",
    ),
    // Quotes and blanks of other programs.
    ("#if($x == “a”)b#end", "1:11", "`“` is a typographic quote; VTL takes only \" and '", "plain \""),
    ("#set($x = ‘a’)", "1:11", "`‘` is a typographic quote; VTL takes only \" and '", "plain '"),
    ("#set($x = `a`)", "1:11", "a backtick is not a quote in VTL", "write \""),
    (
        "#set($x =\u{a0}'a')",
        "1:10",
        "an invisible character (U+00A0) stands here, and VTL does not take it for a space",
        "plain space",
    ),
    (
        "#set($x = 'it's')",
        "1:14",
        "the string ends at this quote, but its text seems to go on",
        "write '' for one quote",
    ),
    (
        "#set($x = \"a \"b\" c\")",
        "1:14",
        "the string ends at this quote, but its text seems to go on",
        "write \"\" for one quote",
    ),
    (
        "$util.error('can't')",
        "1:17",
        "the string ends at this quote, but its text seems to go on",
        "write '' for one quote",
    ),
    (
        "$util.error(\"a\", \"say \"hi\" there\")",
        "1:23",
        "the string ends at this quote, but its text seems to go on",
        "write \"\" for one quote",
    ),
    (
        "#set($x = 'say \\'hi\\'')",
        "1:16",
        "a backslash escapes no quote: the string ended here",
        "write '' for one quote",
    ),
    // AppSync's own.
    ("#return(null)", "1:9", "AppSync takes no bare `null` here", "`#return` alone returns null"),
    // No template at all.
    (
        "import { util } from '@aws-appsync/utils';\nexport function request(ctx) {}",
        "1:1",
        "this is JavaScript (`import { util } from '@aws-appsync/utils…`), not a template",
        "APPSYNC_JS",
    ),
    (
        "// a note\n\nexport function request(ctx) {\n  return {};\n}",
        "3:1",
        "this is JavaScript (`export function request(ctx) {`), not a template",
        "mapping templates only",
    ),
    (
        "# the notes\ntype Note @model {\n  id: ID!\n}",
        "2:1",
        "this is a GraphQL schema (`type Note @model {`), not a template",
        "--schema",
    ),
    ("schema {\n  query: Query\n}", "1:1", "this is a GraphQL schema (`schema {`), not a template", "--schema"),
    (
        "query Get($id: ID!) {\n  note(id: $id) { id }\n}",
        "1:1",
        "this is a GraphQL operation (`query Get($id: ID!) {`), not a template",
        "answers it",
    ),
    (
        "\n<!DOCTYPE html>\n<html></html>",
        "2:1",
        "this is a web page (`<!DOCTYPE html>`), not a template",
        "fetch the template again",
    ),
    (
        "{\"resolver\": {\"fieldName\": \"a\", \"requestMappingTemplate\": \"{}\"}}",
        "1:1",
        "this is an answer of the AWS CLI, not a template",
        "requestMappingTemplate",
    ),
    (
        "{\"Resources\": {\"A\": {\"Type\": \"AWS::AppSync::Resolver\"}}}",
        "1:1",
        "this is a CloudFormation template, not a template",
        "--from",
    ),
    ("{\"identity\": {\"claims\": {\"sub\": \"a\"}}}", "1:1", "this is a context, not a template", "--context"),
    (
        "\"#if( $x )\\n{\\\"a\\\": 1}\\n#end\"",
        "1:1",
        "this is a template inside a JSON string: its quotes and line ends are still escaped",
        "jq -r",
    ),
    (
        "#set( $x = \\\"a\\\" )\\n{\\\"b\\\": \\\"$x\\\"}",
        "1:1",
        "this is a template inside a JSON string: its quotes and line ends are still escaped",
        "jq -r",
    ),
    (
        "#if($x)\\n  $util.unauthorized()\\n#end",
        "1:1",
        "this is a template inside a JSON string: its quotes and line ends are still escaped",
        "jq -r",
    ),
    (
        "<?xml version=\"1.0\"?><Error></Error>",
        "1:1",
        "this is an XML document (`<?xml version=\"1.0\"?><Error></Error>`), not a template",
        "fetch the template again",
    ),
    (
        "AWSTemplateFormatVersion: 2010-09-09\nResources: {}",
        "1:1",
        "this is a CloudFormation template (`AWSTemplateFormatVersion: 2010-09-09`), not a template",
        "--from",
    ),
    (
        "import json\n\ndef handler(event, context):\n    return event\n",
        "1:1",
        "this is Python (`import json`), not a template",
        "mapping templates only",
    ),
    (
        "const limit = 1;\nmodule.exports = limit;",
        "1:1",
        "this is JavaScript (`const limit = 1;`), not a template",
        "APPSYNC_JS",
    ),
    (
        "a\n=======\nb\n>>>>>>> other\n",
        "4:1",
        "a merge conflict was left in this template: `>>>>>>> other`",
        "keep one",
    ),
    (
        "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n",
        "2:1",
        "a merge conflict was left in this template: `<<<<<<< HEAD`",
        "keep one",
    ),
    (
        "#\0s\0e\0t\0(\0$\0x\0=\0$\0y\0)\0",
        "1:1",
        "every other character is a NUL: this is UTF-16, read as if it were UTF-8",
        "UTF-8",
    ),
];

#[test]
fn errors() {
    let mut wrong = Vec::new();
    for (template, place, message, help) in ERRORS {
        let Err(error) = parse(&Source::new("t", *template)) else {
            wrong.push(format!("{template:?} parses"));
            continue;
        };
        let (at, advice) = (error.place(), error.help.clone().unwrap_or_default());
        let told = (format!("{}:{}", at.line, at.column), error.message.clone());
        if told != ((*place).to_owned(), (*message).to_owned()) || !advice.contains(help) {
            wrong.push(format!("{template:?}\n    {} {}\n    {advice}", told.0, told.1));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Velocity prints these as text, so they are no errors: a note says what was meant.
const NOTES: &[(&str, &str, &str)] = &[
    ("#set $x = 1", "#set $x = 1", "write #set( $x = 1 )"),
    ("#if(true)a#elif(false)b#end", "a#elif(false)b", "write #elseif( … )"),
    ("#if(true)a#else if(false)b#end", "a", "write #elseif( … )"),
    ("#if(true)a#endif #end", "a#endif ", "a block ends with #end"),
    ("#If(true)a", "#If(true)a", "lower case"),
    ("#return $ctx.args", "", "write #return( $ctx.args )"),
    ("#return {\"a\": 1}", "", "write #return( {\"a\": 1} )"),
    (
        "$ctx.identity.cognito:groups",
        "$ctx.identity.cognito:groups",
        "write $ctx.identity.claims.get(\"cognito:groups\")",
    ),
];

#[test]
fn notes() {
    for (template, printed, words) in NOTES {
        let program = parse(&Source::new("t", *template)).unwrap_or_else(|error| panic!("{template}: {error}"));
        let outcome = evaluate(&program, Context::empty(), &Env::default(), &mut ());
        assert_eq!(outcome.output, *printed, "{template}");
        let slips: Vec<_> = outcome.notes.iter().filter(|note| note.code.as_str() == "slip").collect();
        assert!(matches!(slips[..], [slip] if slip.message.contains(words)), "{template}: {slips:?}");
    }
}

/// What looks like a slip and is none: Velocity 1.7 takes each of these.
#[test]
fn no_slips() {
    for template in [
        "{\"version\": \"2018-05-29\", \"operation\": \"GetItem\"}",
        "{\"claims\": $util.toJson($ctx.identity.claims)}",
        "\"$ctx.args.a\"",
        "\"a\\nb\"",
        "query: $ctx.args.q",
        "import",
        "type",
        "the type of a note",
        "constant",
        "$util.toJson({\"identity\": {\"claims\": {}}})",
        "#set($x = {\"a\": [1, 2]})#if($x == 1)a#{else}b#end",
        "#set ($x = 1)#if ($x == 1)a#end",
        "## <<<<<<< HEAD\n=======\n",
        "#foreach($i in [1])$i#end",
        "#settle $x = 1",
        "“a”: “b”",
        "$ctx.args.note: a",
    ] {
        let program = parse(&Source::new("t", template)).unwrap_or_else(|error| panic!("{template}: {error}"));
        let outcome = evaluate(&program, Context::empty(), &Env::default(), &mut ());
        assert!(!outcome.notes.iter().any(|note| note.code.as_str() == "slip"), "{template}: {:?}", outcome.notes);
    }
}

/// Line ends of Windows are no slip: the same template, the same places.
#[test]
fn line_ends_of_windows() {
    let text = "#set( $x = 1 )\r\n#if( $x == 1 )\r\n{\"a\": $x}\r\n#end\r\n";
    let program = parse(&Source::new("t", text)).unwrap();
    let outcome = evaluate(&program, Context::empty(), &Env::default(), &mut ());
    assert_eq!(outcome.output, "{\"a\": 1}\r\n");
    let error = parse(&Source::new("t", "#if( $x )\r\n#set( $y = )\r\n#end\r\n")).unwrap_err();
    assert_eq!((error.place().line, error.place().column), (2, 12));
}
