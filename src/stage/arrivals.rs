//! What comes to clients: connections that come to be, bytes, ends, and datagrams from elsewhere. Every read is bounded.

use std::io::{self, Read};

use mio::Token;

use super::client::{Client, ENOUGH, Wire};
use super::{TURN, World};
use crate::model::{Bytes, Ending, EventKind, Protocol};

impl World {
    /// A client's socket has something to say.
    pub(super) fn client_ready(&mut self, k: usize, token: Token, writable: bool) {
        if !self.clients[k].connected && self.clients[k].protocol == Protocol::Tcp && !self.finish_connect(k, writable)
        {
            return;
        }
        if writable {
            self.clients[k].push();
        }
        self.read_client(k, token);
        self.look_at_want(k);
    }

    /// Whether the connection is there now.
    pub(super) fn finish_connect(&mut self, k: usize, writable: bool) -> bool {
        let client = &mut self.clients[k];
        let Wire::Tcp(stream) = &client.wire else { return false };
        match stream.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                self.connect_failed(k, ending(&error));
                return false;
            }
        }
        let (Ok(local), Ok(peer)) = (stream.local_addr(), stream.peer_addr()) else {
            return false;
        };
        if !writable {
            return false;
        }
        // A socket can meet itself where nobody listens (RFC 9293, simultaneous open): that is no server.
        if local == peer {
            self.connect_failed(k, Ending::Refused);
            return false;
        }
        client.connected = true;
        (client.local, client.peer) = (local, peer);
        let (id, server, protocol) = (client.id, client.server, client.protocol);
        self.recorder.record(EventKind::Connected { client: id, server, protocol, local, peer });
        self.look_at_want(k);
        true
    }

    pub(super) fn connect_failed(&mut self, k: usize, ending: Ending) {
        let client = &mut self.clients[k];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            client.wire = Wire::None;
            let (id, server) = (client.id, client.server);
            self.recorder.record(EventKind::ConnectFailed { client: id, server, ending });
            self.look_at_want(k);
        }
    }

    /// Reads what is there, at most a turn's worth.
    fn read_client(&mut self, k: usize, token: Token) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut read = 0;
        loop {
            let client = &mut self.clients[k];
            if client.is_unread
                || client.dropped >= ENOUGH
                || client.ended.is_some() && client.protocol == Protocol::Tcp
            {
                break;
            }
            if read >= TURN {
                self.again.push(token);
                break;
            }
            let came = match &mut client.wire {
                Wire::Tcp(stream) => stream.read(&mut buffer),
                Wire::Udp(socket, _) => socket.recv(&mut buffer),
                Wire::None => break,
            };
            match came {
                Ok(0) if client.protocol == Protocol::Tcp => {
                    self.ended(k, Ending::End);
                    break;
                }
                Ok(n) => {
                    read += n.max(1);
                    self.came(k, &buffer[..n]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    self.ended(k, ending(&error));
                    if self.clients[k].protocol == Protocol::Tcp {
                        break;
                    }
                }
            }
        }
        self.buffer = buffer;
    }

    fn came(&mut self, k: usize, bytes: &[u8]) {
        let client = &mut self.clients[k];
        let keep = client.count(bytes);
        let id = client.id;
        match client.protocol {
            Protocol::Tcp if keep > 0 => self.recorder.stream_bytes(id, &bytes[..keep]),
            Protocol::Udp if keep == bytes.len() => {
                self.recorder.record(EventKind::Received { client: id, bytes: Bytes(bytes.to_vec()) });
            }
            _ => {}
        }
    }

    pub(super) fn ended(&mut self, k: usize, ending: Ending) {
        let client = &mut self.clients[k];
        if client.ended.is_none() {
            client.ended = Some(ending.clone());
            let id = client.id;
            self.recorder.record(EventKind::Ended { client: id, ending });
        }
    }

    /// Something came to a client's port from where the client sent nothing to.
    pub(super) fn stray(&mut self, k: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        // More than a few tell nothing new; the rest stays in the kernel, which bounds it.
        for _ in 0..16 {
            let Some(Client { id, wire: Wire::Udp(_, Some(catcher)), .. }) = self.clients.get(k) else { break };
            let Ok((n, from)) = catcher.recv_from(&mut buffer) else { break };
            let (id, bytes) = (*id, Bytes(buffer[..n].to_vec()));
            self.recorder.record(EventKind::Stray { client: id, from, bytes });
            // It is an answer all the same, as far as waiting goes: where it came from is another question.
            self.clients[k].answered += u64::from(n > 0);
            self.look_at_want(k);
        }
        self.buffer = buffer;
    }

    /// Writes down how many bytes were counted and dropped.
    pub(super) fn record_overflows(&mut self) {
        for client in &self.clients {
            if client.dropped > 0 {
                self.recorder.record(EventKind::Overflowed { client: client.id, bytes: client.dropped });
            }
        }
    }
}

/// How a socket's error ends a stream.
pub(super) fn ending(error: &io::Error) -> Ending {
    match error.raw_os_error() {
        Some(libc::ECONNRESET | libc::EPIPE) => Ending::Reset,
        Some(libc::ECONNREFUSED) => Ending::Refused,
        Some(libc::ETIMEDOUT) => Ending::Deadline,
        _ => Ending::Other(error.to_string()),
    }
}
