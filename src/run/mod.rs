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
pub mod language;
mod order;
pub mod packets;
pub mod plan;
pub mod program;
mod program_file;
mod reach;
pub mod roster;
pub mod scenario;
pub mod slots;
pub mod sources;
pub mod store;
pub mod submission;
pub mod toolchains;
pub mod written;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use budget::Budgets;
pub use cancel::Cancel;
pub use plan::{Over, Plan, Progress};
pub use slots::Slots;
pub use submission::run;

/// Locks a mutex. Data behind a poisoned lock is still valid: every write to it is one call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
