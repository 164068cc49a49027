//! Formats a scenario's packets and socket tables as text (`--show packets`, `--show sockets`).
//!
//! The output resembles that of tcpdump and ss, with the names of the scenario.

use std::fmt::Write as _;

use super::packet_labels::Traffic;
use crate::i18n::Catalog;
use crate::model::net::Owner;
use crate::model::{EventKind, Evidence, Protocol, SocketRow};

/// Returns the packets, one per line, or `None` if they were not captured.
#[must_use]
pub(crate) fn packets(seen: &Evidence, words: &Catalog) -> Option<String> {
    let traffic = Traffic::from_evidence(seen)?;
    let name =
        |place: usize| traffic.parties.get(place).map_or_else(String::new, |party| words.format(&party.name.message()));
    let width = (0..traffic.parties.len()).map(|place| name(place).chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for packet in &traffic.packets {
        let after_us = packet.at_ns.saturating_sub(seen.began_ns) / 1000;
        let special = packet.remark().map_or_else(String::new, |id| format!("   ({})", words.sentence(id)));
        let _ = writeln!(
            text,
            "{:>9}.{:03} ms  {:>width$} → {:width$}  {}{special}",
            after_us / 1000,
            after_us % 1000,
            name(packet.from),
            name(packet.to),
            packet.label(),
        );
    }
    Some(text)
}

/// Returns the socket table at each snapshot, one socket per line.
#[must_use]
pub(crate) fn sockets(seen: &Evidence, words: &Catalog) -> String {
    let mut text = String::new();
    for event in seen.journal.iter() {
        let EventKind::Snapshot { name, rows, .. } = &event.kind else { continue };
        let _ = writeln!(text, "{name}:");
        for row in rows {
            let _ = writeln!(text, "  {}", socket_line(row, words));
        }
    }
    text
}

fn socket_line(row: &SocketRow, words: &Catalog) -> String {
    let state = if row.protocol == Protocol::Udp { "UNCONN" } else { row.state.name() };
    let owner = match row.owner {
        Owner::Nobody => "-".to_owned(),
        Owner::Harness => words.sentence("timeline-a-client"),
        Owner::Server(_, pid) => format!("{} ({pid})", words.sentence("timeline-a-server")),
        Owner::Other => "?".to_owned(),
    };
    format!(
        "{} {state:<12} {:>6} {:>6}  {:<24} {:<24} {owner}",
        row.protocol, row.receive_queue, row.send_queue, row.local, row.peer
    )
    .trim_end()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::net::TcpState;
    use crate::model::{Event, EventId, Journal, Language, Moment};

    #[test]
    fn sockets_are_listed_one_per_line() {
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], 65432));
        let row = SocketRow {
            protocol: Protocol::Tcp,
            local: here,
            peer: std::net::SocketAddr::from(([0, 0, 0, 0], 0)),
            state: TcpState::Listen,
            inode: 7,
            receive_queue: 0,
            send_queue: 5,
            owner: Owner::Server(crate::model::ServerId(0), 2),
        };
        let name = "connected".parse().expect("a name");
        let kind = EventKind::Snapshot { name, settled: true, busy: false, rows: vec![row] };
        let journal = Journal(vec![Event { id: EventId(0), at: Moment(0), step: 0, kind }]);
        let seen = Evidence { journal, ..Evidence::default() };
        let words = Catalog::load(Language::English);
        let text = sockets(&seen, &words);
        assert!(text.starts_with("connected:\n  TCP LISTEN") && text.contains("127.0.0.1:65432"), "{text}");
        assert_eq!(packets(&seen, &words), None);
    }
}
