//! Addresses as templates test them: by their ending.

/// Whether an ending of an address is a domain that begins at a letter, so that a longer name of somebody else ends so
/// too: `corp.example` is the end of `a@notcorp.example`. An ending with `@` or one that begins with a dot is not: it
/// says itself where the domain begins.
pub fn is_bare_domain(ending: &str) -> bool {
    ending.contains('.') && !ending.contains('@') && ending.starts_with(|letter: char| letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::is_bare_domain;

    #[test]
    fn only_a_domain_without_its_border_is_bare() {
        for bare in ["corp.example", "1corp.example"] {
            assert!(is_bare_domain(bare), "{bare}");
        }
        for anchored in ["@corp.example", ".corp.example", "ann@corp.example", "example", ""] {
            assert!(!is_bare_domain(anchored), "{anchored}");
        }
    }
}
