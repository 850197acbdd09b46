//! What kind of thing a text is, by what only that kind has.

use super::data;
use super::members::{first, has, member, names, object};
use crate::value::{Map, Value};

/// A kind of thing that people paste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PastedKind {
    /// Nothing but blanks.
    Empty,
    /// A compact token, alone.
    Token,
    /// A token of five parts (JWE).
    EncryptedToken,
    /// `da2-…`
    ApiKey,
    /// `AKIA…`, `ASIA…`
    AccessKey,
    /// Keys of AWS, with their secrets.
    Credentials,
    /// A header or address that is signed (SigV4).
    Signature,
    /// The name of an IAM user or role.
    Arn,
    /// `undefined`, `null`: what a script writes of a value that is not there.
    Undefined,
    /// `[object Object]`
    ObjectText,
    /// `Promise { <pending> }`
    Pending,
    /// `Instance of 'CognitoAuthSession'`
    Instance,
    /// A token's claims.
    Claims,
    /// AppSync's identity.
    Identity,
    /// A whole context.
    Context,
    /// An answer or a session that holds tokens or credentials.
    Session,
    /// A browser's record.
    Har,
    /// `curl …`
    Curl,
    /// `fetch(…)`
    Fetch,
    /// `Invoke-WebRequest …`
    PowerShell,
    /// The body of a response with `errors`.
    Refused,
    /// The body of a response without them.
    Answer,
    /// A response with its headers, as `curl -i` and `curl -v` print it.
    Printed,
    /// The answer of `evaluate-mapping-template`.
    Evaluated,
    /// The text of an error.
    ErrorText,
    /// AppSync's log.
    Log,
    /// VTL.
    Template,
    /// A resolver in JavaScript.
    JavaScript,
    /// The schema of an Amplify Gen 2 project.
    Gen2Schema,
    /// A CDK app's code.
    CdkCode,
    /// SDL.
    Schema,
    /// `query { … }`
    Operation,
    /// `{"query": …, "variables": …}`
    RequestBody,
    /// `get-resolver`, `get-function`.
    SavedResolver,
    /// `list-resolvers`, `list-functions`.
    SavedList,
    /// A CloudFormation template.
    CloudFormation,
    /// The same in YAML.
    SavedYaml,
    /// Terraform.
    Terraform,
    /// A Serverless file.
    Serverless,
    /// A pipeline manifest.
    Manifest,
    /// The API's configuration.
    Api,
    /// The keys of an issuer.
    Jwks,
    /// An IAM policy.
    Policy,
    /// A refusal report.
    Report,
    /// A personas file.
    Personas,
    /// HTML.
    Html,
    /// An assertion of SAML.
    Saml,
    /// Other XML.
    Xml,
    /// Bytes that are no text: a picture, an archive.
    Binary,
    /// PEM.
    Pem,
    /// PDF.
    Pdf,
    /// YAML.
    Yaml,
    /// An address.
    Url,
    /// A collection of requests, as Postman and Insomnia export it.
    Collection,
    /// Events of CloudTrail.
    CloudTrail,
    /// Another JSON object or list.
    Json,
    /// Any other text.
    Text,
}

/// What kind of thing a text is.
pub fn kind(text: &str) -> PastedKind {
    let text = super::tokens::unfenced(text);
    if text.is_empty() {
        return PastedKind::Empty;
    }
    if let Some(kind) = by_beginning(text) {
        return kind;
    }
    let values = may_be_data(text).then(|| data::read(text)).flatten().and_then(Result::ok);
    by_values(text, values.as_deref())
}

/// As [`kind`], of a text that was read as data already: its values, where it has some.
pub(super) fn kind_of_read(text: &str, values: Option<&[Value]>) -> PastedKind {
    let text = super::tokens::unfenced(text);
    if text.is_empty() {
        return PastedKind::Empty;
    }
    by_beginning(text).unwrap_or_else(|| by_values(text, values.filter(|_| may_be_data(text))))
}

