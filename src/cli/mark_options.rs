//! The options of `socklab mark`.

use std::path::PathBuf;

use clap::Args;

use super::store_access::DEFAULT_STORE;

#[derive(Debug, Args)]
pub(super) struct MarkOptions {
    /// Results file
    #[arg(default_value = DEFAULT_STORE)]
    pub(super) store: PathBuf,
    /// The submission: its id, or the student's name
    #[arg(long, value_name = "NAME")]
    pub(super) student: Option<String>,
    /// The item, such as `tcp-simple.5`
    #[arg(long, value_name = "ITEM")]
    pub(super) item: Option<String>,
    /// Points to add; negative points are subtracted, at most to 0. Replaces an earlier mark
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with = "remove")]
    pub(super) points: Option<i32>,
    /// A comment, which students see in every report
    #[arg(long, value_name = "TEXT", conflicts_with = "remove")]
    pub(super) comment: Option<String>,
    /// Remove the mark of the item
    #[arg(long)]
    pub(super) remove: bool,
}
