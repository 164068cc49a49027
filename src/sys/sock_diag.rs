//! The kernel's socket table, asked over netlink (`sock_diag(7)`): one lookup takes about 3 microseconds, and unlike a
//! connect it changes nothing. It sees the network namespace that it was opened in, and does not know which process
//! holds a socket (see `owners`).

use std::collections::HashSet;
use std::io::IoSliceMut;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendFlags, SocketFlags, SocketType, netlink, recvmsg,
    send, socket_with, sockopt,
};

use super::inet_diag::{self, Batch, Family};
use super::{SysError, doing};
use crate::model::{Protocol, TcpState};

/// The kernel never makes a longer message for a dump (`netlink_dump` in `net/netlink/af_netlink.c`: 32 KiB).
const BUFFER: usize = 64 * 1024;
/// How often a dump is asked for again when the table changed under it.
const ATTEMPTS: u32 = 4;
/// Answers are made while the request is sent, so this only bounds what should not happen.
const PATIENCE: Duration = Duration::from_secs(5);

/// A socket of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Its own address; a v4-mapped IPv6 address is given as IPv4.
    pub local: SocketAddr,
    /// The other end's, all zero where there is none; mapped as `local`.
    pub peer: SocketAddr,
    /// Its state.
    pub state: TcpState,
    /// The inode by which processes hold it; 0 where none does (in the accept queue, in TIME-WAIT, orphaned).
    pub inode: u64,
    /// Bytes not yet read; for a listener: connections not yet accepted.
    pub receive_queue: u32,
    /// Bytes not yet acknowledged (TCP) or not yet sent (UDP); for a listener: its backlog.
    pub send_queue: u32,
    /// Its owner, numbered as in the user namespace in which the table was opened.
    pub uid: u32,
    /// Whether it is an `AF_INET6` socket.
    pub v6: bool,
    /// For an `AF_INET6` socket that listens or is only bound: whether IPv4 does not reach it (`IPV6_V6ONLY`).
    pub v6_only: Option<bool>,
}

/// The socket table of a network namespace.
#[derive(Debug)]
pub struct SocketTable {
    socket: OwnedFd,
    buffer: Box<[u8]>,
    sequence: u32,
}

