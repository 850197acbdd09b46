//! A secret of several words that a report has folded: its blanks are ends of lines there.

/// Where a text holds the words of a value one after the other, with any blanks between them.
pub fn find(text: &str, value: &str) -> Option<(usize, usize)> {
    let (first, others) = value.split_once(' ')?;
    if first.is_empty() {
        return find(text, value.trim_start());
    }
    let ends = |after: &str| {
        let mut rest = after;
        for word in others.split(' ').filter(|word| !word.is_empty()) {
            let bare = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '│');
            if bare.len() == rest.len() {
                return None;
            }
            rest = bare.strip_prefix(word)?;
        }
        Some(rest.len())
    };
    text.match_indices(first).find_map(|(start, found)| {
        let after = text.get(start.checked_add(found.len())?..)?;
        Some((start, text.len().checked_sub(ends(after)?)?))
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn blanks_may_be_ends_of_lines() {
        let text = "he said hunter  two and hunter\n   │  two trees";
        assert_eq!(find(text, "hunter two trees"), Some((24, text.len())));
        assert_eq!(find(text, " hunter two"), Some((8, 19)));
        for other in ["hunter", "hunter trees", "huntertwo", "said two", " "] {
            assert_eq!(find(text, other), None, "{other}");
        }
    }
}
