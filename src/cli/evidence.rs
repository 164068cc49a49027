//! Collects the evidence of a run: evidence folders (`--evidence`), diagrams (`--show`), and
//! evidence for reports that show it.
//!
//! It works while the run proceeds, so that packets of a scenario are not held longer than needed.

mod dir;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

pub(super) use self::dir::check_evidence_dir;
use self::dir::{folder_names, is_replaceable};
use super::Ui;
use super::arguments::ShowName;
use super::progress::ProgressLine;
use crate::engine::ProgramSource;
use crate::model::{Annotation, EventKind, Evidence, Message, Report, Verdict};
use crate::report::evidence::{FORMAT, Hashed, Hashing, MANIFEST, Manifest, Part, Program};
use crate::report::{RecordedScenario, Timeline, listing};
use crate::run::{Progress, RunPlan, ScenarioDone};
use crate::scenario::Scenario;

/// Maximum size of a program file in a manifest, in bytes. Larger files are left out.
const MAX_HASHED_BYTES: u64 = 256 << 20;

/// Saves and renders the requested evidence, and forwards the progress of the run.
pub(super) struct EvidenceWriter<'a> {
    plan: &'a RunPlan<'a>,
    reader: &'a Ui,
    line: &'a ProgressLine<'a>,
    folder: Option<&'a Path>,
    /// True if only scenarios with a failed item are saved.
    only_failed: bool,
    /// True if evidence is held until the run is over.
    holds: bool,
    shows: &'a [ShowName],
    /// The folder name of each scenario of the lab, by index.
    names: Vec<String>,
    /// The command that repeats the whole run.
    repeat: String,
    /// The hash of this program, computed once for all scenarios.
    program_hash: OnceLock<Option<String>>,
    done: Mutex<CollectedEvidence<'a>>,
}

#[derive(Default)]
struct CollectedEvidence<'a> {
    /// Scenario names and diagrams, by scenario index.
    drawn: BTreeMap<usize, (String, String)>,
    kept: BTreeMap<String, PathBuf>,
    /// Evidence and manifests, by scenario index.
    held: BTreeMap<usize, (Evidence, Option<Manifest<'a>>)>,
    trouble: Option<io::Error>,
}

/// The evidence collected when the run is over.
pub(super) struct SavedEvidence<'a> {
    /// The text to print below the report, or the error of an evidence folder.
    pub(super) shown: io::Result<String>,
    held: Vec<(&'a str, Evidence, Option<Manifest<'a>>)>,
}

impl SavedEvidence<'_> {
    /// Returns the held evidence of each scenario, in the order of the lab.
    pub(super) fn seen(&self) -> Vec<RecordedScenario<'_>> {
        let seen = self.held.iter().map(|(scenario, evidence, manifest)| RecordedScenario {
            scenario,
            evidence,
            manifest: manifest.as_ref(),
        });
        seen.collect()
    }
}

impl<'a> EvidenceWriter<'a> {
    pub(super) fn new(
        plan: &'a RunPlan<'a>,
        reader: &'a Ui,
        line: &'a ProgressLine<'a>,
        folder: Option<&'a Path>,
        shows: &'a [ShowName],
    ) -> Self {
        let names = folder_names(plan.lab.scenarios.iter().map(|scenario| scenario.name.as_str()));
        let (itself, done, repeat) = (OnceLock::new(), Mutex::default(), repeat(plan));
        Self {
            plan,
            reader,
            line,
            folder,
            only_failed: false,
            holds: false,
            shows,
            names,
            repeat,
            program_hash: itself,
            done,
        }
    }

    /// Holds evidence until the run is over if a report shows it.
    pub(super) const fn holding(mut self, holds: bool) -> Self {
        self.holds = holds;
        self
    }

    /// Saves evidence only if it shows why an item failed.
    pub(super) const fn only_failed(mut self) -> Self {
        self.only_failed = true;
        self
    }

