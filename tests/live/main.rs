//! The live tests, in one program: real servers in real stages. Where this machine does not allow namespaces they are
//! skipped, counted and printed; with REQUIRE_LIVE=1 that fails.

mod crowd;
mod ending;
mod evidence;
mod matrix;
mod program;
mod programs;
mod readme;
mod target;
mod two_machines;
