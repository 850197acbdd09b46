//! What templates are run with, from the options of the main command and of `resolver`.

use super::args::ContextArgs;
use super::exit::CommandError;
use super::{assign, input};
use crate::appsync::{AuthType, Given, identity};
use crate::code::Code;
use crate::eval::Note;
use crate::explain::compare::mode_of_other;
use crate::explain::{Absent, Question};
use crate::message::{Message, Part, quoted};
use crate::nearest::nearest;
use crate::paste::{Ask, PastedKind, TokenUse};
use crate::value::{List, Map, Value};

impl ContextArgs {
    /// What the report is to explain, with the rows that the context gave.
    pub fn question(&self, input: &Input) -> Question {
        Question {
            records: input.records.clone(),
            watch: self.watch.trim_start_matches('$').to_owned(),
            why_allowed: self.why_allowed,
            absent: Absent::Open,
            ..Question::default()
        }
    }
}

/// What a template is run with.
pub struct Input {
    pub given: Given,
    /// Rows that a filter or a condition is judged on: no member of AppSync's context, but given in its file.
    pub records: Option<Vec<Value>>,
    pub notes: Vec<Note>,
}

/// The members of a context.
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

/// The part of the context that these members are, in a file that holds nothing else: AppSync's identity, `info` or
/// `request`, by the members that only they have (APPSYNC-VTL 2.1, 2.3, 2.5).
fn part_of(members: &Map) -> Option<&'static str> {
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
    let now_millis = input::now(args.now.as_deref())?;
    let mut notes = Vec::new();
    let members = match &args.context {
        Some(option) => whole(option, &mut notes)?,
        None => Map::new(),
    };
    let records = records(&members)?;
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
        if let Some(value) = assign::value(option, given)? {
            members.put_str(member, value);
        }
    }
    if let Some(headers) = assign::value("headers", &args.headers)? {
        let request = members.get_str("request").and_then(|value| value.as_map().cloned()).unwrap_or_default();
        request.put_str("headers", headers);
        members.put_str("request", request);
    }
    let forced = input::mode(args.auth_type.as_deref())?;
    let auth_type = caller(args, &members, forced, now_millis, &mut notes)?;
    let derived = forced.is_none() && auth_type.is_some();
    super::secrets::learn_members(&members);
    let caller_tried = notes.iter().any(|note| note.code == Code::CallerTried);
    let given = Given {
        members,
        auth_type,
        auth_type_derived: derived,
        now_millis,
        seed: args.seed,
        caller_tried,
        field: None,
    };
    Ok(Input { given, records, notes })
}

/// Takes the rows out of the members: a template has no `$ctx.records`.
fn records(members: &Map) -> Result<Option<Vec<Value>>, CommandError> {
    let Some(rows) = members.remove(&"records".into()).filter(|rows| !rows.is_null()) else { return Ok(None) };
    let wrong =
        || CommandError::new(format!("--context: `records` must be a list of rows, not a {}", rows.type_name()));
    rows.members().map(Some).ok_or_else(wrong)
}

/// `--context`: the whole, or one part that is taken for itself; also as a text of JSON, as the AWS API takes it.
fn whole(option: &str, notes: &mut Vec<Note>) -> Result<Map, CommandError> {
    // The headers of a context may hold one.
    if !input::is_inline(option) && input::is_token(option) {
        return Err(CommandError::new(format!("--context: {}", PastedKind::Token.sentence("FILE"))));
    }
    let mut value = input::option_json("context", option)?;
    if let Value::String(text) = &value
        && let Ok(inner) = crate::value::from_given(text.as_str())
    {
        value = inner;
    }
    let Value::Map(map) = value else {
        return Err(CommandError::new(format!("--context must be a JSON object, not a {}", value.type_name())));
    };
    let (map, wrapped) = unwrapped(map);
    if let Some(name) = wrapped {
        notes.push(note(
            Code::InputForm,
            format!("--context: the context stands in a member `{name}`, and is taken out of it"),
        ));
    }
    // A token's claims are no context, and would be passed over as members that nothing reads.
    if !WHOLE.iter().any(|name| map.contains_str(name)) && map.contains_str("sub") && map.contains_str("iss") {
        return Err(CommandError::new(format!("--context: {}", PastedKind::Claims.sentence(input::file_name(option)))));
    }
    let Some(part) = part_of(&map) else {
        notes.extend(unread(&map));
        return Ok(map);
    };
    notes.push(note(
        Code::ContextPart,
        Message::of(
            "--context has the members of `{}` alone, and is taken for that part",
            [Part::Name(part.to_owned())],
        ),
    ));
    let whole = Map::new();
    whole.put_str(part, map);
    Ok(whole)
}

