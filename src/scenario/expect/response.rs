//! The expectation `response`: the HTTP responses that clients received. Their framing is that of
//! [`crate::packet::http`]; the causes are found in the files of this folder.

mod body;
mod body_fault;
mod connection;
mod framing;
mod rule;

use schemars::JsonSchema;
use serde::Deserialize;

use super::content_rule::ContentRule;
use super::exchange::nothing_came;
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext, unreachable_server};
use crate::model::{Cause, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, StreamEnd};
use crate::packet::http::{self, HttpExchange};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::step::HeaderLines;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

pub use connection::ConnectionRule;
pub use rule::StatusRule;

/// Each client received whole and well-formed HTTP responses, with this content.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    /// The status: a code, a list of codes, or a class such as `2xx`.
    pub status: Option<StatusRule>,
    /// Headers by name; in a value, `*` stands for any text.
    pub headers: HeaderLines,
    /// The body.
    pub body: Option<ContentRule>,
    /// What becomes of the connection.
    pub connection: Option<ConnectionRule>,
    /// Only the response to this request of each connection, from 1; default: all.
    pub number: Option<u32>,
    /// Only these clients, by number from 1; default: all.
    pub clients: Option<Vec<u32>>,
}

impl Keyword for Response {
    const SHORTHAND_FIELD: Option<&'static str> = Some("status");
    const ALLOWS_BARE: bool = true;
}

/// The connection of one client, as it is judged.
struct Connection<'a> {
    seen: &'a Evidence,
    stream: &'a Stream<'a>,
    exchange: HttpExchange,
    /// How the server ended the stream before the client ended it.
    ended: Option<&'a StreamEnd>,
}

/// One request of a connection: its index, and the response if it is whole.
struct Answer<'a> {
    connection: &'a Connection<'a>,
    index: usize,
    request: &'a http::Request,
    response: &'a http::Response,
}

impl Answer<'_> {
    /// Returns the request as a sentence names it.
    fn request(&self) -> String {
        super::excerpt::quote(format!("{} {}", self.request.method, self.request.target).as_bytes())
    }
}

impl<'a> Connection<'a> {
    /// Replays the data of a client in order. Data that arrives only after the client has given up and
    /// acted again answers nothing, as for other answers.
    fn new(seen: &'a Evidence, stream: &'a Stream<'a>) -> Self {
        let mut exchange = HttpExchange::with_bodies();
        let act = stream.act_after_waiting();
        let in_time = |id: EventId| act.is_none_or(|act| id < act);
        for event in seen.journal.events_of_client(stream.client).filter(|event| in_time(event.id)) {
            match &event.kind {
                EventKind::Sent { bytes, .. } => exchange.sent(&bytes.0),
                EventKind::Received { bytes, .. } => exchange.received(&bytes.0),
                EventKind::Ended { ending, .. } => exchange.end(*ending == StreamEnd::End),
                _ => {}
            }
        }
        let is_before_close = |id: EventId| stream.closed.is_none_or(|closed| id < closed);
        let ended = stream.ending.filter(|(id, _)| is_before_close(*id)).map(|(_, ending)| ending);
        Self { seen, stream, exchange, ended }
    }

    /// Returns true if the server need not answer this request, because the connection was to close
    /// before.
    fn is_exempt(&self, index: usize) -> bool {
        let requests = self.exchange.requests().iter().take(index).any(|request| request.closes);
        let responses = self.exchange.responses().iter().take(index);
        requests || responses.filter(|response| response.is_whole).any(http::Response::closes)
    }
}

impl Response {
    /// Returns the finding about the first wrong response of a connection.
    fn judge_connection(&self, connection: &Connection<'_>) -> Option<Finding> {
        let requests = connection.exchange.requests();
        let wanted = match self.number {
            Some(number) => (number as usize).saturating_sub(1)..number as usize,
            None => 0..requests.len(),
        };
        for index in wanted {
            if self.connection != Some(ConnectionRule::Kept) && connection.is_exempt(index) {
                continue;
            }
            let whole = connection.exchange.responses().get(index).filter(|response| response.is_whole);
            let (Some(response), Some(request)) = (whole, requests.get(index)) else {
                return Some(missing(connection, index, self.body.as_ref()));
            };
            let answer = Answer { connection, index, request, response };
            let wrong = self.wrong(&answer);
            if let Some(found) = wrong {
                return Some(found.shown_by(connection.stream.events()));
            }
        }
        let rule = self.connection?;
        Some(Finding::fail(rule.cause(connection)?).shown_by(connection.stream.events()))
    }

    /// Returns the finding about a whole response.
    fn wrong(&self, answer: &Answer<'_>) -> Option<Finding> {
        let status = self.status.as_ref().filter(|rule| !rule.allows(answer.response.status));
        let content = self.body.as_ref().and_then(ContentRule::content);
        let cause = framing::early(answer, status.is_some())
            .or_else(|| framing::head_fault(answer))
            .or_else(|| status.map(|rule| rule.cause(answer)))
            .or_else(|| framing::surplus(answer, content))
            .or_else(|| self.headers.0.iter().find_map(|(name, value)| rule::header_cause(answer, name, value)));
        if let Some(cause) = cause {
            return Some(Finding::fail(cause));
        }
        self.body.as_ref().filter(|_| !answer.response.answers_head)?.wrong(answer)
    }
}

/// Returns the finding about a response that did not come, or not completely.
fn missing(connection: &Connection<'_>, index: usize, body: Option<&ContentRule>) -> Finding {
    let exchange = &connection.exchange;
    let came = !exchange.responses().is_empty() || !exchange.partial_head().is_empty() || exchange.fault().is_some();
    if index == 0 && !came {
        return nothing_came(connection.seen, connection.stream);
    }
    let content = body.and_then(ContentRule::content);
    let cause =
        framing::incomplete(connection, index, content).unwrap_or_else(|| connection::unanswered(connection, index));
    Finding::fail(cause).shown_by(connection.stream.events())
}

impl Judge for Response {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        let all = streams(&seen.journal, self.clients.as_deref());
        if let Some(finding) = unreachable_server(seen, &all) {
            return finding;
        }
        let mut responses = 0;
        for stream in &all {
            let connection = Connection::new(seen, stream);
            let wrong = self.judge_connection(&connection);
            if let Some(wrong) = wrong {
                return match stream.overflow {
                    0 => wrong,
                    bytes => {
                        Finding::fail(Cause::HttpTooMuch { client: stream.client, bytes }).shown_by(stream.events())
                    }
                };
            }
            responses += connection.exchange.whole_responses();
        }
        Finding::pass(Message::new("response-right").with("clients", all.len()).with("responses", responses))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_answers(self.clients.as_deref());
        if self.number == Some(0) {
            names.report(&["number"], DiagnosticKind::Between.with("least", 1u32).with("most", u32::MAX));
        }
        if let Some(body) = &self.body {
            body.check(names, "body");
        }
    }
}
