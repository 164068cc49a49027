//! Checks one submission: finds and builds its programs, runs the lab, and explains failures.
//! Consists of three parts, so that callers can observe the middle one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::safe_path;
use crate::model::report::{DetectedProgram, ProgramKind};
use crate::model::{
    Cause, ItemId, Machine, Message, NotVerified, Reason, Report, Role, SandboxMode, SubmissionId, SubmissionResult,
    Verdict,
};
use crate::run::judge::{MissingProgram, Outcome, judge_items};
use crate::run::source_hint::MAX_SOURCE_BYTES;
use crate::run::{Budgets, ProgramFolder, RunPlan, Session, sandbox_config};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::lab::{Lab, MissingPolicy, RoleEntry};
use crate::scenario::manifest::{self, Manifest};
use crate::submission::annotate::{
    abrupt_clients, caught_error, client_checks, failed_call, listener_close, mixed_connections, never_awaited,
    own_module, program_file, rerun, sending_line, smallest_exchange, source_clues, unflushed, waiting_line,
    written_report,
};
use crate::submission::detect;
use crate::submission::detect::{Assignment, Choice, Detection};
use crate::submission::import::Submission;
use crate::submission::notebook;
use crate::submission::probe;
use crate::submission::probe::outcome::ProbeOutcome;
use crate::submission::probe::{ProbeProgram, ProbeScript};
use crate::submission::python_env;
use crate::submission::unused::UnusedFiles;

/// The input and the options of checking a submission.
#[derive(Clone, Copy)]
pub(crate) struct CheckSpec<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// The items to report on; `None` for all.
    pub items: Option<&'a BTreeSet<ItemId>>,
    /// The surroundings of every run.
    pub session: Session<'a>,
    /// Identifier of the submission.
    pub submission: &'a SubmissionId,
    /// Beginning of the command that runs an item again.
    pub repeat: &'a str,
    /// True if packets are captured even if no item needs them.
    pub capture: bool,
    /// True if further runs are made that cannot change points: for students, who learn from them,
    /// but not for a whole class.
    pub thorough: bool,
    /// Returns true if there is time to begin another scenario of the lab.
    pub may_begin: &'a (dyn Fn() -> bool + Sync),
}

/// A submission whose programs were found and built.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The detected programs.
    pub found: Detection,
    /// File name of the written report, from the manifest.
    pub report: Option<String>,
    programs: BTreeMap<Role, ProgramSpec>,
    absent: BTreeMap<Role, MissingProgram>,
}

/// Reads the manifest of a submission, if it has one.
///
/// # Errors
/// Returns an error if the manifest is invalid, with its diagnostics.
pub(crate) fn manifest(delivery: &Submission, lab: &Lab) -> Result<Option<Manifest>, Vec<Diagnostic>> {
    let file = delivery.root.join(manifest::FILE_NAME);
    if !file.is_file() {
        return Ok(None);
    }
    let text = crate::scenario::yaml::read_file(&file).map_err(|mut diagnostic| {
        // The path of the private copy means nothing to the author.
        manifest::FILE_NAME.clone_into(&mut diagnostic.file);
        vec![*diagnostic]
    })?;
    Manifest::read(manifest::FILE_NAME, &text, &lab.roles.keys().cloned().collect()).map(Some)
}

/// Returns the reason why a submission with these diagnostics in its manifest is not run.
#[must_use]
pub(crate) fn manifest_reason(mistakes: &[Diagnostic]) -> Reason {
    let reason = mistakes.first().map_or(NotVerified::ManifestUnreadable {}, |first| NotVerified::ManifestWrong {
        line: first.line as u64,
        mistake: first.message.clone(),
    });
    reason.into()
}

