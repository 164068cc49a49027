//! Waits that are measured in CPU time. Wall-clock time proves nothing: on a busy or suspended
//! machine a second may pass before a program runs at all. Its behaviour would then be unknown.
//!
//! Measured with a class in a frozen control group, thawed for 30 ms every 5 s: false failures with
//! wall-clock deadlines, none in six rounds with these.

use std::time::{Duration, Instant};

use super::Engine;
use crate::model::ServerId;
use crate::scenario::runtime::RuntimeError;

/// CPU time that a busy server may use until it is no longer waited for. Not wall-clock time: on a
/// busy machine a server may wait long for a CPU.
pub(super) const CPU_BUDGET: Duration = Duration::from_millis(500);
/// Extra time granted to programs that are still runnable, until they have used [`CPU_BUDGET`].
const RUNNABLE_GRACE: Duration = Duration::from_secs(30);

/// As [`RUNNABLE_GRACE`], for the start of a server. A start may need all of its CPU time, 10 s by default: at a
/// load of 60 on two cores, a busy program got less than that in 40 s.
const START_RUNNABLE_GRACE: Duration = Duration::from_secs(90);

/// Upper bound on the extra time per scenario, so that a program that never goes idle cannot block
/// the harness.
const SCENARIO_OVERTIME: Duration = Duration::from_secs(120);

/// Interval between two polls for idle programs.
const IDLE_POLL_INTERVAL: Duration = Duration::from_millis(4);
/// Consecutive polls that must find the programs idle: packets between two hosts arrive with a
/// delay.
const IDLE_POLLS: u32 = 8;

impl Engine {
    /// Polls until `done` returns true, as [`Engine::poll_until`] does. After the deadline, still waits
    /// for programs that are not idle and have used less than [`CPU_BUDGET`] since. Returns whether
    /// `done` was met.
    ///
    /// # Errors
    /// Returns an error if `done` is not met and the programs got hardly any CPU time: their
    /// behaviour is then unknown.
    pub(super) fn poll_until_cpu_fair(
        &mut self,
        deadline: Instant,
        every: Option<Duration>,
        mut done: impl FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<bool, RuntimeError> {
        if self.poll_until(deadline, every, &mut done)? {
            return Ok(true);
        }
        let (used, began) = (self.cpu_time(), Instant::now());
        let (met, rest) = self.poll_until_idle(&mut done)?;
        if met {
            return Ok(true);
        }
        // Handle the results of what the programs did before they became idle.
        self.poll_once(Some(Duration::ZERO))?;
        let (had, took) = (self.cpu_time().saturating_sub(used), began.elapsed());
        if done(self)? {
            Ok(true)
        } else if !rest && had < CPU_BUDGET && took >= RUNNABLE_GRACE {
            let (had, took) = (had.as_millis(), took.as_secs());
            Err(RuntimeError::Unable(format!(
                "the programs used only {had} ms of CPU time in {took} s: the machine is overloaded"
            )))
        } else {
            Ok(false)
        }
    }

    /// Polls until `done` returns true, or the programs have nothing left to do. That is if they
    /// are idle for [`LOOKS`] polls, or have used [`CPU_BUDGET`] of CPU time. Wall-clock time is only an
    /// upper bound.
    ///
    /// Returns whether `done` was met, and whether the programs are idle.
    fn poll_until_idle(
        &mut self,
        mut done: impl FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<(bool, bool), RuntimeError> {
        let used = self.cpu_time();
        let (mut met, mut rests) = (false, 0);
        self.poll_until(self.hard_deadline(Instant::now()), Some(IDLE_POLL_INTERVAL), |world| {
            met = done(world)?;
            rests = if world.is_idle() { rests + 1 } else { 0 };
            Ok(met || rests >= IDLE_POLLS || world.cpu_time() >= used + CPU_BUDGET)
        })?;
        Ok((met, rests >= IDLE_POLLS))
    }

    /// Waits for the exit of a server. On a busy machine an exiting program may wait long for a
    /// CPU.
    pub(super) fn await_exit(&mut self, server: ServerId) -> Result<(), RuntimeError> {
        let k = server.0 as usize;
        if self.servers[k].pid != 0 {
            self.poll_until_idle(|world| Ok(world.servers[k].exited.is_some()))?;
        }
        Ok(())
    }

    /// Returns the hard deadline for programs that are not idle at `deadline`.
    pub(super) fn hard_deadline(&self, deadline: Instant) -> Instant {
        (deadline + RUNNABLE_GRACE).min(self.deadline + SCENARIO_OVERTIME)
    }

    /// As [`Engine::hard_deadline`], for the start of a server.
    pub(super) fn start_hard_deadline(&self, deadline: Instant) -> Instant {
        (deadline + START_RUNNABLE_GRACE).min(self.deadline + SCENARIO_OVERTIME)
    }

    /// Returns true if nothing more is to be expected of the programs. They are idle, or have used
    /// [`CPU_BUDGET`] since the first call, which sets `used`.
    pub(super) fn is_work_done(&mut self, used: &mut Option<Duration>) -> bool {
        if self.is_idle() {
            return true;
        }
        let now = self.cpu_time();
        now >= *used.get_or_insert(now) + CPU_BUDGET
    }
}
