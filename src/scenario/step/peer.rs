//! Steps for scripted peers: listening sockets of socklab, and the connections that programs open
//! to them. What `send`, `receive` and `close` do, they also do on such a connection.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perform;
use crate::model::{HostName, ListenerId, Protocol};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{AcceptRequest, ListenRequest, Runtime, RuntimeError};
use crate::scenario::syntax::{DurationArg, Keyword, is_default};
use crate::scenario::validate::Scope;

/// Opens a socket to which programs can connect. From then on `{host}` and `{port}` are its
/// address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Transport; default: TCP.
    pub protocol: Protocol,
    /// The port; default: a free one.
    pub port: Option<u16>,
    /// On which host, if there are two.
    pub on: Option<HostName>,
}

impl Default for Listen {
    fn default() -> Self {
        Self { protocol: Protocol::Tcp, port: None, on: None }
    }
}

impl Keyword for Listen {
    const SHORTHAND_FIELD: Option<&'static str> = Some("protocol");
    const ALLOWS_BARE: bool = true;
}

impl Perform for Listen {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_host_choice(&["on"], self.on.as_ref());
        if self.port == Some(0) {
            names.report(&["port"], DiagnosticKind::Between.with("least", 1u32).with("most", 65535u32));
        }
        names.declare_listener(self.protocol);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.listen(&ListenRequest { protocol: self.protocol, port: self.port, on: self.on.clone() })
    }
}

/// Accepts connections of programs at a listening socket. Over UDP, the first datagram from an
/// address makes a connection. Connections have numbers as clients have, in one series, so that
/// `clients: [1]` chooses one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Accept {
    /// How many; default: 1.
    #[serde(skip_serializing_if = "is_default")]
    pub connections: u32,
    /// At which listening socket, counted from 1; default: the last one opened.
    pub listener: Option<u32>,
    /// How long to wait until all have come; default: `limits.answer`.
    pub within: Option<DurationArg>,
}

impl Default for Accept {
    fn default() -> Self {
        Self { connections: 1, listener: None, within: None }
    }
}

impl Keyword for Accept {
    const SHORTHAND_FIELD: Option<&'static str> = Some("connections");
    const ALLOWS_BARE: bool = true;
}

impl Perform for Accept {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_listener(&["listener"], self.listener);
        names.declare_accepted(self.listener, self.connections);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.accept(&AcceptRequest {
            connections: self.connections,
            listener: self.listener.map(|number| ListenerId(number.saturating_sub(1))),
            within: self.within.map(|time| time.0),
        })
    }
    fn client_count(&self) -> u32 {
        self.connections
    }
}
