//! SAM's own resource of an API, `AWS::Serverless::GraphQLApi`, as what CloudFormation would have: it takes JavaScript alone,
//! so modes and fields are all that there is to read
//! (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html>).

use serde_json::{Map, Value as Json, json};

const SAM: &str = "AWS::Serverless::GraphQLApi";

/// Puts the resources that SAM makes of its own beside them.
pub fn expand(template: &mut Json) {
    let Some(resources) = template.get_mut("Resources").and_then(Json::as_object_mut) else { return };
    let mut made = Map::new();
    for (name, resource) in resources.iter() {
        if resource.get("Type").and_then(Json::as_str) == Some(SAM) {
            api(name, resource.get("Properties").unwrap_or(&Json::Null), &mut made);
        }
    }
    resources.extend(made);
}

fn api(name: &str, properties: &Json, made: &mut Map<String, Json>) {
    let mut put = |id: String, kind: &str, mut properties: Json| {
        properties["ApiId"] = json!({"Fn::GetAtt": [name, "ApiId"]});
        made.insert(id, json!({"Type": kind, "Properties": properties}));
    };
    let section = |name: &str| properties.get(name).and_then(Json::as_object).into_iter().flatten();
    let schema = match (properties.get("SchemaInline"), properties.get("SchemaUri")) {
        (Some(text), _) => json!({ "Definition": text }),
        (None, location) => json!({ "DefinitionS3Location": location }),
    };
    put(format!("{name}Schema"), "AWS::AppSync::GraphQLSchema", schema);
    for (kind, sources) in section("DataSources") {
        let kind = match kind.as_str() {
            "DynamoDb" => "AMAZON_DYNAMODB",
            "Lambda" => "AWS_LAMBDA",
            _ => continue,
        };
        for (id, source) in sources.as_object().into_iter().flatten() {
            let own = source.get("Name").cloned().unwrap_or_else(|| Json::from(id.as_str()));
            put(format!("{name}{id}"), super::DATA_SOURCE, json!({"Name": own, "Type": kind}));
        }
    }
    for (id, function) in section("Functions") {
        put(
            format!("{name}{id}"),
            super::FUNCTION,
            code(function, json!({"Name": id, "DataSourceName": source(function)})),
        );
    }
    for (parent, fields) in section("Resolvers") {
        for (id, resolver) in fields.as_object().into_iter().flatten() {
            let field = resolver.get("FieldName").and_then(Json::as_str).unwrap_or(id);
            let chain = resolver.get("Pipeline").and_then(Json::as_array).cloned().unwrap_or_default();
            let own = json!({
                "TypeName": parent, "FieldName": field, "Kind": "PIPELINE", "PipelineConfig": {"Functions": chain},
            });
            put(format!("{name}{parent}{id}"), super::RESOLVER, code(resolver, own));
        }
    }
    let mut own = modes(properties.get("Auth").unwrap_or(&Json::Null));
    own.insert("Name".to_owned(), properties.get("Name").cloned().unwrap_or_else(|| Json::from(name)));
    own.extend(properties.get("EnvironmentVariables").map(|all| ("EnvironmentVariables".to_owned(), all.clone())));
    made.insert(name.to_owned(), json!({"Type": "AWS::AppSync::GraphQLApi", "Properties": own}));
}

/// A data source of the same resource stands under its name there, one of CloudFormation as a reference.
fn source(function: &Json) -> Json {
    function.get("DataSource").cloned().unwrap_or_else(|| Json::from("NONE"))
}

fn code(from: &Json, mut to: Json) -> Json {
    to["Runtime"] = from.get("Runtime").cloned().unwrap_or_else(|| json!({"Name": "APPSYNC_JS"}));
    for (name, own) in [("InlineCode", "Code"), ("CodeUri", "CodeS3Location")] {
        if let Some(value) = from.get(name) {
            to[own] = value.clone();
        }
    }
    to
}

/// `Auth` with its `Additional` ones in CloudFormation's names.
fn modes(auth: &Json) -> Map<String, Json> {
    let one = |auth: &Json| {
        let mut own = Map::new();
        for (name, wanted) in [
            ("Type", "AuthenticationType"),
            ("UserPool", "UserPoolConfig"),
            ("OpenIDConnect", "OpenIDConnectConfig"),
            ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
        ] {
            own.extend(auth.get(name).map(|value| (wanted.to_owned(), value.clone())));
        }
        own
    };
    let mut own = one(auth);
    let more = auth.get("Additional").and_then(Json::as_array).into_iter().flatten();
    let more: Vec<Json> = more.map(|auth| one(auth).into()).collect();
    own.insert("AdditionalAuthenticationProviders".to_owned(), more.into());
    own
}
