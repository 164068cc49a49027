//! Listening sockets of socklab, to which programs under test connect, and the connections that it
//! accepts there. An accepted connection is held as a [`Client`]: what steps do with the one they
//! also do with the other.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use mio::Interest;
use mio::event::Source;
use mio::net::{TcpListener, UdpSocket};
use socket2::{Domain, Socket, Type};

use super::client::{Client, ClientSocket};
use super::token::{TokenOwner, token_of};
use super::wait::{PollInterval, WaitEnd};
use super::{Engine, failed, system};
use crate::model::{ClientId, EventKind, HarnessError, ListenerId, Operation, Protocol, ServerId};
use crate::scenario::runtime::{AcceptRequest, ListenRequest, RuntimeError};

/// Connections that the kernel keeps until an `accept` step takes them.
const BACKLOG: i32 = 1024;
/// Bytes, and datagrams, that are kept until an `accept` step takes their sender. Further ones are
/// dropped, as by a full socket buffer.
const MAX_HELD_BYTES: usize = 4 << 20;
const MAX_HELD_DATAGRAMS: usize = 1024;
/// Datagrams read from one socket per event.
const MAX_READ_DATAGRAMS: usize = 256;

/// The socket of a listener.
#[derive(Debug)]
enum ListenerSocket {
    Tcp(TcpListener),
    Udp(UdpSocket),
}

/// A connection that was just accepted.
struct AcceptedSocket {
    socket: ClientSocket,
    protocol: Protocol,
    local: SocketAddr,
    peer: SocketAddr,
}

/// A listening socket.
#[derive(Debug)]
pub(super) struct Listener {
    socket: ListenerSocket,
    pub(super) local: SocketAddr,
    /// The index of its host, if there are two.
    pub(super) host: Option<usize>,
    /// The number of programs that were started before it was opened.
    programs_before: usize,
    /// Datagrams of senders that were not accepted yet, in order.
    held: VecDeque<(SocketAddr, Vec<u8>)>,
}

impl Listener {
    fn open(protocol: Protocol, address: SocketAddr) -> io::Result<(ListenerSocket, SocketAddr)> {
        let socket = match protocol {
            Protocol::Tcp => Socket::new(Domain::for_address(address), Type::STREAM, None)?,
            Protocol::Udp => Socket::new(Domain::for_address(address), Type::DGRAM, None)?,
        };
        socket.set_nonblocking(true)?;
        // Over UDP, the accepted connections share the port.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        let local = socket.local_addr()?.as_socket().unwrap_or(address);
        Ok(match protocol {
            Protocol::Tcp => {
                socket.listen(BACKLOG)?;
                (ListenerSocket::Tcp(TcpListener::from_std(socket.into())), local)
            }
            Protocol::Udp => (ListenerSocket::Udp(UdpSocket::from_std(socket.into())), local),
        })
    }

    /// Returns true if a datagram of this length can be kept.
    fn has_room(&self, length: usize) -> bool {
        let held: usize = self.held.iter().map(|(_, bytes)| bytes.len()).sum();
        self.held.len() < MAX_HELD_DATAGRAMS && held + length <= MAX_HELD_BYTES
    }

    const fn protocol(&self) -> Protocol {
        match self.socket {
            ListenerSocket::Tcp(_) => Protocol::Tcp,
            ListenerSocket::Udp(_) => Protocol::Udp,
        }
    }
}

/// Opens a socket on the port of a UDP listener that gets only the datagrams of one sender: the
/// kernel prefers a connected socket (`udp4_lib_lookup2` in net/ipv4/udp.c).
fn udp_connection(local: SocketAddr, peer: SocketAddr) -> io::Result<ClientSocket> {
    let socket = Socket::new(Domain::for_address(local), Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&local.into())?;
    socket.connect(&peer.into())?;
    Ok(ClientSocket::Udp(UdpSocket::from_std(socket.into()), None))
}

