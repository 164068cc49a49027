//! The `file-transfer` lab's server: gives and takes the files of the folder `files`, one thread per
//! client.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

/// The folder of the files, in the working directory.
const FOLDER: &str = "files";

/// The longest request line that is accepted, in bytes.
const MAX_LINE_BYTES: u64 = 1000;

/// Serves clients until accepting fails.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((host, port))?;
    println!("Serving {FOLDER} on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that resets its connection is of no concern to the others.
            if let Err(error) = serve(&stream, Path::new(FOLDER)) {
                println!("connection ended: {error}");
            }
        });
    }
    Ok(())
}

/// Answers the requests of one client, one after another, until it closes the connection.
fn serve(stream: &TcpStream, folder: &Path) -> io::Result<()> {
    // All reads go through this buffer: it may hold the beginning of the data, or the next request.
    let mut input = BufReader::new(stream);
    let mut output = stream;
    while let Some(line) = read_line(&mut input)? {
        println!("{line}");
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["GET", name] => give(&mut output, folder, name)?,
            ["PUT", name, size] => match size.parse() {
                Ok(size) => take(&mut input, &mut output, folder, name, size)?,
                // Without the size, nobody knows where the next request begins.
                Err(_) => return output.write_all(b"ERROR the size is not a number\n"),
            },
            _ => output.write_all(b"ERROR unknown request\n")?,
        }
    }
    Ok(())
}

/// Reads a line, in however many pieces it comes. Returns `None` if the client has closed.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    input.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned()))
}

/// Returns the path of a file. Only a plain name is one: no folder, so that nothing outside is reached.
fn path_of(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = !name.contains(['/', '\0']) && !name.is_empty() && !name.starts_with('.');
    is_plain.then(|| folder.join(name))
}

/// Answers GET: the size of the file, and its bytes.
fn give(output: &mut impl Write, folder: &Path, name: &str) -> io::Result<()> {
    let opened = path_of(folder, name).and_then(|path| File::open(path).ok());
    let Some(file) = opened.filter(|file| file.metadata().is_ok_and(|known| known.is_file())) else {
        return output.write_all(b"ERROR no such file\n");
    };
    let size = file.metadata()?.len();
    // The line and the beginning of the file leave in one segment.
    let mut output = BufWriter::new(output);
    writeln!(output, "OK {size}")?;
    // Exactly as many bytes as announced, even if the file grows meanwhile.
    io::copy(&mut file.take(size), &mut output)?;
    output.flush()
}

/// Answers PUT: reads exactly `size` bytes, and stores them once all have come.
fn take(input: &mut impl Read, output: &mut impl Write, folder: &Path, name: &str, size: u64) -> io::Result<()> {
    let mut data = input.take(size);
    let Some(path) = path_of(folder, name) else {
        // The bytes come nevertheless, and the next request is after them.
        io::copy(&mut data, &mut io::sink())?;
        return output.write_all(b"ERROR not a name of a file\n");
    };
    // A name that no request can have: an upload that breaks off leaves the old file as it was.
    let part = folder.join(format!(".{name}.{:?}.part", thread::current().id()));
    let stored = File::create(&part).and_then(|mut file| io::copy(&mut data, &mut file));
    if !matches!(stored, Ok(count) if count == size) {
        // It may never have been created.
        let _ = fs::remove_file(&part);
        return stored.and(Err(io::Error::other("the client has closed before its file had come")));
    }
    fs::rename(&part, &path)?;
    output.write_all(format!("OK {size}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_files() {
        let path = |name| path_of(Path::new("files"), name);
        assert_eq!(path("a.txt"), Some("files/a.txt".into()));
        for name in ["", "../a", "/etc/passwd", "a/b", "..", ".a.part", "a\0b"] {
            assert_eq!(path(name), None, "{name:?}");
        }
    }

    #[test]
    fn line_may_come_in_pieces() -> io::Result<()> {
        let mut input = BufReader::new((&b"GET"[..]).chain(&b" a\r\nGET b"[..]));
        assert_eq!(read_line(&mut input)?, Some("GET a".to_owned()));
        assert_eq!(read_line(&mut input)?, None, "no end of the line came");
        Ok(())
    }
}
