//! A page of text for a terminal: labels, hanging indents, wrapping and colours. Independent of
//! reports.

use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthStr as _;

/// The style of a pass.
pub(in crate::report) const PASS: Style = AnsiColor::Green.on_default();
/// The style of a failure.
pub(in crate::report) const FAIL: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// The style of an item that is not verified.
pub(in crate::report) const NOT_VERIFIED: Style = AnsiColor::Yellow.on_default();
/// The style of an error of the harness.
pub(in crate::report) const ERROR: Style = AnsiColor::Magenta.on_default();
/// The style of secondary text.
pub(in crate::report) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// The style of a heading.
pub(in crate::report) const BOLD: Style = Style::new().effects(Effects::BOLD);
/// No style.
pub(in crate::report) const NORMAL: Style = Style::new();

/// Indentation in columns of the lines below an item's title.
const INDENT: usize = 2;

/// Minimum width in columns. A narrower page would consist mostly of line breaks, so the terminal
/// wraps the lines instead.
const MIN_WIDTH: usize = 60;

/// A page under construction.
pub(in crate::report) struct TextLayout {
    /// The text written so far.
    pub(in crate::report) text: String,
    /// The width in columns.
    pub(in crate::report) width: usize,
    /// The width of the labels in columns.
    labels: usize,
    colour: bool,
}

impl TextLayout {
    /// Returns an empty page whose labels are `labels` columns wide.
    pub(in crate::report) fn new(width: usize, labels: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.max(MIN_WIDTH), labels, colour }
    }

    /// Returns the text in this style, if the page has colours.
    pub(in crate::report) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Writes a line as it is, without trailing spaces.
    pub(in crate::report) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end_matches(' '));
        self.text.push('\n');
    }

    /// Writes an empty line.
    pub(in crate::report) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Writes text in this style after `head`. Wrapped lines are aligned with its first word.
    pub(in crate::report) fn hang(&mut self, head: &str, style: Style, text: &str) {
        let indent = text_width(head);
        let lines = wrap(text, self.width.saturating_sub(indent));
        for (k, line) in lines.iter().enumerate() {
            let painted = self.paint(style, line);
            if k == 0 {
                self.line(&format!("{head}{painted}"));
            } else {
                self.line(&format!("{:indent$}{painted}", ""));
            }
        }
    }

    /// Writes text after a label.
    pub(in crate::report) fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let head = self.label(label);
        self.hang(&head, style, text);
    }

    /// Writes text after a label on one line, however long: for commands and locations, which are
    /// copied.
    pub(in crate::report) fn labelled_whole(&mut self, label: &str, text: &str) {
        let head = self.label(label);
        self.line(&format!("{head}{text}"));
    }

    /// Writes parts separated by dots, on as many lines as they need.
    pub(in crate::report) fn flow(&mut self, parts: &[(Style, String)]) {
        let mut line = String::new();
        let mut used = 0;
        for (style, part) in parts {
            if used > 0 && used + 3 + text_width(part) > self.width {
                self.line(&std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push_str(" · ");
                used += 3;
            }
            line.push_str(&self.paint(*style, part));
            used += text_width(part);
        }
        self.line(&line);
    }

    /// Returns a label, padded to the column at which the text begins.
    pub(in crate::report) fn label(&self, label: &str) -> String {
        format!("{:INDENT$}{}  ", "", pad(label, self.labels))
    }
}

/// Returns the width of the text in columns.
pub(in crate::report) fn text_width(text: &str) -> usize {
    text.width()
}

/// Pads the text with spaces to `width` columns.
pub(in crate::report) fn pad(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(text_width(text)))
}

/// Wraps the text into lines of `width` columns, only between words. Returns at least one line.
///
/// A longer word (an address, a path) is not split, so that it can be copied. Spaces are kept,
/// except at a line end.
pub(in crate::report) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            if text_width(&line) + 1 + text_width(word) > width && !line.trim().is_empty() {
                lines.push(std::mem::take(&mut line));
            } else {
                line.push(' ');
            }
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrap_between_words() {
        assert_eq!(wrap("um dois três", 8), ["um dois", "três"]);
        assert_eq!(wrap("a  b", 9), ["a  b"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("see https://example.org/long please", 10), ["see", "https://example.org/long", "please"]);
        assert_eq!(wrap("日本 日本", 5), ["日本", "日本"]);
    }

    #[test]
    fn wrapped_lines_align_with_the_first_word() {
        let mut page = TextLayout::new(60, 6, false);
        page.labelled("dica", Style::new(), &"palavra ".repeat(9));
        assert_eq!(
            page.text,
            "  dica    palavra palavra palavra palavra palavra palavra\n          palavra palavra palavra\n"
        );
    }
}
