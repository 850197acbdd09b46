//! `$ctx`: what a template is given, and which of it nobody supplied (APPSYNC-VTL 2.1).

use crate::message::{Message, Part};
use super::{AuthType, Env};
use crate::code::Code;
use crate::value::{Map, Value};

crate::message::sentence_error! {
    /// A member of the context that has the wrong type.
    ContextError
}

/// The members that AppSync's context has, in the order in which they are shown.
pub const MEMBERS: [&str; 11] =
    ["arguments", "identity", "source", "result", "prev", "stash", "error", "request", "info", "env", "outErrors"];

/// The types whose fields a client asks for first.
const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Stash values that Amplify's first template fills from deployment parameters.
const DEPLOYMENT: [&str; 4] = ["authRole", "unauthRole", "adminRoles", "identityPoolId"];

/// What a template runs in. Containers are shared with whoever built it: a run writes into them.
#[derive(Clone, Debug)]
pub struct Context {
    /// `$ctx` itself.
    pub root: Map,
    /// Variables whose every write is recorded.
    pub watched: Vec<String>,
    stash: Map,
    arguments: Map,
    /// Which members someone supplied: a bit for each of [`MEMBERS`].
    given: u16,
}

/// The bit of a member; none of what is no member.
fn bit(member: &str) -> u16 {
    MEMBERS.iter().position(|known| *known == member).map_or(0, |at| 1 << at)
}

/// What a query selects, and the variables it came with.
const SELECTION: [(&str, &str); 3] = [
    ("selectionSetList", "info.selectionSetList"),
    ("selectionSetGraphQL", "info.selectionSetGraphQL"),
    ("variables", "info.variables"),
];

/// Among the open parts, the mode of the request.
pub const CALLERS_MODE: &str = "authType";

/// How STS names the session of a caller who came through an identity pool.
const POOL_SESSION: &str = "/CognitoIdentityCredentials";
/// What only the identity pool knows of a caller.
const OF_POOL: [(&str, &str); 4] = [
    ("cognitoIdentityId", "identity.cognitoIdentityId"),
    ("cognitoIdentityPoolId", "identity.cognitoIdentityPoolId"),
    ("cognitoIdentityAuthType", "identity.cognitoIdentityAuthType"),
    ("cognitoIdentityAuthProvider", "identity.cognitoIdentityAuthProvider"),
];
/// What only STS knows of a caller.
const OF_ROLE: [(&str, &str); 3] =
    [("userArn", "identity.userArn"), ("accountId", "identity.accountId"), ("username", "identity.username")];

impl Context {
    /// A context of these members, such as AWS's EvaluateMappingTemplate takes. `args` stands for `arguments`.
    ///
    /// # Errors
    /// A sentence that names the member of the wrong type.
    pub fn from_members(members: &Map) -> Result<Self, ContextError> {
        let root = members.shallow_copy();
        let object = |names: &[&str]| -> Result<Map, ContextError> {
            let found =
                names.iter().find_map(|name| Some((name, root.get_str(name).filter(|value| !value.is_null())?)));
            match found {
                None => Ok(Map::new()),
                Some((_, Value::Map(map))) => Ok(map),
                Some((name, other)) => Err(format!("`{name}` must be a JSON object, not a {}", other.type_name()).into()),
            }
        };
        let arguments = object(&["arguments", "args"])?;
        let stash = object(&["stash"])?;
        let is_given = |name: &str| root.contains_str(name) || name == "arguments" && root.contains_str("args");
        let given = MEMBERS.iter().enumerate().fold(0, |given, (at, name)| given | u16::from(is_given(name)) << at);
        root.put_str("arguments", arguments.clone());
        root.put_str("args", arguments.clone());
        root.put_str("stash", stash.clone());
        Ok(Self { root, watched: vec!["isAuthorized".to_owned()], stash, arguments, given })
    }

