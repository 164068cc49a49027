//! The step that connects clients which never read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connect, Perform};
use crate::model::{HostName, Protocol};
use crate::scenario::runtime::{ConnectRequest, Runtime, RuntimeError};
use crate::scenario::syntax::{DurationArg, Keyword};
use crate::scenario::validate::Scope;

/// Connects new TCP clients that send but never read, with the smallest possible buffers: after
/// some 100 KB sent to one of them, it accepts no more. No receive waits for them. They end with
/// `abort` or with the scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectUnread {
    /// How many, all open at the same time; default: 1.
    pub clients: u32,
    /// On which host they are, if there are two.
    pub on: Option<HostName>,
    /// To the last server started on this host, at the address through which the other host reaches
    /// it.
    pub to: Option<HostName>,
    /// To which server, counted from 1; default: the last one started.
    pub server: Option<u32>,
    /// How long to wait until all are connected; default: `limits.answer`.
    pub within: Option<DurationArg>,
}

impl Default for ConnectUnread {
    fn default() -> Self {
        Self { clients: 1, on: None, to: None, server: None, within: None }
    }
}

impl Keyword for ConnectUnread {
    const SHORTHAND_FIELD: Option<&'static str> = Some("clients");
    const ALLOWS_BARE: bool = true;
}

impl ConnectUnread {
    /// Returns the equivalent `connect` step, whose clients read.
    fn connect(&self) -> Connect {
        let Self { clients, on, to, server, within } = self.clone();
        Connect { clients, on, to, server, protocol: Some(Protocol::Tcp), within, fit_backlog: false }
    }
}

impl Perform for ConnectUnread {
    fn check(&self, names: &mut Scope<'_>) {
        self.connect().check_connect(names);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.connect(&ConnectRequest { reads: false, ..self.connect().request() })
    }
    fn client_count(&self) -> u32 {
        self.clients
    }
}
