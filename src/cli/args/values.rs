//! Values that a shell proposes: modes, codes, names of functions. Any other text is taken all the same, and the
//! command says what is wrong with it.

use crate::appsync::util;
use crate::code::ALL;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use std::ffi::OsStr;

/// Takes any text, and proposes these.
#[derive(Clone, Copy, Debug)]
pub struct Proposed(fn() -> Vec<&'static str>);

/// The authorization modes, by their short names.
pub const MODES: Proposed = Proposed(|| vec!["user-pool", "iam", "api-key", "oidc", "lambda"]);

/// The codes of reports.
pub const CODES: Proposed = Proposed(|| ALL.iter().map(|code| code.as_str()).collect());

/// The functions of `$util`.
pub const FUNCTIONS: Proposed = Proposed(|| {
    let names: std::collections::BTreeSet<&'static str> = util::all().map(|function| function.name).collect();
    names.into_iter().collect()
});

impl TypedValueParser for Proposed {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        value.to_str().map(str::to_owned).ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}
