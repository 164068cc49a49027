//! The live tests, in one program: real servers in real stages. Where this machine does not allow namespaces they are
//! skipped, counted and printed; with REQUIRE_LIVE=1 that fails. They start in the order of their names: the two that take longest
//! are called so that they do not come last, alone.

mod begin;
mod bounds;
mod check;
mod ci;
mod class;
mod class_zoo;
mod crowd;
mod ending;
mod evidence;
mod expectations;
mod hostile;
mod line_chat;
mod matrix;
mod outside;
mod page;
mod pages;
mod plain;
mod program;
mod programs;
mod readme;
mod target;
mod toolchains;
mod two_machines;