/// `{"ctx": {…}}`, and the skeleton of `evaluate-mapping-template`, `{"template": …, "context": "…"}`; the member's name.
fn unwrapped(map: Map) -> (Map, Option<&'static str>) {
    if WHOLE.iter().any(|name| map.contains_str(name)) {
        return (map, None);
    }
    for name in ["context", "ctx"] {
        let inner = match map.get_str(name) {
            Some(Value::String(text)) => crate::value::from_given(text.as_str()).ok(),
            other => other,
        };
        if let Some(Value::Map(inner)) = inner {
            return (inner, Some(name));
        }
    }
    (map, None)
}

/// A member that nothing reads: a misspelt one must not be taken for an absent one.
fn unread(map: &Map) -> Vec<Note> {
    let odd = |name: &Value| name.as_str().map(str::to_owned).filter(|name| !WHOLE.contains(&name.as_str()));
    let note_of = |name: String| {
        let near = nearest(&name, WHOLE).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let parts = [Part::Name(quoted(&name).to_string()), Part::Text(near)];
        note(Code::InputForm, Message::of("--context has a member {}, which nothing reads{}", parts))
    };
    map.snapshot().iter().filter_map(|(name, _)| odd(name)).take(10).map(note_of).collect()
}

fn note(code: Code, message: impl Into<Message>) -> Note {
    Note::new(code, message)
}

/// Puts the caller in, and gives its mode.
fn caller(
    args: &ContextArgs,
    members: &Map,
    forced: Option<AuthType>,
    now_millis: i64,
    notes: &mut Vec<Note>,
) -> Result<Option<AuthType>, CommandError> {
    let read = if let Some(option) = &args.claims {
        input::caller(option, args.token_use.map(TokenUse::from), forced, now_millis / 1000)?
    } else if args.jwks.is_some() {
        return Err(CommandError::new("--jwks verifies the token of --claims: none was given"));
    } else if let Some(claims) = tried(args) {
        let made: Vec<&str> =
            [("groups", args.groups.is_empty()), ("sub", args.sub.is_none()), ("username", args.username.is_none())]
                .into_iter()
                .filter_map(|(name, absent)| (!absent).then_some(name))
                .collect();
        notes.push(note(
            Code::CallerTried,
            Message::of(
                "the caller is made up from --{}: a user with the claims of an access token, and no others",
                [Part::Code(made.join(", --"))],
            ),
        ));
        let mode = forced.unwrap_or(AuthType::UserPool);
        identity::of_claims(claims, Some(mode), now_millis / 1000)
    } else {
        return Ok(forced.or_else(|| AuthType::guess(&members.get_str("identity")?)));
    };
    if let Some(keys) = &args.jwks {
        // Who asks for a signature to be verified gets no verdict on a token that fails.
        let key = input::verified(read.token.as_deref(), keys)?.map_err(|finding| {
            CommandError::new(format!(
                "--claims: {} AppSync refuses it before any template runs [{}]",
                finding.message, finding.code
            ))
        })?;
        notes.push(note(
            Code::SignatureGood,
            Message::of("the signature is that of the key {}", [Part::Value(quoted(&key).to_string())]),
        ));
    }
    members.put_str("identity", read.identity);
    notes.extend(read.notes.into_iter().map(|(code, message)| note(code, message)));
    Ok(read.auth_type)
}

/// The claims of an access token for `--groups`, `--sub` and `--username`.
fn tried(args: &ContextArgs) -> Option<Value> {
    if args.groups.is_empty() && args.sub.is_none() && args.username.is_none() {
        return None;
    }
    let claims = Map::new();
    let name = args.username.as_deref().or(args.sub.as_deref()).unwrap_or("tried-user");
    claims.put_str("sub", args.sub.as_deref().unwrap_or(name));
    if !args.groups.is_empty() {
        let groups = listed(&args.groups).iter().map(|group| Value::from(group.trim())).collect();
        claims.put_str("cognito:groups", List::new(groups));
    }
    claims.put_str("token_use", "access");
    claims.put_str("username", name);
    Some(claims.into())
}

/// `--groups`, also where its value is a list of JSON: the commas are taken for those between names.
fn listed(groups: &[String]) -> Vec<String> {
    serde_json::from_str::<Vec<String>>(&groups.join(",")).unwrap_or_else(|_| groups.to_vec())
}

/// What the second caller of `--compare` is run with: the first one's request with another identity.
pub fn other(option: &str, given: &Given) -> Result<Given, CommandError> {
    let text = input::claims_text("compare", option)?;
    let asked = Ask { name: input::file_name(option), token_use: None };
    let read = identity::read_as(&text, None, given.now_millis / 1000, &asked)
        .map_err(|error| CommandError::new(format!("--compare: {}: {error}", input::shown_name(option))))?;
    input::say(&read);
    let was = given.members.get_str("identity").unwrap_or_default();
    let auth_type = mode_of_other(given.auth_type, &was, &read.identity);
    let members = given.members.deep_copy();
    members.put_str("identity", read.identity);
    Ok(Given { members, auth_type, caller_tried: false, ..given.clone() })
}
