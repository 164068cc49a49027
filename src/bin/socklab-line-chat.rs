//! The line-chat lab's server as a program of its own: reads its arguments and hands over.
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    socklab::bundled::serve("line-chat", &args)
}
