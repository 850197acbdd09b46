//! Whole APIs: where resolvers come from, pipelines, case files, checks, logs and recordings.

#[path = "../support/mod.rs"]
mod support;

mod case_files;
mod check;
mod check_life;
mod check_wide;
mod har;
mod kinds;
mod labelled;
mod matrix;
mod models;
mod pipelines;
mod replay;
mod settled;
mod sources;
mod templates;
mod whole;
