//! One response: its head, and how its body is framed (RFC 9112, 6.3).

use super::HttpFault;

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Framing {
    /// The response has no body: it answers HEAD, or its status forbids one.
    #[default]
    Empty,
    /// The body has this length.
    Length(u64),
    /// The body comes in chunks.
    Chunked,
    /// The body goes on until the end of the stream.
    UntilEnd,
}

/// A final response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The minor version: 1 for HTTP/1.1.
    pub minor: u8,
    /// The status code.
    pub status: u16,
    /// The bytes of the head, with the empty line.
    pub head: Vec<u8>,
    /// The headers as they came, in order.
    pub headers: Vec<(String, String)>,
    /// How the end of the body is found.
    pub framing: Framing,
    /// The content of the body, if bodies are kept.
    pub body: Vec<u8>,
    /// The length of the content so far.
    pub body_bytes: u64,
    /// True if the body is complete.
    pub is_whole: bool,
    /// True if it answers a HEAD request.
    pub answers_head: bool,
    /// True if its first byte came before the head of its request was sent.
    pub is_early: bool,
}

impl Response {
    /// Returns the values of a header, in order. Names are compared in any case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the status line without its line ending.
    #[must_use]
    pub fn status_line(&self) -> &[u8] {
        let line = self.head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Returns true if a line of the head ends with `\n` alone.
    #[must_use]
    pub fn has_bare_newline(&self) -> bool {
        let before = [0].iter().chain(&self.head);
        self.head.iter().zip(before).any(|(byte, before)| *byte == b'\n' && *before != b'\r')
    }

    /// Returns true if it announces that the connection closes after it (RFC 9112, 9.3).
    #[must_use]
    pub fn closes(&self) -> bool {
        let has_option = |option: &str| {
            let words = self.values("connection").flat_map(|list| list.split(','));
            words.map(str::trim).any(|word| word.eq_ignore_ascii_case(option))
        };
        has_option("close") || self.minor == 0 && !has_option("keep-alive") || self.framing == Framing::UntilEnd
    }

    /// Returns how the end of the body is found, or the invalid value of `Content-Length`.
    pub(super) fn framing(&self) -> Result<Framing, String> {
        if self.answers_head || matches!(self.status, 100..200 | 204 | 304) {
            return Ok(Framing::Empty);
        }
        if let Some(codings) = self.values("transfer-encoding").last() {
            let last = codings.rsplit(',').next().unwrap_or_default().trim();
            return Ok(if last.eq_ignore_ascii_case("chunked") { Framing::Chunked } else { Framing::UntilEnd });
        }
        let mut length = None;
        for value in self.values("content-length") {
            // A list of equal values counts as one (RFC 9110, 8.6).
            for one in value.split(',').map(str::trim) {
                let is_number = !one.is_empty() && one.bytes().all(|byte| byte.is_ascii_digit());
                let number = one.parse::<u64>().ok().filter(|_| is_number).ok_or_else(|| value.to_owned())?;
                if length.is_some_and(|length| length != number) {
                    return Err(value.to_owned());
                }
                length = Some(number);
            }
        }
        Ok(length.map_or(Framing::UntilEnd, Framing::Length))
    }
}

/// Reads a head. Returns the response and the length of its head; `None` if more bytes are needed.
pub(super) fn parse_head(bytes: &[u8], max_headers: usize) -> Result<Option<(Response, usize)>, HttpFault> {
    let mut headers = vec![httparse::EMPTY_HEADER; max_headers];
    let mut parsed = httparse::Response::new(&mut headers);
    match parsed.parse(bytes) {
        Ok(httparse::Status::Partial) => Ok(None),
        Ok(httparse::Status::Complete(length)) => {
            let text = |value: &[u8]| String::from_utf8_lossy(value).trim().to_owned();
            let headers = parsed.headers.iter().map(|one| (one.name.to_owned(), text(one.value))).collect();
            let response = Response {
                minor: parsed.version.unwrap_or(1),
                status: parsed.code.unwrap_or(0),
                head: bytes[..length].to_vec(),
                headers,
                ..Response::default()
            };
            Ok(Some((response, length)))
        }
        Err(httparse::Error::Version | httparse::Error::Status) => Err(HttpFault::StatusLine(bytes.to_vec())),
        Err(_) => Err(faulty_line(bytes)),
    }
}

/// Returns the fault of the first line that is not a header.
fn faulty_line(bytes: &[u8]) -> HttpFault {
    let is_header = |line: &[u8]| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        name.len() < line.len() && !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic())
    };
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    if !lines.next().unwrap_or_default().is_ascii() {
        return HttpFault::StatusLine(bytes.to_vec());
    }
    let wrong = lines.clone().find(|line| !line.is_empty() && !is_header(line)).or_else(|| lines.next());
    HttpFault::Header(wrong.unwrap_or(bytes).to_vec())
}
