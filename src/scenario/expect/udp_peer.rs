//! Finds that a server for datagrams has connected its socket to one client.

use std::net::SocketAddr;

use crate::model::net::Owner;
use crate::model::{Cause, ClientId, EventKind, Evidence, Protocol, ServerId, SocketRow, Syscall, TcpState};

/// Returns the only client that the UDP socket of a server receives from, if it is another one
/// (`connect` on a datagram socket, udp(7)). The kernel refuses the datagrams of all others. A call
/// of `connect` or the socket table shows it.
pub(super) fn connected_to_another(seen: &Evidence, server: ServerId, client: ClientId) -> Option<Cause> {
    let connections = seen.journal.connections();
    let is_other = |peer: SocketAddr| {
        connections.iter().any(|other| other.client != client && other.server == server && other.local == peer)
    };
    let (_, ready) = seen.journal.ready(server).filter(|(_, row)| row.protocol == Protocol::Udp)?;
    let is_serving = |row: &&SocketRow| {
        row.protocol == Protocol::Udp
            && row.state == TcpState::Established
            && row.local.port() == ready.local.port()
            && matches!(row.owner, Owner::Server(owner, _) if owner == server)
    };
    let mut peers = seen.journal.iter().flat_map(|event| match &event.kind {
        EventKind::Snapshot { rows, .. } | EventKind::Silent { rows, .. } => {
            rows.iter().filter(is_serving).map(|row| row.peer).collect()
        }
        EventKind::Called { server: of, call: Syscall::Connect { address: Some(peer), .. }, .. } if *of == server => {
            vec![*peer]
        }
        _ => Vec::new(),
    });
    peers.find(|peer| is_other(*peer)).map(|peer| Cause::UdpConnected { peer })
}
