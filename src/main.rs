//! The `vtl-eval` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    vtl_eval::cli::run()
}
