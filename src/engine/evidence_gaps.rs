//! Adds gaps for evidence that cannot be collected from some servers: remote ones, processes that
//! cannot be inspected, and substitutes.

use std::net::SocketAddr;
use std::path::Path;

use super::Engine;
use super::client::Client;
use super::server::Server;
use crate::model::cause::PortText;
use crate::model::net::Pid;
use crate::model::{EvidenceKind, GapReason, Role, ServerId, TcpState};
use crate::sys::procfs;
use crate::sys::spawn::StartError;

impl Engine {
    /// Adds the gaps of a server that runs elsewhere.
    pub(super) fn target_gaps(&mut self) {
        let unseen = [EvidenceKind::ServerSockets, EvidenceKind::Process, EvidenceKind::Output, EvidenceKind::Calls];
        self.recorder.add_gaps(&unseen, &GapReason::Target {});
        // Replaces the gap of plain mode, if there is one: packets to a remote server can be
        // captured by hand.
        self.recorder.remove_gaps(EvidenceKind::Packets);
        let port = self.servers.last().and_then(Server::address).map_or(0, |at| at.port());
        let because = GapReason::TargetPackets { port: PortText(port) };
        self.recorder.add_gap(EvidenceKind::Packets, because);
    }

    /// Adds gaps for an answer whose time the end of the scenario cut short, and for everything
    /// after it. If a client has waited in vain for its whole time before, that is evidence enough.
    pub(super) fn scenario_time_gaps(&mut self) {
        let limit = self.spec.script.limits.scenario.0.as_secs();
        let because = GapReason::ScenarioTime { limit };
        let is_known = self.recorder.gaps().iter().any(|gap| gap.because == because);
        if is_known || self.clients.iter().any(Client::has_timed_out) {
            return;
        }
        let unseen =
            [EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::ServerSockets, EvidenceKind::Packets];
        self.recorder.add_gaps(&unseen, &because);
    }

    /// Adds a gap if a process cannot be inspected: from here on the owners of sockets are unknown.
    pub(super) fn add_socket_gap(&mut self, pid: Pid) {
        if !self.recorder.has_gap(EvidenceKind::ServerSockets) {
            let because = GapReason::Closed { process: pid.to_string() };
            self.recorder.add_gap(EvidenceKind::ServerSockets, because);
        }
    }

    /// Adds gaps for a server that listens on IPv6 only. The link between two hosts is IPv4, so
    /// that the server may be correct but cannot be reached.
    pub(super) fn link_gaps(&mut self, id: ServerId) {
        let server = &self.servers[id];
        let (Some((row, v6_only)), Some(_)) = (&server.ready, server.host) else { return };
        let ip = row.local.ip();
        // A server at loopback is unreachable over IPv4 too and is judged, unless the link carries
        // loopback.
        let is_judged = ip.is_loopback() && !self.spec.script.link.carry_loopback;
        if ip.is_ipv6() && (*v6_only || !ip.is_unspecified()) && !is_judged {
            let because = GapReason::Ipv6Only { at: row.local };
            let over_it = [EvidenceKind::Clients, EvidenceKind::ClientSockets, EvidenceKind::Packets];
            self.recorder.add_gaps(&over_it, &because);
        }
    }

    /// Adds gaps if a server ran a hidden program, such as this one, which would serve in its
    /// place. Plain mode cannot prevent that: a submission may run what every user may run.
    pub(super) fn hidden_gaps(&mut self, id: ServerId) {
        if self.spec.is_isolated() || self.spec.sandbox.view.hide.is_empty() {
            return;
        }
        let mut run = self.descendants(id).into_iter().filter_map(procfs::executable_of);
        let hidden = &self.spec.sandbox.view.hide;
        if let Some(program) = run.find(|program| hidden.iter().any(|path| Path::new(path) == program)) {
            let because = GapReason::HiddenProgram { program: crate::model::bytes::safe_path(&program) };
            self.recorder.add_gaps(&EvidenceKind::ALL, &because);
        }
    }

    /// Adds gaps for a program of another architecture, which this machine could run but socklab
    /// does not: it cannot be judged.
    pub(super) fn start_gaps(&mut self, error: &StartError) {
        if let StartError::OtherArchitecture { program } = error {
            let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
            let because = GapReason::OtherArchitecture { program: crate::model::bytes::printable_text(&program) };
            self.recorder.add_gaps(&EvidenceKind::ALL, &because);
        }
    }

    /// Adds gaps if a program was denied a connection to a port that it serves itself.
    ///
    /// In plain mode programs may connect to ports of the lab only. Such a program does not work as
    /// intended, so that nothing about it is evidence. Services of other programs do not count.
    pub(super) fn fence_gaps(&mut self, address: SocketAddr) {
        let (ip, port) = (address.ip().to_canonical(), address.port());
        let leads = self.handles.plain.landlock.as_ref().is_none_or(|fence| fence.allows_connect(port));
        if leads
            || !(ip.is_loopback() || ip.is_unspecified())
            || self.recorder.gaps().iter().any(|gap| matches!(gap.because, GapReason::Fenced { .. }))
        {
            return;
        }
        for id in self.servers.ids() {
            // The listeners at this moment, in addition to those seen before: the denied program
            // may exit at once.
            let _ = self.waiting_sockets(id, &[TcpState::Listen]);
        }
        if self.servers.iter().any(|server| server.served.contains(&port)) {
            let because = GapReason::Fenced { port: PortText(port) };
            self.recorder.add_gaps(&EvidenceKind::ALL, &because);
        }
    }

    /// Adds gaps for a substitute that listens on loopback, or does not start. It was written for
    /// another role: it need not be reachable from other machines, and its fault counts there.
    pub(super) fn stand_in_gaps(&mut self, id: ServerId, stands_in: Option<&Role>) {
        let server = &self.servers[id];
        let Some(role) = stands_in else { return };
        let Some((row, _)) = &server.ready else {
            let because = GapReason::StandInFails { role: role.as_str().to_owned() };
            self.recorder.add_gaps(&EvidenceKind::ALL, &because);
            return;
        };
        if server.host.is_some() && row.local.ip().is_loopback() {
            let because = GapReason::StandsIn { role: role.as_str().to_owned(), at: row.local };
            self.recorder.add_gaps(&EvidenceKind::ALL, &because);
        }
    }
}
