//! The integration tests that need no namespaces, linked into one program to build faster.

mod cli;
mod formats;
mod house;
mod language;
mod packets;
