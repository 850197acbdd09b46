//! What took too long: AppSync gives a request 30 seconds
//! (<https://docs.aws.amazon.com/general/latest/gr/appsync.html>: request execution time), and nobody is refused by that.

use super::evidence::Evidence;
use super::front::thousands;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// AppSync's limit, in milliseconds.
const LIMIT: u64 = 30_000;

/// What takes at least this long may have reached it, and at most that much longer.
const NEAR: std::ops::Range<u64> = 29_000..33_000;

/// Seconds with one decimal.
fn seconds(took: u64) -> String {
    format!("{}.{} s", thousands((took / 1000) as usize), took % 1000 / 100)
}

/// Why a data source's answer did not come in time (aws/aws-appsync-community#43, #386).
pub(super) fn judge(evidence: &Evidence) -> Option<Finding> {
    if matches!(evidence.status(), Some(401 | 403 | 504)) {
        return None;
    }
    let (kind, error) = (evidence.error_type(), evidence.error_message());
    if let Some(own) = own_limit(error) {
        return Some(own.at("observed.message"));
    }
    let named = kind.ends_with("ExecutionTimeoutException") || error.contains("ExecutionTimeoutException");
    if !named && !error.trim_end_matches('.').eq_ignore_ascii_case("execution timed out") {
        return None;
    }
    let source = match kind.split(':').next() {
        Some("Lambda") => "the Lambda function behind the field",
        Some("Http") => "the HTTP service behind the field",
        Some("DynamoDB") => "DynamoDB",
        _ if error.contains("errorType=Http:") => "the HTTP service behind the field",
        _ => "the data source behind the field",
    };
    let took = evidence.took.filter(|took| NEAR.contains(took)).map_or_else(String::new, |took| format!(" (this one took {})", seconds(took)));
    Some(
        Finding::new(
            Code::DataSourceTimeout,
            Message::of(
                "{} did not answer in time, so AppSync gave the request up: that is a timeout, and nobody was refused; the caller had been let through to it. AppSync gives a request 30 s at most{}, and no setting of a function or client makes that longer. » Look at what is slow there (a cold start, a call without a limit of its own, a network without a way out), ask for less at once, or answer at once and deliver the result later through a subscription.",
                [Part::Text(source.to_owned()), Part::Value(took)],
            ),
        )
        .at("observed.errorType"),
    )
}

/// The function's own limit ended it, which Lambda tells in these words
/// (<https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html#troubleshooting-timeouts>).
fn own_limit(error: &str) -> Option<Finding> {
    let (_, rest) = error.split_once("Task timed out after ")?;
    let after = rest.split(' ').next()?;
    let number: f64 = after.parse().ok()?;
    let cure = if number < 29.0 {
        "Raise the function's timeout (up to 30 s, which is what AppSync gives a request), or look at what is slow in it"
    } else {
        "Look at what is slow in it: more than 30 s AppSync gives to no request; answer at once and deliver the result later through a subscription"
    };
    Some(Finding::new(
        Code::DataSourceTimeout,
        Message::of(
            "the Lambda function behind the field ended by its own timeout, after {} s: that is a failure, and nobody was refused; the caller had been let through to it. » {}.",
            [Part::Value(after.to_owned()), Part::Text(cure.to_owned())],
        ),
    ))
}

/// HTTP 504: what it means, and that a browser's word of CORS follows from it (awslabs/aws-mobile-appsync-sdk-js#108, #200).
pub(super) fn gateway(evidence: &Evidence) -> Message {
    let (time, why, cure) = match evidence.took {
        Some(took) if took + 1000 >= LIMIT => (
            format!("It took {}, and ", seconds(took)),
            "AppSync gives a request 30 s at most: a resolver's data source (a function, an HTTP service, resolvers one after another) was slower",
            "Make that faster or ask for less at once, or answer at once and deliver the result later through a subscription",
        ),
        Some(took) => (
            format!("It took {}, and ", seconds(took)),
            "AppSync would have given it 30 s, so what stands before AppSync (a proxy, a distribution, a gateway) gave up first",
            "Raise that one's timeout to 30 s, and look at what is slow behind the fields",
        ),
        None => (
            String::new(),
            "AppSync gives a request 30 s at most: a resolver's data source (a function, an HTTP service) was slower, or what stands before AppSync gave up first",
            "Look at the duration of the field's function or service, and ask for less at once, or deliver the result later through a subscription",
        ),
    };
    let cors = if of_browser(evidence) && evidence.answer.header("access-control-allow-origin").is_none() {
        " That the browser calls it a CORS error follows from it: this page is not AppSync's own answer, and has no Access-Control-Allow-Origin; there is nothing to set for CORS."
    } else {
        ""
    };
    Message::of("it is a timeout. {}{}.{} » {}", [Part::Value(time), Part::Text(why.to_owned()), Part::Text(cors.to_owned()), Part::Text(cure.to_owned())])
}

/// Whether a browser's page sent it.
fn of_browser(evidence: &Evidence) -> bool {
    evidence.preflight.is_some() || evidence.header("origin").is_some()
}

/// A browser that shows no answer, after the time at which AppSync gives up.
pub(super) fn unseen(evidence: &Evidence) -> Option<Finding> {
    let took = evidence.took.filter(|took| NEAR.contains(took) && evidence.socket.is_none())?;
    let plain = evidence.answer.error.as_deref().is_none_or(|error| error.contains("ERR_FAILED"));
    plain.then(|| {
        Finding::new(
            Code::NoResponse,
            Message::of(
                "the browser has no response that it may show, and the request took {}: AppSync gives a request 30 s, so this is most likely a timeout of what a resolver asks (HTTP 504), and no refusal. The page that then comes is not AppSync's own answer and has no CORS headers, which is why the browser speaks of CORS; there is nothing to set for it. » Look at the duration of the field's function or service in its log (or give AppSync's, --logs), ask for less at once, or repeat the request outside the browser (curl) to see its status.",
                [Part::Value(seconds(took))],
            ),
        )
        .certainty(Certainty::Likely)
        .at("observed.httpStatus")
        .actual(0)
    })
}
