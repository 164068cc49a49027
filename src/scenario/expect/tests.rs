//! Tests of the judges: for every expectation, evidence that must fail, near misses that must pass,
//! and evidence that must do neither.
//!
//! First tables by expectation file, then properties over many journals.

mod arbitrary;
mod binds;
mod blocked;
mod calls;
mod closing;
mod datagrams;
mod evidence_builder;
mod excerpts;
mod exchange;
mod failed_calls;
mod faults;
mod file;
mod gaps;
mod lines;
mod messages;
mod packets;
mod parts;
mod process;
mod program_state;
mod properties;
mod received;
mod reliable;
mod reply;
mod response;
mod roots;
mod snapshots;
mod starts;
