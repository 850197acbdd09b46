//! The forms of logs that take a crate of their own: gzip and CSV.

use super::counts::Skip;
use super::input::{Budget, Item, Sink, is_data};
use std::io::{self, BufRead, Read};

/// What a gzip file holds.
///
/// # Errors
/// Never; only a library without the feature `cli` reads no gzip.
pub fn unpacked(input: Box<dyn BufRead>) -> Result<Box<dyn Read>, String> {
    Ok(Box::new(flate2::bufread::MultiGzDecoder::new(input)))
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
                        sink(Item { message: Err(Skip::Cut), time: None, line })?;
                        Ok(Some(format!("{error}: what follows line {line} was not read")))
                    }
                    csv::ErrorKind::Io(error) => Err(error),
                    _ => Ok(Some(format!("line {line}: {said}"))),
                };
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let text = |column: usize| record.get(column).map(String::from_utf8_lossy);
        let when = time.and_then(text).and_then(|text| super::event::time(&text));
        let message = text(message).filter(|text| !text.trim().is_empty());
        sink(Item { message: message.map(Into::into).ok_or(Skip::NoMessage), time: when, line })?;
    }
}
