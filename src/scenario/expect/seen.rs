//! The evidence that judges read, with derived data that several of them share. Does not judge.

use std::cell::OnceCell;
use std::ops::Deref;

use super::wire::Wire;
use crate::model::{Evidence, Finding};

/// The evidence of a scenario while it is judged.
///
/// Reassembling 100,000 packets takes longer than all judgements on them. So the first judge that
/// needs the packets triggers it, and the others share the result.
pub struct Seen<'a> {
    evidence: &'a Evidence,
    wire: OnceCell<Result<Wire<'a>, Box<Finding>>>,
}

impl<'a> Seen<'a> {
    /// Wraps this evidence. Nothing is derived from it yet.
    #[must_use]
    pub const fn of(evidence: &'a Evidence) -> Self {
        Self { evidence, wire: OnceCell::new() }
    }

    /// Returns the analysed packets, or the finding that explains why they cannot be judged.
    pub(super) fn wire(&self) -> Result<&Wire<'a>, Box<Finding>> {
        self.wire.get_or_init(|| Wire::of(self.evidence)).as_ref().map_err(Clone::clone)
    }
}

impl Deref for Seen<'_> {
    type Target = Evidence;

    fn deref(&self) -> &Evidence {
        self.evidence
    }
}
