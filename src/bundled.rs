//! The labs' own programs: six servers, a client, and a set of deliberately faulty servers.
//!
//! The servers and the client are the labs' model answers. They are written for students to
//! read, use only the standard library, and do not depend on the harness that tests them. This file
//! only handles the command line: it parses the options and starts the requested program.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are programs of their own: usage goes to stdout, complaints to stderr"
)]

mod chat_client;
mod client;
mod faulty;
mod file_client;
mod file_server;
mod http_server;
mod line_chat;
mod tcp_multi;
mod tcp_simple;
mod udp_simple;

use std::io;
use std::process::ExitCode;

pub use faulty::{FAULTS, Fault, NEAR_MISSES};

/// The bundled servers, by the name of their role in the lab.
pub const SERVERS: &[&str] = &["tcp-simple", "udp-simple", "tcp-multi", "line-chat", "http-server", "file-server"];

/// The address that the programs listen on, or connect to, if `--host` is not given.
const DEFAULT_HOST: &str = "127.0.0.1";

/// The text that the bundled client sends if `--message` is not given.
const DEFAULT_MESSAGE: &str = "Hello, world";

/// Returns the port that the lab assigns to a role.
pub(crate) fn default_port(role: &str) -> u16 {
    match role {
        "udp-simple" => 65431,
        "line-chat" | "chat" => 65433,
        "http-server" => 8080,
        "file-server" => 65434,
        _ => 65432,
    }
}

/// Runs the bundled server `name` (one of [`SERVERS`]). `args` does not include the program name.
pub fn serve(name: &str, args: &[String]) -> ExitCode {
    if !SERVERS.contains(&name) {
        eprintln!("unknown server {name}; available: {}", SERVERS.join(", "));
        return ExitCode::from(2);
    }
    let switches: &[&str] = if name == "tcp-multi" { &["--concurrent"] } else { &[] };
    let words = match Args::parse(args, &["--host", "--port"], switches) {
        Ok(words) => words,
        Err(complaint) => return usage_error(name, &complaint),
    };
    if words.help {
        print!("{}", server_help(name));
        return ExitCode::SUCCESS;
    }
    let port = match words.port(default_port(name)) {
        Ok(port) => port,
        Err(complaint) => return usage_error(name, &complaint),
    };
    let host = words.value("--host").unwrap_or(DEFAULT_HOST);
    exit_code(
        name,
        match name {
            "tcp-simple" => tcp_simple::run(host, port),
            "udp-simple" => udp_simple::run(host, port),
            "line-chat" => line_chat::run(host, port),
            "http-server" => http_server::run(host, port),
            "file-server" => file_server::run(host, port),
            _ => tcp_multi::run(host, port, words.has("--concurrent")),
        },
    )
}

/// The help of a bundled server.
pub(crate) fn server_help(name: &str) -> String {
    let (usage, more) = match name {
        "tcp-multi" => (" [--concurrent]", "--concurrent serves each connection in its own thread\n"),
        _ => ("", ""),
    };
    let port = default_port(name);
    format!(
        "The lab's {name} server.\n\nUsage: {name} [--host HOST] [--port PORT]{usage}\n\n\
         Defaults: --host {DEFAULT_HOST} --port {port}\n{more}"
    )
}

/// The help of the bundled client.
pub(crate) fn client_help() -> String {
    format!(
        "The lab's client: sends one message and prints what comes back.\n\
         With chat, a client for the line-chat server: sends each typed line, and prints each line that comes.\n\
         With files, a client for the file-server: gets a file, or puts one there.\n\n\
         Usage: client [tcp|udp|chat] [HOST PORT] [--host HOST] [--port PORT] [--message TEXT]\n       \
         client files HOST PORT get|put NAME\n\n\
         Defaults: tcp --host {DEFAULT_HOST} --message '{DEFAULT_MESSAGE}'\n          --port 65432 for tcp, 65431 for udp, 65433 for chat\n"
    )
}

/// Runs a bundled client. Its arguments are `tcp`, `udp`, `chat` or `files` (also as `--protocol`),
/// `--host`, `--port` and `--message`; of `files`, then `get` or `put`, and the name of a file.
pub fn client(args: &[String]) -> ExitCode {
    let flags = ["--protocol", "--host", "--port", "--message"];
    let words = match Args::parse(args, &flags, &[]) {
        Ok(words) => words,
        Err(complaint) => return usage_error("client", &complaint),
    };
    if words.help {
        print!("{}", client_help());
        return ExitCode::SUCCESS;
    }
    let named = words.value("--protocol").or(words.positional.first().map(String::as_str));
    let protocol = named.unwrap_or("tcp");
    let role = match protocol {
        "tcp" => "tcp-simple",
        "udp" => "udp-simple",
        "chat" => "line-chat",
        "files" => "file-server",
        other => return usage_error("client", &format!("'{other}' is none of tcp, udp, chat and files")),
    };
    let mut address = words.positional.iter().skip(1);
    let (given_host, given_port) = (address.next(), address.next());
    let port = match given_port.map_or_else(|| words.port(default_port(role)), |port| parse_port(port)) {
        Ok(port) => port,
        Err(complaint) => return usage_error("client", &complaint),
    };
    let host = words.value("--host").or(given_host.map(String::as_str)).unwrap_or(DEFAULT_HOST);
    let (command, name) = match (address.next().map(String::as_str), address.next()) {
        (Some(command @ ("get" | "put")), Some(name)) => (command, name.as_str()),
        _ if protocol == "files" => return usage_error("client", "files needs HOST, PORT, get or put, and a name"),
        _ => ("", ""),
    };
    let message = words.value("--message").unwrap_or(DEFAULT_MESSAGE);
    exit_code(
        "client",
        match protocol {
            "udp" => client::udp(host, port, message),
            "chat" => chat_client::run(host, port),
            "files" => file_client::run(host, port, command, name),
            _ => client::tcp(host, port, message),
        },
    )
}

