//! Facts that are added to judged results: source files, causes that a second run finds, checks of
//! the clients and of the written report. Points change only for the written report.

pub mod client_checks;
pub mod program_file;
pub mod rerun;
pub mod reset_client;
pub mod written_report;
