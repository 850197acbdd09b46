//! Over-wide allows that `check` says without a caller: the codes are those of the reports (`explain/hint/allow`).

use vtl_eval::{Code, Template, check};

/// Whether this code is found in a template.
fn found(template: &str, code: Code) -> bool {
    check(&Template::parse("t.vtl", template).unwrap()).iter().any(|problem| problem.code == code)
}

#[test]
fn what_is_wider_than_it_looks() {
    let refuse = |condition: &str| format!("#if({condition})$util.unauthorized()#end{{}}");
    for (condition, code, is) in [
        // The API's own default action, the same for every user-pool caller.
        ("$ctx.identity.defaultAuthStrategy != \"ALLOW\"", Code::DefaultStrategy, true),
        ("$ctx.identity.claims.get(\"custom:strategy\") != \"ALLOW\"", Code::DefaultStrategy, false),
        // Custom attributes are texts, and Velocity orders numbers only.
        ("$ctx.identity.claims.get(\"custom:level\") < 3", Code::OrderOfText, true),
        ("3 >= $ctx.identity.claims[\"custom:level\"]", Code::OrderOfText, true),
        ("$ctx.identity.claims.get(\"custom:level\") != 3", Code::OrderOfText, false),
        ("$ctx.identity.claims.get(\"auth_time\") < 3", Code::OrderOfText, false),
        // Where the row has no owner nobody is refused.
        ("$ctx.result.owner && $ctx.result.owner != $ctx.identity.sub", Code::CheckSkipped, true),
        ("!$util.isNull($ctx.result.owner) && $ctx.result.owner != $ctx.identity.sub", Code::CheckSkipped, true),
        ("!$ctx.result.owner || $ctx.result.owner != $ctx.identity.sub", Code::CheckSkipped, false),
        ("$util.isNull($ctx.result.owner) || $ctx.result.owner != $ctx.identity.sub", Code::CheckSkipped, false),
        // An argument that nothing but its check reads: whoever leaves it out asks for everything.
        ("$ctx.args.owner && $ctx.args.owner != $ctx.identity.sub", Code::CheckSkipped, true),
        // A field of the input that was not sent changes nothing.
        ("$ctx.args.input.owner && $ctx.args.input.owner != $ctx.identity.sub", Code::CheckSkipped, false),
        ("$ctx.result.locked && $ctx.result.owner != $ctx.identity.sub", Code::CheckSkipped, false),
        // Any client sends any header.
        ("$ctx.request.headers.get(\"x-gate\") != \"open\"", Code::ClientDecides, true),
        ("!$ctx.request.headers.gate", Code::ClientDecides, true),
        ("$ctx.request.headers.gate != $ctx.identity.sub", Code::ClientDecides, false),
        ("$ctx.args.gate != \"open\"", Code::ClientDecides, false),
        // `!` turns one side around alone.
        ("!$ctx.identity.username == $ctx.args.owner", Code::NegatedSide, true),
        ("!($ctx.identity.username == $ctx.args.owner)", Code::NegatedSide, false),
        ("!$ctx.args.open == true", Code::NegatedSide, false),
        // Null equals neither true nor false.
        ("$ctx.identity.claims.get(\"cognito:groups\").contains(\"Crew\") == false", Code::NullIsNotFalse, true),
        ("!$ctx.identity.claims.get(\"cognito:groups\").contains(\"Crew\")", Code::NullIsNotFalse, false),
        // Another domain ends so too.
        ("!$ctx.identity.claims.email.endsWith(\"quay.example\")", Code::EndingNotAnchored, true),
        ("!$ctx.identity.claims.email.endsWith(\"@quay.example\")", Code::EndingNotAnchored, false),
        // Any group at all.
        ("$util.isNull($ctx.identity.claims.get(\"cognito:groups\"))", Code::AnyGroup, true),
        ("$ctx.identity.groups.isEmpty()", Code::AnyGroup, true),
        ("$ctx.identity.claims[\"cognito:groups\"].size() == 0", Code::AnyGroup, true),
        ("!$ctx.identity.groups.contains(\"Crew\")", Code::AnyGroup, false),
        ("$util.isNull($ctx.identity.groups) || !$ctx.identity.groups.contains(\"Crew\")", Code::AnyGroup, false),
    ] {
        assert_eq!(found(&refuse(condition), code), is, "{condition}: {code}");
    }
    // What only decides about something else refuses nobody.
    let adds = "#if($ctx.result.owner != $ctx.identity.sub)$util.appendError(\"no\", \"Unauthorized\")#end{}";
    assert!(found(adds, Code::AppendedOnly));
    assert!(!found("#if($ctx.result.old)$util.appendError(\"old\", \"Stale\")#end{}", Code::AppendedOnly));
    let greets = "#if($ctx.request.headers.greet)hello#end{}";
    assert!(!found(greets, Code::ClientDecides));
}
