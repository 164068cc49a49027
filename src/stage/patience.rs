//! Waits that are measured in CPU time. Wall-clock time proves nothing: on a busy or suspended
//! machine a second may pass before a program runs at all. Its behaviour would then be unknown.
//!
//! Measured with a class in a frozen control group, thawed for 30 ms every 5 s: false failures with
//! wall-clock deadlines, none in six rounds with these.

use std::time::{Duration, Instant};

use super::World;
use crate::model::ServerId;
use crate::scenario::stage::StageError;

/// CPU time that a busy server may use until it is no longer waited for. Not wall-clock time: on a
/// busy machine a server may wait long for a CPU.
pub(super) const BUSY: Duration = Duration::from_millis(500);
/// Extra time granted to programs that are still runnable, until they have used [`BUSY`].
const REST: Duration = Duration::from_secs(30);

/// As [`REST`], for the start of a server. A start may need all of its CPU time, 10 s by default: at a
/// load of 60 on two cores, a busy program got less than that in 40 s.
const START_REST: Duration = Duration::from_secs(90);

/// Upper bound on the extra time per scenario, so that a program that never goes idle cannot block
/// the harness.
const IN_ALL: Duration = Duration::from_secs(120);

/// Interval between two polls for idle programs.
const EVERY: Duration = Duration::from_millis(4);
/// Consecutive polls that must find the programs idle: packets between two hosts arrive with a
/// delay.
const LOOKS: u32 = 8;

impl World {
    /// Polls until `done` returns true, as [`World::go_on`] does. After the deadline, still waits
    /// for programs that are not idle and have used less than [`BUSY`] since. Returns whether
    /// `done` was met.
    ///
    /// # Errors
    /// Returns an error if `done` is not met and the programs got hardly any CPU time: their
    /// behaviour is then unknown.
    pub(super) fn go_on_while_at_work(
        &mut self,
        deadline: Instant,
        every: Option<Duration>,
        mut done: impl FnMut(&mut Self) -> Result<bool, StageError>,
    ) -> Result<bool, StageError> {
        if self.go_on(deadline, every, &mut done)? {
            return Ok(true);
        }
        let (used, began) = (self.processor_time(), Instant::now());
        let (met, rest) = self.until_nothing_comes(&mut done)?;
        if met {
            return Ok(true);
        }
        // Handle the results of what the programs did before they became idle.
        self.turn(Some(Duration::ZERO))?;
        let (had, took) = (self.processor_time().saturating_sub(used), began.elapsed());
        if done(self)? {
            Ok(true)
        } else if !rest && had < BUSY && took >= REST {
            let (had, took) = (had.as_millis(), took.as_secs());
            Err(StageError::Unable(format!(
                "the programs used only {had} ms of CPU time in {took} s: the machine is overloaded"
            )))
        } else {
            Ok(false)
        }
    }

    /// Polls until `done` returns true, or the programs have nothing left to do. That is if they
    /// are idle for [`LOOKS`] polls, or have used [`BUSY`] of CPU time. Wall-clock time is only an
    /// upper bound.
    ///
    /// Returns whether `done` was met, and whether the programs are idle.
    fn until_nothing_comes(
        &mut self,
        mut done: impl FnMut(&mut Self) -> Result<bool, StageError>,
    ) -> Result<(bool, bool), StageError> {
        let used = self.processor_time();
        let (mut met, mut rests) = (false, 0);
        self.go_on(self.at_the_latest(Instant::now()), Some(EVERY), |world| {
            met = done(world)?;
            rests = if world.is_at_rest() { rests + 1 } else { 0 };
            Ok(met || rests >= LOOKS || world.processor_time() >= used + BUSY)
        })?;
        Ok((met, rests >= LOOKS))
    }

    /// Waits for the exit of a server. On a busy machine an exiting program may wait long for a
    /// CPU.
    pub(super) fn await_leaving(&mut self, server: ServerId) -> Result<(), StageError> {
        let k = server.0 as usize;
        if self.servers[k].pid != 0 {
            self.until_nothing_comes(|world| Ok(world.servers[k].exited.is_some()))?;
        }
        Ok(())
    }

    /// Returns the hard deadline for programs that are not idle at `deadline`.
    pub(super) fn at_the_latest(&self, deadline: Instant) -> Instant {
        (deadline + REST).min(self.deadline + IN_ALL)
    }

    /// As [`World::at_the_latest`], for the start of a server.
    pub(super) fn start_at_the_latest(&self, deadline: Instant) -> Instant {
        (deadline + START_REST).min(self.deadline + IN_ALL)
    }

    /// Returns true if nothing more is to be expected of the programs. They are idle, or have used
    /// [`BUSY`] since the first call, which sets `used`.
    pub(super) fn have_done_their_work(&mut self, used: &mut Option<Duration>) -> bool {
        if self.is_at_rest() {
            return true;
        }
        let now = self.processor_time();
        now >= *used.get_or_insert(now) + BUSY
    }
}
