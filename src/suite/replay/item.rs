//! One event as it stands in a log, whoever reads it, and how much of a log one row may take.

use super::counts::Skip;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

crate::message::sentence_error! {
    /// A packed file that is not unpacked.
    PackedError
}

/// What one row of a document or CSV file may take. CloudWatch cuts events at 1 MB.
const ROW: u64 = 16 << 20;

/// What the members of an event may take as values: an event of 1 MB that is JSON in the usual way has a tenth of that.
const MOST_VALUES: usize = 32 << 20;

/// Whether a text is JSON whose members would take more than is read of an event.
pub(super) fn is_too_much(text: &str) -> bool {
    crate::files::values_of(text) > MOST_VALUES
}

/// What the members of a document take that are no rows.
#[derive(Default)]
pub(super) struct OtherMembers(usize);

impl OtherMembers {
    /// One more; whether it is still little enough to be kept.
    pub(super) fn take(&mut self, name: &str, text: &str) -> bool {
        const ONE: usize = 128;
        self.0 = self.0.saturating_add(name.len() + text.len() + crate::files::members_of(text) + ONE);
        self.0 <= MOST_VALUES
    }
}

/// One event as it stands in a log.
#[derive(Debug)]
pub struct LogItem {
    /// The message, or why there is none.
    pub message: Result<String, Skip>,
    /// When it was logged, in milliseconds since 1970.
    pub time: Option<i64>,
    /// Line or row, from 1.
    pub line: u64,
}

/// Takes events; an error ends the reading.
pub type Sink<'s> = dyn FnMut(LogItem) -> io::Result<()> + 's;

/// Whether the data is at fault (a damaged gzip file, a row beyond all bounds) rather than the disk.
pub(super) fn is_data(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof)
}

/// A reader that ends when one row takes more than its share.
pub(super) struct Budget {
    input: Box<dyn BufRead>,
    pub(super) left: Rc<Cell<u64>>,
}

impl Budget {
    pub(super) fn over(input: Box<dyn BufRead>) -> Self {
        Self { input, left: Rc::new(Cell::new(ROW)) }
    }

    /// A row begins.
    pub(super) fn refill(left: &Cell<u64>) {
        left.set(ROW);
    }
}

impl Read for Budget {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a row longer than {ROW} bytes")));
        }
        let read = self.input.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}
