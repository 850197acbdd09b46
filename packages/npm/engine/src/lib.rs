//! vtl-eval for JavaScript: one module with two doors. `vtl_command` is the whole command; `vtl_call` answers one request of
//! the API. What goes in and out is JSON in a buffer of this module's memory, which the host reads and writes:
//!
//! 1. `vtl_input(length)` makes room and gives its address; the host writes UTF-8 there.
//! 2. `vtl_call()` or `vtl_command()` reads it.
//! 3. `vtl_output()` and `vtl_output_length()` say where the answer stands until the next call.
//!
//! There is one thread, and no pointer is followed on this side, so that the only unsafe word is the attribute that keeps a
//! name.

mod api;
mod context;

use serde::Deserialize;
use std::cell::RefCell;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static API: RefCell<api::Api> = RefCell::new(api::Api::default());
}

/// Room for this many bytes of input, and its address.
#[unsafe(no_mangle)]
pub extern "C" fn vtl_input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(length, 0);
        input.as_mut_ptr()
    })
}

/// Answers the request in the input: `{"op": NAME, …}` becomes `{"ok": …}` or `{"error": {"code", "message", "line"}}`.
#[unsafe(no_mangle)]
pub extern "C" fn vtl_call() {
    let answer = INPUT.with_borrow(|input| API.with_borrow_mut(|api| api.answer(input)));
    OUTPUT.set(answer);
}

/// A run of the command: what was typed, and where.
#[derive(Deserialize)]
struct Typed {
    arguments: Vec<String>,
    directory: String,
}

/// Runs the command in the input (`{"arguments", "directory"}`), and gives its exit code.
#[unsafe(no_mangle)]
pub extern "C" fn vtl_command() -> i32 {
    let read: Result<Typed, _> = INPUT.with_borrow(|input| serde_json::from_slice(input));
    let Ok(typed) = read else { return 1 };
    // Where the directory cannot be entered, paths are taken from the folders that were opened.
    let _ = std::env::set_current_dir(&typed.directory);
    let command = std::iter::once("vtl-eval".to_owned()).chain(typed.arguments);
    vtl_eval::cli::run_with(command.map(Into::into)).into()
}

/// Where the last answer stands.
#[unsafe(no_mangle)]
pub extern "C" fn vtl_output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// How many bytes the last answer has.
#[unsafe(no_mangle)]
pub extern "C" fn vtl_output_length() -> usize {
    OUTPUT.with_borrow(Vec::len)
}
