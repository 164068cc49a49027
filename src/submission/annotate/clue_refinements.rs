//! Which causes a source clue refines, and into what. `None` if the clue cannot explain a cause.

use crate::model::cause::is_unclosed;
use crate::model::{Cause, ClientId, Hint};

pub(super) fn close_not_called(cause: &Cause) -> Option<Cause> {
    is_unclosed(cause).then_some(Cause::CloseNotCalled {})
}

pub(super) fn datagram_received_missing(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::DatagramReadNotAnswered { .. } | Cause::NoAnswerSilent { .. } | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::DatagramReceivedMissing {})
}

pub(super) fn linger_reset(cause: &Cause) -> Option<Cause> {
    let is_reset = matches!(
        cause,
        Cause::ClosedByReset { .. }
            | Cause::PacketsResetByServer { .. }
            | Cause::EndedByReset { .. }
            | Cause::AnswerCutByReset { .. }
    );
    is_reset.then_some(Cause::LingerReset {})
}

pub(super) fn utf16_decoded(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::EchoForUpper { client, got } | Cause::AnswerDiffers { client, got, .. } => {
            Some(Cause::Utf16Decoded { client: *client, got: got.clone() })
        }
        _ => None,
    }
}

pub(super) fn http_server(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::PrintedSilent { .. }
            | Cause::PrintedNotSent { .. }
            | Cause::ReadsOn { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::HttpServer {})
}

/// If only white space is missing inside what the answer shows.
pub(super) fn pieces_stripped(cause: &Cause) -> Option<Cause> {
    const MIN_LETTERS: usize = 4;
    let Cause::AnswerDiffers { client, expected, got } = cause else { return None };
    let letters = |text: &str| -> String { text.chars().filter(|c| !matches!(c, ' ' | '…')).collect() };
    let [wanted, came] = [letters(expected), letters(got)];
    let is_same = wanted.starts_with(&came) || came.starts_with(&wanted);
    (is_same && wanted.len().min(came.len()) >= MIN_LETTERS).then_some(Cause::PiecesStripped { client: *client })
}

pub(super) fn select_count(cause: &Cause) -> Option<Cause> {
    let is_open = match cause {
        Cause::CallsMissing { call, .. } => call == "accept",
        Cause::ListenerNotWatched { .. } | Cause::ConnectionNotWatched { .. } | Cause::LeftInAcceptQueue { .. } => true,
        _ => false,
    };
    is_open.then_some(Cause::SelectCount {})
}

pub(super) fn thread_gets_address(cause: &Cause) -> Option<Cause> {
    let is_mixed = matches!(
        cause,
        Cause::AwaitsOtherClient { .. }
            | Cause::AnswerToAnotherClient { .. }
            | Cause::AnswerOfAnotherClient { .. }
            | Cause::ClosedBeforeData { .. }
            | Cause::SharedConnection { .. }
            | Cause::MixedConnections {}
    );
    is_mixed.then_some(Cause::ThreadGetsAddress {})
}

/// The place of the variable whose connections are mixed.
pub(super) fn shared_variable(cause: &Cause) -> Option<Cause> {
    let hint = Hint::OwnConnection;
    let is_mixed = match cause {
        Cause::AnswerToAnotherClient { hint: own, .. } => *own == hint,
        cause => matches!(cause, Cause::MixedConnections {} | Cause::SharedConnection { .. }),
    };
    is_mixed.then(|| cause.clone())
}

pub(super) fn thread_without_connection(cause: &Cause) -> Option<Cause> {
    let is_mixed = match cause {
        Cause::ThreadFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } => *hint == Hint::DescriptorClosed,
        Cause::ClosedBeforeData { .. }
        | Cause::AnswerToAnotherClient { hint: Hint::OwnConnection, .. }
        | Cause::MixedConnections {}
        | Cause::SharedConnection { .. } => true,
        _ => false,
    };
    is_mixed.then_some(Cause::ThreadWithoutConnection {})
}

pub(super) fn count_in_one_byte(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::StopsAtMessage { client, .. } => Some(Cause::CountInOneByte { client: *client }),
        _ => None,
    }
}

pub(super) fn serve_forever_missing(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::EndedAfterListen { .. }).then_some(Cause::ServeForeverMissing {})
}

pub(super) fn unix_socket(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::UnixSocketBound { .. }).then(|| cause.clone())
}

