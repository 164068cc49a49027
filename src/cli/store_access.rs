//! Opens the store of a class and reads its results, for the commands that use one.

use std::path::Path;

use super::exit::Trouble;
use crate::model::{Message, Report, SubmissionResult};
use crate::run::store::{Store, StoreError};

/// Maps a store error to a message.
pub(super) fn trouble(path: &Path, error: StoreError) -> Trouble {
    let store = crate::model::bytes::safe_path(path);
    let message = |id: &'static str| Message::new(id).with("store", store.as_str());
    match error {
        StoreError::Busy => Trouble::usage(message("cli-store-busy")),
        StoreError::NotOurs => Trouble::usage(message("cli-store-not-ours")),
        StoreError::OtherLab(lab) => Trouble::usage(message("cli-store-other-lab").with("lab", lab)),
        other => Trouble::Harness(anyhow::Error::new(other).context(format!("opening the store {store}"))),
    }
}

/// Opens a store; creates a missing one if `make` is set.
pub(super) fn open(path: &Path, make: bool) -> Result<Store, Trouble> {
    if !make && !path.is_file() {
        let store = crate::model::bytes::safe_path(path);
        return Err(Trouble::usage(Message::new("cli-store-missing").with("store", store)));
    }
    Store::open(path).map_err(|error| trouble(path, error))
}

/// Returns the selected results. For a table, each is reduced to its row, to bound the memory use.
pub(super) fn results(store: &Store, table: bool, is_wanted: impl Fn(&str) -> bool) -> Result<Report, StoreError> {
    let all = |result: SubmissionResult| Some(result).filter(|result| is_wanted(&result.id.0));
    store.report_of(|result| if table { all(result).map(SubmissionResult::in_a_row) } else { all(result) })
}
