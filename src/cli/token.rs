//! `vtl-eval token`: what a token says and what AppSync makes of it.

use super::args::{PageFormat, TokenArgs};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::report::{TokenReport, token_html, token_text};
use crate::request::token;

/// Reads a token and reports; the signature is never shown.
pub fn run(args: &TokenArgs) -> Result<Exit, CommandError> {
    let typed = args.file.to_string_lossy();
    let text = if typed.starts_with("ey") { typed.into_owned() } else { input::option_text(&typed)? };
    let read = token::read(&text).map_err(|error| CommandError::new(format!("the token is {error}")))?;
    let now = args.now.as_deref().map(|now| input::now(Some(now))).transpose()?.map(|millis| millis / 1000);
    let keys = match &args.jwks {
        None => None,
        Some(path) => Some(input::verified(&text, path)?),
    };
    let report = TokenReport::new(&text, &read, args.issuer.as_deref(), args.audience.as_deref(), now, keys)
        .map_err(CommandError::new)?;
    output::colour(args.color);
    let shown = match args.format {
        PageFormat::Text => token_text(&report, output::layout(false)),
        PageFormat::Json => output::json(&report)?,
        PageFormat::Html => token_html(&report),
    };
    output::write(&shown, args.output.as_deref())?;
    Ok(if report.refused { Exit::Denied } else { Exit::Good })
}
