//! What judges see: the evidence, and what several of them make of it, made once for all. It judges nothing.

use std::cell::OnceCell;
use std::ops::Deref;

use super::wire::Wire;
use crate::model::{Evidence, Finding};

/// The evidence of a scenario while it is judged. To put 100,000 packets together takes longer than all that is then
/// asked of them, so it is done when the first judge asks for it, and the others share it.
pub struct Seen<'a> {
    evidence: &'a Evidence,
    wire: OnceCell<Result<Wire<'a>, Box<Finding>>>,
}

impl<'a> Seen<'a> {
    /// This evidence, of which nothing has been made yet.
    #[must_use]
    pub const fn of(evidence: &'a Evidence) -> Self {
        Self { evidence, wire: OnceCell::new() }
    }

    /// The packets put together, or why nothing can be said of them.
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
