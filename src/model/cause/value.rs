//! The values of causes: how each type is written into a message of format 1, and read back.

use std::net::SocketAddr;

use super::hint::Hint;
use crate::model::{Arg, Cap, ClientId, ExitStatus, Message, Operation, Protocol, SourceFault, TcpState};

/// The stored form of a cause: its message and its hint.
#[derive(Clone, Copy)]
pub(in crate::model) struct Source<'a> {
    pub(in crate::model) message: &'a Message,
    pub(in crate::model) hint: Option<&'a Message>,
}

/// A value of a cause.
pub(in crate::model) trait Value {
    /// Returns it as a value of a message; `None` if it is absent.
    fn to_arg(&self) -> Option<Arg>;

    /// Returns the hint, if the value is one.
    fn hint(&self) -> Option<Hint> {
        None
    }

    /// Reads the value with this name.
    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self>
    where
        Self: Sized;
}

/// Implements [`Value`] for types that are one argument of a message.
macro_rules! values {
    ($($type:ty: |$value:ident| $to_arg:expr, $pattern:pat => $from_arg:expr;)*) => { $(
        impl Value for $type {
            fn to_arg(&self) -> Option<Arg> {
                let $value = self;
                Some($to_arg.into())
            }

            fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
                match source.message.args.get(name)? {
                    $pattern => $from_arg,
                    _ => None,
                }
            }
        }
    )* };
}

values! {
    u64: |number| *number, Arg::Number(number) => u64::try_from(*number).ok();
    String: |text| text.as_str(), Arg::Text(text) => Some(text.clone());
    Cap: |cap| cap.name(), Arg::Text(text) => Some(text.clone().into());
    ClientId: |client| client.0, Arg::Number(number) => u32::try_from(*number).ok().map(Self);
    SocketAddr: |address| address.to_string(), Arg::Text(text) => text.parse().ok();
    Protocol: |protocol| protocol.to_string(),
        Arg::Text(text) => [Self::Tcp, Self::Udp].into_iter().find(|one| one.to_string() == *text);
    SourceFault: |fault| fault.name(),
        Arg::Text(text) => Self::ALL.iter().copied().find(|fault| fault.name() == text);
    TcpState: |state| state.name(),
        Arg::Text(text) => Self::ALL.into_iter().find(|state| state.name() == text);
    ExitStatus: |status| status.message(), Arg::Message(message) => Self::from_message(message);
    Operation: |operation| operation.message(), Arg::Message(message) => Self::from_message(message);
    Message: |message| message.clone(), Arg::Message(message) => Some((**message).clone());
    PortText: |port| port.0.to_string(), Arg::Text(text) => text.parse().ok().map(Self);
    ConnectAct: |_act| "connect", Arg::Text(text) => (text == "connect").then_some(Self);
}

/// A port that a message writes without grouping its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortText(pub u16);

/// The action of a client that failed: connecting, the only one that a cause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectAct;

/// The state of one end of a connection in a snapshot; `None` if the table no longer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketState(pub Option<TcpState>);

impl Value for SocketState {
    fn to_arg(&self) -> Option<Arg> {
        Some(self.0.map_or_else(|| Message::new("state-gone").into(), |state| state.name().into()))
    }

    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
        match source.message.args.get(name)? {
            Arg::Message(gone) => (**gone == Message::new("state-gone")).then_some(Self(None)),
            _ => TcpState::read_from(name, source).map(|state| Self(Some(state))),
        }
    }
}

impl<T: Value> Value for Option<T> {
    fn to_arg(&self) -> Option<Arg> {
        self.as_ref().and_then(Value::to_arg)
    }

    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
        if source.message.args.contains_key(name) { T::read_from(name, source).map(Some) } else { Some(None) }
    }
}

impl<T: Value> Value for Box<T> {
    fn to_arg(&self) -> Option<Arg> {
        (**self).to_arg()
    }

    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
        T::read_from(name, source).map(Self::new)
    }
}

impl Value for Hint {
    fn to_arg(&self) -> Option<Arg> {
        None
    }

    fn hint(&self) -> Option<Hint> {
        Some(*self)
    }

    fn read_from(_: &'static str, source: Source<'_>) -> Option<Self> {
        Self::from_message(source.hint?)
    }
}
