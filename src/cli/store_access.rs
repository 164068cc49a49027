//! Opens the store of a class and reads its results, for the commands that use one.

use std::path::Path;

use super::exit::CliError;
use crate::model::{Message, Report, SubmissionResult};
use crate::run::store::{PartError, Store, StoreError};

/// Default file name of the store.
pub(super) const DEFAULT_STORE: &str = "socklab.db";

/// Maps a store error to a message.
pub(super) fn store_error(path: &Path, error: StoreError) -> CliError {
    let store = crate::model::bytes::safe_path(path);
    let message = |id: &'static str| Message::new(id).with("store", store.as_str());
    match error {
        StoreError::Busy => CliError::usage(message("cli-store-busy")),
        StoreError::NotOurs => CliError::usage(message("cli-store-not-ours")),
        StoreError::OtherLab(lab) => CliError::usage(message("cli-store-other-lab").with("lab", lab)),
        StoreError::Part(PartError::WholeClass) => CliError::usage(message("cli-store-whole-class")),
        StoreError::Part(PartError::OtherShard(shard)) => {
            CliError::usage(message("cli-store-other-shard").with("shard", shard.to_string()))
        }
        StoreError::Part(PartError::OtherSeed(seed)) => {
            CliError::usage(message("cli-store-other-seed").with("seed", seed.to_string()))
        }
        other => CliError::Internal(anyhow::Error::new(other).context(format!("opening the store {store}"))),
    }
}

/// Opens a store; creates a missing one if `make` is set.
pub(super) fn open_store(path: &Path, make: bool) -> Result<Store, CliError> {
    if !make && !path.is_file() {
        let store = crate::model::bytes::safe_path(path);
        return Err(CliError::usage(Message::new("cli-store-missing").with("store", store)));
    }
    Store::open(path).map_err(|error| store_error(path, error))
}

/// Returns the selected results. For a table, each is reduced to its row, to bound the memory use.
pub(super) fn load_results(store: &Store, table: bool, is_wanted: impl Fn(&str) -> bool) -> Result<Report, StoreError> {
    let all = |result: SubmissionResult| Some(result).filter(|result| is_wanted(&result.id.0));
    store.report_of(|result| if table { all(result).map(SubmissionResult::into_summary) } else { all(result) })
}
