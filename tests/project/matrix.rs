//! The matrix over the whole request: modes, directives, policies, the authorizer's answer, templates, JavaScript, rows.

use crate::support::command::command;
use crate::support::files::{folder, write};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "type Query {\n\
    \x20 open: String\n\
    \x20 keyed: String @aws_api_key\n\
    \x20 signed: String @aws_iam\n\
    \x20 staff: String @aws_cognito_user_pools(cognito_groups: [\"Staff\"])\n\
    \x20 asked: String @aws_lambda\n\
    \x20 script: String @aws_cognito_user_pools @aws_api_key\n\
    \x20 mixed: String\n\
    \x20 signedNote: Note @aws_iam @aws_api_key\n\
    }\n\
    type Note { id: ID! text: String }\n";

const SCRIPT: &str = "export function request(ctx) {\n  if (!ctx.identity) util.unauthorized();\n  return {};\n}\n\
    export function response(ctx) {\n  if (ctx.result.secret) {\n    util.error('no', 'Unauthorized');\n  }\n}\n";

/// A build with everything that stands before a template.
fn stack() -> Json {
    let api = json!({"Fn::GetAtt": ["Api", "ApiId"]});
    let unit = |field: &str| {
        json!({"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query", "FieldName": field,
            "RequestMappingTemplate": "{\"payload\": {}}", "ResponseMappingTemplate": "$util.toJson($ctx.result)"}})
    };
    let role = |field: &str, amr: &str| {
        let resource = json!({"Fn::Sub": [
            format!("arn:${{AWS::Partition}}:appsync:${{AWS::Region}}:${{AWS::AccountId}}:apis/${{id}}/types/Query/fields/{field}"),
            {"id": api}
        ]});
        json!({"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr}}}]},
            "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": [resource]}]}}]}})
    };
    let script = json!({"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query",
        "FieldName": "script", "Runtime": {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}, "Code": SCRIPT}});
    // A function of JavaScript before one that refuses: it may have ended the field, or filled the stash.
    let js = json!({"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"ApiId": api, "Name": "first",
        "Runtime": {"Name": "APPSYNC_JS", "RuntimeVersion": "1.0.0"}, "Code": SCRIPT}});
    let vtl = json!({"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"ApiId": api, "Name": "second",
        "RequestMappingTemplate": "#if(!$ctx.stash.may)$util.unauthorized()#end{}"}});
    let mixed = json!({"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query",
        "FieldName": "mixed", "Kind": "PIPELINE", "RequestMappingTemplate": "{}", "PipelineConfig": {"Functions": [
            {"Fn::GetAtt": ["First", "FunctionId"]}, {"Fn::GetAtt": ["Second", "FunctionId"]}]}}});
    json!({"Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "notes",
            "AuthenticationType": "AMAZON_COGNITO_USER_POOLS", "AdditionalAuthenticationProviders": [
                {"AuthenticationType": "API_KEY"}, {"AuthenticationType": "AWS_IAM"}, {"AuthenticationType": "AWS_LAMBDA"}]}},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"ApiId": api, "Definition": SCHEMA}},
        "Open": unit("open"), "Keyed": unit("keyed"), "Signed": unit("signed"), "Staff": unit("staff"),
        "Asked": unit("asked"), "SignedNote": unit("signedNote"), "Script": script, "First": js, "Second": vtl, "Mixed": mixed,
        "Guest": role("signed", "unauthenticated"), "User": role("other", "authenticated")
    }})
}

fn project() -> PathBuf {
    folder("matrix", &[("stack.json", &stack().to_string()), (".git/HEAD", "")])
}

fn pool(kind: &str) -> Json {
    json!({"accountId": "1", "cognitoIdentityPoolId": "p", "cognitoIdentityId": "i", "cognitoIdentityAuthType": kind,
        "userArn": format!("arn:aws:sts::1:assumed-role/notes-{kind}/CognitoIdentityCredentials")})
}

