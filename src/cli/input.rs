//! From what was typed to a context: files, standard input, inline JSON.

use super::exit::CommandError;
use super::say;
use crate::appsync::AuthType;
use crate::appsync::identity::{self, ReadIdentity};
use crate::code::Code;
use crate::files;
use crate::finding::Finding;
use crate::message::quoted;
use crate::nearest::nearest;
use crate::paste::{self, Ask, PastedKind, TokenUse};
use crate::request::jwks;
use crate::value::{Map, Value, from_given};
use std::io::Read as _;
use std::path::Path;

crate::message::sentence_error! {
    /// A size that is not one.
    SizeError
}

/// A part of the context may have this many bytes: as values they take many times as much.
const LARGEST_CONTEXT: usize = 8 << 20;

/// Reads a file, or standard input for `-`.
pub fn read_text(path: &Path) -> Result<String, CommandError> {
    if path != Path::new("-") {
        return files::read_text(path).map_err(|error| CommandError::new(format!("{error}{}", near_file(path))));
    }
    let read = files::bounded(std::io::stdin().lock(), 0).map_err(|error| error.to_string());
    let text = read.and_then(|bytes| files::decode(bytes).map_err(String::from));
    text.map_err(|why| CommandError::new(format!("cannot read standard input: {why}")))
}

/// `; did you mean pasted.txt?`, where a file that is not there has a neighbour of nearly its name.
pub fn near_file(path: &Path) -> String {
    let near = || {
        let name = path.file_name()?.to_str()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let names: Vec<String> = std::fs::read_dir(folder)
            .ok()?
            .take(MOST_NEIGHBOURS)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let near = nearest(name, names.iter().map(String::as_str))?;
        Some(path.with_file_name(near).display().to_string())
    };
    match near() {
        Some(near) if !path.exists() => format!("; did you mean {}?", paste::shell_word(&near)),
        _ => String::new(),
    }
}

/// Neighbours of a file that is not there that are looked at.
const MOST_NEIGHBOURS: usize = 1_000;

/// The file of an option, which the AWS CLI names `file://NAME` and curl `@NAME`.
fn file_of(option: &str) -> &Path {
    let bare = option.strip_prefix("file://").or_else(|| option.strip_prefix('@'));
    Path::new(bare.filter(|_| !Path::new(option).exists()).unwrap_or(option))
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
    if is_inline(option) { Ok(option.to_owned()) } else { read_text(file_of(option)) }
}

/// The text of an option, which errors name.
pub fn named_text(name: &str, option: &str) -> Result<String, CommandError> {
    if option.trim().is_empty() {
        return Err(empty(name));
    }
    option_text(option).map_err(|error| match error {
        CommandError::Message(message) => CommandError::new(format!("--{name}: {message}")),
        other => other,
    })
}

/// An option that is there and empty.
pub fn empty(name: &str) -> CommandError {
    CommandError::new(format!(
        "--{name} is empty: a variable that is not set gives that (`--{name} \"$NAME\"`); look at it with `echo \"$NAME\"`, or leave the option out"
    ))
}

/// The API's configuration, in any of its forms: JSON, or the script `aws-exports.js`.
pub fn api(option: &str) -> Result<serde_json::Value, CommandError> {
    let name = if is_inline(option) { "the typed JSON" } else { option };
    if option.trim().is_empty() {
        return Err(empty("api"));
    }
    if !is_inline(option) && is_token(option) {
        return Err(CommandError::new(format!("--api: {}. {API_FORMS}", PastedKind::Token.sentence("FILE"))));
    }
    if let Some(mode) = AuthType::parse(option).filter(|_| !Path::new(option).exists()) {
        let name = mode.api_name();
        say::say(format!("note: --api {option} is read as {{\"default\": \"{name}\"}}, without other modes"));
        return Ok(serde_json::json!({"default": name}));
    }
    if !is_inline(option) && option != "-" && !file_of(option).exists() {
        return Err(CommandError::new(format!(
            "--api: cannot read {option}: {}{}. {API_FORMS}",
            files::missing(file_of(option), "file"),
            near_file(Path::new(option))
        )));
    }
    let text = named_text("api", option)?;
    let other = [
        PastedKind::Empty,
        PastedKind::Token,
        PastedKind::EncryptedToken,
        PastedKind::Session,
        PastedKind::Claims,
        PastedKind::Schema,
        PastedKind::Har,
        PastedKind::Curl,
        PastedKind::Fetch,
        PastedKind::Log,
        PastedKind::Template,
        PastedKind::Personas,
        PastedKind::Policy,
        PastedKind::Jwks,
        PastedKind::Html,
        PastedKind::Pem,
        PastedKind::Pdf,
    ];
    let kind = paste::kind(&text);
    if other.contains(&kind) {
        return Err(CommandError::new(format!("--api: {name}: {}. {API_FORMS}", kind.sentence(name))));
    }
    let json = crate::request::api::to_json(&text)
        .map_err(|why| CommandError::new(format!("--api: {name} {why}. {API_FORMS}")))?;
    crate::request::ApiConfig::check(&json).map_err(|why| CommandError::new(format!("--api: {name}: {why}")))?;
    Ok(json)
}

