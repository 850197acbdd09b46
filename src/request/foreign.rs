//! Refusals of other services in the same HAR: they are told apart from AppSync's.

use super::history::{Credential, FailedCall, Foreign, Issued, Past, Presigned, SentToken};
use super::scope;
use serde_json::Value as Json;

/// A service by its host, and its name: the hosts are those of AWS's endpoints
/// (<https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>).
pub fn service(host: &str) -> Option<&'static str> {
    let amazon = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    let part = |word: &str| host.split('.').any(|label| label == word);
    if host.contains(".auth.") && host.contains("amazoncognito.com") {
        return Some("Cognito's hosted sign-in");
    }
    // <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    if host.ends_with(".on.aws") && part("lambda-url") {
        return Some("a Lambda function URL");
    }
    if !amazon {
        return None;
    }
    if part("appsync-api") || part("appsync-realtime-api") {
        return None;
    }
    if super::address::is_management(host) {
        Some("AppSync's management API")
    } else if part("execute-api") {
        Some("API Gateway")
    } else if part("cognito-idp") {
        Some("Cognito's user pool")
    } else if part("cognito-identity") {
        Some("Cognito Identity")
    } else if part("sts") {
        Some("STS")
    } else if host.split('.').any(|label| label == "s3" || label.starts_with("s3-")) {
        Some("Amazon S3")
    } else {
        OTHERS.iter().find(|(label, _)| part(label)).map(|(_, name)| *name)
    }
}

/// Services that a browser calls with a role of its own, by the label of their endpoints.
const OTHERS: [(&str, &str); 22] = [
    ("pinpoint", "Pinpoint (analytics)"),
    ("mobileanalytics", "Mobile Analytics"),
    ("geo", "Amazon Location"),
    ("dynamodb", "DynamoDB"),
    ("lambda", "Lambda"),
    ("kinesis", "Kinesis"),
    ("firehose", "Firehose"),
    ("personalize-events", "Personalize"),
    ("rekognition", "Rekognition"),
    ("polly", "Polly"),
    ("translate", "Translate"),
    ("transcribe", "Transcribe"),
    ("transcribestreaming", "Transcribe"),
    ("comprehend", "Comprehend"),
    ("textract", "Textract"),
    ("bedrock-runtime", "Bedrock"),
    ("iotdevicegateway", "AWS IoT"),
    ("iot", "AWS IoT"),
    ("logs", "CloudWatch Logs"),
    ("rum", "CloudWatch RUM"),
    ("sqs", "SQS"),
    ("runtime-v2-lex", "Lex"),
];

/// A service by the headers that it puts on its answers: on a custom domain the host says nothing.
fn marked(entry: &Json) -> Option<&'static str> {
    let list = entry.pointer("/response/headers").and_then(Json::as_array)?;
    let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_lowercase();
    let has = |wanted: &str| list.iter().any(|one| text(one, "name") == wanted);
    let server = list.iter().find(|one| text(one, "name") == "server").map(|one| text(one, "value")).unwrap_or_default();
    if has("x-amz-apigw-id") || has("x-amz-apigw-request-id") {
        Some("API Gateway")
    } else if server == "amazons3" {
        Some("Amazon S3")
    } else if server == "cloudfront" || has("x-amz-cf-id") {
        Some("CloudFront")
    } else {
        None
    }
}

