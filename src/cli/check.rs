//! `vtl-eval check`: static findings.

use super::args::{CheckArgs, CheckFormat, FailOn};
use super::exit::{CommandError, Exit};
use super::say;
use super::{input, output, whole};
use crate::appsync::AuthType;
use crate::code::Severity;
use crate::files::{missing, read_text, unwritten};
use crate::project::{CheckConfig, CheckLevel, Config, Project, SchemaText};
use crate::report::{WrittenForm, check_text, github, sarif};
use crate::suite::{Baseline, Checked, Fix, Spot, mended};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where `--update-baseline` writes when nothing names a file.
const BASELINE: &str = "vtl-eval-baseline.json";

/// How often a template is mended: one that does not parse shows one fault at a time.
const ROUNDS: usize = 20;

/// Checks every template of the paths.
pub fn run(args: &CheckArgs) -> Result<Exit, CommandError> {
    let config = config(args.from.allow_outside)?;
    let mut checked = look(args, &config)?;
    if args.fix {
        for _ in 0..ROUNDS {
            if fix(&checked.found)? == 0 {
                break;
            }
            checked = look(args, &config)?;
        }
    }
    let Checked { templates, found, unread, .. } = checked;
    let file = args.baseline.clone().or_else(|| config.baseline.clone());
    if args.update_baseline {
        let file = file.unwrap_or_else(|| PathBuf::from(BASELINE));
        output::write(&output::json(&Baseline::of(&found))?, WrittenForm::Json, Some(&file))?;
        say::say(format!("{}: {} known from now on", file.display(), findings(found.len())));
        return Ok(Exit::Good);
    }
    let found = match file {
        Some(file) => fresh(&file, found)?,
        None => found,
    };
    let text = match args.format() {
        CheckFormat::Text => output::drawn(check_text(&found, templates, args.verbose)),
        CheckFormat::Json => output::json(&json!({"schema": 1, "files": templates, "findings": found}))?,
        CheckFormat::Sarif => output::json(&sarif(&found))?,
        CheckFormat::Github => github(&found),
    };
    output::colour(args.color);
    if templates > 0 || !found.is_empty() {
        output::write(&text, args.format().form(), args.output.as_deref())?;
    }
    if !unread.is_empty() {
        return Err(CommandError::unread(&unread));
    }
    let worst = match args.fail_on.or_else(|| config.fail_on.map(FailOn::from)).unwrap_or(FailOn::Error) {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Note => Some(Severity::Note),
        FailOn::Never => None,
    };
    let fails = worst.is_some_and(|worst| found.iter().any(|spot| spot.severity <= worst));
    Ok(if fails { Exit::Denied } else { Exit::Good })
}

/// What is found, as bad as the project's own settings say.
fn look(args: &CheckArgs, config: &CheckConfig) -> Result<Checked, CommandError> {
    let mut modes = Vec::new();
    for name in &args.modes {
        modes.push(
            AuthType::parse(name).ok_or_else(|| CommandError::new(format!("--modes: {}", AuthType::unknown(name))))?,
        );
    }
    let mut checked = Checked::default();
    checked.overrides.clone_from(&args.from.overrides);
    if args.paths.is_empty() {
        let (path, project) = args.from.load_every()?;
        checked.project(&path, &project, &modes);
    }
    let options = args.from.given(true)?;
    for path in &args.paths {
        if path == Path::new("-") {
            checked.text("-", &input::read_text(path)?, &modes);
        } else if let Some((_, what)) = input::no_source(path) {
            checked.unread.push(format!("{}: {what}", path.display()));
        } else if let Some(model) = model(path) {
            checked.templates += 1;
            checked.project(path, &Project { model: Some(model), ..Project::default() }, &modes);
        } else if path.exists() {
            checked.path(path, &options, &modes);
        } else {
            checked.unread.push(format!("{}: {}", path.display(), missing(path, "file or folder")));
        }
    }
    if checked.templates == 0 && checked.found.is_empty() && checked.unread.is_empty() {
        return Err(CommandError::new(
            "no templates found: neither files *.vtl nor a source of resolvers (CloudFormation, a manifest, saved answers)",
        ));
    }
    checked.found.retain_mut(|spot| match config.severity.get(&spot.code) {
        None => true,
        Some(CheckLevel::Off) => false,
        Some(CheckLevel::Error) => set(spot, Severity::Error),
        Some(CheckLevel::Warning) => set(spot, Severity::Warning),
        Some(CheckLevel::Note) => set(spot, Severity::Note),
    });
    Ok(checked)
}

/// A file that is a model schema: its rules are checked without what was built from them.
fn model(path: &Path) -> Option<SchemaText> {
    let is_schema = path.extension().is_some_and(|ending| ending == "graphql" || ending == "gql");
    let text = is_schema.then(|| read_text(path).ok()).flatten()?;
    SchemaText::is_model(&text).then(|| SchemaText::new(path, text))
}

fn set(spot: &mut Spot, severity: Severity) -> bool {
    spot.severity = severity;
    true
}

/// `[check]` of the nearest `vtl-eval.toml` at or above the working directory.
fn config(allow_outside: bool) -> Result<CheckConfig, CommandError> {
    let here = crate::files::real(Path::new(".")).unwrap_or_default();
    for folder in here.ancestors() {
        if let Some(config) = Config::of(folder).map_err(|error| CommandError::new(error.to_string()))? {
            if !allow_outside {
                config.check_inside(folder).map_err(|error| CommandError::new(error.to_string()))?;
            }
            return Ok(config.check);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(CheckConfig::default())
}

/// Leaves out what the baseline knows.
fn fresh(file: &Path, found: Vec<Spot>) -> Result<Vec<Spot>, CommandError> {
    let named = |why: String| CommandError::new(format!("{}: {why}", file.display()));
    if !file.exists() {
        return Err(named("no such baseline; --update-baseline writes it".to_owned()));
    }
    let fresh = Baseline::read(&read_text(file).map_err(|why| named(why.into()))?)
        .map_err(|why| named(why.into()))?
        .fresh(found);
    if fresh.known > 0 {
        say::say(format!("note: {} known from {}", findings(fresh.known), file.display()));
    }
    if fresh.gone > 0 {
        say::say(format!(
            "note: {} of {} gone; --update-baseline takes them out",
            findings(fresh.gone),
            file.display()
        ));
    }
    Ok(fresh.found)
}

fn findings(count: usize) -> String {
    format!("{count} finding{}", if count == 1 { "" } else { "s" })
}

/// Mends what is certain, in files of templates; says how much that was.
fn fix(found: &[Spot]) -> Result<usize, CommandError> {
    let mut files: BTreeMap<&str, Vec<Fix>> = BTreeMap::new();
    for spot in found.iter().filter(|spot| spot.template.is_none()) {
        if let Some(fix) = spot.fix.clone().filter(|_| Path::new(&spot.file).is_file()) {
            files.entry(&spot.file).or_default().push(fix);
        }
    }
    let mut all = 0;
    for (file, fixes) in files {
        let named = |why: String| CommandError::new(format!("{file}: {why}"));
        let text = read_text(Path::new(file)).map_err(|why| named(why.into()))?;
        let (text, made) = mended(&text, &fixes);
        whole::write(Path::new(file), text.as_bytes()).map_err(|error| named(unwritten(Path::new(file), &error)))?;
        say::say(format!("{file}: {made} mended"));
        all += made;
    }
    Ok(all)
}
