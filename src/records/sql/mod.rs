//! Statements of SQL: their conditions are shown with the variables that stand in them, and judged term by term as far as they
//! can be read.
//!
//! <https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-reference-rds.html>

mod judge;
mod parse;
mod words;

pub(super) use judge::holds;

use super::attribute::Attribute;
use super::condition::RowCondition;
use ecow::EcoString;
use indexmap::IndexMap;

/// A condition of a statement.
pub(super) struct Where {
    /// What stands after WHERE; the whole statement if there is none.
    pub text: EcoString,
    /// Whether it adds rows, and so asks nothing of those that are there.
    pub adds: bool,
    /// Whether it asks for every row: it has no WHERE, and joins nothing.
    every: bool,
    /// The variables in it that the request defines.
    pub values: IndexMap<EcoString, Attribute>,
}

impl Where {
    /// Its terms.
    pub(super) fn condition(&self) -> RowCondition {
        if self.every { RowCondition::All(Vec::new()) } else { parse::condition(&self.text, &self.values) }
    }
}

/// Finds the condition of a statement.
pub(super) fn read(statement: &str, variables: &IndexMap<EcoString, Attribute>) -> Where {
    let words = outer(statement);
    let start = words.iter().find(|word| is(statement, word, "where")).map(|word| word.1);
    let text = match start {
        Some(start) => {
            let ends = ["order", "group", "limit", "returning", "union", "having"];
            let after = words.iter().filter(|word| word.0 >= start);
            let end = after.clone().find(|word| ends.iter().any(|end| is(statement, word, end)));
            &statement[start..end.map_or(statement.len(), |word| word.0)]
        }
        None => statement,
    };
    let text = text.trim().trim_end_matches(';').trim_end();
    let own = outer(text);
    let used = |name: &EcoString| own.iter().any(|word| &text[word.0..word.1] == name.as_str());
    let values = variables.iter().filter(|(name, _)| used(name)).map(|(name, value)| (name.clone(), value.clone()));
    let begins = |wanted: &[&str]| words.first().is_some_and(|word| wanted.iter().any(|wanted| is(statement, word, wanted)));
    let every = start.is_none() && begins(&["select", "update", "delete"]) && !words.iter().any(|word| is(statement, word, "join"));
    Where { values: values.collect(), text: text.into(), adds: begins(&["insert"]), every }
}

fn is(text: &str, word: &(usize, usize), wanted: &str) -> bool {
    text[word.0..word.1].eq_ignore_ascii_case(wanted)
}

/// Where the words outside parentheses, strings and comments stand, `:variables` among them. Those in parentheses count too
/// if they are variables, because a subquery's WHERE is not the statement's.
fn outer(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            '\'' | '"' | '`' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            letter if part(letter) || letter == ':' => {
                let skip = first.len_utf8();
                let end = rest[skip..].find(|letter| !part(letter)).map_or(rest.len(), |end| end + skip);
                if depth == 0 || first == ':' {
                    found.push((at, at + end));
                }
                end
            }
            other => {
                match other {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                other.len_utf8()
            }
        };
        at += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(statement: &str) -> (String, Vec<String>) {
        let variables = [":OWNER", ":ID"].map(|name| (name.into(), Attribute::Null));
        let found = read(statement, &variables.into_iter().collect());
        (found.text.to_string(), found.values.keys().map(ToString::to_string).collect())
    }

    #[test]
    fn the_condition_and_its_variables() {
        let cases = [
            ("select * from Posts where owner = :OWNER order by id;", "owner = :OWNER", &[":OWNER"][..]),
            (
                "DELETE FROM p WHERE id = :ID AND (owner = :OWNER OR x = 'where :ID order')",
                "id = :ID AND (owner = :OWNER OR x = 'where :ID order')",
                &[":OWNER", ":ID"],
            ),
            ("select (select 1 from b where c = 2) from a", "select (select 1 from b where c = 2) from a", &[]),
            ("insert into a values (:ID, ':OWNER')", "insert into a values (:ID, ':OWNER')", &[":ID"]),
            ("select 1 -- where a = :ID\n from b /* where */ where c = :OWNERS", "c = :OWNERS", &[]),
            ("where", "", &[]),
            ("select 'ü", "select 'ü", &[]),
        ];
        for (statement, text, values) in cases {
            let found = texts(statement);
            assert_eq!((found.0.as_str(), found.1.iter().map(String::as_str).collect()), (text, values.to_vec()));
        }
    }
}
