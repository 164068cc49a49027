//! HTTP/1 on one connection: the requests of a client, and the responses that answer them (RFC 9110,
//! RFC 9112). Frames the responses in any pieces, within limits; does not judge them.

mod body;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use request::Request;
pub use response::{Framing, Response};

use body::{BodyEnd, BodyReader};
use request::RequestScanner;

/// Maximum length of the head of a response, in bytes.
pub const MAX_HEAD_BYTES: usize = 64 << 10;
/// Maximum number of header lines of a response.
const MAX_HEADERS: usize = 128;
/// Bytes kept of the data that belongs to no response.
const MAX_SURPLUS_BYTES: usize = 4 << 10;
/// The beginning of every response.
const VERSION_PREFIX: &[u8] = b"HTTP/1.";

/// Why a stream cannot be divided into responses from a certain byte on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpFault {
    /// A response does not begin with a status line. Contains its first bytes.
    StatusLine(Vec<u8>),
    /// A line of the head is not a header, or there are too many.
    Header(Vec<u8>),
    /// The head is longer than [`MAX_HEAD_BYTES`].
    HeadTooLong,
    /// The value of `Content-Length` is not a number, or there are several that differ.
    Length(String),
    /// A chunk of a chunked body is malformed.
    Chunk,
}

/// The requests and responses of one connection, in the order in which their bytes were sent and
/// received.
#[derive(Debug, Default)]
pub struct HttpExchange {
    requests: RequestScanner,
    responses: Vec<Response>,
    /// The received bytes of the current head.
    head: Vec<u8>,
    /// True if the first byte of that head came before the head of its request was sent.
    head_is_early: bool,
    body: Option<BodyReader>,
    fault: Option<HttpFault>,
    surplus: Vec<u8>,
    surplus_bytes: u64,
    /// The number of whole responses when the first surplus byte came.
    surplus_after: usize,
    /// True if the contents of bodies are kept.
    keeps_bodies: bool,
    ended: bool,
}

impl HttpExchange {
    /// Creates an exchange that keeps the contents of bodies.
    #[must_use]
    pub fn with_bodies() -> Self {
        Self { keeps_bodies: true, ..Self::default() }
    }