/// Whether a text may be told by its values. Firefox writes the class before an object.
fn may_be_data(text: &str) -> bool {
    text.starts_with(['{', '[', '"']) || text.starts_with("Object {")
}

fn by_values(text: &str, values: Option<&[Value]>) -> PastedKind {
    if text.starts_with('"') {
        return match values {
            Some([Value::String(inner)]) => kind(inner.as_str()),
            _ => by_words(text),
        };
    }
    if let Some(values) = values {
        return match values {
            [Value::Map(map)] => kind_of(map),
            [Value::List(list)] if list.snapshot().iter().any(is_refused) => PastedKind::Refused,
            [_] => PastedKind::Json,
            _ if is_log(text) => PastedKind::Log,
            _ => PastedKind::Json,
        };
    }
    by_words(text)
}

fn by_beginning(text: &str) -> Option<PastedKind> {
    let lower: String = text.chars().take(64).flat_map(char::to_lowercase).collect();
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let one_word = !text.contains(char::is_whitespace);
    // Behind `Bearer` stands the same.
    let word = lower.strip_prefix("bearer").map_or(lower.as_str(), str::trim_start);
    Some(match () {
        () if matches!(word, "undefined" | "null" | "none" | "nil" | "nan" | "[object undefined]") => PastedKind::Undefined,
        () if begins(&["[object "]) => PastedKind::ObjectText,
        () if begins(&["promise {", "promise{", "<pending>"]) => PastedKind::Pending,
        () if begins(&["instance of '"]) => PastedKind::Instance,
        () if one_word && is_arn(text) => PastedKind::Arn,
        () if begins(&["http/1", "http/2", "http/3", "< http/", "> post /", "> get /", "* trying ", "* host "]) => PastedKind::Printed,
        () if begins(&["%pdf-"]) => PastedKind::Pdf,
        () if begins(&["-----begin "]) => PastedKind::Pem,
        () if begins(&["<!doctype html", "<html", "<head", "<body"]) => PastedKind::Html,
        () if text.starts_with('<') && text.contains("urn:oasis:names:tc:SAML:") => PastedKind::Saml,
        () if begins(&["<?xml", "<"]) => PastedKind::Xml,
        () if begins(&["curl ", "curl.exe ", "$ curl "]) => PastedKind::Curl,
        () if begins(&["fetch(", "await fetch("]) => PastedKind::Fetch,
        () if begins(&["invoke-webrequest", "invoke-restmethod", "$session = new-object"]) => PastedKind::PowerShell,
        () if one_word && begins(&["da2-"]) => PastedKind::ApiKey,
        () if one_word && text.len() == 20 && (text.starts_with("AKIA") || text.starts_with("ASIA")) => PastedKind::AccessKey,
        () if one_word && text.starts_with("eyJ") && parts(text) == Some(5) => PastedKind::EncryptedToken,
        () if one_word && text.starts_with("eyJ") => PastedKind::Token,
        () if one_word && text.len() > 60 && parts(text) == Some(5) => PastedKind::EncryptedToken,
        () if one_word && text.len() > 60 && parts(text) == Some(3) => PastedKind::Token,
        () if one_word && begins(&["http://", "https://", "wss://"]) && !text.contains("eyJ") => PastedKind::Url,
        () if text.chars().take(8).any(|letter| letter == '\u{FFFD}' || letter == '\0') => PastedKind::Binary,
        () => return None,
    })
}

/// How many parts a word has, if it is written as a token is.
fn parts(word: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '=');
    let parts = word.split('.').count();
    (word.chars().all(is_letter) && word.split('.').all(|part| !part.is_empty())).then_some(parts)
}

