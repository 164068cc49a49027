//! Opens the sockets of clients: a TCP connect without blocking, or a connected UDP socket with its
//! catcher of stray datagrams.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use mio::net::{TcpStream, UdpSocket};
use socket2::{Domain, Socket, Type};

use super::{ClientSocket, unspecified};

/// The largest segment of a client that never reads: every host accepts it (RFC 9293, 3.7.1).
const SMALL_SEGMENT: u32 = 536;

pub(super) fn begin_tcp(peer: SocketAddr, reads: bool) -> io::Result<(ClientSocket, SocketAddr)> {
    let socket = Socket::new(Domain::for_address(peer), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if !reads {
        // A small segment size that is set before the connect makes the peer's send buffer small
        // too. It holds a number of the largest segments (`tcp_sndbuf_expand` in
        // net/ipv4/tcp_input.c), and those of loopback have 64 KB.
        socket.set_recv_buffer_size(1)?;
        socket.set_tcp_mss(SMALL_SEGMENT)?;
    }
    match socket.connect(&peer.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => return Err(error),
    }
    let local = socket.local_addr()?.as_socket().unwrap_or(unspecified());
    Ok((ClientSocket::Tcp(TcpStream::from_std(socket.into())), local))
}

/// Opens two sockets on one port. The kernel prefers the connected one for datagrams from the
/// server's address. The other gets datagrams from elsewhere (`udp4_lib_lookup2` in net/ipv4/udp.c
/// scores them so).
pub(super) fn begin_udp(peer: SocketAddr, source: Option<IpAddr>) -> io::Result<(ClientSocket, SocketAddr)> {
    let any = SocketAddr::new(source.unwrap_or(source_for(peer)), 0);
    let socket = Socket::new(Domain::for_address(peer), Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    // Bound before the port is shared: otherwise the kernel could choose another client's port.
    socket.bind(&any.into())?;
    socket.connect(&peer.into())?;
    let local = socket.local_addr()?.as_socket().unwrap_or(unspecified());
    socket.set_reuse_address(true)?;
    let catcher = Socket::new(Domain::for_address(peer), Type::DGRAM, None)?;
    catcher.set_nonblocking(true)?;
    catcher.set_reuse_address(true)?;
    let catcher = catcher.bind(&local.into()).ok().map(|()| UdpSocket::from_std(catcher.into()));
    Ok((ClientSocket::Udp(UdpSocket::from_std(socket.into()), catcher), local))
}

/// Returns the source address: loopback if the peer is at loopback, otherwise unspecified, which
/// leaves the choice to the kernel.
fn source_for(peer: SocketAddr) -> IpAddr {
    match peer {
        SocketAddr::V4(v4) if v4.ip().is_loopback() => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(v6) if v6.ip().is_loopback() => std::net::Ipv6Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    }
}
