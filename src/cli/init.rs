//! `vtl-eval init`: what a project needs to be checked from now on, written down once.

use super::args::InitArgs;
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::files::{missing, unwritten};
use crate::project::Project;
use crate::report::WrittenForm;
use crate::suite::{Matrix, Personas, made};
use crate::trace::Verdict;
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

const CONFIG: &str = "vtl-eval.toml";
const PERSONAS: &str = "vtl-eval/personas.json";
const CASES: &str = "vtl-eval/first.vtltest.json";
const RECIPE: &str = ".github/workflows/vtl-eval.yml";

/// Cases of the file: enough to show how one looks.
const FEW: usize = 6;

/// Writes the files, unless one of them is there.
pub fn run(args: &InitArgs) -> Result<Exit, CommandError> {
    let folder = args.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    if !folder.is_dir() {
        return Err(CommandError::new(format!("{}: {}", folder.display(), missing(&folder, "folder"))));
    }
    let there: Vec<&str> =
        [CONFIG, PERSONAS, CASES, RECIPE].into_iter().filter(|name| folder.join(name).exists()).collect();
    if !there.is_empty() {
        let names: Vec<String> = there.iter().map(|name| folder.join(name).display().to_string()).collect();
        return Err(CommandError::new(format!("{} is there already: nothing was written", names.join(", "))));
    }
    let opened = args.from.open_in(&folder)?;
    // The names that only a deployment knows must not be guessed by a reader of the file.
    let shown = |json: &Json| Ok::<_, CommandError>(opened.project.open.shown(&pretty(json)?).into_owned());
    let callers = made(&opened.project);
    let from = relative(&folder, &opened.path);
    let files = [
        (CONFIG, config(&from)),
        (PERSONAS, shown(&callers)?),
        (CASES, shown(&cases(&opened.project, &callers, &from)?)?),
        (RECIPE, recipe()),
    ];
    for (name, text) in &files {
        let path = folder.join(name);
        let failed =
            |error: std::io::Error| CommandError::new(format!("{}: {}", path.display(), unwritten(&path, &error)));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut file = std::fs::File::options().write(true).create_new(true).open(&path).map_err(failed)?;
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
        output::write(&format!("wrote {}\n", path.display()), WrittenForm::Text, None)?;
    }
    let unbuilt = if from.is_empty() { "" } else { " (rebuild the project first, where its sources changed)" };
    let next = format!("\nnext: vtl-eval matrix{unbuilt}, then correct {PERSONAS} to the callers that you have\n");
    output::write(&next, WrittenForm::Text, None)?;
    Ok(Exit::Good)
}

fn pretty(json: &Json) -> Result<String, CommandError> {
    serde_json::to_string_pretty(json).map(|text| text + "\n").map_err(|error| CommandError::new(error.to_string()))
}

/// The project's path as the file names it: from its own folder on, where it lies below it.
fn relative(folder: &Path, path: &Path) -> String {
    let whole = |path: &Path| crate::files::real_or_same(path);
    let (folder, path) = (whole(folder), whole(path));
    let own = path.strip_prefix(&folder).unwrap_or(&path);
    own.display().to_string().replace('\\', "/")
}

fn config(from: &str) -> String {
    let from = if from.is_empty() { ".".to_owned() } else { from.to_owned() };
    let from = from.replace('"', "\\\"");
    format!(
        "# What vtl-eval reads when no option says otherwise; paths are relative to this file.\n\
         from = \"{from}\"\n\
         personas = \"{PERSONAS}\"\n\n\
         # Values that only a deployment knows, by the name in a report:\n\
         # [parameters]\n\
         # \"AWS::AccountId\" = \"123456789012\"\n"
    )
}

/// A few cases with what is decided today: a change of it fails.
fn cases(project: &Project, callers: &Json, from: &str) -> Result<Json, CommandError> {
    let personas = Personas::made(project).map_err(CommandError::new)?;
    let matrix = Matrix::run(project, &personas, input::now(None)?, &|| {}).map_err(CommandError::new)?;
    let decided =
        |cell: &&crate::suite::Cell| cell.templates.as_ref().is_some_and(|alone| alone.verdict != Verdict::Unknown);
    // The field on which callers differ most says most.
    let mut fields: Vec<(&str, usize)> = Vec::new();
    for cell in matrix.cells.iter().filter(decided) {
        let refused = usize::from(cell.templates.as_ref().is_some_and(|alone| alone.verdict == Verdict::Denied));
        match fields.iter_mut().find(|(field, _)| *field == cell.field) {
            Some((_, count)) => *count += refused,
            None => fields.push((&cell.field, refused)),
        }
    }
    fields.sort_by_key(|(_, refused)| std::cmp::Reverse(*refused));
    let Some((field, _)) = fields.first() else {
        return Ok(json!({"resolver": "Query.field", "from": up(from), "cases": []}));
    };
    let row = |cell: &crate::suite::Cell| {
        // A role's name may be one that only the deployment knows.
        let of_token = |one: &&Json| one["name"] == json!(cell.persona) && one.get("claims").is_some();
        let caller = callers["personas"].as_array()?.iter().find(of_token)?;
        let mut case = json!({"name": cell.persona, "authType": caller["authType"],
            "expect": {"verdict": cell.templates.as_ref()?.verdict}});
        case["claims"] = caller.get("claims").cloned().unwrap_or_default();
        let is_call = |call: &&Json| call["persona"] == json!(cell.persona) && call["field"] == json!(cell.field);
        let call = callers["cases"].as_array().and_then(|calls| calls.iter().find(is_call));
        if let Some(item) = call.and_then(|call| call["result"]["$item"].as_str()) {
            case["result"] = callers["items"][item].clone();
        }
        Some(case)
    };
    let rows: Vec<Json> =
        matrix.cells.iter().filter(decided).filter(|cell| cell.field == *field).filter_map(row).take(FEW).collect();
    Ok(json!({"resolver": field, "from": up(from), "cases": rows}))
}

/// A path that is relative to the folder above the case file.
fn up(from: &str) -> String {
    if Path::new(from).is_absolute() { from.to_owned() } else { format!("../{from}").trim_end_matches('/').to_owned() }
}

fn recipe() -> String {
    "# Build the project before these steps, as for a deployment: vtl-eval reads what is built.\n\
     name: vtl-eval\n\
     on: [push, pull_request]\n\
     jobs:\n\
     \x20 access:\n\
     \x20   runs-on: ubuntu-latest\n\
     \x20   steps:\n\
     \x20     - uses: actions/checkout@v4\n\
     \x20     - uses: actions/cache@v4\n\
     \x20       with:\n\
     \x20         path: ~/.cargo/bin/vtl-eval\n\
     \x20         key: vtl-eval-${{ runner.os }}\n\
     \x20     - run: command -v vtl-eval || cargo install --git https://github.com/vtl-eval/vtl-eval --locked\n\
     \x20     - run: vtl-eval check\n\
     \x20     - run: vtl-eval test vtl-eval\n\
     \x20     # Keep vtl-eval/matrix.json beside the personas (`vtl-eval matrix -o vtl-eval/matrix.json`): a cell that a change\n\
     \x20     # opens ends with 2.\n\
     \x20     - run: test ! -f vtl-eval/matrix.json || vtl-eval matrix --diff vtl-eval/matrix.json\n"
        .to_owned()
}
