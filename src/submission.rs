//! Submissions (floor 6): importing what a student hands in, finding and building its programs,
//! running the lab on them, and annotating the results. It prints nothing and knows no report format.

pub mod annotate;
pub mod build;
mod candidate;
pub mod detect;
pub mod download;
pub mod grade;
pub mod heuristics;
pub mod import;
pub mod language;
pub mod pipeline;
pub mod probe;
pub mod regrade;
pub mod roster;
pub mod sources;
