//! Annotations of judged items: source files, causes that a further run finds, checks of the clients
//! and of the written report. Points change only for the written report.

pub mod client_checks;
pub mod program_file;
pub mod rerun;
pub mod reset_client;
pub mod written_report;
