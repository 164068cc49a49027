//! The requests that a client sent, as far as the responses depend on them. Lenient: scenarios also
//! send malformed requests.

/// Maximum length of a request's head that is looked at, in bytes.
const MAX_REQUEST_HEAD_BYTES: usize = 1 << 20;

/// A request that a client began to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Its method; empty until the head is complete.
    pub method: String,
    /// Its target.
    pub target: String,
    /// True if it has `Connection: close`, or is of version 1.0 without `keep-alive`.
    pub closes: bool,
    /// True if its head was sent completely.
    pub is_head_sent: bool,
}

/// Divides the bytes of a client into requests.
#[derive(Debug, Default)]
pub(super) struct RequestScanner {
    all: Vec<Request>,
    /// The bytes of the current head; empty between two requests and in a body.
    head: Vec<u8>,
    /// The bytes of the current body that are still to be sent.
    body_left: u64,
}

impl RequestScanner {
    pub(super) fn all(&self) -> &[Request] {
        &self.all
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let in_body = usize::try_from(self.body_left).unwrap_or(usize::MAX).min(bytes.len());
            self.body_left -= in_body as u64;
            bytes = &bytes[in_body..];
            if let Some((first, rest)) = bytes.split_first() {
                self.push_head(*first);
                bytes = rest;
            }
        }
    }

    fn push_head(&mut self, byte: u8) {
        if self.head.is_empty() {
            // Line endings before a request are ignored (RFC 9112, 2.2).
            if byte == b'\r' || byte == b'\n' {
                return;
            }
            self.all.push(Request::default());
        }
        if self.head.len() < MAX_REQUEST_HEAD_BYTES {
            self.head.push(byte);
        }
        if self.head.ends_with(b"\r\n\r\n") || self.head.ends_with(b"\n\n") {
            let (request, body) = parse(&self.head);
            if let Some(last) = self.all.last_mut() {
                *last = request;
            }
            self.body_left = body;
            self.head.clear();
        }
    }
}

/// Reads a complete head. Returns the request and the length of its body.
fn parse(head: &[u8]) -> (Request, u64) {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let mut words = lines.next().unwrap_or_default().split_ascii_whitespace();
    let [method, target, version] = [0; 3].map(|_| words.next().unwrap_or_default().to_owned());
    let headers: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let values = |wanted: &'static str| headers.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| *value);
    let has_option = |option: &str| {
        values("connection").flat_map(|list| list.split(',')).any(|word| word.trim().eq_ignore_ascii_case(option))
    };
    let closes = has_option("close") || version == "HTTP/1.0" && !has_option("keep-alive");
    let body = values("content-length").next().and_then(|value| value.parse().ok()).unwrap_or(0);
    (Request { method, target, closes, is_head_sent: true }, body)
}
