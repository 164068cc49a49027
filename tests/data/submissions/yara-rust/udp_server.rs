use std::net::UdpSocket;

fn main() {
    let socket = UdpSocket::bind("127.0.0.1:65431").expect("bind");
    let mut buf = [0; 1024];
    loop {
        let (n, from) = socket.recv_from(&mut buf).unwrap();
        let upper = buf.to_ascii_uppercase();
        println!("{from} wrote {n} bytes");
        socket.send_to(&upper, from).unwrap();
    }
}
