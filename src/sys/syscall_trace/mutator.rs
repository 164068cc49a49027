//! Changes the calls of a traced program, for an audit: the arguments of a call that begins, and the
//! result of one that ends. The program itself stays as it is.

mod buffers;
mod call;
mod disturbance;
mod target;

use std::collections::{HashMap, HashSet};

use self::buffers::{Buffers, Memory};
use self::call::{Call, CallKind, descriptor, kind_of};
pub(crate) use self::disturbance::Disturbance;
use self::target::{Target, target_of};
use super::registers::CallRegisters;
use crate::model::Mutation;
use crate::model::net::Pid;

/// The largest address that `bind`, `connect` and `sendto` take here (`struct sockaddr_storage`).
const MAX_ADDRESS: usize = 128;
/// The address 127.0.0.1, as `struct sockaddr_in` holds it (`ip(7)`).
const LOOPBACK: [u8; 4] = [127, 0, 0, 1];
/// The most bytes of a short read.
const SHORT_READ: u64 = 16;
/// Of this many calls, one is interrupted.
const INTERRUPTED_EVERY: u64 = 5;

/// The changes of programs' calls, with the state of their earlier calls that these depend on.
#[derive(Debug)]
pub(crate) struct Mutator {
    mutation: Option<Mutation>,
    /// The calls that a step disturbs.
    disturbance: Option<Disturbance>,
    /// Only this one of the calls that the mutation changes; `None`: all.
    only: Option<u64>,
    /// Number of calls that were changed.
    changed: u64,
    /// Number of calls that the mutation would have changed.
    candidates: u64,
    /// Number of calls that an interruption could have hit.
    seen: u64,
    /// The processes that have sent.
    senders: HashSet<Pid>,
    /// The connections that were read from, by inode, and the processes that have read their input.
    readers: HashSet<u64>,
    /// The calls of `accept` that have returned a connection, by process.
    accepted: HashMap<Pid, u64>,
    /// The first address that a datagram was sent to.
    address: Option<Vec<u8>>,
}

/// How a call is changed when it begins.
#[derive(Debug, Default)]
struct Change {
    /// The number of another call; `None` in it: no call at all.
    number: Option<Option<i64>>,
    /// Replaced arguments, by index.
    arguments: Vec<(usize, u64)>,
    /// Bytes of the program's memory, replaced until the call ends.
    memory: Vec<(u64, Vec<u8>)>,
    result: ResultChange,
}

/// How the result of a call is changed when it ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum ResultChange {
    #[default]
    None,
    /// This result in every case.
    Always(i64),
    /// This is added to a result that is at least as large as the second number.
    Plus(i64, i64),
    /// The call is made once more if it succeeded.
    Repeat,
    /// A connection that was accepted is counted. Every second one is left, if that is true.
    Accepted { leaves: bool },
}

/// The rest of a change, for the end of the call.
#[derive(Debug)]
pub(super) struct ChangedCall {
    call: Call,
    restored: Vec<(u64, Vec<u8>)>,
    result: ResultChange,
}

impl Mutator {
    /// Creates a mutator that has seen no call.
    pub(crate) fn new(mutation: Option<Mutation>, only: Option<u64>) -> Self {
        Self {
            mutation,
            disturbance: None,
            only,
            candidates: 0,
            changed: 0,
            seen: 0,
            senders: HashSet::new(),
            readers: HashSet::new(),
            accepted: HashMap::new(),
            address: None,
        }
    }

    /// Disturbs calls from now on, in place of an earlier disturbance.
    pub(crate) fn disturb(&mut self, disturbance: Disturbance) {
        self.disturbance = Some(disturbance);
    }

    /// Returns the number of calls that a mutation changed.
    pub(crate) const fn changed(&self) -> u64 {
        self.changed
    }

