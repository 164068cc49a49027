//! A client of a scenario that waits for HTTP responses: where they end, and how much of them is kept.

use super::{Client, ClientGoal, RECV_SLACK_BYTES};
use crate::model::StreamEnd;
use crate::packet::http::HttpExchange;

/// Bytes that a client keeps of its responses, as long as all clients together keep less than
/// [`MAX_RESPONSE_BYTES`].
const CLIENT_RESPONSE_BYTES: u64 = 4 << 20;
/// Bytes that all clients keep of their responses: less than a frame to the runner holds.
const MAX_RESPONSE_BYTES: u64 = 48 << 20;

/// The requests and responses on one connection.
#[derive(Debug, Default)]
pub(in crate::engine) struct HttpClient {
    pub(in crate::engine) exchange: HttpExchange,
    /// The number of responses that earlier steps waited for.
    claimed: usize,
    /// Bytes that it keeps in addition to twice its own.
    slack: u64,
}

impl HttpClient {
    /// Creates the state of the client with this number, counted from 1.
    pub(in crate::engine) fn of_client(number: u32) -> Self {
        Self { slack: Self::room(number), ..Self::default() }
    }

    /// Returns the bytes that the client with this number, counted from 1, may keep of long answers.
    pub(super) fn room(number: u32) -> u64 {
        let is_early = u64::from(number) * CLIENT_RESPONSE_BYTES <= MAX_RESPONSE_BYTES;
        if is_early { CLIENT_RESPONSE_BYTES } else { RECV_SLACK_BYTES }
    }

    /// Adds received bytes. Returns how many the client keeps in addition to twice its own.
    pub(super) fn received(&mut self, bytes: &[u8]) -> u64 {
        self.exchange.received(bytes);
        self.slack
    }

    /// Returns true if this number of responses came since the last wait for some, or no more can be
    /// told apart.
    pub(super) fn has_responses(&self, count: u32) -> bool {
        self.exchange.fault().is_some() || self.exchange.whole_responses() >= self.claimed + count as usize
    }
}

impl Client {
    /// Returns the number of responses since the last wait for some.
    pub(super) fn further_responses(&self) -> u32 {
        let further = self.http.as_ref().map_or(0, |http| http.exchange.whole_responses().saturating_sub(http.claimed));
        u32::try_from(further).unwrap_or(u32::MAX)
    }

    /// Ends a wait for responses, whether they came or not: the next one is about later requests.
    pub(super) fn claim_responses(&mut self, want: &ClientGoal) {
        if let (Some(http), ClientGoal::Responses(count)) = (&mut self.http, want) {
            http.claimed += *count as usize;
        }
    }

    /// Records the end of the stream in its responses.
    pub(in crate::engine) fn end_responses(&mut self, ending: &StreamEnd) {
        if let Some(http) = &mut self.http {
            http.exchange.end(*ending == StreamEnd::End);
        }
    }
}