fn by_words(text: &str) -> PastedKind {
    let lines = || text.lines().map(str::trim_start);
    let line = |words: &[&str]| lines().any(|line| words.iter().any(|word| line.starts_with(word)));
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_log(text) {
        return PastedKind::Log;
    }
    if let Some(kind) = by_lines(&line, &holds) {
        return kind;
    }
    if holds(&["aws_appsync_", "aws_project_region", "awsAPIPlugin"]) && holds(&["{"]) {
        return PastedKind::Api;
    }
    let script = line(&["import ", "export function", "export const", "export default", "exports.", "module.exports"])
        || line(&["const ", "let ", "var "]) && holds(&["require(", "=>", "function"]);
    if script && holds(&["(", "{"]) {
        return PastedKind::JavaScript;
    }
    if holds(&["#set(", "#set (", "#if(", "#if (", "#foreach", "#return", "$util.", "$utils.", "$ctx.", "$context."]) {
        return PastedKind::Template;
    }
    let named = ["type ", "input ", "enum ", "interface ", "union ", "scalar ", "extend ", "directive @", "schema {"];
    if line(&named) && (holds(&["{", "scalar ", "union "])) {
        return PastedKind::Schema;
    }
    if line(&["query ", "query{", "mutation ", "mutation{", "subscription "]) && holds(&["{"]) {
        return PastedKind::Operation;
    }
    if line(&["const ", "let ", "var "]) && holds(&["fetch("]) && holds(&["https://"]) {
        return PastedKind::Fetch;
    }
    if text.starts_with(['{', '[']) {
        // An error among the members of a printed object is written as no value is.
        let name = text.trim_start_matches(|letter: char| "{[".contains(letter) || letter.is_whitespace());
        let behind = name.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '_');
        let is_error = behind.len() < name.len() && behind.starts_with(':') && has_error_word(text);
        return if is_error { PastedKind::ErrorText } else { PastedKind::Json };
    }
    if is_error_text(text) {
        return PastedKind::ErrorText;
    }
    if text.contains("eyJ") && !super::tokens::find(text).is_empty() {
        return PastedKind::Text;
    }
    yaml(text).unwrap_or(PastedKind::Text)
}

/// Files of other tools, which may hold templates: they are told by their own lines first.
fn by_lines(line: &dyn Fn(&[&str]) -> bool, holds: &dyn Fn(&[&str]) -> bool) -> Option<PastedKind> {
    Some(match () {
        () if holds(&["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "aws_session_token"]) => {
            PastedKind::Credentials
        }
        () if holds(&["AWS4-HMAC-SHA256", "X-Amz-Signature="]) && !holds(&["#set", "$util.", "$ctx."]) => PastedKind::Signature,
        () if holds(&["\"aws_appsync_"]) && line(&["resource ", "data ", "module "]) => PastedKind::Terraform,
        () if line(&["Resources:", "AWSTemplateFormatVersion:"]) && holds(&["AWS::"]) => PastedKind::CloudFormation,
        () if line(&["service:"]) && line(&["provider:", "plugins:"]) => PastedKind::Serverless,
        () if line(&["resolver:", "functionConfiguration:"]) && holds(&["MappingTemplate:", "typeName:", "functionId:"]) => {
            PastedKind::SavedYaml
        }
        () if holds(&["a.schema(", "ClientSchema<", "defineData("]) && !holds(&["#set", "$util.", "$ctx."]) => PastedKind::Gen2Schema,
        () if holds(&["CfnResolver(", "CfnFunctionConfiguration(", "MappingTemplate.from", ".createResolver(", "appsync.Resolver("]) => {
            PastedKind::CdkCode
        }
        () => return None,
    })
}

/// `arn:aws:iam::ACCOUNT:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
pub(super) fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    matches!(parts.as_slice(), ["arn", partition, "iam" | "sts", "", _, rest] if partition.starts_with("aws") && rest.contains('/'))
}

/// Whether a value is an error, or the body of a refused response.
fn is_refused(value: &Value) -> bool {
    value.as_map().is_some_and(|map| by_request(map) == Some(PastedKind::Refused))
}