/// Returns the result of a submission that was not run.
#[must_use]
pub(crate) fn not_run_result(lab: &Lab, id: &SubmissionId, verdict: Verdict, reason: Reason) -> SubmissionResult {
    let absent = Outcome::Absent(MissingProgram::new(verdict, reason.clone()));
    let items = lab.scenarios.iter().flat_map(|scenario| judge_items(scenario, &absent, 0, "")).collect();
    let mut result = SubmissionResult::new(id.clone(), crate::run::runner::ordered(items), 0);
    result.reason = Some(reason);
    result
}

/// Returns the report of a submission that was not run.
#[must_use]
pub(crate) fn not_run_report(lab: &Lab, id: &SubmissionId, seed: u64, reason: Reason) -> Report {
    let machine = Machine { stage: SandboxMode::Isolated, cannot: Vec::new() };
    let result = not_run_result(lab, id, Verdict::NotVerified, reason);
    Report { title: lab.title.clone(), ..Report::new(&lab.name, machine, seed, vec![result]) }
}

/// Finds and builds the programs of a submission.
#[must_use]
pub(crate) fn prepare(delivery: &mut Submission, manifest: Option<&Manifest>, task: &CheckSpec<'_>) -> Prepared {
    let unused = UnusedFiles::of(delivery);
    let venv = python_env::prepare(delivery, task.session);
    let mut found = match manifest {
        Some(manifest) if declares_programs(manifest, task.lab) => {
            let mut found = detect::declared(delivery, manifest, task.session);
            // A client that fills a role is tested as a server is.
            let is_tested = |role: &Role| task.lab.is_client(role);
            let tested: Vec<Role> = found.clients.keys().filter(|role| is_tested(role)).cloned().collect();
            found.servers.extend(tested.into_iter().filter_map(|role| found.clients.remove_entry(&role)));
            found
        }
        _ => {
            notebook::extract(delivery);
            detect::detect(delivery, task.lab, task.session)
        }
    };
    found.notes.extend(venv);
    found.notes.extend(unused.notes(found.extent(task.lab), &found.commands()));
    let mut programs = BTreeMap::new();
    let mut absent = BTreeMap::new();
    for (role, entry) in &task.lab.roles {
        match found.servers.get(role) {
            Some(Assignment { trouble: Some(trouble), file, .. }) => {
                drop(absent.insert(role.clone(), trouble.absence(file)))
            }
            Some(chosen) => {
                let mut program = sandbox_config::entry(entry, ProgramSource::Command(chosen.run.clone()));
                program.port = chosen.port.or(program.port);
                program.stdin.clone_from(&chosen.stdin);
                programs.insert(role.clone(), program);
            }
            None => {}
        }
    }
    let given: BTreeSet<Role> = programs.keys().cloned().collect();
    if manifest.is_some() {
        find_addresses(delivery, task, &programs, &mut found);
    }
    // Other machines cannot reach a program that is bound to loopback.
    let rank = |role: &Role| match found.servers.get(role).and_then(|one| one.address) {
        Some(address) if !address.ip().is_loopback() => 2,
        Some(_) => 1,
        None => 0,
    };
    sandbox_config::fall_back(&mut programs, task.lab, &given, &BTreeSet::new(), &rank);
    for (role, entry) in task.lab.roles.iter().filter(|(role, _)| !programs.contains_key(*role)) {
        let fallen = entry.falls_back_to.iter().find_map(|other| Some((other, absent.get(other)?)));
        let fallen = fallen.map(|(other, missing)| once(task.lab, other, missing));
        let verdict = if task.lab.missing == MissingPolicy::Fail { Verdict::Fail } else { Verdict::NotVerified };
        let nothing = || MissingProgram::new(verdict, Cause::NotDelivered {});
        absent.entry(role.clone()).or_insert_with(|| fallen.unwrap_or_else(nothing));
    }
    Prepared { found, report: manifest.and_then(|manifest| manifest.report.clone()), programs, absent }
}

/// Returns true if a manifest names a program for a role of the lab.
fn declares_programs(manifest: &Manifest, lab: &Lab) -> bool {
    !manifest.servers.is_empty() || manifest.clients.keys().any(|role| lab.is_client(role))
}

