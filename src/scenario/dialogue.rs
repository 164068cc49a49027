//! What the clients of a scenario send, as a value that can be made smaller, and written again in
//! the language of scenarios.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::Scenario;
use super::runtime::{
    AcceptRequest, ConnectRequest, DisturbRequest, ListenRequest, Outgoing, ReceiveUntil, RunRequest, Runtime,
    RuntimeError, SendOrder, SnapshotCondition, StartRequest, TypeRequest, WaitCondition,
};
use crate::model::{ClientId, FieldValues, ServerId, SnapshotName};
use crate::packet::layout::Layout;

/// The text that each of several clients sends: their answers differ.
const TEXT_OF_MANY: &str = "a{n}";

/// The clients of a scenario, in the order in which they connect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dialogue {
    /// Each group connects after the one before it has ended.
    pub(crate) groups: Vec<ClientGroup>,
}

/// Clients that are connected at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientGroup {
    /// Their number. If there are several, each sends one short text of its own.
    pub(crate) clients: u32,
    /// What the only client sends, each after the answer to the one before.
    pub(crate) messages: Vec<SentMessage>,
}

/// Data that a client sends before it waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SentMessage {
    /// The bytes. Over UDP, they are one datagram.
    pub(crate) bytes: Vec<u8>,
    /// The number of pieces (TCP).
    pub(crate) fragments: u32,
}

impl SentMessage {
    /// Returns a message in one piece.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), fragments: 1 }
    }

    /// Returns the only byte of a message of several equal bytes, if it is a printable ASCII
    /// character.
    pub(crate) fn repeated(&self) -> Option<char> {
        let (first, rest) = self.bytes.split_first()?;
        let is_uniform = !rest.is_empty() && rest.iter().all(|byte| byte == first);
        (is_uniform && first.is_ascii_graphic()).then_some(char::from(*first))
    }

    fn to_yaml(&self) -> String {
        let payload = match (self.repeated(), std::str::from_utf8(&self.bytes)) {
            (Some(letter), _) if self.bytes.len() > 16 && !matches!(letter, '{' | '}') => {
                format!("repeat: {{text: \"{}\", times: {}}}", yaml_escaped(letter), self.bytes.len())
            }
            (_, Ok(text)) if !text.contains(['{', '}']) => {
                format!("text: \"{}\"", text.chars().map(yaml_escaped).collect::<String>())
            }
            _ => {
                let hex = self.bytes.iter().fold(String::new(), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
                format!("hex: \"{hex}\"")
            }
        };
        match (self.bytes.is_empty(), self.fragments) {
            // No answer needs to come.
            (true, _) => format!("send: {{{payload}}}"),
            (_, 1) => format!("exchange: {{{payload}}}"),
            (_, pieces) => format!("send: {{{payload}, fragments: {pieces}}}, receive: answer"),
        }
    }
}

/// Returns a character as in a double-quoted text of YAML 1.2 (section 5.7).
fn yaml_escaped(letter: char) -> String {
    match letter {
        '"' | '\\' => format!("\\{letter}"),
        ' '..='~' => letter.to_string(),
        _ if letter.is_alphanumeric() => letter.to_string(),
        _ => format!("\\U{:08x}", u32::from(letter)),
    }
}

impl Dialogue {
    /// Returns the dialogue of a scenario on one machine, or `None` if it has none that this type
    /// can express: of two hosts, of clients that do not read, of resets, or of programs under test that
    /// are no servers.
    pub(crate) fn of(scenario: &Scenario, seed: u64) -> Option<Self> {
        if !scenario.hosts.is_empty() {
            return None;
        }
        let values = scenario.variables.clone();
        let (files, formats) = (&scenario.files, &scenario.formats);
        let mut dry = DryRun { dialogue: Self::default(), open: Vec::new(), clients: 0, values, files, formats, seed };
        for step in &scenario.steps {
            let is_other = |word| matches!(word, "run" | "type" | "listen" | "accept");
            if is_other(step.word())
                || matches!(step.word(), "abort" | "close_unread" | "connect_unread" | "stop" | "wait")
            {
                return None;
            }
            step.act().perform(&mut dry).ok()?;
        }
        dry.dialogue.groups.retain(|group| group.clients > 1 || !group.messages.is_empty());
        (!dry.dialogue.groups.is_empty()).then_some(dry.dialogue)
    }

