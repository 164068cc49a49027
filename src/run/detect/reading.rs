//! What a program's text and name say of it, without running it: only hints, which order the candidates and stand in where
//! nothing could be observed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::model::Protocol;

/// What a text that calls these does: it waits for others.
const SERVES: [&str; 26] = [
    "listen(",
    "create_server(",
    ".accept(",
    "serversocket",
    "createserver",
    "bind(",
    "tcplistener",
    "udpsocket::bind",
    "listenpacket",
    "net.listen",
    "listenudp",
    "listentcp",
    "socketserver",
    "serve_forever",
    "start_server",
    "tcpserver",
    "udpserver",
    "socket_bind",
    "stream_socket_server",
    "listen =>",
    "httpserver",
    "listen 1",
    "socket.bind",
    "localport",
    "setsockname(",
    "receivefrom(",
];
/// So do these, where they are given a port (Java, C#).
const WITH_A_PORT: [&str; 2] = ["new datagramsocket(", "new udpclient("];
/// It turns to others.
const CALLS: [&str; 15] = [
    "connect(",
    "create_connection(",
    "new socket(",
    "sendto(",
    "tcpstream::connect",
    "net.dial",
    "createconnection",
    "tcpclient(",
    "fsockopen",
    "stream_socket_client",
    "peeraddr",
    "tcpsocket.new",
    "tcpsocket.open",
    "open_connection",
    "nc -",
];
const DATAGRAMS: [&str; 12] = [
    "sock_dgram",
    "datagramsocket",
    "dgram",
    "udpsocket",
    "udpclient",
    "listenudp",
    "listenpacket",
    "recvfrom",
    "sendto(",
    "proto => 'udp'",
    "sockettype.dgram",
    "udpserver",
];
const STREAMS: [&str; 10] = [
    "sock_stream",
    "serversocket",
    "tcplistener",
    "net.createserver",
    "listen(",
    ".accept(",
    "tcpserver",
    "new socket(",
    "tcpclient",
    "net.listen(\"tcp",
];
const ARGUMENTS: [&str; 11] = [
    "sys.argv",
    "args[0]",
    "args[1]",
    "argv[1]",
    "argv[2]",
    "process.argv",
    "os.args",
    "env::args",
    "argv[0]",
    "argparse",
    "$1",
];
const ASKS: [&str; 9] =
    ["input(", "system.in", "scanf(", "cin >>", "stdin", "readline", "gets(", "console.read", "getline("];

/// A program with sockets has at least one of these.
const SOCKETS: [&str; 11] =
    ["socket", "net.", "dgram", "tcp", "udp", "std::net", "/dev/tcp", "asyncio", "'net'", "\"net\"", "node:net"];

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// It waits for others.
    pub serves: bool,
    /// It turns to others.
    pub calls: bool,
    /// It speaks of datagrams.
    pub datagrams: bool,
    /// It speaks of streams.
    pub streams: bool,
    /// It has a word that only programs with sockets have.
    pub sockets: bool,
    /// It looks at its arguments.
    pub arguments: bool,
    /// It reads its standard input.
    pub asks: bool,
}

impl Reading {
    /// The transport, where only one is spoken of.
    #[must_use]
    pub const fn protocol(&self) -> Option<Protocol> {
        match (self.datagrams, self.streams) {
            (true, false) => Some(Protocol::Udp),
            (false, true) => Some(Protocol::Tcp),
            _ => None,
        }
    }

    /// Whether the text has a `socket` at all: everything else is no candidate.
    #[must_use]
    pub const fn is_about_sockets(&self) -> bool {
        (self.serves || self.calls || self.protocol().is_some()) && self.sockets
    }

    /// Takes in what was read in a part of the same program.
    pub const fn add(&mut self, part: &Self) {
        self.serves |= part.serves;
        self.calls |= part.calls;
        self.datagrams |= part.datagrams;
        self.streams |= part.streams;
        self.sockets |= part.sockets;
        self.arguments |= part.arguments;
        self.asks |= part.asks;
    }
}

/// Whether the text has a place where a program of this language begins; those of other languages begin at their first line.
#[must_use]
pub fn has_beginning(language: &str, text: &str) -> bool {
    !says_where_it_begins(language) || text.contains("main(") || text.contains("main (")
}

