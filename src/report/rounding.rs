//! Shares of a whole, rounded half up to whole units: percentages and scaled points.
//!
//! Uses integers only, because a binary fraction would round some halves down.

/// Returns `part / whole × units`, rounded half up, or 0 if `whole` is 0.
///
/// Exact if `part × units` is below 2¹²⁶.
pub(super) fn share(part: u128, whole: u128, units: u128) -> u128 {
    (2 * part * units + whole).checked_div(2 * whole).unwrap_or_default()
}

/// Returns the points in tenths of a percent.
pub(super) fn per_mille(points: u32, of: u32) -> u128 {
    share(points.into(), of.into(), 1000)
}

/// Returns a count as a whole percentage. Returns 100 only if `part` equals `whole`, because "100
/// %" of a class must mean all of it.
pub(super) fn percent(part: usize, whole: usize) -> usize {
    let rounded = share(part as u128, whole as u128, 100);
    let most = if part < whole { 99 } else { 100 };
    usize::try_from(rounded).unwrap_or(most).min(most)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(21, 45, 467)]
    #[case(17, 45, 378)]
    #[case(1, 3, 333)]
    #[case(2, 3, 667)]
    #[case(1, 16, 63)] // 62.5
    #[case(0, 45, 0)]
    #[case(45, 45, 1000)]
    #[case(0, 0, 0)]
    #[case(u32::MAX, u32::MAX, 1000)]
    fn tenths_of_a_percent_are_rounded(#[case] points: u32, #[case] of: u32, #[case] expected: u128) {
        assert_eq!(per_mille(points, of), expected);
    }

    #[rstest]
    #[case(1, 200, 1)] // 0.5
    #[case(2, 3, 67)]
    #[case(299, 300, 99)]
    #[case(300, 300, 100)]
    #[case(0, 0, 0)]
    fn whole_percentages_are_rounded(#[case] part: usize, #[case] whole: usize, #[case] expected: usize) {
        assert_eq!(percent(part, whole), expected);
    }
}
