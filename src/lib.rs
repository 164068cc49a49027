//! socklab verifies socket-programming labs.
pub mod bundled;
