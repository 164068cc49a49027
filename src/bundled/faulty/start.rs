//! Servers that do not start listening at the expected address, or not in the expected way.
//!
//! Item 1 of the role fails, and the items that need it cannot be verified.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

use super::scaffold::{MULTI, SIMPLE, UDP, block_forever, datagrams, echo, exchange, listen, upper};
use super::{Fault, Options};

/// A port that the lab does not ask for.
const OTHER_PORT: u16 = 55555;

/// Creates an entry of the list: item 1 fails, and the other items of the role need it.
const fn unstarted(
    name: &'static str,
    role: &'static str,
    run: fn(&Options) -> io::Result<()>,
    about: &'static str,
) -> Fault {
    let fails: &[&str] = match role.as_bytes() {
        b"tcp-simple" => &["tcp-simple.1"],
        b"udp-simple" => &["udp-simple.1"],
        _ => &["tcp-multi.1"],
    };
    Fault { name, role, about, fails, run }
}

pub(super) const FAULTS: &[Fault] = &[
    unstarted("never-binds", SIMPLE, |_| block_forever(), "Runs forever but creates no socket."),
    unstarted("binds-never-listens", SIMPLE, binds_never_listens, "Binds its TCP socket but never calls listen."),
    unstarted(
        "exits-at-start",
        SIMPLE,
        |_| fails_like_python(),
        "Exits at once with an error message and exit code 1.",
    ),
    unstarted("ends-quietly", SIMPLE, |_| Ok(()), "Exits at once without output, exit code 0."),
    unstarted("dies-by-signal", SIMPLE, |_| std::process::abort(), "Is killed by a signal (SIGABRT) at startup."),
    unstarted("udp-for-tcp", SIMPLE, udp_for_tcp, "Binds a UDP socket to the port where TCP is required."),
    unstarted(
        "udp-elsewhere-for-tcp",
        SIMPLE,
        |options| udp_for_tcp(&Options { port: OTHER_PORT, ..options.clone() }),
        "Binds a UDP socket to another port, although TCP is required.",
    ),
    unstarted("asks-on-stdin", SIMPLE, asks_on_stdin, "Asks for its port on standard input before it does anything."),
    unstarted(
        "connects-instead",
        SIMPLE,
        connects_instead,
        "Is a client: it connects to the port where it should listen.",
    ),
    unstarted("udp-never-binds", UDP, |_| block_forever(), "Runs forever but creates no socket."),
    unstarted(
        "udp-exits-at-start",
        UDP,
        |_| fails_like_python(),
        "Exits at once with an error message and exit code 1.",
    ),
    unstarted(
        "tcp-for-udp",
        UDP,
        |options| echo(options, upper),
        "Listens with TCP on the port where UDP is required.",
    ),
    unstarted(
        "udp-listens-on-tcp-too",
        UDP,
        udp_listens_on_tcp_too,
        "Answers datagrams correctly, but also listens with TCP on the same port.",
    ),
    unstarted(
        "multi-exits-at-start",
        MULTI,
        |_| fails_like_python(),
        "Exits at once with an error message and exit code 1.",
    ),
    unstarted("multi-binds-never-listens", MULTI, binds_never_listens, "Binds its TCP socket but never calls listen."),
    unstarted(
        "multi-udp-for-tcp",
        MULTI,
        |options| datagrams(options, |data| vec![upper(data)]),
        "Serves datagrams on the port where TCP is required.",
    ),
];

fn binds_never_listens(options: &Options) -> io::Result<()> {
    let address: SocketAddr = format!("{}:{}", options.host, options.port)
        .parse()
        .map_err(|_| io::Error::other("--host must be an IPv4 address here"))?;
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    println!("Bind");
    block_forever()
}

/// Prints and exits like a Python program that fails in its first lines.
fn fails_like_python() -> ! {
    eprintln!("Traceback (most recent call last):");
    eprintln!("  File \"server.py\", line 9, in <module>");
    eprintln!("    s.listen");
    eprintln!("AttributeError: 'socket' object has no attribute 'lisen'");
    std::process::exit(1)
}

fn udp_for_tcp(options: &Options) -> io::Result<()> {
    println!("Bind");
    datagrams(options, |data| vec![data.to_vec()])
}

fn asks_on_stdin(options: &Options) -> io::Result<()> {
    print!("Port: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let port = line.trim().parse().map_err(|_| io::Error::other("not a valid port"))?;
    echo(&Options { port, ..options.clone() }, <[u8]>::to_vec)
}

fn connects_instead(options: &Options) -> io::Result<()> {
    let stream = std::net::TcpStream::connect((options.host.as_str(), options.port))?;
    exchange(&stream, <[u8]>::to_vec)
}

fn udp_listens_on_tcp_too(options: &Options) -> io::Result<()> {
    let _listener: TcpListener = listen(options)?;
    datagrams(options, |data| vec![upper(data)])
}
