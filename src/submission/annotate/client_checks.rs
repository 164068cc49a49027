//! Checks the clients of a submission: starts each against the lab's own server and against the
//! submission's, and adds notes to the item that it belongs to. Never changes points.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::quoted_line;
use crate::model::{
    Annotation, Capture, EventKind, Evidence, ExitStatus, ItemResult, Message, Role, ServerId, StartFailure,
};
use crate::packet::conversation::Side;
use crate::packet::{Analysis, Frame, Link};
use crate::run::{RunPlan, Session, sandbox_config};
use crate::scenario::hosts::Host;
use crate::scenario::lab::{self, Lab};
use crate::submission::candidate::ProgramProblem;
use crate::submission::detect::{Assignment, Detection};
use crate::submission::import::Submission;
use crate::submission::name_lookup::{DNS_PORT, queried_name};
use crate::submission::probe;
use crate::submission::probe::outcome::connected_address;
use crate::submission::probe::{ANSWER_LIMIT, Probe, ProbeProgram, Purpose};

/// Standard input for a client that asks for it.
const DEFAULT_STDIN: &str = "Ola Mundo 1\n";
/// Time limit of a client, which only connects: the time of an answer, and that of its start.
const CLIENT_TIMEOUT: Duration = ANSWER_LIMIT.saturating_add(Duration::from_secs(2));
/// Time limit of the probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of a client's source that are searched for an address.
const MAX_SOURCE_BYTES: u64 = 64 << 10;
/// Maximum payload that is examined per direction, in bytes.
const MAX_PAYLOAD_BYTES: usize = 64 << 10;

/// Checks every client, and adds notes to the second item of its role.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    found: &Detection,
    plan: &RunPlan<'_>,
    session: Session<'_>,
) {
    for (role, client) in &found.clients {
        let notes = match &client.trouble {
            Some(ProgramProblem::Missing(tool)) => {
                vec![Message::new("client-tool-missing").with("tool", tool.as_str())]
            }
            Some(_) => vec![Message::new("client-does-not-build")],
            None => ClientCheck { delivery, lab: plan.lab, role, client, session }.notes(plan.programs.get(role)),
        };
        let second = format!("{role}.2");
        let of_role = |item: &&mut ItemResult| item.role.as_ref() == Some(role);
        let place = items.iter().position(|item| item.id.as_str() == second);
        let item = match place {
            Some(place) => items.get_mut(place),
            None => items.iter_mut().find(of_role),
        };
        if let Some(item) = item {
            let notes = notes.into_iter().map(|note| note.with("file", client.file.as_str()));
            item.annotations.extend(notes.map(|note| Annotation::ClientCheck { note }));
        }
    }
}

/// The observed behavior of a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ClientOutcome {
    /// The address that it connected to, if observed.
    connected_to: Option<SocketAddr>,
    /// The address at which the server was reachable.
    server: Option<SocketAddr>,
    /// True if any data of the client reached the server.
    sent: bool,
    /// True if any data came back.
    answered: bool,
    /// True if the client printed data that came back.
    printed: bool,
    /// Exit status; `None` if the client still waits.
    ended: Option<ExitStatus>,
    /// The last line that it printed.
    said: String,
    /// All of its output.
    output: String,
    /// Data that came back, from packets or from the known answers of the lab's server.
    came: String,
    /// True if packets were captured.
    captured: bool,
    /// The name that it looked up before it failed.
    looked_up: Option<String>,
}

/// Returns true if a client works with the submission's own server, `None` if that is unknown.
/// Without packets, only the lab's servers report the data that reached them. The client must then
/// print the answers of the lab's server with its own server, too.
fn is_right_with_own(own: &ClientOutcome, with_labs: &ClientOutcome) -> Option<bool> {
    if own.captured {
        return Some(client_note(own).id == RIGHT);
    }
    let whole =
        ClientOutcome { sent: true, answered: true, printed: is_printed(&with_labs.came, &own.output), ..own.clone() };
    (client_note(with_labs).id == RIGHT).then(|| client_note(&whole).id == RIGHT)
}

/// The check of one client.
#[derive(Clone, Copy)]
struct ClientCheck<'a> {
    delivery: &'a Submission,
    lab: &'a Lab,
    role: &'a Role,
    client: &'a Assignment,
    session: Session<'a>,
}