pub(super) fn reserved_only(cause: &Cause) -> Option<Cause> {
    let is_empty =
        matches!(cause, Cause::SendOfNothing { .. } | Cause::ReadOfNothing { .. } | Cause::EmptyAnswer { .. });
    is_empty.then_some(Cause::ReservedOnly {})
}

/// The condition is the comparison, so that the descriptor is 0.
pub(super) fn descriptor_compared(cause: &Cause) -> Option<Cause> {
    standard_input_read(cause, Hint::Parentheses)
}

pub(super) fn descriptor_of_keyboard(cause: &Cause) -> Option<Cause> {
    standard_input_read(cause, Hint::KeepConnection)
}

fn standard_input_read(cause: &Cause, hint: Hint) -> Option<Cause> {
    match cause {
        Cause::WaitsForKeyboard { client } => Some(Cause::StandardInputRead { client: *client, hint }),
        _ => None,
    }
}

pub(super) fn byte_taken_for_end(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::StopsAtMessage { client, .. } => Some(Cause::ByteTakenForEnd { client: *client }),
        _ => None,
    }
}

pub(super) fn read_thrown_away(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::ReadsOn { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::OneMessageUnanswered { .. }
            | Cause::EverySecondDatagram { .. }
            | Cause::BytesSkipped { .. }
            | Cause::DatagramReadNotAnswered { .. }
            | Cause::ClosedAfterReading { .. }
    );
    is_open.then_some(Cause::ReadThrownAway {})
}

/// If a thread used a connection that was closed already, or one was closed before its client had sent
/// anything.
pub(super) fn closed_by_starter(cause: &Cause) -> Option<Cause> {
    let is_closed = match cause {
        Cause::CallFailed { call, error, .. } => error == "EBADF" && call != "accept",
        Cause::ThreadFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } | Cause::ErrorCaught { hint, .. } => {
            *hint == Hint::DescriptorClosed
        }
        Cause::ClosedUnread { hint } | Cause::ClosedBeforeData { hint, .. } => *hint == Hint::CloseLate,
        _ => false,
    };
    is_closed.then_some(Cause::ClosedByStarter {})
}

/// If the error says that a socket is closed.
pub(super) fn listener_closed(cause: &Cause) -> Option<Cause> {
    let (said, hint) = match cause {
        Cause::ThreadFailed { said, hint } | Cause::ErrorPrinted { said, hint } => (said, *hint),
        Cause::ServerEndedByError { said: Some(said), hint, .. }
        | Cause::ServerCrashed { said: Some(said), hint, .. } => (said, *hint),
        _ => return None,
    };
    let is_closed = matches!(hint, Hint::DescriptorClosed | Hint::SocketClosedEarly);
    is_closed.then(|| Cause::ListenerClosed { said: Some(said.clone()), hint: Hint::KeepListener })
}

/// If the error names the call, and says that its socket is closed.
pub(super) fn listener_closed_in_go(cause: &Cause) -> Option<Cause> {
    let is_accept = |said: &str| said.contains("accept tcp") && said.contains("use of closed network connection");
    listener_closed(cause)
        .filter(|found| matches!(found, Cause::ListenerClosed { said: Some(said), .. } if is_accept(said)))
}

pub(super) fn event_of_server(cause: &Cause) -> Option<Cause> {
    let is_open = is_unclosed(cause)
        || matches!(
            cause,
            Cause::ReadsOn { .. }
                | Cause::ReadNotAnswered { .. }
                | Cause::NoAnswerSilent { .. }
                | Cause::DataUnread { .. }
                | Cause::ConnectionNotWatched { .. }
        );
    is_open.then_some(Cause::EventOfServer {})
}

pub(super) fn table_by_host(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::AnswerToAnotherClient { .. }).then_some(Cause::TableByHost {})
}

pub(super) fn first_datagram(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::FirstDatagramUnanswered { .. }).then(|| cause.clone())
}

pub(super) fn compared_count(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::EveryAnswerCut { hint: Hint::ComparedCount, .. }).then(|| cause.clone())
}

pub(super) fn closed_by_try(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::ClosedUnread { hint: Hint::CloseLate }).then(|| cause.clone())
}

pub(super) fn encoded_twice(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::EncodedTwice { .. }).then(|| cause.clone())
}

