//! The step `request`: HTTP requests, whole or in pieces, one or several at a time.

use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Perform, selected_clients};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{Outgoing, ReceiveUntil, Runtime, RuntimeError, SendOrder};
use crate::scenario::syntax::{DurationArg, Keyword, deserialize_in_order, is_default, serialize_in_order};
use crate::scenario::template;
use crate::scenario::validate::Scope;

/// Maximum number of pieces of a request.
const MAX_PIECES: u32 = 10_000;
/// Maximum number of requests that are sent at a time.
const MAX_PIPELINED: u32 = 1_000;
/// The value of the header `Host`, unless the author gives one.
const DEFAULT_HOST: &str = "{host}:{port}";

/// Sends HTTP requests, and receives as many whole responses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// The path, as it is sent; default: `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The method; default: GET.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The header `Host`; default: address and port of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Whether to send no header `Host`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_host: bool,
    /// Further headers, in this order. A `Content-Length` is added if there is a body.
    #[serde(skip_serializing_if = "is_default")]
    pub headers: HeaderLines,
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The version of HTTP; default: 1.1.
    #[serde(skip_serializing_if = "is_default")]
    pub version: HttpVersion,
    /// Number of pieces, each sent when the server has read the previous one; default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fragments: Option<u32>,
    /// How many times, one right after another (pipelined); default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Whether to receive the responses; default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
    /// Only these clients, by number from 1; default: all that are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<Vec<u32>>,
    /// How long to wait for the responses; default: `limits.answer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<DurationArg>,
}

/// A version of HTTP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum HttpVersion {
    /// HTTP/1.0: the server closes the connection after the response.
    #[serde(rename = "1.0")]
    Http10,
    /// HTTP/1.1: the connection stays open.
    #[default]
    #[serde(rename = "1.1")]
    Http11,
}

/// Headers by name, in the order in which they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderLines(pub Vec<(String, String)>);

impl Serialize for HeaderLines {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize_in_order(&self.0, to)
    }
}

impl<'de> Deserialize<'de> for HeaderLines {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        deserialize_in_order(from).map(Self)
    }
}

impl JsonSchema for HeaderLines {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HeaderLines".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Headers by name, in the order in which they are written.",
            "type": "object",
            "additionalProperties": { "type": "string" }
        })
    }
}

impl Keyword for Request {
    const SHORTHAND_FIELD: Option<&'static str> = Some("path");
    const ALLOWS_BARE: bool = true;
}

impl Request {
    /// Returns the text of one request, in which names in braces are not replaced yet.
    fn text(&self, body_bytes: usize) -> String {
        let method = self.method.as_deref().unwrap_or("GET");
        let version = if self.version == HttpVersion::Http10 { "1.0" } else { "1.1" };
        let mut text = format!("{method} {} HTTP/{version}\r\n", self.path.as_deref().unwrap_or("/"));
        let has = |wanted: &str| self.headers.0.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let mut line = |name: &str, value: &str| {
            let _ = write!(text, "{name}: {value}\r\n");
        };
        if !self.without_host && !has("host") {
            line("Host", self.host.as_deref().unwrap_or(DEFAULT_HOST));
        }
        if self.body.is_some() && !has("content-length") && !has("transfer-encoding") {
            line("Content-Length", &body_bytes.to_string());
        }
        self.headers.0.iter().for_each(|(name, value)| line(name, value));
        text.push_str("\r\n");
        text
    }

    /// Returns the texts in which names in braces are replaced, each with the keys to it.
    fn templates(&self) -> impl Iterator<Item = (Vec<&str>, &str)> {
        let fields = [("method", &self.method), ("path", &self.path), ("host", &self.host), ("body", &self.body)];
        let fields = fields.into_iter().filter_map(|(key, text)| Some((vec![key], text.as_deref()?)));
        fields.chain(self.headers.0.iter().map(|(name, value)| (vec!["headers", name], value.as_str())))
    }
}

impl Perform for Request {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        for (keys, text) in self.templates() {
            names.check_template(&keys, text);
            if keys != ["body"] && text.contains(['\r', '\n']) {
                names.report(&keys, DiagnosticKind::LineInHeader);
            }
        }
        for (key, number, most) in [("fragments", self.fragments, MAX_PIECES), ("times", self.times, MAX_PIPELINED)] {
            if number.is_some_and(|number| number == 0 || number > most) {
                names.report(&[key], DiagnosticKind::Between.with("least", 1u32).with("most", most));
            }
        }
        names.declare_send();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let clients = selected_clients(stage, self.clients.as_deref());
        let times = self.times.unwrap_or(1);
        let request = |client: u32| {
            let mut values = stage.values();
            values.insert("n".to_owned(), client.to_string());
            let body = template::fill(self.body.as_deref().unwrap_or_default(), &values);
            let head = template::fill(&self.text(body.len()), &values);
            [head, body].concat().into_bytes().repeat(times as usize)
        };
        let outgoing = |client| Outgoing { client, bytes: request(client.0), fragments: self.fragments.unwrap_or(1) };
        let batch: Vec<Outgoing> = clients.iter().map(|&client| outgoing(client)).collect();
        let within = self.within.map(|time| time.0);
        stage.send(&batch, SendOrder::Forward, within)?;
        if self.wait == Some(false) {
            return Ok(());
        }
        stage.receive(&clients, &ReceiveUntil::Responses(times), within, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_has_its_headers_in_order() {
        let headers = HeaderLines(vec![("Zeta".to_owned(), "1".to_owned()), ("Alpha".to_owned(), "2".to_owned())]);
        let request = Request { body: Some("abc".to_owned()), headers, ..Request::default() };
        let expected = "GET / HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 3\r\nZeta: 1\r\nAlpha: 2\r\n\r\n";
        assert_eq!(request.text(3), expected);
    }

    #[test]
    fn author_decides_about_host_and_length() {
        let headers = HeaderLines(vec![("content-length".to_owned(), "9".to_owned())]);
        let body = Some("abc".to_owned());
        let version = HttpVersion::Http10;
        let request = Request { without_host: true, version, body, headers, ..Request::default() };
        assert_eq!(request.text(3), "GET / HTTP/1.0\r\ncontent-length: 9\r\n\r\n");
    }
}