impl ClientCheck<'_> {
    /// Returns the notes: how the client works with the lab's server, at the address that it
    /// expects, and whether it behaves differently with the submission's own server.
    fn notes(self, own: Option<&ProgramSpec>) -> Vec<Message> {
        let Some(mut did) = self.run_with_lab_server(None) else { return Vec::new() };
        let mut notes = Vec::new();
        let mut at = None;
        if let Some(address) = self.expected_address(&did)
            && let Some(there) = self.run_with_lab_server(Some(address)).filter(|there| there.sent)
        {
            (did, at) = (there, Some(address));
            notes.push(Message::new("client-address-given").with("address", address.to_string()));
        }
        let said = client_note(&did);
        let is_right = said.id == RIGHT;
        notes.insert(0, said);
        let own = own.filter(|own| matches!(own.runs, ProgramSource::Command(_)) && own.stands_in.is_none());
        if let Some(own) = own.and_then(|own| self.run_with(own.clone(), at))
            && is_right_with_own(&own, &did).is_some_and(|own| own != is_right)
        {
            let what = if is_right { "client-wrong-with-own" } else { "client-right-with-own" };
            notes.push(Message::new(what));
        }
        notes
    }

    /// Returns the address of another host that the client expects: the one it connected to, or the
    /// first in its source.
    fn expected_address(self, did: &ClientOutcome) -> Option<Ipv4Addr> {
        let is_elsewhere =
            |ip: &Ipv4Addr| !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast());
        match did.connected_to {
            Some(address) if address.port() == DNS_PORT => return None,
            Some(SocketAddr::V4(address)) => return Some(*address.ip()).filter(is_elsewhere),
            Some(SocketAddr::V6(_)) => return None,
            None => {}
        }
        let files =
            self.client.run.iter().map(Path::new).filter(|word| self.delivery.files.iter().any(|file| file == word));
        let text: String = files.map(|file| self.delivery.text(file, MAX_SOURCE_BYTES)).collect();
        let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
        words.filter_map(|word| word.parse().ok()).find(is_elsewhere)
    }

    /// Runs the client against the lab's own server, on this host or on another host with this
    /// address.
    fn run_with_lab_server(self, address: Option<Ipv4Addr>) -> Option<ClientOutcome> {
        let entry = self.lab.roles.get(self.role)?;
        let mut words = lab::bundled_command(entry)?;
        if address.is_some() {
            words.extend(["--host".to_owned(), "0.0.0.0".to_owned()]);
        }
        self.run_with(sandbox_config::entry(entry, ProgramSource::Bundled(words)), address)
    }

    /// Starts a server and then the client, on the same host or on another one.
    fn run_with(self, server: ProgramSpec, address: Option<Ipv4Addr>) -> Option<ClientOutcome> {
        let stdin = self.client.stdin.clone().unwrap_or_else(|| DEFAULT_STDIN.to_owned());
        let start = ProbeProgram { words: self.client.run.clone(), stdin: Some(stdin), port: server.port };
        let mut probe = Probe::new("client-check").limit(PROBE_TIMEOUT).capture().start_role(self.role, server);
        match address {
            Some(address) => {
                let alice = Host { name: "alice".parse().ok()?, address: None };
                let bob = Host { name: "bob".parse().ok()?, address: Some(address) };
                // The two hosts need different addresses.
                if alice.address_at(0) == address {
                    return None;
                }
                probe = probe.on(&bob.name).start(&start, CLIENT_TIMEOUT).on(&alice.name).hosts([alice, bob]);
            }
            None => probe = probe.start(&start, CLIENT_TIMEOUT),
        }
        let seen = probe::run_probe(&self.delivery.root, probe, self.session, Purpose::Probe)?;
        Some(read(&seen, address.unwrap_or(Ipv4Addr::LOCALHOST)))
    }
}

