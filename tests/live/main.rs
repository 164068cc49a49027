//! The live tests, linked into one program: real servers in real sandboxes.
//!
//! If this machine does not allow namespaces, they are skipped, counted and printed; with
//! `REQUIRE_LIVE=1` they fail instead. Tests start in the order of their names. The two slowest are
//! named so that they do not start last and run alone.
#![forbid(unsafe_code)]

mod abrupt;
mod advice;
mod audit;
mod begin;
mod bounds;
mod build_errors;
mod caught_errors;
mod chat_client;
mod check;
mod ci;
mod class;
mod class_shards;
mod class_zoo;
mod cluster_examples;
mod crowd;
mod disturb;
mod ending;
mod evidence;
mod expectations;
mod failed_calls;
mod file_transfer;
mod hostile;
mod http_server;
mod line_chat;
mod matrix;
mod messages;
mod namespace_limits;
mod native_lines;
mod outside;
mod page;
mod pages;
mod plain;
mod program;
mod programs;
mod readme;
mod roles;
mod shared_connections;
mod silence;
mod slow;
mod slurm;
mod source_clues;
mod target;
mod toolchains;
mod two_machines;
mod without_data;
