//! `NotVerified` and `GapReason`: why something could not be observed, as far as socklab decides on
//! it or creates it in more than one place. Format 1 has their messages.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::cause::value::{ConnectAct, PortText, SocketState, Source, Value};
use super::exit_status::ExitStatus;
use super::harness_error::HarnessError;
use super::kernel_error::KernelError;
use super::message::{Arg, Message};
use super::name::ClientId;
use super::net::TcpState;
use super::reason_table::reasons;
use super::source_fault::SourceFault;

reasons! {
    /// Why evidence could not be collected.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(from = "Message", into = "Message")]
    GapReason {
        SocketTable { problem: HarnessError } = "gap-socket-table";
        Closed { process: String } = "gap-closed";
        OtherArchitecture { program: String } = "gap-32-bit";
        HiddenProgram { program: String } = "gap-hidden-program";
        Fenced { port: PortText } = "gap-fenced";
        Ipv6Only { at: SocketAddr } = "gap-ipv6";
        Target {} = "gap-target";
        TargetPackets { port: PortText } = "gap-target-packets";
        Calls { problem: HarnessError } = "gap-calls";
        Packets { problem: HarnessError } = "gap-packets";
        PacketsPlain {} = "gap-packets-plain";
        PacketsDropped { count: u64 } = "gap-packets-dropped";
        NoHosts {} = "gap-no-hosts";
        StandsIn { role: String, at: SocketAddr } = "gap-stands-in";
        StandInFails { role: String } = "gap-stand-in-fails";
        CaptureOnly {} = "gap-capture-only";
        ScenarioTime { limit: u64 } = "gap-scenario-time";
        PlainMode { problem: HarnessError } = "stage-plain";
    }
}

reasons! {
    /// Why an item has no verdict.
    #[derive(Debug, Clone, PartialEq, Eq)]
    NotVerified {
        DependsOn { item: String } = "needs-another";
        NotSubmitted {} = "not-handed-in";
        NotKept {} = "not-kept";
        PortBusy { at: SocketAddr, state: TcpState } = "port-busy";
        ToolMissing { tool: String, file: String } = "tool-missing";
        NeedsDownload { file: String, said: String } = "does-not-build-fetch";
        WrittenForOtherSystem { file: String, fault: SourceFault, error: String } = "does-not-build-other-system";
        NotBuiltInTime { file: String, limit: u64 } = "not-built-in-time";
        HarnessTrouble { problem: HarnessError } = "harness-trouble";
        ConnectionError { client: ClientId, act: ConnectAct, problem: KernelError } = "connection-error";
        NoAnswerError { client: ClientId, problem: KernelError } = "no-answer-error";
        NothingSent {} = "nothing-was-sent";
        NobodyConnected {} = "nobody-connected";
        NobodyClosed {} = "nobody-closed";
        NoTraceOfClosing { client: ClientId, client_state: SocketState, server_state: SocketState } = "no-trace-of-closing";
        NeverStarted {} = "never-started";
        NothingAsked {} = "nothing-asked";
        OutputTooLong { wanted: String, bytes: u64 } = "output-too-long";
        ProgramNotHere { program: String } = "program-not-here";
        ExitedAddressNotHere { status: ExitStatus, said: String } = "exited-address-not-here";
        ExitedWantsTerminal { status: ExitStatus, said: String } = "exited-wants-terminal";
        ExitedWantsModule { status: ExitStatus, said: String } = "exited-wants-module";
        ExitedWantsWindows { status: ExitStatus, said: String } = "exited-wants-windows";
        ExitedOtherSystem { status: ExitStatus, fault: SourceFault, said: String } = "exited-other-system";
        ExitedWantsNetwork { status: ExitStatus, said: String } = "exited-wants-network";
        SnapshotNotTaken { name: String } = "snapshot-not-taken";
        NoCapture {} = "no-capture";
        PacketsNotSeen { client: ClientId } = "packets-not-seen";
        NothingLost { lost: u64, again: u64 } = "nothing-lost";
        NoDatagramLost { lost: u64, sent: u64 } = "no-datagram-lost";
        CallsUnseen {} = "calls-unseen";
        CaptureCountUnsure { found: Message } = "capture-count-unsure";
        CaptureFewClients { found: Message } = "capture-few-clients";
        CaptureLossPossible { found: Message } = "capture-loss-possible";
        ClientReset { client: ClientId } = "client-reset";
        CaptureShowsPart { shown: Message } = "capture-shows-part";
        NotStartedAgain { times: u64, program: String } = "not-started-again";
        TimeUsedUp {} = "time-used-up";
        ManifestWrong { line: u64, mistake: Message } = "manifest-wrong";
        ManifestUnreadable {} = "manifest-wrong-somewhere";
        NotRead { problem: KernelError } = "delivery-trouble";
        ModeDenied { problem: HarnessError } = "stage-denied";
    }
}

impl NotVerified {
    /// Returns the reason of a stored message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        message.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_back_from_their_messages() {
        let at = "127.0.0.1:5".parse().expect("an address");
        let busy = NotVerified::PortBusy { at, state: TcpState::Listen };
        assert_eq!(NotVerified::of(&busy.message()), busy);
        let other = busy.message().with("more", 1u16);
        assert_eq!(NotVerified::of(&other), NotVerified::Other(other.clone()), "nothing is lost by reading");
        // An older version of socklab stored an English text.
        let old = Message::new("harness-trouble").with("problem", "forking: no memory");
        let problem = HarnessError::Stored { text: "forking: no memory".to_owned() };
        assert_eq!(NotVerified::of(&old), NotVerified::HarnessTrouble { problem });
        let text = serde_json::to_string(&GapReason::Fenced { port: PortText(80) }).expect("JSON");
        assert_eq!(text, r#"{"id":"gap-fenced","args":{"port":"80"}}"#);
        assert_eq!(serde_json::from_str::<GapReason>(&text).expect("it"), GapReason::Fenced { port: PortText(80) });
    }
}
