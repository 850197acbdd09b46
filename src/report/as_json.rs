//! A value of an evaluation as JSON.

use crate::value::Value;
use serde::Serialize;
use std::borrow::Borrow;

/// A value that always serialises: one that contains itself becomes a text that says so.
#[derive(Debug)]
pub struct AsJson<V>(pub V);

impl<V: Borrow<Value>> Serialize for AsJson<V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &Value = self.0.borrow();
        match value {
            Value::List(_) | Value::Map(_) | Value::View(_) | Value::Entry(_) => match value.fits_json() {
                Ok(()) => value.serialize(serializer),
                Err(error) => serializer.serialize_str(&format!("<{}>", error.message)),
            },
            value => value.serialize(serializer),
        }
    }
}
