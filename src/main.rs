//! The program `socklab`: everything is on the floor `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    socklab::cli::main()
}
