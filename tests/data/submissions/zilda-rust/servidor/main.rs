use std::io::{Read, Write};
use std::net::TcpListener;

// eco: le tudo o que chegou e fecha
fn main() {
    let servidor = TcpListener::bind("0.0.0.0:65432").unwrap();
    for conexao in servidor.incoming() {
        let mut conexao = conexao.unwrap();
        let mut texto = [0u8; 2048];
        let n = conexao.read(&mut texto).unwrap();
        conexao.write_all(&texto[..n]).unwrap();
    }
}
