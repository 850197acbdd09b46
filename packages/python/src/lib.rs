//! vtl-eval for Python: requests of the API as JSON (those of the npm package), the whole command, and rows of `batch` in memory.
//! `python/vtl_eval` makes objects of them.

#[path = "../../npm/engine/src/api.rs"]
mod api;
#[path = "../../npm/engine/src/context.rs"]
mod context;

use pyo3::prelude::*;
use std::cell::RefCell;

thread_local! {
    /// A thread's own: templates and projects are not shared between threads.
    static API: RefCell<api::Api> = RefCell::new(api::Api::default());
}

/// Answers a request of the API: `{"op": NAME, …}` becomes `{"ok": …}` or `{"error": {"code", "message", "line"}}`.
#[pyfunction]
fn call(request: &str) -> String {
    let answer = API.with_borrow_mut(|api| api.answer(request.as_bytes()));
    String::from_utf8_lossy(&answer).into_owned()
}

/// Runs the command with these arguments, and gives its exit code.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<String>) -> u8 {
    let command = std::iter::once("vtl-eval".to_owned()).chain(arguments);
    py.detach(|| {
        let code = vtl_eval::cli::run_with(command.map(Into::into));
        // Nobody but Rust's own `main` does it at the end.
        let _ = std::io::Write::flush(&mut std::io::stdout());
        code
    })
}

/// What `vtl-eval batch` answers lines, with the templates that it compiled so far.
#[pyclass(unsendable)]
struct Rows {
    engine: vtl_eval::cli::Rows,
}

#[pymethods]
impl Rows {
    /// `now`: milliseconds since 1970.
    #[new]
    fn new(now: i64) -> Self {
        Self { engine: vtl_eval::cli::Rows::at(now) }
    }

    /// The row of a line.
    fn answer(&mut self, line: &str) -> String {
        let mut row = Vec::new();
        self.engine.answer(line.as_bytes(), &mut row);
        row.pop();
        String::from_utf8_lossy(&row).into_owned()
    }
}

/// The extension module.
#[pymodule]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(call, module)?)?;
    module.add_function(wrap_pyfunction!(command, module)?)?;
    module.add_class::<Rows>()
}
