//! The zoo of wrong servers as one program: `--fault NAME` picks the one to be.
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    socklab::bundled::faulty(&args)
}