fn read(seen: &Evidence, host: Ipv4Addr) -> ClientOutcome {
    let (own, client) = (ServerId(0), ServerId(1));
    let output = |wanted: ServerId| {
        let kept = seen.journal.output(wanted).map(|(head, tail, _)| [head, tail].concat());
        String::from_utf8_lossy(&kept.unwrap_or_default()).into_owned()
    };
    let mut did = ClientOutcome::default();
    for event in &seen.journal.0 {
        match &event.kind {
            EventKind::Ready { server, row } if *server == own => {
                did.server = Some((host, row.local.port()).into());
            }
            EventKind::NotReady { server, why: StartFailure::Exited(status) } if *server == client => {
                did.ended = Some(*status)
            }
            EventKind::Exited { server, status } if *server == client => did.ended = Some(*status),
            _ => {}
        }
    }
    let calls = seen.journal.0.iter().filter_map(|event| match &event.kind {
        EventKind::Called { server, call, .. } if *server == client => Some(call),
        _ => None,
    });
    did.connected_to = connected_address(calls);
    let said = output(client);
    let port = did.server.map_or(0, |server| server.port());
    let (turned_to, sent, came) = match &seen.capture {
        Some(capture) => by_packets(capture, port),
        None => by_prints(&output(own), did.server),
    };
    did.connected_to = turned_to.or(did.connected_to);
    did.looked_up = did.connected_to.filter(|to| to.port() == DNS_PORT).and_then(|_| queried_name(&sent));
    (did.sent, did.answered) = (!sent.is_empty(), !came.is_empty());
    did.captured = seen.capture.is_some();
    did.came = String::from_utf8_lossy(&came).into_owned();
    did.printed = is_printed(&did.came, &said);
    did.said = said
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .map(|line| quoted_line(line.as_bytes(), line.len()))
        .unwrap_or_default();
    did.output = said;
    did
}

/// Returns true if received data was printed: a line of it, or a run of its ASCII letters. The
/// latter covers programs that print bytes in an escaped notation (`b'Ol\xc3\xa1, mundo'`).
fn is_printed(came: &str, said: &str) -> bool {
    const MIN_RUN_LETTERS: usize = 3;
    let plain =
        came.split(|c: char| !c.is_ascii_alphanumeric() && c != ' ').filter(|run| run.trim().len() >= MIN_RUN_LETTERS);
    came.lines().chain(plain).map(str::trim).any(|part| !part.is_empty() && said.contains(part))
}

/// The address that a client connected to, the data that it sent, and the data that came back.
type ClientTraffic = (Option<SocketAddr>, Vec<u8>, Vec<u8>);

/// From the packets: the conversation with the server's port, else any other.
fn by_packets(capture: &Capture, port: u16) -> ClientTraffic {
    let frames =
        capture.packets().map(|packet| Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes));
    let mut analysis = Analysis::new().keep_payload(MAX_PAYLOAD_BYTES).server_port(port);
    frames.for_each(|frame| analysis.add(&frame));
    let all = analysis.finish();
    let streams = all.tcp.iter().map(|one| {
        let payload = |side| one.direction(side).payload.clone().unwrap_or_default();
        (one.server, payload(Side::Client), payload(Side::Server))
    });
    let datagrams = all.udp.iter().map(|one| {
        let payload = |side| {
            one.datagrams_from(side).filter_map(|datagram| datagram.payload.clone()).collect::<Vec<_>>().concat()
        };
        (one.server, payload(Side::Client), payload(Side::Server))
    });
    let all: Vec<_> = streams.chain(datagrams).collect();
    let with_the_server = all.iter().find(|(server, ..)| server.port() == port);
    match with_the_server.or(all.first()) {
        Some((server, sent, came)) => (Some(*server), sent.clone(), came.clone()),
        None => (None, Vec::new(), Vec::new()),
    }
}

/// Without packets: the lab's servers print received data below a line that names the sender.
fn by_prints(printed: &str, server: Option<SocketAddr>) -> ClientTraffic {
    let heads = ["Connected by", " wrote:", " escreveu:"];
    let after = printed.lines().skip_while(|line| !heads.iter().any(|head| line.contains(head))).skip(1);
    let lines: Vec<&str> = after.filter(|line| !heads.iter().any(|head| line.contains(head))).collect();
    let plain = |line: &&str| line.trim().trim_end_matches("\\n").trim_end_matches("\\r").to_owned();
    let sent: Vec<String> = lines.iter().map(plain).filter(|line| !line.is_empty()).collect();
    let came: Vec<String> = sent.iter().flat_map(|line| [line.clone(), line.to_uppercase()]).collect();
    (server.filter(|_| !sent.is_empty()), sent.join("\n").into_bytes(), came.join("\n").into_bytes())
}

/// Message of a client that works.
const RIGHT: &str = "client-right";

