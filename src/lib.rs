//! socklab verifies socket-programming labs.
pub mod bundled;
pub mod model;
pub mod report;
pub mod run;
pub mod scenario;
pub mod stage;
pub mod sys;
pub mod words;
