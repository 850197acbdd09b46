//! `vtl-eval check`: static findings.

use super::args::{CheckArgs, CheckFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::appsync::AuthType;
use crate::report::{check_text, sarif};
use crate::suite::{Severity, Spot, check};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Checks every template of the paths.
pub fn run(args: &CheckArgs) -> Result<Exit, CommandError> {
    let mut files = Vec::new();
    for path in &args.paths {
        collect(path, 0, &mut files)?;
    }
    if files.is_empty() {
        return Err(CommandError::new("no templates (*.vtl) found"));
    }
    let mut modes = Vec::new();
    for name in &args.modes {
        modes.push(AuthType::parse(name).ok_or_else(|| {
            CommandError::new(format!("--modes {name}: one of user-pool, iam, api-key, oidc, lambda"))
        })?);
    }
    let mut found: Vec<Spot> = Vec::new();
    for path in &files {
        found.extend(check(&path.display().to_string(), &input::read_text(path)?, &modes));
    }
    let text = match args.format {
        CheckFormat::Text => check_text(&found, files.len()),
        CheckFormat::Json => output::json(&json!({"schema": 1, "files": files.len(), "findings": found}))?,
        CheckFormat::Sarif => output::json(&sarif(&found))?,
    };
    output::colour(args.color);
    output::write(&text, args.output.as_deref())?;
    let errors = found.iter().any(|spot| spot.severity == Severity::Error);
    Ok(if errors { Exit::Denied } else { Exit::Good })
}

fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), CommandError> {
    if path.is_file() || path == Path::new("-") {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| CommandError::new(format!("{}: {error}", path.display())))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < 16 {
            collect(&path, depth + 1, files)?;
        } else if path.extension().is_some_and(|ending| ending == "vtl") {
            files.push(path);
        }
    }
    Ok(())
}
