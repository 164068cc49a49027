//! The shared data types (floor 0). No input or output, clock or randomness, and no import from the
//! rest of the crate.

pub mod annotation;
pub mod bytes;
pub mod capture;
pub mod cause;
pub mod event;
pub mod exit_status;
pub mod finding;
pub mod journal;
pub mod localized;
pub mod message;
pub mod name;
pub mod net;
pub mod not_verified;
pub mod report;
pub mod score;
pub mod source;
pub mod syscall;
pub mod verdict;

pub use annotation::{Annotation, AnnotationTarget, WrittenAnswer};
pub use bytes::Bytes;
pub use capture::{Capture, CapturedPacket, HostAddress, PacketFate};
pub use cause::{Cause, Hint};
pub use event::{Event, EventId, EventKind, Moment, StartFailure, StreamEnd, WaitTarget};
pub use exit_status::ExitStatus;
pub use finding::{Because, Finding};
pub use journal::Journal;
pub use localized::{Language, LocalizedText};
pub use message::{Arg, Message};
pub use name::{ClientId, HostName, ItemId, NameError, Role, ServerId, SnapshotName, SubmissionId};
pub use net::{Protocol, SocketRow, TcpState};
pub use not_verified::{GapReason, NotVerified};
pub use report::{ItemResult, Judged, Limitation, Machine, Report, SandboxMode, SubmissionResult};
pub use source::{SourceLocation, YamlPath, YamlPathPart};
pub use syscall::Syscall;
pub use verdict::{Difference, Evidence, EvidenceKind, Excerpt, Gap, Needs, StepBegan, Verdict};
