//! The normal form of texts, and what stands in them.

/// Lower case, one blank for any white space, plain quotes, no back ticks.
pub fn norm(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{201c}' | '\u{201d}' => plain.push('"'),
            '\u{2018}' | '\u{2019}' => plain.push('\''),
            '\u{2026}' => plain.push_str("..."),
            '`' => {}
            other => plain.extend(other.to_lowercase()),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The normal form without what is only repeated.
pub fn without(text: &str, repeated: &[String]) -> String {
    let text = repeated.iter().fold(norm(text), |text, gone| text.replace(gone, " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Of each group of alternatives that has none in the text, how it begins. An alternative that begins or ends with a blank
/// is wanted with that blank.
pub fn missing(groups: &[Vec<String>], text: &str) -> Vec<String> {
    let padded = format!(" {text} ");
    let there = |one: &String| match one.trim() == one {
        true => text.contains(&norm(one)),
        false => padded.contains(&one.to_lowercase()),
    };
    let lacking = groups.iter().filter(|group| !group.iter().any(there));
    lacking.map(|group| group[..group.len().min(4)].join(" | ") + if group.len() > 4 { " …" } else { "" }).collect()
}

/// The text report without what it only repeats: the lines of `seen:`, and what the template printed.
pub fn said(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let deep = |line: &str| line.starts_with("      ");
    let mut kept = String::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if line.starts_with("seen:") {
            let deeper =
                |at: usize| lines.get(at).is_some_and(|line| deep(line) && !line[6..].starts_with(char::is_whitespace));
            while lines.get(at).is_some_and(|line| deep(line) || line.is_empty() && deeper(at + 1)) {
                at += 1;
            }
        } else if matches!(line.trim_end_matches([' ', '\t']), "Output" | "Returned") {
            while lines.get(at).is_some_and(|line| line.is_empty() || line.starts_with([' ', '\t'])) {
                at += 1;
            }
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
