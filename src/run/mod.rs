//! Floor 5: running. One scenario in an agent, one submission with all its scenarios; what was seen becomes a report.
//! Prints nothing and knows no report format.

pub mod abrupt;
pub mod agent;
pub mod batch;
mod blame;
pub mod budget;
pub mod cancel;
pub mod captured;
pub mod causes;
pub mod check;
pub mod clients;
pub mod delivery;
pub mod detect;
pub mod diagnose;
pub mod document;
pub mod download;
pub mod hidden;
mod job;
pub mod judge;
pub mod kept;
mod order;
pub mod packets;
pub mod program;
mod reach;
pub mod roster;
pub mod scenario;
pub mod slots;
pub mod sources;
pub mod store;
pub mod submission;
pub mod toolchains;
pub mod written;

pub use budget::Budgets;
pub use cancel::Cancel;
pub use slots::Slots;
pub use submission::{Over, Plan, Progress, run};

/// Why a run could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Something of the system did not work.
    #[error("{doing}: {source}")]
    System {
        /// What was being done, to what.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
}
