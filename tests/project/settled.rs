//! What a cell of the matrix leaves to arguments, rows and the deployment, and what it settles without.

use crate::support::command::command;
use crate::support::files::folder;
use serde_json::{Value as Json, json};
use std::path::Path;

const SCHEMA: &str = "type Note { id: ID! owner: String secret: String }\n\
    type Query { one(userId: ID!): String two(limit: Int): String get(id: ID!): Note }";
const PASS: &str = "$util.toJson($ctx.result)";

fn run(folder: &Path, args: &[&str]) -> (String, String) {
    let output = command().args(args).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

fn cells(folder: &Path, args: &[&str]) -> Vec<Json> {
    let (out, error) = run(folder, &[&["matrix", "--json"], args].concat());
    let matrix: Json = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{error}"));
    matrix["cells"].as_array().unwrap().clone()
}

/// Verdict and needs of the first cell of a field with these halves; all callers fare alike.
fn cell(field: &str, request: &str, response: &str) -> (String, Json) {
    let (asks, answers) = (format!("resolvers/{field}.request.vtl"), format!("resolvers/{field}.response.vtl"));
    let place = folder("settled", &[("schema.graphql", SCHEMA), (&asks, request), (&answers, response)]);
    let all = cells(&place, &[]);
    let first = (all[0]["verdict"].as_str().unwrap().to_owned(), all[0]["needs"].clone());
    assert!(all.iter().all(|one| one["needs"] == first.1), "{field}: {all:#?}");
    std::fs::remove_dir_all(&place).unwrap();
    first
}

/// A call that leaves out what it must have says nothing of a caller; one that leaves out what it may, does.
#[test]
fn an_argument_that_a_call_must_have_is_not_absent() {
    for (field, request, verdict, needs) in [
        (
            "Query.one",
            "#if($ctx.args.userId != $ctx.identity.sub)$util.unauthorized()#end{}",
            "unknown",
            json!(["args"]),
        ),
        (
            "Query.one",
            "#set($ok = $ctx.args.userId == $ctx.identity.sub)$util.validate($ok, \"no\", \"Unauthorized\"){}",
            "unknown",
            json!(["args"]),
        ),
        (
            "Query.one",
            "#if($ctx.args.userId && $ctx.args.userId != $ctx.identity.sub)$util.unauthorized()#end{}",
            "unknown",
            json!(["args"]),
        ),
        ("Query.one", "#if(!$ctx.args.userId)$util.error(\"userId is missing\")#end{}", "unknown", json!(["args"])),
        ("Query.one", "#if($ctx.identity.sub == \"\")$util.unauthorized()#end{}", "allowed", json!([])),
        ("Query.two", "#if($ctx.args.limit == 3)$util.unauthorized()#end{}", "allowed", json!([])),
        ("Query.two", "#if($ctx.args.limit != 3)$util.unauthorized()#end{}", "unknown", json!(["args"])),
        (
            "Query.one",
            "#if(!$ctx.args.userId)$util.error(\"userId is missing\")#end$util.error($ctx.args.userId)",
            "unknown",
            json!(["args"]),
        ),
        ("Query.one", "$util.error(\"closed\")", "error", json!([])),
        ("Query.two", "$util.error(\"closed\")", "error", json!([])),
    ] {
        assert_eq!(cell(field, request, PASS), (verdict.to_owned(), needs), "{request}");
    }
}

/// A field of a row has a row, also where the case leaves it out.
#[test]
fn the_source_of_a_field_is_a_row() {
    let response = format!("#if($ctx.source.owner != $ctx.identity.sub)$util.unauthorized()#end{PASS}");
    assert_eq!(cell("Note.secret", "{\"payload\": {}}", &response), ("unknown".to_owned(), json!(["row"])));
}

/// A relation without a filter, by the key that its row has.
#[test]
fn a_relation_without_a_filter_is_settled() {
    let request = "#if($ctx.identity.sub == \"\")$util.unauthorized()#end#if($util.isNull($ctx.source.noteId))#return($util.toJson({}))#end{\"operation\": \"Query\", \"query\": {}}";
    let response = "#if($ctx.result.items.isEmpty() && $ctx.result.scannedCount == 1)$util.unauthorized()#end$util.toJson($ctx.result)";
    assert_eq!(cell("Note.secret", request, response), ("allowed".to_owned(), json!([])));
}

/// Amplify's `get` refuses where its filter left nothing of what was scanned. Without a filter, nothing is left out.
#[test]
fn a_request_without_a_filter_leaves_out_no_row() {
    let request = |filter: &str| {
        format!(
            "#if($ctx.identity.sub == \"\")$util.unauthorized()#end{{\"version\": \"2018-05-29\", \"operation\": \"Query\", \"query\": {{}}{filter}}}"
        )
    };
    let emptied = "#if($ctx.result.items.isEmpty() && $ctx.result.scannedCount == 1)$util.unauthorized()#end";
    let passes = format!("{emptied}#if($ctx.result.items.size() == 1)$util.toJson($ctx.result.items[0])#end");
    let looks = format!(
        "{emptied}#set($row = $ctx.result.items[0])#if($row.owner != \"x\")$util.unauthorized()#end$util.toJson($row)"
    );
    let filter = ", \"filter\": {\"expression\": \"a = :a\"}";
    for (asks, answers, verdict, needs) in [
        (request(""), &passes, "allowed", json!([])),
        (request(filter), &passes, "unknown", json!(["row"])),
        (request(""), &looks, "unknown", json!(["row"])),
    ] {
        assert_eq!(cell("Query.get", &asks, answers), (verdict.to_owned(), needs), "{asks}\n{answers}");
    }
}

fn stack(request: Json) -> String {
    let api = json!({"Fn::GetAtt": ["Api", "ApiId"]});
    let role = json!({"Type": "AWS::IAM::Role", "Properties": {}});
    json!({"Parameters": {"Team": {"Type": "String"}}, "Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "a", "AuthenticationType": "AMAZON_COGNITO_USER_POOLS"}},
        "Auth": role, "Unauth": role,
        "Field": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query", "FieldName": "x",
            "RequestMappingTemplate": {"Fn::Sub": request}, "ResponseMappingTemplate": PASS}}}})
    .to_string()
}

