//! Lines in, rows out, in the same order and in bounded memory: on this thread, or on several.

use super::exit::CommandError;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

/// Bytes and lines handed to a thread at once.
const CHUNK_BYTES: usize = 256 << 10;
const CHUNK_LINES: usize = 256;

/// Rows are handed on where they have so many bytes: the row of a line of a hundred bytes may have ten megabytes.
const ROWS_BYTES: usize = 1 << 20;

/// A longer line is bad; one that still has no end after so many bytes more ends the run.
const LONGEST: u64 = 16 << 20;
const ENDLESS: u64 = 256 << 20;

/// Writes the row of a line, with its line end; false if the line was bad. Each thread makes one for itself.
pub trait AnswerLine: FnMut(&[u8], &mut Vec<u8>) -> bool {}

impl<F: FnMut(&[u8], &mut Vec<u8>) -> bool> AnswerLine for F {}

/// Lines that were read, and how many of them were bad.
#[derive(Clone, Copy, Default)]
pub struct LineCounts {
    /// All but blank ones.
    pub lines: u64,
    /// Those whose answer says that they were bad.
    pub bad: u64,
}

/// Answers every line that is not blank. A pause of the input is no reason to wait: what came before it is answered.
///
/// # Errors
/// The input cannot be read, or the output not written. What was written before are whole rows.
pub fn answer<A: AnswerLine>(
    input: Box<dyn Read + Send>,
    jobs: usize,
    new: impl Fn() -> A + Clone + Send + 'static,
) -> Result<LineCounts, CommandError> {
    super::interrupt::end_whole();
    let input = BufReader::with_capacity(CHUNK_BYTES, input);
    let progress = progress();
    let counts = if jobs == 1 { alone(input, new(), &progress) } else { together(input, new, jobs, &progress) };
    progress.finish_and_clear();
    counts
}

/// Where rows go to a file or a pipe, and someone watches.
fn progress() -> ProgressBar {
    if !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{human_pos} lines, {per_sec}, {elapsed}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// Some lines, one after the other.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Chunk {
    /// Fills the chunk; false at the end of the input.
    fn fill(&mut self, input: &mut BufReader<impl Read>) -> io::Result<bool> {
        self.bytes.clear();
        self.ends.clear();
        while self.bytes.len() < CHUNK_BYTES && self.ends.len() < CHUNK_LINES {
            let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut self.bytes)?;
            if read == 0 {
                return Ok(!self.ends.is_empty());
            }
            if read as u64 == LONGEST && !self.bytes.ends_with(b"\n") {
                skip_line(input)?;
            }
            self.ends.push(self.bytes.len());
            if input.buffer().is_empty() {
                break;
            }
        }
        Ok(true)
    }

    /// Appends the rows of the lines to `rows`. Where these become many bytes, they are handed on with their counts before the
    /// others are made.
    fn answer(
        &self,
        answer: &mut impl AnswerLine,
        rows: &mut Vec<u8>,
        hand_on: &mut impl FnMut(&mut Vec<u8>, LineCounts) -> io::Result<()>,
    ) -> io::Result<LineCounts> {
        let mut counts = LineCounts::default();
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        for (start, end) in starts.zip(&self.ends) {
            let line = self.bytes[start..*end].trim_ascii();
            // A mark of the byte order, as some editors write it, also where files were joined.
            let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
            if !line.is_empty() {
                counts.lines += 1;
                counts.bad += u64::from(!answer(line, rows));
            }
            if rows.len() >= ROWS_BYTES {
                hand_on(rows, std::mem::take(&mut counts))?;
                rows.clear();
                rows.shrink_to(ROWS_BYTES);
            }
        }
        Ok(counts)
    }
}

/// Goes on to the end of a line of which too much was read already: its row says that it is bad.
fn skip_line(input: &mut BufReader<impl Read>) -> io::Result<()> {
    let mut skipped = 0;
    loop {
        let buffer = input.fill_buf()?;
        let (length, ends) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        skipped += length as u64;
        if ends {
            return Ok(());
        }
        if skipped > ENDLESS {
            return Err(io::Error::other("the input has a line without end"));
        }
    }
}

