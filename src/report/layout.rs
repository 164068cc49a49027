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

/// The width of a page that is written to a file or a pipe, in columns.
pub(in crate::report) const FILE_WIDTH: usize = 100;

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

    /// Writes a command after a label. On a narrow terminal, which would break it within a word, it
    /// goes on in the next line after a backslash, so that a shell reads the same command.
    pub(in crate::report) fn labelled_command(&mut self, label: &str, command: &str) {
        let head = self.label(label);
        let room = self.width.saturating_sub(text_width(&head));
        if !self.is_narrow() || text_width(command) <= room {
            return self.line(&format!("{head}{command}"));
        }
        let indent = text_width(&head);
        let lines = wrap_words(shell_arguments(command).into_iter(), room.saturating_sub(2));
        for (k, line) in lines.iter().enumerate() {
            let end = if k + 1 < lines.len() { " \\" } else { "" };
            if k == 0 {
                self.line(&format!("{head}{line}{end}"));
            } else {
                self.line(&format!("{:indent$}{line}{end}", ""));
            }
        }
    }

    /// Writes text after a label on one line, unless the terminal is narrow: then it is wrapped.
    pub(in crate::report) fn labelled_wide(&mut self, label: &str, text: &str) {
        if self.is_narrow() {
            // Columns within the line are set apart by spaces.
            self.labelled(label, Style::new(), &text.replacen("   ", " ", 1));
        } else {
            self.labelled_whole(label, text);
        }
    }

    /// Returns true for a terminal that is narrower than a page in a file or a pipe, where programs
    /// read the lines.
    const fn is_narrow(&self) -> bool {
        self.width < FILE_WIDTH
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
    wrap_words(text.split(' '), width)
}

/// Wraps words into lines of `width` columns.
fn wrap_words<'w>(words: impl Iterator<Item = &'w str>, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for (k, word) in words.enumerate() {
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

/// Splits a command at the spaces outside of quotes.
fn shell_arguments(command: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let (mut begin, mut quote, mut is_escaped) = (0, None, false);
    for (at, c) in command.char_indices() {
        match (c, quote) {
            _ if is_escaped => is_escaped = false,
            ('\\', None | Some('"')) => is_escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            (' ', None) => {
                all.push(&command[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    all.push(&command[begin..]);
    all
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
    fn narrow_commands_are_broken_between_arguments() {
        let command = r#"socklab check work --seed 4020829318 --steps 'connect, exchange: {text: "a"}, close'"#;
        let mut page = TextLayout::new(60, 6, false);
        page.labelled_command("repeat", command);
        let lines: Vec<&str> = page.text.lines().map(str::trim_start).collect();
        assert_eq!(
            lines[..2],
            [
                "repeat  socklab check work --seed 4020829318 --steps \\",
                &command[command.find('\'').expect("a quote")..]
            ]
        );
        assert_eq!(shell_arguments(r#"a "b \" c" 'd \' e\ f"#), ["a", r#""b \" c""#, r"'d \'", r"e\ f"]);
        let mut page = TextLayout::new(100, 6, false);
        page.labelled_command("repeat", &command.repeat(3));
        assert_eq!(page.text.lines().count(), 1, "files and pipes keep commands whole");
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
