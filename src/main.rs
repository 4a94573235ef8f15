//! The `dsr` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(dsr::cli::run(std::env::args_os().collect()))
}
