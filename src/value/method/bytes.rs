//! `String.getBytes`: an array of numbers from -128 to 127.

use super::{MethodOutcome, give};
use crate::value::{JavaError, List, Value};

/// A `byte[]`. There is no `Byte` here: its items are Integers.
pub(in crate::value) fn bytes(bytes: impl Iterator<Item = u8>) -> Value {
    List::array_of("[B", bytes.map(|byte| Value::int(i32::from(byte as i8))).collect()).into()
}

/// The bytes of a text in a character set; what the set lacks is a `?`.
pub(super) fn encoded(text: &str, charset: &str) -> MethodOutcome {
    let units = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let narrow =
        |most: u32| text.chars().map(move |letter| if u32::from(letter) <= most { letter as u8 } else { b'?' });
    give(match charset.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => bytes(text.bytes()),
        "US-ASCII" | "ASCII" => bytes(narrow(0x7f)),
        "ISO-8859-1" | "ISO8859_1" | "LATIN1" => bytes(narrow(0xff)),
        "UTF-16BE" => bytes(units(u16::to_be_bytes).into_iter()),
        "UTF-16LE" => bytes(units(u16::to_le_bytes).into_iter()),
        // With the mark that tells the order.
        "UTF-16" | "UTF16" => {
            let mark = if text.is_empty() { &[][..] } else { &[0xfe, 0xff] };
            bytes(mark.iter().copied().chain(units(u16::to_be_bytes)))
        }
        _ => return Err(JavaError::new("java.io.UnsupportedEncodingException", charset).into()),
    })
}
