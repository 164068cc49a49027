//! Renders the report as Markdown for GitHub: a table of the items, and details of the failed ones.
//!
//! All text of submissions and authors is inert: as character references in running text, inside
//! `<pre>` in details. GitHub drops a summary that is too long as a whole. It is therefore cut
//! here, section by section, and the missing sections are listed.

use std::io;

use super::displayed::reason;
use super::terminal::{details, points, text_above_items, text_below_items, title};
use super::{ClassReport, FormatSpec, Render, Totals, submission_notes};
use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, SubmissionResult, Verdict};
use crate::report::terminal::footer;

/// Maximum bytes of a name, of a cause, and of the details of one item.
const MAX_NAME_BYTES: usize = 200;
const MAX_CAUSE_BYTES: usize = 400;
const MAX_DETAIL_BYTES: usize = 64 << 10;
/// Bytes reserved for the note on missing sections, and the maximum number of names in it.
const NOTE_RESERVE_BYTES: usize = 8 << 10;
const MAX_LISTED_ITEMS: usize = 20;
/// Bytes that every section about one item has at least.
const MIN_DETAIL_BYTES: usize = 40;

/// The report as Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markdown {
    /// The maximum size in bytes.
    pub max_bytes: usize,
}

impl Markdown {
    /// The limit of a step's summary (GitHub drops a longer one completely).
    pub const STEP_SUMMARY: Self = Self { max_bytes: 1 << 20 };
}

/// A part of the output that is included completely or not at all.
struct Section<'a> {
    /// The submission and the item to list if the section is missing. None for parts that concern
    /// the whole report.
    of: Option<(&'a SubmissionResult, Option<&'a ItemResult>)>,
    /// Returns the text.
    text: &'a dyn Fn() -> String,
}

impl Section<'_> {
    /// Returns true if the section is about one item. It is dropped before sections about many.
    fn is_detail(&self) -> bool {
        matches!(self.of, Some((_, Some(_))))
    }
}

impl Render for Markdown {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new(
            "markdown",
            "for GitHub's job summary and other Markdown: a table, and the story of each failed item",
        )
    }

    fn render_class(&self, class: ClassReport<'_>, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.text(class, words)?.as_bytes())
    }
}

impl Markdown {
    /// Returns the whole text, or as many sections as there is room for and a note about the
    /// others.
    fn text(&self, class: ClassReport<'_>, words: &Catalog) -> io::Result<String> {
        let rooms = self.rooms(class, words)?;
        let mut text = String::new();
        let (mut missing, mut names) = (0, Vec::new());
        let mut next = [0, 0];
        each_section(class, words, &mut |section| {
            let kind = usize::from(section.is_detail());
            let has_room = rooms.has_room(kind, next[kind]);
            next[kind] += 1;
            if has_room {
                text += &(section.text)();
            } else if let Some((submission, item)) = section.of {
                missing += 1;
                if names.len() < MAX_LISTED_ITEMS {
                    names.push(section_name(class, submission, item));
                }
            }
            Ok(())
        })?;
        if rooms.is_complete {
            return Ok(text);
        }
        let note = Message::new("markdown-cut").with("n", missing).with("kib", self.max_bytes >> 10);
        names.extend((missing > MAX_LISTED_ITEMS).then(|| "…".to_owned()));
        text += &format!("{} {}\n", escape_inline(&words.format(&note)), names.join(", "));
        // If there is very little room, the note does not fit either.
        Ok(if text.len() <= self.max_bytes { text } else { String::new() })
    }

    /// Decides which sections are included: those about many items first, in their order.
    fn rooms(&self, class: ClassReport<'_>, words: &Catalog) -> io::Result<Rooms> {
        let mut rooms = Rooms { by_kind: [Vec::new(), Vec::new()], is_complete: true };
        let mut left = self.max_bytes.saturating_sub(NOTE_RESERVE_BYTES);
        let mut all = 0;
        for kind in [0, 1] {
            each_section(class, words, &mut |section| {
                // A large class fills the page with its tables: its details need not be rendered.
                let is_full = all > self.max_bytes && left < MIN_DETAIL_BYTES;
                if usize::from(section.is_detail()) != kind || kind == 1 && is_full {
                    return Ok(());
                }
                let length = (section.text)().len();
                all += length;
                let has_room = length <= left;
                left -= if has_room { length } else { 0 };
                rooms.by_kind[kind].push(has_room);
                Ok(())
            })?;
        }
        rooms.is_complete = all <= self.max_bytes;
        Ok(rooms)
    }
}

/// Which sections are included.
struct Rooms {
    /// For those about many items, and for those about one, in their order.
    by_kind: [Vec<bool>; 2],
    /// True if all are.
    is_complete: bool,
}

impl Rooms {
    fn has_room(&self, kind: usize, index: usize) -> bool {
        self.is_complete || self.by_kind[kind].get(index).copied().unwrap_or_default()
    }
}

