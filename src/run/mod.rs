//! Floor 5, running: one scenario in an agent, one submission with all its scenarios, a whole
//! class. Turns the collected evidence into a report. Prints nothing and does not depend on report
//! formats.

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

/// An error that prevents a run from starting.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The operating system refused an operation.
    #[error("{doing}: {source}")]
    System {
        /// The attempted operation and its object.
        doing: String,
        /// The error from the operating system.
        source: std::io::Error,
    },
}
