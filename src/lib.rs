//! socklab verifies socket-programming labs.
pub mod model;
pub mod report;
pub mod words;
