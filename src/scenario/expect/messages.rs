//! The expectation `messages`: the messages of a format that came over each connection, and the values
//! of their fields. The causes are found in the files of this folder.

mod decode_fault;
mod field_fault;
mod list;
mod unit;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use self::decode_fault::decode_cause;
use self::field_fault::{describe, field_cause};
use self::unit::{Unfinished, Unit};
use super::excerpt::quote;
use super::exchange::nothing_came;
use super::program_fault::{accepted_connections, awaits_reply, missing_connection, program_fault};
use super::start::start_failure;
use super::stream::{Stream, streams};
use super::{Judge, JudgeContext, unreachable_server};
use crate::model::{
    Cause, ClientId, EventKind, Evidence, EvidenceKind, FieldValues, Finding, Message, Needs, NotVerified,
};
use crate::packet::layout::Layout;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::fields::{self, FieldArgs, NameValues};
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// The messages that came over each connection have this format, and these values in their fields. A
/// message is a datagram, a line, or in a stream the bytes of all fields. Each of its lengths, constants
/// and checksums must be right; fields without a value can have any.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Messages {
    /// The name of the format.
    pub format: String,
    /// Only these clients or accepted connections, by number from 1; default: all accepted connections,
    /// or all clients if there are none.
    pub clients: Option<Vec<u32>>,
    /// The values of exactly these messages, in this order. An empty list means no messages.
    pub are: Option<Vec<FieldArgs>>,
    /// These values in each message.
    pub each: Option<FieldArgs>,
    /// These values in at least one message.
    pub some: Option<FieldArgs>,
    /// These values in no message.
    pub none: Option<FieldArgs>,
    /// The layout of the format.
    #[serde(skip)]
    #[schemars(skip)]
    pub(in crate::scenario) layout: Option<Layout>,
}

impl Keyword for Messages {
    const SHORTHAND_FIELD: Option<&'static str> = Some("format");
}

/// The messages of one connection, as they are judged.
struct Connection<'a> {
    seen: &'a Evidence,
    stream: &'a Stream<'a>,
    client: ClientId,
    layout: &'a Layout,
    units: &'a [Unit],
    /// The values of names in braces.
    names: NameValues<'a>,
    /// The program that sent them connected to socklab: it is no server.
    is_accepted: bool,
}

impl Judge for Messages {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Clients])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let accepted = accepted_connections(seen, self.clients.as_deref());
        let numbers: Vec<u32> = accepted.iter().map(|client| client.0).collect();
        let chosen = self.clients.as_deref().or(Some(&numbers[..]).filter(|numbers| !numbers.is_empty()));
        let all = streams(&seen.journal, chosen);
        let missing = (!accepted.is_empty()).then(|| missing_connection(seen, self.clients.as_deref())).flatten();
        let is_own = |stream: &Stream<'_>| !accepted.contains(&stream.client);
        let clients = streams(&seen.journal, chosen).into_iter().filter(is_own).collect::<Vec<_>>();
        let unreached = || (!clients.is_empty()).then(|| unreachable_server(seen, &clients)).flatten();
        if let Some(finding) = missing.or_else(unreached) {
            return finding;
        }
        let Some(layout) = self.layout.as_ref().filter(|_| !all.is_empty()) else {
            return Finding::not_verified(NotVerified::NothingSent {});
        };
        let mut count = 0;
        for stream in &all {
            let captured = captured_values(seen, stream.client);
            let mut texts = seen.variables.clone();
            texts.extend(captured.iter().map(|(name, value)| (name.clone(), value.to_text())));
            texts.insert("n".to_owned(), stream.client.0.to_string());
            let (units, unfinished) = unit::split(layout, stream, is_own(stream));
            count += units.len();
            let connection = Connection {
                seen,
                stream,
                client: stream.client,
                layout,
                units: &units,
                names: NameValues { texts: &texts, captured: &captured },
                is_accepted: !is_own(stream),
            };
            if let Some(finding) = self.find_mismatch(&connection, unfinished.as_ref()) {
                return finding.shown_by(stream.events());
            }
        }
        Finding::pass(Message::new("messages-right").with("messages", count))
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.check_clients(self.clients.as_deref());
        names.check_format(&["format"], &self.format);
        let given = [self.are.is_some(), self.each.is_some(), self.some.is_some(), self.none.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            names.report(&[], DiagnosticKind::OneOf.with("words", "are, each, some, none"));
        }
        for (k, one) in self.are.iter().flatten().enumerate() {
            let path = names.descend(&["are"], k);
            fields::check(names, &[], &self.format, one);
            names.enter(path);
        }
        for (key, one) in [("each", &self.each), ("some", &self.some), ("none", &self.none)] {
            if let Some(one) = one {
                fields::check(names, &[key], &self.format, one);
            }
        }
    }
}

