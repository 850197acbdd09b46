//! Where a value comes from: the places in the context, or the literal in the template.

use crate::syntax::NodeId;
use crate::value::Value;
use ecow::EcoString;
use std::rc::Rc;

/// More origins than this are no explanation.
const MOST: usize = 12;

/// One source of a value.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Origin {
    /// A place in the context, such as `identity.claims["cognito:groups"]`; `absent` when nothing stood there, `open`
    /// when nobody said what stands there.
    Context { path: EcoString, value: Value, absent: bool, open: bool },
    /// The caller's mode, `$util.authType()`.
    AuthType(Value),
    /// A literal of the template.
    Literal(NodeId),
}

impl Origin {
    /// The place in the context; `authType` for the mode.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Context { path, .. } => Some(path),
            Self::AuthType(_) => Some("authType"),
            Self::Literal(_) => None,
        }
    }

    /// Whether nobody said what stands there.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Context { open: true, .. })
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(left), Self::Literal(right)) => left == right,
            (left, right) => left.path().is_some() && left.path() == right.path(),
        }
    }
}

/// All sources of a value, each once, in the order in which they were read. A clone shares.
#[derive(Clone, Debug, Default)]
pub struct Origins(Option<Rc<Vec<Origin>>>);

impl Origins {
    /// A single source.
    pub fn one(origin: Origin) -> Self {
        Self(Some(Rc::new(vec![origin])))
    }

    /// The sources.
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().flat_map(|list| list.iter())
    }

    /// Whether one of them is a place of which nobody said what stands there.
    pub fn is_open(&self) -> bool {
        self.iter().any(Origin::is_open)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Adds those of another value.
    pub fn join(&mut self, other: &Self) {
        let Some(more) = &other.0 else { return };
        match &mut self.0 {
            None => self.0 = Some(more.clone()),
            Some(mine) if Rc::ptr_eq(mine, more) => {}
            Some(mine) => {
                let new: Vec<_> =
                    more.iter().filter(|origin| !mine.iter().any(|known| known.same(origin))).cloned().collect();
                if !new.is_empty() {
                    let list = Rc::make_mut(mine);
                    list.extend(new);
                    list.truncate(MOST);
                }
            }
        }
    }

    /// Without literals: their nodes mean nothing in another template.
    #[must_use]
    pub fn without_literals(&self) -> Self {
        let kept: Vec<Origin> = self.iter().filter(|origin| !matches!(origin, Origin::Literal(_))).cloned().collect();
        if kept.is_empty() { Self::default() } else { Self(Some(Rc::new(kept))) }
    }

    /// Of what nobody gave, the members of these names: a chain ends where nothing stands, and its text says what was
    /// sought.
    #[must_use]
    pub fn beyond(&self, keys: &[Value]) -> Self {
        let further = |origin: &Origin| match origin {
            Origin::Context { path, value, absent, open: true } => {
                let path = keys.iter().fold(path.clone(), |path, key| join(&path, key));
                Origin::Context { path, value: value.clone(), absent: *absent, open: true }
            }
            other => other.clone(),
        };
        if keys.is_empty() { self.clone() } else { Self(Some(Rc::new(self.iter().map(further).collect()))) }
    }

    /// The first place in the context.
    pub fn context(&self) -> Option<(&str, &Value, bool)> {
        self.iter().find_map(|origin| match origin {
            Origin::Context { path, value, absent, .. } => Some((path.as_str(), value, *absent)),
            _ => None,
        })
    }

    /// The literal, if that is where it comes from.
    pub fn literal(&self) -> Option<NodeId> {
        self.iter().find_map(|origin| match origin {
            Origin::Literal(node) => Some(*node),
            _ => None,
        })
    }
}

/// The path of a member: `.name` where that reads as one, else `["name"]`, `[0]` for an index.
pub fn join(parent: &str, key: &Value) -> EcoString {
    let Value::String(name) = key else {
        return match key {
            Value::Number(number) => format!("{parent}[{number}]").into(),
            other => format!("{parent}[{other}]").into(),
        };
    };
    let plain = !name.is_empty()
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    match (parent.is_empty(), plain) {
        // `$ctx.arguments` and `$ctx.args` are one object: it goes by the name that templates use.
        (true, _) if name == "arguments" => "args".into(),
        (true, _) => name.into(),
        (false, true) => format!("{parent}.{name}").into(),
        (false, false) => format!("{parent}[{}]", serde_json::Value::from(name.as_str())).into(),
    }
}