fn explained(request: &str, more: &[&str]) -> Json {
    let place = folder("open-call", &[("stack.json", &stack(json!(request)))]);
    let caller = r#"{"sub": "s", "username": "ann", "claims": {"sub": "s", "cognito:groups": ["blue"]}}"#;
    let args = ["resolver", "Query.x", "--from", "stack.json", "--identity", caller, "--json"];
    let (out, error) = run(&place, &[&args[..], more].concat());
    std::fs::remove_dir_all(&place).unwrap();
    serde_json::from_str(&out).unwrap_or_else(|_| panic!("{request}: {error}"))
}

/// What a call makes of a value that only a deployment knows does not decide either, though nothing of the value is seen in it.
#[test]
fn what_is_computed_from_a_value_of_the_deployment_never_decides() {
    for condition in [
        "!$ctx.identity.claims.get(\"cognito:groups\").contains(\"${Team}\")",
        "$t.length() != 4",
        "$t.substring(0, 1) != \"b\"",
        "!$t.startsWith(\"bl\")",
        "!$util.matches(\"^bl.*\", $t)",
        "!$m.containsKey(\"blue\")",
        "!$m.keySet().contains(\"blue\")",
        "!$m.get(\"blue\")",
        "!$l.contains(\"blue\")",
        "$util.base64Encode($t) != \"Ymx1ZQ==\"",
        "!$flag",
    ] {
        let set = "#set($t = \"${Team}\")#set($l = [\"${Team}\"])#set($m = {\"${Team}\": 1})#set($flag = $t.contains(\"blue\"))";
        let request = format!("{set}#if({condition})$util.unauthorized()#end{{}}");
        let open = explained(&request, &[]);
        let told = open["hints"][0]["message"].to_string();
        assert_eq!(open["verdict"], "unknown", "{condition}: {told}");
        assert!(told.contains("⟦Team⟧") && told.contains("--parameters"), "{condition}: {told}");
        let given = explained(&request, &["--parameters", r#"{"Team": "blue"}"#]);
        assert_eq!(given["verdict"], "allowed", "{condition}: {}", given["hints"]);
    }
}

/// What is certain whatever the value will be decides.
#[test]
fn what_no_value_of_the_deployment_changes_decides() {
    for (condition, verdict) in [
        ("$util.isNull(\"${Team}\")", "allowed"),
        ("$util.isNullOrEmpty(\"team-${Team}\")", "allowed"),
        ("$ctx.identity.username.contains(\"fn-${Team}\")", "allowed"),
        ("$own.size() == 1", "denied"),
        // An account has no two roles of one name.
        ("\"arn:${AWS::AccountId}:${Auth}/x\" == \"arn:${AWS::AccountId}:${Unauth}/x\"", "allowed"),
    ] {
        let set = "#set($own = [\"fn-${Team}\"])";
        let found = explained(&format!("{set}#if({condition})$util.unauthorized()#end{{}}"), &[]);
        assert_eq!(found["verdict"], verdict, "{condition}: {}", found["hints"]);
    }
}

/// The plugin fills `${Pots}` with a table's name: `$ctx.result.data.NAME` is a member, also where the name is not known.
#[test]
fn a_member_whose_name_a_tool_fills_in_is_read() {
    let configuration = "service: s\nprovider: {name: aws}\nplugins: [serverless-appsync-plugin]\ncustom:\n  appSync:\n    name: a\n    \
        authenticationType: API_KEY\n    mappingTemplates:\n      - {type: Query, field: x, dataSource: t}\n    \
        dataSources: [{type: AMAZON_DYNAMODB, name: t, config: {tableName: !Ref PotsTable}}]\n    substitutions: {Pots: !Ref PotsTable}\n";
    let response = "#foreach($pot in $ctx.result.data.${Pots})$pot.id#end#if($ctx.result.data.${Pots}.size() == 0)$util.unauthorized()#end{}";
    let files = [
        ("serverless.yml", configuration),
        ("schema.graphql", "type Query { x: String }"),
        ("mapping-templates/Query.x.request.vtl", "{\"operation\": \"BatchGetItem\", \"tables\": {\"${Pots}\": {}}}"),
        ("mapping-templates/Query.x.response.vtl", response),
    ];
    let place = folder("member", &files);
    let found = cells(&place, &[]);
    assert_eq!((&found[0]["verdict"], found[0]["needs"] == json!([])), (&json!("unknown"), false), "{found:#?}");
    assert!(!found[0]["reason"].as_str().unwrap().contains("parse"), "{found:#?}");
    std::fs::remove_dir_all(&place).unwrap();
}

/// The first transformer asks whether the identity has an issuer, as every token's has, before it checks anything.
#[test]
fn callers_have_an_issuer() {
    let request = "#if(!$util.isNull($ctx.identity.issuer))#set($authMode = \"userPools\")#end#if($authMode == \"userPools\")$util.unauthorized()#end{}";
    let place = folder(
        "issuer",
        &[
            ("schema.graphql", SCHEMA),
            ("resolvers/Query.two.request.vtl", request),
            ("resolvers/Query.two.response.vtl", PASS),
        ],
    );
    assert!(cells(&place, &[]).iter().all(|one| one["verdict"] == "denied"));
    // Claims that were typed without `iss` do not say that there is none.
    let claims = r#"{"sub": "s", "username": "ann", "token_use": "access"}"#;
    let (out, _) = run(&place, &["resolvers/Query.two.request.vtl", "--claims", claims, "--json"]);
    let report: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(report["verdict"], "unknown", "{}", report["hints"]);
    std::fs::remove_dir_all(&place).unwrap();
}
