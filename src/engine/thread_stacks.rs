//! Makes interpreters print the stacks of their threads, so that the line is known in which a
//! program waits that does not answer. Only in diagnosing runs: most programs end by it.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Engine;
use super::wait::{PollInterval, WaitEnd};
use crate::scenario::runtime::RuntimeError;
use crate::sys::procfs;

/// The environment variable that makes CPython print all stacks on SIGABRT (`faulthandler`).
pub(super) const FAULT_HANDLER: (&str, &str) = ("PYTHONFAULTHANDLER", "1");

/// How long a program may take to print its stacks.
const PRINT_TIMEOUT: Duration = Duration::from_secs(2);

/// The last line of a thread dump of a Java virtual machine, which goes on afterwards.
const DUMP_END: &[u8] = b"JNI global ref";

impl Engine {
    /// Returns true if the end of a wait is the failure that a diagnosing run is made for: a client
    /// gets no answer, or a silent program no client. Before that, a snapshot may wait in vain for
    /// a program that goes on.
    pub(super) fn shows_stacks(&self, end: WaitEnd) -> bool {
        let fails = match end {
            WaitEnd::Met => false,
            WaitEnd::Silent if self.clients.iter().next().is_none() => true,
            _ => self.clients.waiting > 0,
        };
        fails && self.spec.stacks && !self.observers.has_printed_stacks
    }

    /// Sends the signal on which interpreters print their stacks to all programs, and reads their
    /// output: SIGABRT for CPython, and SIGQUIT for Java, Go and all others.
    pub(super) fn print_stacks(&mut self) -> Result<(), RuntimeError> {
        self.observers.has_printed_stacks = true;
        let processes: Vec<_> =
            self.server_processes().into_iter().map(|(process, server)| (process.pid, server)).collect();
        for (pid, server) in processes {
            let is_python = procfs::executable_of(pid)
                .and_then(|file| Some(file.file_name()?.to_string_lossy().starts_with("python")))
                .unwrap_or(false);
            let signal = if is_python { Signal::ABORT } else { Signal::QUIT };
            self.servers[server].sent_signals.insert(signal.as_raw());
            if let Some(pid) = Pid::from_raw(pid) {
                // The process may have exited meanwhile, because another one did.
                let _ = kill_process(pid, signal);
            }
        }
        let deadline = Instant::now() + PRINT_TIMEOUT;
        self.wait_for_programs(deadline, PollInterval::OnEvent, |engine| {
            Ok(engine.servers.iter().all(|server| server.exited.is_some() || server.output.contains(DUMP_END)))
        })?;
        Ok(())
    }
}