impl Messages {
    /// Returns a finding if the messages of a connection are wrong.
    fn find_mismatch(&self, connection: &Connection<'_>, unfinished: Option<&Unfinished>) -> Option<Finding> {
        let client = connection.client;
        let resolved = |args: &FieldArgs| connection.resolve(args);
        let are: Option<Vec<FieldValues>> = self.are.as_ref().map(|list| list.iter().map(resolved).collect());
        let each = self.each.as_ref().map(resolved).unwrap_or_default();
        for unit in connection.units {
            let wanted = match &are {
                Some(list) => list.get(unit.number - 1).cloned().unwrap_or_default(),
                None => each.clone(),
            };
            let values = match &unit.decoded {
                Ok(values) => values,
                Err(error) => return Some(Finding::fail(decode_cause(connection, unit, error, &wanted))),
            };
            if let Some(list) = &are
                && let Some(cause) = list::order_cause(connection, unit, values, list)
            {
                return Some(Finding::fail(cause));
            }
            if let Some(cause) = field_cause(connection, unit, values, &wanted) {
                return Some(Finding::fail(cause));
            }
        }
        if let Some(rest) = unfinished {
            let wanted = are.as_ref().and_then(|list| list.get(connection.units.len()).cloned()).unwrap_or(each);
            return Some(match rest {
                Unfinished::Line(line) => Finding::fail(Cause::MessageUnterminated { client, line: quote(line) }),
                Unfinished::Fields(unit, error) => Finding::fail(decode_cause(connection, unit, error, &wanted)),
            });
        }
        // A value is missing because of the messages: their own faults explain more.
        let missing = self.find_missing(connection, are.as_deref());
        missing.or_else(|| self.missing_capture(connection).map(Finding::fail))
    }

    /// Returns a finding if messages are missing, or if one came that must not come.
    fn find_missing(&self, connection: &Connection<'_>, are: Option<&[FieldValues]>) -> Option<Finding> {
        let (client, layout) = (connection.client, connection.layout);
        let came = connection.units.len();
        let has = |unit: &&Unit, wanted: &FieldValues| {
            unit.decoded.as_ref().is_ok_and(|values| field_fault::matches(layout, wanted, values))
        };
        if let Some(args) = &self.none {
            let unwanted = connection.resolve(args);
            let unit = connection.units.iter().find(|unit| has(unit, &unwanted))?;
            let text = unit.decoded.as_ref().map(|values| describe(layout, values)).unwrap_or_default();
            return Some(Finding::fail(Cause::ForbiddenMessage { client, number: unit.number as u64, text }));
        }
        let next = match are {
            Some(list) if came >= list.len() => {
                return connection.is_late().then(|| Finding::fail(connection.late_cause()));
            }
            Some(list) => describe(layout, &list[came]),
            None => {
                let wanted = self.some.as_ref().or(self.each.as_ref()).map(|args| connection.resolve(args));
                let wanted = wanted.unwrap_or_default();
                let is_enough = match &self.some {
                    Some(_) => connection.units.iter().any(|unit| has(&unit, &wanted)),
                    None => came > 0,
                };
                if is_enough {
                    return None;
                }
                describe(layout, &wanted)
            }
        };
        if let Some(finding) = connection.program_finding() {
            return Some(finding);
        }
        if connection.stream.got.is_empty() {
            let silent = Cause::SentNothing { client, wanted: next };
            return Some(if connection.is_accepted {
                Finding::fail(silent)
            } else {
                nothing_came(connection.seen, connection.stream)
            });
        }
        let messages = came as u64;
        Some(Finding::fail(match are {
            Some(list) => Cause::MessagesMissing { client, messages, of: list.len() as u64, wanted: next },
            None => Cause::NoSuchMessage { client, messages, wanted: next },
        }))
    }

    /// Returns the cause if a value is compared that could not be captured.
    fn missing_capture(&self, connection: &Connection<'_>) -> Option<Cause> {
        let lists = self.are.iter().flatten().chain(&self.each).chain(&self.some).chain(&self.none);
        let texts = lists.flat_map(BTreeMap::values).filter_map(fields::FieldArg::template);
        let known = connection.names.texts.keys().cloned().collect();
        let name = texts.flat_map(|text| crate::scenario::template::unknown_names(text, &known)).next()?;
        Some(Cause::NothingCaptured { client: connection.client, name })
    }
}

impl Connection<'_> {
    /// Returns the wanted values of fields. One that does not suit its field is left out.
    fn resolve(&self, args: &FieldArgs) -> FieldValues {
        let value = |(name, arg): (&String, &fields::FieldArg)| {
            Some((name.clone(), arg.resolve(self.layout.field(name), self.names)?))
        };
        args.iter().filter_map(value).collect()
    }

    /// Returns the finding for a program that ended with an error, or that waits for something else.
    fn program_finding(&self) -> Option<Finding> {
        if !self.is_accepted {
            return None;
        }
        let fault = program_fault(self.seen, self.stream.server);
        fault.or_else(|| awaits_reply(self.seen, self.stream).map(Finding::fail))
    }

    /// Returns true if a message came only after the step that waited for it.
    fn is_late(&self) -> bool {
        let late = self.stream.timeout.map(|(late, ..)| late);
        self.is_accepted && late.is_some_and(|late| self.units.iter().any(|unit| unit.event > late))
    }

    fn late_cause(&self) -> Cause {
        awaits_reply(self.seen, self.stream).unwrap_or(Cause::SentLate { client: self.client })
    }
}

/// Returns the captured values for a client: its own, else the last ones of any client.
fn captured_values(seen: &Evidence, of: ClientId) -> FieldValues {
    let captures = || {
        seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Captured { client, name, value: Some(value) } => Some((*client, name, value)),
            _ => None,
        })
    };
    let mut values: FieldValues = captures().map(|(_, name, value)| (name.clone(), value.clone())).collect();
    let own = captures().filter(|(client, ..)| *client == of);
    values.extend(own.map(|(_, name, value)| (name.clone(), value.clone())));
    values
}
