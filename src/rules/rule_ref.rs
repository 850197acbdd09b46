//! Rules as reports name them.

use super::model::Model;
use super::purpose::Purpose;
use super::tie::Ties;
use serde::{Deserialize, Serialize};

/// A rule, named where it is the cause of something.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RuleRef {
    /// Unique in a model: `Post#1`.
    #[serde(default)]
    pub id: String,
    /// The type that it stands on.
    pub r#type: String,
    /// The field that it stands on.
    pub field: Option<String>,
    /// What the caller does, where it is known.
    pub operation: Option<String>,
    /// The rule in words.
    pub text: String,
    /// Where it stands.
    pub at: RulePlace,
}

/// A place in a schema.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RulePlace {
    /// Its file.
    pub file: String,
    /// The line in it.
    pub line: u32,
}

impl Model {
    /// A line of the schema, as a place in the file that it stands in.
    pub fn place(&self, line: u32) -> RulePlace {
        let (file, line) = self.source.as_ref().map_or((self.file.as_path(), line), |source| source.place(line));
        RulePlace { file: file.display().to_string(), line }
    }
}

impl Ties {
    /// A rule as reports name it, for what a field of the API does.
    pub fn rule_ref(&self, rule: usize, field: &str) -> Option<RuleRef> {
        let own = self.model.rules.get(rule)?;
        let operation = match self.purposes.get(field) {
            Some(Purpose::Operation { operation, .. }) => Some(operation.as_str().to_owned()),
            Some(Purpose::Relation { .. } | Purpose::Field { .. }) => Some("read".to_owned()),
            Some(Purpose::Custom { .. }) | None => None,
        };
        Some(RuleRef {
            id: own.id.clone(),
            r#type: own.type_name.clone(),
            field: own.field.clone(),
            operation,
            text: own.text(),
            at: self.model.place(own.line),
        })
    }

    /// Several.
    pub fn rule_refs(&self, rules: &[usize], field: &str) -> Vec<RuleRef> {
        rules.iter().filter_map(|rule| self.rule_ref(*rule, field)).collect()
    }
}
