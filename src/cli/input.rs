//! From what was typed to a context: files, standard input, inline JSON.

use super::args::ContextArgs;
use super::exit::CommandError;
use crate::appsync::{AuthType, Given, identity, jwt};
use crate::code::Code;
use crate::eval::Note;
use crate::explain::compare::mode_of_other;
use crate::explain::{Absent, Question};
use crate::files;
use crate::finding::Finding;
use crate::message::quoted;
use crate::request::jwks;
use crate::value::{Map, Value, from_given};
use std::io::Read as _;
use std::path::Path;

/// What a template is run with.
pub struct Input {
    pub given: Given,
    pub notes: Vec<Note>,
}

/// Reads a file, or standard input for `-`.
pub fn read_text(path: &Path) -> Result<String, CommandError> {
    if path != Path::new("-") {
        return files::read_text(path).map_err(CommandError::new);
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string());
    let text = read.and_then(|_| files::decode(bytes));
    text.map_err(|why| CommandError::new(format!("cannot read standard input: {why}")))
}

/// Standard input: whether it begins as a HAR does (`{"log"`), and all of it, from the beginning.
///
/// # Errors
/// It cannot be read.
pub fn standard_input() -> Result<(bool, impl std::io::Read), CommandError> {
    let mut begin = Vec::new();
    std::io::stdin()
        .take(1024)
        .read_to_end(&mut begin)
        .map_err(|error| CommandError::new(format!("cannot read standard input: {error}")))?;
    let bare: Vec<u8> = begin.iter().copied().filter(|byte| byte.is_ascii() && !byte.is_ascii_whitespace()).collect();
    let is_har = bare.starts_with(b"{\"log\":");
    Ok((is_har, std::io::Cursor::new(begin).chain(std::io::stdin())))
}

/// A context option: inline JSON when it begins with `{` or `[`, else a file.
pub fn option_text(option: &str) -> Result<String, CommandError> {
    if is_inline(option) { Ok(option.to_owned()) } else { read_text(Path::new(option)) }
}

/// The API's configuration, in any of its forms: JSON, or the script `aws-exports.js`.
pub fn api(option: &str) -> Result<serde_json::Value, CommandError> {
    let name = if is_inline(option) { "the typed JSON" } else { option };
    let json = crate::request::api::to_json(&option_text(option)?)
        .map_err(|why| CommandError::new(format!("--api: {name} {why}")))?;
    crate::request::ApiConfig::check(&json).map_err(|why| CommandError::new(format!("--api: {name}: {why}")))?;
    Ok(json)
}

/// Whether an option is JSON itself rather than a file.
pub fn is_inline(option: &str) -> bool {
    option.trim_start().starts_with(['{', '['])
}

fn option_json(name: &str, option: &str) -> Result<Value, CommandError> {
    let text = option_text(option)?;
    from_given(&text).map_err(|error| {
        let place = if is_inline(option) { "the text" } else { option };
        CommandError::new(format!("--{name}: no JSON: {} at {place}:{}:{}", error.message, error.line, error.column))
    })
}

/// The part of the context that these members are, in a file that holds nothing else: AppSync's identity, `info` or
/// `request`, by the members that only they have (APPSYNC-VTL 2.1, 2.3, 2.5).
fn part_of(members: &Map) -> Option<&'static str> {
    const WHOLE: [&str; 13] = [
        "arguments",
        "args",
        "source",
        "result",
        "identity",
        "request",
        "info",
        "stash",
        "prev",
        "error",
        "outErrors",
        "env",
        "records",
    ];
    const PARTS: [(&str, &[&str]); 3] = [
        ("identity", &["claims", "resolverContext", "userArn", "cognitoIdentityId", "cognitoIdentityPoolId"]),
        ("info", &["fieldName", "parentTypeName"]),
        ("request", &["headers"]),
    ];
    let has = |name: &&str| members.contains_str(name);
    if WHOLE.iter().any(has) {
        return None;
    }
    PARTS.into_iter().find(|(_, names)| names.iter().any(has)).map(|(part, _)| part)
}