    /// The context of the next template of a pipeline: what the field was called with, the stash and the arguments as those
    /// before it left them, and these members of its own.
    #[must_use]
    pub fn next<const N: usize>(&self, own: [(&str, Value); N]) -> Self {
        let root = self.root.shallow_copy();
        let mut given = self.given | bit("stash");
        for (name, value) in own {
            root.put_str(name, value);
            given |= bit(name);
        }
        Self { root, watched: self.watched.clone(), stash: self.stash.clone(), arguments: self.arguments.clone(), given }
    }

    /// An empty context.
    pub fn empty() -> Self {
        Self::from_members(&Map::new()).unwrap_or_else(|_| unreachable!("no member, no wrong type"))
    }

    /// Whether someone supplied this member, be it null.
    pub fn is_given(&self, member: &str) -> bool {
        self.given & bit(member) != 0
    }

    /// The members that nobody gave, and of which a caller in this mode may have any value. A root type has no source,
    /// a key no identity.
    pub fn open(&self, mode: Option<AuthType>) -> Vec<&'static str> {
        let info = self.root.get_str("info");
        let info = info.as_ref().and_then(Value::as_map);
        let parent = info.and_then(|info| info.get_str("parentTypeName"));
        let root = parent.as_ref().and_then(Value::as_str).is_some_and(|name| ROOTS.contains(&name));
        let open = |(at, member): &(usize, &&'static str)| match **member {
            "error" | "outErrors" => false,
            "source" if root => false,
            "identity" if mode == Some(AuthType::ApiKey) => false,
            _ => self.given & 1 << at == 0,
        };
        let mut found: Vec<&'static str> = MEMBERS.iter().enumerate().filter(open).map(|(_, member)| *member).collect();
        // Who knows the field may still not know what was selected of it.
        found.extend(SELECTION.iter().filter(|(key, _)| info.is_some_and(|info| !info.contains_str(key))).map(|(_, path)| *path));
        // A caller of a token has claims and an issuer, whether someone wrote them down or not.
        if matches!(mode, Some(AuthType::UserPool | AuthType::Oidc))
            && let Some(Value::Map(identity)) = self.root.get_str("identity")
            && identity.contains_str("sub")
        {
            let own = [("claims", "identity.claims"), ("issuer", "identity.issuer")].into_iter();
            found.extend(own.filter(|(name, _)| !identity.contains_str(name)).map(|(_, path)| path));
        }
        found.extend(self.open_of_iam(mode));
        // Each request has a mode, whether someone said which or not.
        found.extend(mode.is_none().then_some(CALLERS_MODE));
        // In paths, arguments go by the name that templates use.
        found.iter_mut().filter(|member| **member == "arguments").for_each(|member| *member = "args");
        found
    }

    /// The members of an IAM identity that what was given cannot have: STS knows nothing of the identity pool that opened a
    /// session (its name is always `CognitoIdentityCredentials`), the pool's own answer nothing of the role.
    fn open_of_iam(&self, mode: Option<AuthType>) -> Vec<&'static str> {
        let identity = || self.root.get_str("identity").and_then(|identity| identity.as_map().cloned());
        let Some(identity) = (mode == Some(AuthType::Iam)).then(identity).flatten() else { return Vec::new() };
        let arn = identity.get_str("userArn");
        let session = arn.as_ref().and_then(Value::as_str).is_some_and(|arn| arn.ends_with(POOL_SESSION));
        let lacks = move |name: &str| !identity.contains_str(name);
        let of_pool = OF_POOL.iter().filter(|_| session && OF_POOL.iter().all(|(name, _)| lacks(name)));
        let of_role = OF_ROLE.iter().filter(|_| !lacks("cognitoIdentityId") && OF_ROLE.iter().all(|(name, _)| lacks(name)));
        of_pool.chain(of_role).map(|(_, path)| *path).collect()
    }

    /// What to say when a template read a part that nobody supplied; `None` if someone did.
    pub fn missing(&self, container: &Map, name: &str) -> Option<Message> {
        if container.same(&self.root) {
            let option = match name {
                "result" => "--result",
                "source" => "--source",
                "prev" => "--prev",
                "identity" => "--claims",
                "info" => "--info",
                "request" => "--headers",
                "env" => "it in --context",
                _ => return None,
            };
            let given = self.is_given(name);
            return (!given).then(|| not_given(name, option.to_owned()));
        }
        if container.same(&self.arguments) && !self.is_given("arguments") {
            return Some(not_given("arguments", "--args".to_owned()));
        }
        // A stash that was given lacks what is not in it; but the before template fills these members all at once, so that
        // one with some of them is an excerpt.
        let given = self.is_given("stash") && !DEPLOYMENT.iter().any(|known| self.stash.contains_str(known));
        let missing =
            !given && container.same(&self.stash) && DEPLOYMENT.contains(&name) && !container.contains_str(name);
        missing.then(|| not_given(&format!("stash.{name}"), format!("--stash '{{\"{name}\": …}}'")))
    }

    /// The code and note of a point that no source settles, when a template reads this member (APPSYNC-VTL 9).
    pub fn uncertain(&self, container: &Map, name: &str, mode: Option<AuthType>) -> Option<(Code, Message)> {
        if container.same(&self.root) {
            return match name {
                "outErrors" => Some((
                    Code::U14,
                    "`$ctx.outErrors` is documented as an output only: a list of the errors appended so far is assumed"
                        .into(),
                )),
                "args" => None,
                name if MEMBERS.contains(&name) || self.root.contains_str(name) => None,
                name => Some((
                    Code::UnknownMember,
                    Message::of(
                        "AppSync's context has no `{}`, so it evaluates as null",
                        [Part::Name(name.to_owned())],
                    ),
                )),
            };
        }
        let Some(Value::Map(identity)) = self.root.get_str("identity") else { return None };
        if !container.same(&identity) || !identity.get_str(name).unwrap_or_default().is_null() {
            return None;
        }
        match (mode, name) {
            (Some(AuthType::Oidc), "sourceIp" | "username") => Some((
                Code::U16,
                Message::of(
                    "an OpenID Connect identity is assumed to have no `{}`: the documentation does not say",
                    [Part::Name(name.to_owned())],
                ),
            )),
            (Some(AuthType::UserPool), "defaultAuthStrategy") => Some((
                Code::U15,
                "`defaultAuthStrategy` is assumed to be absent, as for an additional user pool".into(),
            )),
            (Some(AuthType::Iam), "cognitoIdentityAuthProvider")
                if identity
                    .get_str("cognitoIdentityAuthType")
                    .is_some_and(|kind| kind.as_str() == Some("unauthenticated")) =>
            {
                Some((Code::U17, "a guest's `cognitoIdentityAuthProvider` is assumed to be null".into()))
            }
            _ => None,
        }
    }

    /// Tells the runtime what it needs of this context: field, type, identity, arguments.
    pub fn prepare(&self, env: &mut Env, auth_type: Option<AuthType>) {
        env.auth_type = auth_type;
        let own = [&mut env.identity, &mut env.arguments, &mut env.source, &mut env.result, &mut env.stash];
        own.into_iter().for_each(|member| *member = Value::Null);
        let mut info = None;
        // In one walk: looking for each of them goes through all members.
        self.root.each(|name, value| match (name.as_str().unwrap_or_default(), value) {
            ("identity", value) => env.identity = value.clone(),
            ("arguments", value) => env.arguments = value.clone(),
            ("source", value) => env.source = value.clone(),
            ("result", value) => env.result = value.clone(),
            ("stash", value) => env.stash = value.clone(),
            ("outErrors", Value::List(list)) => env.appended = list.clone(),
            ("info", Value::Map(map)) => info = Some(map.clone()),
            _ => {}
        });
        if let Some(info) = info {
            env.of_field(info);
        }
    }
}

/// A template read what nobody gave.
fn not_given(path: &str, option: String) -> Message {
    Message::of(
        "this depends on `{}`, which was not given: pass {}",
        [Part::Place(path.to_owned()), Part::Code(option)],
    )
}
