//! Makes the specification of one run from the plan: what a scenario's programs see, and what they
//! may use.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;

use super::plan::{RunPlan, has_target, needed};
use super::sandbox_config::{self, CommandLines};
use super::sandbox_denylist;
use crate::engine::ProgramSpec;
use crate::engine::isolated::{HOME, SUBMISSION};
use crate::engine::spec::{LimitSpec, RunSpec, SandboxSpec};
use crate::model::{Bytes, EvidenceKind, ItemId, Protocol, Role, SandboxMode};
use crate::scenario::Scenario;
use crate::scenario::expect::Expectation;
use crate::scenario::script::Script;
use crate::scenario::step::{ServerArg, Step};
use crate::sys::namespace::cannot_drop_root;

/// The folder in the private copy of a submission for tools that its programs find after all
/// others.
pub(crate) const TOOLS_FOLDER: &str = ".socklab/tools";
/// The folder in the copy for modules of Python, in the form of `PYTHONUSERBASE`.
pub(crate) const PYTHON_USER_FOLDER: &str = ".socklab/python";
/// The folder in the copy in which its top folder has the name of a package of Python.
pub(crate) const PACKAGES_FOLDER: &str = ".socklab/packages";

/// Returns a path in the copy without the name that its top folder has as a package.
pub(crate) fn without_package_name(path: &Path) -> &Path {
    let inner = path.strip_prefix(PACKAGES_FOLDER).ok().map(|inner| {
        let mut parts = inner.components();
        parts.next();
        parts.as_path()
    });
    inner.unwrap_or(path)
}

/// Adds the tools and modules that were prepared in the private copy of a submission. `seen` is its
/// path as its programs see it.
fn add_prepared(environment: &mut Vec<(OsString, OsString)>, copy: &Path, seen: &Path) {
    if copy.join(TOOLS_FOLDER).is_dir()
        && let Some((_, path)) = environment.iter_mut().find(|(name, _)| name == "PATH")
    {
        path.push(":");
        path.push(seen.join(TOOLS_FOLDER));
    }
    if copy.join(PYTHON_USER_FOLDER).is_dir() {
        environment.push(("PYTHONUSERBASE".into(), seen.join(PYTHON_USER_FOLDER).into()));
    }
}