impl SocketTable {
    /// Opens the table of the namespace that this thread is in. The socket is close-on-exec.
    ///
    /// # Errors
    /// Where the kernel has no `sock_diag` or a seccomp filter refuses netlink.
    pub fn open() -> Result<Self, SysError> {
        let socket =
            socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))
                .map_err(doing("opening a netlink socket", "sock_diag"))?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))
            .map_err(doing("setting the receive timeout", "sock_diag"))?;
        Ok(Self { socket, buffer: vec![0; BUFFER].into_boxed_slice(), sequence: 0 })
    }

    /// The listening TCP socket that would get a connection to `local`, where there is one. An IPv4 address also finds
    /// a dual-stack listener on `[::]`; an unspecified address finds only listeners on every address.
    ///
    /// # Errors
    /// Where the kernel refuses the question.
    pub fn listener(&mut self, local: SocketAddr) -> Result<Option<Row>, SysError> {
        const DOING: &str = "looking up a listener";
        self.sequence = self.sequence.wrapping_add(1);
        let request = inet_diag::exact(self.sequence, Protocol::Tcp, local);
        self.ask(&request).map_err(doing(DOING, local))?;
        loop {
            let batch = self.answer(Protocol::Tcp).map_err(doing(DOING, local))?;
            if let Some((_, row)) = batch.rows.into_iter().next() {
                return Ok((row.state == TcpState::Listen).then_some(row));
            }
            match batch.end.map(Errno::from_raw_os_error) {
                None => {}
                Some(Errno::NOENT) => return Ok(None),
                Some(error) => return Err(doing(DOING, local)(error)),
            }
        }
    }

    /// Every TCP socket in one of these states, of both families. A kernel before 6.8 has no `BoundInactive` rows.
    ///
    /// # Errors
    /// Where the kernel refuses the question.
    pub fn tcp(&mut self, states: &[TcpState]) -> Result<Vec<Row>, SysError> {
        let mask = states.iter().fold(0, |mask, &state| mask | 1 << state as u8);
        self.both_families(Protocol::Tcp, mask).map_err(doing("listing TCP sockets", "sock_diag"))
    }

    /// Every UDP socket that has a port, of both families.
    ///
    /// # Errors
    /// Where the kernel refuses the question.
    pub fn udp(&mut self) -> Result<Vec<Row>, SysError> {
        self.both_families(Protocol::Udp, u32::MAX).map_err(doing("listing UDP sockets", "sock_diag"))
    }

    fn both_families(&mut self, protocol: Protocol, states: u32) -> Result<Vec<Row>, Errno> {
        let mut rows = self.dump(Family::V4, protocol, states)?;
        match self.dump(Family::V6, protocol, states) {
            Ok(more) => rows.extend(more),
            // A kernel without IPv6 has no table for it.
            Err(Errno::NOENT | Errno::AFNOSUPPORT) => {}
            Err(error) => return Err(error),
        }
        Ok(rows)
    }

    fn dump(&mut self, family: Family, protocol: Protocol, states: u32) -> Result<Vec<Row>, Errno> {
        let mut attempt = 1;
        loop {
            let (rows, whole) = self.dump_once(family, protocol, states)?;
            // A table that never holds still is told as it was last seen.
            if whole || attempt == ATTEMPTS {
                return Ok(rows);
            }
            attempt += 1;
        }
    }

    /// The rows, and whether the table held still while it was read.
    fn dump_once(&mut self, family: Family, protocol: Protocol, states: u32) -> Result<(Vec<Row>, bool), Errno> {
        self.sequence = self.sequence.wrapping_add(1);
        let request = inet_diag::dump(self.sequence, family, protocol, states);
        self.ask(&request)?;
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        let mut interrupted = false;
        loop {
            let batch = self.answer(protocol)?;
            interrupted |= batch.interrupted;
            // While sockets come and go the kernel may tell of one twice.
            rows.extend(batch.rows.into_iter().filter_map(|(cookie, row)| seen.insert(cookie).then_some(row)));
            match batch.end {
                None => {}
                Some(0) => return Ok((rows, !interrupted)),
                Some(error) => return Err(Errno::from_raw_os_error(error)),
            }
        }
    }

    fn ask(&self, request: &[u8]) -> Result<(), Errno> {
        rustix::io::retry_on_intr(|| send(&self.socket, request, SendFlags::empty())).map(|_| ())
    }

    fn answer(&mut self, protocol: Protocol) -> Result<Batch, Errno> {
        let message = rustix::io::retry_on_intr(|| {
            recvmsg(
                &self.socket,
                &mut [IoSliceMut::new(&mut self.buffer)],
                &mut RecvAncillaryBuffer::default(),
                RecvFlags::empty(),
            )
        })?;
        if message.flags.contains(ReturnFlags::TRUNC) {
            return Err(Errno::MSGSIZE);
        }
        let bytes = &self.buffer[..message.bytes];
        Ok(inet_diag::parse(bytes, self.sequence, protocol))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn inode(socket: &impl std::os::fd::AsRawFd) -> u64 {
        std::fs::metadata(format!("/proc/self/fd/{}", socket.as_raw_fd())).expect("an open descriptor").ino()
    }

    #[test]
    fn a_listener_its_queue_and_its_connections() {
        let mut table = SocketTable::open().expect("sock_diag");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let local = listener.local_addr().expect("bound");
        let client = TcpStream::connect(local).expect("listening");
        let row = table.listener(local).expect("an answer").expect("a row");
        assert_eq!((row.local, row.state), (local, TcpState::Listen));
        assert_eq!((row.inode, row.receive_queue), (inode(&listener), 1));

        let rows = table.tcp(&[TcpState::Established]).expect("rows");
        let of = |address| rows.iter().find(|row| row.local == address).expect("a row");
        assert_eq!(of(local).inode, 0, "not accepted yet");
        assert_eq!(of(client.local_addr().expect("bound")).inode, inode(&client));

        // Closing would not do: until it executes its program, a child that another test forks meanwhile has it open as well.
        rustix::net::shutdown(&listener, rustix::net::Shutdown::Both).expect("it stops listening");
        assert_eq!(table.listener(local).expect("an answer"), None);
    }

    #[test]
    fn an_ipv4_question_finds_a_dual_stack_listener_but_not_another_address() {
        let mut table = SocketTable::open().expect("sock_diag");
        let dual = TcpListener::bind("[::]:0").expect("a port");
        let port = dual.local_addr().expect("bound").port();
        let asked = SocketAddr::from(([127, 0, 0, 1], port));
        let row = table.listener(asked).expect("an answer").expect("a row");
        assert_eq!((row.v6, row.v6_only), (true, Some(false)));

        let client = TcpStream::connect(asked).expect("listening");
        let rows = table.tcp(&[TcpState::Established]).expect("rows");
        let served = rows.iter().find(|row| row.local == asked && row.v6);
        let peer = client.local_addr().expect("bound");
        assert_eq!(served.map(|row| row.peer), Some(peer), "told as IPv4");

        let other = TcpListener::bind("127.0.0.2:0").expect("a port");
        let port = other.local_addr().expect("bound").port();
        let asked = SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(table.listener(asked).expect("an answer"), None);
    }

    #[test]
    fn udp_sockets_are_listed_with_their_state() {
        let mut table = SocketTable::open().expect("sock_diag");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let rows = table.udp().expect("rows");
        let row = rows.iter().find(|row| row.inode == inode(&socket));
        assert_eq!(row.map(|row| row.state), Some(TcpState::Close));
    }

    #[test]
    fn a_dump_of_many_parts_is_whole() {
        let mut table = SocketTable::open().expect("sock_diag");
        let listeners: Vec<_> = (0..600).map(|_| TcpListener::bind("127.0.0.3:0").expect("a port")).collect();
        let wanted: HashSet<u64> = listeners.iter().map(inode).collect();
        let rows = table.tcp(&[TcpState::Listen]).expect("rows");
        let found: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        assert!(wanted.is_subset(&found));
    }
}