/// Returns the reason of a role that falls back to one whose program cannot be run. A fault counts
/// once, at its own role.
fn once(lab: &Lab, role: &Role, missing: &MissingProgram) -> MissingProgram {
    let own = lab.scenarios.iter().find(|scenario| scenario.roles().next() == Some(role));
    match own.and_then(|scenario| scenario.items.first()) {
        Some(item) if missing.verdict == Verdict::Fail => {
            MissingProgram::new(Verdict::NotVerified, NotVerified::DependsOn { item: item.id.to_string() })
        }
        _ => missing.clone(),
    }
}

/// Finds the addresses of declared programs if one of several can run for a role that is missing.
fn find_addresses(
    delivery: &Submission,
    task: &CheckSpec<'_>,
    programs: &BTreeMap<Role, ProgramSpec>,
    found: &mut Detection,
) {
    let missing = task.lab.roles.iter().filter(|(role, _)| !programs.contains_key(*role));
    let others = |entry: &RoleEntry| {
        let given = entry.falls_back_to.iter().filter(|other| programs.contains_key(*other));
        Some(given.cloned().collect::<Vec<Role>>()).filter(|others| others.len() > 1)
    };
    let Some(roles) = missing.filter_map(|(_, entry)| others(entry)).next() else { return };
    let start = |role: &Role| {
        let program = programs.get(role)?;
        let ProgramSource::Command(words) = &program.runs else { return None };
        Some(ProbeProgram { words: words.clone(), stdin: program.stdin.clone(), port: program.port })
    };
    let starts: Vec<ProbeProgram> = roles.iter().filter_map(start).collect();
    let seen = probe::probe(&delivery.root, &starts, ProbeScript::NoClients, task.session);
    for (role, seen) in roles.iter().zip(seen) {
        if let (ProbeOutcome::Ready(row, _), Some(one)) = (seen, found.servers.get_mut(role)) {
            one.address = Some(row.local);
        }
    }
}

impl Prepared {
    /// Returns the plan for running the lab on the submission.
    #[must_use]
    pub(crate) fn plan<'a>(&self, delivery: &Submission, task: &CheckSpec<'a>) -> RunPlan<'a> {
        RunPlan {
            lab: task.lab,
            items: task.items.cloned(),
            programs: self.programs.clone(),
            absent: self.absent.clone(),
            submission: task.submission.clone(),
            folder: ProgramFolder::Copy { root: delivery.root.clone(), keeps_writes: false },
            session: task.session,
            repeat: task.repeat.to_owned(),
            capture: task.capture,
            stacks: false,
            results: false,
            mutation: None,
            // For a class, the whole submission is graded again instead.
            retry_harness_errors: task.thorough,
            may_begin: task.may_begin,
        }
    }
}

/// Adds annotations to a report: causes found by further runs, the clients, the written report.
pub(crate) fn annotate(
    report: &mut Report,
    delivery: &Submission,
    prepared: &Prepared,
    plan: &RunPlan<'_>,
    task: &CheckSpec<'_>,
) {
    let Some(result) = report.submissions.first_mut() else { return };
    result.hash.clone_from(&delivery.hash);
    result.notes.clone_from(&delivery.notes);
    result.notes.extend(prepared.found.notes.iter().cloned());
    result.programs = programs(&prepared.found, task.lab);
    result.notes.extend(stdin_notes(prepared));
    result.notes.extend(requirements_note(result, delivery));
    program_file::add(&mut result.items, delivery, &prepared.found, task.lab);
    program_file::name_built_programs(&mut result.items, delivery, &prepared.found, task.lab);
    if !task.session.cancel.is_cancelled() {
        failed_call::annotate(&mut result.items, delivery, &prepared.programs, task.session);
        mixed_connections::annotate(&mut result.items, delivery, plan);
        unflushed::annotate(&mut result.items, delivery);
        caught_error::annotate(&mut result.items, delivery, plan);
        source_clues::annotate(&mut result.items, delivery);
        listener_close::annotate(&mut result.items, delivery);
        never_awaited::annotate(&mut result.items, delivery);
        own_module::annotate(&mut result.items, delivery);
        rerun::annotate(&mut result.items, delivery, &prepared.programs, task.session);
        waiting_line::annotate(&mut result.items, delivery, plan);
        sending_line::annotate(&mut result.items, delivery);
        if task.thorough {
            smallest_exchange::annotate(&mut result.items, plan);
            let known = (&prepared.programs, &prepared.found);
            abrupt_clients::annotate(&mut result.items, delivery, task.lab, known, task.session);
        }
        client_checks::annotate(&mut result.items, delivery, &prepared.found, plan, task.session);
    }
    result.add_excerpts(&|file| delivery.text(Path::new(file), MAX_SOURCE_BYTES));
    written_report::annotate(result, delivery, prepared.report.as_deref(), task.lab, task.session);
    for item in &mut result.items {
        written_report::add_points(item, task.lab.documented);
    }
    result.points = result.items.iter().map(|item| item.earned).sum();
    result.of = result.items.iter().map(|item| item.of).sum();
    result.notes.extend(time_notes(task.session.budgets));
}

