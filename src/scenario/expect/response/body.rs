//! Judges the body of a response by the rule of the author.

use super::{Answer, ContentRule, body_fault};
use crate::model::{Cause, Finding};
use crate::scenario::expect::content_rule::sha256_of;
use crate::scenario::expect::excerpt::quote;
use crate::scenario::expect::mismatch::find;

impl ContentRule {
    /// Returns the finding about a body that is not as it must be.
    pub(super) fn wrong(&self, answer: &Answer<'_>) -> Option<Finding> {
        let (body, client, request) = (&answer.response.body, answer.connection.stream.client, answer.request());
        if let Some(content) = self.content() {
            return body_fault::finding(answer, content);
        }
        let got = quote(body);
        let cause = if let Some(text) = self.contains.as_ref().filter(|text| find(body, text.as_bytes()).is_none()) {
            Cause::HttpBodyWithout { client, request, wanted: quote(text.as_bytes()), got }
        } else if let Some(text) = self.lacks.as_ref().filter(|text| find(body, text.as_bytes()).is_some()) {
            Cause::HttpBodyHas { client, request, text: quote(text.as_bytes()) }
        } else if self.sha256.as_ref().is_some_and(|hash| !hash.eq_ignore_ascii_case(&sha256_of(body))) {
            Cause::HttpBodyOtherHash { client, request, bytes: body.len() as u64 }
        } else if self.empty && !body.is_empty() {
            Cause::HttpBodyNotEmpty { client, request, bytes: body.len() as u64, got }
        } else {
            return None;
        };
        Some(Finding::fail(cause))
    }
}
