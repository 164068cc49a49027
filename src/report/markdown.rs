//! Renders the report as Markdown for GitHub: a table of the items, and details of the failed ones.
//!
//! All text of submissions and authors is inert: as character references in running text, inside
//! `<pre>` in details. GitHub drops a summary that is too long as a whole. It is therefore cut
//! here, section by section, and the missing sections are listed.

use std::io;

use super::displayed::reason;
use super::terminal::{details, points, text_above_items, text_below_items, title};
use super::{FormatSpec, Render, submission_notes};
use crate::i18n::{Catalog, escape_controls};
use crate::model::{ItemResult, Message, Report, SubmissionResult, Verdict};
use crate::report::terminal::footer;

/// Maximum bytes of a name, of a cause, and of the details of one item.
const MAX_NAME_BYTES: usize = 200;
const MAX_CAUSE_BYTES: usize = 400;
const MAX_DETAIL_BYTES: usize = 64 << 10;
/// Bytes reserved for the note on missing sections, and the maximum number of names in it.
const NOTE_RESERVE_BYTES: usize = 8 << 10;
const MAX_LISTED_ITEMS: usize = 20;

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
struct Section {
    /// The name to list if the section is missing. Empty for parts that concern the whole report.
    name: String,
    /// If true, the section is about one item, and is dropped before sections about many.
    is_detail: bool,
    text: String,
}

impl Render for Markdown {
    fn spec(&self) -> FormatSpec {
        FormatSpec::new(
            "markdown",
            "for GitHub's job summary and other Markdown: a table, and the story of each failed item",
        )
    }

    fn render(&self, report: &Report, words: &Catalog, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(join_sections(sections(report, words), self.max_bytes, words).as_bytes())
    }
}

fn sections(report: &Report, words: &Catalog) -> Vec<Section> {
    let many = report.submissions.len() > 1;
    let is_named = |submission: &SubmissionResult| many || submission.name.is_some();
    let part = |text: String| Section { name: String::new(), is_detail: false, text };
    let mut all = vec![part(format!("## {}\n\n", escape_inline(&truncate(&report.lab, MAX_NAME_BYTES))))];
    for submission in &report.submissions {
        let name = escape_inline(&truncate(&submission.label(), MAX_NAME_BYTES));
        let mut text = if is_named(submission) { format!("### {name}\n\n") } else { String::new() };
        text += &table(submission, words);
        all.push(Section { name: name.clone(), is_detail: false, text });
        for item in submission.items.iter().filter(|item| item.verdict == Verdict::Fail) {
            let name = if many { format!("{name} {}", item.id) } else { item.id.to_string() };
            all.push(Section { name, is_detail: true, text: detail(item, words) });
        }
    }
    let tail = text_below_items(report, words);
    if !tail.trim().is_empty() {
        all.push(part(preformatted(&tail, words)));
    }
    all
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

/// Joins as many sections as fit, those of single items last, and a note on the missing ones.
fn join_sections(sections: Vec<Section>, most: usize, words: &Catalog) -> String {
    let all: usize = sections.iter().map(|section| section.text.len()).sum();
    if all <= most {
        return sections.into_iter().map(|section| section.text).collect();
    }
    let mut left = most.saturating_sub(NOTE_RESERVE_BYTES);
    let mut has_room = vec![false; sections.len()];
    for is_detail in [false, true] {
        for (section, has_room) in sections.iter().zip(&mut has_room).filter(|(one, _)| one.is_detail == is_detail) {
            if section.text.len() <= left {
                left -= section.text.len();
                *has_room = true;
            }
        }
    }
    let missing: Vec<&str> = sections
        .iter()
        .zip(&has_room)
        .filter(|(section, has_room)| !**has_room && !section.name.is_empty())
        .map(|(section, _)| section.name.as_str())
        .collect();
    let note = Message::new("markdown-cut").with("n", missing.len()).with("kib", most >> 10);
    let names = missing.iter().take(MAX_LISTED_ITEMS).copied().chain((missing.len() > MAX_LISTED_ITEMS).then_some("…"));
    let note = format!("{} {}\n", escape_inline(&words.format(&note)), names.collect::<Vec<_>>().join(", "));
    let kept = sections.iter().zip(&has_room).filter(|(_, has_room)| **has_room);
    let text: String = kept.map(|(section, _)| section.text.as_str()).chain([note.as_str()]).collect();
    // If there is very little room, the note does not fit either.
    if text.len() <= most { text } else { String::new() }
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::super::sample;
    use super::*;
    use crate::model::{Language, LocalizedText, SubmissionId};

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
