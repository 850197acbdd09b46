//! A report without its colours.

/// The text without the marks of `anstyle`, which begin with ESC `[` and end with `m`. No other escape stands in a report:
/// what came from outside is escaped.
pub fn plain(styled: &str) -> String {
    let mut parts = styled.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('m').map_or(part, |(_, text)| text));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;
    use anstyle::{AnsiColor, Style};

    #[test]
    fn colours_are_taken_away_and_nothing_else() {
        let (red, faint) = (Style::new().fg_color(Some(AnsiColor::Red.into())).bold(), Style::new().dimmed());
        let styled = format!("a [m] {red}b{red:#} m{faint}é{faint:#}\n");
        assert_ne!(styled, "a [m] b mé\n");
        assert_eq!(plain(&styled), "a [m] b mé\n");
        assert_eq!(plain(""), "");
    }
}
