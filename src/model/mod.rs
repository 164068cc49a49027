//! The shared data types (floor 0). No input or output, clock or randomness, and no import from the
//! rest of the crate.

pub mod bytes;
pub mod call;
pub mod capture;
pub mod event;
pub mod journal;
pub mod message;
pub mod name;
pub mod net;
pub mod place;
pub mod report;
pub mod text;
pub mod verdict;

pub use bytes::Bytes;
pub use call::Call;
pub use capture::{Capture, CapturedPacket, Fate, HostAddress};
pub use event::{Ending, Event, EventId, EventKind, ExitStatus, Moment, NotReady, Waiting};
pub use journal::Journal;
pub use message::{Arg, Message};
pub use name::{ClientId, HostName, ItemId, NameError, Role, ServerId, SnapshotName, SubmissionId};
pub use net::{Protocol, SocketRow, TcpState};
pub use place::{Path, PathPart, Place};
pub use report::{Cannot, ItemResult, Machine, Report, StageKind, SubmissionResult};
pub use text::{Language, Text};
pub use verdict::{Difference, Evidence, EvidenceKind, Excerpt, Finding, Gap, Needs, StepBegan, Verdict};
