//! Tests of a client that depend on no engine.

use super::*;

#[test]
fn reset_client_is_over_but_closed_client_still_reads() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("bind a listener");
    let peer = listener.local_addr().expect("listener address");
    let mut client =
        Client::connect(ClientId(1), ServerId(0), Protocol::Tcp, peer, None, true).expect("start to connect");
    client.closed = true;
    assert!(!client.ended_or_reset(), "a closed client reads to the end");
    client.socket = ClientSocket::None;
    assert!(client.ended_or_reset(), "a reset ends the stream at once");
    client.ended = Some(StreamEnd::End);
    assert!(client.ended_or_reset());
}
