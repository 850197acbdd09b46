//! An interrupt (Ctrl-C) never cuts a row.

/// What a shell expects of a process that an interrupt ended: 128 and the signal's number.
#[cfg(not(target_family = "wasm"))]
const INTERRUPTED: i32 = 130;

/// From here on an interrupt waits until the rows at hand are written; a second one does not wait.
#[cfg(not(target_family = "wasm"))]
pub fn end_whole() {
    use std::sync::atomic::{AtomicBool, Ordering};

    static ASKED: AtomicBool = AtomicBool::new(false);
    // Without a handler an interrupt still ends the process, only less tidily.
    let _ = ctrlc::set_handler(|| {
        let first = !ASKED.swap(true, Ordering::Relaxed);
        let _rows = first.then(|| std::io::stdout().lock());
        std::process::exit(INTERRUPTED);
    });
}

/// WebAssembly knows no interrupts: its host ends it.
#[cfg(target_family = "wasm")]
pub fn end_whole() {}
