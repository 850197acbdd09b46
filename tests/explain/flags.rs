//! Flags that are no plain `true` of a rule: what set them, or kept them from being set, is told; what only narrows one is no rule
//! that was written over.

use serde_json::json;
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::code::Code;
use vtl_eval::explain::{Question, Subject, explain};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::trace::Verdict;
use vtl_eval::value::Value;

/// The template before its refusal, what the refusal asks, and what the first hint is and says.
const CASES: [(&str, &str, Code, &[&str]); 11] = [
    (
        "#set($n=0)\n#foreach($r in $ctx.args.rooms)#if($ctx.identity.groups.contains($r))#set($n=$n+1)#end#end",
        "$n < 2",
        Code::RefusedByTemplate,
        &["$n is 1", "in 1 of 2 turns", "\"kitchen\""],
    ),
    (
        "#set($level=\"none\")\n#foreach($g in $ctx.identity.groups)#if($g == \"Bar\")#set($level=\"bar\")#end#end",
        "$level == \"none\"",
        Code::GroupCaseMismatch,
        &["\"bar\"", "\"Bar\""],
    ),
    (
        "#set($deny=false)\n#foreach($r in $ctx.args.rooms)#if(!$ctx.identity.groups.contains($r))#set($deny=true)#end#end",
        "$deny",
        Code::NotInList,
        &["args.rooms[1]", "\"kitchen\"", "[\"bar\"]"],
    ),
    (
        "#set($deny=false)\n#foreach($r in $ctx.args.rooms)\n#set($has=false)\n#foreach($g in $ctx.identity.groups)#if($g == $r)#set($has=true)#end#end\n#if(!$has)#set($deny=true)#end\n#end",
        "$deny",
        Code::NotInList,
        &["args.rooms[1]", "\"kitchen\"", "[\"bar\"]"],
    ),
    (
        "#set($ok=false)\n#if($ctx.identity.groups.contains(\"bar\"))#set($ok=true)#end\n#if($ctx.args.locked)#set($ok=false)#end",
        "!$ok",
        Code::RefusedByTemplate,
        &["line 3 set $ok to false", "locked"],
    ),
    (
        "#set($ok=false)\n#if($ctx.identity.groups.contains(\"bar\"))#set($ok=true)#end\n#set($ok=$ctx.identity.groups.contains(\"chef\"))",
        "!$ok",
        Code::AuthorizationRevoked,
        &["line 2 had set it", "Line 3 wrote", "$ok || "],
    ),
    // What asks for the flag itself narrows it.
    (
        "#set($ok=$ctx.identity.groups.contains(\"bar\"))\n#set($ok=$ok && $ctx.args.team == $ctx.identity.claims.get(\"custom:team\"))",
        "!$ok",
        Code::ArgumentDiffers,
        &["\"blue\"", "\"red\""],
    ),
    (
        "#if($ctx.args.role)#set($role=$ctx.args.role)#else#set($role=\"viewer\")#end",
        "$role != \"admin\"",
        Code::RefusedByTemplate,
        &["line 1 set $role to \"viewer\"", "did not hold", "absent"],
    ),
    (
        "#set($err=\"\")\n#if($ctx.args.team != $ctx.identity.claims.get(\"custom:team\"))#set($err=\"not of $ctx.args.team\")#end",
        "$err != \"\"",
        Code::ArgumentDiffers,
        &["\"blue\"", "\"red\""],
    ),
    // A variable that nothing sets on purpose.
    ("", "$ctx.args.team != $null", Code::RefusedByTemplate, &["\"blue\""]),
    // A list that the caller is on by its own rule.
    (
        "#set($blocked=\"no\")\n#foreach($b in [\"zoe\",\"ines\"])#if($b == $ctx.identity.username)#set($blocked=\"yes\")#end#end",
        "$blocked == \"yes\"",
        Code::RefusedByTemplate,
        &["line 2 set $blocked to \"yes\"", "\"ines\""],
    ),
];

#[test]
fn what_set_a_flag_is_told() {
    let context = json!({
        "identity": {"sub": "s-1", "username": "ines", "groups": ["bar"], "claims": {"sub": "s-1", "cognito:groups": ["bar"], "custom:team": "red"}},
        "arguments": {"rooms": ["bar", "kitchen"], "locked": true, "team": "blue"},
    });
    for (before, asks, code, says) in CASES {
        let template = format!("{before}\n#if({asks})$util.unauthorized()#end\n{{}}");
        let program = parse(&Source::new("Query.a.req.vtl", template.as_str())).unwrap();
        let given = Given {
            auth_type: Some(AuthType::UserPool),
            ..Given::new(Value::from(&context).as_map().unwrap().clone())
        };
        let done = explain(Subject::Template(&program.into()), &given, &Question::default()).unwrap();
        assert_eq!(done.verdict, Verdict::Denied, "{template}");
        let first = &done.hints()[0];
        let message = first.message.to_string();
        assert_eq!(first.code, code, "{template}: {message}");
        for words in says {
            assert!(message.contains(words), "{template}: {words:?} is not in {message}");
        }
    }
}
