//! The numbers at the beginnings of lines: digits, Roman numerals and letters. The last two are
//! numbers only in a sequence, because "i)" and "c)" can be other things alone.

use crate::submission::annotate::written_report::inline::BOLD_END;
use crate::submission::annotate::written_report::lines::{Line, LineKind};
use crate::submission::annotate::written_report::numbering::{self, Number};

/// Highest number that a Roman numeral, a letter or a bare digit can have.
const MAX_NUMBER: u32 = 18;

/// Maximum number of pairs of numbers that are remembered.
const MAX_USUAL: usize = 100;

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Digits, and the sign after them.
    Digits(char),
    /// A Roman numeral in upper case.
    Roman,
    /// A Roman numeral in lower case.
    SmallRoman,
    /// A letter.
    Letter,
    /// A digit without a sign, as in "3 analise o código".
    Bare,
}

/// The number at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) number: Number,
    pub(super) sign: Sign,
    /// Where the text after the number begins, in bytes.
    pub(super) rest: usize,
}

impl Mark {
    /// Returns true if the number counts only in a sequence of questions.
    pub(super) fn is_weak(&self, text: &str) -> bool {
        match self.sign {
            Sign::Digits(sign) => {
                // "**2** pacotes" is a quantity.
                sign == BOLD_END && !self.number.has_word && self.number.part.is_none() && self.rest < text.len()
            }
            Sign::Roman => false,
            Sign::SmallRoman | Sign::Letter | Sign::Bare => true,
        }
    }
}

/// The look of a line. Numbers of one sequence have the same.
pub(super) fn look(line: &Line) -> u8 {
    match line.kind {
        LineKind::Heading(level) => level,
        LineKind::Text if line.is_bold => 10,
        LineKind::Text if line.is_item => 11,
        LineKind::Text => 12,
        LineKind::Cell { .. } => 13,
        LineKind::Code => 14,
    }
}

/// Returns the number of each line.
pub(super) fn marks(lines: &[Line]) -> Vec<Option<Mark>> {
    let mut all: Vec<Option<Mark>> = lines.iter().map(digits).collect();
    for sign in [Sign::Roman, Sign::SmallRoman, Sign::Letter, Sign::Bare] {
        let found: Vec<(usize, Mark)> = lines
            .iter()
            .enumerate()
            .filter(|(at, line)| line.kind != LineKind::Code && all.get(*at).is_some_and(Option::is_none))
            .filter_map(|(at, line)| Some((at, other(line, sign)?)))
            .collect();
        // The looks of lines with two numbers in a row.
        let usual: Vec<Option<u8>> = found
            .windows(2)
            .filter_map(|pair| {
                let [(a, first), (b, second)] = pair else { return None };
                let looks = (lines.get(*a).map(look), lines.get(*b).map(look));
                (looks.0 == looks.1 && second.number.number == first.number.number + 1).then_some(looks.0)
            })
            .take(MAX_USUAL)
            .collect();
        for (k, (at, mark)) in found.iter().enumerate() {
            let is_same = |(other, _): &&(usize, Mark)| lines.get(*other).map(look) == lines.get(*at).map(look);
            let after = found.iter().skip(k + 1).find(is_same);
            let before = found.iter().take(k).rev().find(is_same);
            let follows = |a: &Mark, b: &Mark| {
                a.number.number < b.number.number
                    && (sign != Sign::Bare && sign != Sign::Letter || b.number.number - a.number.number <= 3)
            };
            let is_sequence = after.is_some_and(|(_, after)| follows(mark, after))
                || before.is_some_and(|(_, before)| follows(before, mark));
            let is_clear = match sign {
                // "I" and "v" are letters, too: "II" and "iv" are not.
                Sign::Roman | Sign::SmallRoman => found
                    .iter()
                    .any(|(at, mark)| is_same(&&(*at, *mark)) && matches!(mark.number.number, 2 | 3 | 4 | 6..)),
                _ => true,
            };
            // Where one sequence is, single numbers are of its kind, too.
            let is_usual = sign != Sign::Bare && usual.contains(&lines.get(*at).map(look));
            if (is_sequence || is_usual)
                && is_clear
                && let Some(slot) = all.get_mut(*at)
            {
                *slot = Some(*mark);
            }
        }
    }
    all
}

