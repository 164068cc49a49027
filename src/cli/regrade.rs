//! `socklab regrade`: judges stored evidence again, without running anything.

use std::collections::BTreeMap;
use std::path::Path;

use super::exit::{CliError, ExitStatus};
use super::store_access::{open_store, store_error};
use super::{Ui, load};
use crate::model::Message;
use crate::submission::regrade;

/// Judges the stored evidence again.
pub(super) fn regrade(path: &Path, lab: &str, reader: &Ui) -> Result<ExitStatus, CliError> {
    let lab = load::load_lab(lab, &BTreeMap::new())?;
    let store = open_store(path, false)?;
    let (n, changed) = regrade::regrade(&lab, &lab.hash(), &store).map_err(|error| store_error(path, error))?;
    let message = Message::new("cli-regraded").with("n", n).with("changed", changed);
    Ui::print(&format!("{}\n", reader.words.format(&message)));
    Ok(ExitStatus::Passed)
}
