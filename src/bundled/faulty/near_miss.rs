//! Near misses: servers that differ from the model ones, but are correct. All items must pass.
//!
//! They ensure that the harness does not demand more than the lab does. In this file servers may
//! sleep, because slowness is what some of them test.

use std::io::{self, Read, Write};
use std::net::{Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;
use std::{env, thread};

use socket2::{Domain, SockRef, Socket, TcpKeepalive, Type};

use super::scaffold::{
    MULTI, REMOTE, SIMPLE, UDP, accept, accept_only_client, answer, bind, connections, datagrams, echo, exchange,
    fault, listen, multi, question, receive, receive_from, reply_to, spawn, upper,
};
use super::{Fault, Options};

/// An address that this machine does not have, as if left in the program from a computer of the
/// lab.
const FOREIGN_ADDRESS: &str = "192.168.77.5";

/// Creates an entry of the list.
const fn right(
    name: &'static str,
    role: &'static str,
    run: fn(&Options) -> io::Result<()>,
    about: &'static str,
) -> Fault {
    fault(name, role, &[], run, about)
}

pub(super) const NEAR_MISSES: &[Fault] = &[
    right("late", SIMPLE, late, "Takes 200 ms for each answer."),
    right("late-start", SIMPLE, late_start, "Starts listening after 300 ms."),
    right(
        "datagram-first",
        SIMPLE,
        datagram_first,
        "Sends a datagram and waits half a second before it listens, like a program that resolves a name.",
    ),
    right("datagrams-too", SIMPLE, datagrams_too, "Also binds a UDP socket to another port before it listens."),
    right("dribble", SIMPLE, dribble, "Sends its answers in many small fragments."),
    right("one-byte-reads", SIMPLE, |options| exchange_in_pieces_of(options, 1), "Reads a single byte at a time."),
    right("other-port", SIMPLE, other_port, "Listens on port 55555, not on the lab's."),
    right(
        "wildcard",
        SIMPLE,
        |options| echo(&with_host(options, "0.0.0.0"), <[u8]>::to_vec),
        "Listens on all addresses of the machine (0.0.0.0).",
    ),
    right(
        "bind-wrong-address",
        SIMPLE,
        |options| echo(&with_host(options, FOREIGN_ADDRESS), <[u8]>::to_vec),
        "Binds to the address of another machine, left over from the lab; socklab must assign it to this one.",
    ),
    right(
        "ipv6-wildcard",
        SIMPLE,
        ipv6_wildcard,
        "Listens only on the IPv6 wildcard ([::]), which accepts IPv4 clients too.",
    ),
    right(
        "serves-for-ever",
        SIMPLE,
        serves_for_ever,
        "Echoes for any number of clients, each in a thread, and never exits.",
    ),
    right("child-process", SIMPLE, child_process, "Lets a child process do the work, and waits for it."),
    right(
        "both-protocols",
        SIMPLE,
        both_protocols,
        "Also has a UDP socket on the same port, which the TCP items must ignore.",
    ),
    right("prints-nothing", SIMPLE, prints_nothing, "Echoes without printing anything."),
    right("noisy", SIMPLE, noisy, "Prints 1 MiB of text when its client has connected."),
    right(
        "udp-late",
        UDP,
        |options| datagrams(options, |data| vec![slowly(upper(data), 20)]),
        "Takes 20 ms for each answer.",
    ),
    right(
        "udp-on-wildcard",
        UDP,
        |options| datagrams(&with_host(options, "0.0.0.0"), |data| vec![upper(data)]),
        "Is bound to all addresses of the machine (0.0.0.0).",
    ),
    right("udp-no-strip", UDP, udp_no_strip, "Keeps white space around the text."),
    right(
        "udp-unicode-upper",
        UDP,
        |options| datagrams(options, |data| vec![unicode_upper(data)]),
        "Also converts letters outside ASCII to upper case.",
    ),
    right(
        "multi-bind-wrong-address",
        MULTI,
        |options| multi(&with_host(options, FOREIGN_ADDRESS), upper),
        "Binds to the address of another machine, left over from the lab; socklab must assign it to this one.",
    ),
    right(
        "remote-on-wildcard",
        REMOTE,
        |options| echo(&with_host(options, "0.0.0.0"), <[u8]>::to_vec),
        "Also echoes to other machines (0.0.0.0).",
    ),
    right(
        "remote-in-upper-case",
        REMOTE,
        |options| multi(&with_host(options, "0.0.0.0"), upper),
        "Answers other machines in upper case, as the server for several clients does.",
    ),
    right(
        "remote-left-address",
        REMOTE,
        |options| echo(&with_host(options, FOREIGN_ADDRESS), <[u8]>::to_vec),
        "Binds to the address of another machine, which socklab must assign to its host.",
    ),
    right(
        "multi-keeps-open",
        MULTI,
        |options| connections(options, |stream| spawn(move || exchange(&stream, upper))),
        "Answers any number of messages on a connection, until the client closes it.",
    ),
    right(
        "multi-concurrent",
        MULTI,
        |options| connections(options, |stream| spawn(move || answer(stream))),
        "Serves each client in its own thread.",
    ),
    right("multi-one-buffer", MULTI, multi_one_buffer, "Receives every text into the same buffer."),
    right("multi-no-strip", MULTI, multi_no_strip, "Keeps white space around the text."),
    right(
        "multi-unicode-upper",
        MULTI,
        |options| multi(options, unicode_upper),
        "Also converts letters outside ASCII to upper case.",
    ),
    right("multi-data-with-fin", MULTI, multi_data_with_fin, "Sends its answer and its FIN in one segment."),
    right("multi-keep-alive", MULTI, multi_keep_alive, "Enables keep-alive probes (SO_KEEPALIVE)."),
    right(
        "multi-late",
        MULTI,
        |options| multi(options, |data| slowly(upper(data), 200)),
        "Takes 200 ms for each answer.",
    ),
];

fn datagram_first(options: &Options) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.send_to(b"where?", "127.0.0.1:9")?;
    thread::sleep(Duration::from_millis(500));
    drop(socket);
    echo(options, <[u8]>::to_vec)
}

