//! The client that an event belongs to.

use super::event::EventKind;
use super::name::ClientId;

impl EventKind {
    /// Returns the client that the event belongs to.
    #[must_use]
    pub const fn client(&self) -> Option<ClientId> {
        match self {
            Self::Connected { client, .. }
            | Self::Accepted { client, .. }
            | Self::NotAccepted { client, .. }
            | Self::FewerRounds { client, .. }
            | Self::ReadsNothing { client }
            | Self::ConnectFailed { client, .. }
            | Self::Sent { client, .. }
            | Self::Unsent { client, .. }
            | Self::Received { client, .. }
            | Self::Captured { client, .. }
            | Self::Overflowed { client, .. }
            | Self::Stray { client, .. }
            | Self::Ended { client, .. }
            | Self::Late { client, .. }
            | Self::FinishedSending { client }
            | Self::Closed { client }
            | Self::Aborted { client } => Some(*client),
            _ => None,
        }
    }
}