fn matrix(from: &Path, personas: &Path, options: &[&str]) -> Json {
    let mut run = command();
    run.arg("matrix").arg("--from").arg(from).arg("--personas").arg(personas).args(["--format", "json"]).args(options);
    let output = run.output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {words}"))
}

fn cells(personas: &Json, options: &[&str]) -> Vec<Json> {
    let place = project();
    write(&place.join("personas.json"), &personas.to_string());
    let matrix = matrix(&place.join("stack.json"), &place.join("personas.json"), options);
    matrix["cells"].as_array().unwrap().clone()
}

/// Verdict, layer and needs of a field.
fn of<'c>(cells: &'c [Json], field: &str) -> (&'c str, &'c Json, &'c Json) {
    let cell = cells.iter().find(|cell| cell["field"] == field).unwrap();
    (cell["verdict"].as_str().unwrap(), &cell["layer"], &cell["needs"])
}

fn reason<'c>(cells: &'c [Json], field: &str) -> &'c str {
    cells.iter().find(|cell| cell["field"] == field).unwrap()["reason"].as_str().unwrap()
}

#[test]
fn a_mode_that_no_directive_lets_in_is_refused_before_the_templates() {
    let found = cells(&json!({"personas": [{"name": "key", "authType": "api-key"}]}), &[]);
    let none = json!([]);
    for field in ["Query.open", "Query.signed", "Query.staff", "Query.asked", "Query.mixed"] {
        assert_eq!(of(&found, field), ("denied", &json!("mode"), &none), "{field}");
    }
    assert_eq!(of(&found, "Query.keyed").0, "completed");
    // What the templates alone decide stands beside it, and no template is blamed.
    let open = found.iter().find(|cell| cell["field"] == "Query.open").unwrap();
    assert_eq!((&open["templates"]["verdict"], &open["decidedBy"]), (&json!("completed"), &Json::Null));
    assert!(reason(&found, "Query.signed").contains("@aws_iam"), "{}", reason(&found, "Query.signed"));
}

/// A type without a directive is for the API's default mode: whoever comes otherwise reads nothing of what the field returns.
#[test]
fn a_mode_that_the_returned_type_does_not_let_in_reads_nothing() {
    let found = cells(&json!({"personas": [{"name": "key", "authType": "api-key"}]}), &[]);
    assert_eq!(of(&found, "Query.signedNote"), ("denied", &json!("mode"), &json!([])));
    let why = reason(&found, "Query.signedNote");
    assert!(why.contains("no field of Note, which it returns, does"), "{why}");
}

#[test]
fn groups_of_a_directive_count_as_the_caller_has_them() {
    let user = |group: &str| json!({"name": group, "authType": "user-pool", "claims": {"sub": "1", "cognito:groups": [group]}});
    for (group, wanted) in [("Staff", "completed"), ("staff", "denied")] {
        let found = cells(&json!({"personas": [user(group)]}), &[]);
        assert_eq!(of(&found, "Query.staff").0, wanted, "{group}");
    }
}

#[test]
fn a_mode_that_the_api_does_not_have_is_refused_everywhere() {
    let found = cells(&json!({"personas": [{"name": "oidc", "authType": "oidc", "claims": {"sub": "1"}}]}), &[]);
    assert!(found.iter().all(|cell| cell["verdict"] == "denied" && cell["layer"] == "mode"), "{found:#?}");
}

#[test]
fn the_policy_of_the_identity_pool_s_role_decides_although_its_names_are_open() {
    let found =
        cells(&json!({"personas": [{"name": "guest", "authType": "iam", "identity": pool("unauthenticated")}]}), &[]);
    assert_eq!(of(&found, "Query.signed").0, "completed");
    let found =
        cells(&json!({"personas": [{"name": "user", "authType": "iam", "identity": pool("authenticated")}]}), &[]);
    assert_eq!(of(&found, "Query.signed"), ("denied", &json!("iam"), &json!([])));
    // A role of which the project knows nothing is not judged.
    let lambda = json!({"accountId": "1", "userArn": "arn:aws:sts::1:assumed-role/worker/fn"});
    let found = cells(&json!({"personas": [{"name": "worker", "authType": "iam", "identity": lambda}]}), &[]);
    assert_eq!(of(&found, "Query.signed").0, "completed");
}