fn datagrams_too(options: &Options) -> io::Result<()> {
    let _socket = UdpSocket::bind("127.0.0.1:55555")?;
    echo(options, <[u8]>::to_vec)
}

/// Corked data is sent together with the end of the stream (`tcp(7)`, `TCP_CORK`).
fn multi_data_with_fin(options: &Options) -> io::Result<()> {
    connections(options, |mut stream| {
        SockRef::from(&stream).set_tcp_cork(true)?;
        let data = question(&stream)?;
        stream.write_all(&upper(&data))?;
        stream.shutdown(Shutdown::Write)
    })
}

fn multi_keep_alive(options: &Options) -> io::Result<()> {
    connections(options, |stream| {
        let often = TcpKeepalive::new().with_time(Duration::from_secs(1)).with_interval(Duration::from_secs(1));
        SockRef::from(&stream).set_tcp_keepalive(&often)?;
        answer(stream)
    })
}

/// Returns the same options with another address.
fn with_host(options: &Options, host: &str) -> Options {
    Options { host: host.to_owned(), ..options.clone() }
}

fn slowly(answer: Vec<u8>, milliseconds: u64) -> Vec<u8> {
    thread::sleep(Duration::from_millis(milliseconds));
    answer
}

fn unicode_upper(data: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(data) {
        Ok(text) => text.to_uppercase().into_bytes(),
        Err(_) => upper(data),
    }
}

fn late(options: &Options) -> io::Result<()> {
    // A large buffer, so that the 200 ms are spent once per answer, not once per kilobyte.
    exchange_with(options, 1 << 20, |mut stream, data| stream.write_all(&slowly(data.to_vec(), 200)))
}

fn late_start(options: &Options) -> io::Result<()> {
    thread::sleep(Duration::from_millis(300));
    echo(options, <[u8]>::to_vec)
}

fn dribble(options: &Options) -> io::Result<()> {
    exchange_with(options, 1024, |mut stream, data| {
        stream.set_nodelay(true)?; // Every write becomes a separate segment at once.
        let length = if data.len() <= 64 { 1 } else { 200 };
        data.chunks(length).try_for_each(|fragment| stream.write_all(fragment))
    })
}

fn exchange_in_pieces_of(options: &Options, size: usize) -> io::Result<()> {
    exchange_with(options, size, |mut stream, data| stream.write_all(data))
}

/// Runs the `tcp-simple` server with a buffer of `size` bytes. `answer` sends the answers.
fn exchange_with(
    options: &Options,
    size: usize,
    answer: impl Fn(&TcpStream, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    let mut buffer = vec![0; size];
    while let Some(data) = receive(&stream, &mut buffer)? {
        answer(&stream, data)?;
    }
    Ok(())
}

fn other_port(options: &Options) -> io::Result<()> {
    echo(&Options { port: 55555, ..options.clone() }, <[u8]>::to_vec)
}

fn ipv6_wildcard(options: &Options) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.set_only_v6(false)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, options.port)).into())?;
    println!("Bind");
    socket.listen(128)?;
    println!("Listen");
    exchange(&accept(&TcpListener::from(socket))?, <[u8]>::to_vec)
}

fn serves_for_ever(options: &Options) -> io::Result<()> {
    let listener = listen(options)?;
    println!("Bind");
    println!("Listen");
    loop {
        let stream = accept(&listener)?;
        spawn(move || exchange(&stream, <[u8]>::to_vec))?;
    }
}

fn child_process(options: &Options) -> io::Result<()> {
    if options.in_child {
        return echo(options, <[u8]>::to_vec);
    }
    // The same program with the same arguments, plus the switch that makes it the child.
    let mut child = Command::new(env::current_exe()?);
    let status = child.args(env::args_os().skip(1)).arg("--in-child").status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("the child: {status}"))) }
}

fn both_protocols(options: &Options) -> io::Result<()> {
    let _besides: UdpSocket = bind(options)?;
    echo(options, <[u8]>::to_vec)
}

fn prints_nothing(options: &Options) -> io::Result<()> {
    let (mut stream, _) = listen(options)?.accept()?;
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..count])?;
    }
}

fn noisy(options: &Options) -> io::Result<()> {
    let stream = accept_only_client(options)?;
    print!("{}", format!("{:-<63}\n", "so much to say ").repeat(16_384));
    exchange(&stream, <[u8]>::to_vec)
}

fn udp_no_strip(options: &Options) -> io::Result<()> {
    let socket = bind(options)?;
    let mut buffer = vec![0; 65_536];
    loop {
        let (data, client) = receive_from(&socket, &mut buffer)?;
        reply_to(&socket, &upper(data), client);
    }
}

fn multi_one_buffer(options: &Options) -> io::Result<()> {
    let mut buffer = [0; 1024];
    connections(options, |mut stream| {
        let count = stream.read(&mut buffer)?;
        stream.write_all(&upper(&buffer[..count]))
    })
}

fn multi_no_strip(options: &Options) -> io::Result<()> {
    connections(options, |mut stream| {
        let mut buffer = [0; 1024];
        let count = stream.read(&mut buffer)?;
        println!("{} escreveu:", stream.peer_addr()?.ip());
        println!("{}", buffer[..count].escape_ascii());
        stream.write_all(&upper(&buffer[..count]))
    })
}
