//! The integration tests that need no live host, in one program: what is linked once is tested fast.

mod cli;
mod formats;
mod house;
mod language;
mod packets;
