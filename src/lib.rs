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

// On other systems this sentence is the only error: nothing below is compiled there, and Cargo.toml
// has no dependencies for them.
#[cfg(not(target_os = "linux"))]
compile_error!(
    "socklab runs on Linux only. On Windows use WSL 2, on macOS a virtual machine or a container: see docs/install.md"
);

#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod bundled;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod cli;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub(crate) mod engine;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod i18n;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod model;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod packet;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod report;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod run;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub mod scenario;
#[cfg(target_os = "linux")]
#[forbid(unsafe_code)]
pub(crate) mod submission;
#[cfg(target_os = "linux")]
pub mod sys;
