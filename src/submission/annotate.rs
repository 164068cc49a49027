//! Annotations of judged items: source files, causes that a further run finds, checks of the
//! clients and of the written report. Points change only for the written report.

pub(crate) mod abrupt_clients;
pub(crate) mod caught_error;
pub(crate) mod client_checks;
mod clue_refinements;
pub(crate) mod failed_call;
pub(crate) mod listener_close;
pub(crate) mod mixed_connections;
pub(crate) mod never_awaited;
pub(crate) mod own_module;
pub(crate) mod program_file;
mod python_statements;
pub(crate) mod rerun;
pub(crate) mod sending_line;
pub(crate) mod smallest_exchange;
mod source_clue_table;
pub(crate) mod source_clues;
pub(crate) mod unflushed;
pub(crate) mod waiting_line;
pub(crate) mod written_report;
