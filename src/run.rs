//! Floor 5, running: the scenarios of a lab, each in an agent, with programs that are already
//! known. Turns the collected evidence into a report, and stores results. Prints nothing and does
//! not depend on report formats or on how submissions are found.

pub mod agent;
pub mod budget;
pub mod cancel;
pub mod evidence_codec;
pub mod external_capture;
pub mod file_list;
pub mod judge;
pub mod packet_codec;
mod plain_access;
pub mod plan;
pub mod runner;
pub mod sandbox_config;
pub mod sandbox_denylist;
pub mod scenario;
mod schedule;
pub mod semaphore;
mod session;
mod shared_root;
pub mod source_hint;
pub mod spec;
pub mod store;
pub mod toolchains;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use budget::Budgets;
pub use cancel::Cancel;
pub use plan::{ProgramFolder, Progress, RunPlan, ScenarioDone};
pub use runner::run;
pub use semaphore::Semaphore;
pub use session::Session;

/// Locks a mutex. Data behind a poisoned lock is still valid: every write to it is one call.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
