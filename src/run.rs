//! Floor 5, running: the scenarios of a lab, each in an agent, with programs that are already
//! known. Turns the collected evidence into a report, and stores results. Prints nothing and does
//! not depend on report formats or on how submissions are found.

pub(crate) mod agent;
pub(crate) mod audit;
pub(crate) mod budget;
pub(crate) mod cancel;
pub(crate) mod evidence_codec;
pub(crate) mod external_capture;
pub(crate) mod file_list;
pub mod judge;
mod message_labels;
pub(crate) mod packet_codec;
mod plain_access;
pub(crate) mod plan;
pub(crate) mod runner;
pub(crate) mod sandbox_config;
pub(crate) mod sandbox_denylist;
pub(crate) mod scenario;
mod schedule;
pub(crate) mod semaphore;
mod session;
pub mod shard;
mod shared_root;
pub(crate) mod source_hint;
pub(crate) mod spec;
pub mod store;
pub(crate) mod toolchains;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use budget::Budgets;
pub(crate) use cancel::Cancel;
pub(crate) use plan::{ProgramFolder, Progress, RunPlan, ScenarioDone};
pub(crate) use runner::run;
pub(crate) use semaphore::Semaphore;
pub(crate) use session::Session;

/// Locks a mutex. Data behind a poisoned lock is still valid: every write to it is one call.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
