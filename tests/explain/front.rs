//! Rules of the layers before the resolver, one row each, with the source of the rule.

use serde_json::{Value as Json, json};
use vtl_eval::request::ApiConfig;
use vtl_eval::suite::{Refusal, diagnose};

fn first(context: &Json) -> (String, String) {
    let refusal = Refusal::read(&json!({"context": context})).unwrap();
    let found = diagnose(&refusal, None).unwrap();
    let hint = found.hints.first().map(|hint| (hint.code.to_string(), hint.message.to_string()));
    hint.unwrap_or_default()
}

#[test]
fn causes_before_the_resolver_are_told_with_their_values() {
    let observed =
        |status: u64, kind: &str, message: &str| json!({"httpStatus": status, "errorType": kind, "message": message});
    let expired =
        "Signature expired: 20260102T030405Z is now earlier than 20260102T030906Z (20260102T031406Z - 5 min.)";
    let rows = [
        // aws-mobile-appsync-sdk-js#619: 400 BadRequestException with both times.
        (
            json!({"request": {"headers": {"x-amz-date": "20260102T030405Z"}}, "observed": observed(400, "BadRequestException", expired)}),
            "clock-skew",
            "10 min 1 s behind",
        ),
        // amplify-category-api#2928: iatTTL is milliseconds.
        (
            json!({"request": {"headers": {"authorization": token(&json!({"iss": "https://i.example", "iat": 1_000_000, "exp": 1_003_600}))}, "now": 1_000_600}, "apiConfig": {"authenticationType": "OPENID_CONNECT", "openIDConnectConfig": {"issuer": "https://i.example", "iatTTL": 3600}}}),
            "token-outlived",
            "3600000",
        ),
        // A value that is not there, turned into text.
        (
            json!({"request": {"headers": {"authorization": "Bearer [object Promise]"}}}),
            "credential-placeholder",
            "await the token",
        ),
        // AppSync reads Authorization and x-api-key only (devguide: security-authz).
        (
            json!({"request": {"headers": {"x-token": token(&json!({"iss": "https://i.example"}))}}}),
            "credential-in-other-header",
            "x-token",
        ),
        // serverless-appsync-plugin#717: 8 KB, 403 with a page.
        (
            json!({"request": {"headers": {"x-api-key": "da2-abcdefghijklmnop"}}, "body": "x".repeat(9000), "answer": {"html": true}, "observed": observed(403, "", "")}),
            "waf",
            "9,000 bytes",
        ),
        // devguide: using-private-apis.
        (
            json!({"request": {"headers": {"x-api-key": "da2-abcdefghijklmnop", "host": "a.appsync-api.eu-west-1.amazonaws.com"}}, "apiConfig": {"graphqlApi": {"authenticationType": "API_KEY", "visibility": "PRIVATE"}}, "observed": observed(403, "ForbiddenException", "Forbidden")}),
            "private-api",
            "com.amazonaws.eu-west-1.appsync-api",
        ),
        // general reference: HTTP 429.
        (
            json!({"request": {"headers": {"x-api-key": "da2-abcdefghijklmnop"}}, "observed": observed(429, "TooManyRequestsException", "")}),
            "throttled",
            "not a refusal",
        ),
        // devguide: config-query-depth-limits.
        (
            json!({"body": "{\"query\": \"{ a { b { c } } }\"}", "apiConfig": {"default": "API_KEY", "queryDepthLimit": 2}, "observed": observed(200, "QueryDepthLimitReached", "")}),
            "query-depth",
            "a/b/c has 3 levels",
        ),
        // aws-cdk#19239: AppSync may not invoke the function.
        (
            json!({"request": {"headers": {"authorization": "opaque-1"}}, "apiConfig": {"default": "AWS_LAMBDA"}, "authorizerPolicy": {"Policy": "{\"Statement\": []}"}}),
            "authorizer-not-invocable",
            "appsync.amazonaws.com",
        ),
        // devguide: no function is called for more than 2,048 characters.
        (
            json!({"request": {"headers": {"authorization": "o".repeat(2049)}}, "apiConfig": {"default": "AWS_LAMBDA"}}),
            "authorizer-token-too-long",
            "2,049",
        ),
        // eventapi guide: a namespace's modes replace the API's.
        (
            json!({"request": {"headers": {"x-api-key": "da2-abcdefghijklmnop"}}, "url": "https://a.example/event", "body": "{\"channel\": \"/news/1\"}", "apiConfig": {"api": {"eventConfig": {"authProviders": [{"authType": "API_KEY"}], "defaultPublishAuthModes": [{"authType": "API_KEY"}]}}, "channelNamespaces": [{"name": "news", "publishAuthModes": [{"authType": "AWS_IAM"}]}]}}),
            "event-channel-mode",
            "publishAuthModes",
        ),
    ];
    for (context, code, words) in rows {
        let (found, message) = first(&context);
        assert!(found == code && message.contains(words), "{code}: {found}: {message}");
    }
}

