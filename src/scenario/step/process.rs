//! Steps for server processes: start, wait, stop.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::{GivenFiles, Perform};
use crate::model::{HostName, Protocol, Role, ServerId};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{Program, Runtime, RuntimeError, StartRequest, WaitCondition};
use crate::scenario::syntax::{DurationArg, Keyword, is_default};
use crate::scenario::validate::Scope;

/// Starts a server and waits until the kernel's socket table shows it listening (TCP) or bound
/// (UDP). Nothing connects to the server for this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The role whose program is started, or a command line as a list of words.
    pub server: ServerArg,
    /// On which host, if there are two.
    #[serde(default)]
    pub on: Option<HostName>,
    /// Files that the server finds in its working directory, by path; a file of this name that is
    /// part of the program is replaced for the run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files: GivenFiles,
    /// Text written to its standard input, which stays open.
    #[serde(default)]
    pub stdin: Option<String>,
    /// Expected transport; default: the role's.
    #[serde(default)]
    pub protocol: Option<Protocol>,
    /// Expected port; default: the role's. A server on a different port is found as well.
    #[serde(default)]
    pub port: Option<u16>,
    /// How long to wait for its socket; default: `limits.start`.
    #[serde(default)]
    pub within: Option<DurationArg>,
}

impl Start {
    /// Creates a `start` step with default values for the other fields.
    #[must_use]
    pub const fn with_server(server: ServerArg) -> Self {
        Self { server, on: None, files: GivenFiles::new(), stdin: None, protocol: None, port: None, within: None }
    }
}

impl Keyword for Start {
    const SHORTHAND_FIELD: Option<&'static str> = Some("server");
}

/// A role's name, or a command line as a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ServerArg {
    /// The program of this role.
    Role(Role),
    /// This command line.
    Command(Vec<String>),
}

impl<'de> Deserialize<'de> for ServerArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RoleOrCommand;
        impl<'de> Visitor<'de> for RoleOrCommand {
            type Value = ServerArg;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("expected-role-or-command")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<ServerArg, E> {
                word.parse().map(ServerArg::Role).map_err(|_| E::invalid_value(de::Unexpected::Str(word), &self))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ServerArg, A::Error> {
                let words = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
                if words.first().is_none_or(String::is_empty) {
                    return Err(de::Error::invalid_length(0, &self));
                }
                Ok(ServerArg::Command(words))
            }
        }
        deserializer.deserialize_any(RoleOrCommand)
    }
}

impl JsonSchema for ServerArg {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Server".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The name of a role, or a command line as a list of words.",
            "anyOf": [{ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
        })
    }
}

impl ServerArg {
    /// Returns the role, if it is one.
    #[must_use]
    pub const fn role(&self) -> Option<&Role> {
        match self {
            Self::Role(role) => Some(role),
            Self::Command(_) => None,
        }
    }

    /// Reports the author's mistakes in it; `key` is its key in the step.
    pub(super) fn check(&self, names: &mut Scope<'_>, key: &str) {
        match self {
            Self::Role(role) => names.check_role(&[key], role),
            Self::Command(words) => words.iter().for_each(|word| names.check_template(&[key], word)),
        }
    }

    /// Returns the program that is meant.
    pub(super) fn program(&self) -> Program {
        match self {
            Self::Role(role) => Program::Role(role.clone()),
            Self::Command(words) => Program::Command(words.clone()),
        }
    }
}

impl Perform for Start {
    fn check(&self, names: &mut Scope<'_>) {
        self.server.check(names, "server");
        if let Some(text) = &self.stdin {
            names.check_template(&["stdin"], text);
        }
        self.files.check(names);
        names.check_host_choice(&["on"], self.on.as_ref());
        names.declare_server();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let request = StartRequest {
            program: self.server.program(),
            on: self.on.clone(),
            files: self.files.contents(&|name| stage.file(name).map(<[u8]>::to_vec)),
            stdin: self.stdin.clone(),
            protocol: self.protocol,
            port: self.port,
            within: self.within.map(|time| time.0),
        };
        stage.start(&request)
    }
}

/// What `wait` waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// That the program ends by itself.
    Exit,
}

/// Waits until a program has exited by itself or has printed something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Wait {
    /// `exit`: until the program has exited by itself.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub awaited: Option<Awaited>,
    /// Until the program has printed this.
    pub output: Option<String>,
    /// Which program, counted from 1 in the order of their starts; default: the last one.
    pub program: Option<u32>,
    /// The same as `program`.
    pub server: Option<u32>,
    /// How long; default: `limits.answer`.
    pub within: Option<DurationArg>,
}

impl Keyword for Wait {
    const SHORTHAND_FIELD: Option<&'static str> = Some("for");
}

impl Perform for Wait {
    fn check(&self, names: &mut Scope<'_>) {
        check_program(names, self.program, self.server);
        if self.awaited.is_some() == self.output.is_some() {
            names.report(&[], DiagnosticKind::OneOf.with("words", "for, output"));
        }
        if let Some(text) = &self.output {
            names.check_template(&["output"], text);
        } else {
            names.declare_exit_wait();
        }
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let what = match &self.output {
            Some(text) => WaitCondition::Output(crate::scenario::template::fill(text, &stage.values())),
            None => WaitCondition::Exit,
        };
        stage.wait(server_id(self.program.or(self.server)), &what, self.within.map(|time| time.0))
    }
}

/// Checks the number of a program under both of its keys.
fn check_program(names: &mut Scope<'_>, program: Option<u32>, server: Option<u32>) {
    if program.is_some() && server.is_some() {
        names.report(&["server"], DiagnosticKind::OneOf.with("words", "program, server"));
    }
    let key = if program.is_some() { "program" } else { "server" };
    names.check_server(&[key], program.or(server));
}

/// Converts an author's program number (from 1) to the journal's (from 0).
pub(super) fn server_id(number: Option<u32>) -> Option<ServerId> {
    number.map(|number| ServerId(number.saturating_sub(1)))
}

/// A signal that `stop` can send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    /// SIGTERM: please end.
    #[default]
    Term,
    /// SIGINT: as Ctrl-C.
    Int,
    /// SIGHUP: the terminal is gone.
    Hup,
    /// SIGKILL: at once.
    Kill,
}

impl Signal {
    /// Returns the signal's number (`signal(7)`).
    const fn number(self) -> i32 {
        match self {
            Self::Term => 15,
            Self::Int => 2,
            Self::Hup => 1,
            Self::Kill => 9,
        }
    }
}

/// Sends a signal to a program and waits until it has exited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stop {
    /// The signal; default: TERM.
    #[serde(skip_serializing_if = "is_default")]
    pub signal: Signal,
    /// Which program, counted from 1 in the order of their starts; default: the last one.
    pub program: Option<u32>,
    /// The same as `program`.
    pub server: Option<u32>,
    /// How long to wait for its end; default: `limits.answer`.
    pub within: Option<DurationArg>,
}

impl Keyword for Stop {
    const SHORTHAND_FIELD: Option<&'static str> = Some("signal");
    const ALLOWS_BARE: bool = true;
}

impl Perform for Stop {
    fn check(&self, names: &mut Scope<'_>) {
        check_program(names, self.program, self.server);
        names.declare_exit_wait();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.stop(server_id(self.program.or(self.server)), self.signal.number(), self.within.map(|time| time.0))
    }
}
