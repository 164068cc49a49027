//! `socklab run`: builds a plan from the options, runs it, and writes its reports.

mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use programs::{absent, programs};

use super::arguments::{RunOptions, StageName};
use super::evidence::{self, Keeper};
use super::exit::{Exit, Trouble};
use super::gather::{self, Named, Variables};
use super::isolation::Isolation;
use super::progress::Line;
use super::service::{Unasked, around_now};
use super::{Reader, bounds};
use crate::model::{ItemId, Message, Report, SubmissionId};
use crate::report::terminal::Terminal;
use crate::report::{FORMATS, Render, Seen, format};
use crate::run::program::check_readable;
use crate::run::submission::{all_commands, scenario_count, scenarios};
use crate::run::{Cancel, Plan, Slots};
use crate::scenario::lab::{self, Lab};

/// Runs the scenarios that the options select.
pub(super) fn run(options: &RunOptions, reader: &Reader) -> Result<Exit, Trouble> {
    let variables = pairs(&options.variables, "--set")?;
    let named = if options.files.is_empty() {
        let lab = gather::lab(&options.lab, &variables)?;
        gather::check_variables(&lab.scenarios, &variables)?;
        Named::whole(lab)
    } else {
        gather::named(&options.files, &variables)?
    };
    let reports = reports(&options.reports)?;
    let usual = || std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    // A scenario mostly waits, so one more than the number of CPUs keeps all of them busy.
    let slots = Slots::new(options.jobs.map_or_else(usual, usize::from));
    let mut unasked = Unasked::of(!options.no_ci, &reports);
    let mut plan = plan(options, &named, variables, &slots)?;
    plan.capture |= show_evidence(&reports);
    let commands = all_commands(&plan);
    if let Err(unreadable) = check_readable(&commands, &plan.folder) {
        let path = crate::model::bytes::safe_path(&unreadable.0);
        return Err(Trouble::usage(Message::new("cli-not-readable").with("path", path)));
    }
    if let Some(folder) = &options.evidence {
        evidence::check_place(&named.lab, scenarios(&plan).into_iter().map(|(place, _)| place), folder)?;
    }
    let isolation = Isolation::new(options.stage);
    // If only the lab's own programs run, a warning about missing isolation is not needed.
    plan.stage = if commands.is_empty() { isolation.asked() } else { isolation.preferred(reader) };
    let cancel = Cancel::new().context("making a pipe")?;
    catch_signals(&cancel)?;
    let line = Line::new(&reader.words, "progress-other");
    line.count(scenario_count(&plan));
    let line = line.asked(plan.items.as_ref());
    let keeper = Keeper::new(&plan, reader, &line, options.evidence.as_deref(), &options.shows);
    let keeper = keeper.holding(show_evidence(&reports));
    let mut report = crate::run::run(&plan, &keeper, &cancel);
    line.end();
    let kept = keeper.finish(&mut report);
    report.around = around_now();
    unasked.silence()?;
    write_reports(&report, &kept.seen(), &reports, reader)?;
    Reader::print(&kept.shown.context("keeping the evidence")?);
    unasked.write(&report, (&plan.folder, Path::new("")), reader)?;
    Ok(Exit::of(&report, options.allow_unverified))
}

/// Cancels the run on Ctrl-C, and on the signals with which a service ends a program.
pub(super) fn catch_signals(cancel: &Cancel) -> anyhow::Result<()> {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        let trigger = cancel.trigger().context("copying a pipe")?;
        signal_hook::low_level::pipe::register(signal, trigger).context("catching signals")?;
    }
    Ok(())
}

fn plan<'a>(
    options: &RunOptions,
    named: &'a Named,
    variables: Variables,
    slots: &'a Slots,
) -> Result<Plan<'a>, Trouble> {
    let programs = programs(options, named)?;
    // Runs of the lab's own programs have a fixed seed, so that the output in the README is
    // reproducible.
    let own = options.files.is_empty() && options.servers.is_empty() && options.targets.is_empty();
    let seed = bounds::seed(options.seed.or(own.then_some(1)))?;
    Ok(Plan {
        lab: &named.lab,
        items: match &named.items {
            Some(meant) if !options.items.is_empty() => {
                Some(chosen_of(&meant.iter().collect::<Vec<_>>(), &options.items)?)
            }
            Some(meant) => Some(meant.clone()),
            None => chosen_items(&named.lab, &options.items)?,
        },
        absent: absent(&named.lab, &programs),
        programs,
        submission: SubmissionId("socklab".to_owned()),
        folder: std::env::current_dir().context("finding the current folder")?,
        delivery: None,
        keep_written: false,
        variables,
        jobs: slots.all(),
        slots,
        seed,
        stage: None,
        hide: &[],
        repeat: repeat(options, seed),
        capture: options.evidence.is_some() || !options.shows.is_empty(),
        again: true,
        environment: &|name| std::env::var_os(name),
        may_begin: &|| true,
    })
}

