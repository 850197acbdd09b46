//! From the root of a project: personas that nobody wrote, `init`, `config`, caches, another source beside, values that
//! tools have written down, marks.

use crate::support::command::command;
use crate::support::files::{folder, root};
use serde_json::{Value as Json, json};
use std::path::Path;

const GROUPS: &str = "#set($allowedGroups = [\"Admins\"])\n#set($isAuthorized = false)\n\
    #foreach($group in $ctx.identity.claims.get(\"cognito:groups\"))\n\
    #if($allowedGroups.contains($group))#set($isAuthorized = true)#end\n#end\n\
    #if($ctx.result.owner == $ctx.identity.username)#set($isAuthorized = true)#end\n\
    #if(!$isAuthorized)$util.unauthorized()#end\n$util.toJson($ctx.result)";

const BEFORE: &str = "$util.qr($ctx.stash.put(\"authRole\", \"arn:aws:sts::${AWS::AccountId}:assumed-role/${authRoleName}/CognitoIdentityCredentials\"))\n{}";

const ROLE: &str = "#if($ctx.identity.userArn == $ctx.stash.authRole)#return($ctx.args)#end\n$util.unauthorized()";

fn stack(keys: &[&str]) -> Json {
    let api = json!({"Fn::GetAtt": ["Api", "ApiId"]});
    json!({"Parameters": {"authRoleName": {"Type": "String"}}, "Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "notes",
            "AuthenticationType": "AMAZON_COGNITO_USER_POOLS", "AdditionalAuthenticationProviders": [
                {"AuthenticationType": "API_KEY"}, {"AuthenticationType": "AWS_IAM"}]}},
        "Cache": {"Type": "AWS::AppSync::ApiCache", "Properties": {"ApiId": api, "ApiCachingBehavior": "PER_RESOLVER_CACHING"}},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"ApiId": api, "Definition":
            "type Query { getNote: String role: String @aws_iam staff: String @aws_cognito_user_pools(cognito_groups: [\"Staff\"]) }"}},
        "Get": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query", "FieldName": "getNote",
            "DataSourceName": "Notes", "CachingConfig": {"CachingKeys": keys, "Ttl": 60},
            "RequestMappingTemplate": "{\"version\": \"2018-05-29\", \"operation\": \"GetItem\"}", "ResponseMappingTemplate": GROUPS}},
        "One": {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"ApiId": api, "Name": "one", "RequestMappingTemplate": ROLE}},
        "Role": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": api, "TypeName": "Query", "FieldName": "role",
            "Kind": "PIPELINE", "RequestMappingTemplate": {"Fn::Sub": BEFORE}, "PipelineConfig": {"Functions": [{"Fn::GetAtt": ["One", "FunctionId"]}]}}}
    }})
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = command().current_dir(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json_of(folder: &Path, args: &[&str]) -> Json {
    let (_, out, told) = run(folder, args);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {told}"))
}

/// Who may what, of a field, by persona.
fn cells(matrix: &Json, field: &str) -> Vec<(String, String)> {
    let text = |cell: &Json, name: &str| cell[name].as_str().unwrap().to_owned();
    let all = matrix["cells"].as_array().unwrap().iter().filter(|cell| cell["field"] == field);
    all.map(|cell| (text(cell, "persona"), text(cell, "verdict"))).collect()
}

#[test]
fn without_personas_every_mode_role_group_and_owner_is_asked_for() {
    let place = folder("made", &[("cdk.out/app.template.json", &stack(&[]).to_string())]);
    let matrix = json_of(&place, &["matrix", "--format", "json"]);
    let who = |persona: &str, verdict: &str| (persona.to_owned(), verdict.to_owned());
    assert_eq!(
        cells(&matrix, "Query.getNote"),
        [
            who("owner", "allowed"),
            who("someone else", "denied"),
            who("in group Staff", "denied"),
            who("in group Admins", "allowed"),
            who("API key", "denied"),
            who("guest role", "denied"),
            who("signed-in role", "denied"),
        ]
    );
    // The signed-in role has the very ARN that the stash has, whatever the deployment makes of it.
    let role = cells(&matrix, "Query.role");
    assert!(role.contains(&who("signed-in role", "allowed")), "{role:?}");
    assert!(role.contains(&who("API key", "denied")), "{role:?}");
}

/// Groups are what rules name, in the claim that they name; the fields that a group may write are no groups.
#[test]
fn made_personas_are_of_the_groups_and_claims_that_rules_name() {
    let model = "type Note @model @auth(rules: [{allow: groups, groups: [\"Desk\"], groupClaim: \"teams\"}, \
        {allow: owner, identityClaim: \"badge\"}]) { id: ID! text: String }";
    let template = "#set( $groupAllowedFields1 = [\"id\", \"text\"] )\n#set( $isAuthorized = false )\n\
        #if( $util.defaultIfNull($ctx.identity.claims.get(\"teams\"), []).contains(\"Desk\") )#set( $isAuthorized = true )#end\n\
        #if( $ctx.identity.claims.get(\"badge\") == \"owner\" )#set( $isAuthorized = true )#end\n\
        #if( !$isAuthorized )$util.unauthorized()#end\n{}";
    let function = json!({"name": "Get", "slot": "auth", "index": 1, "dataSource": {"name": "NONE_DS", "type": "NONE"},
        "request": {"file": "Query.getNote.auth.1.req.vtl"}, "response": null});
    let pipelines = json!({"Query.getNote": {"kind": "PIPELINE", "functions": [function]}});
    let manifest = json!({"authModes": ["userPools"], "pipelines": pipelines}).to_string();
    let place = folder(
        "made-claims",
        &[("manifest.json", &manifest), ("input.graphql", model), ("resolvers/Query.getNote.auth.1.req.vtl", template)],
    );
    let matrix = json_of(&place, &["matrix", "--from", ".", "--format", "json"]);
    let found: Vec<String> =
        cells(&matrix, "Query.getNote").into_iter().map(|(who, verdict)| format!("{who}: {verdict}")).collect();
    assert_eq!(found, ["owner: allowed", "someone else: denied", "in group Desk: allowed"]);
}

#[test]
fn init_writes_what_the_other_commands_read_and_never_writes_over_it() {
    let place = folder(
        "init",
        &[("cdk.out/app.template.json", &stack(&["$context.identity.sub"]).to_string()), (".git/HEAD", "")],
    );
    let (code, out, told) = run(&place, &["init"]);
    assert_eq!(code, 0, "{out}{told}");
    for name in
        ["vtl-eval.toml", "vtl-eval/personas.json", "vtl-eval/first.vtltest.json", ".github/workflows/vtl-eval.yml"]
    {
        assert!(place.join(name).is_file() && out.contains(name), "{name}: {out}");
    }
    // The written personas decide as the made ones did, open names and all.
    let matrix = json_of(&place, &["matrix", "--format", "json"]);
    assert!(cells(&matrix, "Query.role").contains(&("signed-in role".to_owned(), "allowed".to_owned())), "{matrix:#}");
    assert_eq!(run(&place, &["test", "vtl-eval"]).0, 0, "{:?}", run(&place, &["test", "vtl-eval"]));
    let settings = json_of(&place, &["config", "--json"]);
    let of =
        |name: &str| settings["settings"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert!(of("from")["value"].as_str().unwrap().ends_with("cdk.out"), "{settings:#}");
    assert!(of("personas")["from"].as_str().unwrap().ends_with("vtl-eval.toml"), "{settings:#}");
    // A second time nothing is written, and what is there is named.
    std::fs::remove_file(place.join("vtl-eval/personas.json")).unwrap();
    let (code, _, told) = run(&place, &["init"]);
    assert_eq!(code, 1);
    assert!(told.contains("vtl-eval.toml") && !place.join("vtl-eval/personas.json").exists(), "{told}");
}

#[test]
fn config_names_what_was_typed() {
    let place = folder("config", &[("cdk.out/app.template.json", &stack(&[]).to_string())]);
    let settings =
        json_of(&place, &["config", "--json", "--from", "cdk.out", "--parameters", "{\"authRoleName\": \"a\"}"]);
    let all = settings["settings"].as_array().unwrap();
    assert_eq!((&all[0]["from"], &all[1]["from"]), (&json!("--from"), &json!("--parameters")));
}

#[test]
fn a_cache_without_the_caller_before_a_rule_is_an_error() {
    for (keys, found) in [
        (vec!["$context.arguments.id"], true),
        (vec!["$context.arguments.id", "$context.identity.sub"], false),
        (vec![], true),
    ] {
        let place = folder("cache", &[("cdk.out/app.template.json", &stack(&keys).to_string())]);
        let (code, out, _) = run(&place, &["check", "--format", "json"]);
        let check: Json = serde_json::from_str(&out).unwrap();
        let told = check["findings"].as_array().unwrap().iter().find(|one| one["code"] == "cache-shared");
        assert_eq!(told.is_some(), found, "{keys:?}: {check:#}");
        if let Some(told) = told {
            assert_eq!((code, &told["severity"]), (2, &json!("error")));
            assert!(told["message"].as_str().unwrap().contains("Query.getNote"));
        }
        for command in [&["fields"][..], &["matrix"]] {
            let told = run(&place, command).2;
            assert_eq!(
                told.contains("error: Query.getNote is cached under keys without the caller"),
                found,
                "{command:?}: {told}"
            );
        }
    }
}

#[test]
fn another_source_is_compared_by_templates_modes_and_cells() {
    let local = stack(&[]);
    let mut deployed = stack(&[]);
    deployed["Resources"]["Api"]["Properties"]["AdditionalAuthenticationProviders"] =
        json!([{"AuthenticationType": "AWS_IAM"}]);
    deployed["Resources"]["Get"]["Properties"]["ResponseMappingTemplate"] = json!(GROUPS.replace("Admins", "admins"));
    let place = folder("against", &[("here.json", &local.to_string()), ("there.json", &deployed.to_string())]);
    let differing = json_of(&place, &["fields", "--from", "here.json", "--against", "there.json", "--json"]);
    let list: Vec<_> =
        differing["differences"].as_array().unwrap().iter().map(|one| (&one["field"], &one["what"])).collect();
    assert_eq!(list, [(&Json::Null, &json!("modes")), (&json!("Query.getNote"), &json!("template"))]);
    assert!(
        differing["differences"][1]["here"].as_str().unwrap().contains("line 1: #set($allowedGroups = [\"Admins\"])")
    );
    let (code, text, _) = run(&place, &["fields", "--from", "here.json", "--against", "here.json"]);
    assert_eq!((code, text.contains("nothing differs")), (0, true), "{text}");
    let matrix = json_of(&place, &["matrix", "--from", "here.json", "--against", "there.json", "--format", "json"]);
    let opened: Vec<_> =
        matrix["diff"].as_array().unwrap().iter().map(|one| (&one["persona"], &one["before"], &one["after"])).collect();
    assert_eq!(opened, [(&json!("in group Admins"), &json!("denied"), &json!("allowed"))], "{matrix:#}");
}

#[test]
fn what_a_tool_wrote_down_of_its_deployment_is_read() {
    let meta = json!({"providers": {"awscloudformation": {"AuthRoleName": "notes-auth",
        "AuthRoleArn": "arn:aws:iam::210987654321:role/notes-auth", "Region": "eu-west-1", "StackName": "amplify-notes-dev-12345"}}});
    let sam = "version = 0.1\n[default.deploy.parameters]\nregion = \"eu-west-1\"\nparameter_overrides = \"authRoleName=\\\"notes-auth\\\" Other=x\"\n";
    let team = json!({"dev": {"awscloudformation": {"AuthRoleName": "notes-auth", "Region": "eu-west-1"}}});
    let build = "amplify/backend/api/notes/build/stack.json";
    let context = json!({"availability-zones:account=210987654321:region=eu-west-1": ["a"]});
    for (file, text, names) in [
        ("amplify/backend/amplify-meta.json", meta.to_string(), &["authRoleName", "AWS::AccountId"][..]),
        ("amplify/team-provider-info.json", team.to_string(), &["authRoleName"]),
        ("samconfig.toml", sam.to_owned(), &["authRoleName"]),
        ("cdk.context.json", context.to_string(), &["AWS::AccountId"]),
    ] {
        let place = folder("beside", &[(build, &stack(&[]).to_string()), (file, &text), (".git/HEAD", "")]);
        let fields = json_of(&place, &["fields", "--from", build, "--json"]).to_string();
        for name in ["authRoleName", "AWS::AccountId"] {
            assert_eq!(!fields.contains(&format!("\"{name}\"")), names.contains(&name), "{file} {name}: {fields}");
        }
        let told = run(&place, &["fields", "--from", build]).2;
        assert!(told.contains(file.rsplit('/').next().unwrap()), "{told}");
        // What was typed comes first.
        let given = run(&place, &["fields", "--from", build, "--parameters", "{\"authRoleName\": \"x\"}"]);
        assert_eq!(given.0, 0, "{}", given.2);
    }
}

#[test]
fn marks_of_deployment_tools_are_open_and_can_be_given() {
    let schema = "type Query { getNote(id: ID!): String }";
    let template = "#if($ctx.identity.username == \"{{admin}}\")#return($ctx.args)#end\n$util.unauthorized()";
    let place = folder(
        "marks",
        &[
            ("schema.graphql", schema),
            ("Query.getNote.request.vtl", template),
            (
                "p.json",
                r#"{"personas": [{"name": "ann", "authType": "user-pool", "claims": {"sub": "1", "username": "ann"}}]}"#,
            ),
        ],
    );
    let run_with = |options: &[&str]| {
        let args = [&["matrix", "--from", ".", "--personas", "p.json", "--format", "json"], options].concat();
        let matrix = json_of(&place, &args);
        (matrix["cells"][0]["verdict"].as_str().unwrap().to_owned(), matrix["cells"][0]["needs"].clone())
    };
    assert_eq!(run_with(&[]), ("unknown".to_owned(), json!(["deployment"])));
    assert_eq!(run_with(&["--parameters", "{\"admin\": \"ann\"}"]).0, "allowed");
    assert_eq!(run_with(&["--parameters", "{\"{{admin}}\": \"bob\"}"]).0, "denied");
}

/// A project tells diagnose its modes and schema; JavaScript is named, and the layers before it are judged.
#[test]
fn diagnose_takes_the_project_s_modes_and_schema() {
    let mut own = stack(&[]);
    own["Resources"]["Get"]["Properties"] = json!({"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "TypeName": "Query", "FieldName": "getNote",
        "Runtime": {"Name": "APPSYNC_JS"}, "Code": "export function request(ctx) {\n  util.unauthorized();\n}\n"});
    let place = folder("diagnose", &[("stack.json", &own.to_string())]);
    let report = |mode: &str, claims: &Json| {
        json!({"authType": mode, "context": {"identity": claims,
        "info": {"parentTypeName": "Query", "fieldName": "getNote"}}})
        .to_string()
    };
    let ask = |report: &str| json_of(&place, &["diagnose", report, "--from", "stack.json", "--format", "json"]);
    let denied = ask(&report("iam", &json!({"userArn": "arn:aws:sts::1:assumed-role/worker/fn", "accountId": "1"})));
    assert_eq!((&denied["verdict"], &denied["layer"]), (&json!("denied"), &json!("mode")), "{denied:#}");
    let open = ask(&report("user-pool", &json!({"claims": {"sub": "1"}, "username": "ann"})));
    let layer = open["layers"].as_array().unwrap().iter().find(|layer| layer["layer"] == "resolver").unwrap();
    assert_eq!(layer["state"], "unknown", "{open:#}");
    let words = layer["findings"].to_string();
    assert!(
        words.contains("APPSYNC_JS")
            && words.contains("line 2: util.unauthorized()")
            && !words.contains("template-missing"),
        "{words}"
    );
}

/// Every command that takes a project takes it with the same options.
#[test]
fn the_options_of_a_project_are_the_same_everywhere() {
    let options = ["--from", "--api-name", "--overrides", "--parameters", "--schema", "--model", "--api", "--policy"];
    for name in ["resolver", "fields", "matrix", "test", "check", "diagnose", "replay", "init", "config"] {
        let (_, help, _) = run(&root("."), &[name, "--help"]);
        for option in options {
            assert!(help.contains(&format!("{option} ")), "{name} {option}: {help}");
        }
    }
}
