//! The score function: the points that a verdict earns.

use super::Verdict;

/// Returns the points earned by an item: all or none. The only scoring function; every exporter
/// takes its totals from it.
#[must_use]
pub const fn earned_points(verdict: Verdict, of: u32) -> u32 {
    if matches!(verdict, Verdict::Pass) { of } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_earned_only_by_a_pass() {
        assert_eq!(earned_points(Verdict::Pass, 3), 3);
        for verdict in [Verdict::Fail, Verdict::NotVerified, Verdict::Error] {
            assert_eq!(earned_points(verdict, 3), 0);
        }
    }
}