/// What `--api` takes.
const API_FORMS: &str = "--api takes the answer of `aws appsync get-graphql-api`, amplify_outputs.json, aws-exports.js, cli-inputs.json, a CloudFormation or SAM template, serverless.yml, `terraform show -json`, `pulumi stack export`, or {\"default\": …, \"additional\": […]}";

/// Whether an option is JSON itself rather than a file.
pub fn is_inline(option: &str) -> bool {
    paste::unarrowed(option).starts_with(['{', '['])
}

/// An option's JSON.
pub fn option_json(name: &str, option: &str) -> Result<Value, CommandError> {
    let text = named_text(name, option)?;
    if text.len() > LARGEST_CONTEXT {
        let bytes = text.len();
        return Err(CommandError::new(format!(
            "--{name}: {bytes} bytes, and at most {LARGEST_CONTEXT} are read: AppSync itself takes no more than 5 MB of a data source"
        )));
    }
    let error = match from_given(&text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    // An object as a console prints it or a script writes it.
    if let Some(read) = printed(name, &text) {
        return read;
    }
    let place = if is_inline(option) { "the text" } else { option };
    let what = match paste::kind(&text) {
        PastedKind::Json | PastedKind::Text => String::new(),
        kind => format!("; {}", kind.sentence(file_name(option))),
    };
    Err(CommandError::new(format!(
        "--{name}: not valid JSON: {} at {place}:{}:{}{what}",
        error.message, error.line, error.column
    )))
}

/// One object or list as a console prints it; an error where a part of it is folded.
fn printed(name: &str, text: &str) -> Option<Result<Value, CommandError>> {
    if !is_inline(text) {
        return None;
    }
    let values = paste::data(text)?.ok()?;
    let [value] = values.as_slice() else { return None };
    Some(match paste::folded(value) {
        None => {
            say::say(format!(
                "note: --{name} is not JSON; it is read as an object that a console prints, or that stands in a script"
            ));
            Ok(value.clone())
        }
        Some(place) => Err(CommandError::new(format!(
            "--{name}: the console shows `{place}` folded, so its values are not in the text: print it with `JSON.stringify(value, null, 2)`"
        ))),
    })
}

/// A compact token's signature against a file of keys: the key's id, or why it is not that of one.
///
/// # Errors
/// The file is no key set, or there is no signature to verify.
pub fn verified(token: Option<&str>, keys: &Path) -> Result<Result<String, Box<Finding>>, CommandError> {
    let set = jwks::Keys::read(&read_text(keys)?)
        .map_err(|error| CommandError::new(format!("--jwks {}: {error}", keys.display())))?;
    let Some(token) = token else {
        return Err(CommandError::new(
            "--jwks: these are claims, without a signature to verify: give the compact token",
        ));
    };
    Ok(jwks::verify(token, &set))
}

/// The file that an option names, for a command that is advised; `FILE` where the option is the thing itself.
pub fn file_name(option: &str) -> &str {
    if is_inline(option) || is_token(option) || option == "-" { "FILE" } else { option }
}

/// The option as an error names it; what was typed itself is not repeated.
pub fn shown_name(option: &str) -> &str {
    match option {
        "-" => "standard input",
        _ if is_inline(option) || is_token(option) => "what was typed",
        _ => option,
    }
}

/// What kind of thing a file is. What is large is read by the one who wants it.
pub fn kind_of_file(path: &Path) -> Option<PastedKind> {
    if !path.is_file() || path.metadata().is_ok_and(|data| data.len() > LARGEST_CONTEXT as u64) {
        return None;
    }
    Some(paste::kind(&files::read_text(path).ok()?))
}

/// What a file is that holds neither templates nor a source of them, and what takes it.
pub fn no_source(path: &Path) -> Option<(PastedKind, String)> {
    let kind = kind_of_file(path)?;
    let other = [
        PastedKind::Token,
        PastedKind::EncryptedToken,
        PastedKind::Claims,
        PastedKind::Identity,
        PastedKind::Session,
        PastedKind::Har,
        PastedKind::Curl,
        PastedKind::Fetch,
        PastedKind::Jwks,
        PastedKind::Policy,
        PastedKind::Html,
        PastedKind::Pem,
        PastedKind::Pdf,
        PastedKind::Log,
        PastedKind::Personas,
        PastedKind::Binary,
        PastedKind::CloudTrail,
        PastedKind::Collection,
    ];
    other.contains(&kind).then(|| (kind, kind.sentence(&path.display().to_string())))
}

/// Whether a pasted token has `Bearer` before it.
pub fn has_bearer(text: &str) -> bool {
    text.trim_start().get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("bearer "))
}

