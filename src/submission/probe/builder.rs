//! Builds the steps of a probe as values, so that file names and texts cannot be taken for the
//! language of scenarios.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ProbeProgram;
use crate::engine::ProgramSpec;
use crate::model::{HostName, Protocol, Role};
use crate::scenario::Scenario;
use crate::scenario::hosts::Host;
use crate::scenario::script::Script;
use crate::scenario::step::{
    Abort, Close, CloseUnread, Connect, Exchange, FinishSending, Once, Receive, ReceiveGoal, Send, ServerArg, Snapshot,
    Start, Step, Wait,
};
use crate::scenario::syntax::DurationArg;

/// Longest time of a probe, and the longest that a scenario may set.
const MAX_PROBE_TIME: Duration = Duration::from_secs(600);
/// How long a probe waits for `accept`. A server that serves another client may never call it.
const ACCEPT_TIME: Duration = Duration::from_millis(500);
/// Variable that stands for an opening brace in literal texts.
const BRACE: &str = "brace";

/// A scenario without items, made by the program itself. Its clients are numbered from 1.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    name: String,
    script: Script,
    /// Number of clients so far.
    clients: u32,
    pub(super) programs: BTreeMap<Role, ProgramSpec>,
    pub(super) capture: bool,
    pub(super) stacks: bool,
    pub(super) results: bool,
}

impl Probe {
    /// Creates a probe without steps. It may take ten minutes: the steps have their own limits.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        let mut script = Script::default();
        script.variables.insert(BRACE.to_owned(), "{".to_owned());
        let (name, programs) = (name.into(), BTreeMap::new());
        let probe = Self { name, script, clients: 0, programs, capture: false, stacks: false, results: false };
        probe.limit(MAX_PROBE_TIME)
    }

    /// Limits the time of the whole probe.
    pub(crate) fn limit(mut self, whole: Duration) -> Self {
        self.script.limits.scenario = time(whole);
        self
    }

    /// Runs the probe on two hosts.
    pub(crate) fn hosts(mut self, hosts: [Host; 2]) -> Self {
        self.script.hosts = hosts.to_vec();
        self
    }

    /// Captures packets.
    pub(crate) const fn capture(mut self) -> Self {
        self.capture = true;
        self
    }

    /// Makes silent programs print their stacks.
    pub(crate) const fn stacks(mut self) -> Self {
        self.stacks = true;
        self
    }

    /// Records the results of the programs' socket calls.
    pub(crate) const fn results(mut self) -> Self {
        self.results = true;
        self
    }

    /// Starts a program, and waits for its socket for this time. The words `{port}` and `{host}`
    /// are replaced; all others are literal.
    pub(crate) fn start(self, program: &ProbeProgram, within: Duration) -> Self {
        let words = program.words.iter().map(|word| match word.as_str() {
            "{port}" | "{host}" => word.clone(),
            _ => literal(word),
        });
        self.step(Step::Start(Start {
            stdin: program.stdin.clone(),
            port: program.port,
            within: Some(time(within)),
            ..Start::with_server(ServerArg::Command(words.collect()))
        }))
    }

    /// Starts the program of a role as the lab does.
    pub(crate) fn start_role(mut self, role: &Role, program: ProgramSpec) -> Self {
        self.programs.insert(role.clone(), program);
        self.step(Step::Start(Start::with_server(ServerArg::Role(role.clone()))))
    }

    /// Moves the start of the last program to a host.
    pub(crate) fn on(mut self, host: &HostName) -> Self {
        let last = self.script.steps.iter_mut().rev();
        let mut starts = last.filter_map(|step| if let Step::Start(start) = step { Some(start) } else { None });
        if let Some(start) = starts.next() {
            start.on = Some(host.clone());
        }
        self
    }

    /// Expects the last program on this socket, of several that it has.
    pub(crate) fn at(mut self, protocol: Protocol, port: u16) -> Self {
        let last = self.script.steps.iter_mut().rev();
        let mut starts = last.filter_map(|step| if let Step::Start(start) = step { Some(start) } else { None });
        if let Some(start) = starts.next() {
            (start.protocol, start.port) = (Some(protocol), Some(port));
        }
        self
    }

    /// Records the sockets of the programs.
    pub(super) fn sockets(self) -> Self {
        match "sockets".parse() {
            Ok(name) => self.step(Step::Snapshot(Snapshot { name, once: Vec::new(), within: None })),
            Err(_) => self,
        }
    }

    /// Waits until the programs have accepted all clients, and do nothing more.
    pub(super) fn accepted(self) -> Self {
        let once = vec![Once::Accepted];
        match "accepted".parse() {
            Ok(name) => self.step(Step::Snapshot(Snapshot { name, once, within: Some(time(ACCEPT_TIME)) })),
            Err(_) => self,
        }
    }

    /// Connects a client, on which the next steps act.
    pub(crate) fn connect(mut self) -> Self {
        self.clients += 1;
        self.step(Step::Connect(Connect::default()))
    }

    /// Sends a literal text from the last client, and waits for the answer for this time.
    pub(crate) fn exchange(self, text: &str, within: Duration) -> Self {
        let last = self.clients;
        self.exchange_of(last, text, within)
    }

    /// Sends a literal text from the client with this number, and waits for the answer for this time.
    pub(crate) fn exchange_of(self, client: u32, text: &str, within: Duration) -> Self {
        let (text, clients) = (Some(literal(text)), Some(vec![client]));
        self.step(Step::Exchange(Exchange { text, clients, within: Some(time(within)), ..Exchange::default() }))
    }

    /// Sends a literal text from the last client, ends its sending side, and waits for the answer.
    pub(crate) fn exchange_to_the_end(self, text: &str, within: Duration) -> Self {
        let (text, clients) = (Some(literal(text)), self.last_client());
        let sent = self.step(Step::Send(Send { text, clients: clients.clone(), ..Send::default() }));
        let ended = sent.step(Step::FinishSending(FinishSending { clients: clients.clone() }));
        let (what, within) = (Some(ReceiveGoal::Answer), Some(time(within)));
        ended.step(Step::Receive(Receive { what, clients, within, ..Receive::default() }))
    }

    /// Closes the connection of the last client.
    pub(crate) fn close(self) -> Self {
        let clients = self.last_client();
        self.step(Step::Close(Close { clients }))
    }

    /// Sends a literal text from the last client.
    pub(crate) fn send(self, text: &str) -> Self {
        let (text, clients) = (Some(literal(text)), self.last_client());
        self.step(Step::Send(Send { text, clients, ..Send::default() }))
    }

    /// Waits until the program can do nothing more by itself, has exited, or this time has passed.
    pub(crate) fn pause(self, within: Duration) -> Self {
        self.step(Step::Wait(Wait { within: Some(time(within)), ..Wait::default() }))
    }

    /// Closes the socket of the last client, which reads nothing more.
    pub(crate) fn close_unread(self) -> Self {
        let clients = self.last_client();
        self.step(Step::CloseUnread(CloseUnread { clients }))
    }

    /// Resets the connection of the last client.
    pub(crate) fn abort(self) -> Self {
        let clients = self.last_client();
        self.step(Step::Abort(Abort { clients }))
    }

    fn step(mut self, step: Step) -> Self {
        self.script.steps.push(step);
        self
    }

    fn last_client(&self) -> Option<Vec<u32>> {
        Some(vec![self.clients])
    }

    /// Returns the scenario that a run performs.
    pub(super) fn scenario(&self) -> Scenario {
        Scenario::from_script(&self.name, self.script.clone())
    }
}

