//! `no_zombies`, `no_leaks`, `threads`, `processes`: the state of a program at a snapshot.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp, unverified};
use crate::model::{EventKind, ExitStatus, ProgramState, ServerId, SnapshotName};

/// Returns a program with one process in a snapshot.
const fn one() -> ProgramState {
    ProgramState { server: ServerId(0), processes: 1, zombies: 0, threads: 1, descriptors: Some(9) }
}

fn taken(builder: EvidenceBuilder, name: &str, state: ProgramState) -> EvidenceBuilder {
    let at: SnapshotName = name.parse().expect("a name");
    builder.event(EventKind::Programs { at, states: vec![state] })
}

#[rstest]
#[case::none(one(), pass("no-zombies"))]
#[case::some(ProgramState { zombies: 2, ..one() }, fail("zombies-left"))]
fn zombies_are_found(#[case] state: ProgramState, #[case] want: Want) {
    taken(tcp(), "seen", state).assert_finding("no_zombies: seen", want);
}

#[rstest]
#[case::same(Some(9), Some(9), pass("no-leaks"))]
#[case::fewer(Some(9), Some(8), pass("no-leaks"))]
#[case::more(Some(9), Some(14), fail("descriptors-left"))]
#[case::unknown_before(None, Some(9), unverified("snapshot-not-taken"))]
#[case::unknown_after(Some(9), None, unverified("snapshot-not-taken"))]
fn descriptors_are_compared(#[case] before: Option<u64>, #[case] after: Option<u64>, #[case] want: Want) {
    let with = |descriptors| ProgramState { descriptors, ..one() };
    let scene = taken(taken(tcp(), "start", with(before)), "end", with(after));
    scene.assert_finding("no_leaks: { from: start, at: end }", want);
}

#[rstest]
#[case::enough("threads: { at: seen, at_least: 4, at_most: 4 }", pass("threads"))]
#[case::too_few("threads: { at: seen, at_least: 5 }", fail("too-few-threads"))]
#[case::too_many("threads: { at: seen, at_most: 3 }", fail("too-many-threads"))]
#[case::processes("processes: { at: seen, at_most: 2 }", pass("processes"))]
#[case::too_few_processes("processes: { at: seen, at_least: 3 }", fail("too-few-processes"))]
#[case::too_many_processes("processes: { at: seen, at_most: 1 }", fail("too-many-processes"))]
fn numbers_are_within_their_range(#[case] word: &str, #[case] want: Want) {
    let state = ProgramState { processes: 2, threads: 4, ..one() };
    taken(tcp(), "seen", state).assert_finding(word, want);
}

#[test]
fn program_that_has_exited_has_no_state() {
    let gone = ProgramState { processes: 0, threads: 0, descriptors: Some(0), ..one() };
    let scene = || taken(tcp().exited(ExitStatus::Code(1)), "seen", gone.clone());
    for word in ["no_zombies: seen", "threads: { at: seen, at_most: 3 }"] {
        scene().assert_finding(word, fail("program-failed"));
    }
    tcp().assert_finding("no_zombies: seen", unverified("snapshot-not-taken"));
}
