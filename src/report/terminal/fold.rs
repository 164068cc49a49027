//! Writes neighbouring items that were not verified for the same reason as one line.

use super::ColumnWidths;
use crate::i18n::Catalog;
use crate::model::{ItemResult, Message, Verdict};
use crate::report::displayed::reason;
use crate::report::layout::{NOT_VERIFIED, TextLayout, text_width};

/// Returns how many items from the first on have the same reason, role and verdict: at least 1.
pub(super) fn equal_reasons(items: &[ItemResult]) -> usize {
    let Some(first) = items.first() else { return 1 };
    let is_equal = |item: &&ItemResult| {
        item.verdict == Verdict::NotVerified
            && item.role == first.role
            && item.documented().is_none()
            && item.mark().is_none()
            && reason(item) == reason(first)
    };
    items.iter().take_while(is_equal).count().max(1)
}

/// Writes the items as one line with their points together, and the reason below it.
pub(super) fn write(page: &mut TextLayout, words: &Catalog, items: &[ItemResult], beside: &ColumnWidths) {
    let [first, .., last] = items else { return };
    let range = Message::new("report-range").with("first", first.id.as_str()).with("last", last.id.as_str());
    let of: u32 = items.iter().map(|item| item.of).sum();
    let points = words.format(&Message::new("points").with("earned", "–").with("of", of));
    let range = words.format(&range);
    let gap = (page.width - beside.documented).saturating_sub(text_width(&range) + text_width(&points) + 2);
    let (mark, points) = (page.paint(NOT_VERIFIED, "?"), page.paint(NOT_VERIFIED, &points));
    page.line(&format!("{mark} {range}{:gap$}{points}", ""));
    let reason = reason(first).map(std::borrow::Cow::into_owned);
    let reason = reason.unwrap_or_else(|| Message::new("report-no-reason"));
    page.hang(
        "    ",
        crate::report::layout::NORMAL,
        &words.format(&Message::new("report-not-verified").with("reason", reason)),
    );
}