/// Returns one message about a client: the first thing that is wrong.
fn client_note(did: &ClientOutcome) -> Message {
    let Some(address) = did.connected_to else {
        return Message::new("client-never-connects").with("said", did.said.as_str());
    };
    let message = |id: &'static str| Message::new(id).with("address", address.to_string());
    if address.port() == DNS_PORT && did.server.is_some_and(|server| server.port() != DNS_PORT) {
        return match &did.looked_up {
            Some(name) => Message::new("client-looks-up").with("name", name.as_str()),
            None => Message::new("client-looks-up-something"),
        };
    }
    if did.server.is_some_and(|server| server.port() != address.port()) {
        return message("client-other-port").with("port", did.server.map_or(0, |server| server.port()));
    }
    if !address.ip().is_loopback() && did.server.is_some_and(|server| server.ip() != address.ip()) {
        return message("client-other-address");
    }
    if !did.sent {
        return message("client-sends-nothing");
    }
    if !did.answered {
        return message("client-gets-nothing");
    }
    if !did.printed {
        return message("client-prints-nothing");
    }
    match did.ended {
        Some(ExitStatus::Code(0)) | None => message(RIGHT),
        Some(_) if did.said.contains("EOFError") => message(RIGHT),
        Some(_) => message("client-ends-with-error").with("said", did.said.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn did() -> ClientOutcome {
        let here = Some(SocketAddr::from(([127, 0, 0, 1], 65432)));
        ClientOutcome {
            connected_to: here,
            server: here,
            sent: true,
            answered: true,
            printed: true,
            captured: true,
            ..ClientOutcome::default()
        }
    }

    #[test]
    fn escaped_output_counts_as_printed() {
        assert!(is_printed("Olá, mundo", "Received b'Ol\\xc3\\xa1, mundo'"));
        assert!(is_printed("ok", "resposta: ok") && is_printed("OLA\n", "OLA"));
        assert!(!is_printed("Olá, mundo", "Received 11 bytes") && !is_printed("", "x") && !is_printed("é", "b'\\xc3'"));
    }

    #[test]
    fn output_decides_if_packets_are_missing() {
        let labs = ClientOutcome { came: "Olá, mundo\nOLÁ, MUNDO".to_owned(), captured: false, ..did() };
        let own =
            |output: &str| ClientOutcome { sent: false, answered: false, output: output.to_owned(), ..labs.clone() };
        assert_eq!(is_right_with_own(&own("Recebido Olá, mundo"), &labs), Some(true));
        assert_eq!(is_right_with_own(&own("Recebido "), &labs), Some(false));
        let failed = ClientOutcome { ended: Some(ExitStatus::Code(1)), ..own("Olá, mundo") };
        assert_eq!(is_right_with_own(&failed, &labs), Some(false));
        let nothing_sent = ClientOutcome { sent: false, ..labs.clone() };
        assert_eq!(is_right_with_own(&own("x"), &nothing_sent), None, "the expected answer is unknown");
        let captured = ClientOutcome { captured: true, answered: false, ..did() };
        assert_eq!(is_right_with_own(&captured, &did()), Some(false), "packets alone decide");
    }

    #[test]
    fn first_problem_is_reported() {
        assert_eq!(client_note(&did()).id, "client-right");
        assert_eq!(client_note(&ClientOutcome { printed: false, ..did() }).id, "client-prints-nothing");
        assert_eq!(client_note(&ClientOutcome { printed: false, answered: false, ..did() }).id, "client-gets-nothing");
        assert_eq!(client_note(&ClientOutcome { sent: false, ..did() }).id, "client-sends-nothing");
        assert_eq!(client_note(&ClientOutcome { connected_to: None, ..did() }).id, "client-never-connects");
        let other = Some(SocketAddr::from(([127, 0, 0, 1], 5000)));
        assert_eq!(client_note(&ClientOutcome { connected_to: other, ..did() }).id, "client-other-port");
        let dns = Some(SocketAddr::from(([10, 255, 255, 53], 53)));
        assert_eq!(client_note(&ClientOutcome { connected_to: dns, ..did() }).id, "client-looks-up-something");
        let eof = ClientOutcome { ended: Some(ExitStatus::Code(1)), said: "EOFError: EOF".to_owned(), ..did() };
        assert_eq!(client_note(&eof).id, "client-right", "the lab's own client exits like this");
    }
}
