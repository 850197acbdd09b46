//! Values that nobody knows before a deployment: where they come from, and how a text holds them.
//!
//! In a text, an open value is one character of Unicode's private use planes: the first of them is the project's first
//! open value. One character cannot be cut in two by `substring` or `split`, has no other case, and a text that holds one
//! is seen to do so by a look at its characters. Such a text is never compared, only shown; but two names that can belong to
//! no two things at once, such as those of two roles, are told apart.

pub mod substitution;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// The first private use plane; 65,534 open values have room in both, each with a character for what may be alike and one
/// for what never is.
const FIRST: u32 = 0xF_0000;
const LAST: u32 = 0x10_FFFD;

/// The character of all values that have no room.
const SHARED: u32 = LAST - 1;

/// What kind of expression leaves a value open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenKind {
    /// A parameter or variable without a value.
    Parameter,
    /// A resource's name or id (`Ref`).
    Resource,
    /// The name of a role, of which an account has no two.
    Role,
    /// An attribute of a resource (`Fn::GetAtt`, an output of Pulumi or Terraform).
    Attribute,
    /// What another stack exports (`Fn::ImportValue`, `${cf:…}`).
    Import,
    /// A value of the account (`AWS::Region`, `${aws:…}`).
    Pseudo,
    /// A value that the deployment looks up: SSM, Secrets Manager.
    Lookup,
    /// Which branch a condition takes.
    Condition,
    /// A function of the source's language that is not evaluated.
    Expression,
    /// A mark that another tool replaces (`{{x}}`, `<%= x %>`, `@@x@@`).
    Mark,
}

/// A value that nobody knows before a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenValue {
    /// What reports call it, and `--parameters` takes: `Stack/Nested/Table.Arn`, `var.table`.
    pub name: String,
    /// What leaves it open.
    pub kind: OpenKind,
    /// The file whose expression it is.
    pub file: PathBuf,
}

impl OpenValue {
    /// The option that gives it.
    pub fn option(&self) -> String {
        format!("--parameters '{{\"{}\": …}}'", self.name)
    }
}

/// The open values of a project.
#[derive(Clone, Debug, Default)]
pub struct OpenValues {
    all: Vec<OpenValue>,
    /// The place of each by its name.
    places: HashMap<String, usize>,
}

impl OpenValues {
    /// The text that holds this value; the same one for the same name.
    pub fn hold(&mut self, mut value: OpenValue) -> String {
        value.name = plain(&value.name);
        let next = self.all.len();
        let at = *self.places.entry(value.name.clone()).or_insert(next);
        if at == next {
            self.all.push(value);
        }
        self.letter(at).to_string()
    }

