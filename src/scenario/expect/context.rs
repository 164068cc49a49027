//! The evidence that judges read, with derived data that several of them share. Does not judge.

use std::cell::OnceCell;
use std::ops::Deref;

use super::packet_view::PacketView;
use crate::model::{Evidence, Finding};

/// The evidence of a scenario while it is judged.
///
/// Reassembling 100,000 packets takes longer than all judgements on them. So the first judge that
/// needs the packets triggers it, and the others share the result.
pub struct JudgeContext<'a> {
    evidence: &'a Evidence,
    packet_view: OnceCell<Result<PacketView<'a>, Box<Finding>>>,
}

impl<'a> JudgeContext<'a> {
    /// Wraps this evidence. Nothing is derived from it yet.
    #[must_use]
    pub const fn new(evidence: &'a Evidence) -> Self {
        Self { evidence, packet_view: OnceCell::new() }
    }

    /// Returns the analysed packets, or the finding that explains why they cannot be judged.
    pub(super) fn packet_view(&self) -> Result<&PacketView<'a>, Box<Finding>> {
        self.packet_view.get_or_init(|| PacketView::analyse(self.evidence)).as_ref().map_err(Clone::clone)
    }
}

impl Deref for JudgeContext<'_> {
    type Target = Evidence;

    fn deref(&self) -> &Evidence {
        self.evidence
    }
}
