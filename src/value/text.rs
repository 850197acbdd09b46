//! Java's `String`: shared, never changed, and counted once while anyone has it.

use super::ledger::Charge;
use ecow::EcoString;
use std::cmp::Ordering;
use std::fmt::{self, Debug, Display, Formatter};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// A text. Cloning copies the reference.
#[derive(Clone)]
pub struct Text(TextForm);

#[derive(Clone)]
enum TextForm {
    /// Of a few letters, or a constant of a program: nothing that an evaluation made.
    Free(EcoString),
    Counted(Rc<Counted>),
}

struct Counted {
    text: EcoString,
    _charge: Charge,
}

impl Text {
    /// A constant, which whoever has the program pays for.
    #[inline]
    pub fn constant(text: EcoString) -> Self {
        Self(TextForm::Free(text))
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        self.eco()
    }

    #[inline]
    fn eco(&self) -> &EcoString {
        match &self.0 {
            TextForm::Free(text) => text,
            TextForm::Counted(counted) => &counted.text,
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(TextForm::Free(EcoString::new()))
    }
}

impl From<EcoString> for Text {
    #[inline]
    fn from(text: EcoString) -> Self {
        if text.is_inline() {
            return Self(TextForm::Free(text));
        }
        let charge = Charge::new(text.capacity() + size_of::<Counted>());
        Self(TextForm::Counted(Rc::new(Counted { text, _charge: charge })))
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Self {
        EcoString::from(text).into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        EcoString::from(text).into()
    }
}

impl From<&Text> for EcoString {
    fn from(text: &Text) -> Self {
        text.eco().clone()
    }
}

impl From<Text> for EcoString {
    fn from(text: Text) -> Self {
        text.eco().clone()
    }
}

impl FromIterator<char> for Text {
    fn from_iter<T: IntoIterator<Item = char>>(letters: T) -> Self {
        letters.into_iter().collect::<EcoString>().into()
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Display for Text {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

impl Debug for Text {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self.as_str(), out)
    }
}
