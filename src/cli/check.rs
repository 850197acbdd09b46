//! `vtl-eval check`: static findings.

use super::args::{CheckArgs, CheckFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::appsync::AuthType;
use crate::code::Severity;
use crate::report::{check_text, sarif};
use crate::resolver::LoadOptions;
use crate::suite::Checked;
use serde_json::json;
use std::path::Path;

/// Checks every template of the paths.
pub fn run(args: &CheckArgs) -> Result<Exit, CommandError> {
    let mut modes = Vec::new();
    for name in &args.modes {
        modes.push(AuthType::parse(name).ok_or_else(|| {
            CommandError::new(format!("--modes {name}: one of user-pool, iam, api-key, oidc, lambda"))
        })?);
    }
    let options = LoadOptions {
        parameters: input::parameters(args.parameters.as_deref())?,
        every_api: true,
        ..LoadOptions::default()
    };
    let mut checked = Checked::default();
    for path in &args.paths {
        if path == Path::new("-") {
            checked.text("-", &input::read_text(path)?, &modes);
        } else if path.exists() {
            checked.path(path, &options, &modes).map_err(CommandError::new)?;
        } else {
            return Err(CommandError::new(format!("{}: no such file or folder", path.display())));
        }
    }
    let Checked { templates, found, .. } = checked;
    if templates == 0 && found.is_empty() {
        return Err(CommandError::new(
            "no templates found: neither files *.vtl nor a source of resolvers (CloudFormation, a manifest, saved answers)",
        ));
    }
    let text = match args.format {
        CheckFormat::Text => check_text(&found, templates),
        CheckFormat::Json => output::json(&json!({"schema": 1, "files": templates, "findings": found}))?,
        CheckFormat::Sarif => output::json(&sarif(&found))?,
    };
    output::colour(args.color);
    output::write(&text, args.output.as_deref())?;
    let errors = found.iter().any(|spot| spot.severity == Severity::Error);
    Ok(if errors { Exit::Denied } else { Exit::Good })
}
