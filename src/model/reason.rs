//! `Reason`: why an item or a submission has no findings. Typed in memory; format 1 of the report
//! has its message.

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::message::Message;
use super::not_verified::{GapReason, NotVerified};

/// Why an item or a submission has no findings, or none that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Message", into = "Message")]
pub enum Reason {
    /// It was not verified, or the harness failed.
    NotVerified(NotVerified),
    /// Evidence could not be collected.
    Gap(GapReason),
    /// Its program has a fault that does not fail the item, such as a program that was not
    /// submitted.
    Cause(Cause),
}

impl Reason {
    /// Returns its message.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NotVerified(reason) => reason.message(),
            Self::Gap(reason) => reason.message(),
            Self::Cause(cause) => cause.message(),
        }
    }
}

impl From<Message> for Reason {
    /// Returns the reason with exactly this message. Stored reasons have no hint, so a cause that
    /// has one stays a message: it is shown, never decided on.
    fn from(message: Message) -> Self {
        match (NotVerified::of(&message), GapReason::from(message.clone())) {
            (NotVerified::Other(_), GapReason::Other(_)) => match Cause::from_message(&message, None) {
                Some(cause) => Self::Cause(cause),
                None => Self::NotVerified(NotVerified::Other(message)),
            },
            (NotVerified::Other(_), gap) => Self::Gap(gap),
            (reason, _) => Self::NotVerified(reason),
        }
    }
}

impl From<NotVerified> for Reason {
    fn from(reason: NotVerified) -> Self {
        Self::NotVerified(reason)
    }
}

impl From<GapReason> for Reason {
    fn from(reason: GapReason) -> Self {
        Self::Gap(reason)
    }
}

impl From<Cause> for Reason {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

impl From<Reason> for Message {
    fn from(reason: Reason) -> Self {
        reason.message()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_back_from_json() {
        let reasons: [Reason; 4] = [
            NotVerified::DependsOn { item: "a".to_owned() }.into(),
            GapReason::NoHosts {}.into(),
            Cause::NotDelivered {}.into(),
            Message::new("of-another-version").with("n", 1u16).into(),
        ];
        for reason in reasons {
            let text = serde_json::to_string(&reason).expect("JSON");
            assert_eq!(serde_json::from_str::<Reason>(&text).expect("it"), reason, "{text}");
            assert_eq!(text, serde_json::to_string(&reason.message()).expect("JSON"), "format 1 has the message");
        }
    }
}