    /// Changes a call at whose entry a thread has stopped. Returns what is to be done when it ends.
    pub(super) fn begin(&mut self, thread: Pid, process: Pid, number: i64, arguments: [u64; 6]) -> Option<ChangedCall> {
        let kind = kind_of(number)?;
        let call = Call { process, number, arguments };
        let memory = Memory::of(thread)?;
        let target = target_of(process, kind, arguments);
        let change = match self.mutation(&call, kind, &target, &memory) {
            Some(change) => change,
            None => self.disturbance.as_mut()?.change(thread, (&call, kind), &target, &memory)?,
        };
        let mut registers = CallRegisters::read(thread)?;
        if let Some(number) = change.number
            && !registers.set_number(number)
        {
            return None;
        }
        for (index, value) in &change.arguments {
            registers.set_argument(*index, *value);
        }
        if !registers.write() {
            return None;
        }
        let mut restored = Vec::new();
        for (address, bytes) in &change.memory {
            let old = memory.read(*address, bytes.len())?;
            memory.write(*address, bytes);
            restored.push((*address, old));
        }
        Some(ChangedCall { call, restored, result: change.result })
    }

    /// Changes the result of a call at whose exit a thread has stopped. Returns true if the thread makes
    /// the same call again.
    pub(super) fn end(&mut self, thread: Pid, changed: ChangedCall, result: i64) -> bool {
        let ChangedCall { call, restored, result: change } = changed;
        if let Some(memory) = Memory::of(thread).filter(|_| !restored.is_empty()) {
            for (address, bytes) in restored {
                memory.write(address, &bytes);
            }
        }
        let new = match change {
            ResultChange::Always(value) => value,
            ResultChange::Plus(more, least) if result >= least => result + more,
            ResultChange::None | ResultChange::Plus(..) => return false,
            ResultChange::Repeat => {
                let Some(mut registers) = CallRegisters::read(thread).filter(|_| result > 0) else { return false };
                registers.repeat(call.number, call.arguments);
                return registers.write();
            }
            ResultChange::Accepted { leaves } => {
                let count = self.accepted.entry(call.process).or_default();
                *count += u64::from(result >= 0);
                if result < 0 || !leaves || !count.is_multiple_of(2) {
                    return false;
                }
                self.changed += 1;
                // Every library calls again then (PEP 475, std's cvt_r, libuv).
                -i64::from(libc::EINTR)
            }
        };
        if let Some(mut registers) = CallRegisters::read(thread) {
            registers.set_result(new);
            registers.write();
        }
        false
    }

    /// Returns how the mutation changes a call, if it does.
    fn mutation(&mut self, call: &Call, kind: CallKind, target: &Target, memory: &Memory) -> Option<Change> {
        let change = self.change(call, kind, target, memory)?;
        self.candidates += 1;
        if self.only.is_some_and(|only| only != self.candidates) {
            return None;
        }
        self.changed += u64::from(!matches!(change.result, ResultChange::Accepted { .. }));
        Some(change)
    }

    /// Returns how a call would be changed without a choice among the calls.
    fn change(&mut self, call: &Call, kind: CallKind, target: &Target, memory: &Memory) -> Option<Change> {
        match (kind, target) {
            (CallKind::Send, Target::Stream(_) | Target::Datagram) => self.change_send(call, target, memory),
            (CallKind::Send, Target::Screen) => self.change_output(call, memory),
            (CallKind::Send, Target::File) => self.change_write(call, memory),
            (CallKind::Receive, Target::Stream(_) | Target::Datagram | Target::Keyboard) => {
                self.change_receive(call, target, memory)
            }
            (CallKind::Accept, Target::Listener) => self.change_accept(call),
            (CallKind::Close, Target::Stream(_)) => self.change_close(call),
            (CallKind::Socket | CallKind::Bind | CallKind::Listen | CallKind::Connect | CallKind::Exit, _) => {
                self.change_once(call, kind, memory)
            }
            _ => None,
        }
    }

