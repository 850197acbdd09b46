//! Meaning to bytes: one renderer a format. Nothing here evaluates.

mod as_json;
mod at;
mod behind;
mod check;
mod github;
mod codes;
mod compare;
mod coverage;
#[cfg(feature = "cli")]
pub mod csv;
mod diagnosis;
mod diagnostic;
mod differing;
mod fields;
mod fold;
mod html;
mod json;
mod junit;
mod line_marks;
mod matrix;
mod matrix_page;
mod page;
mod pipeline;
mod replay;
mod requests;
mod rows;
mod rules;
mod safe;
mod standing;
mod style;
mod summary;
mod text;
mod excerpt;
mod token;
mod words;

pub use check::{sarif, text as check_text};
pub use github::github;
pub use summary::apart;
pub use codes::{markdown as codes_markdown, page as code_page, rows_text};
pub use coverage::{html as coverage_html, json as coverage_json, lcov as coverage_lcov, text as coverage_text};
pub use diagnosis::{Diagnosed, DiagnosisJson, html as diagnosis_html, text as diagnosis_text};
pub use diagnostic::render as render_diagnostic;
pub use differing::text as differing_text;
pub use fields::{FieldsReport, text as fields_text};
pub use rules::{RulesReport, text as rules_text};
pub use html::render as render_html;
pub use json::{AwsReport, BatchRow, JsonReport, aws};
pub use junit::junit;
pub use matrix::text as matrix_text;
pub use matrix_page::html as matrix_html;
pub use pipeline::{
    PipelineJson, page as render_pipeline_html, render as render_pipeline, text as pipeline_text,
};
pub use requests::{RequestLine, text as requests_text};
pub use replay::{ReplayRows, counts as replay_counts, html as replay_html, request as replay_request, text as replay_text};
pub use safe::{WrittenForm, is_safe_json, line as safe_line, safe};
pub use text::{Layout, render as render_text, rest as render_rest};
pub use words::change as change_words;
pub use token::{TokenReport, html as token_html, text as token_text};