#[test]
fn a_field_that_the_lambda_authorizer_denies_is_refused() {
    let answer = json!({"isAuthorized": true, "deniedFields": ["Query.asked"]});
    let personas = json!({"personas": [{"name": "token", "authType": "lambda", "authorizerResponse": answer}]});
    assert_eq!(of(&cells(&personas, &[]), "Query.asked"), ("denied", &json!("authorizer"), &json!([])));
    let personas = json!({"personas": [{"name": "token", "authorizerResponse": {"isAuthorized": true}}]});
    assert_eq!(of(&cells(&personas, &[]), "Query.asked").0, "completed");
}

#[test]
fn javascript_is_unknown_past_its_mode_and_its_refusals_are_listed() {
    let ann = json!({"personas": [{"name": "ann", "authType": "user-pool", "claims": {"sub": "1"}}]});
    let found = cells(&ann, &[]);
    let needs = json!(["javascript"]);
    assert_eq!(of(&found, "Query.script"), ("unknown", &Json::Null, &needs));
    let words = reason(&found, "Query.script");
    for wanted in ["line 2: util.unauthorized()", "line 7: util.error('no', 'Unauthorized')"] {
        assert!(words.contains(wanted), "{words}");
    }
    // The template that refuses stands behind JavaScript, which may have filled what it reads.
    assert_eq!(of(&found, "Query.mixed"), ("unknown", &Json::Null, &needs));
    let iam = json!({"personas": [{"name": "worker", "authType": "iam", "identity": pool("authenticated")}]});
    assert_eq!(of(&cells(&iam, &[]), "Query.script"), ("denied", &json!("mode"), &json!([])));
}

#[test]
fn an_additional_mode_without_a_schema_is_not_taken_to_be_let_in() {
    let mut stack = stack();
    stack["Resources"].as_object_mut().unwrap().remove("Schema");
    let place = folder("no-schema", &[("stack.json", &stack.to_string())]);
    let personas = json!({"personas": [{"name": "key", "authType": "api-key"}]}).to_string();
    write(&place.join("personas.json"), &personas);
    let matrix = matrix(&place.join("stack.json"), &place.join("personas.json"), &[]);
    assert_eq!(matrix["cells"][0]["verdict"], "unknown");
    assert!(matrix["cells"][0]["reason"].as_str().unwrap().contains("--schema"), "{matrix:#}");
}