    fn change_send(&mut self, call: &Call, target: &Target, memory: &Memory) -> Option<Change> {
        let data = Buffers::of(call, memory)?;
        let total = i64::try_from(data.total()).ok()?;
        let skipped = || Some(Change { number: Some(None), result: ResultChange::Always(total), ..Change::default() });
        let is_stream = matches!(target, Target::Stream(_));
        match self.mutation? {
            Mutation::SendsNothing => skipped(),
            Mutation::SendsOnce if !self.senders.insert(call.process) => skipped(),
            Mutation::LosesLastByte => {
                let change = data.without_last_byte()?;
                Some(Change { result: ResultChange::Plus(1, 0), ..change })
            }
            Mutation::ChangesByte => data.with_other_byte(memory),
            Mutation::SendsTwice => Some(Change { result: ResultChange::Repeat, ..Change::default() }),
            Mutation::ShortWrites if is_stream && total > 1 => data.first_bytes_only(data.total() / 2),
            Mutation::SendsFromOtherSocket if !is_stream => {
                let (at, length) = data.address()?;
                let address = memory.read(at, length.min(MAX_ADDRESS))?;
                target::send_from_new_socket(&address, &data.read(memory)?)?;
                skipped()
            }
            Mutation::SendsToFirstAddress if !is_stream => {
                let (at, length) = data.address()?;
                let address = memory.read(at, length.min(MAX_ADDRESS))?;
                let first = self.address.get_or_insert_with(|| address.clone()).clone();
                let is_other = first != address && first.len() == address.len();
                is_other.then(|| Change { memory: vec![(at, first)], ..Change::default() })
            }
            Mutation::Interrupts => self.interrupt(),
            _ => None,
        }
    }

    fn change_receive(&mut self, call: &Call, target: &Target, memory: &Memory) -> Option<Change> {
        let ended = || Some(Change { number: Some(None), result: ResultChange::Always(0), ..Change::default() });
        match (self.mutation?, target) {
            (Mutation::ReadsNoInput, Target::Keyboard) => ended(),
            (Mutation::ReadsInputOnce, Target::Keyboard) if !self.readers.insert(0) => ended(),
            (Mutation::LosesReceivedByte, Target::Stream(_) | Target::Datagram) => {
                Some(Change { result: ResultChange::Plus(-1, 2), ..Change::default() })
            }
            (Mutation::EndsAfterFirstRead, Target::Stream(inode)) if !self.readers.insert(*inode) => ended(),
            (Mutation::WaitsForFullBuffer, Target::Stream(_)) => waits_for_all(call),
            (Mutation::ShortReads, Target::Stream(_)) => {
                let data = Buffers::of(call, memory)?;
                if data.total() > SHORT_READ { data.first_bytes_only(SHORT_READ) } else { None }
            }
            (Mutation::Interrupts, Target::Stream(_) | Target::Datagram) => self.interrupt(),
            _ => None,
        }
    }

    fn change_accept(&mut self, call: &Call) -> Option<Change> {
        let has_accepted = self.accepted.contains_key(&call.process);
        let counted = |leaves| Some(Change { result: ResultChange::Accepted { leaves }, ..Change::default() });
        match self.mutation? {
            Mutation::AcceptsNothing => Some(for_ever()),
            Mutation::AcceptsOnce if has_accepted => Some(for_ever()),
            Mutation::ServesOneClient if has_accepted => {
                Some(Change { number: Some(Some(libc::SYS_exit_group)), arguments: vec![(0, 0)], ..Change::default() })
            }
            Mutation::AcceptsOnce | Mutation::ServesOneClient => counted(false),
            Mutation::LeavesConnections => counted(true),
            Mutation::Interrupts => self.interrupt(),
            _ => None,
        }
    }

    fn change_close(&self, call: &Call) -> Option<Change> {
        match self.mutation? {
            Mutation::NeverCloses => {
                Some(Change { number: Some(None), result: ResultChange::Always(0), ..Change::default() })
            }
            Mutation::ResetsConnections if call.number == libc::SYS_close => {
                target::reset_at_close(call.process, descriptor(call.arguments))?;
                Some(Change::default())
            }
            _ => None,
        }
    }

    fn change_output(&self, call: &Call, memory: &Memory) -> Option<Change> {
        let data = Buffers::of(call, memory)?;
        match self.mutation? {
            Mutation::PrintsNothing => {
                let result = ResultChange::Always(i64::try_from(data.total()).ok()?);
                Some(Change { number: Some(None), result, ..Change::default() })
            }
            Mutation::PrintsOtherByte => data.with_other_byte(memory),
            _ => None,
        }
    }

