//! The program `socklab`. All of its code is in `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    socklab::cli::main()
}
