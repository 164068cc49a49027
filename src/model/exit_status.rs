//! `ExitStatus`: how a process exited, and its message.

use serde::{Deserialize, Serialize};

use super::message::{Arg, Message};

/// How a process exited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitStatus {
    /// An exit code.
    Code(i32),
    /// A signal.
    Signal(i32),
}

/// The names of signals, with the numbers that x86 and ARM share (`signal(7)`).
const SIGNALS: [(i32, &str); 18] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
    (31, "SIGSYS"),
];

impl ExitStatus {
    /// Returns the message that describes it.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Code(code) => Message::new("status-code").with("code", code),
            Self::Signal(signal) => Message::new("status-signal").with("signal", signal_name(signal)),
        }
    }

    /// Returns the status that this message describes.
    #[must_use]
    pub fn from_message(message: &Message) -> Option<Self> {
        let status = match (message.args.get("code"), message.args.get("signal")) {
            (Some(Arg::Number(code)), None) => Self::Code(i32::try_from(*code).ok()?),
            (None, Some(Arg::Text(name))) => Self::Signal(signal_number(name)?),
            _ => return None,
        };
        (status.message() == *message).then_some(status)
    }
}

/// Returns the name of a signal, else its number.
fn signal_name(signal: i32) -> String {
    let named = SIGNALS.iter().find(|(number, _)| *number == signal);
    named.map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}

fn signal_number(text: &str) -> Option<i32> {
    let named = SIGNALS.iter().find(|(_, name)| *name == text);
    named.map(|(number, _)| *number).or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read_back_from_its_message() {
        let all = [0, 1, -1, 255].map(ExitStatus::Code).into_iter().chain((1..=64).map(ExitStatus::Signal));
        for status in all {
            assert_eq!(ExitStatus::from_message(&status.message()), Some(status));
        }
        assert_eq!(ExitStatus::from_message(&Message::new("state-gone")), None);
    }
}
