//! `Limits`: deadlines and limits of a scenario.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::syntax::DurationArg;

/// Deadlines and limits of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Maximum number of clients. Default: 1000.
    #[schemars(range(min = 1, max = 15000))]
    pub clients: u32,
    /// Time until a server's socket must exist. Default: 10 s.
    pub start: DurationArg,
    /// Time limit of every other wait that does not set its own. Default: 5 s.
    pub answer: DurationArg,
    /// Time limit of the scenario, plus up to two minutes if programs get no CPU. Default: 120 s.
    pub scenario: DurationArg,
}

/// Upper bound of `limits.clients`: one process holds all client sockets, and many machines limit
/// its open files to 20,000.
pub const MAX_CLIENTS: u32 = 15_000;

impl Limits {
    /// The default time limit of an answer.
    pub const ANSWER: Duration = Duration::from_secs(5);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: 1000,
            start: DurationArg(Duration::from_secs(10)),
            answer: DurationArg(Self::ANSWER),
            scenario: DurationArg(Duration::from_secs(120)),
        }
    }
}
