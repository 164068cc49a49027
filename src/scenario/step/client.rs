//! Steps for client connections: connect, half-close, close, reset.

use schemars::JsonSchema;
use serde::Deserialize;

use super::process::server_id;
use super::{Perform, chosen};
use crate::model::{HostName, Protocol};
use crate::scenario::check::Names;
use crate::scenario::stage::{ConnectRequest, Stage, StageError};
use crate::scenario::word::{Time, Word};

/// Connects new clients and continues when all are connected. Each connect waits until the
/// listener's accept queue has room, so that the kernel drops none.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
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
    pub within: Option<Time>,
}

impl Default for Connect {
    fn default() -> Self {
        Self { clients: 1, on: None, to: None, server: None, protocol: None, within: None }
    }
}

impl Word for Connect {
    const SHORT: Option<&'static str> = Some("clients");
    const ALONE: bool = true;
}

impl Connect {
    /// Reports the author's mistakes in a step that connects clients.
    pub(super) fn check_connect(&self, names: &mut Names<'_>) {
        names.server_exists(&["server"], self.server);
        names.on_host(&["on"], self.on.as_ref());
        if let Some(host) = &self.to {
            names.host(&["to"], host);
        }
        names.connect(self.clients);
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
        }
    }
}

impl Perform for Connect {
    fn check(&self, names: &mut Names<'_>) {
        self.check_connect(names);
    }
    fn perform(&self, stage: &mut dyn Stage) -> Result<(), StageError> {
        stage.connect(&self.request())
    }
    fn connects(&self) -> u32 {
        self.clients
    }
}

macro_rules! about_clients {
    ($($(#[$about:meta])* $name:ident => $act:ident),*) => { $(
        $(#[$about])*
        #[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Only these clients, by number from 1; default: all that are open.
            pub clients: Option<Vec<u32>>,
        }
        impl Word for $name {
            const SHORT: Option<&'static str> = Some("clients");
            const ALONE: bool = true;
        }
        impl Perform for $name {
            fn check(&self, names: &mut Names<'_>) {
                names.clients_exist(self.clients.as_deref());
            }
            fn perform(&self, stage: &mut dyn Stage) -> Result<(), StageError> {
                let clients = chosen(stage, self.clients.as_deref());
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
    /// Closes with a reset (RST) instead of a FIN. Over UDP, this is a close.
    Abort => abort
}
