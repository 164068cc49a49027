//! A page of text as wide as a terminal: labels, hanging indents, wrapping, colours. It knows nothing of reports.

use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthStr as _;

/// The style of what is right.
pub(super) const PASS: Style = AnsiColor::Green.on_default();
/// The style of what is wrong.
pub(super) const FAIL: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// The style of what was not seen.
pub(super) const UNSEEN: Style = AnsiColor::Yellow.on_default();
/// The style of the harness's own trouble.
pub(super) const TROUBLE: Style = AnsiColor::Magenta.on_default();
/// The style of what matters less.
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
/// The style of a heading.
pub(super) const BOLD: Style = Style::new().effects(Effects::BOLD);
/// No style.
pub(super) const NORMAL: Style = Style::new();

/// How far the lines below an item's title stand in.
const INDENT: usize = 2;

/// A narrower page would be all breaks: the terminal may fold the lines itself then.
const NARROWEST: usize = 60;

/// A page while it is written.
pub(super) struct Page {
    /// What is written so far.
    pub(super) text: String,
    /// How many columns there are.
    pub(super) width: usize,
    /// How wide the labels are.
    labels: usize,
    colour: bool,
}

impl Page {
    /// An empty page whose labels take so many columns.
    pub(super) fn new(width: usize, labels: usize, colour: bool) -> Self {
        Self { text: String::new(), width: width.max(NARROWEST), labels, colour }
    }

    /// The text in this style, where there are colours.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A line as it is; no space stays at its end.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end_matches(' '));
        self.text.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Text in this style behind `head`; the lines that it goes on in begin below its first word.
    pub(super) fn hang(&mut self, head: &str, style: Style, text: &str) {
        let indent = columns(head);
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

    /// Text behind a label.
    pub(super) fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let head = self.label(label);
        self.hang(&head, style, text);
    }

    /// Text behind a label, in one line however long it is: a command or a place that will be copied.
    pub(super) fn labelled_whole(&mut self, label: &str, text: &str) {
        let head = self.label(label);
        self.line(&format!("{head}{text}"));
    }

    /// Parts side by side with a dot between them, in as many lines as they need.
    pub(super) fn flow(&mut self, parts: &[(Style, String)]) {
        let mut line = String::new();
        let mut used = 0;
        for (style, part) in parts {
            if used > 0 && used + 3 + columns(part) > self.width {
                self.line(&std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push_str(" · ");
                used += 3;
            }
            line.push_str(&self.paint(*style, part));
            used += columns(part);
        }
        self.line(&line);
    }

    /// A label, filled up to where the text beside labels begins.
    pub(super) fn label(&self, label: &str) -> String {
        format!("{:INDENT$}{}  ", "", pad(label, self.labels))
    }
}

/// How many columns the text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// The text with spaces behind it, up to so many columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(columns(text)))
}

/// The text in lines of so many columns, cut between words only: a longer word (an address, a path) stays whole,
/// so that it can be copied. Spaces stay as they are, save where a line ends. At least one line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            if columns(&line) + 1 + columns(word) > width && !line.trim().is_empty() {
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
    fn lines_are_cut_between_words() {
        assert_eq!(wrap("um dois três", 8), ["um dois", "três"]);
        assert_eq!(wrap("a  b", 9), ["a  b"]);
        assert_eq!(wrap("", 9), [""]);
        assert_eq!(wrap("see https://example.org/long please", 10), ["see", "https://example.org/long", "please"]);
        assert_eq!(wrap("日本 日本", 5), ["日本", "日本"]);
    }

    #[test]
    fn what_goes_on_hangs_below_the_first_word() {
        let mut page = Page::new(60, 6, false);
        page.labelled("dica", Style::new(), &"palavra ".repeat(9));
        assert_eq!(
            page.text,
            "  dica    palavra palavra palavra palavra palavra palavra\n          palavra palavra palavra\n"
        );
    }
}
