//! socklab verifies socket-programming labs.
pub mod model;
pub mod sys;
