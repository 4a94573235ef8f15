//! The `dsr` command.

use std::process::ExitCode;

use dsr::connector::files::pdf;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let Some(code) = dsr::cli::read_document(&arguments) {
        return ExitCode::from(code);
    }
    if let Ok(program) = std::env::current_exe() {
        pdf::read_by(program);
    }
    ExitCode::from(dsr::cli::run(arguments))
}