/// Whether a program of this language begins where its text says, and not at the first line of any file.
#[must_use]
pub fn says_where_it_begins(language: &str) -> bool {
    matches!(language, "C" | "C++" | "Java" | "Go" | "Rust")
}

/// The words in the lines of a text that say what it imports: the names of files without their endings are among them.
#[must_use]
pub fn imported(text: &str) -> BTreeSet<&str> {
    let says = |line: &&str| ["import", "require", "include", "source "].iter().any(|word| line.contains(word));
    let is_of_a_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.lines().filter(says).flat_map(|line| line.split(|c: char| !is_of_a_name(c))).collect()
}

/// Whether one of these is made with a port, and not free for the system to choose or with a name to call.
fn is_made_with_a_port(text: &str, constructors: &[&str]) -> bool {
    let arguments =
        |name| text.match_indices(name).map(|(at, name): (usize, &str)| text[at + name.len()..].trim_start());
    constructors.iter().flat_map(|&name| arguments(name)).any(|rest| !rest.starts_with([')', '"']))
}

/// Reads a program's text.
#[must_use]
pub fn read(text: &str) -> Reading {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Reading {
        serves: has(&SERVES) || is_made_with_a_port(&text, &WITH_A_PORT),
        calls: has(&CALLS),
        datagrams: has(&DATAGRAMS),
        streams: has(&STREAMS),
        sockets: has(&SOCKETS),
        arguments: has(&ARGUMENTS),
        asks: has(&ASKS),
    }
}

/// The protocol that a path speaks of.
#[must_use]
pub fn named_protocol(file: &Path) -> Option<Protocol> {
    let name = file.to_string_lossy().to_lowercase();
    // The usual slip of the finger included.
    let udp = name.contains("udp") || name.contains("upd");
    match (udp, name.contains("tcp")) {
        (true, false) => Some(Protocol::Udp),
        (false, true) => Some(Protocol::Tcp),
        _ => None,
    }
}

/// Whether the name says that it is a client, and no server.
#[must_use]
pub fn is_named_client(file: &Path) -> bool {
    // The file's own name first; its folder, where that says nothing.
    let lower =
        |name: Option<&std::ffi::OsStr>| name.map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let own = lower(file.file_name());
    let says = |name: &str| ["serv", "srv", "client", "cli."].iter().any(|word| name.contains(word));
    let name = if says(&own) { own } else { lower(file.parent().and_then(Path::file_name)) };
    let server = ["serv", "srv"].iter().any(|word| name.contains(word));
    let client = ["client", "cliente", "cli."].iter().any(|word| name.contains(word));
    client && !server
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_what_it_does() {
        let seen = read("import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 1))\n");
        assert_eq!((seen.serves, seen.protocol()), (true, Some(Protocol::Udp)));
        let seen = read("Socket s = new Socket(args[0], 1);");
        assert_eq!((seen.serves, seen.calls, seen.arguments), (false, true, true));
        assert!(!read("print('bind(')").is_about_sockets());
        let java = "DatagramSocket s = new DatagramSocket(Config.PORTA);";
        assert!(read(java).serves && read(java).is_about_sockets());
        let client = "DatagramSocket s = new DatagramSocket(); UdpClient c = new UdpClient(\"localhost\", 65431);";
        assert!(!read(client).serves && read(client).is_about_sockets());
        assert!(imported("from servidor import Eco\n").contains("servidor"));
        assert!(imported("const eco = require('./eco-tcp');\n").contains("eco-tcp"));
        assert!(!imported("import socket\nservidor = 1\n").contains("servidor"));
        assert!(has_beginning("C", "int main(void) {") && !has_beginning("C", "int abre(int porta) {"));
    }

    #[test]
    fn names_are_read_with_their_slips() {
        assert_eq!(named_protocol(Path::new("servidor_upd.py")), Some(Protocol::Udp));
        assert!(!is_named_client(Path::new("Server-TCP-Multicliente.py")));
        assert!(is_named_client(Path::new("udp/cliente.py")));
    }
}