/// Builds the context of the main command.
pub fn build(args: &ContextArgs) -> Result<Input, CommandError> {
    let now_millis = now(args.now.as_deref())?;
    let mut notes = Vec::new();
    let members = match &args.context {
        Some(option) => match option_json("context", option)? {
            Value::Map(map) => match part_of(&map) {
                Some(part) => {
                    notes.push(Note {
                        code: Code::ContextPart,
                        message: format!("--context has the members of `{part}` alone, and is taken for that part"),
                        node: None,
                    });
                    let whole = Map::new();
                    whole.put_str(part, map);
                    whole
                }
                None => map,
            },
            other => {
                return Err(CommandError::new(format!("--context must be a JSON object, not a {}", other.type_name())));
            }
        },
        None => Map::new(),
    };
    let parts = [
        ("arguments", "args", &args.args),
        ("source", "source", &args.source),
        ("result", "result", &args.result),
        ("stash", "stash", &args.stash),
        ("prev", "prev", &args.prev),
        ("error", "error", &args.error),
        ("info", "info", &args.info),
    ];
    for (member, option, given) in parts {
        if let Some(given) = given {
            members.put_str(member, option_json(option, given)?);
        }
    }
    if let Some(headers) = &args.headers {
        let request = members.get_str("request").and_then(|value| value.as_map().cloned()).unwrap_or_default();
        request.put_str("headers", option_json("headers", headers)?);
        members.put_str("request", request);
    }
    let forced = match &args.auth_type {
        None => None,
        Some(text) => Some(AuthType::parse(text).ok_or_else(|| {
            CommandError::new(format!("--auth-type {text}: one of user-pool, iam, api-key, oidc, lambda is wanted"))
        })?),
    };
    let mut auth_type = forced;
    if let Some(option) = &args.claims {
        let text = claims_text(option)?;
        let read = identity::read(&text, forced, now_millis / 1000)
            .map_err(|error| CommandError::new(format!("--claims{}: {error}", file_of(option))))?;
        if let Some(keys) = &args.jwks {
            // Who asks for a signature to be verified gets no verdict on a token that fails.
            let key = verified(&text, keys)?.map_err(|finding| {
                CommandError::new(format!(
                    "--claims: {} AppSync refuses it before any template runs [{}]",
                    finding.message, finding.code
                ))
            })?;
            notes.push(Note {
                code: Code::SignatureGood,
                message: format!("the signature is that of the key {key}", key = quoted(&key)),
                node: None,
            });
        }
        members.put_str("identity", read.identity);
        auth_type = read.auth_type;
        notes.extend(read.notes.into_iter().map(|(code, message)| Note { code, message, node: None }));
    } else if args.jwks.is_some() {
        return Err(CommandError::new("--jwks verifies the token of --claims: none was given"));
    } else if let (None, Some(identity)) = (forced, members.get_str("identity")) {
        auth_type = AuthType::guess(&identity);
    }
    let derived = forced.is_none() && auth_type.is_some();
    Ok(Input { given: Given { members, auth_type, auth_type_derived: derived, now_millis, seed: args.seed }, notes })
}

/// What the second caller of `--compare` is run with: the first one's request with another identity.
pub fn other(option: &str, given: &Given) -> Result<Given, CommandError> {
    let seconds = given.now_millis / 1000;
    let read = identity::read(&claims_text(option)?, None, seconds)
        .map_err(|error| CommandError::new(format!("--compare{}: {error}", file_of(option))))?;
    let was = given.members.get_str("identity").unwrap_or_default();
    let auth_type = mode_of_other(given.auth_type, &was, &read.identity);
    let members = given.members.deep_copy();
    members.put_str("identity", read.identity);
    Ok(Given { members, auth_type, ..given.clone() })
}

/// A compact token's signature against a file of keys: the key's id, or why it is not that of one.
///
/// # Errors
/// The file is no key set, or there is no signature to verify.
pub fn verified(text: &str, keys: &Path) -> Result<Result<String, Box<Finding>>, CommandError> {
    let set = jwks::Keys::read(&read_text(keys)?)
        .map_err(|error| CommandError::new(format!("--jwks {}: {error}", keys.display())))?;
    if jwt::bare(text).0.starts_with('{') {
        return Err(CommandError::new(
            "--jwks: these are claims, without a signature to verify: give the compact token",
        ));
    }
    Ok(jwks::verify(text, &set))
}

