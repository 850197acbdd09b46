//! The secrets that are looked for as a whole: a text is gone through once, however many there are.

use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Letters of a value by which it is found.
const KEY: usize = 6;

/// What a key may be is told by its first letter and its last: most of a text is no key, and is not looked up.
const PLACES: usize = 1 << 10;

/// The place of a key, as a word of bits and the bit in it.
fn bit_of(key: &[u8; KEY]) -> (usize, u64) {
    let place = (usize::from(key[0]) << 3 ^ usize::from(key[KEY - 1])) % PLACES;
    (place / 64, 1 << (place % 64))
}

/// Values, each by six letters of its longest word.
#[derive(Clone, Debug, Default)]
pub struct KnownValues {
    all: FxHashSet<Arc<str>>,
    by_key: FxHashMap<[u8; KEY], Vec<Arc<str>>>,
    /// The places at which there is a key, one bit each.
    may_be: [u64; PLACES / 64],
    /// Values without so long a word.
    others: Vec<Arc<str>>,
}

impl KnownValues {
    /// Remembers a value.
    pub fn add(&mut self, value: &str) {
        if self.all.contains(value) {
            return;
        }
        let value: Arc<str> = value.into();
        self.all.insert(value.clone());
        // A report may fold a value between two words, but never in one.
        let word = value.split(' ').max_by_key(|word| word.len()).unwrap_or_default().as_bytes();
        // Many begin alike, as tokens do: of three places the one that fewest values have.
        let key = [word.first_chunk(), word.get(word.len() / 2..).and_then(<[u8]>::first_chunk), word.last_chunk()]
            .into_iter()
            .flatten()
            .min_by_key(|key: &&[u8; KEY]| self.by_key.get(*key).map_or(0, Vec::len))
            .copied();
        match key {
            Some(key) => {
                let (word, bit) = bit_of(&key);
                self.may_be.get_mut(word).into_iter().for_each(|word| *word |= bit);
                self.by_key.entry(key).or_default().push(value);
            }
            None => self.others.push(value),
        }
    }

    /// Whether a value is known.
    pub fn has(&self, value: &str) -> bool {
        self.all.contains(value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// With those of others.
    pub fn and(&mut self, other: &Self) {
        other.all.iter().for_each(|value| self.add(value));
    }

    /// Those that may stand in a text, the longest first, so that none is taken out in part.
    pub fn perhaps_in(&self, text: &str) -> Vec<Arc<str>> {
        let mut found: Vec<Arc<str>> = self.others.clone();
        if !self.by_key.is_empty() {
            let may_be = |key: &[u8; KEY]| {
                let (word, bit) = bit_of(key);
                self.may_be.get(word).is_some_and(|word| word & bit != 0)
            };
            let keys = text.as_bytes().windows(KEY).filter_map(|piece| <&[u8; KEY]>::try_from(piece).ok());
            let met: FxHashSet<&[u8; KEY]> = keys.filter(|key| may_be(key) && self.by_key.contains_key(*key)).collect();
            found.extend(met.into_iter().filter_map(|key| self.by_key.get(key)).flatten().cloned());
        }
        found.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::KnownValues;

    #[test]
    fn what_may_be_there_is_found_once_and_the_longest_first() {
        let mut known = KnownValues::default();
        for value in ["token-of-ann", "token-of-ann", "token-of-ann-and-bob", "a b c", "one hunter two"] {
            known.add(value);
        }
        let found = |text: &str| known.perhaps_in(text).iter().map(|value| value.to_string()).collect::<Vec<_>>();
        assert_eq!(found("nothing"), ["a b c"]);
        assert_eq!(found("a token-of-ann-and-bob"), ["token-of-ann-and-bob", "token-of-ann", "a b c"]);
        assert_eq!(found("one\n hunter\n two"), ["one hunter two", "a b c"]);
        assert_eq!(known.len(), 4);
    }
}
