//! Runs programs that are no servers, such as clients, and types to them. Their output and exit are
//! observed as those of servers are ([`super::server_control`]).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::AsFd;
use std::time::Duration;

use super::server::Server;
use super::wait::PollInterval;
use super::{Engine, ProgramSource};
use crate::model::{Bytes, EventKind};
use crate::scenario::runtime::{RunRequest, Runtime, RuntimeError, TypeRequest};
use crate::scenario::template::fill;

/// Interval between two attempts to write to a full pipe.
const WRITE_INTERVAL: Duration = Duration::from_millis(2);

impl Engine {
    pub(super) fn run_program(&mut self, request: &RunRequest) -> Result<(), RuntimeError> {
        let (entry, role) = self.entry_for(&request.program);
        let host = self.host_index(request.on.as_ref());
        let values = self.values_on(host);
        let id = self.servers.add(Server { host, ..Server::new(None, None) });
        let (mut argv, mut command) = self.program_line(&entry.runs, &values);
        for word in &request.args {
            let word = fill(word, &values);
            command = format!("{command} {}", crate::model::bytes::printable_text(&shell_words::quote(&word)));
            argv.push(word.into());
        }
        (self.servers[id].argv, self.servers[id].role) = (argv.clone(), role.clone());
        let mut env = self.spec.sandbox.environment.clone();
        let address = [("HOST", "host"), ("PORT", "port")];
        env.extend(address.iter().filter_map(|(name, key)| Some((OsString::from(name), values.get(*key)?.into()))));
        env.extend(request.env.iter().map(|(name, value)| (name.into(), fill(value, &values).into())));
        let stdin = request.stdin.as_ref().or(entry.stdin.as_ref()).map(|text| fill(text, &values));
        self.give_files(&request.files)?;
        let failure = self.spawn_program(id, &argv, &env, stdin.as_deref())?;
        let (pid, stands_in) = (self.servers[id].pid, entry.stands_in);
        self.recorder.record(EventKind::Started {
            server: id,
            role,
            command,
            pid,
            protocol: None,
            port: None,
            stands_in,
        });
        if let Some(why) = failure {
            self.recorder.record(EventKind::NotReady { server: id, why });
        }
        self.hidden_gaps(id);
        Ok(())
    }

    /// Returns the values of names in braces for a program on a host: the address is the one at
    /// which this host reaches the last server or listening socket.
    fn values_on(&self, host: Option<usize>) -> BTreeMap<String, String> {
        let mut values = Runtime::values(self);
        if let Some((at, address)) = self.last_address() {
            let address = self.address_from(host, at, address);
            values.insert("host".to_owned(), address.ip().to_string());
            values.insert("port".to_owned(), address.port().to_string());
        }
        values
    }

    /// Returns the arguments to execute, and the command line as it is shown to the user.
    fn program_line(&self, runs: &ProgramSource, values: &BTreeMap<String, String>) -> (Vec<OsString>, String) {
        match runs {
            ProgramSource::Command(words) => {
                let words: Vec<String> = words.iter().map(|word| fill(word, values)).collect();
                let shown = crate::model::bytes::printable_text(&shell_words::join(&words));
                (words.into_iter().map(OsString::from).collect(), shown)
            }
            ProgramSource::Bundled(words) => super::command::bundled_line(words.iter().cloned()),
            // It runs elsewhere: a client cannot.
            ProgramSource::Target(address) => (Vec::new(), address.to_string()),
        }
    }

    pub(super) fn type_to_program(&mut self, request: &TypeRequest) -> Result<(), RuntimeError> {
        let Some(id) = self.chosen_server(request.program).filter(|&id| self.servers[id].pid != 0) else {
            return Ok(());
        };
        let deadline = self.step_deadline(request.within);
        let mut written = 0;
        // A full pipe is written to again until the program has read. One that never reads is idle
        // meanwhile, so that the wait ends.
        self.wait_for_programs(deadline, PollInterval::Every(WRITE_INTERVAL), |engine| {
            let server = &engine.servers[id];
            let Some(stdin) = server.stdin.as_ref().filter(|_| server.exited.is_none()) else { return Ok(true) };
            Ok(write_some(stdin, &request.bytes, &mut written))
        })?;
        if request.close {
            self.servers[id].stdin = None;
        }
        let unwritten = (request.bytes.len() - written) as u64;
        let bytes = Bytes(request.bytes[..written].to_vec());
        self.recorder.record(EventKind::Typed { server: id, bytes, unwritten, closed: request.close });
        Ok(())
    }
}

/// Writes what a pipe accepts. Returns true if everything was written, or nothing more can be: the
/// program has closed its end.
fn write_some(pipe: impl AsFd, bytes: &[u8], written: &mut usize) -> bool {
    while *written < bytes.len() {
        match rustix::io::write(&pipe, &bytes[*written..]) {
            Ok(0) => return true,
            Ok(n) => *written += n,
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return false,
            Err(_) => return true,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_pipe_is_written_later_and_a_closed_one_never() {
        let (reader, writer) = rustix::pipe::pipe().expect("create a pipe");
        rustix::io::ioctl_fionbio(&writer, true).expect("non-blocking");
        let bytes = vec![b'a'; 100_000];
        let mut written = 0;
        assert!(!write_some(&writer, &bytes, &mut written) && written > 0, "a pipe holds 64 KiB");
        let before = written;
        rustix::io::read(&reader, &mut vec![0; 65536][..]).expect("read");
        assert!(write_some(&writer, &bytes, &mut written) && written == bytes.len() && before < written);
        drop(reader);
        let mut written = 0;
        assert!(write_some(&writer, b"a", &mut written) && written == 0, "SIGPIPE is ignored, EPIPE is the end");
    }
}
