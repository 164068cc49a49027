//! Expectations: pure judges of recorded evidence. Defines the trait [`Judge`] and the list of all
//! expectations.

mod answer_elsewhere;
mod answer_fault;
mod answer_rule;
mod answer_timing;
mod bind_fault;
mod blocked;
mod broadcast;
mod calls;
pub(crate) mod compile_errors;
mod connections;
mod content_fault;
mod content_rule;
mod context;
mod datagram_pattern;
mod datagrams;
mod diff_cause;
mod early_close;
mod error_exit;
pub(crate) mod error_line;
mod excerpt;
mod exchange;
pub mod exit_output;
mod failed_call;
mod file;
mod known_errors;
mod lines;
mod loss;
mod messages;
mod mismatch;
mod needless_accept;
mod no_answer;
mod packet_view;
mod packets;
mod parts;
mod process;
mod program_fault;
mod program_state;
mod program_stays;
mod received;
mod reliable;
mod reliable_trace;
mod remote;
mod reported_error;
mod response;
mod root_cause;
mod skipped;
mod snapshot;
mod sockets;
pub mod source_fault;
mod start;
mod stream;
mod teardown;
#[cfg(test)]
mod tests;
mod turns;
mod udp_peer;
mod unchanged;
mod unclosed;

pub use bind_fault::connect_in_place_of_bind;
pub use calls::Calls;
pub use connections::{Accepted, Established, NotAccepted, ServedAtOnce};
pub use content_rule::ContentRule;
pub use context::JudgeContext;
pub use early_close::{early_close, stopped_early};
pub use exchange::{Answered, Echo, Reply, Uppercase};
pub use failed_call::{FailedCall, answered_late, ended_by_accept, failed_call, refused_bind};
pub use file::WrittenFile;
pub use known_errors::advice;
pub use lines::Lines;
pub use loss::{DatagramsPerExchange, Lost, NoHandshake, Retransmissions};
pub use messages::Messages;
pub use needless_accept::needless_accept;
pub use packets::{Count, DataAcknowledged, Handshake, NoReset, OnlyPort, OrderlyClose};
pub use process::{Exits, Output, StillRunning, WithinLimits};
pub use program_state::{NoLeaks, NoZombies, ProcessCount, Threads};
pub use received::{AllRead, Closes, Connects, Received};
pub use reliable::{Acknowledges, Reliable, TransferScheme};
pub use remote::{AnswersAsItsRole, Reachable};
pub use response::{ConnectionRule, Response, StatusRule};
pub use root_cause::with_root_cause;
pub use sockets::{Bound, Connectionless, DistinctSourcePorts, Listening, PeerAddress, SameServerPort};
pub use teardown::{ConnectionEnd, FirstToClose, NoneInCloseWait};
pub use unclosed::{accepts_unclosed, closed_listener, held_by_parent};

use super::syntax::keyword_enum;
use super::validate::Scope;
use crate::model::{Evidence, Finding, GapReason, Needs, NotVerified};

/// An expectation: the evidence that it needs and the finding that it derives. Pure: it reads
/// nothing but the evidence.
pub trait Judge {
    /// Returns the kinds of evidence without which it cannot judge.
    fn needs(&self) -> Needs;
    /// Judges the evidence. Called only if no needed evidence is missing.
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding;
    /// Returns the failure that the rest of the evidence proves, if some that it needs is missing
    /// for this reason. Most expectations cannot be judged then.
    fn proved_failure(&self, _missing: &GapReason, _seen: &JudgeContext<'_>) -> Option<Finding> {
        None
    }
    /// Reports a diagnostic for each of the author's mistakes in it.
    fn check(&self, names: &mut Scope<'_>);
}

keyword_enum! {
    /// An expectation, as one word or as a map of one key.
    pub enum Expectation: dyn Judge {
        echo => Echo,
        uppercase => Uppercase,
        reply => Reply,
        response => Response,
        answered => Answered,
        lines => Lines,
        connects => Connects,
        received => Received,
        messages => Messages,
        all_read => AllRead,
        closes => Closes,
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
        reachable => Reachable,
        answers_as_its_role => AnswersAsItsRole,
        distinct_source_ports => DistinctSourcePorts,
        same_server_port => SameServerPort,
        still_running => StillRunning,
        exits => Exits,
        output => Output,
        file => WrittenFile,
        within_limits => WithinLimits,
        no_zombies => NoZombies,
        no_leaks => NoLeaks,
        threads => Threads,
        processes => ProcessCount,
        calls => Calls,
        handshake => Handshake,
        data_acknowledged => DataAcknowledged,
        orderly_close => OrderlyClose,
        no_reset => NoReset,
        conversations => Count,
        only_port => OnlyPort,
        no_handshake => NoHandshake,
        datagrams_per_exchange => DatagramsPerExchange,
        retransmissions => Retransmissions,
        lost => Lost,
        reliable => Reliable,
    }
}

impl Expectation {
    /// Returns true if it fails whenever a client of the scenario acts again without its answer.
    #[must_use]
    pub(crate) const fn needs_all_answers(&self) -> bool {
        matches!(
            self,
            Self::Echo(Echo { clients: None, note: false, .. })
                | Self::Uppercase(Uppercase { clients: None, note: false, .. })
        )
    }
}

/// Returns the finding that replaces a judgement of the clients' data, if there is nothing to
/// judge.
///
/// This is the case if a server never became ready, a client never reached it, or no client sent
/// data.
fn unreachable_server(seen: &Evidence, all: &[stream::Stream<'_>]) -> Option<Finding> {
    if let Some(finding) = start::start_failure(seen) {
        return Some(finding);
    }
    for stream in all {
        if let Some((id, ending)) = stream.connect_failed {
            return Some(match start::exited_by_itself(seen, stream.server) {
                Some(_) => start::socket_gone(seen, stream.server, id, crate::model::Cause::NoLongerListening {}),
                None => diff_cause::not_connected(stream.client, ending).shown_by([id]),
            });
        }
    }
    let asks = |stream: &stream::Stream<'_>| stream.sent.iter().any(|(_, bytes)| !bytes.is_empty());
    let never_was = |stream: &stream::Stream<'_>| stream.protocol.is_none();
    let silent = !all.iter().any(asks) || all.iter().any(never_was);
    silent.then(|| Finding::not_verified(NotVerified::NothingSent {}))
}
