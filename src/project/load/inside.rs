//! Marks inside of a reference: `$ctx.result.${Table}`, which `Fn::Sub`, Serverless or `envsubst` fill in. In a text Velocity
//! prints one reference behind the other; in a directive or a call it does not parse, so that it can only be such a mark.
//! Where a tool has filled in what only the deployment knows, the member's name is an open value, in a text as well.

use crate::open;
use crate::source::Source;
use crate::syntax::parse;
use serde_json::Value as Json;
use std::ops::Range;

/// Marks that are filled in one template.
const MOST: usize = 200;

/// What stands in the place of a mark.
pub trait Fill {
    /// The value that the user gave for these names.
    fn given(&mut self, names: &[&str]) -> Option<Json>;

    /// The text that holds the open value of this name.
    fn open(&mut self, name: &str) -> String;
}

/// The text with the given name in the place of each mark, or with a look-up by an open value; and the first mark. None where
/// the text parses, or does not for another reason.
pub fn filled(name: &str, text: &str, fill: &mut impl Fill) -> Option<(String, String)> {
    if !text.contains(".${") {
        return None;
    }
    let mut out = text.to_owned();
    let mut first = None;
    for _ in 0..MOST {
        let Err(error) = parse(&Source::new(name, out.as_str())) else { break };
        let at = error.labels.first()?.span.start as usize;
        let mark = mark_at(&out, at)?;
        let shown = out[mark.clone()].to_owned();
        let inner = shown[2..shown.len() - 1].trim();
        match fill.given(&[&shown, inner]).as_ref().and_then(Json::as_str) {
            Some(value) => out.replace_range(mark, value),
            None => {
                let open = fill.open(inner);
                out.replace_range(mark, &format!("get('{open}')"));
            }
        }
        first.get_or_insert(shown);
    }
    first.map(|first| (out, first))
}

/// The text with a look-up in the place of each member whose name holds an open value: `$ctx.result.posts-⟦env⟧`. None where
/// there is no such member.
pub fn looked_up(text: &str) -> Option<String> {
    if !open::is_open(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut at, mut changed) = (0, false);
    while let Some(dot) = text[at..].find('.').map(|dot| at + dot) {
        let name = &text[dot + 1..];
        let part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-') || open::is_held(letter);
        let name = &name[..name.find(|letter| !part(letter)).unwrap_or(name.len())];
        out.push_str(&text[at..dot]);
        if open::is_open(name) && is_path(&text[..dot]) {
            out.extend([".get('", name, "')"]);
            changed = true;
        } else {
            out.extend([".", name]);
        }
        at = dot + 1 + name.len();
    }
    out.push_str(&text[at..]);
    changed.then_some(out)
}

/// Whether a text ends with a reference and members of it: `… $ctx.result.data`, `$items[0]`.
fn is_path(text: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '[' | ']');
    let path = &text[text.rfind(|letter| !inner(letter)).map_or(0, |before| before + 1)..];
    let before = text[..text.len() - path.len()].trim_end_matches(['!', '{']);
    path.starts_with(|letter: char| letter.is_ascii_alphabetic()) && before.ends_with('$')
}

/// The mark at a place that does not parse: `${Table}` behind `$ctx.result.`.
fn mark_at(text: &str, at: usize) -> Option<Range<usize>> {
    let start = if text.get(at..)?.starts_with(".${") { at + 1 } else { at };
    let inner = text.get(start..)?.strip_prefix("${")?;
    let length = inner.find('}')?;
    let name = inner[..length].trim();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.:".contains(letter);
    let named = name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.chars().all(plain);
    let before = text[..start].strip_suffix('.').filter(|_| named)?;
    let reference = &before[before.rfind('$')? + 1..];
    let path = reference.trim_start_matches('!');
    let steps = path.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && path.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
    steps.then(|| start..start + 2 + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known(&'static str);

    impl Fill for Known {
        fn given(&mut self, names: &[&str]) -> Option<Json> {
            names.contains(&self.0).then(|| Json::from("orders"))
        }

        fn open(&mut self, name: &str) -> String {
            format!("?{name}")
        }
    }

    #[test]
    fn a_mark_inside_a_reference_is_looked_up() {
        let text = "#if($ctx.result.${Table}.items[0] == 1)x#end $ctx.result.${Table} #set($a = $util.isNull($ctx.args.${Key}))";
        let (out, first) = filled("t", text, &mut Known("")).unwrap();
        assert_eq!(out, "#if($ctx.result.get('?Table').items[0] == 1)x#end $ctx.result.${Table} #set($a = $util.isNull($ctx.args.get('?Key')))");
        assert_eq!(first, "${Table}");
        let (out, _) = filled("t", "#if($ctx.result.${Table}.id)x#end", &mut Known("Table")).unwrap();
        assert_eq!(out, "#if($ctx.result.orders.id)x#end");
    }

    #[test]
    fn a_member_whose_name_is_open_is_looked_up() {
        let held = crate::open::OpenValues::default().hold(crate::open::OpenValue {
            name: "Table".to_owned(),
            kind: crate::open::OpenKind::Resource,
            file: std::path::PathBuf::new(),
        });
        for (text, wanted) in [
            ("#foreach($row in $ctx.result.data.?)", "#foreach($row in $ctx.result.data.get('?'))"),
            ("$util.toJson($ctx.result.data.posts-?.items)", "$util.toJson($ctx.result.data.get('posts-?').items)"),
            ("$!a[0].?", "$!a[0].get('?')"),
        ] {
            assert_eq!(looked_up(&text.replace('?', &held)), Some(wanted.replace('?', &held)));
        }
        for text in ["{\"tables\": {\"?\": 1}}", "arn.?", "$a. ?", "1.?", "$ctx.args.id ?.x", "$a.b"] {
            assert_eq!(looked_up(&text.replace('?', &held)), None, "{text}");
        }
    }

    #[test]
    fn what_velocity_reads_stays() {
        for text in ["$ctx.result.${Table}", "#set($a = \"$ctx.result.${Table}\")", "#if($a.${", "#if($a.${b} $", "$a.b"] {
            assert!(filled("t", text, &mut Known("")).is_none(), "{text}");
        }
    }
}
