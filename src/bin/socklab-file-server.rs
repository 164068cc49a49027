//! The file-transfer lab's server as a separate program. Passes its arguments to `socklab::bundled`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    socklab::bundled::serve("file-server", &args)
}
