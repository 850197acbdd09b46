//! `$util.authRules` (APPSYNC-VTL 1.20): each kind of rule granted and refused with its reason. What is expected is what
//! Amplify's DynamoDB templates do with the same rule (AMPLIFY-AUTH 3 and 4).

use crate::support::command::command;
use serde_json::{Value as Json, json};
use vtl_eval::appsync::util::AuthRulesCall;
use vtl_eval::appsync::{AuthType, Context, Env};
use vtl_eval::eval::{End, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::value::from_json_str;

const AUTH: &str = "arn:aws:sts::1:assumed-role/app-authRole/CognitoIdentityCredentials";
const UNAUTH: &str = "arn:aws:sts::1:assumed-role/app-unauthRole/CognitoIdentityCredentials";

/// What the call gave to the template, and what was kept of it.
fn call(mode: Option<AuthType>, members: Json, expression: &str) -> (Json, AuthRulesCall) {
    let program = parse(&Source::new("call", format!("#return($util.authRules.{expression})"))).unwrap();
    let members = from_json_str(&members.to_string()).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    let mut env = Env::default();
    context.prepare(&mut env, mode);
    let mut outcome = evaluate(&program, context, &env, &mut ());
    let inferred = outcome.notes.iter().filter(|note| note.code.as_str() == "inferred").count();
    assert_eq!(inferred, 1, "{expression}: {:?}", outcome.notes);
    let End::Returned { value, .. } = outcome.end else { panic!("{expression}: {:?}", outcome.end) };
    (serde_json::from_str(&value.to_json().unwrap()).unwrap(), outcome.env.auth_rules.remove(0))
}

fn ann() -> Json {
    json!({"claims": {"sub": "s1", "username": "ann", "cognito:groups": ["admin", "Dev"], "org": "acme"}})
}

/// Judges one rule for a record by `validateUsingSource`: granted, and why.
fn on_record(mode: AuthType, identity: &Json, rule: &Json, record: &Json) -> (bool, String) {
    let members = json!({"identity": identity, "result": record, "stash": {"rule": rule}});
    let (given, call) = call(Some(mode), members, "validateUsingSource([$ctx.stash.rule], $ctx.result)");
    assert_eq!(given, json!(call.rules[0].granted));
    (call.rules[0].granted, call.rules[0].reason.clone())
}

/// Judges rules before a query or a subscription.
fn before(function: &str, identity: Json, arguments: Json, rules: Json) -> (Json, AuthRulesCall) {
    let members = json!({"identity": identity, "arguments": arguments, "stash": {"rules": rules}});
    call(Some(AuthType::UserPool), members, &format!("{function}($ctx.stash.rules)"))
}

fn mutate(operation: &str, identity: Json, input: Json, record: Json, rules: Json) -> (Json, AuthRulesCall) {
    let members =
        json!({"identity": identity, "arguments": {"input": input}, "result": record, "stash": {"rules": rules}});
    let expression = format!("mutationAuth($ctx.stash.rules, \"{operation}\", $ctx.args.input, $ctx.result)");
    call(Some(AuthType::UserPool), members, &expression)
}

fn owner() -> Json {
    json!({"type": "owner", "provider": "userPools", "ownerFieldName": "owner", "ownerFieldType": "string"})
}

fn owners() -> Json {
    json!({"type": "owner", "provider": "userPools", "ownerFieldName": "editors", "ownerFieldType": "string[]"})
}

fn group(name: &str) -> Json {
    json!({"type": "groups", "provider": "userPools", "allowedGroups": [name], "groupClaim": "cognito:groups"})
}

fn team(kind: &str) -> Json {
    json!({"type": "groups", "provider": "userPools", "groupsFieldName": "team", "groupsFieldType": kind, "groupClaim": "cognito:groups"})
}

fn with(mut rule: Json, key: &str, value: Json) -> Json {
    rule[key] = value;
    rule
}

/// (mode, identity, rule, record, granted, part of the reason)
#[test]
fn every_kind_grants_and_refuses_with_a_reason() {
    use AuthType::{ApiKey, Iam, Lambda, Oidc, UserPool};
    let iam = |arn: &str| json!({"userArn": arn, "cognitoIdentityPoolId": null, "cognitoIdentityAuthType": null});
    let pooled =
        |kind: &str| json!({"userArn": "arn:x", "cognitoIdentityPoolId": "p1", "cognitoIdentityAuthType": kind});
    let admin = json!({"type": "admin", "provider": "iam", "strict": false, "roles": ["StudioAdmin", ""]});
    let private = json!({"type": "private", "provider": "iam", "roleArn": AUTH, "cognitoIdentityPoolId": "p1"});
    let public = json!({"type": "public", "provider": "iam", "roleArn": UNAUTH});
    let studio = "arn:aws:sts::1:assumed-role/StudioAdmin/me";
    let none = json!(null);
    let text_claim = |text: &str| json!({"claims": {"cognito:groups": text}});
    let cases = [
        (
            ApiKey,
            none.clone(),
            json!({"type": "public", "provider": "apiKey"}),
            none.clone(),
            true,
            "whoever comes by API Key",
        ),
        (
            UserPool,
            ann(),
            json!({"type": "public", "provider": "apiKey"}),
            none.clone(),
            false,
            "is for API Key Authorization, the caller came by User Pool",
        ),
        (Lambda, none.clone(), json!({"type": "custom", "provider": "function"}), none.clone(), true, "Lambda"),
        (ApiKey, none.clone(), json!({"type": "custom", "provider": "function"}), none.clone(), false, "Lambda"),
        (Oidc, ann(), json!({"type": "private", "provider": "oidc"}), none.clone(), true, "Open ID"),
        (UserPool, ann(), json!({"type": "private", "provider": "oidc"}), none.clone(), false, "Open ID"),
        (Iam, iam(studio), admin.clone(), none.clone(), true, "contains the admin role \"StudioAdmin\""),
        (
            Iam,
            iam("arn:aws:sts::1:assumed-role/other/me"),
            admin.clone(),
            none.clone(),
            false,
            "contains none of the admin roles",
        ),
        (Iam, none.clone(), admin.clone(), none.clone(), false, "identity is null, so there is no userArn"),
        (Iam, iam(studio), with(admin.clone(), "strict", json!(true)), none.clone(), true, "StudioAdmin"),
        (
            Iam,
            iam("arn:aws:sts::1:assumed-role/NoStudioAdmin/me"),
            with(admin, "strict", json!(true)),
            none.clone(),
            false,
            "none",
        ),
        (Iam, iam(AUTH), private.clone(), none.clone(), true, "is the rule's roleArn"),
        (Iam, iam(UNAUTH), private.clone(), none.clone(), false, "is not the rule's roleArn"),
        (
            Iam,
            pooled("authenticated"),
            private.clone(),
            none.clone(),
            true,
            "authenticated identity of the pool \"p1\"",
        ),
        (
            Iam,
            pooled("unauthenticated"),
            private.clone(),
            none.clone(),
            false,
            "cognitoIdentityAuthType is \"unauthenticated\"",
        ),
        (Iam, iam("arn:x"), with(private, "roleArn", none.clone()), none.clone(), false, "roleArn is null"),
        (Iam, iam(UNAUTH), public.clone(), none.clone(), true, "roleArn"),
        (Iam, pooled("authenticated"), public, none.clone(), false, "roleArn"),
        (UserPool, ann(), group("Dev"), none.clone(), true, "contains \"Dev\""),
        (
            UserPool,
            ann(),
            group("Admin"),
            none.clone(),
            false,
            r#"claim cognito:groups ["admin","Dev"] does not contain "Admin""#,
        ),
        (UserPool, json!({"claims": {}}), group("Dev"), none.clone(), false, "the token has no claim cognito:groups"),
        (UserPool, none.clone(), group("Dev"), none.clone(), false, "identity is null"),
        (UserPool, text_claim("SuperDev"), group("Dev"), none.clone(), true, "a part of its text"),
        (UserPool, ann(), team("string"), json!({"team": "Dev"}), true, "result.team"),
        (UserPool, ann(), team("string"), json!({"team": "Developers"}), false, "has no group"),
        (UserPool, ann(), team("string"), json!({"team": ["Dev"]}), false, "has no group"),
        (UserPool, ann(), team("string[]"), json!({"team": ["x", "Dev"]}), true, "result.team"),
        (UserPool, ann(), team("string[]"), json!({"team": "Dev"}), false, "is a String"),
        (UserPool, text_claim("[\"Dev\"]"), team("string[]"), json!({"team": ["Dev"]}), true, "result.team"),
        (UserPool, text_claim("Dev"), team("string"), json!({"team": "Dev"}), true, "result.team"),
        (UserPool, ann(), team("string"), none.clone(), false, "result.team is null"),
        (UserPool, ann(), owner(), json!({"owner": "s1::ann"}), true, "names the caller"),
        (UserPool, ann(), owner(), json!({"owner": "ann"}), true, "names the caller"),
        (UserPool, ann(), owner(), json!({"owner": "s1"}), true, "names the caller"),
        (UserPool, ann(), owner(), json!({"owner": "s2::ann"}), false, "does not name the caller"),
        (UserPool, ann(), owner(), json!({"owner": null}), false, "result.owner is null"),
        (UserPool, ann(), owner(), json!({"owner": ["ann"]}), false, "does not name the caller"),
        (
            UserPool,
            json!({"claims": {"sub": "s1", "cognito:username": "ann"}}),
            owner(),
            json!({"owner": "s1::ann"}),
            true,
            "names",
        ),
        (
            UserPool,
            json!({"claims": {"sub": "s1"}}),
            owner(),
            json!({"owner": "s1"}),
            false,
            "neither the claim username nor cognito:username",
        ),
        (UserPool, none.clone(), owner(), json!({"owner": null}), false, "identity is null"),
        (UserPool, ann(), owners(), json!({"editors": ["bob", "ann"]}), true, "names the caller"),
        (UserPool, ann(), owners(), json!({"editors": "ann"}), false, "is a String"),
        (UserPool, ann(), with(owner(), "identityClaim", json!("org")), json!({"owner": "acme"}), true, "claim org"),
        (UserPool, ann(), with(owner(), "identityClaim", json!("org")), json!({"owner": "ann"}), false, "claim org"),
        (
            UserPool,
            ann(),
            with(owner(), "identityClaim", json!("unit")),
            json!({"owner": null}),
            false,
            "no claim unit",
        ),
    ];
    for (mode, identity, rule, record, granted, reason) in cases {
        let got = on_record(mode, &identity, &rule, &record);
        assert!(got.0 == granted && got.1.contains(reason), "{rule} on {record}: {got:?}, wanted {granted} {reason:?}");
    }
}

#[test]
fn what_is_not_understood_grants_nothing() {
    let cases = [
        (json!("private"), "the rule is a String"),
        (json!({"type": "private"}), "no \"provider\""),
        (json!({"type": "private", "provider": "saml"}), "\"saml\" is none of apiKey"),
        (json!({"type": "private", "provider": "apiKey"}), "\"private\" is not known with the provider \"apiKey\""),
        (json!({"type": "private", "provider": "userPools", "operations": ["read"]}), "\"operations\""),
        (json!({"type": "private", "provider": "userPools", "allowedFields": "id"}), "not a list of texts"),
        (json!({"type": "groups", "provider": "userPools", "groupClaim": "g"}), "either"),
        (with(owner(), "ownerFieldType", json!("number")), "not \"string\""),
        (
            json!({"type": "owner", "provider": "oidc", "ownerFieldName": "o", "ownerFieldType": "string"}),
            "identityClaim",
        ),
    ];
    for (rule, reason) in cases {
        // One rule must not spoil the next.
        let (given, call) = before("queryAuth", ann(), json!({}), json!([rule, group("Dev")]));
        let [first, second] = call.rules.as_slice() else { panic!("{rule}") };
        assert!(!first.granted && !first.applies, "{rule}: {}", first.reason);
        let why = &first.reason;
        assert!(why.contains(reason) && why.contains("grant nothing"), "{rule}: {why}");
        assert!(second.granted && second.index == 1);
        assert_eq!(given, json!({"authorized": true}));
    }
}

#[test]
fn arguments_of_the_wrong_type_refuse() {
    let private = r#"[{"type":"private","provider":"userPools"}]"#;
    let cases = [
        ("queryAuth(null)".to_owned(), "the rules are a null"),
        ("subscriptionAuth(\"x\")".to_owned(), "the rules are a String"),
        ("queryAuth([])".to_owned(), "empty"),
        (format!("mutationAuth({private}, \"create\", null, null)"), "the input is a null"),
        (format!("mutationAuth({private}, \"read\", {{}}, null)"), "the operation is \"read\""),
        (format!("mutationAuth({private}, 1, {{}})"), "the operation is 1"),
    ];
    for (expression, reason) in cases {
        let (given, call) = call(Some(AuthType::UserPool), json!({"identity": ann()}), &expression);
        assert_eq!(given, json!({"authorized": false}), "{expression}");
        assert!(call.reason.as_deref().is_some_and(|why| why.contains(reason)), "{expression}: {:?}", call.reason);
    }
    let (given, _) = call(None, json!({"identity": ann()}), &format!("validateUsingSource({private}, null)"));
    assert_eq!(given, json!(false), "no mode, no grant");
}

/// D1: owner and group rules of a query become filters, unless a static rule grants all.
#[test]
fn queries_give_filters() {
    let rules = json!([owner(), owners(), team("string"), group("Admin")]);
    let (given, call) = before("queryAuth", ann(), json!({}), rules);
    let filters = json!([
        {"owner": {"eq": "s1::ann"}}, {"owner": {"eq": "s1"}}, {"owner": {"eq": "ann"}},
        {"editors": {"contains": "s1::ann"}}, {"editors": {"contains": "s1"}}, {"editors": {"contains": "ann"}},
        {"team": {"in": ["admin", "Dev"]}}
    ]);
    assert_eq!(given, json!({"authorized": true, "authFilter": {"or": filters}}));
    assert_eq!(call.rules[0].filter().unwrap().to_json().unwrap().matches("eq").count(), 3);
    let (given, _) = before("queryAuth", ann(), json!({}), json!([team("string[]")]));
    assert_eq!(given["authFilter"], json!({"or": [{"team": {"contains": "admin"}}, {"team": {"contains": "Dev"}}]}));
    let (given, _) = before("queryAuth", ann(), json!({}), json!([owner(), group("Dev")]));
    assert_eq!(given, json!({"authorized": true}));
    let half = json!({"claims": {"sub": "s1"}});
    let (given, _) = before("queryAuth", half.clone(), json!({}), json!([owner()]));
    assert_eq!(given["authFilter"], json!({"or": [{"owner": {"eq": "s1"}}]}), "a part is enough for a query");
    let (given, call) = before("queryAuth", json!(null), json!({}), json!([owner(), team("string")]));
    assert_eq!(given, json!({"authorized": false}));
    assert_eq!(call.rules[1].path.as_deref(), Some(r#"identity.claims["cognito:groups"]"#));
}

/// D7 and F4: a mutation returns the last part of a multi claim, so events are compared with that.
#[test]
fn subscriptions_judge_the_owner_argument() {
    let ask = |arguments, rules| before("subscriptionAuth", ann(), arguments, rules);
    let mine = json!({"or": [{"owner": {"eq": "ann"}}]});
    assert_eq!(ask(json!({}), json!([owner()])).0, json!({"authorized": true, "authFilter": mine}));
    assert_eq!(ask(json!({"owner": "s1"}), json!([owner()])).0, json!({"authorized": true}));
    let filtered = json!({"owner": "ann", "filter": {"id": {"eq": 1}}});
    assert_eq!(ask(filtered, json!([owner()])).0["authFilter"], mine);
    let (given, call) = ask(json!({"owner": "bob"}), json!([owner(), team("string")]));
    assert_eq!(given, json!({"authorized": false}));
    assert!(call.reason.unwrap().contains("the argument owner is \"bob\""));
    assert_eq!(ask(json!({"owner": "bob"}), json!([owner(), group("Dev")])).0, json!({"authorized": true}));
    let (given, _) = ask(json!({}), json!([team("string[]"), owners()]));
    let any = json!({"or": [{"team": {"containsAny": ["admin", "Dev"]}}, {"editors": {"contains": "ann"}}]});
    assert_eq!(given["authFilter"], any);
    let half = json!({"claims": {"sub": "s1"}});
    assert_eq!(before("subscriptionAuth", half, json!({}), json!([owner()])).0, json!({"authorized": false}));
}

/// D2 and D6: owners are filled in; the fields of all granting rules count together.
#[test]
fn creates_fill_in_owners_and_check_fields() {
    let fields = |rule, fields: &[&str]| with(rule, "allowedFields", json!(fields));
    let rules = json!([fields(owner(), &["title"]), fields(group("Dev"), &["note"]), fields(group("Admin"), &["pay"])]);
    let create = |input| mutate("create", ann(), input, json!(null), rules.clone());
    let (given, call) = create(json!({"title": 1, "note": 2}));
    let input = json!({"title": 1, "note": 2, "owner": "s1::ann"});
    assert_eq!(given, json!({"authorized": true, "authorizedInput": input}));
    assert_eq!(call.rules[0].injected.as_ref().unwrap().0, "owner");
    let (given, call) = create(json!({"title": 1, "pay": 2}));
    assert_eq!(given, json!({"authorized": false}));
    assert_eq!(call.denied_fields, ["pay"]);
    assert!(call.rules[0].granted && call.rules[1].granted && !call.rules[2].granted);
    assert!(call.reason.unwrap().contains(r#"["pay"]"#));
    let someone = |owner: Json| mutate("create", ann(), json!({"owner": owner}), json!(null), json!([self::owner()])).0;
    assert_eq!(someone(json!("s1"))["authorized"], true);
    assert_eq!(someone(json!("bob"))["authorized"], false, "for someone else");
    assert_eq!(someone(json!(null))["authorized"], false, "an explicit null is no missing key");
    let (given, _) = mutate("create", ann(), json!({}), json!(null), json!([owners()]));
    assert_eq!(given["authorizedInput"], json!({"editors": ["s1::ann"]}));
    let by_field = mutate("create", ann(), json!({"team": "Dev"}), json!({"team": "x"}), json!([team("string")]));
    assert_eq!(by_field.0["authorized"], true, "the input decides, not the result");
}

/// D3 and D4: the stored record decides, not the input.
#[test]
fn updates_and_deletes_look_at_the_record() {
    let rules = json!([with(owner(), "allowedFields", json!(["id", "note"]))]);
    let change = |operation, input, record| mutate(operation, ann(), input, record, rules.clone());
    let (mine, other) = (json!({"owner": "ann"}), json!({"owner": "bob"}));
    let (given, _) = change("update", json!({"id": 1}), mine.clone());
    assert_eq!(given, json!({"authorized": true, "authorizedInput": {"id": 1}}));
    let (given, call) = change("update", json!({"id": 1, "owner": "ann"}), other.clone());
    assert_eq!(given, json!({"authorized": false}));
    assert_eq!(call.rules[0].path.as_deref(), Some("result.owner"));
    assert_eq!(change("update", json!({"id": 1, "pay": 2}), mine.clone()).1.denied_fields, ["pay"]);
    assert_eq!(change("delete", json!({"id": 1, "_version": 2}), mine).0["authorized"], true);
    assert_eq!(change("delete", json!({"id": 1}), other).0["authorized"], false);
    assert_eq!(change("delete", json!({"id": 1}), json!(null)).0["authorized"], false, "no such record");
}

/// An administrator's name in the ARN of the identity pool's own role does not count (AMPLIFY-AUTH 4, iam).
#[test]
fn a_pool_role_is_no_admin() {
    let admin = json!({"type": "admin", "provider": "iam", "strict": false, "roles": ["app-"]});
    let public = json!({"type": "public", "provider": "iam", "roleArn": AUTH});
    let judge = |arn: &str| {
        let stash = json!({"rules": [admin.clone(), public.clone()], "unauthRole": UNAUTH});
        let members = json!({"identity": {"userArn": arn}, "stash": stash});
        call(Some(AuthType::Iam), members, "queryAuth($ctx.stash.rules)").1.rules
    };
    let own = judge(AUTH);
    assert!(!own[0].granted && own[0].reason.contains("role of the identity pool") && own[1].granted);
    assert!(!judge(UNAUTH)[0].granted, "the stash names it");
    assert!(judge("arn:aws:sts::1:assumed-role/app-lambda/f")[0].granted);
}

#[test]
fn the_record_of_a_call_does_not_change_with_the_template() {
    let template = r#"#set($rule = {"type":"private","provider":"userPools"})#set($r = $util.authRules.queryAuth([$rule]))
$util.qr($rule.put("type", "x"))$util.qr($r.put("authorized", false))#set($source = {"owner":"ann"})
$util.authRules.validateUsingSource([{"type":"owner","provider":"userPools","ownerFieldName":"owner","ownerFieldType":"string"}], $ctx.source)"#;
    let program = parse(&Source::new("changes", template)).unwrap();
    let members =
        json!({"identity": ann(), "source": {"owner": "ann"}, "info": {"fieldName": "f", "parentTypeName": "T"}});
    let members = from_json_str(&members.to_string()).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    let mut env = Env::default();
    context.prepare(&mut env, Some(AuthType::UserPool));
    let calls = evaluate(&program, context, &env, &mut ()).env.auth_rules;
    assert_eq!(calls[0].rules[0].rule.to_json().unwrap(), r#"{"type":"private","provider":"userPools"}"#);
    assert_eq!(calls[0].result.to_json().unwrap(), r#"{"authorized":true}"#);
    assert_eq!(calls[1].rules[0].path.as_deref(), Some("source.owner"));
}

/// The report names what overruled the rules, then each rule that did not grant.
#[test]
fn the_report_tells_each_rule() {
    let rules = json!([with(group("Dev"), "allowedFields", json!(["id"])), group("Admin"), {"type": "public", "provider": "apiKey"}]);
    let template = "#set($r = $util.authRules.mutationAuth($ctx.stash.rules, \"create\", $ctx.args.input, null))
#if(!$r.authorized)$util.unauthorized()#end";
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("auth_rules.vtl");
    std::fs::write(&file, template).unwrap();
    let args = [
        ("--claims", ann().to_string()),
        ("--args", json!({"input": {"id": 1, "pay": 2}}).to_string()),
        ("--stash", json!({"rules": rules}).to_string()),
        ("--auth-type", "user-pool".to_owned()),
    ];
    let mut command = command();
    let output =
        command.arg(&file).args(args.iter().flat_map(|(name, value)| [*name, value.as_str()])).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{text}");
    let places: Vec<_> = [
        "[\"pay\"]: rule 1 allows [\"id\"]",
        "rule 2: claim cognito:groups",
        "rule 3: the rule is for API Key",
        "[inferred]",
    ]
    .iter()
    .map(|part| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}")))
    .collect();
    assert!(places.is_sorted(), "{text}");
}

/// The same rule spelled out in VTL, as Amplify's templates for DynamoDB do (AMPLIFY-AUTH 4), and by `validateUsingSource`:
/// both grant the same, for every claim and every record.
#[test]
fn rules_grant_what_the_spelled_out_templates_grant() {
    const CLAIM: &str = "#set($claim = $util.defaultIfNull($ctx.identity.claims.get(\"cognito:groups\"), []))";
    const PARSED: &str = "#if($util.isString($claim))#if($util.isList($util.parseJson($claim)))#set($claim = $util.parseJson($claim))#else#set($claim = [$claim])#end#end";
    const ME: &str = "#set($me = $util.defaultIfNull($ctx.identity.claims.get(\"sub\"), null))#set($name = $util.defaultIfNull($ctx.identity.claims.get(\"username\"), $util.defaultIfNull($ctx.identity.claims.get(\"cognito:username\"), null)))";
    const BOTH: &str =
        "#if(!$util.isNull($me) && !$util.isNull($name))#set($own = [$me, $name])#set($me = \"$me::$name\")";
    let spelled = [
        (group("Dev"), format!("{CLAIM}#if($claim.contains(\"Dev\"))#set($ok = true)#end")),
        (
            team("string"),
            format!("#set($entity = $util.defaultIfNull($ctx.result.team, null)){CLAIM}{PARSED}#foreach($one in $claim)#if($entity == $one)#set($ok = true)#end#end"),
        ),
        (
            team("string[]"),
            format!("#set($entity = $util.defaultIfNull($ctx.result.team, [])){CLAIM}{PARSED}#foreach($one in $claim)#if($entity.contains($one))#set($ok = true)#end#end"),
        ),
        (
            owner(),
            format!("#set($entity = $util.defaultIfNull($ctx.result.owner, null)){ME}{BOTH}#if($entity == $me || $own.contains($entity))#set($ok = true)#end#end"),
        ),
        (
            owners(),
            format!("#set($entity = $util.defaultIfNull($ctx.result.editors, [])){ME}{BOTH}#foreach($one in $entity)#if($one == $me || $own.contains($one))#set($ok = true)#end#end#end"),
        ),
        (
            with(owner(), "identityClaim", json!("org")),
            "#set($me = $util.defaultIfNull($ctx.identity.claims.get(\"org\"), null))#set($entity = $util.defaultIfNull($ctx.result.owner, null))#if(!$util.isNull($me))#if($entity == $me)#set($ok = true)#end#end".to_owned(),
        ),
    ];
    let groups = [
        json!(null),
        json!([]),
        json!(["Dev"]),
        json!(["dev", "Devs"]),
        json!("Dev"),
        json!("SuperDevs"),
        json!("[\"Dev\",\"x\"]"),
        json!("[]"),
    ];
    let names = [
        json!({}),
        json!({"sub": "s1"}),
        json!({"sub": "s1", "username": "ann"}),
        json!({"username": "ann", "org": "acme"}),
        json!({"sub": "s1", "cognito:username": "ann", "org": "s1"}),
    ];
    let records = [
        json!({}),
        json!({"owner": "s1::ann", "team": "Dev", "editors": ["bob", "ann"]}),
        json!({"owner": "ann", "team": "dev", "editors": ["s1::ann"]}),
        json!({"owner": "acme", "team": "SuperDevs", "editors": []}),
        json!({"owner": null, "team": null, "editors": null}),
        json!({"owner": "s2::ann", "team": "Devs", "editors": ["s2::ann", "s1"]}),
    ];
    let (mut compared, mut granted) = (0, 0);
    for (rule, vtl) in &spelled {
        let program = parse(&Source::new("spelled", format!("#set($ok = false){vtl}#return($ok)"))).unwrap();
        for (claim, name) in groups.iter().flat_map(|claim| names.iter().map(move |name| (claim, name))) {
            let mut claims = name.clone();
            claims["cognito:groups"] = claim.clone();
            let identity = json!({"claims": claims});
            for record in &records {
                // A list where the rule says "string", and the other way round, no template of Amplify's makes.
                let members = from_json_str(&json!({"identity": identity, "result": record}).to_string()).unwrap();
                let context = Context::from_members(members.as_map().unwrap()).unwrap();
                let mut env = Env::default();
                context.prepare(&mut env, Some(AuthType::UserPool));
                let End::Returned { value, .. } = evaluate(&program, context, &env, &mut ()).end else {
                    panic!("{vtl}")
                };
                let (grants, reason) = on_record(AuthType::UserPool, &identity, rule, record);
                let wanted = value.to_string() == "true";
                // What Java does to a list field that holds a text is not followed: the rule refuses (fails closed).
                let text_in_list = rule["groupsFieldType"] == "string[]" && record["team"].is_string();
                assert!(
                    grants == wanted || text_in_list && !grants,
                    "{rule} for {identity} on {record}: {grants} ({reason}), the template says {wanted}"
                );
                compared += 1;
                granted += usize::from(grants);
            }
        }
    }
    assert!(compared == 6 * 8 * 5 * 6 && granted > 200, "{granted} of {compared}");
}
