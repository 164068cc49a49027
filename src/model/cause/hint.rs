//! `Hint`: a suggestion for the student that comes with a cause.

pub use super::hint_table::Hint;
use crate::model::{Message, SourceFault};

impl Hint {
    /// Returns the hint for a fault of a source.
    #[must_use]
    pub const fn for_fault(fault: SourceFault) -> Self {
        match fault {
            SourceFault::WindowsHeaders => Self::WindowsHeaders,
            SourceFault::Windows => Self::Windows,
            SourceFault::ByteOrderMark => Self::ByteOrderMark,
            SourceFault::Utf16 | SourceFault::Encoding => Self::SaveAsUtf8,
            SourceFault::Python2 => Self::Python2,
            SourceFault::Tabs => Self::Tabs,
            SourceFault::LineEndings => Self::LineEndings,
        }
    }

    /// Returns its message.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(self.id())
    }

    /// Returns the hint with this message.
    #[must_use]
    pub fn from_message(message: &Message) -> Option<Self> {
        Self::ALL.iter().copied().find(|hint| hint.message() == *message)
    }
}
