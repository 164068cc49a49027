//! The faulty servers as one program: `--fault NAME` selects the server.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    socklab::bundled::faulty(&args)
}
