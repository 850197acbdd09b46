//! What is mistyped or missing, command by command: a message that helps, and exit code 1 (2 where cases fail).

use crate::support::command::{command, run};
use crate::support::files::{folder, temporary};
use std::path::Path;

const NOTES: &str = "templates/notes-api/manifest.json";
const PERSONAS: &str = "templates/notes-api/personas.json";

/// Runs it, and wants the exit code, the words in standard error, and nothing on standard output for code 1; but of `test`,
/// which goes on behind a file that it cannot read and names it in its list.
fn fails(args: &[&str], code: i32, words: &[&str]) {
    let output = run(args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}{printed}");
    let walks = args[0] == "test";
    let all = if code == 1 && !walks { said } else { format!("{said}{printed}") };
    for word in words {
        assert!(all.contains(word), "{args:?} does not say {word:?}: {all}");
    }
    assert!(code != 1 || walks || printed.is_empty(), "{args:?} printed a result: {printed}");
}

#[test]
fn resolver() {
    let empty = folder("resolver", &[]);
    let empty = empty.to_str().unwrap();
    let base = ["resolver", "Query.listNotes", "--from", NOTES];
    let with = |more: &[&'static str]| [&base[..], more].concat();
    fails(&["resolver", "Query.lstNotes", "--from", NOTES], 1, &["did you mean Query.listNotes?"]);
    fails(&["resolver", "listNotes", "--from", NOTES], 1, &["did you mean Query.listNotes?"]);
    fails(&["resolver", "Query.nothingAlike", "--from", NOTES], 1, &["no resolver for", "such as Query.listNotes"]);
    // Where nothing is found either.
    let lost = command().args(["resolver", "Query.listNotes"]).current_dir(empty).output().unwrap();
    assert_eq!(lost.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lost.stderr).contains("--from"));
    fails(&["resolver", "Query.listNotes", "--from", "nowhere"], 1, &["nowhere: no such file or folder"]);
    fails(
        &["resolver", "Query.listNotes", "--from", empty],
        1,
        &["Amplify build folder", "manifest.json", "CloudFormation"],
    );
    fails(&with(&["--results", "[]"]), 1, &["--results must be a JSON object by function name"]);
    fails(&with(&["--results", r#"{"nobody": {}}"#]), 1, &["no function has the name \"nobody\""]);
    fails(&with(&["--parameters", "[1]"]), 1, &["--parameters"]);
    fails(&with(&["--overrides", "nowhere"]), 1, &["nowhere", "--overrides"]);
    fails(&with(&["--claims", "nowhere.json"]), 1, &["cannot read nowhere.json"]);
    fails(&with(&["--args", "{\"a\": "]), 1, &["--args: not valid JSON", ":1:"]);
    fails(&with(&["--auth-type", "congito"]), 1, &["user-pool, iam, api-key, oidc, lambda"]);
    fails(&with(&["--format", "csv"]), 1, &["possible values: text, json, html, aws"]);
    fails(&with(&["--now", "yesterday"]), 1, &["2026-05-01T10:00:00Z"]);
    fails(&with(&["--form", "json"]), 1, &["a similar argument exists"]);
    std::fs::remove_dir_all(empty).unwrap();
}

#[test]
fn matrix() {
    let files = [
        ("broken.yaml", "personas: [\n", "not valid YAML"),
        ("none.yaml", "personas: []\n", "nobody to ask for"),
        ("list.json", "[]", "has a list `personas`"),
        (
            "persona.yaml",
            "personas: [{name: alice, authType: api-key}]\ncases: [{persona: alcie, field: Query.listNotes}]\n",
            "did you mean \"alice\"?",
        ),
        ("mode.yaml", "personas: [{name: a, authType: congito}]\n", "one of user-pool, iam, api-key, oidc, lambda"),
        (
            "twice.yaml",
            "personas: [{name: a, authType: iam}, {name: a, authType: api-key}]\n",
            "two personas have the name \"a\"",
        ),
        ("member.yaml", "personas: [{name: a, authtype: iam, claims: {sub: b}}]\n", "did you mean \"authType\"?"),
        (
            "case.yaml",
            "personas: [{name: a, authType: iam}]\ncases: [{persona: a, field: Query.listNotes, arg: {}}]\n",
            "did you mean \"args\"?",
        ),
        ("top.yaml", "personas: [{name: a, authType: iam}]\ncase: []\n", "did you mean \"cases\"?"),
        (
            "item.yaml",
            "personas: [{name: a, authType: iam}]\nitems: {note/1: {}}\ncases: [{persona: a, field: Query.listNotes, source: {$item: note/2}}]\n",
            "did you mean \"note/1\"?",
        ),
        ("claims.yaml", "personas: [{name: a, claimsFile: gone.json}]\n", "gone.json"),
    ];
    let contents: Vec<(&str, &str)> = files.iter().map(|(name, text, _)| (*name, *text)).collect();
    let folder = folder("matrix", &contents);
    for (name, _, words) in files {
        let path = folder.join(name);
        fails(&["matrix", "--from", NOTES, "--personas", path.to_str().unwrap()], 1, &[name, words]);
    }
    // Without personas they are made, and the report says so.
    fails(&["matrix", "--from", NOTES], 0, &["no personas were given"]);
    fails(&["matrix", "--from", NOTES, "--personas", "nowhere.json"], 1, &["cannot read nowhere.json"]);
    fails(&["matrix", "--from", "nowhere", "--personas", PERSONAS], 1, &["nowhere: no such file"]);
    fails(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--diff", PERSONAS], 1, &["no matrix"]);
    fails(&["matrix", "--from", NOTES, "--personas", PERSONAS, "--format", "sarif"], 1, &["text, json, csv, html"]);
    // A case for a field that is not there is a cell without an answer, and says why.
    let path = folder.join("field.yaml");
    std::fs::write(&path, "personas: [{name: a, authType: iam}]\ncases: [{persona: a, field: Query.lstNotes}]\n")
        .unwrap();
    fails(
        &["matrix", "--from", NOTES, "--personas", path.to_str().unwrap()],
        0,
        &["1 unknown", "did you mean Query.listNotes?"],
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

/// At the width of a terminal a wide table goes on below itself; every persona and every verdict is still there once.
#[test]
fn a_wide_matrix_fits_the_terminal() {
    let people: Vec<String> = (1..=25).map(|at| format!("{{name: persona-{at}, authType: api-key}}")).collect();
    let folder = folder("wide", &[("p.yaml", &format!("personas: [{}]\n", people.join(", ")))]);
    let output = command()
        .env("COLUMNS", "80")
        .args(["matrix", "--from", NOTES, "--color", "never", "--personas"])
        .arg(folder.join("p.yaml"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_eq!(text.matches(" deny").count(), 50, "two fields refuse 25 personas: {text}");
    let heads: Vec<usize> = text
        .lines()
        .filter(|line| line.starts_with("      ") && !line.contains(|letter: char| letter.is_alphabetic()))
        .flat_map(|line| line.split_whitespace().map(|number| number.parse().unwrap()).collect::<Vec<usize>>())
        .collect();
    assert_eq!(heads, (1..=25).collect::<Vec<_>>(), "{text}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn test() {
    let folder = folder(
        "test",
        &[
            ("list.vtltest.yaml", "- a\n"),
            ("target.vtltest.yaml", "cases: []\n"),
            ("member.vtltest.yaml", "template: t.vtl\ncase: []\ncases: []\n"),
            ("broken.vtltest.json", "{\"cases\": "),
            ("gone.vtltest.yaml", "template: gone.vtl\ncases: [{name: a, expect: {verdict: allowed}}]\n"),
            (
                "field.vtltest.yaml",
                "resolver: Query.lstNotes\nfrom: MANIFEST\ncases: [{name: a, expect: {verdict: allowed}}]\n",
            ),
            (
                "results.vtltest.yaml",
                "resolver: Query.listNotes\nfrom: MANIFEST\ncases: [{name: a, results: {nobody: {}}, expect: {verdict: allowed}}]\n",
            ),
            ("expect.vtltest.yaml", "template: t.vtl\ncases: [{name: a, expect: {verdikt: allowed}}]\n"),
            ("word.vtltest.yaml", "template: t.vtl\ncases: [{name: a, expect: {verdict: alowed}}]\n"),
            ("t.vtl", "x"),
        ],
    );
    let manifest = std::fs::canonicalize(NOTES).unwrap();
    for (name, code, words) in [
        ("list.vtltest.yaml", 1, "a list `cases`"),
        ("target.vtltest.yaml", 1, "names a `template`, or a `resolver` with `from`"),
        ("member.vtltest.yaml", 1, "unknown member \"case\""),
        ("broken.vtltest.json", 1, "not valid JSON"),
        ("gone.vtltest.yaml", 2, "gone.vtl"),
        ("field.vtltest.yaml", 2, "did you mean Query.listNotes?"),
        ("results.vtltest.yaml", 2, "no function has the name \"nobody\""),
        ("expect.vtltest.yaml", 2, "unknown member \"verdikt\" of expect"),
        ("word.vtltest.yaml", 2, "expected \"alowed\", got \"completed\""),
    ] {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).unwrap().replace("MANIFEST", manifest.to_str().unwrap());
        std::fs::write(&path, text).unwrap();
        // The manifest lies in another folder.
        fails(&["test", path.to_str().unwrap(), "--allow-outside"], code, &[name, words]);
    }
    fails(&["test"], 1, &["<PATHS>"]);
    fails(&["test", "nowhere"], 1, &["nowhere: no such file or folder"]);
    fails(&["test", "src"], 1, &["no case files found (*.vtltest.yaml"]);
    fails(&["test", "templates", "--format", "json", "--coverage", "text"], 1, &["-o"]);
    fails(&["test", "templates", "--filter", "nobody"], 1, &["no case ran: none has a name that holds \"nobody\""]);
    // Results for programs, in a file.
    let file = folder.join("out.json");
    fails(&["test", "templates", "--format", "json", "-o", file.to_str().unwrap()], 0, &[]);
    let result: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!((&result["passed"], result["cases"].as_array().unwrap().len()), (&serde_json::json!(4), 4));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_byte_order_mark_is_left_out_of_every_file() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/notes-api");
    let marked = temporary("marks");
    copy_marked(&from, &marked);
    let answers = |folder: &Path| {
        let path = |name: &str| folder.join(name).display().to_string();
        let folder = folder.display().to_string();
        [
            vec!["matrix", "--from", &folder, "--personas", &path("personas.json"), "--format", "csv"],
            vec!["resolver", "Query.listNotes", "--from", &folder, "--format", "aws"],
            vec!["check", &path("resolvers")],
        ]
        .map(|args| {
            let output = command().args(args).output().unwrap();
            let words = String::from_utf8(output.stdout).unwrap().replace(&folder, "FOLDER");
            (output.status.code(), words)
        })
    };
    assert_eq!(answers(&marked), answers(&from));
    let cases = command().arg("test").arg(&marked).output().unwrap();
    assert_eq!(cases.status.code(), Some(0), "{}", String::from_utf8_lossy(&cases.stdout));
    std::fs::remove_dir_all(marked).unwrap();
}

/// Copies a folder, with a byte order mark before each file's text.
fn copy_marked(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_marked(&path, &copy);
        } else {
            std::fs::write(copy, "\u{FEFF}".to_owned() + &std::fs::read_to_string(path).unwrap()).unwrap();
        }
    }
}

#[test]
fn the_main_command_names_the_file_and_the_next_step() {
    let template = "templates/static-groups/template.vtl";
    let folder =
        folder("main", &[("claims.json", "{\"sub\": "), ("cut.jwt", "eyJhbGciOiJub25lIn0.eyJzdWIi!iJ1In0.c2ln")]);
    let path = |name: &str| folder.join(name).display().to_string();
    for (args, wanted) in [
        (vec!["templates/static-groups".to_owned()], vec!["is a folder", "vtl-eval resolver"]),
        (
            vec![template.to_owned(), "--claims".to_owned(), path("claims.json")],
            vec!["claims.json: not valid JSON", "line 1"],
        ),
        (
            vec![template.to_owned(), "--claims".to_owned(), path("cut.jwt")],
            vec!["cut.jwt: not a JWT", "copy the token whole"],
        ),
        (vec!["token".to_owned(), path("cut.jwt")], vec!["payload is not valid base64url", "copy the token whole"]),
    ] {
        let output = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(wanted.iter().all(|words| told.contains(words)), "{args:?}: {told}");
        assert!(!told.contains("eyJzdWIi"), "{told}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