#[test]
fn an_api_is_read_from_what_people_have() {
    let pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc";
    let rows = [
        // The forms of get-graphql-api, amplify_outputs.json, aws-exports.js, cli-inputs.json, CloudFormation and our own.
        (
            json!({"graphqlApi": {"authenticationType": "AMAZON_COGNITO_USER_POOLS", "userPoolConfig": {"userPoolId": "eu-west-1_Abc"}, "additionalAuthenticationProviders": [{"authenticationType": "AWS_IAM"}]}}),
            2,
            Some(pool),
        ),
        (
            json!({"version": "1", "auth": {"user_pool_id": "eu-west-1_Abc"}, "data": {"default_authorization_type": "AMAZON_COGNITO_USER_POOLS", "authorization_types": ["AMAZON_COGNITO_USER_POOLS", "API_KEY"]}}),
            2,
            Some(pool),
        ),
        (json!({"aws_appsync_authenticationType": "API_KEY", "aws_appsync_apiKey": "da2-a"}), 1, None),
        (
            json!({"serviceConfiguration": {"defaultAuthType": {"mode": "API_KEY"}, "additionalAuthTypes": [{"mode": "AWS_IAM"}]}}),
            2,
            None,
        ),
        (
            json!({"Resources": {"Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"AuthenticationType": "AMAZON_COGNITO_USER_POOLS", "UserPoolConfig": {"UserPoolId": "eu-west-1_Abc", "AwsRegion": "eu-west-1"}}}}}),
            1,
            Some(pool),
        ),
        (json!({"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["API_KEY"], "issuer": pool}), 2, Some(pool)),
        // Terraform's configuration, the Serverless plugin of either version, SAM, Pulumi, the CDK, and lists of answers.
        (
            json!({"resource": [{"aws_appsync_graphql_api": {"a": [{"authentication_type": "AMAZON_COGNITO_USER_POOLS", "user_pool_config": [{"user_pool_id": "eu-west-1_Abc"}], "additional_authentication_provider": {"authentication_type": "AWS_IAM"}}]}}]}),
            2,
            Some(pool),
        ),
        (
            json!({"authentication": {"type": "AMAZON_COGNITO_USER_POOLS", "config": {"userPoolId": "eu-west-1_Abc"}}, "additionalAuthentications": [{"type": "API_KEY"}], "apiKeys": ["one"]}),
            2,
            Some(pool),
        ),
        (
            json!({"custom": {"appSync": [{"name": "a", "authenticationType": "AMAZON_COGNITO_USER_POOLS", "userPoolConfig": {"userPoolId": "eu-west-1_Abc"}}]}}),
            1,
            Some(pool),
        ),
        (
            json!({"Type": "AWS::Serverless::GraphQLApi", "Properties": {"Auth": {"Type": "AMAZON_COGNITO_USER_POOLS", "UserPool": {"UserPoolId": "eu-west-1_Abc"}, "Additional": [{"Type": "AWS_IAM"}]}}}),
            2,
            Some(pool),
        ),
        (
            json!({"deployment": {"resources": [{"urn": "urn:pulumi:p::a::aws:appsync/graphQLApi:GraphQLApi::a", "type": "aws:appsync/graphQLApi:GraphQLApi", "outputs": {"authenticationType": "AMAZON_COGNITO_USER_POOLS", "userPoolConfig": {"userPoolId": "eu-west-1_Abc"}}}]}}),
            1,
            Some(pool),
        ),
        (
            json!({"tree": {"children": {"A": {"attributes": {"aws:cdk:cloudformation:type": "AWS::AppSync::GraphQLApi", "aws:cdk:cloudformation:props": {"authenticationType": "AMAZON_COGNITO_USER_POOLS", "userPoolConfig": {"userPoolId": "eu-west-1_Abc"}}}}}}}),
            1,
            Some(pool),
        ),
        (json!([{"graphqlApi": {"authenticationType": "API_KEY"}}]), 1, None),
        (
            json!({"graphqlApis": [{"authenticationType": "API_KEY", "additionalAuthenticationProviders": [{"authenticationType": "AWS_IAM"}]}]}),
            2,
            None,
        ),
    ];
    for (json, modes, issuer) in rows {
        let api = ApiConfig::read(&json);
        assert_eq!((api.modes().len(), api.issuers.first().map(String::as_str)), (modes, issuer), "{json}");
        assert_eq!(ApiConfig::check(&json), Ok(()), "{json}");
    }
    let error = ApiConfig::check(&json!({"default": "API_KEY", "additonal": []})).unwrap_err().to_string();
    assert!(error.contains("did you mean \"additional\"?"), "{error}");
    // AWS's own answers may have members that are new.
    assert_eq!(ApiConfig::check(&json!({"graphqlApi": {"authenticationType": "API_KEY", "newMember": 1}})), Ok(()));
}

#[test]
fn modes_that_only_a_deployment_knows_are_not_none() {
    let condition = json!({"Fn::If": ["Jobs", [{"AuthenticationType": "AWS_IAM"}], {"Ref": "AWS::NoValue"}]});
    let template = |kind: Json, more: Json| json!({"Resources": {"Api": {"Type": "AWS::AppSync::GraphQLApi", "Properties": {"AuthenticationType": kind, "AdditionalAuthenticationProviders": more}}}});
    let open = [
        template(json!({"Ref": "Mode"}), json!([])),
        template(json!("API_KEY"), condition.clone()),
        template(json!("API_KEY"), json!([condition])),
        json!({"resource": {"aws_appsync_graphql_api": {"a": {"authentication_type": "${var.mode}"}}}}),
        json!({"graphqlApis": [{"name": "a", "authenticationType": "API_KEY"}, {"name": "b", "authenticationType": "AWS_IAM"}]}),
        json!({"appSync": {"name": "a", "authentication": {"type": "${self:custom.mode}"}}}),
        json!({"outputs": {"auth": 1}}),
    ];
    for json in open {
        let api = ApiConfig::read(&json);
        assert!(api.is_unread() && !api.is_known() && api.unread().is_some(), "{json}");
    }
    let known = template(json!("API_KEY"), json!([{"Ref": "AWS::NoValue"}]));
    assert!(ApiConfig::read(&known).is_known() && !ApiConfig::read(&known).is_unread());
    assert!(!ApiConfig::default().is_unread());
    // Keys of the plugin have names; their values stand nowhere.
    let keys = ApiConfig::read(&json!({"appSync": {"authentication": {"type": "API_KEY"}, "apiKeys": ["one"]}})).keys;
    assert_eq!(keys, Some(vec![json!({"name": "one"})]));
}

/// An unsigned token with these claims, and a header that says RS256.
fn token(claims: &Json) -> String {
    crate::support::callers::token(claims, "c2ln")
}
