//! The steps of a scenario, as the language asks for them, performed by the engine.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Engine;
use crate::model::{ClientId, EventKind, FieldValues, ServerId, SnapshotName};
use crate::packet::layout::Layout;
use crate::scenario::runtime::{
    AcceptRequest, ConnectRequest, DisturbRequest, ListenRequest, Outgoing, ReceiveUntil, RunRequest, Runtime,
    RuntimeError, SendOrder, SnapshotCondition, StartRequest, TypeRequest, WaitCondition,
};

impl Runtime for Engine {
    fn start(&mut self, request: &StartRequest) -> Result<(), RuntimeError> {
        self.start_server(request)
    }
    fn run(&mut self, request: &RunRequest) -> Result<(), RuntimeError> {
        self.run_program(request)
    }
    fn type_input(&mut self, request: &TypeRequest) -> Result<(), RuntimeError> {
        self.type_to_program(request)
    }
    fn listen(&mut self, request: &ListenRequest) -> Result<(), RuntimeError> {
        self.open_listener(request)
    }
    fn accept(&mut self, request: &AcceptRequest) -> Result<(), RuntimeError> {
        self.accept_connections(request)
    }
    fn collect(&mut self, path: &str) -> Result<(), RuntimeError> {
        self.collect_file(path)
    }
    fn disturb(&mut self, request: &DisturbRequest) -> Result<(), RuntimeError> {
        self.disturb_calls(request);
        Ok(())
    }
    fn connect(&mut self, request: &ConnectRequest) -> Result<(), RuntimeError> {
        self.connect_clients(request)
    }
    fn send(&mut self, batch: &[Outgoing], order: SendOrder, within: Option<Duration>) -> Result<(), RuntimeError> {
        self.send_batch(batch, order, within)
    }
    fn receive(
        &mut self,
        clients: &[ClientId],
        until: &ReceiveUntil,
        within: Option<Duration>,
        close: bool,
    ) -> Result<(), RuntimeError> {
        self.clients.close_when_met = close;
        let received = self.receive_until(clients, until, within);
        self.clients.close_when_met = false;
        received
    }
    fn ends_series(&mut self, clients: &[ClientId], [rounds, wanted]: [u32; 2], limit: Duration) -> bool {
        let time = self.recorder.step_time();
        if time < limit {
            return false;
        }
        let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        for client in self.clients.connected(clients) {
            self.recorder.record(EventKind::FewerRounds { client, rounds, wanted, time_ms });
        }
        true
    }
    fn got_other_answer(&self, clients: &[ClientId]) -> bool {
        clients.iter().any(|&id| self.clients.get(id).is_some_and(|client| client.asked.got_other()))
    }
    fn finish_sending(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        self.half_close(clients);
        self.await_late_data(clients)
    }
    fn close(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        self.close_clients(clients);
        self.await_late_data(clients)?;
        self.await_idle()
    }
    fn close_unread(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        self.close_clients_unread(clients);
        self.await_idle()
    }
    fn abort(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        self.abort_clients(clients)?;
        self.await_idle()
    }
    fn snapshot(
        &mut self,
        name: &SnapshotName,
        once: &[SnapshotCondition],
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        self.take_snapshot(name, once, within)
    }
    fn wait(
        &mut self,
        server: Option<ServerId>,
        what: &WaitCondition,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        self.wait_for(server, what, within)
    }
    fn stop(&mut self, server: Option<ServerId>, signal: i32, within: Option<Duration>) -> Result<(), RuntimeError> {
        self.stop_server(server, signal, within)
    }
    fn open_clients(&self) -> Vec<ClientId> {
        self.clients.iter().filter(|client| client.is_open()).map(|client| client.id).collect()
    }
    fn values(&self) -> BTreeMap<String, String> {
        let mut values = self.spec.script.variables.clone();
        values.extend(self.clients.captures.texts());
        if let Some((_, address)) = self.last_address() {
            values.insert("host".to_owned(), address.ip().to_string());
            values.insert("port".to_owned(), address.port().to_string());
        }
        values
    }
    fn file(&self, name: &str) -> Option<&[u8]> {
        self.spec.payload_files.get(name).map(|bytes| bytes.0.as_slice())
    }
    fn format(&self, name: &str) -> Option<&Layout> {
        self.spec.script.formats.get(name)
    }
    fn capture(&mut self, clients: &[ClientId], format: &str, names: &BTreeMap<String, String>) {
        self.capture_values(clients, format, names);
    }
    fn captured(&self, client: ClientId) -> FieldValues {
        self.clients.captures.of_client(client)
    }
    fn seed(&self) -> u64 {
        self.spec.seed
    }
}
