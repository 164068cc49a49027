//! Finds from the traced calls why a server's socket does not have the port that its program names:
//! bind failed, was never called, or named port 0. The kernel then chooses a port, another one at
//! every start.

use std::net::Ipv4Addr;

use super::stream::{Stream, streams};
use crate::model::cause::PortText;
use crate::model::net::SWAPPED_LOOPBACK;
use crate::model::{Cause, ClientId, EventKind, Evidence, EvidenceKind, Needs, Protocol, ServerId, SocketRow, Syscall};

/// Lengths that the kernel accepts, in bytes: from `struct sockaddr_in` to `sockaddr_storage`.
const ADDRESS_BYTES: std::ops::RangeInclusive<i32> = 16..=128;

/// Returns the socket calls of a server; `None` if they were not traced.
fn calls(seen: &Evidence, wanted: ServerId) -> Option<Vec<&Syscall>> {
    if seen.first_gap(&Needs::new(&[EvidenceKind::Calls])).is_some() {
        return None;
    }
    let of_server = |kind| match kind {
        &EventKind::Called { server, ref call, .. } if server == wanted && call.is_socket_call() => Some(call),
        _ => None,
    };
    Some(seen.journal.iter().filter_map(|event| of_server(&event.kind)).collect())
}

/// Returns why the program never named the port of its socket, if that is proved.
pub(super) fn unnamed_port(seen: &Evidence, server: ServerId, row: &SocketRow) -> Option<Cause> {
    let calls = calls(seen, server)?;
    let named =
        |call: &&Syscall| matches!(call, Syscall::Bind { address: Some(at), .. } if at.port() == row.local.port());
    if calls.iter().any(named) {
        return None;
    }
    let port = Some(PortText(row.local.port()));
    let listening: Vec<i32> =
        calls.iter().filter_map(|call| if let Syscall::Listen { fd, .. } = call { Some(*fd) } else { None }).collect();
    match row.protocol {
        // A socket that nobody was seen to create proves nothing.
        Protocol::Tcp if listening.is_empty() => None,
        Protocol::Tcp => {
            let binds = calls.iter().filter(|call| call.fd().is_some_and(|fd| listening.contains(&fd)));
            bind_fault(binds.copied(), port)
        }
        Protocol::Udp if is_datagram_only(&calls) => bind_fault(calls.into_iter(), port),
        Protocol::Udp => None,
    }
}

/// Returns why a UDP server has no socket with a port, if its calls show that.
pub(super) fn unbound_datagrams(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let calls = calls(seen, server)?;
    if !is_datagram_only(&calls) || calls.iter().any(|call| matches!(call, Syscall::Connect { .. })) {
        return None;
    }
    bind_fault(calls.into_iter(), None)
}

/// Returns the call if a program connected its only kind of sockets, those for datagrams, to an address
/// of its own host, and bound none. `getaddrinfo(3)` connects other sockets before, and a client asks
/// a name server.
#[must_use]
pub fn connect_in_place_of_bind<'a>(calls: impl Iterator<Item = &'a Syscall>) -> Option<&'a Syscall> {
    const DNS_PORT: u16 = 53;
    let (mut last, mut has_datagrams) = (None, false);
    for call in calls {
        match call {
            Syscall::Bind { .. } | Syscall::Listen { .. } => return None,
            Syscall::Socket { .. } if call.makes_internet_socket(1) => return None,
            Syscall::Socket { .. } => (last, has_datagrams) = (None, call.makes_internet_socket(2) || has_datagrams),
            Syscall::Connect { address: Some(at), .. } => {
                let is_own = at.ip().is_loopback() || at.ip().is_unspecified();
                last = Some(call).filter(|_| is_own && at.port() != DNS_PORT);
            }
            _ => {}
        }
    }
    last.filter(|_| has_datagrams)
}

/// Returns the cause if a server for datagrams only waits, and has called `connect` in the place of
/// `bind`.
pub(super) fn connected_datagrams(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let call = connect_in_place_of_bind(calls(seen, server)?.into_iter())?;
    Some(Cause::ConnectForBind { call: call.to_string() })
}