/// Returns the specification of one scenario of a plan.
pub(super) fn run_spec(plan: &RunPlan<'_>, scenario: &Scenario, mode: SandboxMode) -> RunSpec {
    let mut commands = own_commands(scenario);
    // Command lines of the lab or the caller make the files that they name visible; a
    // submission's do not.
    let mut trusted = commands.clone();
    let used: BTreeMap<Role, ProgramSpec> =
        scenario.roles().filter_map(|role| Some((role.clone(), plan.programs.get(role)?.clone()))).collect();
    commands.extend(sandbox_config::commands(&used));
    let copy = plan.folder.copy();
    if copy.is_none() {
        trusted.clone_from(&commands);
    }
    let uses_files = scenario.uses_files();
    let runs_nowhere = commands.is_empty() || plan.folder.root() == Path::new("/");
    let folder = match (copy, mode) {
        (Some(_), SandboxMode::Isolated) => Path::new(SUBMISSION),
        // An empty folder, into which files can be written.
        (None, SandboxMode::Isolated) if uses_files && runs_nowhere => Path::new(HOME),
        (None, _) if commands.is_empty() => Path::new("/"),
        _ => plan.folder.root(),
    };
    let (variables, hide) = (plan.session.environment, plan.session.hide);
    let lines = CommandLines { all: &commands, trusted: &trusted };
    let mut view = sandbox_config::sandbox(&plan.programs, lines, folder, variables, hide);
    view.submission = copy.map(Into::into);
    if uses_files && copy.is_none() && mode == SandboxMode::Isolated {
        // The files of the scenario and of the programs must not end up in the caller's folder.
        view.layered = view.keep.iter().position(|kept| kept == folder).map(|at| view.keep.remove(at));
    }
    if !commands.is_empty() && cannot_drop_root() {
        view.hide.extend(sandbox_denylist::settings().closed.iter().map(OsString::from));
    }
    let mut environment = sandbox_config::environment(variables, mode);
    if let (Some(copy), SandboxMode::Plain) = (copy, mode) {
        // The user's home is not passed on: files that programs leave behind are removed with
        // the copy.
        environment.retain(|(name, _)| name != "HOME");
        environment.extend(["HOME", "TMPDIR"].map(|name| (name.into(), copy.into())));
    }
    if let Some(copy) = copy {
        add_prepared(&mut environment, copy, folder);
    }
    let needed = needed(plan);
    let is_needed = |item: &ItemId| needed.as_ref().is_none_or(|needed| needed.contains(item));
    let keep_writes = plan.folder.keeps_writes();
    let memory = if keep_writes {
        sandbox_config::MAX_MEMORY_BYTES
    } else {
        sandbox_config::memory_limit(plan.session.permits.all())
    };
    let mut script = scenario.script();
    let mut locked_ports = if has_target(plan, scenario) { Vec::new() } else { ports(scenario, &used) };
    if mode == SandboxMode::Plain {
        locked_ports.extend(choose_listener_ports(&mut script));
    }
    RunSpec {
        script,
        payload_files: scenario.files.iter().map(|(name, bytes)| (name.clone(), Bytes(bytes.clone()))).collect(),
        programs: used,
        sandbox: SandboxSpec { mode, folder: folder.into(), environment, locked_ports, view },
        limits: LimitSpec { enforced: !commands.is_empty(), memory, cgroup: None },
        seed: plan.session.seed,
        capture: plan.capture || scenario.needs_evidence(EvidenceKind::Packets, is_needed),
        keep_writes,
        stacks: plan.stacks,
        results: plan.results,
        mutation: plan.mutation.clone().filter(|one| one.scenario.as_ref().is_none_or(|name| *name == scenario.name)),
        needs_all_answers: scenario.items.iter().all(|item| item.expect.iter().any(Expectation::needs_all_answers)),
    }
}

/// Returns the ports that the servers of a scenario, and socklab itself, are expected to serve.
fn ports(scenario: &Scenario, programs: &BTreeMap<Role, ProgramSpec>) -> Vec<u16> {
    let asked = scenario.steps.iter().filter_map(|step| match step {
        Step::Start(start) => start.port,
        Step::Listen(listen) => listen.port,
        _ => None,
    });
    // A command line without a port may serve one of the lab's ports.
    let usual = if own_commands(scenario).is_empty() { Vec::new() } else { vec![65431, 65432] };
    asked.chain(programs.values().filter_map(|entry| entry.port)).chain(usual).collect()
}

/// Gives each listening socket without a port one that is free now, and returns these ports. In
/// plain mode, the programs may only connect to ports that are known before they start.
fn choose_listener_ports(script: &mut Script) -> Vec<u16> {
    let mut chosen = Vec::new();
    for step in &mut script.steps {
        if let Step::Listen(listen) = step
            && listen.port.is_none()
        {
            let address = (Ipv4Addr::LOCALHOST, 0);
            let free = match listen.protocol {
                Protocol::Tcp => TcpListener::bind(address).and_then(|socket| socket.local_addr()),
                Protocol::Udp => UdpSocket::bind(address).and_then(|socket| socket.local_addr()),
            };
            // Without a free port, the step fails with the kernel's reason.
            listen.port = free.ok().map(|at| at.port());
            chosen.extend(listen.port);
        }
    }
    chosen
}

/// Returns the command lines that the scenario itself contains.
pub(super) fn own_commands(scenario: &Scenario) -> Vec<Vec<String>> {
    let words = |program: &ServerArg| match program {
        ServerArg::Command(words) => {
            Some(words.iter().map(|word| crate::scenario::template::fill(word, &scenario.variables)).collect())
        }
        ServerArg::Role(_) => None,
    };
    scenario.steps.iter().filter_map(Step::program).filter_map(words).collect()
}
