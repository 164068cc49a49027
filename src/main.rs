//! The program `socklab`. All of its code is in `cli`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    socklab::cli::main()
}