/// Returns true if all internet sockets of a program are for datagrams: then its calls of `bind`
/// are about these.
fn is_datagram_only(calls: &[&Syscall]) -> bool {
    let makes = |kind| calls.iter().any(|call| call.makes_internet_socket(kind));
    makes(2) && !makes(1)
}

/// Returns the fault of the last `bind` among these calls.
fn bind_fault<'a>(calls: impl Iterator<Item = &'a Syscall>, port: Option<PortText>) -> Option<Cause> {
    let bind = calls.filter(|call| matches!(call, Syscall::Bind { .. })).last();
    let Some(call) = bind else { return Some(Cause::BindNeverCalled { port }) };
    let Syscall::Bind { address, length, family, .. } = call else { return None };
    // The kernel takes an address without a family for one of IPv4 (`inet_bind`,
    // net/ipv4/af_inet.c).
    let is_refused = family.is_some_and(|family| !matches!(family, 0 | 1));
    match (address, length) {
        (Some(at), _) if at.port() == 0 => Some(Cause::BoundToPortZero { port }),
        (Some(at), _) if at.ip() == SWAPPED_LOOPBACK => {
            Some(Cause::AddressBytesSwapped { address: at.ip().to_string() })
        }
        // The address is right, and the socket does not have it.
        (Some(_), _) => Some(Cause::BindFailed { call: call.to_string(), port }),
        (None, Some(length)) if !ADDRESS_BYTES.contains(length) => {
            Some(Cause::BindLengthWrong { length: u64::try_from(*length).unwrap_or_default(), port })
        }
        // The family is not that of the socket, or the address is too short for it.
        (None, Some(_)) if is_refused => Some(Cause::BindFailed { call: call.to_string(), port }),
        (None, _) => None,
    }
}

/// Returns that a program called `accept` on a bound socket for which it never called `listen`: the
/// kernel refuses that (EINVAL, accept(2)).
pub(super) fn unlistened_accept(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let calls = calls(seen, server)?;
    let of = |fd, test: fn(&Syscall) -> bool| calls.iter().any(|call| call.fd() == Some(fd) && test(call));
    let accepted =
        calls.iter().filter_map(|call| if let Syscall::Accept { fd } = call { Some(*fd) } else { None }).next_back()?;
    let is_stream = calls.iter().any(|call| call.makes_internet_socket(1));
    let never_listens = !calls.iter().any(|call| matches!(call, Syscall::Listen { .. }));
    (is_stream && never_listens && of(accepted, |call| matches!(call, Syscall::Bind { address: Some(_), .. })))
        .then_some(Cause::ListenNeverCalled {})
}

/// Returns the cause if a server called `listen` on a socket, and only then `bind`: the kernel has
/// given the socket a port by then, and refuses (EINVAL, bind(2)).
pub(super) fn listened_before_bind(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let calls = calls(seen, server)?;
    let place = |fd: i32, is: fn(&Syscall) -> bool| calls.iter().position(|call| call.fd() == Some(fd) && is(call));
    let is_early = |fd: i32| {
        let listens = place(fd, |call| matches!(call, Syscall::Listen { .. }));
        let binds = place(fd, |call| matches!(call, Syscall::Bind { .. }));
        listens.zip(binds).is_some_and(|(listens, binds)| listens < binds)
    };
    let mut listening = calls.iter().filter_map(|call| match call {
        Syscall::Listen { fd, .. } => Some(*fd),
        _ => None,
    });
    listening.any(is_early).then_some(Cause::ListenBeforeBind {})
}

/// Returns the cause if a program that should have a UDP socket has bound one for TCP, and made none
/// for datagrams.
pub(super) fn bound_stream(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let calls = calls(seen, server)?;
    let makes = |kind| calls.iter().any(|call| call.makes_internet_socket(kind));
    let binds = calls.iter().any(|call| matches!(call, Syscall::Bind { address: Some(_), .. }));
    (binds && makes(1) && !makes(2)).then_some(Cause::StreamForDatagrams {})
}