impl Engine {
    pub(super) fn open_listener(&mut self, request: &ListenRequest) -> Result<(), RuntimeError> {
        let host = self.host_index(request.on.as_ref());
        let ip = self.source_address(host).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let address = SocketAddr::new(ip, request.port.unwrap_or(0));
        let opened = self.on_host(host, || Listener::open(request.protocol, address))?;
        let refused = |error| failed(HarnessError::system(Operation::OpenListener, Some(address.to_string()), error));
        let (mut socket, local) = opened.map_err(refused)?;
        let id = ListenerId(u32::try_from(self.listeners.len()).unwrap_or(u32::MAX));
        let token = token_of(TokenOwner::Listener(id));
        let registry = self.event_loop.registry();
        let registered = match &mut socket {
            ListenerSocket::Tcp(listener) => listener.register(registry, token, Interest::READABLE),
            ListenerSocket::Udp(listener) => listener.register(registry, token, Interest::READABLE),
        };
        registered.map_err(|error| system(Operation::RegisterClient, error))?;
        self.capture_port(Some(local.port()));
        let programs_before = self.servers.ids().count();
        self.listeners.push(Listener { socket, local, host, programs_before, held: VecDeque::new() });
        self.recorder.record(EventKind::Listening { listener: id, protocol: request.protocol, local });
        Ok(())
    }

    /// Returns the host and address of the last server or listening socket: `{host}` and `{port}`.
    pub(super) fn last_address(&self) -> Option<(Option<usize>, SocketAddr)> {
        let server = self.servers.last_id(|server| server.address().is_some());
        let listener = self.listeners.last();
        match (server, listener) {
            (Some(server), Some(listener)) if listener.programs_before <= server.0 as usize => {
                Some((self.servers[server].host, self.servers[server].address()?))
            }
            (_, Some(listener)) => Some((listener.host, listener.local)),
            (Some(server), None) => Some((self.servers[server].host, self.servers[server].address()?)),
            (None, None) => None,
        }
    }

    pub(super) fn accept_connections(&mut self, request: &AcceptRequest) -> Result<(), RuntimeError> {
        let last = ListenerId(u32::try_from(self.listeners.len().saturating_sub(1)).unwrap_or(u32::MAX));
        let id = request.listener.unwrap_or(last);
        if self.listeners.get(id.0 as usize).is_none() {
            return Ok(());
        }
        let first = self.clients.next_id().0;
        let end = first.saturating_add(request.connections);
        let within = request.within.unwrap_or(self.spec.script.limits.answer.0);
        let deadline = self.step_deadline(request.within);
        let policy = self.program_policy(deadline, PollInterval::OnEvent);
        let all_came = |engine: &mut Self| {
            while engine.clients.next_id().0 < end && engine.accept_one(id)? {}
            Ok(engine.clients.next_id().0 >= end)
        };
        let ending = self.wait_until(&policy, all_came)?;
        let silent = ending == WaitEnd::Silent;
        self.is_met(ending)?;
        self.give_up_accepting(id, end, within, silent);
        Ok(())
    }

    /// Adds placeholders for connections that have not come, so that later ones have the numbers
    /// that the author gave them.
    fn give_up_accepting(&mut self, listener: ListenerId, end: u32, within: Duration, silent: bool) {
        let Some(opened) = self.listeners.get(listener.0 as usize) else { return };
        let (protocol, local) = (opened.protocol(), opened.local);
        let within_ms = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        while self.clients.next_id().0 < end {
            let client = self.clients.next_id();
            self.clients.add(Client::accepted(client, ServerId(0), protocol, ClientSocket::None, (local, local)));
            self.recorder.record(EventKind::NotAccepted { client, listener, within_ms, silent });
        }
    }

    /// Accepts one connection if there is one. Returns false if there is none.
    fn accept_one(&mut self, id: ListenerId) -> Result<bool, RuntimeError> {
        let Some(accepted) = self.next_connection(id)? else { return Ok(false) };
        self.add_accepted(id, accepted)?;
        Ok(true)
    }

