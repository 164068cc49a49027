//! Steps that transfer data: send, receive, exchange.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Perform, selected_clients};
use crate::model::ClientId;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::fields::FieldArgs;
use crate::scenario::payload::{Payload, PayloadContext, Random, Repeat};
use crate::scenario::runtime::{Outgoing, ReceiveUntil, Runtime, RuntimeError, SendOrder};
use crate::scenario::syntax::{DurationArg, Keyword};
use crate::scenario::template;
use crate::scenario::validate::Scope;

/// Defines a step with a payload. The payload fields are beside the step's own fields, and exactly
/// one must be set.
macro_rules! with_payload {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// This text in UTF-8; `{n}` is the client's number, `{name}` a variable.
            pub text: Option<String>,
            /// Bytes in hexadecimal.
            pub hex: Option<String>,
            /// Bytes in Base64.
            pub base64: Option<String>,
            /// The contents of a file next to the scenario.
            pub file: Option<String>,
            /// Pseudo-random bytes derived from the seed, different for each client.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub random: Option<Random>,
            /// A text, repeated.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub repeat: Option<Repeat>,
            /// All 256 byte values, once each, in order.
            pub all_bytes: bool,
            /// A message of this format.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub format: Option<String>,
            /// The values of the message's fields, by name. Lengths and checksums need none.
            #[serde(skip_serializing_if = "FieldArgs::is_empty")]
            pub fields: FieldArgs,
            /// Only these clients, by number from 1; default: all that are open.
            pub clients: Option<Vec<u32>>,
            $($(#[$field_about])* pub $field: $type,)*
        }

        impl $name {
            fn payload(&self) -> Payload<'_> {
                Payload {
                    text: self.text.as_ref(),
                    hex: self.hex.as_ref(),
                    base64: self.base64.as_ref(),
                    file: self.file.as_ref(),
                    random: self.random.as_ref(),
                    repeat: self.repeat.as_ref(),
                    all_bytes: self.all_bytes,
                    format: self.format.as_ref(),
                    fields: &self.fields,
                }
            }

            /// Returns the name of the file whose contents it sends.
            #[must_use]
            pub fn file(&self) -> Option<&str> {
                self.file.as_deref()
            }
        }

        impl Keyword for $name {
            const SHORTHAND_FIELD: Option<&'static str> = Some("text");
        }
    };
}

with_payload! {
    /// Sends data. Over UDP, this is one datagram.
    #[derive(Default)]
    Send {
        /// Number of pieces, each sent when the kernel reports the previous one as acknowledged;
        /// default: 1.
        fragments: Option<u32>,
        /// In what order the clients send.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<SendOrderArg>,
        /// How long until all is handed to the kernel; default: `limits.answer`.
        within: Option<DurationArg>,
    }
}

with_payload! {
    /// Sends data and receives the answer, the given number of times.
    #[derive(Default)]
    Exchange {
        /// How many times; default: 1.
        times: Option<u32>,
        /// How long each answer may take; default: `limits.answer`.
        within: Option<DurationArg>,
        /// After this time no further repetition begins, and a note gives their number; default: no
        /// limit.
        #[serde(skip_serializing_if = "Option::is_none")]
        for_at_most: Option<DurationArg>,
        /// After an answer that is not the sent data, in any case, no further repetition begins.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        until_other: bool,
    }
}

/// In what order clients send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendOrderArg {
    /// The last one to connect sends first.
    Reverse,
    /// All at once.
    Together,
}

/// Maximum of `exchange`'s `times` and of `fragments`.
const MAX_REPEATS: u32 = 100_000;

/// Maximum of `receive`'s `messages`.
const MAX_MESSAGES: u32 = 10_000;

/// Returns the data that each of these clients sends. A client that lacks a captured value sends
/// nothing.
fn build_payloads(stage: &dyn Runtime, payload: Payload<'_>, clients: &[ClientId], fragments: u32) -> Vec<Outgoing> {
    let of_client = |&client: &ClientId| {
        let captured = stage.captured(client);
        let mut values = stage.values();
        values.extend(captured.iter().map(|(name, value)| (name.clone(), value.to_text())));
        values.insert("n".to_owned(), client.0.to_string());
        let file = |name: &str| stage.file(name).map(<[u8]>::to_vec);
        let layout = payload.format.and_then(|format| stage.format(format));
        let (client_number, seed, captured) = (client.0, stage.seed(), &captured);
        let context = PayloadContext { values, client: client_number, seed, file: &file, captured, layout };
        Some(Outgoing { client, bytes: payload.bytes(&context)?, fragments })
    };
    clients.iter().filter_map(of_client).collect()
}

impl Perform for Send {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        self.payload().check(names);
        if self.fragments.is_some_and(|fragments| fragments == 0 || fragments > MAX_REPEATS) {
            names.report(&["fragments"], DiagnosticKind::Between.with("least", 1u32).with("most", MAX_REPEATS));
        }
        names.declare_send();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let clients = selected_clients(stage, self.clients.as_deref());
        let batch = build_payloads(stage, self.payload(), &clients, self.fragments.unwrap_or(1));
        let order = match self.order {
            None => SendOrder::Forward,
            Some(SendOrderArg::Reverse) => SendOrder::Reverse,
            Some(SendOrderArg::Together) => SendOrder::Together,
        };
        stage.send(&batch, order, self.within.map(|time| time.0))
    }
}

