//! Classifies a program by its source and its name, without running it. These are only hints: they
//! order the candidates, and are used if nothing could be observed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::model::Protocol;

/// Calls of programs that serve.
const SERVES: [&str; 40] = [
    "listen(",
    "create_server(",
    "accept(",
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
    "tcpserver(",
    "tcpserver.",
    "tcpserver)",
    "tcpserver:",
    "udpserver(",
    "udpserver)",
    "socket_bind",
    "stream_socket_server",
    "listen =>",
    "httpserver",
    "app.run(",
    "listenandserve",
    "uvicorn.run(",
    "listen 1",
    "socket.bind",
    "localport",
    "setsockname(",
    "receivefrom(",
    "udp_server_loop",
    "tcp_server_loop",
    "udp_server_sockets",
    "tcp_server_sockets",
    "udp_server_on",
    "datagram_endpoint",
    "socket_create_listen",
];
/// Constructors that serve if they are given a port (Java, C#).
const WITH_A_PORT: [&str; 2] = ["new datagramsocket(", "new udpclient("];
/// Calls of programs that connect to others.
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
const DATAGRAMS: [&str; 15] = [
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
    "udp_server_",
    "datagram_endpoint",
    "socket.udp(",
];
const STREAMS: [&str; 20] = [
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
    "create_connection",
    "tcpstream",
    "net.connect(",
    "net.dial(\"tcp",
    "open_connection",
    "tcp_server_",
    "socket.tcp(",
    "tcpsocket",
    "start_server",
    "createconnection",
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

/// Options with which programs take their port.
const PORT_OPTIONS: [&str; 4] = ["--port", "--porta", "-p", "-port"];
/// Calls of programs that serve several clients at once.
const CONCURRENT: [&str; 16] = [
    "thread",
    "fork(",
    "select",
    "epoll",
    "poll(",
    "asyncio",
    "go func",
    "go handle",
    "executor",
    "tokio",
    "spawn",
    "net.createserver",
    "task.run",
    "async ",
    "pcntl_fork",
    "kqueue",
];
/// Calls that make text upper case.
const UPPERCASE: [&str; 13] = [
    ".upper(",
    "toupper",
    "touppercase",
    "to_uppercase",
    "to_ascii_uppercase",
    "upcase",
    "uc(",
    "string.upper",
    // One letter at a time, as its number.
    "-= 32",
    "- 32",
    "^= 0x20",
    "& 0xdf",
    "- 'a' + 'a'",
];

/// Words of which every program with sockets has at least one.
const SOCKETS: [&str; 20] = [
    "socket",
    "net.",
    "dgram",
    "tcp",
    "udp",
    "std::net",
    "/dev/tcp",
    "asyncio",
    "'net'",
    "\"net\"",
    "node:net",
    // Servers of another protocol above TCP are judged too, if nothing else was submitted.
    "http.server",
    "httpserver",
    "'http'",
    "\"http\"",
    "node:http",
    "net/http",
    "flask",
    "express",
    "fastapi",
];

/// The result of reading a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourceHints {
    /// True if it serves.
    pub serves: bool,
    /// True if it connects to others.
    pub connects: bool,
    /// True if it mentions datagrams.
    pub datagrams: bool,
    /// True if it mentions streams.
    pub streams: bool,
    /// True if it contains a word that only programs with sockets contain.
    pub sockets: bool,
    /// True if it uses its arguments.
    pub arguments: bool,
    /// The option with which it takes its port.
    pub port_option: Option<&'static str>,
    /// True if it serves several clients at once.
    pub concurrent: bool,
    /// True if it makes text upper case.
    pub uppercase: bool,
    /// True if it reads its standard input.
    pub reads_stdin: bool,
    /// True if it receives datagrams before it sends any, as only servers do.
    pub receives_first: bool,
}

impl SourceHints {
    /// Returns the transport if the source mentions only one.
    #[must_use]
    pub(crate) const fn protocol(&self) -> Option<Protocol> {
        match (self.datagrams, self.streams) {
            (true, false) => Some(Protocol::Udp),
            (false, true) => Some(Protocol::Tcp),
            _ => None,
        }
    }

    /// Returns true if the source is about sockets at all: all others are not candidates.
    #[must_use]
    pub(crate) const fn is_about_sockets(&self) -> bool {
        (self.serves || self.connects || self.protocol().is_some()) && self.sockets
    }

    /// Merges the result of reading another part of the same program.
    pub(crate) const fn add(&mut self, part: &Self) {
        self.serves |= part.serves;
        self.connects |= part.connects;
        self.datagrams |= part.datagrams;
        self.streams |= part.streams;
        self.sockets |= part.sockets;
        self.arguments |= part.arguments;
        if self.port_option.is_none() {
            self.port_option = part.port_option;
        }
        self.concurrent |= part.concurrent;
        self.uppercase |= part.uppercase;
        self.reads_stdin |= part.reads_stdin;
    }
}

