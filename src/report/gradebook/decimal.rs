//! Decimal numbers of a gradebook: parses a maximum in the notation of a country, and scales points
//! to it. Uses integers only, so results are exact.

use super::super::rounding::share;

/// Maximum number of digits of a maximum. A longer number is not a grade.
const MAX_DIGITS: usize = 12;

/// A positive decimal number from a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    /// All digits as one whole number.
    digits: u64,
    /// The number of digits after the decimal sign.
    places: u32,
    /// The decimal sign, if the cell has one.
    pub(super) sign: Option<char>,
}

/// Why points cannot be scaled to the content of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalError {
    /// The cell is empty, a word, a dash, a negative number or a percentage.
    NotANumber,
    /// A single `.` or `,` before three digits: a thousands separator in some countries, a decimal
    /// sign in others.
    Ambiguous,
    /// The number is 0, to which points cannot be scaled.
    Zero,
}

/// Returns true if the character separates groups of three digits. `.` and `,` are handled
/// elsewhere; these are spaces of any width, and the Swiss apostrophes.
fn is_group_mark(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\'' | '\u{2019}')
}

impl Decimal {
    /// Parses a cell.
    pub(super) fn parse(text: &str) -> Result<Self, DecimalError> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let last = text.rfind(['.', ',']);
        let Some(at) = last else { return Self::of(text, "", None) };
        let sign = char::from(text.as_bytes()[at]);
        let (whole, fraction) = (&text[..at], &text[at + 1..]);
        if whole.contains(sign) {
            // A sign that occurs twice separates thousands, so there is no fraction.
            return Self::of(text, "", None);
        }
        let is_three = fraction.len() == 3;
        let other_sign = whole.contains(['.', ',']) || whole.contains(is_group_mark);
        if is_three
            && !other_sign
            && whole.len() <= 3
            && !whole.starts_with('0')
            && is_digits(whole)
            && is_digits(fraction)
        {
            return Err(DecimalError::Ambiguous);
        }
        if fraction.is_empty() {
            return Err(DecimalError::NotANumber);
        }
        Self::of(whole, fraction, Some(sign))
    }

    fn of(whole: &str, fraction: &str, sign: Option<char>) -> Result<Self, DecimalError> {
        let whole = ungrouped(whole).ok_or(DecimalError::NotANumber)?;
        let all = whole + fraction;
        if !is_digits(&all) || all.len() > MAX_DIGITS {
            return Err(DecimalError::NotANumber);
        }
        let digits = all.parse().map_err(|_| DecimalError::NotANumber)?;
        if digits == 0 {
            return Err(DecimalError::Zero);
        }
        Ok(Self { digits, places: u32::try_from(fraction.len()).unwrap_or_default(), sign })
    }

    /// Returns true if the number equals this whole number.
    pub(super) fn equals(self, whole: u32) -> bool {
        u128::from(self.digits) == u128::from(whole) * 10_u128.pow(self.places)
    }

    /// Scales points to this maximum: two decimals, rounded half up, with this decimal sign.
    pub(super) fn scaled(self, points: u32, of: u32, sign: char) -> String {
        let whole = u128::from(of) * 10_u128.pow(self.places);
        let hundredths = share(u128::from(points) * u128::from(self.digits), whole, 100);
        format!("{}{sign}{:02}", hundredths / 100, hundredths % 100)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Removes the thousands separators of a whole number. Returns `None` if they are misplaced or of
/// two kinds.
fn ungrouped(text: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '.' | ',') || is_group_mark(c);
    let Some(mark) = text.chars().find(|&c| is_mark(c)) else { return is_digits(text).then(|| text.to_owned()) };
    let groups: Vec<&str> = text.split(mark).collect();
    let (first, rest) = groups.split_first()?;
    let is_grouped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    (is_grouped && groups.iter().all(|group| is_digits(group))).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("100", 10_000, None)]
    #[case("100.00", 10_000, Some('.'))]
    #[case("100,00", 10_000, Some(','))]
    #[case("100.00000", 10_000, Some('.'))]
    #[case(" 10,0\u{a0}", 1000, Some(','))]
    #[case("1 000,00", 100_000, Some(','))]
    #[case("1\u{202f}000,5", 100_050, Some(','))]
    #[case("1\u{a0}000", 100_000, None)]
    #[case("1'000.00", 100_000, Some('.'))]
    #[case("1.000,00", 100_000, Some(','))]
    #[case("1,000.00", 100_000, Some('.'))]
    #[case("1,000,000", 100_000_000, None)]
    #[case("1000.000", 100_000, Some('.'))]
    #[case("0,500", 50, Some(','))]
    fn national_maxima_are_parsed(#[case] text: &str, #[case] hundredths: u64, #[case] sign: Option<char>) {
        let read = Decimal::parse(text).expect("a number");
        assert_eq!(read.sign, sign);
        assert_eq!(read.scaled(1, 1, '.'), format!("{}.{:02}", hundredths / 100, hundredths % 100));
    }

    #[rstest]
    #[case("1.000", DecimalError::Ambiguous)]
    #[case("100,000", DecimalError::Ambiguous)]
    #[case("0", DecimalError::Zero)]
    #[case("0,00", DecimalError::Zero)]
    fn ambiguous_numbers_and_zero_are_refused(#[case] text: &str, #[case] expected: DecimalError) {
        assert_eq!(Decimal::parse(text), Err(expected));
    }

    #[rstest]
    fn non_numbers_are_refused(
        #[values(
            "",
            "-",
            "Excellent",
            "Poor, Good, Excellent",
            "-3",
            "+10",
            "100 %",
            "100%",
            "1e2",
            "10/10",
            "100.",
            ".5",
            "1.00.0",
            "10 00",
            "1.0,0.0",
            "1 000'000",
            "(read only)",
            "\u{664}\u{665}",
            "1234567890123",
            "10 pts",
            "1,00,000"
        )]
        text: &str,
    ) {
        assert_eq!(Decimal::parse(text), Err(DecimalError::NotANumber), "{text}");
    }

    #[rstest]
    #[case(36, 45, "100.00", "80.00")]
    #[case(23, 45, "10,00", "5,11")]
    #[case(13, 45, "100", "28.89")]
    #[case(1, 8, "1.0", "0.13")] // 0.125
    #[case(1, 200, "1.0", "0.01")] // 0.005
    #[case(0, 45, "100", "0.00")]
    #[case(0, 0, "100", "0.00")]
    #[case(7, 20, "4.30", "1.51")] // 1.505, which is 1.50 as a binary fraction
    fn points_are_scaled_half_up(#[case] points: u32, #[case] of: u32, #[case] maximum: &str, #[case] expected: &str) {
        let maximum = Decimal::parse(maximum).expect("a number");
        assert_eq!(maximum.scaled(points, of, maximum.sign.unwrap_or('.')), expected);
    }

    proptest! {
        #[test]
        fn scaled_grade_is_the_nearest(points in 0_u32..500, more in 0_u32..500, maximum in 1_u64..100_000) {
            let of = points + more;
            let read = Decimal::parse(&format!("{}.{:02}", maximum / 100, maximum % 100));
            let scaled = read.expect("a number").scaled(points, of, '.');
            let hundredths: i128 = scaled.replace('.', "").parse().expect("digits");
            let (exact, whole) = (i128::from(points) * i128::from(maximum), i128::from(of));
            // Twice the distance is at most a whole, and a half is rounded up.
            let off = 2 * (hundredths * whole - exact);
            prop_assert!(-whole < off && off <= whole, "{points}/{of} of {maximum}: {scaled}");
            prop_assert!(read.expect("a number").equals(u32::try_from(maximum / 100).expect("small")) == (maximum % 100 == 0));
        }

        #[test]
        fn arbitrary_cells_do_not_panic(text in "\\PC{0,12}|[0-9.,' \u{a0}]{0,10}") {
            let _ = Decimal::parse(&text);
        }
    }
}
