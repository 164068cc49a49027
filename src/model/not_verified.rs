//! `NotVerified` and `GapReason`: why something could not be observed, as far as socklab decides on it
//! or creates it in more than one place. Format 1 has their messages.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::cause::value::{PortText, Source, Value};
use super::message::{Arg, Message};
use super::net::TcpState;
use super::reason::reasons;

reasons! {
    /// Why evidence could not be collected.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(from = "Message", into = "Message")]
    GapReason {
        SocketTable { problem: String } = "gap-socket-table";
        Closed { process: String } = "gap-closed";
        OtherArchitecture { program: String } = "gap-32-bit";
        HiddenProgram { program: String } = "gap-hidden-program";
        Fenced { port: PortText } = "gap-fenced";
        Ipv6Only { at: SocketAddr } = "gap-ipv6";
        Target {} = "gap-target";
        TargetPackets { port: PortText } = "gap-target-packets";
        Calls { problem: String } = "gap-calls";
        Packets { problem: String } = "gap-packets";
        PacketsPlain {} = "gap-packets-plain";
        PacketsDropped { count: u64 } = "gap-packets-dropped";
        NoHosts {} = "gap-no-hosts";
        StandsIn { role: String, at: SocketAddr } = "gap-stands-in";
        CaptureOnly {} = "gap-capture-only";
    }
}

reasons! {
    /// Why an item was not verified.
    #[derive(Debug, Clone, PartialEq, Eq)]
    NotVerified {
        DependsOn { item: String } = "needs-another";
        NotSubmitted {} = "not-handed-in";
        NotKept {} = "not-kept";
        PortBusy { at: SocketAddr, state: TcpState } = "port-busy";
        ToolMissing { tool: String, file: String } = "tool-missing";
        NeedsDownload { file: String, said: String } = "does-not-build-fetch";
        NotBuiltInTime { file: String, limit: u64 } = "not-built-in-time";
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
        let text = serde_json::to_string(&GapReason::Fenced { port: PortText(80) }).expect("JSON");
        assert_eq!(text, r#"{"id":"gap-fenced","args":{"port":"80"}}"#);
        assert_eq!(serde_json::from_str::<GapReason>(&text).expect("it"), GapReason::Fenced { port: PortText(80) });
    }
}