/// Returns true if a program of this language can begin in the text. Languages without an entry
/// point begin at their first line.
#[must_use]
pub(crate) fn has_beginning(language: &str, text: &str) -> bool {
    match language {
        "C#" => text.contains("Main(") || has_top_level_statement(text),
        _ => !has_entry_point(language) || text.contains("main(") || text.contains("main ("),
    }
}

/// Returns true if a source of C# has statements outside of classes, where its program begins.
fn has_top_level_statement(text: &str) -> bool {
    let is_statement = |line: &str| {
        let is_other = ["using ", "global ", "namespace ", "extern ", "[", "/", "#", "{", "}"];
        line.ends_with(';')
            && !line.starts_with(char::is_whitespace)
            && !is_other.iter().any(|word| line.starts_with(word))
    };
    text.trim_start_matches('\u{feff}').lines().map(str::trim_end).any(is_statement)
}

/// Returns true if programs of this language begin at an entry point, and not at the first line of
/// a file.
#[must_use]
pub(crate) fn has_entry_point(language: &str) -> bool {
    matches!(language, "C" | "C++" | "Java" | "Go" | "Rust" | "C#" | "Kotlin")
}

/// Returns the words in the import lines of a text. They include the names of imported files,
/// without extensions.
#[must_use]
pub(crate) fn imported(text: &str) -> BTreeSet<&str> {
    let says = |line: &&str| {
        ["import", "require", "include", "source "].iter().any(|word| line.contains(word))
            || line.trim_start().starts_with("use ")
    };
    let is_of_a_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.lines().filter(says).flat_map(|line| line.split(|c: char| !is_of_a_name(c))).collect()
}

/// Returns true if a constructor is called with a port, and neither without arguments nor with a
/// host name.
fn has_port_argument(text: &str, constructors: &[&str]) -> bool {
    let arguments =
        |name| text.match_indices(name).map(|(at, name): (usize, &str)| text[at + name.len()..].trim_start());
    constructors.iter().flat_map(|&name| arguments(name)).any(|rest| !rest.starts_with([')', '"']))
}

/// Reads the source of a program.
#[must_use]
pub(crate) fn read(text: &str) -> SourceHints {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    SourceHints {
        serves: has(&SERVES) || has_port_argument(&text, &WITH_A_PORT) || answers_when_listening(&text),
        connects: has(&CALLS),
        datagrams: has(&DATAGRAMS),
        streams: has(&STREAMS),
        sockets: has(&SOCKETS),
        arguments: has(&ARGUMENTS),
        port_option: PORT_OPTIONS
            .into_iter()
            .find(|option| text.contains(&format!("{option}\"")) || text.contains(&format!("{option}'"))),
        concurrent: has(&CONCURRENT),
        uppercase: has(&UPPERCASE),
        reads_stdin: has(&ASKS),
        receives_first: [("recvfrom(", "sendto("), ("recv(", "send(")].iter().any(|(receives, sends)| {
            text.find(receives).is_some_and(|at| text.find(sends).is_some_and(|sends| at < sends))
        }),
    }
}

/// Returns true if a program handles Node's event of a bound socket and answers the sender: a server,
/// even if it forgot `bind`. A client may handle the event, too, but sends to a port of its own.
fn answers_when_listening(text: &str) -> bool {
    let answers = |call: &str| call.split([';', '\n']).next().is_some_and(|arguments| arguments.contains(".port"));
    (text.contains("'listening'") || text.contains("\"listening\"")) && text.split(".send(").skip(1).any(answers)
}

/// Returns true if the name is that of a client, and not of a server.
#[must_use]
pub(crate) fn is_named_client(file: &Path) -> bool {
    // The name of the file decides, or that of its folder if the file's is neutral.
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
    fn source_is_classified_by_its_calls() {
        let seen = read("import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('', 1))\n");
        assert_eq!((seen.serves, seen.protocol()), (true, Some(Protocol::Udp)));
        let seen = read("Socket s = new Socket(args[0], 1);");
        assert_eq!((seen.serves, seen.connects, seen.arguments), (false, true, true));
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
    fn node_server_without_bind_serves_and_client_does_not() {
        let begin = "const s = require('dgram').createSocket('udp4');\ns.on('listening', () => console.log('on'));\n";
        let server = "s.on('message', (m, r) => s.send(m.toString().toUpperCase(), r.port, r.address));\n";
        assert!(read(&format!("{begin}{server}")).serves);
        let client = "s.on('message', (m, r) => console.log(r.port));\ns.send('oi', 65431, '127.0.0.1');\n";
        assert!(!read(&format!("{begin}{client}")).serves);
    }

    #[test]
    fn names_are_classified_despite_typos() {
        assert!(!is_named_client(Path::new("Server-TCP-Multicliente.py")));
        assert!(is_named_client(Path::new("udp/cliente.py")));
    }
}
