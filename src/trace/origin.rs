//! Where a value comes from: the places in the context, or the literal in the template.

use crate::appsync::ContextPath;
use crate::syntax::NodeId;
use crate::value::Value;
use std::rc::Rc;

static AUTH_TYPE: ContextPath = ContextPath::AUTH_TYPE;

/// More origins than this are no explanation.
const MOST: usize = 12;

/// One source of a value.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum Origin {
    /// A place in the context, such as `identity.claims["cognito:groups"]`; `absent` when nothing stood there, `open`
    /// when nobody said what stands there.
    Context { path: ContextPath, value: Value, absent: bool, open: bool },
    /// The caller's mode, `$util.authType()`.
    AuthType(Value),
    /// A literal of the template.
    Literal(NodeId),
}

impl Origin {
    /// The place in the context; `authType` for the mode.
    pub fn path(&self) -> Option<&ContextPath> {
        match self {
            Self::Context { path, .. } => Some(path),
            Self::AuthType(_) => Some(&AUTH_TYPE),
            Self::Literal(_) => None,
        }
    }

    /// Whether it is this place.
    pub fn is_at(&self, place: &str) -> bool {
        self.path().is_some_and(|path| path == place)
    }

    /// Whether it is this place or one inside it.
    pub fn is_in(&self, place: &str) -> bool {
        self.path().is_some_and(|path| path.is_in(place))
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
                let path = keys.iter().fold(path.clone(), |path, key| path.join(key));
                Origin::Context { path, value: value.clone(), absent: *absent, open: true }
            }
            other => other.clone(),
        };
        if keys.is_empty() { self.clone() } else { Self(Some(Rc::new(self.iter().map(further).collect()))) }
    }

    /// The first place in the context.
    pub fn context(&self) -> Option<(&ContextPath, &Value, bool)> {
        self.iter().find_map(|origin| match origin {
            Origin::Context { path, value, absent, .. } => Some((path, value, *absent)),
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
