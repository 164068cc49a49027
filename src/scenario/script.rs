//! The part of a scenario that an agent performs, as a value that crosses to its process. The text
//! is read once, by the process that reports its mistakes: an agent parses nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hosts::Host;
use super::link::Link;
use super::source_map::Locations;
use super::step::{
    Abort, Accept, Close, CloseUnread, Collect, Connect, ConnectUnread, Disturb, Exchange, FinishSending, Listen,
    Receive, Request, Run, Send, Snapshot, Start, Step, Stop, Type, Use, Wait,
};
use super::{Limits, Scenario};
use crate::model::HostName;
use crate::packet::layout::Layout;

/// The steps of a scenario, and everything that they depend on except the contents of files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// The values of the variables, by name.
    pub variables: BTreeMap<String, String>,
    /// Deadlines and limits.
    pub limits: Limits,
    /// The two hosts, or empty if everything runs on one machine.
    pub hosts: Vec<Host>,
    /// Impairments of the link between the two hosts.
    pub link: Link,
    /// The layouts of the formats, by name.
    #[serde(default)]
    pub formats: BTreeMap<String, Layout>,
    /// The steps, in order.
    #[serde(serialize_with = "serialize_steps", deserialize_with = "deserialize_steps")]
    pub steps: Vec<Step>,
}

impl Scenario {
    /// Returns the part of the scenario that an agent performs.
    #[must_use]
    pub fn script(&self) -> Script {
        Script {
            variables: self.variables.clone(),
            limits: self.limits.clone(),
            hosts: self.hosts.clone(),
            link: self.link.clone(),
            formats: self.formats.clone(),
            steps: self.steps.clone(),
        }
    }

    /// Creates a scenario that no author wrote: it has no text, no files and no items.
    #[must_use]
    pub fn from_script(name: &str, script: Script) -> Self {
        let Script { variables, limits, hosts, link, formats, steps } = script;
        Self {
            name: name.to_owned(),
            file: name.to_owned(),
            text: String::new(),
            files: BTreeMap::new(),
            title: None,
            variables,
            limits,
            hosts,
            link,
            formats,
            steps,
            items: Vec::new(),
            short_form: false,
            locations: Locations::default(),
            step_paths: Vec::new(),
        }
    }
}

impl Script {
    /// Returns, for each of the two hosts, true if no server is started on it.
    #[must_use]
    pub fn hosts_without_servers(&self) -> [bool; 2] {
        let starts_on = |name: &HostName| {
            self.steps.iter().any(|step| matches!(step, Step::Start(start) if start.on.as_ref() == Some(name)))
        };
        [0, 1].map(|k| self.hosts.get(k).is_some_and(|host| !starts_on(&host.name)))
    }

    /// Returns true if a step waits for HTTP responses.
    #[must_use]
    pub fn reads_responses(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Request(_) => true,
            Step::Receive(receive) => receive.response_count().is_some(),
            _ => false,
        })
    }

    /// Returns true if a step disturbs the calls of programs.
    #[must_use]
    pub fn disturbs(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Disturb(_)))
    }

    /// Returns true if a step waits for messages of a format.
    #[must_use]
    pub fn reads_messages(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Receive(receive) if receive.format.is_some()))
    }

    /// Returns the total number of clients that it connects.
    #[must_use]
    pub fn client_count(&self) -> u32 {
        self.steps.iter().fold(0, |all, step| all.saturating_add(step.act().client_count()))
    }
}

/// The form in which a step crosses: its keyword and all of its fields. The form that authors write
/// cannot be used, because only the YAML reader tells a map from a short form.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Step", rename_all = "snake_case")]
enum StepForm {
    Start(Start),
    Run(Run),
    Type(Type),
    Listen(Listen),
    Accept(Accept),
    Connect(Connect),
    ConnectUnread(ConnectUnread),
    Send(Send),
    Receive(Receive),
    Exchange(Exchange),
    Request(Request),
    FinishSending(FinishSending),
    Close(Close),
    CloseUnread(CloseUnread),
    Abort(Abort),
    Snapshot(Snapshot),
    Collect(Collect),
    Disturb(Disturb),
    Wait(Wait),
    Stop(Stop),
    Use(Use),
}

fn serialize_steps<S: Serializer>(steps: &[Step], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Form<'a>(#[serde(with = "StepForm")] &'a Step);
    to.collect_seq(steps.iter().map(Form))
}

