//! `Finding`: what an expectation established, and why. Only the judge writes it. In memory a
//! failure has a [`Cause`]; format 1 of the report has its message and its hint.

use std::borrow::Cow;

use super::cause::{Cause, Hint, Proof};
use super::event::EventId;
use super::message::Message;
use super::source::SourceLocation;
use super::verdict::{Difference, Verdict};

/// The finding of one expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// The keyword of the expectation, such as `echo`.
    pub expectation: String,
    /// The location of the expectation in the scenario file.
    pub at: SourceLocation,
    /// Why it has this verdict.
    pub because: Because,
    /// The difference, if bytes differ.
    pub difference: Option<Difference>,
    /// Observations that never cost points.
    pub notes: Vec<Message>,
    /// The events that prove the finding.
    pub shown_by: Vec<EventId>,
}

/// Why a finding has its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// The cause of a failure.
    Cause(Cause),
    /// What was proved right, what could not be observed, or a cause that only another version of
    /// socklab knows: shown, never decided on.
    Message {
        /// The sentence.
        message: Message,
        /// A suggestion for the student.
        hint: Option<Message>,
    },
}

impl Because {
    /// Returns the cause with this message and hint; without such a cause, the message itself.
    #[must_use]
    pub fn new(message: Message, hint: Option<Message>) -> Self {
        match Cause::from_message(&message, hint.as_ref()) {
            Some(cause) => Self::Cause(cause),
            None => Self::Message { message, hint },
        }
    }

    /// Returns the sentence.
    #[must_use]
    pub fn message(&self) -> Cow<'_, Message> {
        match self {
            Self::Cause(cause) => Cow::Owned(cause.message()),
            Self::Message { message, .. } => Cow::Borrowed(message),
        }
    }

    /// Returns the suggestion for the student.
    #[must_use]
    pub fn hint(&self) -> Option<Message> {
        match self {
            Self::Cause(cause) => cause.hint().map(Hint::message),
            Self::Message { hint, .. } => hint.clone(),
        }
    }

    /// Returns the cause, if this is one.
    #[must_use]
    pub const fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Cause(cause) => Some(cause),
            Self::Message { .. } => None,
        }
    }

    /// Returns true if only a further run finds this cause, so that no judge can have written it.
    #[must_use]
    pub fn is_from_rerun(&self) -> bool {
        self.cause().is_some_and(|cause| cause.proof() == Proof::Again)
    }
}

impl From<Message> for Because {
    fn from(message: Message) -> Self {
        Self::new(message, None)
    }
}

impl From<Cause> for Because {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

impl Finding {
    /// Creates a finding with this verdict. The caller fills in `expectation` and `at`.
    #[must_use]
    pub fn new(verdict: Verdict, because: impl Into<Because>) -> Self {
        Self {
            verdict,
            expectation: String::new(),
            at: SourceLocation { file: String::new(), line: 0, column: 0 },
            because: because.into(),
            difference: None,
            notes: Vec::new(),
            shown_by: Vec::new(),
        }
    }

    /// Creates a finding that is proved correct.
    #[must_use]
    pub fn pass(because: Message) -> Self {
        Self::new(Verdict::Pass, because)
    }

    /// Creates a finding that is proved incorrect.
    #[must_use]
    pub fn fail(cause: Cause) -> Self {
        Self::new(Verdict::Fail, cause)
    }

    /// Creates a finding that could not be observed.
    #[must_use]
    pub fn not_verified(reason: impl Into<Message>) -> Self {
        Self::new(Verdict::NotVerified, reason.into())
    }

    /// Returns the finding with one more note.
    #[must_use]
    pub fn with_note(mut self, note: Message) -> Self {
        self.notes.push(note);
        self
    }

    /// Returns the finding with the events that prove it.
    #[must_use]
    pub fn shown_by(mut self, events: impl IntoIterator<Item = EventId>) -> Self {
        self.shown_by.extend(events);
        self
    }

    /// Returns the finding with the bytes that differ.
    #[must_use]
    pub fn with_difference(mut self, difference: Option<Difference>) -> Self {
        self.difference = difference;
        self
    }
}
