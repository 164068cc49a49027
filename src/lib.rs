//! socklab verifies socket-programming labs with evidence from the kernel. Its input is scenarios,
//! its output a verdict per lab item.
//!
//! The modules form layers, called floors. Imports only go down: ARCHITECTURE.md gives the reasons,
//! `tests/it/house.rs` checks it.
//!
//! | floor | module | contents |
//! |---|---|---|
//! | 8 | [`cli`] | command line in, exit code out |
//! | 7 | [`report`] | reports as bytes, in every format |
//! | 6 | [`submission`] | submissions: import, detect, build, run, annotate |
//! | 5 | [`run`] | running scenarios in agents, judging, storing results |
//! | 4 | [`engine`] | the live engine: servers, clients, observers of the socket table |
//! | 3 | [`sys`] | Linux interfaces; the only floor with `unsafe` |
//! | 2 | [`scenario`] | the scenario language and the pure judges |
//! | 1 | [`packet`] | packet bytes, capture files, conversations |
//! | 1 | [`i18n`] | message ids to sentences |
//! | 0 | [`model`] | the shared vocabulary |
//!
//! The floors do not include [`bundled`]: it holds the lab's own programs and imports no other
//! module.
//!
//! The programs call [`cli::main`] and [`bundled`]. All other public items are public only for the
//! tests and benchmarks.

#![warn(clippy::missing_docs_in_private_items)]

#[forbid(unsafe_code)]
pub mod bundled;
#[forbid(unsafe_code)]
pub mod cli;
#[forbid(unsafe_code)]
pub(crate) mod engine;
#[forbid(unsafe_code)]
pub mod i18n;
#[forbid(unsafe_code)]
pub mod model;
#[forbid(unsafe_code)]
pub mod packet;
#[forbid(unsafe_code)]
pub mod report;
#[forbid(unsafe_code)]
pub mod run;
#[forbid(unsafe_code)]
pub mod scenario;
#[forbid(unsafe_code)]
pub(crate) mod submission;
pub mod sys;
