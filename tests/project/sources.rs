//! Resolvers from every kind of source: each gives the same decision for the same rule.

use crate::support::command::command;
use crate::support::files::{folder, write};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use vtl_eval::appsync::Given;
use vtl_eval::resolver::{Answers, LoadOptions, Resolvers, load, run};
use vtl_eval::trace::Verdict;
use vtl_eval::value::from_json_str;

const AUTH: &str = "#set($isAuthorized = false)\n#if($ctx.identity.claims.get(\"cognito:groups\").contains(\"Admins\"))#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n{\"version\": \"2018-05-29\", \"payload\": {}}";
const PASS: &str = "$util.toJson($ctx.result)";

fn verdict(resolvers: &Resolvers, field: &str, group: &str) -> (Verdict, Option<String>) {
    let members = format!(
        r#"{{"identity":{{"claims":{{"cognito:groups":["{group}"]}}}},"info":{{"fieldName":"f","parentTypeName":"Query"}}}}"#
    );
    let given = Given::new(from_json_str(&members).unwrap().as_map().unwrap().clone());
    let answers = Answers { result: Some(from_json_str("{}").unwrap()), ..Answers::default() };
    let done = run(resolvers.get(field).unwrap(), &given, &answers, "isAuthorized", None).unwrap();
    let deciding = done.deciding.map(|at| done.steps[at].program.source.name.to_string());
    (done.verdict, deciding)
}

fn decides(resolvers: &Resolvers, field: &str) {
    assert_eq!(verdict(resolvers, field, "Admins").0, Verdict::Allowed, "{field}");
    assert_eq!(verdict(resolvers, field, "admins").0, Verdict::Denied, "{field}");
}

