//! Steps for client connections: connect, half-close, close, reset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::server_id;
use super::{Perform, selected_clients};
use crate::model::{HostName, Protocol};
use crate::scenario::runtime::{ConnectRequest, Runtime, RuntimeError};
use crate::scenario::syntax::{DurationArg, Keyword};
use crate::scenario::validate::Scope;

/// Connects new clients and continues when all are connected. Each connect waits until the
/// listener's accept queue has room, so that the kernel drops none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Connect {
    /// How many, all open at the same time; default: 1.
    pub clients: u32,
    /// On which host they are, if there are two.
    pub on: Option<HostName>,
    /// To the last server started on this host, at the address through which the other host reaches
    /// it.
    pub to: Option<HostName>,
    /// To which server, counted from 1; default: the last one started.
    pub server: Option<u32>,
    /// Transport; default: that of the server's socket.
    pub protocol: Option<Protocol>,
    /// How long to wait until all are connected; default: `limits.answer`.
    pub within: Option<DurationArg>,
    /// Only as many as the server accepts and its own accept queue holds, but at least two.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fit_backlog: bool,
}

impl Default for Connect {
    fn default() -> Self {
        Self { clients: 1, on: None, to: None, server: None, protocol: None, within: None, fit_backlog: false }
    }
}

impl Keyword for Connect {
    const SHORTHAND_FIELD: Option<&'static str> = Some("clients");
    const ALLOWS_BARE: bool = true;
}

impl Connect {
    /// Reports the author's mistakes in a step that connects clients.
    pub(super) fn check_connect(&self, names: &mut Scope<'_>) {
        names.check_server(&["server"], self.server);
        names.check_host_choice(&["on"], self.on.as_ref());
        if let Some(host) = &self.to {
            names.check_host(&["to"], host);
        }
        names.declare_clients(self.clients);
    }

    /// Returns the request for the stage.
    pub(super) fn request(&self) -> ConnectRequest {
        ConnectRequest {
            clients: self.clients,
            on: self.on.clone(),
            to: self.to.clone(),
            server: server_id(self.server),
            protocol: self.protocol,
            reads: true,
            within: self.within.map(|time| time.0),
            fit_backlog: self.fit_backlog,
        }
    }
}

impl Perform for Connect {
    fn check(&self, names: &mut Scope<'_>) {
        self.check_connect(names);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.connect(&self.request())
    }
    fn client_count(&self) -> u32 {
        self.clients
    }
}

macro_rules! about_clients {
    ($($(#[$about:meta])* $name:ident => $act:ident),*) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Only these clients, by number from 1; default: all that are open.
            pub clients: Option<Vec<u32>>,
        }
        impl Keyword for $name {
            const SHORTHAND_FIELD: Option<&'static str> = Some("clients");
            const ALLOWS_BARE: bool = true;
        }
        impl Perform for $name {
            fn check(&self, names: &mut Scope<'_>) {
                names.check_clients(self.clients.as_deref());
            }
            fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
                let clients = selected_clients(stage, self.clients.as_deref());
                stage.$act(&clients)
            }
        }
    )* };
}

about_clients! {
    /// Half-closes: the clients stop sending but still receive. Does nothing over UDP.
    FinishSending => finish_sending,
    /// Closes. Pending data is read first, so that the close does not become a reset.
    Close => close,
    /// Closes at once and reads nothing more, as a program that ends: data that the server sends
    /// from then on is answered by a reset (RST).
    CloseUnread => close_unread,
    /// Closes with a reset (RST) instead of a FIN. Over UDP, this is a close.
    Abort => abort
}
