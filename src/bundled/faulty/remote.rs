//! Servers that another machine cannot reach, or that answer it incorrectly.

use std::io;

use super::scaffold::{REMOTE, accept_only_client, bind, echo, exchange, fault, listen};
use super::{Fault, Options};

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "remote-on-loopback",
        REMOTE,
        &["remote.1"],
        |options| echo(options, <[u8]>::to_vec),
        "Is bound to 127.0.0.1, which other machines cannot reach.",
    ),
    fault(
        "remote-on-host-name",
        REMOTE,
        &["remote.1"],
        on_host_name,
        "Is bound to 127.0.1.1, the address of the machine's own name on Debian and Ubuntu, which other machines cannot reach.",
    ),
    fault(
        "remote-never-accepts",
        REMOTE,
        &["remote.2", "remote.3"],
        never_accepts,
        "Listens on a reachable address but never accepts: only the kernel completes the connection.",
    ),
    fault(
        "remote-sends-datagrams-too",
        REMOTE,
        &["remote.4"],
        sends_datagrams_too,
        "Echoes correctly, but also sends the client's machine a datagram from the same port.",
    ),
    fault(
        "remote-prefix",
        REMOTE,
        &["remote.3"],
        prefix,
        "Is reachable from other machines, but puts a word before each answer.",
    ),
];

fn prefix(options: &Options) -> io::Result<()> {
    let outside = Options { host: "0.0.0.0".to_owned(), ..options.clone() };
    echo(&outside, |data| [b"Echo: ", data].concat())
}

/// `socket.bind((socket.gethostname(), port))` has this effect.
fn on_host_name(options: &Options) -> io::Result<()> {
    let elsewhere = Options { host: "127.0.1.1".to_owned(), ..options.clone() };
    echo(&elsewhere, <[u8]>::to_vec)
}

fn never_accepts(options: &Options) -> io::Result<()> {
    let _listener = listen(&Options { host: "0.0.0.0".to_owned(), ..options.clone() })?;
    println!("Listen");
    loop {
        std::thread::park();
    }
}

fn sends_datagrams_too(options: &Options) -> io::Result<()> {
    let outside = Options { host: "0.0.0.0".to_owned(), ..options.clone() };
    let client = accept_only_client(&outside)?;
    bind(&outside)?.send_to(b"hello", client.peer_addr()?)?;
    exchange(&client, <[u8]>::to_vec)
}
