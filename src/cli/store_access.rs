//! Opens the store of a class and reads its results, for the commands that use one.

use std::io;
use std::path::Path;

use super::exit::CliError;
use crate::model::{Message, Report, SubmissionResult};
use crate::report::{ClassReport, Submissions, anonymize};
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

/// The results of a store, which are read one after another.
pub(super) struct StoredClass<'a> {
    store: &'a Store,
    is_wanted: &'a dyn Fn(&str) -> bool,
    /// True if hidden items are left out.
    for_students: bool,
    /// The report without its submissions.
    pub(super) run: Report,
    count: usize,
}

impl<'a> StoredClass<'a> {
    /// Selects results by their ids.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub(super) fn new(
        store: &'a Store,
        is_wanted: &'a dyn Fn(&str) -> bool,
        for_students: bool,
    ) -> Result<Self, StoreError> {
        let count = store.ids()?.iter().filter(|id| is_wanted(id)).count();
        Ok(Self { store, is_wanted, for_students, run: store.run()?, count })
    }

    /// Returns the report.
    pub(super) fn report(&self) -> ClassReport<'_> {
        ClassReport { run: &self.run, count: self.count, submissions: self }
    }
}

impl Submissions for StoredClass<'_> {
    fn each(&self, visit: &mut dyn FnMut(&SubmissionResult) -> io::Result<()>) -> io::Result<()> {
        self.store.each(self.is_wanted, |result| {
            visit(&if self.for_students { anonymize::for_students(result) } else { result })
        })
    }
}
