//! socklab verifies socket-programming labs.
pub mod model;
