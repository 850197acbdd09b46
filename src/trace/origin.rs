//! Where a value comes from: the places in the context, or the literal in the template.

use crate::appsync::ContextPath;
use crate::syntax::NodeId;
use crate::value::Value;
use smallvec::{SmallVec, smallvec};
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

/// All sources of a value, each once, in the order in which they were read. A clone shares: each value of a run is known by
/// several nodes, with its sources.
#[derive(Clone, Debug, Default)]
pub struct Origins(Option<Rc<Sources>>);

/// Most values have one source, which needs no allocation of its own.
type Sources = SmallVec<[Origin; 1]>;

/// With more sources, of which none is known yet.
fn extend(sources: &mut Rc<Sources>, new: impl IntoIterator<Item = Origin>) {
    let whole = Rc::make_mut(sources);
    whole.extend(new);
    // What nobody gave is never forgotten: a test on it would be taken for one on what is known.
    if let Some(open) = whole.iter().skip(MOST).position(Origin::is_open)
        && !whole.iter().take(MOST).any(Origin::is_open)
    {
        whole.swap(MOST - 1, MOST + open);
    }
    whole.truncate(MOST);
}

impl FromIterator<Origin> for Origins {
    fn from_iter<T: IntoIterator<Item = Origin>>(origins: T) -> Self {
        let sources: Sources = origins.into_iter().collect();
        Self((!sources.is_empty()).then(|| Rc::new(sources)))
    }
}

impl Origins {
    /// A single source.
    pub fn one(origin: Origin) -> Self {
        Self(Some(Rc::new(smallvec![origin])))
    }

    fn list(&self) -> &[Origin] {
        self.0.as_ref().map_or(&[], |sources| sources.as_slice())
    }

    /// The sources.
    pub fn iter(&self) -> std::slice::Iter<'_, Origin> {
        self.list().iter()
    }

    /// Whether one of them is a place of which nobody said what stands there.
    pub fn is_open(&self) -> bool {
        self.iter().any(Origin::is_open)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Adds one.
    pub fn add(&mut self, origin: Origin) {
        match &mut self.0 {
            None => *self = Self::one(origin),
            Some(sources) if sources.iter().any(|known| known.same(&origin)) => {}
            Some(sources) => extend(sources, [origin]),
        }
    }

    /// Adds those of another value.
    pub fn join(&mut self, other: &Self) {
        let (mine, more) = match (&mut self.0, &other.0) {
            (_, None) => return,
            (mine @ None, Some(more)) => {
                *mine = Some(Rc::clone(more));
                return;
            }
            (Some(mine), Some(more)) => (mine, more),
        };
        if Rc::ptr_eq(mine, more) {
            return;
        }
        let is_known = |origin: &Origin| mine.iter().any(|known| known.same(origin));
        let Some(first) = more.iter().position(|origin| !is_known(origin)) else { return };
        let new: Sources = more.iter().skip(first).filter(|origin| !is_known(origin)).cloned().collect();
        extend(mine, new);
    }

    /// Without literals: their nodes mean nothing in another template.
    #[must_use]
    pub fn without_literals(&self) -> Self {
        let is_kept = |origin: &&Origin| !matches!(origin, Origin::Literal(_));
        if self.iter().all(|origin| is_kept(&origin)) { self.clone() } else { self.iter().filter(is_kept).cloned().collect() }
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
        if keys.is_empty() { self.clone() } else { self.iter().map(further).collect() }
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