/// Calls `visit` with each section, in their order.
fn each_section(
    class: ClassReport<'_>,
    words: &Catalog,
    visit: &mut dyn FnMut(&Section<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let many = class.count > 1;
    let lab = escape_inline(&truncate(&class.run.lab, MAX_NAME_BYTES));
    visit(&Section { of: None, text: &|| format!("## {lab}\n\n") })?;
    let mut totals = Totals::default();
    class.each(|submission| {
        totals.add(submission);
        let heading = || match many || submission.name.is_some() {
            true => format!("### {}\n\n", submission_name(submission)),
            false => String::new(),
        };
        let table = || heading() + &table(submission, words);
        visit(&Section { of: Some((submission, None)), text: &table })?;
        for item in submission.items.iter().filter(|item| item.verdict == Verdict::Fail) {
            visit(&Section { of: Some((submission, Some(item))), text: &|| detail(item, words) })?;
        }
        Ok(())
    })?;
    let tail = text_below_items(class.run, totals, words);
    if tail.trim().is_empty() {
        return Ok(());
    }
    visit(&Section { of: None, text: &|| preformatted(&tail, words) })
}

fn submission_name(submission: &SubmissionResult) -> String {
    escape_inline(&truncate(&submission.label(), MAX_NAME_BYTES))
}

/// Returns the name of a section in the note about missing ones.
fn section_name(class: ClassReport<'_>, submission: &SubmissionResult, item: Option<&ItemResult>) -> String {
    match item {
        None => submission_name(submission),
        Some(item) if class.count > 1 => format!("{} {}", submission_name(submission), item.id),
        Some(item) => item.id.to_string(),
    }
}

/// Returns a submission's points and counts, its programs, and a row for each item.
fn table(submission: &SubmissionResult, words: &Catalog) -> String {
    let counts = footer::counts(submission, words);
    let mut text = format!("{}\n\n", counts.iter().map(|part| escape_inline(part)).collect::<Vec<_>>().join(" · "));
    let head = text_above_items(submission, words);
    if !head.trim().is_empty() {
        text += &preformatted(head.trim_end(), words);
    }
    if submission.items.is_empty() {
        return text;
    }
    let [item, of, cause] = ["markdown-item", "markdown-points", "report-label-cause"]
        .map(|id| escape_inline(&words.format(&Message::new(id))));
    text += &format!("| | {item} | {of} | {cause} |\n|---|---|---|---|\n");
    for item in &submission.items {
        text += &row(item, words);
    }
    text + "\n"
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::Fail => "❌",
        Verdict::NotVerified => "❔",
        Verdict::Error => "⚠️",
    }
}

fn row(item: &ItemResult, words: &Catalog) -> String {
    let because = reason(item).filter(|_| item.verdict != Verdict::Pass);
    let because =
        because.map_or_else(String::new, |because| escape_inline(&truncate(&words.format(&because), MAX_CAUSE_BYTES)));
    let mark_by_hand = submission_notes::mark(words, item);
    let mark_by_hand = mark_by_hand.map(|text| escape_inline(&truncate(&text, MAX_CAUSE_BYTES)));
    let remarks: Vec<String> = Some(because).filter(|text| !text.is_empty()).into_iter().chain(mark_by_hand).collect();
    let because = remarks.join("; ");
    format!(
        "| {} | {} | {} | {because} |\n",
        mark(item.verdict),
        item_heading(item, words),
        escape_inline(&points(words, item))
    )
}

/// Returns an item's id and title.
fn item_heading(item: &ItemResult, words: &Catalog) -> String {
    let title = escape_inline(&truncate(&title(words, item), MAX_NAME_BYTES));
    format!("<b>{}</b> {title}", escape_inline(item.id.as_str()))
}

/// Returns the details of a failed item.
fn detail(item: &ItemResult, words: &Catalog) -> String {
    let head = format!("<details><summary>{} {}</summary>\n\n", mark(item.verdict), item_heading(item, words));
    head + &preformatted(&details(item, words), words) + "</details>\n\n"
}

/// Returns text in a `<pre>` block. A block that begins with `<pre>` ends only with `</pre>`,
/// whatever is in between.
fn preformatted(text: &str, words: &Catalog) -> String {
    let hidden = text.len().saturating_sub(MAX_DETAIL_BYTES);
    let mut shown = truncate(text.trim_end(), MAX_DETAIL_BYTES);
    if hidden > 0 {
        shown += &format!("\n{}", words.format(&Message::new("report-hidden").with("n", hidden)));
    }
    let shown = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>\n{shown}\n</pre>\n\n")
}

/// Escapes one line of text so that it contains no Markdown, HTML, link, mention or formula.
fn escape_inline(text: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for c in escape_controls(text).chars() {
        match c {
            // The empty comment separates the sign from a following name, which would become a
            // mention.
            '@' | '#' => out += &format!("&#{};<!-- -->", u32::from(c)),
            '.' if !matches!(last, 'w' | 'W') => out.push(c),
            '-' | ',' | ';' | '(' | ')' | '/' | '"' | '\'' | '?' | '%' | '+' | '=' => out.push(c),
            c if c.is_ascii_punctuation() => out += &format!("&#{};", u32::from(c)),
            c => out.push(c),
        }
        last = c;
    }
    out
}