/// The file that `--claims` names, with a blank before it; nothing where the option is the claims or the token itself.
fn file_of(option: &str) -> String {
    if is_inline(option) || is_token(option) { String::new() } else { format!(" {option}") }
}

/// Whether an option is a token itself rather than a file: it must not be repeated in a message about a file.
fn is_token(option: &str) -> bool {
    let text = option.trim();
    let bearer = text.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "));
    bearer || text.starts_with("ey") || text.len() > 60 && !text.contains(['/', '{', '['])
}

/// `--memory`: bytes, or thousands, millions or thousands of millions of 1,024.
///
/// # Errors
/// A sentence that says what is wanted.
pub fn size(text: &str) -> Result<usize, String> {
    let wanted = || format!("a size such as 64M, 256M or 1G is wanted, not {text}", text = quoted(&text));
    let plain = text.trim().trim_end_matches(['b', 'B']).trim_end_matches(['i']);
    let (digits, shift) = match plain.char_indices().next_back().ok_or_else(wanted)? {
        (at, 'k' | 'K') => (&plain[..at], 10),
        (at, 'm' | 'M') => (&plain[..at], 20),
        (at, 'g' | 'G') => (&plain[..at], 30),
        _ => (plain, 0),
    };
    let count: usize = digits.trim().parse().map_err(|_| wanted())?;
    match count.checked_mul(1 << shift) {
        Some(bytes) if bytes > 0 => Ok(bytes),
        _ => Err(wanted()),
    }
}

/// `--now`: RFC 3339, or seconds since 1970; the wall clock without it.
pub fn now(option: Option<&str>) -> Result<i64, CommandError> {
    let Some(text) = option else { return Ok(jiff::Timestamp::now().as_millisecond()) };
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds.saturating_mul(1000));
    }
    text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond).map_err(|_| {
        CommandError::new(format!("--now {text}: a time such as 2026-05-01T10:00:00Z or seconds since 1970"))
    })
}

impl ContextArgs {
    /// What the report is to explain.
    pub fn question(&self) -> Question {
        Question {
            watch: self.watch.trim_start_matches('$').to_owned(),
            records: Vec::new(),
            why_allowed: self.why_allowed,
            absent: Absent::Open,
            ..Question::default()
        }
    }
}

/// `--parameters`: values by the name of the CloudFormation parameter.
pub fn parameters(option: Option<&str>) -> Result<serde_json::Map<String, serde_json::Value>, CommandError> {
    let Some(option) = option else { return Ok(serde_json::Map::new()) };
    crate::json::typed(&option_text(option)?)
        .map_err(|error| CommandError::new(format!("--parameters: no JSON object: {error}")))
}

/// `--results`: answers by function name.
pub fn results(option: Option<&str>) -> Result<Map, CommandError> {
    match option.map(|option| option_json("results", option)).transpose()? {
        None => Ok(Map::new()),
        Some(Value::Map(map)) => Ok(map),
        Some(other) => Err(CommandError::new(format!(
            "--results must be a JSON object by function name, not a {}",
            other.type_name()
        ))),
    }
}

/// The text of `--claims`: typed, or of a file.
pub fn claims_text(option: &str) -> Result<String, CommandError> {
    if is_token(option) { Ok(option.to_owned()) } else { option_text(option) }
}

/// `--claims` as the JSON of an identity object.
pub fn identity(option: &str) -> Result<serde_json::Value, CommandError> {
    identity_of(&claims_text(option)?)
}

/// A token, claims or identity object as the JSON of an identity object.
pub fn identity_of(text: &str) -> Result<serde_json::Value, CommandError> {
    let read = identity::read(text, None, 0).map_err(|error| CommandError::new(format!("--claims: {error}")))?;
    let json = read.identity.to_json().map_err(|error| CommandError::new(error.message))?;
    serde_json::from_str(&json).map_err(|error| CommandError::new(error.to_string()))
}
