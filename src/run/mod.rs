//! Floor 5: running. One scenario, one submission, one lab; what is seen becomes a report.

pub mod agent;