/// Returns notes about work that was skipped because its time was used up.
fn time_notes(budgets: &Budgets) -> impl Iterator<Item = Message> {
    let all = [("note-builds-time", &budgets.builds), ("note-looks-time", &budgets.probes)];
    let refused = all.into_iter().filter(|(_, budget)| budget.was_refused());
    refused.map(|(id, budget)| Message::new(id).with("limit", budget.limit().as_secs()))
}

/// Returns a note about the list of modules if one of them is missing here.
fn requirements_note(result: &SubmissionResult, delivery: &Submission) -> Option<Message> {
    const LISTS: [&str; 4] = ["requirements.txt", "pyproject.toml", "Pipfile", "package.json"];
    let is_missing = |id: &str| id == "exited-wants-module";
    let wants = result.items.iter().any(|item| {
        item.reason.as_ref().is_some_and(|reason| is_missing(&reason.message().id))
            || item.judged.findings.iter().any(|finding| is_missing(&finding.because.message().id))
    });
    let is_list = |file: &&&PathBuf| LISTS.iter().any(|list| file.file_name().is_some_and(|name| name == *list));
    let own = delivery.own_files();
    let list = own.iter().filter(|_| wants).find(is_list)?;
    let kind = if list.ends_with("package.json") { "node" } else { "python" };
    Some(Message::new("requirements-not-installed").with("file", safe_path(list)).with("kind", kind))
}

/// Returns notes about servers that ask for input before they serve, with the input that they got.
fn stdin_notes(prepared: &Prepared) -> impl Iterator<Item = Message> {
    let detected = prepared.found.servers.iter().filter(|(_, one)| one.because != Choice::Declared);
    detected.filter_map(|(role, one)| {
        let port = prepared.programs.get(role)?.port?.to_string();
        let typed = one.stdin.as_deref()?.trim_end().replace("{port}", &port);
        Some(Message::new("note-typed").with("file", one.file.as_str()).with("typed", typed))
    })
}

fn programs(found: &Detection, lab: &Lab) -> Vec<DetectedProgram> {
    let of = |kind, role: Option<&Role>, program: &str, because: Message| DetectedProgram {
        kind,
        role: role.cloned(),
        program: program.to_owned(),
        because,
    };
    let kind = |role: &Role| if lab.is_client(role) { ProgramKind::Client } else { ProgramKind::Server };
    let servers = found.servers.iter().map(|(role, one)| of(kind(role), Some(role), &one.file, one.because.message()));
    let clients =
        found.clients.iter().map(|(role, one)| of(ProgramKind::Client, Some(role), &one.file, one.because.message()));
    let others = found.others.iter().map(|(file, because)| of(ProgramKind::Other, None, file, because.clone()));
    servers.chain(clients).chain(others).collect()
}
