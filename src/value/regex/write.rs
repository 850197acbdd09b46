//! A tree as the engine's pattern, of which only the plainest constructs are used.

use super::tree::{Kind, Node};

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

pub(super) fn write(node: &Node, ends: Ends, out: &mut String) {
    match node {
        // No character at all.
        Node::Class(set) if set.is_empty() => out.push_str("[^\\x{0}-\\x{10ffff}]"),
        Node::Class(set) => set.write(out),
        Node::Begin => out.push_str("\\A"),
        Node::LastLine if ends == Ends::Lines => out.push_str(LAST_LINE),
        Node::LastLine | Node::End => out.push_str("\\z"),
        Node::Boundary(true) => out.push_str("\\b"),
        Node::Boundary(false) => out.push_str("\\B"),
        Node::LineBreak => out.push_str(r"(?:\r\n|[\x{a}-\x{d}\x{85}\x{2028}\x{2029}])"),
        Node::Back(number) => {
            out.push_str("(?:\\");
            out.push_str(&number.to_string());
            out.push(')');
        }
        Node::Sequence(parts) => {
            out.push_str("(?:");
            parts.iter().for_each(|part| write(part, ends, out));
            out.push(')');
        }
        Node::Either(parts) => {
            out.push_str("(?:");
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write(part, ends, out);
            }
            out.push(')');
        }
        Node::Capture(None, inner) => wrap("(", inner, ends, out),
        Node::Capture(Some(name), inner) => wrap(&format!("(?P<{name}>"), inner, ends, out),
        Node::Atomic(inner) => wrap("(?>", inner, ends, out),
        Node::Look { behind, negative, inner } => {
            let begin = match (behind, negative) {
                (false, false) => "(?=",
                (false, true) => "(?!",
                (true, false) => "(?<=",
                (true, true) => "(?<!",
            };
            wrap(begin, inner, ends, out);
        }
        Node::Repeat { inner, least, most, kind } => {
            if *kind == Kind::Possessive {
                out.push_str("(?>");
            }
            wrap("(?:", inner, ends, out);
            out.push_str(&match (least, most) {
                (least, None) => format!("{{{least},}}"),
                (least, Some(most)) => format!("{{{least},{most}}}"),
            });
            match kind {
                Kind::Greedy => {}
                Kind::Lazy => out.push('?'),
                Kind::Possessive => out.push(')'),
            }
        }
    }
}

fn wrap(begin: &str, inner: &Node, ends: Ends, out: &mut String) {
    out.push_str(begin);
    write(inner, ends, out);
    out.push(')');
}
