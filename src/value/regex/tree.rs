//! A pattern as a tree.

use super::class::CodePoints;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum RegexNode {
    /// One character of a set.
    Class(CodePoints),
    Begin,
    /// `$` and `\Z`: the end, or before the line terminator that is the last of the text.
    LastLine,
    End,
    Boundary(bool),
    /// `\R`
    LineBreak,
    Back(usize),
    Sequence(Vec<RegexNode>),
    Either(Vec<RegexNode>),
    /// A group with its number, and its name.
    Capture(Option<String>, Box<RegexNode>),
    Look {
        behind: bool,
        negative: bool,
        inner: Box<RegexNode>,
    },
    Atomic(Box<RegexNode>),
    Repeat {
        inner: Box<RegexNode>,
        least: u32,
        most: Option<u32>,
        kind: GroupKind,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    Greedy,
    Lazy,
    Possessive,
}

/// A pattern that was read.
#[derive(Debug)]
pub(super) struct RegexTree {
    pub root: RegexNode,
    /// Whether only texts of ASCII can be judged.
    pub ascii: bool,
}

impl RegexNode {
    /// The least and the most characters that it takes; `None` is without end.
    pub fn width(&self) -> (u64, Option<u64>) {
        let sum = |parts: &[Self]| {
            parts.iter().map(Self::width).fold((0_u64, Some(0_u64)), |(least, most), (more, bound)| {
                (least.saturating_add(more), most.zip(bound).map(|(most, bound)| most.saturating_add(bound)))
            })
        };
        match self {
            Self::Class(_) => (1, Some(1)),
            Self::LineBreak => (1, Some(2)),
            Self::Back(_) => (0, None),
            Self::Begin | Self::LastLine | Self::End | Self::Boundary(_) | Self::Look { .. } => (0, Some(0)),
            Self::Sequence(parts) => sum(parts),
            Self::Either(parts) => {
                let all = parts.iter().map(Self::width);
                all.reduce(|(least, most), (other, bound)| {
                    (least.min(other), most.zip(bound).map(|(most, bound)| most.max(bound)))
                })
                .unwrap_or_default()
            }
            Self::Capture(_, inner) | Self::Atomic(inner) => inner.width(),
            Self::Repeat { inner, least, most, .. } => {
                let (one, bound) = inner.width();
                let most = most.zip(bound).map(|(most, bound)| bound.saturating_mul(u64::from(most)));
                (one.saturating_mul(u64::from(*least)), most)
            }
        }
    }

    /// How large an automaton of it is, roughly.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Class(set) => set.weight(),
            Self::Sequence(parts) | Self::Either(parts) => parts.iter().map(Self::weight).fold(1, u64::saturating_add),
            Self::Capture(_, inner) | Self::Atomic(inner) | Self::Look { inner, .. } => {
                inner.weight().saturating_add(2)
            }
            Self::Repeat { inner, least, most, .. } => {
                let times = u64::from(most.unwrap_or(*least).max(1));
                inner.weight().saturating_add(1).saturating_mul(times)
            }
            _ => 2,
        }
    }

    /// Whether some part of it is such.
    pub fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::Sequence(parts) | Self::Either(parts) => parts.iter().any(|part| part.any(is)),
                Self::Capture(_, inner)
                | Self::Atomic(inner)
                | Self::Look { inner, .. }
                | Self::Repeat { inner, .. } => inner.any(is),
                _ => false,
            }
    }
}