#[test]
fn an_amplify_build_in_the_order_of_its_slots() {
    let folder = folder("amplify", &[]);
    let build = folder.join("build/resolvers");
    for (name, text) in [
        ("Query.listNotes.postAuth.1.req.vtl", "#if(!$ctx.stash.get(\"hasAuth\"))$util.unauthorized()#end\n{}"),
        ("Query.listNotes.auth.1.req.vtl", &format!("$util.qr($ctx.stash.put(\"hasAuth\", true))\n{AUTH}")),
        ("Query.listNotes.req.vtl", "{\"operation\": \"Scan\", \"version\": \"2018-05-29\"}"),
        ("Query.listNotes.res.vtl", PASS),
        ("readme.vtl", "not a resolver"),
    ] {
        write(&build.join(name), text);
    }
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    // postAuth would refuse if it ran before auth.
    decides(&resolvers, "Query.listNotes");
    assert_eq!(
        verdict(&resolvers, "Query.listNotes", "x").1.unwrap().rsplit('/').next().unwrap(),
        "Query.listNotes.auth.1.req.vtl"
    );
    assert!(resolvers.findings.iter().any(|finding| finding.code.as_str() == "unused-template"));
    // The project's own file replaces that half, and says so.
    let own = folder.join("own");
    write(&own.join("Query.listNotes.auth.1.req.vtl"), "$util.unauthorized()");
    let options = LoadOptions { overrides: Some(own), ..LoadOptions::default() };
    let resolvers = load(&folder, &options).unwrap();
    assert_eq!(verdict(&resolvers, "Query.listNotes", "Admins").0, Verdict::Denied);
    assert!(resolvers.findings.iter().any(|finding| finding.code.as_str().starts_with("override")));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A stack that creates itself, at once or by another one: it is said, and the rest is read.
#[test]
fn a_stack_that_refers_to_itself_is_said() {
    let api = r#""Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "n", "AuthenticationType": "API_KEY"}},
        "Get": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]}, "TypeName": "Query",
            "FieldName": "note", "RequestMappingTemplate": "{}", "ResponseMappingTemplate": "{}"}}"#;
    let creates = |file: &str| {
        format!(r#""Inner": {{"Type": "AWS::CloudFormation::Stack", "Properties": {{"TemplateURL": "{file}"}}}}"#)
    };
    let own = format!(r#"{{"Resources": {{{api}, {}}}}}"#, creates("own.json"));
    let (first, second) = (
        format!(r#"{{"Resources": {{{api}, {}}}}}"#, creates("b.json")),
        format!(r#"{{"Resources": {{{}}}}}"#, creates("a.json")),
    );
    for (name, files) in
        [("own.json", vec![("own.json", own.as_str())]), ("a.json", vec![("a.json", &first), ("b.json", &second)])]
    {
        let place = folder("circle", &files);
        let project = load(&place.join(name), &LoadOptions::default()).unwrap();
        assert!(project.by_field.contains_key("Query.note"));
        let told: Vec<String> = project.findings.iter().map(|one| one.message.to_string()).collect();
        assert!(told.iter().any(|one| one.contains("a stack cannot hold itself")), "{told:?}");
    }
}

#[test]
fn cloudformation_with_nested_stacks_and_intrinsics() {
    let folder = folder("cloudformation", &[]);
    write(&folder.join("resolvers/Query.listNotes.req.vtl"), AUTH);
    write(
        &folder.join("root.yaml"),
        &format!(
            r#"Parameters:
  env: {{Default: dev}}
  bucket: {{}}
Mappings:
  Groups:
    dev: {{admin: Admins}}
Conditions:
  IsDev: !Equals [!Ref env, dev]
Resources:
  NoneSource:
    Type: AWS::AppSync::DataSource
    Properties: {{Name: !Sub "${{env}}_none", Type: NONE}}
  AuthFunction:
    Type: AWS::AppSync::FunctionConfiguration
    Properties:
      Name: QuerylistNotesauth0Function
      DataSourceName: !GetAtt NoneSource.Name
      RequestMappingTemplateS3Location: !Sub "s3://${{bucket}}/deployments/resolvers/Query.listNotes.req.vtl"
      ResponseMappingTemplate: "{PASS}"
  Pipeline:
    Type: AWS::AppSync::Resolver
    Properties:
      TypeName: Query
      FieldName: !If [IsDev, listNotes, other]
      Kind: PIPELINE
      PipelineConfig: {{Functions: [!GetAtt AuthFunction.FunctionId]}}
      RequestMappingTemplate: !Join ["", ["{{", "}}"]]
      ResponseMappingTemplate: "{PASS}"
  Unit:
    Type: AWS::AppSync::Resolver
    Properties:
      TypeName: Query
      FieldName: getNote
      DataSourceName: !GetAtt NoneSource.Name
      RequestMappingTemplate: !Sub
        - |
          #set($isAuthorized = false)
          #if($ctx.identity.claims.get("cognito:groups").contains("${{group}}"))#set($isAuthorized = true)#end
          #if(!$isAuthorized)$util.unauthorized()#end
          {{"payload": {{}}}}
        - group: !FindInMap [Groups, !Ref env, admin]
      ResponseMappingTemplate: "{PASS}"
"#
        ),
    );
    let nested = json!({"Resources": {"Js": {"Type": "AWS::AppSync::Resolver", "Properties": {
        "TypeName": "Query", "FieldName": "time", "DataSourceName": "none", "Runtime": {"Name": "APPSYNC_JS"}, "Code": "export …"}}}});
    write(&folder.join("nested/api.json"), &nested.to_string());
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    decides(&resolvers, "Query.listNotes");
    decides(&resolvers, "Query.getNote");
    let javascript: Vec<_> =
        resolvers.findings.iter().filter(|finding| finding.code.as_str() == "javascript-resolver").collect();
    assert_eq!(javascript.len(), 1, "named, never skipped in silence");
    assert_eq!(verdict(&resolvers, "Query.time", "x").0, Verdict::Completed);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What a nested stack gets as parameters, gives as outputs and imports from others leads to the right resource, also
/// where names hold one another (`Auth`, `PostAuth`).
#[test]
fn references_across_stacks() {
    let folder = folder("nested", &[]);
    let function = |name: &str, text: &str| {
        json!({"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {
            "Name": name, "DataSourceName": {"Ref": "SourceName"}, "RequestMappingTemplate": text, "ResponseMappingTemplate": PASS}})
    };
    let get = |name: &str, attribute: &str| json!({"Fn::GetAtt": [name, attribute]});
    let root = json!({"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}, "Resources": {
        "Empty": {"Type": "AWS::AppSync::DataSource", "Properties": {"Name": "local", "Type": "NONE"}},
        "Functions": {"Type": "AWS::CloudFormation::Stack", "Properties": {
            "TemplateURL": {"Fn::Join": ["/", ["https://s3.amazonaws.com", {"Ref": "Bucket"}, "stacks", "functions.json"]]},
            "Parameters": {"SourceName": get("Empty", "Name")}}},
        "Fields": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "fields.nested.json"}, "Properties": {
            "TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.amazonaws.com/b/0123abcd.json"},
            "Parameters": {"refAuthId": get("Functions", "Outputs.AuthId"), "FieldName": "listNotes"}}},
        "Gone": {"Type": "AWS::AppSync::Resolver", "Condition": "Never", "Properties": {
            "TypeName": "Query", "FieldName": "gone", "RequestMappingTemplate": "{}"}}}});
    let functions = json!({"Parameters": {"SourceName": {"Default": "none"}}, "Resources": {
            "PostAuth": function("post", "{}"), "Auth": function("auth", AUTH)},
        "Outputs": {"AuthId": {"Value": get("Auth", "FunctionId")},
            "PostId": {"Value": get("PostAuth", "FunctionId"), "Export": {"Name": {"Fn::Sub": "shared-post"}}}}});
    let pipeline = |field: Json, functions: Json| {
        json!({"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": field, "Kind": "PIPELINE",
            "PipelineConfig": {"Functions": functions}, "RequestMappingTemplate": "{}",
            "ResponseMappingTemplate": PASS}})
    };
    let fields = json!({"Parameters": {"FieldName": {"Default": "other"}, "refAuthId": {}}, "Resources": {
        "List": pipeline(json!({"Ref": "FieldName"}), json!([{"Fn::ImportValue": "shared-post"}, {"Ref": "refAuthId"}])),
        "Lost": pipeline(json!("lost"), json!([{"Fn::ImportValue": "nobody-exports-this"}]))}});
    write(&folder.join("root.json"), &root.to_string());
    write(&folder.join("stacks/functions.json"), &functions.to_string());
    write(&folder.join("fields.nested.json"), &fields.to_string());
    for from in [folder.clone(), folder.join("root.json")] {
        let resolvers = load(&from, &LoadOptions::default()).unwrap();
        decides(&resolvers, "Query.listNotes");
        let functions = &resolvers.get("Query.listNotes").unwrap().functions;
        let facts: Vec<_> = functions.iter().map(|one| (one.name.as_str(), one.data_source.kind.as_str())).collect();
        assert_eq!(facts, [("post", "NONE"), ("auth", "NONE")]);
        assert!(resolvers.get("Query.gone").is_err(), "its condition does not hold");
        // What is not there is named, in the findings and in the run's own notes.
        let lost = resolvers.get("Query.lost").unwrap();
        assert!(resolvers.findings.iter().any(|finding| finding.code.as_str() == "missing-function"));
        let given = Given::new(from_json_str("{}").unwrap().as_map().unwrap().clone());
        let done = run(lost, &given, &Answers::default(), "isAuthorized", None).unwrap();
        assert!(done.notes.iter().any(|note| note.code.as_str() == "missing-function"), "{:?}", done.notes);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A small API in which every function of CloudFormation stands where a resolver can have one.
#[test]
fn every_intrinsic_function_in_one_stack() {
    let folder = folder("intrinsics", &[]);
    write(
        &folder.join("stack.yaml"),
        r##"Parameters:
  env: {Type: String, Default: dev}
  names: {Type: String, Default: "Query,Mutation"}
  open: {Type: String}
Mappings:
  Groups:
    dev: {admin: Admins}
    prod: {admin: Owners}
Conditions:
  IsDev: !Equals [!Ref env, dev]
  IsOther: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Not [!Condition IsOther]]
  Either: !Or [!Condition IsOther, !Equals [!Ref open, x], !Condition IsDev]
Resources:
  Source: {Type: "AWS::AppSync::DataSource", Properties: {Name: local, Type: NONE}}
  Field:
    Type: AWS::AppSync::Resolver
    Condition: Both
    Properties:
      ApiId: !ImportValue shared-api
      TypeName: !Select [0, !Split [",", !Ref names]]
      FieldName: !Join ["", [list, !If [Either, Notes, Nothing]]]
      DataSourceName: !GetAtt Source.Name
      RequestMappingTemplate: !Sub
        - |
          $util.qr($ctx.stash.put("seen", ["${group}", "${env}", "${!literal}", "${open}", "${Source.DataSourceArn}", "${zones}", "${encoded}", "${imported}", "${AWS::Region}"]))
          {"payload": {}}
        - group: !FindInMap [Groups, !Ref env, admin]
          zones: !Select [0, !GetAZs ""]
          encoded: !Base64 hello
          imported: !ImportValue shared-api
      ResponseMappingTemplate: !If [IsOther, "$util.unauthorized()", "$util.toJson($ctx.result)"]
  Other:
    Type: AWS::AppSync::Resolver
    Condition: IsOther
    Properties: {TypeName: Query, FieldName: never, DataSourceName: local}
"##,
    );
    let stash = |options: &LoadOptions| {
        let resolvers = load(&folder.join("stack.yaml"), options).unwrap();
        assert_eq!(resolvers.by_field.keys().collect::<Vec<_>>(), ["Query.listNotes"]);
        let given = Given::new(from_json_str("{}").unwrap().as_map().unwrap().clone());
        let done = run(resolvers.get("Query.listNotes").unwrap(), &given, &Answers::default(), "x", None).unwrap();
        assert_eq!(done.verdict, Verdict::Completed);
        let stash = done.steps[0].outcome.context.get_str("stash").unwrap().to_json().unwrap();
        serde_json::from_str::<Json>(&resolvers.open.shown(&stash)).unwrap()
    };
    // A placeholder is no VTL: it stays text. `${!literal}` is a reference, which prints itself.
    let open = stash(&LoadOptions::default());
    assert_eq!(
        open["seen"],
        json!([
            "Admins",
            "dev",
            "${literal}",
            "⟦open⟧",
            "⟦Source.DataSourceArn⟧",
            "⟦GetAZs⟧",
            "aGVsbG8=",
            "⟦ImportValue shared-api⟧",
            "⟦AWS::Region⟧"
        ])
    );
    let parameters = json!({"open": "given", "AWS::Region": "eu-west-1"}).as_object().unwrap().clone();
    let given = stash(&LoadOptions { parameters, ..LoadOptions::default() });
    assert_eq!((&given["seen"][3], &given["seen"][8]), (&json!("given"), &json!("eu-west-1")));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `$ctx.error` is what the data source failed with, in the response half only.
#[test]
fn an_error_of_the_data_source_reaches_the_response_half() {
    let folder = folder("error", &[]);
    let manifest = json!({"pipelines": {"Query.a": {"kind": "PIPELINE", "functions": [
        {"name": "first", "slot": "main", "index": 0, "dataSource": {"name": "t", "type": "AMAZON_DYNAMODB"},
            "request": {"file": "req.vtl"}, "response": {"file": "res.vtl"}}]}}});
    write(&folder.join("manifest.json"), &manifest.to_string());
    write(&folder.join("resolvers/req.vtl"), "#if($ctx.error)$util.error(\"early\")#end\n{}");
    write(
        &folder.join("resolvers/res.vtl"),
        "#if($ctx.error)$util.error($ctx.error.message, $ctx.error.type)#end\n$util.toJson($ctx.result)",
    );
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    let run_with = |members: &str| {
        let given = Given::new(from_json_str(members).unwrap().as_map().unwrap().clone());
        let answers = Answers { result: Some(from_json_str("{}").unwrap()), ..Answers::default() };
        let done = run(resolvers.get("Query.a").unwrap(), &given, &answers, "x", None).unwrap();
        (done.verdict, done.steps.len())
    };
    let failed = r#"{"error": {"message": "The conditional request failed", "type": "DynamoDB:ConditionalCheckFailedException"}}"#;
    assert_eq!(run_with(failed), (Verdict::Error, 2), "the request half sees no error");
    assert_eq!(run_with("{}"), (Verdict::Completed, 2));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn overrides_say_which_copy_runs() {
    let folder = folder("overrides", &[]);
    let (build, own) = (folder.join("build/resolvers"), folder.join("own"));
    let name = "Query.listNotes.auth.1.req.vtl";
    write(&build.join(name), AUTH);
    write(&build.join("Query.listNotes.req.vtl"), "{}");
    write(&own.join(name), "$util.unauthorized()");
    write(&own.join("Query.listNotes.postAuth.2.req.vtl"), "$util.qr($ctx.stash.put(\"extra\", true))\n{}");
    for lost in ["Query.listNotes.validate.1.req.vtl", "Query.other.auth.1.req.vtl", "notes.vtl"] {
        write(&own.join(lost), "{}");
    }
    let options = LoadOptions { overrides: Some(own.clone()), ..LoadOptions::default() };
    let time = |path: PathBuf, seconds: u64| {
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    };
    let codes = |resolvers: &Resolvers| {
        resolvers.findings.iter().map(|finding| finding.code.as_str().to_string()).collect::<Vec<_>>()
    };
    time(build.join(name), 1_000);
    time(own.join(name), 2_000);
    let resolvers = load(&folder, &options).unwrap();
    let unused = "unused-template".to_owned();
    assert_eq!(codes(&resolvers).iter().filter(|code| **code == unused).count(), 3, "{:?}", resolvers.findings);
    assert!(codes(&resolvers).contains(&"override".to_owned()));
    assert!(resolvers.get("Query.other").is_err(), "a file for a field that no pipeline has makes no pipeline");
    assert_eq!(resolvers.get("Query.listNotes").unwrap().functions.len(), 3);
    assert!(verdict(&resolvers, "Query.listNotes", "Admins").1.unwrap().contains("own"), "the copy that ran is named");
    time(build.join(name), 3_000);
    assert!(codes(&load(&folder, &options).unwrap()).contains(&"override-shadows-newer".to_owned()));
    // Over a source of another form, a file of the same name takes the template's place.
    let manifest =
        json!({"pipelines": {"Query.listNotes": {"kind": "UNIT", "functions": [{"request": {"file": name}}]}}});
    write(&folder.join("other/manifest.json"), &manifest.to_string());
    write(&folder.join("other/resolvers").join(name), AUTH);
    let resolvers = load(&folder.join("other"), &options).unwrap();
    assert_eq!(verdict(&resolvers, "Query.listNotes", "Admins").0, Verdict::Denied);
    let gone = LoadOptions { overrides: Some(folder.join("gone")), ..LoadOptions::default() };
    assert!(load(&folder, &gone).unwrap_err().to_string().contains("--overrides"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn saved_answers_of_the_cli() {
    let folder = folder("saved", &[]);
    let resolvers: Json = json!({"resolvers": [
        {"typeName": "Query", "fieldName": "listNotes", "kind": "PIPELINE", "requestMappingTemplate": "{}", "responseMappingTemplate": PASS,
         "pipelineConfig": {"functions": ["f1", "lost"]}},
        {"typeName": "Query", "fieldName": "getNote", "kind": "UNIT", "dataSourceName": "NONE_DS", "requestMappingTemplate": AUTH, "responseMappingTemplate": PASS}
    ]});
    let functions = json!({"functions": [{"functionId": "f2", "name": "idle", "dataSourceName": "NONE_DS"}, {"functionId": "f1", "name": "auth", "dataSourceName": "NONE_DS", "requestMappingTemplate": AUTH, "responseMappingTemplate": PASS}]});
    write(&folder.join("Query.json"), &resolvers.to_string());
    write(&folder.join("functions.json"), &functions.to_string());
    let single = load(&folder.join("Query.json"), &LoadOptions::default()).unwrap();
    decides(&single, "Query.getNote");
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    decides(&resolvers, "Query.listNotes");
    decides(&resolvers, "Query.getNote");
    assert!(
        resolvers
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "missing-function" && finding.message.contains("lost"))
    );
    let unused: Vec<_> =
        resolvers.findings.iter().filter(|finding| finding.code.as_str() == "unused-function").collect();
    assert_eq!(unused.len(), 1, "the function of the pipeline is used: {unused:?}");
    assert_eq!(unused[0].path.as_deref(), Some("idle"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_holds_no_resolvers_is_an_error_that_helps() {
    let folder = folder("empty", &[]);
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(
        error.to_string().contains("Amplify build folder") && error.to_string().contains("list-resolvers"),
        "{error}"
    );
    assert!(load(&folder.join("nothing"), &LoadOptions::default()).unwrap_err().to_string().contains("no such"));
    write(&folder.join("broken.yaml"), "a: [\n");
    assert!(load(&folder.join("broken.yaml"), &LoadOptions::default()).is_err());
    write(&folder.join("manifest.json"), "{\"pipelines\": ");
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("line 1 column"), "{error}");
    write(
        &folder.join("manifest.json"),
        r#"{"pipelines": {"Query.a": {"kind": "PIPELINE", "before": {"file": "gone.vtl"}}}}"#,
    );
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(error.path.ends_with("gone.vtl"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A data source that fails where no response half looks at it: AppSync raises its error (APPSYNC-VTL 3.8, 3.10).
#[test]
fn an_error_that_no_template_looks_at_ends_the_field() {
    let folder = folder("raise", &[]);
    let function = |response: Json| {
        json!({"name": "read", "slot": "main", "dataSource": {"name": "t", "type": "AWS_LAMBDA"},
            "request": {"file": "req.vtl"}, "response": response})
    };
    let after = json!({"file": "after.vtl"});
    let manifest = json!({"pipelines": {
        "Query.bare": {"kind": "PIPELINE", "after": after, "functions": [function(Json::Null)]},
        "Query.looked": {"kind": "PIPELINE", "after": after, "functions": [function(json!({"file": "pass.vtl"}))]},
        "Query.old": {"kind": "UNIT", "functions": [function(json!({"file": "kept.vtl"}))]},
        "Query.none": {"kind": "PIPELINE", "after": after, "functions": [
            {"name": "local", "slot": "main", "dataSource": {"name": "n", "type": "NONE"}, "request": {"file": "req.vtl"}, "response": null}]},
    }});
    write(&folder.join("manifest.json"), &manifest.to_string());
    for (name, text) in [
        ("req.vtl", r#"{"version": "2017-02-28", "payload": {}}"#),
        ("pass.vtl", PASS),
        ("kept.vtl", r#"{"kept": $util.toJson($ctx.result)}"#),
        ("after.vtl", r#"$util.qr($ctx.stash.put("after", true))$util.toJson($ctx.prev.result)"#),
    ] {
        write(&folder.join("resolvers").join(name), text);
    }
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    let entry = |field: &str, members: &str, result: &str| {
        let given = Given::new(from_json_str(members).unwrap().as_map().unwrap().clone());
        let answers = Answers { result: Some(from_json_str(result).unwrap()), ..Answers::default() };
        let done = run(resolvers.get(field).unwrap(), &given, &answers, "x", None).unwrap();
        let last = &done.steps.last().unwrap().outcome.end;
        let error = match last {
            vtl_eval::eval::End::Thrown { error, .. } => {
                let entry: vtl_eval::value::Value = error.entry(None).into();
                serde_json::from_str::<Json>(&entry.to_json().unwrap()).unwrap()
            }
            _ => Json::Null,
        };
        (done.verdict, done.steps.len(), error)
    };
    let failed = r#"{"error": {"message": "The service is down", "type": "Lambda:Unhandled"}}"#;
    let (verdict, steps, error) = entry("Query.bare", failed, r#"{"id": 1}"#);
    assert_eq!((verdict, steps), (Verdict::Error, 2), "the request half and what AppSync does; no after template");
    assert_eq!((&error["message"], &error["errorType"]), (&json!("The service is down"), &json!("Lambda:Unhandled")));
    assert_eq!(entry("Query.looked", failed, "{}").0, Verdict::Completed, "its response half did not raise it");
    assert_eq!(entry("Query.none", failed, "{}").0, Verdict::Completed, "NONE does not fail");
    assert_eq!(entry("Query.bare", "{}", "{}").0, Verdict::Completed);
    // A function that throws UnauthorizedException: AppSync replaces the message.
    let refused = r#"{"error": {"message": "go away", "type": "UnauthorizedException"}}"#;
    let (verdict, _, error) = entry("Query.bare", refused, "{}");
    assert_eq!((verdict, &error["message"]), (Verdict::Denied, &json!("You are not authorized to make this call.")));
    // Version 2017-02-28 of a unit resolver: the error is added, the response half gives its data; null is not looked at.
    let (verdict, steps, error) = entry("Query.old", failed, r#"{"id": 1}"#);
    assert_eq!((verdict, steps, &error["errorType"]), (Verdict::Error, 3, &json!("Lambda:Unhandled")));
    assert_eq!(entry("Query.old", "{}", "null").1, 1, "the response half does not run");
    assert_eq!(entry("Query.old", "{}", "{}").1, 2);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A template of a bucket that is not beside the stack: that field alone cannot be judged.
#[test]
fn a_missing_template_is_an_error_of_its_own_field_only() {
    let folder = folder("missing", &[]);
    let resolver = |field: &str, location: &str| {
        json!({"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": field,
            "DataSourceName": "NONE_DS", "RequestMappingTemplateS3Location": location, "ResponseMappingTemplate": PASS}})
    };
    let stack = json!({"Resources": {
        "A": resolver("there", "s3://bucket/there.req.vtl"),
        "B": resolver("gone", "s3://bucket/gone.req.vtl")}});
    write(&folder.join("stack.json"), &stack.to_string());
    write(&folder.join("there.req.vtl"), AUTH);
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    decides(&resolvers, "Query.there");
    let finding = resolvers.findings.iter().find(|finding| finding.code.as_str() == "missing-template").unwrap();
    assert_eq!(finding.path.as_deref(), Some("Query.gone"));
    let given = Given::new(from_json_str("{}").unwrap().as_map().unwrap().clone());
    let error = run(resolvers.get("Query.gone").unwrap(), &given, &Answers::default(), "x", None).unwrap_err();
    let vtl_eval::resolver::RunError::Missing(message) = error else { panic!("{error:?}") };
    assert!(message.contains("s3://bucket/gone.req.vtl") && message.contains("stack.json"), "{message}");
    // As a command: exit code 1 for the one field, `unknown` with the reason in the matrix.
    let from = folder.to_str().unwrap();
    let command = |args: &[&str]| command().args(args).args(["--from", from]).output().unwrap();
    let output = command(&["resolver", "Query.gone"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("gone.req.vtl was not found"));
    write(&folder.join("personas.yaml"), "personas: [{name: guest, authType: api-key}]\n");
    let output = command(&["matrix", "--personas", folder.join("personas.yaml").to_str().unwrap(), "--format", "json"]);
    let matrix: Json = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts: Vec<_> = matrix["cells"].as_array().unwrap().iter().map(|cell| &cell["verdict"]).collect();
    assert_eq!(verdicts, [&json!("denied"), &json!("unknown")], "{matrix:#}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What the CDK writes for a nested stack and a template that is a file: names that only `*.assets.json` connects.
#[test]
fn assets_are_found_by_the_list_that_the_cdk_writes() {
    let folder = folder("assets", &[]);
    let root = json!({"Resources": {
        "Auth": {"Type": "AWS::AppSync::FunctionConfiguration", "Properties": {"Name": "auth", "DataSourceName": "none",
            "RequestMappingTemplate": AUTH, "ResponseMappingTemplate": PASS}},
        "More": {"Type": "AWS::CloudFormation::Stack", "Properties": {
            "TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.amazonaws.com/assets/aaaa.json"},
            "Parameters": {"refAuthId": {"Fn::GetAtt": ["Auth", "FunctionId"]}}}}}});
    let nested = json!({"Parameters": {"refAuthId": {"Type": "String"}}, "Resources": {
        "File": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "file", "DataSourceName": "none",
            "RequestMappingTemplateS3Location": {"Fn::Sub": "s3://assets-${AWS::Region}/bbbb.vtl"}, "ResponseMappingTemplate": PASS}},
        "Pipe": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "pipe", "Kind": "PIPELINE",
            "PipelineConfig": {"Functions": [{"Ref": "refAuthId"}]}, "RequestMappingTemplate": "{}", "ResponseMappingTemplate": PASS}}}});
    let assets = json!({"files": {"aaaa": {"source": {"path": "RootMore.nested.template.json"}}, "bbbb": {"source": {"path": "asset.bbbb/auth.vtl"}}}});
    write(&folder.join("Root.template.json"), &root.to_string());
    write(&folder.join("RootMore.nested.template.json"), &nested.to_string());
    write(&folder.join("Root.assets.json"), &assets.to_string());
    write(&folder.join("asset.bbbb/auth.vtl"), AUTH);
    for from in [folder.clone(), folder.join("Root.template.json")] {
        let resolvers = load(&from, &LoadOptions::default()).unwrap();
        assert!(resolvers.findings.is_empty(), "{:?}", resolvers.findings);
        decides(&resolvers, "Query.file");
        decides(&resolvers, "Query.pipe");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The command says on standard error which copy runs, which hides a newer one, and which files nothing uses.
#[test]
fn the_command_warns_of_overrides() {
    let folder = folder("overrides-command", &[]);
    let (build, own) = (folder.join("build/resolvers"), folder.join("own"));
    for (name, text) in [("Query.a.auth.1.req.vtl", AUTH), ("Query.a.req.vtl", "{}"), ("Query.b.auth.1.req.vtl", AUTH)]
    {
        write(&build.join(name), text);
    }
    for (name, age) in
        [("Query.a.auth.1.req.vtl", 3_000), ("Query.b.auth.1.req.vtl", 1_000), ("Query.gone.req.vtl", 1_000)]
    {
        write(&own.join(name), "$util.unauthorized()");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(age);
        std::fs::File::options().write(true).open(own.join(name)).unwrap().set_modified(time).unwrap();
    }
    for name in ["Query.a.auth.1.req.vtl", "Query.b.auth.1.req.vtl"] {
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(2_000);
        std::fs::File::options().write(true).open(build.join(name)).unwrap().set_modified(time).unwrap();
    }
    let output = command()
        .args(["resolver", "Query.a", "--from"])
        .arg(&folder)
        .arg("--overrides")
        .arg(&own)
        .args(["--claims", r#"{"sub":"s","token_use":"access","cognito:groups":["Admins"]}"#])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "the project's own file refuses");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {said}"));
    assert!(line("own/Query.a.auth").starts_with("note: ") && !line("own/Query.a.auth").contains("newer"), "{said}");
    assert!(line("own/Query.b.auth").starts_with("warning: ") && line("own/Query.b.auth").contains("newer"), "{said}");
    assert!(line("own/Query.gone").contains("no pipeline uses"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Stacks that nest each other, conditions and outputs that name themselves: an answer with what stays open, and an end.
#[test]
fn stacks_that_name_themselves_end() {
    let folder = folder("cycle", &[]);
    let stack = |url: &str| json!({"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": {"p": {"Ref": "p"}}}});
    let pipeline = |field: &str, functions: Json| {
        json!({"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": field, "Kind": "PIPELINE",
            "PipelineConfig": {"Functions": functions}, "RequestMappingTemplate": "{}", "ResponseMappingTemplate": "{}"}})
    };
    let output = json!({"Value": {"Fn::GetAtt": ["S", "Outputs.o"]}, "Export": {"Name": {"Fn::ImportValue": "own"}}});
    let mut conditional = pipeline("c", json!([]));
    conditional["Condition"] = json!("Self");
    let a = json!({"Parameters": {"p": {}}, "Conditions": {"Self": {"Fn::Not": [{"Condition": "Self"}]}},
        "Resources": {"S": stack("s3://x/b.json"), "R": pipeline("a", json!([{"Ref": "p"}, {"Fn::GetAtt": ["S", "Outputs.o"]}])), "C": conditional},
        "Outputs": {"o": output}});
    let b = json!({"Parameters": {"p": {}}, "Resources": {"S": stack("s3://x/a.json"), "R": pipeline("b", json!([{"Ref": "p"}]))}, "Outputs": {"o": output}});
    write(&folder.join("a.json"), &a.to_string());
    write(&folder.join("b.json"), &b.to_string());
    for from in [folder.clone(), folder.join("a.json"), folder.join("b.json")] {
        let resolvers = load(&from, &LoadOptions::default()).unwrap();
        assert_eq!(resolvers.get("Query.a").unwrap().functions.len(), 2);
        let missing = resolvers.findings.iter().filter(|finding| finding.code.as_str() == "missing-function").count();
        assert_eq!(missing, 3, "{:?}", resolvers.findings);
        assert!(resolvers.findings.iter().any(|finding| finding.code.as_str() == "open-condition"));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A cell that the VTL of a pipeline allows, and a function in JavaScript that nobody evaluated: the reason says so.
#[test]
fn an_allow_beside_javascript_says_what_was_not_evaluated() {
    let folder = folder("javascript", &[]);
    let function = |name: &str, request: Json, runtime: Json| json!({"name": name, "slot": "auth", "dataSource": {"type": "NONE"}, "request": request, "runtime": runtime});
    let manifest = json!({"pipelines": {"Query.a": {"kind": "PIPELINE", "functions": [
        function("auth", json!({"file": "auth.vtl"}), Json::Null), function("later", Json::Null, json!("APPSYNC_JS"))]}}});
    write(&folder.join("manifest.json"), &manifest.to_string());
    write(&folder.join("resolvers/auth.vtl"), AUTH);
    let personas = r#"{"personas": [{"name": "in", "claims": {"sub": "1", "cognito:groups": ["Admins"]}}, {"name": "out", "claims": {"sub": "2", "cognito:groups": []}}]}"#;
    write(&folder.join("personas.json"), personas);
    let output = command()
        .arg("matrix")
        .arg("--from")
        .arg(&folder)
        .arg("--personas")
        .arg(folder.join("personas.json"))
        .args(["--format", "json"])
        .output()
        .unwrap();
    let matrix: Json = serde_json::from_slice(&output.stdout).unwrap();
    let cell =
        |at: usize| (matrix["cells"][at]["verdict"].as_str().unwrap(), matrix["cells"][at]["reason"].as_str().unwrap());
    assert_eq!((cell(0).0, cell(0).1.contains("later runs on APPSYNC_JS")), ("unknown", true), "{matrix:#}");
    assert_eq!(matrix["cells"][0]["templates"]["verdict"], "allowed", "{matrix:#}");
    assert_eq!(matrix["cells"][0]["needs"], json!(["javascript"]));
    assert_eq!((cell(1).0, cell(1).1.contains("APPSYNC_JS")), ("denied", false), "{matrix:#}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `$ctx.result.${Table}` in a directive is a mark of the deployment: what it stands for is open, and never decides. So is a
/// member whose name only the deployment knows.
#[test]
fn a_mark_inside_a_reference_is_open() {
    for (condition, verdict) in [
        ("$util.isNull($ctx.args.${Key})", "allowed"),
        ("!$ctx.args.${Key}", "allowed"),
        ("$ctx.args.${Key} == \"1\"", "denied"),
        ("$ctx.args.${Key}.length() == 1", "denied"),
        ("$util.isNull($ctx.args.get(\"{{Key}}\"))", "allowed"),
    ] {
        let request = format!("#if({condition})$util.unauthorized()#end{{}}");
        let schema = ("schema.graphql", "type Query { getNote(id: ID): String }");
        let templates =
            [("resolvers/Query.getNote.request.vtl", request.as_str()), ("resolvers/Query.getNote.response.vtl", PASS)];
        let folder = folder("inside", &[&[schema][..], &templates].concat());
        let ask = |more: &[&str]| {
            let args = ["--args", r#"{"id": "1"}"#, "--format", "json", "--from"];
            let output =
                command().args(["resolver", "Query.getNote"]).args(args).arg(&folder).args(more).output().unwrap();
            let report: Json = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{condition}: {}", String::from_utf8_lossy(&output.stderr)));
            (report["verdict"].as_str().unwrap().to_owned(), report["hints"][0]["message"].to_string())
        };
        let (open, told) = ask(&[]);
        assert_eq!(open, "unknown", "{condition}");
        assert!(told.contains("mark Key") && told.contains("--parameters"), "{condition}: {told}");
        // By its own name, and by the one that the report printed.
        assert_eq!(ask(&["--parameters", r#"{"Key": "id"}"#]).0, verdict, "{condition}");
        assert_eq!(ask(&["--parameters", r#"{"mark Key": "id"}"#]).0, verdict, "{condition}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