impl Perform for Exchange {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        names.check_no_accepted(self.clients.as_deref());
        self.payload().check(names);
        if self.times.is_some_and(|times| times == 0 || times > MAX_REPEATS) {
            names.report(&["times"], DiagnosticKind::Between.with("least", 1u32).with("most", MAX_REPEATS));
        }
        names.declare_send();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let clients = selected_clients(stage, self.clients.as_deref());
        let within = self.within.map(|time| time.0);
        let times = self.times.unwrap_or(1);
        for done in 0..times {
            if let Some(limit) = self.for_at_most
                && done > 0
                && stage.ends_series(&clients, [done, times], limit.0)
            {
                break;
            }
            // More answers of the same kind prove nothing more.
            if self.until_other && done > 0 && stage.got_other_answer(&clients) {
                break;
            }
            let batch = build_payloads(stage, self.payload(), &clients, 1);
            stage.send(&batch, SendOrder::Forward, within)?;
            stage.receive(&clients, &ReceiveUntil::Answer, within, false)?;
        }
        Ok(())
    }
}

/// Until when a client receives, as one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiveGoal {
    /// Until as many bytes (TCP) or datagrams (UDP) came as were sent since the last receive, or
    /// the stream ended.
    Answer,
    /// Until the stream ended.
    End,
    /// Until one more HTTP response is complete, or the stream ended.
    Response,
}

/// Receives until data arrives or the deadline passes. A client that timed out is not waited for
/// again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Receive {
    /// `answer`, `end` or `response`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<ReceiveGoal>,
    /// This number of additional bytes.
    pub bytes: Option<u64>,
    /// Up to and including this text.
    pub until: Option<String>,
    /// Until this number of further HTTP responses is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responses: Option<u32>,
    /// Until one further message of this format is complete. Over UDP, each datagram is a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How many messages of the format; default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<u32>,
    /// Names for values of the last message, by field: `{ seq: sequence }` makes `{sequence}` usable in
    /// later steps and in expectations.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub capture: BTreeMap<String, String>,
    /// Until nothing has arrived for this long.
    pub quiet: Option<DurationArg>,
    /// Only these clients, by number from 1; default: all that are open.
    pub clients: Option<Vec<u32>>,
    /// How long; default: `limits.answer`. Each part of an answer that arrives begins the time
    /// again.
    pub within: Option<DurationArg>,
    /// Each client closes as soon as it has received what it waits for, while others still wait.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
}

impl Keyword for Receive {
    const SHORTHAND_FIELD: Option<&'static str> = Some("what");
}

impl Receive {
    /// Returns the number of HTTP responses that it waits for, if it waits for some.
    #[must_use]
    pub fn response_count(&self) -> Option<u32> {
        self.responses.or_else(|| (self.what == Some(ReceiveGoal::Response)).then_some(1))
    }
}

impl Receive {
    fn check_messages(&self, names: &mut Scope<'_>) {
        let Some(format) = &self.format else {
            for (key, is_given) in [("messages", self.messages.is_some()), ("capture", !self.capture.is_empty())] {
                if is_given {
                    names.report(&[key], DiagnosticKind::FieldsWithoutFormat);
                }
            }
            return;
        };
        names.check_format(&["format"], format);
        if self.messages.is_some_and(|count| count == 0 || count > MAX_MESSAGES) {
            names.report(&["messages"], DiagnosticKind::Between.with("least", 1u32).with("most", MAX_MESSAGES));
        }
        for (field, name) in &self.capture {
            if let Some(layout) = names.layout(format).cloned() {
                names.check_field(&["capture", field], format, &layout, field);
            }
            names.declare_capture(&["capture", field], name);
        }
    }
}

impl Perform for Receive {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        let (until, quiet) = (self.until.is_some(), self.quiet.is_some());
        let (responses, format) = (self.responses.is_some(), self.format.is_some());
        let given = [self.what.is_some(), self.bytes.is_some(), until, quiet, responses, format];
        if given.into_iter().filter(|&given| given).count() != 1 {
            names.report(
                &[],
                DiagnosticKind::OneOf.with("words", "answer, end, response, bytes, until, quiet, responses, format"),
            );
        }
        if let Some(text) = &self.until {
            names.check_template(&["until"], text);
            if text.is_empty() {
                names.report(&["until"], DiagnosticKind::EmptyText);
            }
        }
        if self.what == Some(ReceiveGoal::Answer) {
            names.check_no_accepted(self.clients.as_deref());
        }
        self.check_messages(names);
        if self.close && self.quiet.is_some() {
            names.report(&["close"], DiagnosticKind::CloseQuiet);
        }
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let clients = selected_clients(stage, self.clients.as_deref());
        if let Some(count) = self.response_count() {
            let until = ReceiveUntil::Responses(count);
            return stage.receive(&clients, &until, self.within.map(|time| time.0), self.close);
        }
        if let Some(format) = &self.format {
            let Some(layout) = stage.format(format).cloned() else { return Ok(()) };
            let until = ReceiveUntil::Messages(layout, self.messages.unwrap_or(1));
            stage.receive(&clients, &until, self.within.map(|time| time.0), self.close)?;
            if !self.capture.is_empty() {
                stage.capture(&clients, format, &self.capture);
            }
            return Ok(());
        }
        let until = match (self.what, self.bytes, &self.until, self.quiet) {
            (Some(ReceiveGoal::End), ..) => ReceiveUntil::End,
            (_, Some(bytes), ..) => ReceiveUntil::Bytes(bytes),
            (_, _, Some(text), _) => ReceiveUntil::Text(template::fill(text, &stage.values()).into_bytes()),
            (.., Some(time)) => ReceiveUntil::Quiet(time.0),
            _ => ReceiveUntil::Answer,
        };
        stage.receive(&clients, &until, self.within.map(|time| time.0), self.close)
    }
}
