//! Whether a connection stays open after a response, and whether its end was announced.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Connection;
use crate::model::{Cause, StreamEnd};

/// The fate of a connection after its last response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionRule {
    /// The server answers every request of the connection, and does not close it before the client.
    Kept,
    /// The server closes it before the client.
    Closed,
    /// As the server says: it closes the connection if it has announced that or the client has asked
    /// for it, and answers further requests otherwise.
    AsAnnounced,
}

impl ConnectionRule {
    /// Returns the cause of a connection, all of whose wanted responses are right.
    pub(super) fn cause(self, connection: &Connection<'_>) -> Option<Cause> {
        let (exchange, client) = (&connection.exchange, connection.stream.client);
        let number = exchange.whole_responses() as u64;
        let (Some(last), Some(request)) =
            (exchange.responses().last(), exchange.requests().get(exchange.responses().len() - 1))
        else {
            return None;
        };
        let is_ended = connection.ended.is_some();
        match self {
            Self::Kept => is_ended.then_some(Cause::HttpClosedUnannounced { client, number }),
            Self::Closed => {
                (connection.ended != Some(&StreamEnd::End)).then_some(Cause::HttpLeftOpen { client, number })
            }
            Self::AsAnnounced if request.closes => (!is_ended).then_some(Cause::HttpLeftOpen { client, number }),
            Self::AsAnnounced if last.closes() => (!is_ended).then_some(Cause::HttpAnnouncedOpen { client, number }),
            Self::AsAnnounced => None,
        }
    }
}

/// Returns the cause of a request to which not even the beginning of a response came, although an
/// earlier one was answered.
pub(super) fn unanswered(connection: &Connection<'_>, index: usize) -> Cause {
    let (client, number) = (connection.stream.client, index as u64);
    match connection.ended {
        Some(StreamEnd::End | StreamEnd::Reset) => Cause::HttpClosedUnannounced { client, number },
        _ => Cause::HttpUnanswered { client, number: number + 1 },
    }
}
