//! Submissions (floor 6): importing what a student hands in, finding and building its programs,
//! running the lab on them, and annotating the results. It prints nothing and knows no report
//! format.

pub(crate) mod annotate;
pub(crate) mod build;
mod build_error;
mod candidate;
pub(crate) mod detect;
pub(crate) mod download;
mod encoding;
pub(crate) mod grade;
pub(crate) mod heuristics;
pub(crate) mod import;
pub(crate) mod language;
mod name_lookup;
mod notebook;
pub(crate) mod pipeline;
pub(crate) mod preflight;
pub(crate) mod probe;
mod python_env;
pub(crate) mod regrade;
mod role_names;
pub(crate) mod roster;
pub(crate) mod sources;
mod unused;