    /// Returns a dialogue of one client.
    pub(crate) fn of_one_client(messages: Vec<SentMessage>) -> Self {
        Self { groups: vec![ClientGroup { clients: 1, messages }] }
    }

    /// Returns its size: clients, messages and bytes. Smaller ones come first.
    pub(crate) fn size(&self) -> (u32, usize, usize) {
        let clients = self.groups.iter().map(|group| group.clients).sum();
        let each = |group: &ClientGroup| if group.clients > 1 { group.clients as usize } else { group.messages.len() };
        let messages = self.groups.iter().flat_map(|group| &group.messages);
        (clients, self.groups.iter().map(each).sum(), messages.map(|message| message.bytes.len()).sum())
    }

    /// Returns the steps after `start`, as the elements of a YAML list.
    pub(crate) fn to_yaml(&self) -> String {
        let of_group = |group: &ClientGroup| match group.clients {
            1 => {
                let sent: Vec<String> = group.messages.iter().map(SentMessage::to_yaml).collect();
                format!("connect, {}, close", sent.join(", "))
            }
            many => format!(
                "connect: {many}, send: {{text: \"{TEXT_OF_MANY}\", order: reverse}}, \
                 receive: {{what: answer, close: true}}, close"
            ),
        };
        self.groups.iter().map(of_group).collect::<Vec<_>>().join(", ")
    }
}

/// Performs the steps of a scenario without a server: it only notes what clients send.
struct DryRun<'a> {
    dialogue: Dialogue,
    open: Vec<ClientId>,
    clients: u32,
    values: BTreeMap<String, String>,
    files: &'a BTreeMap<String, Vec<u8>>,
    formats: &'a BTreeMap<String, Layout>,
    seed: u64,
}

type Done = Result<(), RuntimeError>;