/// Returns true if a server bound a UNIX socket (`AF_UNIX` is 1), and no other.
pub(super) fn bound_unix_socket(seen: &Evidence, server: ServerId) -> bool {
    let calls = calls(seen, server).unwrap_or_default();
    let mut families = calls.iter().filter_map(|call| match call {
        Syscall::Bind { family, .. } => Some(*family),
        _ => None,
    });
    families.next() == Some(Some(1)) && families.all(|family| family == Some(1))
}

/// Returns true if a server called `bind` with an address.
pub(super) fn has_bound(seen: &Evidence, server: ServerId, address: Ipv4Addr) -> bool {
    let is_it = |call: &&Syscall| matches!(call, Syscall::Bind { address: Some(at), .. } if at.ip() == address);
    calls(seen, server).is_some_and(|calls| calls.iter().any(is_it))
}

/// Returns true if a server called `bind`, `listen` or `accept` on its standard input or output
/// (`if (fd = socket(…) < 0)`).
pub(super) fn uses_standard_descriptor(seen: &Evidence, server: ServerId) -> bool {
    let is_standard = |call: &&Syscall| {
        let is_of_server = matches!(call, Syscall::Bind { .. } | Syscall::Listen { .. } | Syscall::Accept { .. });
        is_of_server && call.fd().is_some_and(|fd| matches!(fd, 0..=2))
    };
    calls(seen, server).is_some_and(|calls| calls.iter().any(is_standard))
}

/// Returns true if a server called `listen` on a socket for which it had called `bind`.
pub(super) fn has_listened(seen: &Evidence, server: ServerId) -> bool {
    let calls = calls(seen, server).unwrap_or_default();
    let bound =
        |fd| calls.iter().any(|call| matches!(call, Syscall::Bind { fd: bound, address: Some(_), .. } if *bound == fd));
    calls.iter().any(|call| matches!(call, Syscall::Listen { fd, .. } if bound(*fd)))
}

/// Returns the address at which the program has several listening sockets, of which it accepts
/// from some only.
pub(super) fn several_listeners(seen: &Evidence, server: ServerId) -> Option<Cause> {
    let (_, row) = seen.journal.ready(server)?;
    let calls = calls(seen, server)?;
    let has =
        |wanted: i32, test: &dyn Fn(&Syscall) -> bool| calls.iter().any(|call| call.fd() == Some(wanted) && test(call));
    let listens = |call: &&&Syscall| matches!(call, Syscall::Listen { .. });
    let mut sockets: Vec<i32> = calls.iter().filter(listens).filter_map(|call| call.fd()).collect();
    sockets.sort_unstable();
    sockets.dedup();
    sockets.retain(|fd| {
        has(*fd, &|call| matches!(call, Syscall::Bind { address: Some(at), .. } if at.port() == row.local.port()))
            && has(*fd, &|call| matches!(call, Syscall::SetOption { level: 1, name: 15, .. }))
    });
    let accepts = |fd: &&i32| has(**fd, &|call| matches!(call, Syscall::Accept { .. }));
    let served = sockets.iter().filter(accepts).count();
    let (sockets, at) = (sockets.len() as u64, row.local);
    (sockets > 1 && served > 0 && (served as u64) < sockets).then_some(Cause::SeveralListeners { sockets, at })
}

/// Returns that the server never accepted this client: each of its calls of `accept` was used up by
/// another client, which received data.
pub(super) fn never_accepted(seen: &Evidence, server: ServerId, client: ClientId) -> Option<Cause> {
    let accepts = calls(seen, server)?.iter().filter(|call| matches!(call, Syscall::Accept { .. })).count();
    let is_served = |stream: &&Stream<'_>| stream.server == server && !stream.got.is_empty();
    let all = streams(&seen.journal, None);
    let is_unserved = all.iter().any(|one| one.client == client && one.got.is_empty());
    let others = all.iter().filter(is_served).filter(|one| one.client != client).count();
    (accepts > 0 && others >= accepts && is_unserved)
        .then_some(Cause::ClientNeverAccepted { client, accepts: accepts as u64 })
}