    /// The character of a value. More than fit share one: none of them is ever known, so none decides.
    fn letter(&self, at: usize) -> char {
        let alone = self.all.get(at).is_some_and(|value| value.kind == OpenKind::Role);
        let code = u32::try_from(at).ok().and_then(|at| FIRST.checked_add(at.checked_mul(2)?)?.checked_add(u32::from(alone)));
        char::from_u32(mark(code.unwrap_or(SHARED))).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The value that a character holds.
    pub fn of(&self, letter: char) -> Option<&OpenValue> {
        self.all.get(place(letter)?)
    }

    /// Those that a text holds, each once, in the order in which they stand there.
    pub fn in_text<'o>(&'o self, text: &str) -> Vec<&'o OpenValue> {
        let mut seen = HashSet::new();
        let first = |letter: &char| is_held(*letter) && seen.insert(*letter);
        text.chars().filter(first).filter_map(|letter| self.of(letter)).collect()
    }

    /// A text for a reader: `⟦Table.Arn⟧` where it holds an open value.
    pub fn shown<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        if self.all.is_empty() || !is_open(text) {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        // In `--parameters '{"Name": …}'` the name is to be typed, without the marks.
        let mut typed = false;
        for letter in text.chars() {
            typed = if typed { letter != '}' } else { out.ends_with("'{\"") };
            match self.of(letter) {
                Some(value) if typed => out.push_str(&value.name),
                Some(value) => out.extend(["⟦", &value.name, "⟧"]),
                None => out.push(letter),
            }
        }
        out.into()
    }

    /// A text as a reader was shown it, with the values in it again: `⟦Table.Arn⟧` of a known name.
    pub fn taken(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('⟦') {
            out.push_str(before);
            let known = after.split_once('⟧').and_then(|(name, after)| Some((*self.places.get(name)?, after)));
            match known {
                Some((at, after)) => {
                    out.push(self.letter(at));
                    rest = after;
                }
                None => {
                    out.push('⟦');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &OpenValue> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// A name that can stand in a report of whatever form: nothing in it needs an escape in JSON or HTML.
pub fn plain(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control() && !"\"\\<>&".contains(*letter)).collect()
}

/// Whether a text holds an open value.
pub fn is_open(text: &str) -> bool {
    // In UTF-8, all of both planes begin with these bytes, and few others do.
    text.bytes().any(|byte| byte >= 0xF3) && text.chars().any(|letter| place(letter).is_some())
}

/// Whether a text is not known before a deployment, as it is held or as a reader is shown it.
pub fn is_unknown(text: &str) -> bool {
    is_open(text) || text.contains('⟦')
}

/// Whether a character holds an open value.
pub fn is_held(letter: char) -> bool {
    place(letter).is_some()
}

/// Whether two texts are equal, where that is certain although they hold open values: the same text is, and one that can
/// become the other by no value is not.
pub fn equal(left: &str, right: &str) -> Option<bool> {
    if left == right {
        return Some(true);
    }
    if differ_in_a_role(left, right) {
        return Some(false);
    }
    let (pattern, text) = if is_open(left) { (left, right) } else { (right, left) };
    // Two texts with holes are compared from both ends up to the first hole of either.
    let known = |text: &str| text.chars().take_while(|letter| place(*letter).is_none()).collect::<String>();
    let ends = |text: &str| known(&text.chars().rev().collect::<String>());
    let apart = |one: String, other: String| {
        let short = one.chars().count().min(other.chars().count());
        one.chars().take(short).ne(other.chars().take(short))
    };
    if is_open(text) {
        let different = apart(known(pattern), known(text)) || apart(ends(pattern), ends(text));
        return different.then_some(false);
    }
    let parts: Vec<&str> = pattern.split(|letter| place(letter).is_some()).collect();
    (!fits(&parts, text)).then_some(false)
}

/// Whether a text may hold a part that has open values in it: what is known of the part stands there, in this order.
pub fn may_hold(text: &str, part: &str) -> bool {
    let mut rest = text;
    part.split(|letter| place(letter).is_some()).all(|known| {
        let found = rest.find(known);
        rest = found.map_or("", |at| &rest[at + known.len()..]);
        found.is_some()
    })
}

/// Whether two texts differ in nothing but the names of two roles.
fn differ_in_a_role(left: &str, right: &str) -> bool {
    let mut pairs = left.chars().zip(right.chars()).filter(|(left, right)| left != right);
    let same_length = left.chars().count() == right.chars().count();
    let is_role = |letter: char| linear(letter).is_some_and(|code| code % 2 == 1);
    match (pairs.next(), pairs.next()) {
        (Some((left, right)), None) => same_length && is_role(left) && is_role(right),
        _ => false,
    }
}

/// Whether a text begins with the first part, ends with the last, and has the others in order between them.
fn fits(parts: &[&str], text: &str) -> bool {
    let [first, between @ .., last] = parts else { return parts.first() == Some(&text) };
    let inner = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let Some(mut rest) = inner else { return false };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

/// The last two codes of each plane are no characters.
fn mark(code: u32) -> u32 {
    let code = if code > 0xF_FFFD && code != SHARED { code + 2 } else { code };
    if code > LAST { SHARED } else { code }
}

/// The place of a value among all.
fn place(letter: char) -> Option<usize> {
    linear(letter).map(|code| code as usize / 2)
}

/// The place of a character among those of both planes.
fn linear(letter: char) -> Option<u32> {
    let code = u32::from(letter);
    match code {
        FIRST..=0xF_FFFD => Some(code - FIRST),
        0x10_0000..=LAST => Some(code - FIRST - 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> OpenValue {
        OpenValue { name: name.to_owned(), kind: OpenKind::Parameter, file: PathBuf::from("a.json") }
    }

    #[test]
    fn a_text_holds_a_value_in_one_character() {
        let mut open = OpenValues::default();
        let table = open.hold(value("Table.Arn"));
        let other = open.hold(value("env"));
        assert_eq!(open.hold(value("Table.Arn")), table);
        assert_eq!(table.chars().count(), 1);
        assert_ne!(table, other);
        let text = format!("arn:{other}/{table}/{other}");
        assert!(is_open(&text) && !is_open("arn:⟦env⟧ 😀"));
        assert_eq!(open.shown(&text), "arn:⟦env⟧/⟦Table.Arn⟧/⟦env⟧");
        assert_eq!(open.in_text(&text), [&value("env"), &value("Table.Arn")]);
        assert_eq!((table.to_uppercase(), table.to_lowercase()), (table.clone(), table.clone()));
    }

    #[test]
    fn what_no_value_can_make_equal_is_different() {
        let mut open = OpenValues::default();
        let (account, role) = (open.hold(value("AWS::AccountId")), open.hold(value("Role")));
        let arn = |account: &str, role: &str| format!("arn:aws:sts::{account}:assumed-role/{role}/Cognito");
        for (left, right, wanted) in [
            (arn(&account, &role), arn("1", "notes"), None),
            (arn(&account, "notes"), arn("1", "notes"), None),
            (arn(&account, "notes"), arn("1", "other"), Some(false)),
            (arn(&account, &role), "arn:aws:sts::1:assumed-role/notes/other".to_owned(), Some(false)),
            (arn(&account, &role), arn(&account, &role), Some(true)),
            (arn(&account, "notes"), arn(&account, "other"), Some(false)),
            (arn(&account, "notes"), arn("1", &role), None),
            (format!("{account}{account}"), String::new(), None),
            (format!("aa{account}aa"), "aaa".to_owned(), Some(false)),
        ] {
            assert_eq!(equal(&left, &right), wanted, "{} {}", open.shown(&left), open.shown(&right));
            assert_eq!(equal(&right, &left), wanted);
        }
    }

    #[test]
    fn both_planes_are_used_and_their_ends_are_characters() {
        for at in [0, 0xFFFD, 0xFFFE, 131_065] {
            let letter = char::from_u32(mark(FIRST + at)).unwrap();
            assert_eq!(linear(letter), Some(at), "{at}");
        }
        assert_eq!((mark(FIRST + 200_000), mark(SHARED), linear(char::from_u32(SHARED).unwrap())), (SHARED, SHARED, Some(131_066)));
    }

    #[test]
    fn a_text_holds_no_part_whose_known_letters_it_lacks() {
        let mut open = OpenValues::default();
        let env = open.hold(value("env"));
        for (part, wanted) in [("fn-?", true), ("?-fn", true), ("?", true), ("other-?", false), ("fn?-x", false), ("a?a", true), ("a?a?a", false)] {
            assert_eq!(may_hold("role/a-fn-a", &part.replace('?', &env)), wanted, "{part}");
        }
    }

    #[test]
    fn the_names_of_two_roles_are_never_alike() {
        let mut open = OpenValues::default();
        let role = |name| OpenValue { kind: OpenKind::Role, ..value(name) };
        let (account, region) = (open.hold(value("AWS::AccountId")), open.hold(value("AWS::Region")));
        let (auth, unauth) = (open.hold(role("Auth")), open.hold(role("Unauth")));
        let arn = |account: &str, role: &str| format!("arn:aws:sts::{account}:assumed-role/{role}/Cognito");
        assert_eq!(equal(&arn(&account, &auth), &arn(&account, &unauth)), Some(false));
        assert_eq!(equal(&arn(&account, &auth), &arn(&account, &auth)), Some(true));
        // Another account may have the same name, and what is no role's may be whatever.
        assert_eq!(equal(&arn(&account, &auth), &arn(&region, &unauth)), None);
        assert_eq!(equal(&arn(&account, &auth), &arn(&account, &region)), None);
        assert_eq!(equal(&arn(&account, &auth), &arn("1", "notes")), None);
        assert_eq!(open.taken(&open.shown(&arn(&account, &auth))), arn(&account, &auth));
    }
}