impl Runtime for DryRun<'_> {
    fn start(&mut self, _: &StartRequest) -> Done {
        Ok(())
    }
    fn run(&mut self, _: &RunRequest) -> Done {
        Ok(())
    }
    fn type_input(&mut self, _: &TypeRequest) -> Done {
        Ok(())
    }
    fn listen(&mut self, _: &ListenRequest) -> Done {
        Ok(())
    }
    fn accept(&mut self, _: &AcceptRequest) -> Done {
        Ok(())
    }
    fn collect(&mut self, _: &str) -> Done {
        Ok(())
    }
    fn disturb(&mut self, _: &DisturbRequest) -> Done {
        Ok(())
    }
    fn connect(&mut self, request: &ConnectRequest) -> Done {
        let first = self.clients + 1;
        self.clients = self.clients.saturating_add(request.clients);
        self.open.extend((first..=self.clients).map(ClientId));
        self.dialogue.groups.push(ClientGroup { clients: request.clients, messages: Vec::new() });
        Ok(())
    }
    fn send(&mut self, batch: &[Outgoing], _: SendOrder, _: Option<Duration>) -> Done {
        // Clients are numbered in the order of the groups, from 1.
        let mut first = 1;
        for group in &mut self.dialogue.groups {
            let sent = batch.iter().filter(|one| one.client == ClientId(first));
            group.messages.extend(sent.map(|one| SentMessage { bytes: one.bytes.clone(), fragments: one.fragments }));
            first += group.clients;
        }
        Ok(())
    }
    fn receive(&mut self, _: &[ClientId], _: &ReceiveUntil, _: Option<Duration>, _: bool) -> Done {
        Ok(())
    }
    fn ends_series(&mut self, _: &[ClientId], _: [u32; 2], _: Duration) -> bool {
        false
    }
    fn got_other_answer(&self, _: &[ClientId]) -> bool {
        false
    }
    fn finish_sending(&mut self, _: &[ClientId]) -> Done {
        Ok(())
    }
    fn close(&mut self, clients: &[ClientId]) -> Done {
        self.open.retain(|client| !clients.contains(client));
        Ok(())
    }
    fn close_unread(&mut self, clients: &[ClientId]) -> Done {
        self.close(clients)
    }
    fn abort(&mut self, clients: &[ClientId]) -> Done {
        self.close(clients)
    }
    fn snapshot(&mut self, _: &SnapshotName, _: &[SnapshotCondition], _: Option<Duration>) -> Done {
        Ok(())
    }
    fn wait(&mut self, _: Option<ServerId>, _: &WaitCondition, _: Option<Duration>) -> Done {
        Ok(())
    }
    fn stop(&mut self, _: Option<ServerId>, _: i32, _: Option<Duration>) -> Done {
        Ok(())
    }
    fn open_clients(&self) -> Vec<ClientId> {
        self.open.clone()
    }
    fn values(&self) -> BTreeMap<String, String> {
        self.values.clone()
    }
    fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }
    fn format(&self, name: &str) -> Option<&Layout> {
        self.formats.get(name)
    }
    fn capture(&mut self, _: &[ClientId], _: &str, _: &BTreeMap<String, String>) {}
    fn captured(&self, _: ClientId) -> FieldValues {
        FieldValues::new()
    }
    fn seed(&self) -> u64 {
        self.seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::lab::{DEFAULT_LAB, Lab};

    fn read(steps: &str) -> Scenario {
        let text = format!("steps: [start: {{server: [./a]}}, {steps}]\nitems: [{{id: a, expect: [listening]}}]\n");
        let read = Scenario::parse_lenient("a.yaml", &text, crate::scenario::ReadContext::default());
        assert_eq!(read.diagnostics, [], "{text}");
        read.scenario.expect("a scenario")
    }

    #[test]
    fn dialogue_is_what_each_group_sends() {
        let steps = "connect, exchange: {text: x, times: 2}, send: {text: abc, fragments: 3}, receive: answer, close, \
                     connect: 3, send: \"c{n}\", receive: answer, close";
        let dialogue = Dialogue::of(&read(steps), 1).expect("a dialogue");
        let piece = SentMessage { bytes: b"abc".to_vec(), fragments: 3 };
        assert_eq!(dialogue.groups[0].messages, [SentMessage::new("x"), SentMessage::new("x"), piece]);
        assert_eq!((dialogue.groups[1].clients, dialogue.size()), (3, (4, 6, 7)));
        assert_eq!(Dialogue::of(&read("connect, abort"), 1), None);
        assert_eq!(Dialogue::of(&read("connect, close"), 1), None, "nothing is sent");
    }

    #[test]
    fn written_dialogue_reads_as_the_same() {
        let messages: [&[u8]; 7] =
            [b"a", "Olá \"mundo\"\\\r\n\u{feff}".as_bytes(), b"\0\xff", b"{n}", b"", &[b'a'; 1025], b"# - : ,[]"];
        let mut sent: Vec<SentMessage> = messages.map(SentMessage::new).to_vec();
        sent.push(SentMessage { bytes: b"abcd".to_vec(), fragments: 4 });
        let dialogue = Dialogue::of_one_client(sent);
        assert_eq!(Dialogue::of(&read(&dialogue.to_yaml()), 1).as_ref(), Some(&dialogue), "{}", dialogue.to_yaml());
        let many = Dialogue { groups: vec![ClientGroup { clients: 2, messages: Vec::new() }] };
        let again = Dialogue::of(&read(&many.to_yaml()), 1).expect("a dialogue");
        assert_eq!((again.groups.len(), again.groups[0].clients), (1, 2));
    }

    #[test]
    fn every_answer_scenario_of_the_lab_has_a_dialogue() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab");
        for name in ["tcp-simple-echo", "tcp-multi-answers", "udp-simple-answers"] {
            let scenario = lab.scenarios.iter().find(|scenario| scenario.name == name).expect("a scenario");
            assert!(Dialogue::of(scenario, 1).is_some(), "{name}");
        }
    }
}