/// Parses digits at the beginning of a line.
fn digits(line: &Line) -> Option<Mark> {
    if line.kind == LineKind::Code {
        return None;
    }
    let (number, rest) = numbering::parse(&line.text)?;
    let at = line.text.len() - rest.len();
    let before = line.text.get(..at)?;
    let sign = before.chars().rev().find(|c| !c.is_whitespace()).filter(|c| !c.is_alphanumeric()).unwrap_or(' ');
    Some(Mark { number, sign: Sign::Digits(sign), rest: at })
}

/// Parses a Roman numeral, a letter or a bare digit at the beginning of a line.
fn other(line: &Line, sign: Sign) -> Option<Mark> {
    let text = line.text.as_str();
    let start = text.find(char::is_alphanumeric)?;
    let word = text.get(start..)?;
    let end = word.find(|c: char| !c.is_alphanumeric()).unwrap_or(word.len());
    let (word, after) = word.split_at(end);
    let is_separated = after.starts_with([')', '.', ':', '-', '–', '—', BOLD_END])
        || after.trim_start().starts_with(['-', '–', '—', ')'])
        || after.trim().is_empty() && matches!(line.kind, LineKind::Heading(_));
    let number = match sign {
        Sign::Roman => roman(word).filter(|_| is_separated)?,
        Sign::SmallRoman => roman(&word.to_uppercase()).filter(|_| is_separated && word != word.to_uppercase())?,
        Sign::Letter => {
            let mut letters = word.chars();
            let letter = letters.next().filter(|_| letters.next().is_none())?.to_ascii_lowercase();
            let is_closed = after.starts_with([')', '.']) || after.trim_start().starts_with(')');
            is_closed.then(|| u32::from(letter).checked_sub(u32::from('a')))?? + 1
        }
        Sign::Bare => {
            let is_text = after.starts_with(' ') && after.trim_start().starts_with(char::is_alphabetic);
            let is_start = line.begins_block && line.indent < 4 && is_text;
            word.parse().ok().filter(|_| is_start && word.len() <= 2 && !word.starts_with('0'))?
        }
        Sign::Digits(_) => return None,
    };
    let rest = after
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | '.' | ':' | '-' | '–' | '—' | BOLD_END));
    (1..=MAX_NUMBER).contains(&number).then(|| Mark {
        number: Number { has_word: false, part: None, number },
        sign,
        rest: text.len() - rest.len(),
    })
}

/// Returns the value of a Roman numeral up to 18.
fn roman(text: &str) -> Option<u32> {
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let (ten, ones) = text.strip_prefix('X').map_or((0, text), |ones| (10, ones));
    let ones = ONES.iter().position(|numeral| *numeral == ones)?;
    u32::try_from(ones).ok().map(|ones| ten + ones).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::annotate::written_report::lines::lines;

    fn numbers(text: &str) -> Vec<Option<u32>> {
        marks(&lines(text)).into_iter().map(|mark| mark.map(|mark| mark.number.number)).collect()
    }

    #[test]
    fn numerals_and_letters_are_numbers_in_a_sequence() {
        assert_eq!(numbers("### I. Estados\n### II. Cliente\n### V. UDP\n"), [Some(1), Some(2), Some(5)]);
        assert_eq!(numbers("i) um\n\nii) dois\n\niii) tres\n"), [Some(1), Some(2), Some(3)]);
        assert_eq!(numbers("a) um\n\ntexto\n\nb) dois\n"), [Some(1), None, Some(2)]);
        assert_eq!(numbers("1 subir\n\n2 executar\n\n5 explicar\n"), [Some(1), Some(2), Some(5)]);
        assert_eq!(numbers("**4**\n\n**Item 2.4**\n"), [Some(4), Some(4)]);
    }

    #[test]
    fn single_letters_and_quantities_are_not_numbers() {
        assert_eq!(numbers("I. Introdução\n\nV. de Souza\n"), [None, None]);
        assert_eq!(numbers("c) nada\n"), [None]);
        assert_eq!(numbers("A porta muda\n\nO bind prende\n"), [None, None]);
        assert_eq!(numbers("3 pacotes foram enviados\n"), [None]);
        assert_eq!(numbers("R: sim\n\nS: nada\n"), [None, None]);
        let line = &lines("**2** pacotes\n")[0];
        assert!(marks(std::slice::from_ref(line))[0].is_some_and(|mark| mark.is_weak(&line.text)));
    }
}
