//! The `files` client: gets a file from the `file-server`, or puts one there.
//!
//! A file is stored under its name only if all of it has come. Every error ends the program with an
//! exit code other than 0.
#![expect(clippy::print_stdout, reason = "a program of the lab: what it prints is what the student watches")]

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Connects to the server, and gets or puts one file of the working directory.
pub(super) fn run(host: &str, port: u16, command: &str, name: &str) -> io::Result<()> {
    let stream = TcpStream::connect((host, port))
        .map_err(|error| io::Error::new(error.kind(), format!("cannot connect to {host}:{port}: {error}")))?;
    match command {
        "put" => put(&stream, name),
        _ => get(&stream, name),
    }
}

/// Asks for a file and stores it.
fn get(stream: &TcpStream, name: &str) -> io::Result<()> {
    let mut output = stream;
    output.write_all(format!("GET {name}\n").as_bytes())?;
    // What a read returns may contain the end of the line and the first bytes of the file, so both are
    // read from the same buffer.
    let mut input = BufReader::new(stream);
    let size = read_answer(&mut input)?;
    let part = format!("{name}.part");
    let stored = File::create(&part).and_then(|mut file| io::copy(&mut input.take(size), &mut file));
    if !matches!(stored, Ok(count) if count == size) {
        // It may never have been created.
        let _ = fs::remove_file(&part);
        return stored.and_then(|count| Err(io::Error::other(format!("only {count} of {size} bytes came"))));
    }
    fs::rename(&part, name)?;
    println!("{name}: {size} bytes received");
    Ok(())
}

/// Sends a file, and waits until the server has confirmed all of it.
fn put(stream: &TcpStream, name: &str) -> io::Result<()> {
    let file = File::open(name)?;
    let size = file.metadata()?.len();
    let mut output = stream;
    output.write_all(format!("PUT {name} {size}\n").as_bytes())?;
    io::copy(&mut file.take(size), &mut output)?;
    let stored = read_answer(&mut BufReader::new(stream))?;
    if stored != size {
        return Err(io::Error::other(format!("the server stored {stored} of {size} bytes")));
    }
    println!("{name}: {size} bytes sent");
    Ok(())
}

/// Reads the line `OK size`. Any other one is an error.
fn read_answer(input: &mut impl BufRead) -> io::Result<u64> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let size = line.trim_end().strip_prefix("OK ").and_then(|size| size.parse().ok());
    size.ok_or_else(|| io::Error::other(format!("the server answered: {}", line.trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_is_a_size_or_an_error() {
        assert!(matches!(read_answer(&mut &b"OK 12\nabc"[..]), Ok(12)));
        for answer in ["ERROR no such file\n", "OK\n", "OK x\n", "12\n", ""] {
            assert!(read_answer(&mut answer.as_bytes()).is_err(), "{answer:?}");
        }
    }
}
