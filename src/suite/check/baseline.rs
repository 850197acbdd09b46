//! Findings that were there before: a baseline lets a project begin with `check` where it stands, and be told of what is new.

use super::Spot;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

crate::message::sentence_error! {
    /// A file that is not a baseline of this version.
    BaselineError
}

/// Findings by file, template, code and message: without lines, so that a change further up in a file makes nothing new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    schema: u32,
    findings: Vec<Known>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    code: String,
    message: String,
    count: usize,
}

/// What a baseline leaves.
#[derive(Debug)]
pub struct Fresh {
    /// What was not there before.
    pub found: Vec<Spot>,
    /// How many were.
    pub known: usize,
    /// How many the baseline has that are gone.
    pub gone: usize,
}

impl Baseline {
    /// The baseline of these findings.
    pub fn of(found: &[Spot]) -> Self {
        let mut counts: BTreeMap<BaselineKey, usize> = BTreeMap::new();
        for spot in found {
            *counts.entry(key(spot)).or_default() += 1;
        }
        let known = |((file, template, code, message), count)| Known { file, template, code, message, count };
        Self { schema: 1, findings: counts.into_iter().map(known).collect() }
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is not valid JSON, or not a baseline.
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        let read: Self = serde_json::from_str(text).map_err(|error| format!("not a baseline of check: {error}"))?;
        match read.schema {
            1 => Ok(read),
            other => Err(format!("a baseline of schema {other}; this version reads schema 1").into()),
        }
    }

    /// Takes out what was there before.
    pub fn fresh(&self, found: Vec<Spot>) -> Fresh {
        let mut left: BTreeMap<BaselineKey, usize> = BTreeMap::new();
        for known in &self.findings {
            let Known { file, template, code, message, count } = known.clone();
            *left.entry((file, template, code, message)).or_default() += count;
        }
        let total = found.len();
        let is_new = |spot: &Spot| match left.get_mut(&key(spot)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        let mut is_new = is_new;
        let found: Vec<Spot> = found.into_iter().filter(|spot| is_new(spot)).collect();
        Fresh { known: total - found.len(), gone: left.values().sum(), found }
    }
}

type BaselineKey = (String, Option<String>, String, String);

fn key(spot: &Spot) -> BaselineKey {
    let file = spot.file.replace('\\', "/");
    let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
    (file, spot.template.clone(), spot.code.as_str().to_owned(), spot.message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appsync::AuthType;
    use crate::source::Source;

    fn found(text: &str) -> Vec<Spot> {
        let none: &[AuthType] = &[];
        super::super::check(&Source::new("./t.vtl", text), none)
    }

    #[test]
    fn what_was_there_is_known_wherever_it_moved_and_no_more_often() {
        let before = Baseline::of(&found("$util.isNul(1)"));
        let again = Baseline::read(&serde_json::to_string(&before).unwrap()).unwrap();
        let moved = again.fresh(found("## moved\n\n$util.isNul(1)"));
        assert_eq!((moved.found.len(), moved.known, moved.gone), (0, 1, 0));
        let more = again.fresh(found("$util.isNul(1)\n$util.isNul(1)"));
        assert_eq!((more.found.len(), more.known, more.gone), (1, 1, 0));
        let gone = again.fresh(found("$util.isNull(1)"));
        assert_eq!((gone.found.len(), gone.known, gone.gone), (0, 0, 1));
        assert!(Baseline::read("[]").is_err() && Baseline::read(r#"{"schema": 2, "findings": []}"#).is_err());
    }
}