/// Cuts a text to at most `most` bytes, at a character boundary.
pub(super) fn truncate(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let edge = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    format!("{}…", &text[..edge])
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::super::sample;
    use super::*;
    use crate::model::{Language, LocalizedText, Report, SubmissionId};

    const HOSTILE: &str = "a|b`c` **d** [e](http://x.example) <script>alert(1)</script> ![i](y) @all #12 $x$ \n# h\n| - |\n\u{1b}[31m\
                           </pre></details> &lt; www.example.org ~~s~~ \\ _u_ ::error::x %0A ]]> <!-- :tada: javascript:x";

    fn written(most: usize, report: &Report) -> String {
        let mut out = Vec::new();
        Markdown { max_bytes: most }.render(report, &sample::words(Language::English), &mut out).expect("writes");
        String::from_utf8(out).expect("text")
    }

    /// Returns the sample with hostile text in every field.
    fn hostile(text: &str) -> Report {
        let mut report = sample::report();
        report.lab = text.to_owned();
        for submission in &mut report.submissions {
            submission.id = SubmissionId(text.to_owned());
            for item in &mut submission.items {
                item.title = LocalizedText::Plain(text.to_owned());
                item.repeat = text.to_owned();
                item.judged.notes = vec![Message::new("sample-starts").with("program", text).with("backlog", 1u16)];
                for finding in &mut item.judged.findings {
                    finding.because = Message::new("sample-other-answer").with("why", text).into();
                }
            }
        }
        report
    }

    #[test]
    fn markdown_in_each_language() {
        for language in Language::ALL {
            let mut out = Vec::new();
            Markdown::STEP_SUMMARY.render(&sample::report(), &sample::words(language), &mut out).expect("writes");
            insta::assert_snapshot!(format!("markdown_{}", language.tag()), String::from_utf8(out).expect("text"));
        }
    }

    #[test]
    fn hostile_text_is_inert() {
        let text = written(1 << 20, &hostile(HOSTILE));
        let (mut rows, mut cells) = (0, 0);
        for event in Parser::new_ext(&text, Options::all()) {
            match event {
                Event::Start(Tag::TableRow) => rows += 1,
                Event::Start(Tag::TableCell) => cells += 1,
                Event::Start(
                    Tag::Table(_) | Tag::TableHead | Tag::Paragraph | Tag::HtmlBlock | Tag::Heading { .. },
                )
                | Event::End(_)
                | Event::Text(_)
                | Event::SoftBreak => {}
                Event::InlineHtml(html) => assert!(["<b>", "</b>", "<!-- -->"].contains(&&*html), "{html}"),
                Event::Html(html) => {
                    let bare = ["<details>", "<summary>", "</summary>", "</details>", "<pre>", "</pre>", "<b>", "</b>"];
                    let mut rest = html.to_string().replace("<!-- -->", "");
                    for tag in bare {
                        rest = rest.replace(tag, "");
                    }
                    assert!(!rest.contains(['<', '>']), "{html}");
                }
                other => panic!("{other:?}"),
            }
        }
        let items = sample::report().submissions.iter().map(|one| one.items.len()).sum::<usize>();
        assert_eq!((rows, cells), (items, 4 * (items + 2)), "one row per item, four cells each, and two heads");
        // Addresses and names that GitHub turns into links must not occur outside `<pre>`.
        let outside: String =
            text.split("<pre>").map(|part| part.rsplit("</pre>").next().unwrap_or_default()).collect();
        for link in ["http:", "www.", "@all", "#12 ", "$x$"] {
            assert!(!outside.contains(link), "{link}");
        }
    }

    #[test]
    fn missing_sections_are_listed() {
        let mut report = hostile(HOSTILE);
        report.submissions.truncate(1);
        let mut long =
            report.submissions[0].items.iter().find(|item| item.id.as_str() == "tcp-multi.5").expect("it").clone();
        long.repeat = "x".repeat(70_000);
        report.submissions[0].items = vec![long; 20];
        for most in [1 << 20, 300 << 10, 100 << 10] {
            let text = written(most, &report);
            assert!(text.len() <= most && text.len() > most / 4, "{} of {most}", text.len());
            assert!(text.contains("bytes hidden]"));
            let note = text.lines().last().expect("a line");
            assert!(note.contains("left out") && note.contains("tcp-multi.5"), "{note}");
            assert_eq!(text.matches("| <b>").count(), 20, "the table is complete");
            assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        }
        report.submissions[0].items.truncate(1);
        for most in [0, 1, 100, 1000, 9000, 10_000] {
            assert!(written(most, &report).len() <= most);
        }
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(truncate("ééé", 3), "é…");
        assert_eq!(truncate("abc", 3), "abc");
    }
}