/// Another service's refusal, if the entry is one.
pub fn refusal(entry: &Json, body: &str) -> Option<Foreign> {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let url = text("/request/url");
    let host = url.split("//").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let status = entry.pointer("/response/status").and_then(Json::as_u64).unwrap_or(0);
    // The page's own server, which the cookies of sign-ins fill up: no other refusal of it has to do with a session.
    let of_site = || (status == 431 && !host.contains("appsync")).then_some(SITE);
    let service = service(host).or_else(|| marked(entry)).or_else(of_site)?;
    if !matches!(status, 400..=499) {
        return None;
    }
    let json: Json = serde_json::from_str(body).unwrap_or_default();
    let member =
        |names: [&str; 3]| names.iter().find_map(|name| json.get(*name).and_then(Json::as_str)).map(str::to_owned);
    let code = member(["__type", "code", "error"]).or_else(|| element(body, "Code")).or_else(|| error_type(entry)).unwrap_or_default();
    let message = member(["message", "Message", "error_description"]).or_else(|| element(body, "Message"));
    // <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html>: AuthFlow;
    // <https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html>: grant_type.
    let asked = text("/request/postData/text");
    let renews = ["REFRESH_TOKEN", "grant_type=refresh_token", "RefreshToken"].iter().any(|word| asked.contains(word))
        || ["GetTokensFromRefreshToken"].iter().any(|word| target(entry).is_some_and(|target| target.ends_with(word)))
        || message.as_deref().is_some_and(|message| message.to_lowercase().contains("refresh token"));
    let path =
        url.split('?').next().unwrap_or(url).split("//").nth(1).and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    Some(Foreign {
        service: service.to_owned(),
        call: format!("{} {}", text("/request/method"), path.unwrap_or("/")),
        code: code.rsplit('#').next().unwrap_or_default().to_owned(),
        message: message.unwrap_or_default(),
        operation: target(entry).and_then(|target| target.rsplit('.').next()).map(str::to_owned),
        signed: signed(entry, url),
        distributed: distributed(entry),
        token: token_sent(entry),
        renews,
        presigned: presigned(url),
        cookies: cookies(entry),
    })
}

/// What ends a request without the service's or the network's doing: the user, the page, an extension of the browser
/// (<https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h>).
const ENDED_HERE: [&str; 5] =
    ["net::ERR_ABORTED", "net::ERR_BLOCKED_BY_CLIENT", "net::ERR_BLOCKED_BY_ADMINISTRATOR", "NS_BINDING_ABORTED", "NS_ERROR_ABORT"];

/// A call to another service that got no answer, or an error of the server's.
pub fn failure(entry: &Json) -> Option<FailedCall> {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let url = text("/request/url").split('?').next().unwrap_or_default();
    let host = url.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let service = service(host)?.to_owned();
    let status = entry.pointer("/response/status").and_then(Json::as_u64)?;
    let error = ["/response/_error", "/_error"].into_iter().map(text).find(|error| !error.is_empty()).map(str::to_owned);
    let ended = error.as_deref().is_some_and(|error| ENDED_HERE.contains(&error));
    let failed = status == 0 && !ended || matches!(status, 500..=599);
    failed.then(|| FailedCall { service, method: text("/request/method").to_owned(), url: url.to_owned(), error, preflight: None })
}

/// The web server of the page itself.
pub const SITE: &str = "the site's web server";

/// How many bytes of cookies a request carries, as far as the export has them.
fn cookies(entry: &Json) -> usize {
    let list = entry.pointer("/request/headers").and_then(Json::as_array).into_iter().flatten();
    let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    list.filter(|one| text(one, "name").eq_ignore_ascii_case("cookie")).map(|one| text(one, "value").len()).sum()
}

/// Whether a call was signed with SigV4: an export that leaves `Authorization` out has the date and the body's digest still.
fn signed(entry: &Json, url: &str) -> bool {
    let query = url.split_once('?').map(|(_, query)| query.to_lowercase()).unwrap_or_default();
    let list = entry.pointer("/request/headers").and_then(Json::as_array).into_iter().flatten();
    let own = |one: &Json| {
        let text = |name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_lowercase();
        let name = text("name");
        name == "x-amz-date" || name == "x-amz-content-sha256" || name == "authorization" && text("value").starts_with("aws4-")
    };
    list.into_iter().any(own) || query.contains("signature=")
}

/// Whether CloudFront's marks stand on the answer of a host that is not AWS's own.
fn distributed(entry: &Json) -> bool {
    let list = entry.pointer("/response/headers").and_then(Json::as_array).into_iter().flatten();
    let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_lowercase();
    list.into_iter().any(|one| {
        let (name, value) = (text(one, "name"), text(one, "value"));
        name == "x-amz-cf-id" || matches!(name.as_str(), "x-cache" | "via") && value.contains("cloudfront")
    })
}