fn deserialize_steps<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Step>, D::Error> {
    #[derive(Deserialize)]
    struct Form(#[serde(with = "StepForm")] Step);
    Ok(Vec::<Form>::deserialize(from)?.into_iter().map(|Form(step)| step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ReadContext;
    use crate::scenario::lab::Lab;

    fn crossed(script: &Script) -> Script {
        let frame = serde_json::to_vec(script).expect("a frame");
        serde_json::from_slice(&frame).expect("the same script")
    }

    #[test]
    fn bundled_scripts_cross_unchanged() {
        for name in Lab::bundled_names() {
            let Ok(lab) = Lab::bundled(&name, None) else { continue };
            for scenario in &lab.scenarios {
                assert_eq!(crossed(&scenario.script()), scenario.script(), "{}", scenario.file);
            }
        }
    }

    #[test]
    fn steps_cross_to_the_agent_unchanged() {
        let text = "\
variables: { who: ana }
limits: { clients: 7, start: 1m 30s, answer: 500us, scenario: 10m }
hosts: [alice, bob: 10.0.0.7]
link:
  { loss: 0.125%, delay: 5ms, seed: 42, lose_first_syn: true, corrupt: 1%, checksum: good, truncate: 2%, rate: 1000,
    queue: 3, mtu: 576, from: { alice: { loss: 1%, rate: 7, checksum: bad } }, rules: [{ from: bob, packet: 5..7,
    do: corrupt, checksum: good, times: 2 }, { from: alice, packet: 3, do: delay, by: 5ms }, { from: bob, do: drop }] }
formats:
  packet: { type: u8 = 1, seq: i32le, length: u16be, sum: u16be = internet16, name: text(zero), data: bytes(length) }
  reply: { line: 'OK (?<size>[0-9]+)' }
  message: json
macros:
  end: { parameters: [how, who], steps: [close: '{who}'] }
steps:
  - start: { server: [./a, '{port}', ''], on: bob, stdin: \"x\\n\", protocol: udp, port: 5, within: 1ms }
  - start: { server: tcp-simple, on: alice }
  - connect: { clients: 2, on: alice, to: bob, protocol: tcp }
  - connect_unread: { clients: 2, on: alice, server: 1, within: 1s }
  - send: { hex: 00ff, fragments: 2, order: together }
  - send: { random: { bytes: 9, seed: 3 }, order: reverse }
  - send: { repeat: { text: '{n}', times: 2 }, clients: [1, 2] }
  - send: { base64: QQ== }
  - send: { all_bytes: true }
  - receive: { until: \"{who}\" }
  - receive: { quiet: 20ms }
  - receive: { bytes: 3, within: 1s }
  - receive: end
  - receive: { format: reply, messages: 2, capture: { size: size } }
  - send: { format: packet, fields: { seq: -1, name: 'a{size}', data: { hex: 00ff } } }
  - exchange: { format: message, fields: { a: true, b: null, c: '{size}' } }
  - exchange: { file: a.bin, times: 3 }
  - request: { method: PUT, path: /a, headers: { Z: '1', A: '2' }, body: x, version: '1.0', fragments: 2, wait: false }
  - request: /b
  - receive: { responses: 2 }
  - finish_sending: [1]
  - close
  - use: { macro: end, with: { how: a, who: [1] } }
  - close_unread: [1]
  - abort: [2]
  - snapshot: { name: here, once: [idle, closed, accepted, established] }
  - wait: exit
  - wait: { output: x, server: 1 }
  - stop: { signal: HUP, server: 2 }
  - listen: { protocol: udp, port: 7, on: alice }
  - run: { program: tcp-simple, args: ['{host}', -v], env: { NAME: '{who}' }, files: { a/b: { text: x } }, on: bob, stdin: x }
  - type: { text: \"{who}\\n\", close: true, program: 3, within: 1s }
  - accept: { connections: 2, listener: 1, within: 1s }
  - collect: a/b
  - disturb: { recv: 1, send: 2, eintr: 0.5%, seed: 7 }
items: [{ id: a, expect: [listening] }]
";
        let read = Scenario::parse_lenient("a.yaml", text, ReadContext::default());
        assert_eq!(read.diagnostics, [], "the text is right");
        let script = read.scenario.expect("a scenario").script();
        let used: std::collections::BTreeSet<&str> = script.steps.iter().map(Step::word).collect();
        assert_eq!(used, Step::KEYWORDS.iter().copied().collect(), "every keyword is covered");
        assert_eq!(crossed(&script), script);
    }
}
