use std::io::{Read, Write};
use std::net::TcpStream;

fn main() {
    let mut s = TcpStream::connect("127.0.0.1:65432").unwrap();
    s.write_all(b"hello rust").unwrap();
    let mut b = [0; 100];
    let n = s.read(&mut b).unwrap();
    println!("{}", String::from_utf8_lossy(&b[..n]));
}
