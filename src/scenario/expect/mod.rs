//! Expectations: pure judges over recorded evidence. `trait Judge` and THE LIST.

mod cause;
mod closing;
mod exchange;
mod opening;
mod process;
mod rule;
mod scene;
mod sockets;
mod start;
mod stream;
#[cfg(test)]
mod tests;

pub use closing::{End, FirstToClose, NoneInCloseWait};
pub use exchange::{Answered, Echo, Reply, Uppercase};
pub use opening::{Accepted, Established, NotAccepted, ServedAtOnce};
pub use process::{Exits, Output, StillRunning, WithinLimits};
pub use sockets::{Bound, Connectionless, DistinctSourcePorts, Listening, PeerAddress, SameServerPort};

pub(in crate::scenario) use start::status_message;

use super::check::Names;
use super::word::one_of;
use crate::model::{EventKind, Evidence, Finding, Message, Needs, NotReady, ServerId};

/// An expectation: what it needs to know, and what it makes of what was seen. Pure: it sees nothing but the evidence.
pub trait Judge {
    /// The kinds of evidence without which it cannot say anything.
    fn needs(&self) -> Needs;
    /// What it finds. Called only where nothing that it needs is missing.
    fn judge(&self, seen: &Evidence) -> Finding;
    /// Tells the author's mistakes in it.
    fn check(&self, names: &mut Names<'_>);
}

one_of! {
    /// An expectation, as one word or as a map of one key.
    pub enum Expectation: dyn Judge {
        echo => Echo,
        uppercase => Uppercase,
        reply => Reply,
        answered => Answered,
        listening => Listening,
        bound => Bound,
        established => Established,
        accepted => Accepted,
        not_accepted => NotAccepted,
        served_at_once => ServedAtOnce,
        none_in_close_wait => NoneInCloseWait,
        first_to_close => FirstToClose,
        peer_address => PeerAddress,
        connectionless => Connectionless,
        distinct_source_ports => DistinctSourcePorts,
        same_server_port => SameServerPort,
        still_running => StillRunning,
        exits => Exits,
        output => Output,
        within_limits => WithinLimits,
    }
}

/// Where the server never became ready, whatever is asked about its clients is not verified, or the start's own
/// finding: an expectation alone in an item must not pass because nothing happened.
fn nothing_started(seen: &Evidence) -> Option<Finding> {
    let (_, why) = seen.journal.not_ready(ServerId(0))?;
    let protocol = match why {
        NotReady::OtherProtocol(row) if row.protocol == crate::model::Protocol::Tcp => crate::model::Protocol::Udp,
        _ => crate::model::Protocol::Tcp,
    };
    Some(start::judge_start(seen, protocol))
}

/// Why nothing can be said of what the clients got: the server never became ready, or a client never reached it.
fn unreachable_server(seen: &Evidence, all: &[stream::Stream<'_>]) -> Option<Finding> {
    if let Some(finding) = nothing_started(seen) {
        return Some(finding);
    }
    for stream in all {
        if let Some((id, ending)) = stream.connect_failed {
            let message = process::told(ending, "connect").with("client", stream.client.0);
            let stopped =
                |kind: &EventKind| matches!(kind, EventKind::Signalled { server, .. } if *server == stream.server);
            let finding = match seen.journal.exited(stream.server) {
                Some(_) if !seen.journal.iter().any(|event| stopped(&event.kind)) => {
                    start::no_longer_there(seen, id, "no-longer-listening")
                }
                _ => Finding::fail(message).hint(Message::new("hint-connect")).shown_by([id]),
            };
            return Some(finding);
        }
    }
    let asked = all.iter().any(|stream| !stream.sent.is_empty());
    (!asked).then(|| Finding::not_verified(Message::new("nothing-was-sent")))
}
