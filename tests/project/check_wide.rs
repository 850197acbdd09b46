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

#[test]
fn what_is_meant_to_hold_back_and_does_nothing() {
    let default = |second: &str| {
        format!("#set($t = $util.defaultIfNull($ctx.identity.claims.get(\"custom:tenant\"), {second}))$t")
    };
    let put =
        |first: &str| format!("#set($f = {first})$util.qr($f.put(\"owner\", {{\"eq\": $ctx.identity.username}})){{}}");
    let guarded = "#set($f = $ctx.args.filter)#if(!$ctx.args.filter)#set($f = {})#end$util.qr($f.put(\"owner\", $ctx.identity.sub)){}";
    let events = |condition: &str, rest: &str| {
        format!("#if({condition})$extensions.setSubscriptionFilter({{}}){rest}#end$util.toJson(null)")
    };
    let turns = |list: &str| {
        format!(
            "#set($ok = false)#foreach($i in {list})#if($i.owner == $ctx.identity.sub)#set($ok = true)#else#set($ok = false)#end#end#if(!$ok)$util.unauthorized()#end{{}}"
        )
    };
    for (template, code, is) in [
        (default("$ctx.args.tenant"), Code::ClientDecides, true),
        (default("\"none\""), Code::ClientDecides, false),
        (put("$ctx.args.filter"), Code::TermNotSent, true),
        (put("$util.defaultIfNull($ctx.args.filter, {})"), Code::TermNotSent, false),
        // Amplify's and most other inputs are required arguments.
        (put("$ctx.args.input"), Code::TermNotSent, false),
        (guarded.to_owned(), Code::TermNotSent, false),
        (events("$ctx.args.room", ""), Code::TermNotSent, true),
        (events("$ctx.args.room", "#else$util.unauthorized()"), Code::TermNotSent, false),
        (events("$ctx.args.room", "#else$extensions.setSubscriptionFilter({})"), Code::TermNotSent, false),
        (events("$ctx.identity.claims.staff", ""), Code::TermNotSent, false),
        (turns("$ctx.args.items"), Code::ResetInLoop, true),
        // One of the caller's groups is enough: the last one refuses too many, and lets nobody else in.
        (turns("$ctx.identity.groups"), Code::ResetInLoop, false),
    ] {
        assert_eq!(found(&template, code), is, "{template}: {code}");
    }
}

#[test]
fn what_names_nobody_lets_everybody_in() {
    let otherwise = |condition: &str| format!("#if({condition})$util.toJson($ctx.result)#else$util.unauthorized()#end");
    for (condition, is) in [
        ("$util.isNull($ctx.result.crew) || $ctx.identity.groups.contains($ctx.result.crew)", true),
        ("!$ctx.identity.claims.get(\"custom:t\") || $ctx.result.t == $ctx.identity.claims.get(\"custom:t\")", true),
        ("$ctx.result.owner == \"\" || $ctx.result.owner == $ctx.identity.sub", true),
        // Where no row was found there is nothing to see.
        ("$util.isNull($ctx.result) || $ctx.result.owner == $ctx.identity.sub", false),
        ("$util.isNull($ctx.result.deletedAt) && $ctx.result.owner == $ctx.identity.sub", false),
        ("$ctx.result.owner == $ctx.identity.sub", false),
    ] {
        assert_eq!(found(&otherwise(condition), Code::CheckSkipped), is, "{condition}");
    }
    let owner = |default: &str| {
        format!(
            "#set($o = $util.defaultIfNull($ctx.result.owner, {default}))#if($o != $ctx.identity.username)$util.unauthorized()#end{{}}"
        )
    };
    assert!(found(&owner("$ctx.identity.username"), Code::CheckSkipped));
    assert!(!found(&owner("\"\""), Code::CheckSkipped));
    // An argument's default narrows what is asked for to the caller's own.
    assert!(!found(
        &owner("$ctx.identity.username").replace("$ctx.result.owner", "$ctx.args.owner"),
        Code::CheckSkipped
    ));
    let flag = |list: &str, more: &str| {
        format!(
            "#set($ok = true)#foreach($g in {list})#if(!$ctx.identity.groups.contains($g))#set($ok = false)#end#end{more}#if(!$ok)$util.unauthorized()#end{{}}"
        )
    };
    assert!(found(&flag("$ctx.result.groups", ""), Code::NothingChecked));
    assert!(!found(&flag("$ctx.result.items", ""), Code::NothingChecked));
    assert!(!found(
        &flag("$ctx.result.groups", "#if($ctx.result.groups.isEmpty())#set($ok = false)#end"),
        Code::NothingChecked
    ));
}

#[test]
fn whose_rows_come_back_the_client_says() {
    let query = |value: &str| {
        let text = format!(
            "{{\"operation\":\"Query\",\"query\":{{\"expression\":\"#o = :o\",\"expressionValues\":{{\":o\":$util.dynamodb.toDynamoDBJson({value})}}}}}}"
        );
        check(&Template::parse("Query.myOrders.req.vtl", &text).unwrap())
            .iter()
            .any(|problem| problem.code == Code::ClientDecides)
    };
    assert!(query("$ctx.args.owner"));
    assert!(query("$ctx.args.filter.userId"));
    assert!(!query("$ctx.args.category"));
    assert!(!query("$ctx.identity.username"));
    let row = |condition: &str| {
        format!("#foreach($t in $ctx.result.items)#if({condition})$util.qr($mine.add($t))#end#end{{}}")
    };
    assert!(found(&row("$t.members.contains($ctx.identity.username)"), Code::SubstringMatch));
    assert!(!found(&row("$t.owner == $ctx.identity.username"), Code::SubstringMatch));
}

#[test]
fn a_wish_of_the_client_beside_the_caller() {
    let otherwise = |condition: &str| format!("#if({condition})$util.toJson($ctx.result)#else$util.unauthorized()#end");
    let refuse = |condition: &str| format!("#if({condition})$util.unauthorized()#end{{}}");
    for (template, is) in [
        (otherwise("$ctx.args.admin == true || $ctx.result.owner == $ctx.identity.username"), true),
        (otherwise("$ctx.identity.groups.contains(\"admin\") || $ctx.args.admin"), true),
        (refuse("!$ctx.args.preview && $ctx.result.owner != $ctx.identity.username"), true),
        (refuse("$ctx.args.admin != true && $ctx.result.owner != $ctx.identity.username"), true),
        // Both must hold.
        (otherwise("$ctx.args.admin == true && $ctx.result.owner == $ctx.identity.username"), false),
        (refuse("!$ctx.args.userId || $ctx.args.userId != $ctx.identity.sub"), false),
        // A text may only say which rows are asked for.
        (otherwise("$ctx.args.status == \"published\" || $ctx.result.owner == $ctx.identity.username"), false),
    ] {
        assert_eq!(found(&template, Code::ClientDecides), is, "{template}");
    }
}