    /// Adds bytes that the client sent.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.requests.push(bytes);
    }

    /// Adds bytes that the client received.
    pub fn received(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.fault.is_none() {
            let used = if self.body.is_some() {
                self.read_body(bytes)
            } else if self.whole_responses() >= self.requests.all().len() && self.head.is_empty() {
                self.add_surplus(bytes);
                bytes.len()
            } else {
                self.add_head(bytes)
            };
            bytes = &bytes[used.min(bytes.len())..];
        }
    }

    /// Records the end of the stream. `is_orderly` is false for a reset.
    pub fn end(&mut self, is_orderly: bool) {
        self.ended = true;
        if self.body.as_ref().is_some_and(BodyReader::is_until_end) && is_orderly {
            self.finish_body();
        }
        if !self.head.is_empty() && self.fault.is_none() && !self.head.starts_with(VERSION_PREFIX) {
            self.fault = Some(HttpFault::StatusLine(std::mem::take(&mut self.head)));
        }
    }

    /// Returns the requests that the client began to send.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        self.requests.all()
    }

    /// Returns the final responses, in order. The last one may be incomplete.
    #[must_use]
    pub fn responses(&self) -> &[Response] {
        &self.responses
    }

    /// Returns the number of whole responses.
    #[must_use]
    pub fn whole_responses(&self) -> usize {
        self.responses.len() - usize::from(self.body.is_some())
    }

    /// Returns the bytes of a head that is not complete.
    #[must_use]
    pub fn partial_head(&self) -> &[u8] {
        &self.head
    }

    /// Returns why the stream cannot be divided into responses.
    #[must_use]
    pub const fn fault(&self) -> Option<&HttpFault> {
        self.fault.as_ref()
    }

    /// Returns the bytes that belong to no response: the number of whole responses before them, the
    /// first of them, and how many there are.
    #[must_use]
    pub fn surplus(&self) -> Option<(usize, &[u8], u64)> {
        (self.surplus_bytes > 0).then_some((self.surplus_after, &self.surplus[..], self.surplus_bytes))
    }

    fn add_surplus(&mut self, bytes: &[u8]) {
        if self.surplus_bytes == 0 {
            self.surplus_after = self.whole_responses();
        }
        // Only what follows the same response is kept together.
        if self.surplus_after == self.whole_responses() {
            let room = MAX_SURPLUS_BYTES - self.surplus.len();
            self.surplus.extend_from_slice(&bytes[..room.min(bytes.len())]);
        }
        self.surplus_bytes += bytes.len() as u64;
    }

    /// Adds bytes to the body. Returns how many of them belong to it.
    fn read_body(&mut self, bytes: &[u8]) -> usize {
        let Some(body) = &mut self.body else { return 0 };
        let (used, end) = body.push(bytes);
        let content = body.take();
        if let Some(response) = self.responses.last_mut() {
            response.body_bytes += content.len() as u64;
            if self.keeps_bodies {
                response.body.extend_from_slice(&content);
            }
        }
        match end {
            BodyEnd::Open => {}
            BodyEnd::Whole => self.finish_body(),
            BodyEnd::Fault => self.fault = Some(HttpFault::Chunk),
        }
        used
    }

    fn finish_body(&mut self) {
        self.body = None;
        if let Some(response) = self.responses.last_mut() {
            response.is_whole = true;
        }
    }

    /// Adds bytes to the head, and reads it if it is complete. Returns how many bytes belong to it.
    fn add_head(&mut self, bytes: &[u8]) -> usize {
        if self.head.is_empty() {
            let request = self.requests.all().get(self.whole_responses());
            self.head_is_early = request.is_some_and(|request| !request.is_head_sent);
        }
        let before = self.head.len();
        let taken = bytes.len().min(MAX_HEAD_BYTES + 1 - before);
        self.head.extend_from_slice(&bytes[..taken]);
        let skipped = self.skip_to_response();
        if self.fault.is_some() || !has_prefix(&self.head) {
            return taken;
        }
        match response::parse_head(&self.head, MAX_HEADERS) {
            Ok(Some((mut response, length))) => {
                // The bytes after the head belong to the body or to the next response.
                let used = (skipped + length).saturating_sub(before);
                response.is_early = self.head_is_early;
                self.head.clear();
                self.begin_response(response);
                used
            }
            Ok(None) if self.head.len() > MAX_HEAD_BYTES => {
                self.fault = Some(HttpFault::HeadTooLong);
                taken
            }
            Ok(None) => taken,
            Err(fault) => {
                self.fault = Some(fault);
                taken
            }
        }
    }

    /// Removes bytes before the next response from the head: they follow the body of the one before.
    /// Returns how many. If there is no response before, they are a fault.
    fn skip_to_response(&mut self) -> usize {
        if has_prefix(&self.head) {
            return 0;
        }
        if self.responses.is_empty() {
            self.fault = Some(HttpFault::StatusLine(self.head.clone()));
            return 0;
        }
        let next = self.head.windows(VERSION_PREFIX.len()).position(|window| window == VERSION_PREFIX);
        if next.is_none() && self.head.len() > MAX_HEAD_BYTES {
            self.fault = Some(HttpFault::StatusLine(self.head.clone()));
        }
        let Some(at) = next else { return 0 };
        let between: Vec<u8> = self.head.drain(..at).collect();
        self.add_surplus(&between);
        at
    }

    fn begin_response(&mut self, mut response: Response) {
        // Interim responses precede the final one (RFC 9110, 15.2); 101 is a final one here.
        if (100..200).contains(&response.status) && response.status != 101 {
            return;
        }
        let request = self.requests.all().get(self.responses.len());
        response.answers_head = request.is_some_and(|request| request.method == "HEAD");
        match response.framing() {
            Ok(framing) => {
                self.body = BodyReader::new(framing);
                response.is_whole = self.body.is_none();
                response.framing = framing;
                self.responses.push(response);
            }
            Err(value) => self.fault = Some(HttpFault::Length(value)),
        }
    }
}

/// Returns true if bytes are the beginning of a response, as far as they came.
fn has_prefix(bytes: &[u8]) -> bool {
    let length = bytes.len().min(VERSION_PREFIX.len());
    bytes[..length] == VERSION_PREFIX[..length]
}
