//! The `manyi` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    manyi::cli::run()
}
