//! Handles arrivals at clients: established connections, bytes, ends of streams and stray
//! datagrams. Every read is bounded.

use std::io::{self, Read};

use mio::Token;

use crate::engine::Engine;
use crate::engine::client::{Client, ClientSocket, MAX_DROPPED_BYTES};
use crate::engine::event_loop::MAX_READ_PER_POLL;
use crate::model::{Bytes, ClientId, EventKind, Protocol, StreamEnd};

impl Engine {
    /// Handles an event of a client's socket.
    pub(in crate::engine) fn client_ready(&mut self, id: ClientId, token: Token, writable: bool) {
        if !self.clients[id].connected
            && self.clients[id].protocol == Protocol::Tcp
            && !self.finish_connect(id, writable)
        {
            return;
        }
        if writable {
            self.clients[id].flush_outgoing();
        }
        self.read_client(id, token);
        self.update_goal(id);
    }

    /// Finishes a connect. Returns true if the connection is established now.
    pub(in crate::engine) fn finish_connect(&mut self, id: ClientId, writable: bool) -> bool {
        let client = &mut self.clients[id];
        let ClientSocket::Tcp(stream) = &client.socket else { return false };
        match stream.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                self.connect_failed(id, stream_end(&error));
                return false;
            }
        }
        let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else {
            return false;
        };
        if !writable {
            return false;
        }
        // Without a listener, a socket can connect to itself (RFC 9293, simultaneous open). That is
        // not a server.
        if local == peer {
            self.connect_failed(id, StreamEnd::Refused);
            return false;
        }
        client.connected = true;
        (client.local, client.peer) = (local, peer);
        let (server, protocol) = (client.server, client.protocol);
        self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        self.update_goal(id);
        true
    }

    pub(in crate::engine) fn connect_failed(&mut self, id: ClientId, ending: StreamEnd) {
        let client = &mut self.clients[id];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            client.socket = ClientSocket::None;
            let server = client.server;
            self.recorder.record(EventKind::ConnectFailed { client: id, server, ending });
            self.update_goal(id);
        }
    }

    /// Reads the available data, at most [`MAX_READ_PER_POLL`] bytes.
    fn read_client(&mut self, id: ClientId, token: Token) {
        let mut buffer = std::mem::take(&mut self.event_loop.read_buffer);
        let mut read = 0;
        loop {
            let client = &mut self.clients[id];
            if client.never_reads
                || client.dropped >= MAX_DROPPED_BYTES
                || client.ended.is_some() && client.protocol == Protocol::Tcp
            {
                break;
            }
            if read >= MAX_READ_PER_POLL {
                self.event_loop.read_again(token);
                break;
            }
            let came = match &mut client.socket {
                ClientSocket::Tcp(stream) => stream.read(&mut buffer),
                ClientSocket::Udp(socket, _) => socket.recv(&mut buffer),
                ClientSocket::None => break,
            };
            match came {
                Ok(0) if client.protocol == Protocol::Tcp => {
                    self.record_end(id, StreamEnd::End);
                    break;
                }
                Ok(n) => {
                    read += n.max(1);
                    self.record_received(id, &buffer[..n]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    self.record_end(id, stream_end(&error));
                    if self.clients[id].protocol == Protocol::Tcp {
                        break;
                    }
                }
            }
        }
        self.event_loop.read_buffer = buffer;
    }

    pub(in crate::engine) fn record_received(&mut self, id: ClientId, bytes: &[u8]) {
        self.clients.extend_answer_time(id, bytes);
        let client = &mut self.clients[id];
        let keep = client.count_received(bytes);
        match client.protocol {
            Protocol::Tcp if keep > 0 => self.recorder.stream_bytes(id, &bytes[..keep]),
            Protocol::Udp if keep == bytes.len() => {
                self.recorder.record(EventKind::Received { client: id, bytes: Bytes(bytes.to_vec()) });
            }
            _ => {}
        }
    }

    pub(in crate::engine) fn record_end(&mut self, id: ClientId, ending: StreamEnd) {
        let client = &mut self.clients[id];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            client.end_responses(&ending);
            self.recorder.record(EventKind::Ended { client: id, ending });
        }
    }

    /// Records datagrams that came to a client's port from an address that it did not send to.
    pub(in crate::engine) fn stray(&mut self, id: ClientId) {
        let mut buffer = std::mem::take(&mut self.event_loop.read_buffer);
        // More than 16 add no information. The rest stays in the kernel, which bounds it.
        for _ in 0..16 {
            let Some(Client { socket: ClientSocket::Udp(_, Some(catcher)), .. }) = self.clients.get(id) else {
                break;
            };
            let Ok((n, from)) = catcher.recv_from(&mut buffer) else { break };
            let bytes = Bytes(buffer[..n].to_vec());
            self.clients.extend_answer_time(id, &bytes.0);
            self.recorder.record(EventKind::Stray { client: id, from, bytes });
            // For waiting it counts as an answer: its origin is judged elsewhere.
            self.clients[id].answered += u64::from(n > 0);
            self.update_goal(id);
        }
        self.event_loop.read_buffer = buffer;
    }

    /// Records how many bytes were counted and dropped.
    pub(in crate::engine) fn record_overflows(&mut self) {
        for client in self.clients.iter() {
            if client.dropped > 0 {
                self.recorder.record(EventKind::Overflowed { client: client.id, bytes: client.dropped });
            }
        }
    }
}

/// Maps a socket error to the end of a stream.
pub(in crate::engine) fn stream_end(error: &io::Error) -> StreamEnd {
    match error.raw_os_error() {
        Some(libc::ECONNRESET | libc::EPIPE) => StreamEnd::Reset,
        Some(libc::ECONNREFUSED) => StreamEnd::Refused,
        Some(libc::ETIMEDOUT) => StreamEnd::Deadline,
        _ => StreamEnd::Other(error.into()),
    }
}