/// Lines of `name: value` and `- item` alone.
fn yaml(text: &str) -> Option<PastedKind> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#')).collect();
    let is_row = |line: &&str| {
        let line = line.trim();
        line == "---" || line.starts_with("- ") || line.ends_with(':') || line.contains(": ")
    };
    let rows = lines.iter().filter(|line| is_row(line)).count();
    if lines.is_empty() || rows < lines.len() {
        return None;
    }
    let top = |name: &str| lines.iter().any(|line| line.starts_with(name));
    Some(match () {
        () if top("Resources:") || top("AWSTemplateFormatVersion:") => PastedKind::CloudFormation,
        () if top("personas:") => PastedKind::Personas,
        () => PastedKind::Yaml,
    })
}

/// AppSync writes these into CloudWatch
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html>).
fn is_log(text: &str) -> bool {
    let marks = ["\"logType\"", "\"logType\\\"", "Begin Request", "Begin Execution", "Begin Tracing", "GraphQL Query:", "End Field Execution"];
    marks.iter().any(|mark| text.contains(mark)) && !text.contains("\"startedDateTime\"")
}

/// A short text with a word that refusals and their kin have.
fn is_error_text(text: &str) -> bool {
    text.len() < 2_000 && has_error_word(text)
}

fn has_error_word(text: &str) -> bool {
    let words = [
        "not authorized", "unauthorized", "not authorised", "permission denied", "forbidden", "access denied", "accessdenied",
        "exception", "authorization header", "has expired", "expired token", "parse jwt", "security token", "signature",
        "no current user", "not authenticated", "error:", "graphql error", "federated jwt", "protocolerror", "no credentials",
        "unable to locate credentials", "an error occurred", "could not connect", "status code 4", "status: 4", "instance of 'graphql",
    ];
    let lower = text.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// What kind of thing an object is.
pub(super) fn kind_of(map: &Map) -> PastedKind {
    let is = |names: &[&str]| has(map, names);
    let list = |name: &str| member(map, name).and_then(|value| value.as_list().cloned());
    let items = |name: &str, inner: &[&str]| {
        list(name).is_some_and(|list| list.get(0).and_then(|one| one.as_map().map(|one| has(one, inner))) == Some(true))
    };
    if object(map, "log").is_some_and(|log| has(&log, &["entries"])) {
        return PastedKind::Har;
    }
    if is(&["logType"]) || items("events", &["message", "logStreamName"]) || is(&["results"]) && is(&["statistics"]) {
        return PastedKind::Log;
    }
    if items("Records", &["eventSource"]) || items("Events", &["CloudTrailEvent"]) {
        return PastedKind::CloudTrail;
    }
    if items("keys", &["kty"]) {
        return PastedKind::Jwks;
    }
    // A token may have claims of any name beside these.
    if is(&["sub"]) && is(&["iss", "exp", "aud", "token_use"]) && !is(&["claims"]) {
        return PastedKind::Claims;
    }
    by_project(map).or_else(|| by_request(map)).or_else(|| by_caller(map)).unwrap_or(PastedKind::Json)
}

fn by_project(map: &Map) -> Option<PastedKind> {
    let is = |names: &[&str]| has(map, names);
    let exports = || names(map).iter().any(|name| name.starts_with("aws_appsync_"));
    Some(match () {
        () if is(&["Resources", "AWSTemplateFormatVersion"]) => PastedKind::CloudFormation,
        () if is(&["pipelines"]) => PastedKind::Manifest,
        () if object(map, "info").is_some_and(|info| has(&info, &["schema", "_postman_id"])) && is(&["item"]) => PastedKind::Collection,
        () if is(&["__export_format"]) && is(&["resources"]) => PastedKind::Collection,
        () if is(&["eventSource"]) && is(&["eventVersion", "eventName"]) => PastedKind::CloudTrail,
        () if is(&["resolvers", "functions"]) => PastedKind::SavedList,
        () if is(&["resolver", "functionConfiguration"]) => PastedKind::SavedResolver,
        () if is(&["requestMappingTemplate", "responseMappingTemplate"]) => PastedKind::SavedResolver,
        () if is(&["graphqlApi", "serviceConfiguration", "aws_user_pools_id", "additionalAuthenticationProviders"]) => {
            PastedKind::Api
        }
        () if is(&["auth"]) && is(&["data", "version"]) || exports() => PastedKind::Api,
        () if is(&["default", "authenticationType"]) && !is(&["sub", "iss", "claims"]) => PastedKind::Api,
        () if is(&["Statement"]) => PastedKind::Policy,
        () if is(&["personas"]) => PastedKind::Personas,
        () if is(&["operation", "payload"]) && is(&["version"]) => PastedKind::Template,
        () if is(&["evaluationResult"]) || object(map, "error").is_some() && is(&["logs"]) => PastedKind::Evaluated,
        () => return None,
    })
}

fn by_request(map: &Map) -> Option<PastedKind> {
    let is = |names: &[&str]| has(map, names);
    let listed = |map: &Map| member(map, "errors").is_some_and(|errors| errors.as_list().is_some_and(|list| !list.is_empty()));
    // A WebSocket's frame has them in its payload; a gateway's answer is a message alone.
    let errors = listed(map) || is(&["type"]) && object(map, "payload").is_some_and(|payload| listed(&payload));
    let message = map.len() <= 2 && first(map, &["message", "Message"]).is_some_and(|text| text.as_str().is_some_and(is_error_text));
    Some(match () {
        () if is(&["template", "templateFile", "templateName"]) && is(&["context"]) => PastedKind::Report,
        () if object(map, "context").is_some() => PastedKind::Report,
        () if errors || message || is(&["errorType", "__type"]) && is(&["message", "Message"]) => PastedKind::Refused,
        () if is(&["observed"]) => PastedKind::Report,
        () if is(&["query"]) && member(map, "query").is_some_and(|query| query.as_str().is_some()) => PastedKind::RequestBody,
        () if is(&["data"]) && map.len() <= 3 && !is(&["sub", "iss"]) => PastedKind::Answer,
        () => return None,
    })
}

fn by_caller(map: &Map) -> Option<PastedKind> {
    let is = |names: &[&str]| has(map, names);
    let members = ["arguments", "args", "source", "result", "request", "info", "stash", "prev", "error", "outErrors"];
    let event = is(&["requestContext", "authorizationToken"]);
    let context = map.get_str("identity").is_some_and(|identity| matches!(identity, Value::Map(_) | Value::Null));
    let cognito = names(map).iter().any(|name| name.starts_with("cognito:") || name.starts_with("custom:"));
    Some(match () {
        () if event || is(&["authorizer"]) && is(&["apiId", "stage", "requestId", "identity"]) => PastedKind::Session,
        () if context && (is(&members) || map.len() == 1) => PastedKind::Context,
        () if is(&["claims"]) && member(map, "token").is_some_and(|token| token.as_str().is_some()) => PastedKind::Session,
        () if is(&["claims", "userArn", "resolverContext", "cognitoIdentityId", "accountId"]) => PastedKind::Identity,
        () if is(&["AuthenticationResult", "ChallengeName", "AccessToken", "IdToken", "access_token", "id_token"]) => {
            PastedKind::Session
        }
        () if is(&["tokens", "accessToken", "idToken", "IdentityId", "AssumedRoleUser", "signInUserSession"]) => PastedKind::Session,
        () if object(map, "Credentials").is_some() || is(&["SecretAccessKey", "secretAccessKey", "SecretKey"]) => PastedKind::Credentials,
        () if is(&["Arn"]) && is(&["Account"]) => PastedKind::Session,
        () if is(&["sub", "iss", "token_use", "exp", "aud", "scope"]) || cognito => PastedKind::Claims,
        () if is(&members) && !is(&["message"]) => PastedKind::Context,
        () => return None,
    })
}
