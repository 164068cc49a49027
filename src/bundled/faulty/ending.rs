//! Servers of `tcp-simple` and `tcp-multi` that do not accept or do not close a connection
//! correctly.
//!
//! The check of the connection states (item 2) fails, and with it every item that depends on the
//! same behaviour. A server that never accepts fails item 1.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use std::{fs, thread};

use socket2::SockRef;

use super::scaffold::{
    MULTI, SIMPLE, accept, accept_only_client, block_forever, connections, exchange, fault, listen, question, upper,
};
use super::{Fault, Options};

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "never-accepts",
        SIMPLE,
        &["tcp-simple.1"],
        never_accepts,
        "Listens but never accepts: clients stay in the kernel's queue.",
    ),
    fault(
        "full-queue",
        SIMPLE,
        &["tcp-simple.1"],
        full_queue,
        "Listens with a backlog of one, fills it with its own connection, and never accepts: no client's handshake completes.",
    ),
    fault(
        "hangs-up-at-once",
        SIMPLE,
        &["tcp-simple.2", "tcp-simple.3", "tcp-simple.4"],
        hangs_up_at_once,
        "Accepts the client and closes the connection before any data is sent.",
    ),
    fault(
        "resets-instead-of-closing",
        SIMPLE,
        &["tcp-simple.2", "tcp-simple.3", "tcp-simple.4"],
        resets_instead_of_closing,
        "Echoes everything, then ends the connection with a reset (SO_LINGER 0).",
    ),
    fault(
        "never-closes",
        SIMPLE,
        &["tcp-simple.2", "tcp-simple.3", "tcp-simple.4"],
        never_closes,
        "Echoes everything but does not close when the client has closed.",
    ),
    fault(
        "spins-after-end",
        SIMPLE,
        &["tcp-simple.2", "tcp-simple.3", "tcp-simple.4"],
        spins_after_end,
        "Ignores the empty read after the client has closed, and reads again forever.",
    ),
    fault(
        "floods-after-end",
        SIMPLE,
        &["tcp-simple.2", "tcp-simple.3", "tcp-simple.4"],
        floods_after_end,
        "Treats the empty read after the client has closed as a message, and sends forever.",
    ),
    fault(
        "multi-never-accepts",
        MULTI,
        &["tcp-multi.1"],
        multi_never_accepts,
        "Listens but never accepts: clients stay in the kernel's queue.",
    ),
    fault(
        "multi-hangs-up-at-once",
        MULTI,
        &["tcp-multi.2", "tcp-multi.3", "tcp-multi.4", "tcp-multi.5"],
        |options| connections(options, |_| Ok(())),
        "Accepts each client and closes the connection before any data is sent.",
    ),
    fault(
        "multi-resets",
        MULTI,
        &["tcp-multi.2", "tcp-multi.4"],
        multi_resets,
        "Answers each client, then ends the connection with a reset (SO_LINGER 0).",
    ),
    fault(
        "multi-never-closes",
        MULTI,
        &["tcp-multi.2", "tcp-multi.4"],
        multi_never_closes,
        "Answers each client but never closes a connection.",
    ),
];

/// Fills the accept queue. The kernel then no longer answers a SYN (`tcp_v4_conn_request`,
/// `net.ipv4.tcp_abort_on_overflow`).
fn full_queue(options: &Options) -> io::Result<()> {
    let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
    let address: std::net::SocketAddr = format!("{}:{}", options.host, options.port)
        .parse()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, format!("{error}")))?;
    listener.bind(&address.into())?;
    listener.listen(0)?;
    let _own = TcpStream::connect(address)?;
    println!("Bind");
    println!("Listen");
    block_forever()
}

fn never_accepts(options: &Options) -> io::Result<()> {
    let _listener = listen(options)?;
    println!("Bind");
    println!("Listen");
    block_forever()
}

fn multi_never_accepts(options: &Options) -> io::Result<()> {
    let _listener = listen(options)?;
    block_forever()
}

fn hangs_up_at_once(options: &Options) -> io::Result<()> {
    let listener = listen(options)?;
    println!("Bind");
    println!("Listen");
    drop(accept(&listener)?);
    Ok(())
}

fn resets_instead_of_closing(options: &Options) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    exchange(&stream, <[u8]>::to_vec)?;
    reset(&stream)
}

fn multi_resets(options: &Options) -> io::Result<()> {
    connections(options, |mut stream| {
        let data = question(&stream)?;
        stream.write_all(&upper(&data))?;
        reset(&stream)
    })
}

/// Makes the coming close a reset. All bytes must be acknowledged first: a reset discards unsent
/// bytes, which would be a second fault.
fn reset(stream: &TcpStream) -> io::Result<()> {
    while unacknowledged(stream)? {
        thread::yield_now();
    }
    SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// Returns true if the kernel's socket table shows unacknowledged bytes (IPv4 only).
fn unacknowledged(stream: &TcpStream) -> io::Result<bool> {
    let ends = [stream.local_addr()?, stream.peer_addr()?].map(as_in_table);
    let table = fs::read_to_string("/proc/net/tcp")?;
    let row = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|row| row.get(1) == Some(&ends[0].as_str()) && row.get(2) == Some(&ends[1].as_str()));
    // The fifth column is "bytes to send:bytes to read". A missing row means that the connection no
    // longer exists.
    Ok(row.is_some_and(|row| row.get(4).is_some_and(|queues| !queues.starts_with("00000000:"))))
}

/// Formats an address as the table does: the four bytes as one number in native byte order, then
/// the port.
fn as_in_table(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => {
            format!("{:08X}:{:04X}", u32::from_ne_bytes(v4.ip().octets()), v4.port())
        }
        SocketAddr::V6(v6) => v6.to_string(),
    }
}

fn never_closes(options: &Options) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    exchange(&stream, <[u8]>::to_vec)?;
    block_forever()
}

fn spins_after_end(options: &Options) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    loop {
        exchange(&stream, <[u8]>::to_vec)?;
    }
}

fn floods_after_end(options: &Options) -> io::Result<()> {
    let mut stream = accept_only_client(options)?;
    exchange(&stream, <[u8]>::to_vec)?;
    loop {
        stream.write_all(b"Received: ''\n")?;
    }
}

fn multi_never_closes(options: &Options) -> io::Result<()> {
    let mut kept = Vec::new();
    connections(options, |mut stream| {
        let data = question(&stream)?;
        stream.write_all(&upper(&data))?;
        kept.push(stream);
        Ok(())
    })
}
