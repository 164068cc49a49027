//! socklab verifies socket-programming labs.
pub mod bundled;
pub mod model;
pub mod report;
pub mod words;