    /// Ends the collection: adds the evidence path to each item, and returns the diagrams and the
    /// held evidence.
    pub(super) fn finish(self, report: &mut Report) -> SavedEvidence<'a> {
        let done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let items = || report.submissions.iter().flat_map(|submission| &submission.items);
        let asked: BTreeSet<String> = items().map(|item| item.scenario.clone()).collect();
        for item in report.submissions.iter_mut().flat_map(|submission| &mut submission.items) {
            let path = done.kept.get(&item.scenario).map(|path| crate::model::bytes::safe_path(path));
            item.annotations.extend(path.map(|folder| Annotation::Evidence { folder }));
        }
        let drawn = done.drawn.into_values().filter(|(scenario, _)| asked.contains(scenario));
        let shown = done.trouble.map_or_else(|| Ok(drawn.map(|(_, text)| format!("\n{text}")).collect()), Err);
        let name = |place: usize| self.plan.lab.scenarios.get(place).map_or("", |scenario| scenario.name.as_str());
        let held = done.held.into_iter().map(|(place, (evidence, manifest))| (name(place), evidence, manifest));
        SavedEvidence { shown, held: held.collect() }
    }

    fn index_of(&self, scenario: &Scenario) -> usize {
        let all = &self.plan.lab.scenarios;
        all.iter().position(|one| std::ptr::eq(one, scenario)).unwrap_or_default()
    }

    /// Writes the folder of a scenario under a temporary name, then renames it into place.
    fn save(&self, base: &Path, over: &ScenarioDone<'_>, seen: &Evidence) -> io::Result<(PathBuf, Manifest<'a>)> {
        let name = &self.names[self.index_of(over.scenario)];
        let place = base.join(name);
        fs::create_dir_all(base)?;
        let beside = |what: &str| base.join(format!(".{name}.{}.{what}", std::process::id()));
        let (part, old) = (beside("part"), beside("old"));
        let stands = is_replaceable(&place)?;
        fs::create_dir(&part)?;
        let moved = self.write(Some(&part), over, seen).and_then(|manifest| {
            if stands {
                fs::rename(&place, &old)?;
            }
            fs::rename(&part, &place).map(|()| manifest)
        });
        if moved.is_err() {
            let _ = fs::remove_dir_all(&part);
        }
        let manifest = moved?;
        if stands {
            fs::remove_dir_all(&old)?;
        }
        Ok((place, manifest))
    }

    /// Writes the evidence files into `folder`, or only hashes them if it is `None`.
    fn write(&self, folder: Option<&Path>, over: &ScenarioDone<'_>, seen: &Evidence) -> io::Result<Manifest<'a>> {
        let open = |name: &str| -> io::Result<Box<dyn Write>> {
            Ok(match folder {
                Some(folder) => Box::new(BufWriter::new(File::create_new(folder.join(name))?)),
                None => Box::new(io::sink()),
            })
        };
        let title = title(over.scenario, self.reader);
        let mut files = Vec::new();
        for part in Part::all(seen) {
            let name = part.name();
            let mut out = Hashing::new(open(&name)?);
            part.write(&title, seen, &self.reader.words, &mut out)?;
            out.flush()?;
            files.push(out.finish(&name).0);
        }
        let mut scenario = Hashing::new(io::sink());
        scenario.write_all(over.scenario.text.as_bytes())?;
        let manifest = Manifest {
            format: FORMAT,
            socklab: env!("CARGO_PKG_VERSION"),
            socklab_blake3: self.program_hash.get_or_init(own_hash).clone(),
            submission: &self.plan.submission.0,
            scenario: scenario.finish(&over.scenario.file).0,
            programs: self.programs(seen),
            stage: over.stage,
            seed: self.plan.session.seed,
            repeat: self.repeat.clone().into(),
            began_ns: seen.began_ns,
            files,
        };
        let mut out = open(MANIFEST)?;
        manifest.write(&mut out)?;
        out.flush().map(|()| manifest)
    }

    /// Renders the text of one `--show` option for a scenario.
    fn draw(&self, show: ShowName, over: &ScenarioDone<'_>, seen: &Evidence) -> String {
        let (title, words) = (title(over.scenario, self.reader), &self.reader.words);
        let drawn = match show {
            ShowName::Timeline => Timeline::from_evidence(&title, seen, words)
                .map(|timeline| timeline.text(self.reader.width, self.reader.colour)),
            ShowName::Packets => listing::packets(seen, words).map(|text| format!("{title}\n{text}")),
            ShowName::Sockets => Some(format!("{title}\n{}", listing::sockets(seen, words))),
        };
        drawn.unwrap_or_else(|| {
            let message = Message::new("timeline-no-packets").with("scenario", title);
            format!("{}\n", words.format(&message))
        })
    }

    /// Returns the programs that were started, with the files named on their command lines.
    fn programs(&self, seen: &Evidence) -> Vec<Program> {
        let started = seen.journal.iter().filter_map(|event| match &event.kind {
            EventKind::Started { role, command, .. } => Some((role.as_ref(), command)),
            _ => None,
        });
        let mut all: Vec<Program> = Vec::new();
        for (role, command) in started {
            let words = match role.and_then(|role| self.plan.programs.get(role)).map(|entry| &entry.runs) {
                Some(ProgramSource::Command(words)) => words.clone(),
                None => shell_words::split(command).unwrap_or_default(),
                Some(ProgramSource::Bundled(_) | ProgramSource::Target(_)) => Vec::new(),
            };
            let folder = self.plan.folder.root();
            let files = words.iter().filter_map(|word| hashed(word, &folder.join(word))).collect();
            let role = role.map_or_else(String::new, ToString::to_string);
            if !all.iter().any(|one| one.role == role && one.command == *command) {
                all.push(Program { role, command: command.clone(), files });
            }
        }
        all
    }
}

