//! `vtl-eval replay --follow`: a log that is still written, such as `aws logs tail --follow` prints it. A request is judged once
//! it ended.

use super::args::ReplayArgs;
use super::exit::{CommandError, Exit};
use super::{interrupt, output, say};
use crate::files::open;
use crate::report::{WrittenForm, replay_counts, replay_request};
use crate::suite::replay::{Judge, Logged, Replay, RequestReport, Skip, Summary};
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// How often the clock ticks.
const TICK: Duration = Duration::from_millis(500);
/// A request of which nothing came for so many ticks is judged, though no summary ended it: field-level logs have none.
const QUIET: u64 = 10;
/// Longer lines are no events.
const LONGEST: u64 = 4 << 20;
/// Lines that may wait, each of which may be long.
const WAITING: usize = 8;

/// What the reader of a log says.
enum FromLog {
    Line(Result<String, Skip>),
    End,
    Failed(io::Error),
}

/// Follows the log until it ends (a pipe) or an interrupt comes.
pub fn follow(args: &ReplayArgs, judge: &Judge<'_>) -> Result<Exit, CommandError> {
    let [path] = args.logs.as_slice() else {
        return Err(CommandError::new(
            "--follow follows one log: a file, or `-` for what `aws logs tail --follow` prints",
        ));
    };
    if path.is_dir() {
        return Err(CommandError::new(format!(
            "--follow: {} is a folder: name the file that is written",
            path.display()
        )));
    }
    interrupt::end_whole();
    output::colour(args.color);
    let lines = reader(path.clone());
    let mut replay = Replay::new(judge, args.request.clone());
    let mut summary = Summary::default();
    let mut write = |report: RequestReport| {
        summary.add(&report);
        tell(args, &report)
    };
    let name = path.display().to_string();
    let mut number = 0;
    loop {
        match next(&lines) {
            Ok(FromLog::Line(text)) => {
                number += 1;
                replay.line(&name, number, text, &mut write)?;
            }
            Ok(FromLog::End) | Err(RecvTimeoutError::Disconnected) => break,
            Ok(FromLog::Failed(error)) => return Err(CommandError::new(format!("cannot read {name}: {error}"))),
            Err(RecvTimeoutError::Timeout) => replay.tick(QUIET, &mut write)?,
        }
    }
    replay.end(&mut write)?;
    say::say(replay_counts(&replay.counts, &summary));
    Ok(if summary.opened > 0 { Exit::Denied } else { Exit::Good })
}

fn next(lines: &Receiver<FromLog>) -> Result<FromLog, RecvTimeoutError> {
    lines.recv_timeout(TICK)
}

/// One request: all of them with `--ndjson`, else what was refused, failed, or would be decided otherwise.
fn tell(args: &ReplayArgs, report: &RequestReport) -> io::Result<()> {
    let (text, form) = if args.ndjson {
        (serde_json::to_string(report)? + "\n", WrittenForm::Json)
    } else if report.verdict != Logged::Ok || report.change.is_some() {
        (output::drawn(replay_request(report, args.redact)), WrittenForm::Text)
    } else {
        return Ok(());
    };
    output::write(&text, form, None).map_err(|error| match error {
        CommandError::Message(why) => io::Error::other(why),
        _ => io::Error::from(io::ErrorKind::BrokenPipe),
    })
}

/// Reads in a thread of its own: a pipe is waited for.
fn reader(path: PathBuf) -> Receiver<FromLog> {
    let (sender, lines) = sync_channel(WAITING);
    std::thread::spawn(move || {
        let read = if path == Path::new("-") { pipe(&sender) } else { file(&path, &sender) };
        let _ = sender.send(read.map_or_else(FromLog::Failed, |()| FromLog::End));
    });
    lines
}

fn pipe(sender: &SyncSender<FromLog>) -> io::Result<()> {
    let mut input = BufReader::new(io::stdin());
    let (mut line, mut goes_on) = (Vec::new(), false);
    while (&mut input).take(LONGEST).read_until(b'\n', &mut line)? > 0 {
        if let Some(line) = taken(&mut line, &mut goes_on)
            && sender.send(FromLog::Line(line)).is_err()
        {
            break;
        }
    }
    Ok(())
}

/// A file from its beginning, and what is added to it; one that became shorter was begun anew.
fn file(path: &Path, sender: &SyncSender<FromLog>) -> io::Result<()> {
    let mut input = BufReader::new(open(path)?);
    let (mut line, mut at, mut goes_on) = (Vec::new(), 0, false);
    loop {
        let read = (&mut input).take(LONGEST).read_until(b'\n', &mut line)?;
        at += read as u64;
        if line.ends_with(b"\n") || line.len() as u64 >= LONGEST {
            if let Some(line) = taken(&mut line, &mut goes_on)
                && sender.send(FromLog::Line(line)).is_err()
            {
                return Ok(());
            }
        } else if read == 0 {
            std::thread::sleep(TICK / 2);
            if path.metadata().is_ok_and(|data| data.len() < at) {
                input = BufReader::new(open(path)?);
                (line, at, goes_on) = (Vec::new(), 0, false);
            }
        }
    }
}

/// A line that was read. Of one that is too long nothing is an event, and what comes of it after that is nothing more.
fn taken(line: &mut Vec<u8>, goes_on: &mut bool) -> Option<Result<String, Skip>> {
    let is_part = std::mem::replace(goes_on, line.len() as u64 >= LONGEST && !line.ends_with(b"\n"));
    let text = match (is_part, *goes_on) {
        (true, _) => None,
        (false, true) => Some(Err(Skip::TooLong)),
        (false, false) => Some(Ok(String::from_utf8_lossy(line).trim_end().to_owned())),
    };
    line.clear();
    text
}
