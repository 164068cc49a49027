//! Identifies the client of a TCP conversation, even if its beginning was not captured.

use std::collections::HashSet;
use std::net::SocketAddr;

/// The evidence that identifies the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrientedBy {
    /// The client sent the SYN.
    Syn,
    /// The client was sent the SYN-ACK.
    SynAck,
    /// The other port was named as a server's ([`super::Analysis::server_port`]).
    NamedPort,
    /// The other end is the server of another conversation.
    OtherConversation,
    /// The port numbers: a guess.
    Ports,
    /// The client sent the first packet: a guess.
    FirstPacket,
}

/// The ports that Linux gives to clients (default of `net.ipv4.ip_local_port_range`).
const EPHEMERAL_PORTS: std::ops::RangeInclusive<u16> = 32_768..=60_999;

/// The beginning of a conversation, as far as seen. Ends are numbered; end 0 sent the first packet.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beginning {
    pub(super) syn_from: Option<usize>,
    pub(super) syn_ack_from: Option<usize>,
}

impl Beginning {
    /// Returns the client's number, if the beginning shows it.
    pub(super) fn client(self) -> Option<(usize, OrientedBy)> {
        let by_syn = self.syn_from.map(|end| (end, OrientedBy::Syn));
        by_syn.or(self.syn_ack_from.map(|end| (1 - end, OrientedBy::SynAck)))
    }
}

/// Returns the client's number, derived from the endpoints.
pub(super) fn guess(ends: [SocketAddr; 2], named: &[u16], servers: &HashSet<SocketAddr>) -> (usize, OrientedBy) {
    let [first, second] = ends;
    // The client's number, if exactly one of the ends can be the server.
    let only = |is_server: &dyn Fn(SocketAddr) -> bool| match (is_server(first), is_server(second)) {
        (true, false) => Some(1),
        (false, true) => Some(0),
        _ => None,
    };
    let by = |client: usize, by: OrientedBy| (client, by);
    if let Some(client) = only(&|end| named.contains(&end.port())) {
        return by(client, OrientedBy::NamedPort);
    }
    if let Some(client) = only(&|end| servers.contains(&end)) {
        return by(client, OrientedBy::OtherConversation);
    }
    let (a, b) = (first.port(), second.port());
    only(&|end| !EPHEMERAL_PORTS.contains(&end.port()))
        .or(only(&|end| end.port() == a.min(b) && a != b))
        .map_or(by(0, OrientedBy::FirstPacket), |client| by(client, OrientedBy::Ports))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_the_last_resort() {
        let end = |port: u16| SocketAddr::from(([10, 0, 0, 1], port));
        let none = HashSet::new();
        let guessed = |a, b, named: &[u16], servers| guess([end(a), end(b)], named, servers);
        assert_eq!(guessed(65432, 40000, &[], &none), (1, OrientedBy::Ports));
        assert_eq!(guessed(40000, 65432, &[], &none), (0, OrientedBy::Ports));
        assert_eq!(guessed(80, 8080, &[], &none), (1, OrientedBy::Ports));
        assert_eq!(guessed(7, 7, &[], &none), (0, OrientedBy::FirstPacket));
        assert_eq!(guessed(40000, 80, &[40000], &none), (1, OrientedBy::NamedPort));
        assert_eq!(guessed(40000, 80, &[], &HashSet::from([end(40000)])), (1, OrientedBy::OtherConversation));
    }
}
