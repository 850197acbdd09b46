//! `batch` as a filter: order, bad lines, and every way in which its input or output can end. Where it fails to end, the
//! test does not either.

use crate::support::command::command;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

fn batch(args: &[&str], stdout: Stdio) -> Child {
    command().arg("batch").args(args).stdin(Stdio::piped()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap()
}

/// A line whose answer takes longer the larger `work` is.
fn line(id: u64, work: u64) -> String {
    let template = "#set($isAuthorized = true)#foreach($i in [1..$ctx.args.n])#end$ctx.args.id";
    json!({"id": id, "template": template, "context": {"arguments": {"id": id, "n": work}}}).to_string() + "\n"
}

fn stderr(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn rows_keep_the_order_of_lines_on_any_number_of_threads() {
    for jobs in ["1", "2", "7"] {
        let mut child = batch(&["--jobs", jobs], Stdio::piped());
        let mut input = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || {
            for id in 0..3_000 {
                // Every hundredth line is bad, every fiftieth is slow, every thousandth is blank.
                let text = match id {
                    _ if id % 1_000 == 999 => "\n".to_owned(),
                    _ if id % 100 == 7 => "{\"id\": 1, \n".to_owned(),
                    _ => line(id, if id % 50 == 0 { 400 } else { 1 }),
                };
                input.write_all(text.as_bytes()).unwrap();
            }
        });
        let rows: Vec<Json> = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(|row| serde_json::from_str(&row.unwrap()).unwrap())
            .collect();
        writer.join().unwrap();
        assert!(child.wait().unwrap().success());
        let wanted: Vec<_> = (0..3_000).filter(|id| id % 1_000 != 999).collect();
        assert_eq!(rows.len(), wanted.len(), "--jobs {jobs}");
        for (row, id) in rows.iter().zip(wanted) {
            if id % 100 == 7 {
                assert_eq!((&row["id"], &row["failure"]["kind"]), (&Json::Null, &json!("input")), "line {id}");
            } else {
                assert_eq!((&row["id"], &row["output"]), (&json!(id), &json!(id.to_string())), "line {id}");
            }
        }
        assert!(stderr(&mut child).contains("2997 lines, 30 bad"));
    }
}

#[test]
fn a_pause_of_the_input_is_answered() {
    for jobs in ["1", "2"] {
        let mut child = batch(&["--jobs", jobs], Stdio::piped());
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for id in 0..5 {
            input.write_all(line(id, 1).as_bytes()).unwrap();
            let mut row = String::new();
            output.read_line(&mut row).unwrap();
            assert_eq!(serde_json::from_str::<Json>(&row).unwrap()["id"], json!(id));
        }
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_closed_pipe_ends_it_though_the_input_stays_open() {
    for jobs in ["1", "2"] {
        let mut child = batch(&["--jobs", jobs], Stdio::piped());
        let mut input = child.stdin.take().unwrap();
        input.write_all(line(0, 1).as_bytes()).unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut String::new()).unwrap();
        drop(output);
        // The row of the next line finds the pipe closed. A test beside this one that is just starting a process holds a copy
        // of it until that process runs, so a line more may be needed; the input stays open in any case.
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            let _ = input.write_all(line(1, 1).as_bytes());
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        assert!(ended.success(), "--jobs {jobs}");
        assert_eq!(stderr(&mut child), "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_its_name() {
    for jobs in ["1", "2"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut child = batch(&["--jobs", jobs], full.into());
        let mut input = child.stdin.take().unwrap();
        input.write_all(line(0, 1).as_bytes()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "--jobs {jobs}");
        assert!(stderr(&mut child).contains("the disk is full"));
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_rows() {
    for jobs in ["1", "2"] {
        let mut child = batch(&["--jobs", jobs], Stdio::piped());
        let mut input = child.stdin.take().unwrap();
        // It writes on and on until the process is gone.
        let writer = std::thread::spawn(move || (0..).find(|id| input.write_all(line(*id, 20).as_bytes()).is_err()));
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        for _ in 0..50 {
            output.read_line(&mut text).unwrap();
        }
        let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(signalled.success());
        output.read_to_string(&mut text).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "--jobs {jobs}");
        writer.join().unwrap();
        assert!(text.ends_with('\n'));
        for (id, row) in text.lines().enumerate() {
            assert_eq!(serde_json::from_str::<Json>(row).unwrap()["id"], json!(id));
        }
    }
}
