//! Whatever comes in: no crash, no endless work, no secret in the output, and an error that helps.

#[path = "../support/mod.rs"]
mod support;

mod archives;
#[path = "../../fuzz/check.rs"]
mod check;
#[cfg(unix)]
mod commands;
#[path = "../../fuzz/inputs.rs"]
mod formats;
mod fuzzing;
mod hostile;
#[cfg(unix)]
mod inputs;
mod misuse;
mod promises;
mod secrets;
mod templates;