/// Returns the beginning of the command that runs an item again, with every option that affects the
/// result.
fn repeat(options: &RunOptions, seed: u64) -> String {
    let mut words = vec!["socklab".to_owned(), "run".to_owned()];
    words.extend(options.files.iter().map(|file| file.to_string_lossy().into_owned()));
    if options.lab != lab::DEFAULT {
        words.extend(["--lab".to_owned(), options.lab.clone()]);
    }
    for (flag, values) in
        [("--server", &options.servers), ("--target", &options.targets), ("--set", &options.variables)]
    {
        words.extend(values.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
    }
    // Seed 1 is the default if only the lab's own programs run.
    if seed != 1 || options.seed.is_some() {
        words.extend(["--seed".to_owned(), seed.to_string()]);
    }
    if let Some(stage) = options.stage.to_possible_value().filter(|_| options.stage != StageName::Auto) {
        words.extend(["--stage".to_owned(), stage.get_name().to_owned()]);
    }
    shell_words::join(words)
}

/// Parses `NAME=VALUE` arguments.
fn pairs(words: &[String], flag: &'static str) -> Result<BTreeMap<String, String>, Trouble> {
    let mut pairs = BTreeMap::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Trouble::usage(Message::new("cli-not-a-pair").with("flag", flag).with("word", word.as_str())));
        };
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Trouble::usage(Message::new("cli-given-twice").with("flag", flag).with("name", name)));
        }
    }
    Ok(pairs)
}

/// Returns the items that match the patterns, or `None` if there are no patterns.
pub(super) fn chosen_items(lab: &Lab, patterns: &[String]) -> Result<Option<BTreeSet<ItemId>>, Trouble> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let all: Vec<&ItemId> = lab.listed().into_iter().map(|(_, item)| &item.id).collect();
    chosen_of(&all, patterns).map(Some)
}

/// Returns the items of `all` that match the patterns.
fn chosen_of(all: &[&ItemId], patterns: &[String]) -> Result<BTreeSet<ItemId>, Trouble> {
    let mut chosen = BTreeSet::new();
    for pattern in patterns {
        let named: Vec<&&ItemId> = all.iter().filter(|id| matches(pattern, id.as_str())).collect();
        if named.is_empty() {
            return Err(unknown_of(all, pattern));
        }
        chosen.extend(named.into_iter().map(|id| (*id).clone()));
    }
    Ok(chosen)
}

/// Returns the error for an unknown item, with the known items or a suggestion.
pub(super) fn unknown_item(lab: &Lab, wanted: &str) -> Trouble {
    let all: Vec<&ItemId> = lab.listed().into_iter().map(|(_, item)| &item.id).collect();
    unknown_of(&all, wanted)
}

fn unknown_of(all: &[&ItemId], wanted: &str) -> Trouble {
    let known: Vec<&str> = all.iter().map(|id| id.as_str()).collect();
    let near = crate::scenario::diagnostic::nearest(wanted, &known);
    Trouble::usage(match near {
        Some(near) => Message::new("cli-unknown-item-near").with("item", wanted).with("near", near),
        None => Message::new("cli-unknown-item").with("item", wanted).with("known", known.join(", ")),
    })
}

/// Returns true if a pattern matches the whole of `text`; `*` matches any text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|text| {
            (0..=text.len()).filter(|&k| text.is_char_boundary(k)).any(|k| matches(rest, &text[k..]))
        }),
    }
}

/// A requested report: its format and its destination.
pub(super) type Wanted<'a> = (&'static dyn Render, &'a str);

/// Returns true if a report shows evidence. Packets are then captured, and the evidence is held
/// until the run is over.
pub(super) fn show_evidence(wanted: &[Wanted<'_>]) -> bool {
    wanted.iter().any(|(format, _)| format.shows_evidence())
}

pub(super) fn reports(words: &[String]) -> Result<Vec<Wanted<'_>>, Trouble> {
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for word in words {
        let (name, file) = word.split_once('=').unwrap_or((word, "-"));
        let Some(format) = format(name) else {
            return Err(unknown_format(name));
        };
        if wanted.iter().any(|(_, other)| same_file(other, file)) {
            return Err(Trouble::usage(Message::new("cli-same-file").with("file", file)));
        }
        if file.is_empty() || file != "-" && !has_folder(Path::new(file)) {
            return Err(Trouble::usage(Message::new("cli-no-folder").with("file", file)));
        }
        wanted.push((format, file));
    }
    Ok(wanted)
}

/// Returns the error for an unknown format, with the known formats and a suggestion.
pub(super) fn unknown_format(name: &str) -> Trouble {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    let message = Message::new("cli-unknown-format").with("format", name).with("known", known.join(", "));
    Trouble::usage(gather::near(message, name, &known))
}

