//! Two sources of an API beside each other, as text.

use crate::suite::Differing;
use std::fmt::Write;
use std::path::Path;

/// A paragraph a field.
pub fn text(list: &[Differing], against: &Path) -> String {
    if list.is_empty() {
        return format!("nothing differs from {}\n", against.display());
    }
    let mut out = String::new();
    let mut last: Option<&Option<String>> = None;
    for one in list {
        if last != Some(&one.field) {
            let _ = writeln!(out, "{}", one.field.as_deref().unwrap_or("the API"));
            last = Some(&one.field);
        }
        let _ = writeln!(out, "  {} differs", one.what.words());
        for (place, value) in [("here", &one.here), ("there", &one.there)] {
            let _ = writeln!(out, "    {place:<5}  {}", value.as_deref().unwrap_or("(none)"));
        }
    }
    let count = if list.len() == 1 { "1 difference".to_owned() } else { format!("{} differences", list.len()) };
    let _ = writeln!(out, "\n{count} from {}", against.display());
    out
}
