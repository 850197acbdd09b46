//! A tree as the engine's pattern, of which only the plainest constructs are used.

use super::tree::{GroupKind, RegexNode};

/// What `$` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// The text has no line terminator: the end.
    Plain,
    /// The end, or before the line terminator that is the last.
    Lines,
}

/// Before the end, or before a line terminator at the end, but not between `\r` and `\n`.
const LAST_LINE: &str = r"(?:(?=\r\n\z|[\r\x{85}\x{2028}\x{2029}]?\z)|(?<!\r)(?=\n\z))";

pub(super) fn write(node: &RegexNode, ends: Ends, out: &mut String) {
    match node {
        // No character at all.
        RegexNode::Class(set) if set.is_empty() => out.push_str("[^\\x{0}-\\x{10ffff}]"),
        RegexNode::Class(set) => set.write(out),
        RegexNode::Begin => out.push_str("\\A"),
        RegexNode::LastLine if ends == Ends::Lines => out.push_str(LAST_LINE),
        RegexNode::LastLine | RegexNode::End => out.push_str("\\z"),
        RegexNode::Boundary(true) => out.push_str("\\b"),
        RegexNode::Boundary(false) => out.push_str("\\B"),
        RegexNode::LineBreak => out.push_str(r"(?:\r\n|[\x{a}-\x{d}\x{85}\x{2028}\x{2029}])"),
        RegexNode::Back(number) => {
            out.push_str("(?:\\");
            out.push_str(&number.to_string());
            out.push(')');
        }
        RegexNode::Sequence(parts) => {
            out.push_str("(?:");
            parts.iter().for_each(|part| write(part, ends, out));
            out.push(')');
        }
        RegexNode::Either(parts) => {
            out.push_str("(?:");
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write(part, ends, out);
            }
            out.push(')');
        }
        RegexNode::Capture(None, inner) => wrap("(", inner, ends, out),
        RegexNode::Capture(Some(name), inner) => wrap(&format!("(?P<{name}>"), inner, ends, out),
        RegexNode::Atomic(inner) => wrap("(?>", inner, ends, out),
        RegexNode::Look { behind, negative, inner } => {
            let begin = match (behind, negative) {
                (false, false) => "(?=",
                (false, true) => "(?!",
                (true, false) => "(?<=",
                (true, true) => "(?<!",
            };
            wrap(begin, inner, ends, out);
        }
        RegexNode::Repeat { inner, least, most, kind } => {
            if *kind == GroupKind::Possessive {
                out.push_str("(?>");
            }
            wrap("(?:", inner, ends, out);
            out.push_str(&match (least, most) {
                (least, None) => format!("{{{least},}}"),
                (least, Some(most)) => format!("{{{least},{most}}}"),
            });
            match kind {
                GroupKind::Greedy => {}
                GroupKind::Lazy => out.push('?'),
                GroupKind::Possessive => out.push(')'),
            }
        }
    }
}

fn wrap(begin: &str, inner: &RegexNode, ends: Ends, out: &mut String) {
    out.push_str(begin);
    write(inner, ends, out);
    out.push(')');
}