/// Writes rows whole, and counts them.
fn write(rows: &[u8], counts: LineCounts, total: &mut LineCounts, progress: &ProgressBar) -> io::Result<()> {
    total.lines += counts.lines;
    total.bad += counts.bad;
    progress.inc(counts.lines);
    let mut out = io::stdout().lock();
    out.write_all(rows)?;
    out.flush()
}

/// On this thread.
fn alone(
    mut input: BufReader<impl Read>,
    mut answer: impl AnswerLine,
    progress: &ProgressBar,
) -> Result<LineCounts, CommandError> {
    let (mut total, mut chunk, mut rows) = (LineCounts::default(), Chunk::default(), Vec::new());
    while chunk.fill(&mut input)? {
        rows.clear();
        let counts =
            chunk.answer(&mut answer, &mut rows, &mut |rows, counts| write(rows, counts, &mut total, progress))?;
        write(&rows, counts, &mut total, progress)?;
    }
    Ok(total)
}

/// What a thread made.
struct Done {
    rows: Vec<u8>,
    counts: LineCounts,
    /// The chunk, where these are the last of its rows.
    chunk: Option<Chunk>,
}

/// On several threads: chunks go out in turn and come back in the same order, so that memory stays bounded. No thread is
/// waited for when the output fails: the reader may wait for input that never comes.
fn together<A: AnswerLine>(
    mut input: BufReader<impl Read + Send + 'static>,
    new: impl Fn() -> A + Clone + Send + 'static,
    jobs: usize,
    progress: &ProgressBar,
) -> Result<LineCounts, CommandError> {
    let (mut work, mut done, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..jobs {
        let (send_work, take_work) = sync_channel::<Chunk>(2);
        let (send_done, take_done) = sync_channel::<Done>(2);
        let new = new.clone();
        let run = move || {
            let mut answer = new();
            for chunk in take_work {
                let mut rows = Vec::with_capacity(chunk.bytes.len());
                let mut part = |rows: &mut Vec<u8>, counts| {
                    send_done.send(Done { rows: std::mem::take(rows), counts, chunk: None }).map_err(io::Error::other)
                };
                let Ok(counts) = chunk.answer(&mut answer, &mut rows, &mut part) else { break };
                if send_done.send(Done { rows, counts, chunk: Some(chunk) }).is_err() {
                    break;
                }
            }
            Ok(())
        };
        // A system that has no more threads gets by with those that it has.
        match thread::Builder::new().spawn(run) {
            Ok(thread) => threads.push(thread),
            Err(error) if turn == 0 => return Err(error.into()),
            Err(_) => break,
        }
        work.push(send_work);
        done.push(take_done);
    }
    let jobs = work.len();
    let (give_back, spare) = channel::<Chunk>();
    threads.push(thread::Builder::new().spawn(move || {
        for turn in 0.. {
            let mut chunk = spare.try_recv().unwrap_or_default();
            if !chunk.fill(&mut input)? || work[turn % jobs].send(chunk).is_err() {
                break;
            }
        }
        Ok(())
    })?);
    let (mut total, mut turn) = (LineCounts::default(), 0);
    while let Ok(Done { rows, counts, chunk }) = done[turn % jobs].recv() {
        write(&rows, counts, &mut total, progress)?;
        if let Some(chunk) = chunk {
            turn += 1;
            let _ = give_back.send(chunk);
        }
    }
    for thread in threads {
        let ended: io::Result<()> = thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread failed")));
        ended?;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_many_bytes_are_handed_on_one_by_one() {
        let mut input = BufReader::new(&b"1\n22\n\n333\nbad\n"[..]);
        let mut chunk = Chunk::default();
        assert!(chunk.fill(&mut input).expect("it is in memory"));
        let mut answer = |line: &[u8], rows: &mut Vec<u8>| {
            rows.resize(rows.len() + line.len() * ROWS_BYTES / 2, b'x');
            line != b"bad"
        };
        let (mut handed, mut rows) = (Vec::new(), Vec::new());
        let rest = chunk
            .answer(&mut answer, &mut rows, &mut |rows, counts| {
                handed.push((rows.len() * 2 / ROWS_BYTES, counts.lines, counts.bad));
                Ok(())
            })
            .expect("nothing is written");
        assert_eq!(handed, [(3, 2, 0), (3, 1, 0), (3, 1, 1)]);
        assert_eq!((rest.lines, rest.bad, rows.len()), (0, 0, 0));
    }
}