pub(super) fn thread_destroyed(cause: &Cause) -> Option<Cause> {
    let hint = Hint::ThreadDestroyed;
    let is_it = match cause {
        Cause::ServerEndedByError { hint: own, .. } | Cause::ServerCrashed { hint: own, .. } => *own == hint,
        _ => false,
    };
    is_it.then(|| cause.clone())
}

pub(super) fn events_compared(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::SpinsAfterEnd { client, .. }
        | Cause::LeftInCloseWait { client, .. }
        | Cause::LeftEstablished { client, .. }
        | Cause::NotClosed { client, .. }
        | Cause::PacketsNoFin { client }
        | Cause::StreamNotEnded { client, .. } => Some(Cause::EventsCompared { client: *client }),
        _ => None,
    }
}

pub(super) fn start_not_called(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::StartNotCalled {})
}

pub(super) fn thread_not_started(cause: &Cause) -> Option<Cause> {
    let is_closed = matches!(cause, Cause::ClosedUnread { hint: Hint::CloseLate });
    (is_closed || is_left_to_thread(cause)).then_some(Cause::ThreadNotStarted {})
}

pub(super) fn never_notified(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::NeverNotified {})
}

pub(super) fn one_thread_taken(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::OneThreadTaken {})
}

pub(super) fn handler_missing(cause: &Cause) -> Option<Cause> {
    let is_unserved = matches!(
        cause,
        Cause::ClosedUnread { .. }
            | Cause::ClosedBeforeData { .. }
            | Cause::NoAnswerClosed { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
            | Cause::DatagramReadNotAnswered { .. }
    );
    is_unserved.then_some(Cause::HandlerMissing {})
}

pub(super) fn task_error_hidden(cause: &Cause) -> Option<Cause> {
    is_left_to_thread(cause).then_some(Cause::TaskErrorHidden {})
}

/// Returns true if a cause says that the first client was accepted and no thread serves it. For later
/// clients, the threads of a pool may be busy.
fn is_left_to_thread(cause: &Cause) -> bool {
    let first = ClientId(1);
    match cause {
        Cause::DataUnread { client, call: Some(call), .. } => *client == first && call.contains("accept"),
        Cause::ReadNotAnswered { client, .. } => *client == first,
        _ => false,
    }
}

pub(super) fn error_hidden(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::ClosedAfterReading { .. }
            | Cause::NoAnswerClosed { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::ReadsOn { .. }
            | Cause::PrintedSilent { .. }
            | Cause::DatagramReadNotAnswered { .. }
    );
    is_open.then_some(Cause::ErrorHidden {})
}

pub(super) fn wrong_event(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::ReadNotAnswered { .. }
            | Cause::ReadsOn { .. }
            | Cause::DataUnread { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::LeftInCloseWait { .. }
            | Cause::NotClosed { .. }
    );
    is_open.then_some(Cause::WrongEvent {})
}

pub(super) fn wrong_datagram_event(cause: &Cause) -> Option<Cause> {
    let is_open = matches!(
        cause,
        Cause::DatagramReadNotAnswered { .. }
            | Cause::DatagramUnread { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::NoAnswerLate { .. }
    );
    is_open.then_some(Cause::WrongDatagramEvent {})
}

pub(super) fn defer_too_late(cause: &Cause) -> Option<Cause> {
    is_unclosed(cause).then_some(Cause::DeferTooLate {})
}

pub(super) fn connects(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::ConnectForBind { .. }).then(|| cause.clone())
}

pub(super) fn reads_to_end(cause: &Cause) -> Option<Cause> {
    matches!(cause, Cause::AnswersOnlyAfterEnd { .. }).then(|| cause.clone())
}

pub(super) fn upper_lost(cause: &Cause) -> Option<Cause> {
    match cause {
        Cause::EchoForUpper { client, got } => Some(Cause::UpperLost { client: *client, got: got.clone() }),
        _ => None,
    }
}

pub(super) fn does_not_wait(cause: &Cause) -> Option<Cause> {
    let hint = Hint::WaitForData;
    match cause {
        Cause::ClosedUnread { .. } => Some(Cause::ClosedUnread { hint }),
        Cause::StopsAtMessage { client, messages, .. } => {
            Some(Cause::StopsAtMessage { client: *client, messages: *messages, hint })
        }
        Cause::ClosedBeforeData { client, .. } => Some(Cause::ClosedBeforeData { client: *client, hint }),
        Cause::ReadGaveUp { .. } => Some(cause.clone()),
        _ => None,
    }
}
