//! Resolvers from every kind of source: each gives the same decision for the same rule.

use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use vtl_eval::appsync::Given;
use vtl_eval::resolver::{Answers, LoadOptions, Resolvers, load, run};
use vtl_eval::trace::Verdict;
use vtl_eval::value::from_json_str;

const AUTH: &str = "#set($isAuthorized = false)\n#if($ctx.identity.claims.get(\"cognito:groups\").contains(\"Admins\"))#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n{\"version\": \"2018-05-29\", \"payload\": {}}";
const PASS: &str = "$util.toJson($ctx.result)";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vtl-eval-sources-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn verdict(resolvers: &Resolvers, field: &str, group: &str) -> (Verdict, Option<String>) {
    let members = format!(
        r#"{{"identity":{{"claims":{{"cognito:groups":["{group}"]}}}},"info":{{"fieldName":"f","parentTypeName":"Query"}}}}"#
    );
    let given = Given::new(from_json_str(&members).unwrap().as_map().unwrap().clone());
    let answers = Answers { result: Some(from_json_str("{}").unwrap()), ..Answers::default() };
    let done = run(resolvers.get(field).unwrap(), &given, &answers, "isAuthorized", false).unwrap();
    let deciding = done.deciding.map(|at| done.steps[at].program.source.name.to_string());
    (done.verdict, deciding)
}

fn decides(resolvers: &Resolvers, field: &str) {
    assert_eq!(verdict(resolvers, field, "Admins").0, Verdict::Allowed, "{field}");
    assert_eq!(verdict(resolvers, field, "admins").0, Verdict::Denied, "{field}");
}

#[test]
fn an_amplify_build_in_the_order_of_its_slots() {
    let folder = folder("amplify");
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
    assert!(resolvers.findings.iter().any(|finding| finding.code == "unused-template"));
    // The project's own file replaces that half, and says so.
    let own = folder.join("own");
    write(&own.join("Query.listNotes.auth.1.req.vtl"), "$util.unauthorized()");
    let options = LoadOptions { overrides: Some(own), ..LoadOptions::default() };
    let resolvers = load(&folder, &options).unwrap();
    assert_eq!(verdict(&resolvers, "Query.listNotes", "Admins").0, Verdict::Denied);
    assert!(resolvers.findings.iter().any(|finding| finding.code.starts_with("override")));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn cloudformation_with_nested_stacks_and_intrinsics() {
    let folder = folder("cloudformation");
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
        resolvers.findings.iter().filter(|finding| finding.code == "javascript-resolver").collect();
    assert_eq!(javascript.len(), 1, "named, never skipped in silence");
    assert_eq!(verdict(&resolvers, "Query.time", "x").0, Verdict::Completed);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn saved_answers_of_the_cli() {
    let folder = folder("saved");
    let resolvers: Json = json!({"resolvers": [
        {"typeName": "Query", "fieldName": "listNotes", "kind": "PIPELINE", "requestMappingTemplate": "{}", "responseMappingTemplate": PASS,
         "pipelineConfig": {"functions": ["f1", "lost"]}},
        {"typeName": "Query", "fieldName": "getNote", "kind": "UNIT", "dataSourceName": "NONE_DS", "requestMappingTemplate": AUTH, "responseMappingTemplate": PASS}
    ]});
    let functions = json!({"functions": [{"functionId": "f1", "name": "auth", "dataSourceName": "NONE_DS", "requestMappingTemplate": AUTH, "responseMappingTemplate": PASS}]});
    write(&folder.join("Query.json"), &resolvers.to_string());
    write(&folder.join("functions.json"), &functions.to_string());
    let resolvers = load(&folder, &LoadOptions::default()).unwrap();
    decides(&resolvers, "Query.listNotes");
    decides(&resolvers, "Query.getNote");
    assert!(
        resolvers.findings.iter().any(|finding| finding.code == "missing-function" && finding.message.contains("lost"))
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_holds_no_resolvers_is_an_error_that_helps() {
    let folder = folder("empty");
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(error.message.contains("Amplify build folder") && error.message.contains("list-resolvers"), "{error}");
    assert!(load(&folder.join("nothing"), &LoadOptions::default()).unwrap_err().message.contains("no such"));
    write(&folder.join("broken.yaml"), "a: [\n");
    assert!(load(&folder.join("broken.yaml"), &LoadOptions::default()).is_err());
    write(
        &folder.join("manifest.json"),
        r#"{"pipelines": {"Query.a": {"kind": "PIPELINE", "before": {"file": "gone.vtl"}}}}"#,
    );
    let error = load(&folder, &LoadOptions::default()).unwrap_err();
    assert!(error.path.ends_with("gone.vtl"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}
