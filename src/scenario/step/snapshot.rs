//! The step that copies the socket table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Perform;
use crate::model::SnapshotName;
use crate::scenario::runtime::{Runtime, RuntimeError, SnapshotCondition};
use crate::scenario::syntax::{DurationArg, Keyword};
use crate::scenario::validate::Scope;

/// Copies the kernel's socket table, including the owner of every socket, under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Its name, for the expectations.
    pub name: SnapshotName,
    /// Condition to wait for before taking the snapshot. It is taken anyway when the deadline
    /// passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once: Vec<Once>,
    /// How long to wait; default: `limits.answer`.
    #[serde(default)]
    pub within: Option<DurationArg>,
}

/// What a snapshot may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Once {
    /// Every client's connection is established at both ends.
    Established,
    /// The server has accepted every client's connection, and does nothing more without data.
    Accepted,
    /// The server sleeps: it has dealt with everything that came. Waited for until it has
    /// used half a second of processor time.
    Idle,
    /// No connection is left that either end still has to close.
    Closed,
}

impl Keyword for Snapshot {
    const SHORTHAND_FIELD: Option<&'static str> = Some("name");
}

impl Perform for Snapshot {
    fn check(&self, names: &mut Scope<'_>) {
        names.require_server();
        names.declare_snapshot(&self.name, &[]);
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let once: Vec<SnapshotCondition> = self
            .once
            .iter()
            .map(|once| match once {
                Once::Established => SnapshotCondition::Established,
                Once::Accepted => SnapshotCondition::Accepted,
                Once::Idle => SnapshotCondition::Idle,
                Once::Closed => SnapshotCondition::Closed,
            })
            .collect();
        stage.snapshot(&self.name, &once, self.within.map(|time| time.0))
    }
}
