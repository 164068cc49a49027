//! Which causes name a fault, and which only describe what was observed of a program.

use super::Cause;

/// What a cause says that was observed of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symptom {
    /// Data is missing.
    Missing,
    /// Data is missing, and the server waits in a known place. What made it wait there comes first.
    Blocked,
    /// A connection is not as it should be.
    Connection,
    /// Data is wrong.
    Wrong,
}

/// Returns the symptom that a cause only describes; `None` if it names a fault.
#[must_use]
pub const fn symptom(cause: &Cause) -> Option<Symptom> {
    Some(match cause {
        Cause::NoAnswer { .. }
        | Cause::NoAnswerLate { .. }
        | Cause::PrintedNotSent { .. }
        | Cause::NoAnswerClosed { .. }
        | Cause::NoAnswerRefused { .. }
        | Cause::AnswerCut { .. }
        | Cause::AnswerCutByClose { .. }
        | Cause::AnswerCutByReset { .. }
        | Cause::AnswerCutAtBuffer { .. }
        | Cause::OnlyFirstMessage { .. }
        | Cause::StopsAfterMessages { .. }
        | Cause::OneMessageUnanswered { .. }
        | Cause::OneMessageLate { .. }
        | Cause::KeptInBuffer { .. }
        | Cause::DatagramUnanswered { .. }
        | Cause::FirstDatagramUnanswered { .. }
        | Cause::OnlyFirstDatagram { .. }
        | Cause::EverySecondDatagram { .. }
        | Cause::OnlyLastDatagram { .. }
        | Cause::PacketsNoAnswer { .. }
        | Cause::DatagramsMissing { .. }
        | Cause::LineMissing { .. }
        | Cause::LineMissingOthersCame { .. }
        | Cause::LineMissingNothingCame { .. }
        | Cause::LineClosed { .. }
        | Cause::HttpNoHeadEnd { .. }
        | Cause::HttpBodyShort { .. }
        | Cause::HttpUnanswered { .. }
        | Cause::HttpClosedUnannounced { .. }
        | Cause::PartDataCut { .. }
        | Cause::PartMissing { .. }
        | Cause::PartClosed { .. } => Symptom::Missing,
        Cause::NoAnswerSilent { .. }
        | Cause::PrintedSilent { .. }
        | Cause::ReadsOn { .. }
        | Cause::ReadNotAnswered { .. }
        | Cause::OnlyFirstClient { .. }
        | Cause::AwaitsOtherClient { .. }
        | Cause::AcceptsAgain { .. }
        | Cause::DatagramReadNotAnswered { .. }
        | Cause::DataUnread { call: Some(_), .. }
        | Cause::DatagramUnread { .. }
        | Cause::LeftInAcceptQueue { .. }
        | Cause::ListenerNotWatched { .. }
        | Cause::ConnectionNotWatched { .. }
        | Cause::BusyAndUnread { .. }
        | Cause::SharedConnection { .. }
        | Cause::BusyWithClient { .. } => Symptom::Blocked,
        Cause::NotEstablished { .. }
        | Cause::ClosedBeforeData { .. }
        | Cause::ClosedByReset { .. }
        | Cause::NotClosed { .. }
        | Cause::OnlyQueued { .. }
        | Cause::NeverAccepted { .. }
        | Cause::LeftInCloseWait { .. }
        | Cause::LeftEstablished { .. }
        | Cause::SpinsAfterEnd { .. }
        | Cause::EndedByReset { .. }
        | Cause::StreamNotEnded { .. }
        | Cause::PacketsNoFin { .. }
        | Cause::PacketsFinUnacknowledged { .. }
        | Cause::PacketsResetByServer { .. }
        | Cause::ConnectionRefused { .. }
        | Cause::ConnectionReset { .. }
        | Cause::ConnectionLate { .. }
        | Cause::EndedByClose { .. }
        | Cause::HandshakeNotSeen { .. }
        | Cause::ConversationsOther { .. } => Symptom::Connection,
        Cause::AnswerDiffers { .. }
        | Cause::PacketsOtherAnswer { .. }
        | Cause::LastByteMissing { .. }
        | Cause::MoreAfterEnd { .. }
        | Cause::MoreAfterAnswer { .. }
        | Cause::Prefix { .. } => Symptom::Wrong,
        _ => return None,
    })
}

/// Returns true if a cause says only that a client waited in vain: the server was not proved
/// silent, and may be busy all the time. A further run of it takes long, and proves little.
#[must_use]
pub const fn is_unproved(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::NoAnswerLate { .. }
            | Cause::PrintedNotSent { .. }
            | Cause::SpinsAfterEnd { .. }
            | Cause::BusyAndUnread { .. }
            | Cause::DataUnread { call: None, .. }
    )
}

/// Returns true if a cause says that the server did not close a connection that its client had
/// closed.
#[must_use]
pub const fn is_unclosed(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::LeftInCloseWait { .. }
            | Cause::LeftEstablished { .. }
            | Cause::NotClosed { .. }
            | Cause::PacketsNoFin { .. }
            | Cause::StreamNotEnded { .. }
            | Cause::NextWithoutClose {}
    )
}
