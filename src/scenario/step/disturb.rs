//! The step that cuts the calls of programs short, or interrupts them, as POSIX allows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perform;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{DisturbRequest, Runtime, RuntimeError};
use crate::scenario::syntax::{Keyword, Percent};
use crate::scenario::validate::Scope;

/// The largest number of bytes of a call: above that, no call is cut short.
const MAX_BYTES: u64 = 1 << 20;

/// From here on, the programs' calls on sockets are cut short or interrupted. A correct program survives
/// that. The same seed disturbs the same calls of each thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disturb {
    /// Each read from a connection returns at most this many bytes.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub recv: Option<u64>,
    /// Each write to a connection accepts at most this many bytes.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub send: Option<u64>,
    /// This share of the calls of `accept`, `recv` and `send` fails with EINTR, as if a signal had come.
    pub eintr: Percent,
    /// The seed that selects the interrupted calls; default: that of the run.
    pub seed: Option<u64>,
}

impl Keyword for Disturb {
    const SHORTHAND_FIELD: Option<&'static str> = None;
}

impl Perform for Disturb {
    fn check(&self, names: &mut Scope<'_>) {
        for (key, bytes) in [("recv", self.recv), ("send", self.send)] {
            if bytes.is_some_and(|bytes| !(1..=MAX_BYTES).contains(&bytes)) {
                names.report(&[key], DiagnosticKind::Between.with("least", 1_u64).with("most", MAX_BYTES));
            }
        }
        if self.recv.is_none() && self.send.is_none() && self.eintr == Percent::ZERO {
            names.report(&[], DiagnosticKind::AnyOf.with("words", "recv, send, eintr"));
        }
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let seed = self.seed.unwrap_or_else(|| stage.seed());
        stage.disturb(&DisturbRequest { recv: self.recv, send: self.send, eintr: self.eintr.fraction(), seed })
    }
}
