//! The forms of logs that take a crate of their own: gzip and CSV.

use super::counts::Skip;
use super::item::{Budget, LogItem, PackedError, Sink, is_data};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// What a gzip file holds.
///
/// # Errors
/// Never; only a library without the feature `cli` reads no gzip.
pub fn unpacked(input: Box<dyn BufRead>) -> Result<Box<dyn Read>, PackedError> {
    let read = Rc::new(Cell::new(0));
    let counted = CountedReader { input, read: read.clone() };
    Ok(Box::new(Unpacked { decoder: flate2::bufread::MultiGzDecoder::new(counted), read, written: 0 }))
}

/// Logs shrink to a tenth, or a thirtieth; what grows so many times is no log.
const GROWS: u64 = 200;
/// So much may come out of any file.
const FREE: u64 = 16 << 20;

/// Counts the bytes that are read.
struct CountedReader {
    input: Box<dyn BufRead>,
    read: Rc<Cell<u64>>,
}

impl Read for CountedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.read.set(self.read.get() + length as u64);
        Ok(length)
    }
}

impl BufRead for CountedReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.read.set(self.read.get() + length as u64);
        self.input.consume(length);
    }
}

/// A gzip file, which ends where more comes out of it than a log of its size can hold.
struct Unpacked {
    decoder: flate2::bufread::MultiGzDecoder<CountedReader>,
    read: Rc<Cell<u64>>,
    written: u64,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.written > FREE && self.written / GROWS > self.read.get() {
            let why = format!("it grows to more than {GROWS} times its size (limit `gzip growth`)");
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        let length = self.decoder.read(buffer)?;
        self.written += length as u64;
        Ok(length)
    }
}

/// Reads the rows of a table whose columns are known. Gives what kept it from being read to its end.
///
/// # Errors
/// The file cannot be read, or the sink ended it.
pub fn csv(input: Budget, message: usize, time: Option<usize>, sink: &mut Sink<'_>) -> io::Result<Option<String>> {
    let budget = input.left.clone();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let mut record = csv::ByteRecord::new();
    loop {
        Budget::refill(&budget);
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                let line = reader.position().line();
                let said = error.to_string();
                return match error.into_kind() {
                    csv::ErrorKind::Io(error) if is_data(&error) => {
                        sink(LogItem { message: Err(Skip::Cut), time: None, line })?;
                        Ok(Some(format!("{error}: what follows line {line} was not read")))
                    }
                    csv::ErrorKind::Io(error) => Err(error),
                    _ => Ok(Some(format!("line {line}: {said}"))),
                };
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let text = |column: usize| record.get(column).map(String::from_utf8_lossy);
        let when = time.and_then(text).and_then(|text| super::time::time(&text));
        let message = text(message).filter(|text| !text.trim().is_empty());
        sink(LogItem { message: message.map(Into::into).ok_or(Skip::NoMessage), time: when, line })?;
    }
}
