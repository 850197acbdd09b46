//! `vtl-eval token`: what a token says and what AppSync makes of it.

use super::args::{PageFormat, TokenArgs};
use super::exit::{CommandError, Exit};
use super::say;
use super::{input, output};
use crate::paste::{Ask, TokenUse, jwt};
use crate::report::{TokenReport, token_html, token_text};
use crate::request::token;

/// Reads a token and reports; the signature is never shown.
pub fn run(args: &TokenArgs) -> Result<Exit, CommandError> {
    let typed = args.file.to_string_lossy();
    let text = match typed.trim() {
        "" => return Err(CommandError::new("FILE is empty: a variable that is not set gives that")),
        typed if input::is_token(typed) => typed.to_owned(),
        typed => input::option_text(typed)?,
    };
    super::secrets::learn_keys(&text);
    let asked = Ask { name: input::file_name(&typed), token_use: args.token_use.map(TokenUse::from) };
    let (read, compact, said) = token::pasted(&text, &asked).map_err(|error| {
        CommandError::new(format!("{}: neither a JWT nor claims: {error}", input::shown_name(&typed)))
    })?;
    for said in said {
        say::say(format!("note: {said}"));
    }
    // What stands around a token is told of what was pasted, where that is the token alone.
    let text = match &compact {
        Some(token) if !jwt::bare(&text).0.starts_with("ey") && input::has_bearer(&text) => format!("Bearer {token}"),
        Some(token) if !jwt::bare(&text).0.starts_with("ey") => token.clone(),
        _ => text,
    };
    let now = args.now.as_deref().map(|now| input::now(Some(now))).transpose()?.map(|millis| millis / 1000);
    let keys = match &args.jwks {
        None => None,
        Some(path) => Some(input::verified(compact.as_deref(), path)?),
    };
    let issuer = args.issuer.as_deref().map(token::issuer_of);
    let report = TokenReport::new(&text, &read, issuer.as_deref(), args.audience.as_deref(), now, keys)
        .map_err(CommandError::new)?;
    output::colour(args.page.color);
    let shown = match args.page.format {
        PageFormat::Text => output::drawn(token_text(&report, output::layout(false))),
        PageFormat::Json => output::json(&report)?,
        PageFormat::Html => token_html(&report),
    };
    output::write(&shown, args.page.format.form(), args.page.output.as_deref())?;
    Ok(match report.refused {
        true => Exit::Denied,
        false if args.strict && report.is_doubted() => Exit::Error,
        false => Exit::Good,
    })
}
