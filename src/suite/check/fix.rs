//! What is certain, mended: a text with the right words in the place of the wrong ones.

use super::Fix;

/// The text with the fixes made; of two that overlap the first is.
pub fn mended(text: &str, fixes: &[Fix]) -> (String, usize) {
    let mut fixes: Vec<&Fix> = fixes.iter().collect();
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let (mut out, mut at, mut made) = (String::with_capacity(text.len()), 0, 0);
    for fix in fixes {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let Some(before) = text.get(at..start).filter(|_| start >= at && text.is_char_boundary(end)) else { continue };
        out += before;
        out += &fix.text;
        (at, made) = (end, made + 1);
    }
    out += &text[at..];
    (out, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn fixes_are_made_once_each_and_in_order() {
        let fix = |start, end, text: &str| Fix { span: Span::new(start, end), text: text.to_owned() };
        let fixes = [fix(6, 7, "=="), fix(0, 1, "b"), fix(6, 7, "!=")];
        assert_eq!(mended("a $ä = c", &fixes), ("b $ä == c".to_owned(), 2));
    }
}