fn time(time: Duration) -> DurationArg {
    DurationArg(time.min(MAX_PROBE_TIME))
}

/// Returns a text that stays as it is when names in braces are replaced.
fn literal(text: &str) -> String {
    text.replace('{', &format!("{{{BRACE}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::template;

    const WITHIN: Duration = Duration::from_secs(2);

    #[test]
    fn words_are_literal_except_port_and_host() {
        let words = ["python3", "{port}.py", "{a} \"b'.py", "{{host}", "{brace}", "{port}", "{host}", "{n"];
        let words: Vec<String> = words.map(str::to_owned).to_vec();
        let program = ProbeProgram { words, stdin: Some("{port}\n".to_owned()), port: Some(65432) };
        let script = Probe::new("a").start(&program, WITHIN).scenario().script();
        let [Step::Start(Start { server: ServerArg::Command(words), stdin, port, .. })] = &script.steps[..] else {
            panic!("one start step: {:?}", script.steps)
        };
        let given = [("port", "5"), ("host", "here"), ("n", "1")].map(|(name, value)| (name.into(), value.into()));
        let values: BTreeMap<String, String> = script.variables.clone().into_iter().chain(given).collect();
        let filled: Vec<String> = words.iter().map(|word| template::fill(word, &values)).collect();
        assert_eq!(filled, ["python3", "{port}.py", "{a} \"b'.py", "{{host}", "{brace}", "5", "here", "{n"]);
        assert_eq!((stdin.as_deref(), *port), (Some("{port}\n"), Some(65432)));
    }

    #[test]
    fn steps_act_on_the_last_client() {
        let probe = Probe::new("a").connect().exchange("x", WITHIN).close().connect().abort();
        let steps = probe.scenario().steps;
        assert_eq!(
            steps.iter().map(Step::word).collect::<Vec<_>>(),
            ["connect", "exchange", "close", "connect", "abort"]
        );
        assert!(matches!(&steps[2], Step::Close(Close { clients: Some(clients) }) if clients == &[1]));
        assert!(matches!(&steps[4], Step::Abort(Abort { clients: Some(clients) }) if clients == &[2]));
    }

    #[test]
    fn host_applies_to_the_last_start() {
        let host: HostName = "bob".parse().expect("a name");
        let program = ProbeProgram { words: vec!["a".to_owned()], stdin: None, port: None };
        let probe = Probe::new("a").start(&program, WITHIN).start(&program, WITHIN).connect().on(&host);
        let on: Vec<Option<HostName>> = probe
            .scenario()
            .steps
            .into_iter()
            .filter_map(|step| if let Step::Start(start) = step { Some(start.on) } else { None })
            .collect();
        assert_eq!(on, [None, Some(host)]);
    }

    #[test]
    fn times_stay_below_the_limit_of_the_language() {
        let script = Probe::new("a").limit(Duration::from_secs(3600)).scenario().script();
        assert_eq!(script.limits.scenario.0, MAX_PROBE_TIME);
    }
}
