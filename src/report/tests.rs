//! Golden files of the formats that people read, and properties of all formats.

#[cfg(test)]
mod annotated;
#[cfg(test)]
pub(crate) mod reread;
#[cfg(test)]
pub(crate) mod totals;
use super::*;
use crate::model::{ItemResult, Language, Machine, SandboxMode, Verdict};
use crate::report::layout::text_width;

/// Returns the output of a format for a report.
fn written(format: &dyn Render, report: &Report, language: Language) -> String {
    let mut bytes = Vec::new();
    let words = sample::words(language);
    format.render(report, &words, &mut bytes).expect("writes");
    String::from_utf8(bytes).expect("UTF-8")
}

/// Returns the sample as a terminal shows it.
fn terminal(language: Language, width: usize) -> String {
    let format = Terminal { colour: false, width, detail: Detail::Normal };
    written(&format, &sample::report(), language)
}

#[test]
fn terminal_in_each_language_and_width() {
    for language in Language::ALL {
        for width in [80, 100] {
            let name = format!("terminal_{}_{width}", language.tag());
            insta::assert_snapshot!(name, terminal(language, width));
        }
    }
}

#[test]
fn junit_in_each_language() {
    for language in Language::ALL {
        let name = format!("junit_{}", language.tag());
        insta::assert_snapshot!(name, written(&Junit, &sample::report(), language));
    }
}

#[test]
fn json_with_sentences() {
    let words = Language::ALL.map(sample::words);
    let mut bytes = Vec::new();
    json::write(ClassReport::of(&sample::report()), &words, &mut bytes).expect("serialises");
    insta::assert_snapshot!("json", String::from_utf8(bytes).expect("text").trim_end());
}

#[test]
fn cause_of_several_items_of_a_role_is_written_once() {
    let mut report = sample::report();
    let items = &mut report.submissions[0].items;
    let failed = items.iter().find(|item| item.verdict == Verdict::Fail && item.role.is_some()).expect("one").clone();
    let id = failed.id.to_string();
    let other_role = ItemResult { id: "z.1".parse().expect("a name"), role: None, ..failed.clone() };
    let same_role = ItemResult { id: "z.2".parse().expect("a name"), ..failed };
    items.extend([other_role, same_role]);
    let text = written(&Terminal { colour: false, width: 100, detail: Detail::Normal }, &report, Language::English);
    let reference = format!("the same as in {id}");
    let part = |id: &str| text.split(&format!(" {id} ")).nth(1).unwrap_or_default().to_owned();
    assert!(part("z.2").contains(&reference), "{text}");
    assert_eq!(text.matches(&reference).count(), 1, "{text}");
}

#[test]
fn lines_to_copy_may_exceed_the_terminal_width() {
    for language in Language::ALL {
        for width in [1, 60, 80, 100, 200] {
            for line in terminal(language, width).lines() {
                let copied = ["socklab check", "scenarios/", "<script>"];
                assert!(
                    text_width(line) <= width.max(60) || copied.iter().any(|part| line.contains(part)),
                    "{width}: {line}"
                );
            }
        }
    }
}

#[test]
fn colours_do_not_change_the_text() {
    let coloured = Terminal { colour: true, width: 100, detail: Detail::Normal };
    let text = written(&coloured, &sample::report(), Language::Portuguese);
    assert!(text.contains("✗\u{1b}[0m"), "{text}");
    let bare = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("a sound pattern");
    let bare = bare.replace_all(&text, "");
    let trimmed: Vec<_> = bare.lines().map(str::trim_end).collect();
    let plain = terminal(Language::Portuguese, 100);
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn formats_escape_hostile_characters() {
    for format in FORMATS {
        for language in Language::ALL {
            let mut report = sample::report();
            if format.spec().is_single_submission {
                report.submissions.truncate(1);
            }
            let text = written(*format, &report, language);
            let bad = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(bad, None, "{}", format.spec().name);
            // Annotations are such commands, one per line: see `tests/it/formats.rs`.
            let of_ours = format.spec().name == Github::REPOSITORY_ROOT.spec().name;
            let at_line_start = !of_ours && text.lines().any(|line| line.trim_start().starts_with("::error"));
            assert!(!at_line_start, "{}", format.spec().name);
        }
    }
}

#[test]
fn passed_report_is_short() {
    let mut report = sample::report();
    report.interrupted = false;
    report.machine = Machine { stage: SandboxMode::Isolated, cannot: Vec::new() };
    report.submissions.truncate(1);
    report.submissions[0].items.retain(|item| item.verdict == Verdict::Pass);
    report.submissions[0].points = 3;
    report.submissions[0].of = 3;
    insta::assert_snapshot!(written(&Terminal::PLAIN, &report, Language::English), @r"
    ✓ tcp-simple.1  Start the server                                                           1/1 point
    ✓ udp-simple.1  Start the server                                                          2/2 points
      note          the server uses port 5000, not the lab's 65432

    3/3 points · 2 passed · 1.8 s
    ");
}

#[test]
fn empty_run_is_reported() {
    let mut report = sample::report();
    report.submissions.clear();
    let text = written(&Terminal::PLAIN, &report, Language::English);
    assert!(text.starts_with("nothing was run\n"), "{text}");
    assert!(text.ends_with("were not run\n"), "{text}");
    // Without failures there are no annotations.
    let tell = |format: &&&dyn Render| {
        !format.spec().is_single_submission && format.spec().name != Github::REPOSITORY_ROOT.spec().name
    };
    for format in FORMATS.iter().filter(tell) {
        assert!(!written(*format, &report, Language::Portuguese).is_empty());
    }
}

#[test]
fn formats_are_found_by_name() {
    for known in FORMATS {
        let found = find_format(known.spec().name).map(|format| format.spec().name);
        assert_eq!(found, Some(known.spec().name));
        assert!(!known.spec().about.is_empty());
    }
    assert!(find_format("papyrus").is_none());
}
