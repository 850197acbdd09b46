//! A fault of our own is told in one line, and costs the row that it happened in.

use super::say::say_safe;
use super::secrets;
pub use crate::suite::guarded;

/// A panic is told in one line, without credentials.
pub fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let mut words = panic.to_string().replace('\n', " ");
        secrets::hide_known_shapes(&mut words);
        say_safe(&format!("error: internal: {words}\n"));
    }));
}
