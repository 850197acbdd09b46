//! Errors in a person's words.

use super::{ExpressionError, LONGEST, MAX_NESTING, Rule};
use crate::source::Span;
use ecow::{EcoString, eco_format};
use pest::error::{Error, InputLocation};

/// An error at a place in the text.
pub(super) fn at(
    text: &str,
    span: Span,
    message: impl Into<EcoString>,
    help: Option<impl Into<EcoString>>,
) -> ExpressionError {
    let before = text.get(..span.start as usize).unwrap_or(text);
    ExpressionError {
        message: message.into(),
        help: help.map(Into::into),
        span,
        at: before.chars().count(),
        text: text.into(),
    }
}

/// Refuses what is empty, too long or nested too deeply.
pub(super) fn check_limits(text: &str) -> Result<(), ExpressionError> {
    let whole = Span::new(0, text.len());
    if text.trim_ascii().is_empty() {
        let help = "leave the whole member out of the request where nothing is to be checked";
        return Err(at(text, whole, "the expression is empty", Some(help)));
    }
    if text.len() > LONGEST {
        let message = eco_format!("the expression has {} bytes; DynamoDB takes {LONGEST}", text.len());
        return Err(at(text, whole, message, None::<&str>));
    }
    let mut depth = 0_usize;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            let message = eco_format!("parentheses are nested deeper than {MAX_NESTING} (limit `expression nesting`)");
            return Err(at(text, Span::new(place, place + 1), message, None::<&str>));
        }
    }
    Ok(())
}

/// Turns pest's failure into words.
pub(super) fn explain(text: &str, failure: &Error<Rule>) -> ExpressionError {
    let place = match failure.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let place = place + text[place..].len() - text[place..].trim_ascii_start().len();
    let rest = &text[place..];
    if rest.is_empty() {
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        let (message, help) = match open {
            0 => ("the expression ends where something must follow", "finish it, or remove the last word"),
            _ => ("a parenthesis is not closed", "add the closing parenthesis"),
        };
        return at(text, Span::new(text.len(), text.len()), message, Some(help));
    }
    let token = token(rest);
    let span = Span::new(place, place + token.len());
    at(text, span, eco_format!("`{token}` cannot stand here"), advice(token, rest))
}

/// The sign, word or string at the beginning.
fn token(rest: &str) -> &str {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let first = rest.chars().next().unwrap_or(' ');
    let signs = ["==", "!=", "&&", "||", "=>", "=<"];
    if let Some(sign) = signs.iter().find(|sign| rest.starts_with(**sign)) {
        return sign;
    }
    let end = match first {
        '"' | '\'' => rest[1..].find(first).map(|at| at + 2),
        ':' | '#' => rest[1..].find(|letter| !word(letter)).map(|at| at + 1),
        letter if word(letter) => rest.find(|letter| !word(letter)),
        letter => Some(letter.len_utf8()),
    };
    &rest[..end.unwrap_or(rest.len())]
}

fn advice(token: &str, rest: &str) -> Option<&'static str> {
    if token.eq_ignore_ascii_case("in") {
        return Some("IN takes its values in parentheses, as in a IN (:b, :c)");
    }
    if token.eq_ignore_ascii_case("between") {
        return Some("BETWEEN takes two bounds, as in a BETWEEN :low AND :high");
    }
    Some(match token.chars().next()? {
        '"' | '\'' | '0'..='9' => {
            "DynamoDB takes no values in the text: write a placeholder such as :value and give it in expressionValues"
        }
        '-' if rest[1..].starts_with(|letter: char| letter.is_ascii_digit()) => {
            "DynamoDB takes no values in the text: write a placeholder such as :value and give it in expressionValues"
        }
        '-' => "a name with a hyphen needs a placeholder such as #name, given in expressionNames",
        '!' if token == "!=" => "write <> for \"not equal\"",
        '!' => "write NOT",
        '=' if token == "==" => "write a single =",
        '=' if token == "=>" => "write >=",
        '=' if token == "=<" => "write <=",
        '&' => "write AND",
        '|' => "write OR",
        '$' | '{' => "a template printed this reference as it stands: it had no value",
        ':' if token == ":" => "a placeholder needs a name: letters, digits and _",
        '#' if token == "#" => "a placeholder needs a name: letters, digits and _",
        letter if !letter.is_ascii() => "a name with letters outside ASCII needs a placeholder such as #name",
        _ => return None,
    })
}