    /// Takes the next connection of a listener, if there is one.
    fn next_connection(&mut self, id: ListenerId) -> Result<Option<AcceptedSocket>, RuntimeError> {
        self.read_datagrams(id);
        let listener = &self.listeners[id.0 as usize];
        let (local, host) = (listener.local, listener.host);
        if let ListenerSocket::Tcp(tcp) = &listener.socket {
            loop {
                return match tcp.accept() {
                    Ok((stream, peer)) => {
                        // Each fragment of a step becomes a separate segment.
                        let _ = stream.set_nodelay(true);
                        let local = stream.local_addr().unwrap_or(local);
                        Ok(Some(AcceptedSocket {
                            socket: ClientSocket::Tcp(stream),
                            protocol: Protocol::Tcp,
                            local,
                            peer,
                        }))
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    // The program has already reset the connection, or a signal came (`accept(2)`).
                    Err(error) if matches!(error.raw_os_error(), Some(libc::ECONNABORTED | libc::EINTR)) => continue,
                    Err(error) => Err(system(Operation::AcceptConnection, error)),
                };
            }
        }
        let Some(peer) = listener.held.front().map(|(from, _)| *from) else { return Ok(None) };
        let socket = self.on_host(host, || udp_connection(local, peer))?;
        let socket = socket.map_err(|error| system(Operation::AcceptConnection, error))?;
        Ok(Some(AcceptedSocket { socket, protocol: Protocol::Udp, local, peer }))
    }

    fn add_accepted(
        &mut self,
        listener: ListenerId,
        AcceptedSocket { mut socket, protocol, local, peer }: AcceptedSocket,
    ) -> Result<(), RuntimeError> {
        let client = self.clients.next_id();
        let token = token_of(TokenOwner::Client(client));
        let registry = self.event_loop.registry();
        let registered = match &mut socket {
            ClientSocket::Tcp(stream) => stream.register(registry, token, Interest::READABLE | Interest::WRITABLE),
            ClientSocket::Udp(socket, _) => socket.register(registry, token, Interest::READABLE),
            ClientSocket::None => Ok(()),
        };
        registered.map_err(|error| system(Operation::RegisterClient, error))?;
        let server = self.program_of(peer, local);
        self.clients.add(Client::accepted(client, server, protocol, socket, (local, peer)));
        self.recorder.record(EventKind::Accepted { client, listener, server, protocol, local, peer });
        let held = std::mem::take(&mut self.listeners[listener.0 as usize].held);
        let (own, others) = held.into_iter().partition(|(from, _)| *from == peer);
        self.listeners[listener.0 as usize].held = others;
        let own: VecDeque<(SocketAddr, Vec<u8>)> = own;
        own.into_iter().for_each(|(_, bytes)| self.record_received(client, &bytes));
        Ok(())
    }

    /// Returns the program that holds a connection's other end; the last one started if that is not
    /// known.
    fn program_of(&mut self, its_end: SocketAddr, our_end: SocketAddr) -> ServerId {
        let last = self.servers.last_id(|server| server.pid != 0).unwrap_or(ServerId(0));
        if self.servers.ids().count() <= 1 {
            return last;
        }
        let rows = self.scenario_rows().unwrap_or_default();
        let is_end = |row: &&crate::model::SocketRow| {
            row.local == its_end && (row.peer == our_end || row.protocol == Protocol::Udp && row.peer.port() == 0)
        };
        let mut owners = rows.iter().filter(is_end).filter_map(|row| match row.owner {
            crate::model::net::Owner::Server(server, _) => Some(server),
            _ => None,
        });
        owners.next_back().unwrap_or(last)
    }

    /// Handles an event of a listening socket. TCP connections stay in the kernel's queue until an
    /// `accept` step takes them.
    pub(super) fn listener_ready(&mut self, id: ListenerId) {
        self.read_datagrams(id);
    }

    /// Reads the datagrams of a UDP listener: those of accepted senders, which came before their own
    /// socket existed, and those of others.
    fn read_datagrams(&mut self, id: ListenerId) {
        let mut buffer = std::mem::take(&mut self.event_loop.read_buffer);
        for n in 0..=MAX_READ_DATAGRAMS {
            let Some(Listener { socket: ListenerSocket::Udp(socket), local, .. }) = self.listeners.get(id.0 as usize)
            else {
                break;
            };
            if n == MAX_READ_DATAGRAMS {
                self.event_loop.read_again(token_of(TokenOwner::Listener(id)));
                break;
            }
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { break };
            let of_sender = |client: &&Client| client.accepted && client.peer == from && client.local == *local;
            let known: Option<ClientId> = self.clients.iter().find(of_sender).map(|client| client.id);
            if let Some(client) = known {
                self.record_received(client, &buffer[..length]);
                self.update_goal(client);
            } else if let Some(listener) = self.listeners.get_mut(id.0 as usize)
                && listener.has_room(length)
            {
                listener.held.push_back((from, buffer[..length].to_vec()));
            }
        }
        self.event_loop.read_buffer = buffer;
    }
}
