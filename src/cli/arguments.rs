//! The command line, read by clap. The doc comments are the English `--help`; [`super::help`] has
//! the Portuguese one.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::audit_options::AuditOptions;
use super::examples;
use super::exit::{CliError, ExitStatus};
use super::grade_options::{GradeOptions, MergeOptions};
use super::mark_options::MarkOptions;
use super::output_options::OutputOptions;
use super::run_limits::TimeLimits;
use super::sandbox_arg::SandboxArg;
use super::service_template::CiName;
use super::store_access::DEFAULT_STORE;

const EXIT_CODES: &str = "Exit codes: 0 every item passed; 1 an item failed; 2 invalid command line, scenario or \
manifest (nothing was run); 3 nothing failed, but some items could not be verified; 4 internal error; 130 interrupted.";

/// Grades socket programming labs with evidence from the kernel
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) output: OutputOptions,
    #[command(subcommand)]
    pub(super) verb: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the bundled lab, or scenario files, and report each item
    #[command(after_help = examples::RUN)]
    Run(RunOptions),
    /// Check a submission: find its programs, run the lab, explain failures
    #[command(after_help = examples::CHECK)]
    Check(CheckOptions),
    /// Grade all submissions in a folder or LMS download (resumable)
    #[command(after_help = examples::GRADE)]
    Grade(GradeOptions),
    /// Merge the shards of a class into one results file
    #[command(after_help = examples::MERGE)]
    Merge(MergeOptions),
    /// Re-judge stored evidence with the current lab, without running anything
    #[command(after_help = examples::REGRADE)]
    Regrade {
        /// Results file
        #[arg(default_value = DEFAULT_STORE)]
        store: PathBuf,
        /// A bundled lab's name, or a directory with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
        lab: String,
    },
    /// Add points by hand to those of an item, with a comment; without options, list them
    #[command(after_help = examples::MARK)]
    Mark(MarkOptions),
    /// Generate a report from stored results, or fill in a gradebook
    #[command(after_help = examples::REPORT)]
    Report(ReportOptions),
    /// Find the programs of a submission and write socklab.yaml
    #[command(after_help = examples::INIT)]
    Init {
        /// The submission's directory
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
        /// Write a workflow that checks every push on this CI service instead
        #[arg(long, value_enum, value_name = "SERVICE")]
        ci: Option<CiName>,
        /// Write a development container for Codespaces and VS Code instead
        #[arg(long, conflicts_with = "ci")]
        devcontainer: bool,
    },
    /// Create a small working lab: scenario, correct and broken server, README
    #[command(after_help = examples::NEW_LAB)]
    NewLab {
        /// A new or empty directory
        folder: PathBuf,
    },
    /// Test a lab: mutate its correct programs, and report which items notice
    #[command(after_help = examples::AUDIT)]
    Audit(AuditOptions),
    /// Check scenario and lab files without running anything
    #[command(after_help = examples::LINT)]
    Lint {
        /// Scenario files, lab.yaml files, or directories with a lab.yaml [default: the bundled
        /// labs]
        files: Vec<PathBuf>,
    },
    /// Print a JSON Schema (scenario, lab, submission or report)
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// The schema to print
        #[arg(value_enum, default_value = "scenario")]
        name: SchemaName,
        /// Write to this file instead of standard output
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// List the items of a lab
    #[command(after_help = examples::LIST)]
    List {
        /// A bundled lab's name, or a directory with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
        lab: String,
        /// List the bundled labs instead
        #[arg(long, conflicts_with = "lab")]
        labs: bool,
    },
    /// Show what the lab asks in an item, and the scenario that checks it
    #[command(after_help = examples::SHOW)]
    Show {
        /// The item
        item: String,
        /// A bundled lab's name, or a directory with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
        lab: String,
    },
    /// Explain an item, a step, an expectation, the cause of a failure, an exit code or the sandbox
    #[command(after_help = examples::EXPLAIN)]
    Explain {
        /// An item, keyword, cause or exit code, such as `tcp-multi.5`, `connect`, `no-answer`,
        /// `3`; `sandbox`; or a cause quoted from a report
        words: Vec<String>,
        /// Explain everything
        #[arg(long)]
        all: bool,
        /// The lab of the items: a bundled lab's name, or a directory with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
        lab: String,
    },
    /// Summarize the TCP and UDP conversations of a capture file (pcapng or pcap)
    #[command(after_help = examples::ANALYZE)]
    Analyze {
        /// The capture file, also compressed with gzip or zstd; "-" reads standard input
        file: PathBuf,
        /// Only conversations that use this port at either end
        #[arg(long)]
        port: Option<u16>,
        /// One line per conversation, without packets
        #[arg(long, conflicts_with = "expect")]
        summary: bool,
        /// Judge the capture against this lab item, using packets only
        #[arg(long, value_name = "ITEM")]
        expect: Option<String>,
    },
    /// Check what this machine supports, and how to fix what it does not
    #[command(after_help = examples::DOCTOR)]
    Doctor,
    /// Run one of the bundled servers (also installed as socklab-tcp-simple etc.)
    #[command(disable_help_flag = true, after_help = examples::SERVE)]
    Serve {
        /// tcp-simple, udp-simple, tcp-multi, line-chat, http-server or file-server, followed by its options: --host, --port
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the bundled client
    #[command(disable_help_flag = true, after_help = examples::CLIENT)]
    Client {
        /// The client's options: --protocol, --host, --port, --message
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages of socklab and its commands
    #[command(after_help = examples::MAN)]
    Man {
        /// Output directory, created if missing
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
    },
}

/// Default folder in which `check` keeps the evidence of failed items.
pub(super) const DEFAULT_EVIDENCE_DIR: &str = "socklab-evidence";

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// The submission: a directory or an archive (zip, tar, tar.gz) [default: current directory, or
    /// Gradescope's]
    pub(super) delivery: Option<PathBuf>,
    /// A bundled lab's name, or a directory with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
    pub(super) lab: String,
    /// Only this item, or the items of this part (repeatable; `*` is a wildcard)
    #[arg(long = "item", value_name = "ID")]
    pub(super) items: Vec<String>,
    /// Replace the steps of the item after `start`, and check only its answers, as in
    /// `connect, exchange: a, close`
    #[arg(long, value_name = "STEPS", requires = "items")]
    pub(super) steps: Option<String>,
    /// Number of scenarios to run in parallel [default: number of CPUs + 1]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Seed for all random choices [default: random, shown in the report]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) bounds: TimeLimits,
    /// Write a report as FORMAT=FILE; `-` is standard output (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Write the evidence of failed items to this directory
    #[arg(long, value_name = "DIR", default_value = DEFAULT_EVIDENCE_DIR)]
    pub(super) evidence: PathBuf,
    /// Also print this for each scenario
    #[arg(long = "show", value_enum, value_name = "WHAT")]
    pub(super) shows: Vec<ShowName>,
    /// Sandbox mode
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: SandboxArg,
    /// Exit with 0 even if some items could not be verified
    #[arg(long)]
    pub(super) allow_unverified: bool,
    /// Disable automatic CI and grading-platform output
    #[arg(long)]
    pub(super) no_ci: bool,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long)]
    pub(super) watch: bool,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// Results file
    #[arg(default_value = DEFAULT_STORE)]
    pub(super) store: PathBuf,
    /// Report format
    #[arg(long, default_value = "terminal")]
    pub(super) format: String,
    /// Only this submission (`*` is a wildcard)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Option<String>,
    /// Omit hidden items
    #[arg(long)]
    pub(super) for_students: bool,
    /// html: replace names by numbers and omit text written by students
    #[arg(long)]
    pub(super) anonymous: bool,
    /// Fill in this Moodle worksheet; points are scaled to its maximum grade
    #[arg(long, value_name = "CSV", group = "gradebook")]
    pub(super) moodle: Option<PathBuf>,
    /// Fill in this Canvas export; points are scaled to the assignment's "Points Possible"
    #[arg(long, value_name = "CSV", group = "gradebook", requires = "column")]
    pub(super) canvas: Option<PathBuf>,
    /// Canvas: the assignment's title, or the first characters of its column heading
    #[arg(long)]
    pub(super) column: Option<String>,
    /// Skip and list submissions that have no row in the gradebook
    #[arg(long, requires = "gradebook")]
    pub(super) skip_unknown: bool,
    /// Write to this file instead of standard output; html: to this directory, with the class in
    /// index.html and one page per submission
    #[arg(long, short)]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Scenario files, or one directory with a lab.yaml [default: the bundled lab]. A file listed
    /// by a lab.yaml in the same or a parent directory runs as part of that lab; items it depends
    /// on run too, unreported
    pub(super) files: Vec<PathBuf>,
    /// If no files are given: a bundled lab's name, or a directory with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB, conflicts_with = "files")]
    pub(super) lab: String,
    /// Only this item, or the items of this part (repeatable; `*` is a wildcard)
    #[arg(long = "item", value_name = "ID")]
    pub(super) items: Vec<String>,
    /// Command line for a role; {port} and {host} are substituted; not run in a shell
    #[arg(long = "server", value_name = "ROLE=COMMAND")]
    pub(super) servers: Vec<String>,
    /// Test a server already running at this address; what cannot be observed is not verified
    #[arg(long = "target", value_name = "ROLE=HOST:PORT")]
    pub(super) targets: Vec<String>,
    /// Set a scenario variable
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) variables: Vec<String>,
    /// Number of scenarios to run in parallel [default: number of CPUs + 1]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Seed for all random choices [default: random, shown in the report; 1 if only bundled
    /// programs run]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Write a report as FORMAT=FILE; `-` is standard output (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Write the evidence of each scenario to this directory: packets for Wireshark, a sequence
    /// diagram, the journal, the socket table, the servers' output, and a manifest with the hash of
    /// every file
    #[arg(long, value_name = "DIR")]
    pub(super) evidence: Option<PathBuf>,
    /// Also print this for each scenario
    #[arg(long = "show", value_enum, value_name = "WHAT")]
    pub(super) shows: Vec<ShowName>,
    /// Sandbox mode
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: SandboxArg,
    /// Exit with 0 even if some items could not be verified
    #[arg(long)]
    pub(super) allow_unverified: bool,
    /// Disable automatic CI and grading-platform output
    #[arg(long)]
    pub(super) no_ci: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowName {
    /// Sequence diagram of packets and system calls
    Timeline,
    /// One line per packet
    Packets,
    /// The socket table in each snapshot
    Sockets,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    Scenario,
    Lab,
    Submission,
    Report,
}

/// Prints the completion script of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<ExitStatus, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "socklab", &mut script);
    super::Ui::print(&String::from_utf8_lossy(&script));
    Ok(ExitStatus::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serve_help_names_every_server() {
        let mut command = Arguments::command();
        command.build();
        let help = command.find_subcommand_mut("serve").expect("a verb").render_help().to_string();
        for server in crate::bundled::SERVERS {
            assert!(help.contains(server), "{server}: {help}");
        }
    }

    #[test]
    fn command_line_passes_clap_assertions() {
        Arguments::command().debug_assert();
    }
}
