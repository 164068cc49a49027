//! socklab verifies socket-programming labs with proof from the kernel: scenarios in, a verdict per lab item out.
//!
//! The house has floors, and imports only go down (ARCHITECTURE.md tells why, `tests/it/house.rs` keeps it so):
//!
//! | floor | | |
//! |---|---|---|
//! | 7 | [`cli`] | words in, exit code out |
//! | 6 | [`report`] | a report as bytes, in every format |
//! | 5 | [`run`] | one scenario, one submission |
//! | 4 | [`stage`] | the live world: servers, clients, the socket table watched |
//! | 3 | [`sys`] | Linux; the only floor with `unsafe` |
//! | 2 | [`scenario`] | the language, and the pure judges |
//! | 1 | [`packet`] | bytes of the wire, capture files, conversations |
//! | 1 | [`words`] | message ids to sentences |
//! | 0 | [`model`] | the vocabulary |
//!
//! Beside them stands [`bundled`]: the lab's own programs, which import nothing of the rest.

pub mod bundled;
pub mod cli;
pub mod model;
pub mod packet;
pub mod report;
pub mod run;
pub mod scenario;
pub mod stage;
pub mod sys;
pub mod words;
