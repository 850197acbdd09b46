//! What a deployment puts into a template before AppSync sees it: `${Table}`, `{{x}}`, `%x%`, `<%= x %>`, `#{x}`, and
//! Terraform's `%{ if … }`.
//!
//! Where Velocity reads one as a reference, it stays one. Where a template does not parse, it is read again with a name in the
//! place of each, as long as the placeholder itself, so that lines and columns stay what they are.

/// The text with a name in the place of each placeholder; none if there is no placeholder.
pub fn masked(text: &str) -> Option<String> {
    let mut out = text.as_bytes().to_vec();
    let (mut at, mut any) = (0, false);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if is_kept(rest) {
            out[at..at + 3].copy_from_slice(b" ${");
            (at, any) = (at + 3, true);
            continue;
        }
        match placeholder(rest) {
            Some(length) => {
                mask(&mut out, at, length);
                (at, any) = (at + length, true);
            }
            None => at += 1,
        }
    }
    if any { String::from_utf8(out).ok() } else { None }
}

/// `${!x}`: what CloudFormation's `Fn::Sub` makes `${x}` of
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html>).
fn is_kept(bytes: &[u8]) -> bool {
    let Some(name) = bytes.strip_prefix(b"${!") else { return false };
    let end: usize = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')).count();
    end > 0 && name[0].is_ascii_alphabetic() && name.get(end) == Some(&b'}')
}

/// Whether a text holds one that Velocity does not read as a reference.
pub fn stands_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| bytes[at] != b'$' && placeholder(&bytes[at..]).is_some())
}

/// Whether a name is one that [`masked`] wrote.
pub fn is_mask(name: &str) -> bool {
    name.len() > 1 && name.bytes().all(|byte| byte == b'x')
}

/// Opening and closing marks.
const MARKS: [(&[u8], &[u8]); 6] =
    [(b"{{", b"}}"), (b"${", b"}"), (b"<%=", b"%>"), (b"#{", b"}"), (b"@@", b"@@"), (b"%", b"%")];

/// The length of the placeholder that begins here.
fn placeholder(bytes: &[u8]) -> Option<usize> {
    // The letters that marks begin with: most others are asked no more.
    if !matches!(bytes.first()?, b'{' | b'$' | b'<' | b'#' | b'@' | b'%') {
        return None;
    }
    if let Some(length) = directive(bytes) {
        return Some(length);
    }
    let (open, close) = MARKS.iter().find(|(open, _)| bytes.starts_with(open))?;
    let inside = &bytes[open.len()..];
    let end = inside.windows(close.len()).take(120).position(|window| window == *close)?;
    let name = &inside[..end];
    let trimmed = name.trim_ascii();
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    let spaced = matches!(*open, b"{{" | b"<%=" | b"${");
    let named = trimmed.first().is_some_and(u8::is_ascii_alphabetic)
        && trimmed.iter().all(|byte| letter(byte) || spaced && matches!(byte, b' ' | b',' | b'\'' | b'|' | b'(' | b')'));
    (named && (spaced || trimmed.len() == name.len())).then_some(open.len() + end + close.len())
}

/// The length of a directive of Terraform's templates, `%{ if a != "" ~}`
/// (<https://developer.hashicorp.com/terraform/language/expressions/strings#directives>).
fn directive(bytes: &[u8]) -> Option<usize> {
    let inside = bytes.strip_prefix(b"%{")?;
    let end = inside.iter().take(200).position(|byte| *byte == b'}')?;
    let words = inside[..end].trim_ascii_start();
    let words = words.strip_prefix(b"~").unwrap_or(words).trim_ascii_start();
    let word: usize = words.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let known: [&[u8]; 5] = [b"if", b"else", b"endif", b"for", b"endfor"];
    known.contains(&&words[..word]).then_some(2 + end + 1)
}

/// Writes a name over a placeholder: a bare one behind a dot or inside a word or string, else a reference.
fn mask(out: &mut [u8], at: usize, length: usize) {
    let before = if at == 0 { b'\n' } else { out[at - 1] };
    let bare = before.is_ascii_alphanumeric() || matches!(before, b'.' | b'_' | b'$' | b'!' | b'"' | b'\'' | b'-' | b'/');
    out[at..at + length].fill(b'x');
    if !bare {
        out[at] = b'$';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_names_of_the_same_length() {
        for (text, wanted) in [
            ("$util.toJson($ctx.result.data.${Table})", Some("$util.toJson($ctx.result.data.xxxxxxxx)")),
            ("#if({{debug}})a#end", Some("#if($xxxxxxxx)a#end")),
            ("\"%TABLE%\"", Some("\"xxxxxxx\"")),
            ("%{ if a != \"\" ~}#if($a", Some("$xxxxxxxxxxxxxxx#if($a")),
            ("100% of 50% more", None),
            ("#foreach($i in ${!ctx.args.ids})$i#end", Some("#foreach($i in  ${ctx.args.ids})$i#end")),
            ("{\"a\": 5%{ b }}", None),
            ("$ctx.args.a", None),
            ("{\"a\": {\"b\": 1}}", None),
        ] {
            assert_eq!(masked(text).as_deref(), wanted, "{text}");
        }
    }
}
