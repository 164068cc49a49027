//! What cannot be seen of some servers, and why: those that run elsewhere, those that do not let themselves be looked into, and
//! those that only stand in.

use std::net::SocketAddr;

use super::World;
use super::server::Server;
use crate::model::net::Pid;
use crate::model::{EvidenceKind, Gap, Message, Role, ServerId, TcpState};
use crate::sys::owners;
use crate::sys::process::StartError;

/// What is said of a program that the fence around it kept from its own server.
const FENCED: &str = "gap-fenced";

impl World {
    /// What cannot be seen of a server that runs elsewhere.
    pub(super) fn target_gaps(&mut self) {
        let unseen = [EvidenceKind::ServerSockets, EvidenceKind::Process, EvidenceKind::Output, EvidenceKind::Calls];
        self.gaps.extend(unseen.map(|evidence| Gap { evidence, because: Message::new("gap-target") }));
        // The plain stage has said that it captures nothing; here there is a way to do it by hand.
        self.gaps.retain(|gap| gap.evidence != EvidenceKind::Packets);
        let port = self.servers.last().and_then(Server::address).map_or(0, |at| at.port());
        let because = Message::new("gap-target-packets").with("port", port.to_string());
        self.gaps.push(Gap { evidence: EvidenceKind::Packets, because });
    }

    /// A process does not let itself be looked into: whose the sockets are is not known from here on.
    pub(super) fn sockets_are_unseen(&mut self, pid: Pid) {
        if !self.gaps.iter().any(|gap| gap.evidence == EvidenceKind::ServerSockets) {
            let because = Message::new("gap-closed").with("process", pid.to_string());
            self.gaps.push(Gap { evidence: EvidenceKind::ServerSockets, because });
        }
    }

    /// The link between two hosts is IPv4's: whoever serves IPv6 alone cannot be reached over it, and may be right.
    pub(super) fn link_gaps(&mut self, id: ServerId) {
        let server = &self.servers[id.0 as usize];
        let (Some((row, v6_only)), Some(_)) = (&server.ready, server.host) else { return };
        let ip = row.local.ip();
        // At loopback no other machine reaches it by either, which is judged, unless loopback is carried.
        let is_judged = ip.is_loopback() && !self.setup.link.carry_loopback;
        if ip.is_ipv6() && (*v6_only || !ip.is_unspecified()) && !is_judged {
            let because = Message::new("gap-ipv6").with("at", row.local.to_string());
            let over_it = [EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::Packets];
            self.gaps.extend(over_it.map(|evidence| Gap { evidence, because: because.clone() }));
        }
    }

    /// On the plain stage a submission may run what every user may, this program too, which would serve in its place.
    pub(super) fn hidden_gaps(&mut self, id: ServerId) {
        if self.setup.alone || self.setup.hidden.is_empty() {
            return;
        }
        let run = self.descendants(id).into_iter().filter_map(owners::program_of);
        if let Some(program) = run.into_iter().find(|program| self.setup.hidden.contains(program)) {
            let because = Message::new("gap-hidden-program")
                .with("program", crate::model::bytes::safe(&program.to_string_lossy()));
            self.gaps.extend(EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() }));
        }
    }

    /// A program that this machine could run, and that is not run here: nothing can be said of it.
    pub(super) fn start_gaps(&mut self, error: &StartError) {
        if let StartError::OtherArchitecture { program } = error {
            let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
            let because = Message::new("gap-32-bit").with("program", crate::model::bytes::safe(&program));
            self.gaps.extend(EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() }));
        }
    }

    /// Without namespaces programs may connect to the ports of the lab only. One that turns to another port, which it serves
    /// itself, does not work as it was meant: nothing of it is a proof. Others' services are nothing of its own.
    pub(super) fn fence_gaps(&mut self, address: SocketAddr) {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let leads = self.setup.plain.fence.as_ref().is_none_or(|fence| fence.leads_to(port));
        if leads || !(ip.is_loopback() || ip.is_unspecified()) || self.gaps.iter().any(|gap| gap.because.id == FENCED) {
            return;
        }
        for k in 0..self.servers.len() {
            // As it is now, beside what was seen before: a program that is kept from its port may end at once.
            let _ = self.waiting_rows(ServerId(u32::try_from(k).unwrap_or(u32::MAX)), &[TcpState::Listen]);
        }
        if self.servers.iter().any(|server| server.served.contains(&port)) {
            let because = Message::new(FENCED).with("port", port.to_string());
            self.gaps.extend(EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() }));
        }
    }

    /// A program that only stands in for one that was not given need not be reachable from other machines: where it
    /// is not, nothing can be said.
    pub(super) fn stand_in_gaps(&mut self, id: ServerId, stands_in: Option<&Role>) {
        let server = &self.servers[id.0 as usize];
        let (Some(role), Some((row, _)), Some(_)) = (stands_in, &server.ready, server.host) else { return };
        if row.local.ip().is_loopback() {
            let because = Message::new("gap-stands-in").with("role", role.as_str()).with("at", row.local.to_string());
            self.gaps.extend(EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() }));
        }
    }
}
