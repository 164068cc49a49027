//! Runs one scenario in one agent: starts it, receives its messages, ends it and returns the
//! evidence.

use std::io;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::agent::AgentMessage;
use super::cancel::Cancel;
use super::judge::{MissingProgram, Outcome};
use super::message_labels;
use super::schedule::are_ready;
use crate::engine::agent_process::{Agent, AgentEvent, START_TIMEOUT};
use crate::engine::spec::RunSpec;
use crate::model::{Cause, Evidence, HarnessError, NotVerified, Operation, SandboxMode, Syscall};
use crate::sys::cgroup::{Cgroup, CgroupParent, OomKillCounter};

/// Parent of the cgroups that limit memory. `None` if this user may not create any: the resource
/// monitor alone then limits the programs.
static CGROUP_PARENT: LazyLock<Option<CgroupParent>> = LazyLock::new(|| CgroupParent::find().ok());
/// Memory that a cgroup may use beyond the limit of its programs, in bytes: for the agent with its
/// packets, files in memory and kernel structures. The resource monitor should act first, because
/// it knows the cause.
const CGROUP_EXTRA_BYTES: u64 = 1 << 30;

/// Result of asking an agent to run a scenario.
#[derive(Debug)]
pub(crate) enum AgentRun {
    /// The scenario ran, or failed to.
    Done(Outcome),
    /// This machine does not allow the sandbox mode. Contains the reason from the system.
    Denied(HarnessError),
    /// The run was interrupted.
    Interrupted,
}

/// How long an agent in plain mode may wait for ports that other runs hold. Each of those has its
/// own limit.
const PLAIN_START_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// Time granted beyond the scenario's own limit. It covers waiting for programs that get little CPU
/// (`engine::wait`, two minutes in all) and writing the evidence. In plain mode it also covers
/// waiting for the connections of an earlier run (a minute).
const OVERTIME_LIMIT: Duration = Duration::from_secs(300);

/// Callback for each step that begins after another one. Receives the index of the step, and
/// whether the programs that the previous step started have their sockets.
pub(crate) type OnStep<'a> = &'a dyn Fn(usize, bool);

/// Runs a scenario with its own limit `within`. All processes that it started are gone when this
/// returns.
#[must_use]
pub(crate) fn perform(mut spec: RunSpec, within: Duration, cancel: &Cancel, begins: OnStep<'_>) -> AgentRun {
    let failed = |operation, error: io::Error| lost(None, HarnessError::system(operation, None, error));
    // Created before the agent, so that it is removed after the agent exits.
    let group = group(&spec);
    spec.limits.cgroup = group.as_ref().map(|group| group.folder().to_owned());
    let mut agent = match Agent::start() {
        Ok(agent) => agent,
        Err(error) => return failed(Operation::StartAgent, error),
    };
    let ran =
        listen(&mut agent, &spec, within, cancel, begins).unwrap_or_else(|error| failed(Operation::TalkToAgent, error));
    agent.kill();
    ran
}

/// Returns why an agent exited before the scenario was over, as far as it is known.
fn ending(spec: &RunSpec) -> HarnessError {
    let killed = spec
        .limits
        .cgroup
        .as_deref()
        .is_some_and(|group| OomKillCounter::open(group).is_ok_and(|kills| kills.has_limit_kills()));
    if killed { HarnessError::AgentOutOfMemory {} } else { HarnessError::AgentExited {} }
}

/// Creates a cgroup for a run, if it runs programs that are not the lab's own and cgroups are
/// available.
fn group(spec: &RunSpec) -> Option<Cgroup> {
    let place = CGROUP_PARENT.as_ref().filter(|_| spec.limits.enforced)?;
    place.create_group(spec.limits.memory.saturating_add(CGROUP_EXTRA_BYTES)).ok()
}

/// Returns the outcome of a run whose evidence is lost. If the program attacked the agent before,
/// that is the cause; otherwise nothing is known against it.
fn lost(attack: Option<&Syscall>, problem: HarnessError) -> AgentRun {
    AgentRun::Done(match attack {
        Some(call) => Outcome::Absent(MissingProgram::failed(Cause::AttackedHarness { call: call.to_string() })),
        None => Outcome::Failed(NotVerified::HarnessTrouble { problem }),
    })
}

fn listen(
    agent: &mut Agent,
    spec: &RunSpec,
    within: Duration,
    cancel: &Cancel,
    begins: OnStep<'_>,
) -> io::Result<AgentRun> {
    let to_begin = if spec.sandbox.mode == SandboxMode::Plain { PLAIN_START_TIMEOUT } else { START_TIMEOUT };
    let mut deadline = Instant::now() + to_begin;
    agent.send(&serde_json::to_vec(spec).map_err(io::Error::other)?)?;
    if spec.sandbox.mode == SandboxMode::Isolated {
        // If there is no sandbox, the next message contains the reason.
        let _ = agent.receive_init_pidfd();
    }
    let mut evidence = Evidence::default();
    let mut attack: Option<Syscall> = None;
    loop {
        let frame = match agent.receive(cancel, deadline)? {
            AgentEvent::Frame(frame) => frame,
            AgentEvent::Interrupted => return Ok(AgentRun::Interrupted),
            AgentEvent::End if cancel.is_cancelled() => return Ok(AgentRun::Interrupted),
            AgentEvent::End => return Ok(lost(attack.as_ref(), ending(spec))),
            AgentEvent::Timeout => return Ok(lost(attack.as_ref(), HarnessError::AgentTimedOut {})),
        };
        match AgentMessage::from_bytes(&frame)? {
            AgentMessage::Denied(why) => return Ok(AgentRun::Denied(why)),
            AgentMessage::Failed(problem) => return Ok(lost(attack.as_ref(), problem)),
            AgentMessage::Began => deadline = Instant::now() + within.saturating_add(OVERTIME_LIMIT),
            AgentMessage::Attacked(call) => attack = Some(call),
            AgentMessage::Step(number, events) => {
                let is_ready = are_ready(&events);
                evidence.journal.0.extend(events);
                begins(number as usize + 1, is_ready);
            }
            AgentMessage::Packets(capture) => evidence.capture = Some(capture),
            AgentMessage::Done { began_ns, hosts, steps, events, gaps, notes, variables } => {
                evidence.journal.0.extend(events);
                let message_labels = message_labels::labels(evidence.capture.as_ref(), &spec.script.formats);
                let seen = Evidence { began_ns, hosts, steps, gaps, notes, variables, message_labels, ..evidence };
                return Ok(AgentRun::Done(Outcome::Seen(Box::new(seen))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;

    #[test]
    fn lost_evidence_fails_an_item_only_after_an_attack() {
        let attack = Syscall::Denied { name: "prlimit".to_owned(), pid: 1 };
        let AgentRun::Done(Outcome::Absent(absent)) = lost(Some(&attack), HarnessError::AgentExited {}) else {
            panic!("the attack is the cause")
        };
        assert_eq!((absent.verdict, absent.because.message().id.as_ref()), (Verdict::Fail, "attacked-harness"));
        // Near miss: an agent that exits without having been attacked.
        let AgentRun::Done(Outcome::Failed(reason)) = lost(None, HarnessError::AgentExited {}) else {
            panic!("it is an error of the harness")
        };
        assert_eq!(reason, NotVerified::HarnessTrouble { problem: HarnessError::AgentExited {} });
    }
}
