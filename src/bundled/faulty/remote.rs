//! Servers for another machine that it does not reach, or that answer it wrongly.

use std::io;

use super::base::{REMOTE, echo, fault};
use super::{Fault, Options};

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "remote-on-loopback",
        REMOTE,
        &["remote.1"],
        |options| echo(options, <[u8]>::to_vec),
        "Is bound to 127.0.0.1, where no other machine reaches it.",
    ),
    fault(
        "remote-prefix",
        REMOTE,
        &["remote.3"],
        prefix,
        "Is reached from outside, and puts a word before each answer.",
    ),
];

fn prefix(options: &Options) -> io::Result<()> {
    let outside = Options { host: "0.0.0.0".to_owned(), ..options.clone() };
    echo(&outside, |data| [b"Echo: ", data].concat())
}