/// Which of Cognito's tokens a call carried in its Authorization header.
fn token_sent(entry: &Json) -> Option<SentToken> {
    let list = entry.pointer("/request/headers")?.as_array()?;
    let text = |one: &'_ Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let value = list.iter().find(|one| text(one, "name").eq_ignore_ascii_case("authorization")).map(|one| text(one, "value"))?;
    let token = super::token::read(value.trim_start_matches("Bearer ")).ok()?;
    match token.text("token_use")? {
        "id" => Some(SentToken::Id),
        "access" => Some(SentToken::Access),
        _ => None,
    }
}

/// When an address was signed in advance, and for how long, by its query.
fn presigned(url: &str) -> Option<Presigned> {
    let (_, query) = url.split_once('?')?;
    let value = |name: &str| {
        let of = |part: &'_ str| part.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned());
        query.split('&').find_map(of)
    };
    let at = scope::amz_date(&value("X-Amz-Date")?)?;
    Some(Presigned { at, lasts: value("X-Amz-Expires")?.parse().ok()? })
}

/// What Cognito gave out: credentials of an identity pool, and whether a user pool signed somebody in, not only anew
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html>).
pub fn session(entry: &Json, body: &str) -> Option<Past> {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let host = text("/request/url").split("//").nth(1).and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
    let answered = entry.pointer("/response/status").and_then(Json::as_u64) == Some(200);
    let service = service(host).filter(|one| answered && one.starts_with("Cognito"));
    let (Some(_), Ok(answer)) = (service, serde_json::from_str::<Json>(body)) else { return None };
    let sent: Json = serde_json::from_str(text("/request/postData/text")).unwrap_or_default();
    let logins = sent.get("Logins").and_then(Json::as_object).is_some_and(|logins| !logins.is_empty());
    let key = answer.pointer("/Credentials/AccessKeyId").and_then(Json::as_str);
    let refreshed = sent.get("AuthFlow").and_then(Json::as_str).is_some_and(|flow| flow.starts_with("REFRESH_TOKEN"));
    // The hosted sign-in answers by the names of RFC 6749, 5.1.
    let by_code = text("/request/postData/text").contains("grant_type=authorization_code");
    let token = answer.pointer("/AuthenticationResult/AccessToken").or_else(|| answer.get("access_token").filter(|_| by_code));
    let token = token.and_then(Json::as_str).filter(|_| !refreshed);
    let signed_in = token.is_some();
    let session = token.map(Credential::of_token);
    let refresh = answer.pointer("/AuthenticationResult/RefreshToken").or_else(|| answer.get("refresh_token"));
    let refresh = refresh.and_then(Json::as_str).map(Credential::of_token);
    let until = answer.pointer("/Credentials/Expiration").and_then(super::evidence::time);
    let issued = key.map(|key| Issued { key: key.to_owned(), guest: !logins, until });
    (issued.is_some() || signed_in || refresh.is_some()).then(|| Past { issued, signed_in, session, refresh, ..Past::default() })
}

/// The operation that AWS's JSON protocol names in a header.
fn target(entry: &Json) -> Option<&str> {
    let list = entry.pointer("/request/headers")?.as_array()?;
    let text = |one: &'_ Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_lowercase();
    list.iter().find(|one| text(one, "name") == "x-amz-target")?.get("value")?.as_str()
}

/// The error's type in the answer's header, without what may stand behind it.
fn error_type(entry: &Json) -> Option<String> {
    let list = entry.pointer("/response/headers")?.as_array()?;
    let text = |one: &Json, name: &str| one.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let found = list.iter().find(|one| text(one, "name").eq_ignore_ascii_case("x-amzn-errortype"))?;
    text(found, "value").split(':').next().map(str::to_owned)
}

/// The text of an XML element: S3 and STS answer in XML.
fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    (text.len() < 500).then(|| text.to_owned())
}
