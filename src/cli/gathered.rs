//! A refused request with what the options, the project and the log add to it.

use super::args::DiagnoseArgs;
use super::exit::CommandError;
use super::input;
use crate::message::quoted;
use crate::paste::{self, TokenUse};
use crate::request::answer::{LogSays, Unjoined};
use crate::request::history::{Credential, Past};
use crate::request::log_history::LogHistory;
use crate::request::{Member, MemberOrigin, MemberValue, Request, api};
use crate::resolver::Resolvers;
use crate::suite::{Refusal, add_project};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// What logs say of their requests.
#[derive(Default)]
pub struct Logs {
    by_id: HashMap<String, LogSays>,
    history: LogHistory,
}

impl Logs {
    /// Of what they say of each, by its id.
    pub fn new(by_id: HashMap<String, LogSays>) -> Self {
        Self { history: LogHistory::of(by_id.values()), by_id }
    }
}

/// What the log says of the same request, by the id that AppSync put on the answer.
pub fn join(logs: &Logs, request: &mut Request) {
    if logs.by_id.is_empty() {
        return;
    }
    let id = request.answer.header("x-amzn-requestid").unwrap_or_default().to_owned();
    let now = request.json(Member::Now).and_then(Json::as_str);
    let now = now.and_then(|now| now.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_millisecond);
    // The other requests of the log prove as much as those of the archive.
    let own = Credential::of(request.headers()).or_else(|| Past::of_log(logs.by_id.get(&id)?).credential);
    request.others.extend(logs.history.about(&id, own.as_ref(), now));
    request.log = logs.by_id.get(&id).cloned().or(request.log.take());
    request.unjoined = request.log.is_none().then(|| unjoined(logs, id, now));
}

/// Why none of the log's requests is this one; the one request of about its time, where the log has a single one.
fn unjoined(logs: &Logs, id: String, now: Option<i64>) -> Unjoined {
    if !id.is_empty() {
        return Unjoined::NoEntry(id);
    }
    let mut near = now.into_iter().flat_map(|now| logs.history.ids_near(now, 5_000));
    let only = near.next().filter(|_| near.next().is_none()).and_then(|id| logs.by_id.get(id));
    Unjoined::NoId(only.and_then(|says| Some((says.time?.div_euclid(1000), says.status?))))
}

/// The request, with what the options and the project add to it.
///
/// # Errors
/// What an option has wrong, or the request.
pub fn gathered(
    args: &DiagnoseArgs,
    mut request: Request,
    resolvers: Option<&Resolvers>,
) -> Result<Refusal, CommandError> {
    add(args, &mut request)?;
    if let Some(project) = resolvers {
        add_project(project, &mut request);
    }
    if let Some(other) = &args.compare {
        let text = input::claims_text("compare", other)?;
        request.compare = Some(serde_json::from_str(&text).unwrap_or_else(|_| json!(text.trim())));
    }
    super::secrets::learn_json(&request.to_json());
    let mut refusal = Refusal::of(request).map_err(CommandError::new)?;
    refusal.clock = Some(input::now(None)? / 1000);
    Ok(refusal)
}

/// What the options say of a request.
fn add(args: &DiagnoseArgs, request: &mut Request) -> Result<(), CommandError> {
    let json = |name: &str, option: &str| -> Result<Json, CommandError> {
        let text = input::named_text(name, option)?;
        crate::json::read(&text).map_err(|error| {
            let place = if input::is_inline(option) { "the typed JSON" } else { option };
            let what = match paste::kind(&text) {
                paste::PastedKind::Json | paste::PastedKind::Text => String::new(),
                kind => format!("; {}", kind.sentence(input::file_name(option))),
            };
            CommandError::new(format!("--{name}: {place}: not valid JSON: {error}{what}"))
        })
    };
    let mut set = |member, name, json| request.set(member, MemberValue::new(json, MemberOrigin::Option(name)));
    if let Some(path) = &args.from.schema {
        set(Member::Schema, "schema", json!(input::read_text(path)?));
    }
    if let Some(api) = &args.from.api {
        set(Member::Api, "api", input::api(api)?);
    }
    if !args.from.policy.is_empty() {
        let policies = args.from.policy.iter().map(|policy| json("policy", policy)).collect::<Result<Vec<_>, _>>()?;
        set(Member::Policy, "policy", json!(policies));
    }
    if let Some(answer) = &args.authorizer {
        set(Member::Authorizer, "authorizer", json("authorizer", answer)?);
    }
    if let Some(seed) = args.seed {
        set(Member::Seed, "seed", json!(seed));
    }
    if let Some(now) = &args.now {
        set(Member::Now, "now", json!(input::now(Some(now))? / 1000));
    }
    if let Some(mode) = &args.auth_type {
        let known = api::mode(mode);
        request.auth_type = Some(known.ok_or_else(|| CommandError::new(format!("unknown authType {}", quoted(mode))))?);
    }
    if let Some(claims) = &args.claims {
        let read = input::caller(claims, args.token_use.map(TokenUse::from), None, 0)?;
        input::say(&read);
        let identity = read.identity.to_json().map_err(|error| CommandError::new(error.message))?;
        let identity = MemberValue::read(&identity, MemberOrigin::Option("claims"));
        request.set(Member::Identity, identity.map_err(|error| CommandError::new(error.to_string()))?);
        // A compact token is also the credential, where the request has none.
        if let Some(token) = &read.token
            && !request.has_credential()
        {
            request.send([("authorization".to_owned(), json!(token))]);
        }
    }
    Ok(())
}