/// A condition on the row counts: what the data source refuses is refused.
#[test]
fn a_condition_on_the_row_decides_where_the_row_is_given() {
    let update = "{\"version\": \"2018-05-29\", \"operation\": \"UpdateItem\", \"key\": {\"id\": $util.dynamodb.toDynamoDBJson($ctx.args.id)},\n\
        \"condition\": {\"expression\": \"#owner = :me\", \"expressionNames\": {\"#owner\": \"owner\"},\n\
        \"expressionValues\": {\":me\": $util.dynamodb.toDynamoDBJson($ctx.identity.username)}}}";
    let manifest = json!({"pipelines": {"Mutation.save": {"kind": "UNIT", "functions": [{"name": "save", "slot": "unit",
        "index": 0, "dataSource": {"name": "Notes", "type": "AMAZON_DYNAMODB"}, "request": {"file": "save.vtl"}, "response": null}]}}});
    let case = |variant: &str, result: Json| {
        json!({"persona": "ann", "field": "Mutation.save", "variant": variant,
        "args": {"id": "1"}, "result": result})
    };
    let mut not_given = case("not given", Json::Null);
    not_given.as_object_mut().unwrap().remove("result");
    let personas = json!({
        "personas": [{"name": "ann", "authType": "user-pool", "claims": {"sub": "1", "username": "ann"}}],
        "cases": [case("hers", json!({"id": "1", "owner": "ann"})), case("his", json!({"id": "1", "owner": "bob"})), not_given],
    });
    let files = [
        ("manifest.json", manifest.to_string()),
        ("resolvers/save.vtl", update.to_owned()),
        ("p.json", personas.to_string()),
    ];
    let place = folder("rows", &files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let matrix = matrix(&place, &place.join("p.json"), &[]);
    let cell = |at: usize| (matrix["cells"][at]["verdict"].as_str().unwrap(), matrix["cells"][at]["needs"].clone());
    assert_eq!(cell(0), ("completed", json!([])), "{matrix:#}");
    assert_eq!(cell(1), ("denied", json!([])), "{matrix:#}");
    assert_eq!(cell(2), ("unknown", json!(["row"])), "{matrix:#}");
    assert_eq!(matrix["cells"][1]["templates"]["verdict"], "completed");
}

/// An open value that could make the caller's ARN decides nothing; one that no value can make it does.
#[test]
fn a_role_s_open_name_is_named_with_the_option_that_gives_it() {
    let request = "#if($ctx.identity.userArn == \"arn:aws:sts::${AWS::AccountId}:assumed-role/${Guest}/CognitoIdentityCredentials\")#return($ctx.args)#end$util.unauthorized()";
    let mut stack = stack();
    stack["Resources"]["Signed"]["Properties"]["RequestMappingTemplate"] = json!({"Fn::Sub": request});
    let place = folder("open", &[("stack.json", &stack.to_string())]);
    let worker = json!({"userArn": "arn:aws:sts::1:assumed-role/worker/fn"});
    let mut guest = pool("unauthenticated");
    guest.as_object_mut().unwrap().remove("accountId");
    let personas = json!({"personas": [
        {"name": "guest", "authType": "iam", "identity": guest}, {"name": "worker", "authType": "iam", "identity": worker}],
        "cases": [{"persona": "guest", "field": "Query.signed"}, {"persona": "worker", "field": "Query.signed"}]});
    write(&place.join("p.json"), &personas.to_string());
    let run = |options: &[&str]| {
        let matrix = matrix(&place.join("stack.json"), &place.join("p.json"), options);
        matrix["cells"].as_array().unwrap().clone()
    };
    let found = run(&[]);
    assert_eq!((&found[0]["verdict"], &found[0]["needs"]), (&json!("unknown"), &json!(["deployment"])), "{found:#?}");
    let words = found[0]["reason"].as_str().unwrap();
    assert!(words.contains("⟦AWS::AccountId⟧ and ⟦Guest⟧") && words.contains("--parameters"), "{words}");
    assert_eq!((&found[1]["verdict"], &found[1]["layer"]), (&json!("denied"), &json!("resolver")));
    // As the report printed them.
    let given = run(&["--parameters", r#"{"⟦Guest⟧": "notes-unauthenticated", "AWS::AccountId": "1"}"#]);
    assert_eq!(given[0]["verdict"], "allowed", "{given:#?}");
}

/// The library's matrix names the values that a deployment makes, as the command's does.
#[test]
fn the_library_s_matrix_names_open_values() {
    let identity = pool("authenticated");
    let personas = json!({"personas": [{"name": "role", "authType": "iam", "identity": identity}]});
    let place = folder("library-matrix", &[("personas.json", &personas.to_string())]);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/gen2/.amplify/artifacts/cdk.out");
    let project = vtl_eval::Project::open(sample).unwrap();
    let matrix = project.matrix(place.join("personas.json"), 0).unwrap();
    let text = serde_json::to_string(&matrix).unwrap();
    assert!(text.contains("amplifyAuthunauthenticatedUserRole") && text.contains('⟦'), "{text}");
    assert!(!text.chars().any(|letter| matches!(letter as u32, 0xE000..=0xF8FF | 0xF0000..)), "{text}");
}