    fn change_write(&self, call: &Call, memory: &Memory) -> Option<Change> {
        let data = Buffers::of(call, memory)?;
        match self.mutation? {
            Mutation::WritesNothing => {
                let result = ResultChange::Always(i64::try_from(data.total()).ok()?);
                Some(Change { number: Some(None), result, ..Change::default() })
            }
            Mutation::WritesOtherByte => data.with_other_byte(memory),
            _ => None,
        }
    }

    /// Returns the change of a call that programs make once: of one that creates a socket or gives it an
    /// address, and of the last one.
    fn change_once(&self, call: &Call, kind: CallKind, memory: &Memory) -> Option<Change> {
        let [first, second, third, ..] = call.arguments;
        match (self.mutation?, kind) {
            (Mutation::SwapsTransport, CallKind::Socket) => {
                // SOCK_STREAM is 1, SOCK_DGRAM is 2; the higher bits are flags (`socket(2)`).
                let is_inet = matches!(first as i32, libc::AF_INET | libc::AF_INET6);
                let swapped = matches!(second & 0xf, 1 | 2).then_some(second ^ 3);
                let arguments = vec![(1, swapped.filter(|_| is_inet)?), (2, 0)];
                Some(Change { arguments, ..Change::default() })
            }
            (Mutation::BindsNextPort, CallKind::Bind) | (Mutation::ConnectsToNextPort, CallKind::Connect) => {
                let port = next_port(&memory.read(second, usize::try_from(third).ok()?.min(MAX_ADDRESS))?)?;
                Some(Change { memory: vec![(second + 2, port)], ..Change::default() })
            }
            (Mutation::BindsLoopback, CallKind::Bind) => {
                let address = memory.read(second, usize::try_from(third).ok()?.min(MAX_ADDRESS))?;
                let is_ipv4 = *address.first_chunk::<2>()? == (libc::AF_INET as u16).to_ne_bytes();
                let is_other = is_ipv4 && address.get(4..8)? != LOOPBACK;
                is_other.then(|| Change { memory: vec![(second + 4, LOOPBACK.to_vec())], ..Change::default() })
            }
            (Mutation::NeverListens, CallKind::Listen) => {
                Some(Change { number: Some(None), result: ResultChange::Always(0), ..Change::default() })
            }
            (Mutation::SwapsExitCode, CallKind::Exit) => {
                Some(Change { arguments: vec![(0, u64::from(first as i32 == 0))], ..Change::default() })
            }
            (Mutation::NeverExits, CallKind::Exit) => Some(for_ever()),
            _ => None,
        }
    }

    /// Returns the change of every fifth call.
    fn interrupt(&mut self) -> Option<Change> {
        self.seen += 1;
        let result = ResultChange::Always(-i64::from(libc::EINTR));
        self.seen.is_multiple_of(INTERRUPTED_EVERY).then(|| Change { number: Some(None), result, ..Change::default() })
    }
}

/// Returns the change of a call that then never returns: `ppoll(2)` of nothing without a time limit.
fn for_ever() -> Change {
    let arguments = (0..5).map(|index| (index, 0)).collect();
    Change { number: Some(Some(libc::SYS_ppoll)), arguments, ..Change::default() }
}

/// Returns the change of a read into a call that waits until its buffer is full.
fn waits_for_all(call: &Call) -> Option<Change> {
    let all = libc::MSG_WAITALL as u64;
    match call.number {
        libc::SYS_read => {
            let arguments = vec![(3, all), (4, 0), (5, 0)];
            Some(Change { number: Some(Some(libc::SYS_recvfrom)), arguments, ..Change::default() })
        }
        libc::SYS_recvfrom => Some(Change { arguments: vec![(3, call.arguments[3] | all)], ..Change::default() }),
        _ => None,
    }
}

/// Returns the bytes of the port after that of an address (`ip(7)`, `ipv6(7)`), unless it is 0 or that
/// of a name server.
fn next_port(address: &[u8]) -> Option<Vec<u8>> {
    let family = i32::from(u16::from_ne_bytes(*address.first_chunk()?));
    let port = u16::from_be_bytes(*address.get(2..)?.first_chunk()?);
    let is_changed = matches!(family, libc::AF_INET | libc::AF_INET6) && !matches!(port, 0 | 53 | u16::MAX);
    is_changed.then(|| (port + 1).to_be_bytes().to_vec())
}

#[cfg(test)]
mod tests;
