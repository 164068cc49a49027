//! The integration tests that need no namespaces, linked into one program to build faster.
#![forbid(unsafe_code)]

mod cli;
mod formats;
mod house;
mod language;
mod packets;
mod stored;
