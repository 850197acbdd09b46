//! Every kind of project, by a small sample of each in tests/projects: found, read, and deciding alike.

use crate::support::files::folder;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::project::{
    DataSourceKind, Fault, LoadOptions, ModeSettings, Project, ResolverKind, RoleKind, Runtime, find, load,
};
use vtl_eval::resolver::{Answers, run};
use vtl_eval::trace::Verdict;
use vtl_eval::value::from_json_str;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects").join(name)
}

fn read(name: &str) -> Project {
    load(&sample(name), &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn verdict(project: &Project, field: &str, group: &str) -> Verdict {
    let members = json!({
        "identity": {"claims": {"cognito:groups": [group]}},
        "arguments": {"id": "1"},
        "info": {"fieldName": "f", "parentTypeName": "Query"},
    });
    let given = Given::new(from_json_str(&members.to_string()).unwrap().as_map().unwrap().clone());
    let answers = Answers { result: Some(from_json_str("{}").unwrap()), ..Answers::default() };
    run(project.get(field).unwrap(), &given, &answers, "isAuthorized", None).unwrap().verdict
}

/// The same rule decides the same in every kind.
fn decides(project: &Project, field: &str) {
    assert_eq!(verdict(project, field, "Admins"), Verdict::Allowed, "{field}");
    assert_eq!(verdict(project, field, "admins"), Verdict::Denied, "{field}");
}

fn open(project: &Project, field: &str) -> Vec<String> {
    let templates = project.by_field[field].templates();
    templates.flat_map(|one| project.open.in_text(one.text())).map(|value| value.name.clone()).collect()
}

/// Two fields, `Query.getNote` of one function and `Mutation.saveNote` of two.
fn whole(name: &str) -> Project {
    let project = read(name);
    decides(&project, "Query.getNote");
    decides(&project, "Mutation.saveNote");
    let save = &project.by_field["Mutation.saveNote"];
    let functions: Vec<_> = save.functions.iter().map(|one| (one.name.as_str(), one.data_source.kind)).collect();
    assert_eq!(functions, [("auth", DataSourceKind::None), ("save", DataSourceKind::DynamoDb)], "{name}");
    assert_eq!((save.kind, project.by_field["Query.getNote"].kind), (ResolverKind::Pipeline, ResolverKind::Unit));
    assert_eq!(project.api.default.as_ref().map(|mode| mode.auth_type), Some(AuthType::UserPool), "{name}");
    assert!(project.schema.as_ref().is_some_and(|schema| schema.text.contains("type Query")), "{name}");
    project
}

#[test]
fn serverless_with_the_plugin_of_version_1() {
    let project = whole("serverless-v1");
    let text = project.by_field["Query.getNote"].functions[0].request.as_ref().unwrap().text();
    // A substitution that the file itself settles is a value; what CloudFormation settles is open.
    assert!(text.contains("\"table\", \"notes-dev\""), "{text}");
    assert_eq!(open(&project, "Query.getNote"), ["Notes.Arn"]);
}

#[test]
fn serverless_with_the_plugin_of_version_2() {
    let project = whole("serverless-v2");
    assert_eq!(project.api.name.as_deref(), Some("notes-dev"));
    assert_eq!(project.api.additional[0].auth_type, AuthType::ApiKey);
    assert_eq!(project.api.environment["TABLE"], "notes");
    let ModeSettings::UserPool { client_pattern, .. } = &project.api.default.as_ref().unwrap().settings else {
        panic!()
    };
    assert_eq!(client_pattern.as_deref(), Some("^notes"));
    assert_eq!(open(&project, "Query.getNote"), ["env:TABLE"]);
    let touch = &project.by_field["Mutation.touchNote"];
    assert_eq!(touch.runtime, Runtime::JavaScript);
    assert!(touch.code.as_ref().unwrap().text().contains("util.unauthorized()"));
}

#[test]
fn what_is_open_can_be_given_by_its_name_and_a_wrong_name_is_an_error() {
    let with = |parameters: Json| {
        let parameters = parameters.as_object().unwrap().clone();
        load(&sample("serverless-v2"), &LoadOptions { parameters, ..LoadOptions::default() })
    };
    for name in ["env:TABLE", "TABLE"] {
        let project = with(json!({name: "notes-live"})).unwrap();
        assert_eq!(open(&project, "Query.getNote"), [""; 0]);
        let request = project.by_field["Query.getNote"].functions[0].request.clone().unwrap();
        assert!(request.text().contains("\"notes-live\""));
    }
    let error = with(json!({"env:TABEL": "x"})).unwrap_err();
    let Fault::UnknownParameter { near, .. } = &error.fault else { panic!("{error}") };
    assert_eq!(near.as_deref(), Some("env:TABLE"));
}

#[test]
fn terraform_from_its_configuration() {
    let project = whole("terraform");
    assert_eq!(project.api.name.as_deref(), Some("notes-dev"));
    assert_eq!(project.api.modes().map(|mode| mode.auth_type).collect::<Vec<_>>(), [AuthType::UserPool, AuthType::Iam]);
    // A variable with a default is a value, one without is open.
    assert_eq!(open(&project, "Query.getNote"), ["var.table"]);
}

#[test]
fn terraform_from_a_state_and_from_a_plan() {
    for name in ["terraform-state", "terraform-plan"] {
        let project = whole(name);
        assert!(project.open.is_empty(), "{name}");
    }
}

#[test]
fn pulumi_from_its_state() {
    let project = read("pulumi");
    decides(&project, "Query.getNote");
    assert_eq!(verdict(&project, "Mutation.saveNote", "admins"), Verdict::Denied);
    // What the engine did not know when it wrote the state.
    assert_eq!(open(&project, "Mutation.saveNote"), ["save.requestMappingTemplate"]);
}

#[test]
fn saved_answers_of_every_form() {
    let project = whole("saved");
    let modes: Vec<_> = project.api.modes().map(|mode| mode.auth_type).collect();
    assert_eq!(modes, [AuthType::UserPool, AuthType::Oidc, AuthType::Lambda]);
    let ModeSettings::Lambda { token_pattern, .. } = &project.api.additional[1].settings else { panic!() };
    assert_eq!(token_pattern.as_deref(), Some("^v1-"));
    assert_eq!(project.api.environment["TABLE"], "notes");
    assert_eq!(project.by_field["Query.getNote"].caching_keys, Some(vec!["$context.identity.sub".to_owned()]));
    let role = &project.roles[0];
    assert_eq!((role.name.as_str(), role.kind, role.policies.len()), ("notes-auth", RoleKind::Authenticated, 1));
    // What the layers before the resolver read is AWS's own form.
    let api = project.api.to_json();
    assert_eq!(api["userPoolConfig"]["defaultAction"], "DENY");
    assert_eq!(api["additionalAuthenticationProviders"][0]["openIDConnectConfig"]["iatTTL"], 3_600_000);
}

#[test]
fn folders_of_templates_in_the_usual_namings() {
    for name in ["plain-dots", "plain-short", "plain-dashes", "plain-schema", "plain-folders"] {
        let project = read(name);
        assert_eq!(project.by_field.keys().collect::<Vec<_>>(), ["Query.getNote"], "{name}");
        decides(&project, "Query.getNote");
        assert!(project.findings.is_empty(), "{name}: {:?}", project.findings);
    }
    let project = read("gen1-2018/amplify/backend/api/notes/build");
    decides(&project, "Query.getNote");
}

#[test]
fn sam_with_an_include_and_a_brace_of_a_flow_at_a_low_indent() {
    let project = read("sam");
    decides(&project, "Query.getNote");
    assert_eq!(open(&project, "Mutation.saveNote"), ["Table"]);
    let ModeSettings::UserPool { default_action, pool, .. } = &project.api.default.as_ref().unwrap().settings else {
        panic!()
    };
    assert_eq!((default_action.as_deref(), pool.as_deref()), (Some("ALLOW"), Some("⟦Pool⟧")));
}

#[test]
fn the_project_is_found_from_a_folder_in_it() {
    let from = |folder: &str| find(None, &sample(folder)).unwrap().path;
    assert!(from("serverless-v1/mapping-templates").ends_with("serverless-v1"));
    assert!(from("gen1-2018/amplify").ends_with("amplify/backend/api/notes/build"));
    assert!(from("sam").ends_with("sam/template.yaml"));
    assert!(from("terraform/templates").ends_with("terraform"));
}

fn temporary(name: &str, files: &[(&str, &str)]) -> PathBuf {
    folder(&format!("kinds-{name}"), files)
}

#[test]
fn what_is_built_comes_in_its_order_and_the_rest_is_named() {
    let stack = r#"{"Resources": {"R": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "f", "DataSourceName": "NONE"}}}}"#;
    let folder = temporary(
        "order",
        &[
            (".serverless/cloudformation-template-update-stack.json", stack),
            ("cdk.out/a.template.json", stack),
            (".amplify/artifacts/cdk.out/a.template.json", stack),
            ("amplify/#current-cloud-backend/api/x/build/a.json", stack),
            (".git/HEAD", ""),
            ("src/deep/index.ts", ""),
        ],
    );
    let found = find(None, &folder.join("src/deep")).unwrap();
    assert!(found.path.ends_with(".amplify/artifacts/cdk.out"), "{:?}", found.path);
    let others: Vec<_> = found.others.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(others, ["cdk.out", ".serverless"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn vtl_eval_toml_says_where_and_with_what() {
    let stack = r#"{"Parameters": {"Name": {"Type": "String"}}, "Resources": {"R": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": {"Ref": "Name"}, "DataSourceName": "NONE"}}}}"#;
    let toml = "from = \"build\"\n\n[parameters]\nName = \"listNotes\"\n";
    let folder = temporary("toml", &[("vtl-eval.toml", toml), ("build/api.json", stack), ("src/a.ts", "")]);
    let found = find(None, &folder.join("src")).unwrap();
    let project = load(&found.path, &found.options(LoadOptions::default())).unwrap();
    assert_eq!(project.by_field.keys().collect::<Vec<_>>(), ["Query.listNotes"]);
    std::fs::write(folder.join("vtl-eval.toml"), "from = \"build\"\nperonas = \"x\"\n").unwrap();
    let message = find(None, &folder).unwrap_err().to_string();
    assert!(message.contains("line 2") && message.contains("peronas"), "{message}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_not_built_is_named_with_the_command_that_builds_it() {
    for (file, word, command) in [
        ("amplify/backend.ts", "Gen 2", "npx tsx amplify/backend.ts"),
        ("amplify/backend/api/notes/schema.graphql", "Gen 1", "amplify api gql-compile"),
        ("cdk.json", "CDK", "npx cdk synth"),
        ("serverless.ts", "Serverless", "npx serverless@3 package"),
        ("Pulumi.yaml", "Pulumi", "pulumi stack export"),
        ("sst.config.ts", "SST", "npx sst state export"),
    ] {
        let folder = temporary(&format!("unbuilt-{word}").replace(' ', ""), &[(file, ""), (".git/HEAD", "")]);
        for message in [find(None, &folder), find(Some(&folder), &folder)].map(|found| found.unwrap_err().to_string()) {
            assert!(message.contains(word) && message.contains(command), "{message}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
    // Who names the sources is told the same, and of what was built from them is told that.
    let folder =
        temporary("sources", &[("amplify/backend.ts", ""), ("amplify/data/resource.ts", ""), (".git/HEAD", "")]);
    for sources in ["amplify", "amplify/data"].map(|name| folder.join(name)) {
        let message = find(Some(&sources), &folder).unwrap_err().to_string();
        assert!(message.contains("npx tsx amplify/backend.ts"), "{message}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let stack = r#"{"Resources": {"A": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "a"}}}}"#;
    let folder =
        temporary("built", &[("amplify/backend.ts", ""), ("cdk.out/a.template.json", stack), (".git/HEAD", "")]);
    let found = find(Some(&folder.join("amplify")), &folder).unwrap();
    assert!(found.path.ends_with("cdk.out"), "{}", found.path.display());
    std::fs::remove_dir_all(&folder).unwrap();
    let folder = temporary("nothing", &[("a.txt", ""), (".git/HEAD", "")]);
    assert!(find(None, &folder).unwrap_err().to_string().contains("--from"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_root_is_read_and_nothing_that_is_no_file() {
    let stack = r#"{"Resources": {"R": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "f", "DataSourceName": "NONE", "RequestMappingTemplateS3Location": "s3://b/resolvers/secret.vtl"}}}}"#;
    let folder = temporary("outside", &[("project/api.json", stack), ("secret.vtl", "secret")]);
    let resolvers = folder.join("project/resolvers");
    std::fs::create_dir_all(&resolvers).unwrap();
    std::os::unix::fs::symlink(folder.join("secret.vtl"), resolvers.join("secret.vtl")).unwrap();
    let read = |allow_outside| {
        let options = LoadOptions { allow_outside, ..LoadOptions::default() };
        let project = load(&folder.join("project"), &options).unwrap();
        let request = project.by_field["Query.f"].functions[0].request.clone().unwrap();
        (request.text().to_owned(), request.missing().map(str::to_owned))
    };
    let (text, missing) = read(false);
    assert_eq!(text, "");
    assert!(missing.unwrap().contains("was not found"));
    assert_eq!(read(true).0, "secret");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn several_apis_are_a_question() {
    let api = |name: &str| {
        format!(
            r#""{name}": {{"Type": "AWS::AppSync::GraphQLApi", "Properties": {{"Name": "{name}-api", "AuthenticationType": "API_KEY"}}}}"#
        )
    };
    let resolver = |name: &str| {
        format!(
            r#""{name}R": {{"Type": "AWS::AppSync::Resolver", "Properties": {{"ApiId": {{"Fn::GetAtt": ["{name}", "ApiId"]}}, "TypeName": "Query", "FieldName": "{name}", "DataSourceName": "NONE"}}}}"#
        )
    };
    let stack =
        format!(r#"{{"Resources": {{{}, {}, {}, {}}}}}"#, api("one"), api("two"), resolver("one"), resolver("two"));
    let folder = temporary("apis", &[("stack.json", &stack)]);
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("one-api, two-api") && error.to_string().contains("--api-name"), "{error}");
    let options = LoadOptions { api_name: Some("two-api".to_owned()), ..LoadOptions::default() };
    assert_eq!(load(&folder, &options).unwrap().by_field.keys().collect::<Vec<_>>(), ["Query.two"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn command(folder: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_vtl-eval"))
        .args(arguments)
        .current_dir(sample(folder))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (command.status.code(), text(command.stdout), text(command.stderr))
}

#[test]
fn fields_lists_what_a_project_holds() {
    let (code, out, notes) = command("serverless-v2/vtl", &["fields"]);
    assert_eq!(code, Some(0), "{notes}");
    assert!(out.contains("Query.getNote") && out.contains("user-pool (Admins)") && out.contains("env:TABLE"), "{out}");
    assert!(notes.contains("serverless-v2"), "{notes}");
    let (_, out, _) = command("serverless-v2", &["fields", "Mutation", "--json"]);
    let json: Json = serde_json::from_str(&out).unwrap();
    let fields: Vec<_> = json["fields"].as_array().unwrap().iter().map(|field| &field["field"]).collect();
    assert_eq!(fields, ["Mutation.saveNote", "Mutation.touchNote"]);
    assert_eq!(json["fields"][1]["code"]["refusals"], json!([4]));
    assert_eq!(json["api"]["modes"], json!(["User Pool Authorization", "API Key Authorization"]));
    let options: Vec<_> = json["open"].as_array().unwrap().iter().map(|open| &open["option"]).collect();
    let wanted = ["--parameters '{\"cf:users-dev.PoolId\": …}'", "--parameters '{\"env:TABLE\": …}'"];
    assert_eq!(options, wanted);
    let (_, out, _) = command("serverless-v2", &["fields", "Query.getNote"]);
    assert!(out.contains("request") && out.contains("vtl/getNote.request.vtl"), "{out}");
    for (wrong, near) in [("Query.getNot", "Query.getNote"), ("Qurey", "Query")] {
        let (code, _, message) = command("serverless-v2", &["fields", wrong]);
        assert_eq!(code, Some(1));
        assert!(message.contains(&format!("did you mean {near}?")), "{message}");
    }
}

#[test]
fn one_file_that_is_damaged_leaves_the_others_and_a_key_that_stands_twice_is_told() {
    let stack = "Resources:\n  R:\n    Type: AWS::AppSync::Resolver\n    Properties: {TypeName: Query, FieldName: f, DataSourceName: NONE}\n";
    let twice = "Resources:\n  S:\n    Type: AWS::AppSync::Resolver\n    Properties:\n      TypeName: Query\n      FieldName: g\n      FieldName: h\n      DataSourceName: NONE\n";
    let damaged = "Resources:\n  T: {Type: AWS::AppSync::Resolver\n";
    let folder = temporary("damaged", &[("a.yaml", stack), ("b.yaml", twice), ("c.yaml", damaged)]);
    let project = load(&folder, &LoadOptions::default()).unwrap();
    assert_eq!(project.by_field.keys().collect::<Vec<_>>(), ["Query.f", "Query.h"]);
    let told: Vec<String> = project.findings.iter().map(|finding| finding.message.to_string()).collect();
    assert!(told.iter().any(|message| message.contains("c.yaml") && message.contains("left out")), "{told:?}");
    let both = "line 7: the key FieldName stands already in line 6";
    assert!(told.iter().any(|message| message.contains("b.yaml") && message.contains(both)), "{told:?}");
    let error = load(&folder.join("c.yaml"), &LoadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("not valid YAML"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn sams_own_api_has_its_modes_and_fields() {
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n    Type: AWS::Serverless::GraphQLApi\n    Properties:\n      Auth: {Type: API_KEY, Additional: [{Type: AWS_LAMBDA, LambdaAuthorizer: {AuthorizerUri: !GetAtt F.Arn}}]}\n      SchemaInline: 'type Query { note: String }'\n      DataSources: {DynamoDb: {Notes: {TableName: !Ref T, TableArn: !GetAtt T.Arn}}}\n      Functions: {read: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, DataSource: Notes, InlineCode: 'util.unauthorized()'}}\n      Resolvers: {Query: {note: {Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, Pipeline: [read]}}}\n";
    let folder = temporary("sam", &[("template.yaml", template)]);
    let project = load(&folder, &LoadOptions::default()).unwrap();
    let note = &project.by_field["Query.note"];
    assert_eq!((note.kind, note.runtime), (ResolverKind::Pipeline, Runtime::JavaScript));
    let read = &note.functions[0];
    assert_eq!(
        (read.name.as_str(), read.runtime, read.data_source.kind),
        ("read", Runtime::JavaScript, DataSourceKind::DynamoDb)
    );
    assert_eq!(read.code.as_ref().unwrap().text(), "util.unauthorized()");
    let modes: Vec<_> = project.api.modes().map(|mode| mode.auth_type).collect();
    assert_eq!(modes, [AuthType::ApiKey, AuthType::Lambda]);
    assert_eq!(project.schema.unwrap().text, "type Query { note: String }");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A value of the deployment never decides (a role's ARN, as Amplify's before template puts it into the stash): the cell is
/// unknown and says what would settle it; given, it decides.
#[test]
fn a_value_of_the_deployment_never_decides() {
    let template = "#if($ctx.identity.userArn == $ctx.stash.role)\n#set($isAuthorized = true)\n#end\n#if(!$isAuthorized)$util.unauthorized()#end\n{}";
    let stack = json!({"Parameters": {"guest": {"Type": "String"}}, "Resources": {
        "Local": {"Type": "AWS::AppSync::DataSource", "Properties": {"Name": "NONE_DS", "Type": "NONE"}},
        "Step": {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"Name": "step", "DataSourceName": "NONE_DS",
            "RequestMappingTemplate": template, "ResponseMappingTemplate": "{}"}},
        "Field": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "shop", "Kind": "PIPELINE",
            "RequestMappingTemplate": {"Fn::Sub": "$util.qr($ctx.stash.put(\"role\", \"${guest}\"))\n{}"},
            "ResponseMappingTemplate": "{}", "PipelineConfig": {"Functions": [{"Fn::GetAtt": ["Step", "FunctionId"]}]}}}}});
    let personas = json!({"personas": [{"name": "guest", "authType": "iam",
        "identity": {"userArn": "arn:aws:sts::1:assumed-role/guest/x", "accountId": "1"}}]});
    let path = crate::support::files::folder(
        "open",
        &[("api.json", &stack.to_string()), ("personas.json", &personas.to_string())],
    );
    let (api, personas) = (path.join("api.json"), path.join("personas.json"));
    let cells = |more: &[&str]| {
        let args =
            ["matrix", "--from", api.to_str().unwrap(), "--personas", personas.to_str().unwrap(), "--format", "json"];
        crate::support::command::json(&[&args[..], more].concat(), 0)["cells"][0].clone()
    };
    let open = cells(&[]);
    assert_eq!((&open["verdict"], &open["needs"]), (&json!("unknown"), &json!(["deployment"])), "{open:#}");
    assert_eq!(open["templates"]["verdict"], "unknown");
    let given = cells(&["--parameters", r#"{"guest": "arn:aws:sts::1:assumed-role/guest/x"}"#]);
    assert_eq!((&given["verdict"], &given["needs"]), (&json!("allowed"), &json!([])), "{given:#}");
    let other = cells(&["--parameters", r#"{"guest": "arn:aws:sts::1:assumed-role/member/x"}"#]);
    assert_eq!((&other["verdict"], &other["layer"]), (&json!("denied"), &json!("resolver")), "{other:#}");
    std::fs::remove_dir_all(&path).unwrap();
}

/// What the tools themselves left of small projects of ours, from their roots: each file beside them says by which command.
#[test]
fn builds_of_the_tools_themselves() {
    let fields = |name: &str| -> Vec<String> {
        let found = find(Some(&sample(name)), Path::new(".")).unwrap();
        let project =
            load(&found.path, &found.options(LoadOptions::default())).unwrap_or_else(|error| panic!("{error}"));
        assert!(
            project.findings.iter().all(|one| one.message.to_string().contains("APPSYNC_JS")),
            "{name}: {:?}",
            project.findings
        );
        assert!(project.schema.as_ref().is_some_and(|schema| !schema.text.contains("@model")), "{name}");
        project.by_field.keys().cloned().collect()
    };
    assert_eq!(fields("gen2"), ["Query.getNote", "Mutation.createNote", "Mutation.deleteNote", "Note.owner"]);
    let cdk = [
        "Query.countNotes",
        "Query.listNotes",
        "Query.getNote",
        "Query.now",
        "Query.nestedNotes",
        "Query.nestedPipeline",
    ];
    assert_eq!(fields("cdk"), cdk);
    for name in ["serverless-packaged", "sam-built"] {
        let mut both = fields(name);
        both.sort();
        assert_eq!(both, ["Mutation.saveNote", "Query.getNote"], "{name}");
        let found = find(Some(&sample(name)), Path::new(".")).unwrap();
        let project = load(&found.path, &found.options(LoadOptions::default())).unwrap();
        decides(&project, "Query.getNote");
        decides(&project, "Mutation.saveNote");
        let modes: Vec<_> = project.api.modes().map(|mode| mode.auth_type).collect();
        assert_eq!(modes, [AuthType::UserPool, AuthType::ApiKey], "{name}");
    }
}

/// The Gen 2 sample, by what its TypeScript says: `allow.owner().to(['create', 'get'])`, `allow.group('Admins')`,
/// `allow.guest().to(['get'])`. Both of its GraphQL assets are told apart.
#[test]
fn a_gen_2_build_decides_what_its_source_says() {
    let project = read("gen2/.amplify/artifacts/cdk.out");
    assert!(project.model.as_ref().is_some_and(|model| model.text.contains("@model") && model.text.contains("@auth")));
    let output = crate::support::command::command()
        .args(["matrix", "--format", "json", "--from"])
        .arg(sample("gen2"))
        .output()
        .unwrap();
    let matrix: Json = serde_json::from_slice(&output.stdout).unwrap();
    let told = |field: &str| -> Vec<String> {
        let cells = matrix["cells"].as_array().unwrap().iter().filter(|cell| cell["field"] == field);
        let word = |cell: &Json| {
            let rules: Vec<&str> =
                cell["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
            format!("{} {} {}", cell["persona"].as_str().unwrap(), cell["verdict"].as_str().unwrap(), rules.join("+"))
        };
        cells.map(word).collect()
    };
    let create = [
        "owner allowed Note#1",
        "someone else allowed Note#1",
        "in group Admins allowed Note#2",
        "guest role denied ",
        "signed-in role denied ",
    ];
    assert_eq!(told("Mutation.createNote"), create);
    let delete = [
        "owner denied ",
        "someone else denied ",
        "in group Admins allowed Note#2",
        "guest role denied ",
        "signed-in role denied ",
    ];
    assert_eq!(told("Mutation.deleteNote"), delete);
    // Whose filter leaves out a row, nobody said; who reads all rows gets whatever there is. Two roles have two names.
    let get = [
        "owner unknown Note#1",
        "someone else unknown Note#1",
        "in group Admins allowed Note#2",
        "guest role allowed Note#3",
        "signed-in role denied ",
    ];
    assert_eq!(told("Query.getNote"), get);
}

/// From the root of a repository of several parts, the project is found some folders below; one that is not built is named
/// with the command that builds it, and where.
#[test]
fn a_project_some_folders_below_is_found() {
    let schema = ("services/notes/api/schema/schema.graphql", "type Query { getNote(id: ID): String }");
    let template = ("services/notes/api/resolvers/Query.getNote.request.vtl", "{}");
    let root = crate::support::files::folder("several", &[(".git/HEAD", ""), schema, template]);
    let output = crate::support::command::command().args(["fields", "--json"]).current_dir(&root).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"Query.getNote\""), "{text}");
    assert!(text.contains("services/notes/api"), "{text}");
    // The same where the root is named from elsewhere.
    let yml = "service: n\nplugins: [serverless-appsync-plugin]\nappSync:\n  name: n\n  authentication: {type: API_KEY}\n  \
        schema: schema.graphql\n  dataSources: {none: {type: NONE}}\n  resolvers:\n    Query.getNote: {kind: UNIT, dataSource: none, \
        request: a.vtl, response: a.vtl}\n";
    let files = [
        ("services/notes/api/serverless.yml", yml),
        ("services/notes/api/schema.graphql", "type Query { getNote: String }"),
        ("services/notes/api/a.vtl", "{}"),
    ];
    let root = crate::support::files::folder("several-named", &files);
    let output = crate::support::command::command().args(["fields", "--json", "--from"]).arg(&root).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("\"Query.getNote\"") && told.contains("services/notes/api"),
        "{told}"
    );
    let root = crate::support::files::folder("unbuilt", &[(".git/HEAD", ""), ("packages/backend/cdk.json", "{}")]);
    let output = crate::support::command::command().args(["fields"]).current_dir(&root).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("packages/backend") && text.contains("npx cdk synth"), "{text}");
}

/// SST was an app of the CDK until its third version: another command builds it.
#[test]
fn sst_of_each_version_is_told_how_to_build() {
    let config = "import { SSTConfig } from 'sst';\nexport default { config: () => ({}) } satisfies SSTConfig;\n";
    let table = [
        ("sst.json", "{}", "npx sst build"),
        ("sst.config.ts", config, "npx sst build"),
        ("sst.config.ts", "export default $config({});\n", "npx sst state export"),
    ];
    for (name, text, command) in table {
        let root = crate::support::files::folder("sst", &[(".git/HEAD", ""), (name, text)]);
        let error = find(None, &root).unwrap_err().to_string();
        assert!(error.contains(command), "{name}: {error}");
        std::fs::remove_dir_all(&root).unwrap();
    }
}

/// CloudFormation takes the last of two keys without a word: both lines are named, and the file is read.
#[test]
fn a_key_that_stands_twice_is_named_with_both_lines() {
    let stack = "Resources:\n  Api:\n    Type: AWS::AppSync::GraphQLApi\n    Properties: {Name: n, AuthenticationType: API_KEY}\n  \
        Get:\n    Type: AWS::AppSync::Resolver\n    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: a, RequestMappingTemplate: '{}'}\n  \
        Get:\n    Type: AWS::AppSync::Resolver\n    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: b, RequestMappingTemplate: '{}'}\n";
    let place = crate::support::files::folder("twice", &[("stack.yaml", stack)]);
    let project = load(&place.join("stack.yaml"), &LoadOptions::default()).unwrap();
    assert_eq!(project.by_field.keys().collect::<Vec<_>>(), ["Query.b"]);
    let told: Vec<String> = project.findings.iter().map(|one| one.message.to_string()).collect();
    assert!(told.iter().any(|one| one.contains("line 8: the key Get stands already in line 5")), "{told:?}");
}

/// The root of a repository whose templates lie in a folder of any name.
#[test]
fn templates_in_a_folder_of_any_name_are_found_from_the_root() {
    let files = [
        (".git/HEAD", ""),
        ("_graphql/Query.getNote.request.vtl", "{}"),
        ("_graphql/schema.graphql", "type Query { getNote: ID }"),
    ];
    let root = crate::support::files::folder("any-name", &files);
    let output = crate::support::command::command().args(["fields", "--json"]).current_dir(&root).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"Query.getNote\""), "{told}");
}

/// Where a schema is laid out on one line, and templates stand in folders of their own below the usual ones.
#[test]
fn templates_beside_a_schema_are_found_from_the_root_in_each_naming() {
    for name in [
        "Query.x.request.vtl",
        "Query-x-request-mapping-template.txt",
        "x.req.vtl",
        "request/Query.x.vtl",
        "Query/x/request.vtl",
    ] {
        let template = format!("resolvers/{name}");
        let field = ("resolvers/Note.text.request.vtl", "{}");
        let files = [("schema.graphql", "type Query { x: Note } type Note { text: String }"), (&template, "{}"), field];
        let root = crate::support::files::folder("naming", &files);
        let (_, out, told) = command(root.to_str().unwrap(), &["fields", "--json"]);
        assert!(out.contains("\"Query.x\"") && out.contains("\"Note.text\""), "{name}: {told}");
        std::fs::remove_dir_all(&root).unwrap();
    }
}

/// Of two folders that are equally near, the one with a build is taken, whatever their names.
#[test]
fn what_is_built_comes_first_below_the_root_too() {
    let stack = r#"{"Resources": {"Get": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "x",
        "RequestMappingTemplate": "{}", "ResponseMappingTemplate": "{}"}}}}"#;
    let files = [("infra/cdk.out/App.template.json", stack), ("cloudformation/base.json", stack), (".git/HEAD", "")];
    let root = crate::support::files::folder("below", &files);
    let found = find(None, &root).unwrap();
    assert!(found.path.ends_with("infra/cdk.out"), "{}", found.path.display());
    assert!(found.others.iter().any(|other| other.ends_with("cloudformation/base.json")), "{:?}", found.others);
    std::fs::remove_dir_all(&root).unwrap();
}

/// A stack that another tool has not filled in yet is no YAML: the mark is named. A brace may close at the margin.
#[test]
fn marks_and_braces_in_yaml() {
    let text = "Resources:\n  Api: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: n, AuthenticationType: API_KEY\n}}\n  Get:\n    \
        Type: AWS::AppSync::Resolver\n    Properties: {ApiId: !GetAtt Api.ApiId, TypeName: Query, FieldName: x, RequestMappingTemplate: '{}'\n}\n";
    let marked = "Resources:\n  S:\n    Type: AWS::AppSync::GraphQLSchema\n    Properties:\n      Definition: |\n{{SCHEMA}}\n  R: {Type: X}\n";
    let place = crate::support::files::folder("braces", &[("stack.yaml", text), ("marked.yaml", marked)]);
    let project = load(&place.join("stack.yaml"), &LoadOptions::default()).unwrap();
    assert_eq!(project.by_field.keys().collect::<Vec<_>>(), ["Query.x"]);
    let error = load(&place.join("marked.yaml"), &LoadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("line 6 is `{{SCHEMA}}`, a mark that another tool replaces"), "{error}");
    std::fs::remove_dir_all(&place).unwrap();
}

/// A missing asset, a stack that is its own nested stack, and a field that does not exist: each is told, and the rest is read.
#[test]
fn bad_parts_of_a_stack_leave_the_rest() {
    let of_api = json!({"Fn::GetAtt": ["Api", "ApiId"]});
    let resolver = |field: &str, more: Json| {
        let mut own = json!({"ApiId": of_api, "TypeName": "Query", "FieldName": field, "DataSourceName": {"Fn::GetAtt": ["None", "Name"]},
            "RequestMappingTemplate": "{}"});
        own.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Type": "AWS::AppSync::Resolver", "Properties": own})
    };
    let stack = json!({"Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "notes", "AuthenticationType": "API_KEY"}},
        "None": {"Type": "AWS::AppSync::DataSource", "Properties": {"ApiId": of_api, "Name": "none", "Type": "NONE"}},
        "Self": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "a.template.json"}},
        "Get": resolver("getNote", json!({"ResponseMappingTemplateS3Location": "s3://b/gone.vtl"})),
        "List": resolver("listNotes", json!({"ResponseMappingTemplate": "$util.toJson($ctx.result)"})),
    }});
    let folder = crate::support::files::folder("bad", &[("a.template.json", &stack.to_string())]);
    let ask = |field: &str| {
        let output = crate::support::command::command()
            .args(["resolver", field, "--from"])
            .arg(folder.join("a.template.json"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(ask("Query.listNotes").0, Some(0));
    let (code, text) = ask("Query.getNote");
    assert!(code == Some(1) && text.contains("s3://b/gone.vtl was not found"), "{text}");
    let (code, text) = ask("Query.listNote");
    assert!(code == Some(1) && text.contains("did you mean Query.listNotes?"), "{text}");
}
