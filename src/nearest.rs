//! "Did you mean": the known name that is closest to a mistyped one.

/// Longer names are near to none: what is known here is short.
const LONGEST: usize = 80;

/// The name that differs only in upper and lower case, else the one with the fewest letters to insert, remove, replace
/// or swap: at most one in a short name, at most two in a longer one.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let far = |known: &str| if known.eq_ignore_ascii_case(name) { 0 } else { strsim::osa_distance(known, name) };
    // Half of a short name may not be wrong: `get` is not a misspelt `let`, but `sizee` is `size`.
    let allowed = if name.chars().count() < 4 { 1 } else { 2 };
    // To be longer or shorter is to be as far at least.
    let (length, letters) = (|text: &str| text.chars().count(), name.chars().count());
    let like = known.into_iter().filter(|known| length(known).abs_diff(letters) <= allowed);
    let all = like.map(|known| (far(known), known));
    all.filter(|(far, _)| *far <= allowed).min().map(|(_, known)| known)
}

/// The letters of a name: `tenant_id`, `tenantId` and `TENANT-ID` are one name in three spellings.
pub fn letters(name: &str) -> String {
    name.replace(['_', '-'], "").to_lowercase()
}

/// The key that was probably meant: the same letters, one letter off, or the name with a stage or a prefix around it.
pub fn near_key<'k>(name: &str, keys: impl Iterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let letters = |text: &str| letters(text).replace('.', "");
    let around = |key: &str| {
        let rest = key.strip_prefix(name).map(|rest| rest.starts_with(['-', '_', '.']));
        let front = key.strip_suffix(name).map(|rest| rest.ends_with(['-', '_', '.']));
        name.len() > 2 && (rest == Some(true) || front == Some(true))
    };
    keys.clone()
        .find(|key| letters(key) == letters(name))
        .or_else(|| nearest(name, keys.clone()))
        .or_else(|| keys.clone().find(|key| around(key)))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names_and_no_others() {
        let near = |name| nearest(name, ["size", "get", "containsKey", "matrix"]);
        assert_eq!(near("Size"), Some("size"));
        assert_eq!(near("martix"), Some("matrix"));
        assert_eq!(near("containKey"), Some("containsKey"));
        assert_eq!(near("let"), Some("get"));
        assert_eq!(near("put"), None);
        assert_eq!(near(&"size".repeat(1_000_000)), None);
    }
}