/// Whether an option is a token itself rather than a file: it must not be repeated in a message about a file.
pub fn is_token(option: &str) -> bool {
    let text = option.trim();
    let token = text.contains("eyJ") || text.starts_with("da2-");
    has_bearer(text)
        || token && !Path::new(option).exists()
        || text.len() > 60 && !text.contains(['/', '{', '[', ' ']) && !Path::new(option).exists()
}

/// `--memory`: bytes, or thousands, millions or thousands of millions of 1,024.
///
/// # Errors
/// A sentence that says what is wanted.
pub fn size(text: &str) -> Result<usize, SizeError> {
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
        _ => Err(wanted().into()),
    }
}

/// `--now`: RFC 3339, or seconds since 1970; the wall clock without it.
pub fn now(option: Option<&str>) -> Result<i64, CommandError> {
    let Some(text) = option else { return Ok(jiff::Timestamp::now().as_millisecond()) };
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(crate::json::bounded_time(seconds).saturating_mul(1000));
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(time.as_millisecond());
    }
    // A day, or a time without its offset: read as UTC, and said.
    let local = text.parse::<jiff::civil::DateTime>();
    if let Ok(time) = local.and_then(|time| jiff::tz::TimeZone::UTC.to_timestamp(time)) {
        say::say(format!("note: --now {text} is read as {time}"));
        return Ok(time.as_millisecond());
    }
    Err(CommandError::new(format!("--now {text}: a time such as 2026-05-01T10:00:00Z or seconds since 1970")))
}

/// `--parameters`: values by the name of the CloudFormation parameter.
pub fn parameters(option: Option<&str>) -> Result<serde_json::Map<String, serde_json::Value>, CommandError> {
    let Some(option) = option else { return Ok(serde_json::Map::new()) };
    let given: serde_json::Map<String, serde_json::Value> = crate::json::typed(&option_text(option)?)
        .map_err(|error| CommandError::new(format!("--parameters: not a valid JSON object: {error}")))?;
    super::secrets::learn_json(&serde_json::Value::Object(given.clone()));
    Ok(given)
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

/// The text of a caller's option: typed, or of a file.
pub fn claims_text(name: &str, option: &str) -> Result<String, CommandError> {
    let text = if is_token(option) {
        option.to_owned()
    } else {
        named_text(name, option).map_err(|error| user(option, error))?
    };
    if is_token(&text) {
        super::secrets::learn(text.trim());
    }
    super::secrets::learn_keys(&text);
    Ok(text)
}

/// A user's name in the place of a file: no file's name is one plain word.
fn user(option: &str, error: CommandError) -> CommandError {
    let plain = option.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '@'));
    match error {
        CommandError::Message(message) if plain && option.len() > 1 && !Path::new(option).exists() => {
            let word = paste::shell_word(option);
            CommandError::new(format!(
                "{message}. Is it a user's name? `--username {word}` tries such a caller without a token"
            ))
        }
        error => error,
    }
}

/// What `--claims` holds; errors and notes name the option and the file.
pub fn caller(
    option: &str,
    token_use: Option<TokenUse>,
    forced: Option<AuthType>,
    now: i64,
) -> Result<ReadIdentity, CommandError> {
    let text = claims_text("claims", option)?;
    let asked = Ask { name: file_name(option), token_use };
    let place = if is_inline(option) || is_token(option) { String::new() } else { format!(" {}", shown_name(option)) };
    identity::read_as(&text, forced, now, &asked)
        .map_err(|error| CommandError::new(format!("--claims{place}: {error}")))
}

/// An identity as plain JSON.
pub fn identity_json(read: &ReadIdentity) -> Result<serde_json::Value, CommandError> {
    let json = read.identity.to_json().map_err(|error| CommandError::new(error.message))?;
    serde_json::from_str(&json).map_err(|error| CommandError::new(error.to_string()))
}

/// Says where a caller was found, and that AppSync would refuse the token, on standard error: for reports that have no place for
/// it.
pub fn say(read: &ReadIdentity) {
    let wanted = |code: Code| matches!(code, Code::InputForm | Code::TwoTokens) || identity::is_refused(code);
    for (_, note) in read.notes.iter().filter(|(code, _)| wanted(*code)) {
        say::say(format!("note: {note}"));
    }
}

/// `--auth-type`.
pub fn mode(option: Option<&str>) -> Result<Option<AuthType>, CommandError> {
    let read = |text: &str| {
        AuthType::parse(text).ok_or_else(|| CommandError::new(format!("--auth-type: {}", AuthType::unknown(text))))
    };
    option.map(read).transpose()
}
