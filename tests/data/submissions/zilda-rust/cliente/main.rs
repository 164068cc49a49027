use std::io::{Read, Write};
fn main() {
    let mut c = std::net::TcpStream::connect(("127.0.0.1", 65432)).unwrap();
    c.write_all("olá".as_bytes()).unwrap();
    let mut r = String::new();
    c.read_to_string(&mut r).unwrap();
    println!("{r}");
}