/// Returns true if two names refer to the same file, which need not exist yet.
pub(super) fn same_file(one: &str, other: &str) -> bool {
    let whole = |file: &str| {
        let path = Path::new(file);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder.canonicalize().ok().map(|folder| folder.join(path.file_name().unwrap_or_default()))
    };
    one == other || one != "-" && other != "-" && whole(one).is_some() && whole(one) == whole(other)
}

fn has_folder(file: &Path) -> bool {
    !file.is_dir() && file.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}

/// Writes every report. The terminal report goes to standard output unless another report does.
pub(super) fn write_reports(
    report: &Report,
    seen: &[Seen<'_>],
    wanted: &[Wanted<'_>],
    reader: &Reader,
) -> Result<(), Trouble> {
    for (format, file) in wanted {
        let mut bytes = Vec::new();
        if *file == "-" && format.name() == "terminal" {
            own_terminal(reader).render(report, &reader.words, &mut bytes).context("drawing a report")?;
        } else {
            format.render_seen(report, seen, &reader.words, &mut bytes).context("drawing a report")?;
        }
        if *file == "-" {
            let _ = std::io::stdout().lock().write_all(&bytes);
        } else {
            write_whole(Path::new(file), &bytes).with_context(|| format!("writing {file}"))?;
        }
    }
    if !wanted.iter().any(|(_, file)| *file == "-") {
        let mut bytes = Vec::new();
        own_terminal(reader).render(report, &reader.words, &mut bytes).context("drawing a report")?;
        let _ = std::io::stdout().lock().write_all(&bytes);
    }
    Ok(())
}

pub(super) fn own_terminal(reader: &Reader) -> Terminal {
    Terminal { colour: reader.colour && reader.terminal, width: reader.width }
}

/// Writes a file atomically: to a temporary name beside it, then renamed.
/// Anything but a regular file (a pipe, a terminal) is written to directly. A link is replaced and
/// not followed, except below `/dev` and `/proc` (`/dev/stdout`).
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let is_system = ["/dev", "/proc"].iter().any(|folder| file.starts_with(folder));
    let is_other = |found: std::fs::Metadata| !found.is_file() && (is_system || !found.is_symlink());
    if file.symlink_metadata().is_ok_and(is_other) {
        return std::fs::write(file, bytes);
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = file.with_file_name(name);
    // An existing file of this name is removed, never written to.
    let _ = std::fs::remove_file(&beside);
    let written = std::fs::File::create_new(&beside).and_then(|mut new| new.write_all(bytes));
    written.and_then(|()| std::fs::rename(&beside, file)).inspect_err(|_| drop(std::fs::remove_file(&beside)))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::arguments::{Arguments, Verb};
    use super::*;

    pub(super) fn options(words: &[&str]) -> RunOptions {
        let words = ["socklab", "run"].iter().chain(words);
        match Arguments::parse_from(words).verb {
            Verb::Run(options) => options,
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn repeat_command_contains_every_relevant_option() {
        let again = |words: &[&str], seed| repeat(&options(words), seed);
        assert_eq!(again(&["--item", "tcp-simple.1", "--jobs", "3", "--allow-unverified"], 1), "socklab run");
        let words = ["--lab", "line-chat", "--server", "chat=python3 a.py", "--set", "x=a b"];
        let whole = "socklab run --lab line-chat --server 'chat=python3 a.py' --set 'x=a b' --seed 7";
        assert_eq!(again(&words, 7), whole, "also where it was drawn");
        let words = ["my file.yaml", "--stage", "plain", "--seed", "1"];
        assert_eq!(again(&words, 1), "socklab run 'my file.yaml' --seed 1 --stage plain");
    }

    #[test]
    fn write_whole_replaces_links() {
        let folder = tempfile::tempdir().expect("a folder");
        let (link, victim, part) =
            (folder.path().join("r.json"), folder.path().join("victim"), folder.path().join("p"));
        let beside = folder.path().join(format!("r.json.{}.part", std::process::id()));
        std::fs::write(&victim, "as it was").expect("written");
        std::os::unix::fs::symlink(&victim, &beside).expect("a link");
        for to in [&victim, Path::new("/dev/null"), &part] {
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(to, &link).expect("a link");
            write_whole(&link, b"new").expect("written");
            assert!(link.symlink_metadata().expect("there").is_file(), "{}", to.display());
        }
        assert_eq!(std::fs::read_to_string(&victim).expect("there"), "as it was");
        assert!(!part.exists() && !beside.exists());
        write_whole(Path::new("/dev/null"), b"x").expect("written");
    }

    #[test]
    fn star_matches_any_text() {
        assert!(matches("tcp-*.5", "tcp-multi.5") && matches("*", "") && matches("a*b*c", "a-b-b-c"));
        assert!(!matches("tcp-*", "udp-simple.1") && !matches("a", "ab") && !matches("a*b", "ac"));
    }
}