impl Progress for EvidenceWriter<'_> {
    fn scenario_started(&self, scenario: &Scenario) {
        self.line.scenario_started(scenario);
    }

    fn step_started(&self, scenario: &Scenario, number: usize) {
        self.line.step_started(scenario, number);
    }

    fn scenario_finished(&self, over: &ScenarioDone<'_>) {
        self.line.scenario_finished(over);
        let Some(seen) = over.evidence else { return };
        let is_kept = !self.only_failed || over.items.iter().any(|item| item.verdict == Verdict::Fail);
        let kept = self.folder.filter(|_| is_kept).map(|base| self.save(base, over, seen));
        let drawn =
            (!self.shows.is_empty()).then(|| self.shows.iter().map(|show| self.draw(*show, over, seen)).collect());
        let held = self.holds.then(|| {
            let manifest = match &kept {
                Some(Ok((_, manifest))) => Some(manifest.clone()),
                _ => self.write(None, over, seen).ok(),
            };
            (seen.clone(), manifest)
        });
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.held.extend(held.map(|held| (self.index_of(over.scenario), held)));
        let name = over.scenario.name.clone();
        match kept {
            Some(Ok((path, _))) => drop(done.kept.insert(name.clone(), path)),
            Some(Err(error)) => drop(done.trouble.get_or_insert(error)),
            None => {}
        }
        if let Some(text) = drawn {
            done.drawn.insert(self.index_of(over.scenario), (name, text));
        }
    }
}

/// Returns the command that repeats everything in the plan.
fn repeat(plan: &RunPlan<'_>) -> String {
    let items = plan.items.iter().flatten().map(|item| format!(" --item {}", shell_words::quote(item.as_str())));
    std::iter::once(plan.repeat.clone()).chain(items).collect()
}

/// Returns the heading of a scenario's diagram.
fn title(scenario: &Scenario, reader: &Ui) -> String {
    let title = scenario.title.as_ref().map(|title| crate::i18n::escape_controls(reader.words.author_text(title)));
    let name = crate::i18n::escape_controls(&scenario.name);
    title.map_or_else(
        || name.clone(),
        |title| format!("{name} · {}", title.split_whitespace().collect::<Vec<_>>().join(" ")),
    )
}

/// Hashes a file. Returns `None` if it is missing, unreadable, or larger than [`MAX_HASHED_BYTES`].
fn hashed(name: &str, path: &Path) -> Option<Hashed> {
    let found = fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= MAX_HASHED_BYTES)?;
    let mut out = Hashing::new(io::sink());
    let copied = io::copy(&mut io::Read::take(File::open(path).ok()?, found.len()), &mut out).ok()?;
    (copied == found.len()).then(|| out.finish(name).0)
}

fn own_hash() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    hashed("socklab", &program).map(|it| it.blake3)
}