/// Runs one faulty server (`--fault NAME [--host HOST] [--port PORT]`), or lists all of them
/// (`--list`).
pub fn faulty(args: &[String]) -> ExitCode {
    let words = match Args::parse(args, &["--fault", "--host", "--port"], &["--list", "--in-child"]) {
        Ok(words) => words,
        Err(complaint) => return usage_error("faulty", &complaint),
    };
    if words.help {
        println!("Faulty servers, each with one fault, and near misses that are correct.\n");
        println!("Usage: faulty --fault NAME [--host HOST] [--port PORT]\n       faulty --list");
        return ExitCode::SUCCESS;
    }
    if words.has("--list") {
        // A reader that closes the pipe early (`| head`) is not an error.
        return match faulty::list(&mut io::stdout().lock()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => exit_code("faulty", Err(error)),
            _ => ExitCode::SUCCESS,
        };
    }
    let Some(name) = words.value("--fault") else {
        return usage_error("faulty", "--fault NAME is required; --list shows the names");
    };
    let Some(fault) = faulty::find(name) else {
        return usage_error("faulty", &format!("unknown fault '{name}'; --list shows the names"));
    };
    let port = match words.port(default_port(fault.role)) {
        Ok(port) => port,
        Err(complaint) => return usage_error("faulty", &complaint),
    };
    let options = faulty::Options {
        host: words.value("--host").unwrap_or(DEFAULT_HOST).to_owned(),
        port,
        in_child: words.has("--in-child"),
    };
    exit_code(name, fault.run(&options))
}

/// Returns the exit code of a finished program. If it failed, also prints one line on stderr.
fn exit_code(name: &str, end: io::Result<()>) -> ExitCode {
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reports a usage error and returns its exit code.
fn usage_error(name: &str, complaint: &str) -> ExitCode {
    eprintln!("{name}: {complaint} (see --help)");
    ExitCode::from(2)
}

/// The arguments of a command line, sorted into options with a value, switches, and positional
/// arguments.
#[derive(Default)]
struct Args {
    values: Vec<(String, String)>,
    switches: Vec<String>,
    positional: Vec<String>,
    help: bool,
}

impl Args {
    /// Sorts `args`. `flags` take a value (`--port 1` or `--port=1`), `switches` do not.
    fn parse(args: &[String], flags: &[&str], switches: &[&str]) -> Result<Self, String> {
        let mut words = Self::default();
        let mut rest = args.iter();
        while let Some(word) = rest.next() {
            let (flag, joined) = match word.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            if word == "--help" || word == "-h" {
                words.help = true;
            } else if switches.contains(&word.as_str()) {
                words.switches.push(word.clone());
            } else if flags.contains(&flag) {
                let value = joined.or_else(|| rest.next().cloned());
                let value = value.ok_or_else(|| format!("{flag} needs a value"))?;
                words.values.push((flag.to_owned(), value));
            } else if word.starts_with('-') {
                return Err(format!("unknown option {word}"));
            } else {
                words.positional.push(word.clone());
            }
        }
        Ok(words)
    }

    /// Returns the last value given for `flag`.
    fn value(&self, flag: &str) -> Option<&str> {
        let mut newest_first = self.values.iter().rev();
        newest_first.find(|(name, _)| name == flag).map(|(_, value)| value.as_str())
    }

    fn has(&self, switch: &str) -> bool {
        self.switches.iter().any(|given| given == switch)
    }

    fn port(&self, default: u16) -> Result<u16, String> {
        match self.value("--port") {
            None => Ok(default),
            Some(text) => parse_port(text),
        }
    }
}

fn parse_port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| format!("'{text}' is not a port (0 to 65535)"))
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn words(line: &str) -> Result<Args, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Args::parse(&args, &["--host", "--port"], &["--concurrent"])
    }

    #[test]
    fn flag_value_may_follow_space_or_equals_sign() -> Result<(), String> {
        let words = words("udp --port=1 --port 70 --concurrent")?;
        assert_eq!(words.port(9), Ok(70));
        assert!(words.has("--concurrent"));
        assert_eq!(words.positional, ["udp"]);
        Ok(())
    }

    #[test]
    fn invalid_arguments_are_rejected() -> Result<(), String> {
        assert!(words("--prot 1").is_err());
        assert!(words("--port").is_err());
        assert!(words("--port 65536")?.port(9).is_err());
        Ok(())
    }
}
