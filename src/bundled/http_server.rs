//! The `http-server` lab's server: the files of the folder `www` over HTTP/1.1, one thread per
//! client.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;

/// The folder whose files are served, in the working directory.
const FOLDER: &str = "www";

/// The longest head of a request that is accepted, in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// A request of a client.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    method: String,
    target: String,
    /// True if the client wants the connection to close after the response.
    closes: bool,
}

/// The answer to a request.
#[derive(Debug, PartialEq, Eq)]
struct Response {
    status: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
}

/// Serves clients until accepting fails.
pub(super) fn run(host: &str, port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((host, port))?;
    println!("Serving {FOLDER} on http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that resets its connection is of no concern to the others.
            if let Err(error) = serve(stream, Path::new(FOLDER)) {
                println!("connection ended: {error}");
            }
        });
    }
    Ok(())
}

/// Answers the requests of one client, one after another on the same connection.
fn serve(mut stream: TcpStream, folder: &Path) -> io::Result<()> {
    let mut received = Vec::new();
    while let Some(head) = read_head(&mut stream, &mut received)? {
        let Some(request) = parse(&head) else {
            let response = Response { status: "400 Bad Request", ..text("not a request\n") };
            return stream.write_all(&bytes_of(&response, true, true));
        };
        let response = answer(&request, folder);
        // The body of another method is not read, so the next request could not be found after it.
        let closes = request.closes || !is_supported(&request.method);
        stream.write_all(&bytes_of(&response, request.method != "HEAD", closes))?;
        println!("{} {}: {}", request.method, request.target, response.status);
        if closes {
            break;
        }
    }
    Ok(())
}

/// Reads until the empty line after the headers, however many pieces that takes. Bytes after it
/// stay in `received`: they begin the next request. Returns `None` if the client has closed.
fn read_head(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<String>> {
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = received.drain(..end + 4).collect::<Vec<u8>>();
            return Ok(Some(String::from_utf8_lossy(&head).into_owned()));
        }
        let count = stream.read(&mut buffer)?;
        if count == 0 || received.len() > MAX_HEAD_BYTES {
            return Ok(None);
        }
        received.extend_from_slice(&buffer[..count]);
    }
}

/// Parses the request line and the header `Connection`.
fn parse(head: &str) -> Option<Request> {
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let connection = headers.find(|(name, _)| name.eq_ignore_ascii_case("connection"));
    let asked = connection.is_some_and(|(_, value)| value.trim().eq_ignore_ascii_case("close"));
    let closes = asked || version == "HTTP/1.0";
    Some(Request { method: method.to_owned(), target: target.to_owned(), closes })
}

fn is_supported(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// Finds the file and makes the response.
fn answer(request: &Request, folder: &Path) -> Response {
    if !is_supported(&request.method) {
        return Response { status: "405 Method Not Allowed", ..text("only GET and HEAD\n") };
    }
    let file = path_of(&request.target).map(|path| folder.join(path));
    match file.filter(|file| is_inside(file, folder)).and_then(|file| Some((fs::read(&file).ok()?, file))) {
        Some((body, file)) => Response { status: "200 OK", media_type: media_type(&file), body },
        None => Response { status: "404 Not Found", ..text("no such file\n") },
    }
}

/// Returns a response with a line of text.
fn text(line: &str) -> Response {
    Response { status: "200 OK", media_type: "text/plain; charset=utf-8", body: line.as_bytes().to_vec() }
}

/// Converts the target of a request to a relative path. Returns `None` if it leads out of the
/// folder: it is decoded first, so that an encoded `..` is seen.
fn path_of(target: &str) -> Option<PathBuf> {
    let target = target.split('?').next()?;
    let decoded = decode(target)?;
    let path = PathBuf::from(decoded.trim_start_matches('/'));
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| if decoded.ends_with('/') { path.join("index.html") } else { path })
}

/// Returns true if a file is in the folder, even if it is a link.
fn is_inside(file: &Path, folder: &Path) -> bool {
    let real = file.canonicalize().and_then(|file| Ok((file, folder.canonicalize()?)));
    real.is_ok_and(|(file, folder)| file.starts_with(folder) && file.is_file())
}

/// Replaces `%` and two hexadecimal digits by the byte that they stand for.
fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

/// Returns the media type for the extension of a file.
fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// Returns the bytes of a response. The answer to HEAD has the headers of the one to GET, but no
/// body.
fn bytes_of(response: &Response, with_body: bool, closes: bool) -> Vec<u8> {
    let Response { status, media_type, body } = response;
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n", body.len());
    if status.starts_with("405") {
        head.push_str("Allow: GET, HEAD\r\n");
    }
    if closes {
        head.push_str("Connection: close\r\n");
    }
    head.push_str("\r\n");
    let body = if with_body { &body[..] } else { &[] };
    [head.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_stays_in_the_folder() {
        assert_eq!(path_of("/"), Some("index.html".into()));
        assert_eq!(path_of("/um%20dia.txt?x=1"), Some("um dia.txt".into()));
        assert_eq!(path_of("//etc/passwd"), Some("etc/passwd".into()));
        for target in ["/../a", "/%2e%2e/a", "/..%2fa", "/a/../../b", "/%zz", "/%2"] {
            assert_eq!(path_of(target), None, "{target}");
        }
    }

    #[test]
    fn connection_closes_if_the_client_asks_for_it() {
        let closes = |head: &str| parse(head).map(|request| request.closes);
        assert_eq!(closes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Some(false));
        assert_eq!(closes("GET / HTTP/1.1\r\nconnection: Close\r\n\r\n"), Some(true));
        assert_eq!(closes("GET / HTTP/1.0\r\n\r\n"), Some(true));
        assert_eq!(closes("GET /\r\n\r\n"), None);
    }

    #[test]
    fn response_to_head_has_the_length_of_the_body() {
        let head = bytes_of(&text("abc"), false, true);
        let head = String::from_utf8(head).unwrap_or_default();
        assert!(head.contains("Content-Length: 3\r\n") && head.ends_with("Connection: close\r\n\r\n"));
        assert!(bytes_of(&text("abc"), true, false).ends_with(b"\r\n\r\nabc"));
    }
}
