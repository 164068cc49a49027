//! Changes of the system calls of a program under test: faults that an audit gives a correct program, and
//! disturbances that a correct program survives.

use serde::{Deserialize, Serialize};

use super::{Message, Role};

/// Defines the mutations: variant, id and whether it is a fault.
macro_rules! mutations {
    ($($(#[doc = $doc:literal])* $variant:ident = $id:literal, $kind:ident;)*) => {
        /// A change of what the system calls of a program do. It needs no source, and works for every
        /// language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Mutation {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Mutation {
            /// Every mutation, faults first.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns its id, by which a command line names it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Returns whether it makes a correct program faulty.
            #[must_use]
            pub const fn kind(self) -> MutationKind {
                match self { $(Self::$variant => MutationKind::$kind,)* }
            }

            const fn message_id(self) -> &'static str {
                match self { $(Self::$variant => concat!("mutation-", $id),)* }
            }
        }
    };
}

/// Whether a mutation makes a correct program faulty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutationKind {
    /// The program does something wrong: some item should fail.
    Fault,
    /// What POSIX allows every call to do: no item should fail.
    Disturbance,
}

mutations! {
    /// `send` does nothing, and reports that everything was sent.
    SendsNothing = "sends-nothing", Fault;
    /// Only the first `send` of a process sends.
    SendsOnce = "sends-once", Fault;
    /// Each `send` loses its last byte.
    LosesLastByte = "loses-last-byte", Fault;
    /// Each `send` changes the byte in its middle.
    ChangesByte = "changes-byte", Fault;
    /// Each `send` is made twice.
    SendsTwice = "sends-twice", Fault;
    /// Each `recv` of more than one byte loses the last one.
    LosesReceivedByte = "loses-received-byte", Fault;
    /// The second `recv` of a connection reports its end.
    EndsAfterFirstRead = "ends-after-first-read", Fault;
    /// `recv` returns only once its buffer is full, or the connection ends (MSG_WAITALL, `recv(2)`).
    WaitsForFullBuffer = "waits-for-full-buffer", Fault;
    /// Connections are neither closed nor shut down.
    NeverCloses = "never-closes", Fault;
    /// Connections are closed by a reset (SO_LINGER with a time of 0, `socket(7)`).
    ResetsConnections = "resets-connections", Fault;
    /// `accept` never returns.
    AcceptsNothing = "accepts-nothing", Fault;
    /// The second `accept` never returns.
    AcceptsOnce = "accepts-once", Fault;
    /// Every second connection is accepted, and then neither used nor closed.
    LeavesConnections = "leaves-connections", Fault;
    /// The program exits instead of waiting for its second client.
    ServesOneClient = "serves-one-client", Fault;
    /// `bind` uses the next port.
    BindsNextPort = "binds-next-port", Fault;
    /// `bind` uses the loopback address.
    BindsLoopback = "binds-loopback", Fault;
    /// `listen` does nothing.
    NeverListens = "never-listens", Fault;
    /// TCP sockets are UDP sockets, and the other way round.
    SwapsTransport = "swaps-transport", Fault;
    /// Datagrams are sent from another socket.
    SendsFromOtherSocket = "sends-from-other-socket", Fault;
    /// Datagrams are sent to the first address that any of them was sent to.
    SendsToFirstAddress = "sends-to-first-address", Fault;
    /// `connect` uses the next port.
    ConnectsToNextPort = "connects-to-next-port", Fault;
    /// The exit code is 1 instead of 0, and 0 instead of any other.
    SwapsExitCode = "swaps-exit-code", Fault;
    /// The program never exits.
    NeverExits = "never-exits", Fault;
    /// Nothing is printed.
    PrintsNothing = "prints-nothing", Fault;
    /// The byte in the middle of each output is changed.
    PrintsOtherByte = "prints-other-byte", Fault;
    /// Standard input ends at once.
    ReadsNoInput = "reads-no-input", Fault;
    /// Standard input ends after the first read.
    ReadsInputOnce = "reads-input-once", Fault;
    /// The byte in the middle of each write to a file is changed.
    WritesOtherByte = "writes-other-byte", Fault;
    /// Writes to files do nothing.
    WritesNothing = "writes-nothing", Fault;
    /// Each `recv` of a connection returns at most 16 bytes.
    ShortReads = "short-reads", Disturbance;
    /// Each `send` over a connection sends at most half of its bytes.
    ShortWrites = "short-writes", Disturbance;
    /// Every fifth `accept`, `recv` and `send` is interrupted once (EINTR, `signal(7)`).
    Interrupts = "interrupts", Disturbance;
}

/// Which calls of which programs a mutation changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutatedRole {
    /// The role of the programs.
    pub role: Role,
    /// The change.
    pub mutation: Mutation,
    /// The name of the only scenario in which calls are changed; `None`: in all.
    pub scenario: Option<String>,
    /// Only this one of the calls that the mutation changes, from 1; `None`: all.
    pub only: Option<u64>,
}

impl Mutation {
    /// Returns the mutation with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutation| mutation.id() == id)
    }

    /// Returns a description of what it does.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(self.message_id())
    }
}
