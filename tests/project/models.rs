//! The schema with `@model` and `@auth`, wherever the tools of Amplify leave it.

use crate::support::files::{folder, read};
use std::path::Path;
use vtl_eval::project::{LoadOptions, Project, load};

const MODEL: &str = "type Note @model @auth(rules: [{allow: owner}]) {\n  id: ID!\n}\n";
const API: &str = "type Note {\n  id: ID!\n}\ntype Query {\n  getNote(id: ID!): Note @aws_cognito_user_pools\n}\n";
const TEMPLATE: &str = "$util.toJson({})";

fn project(folder: &Path) -> Project {
    load(folder, &LoadOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn both(project: &Project) -> (Option<&str>, Option<&str>) {
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned().leak() as &str;
    let file = |schema: &Option<vtl_eval::project::SchemaText>| schema.as_ref().map(|schema| name(&schema.file));
    (file(&project.schema), file(&project.model))
}

#[test]
fn beside_a_manifest() {
    let manifest =
        r#"{"authModes": ["userPools", "apiKey"], "pipelines": {"Query.getNote": {"kind": "UNIT", "functions": []}}}"#;
    let folder = folder("manifest", &[("manifest.json", manifest), ("input.graphql", MODEL), ("schema.graphql", API)]);
    let project = project(&folder);
    assert_eq!(both(&project), (Some("schema.graphql"), Some("input.graphql")));
    let modes: Vec<_> = project.api.modes().map(|mode| mode.auth_type.as_str()).collect();
    assert_eq!(modes, ["User Pool Authorization", "API Key Authorization"]);
}

#[test]
fn of_gen_1_in_one_file_or_in_a_folder() {
    let built = "amplify/backend/api/notes/build/resolvers/Query.getNote.auth.1.req.vtl";
    let of_api = "amplify/backend/api/notes/build/schema.graphql";
    let one =
        [(built, TEMPLATE), (of_api, API), (".git/HEAD", ""), ("amplify/backend/api/notes/schema.graphql", MODEL)];
    let place = folder("gen1", &one);
    for inside in ["build", "build/resolvers"] {
        let found = project(&place.join("amplify/backend/api/notes").join(inside));
        assert_eq!(both(&found), (Some("schema.graphql"), Some("schema.graphql")), "{inside}");
        assert_eq!(found.schema.unwrap().text, API);
        assert_eq!(found.model.unwrap().text, MODEL);
    }
    let own = "amplify/backend/api/notes/schema";
    let (a, b) = (format!("{own}/a.graphql"), format!("{own}/more/b.graphql"));
    let many =
        [(built, TEMPLATE), (".git/HEAD", ""), (a.as_str(), MODEL), (b.as_str(), "type Tag @model {\n  id: ID!\n}\n")];
    let place = folder("gen1-folder", &many);
    let model = project(&place.join("amplify/backend/api/notes/build")).model.unwrap();
    let (file, line) = model.place(4);
    assert_eq!((file.file_name().unwrap().to_str(), line), (Some("b.graphql"), 1));
}

#[test]
fn of_gen_2_among_the_assets_that_the_build_lists() {
    let stack = r#"{"Resources": {
        "Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"Name": "notes", "AuthenticationType": "API_KEY"}},
        "Schema": {"Type": "AWS::AppSync::GraphQLSchema", "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
            "DefinitionS3Location": "s3://assets/a1.graphql"}},
        "Get": {"Type": "AWS::AppSync::Resolver", "Properties": {"ApiId": {"Fn::GetAtt": ["Api", "ApiId"]},
            "TypeName": "Query", "FieldName": "getNote", "RequestMappingTemplate": "{}"}}}}"#;
    let list = r#"{"files": {"a1": {"source": {"path": "asset.a1.graphql"}}, "b2": {"source": {"path": "asset.b2"}}}}"#;
    // What an earlier build left is not listed any more.
    let stale = "type Old @model {\n  id: ID!\n}\n";
    let files = [
        ("app.template.json", stack),
        ("app.assets.json", list),
        ("asset.a1.graphql", API),
        ("asset.b2/model-schema.graphql", MODEL),
        ("asset.00/model-schema.graphql", stale),
    ];
    let project = project(&folder("gen2", &files));
    assert_eq!(both(&project), (Some("asset.a1.graphql"), Some("model-schema.graphql")));
    assert_eq!(project.model.unwrap().text, MODEL);
}

#[test]
fn an_api_s_own_schema_is_no_model() {
    let sample = read("tests/projects/saved/types.json");
    assert!(!sample.contains("@model"));
    let found = project(&crate::support::files::root("tests/projects/saved"));
    assert_eq!(both(&found).1, None);
}
