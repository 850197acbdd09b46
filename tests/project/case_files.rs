//! `vtl-eval test`: what case files may say, how differences read, and what `--update` writes.

use crate::support::command::{command, stderr, stdout};
use crate::support::files::temporary;
use std::path::{Path, PathBuf};
use std::process::Output;

fn run(args: &[&str], folder: &Path) -> Output {
    command().current_dir(folder).args(args).output().unwrap()
}

/// A folder with a template and a case file.
fn folder(name: &str, cases: &str) -> (PathBuf, PathBuf) {
    let folder = temporary(&format!("cases-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("t.vtl"), TEMPLATE).unwrap();
    let file = folder.join("a.vtltest.yaml");
    std::fs::write(&file, cases).unwrap();
    (folder, file)
}

const TEMPLATE: &str = "#if($ctx.identity.claims.sub != \"ann\")\n$util.error(\"not you\", \"Unauthorized\")\n#end\n$util.qr($ctx.stash.put(\"seen\", [1, 2]))\none\ntwo\nthree\n";

const BEFORE: &str = r#"# Wer darf was: ä € 𝄞
template: t.vtl
cases:
  - name: Ännchen may   # her name
    claims: {sub: ann, token_use: access}
    expect: {verdict: denied, decision: {line: 99}} # stays

  # next
  - name: bob may not
    claims: {sub: bob, token_use: access}
    expect:
      # stays too
      verdict: allowed   # was wrong
      error:
        message: "not me"
        errorType: Unauthorized # was right

  - name: says nothing
    claims: # deep
      sub: bob
      token_use: access # the last
  - {name: flow, claims: {sub: ann, token_use: access}}
  - name: empty
    expect:
    claims: {sub: ann, token_use: access}
  - name: long
    claims: {sub: ann, token_use: access}
    expect:
      output: |
        one
        2
        three
      stash:
        seen:
          - 1
          - 3

# the end
"#;

/// The same, with the values that the template gives: `completed` (no authorization rule decides for Ann: rule 6 makes
/// it `allowed`, because a refusal stands there), `denied` for Bob.
const AFTER: &str = r#"# Wer darf was: ä € 𝄞
template: t.vtl
cases:
  - name: Ännchen may   # her name
    claims: {sub: ann, token_use: access}
    expect: {verdict: allowed, decision: {line: null}} # stays

  # next
  - name: bob may not
    claims: {sub: bob, token_use: access}
    expect:
      # stays too
      verdict: denied   # was wrong
      error:
        message: not you
        errorType: Unauthorized # was right

  - name: says nothing
    claims: # deep
      sub: bob
      token_use: access # the last
    expect: {verdict: denied}
  - {name: flow, claims: {sub: ann, token_use: access}, expect: {verdict: allowed}}
  - name: empty
    expect: {verdict: allowed}
    claims: {sub: ann, token_use: access}
  - name: long
    claims: {sub: ann, token_use: access}
    expect:
      output: "one\ntwo\nthree"
      stash:
        seen:
          [1, 2]

# the end
"#;

#[test]
fn update_replaces_values_and_keeps_the_rest_of_the_file() {
    let (folder, file) = folder("update", BEFORE);
    let output = run(&["test", ".", "--update"], &folder);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("0 passed, 0 failed, 6 rewritten"), "{}", stdout(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), AFTER);
    let output = run(&["test", "."], &folder);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    // A second time there is nothing to write, and a filter leaves the other cases alone.
    assert!(stdout(&run(&["test", ".", "--update"], &folder)).contains("6 passed, 0 failed in"));
    std::fs::write(&file, BEFORE).unwrap();
    run(&["test", ".", "--update", "--filter", "bob"], &folder);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("verdict: denied   # was wrong") && text.contains("{verdict: denied, decision: {line: 99}}"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn update_leaves_a_file_alone_that_it_cannot_rewrite() {
    let shared = "template: t.vtl\ncases:\n  - {name: a, claims: {sub: ann}, expect: &x {verdict: denied}}\n  - {name: b, claims: {sub: bob}, expect: *x}\n";
    let (folder, file) = folder("anchor", shared);
    let output = run(&["test", ".", "--update"], &folder);
    assert_eq!((output.status.code(), stderr(&output).contains("an anchor?")), (Some(1), true), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), shared);
    // JSON is written anew; a case that cannot run stays a failure.
    std::fs::remove_file(&file).unwrap();
    let json = r#"{"template": "t.vtl", "cases": [{"claims": {"sub": "ann"}, "expect": {"verdict": "denied"}}, {"clams": {}, "expect": {"verdict": "denied"}}]}"#;
    std::fs::write(folder.join("b.vtltest.json"), json).unwrap();
    let output = run(&["test", ".", "--update"], &folder);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).contains("0 passed, 1 failed, 1 rewritten"), "{}", stdout(&output));
    let text = std::fs::read_to_string(folder.join("b.vtltest.json")).unwrap();
    assert_eq!((text.matches("allowed").count(), text.matches("denied").count()), (1, 1), "{text}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn long_texts_differ_by_their_lines() {
    let (folder, _) = folder("lines", BEFORE);
    let text = stdout(&run(&["test", ".", "--filter", "long"], &folder));
    let wanted = "      output: - is what was expected, + what came\n          one\n        - 2\n        + two\n          three\n";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("      stash.seen: expected [1,3], got [1,2]\n"), "{text}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A case may watch any variable, and a failed one tells of that one.
#[test]
fn a_failed_case_tells_of_the_variable_that_it_watches() {
    let cases = "template: w.vtl\ndefaults: {watch: $isOwner}\ncases:\n  - name: wrong\n    claims: {sub: ann}\n    expect: {verdict: denied}\n";
    let (folder, _) = folder("watch", cases);
    std::fs::write(folder.join("w.vtl"), "#set($isOwner = false)\n#set($isOwner = true)\n").unwrap();
    let text = stdout(&run(&["test", "."], &folder));
    assert!(text.contains("Every write to $isOwner"), "{text}");
    assert!(!text.contains("isAuthorized"), "{text}");
}
