//! The command line, read by clap. `--help` is in English only.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::bounds::Bounds;
use super::examples;
use super::exit::{Exit, Trouble};

const EXIT_CODES: &str = "Exit codes: 0 every item passed; 1 an item failed; 2 the command line, a scenario or a \
manifest is wrong (nothing was run); 3 nothing failed, but something could not be verified; 4 the harness itself failed; \
130 broken off.";

/// Verifies socket-programming labs with proof from the kernel.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Arguments {
    /// The language of what is printed: en or pt-BR [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_name = "TAG")]
    pub(super) lang: Option<String>,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Run the bundled lab, or scenario files, and say what each item shows
    #[command(after_help = examples::RUN)]
    Run(RunOptions),
    /// Check a submission: find its programs, run the lab on them, say what is wrong
    #[command(after_help = examples::CHECK)]
    Check(CheckOptions),
    /// Grade a class: every submission of a folder or download, with a store that survives being killed
    #[command(after_help = examples::GRADE)]
    Grade(GradeOptions),
    /// Judge the stored evidence again with the lab as it is now, without running anything
    #[command(after_help = examples::REGRADE)]
    Regrade {
        /// The store
        #[arg(default_value = STORE)]
        store: PathBuf,
        /// The lab
        #[arg(long, default_value = crate::scenario::lab::DEFAULT)]
        lab: String,
    },
    /// Draw a report from a store, in any format, or fill in a gradebook
    #[command(after_help = examples::REPORT)]
    Report(ReportOptions),
    /// Find the programs of a submission and write them down as socklab.yaml
    #[command(after_help = examples::INIT)]
    Init {
        /// The submission's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Replace a file that is there
        #[arg(long)]
        force: bool,
        /// Write instead the file that has this service check every push
        #[arg(long, value_enum, value_name = "SERVICE")]
        ci: Option<CiName>,
    },
    /// Write a small lab of one's own that runs at once: scenario, right and wrong server, README
    #[command(after_help = examples::NEW_LAB)]
    NewLab {
        /// A folder that is not there yet, or is empty
        folder: PathBuf,
    },
    /// Check scenario and lab files without running anything
    #[command(after_help = examples::LINT)]
    Lint {
        /// Scenario files, lab.yaml files, or folders with a lab.yaml; the bundled labs where none is given
        files: Vec<PathBuf>,
    },
    /// Print the JSON Schema of what authors write, or of reports
    #[command(after_help = examples::SCHEMA)]
    Schema {
        /// Which one
        #[arg(value_enum, default_value = "scenario")]
        name: SchemaName,
        /// Write it to this file instead
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// List the items of a lab
    #[command(after_help = examples::LIST)]
    List {
        /// A bundled lab's name, or a folder with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT)]
        lab: String,
    },
    /// Explain an item, a step, an expectation, the cause of a failure, an exit code or the sandbox
    #[command(after_help = examples::EXPLAIN)]
    Explain {
        /// As `tcp-multi.5`, `connect`, `uppercase`, `no-answer`, `3`, `sandbox`; or a cause, copied from a report, in quotes
        words: Vec<String>,
        /// Everything
        #[arg(long)]
        all: bool,
        /// The items of this lab: a bundled lab's name, or a folder with a lab.yaml
        #[arg(long, default_value = crate::scenario::lab::DEFAULT)]
        lab: String,
    },
    /// Print the conversations of a capture file (pcapng or pcap, also Wireshark's): handshake, data, end, every packet
    #[command(after_help = examples::ANALYZE)]
    Analyze {
        /// The capture
        file: PathBuf,
        /// Only conversations with this port at either end
        #[arg(long)]
        port: Option<u16>,
        /// One line a conversation, without packets
        #[arg(long, conflicts_with = "expect")]
        summary: bool,
        /// Judge the capture against this item of the lab: only what packets prove
        #[arg(long, value_name = "ITEM")]
        expect: Option<String>,
    },
    /// Try what this machine allows, and say what it does not, why, and what would change it
    #[command(after_help = examples::DOCTOR)]
    Doctor,
    /// Run one of the lab's own servers (also as programs of their own: socklab-tcp-simple and so on)
    #[command(disable_help_flag = true, after_help = examples::SERVE)]
    Serve {
        /// tcp-simple, udp-simple, tcp-multi or line-chat, then its options: --host, --port
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run the lab's own client
    #[command(disable_help_flag = true, after_help = examples::CLIENT)]
    Client {
        /// Its options: --protocol, --host, --port, --message
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages: of socklab, and of each verb
    #[command(after_help = examples::MAN)]
    Man {
        /// The folder that they are written into; it is made where it is not there
        #[arg(long, short, value_name = "DIR")]
        output: PathBuf,
    },
}

/// Default file name of the store.
const STORE: &str = "socklab.db";
/// Default folder in which `check` keeps the evidence of failed items.
pub(super) const EVIDENCE: &str = "socklab-evidence";

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// The submission: a folder or an archive (zip, tar, tar.gz) [default: this folder; Gradescope's where that is there]
    pub(super) delivery: Option<PathBuf>,
    /// A bundled lab's name, or a folder with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT)]
    pub(super) lab: String,
    /// Only this item (several times for several; `*` matches any text)
    #[arg(long = "item", value_name = "ID")]
    pub(super) items: Vec<String>,
    /// How many scenarios at a time [default: the processors and one more]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// The seed of every random choice [default: drawn anew, and told]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) bounds: Bounds,
    /// Write a report: FORMAT=FILE, `-` is standard output (several times for several)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Keep the evidence of what failed in this folder
    #[arg(long, value_name = "DIR", default_value = EVIDENCE)]
    pub(super) evidence: PathBuf,
    /// Show this of each scenario, below the report
    #[arg(long = "show", value_enum, value_name = "WHAT")]
    pub(super) shows: Vec<ShowName>,
    /// How programs are run
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: StageName,
    /// Exit with 0 also where something could not be verified
    #[arg(long)]
    pub(super) allow_unverified: bool,
    /// Write nothing by itself for the CI service or grading platform that it runs on
    #[arg(long)]
    pub(super) no_ci: bool,
    /// Check again whenever a file is saved, until Ctrl-C
    #[arg(long)]
    pub(super) watch: bool,
}

#[derive(Debug, Args)]
pub(super) struct GradeOptions {
    /// Folders of submissions, archives of one submission each, or the download of a Moodle or Canvas assignment
    #[arg(required = true)]
    pub(super) submissions: Vec<PathBuf>,
    /// A bundled lab's name, or a folder with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT)]
    pub(super) lab: String,
    /// Where results are kept
    #[arg(long, value_name = "FILE", default_value = STORE)]
    pub(super) store: PathBuf,
    /// The class: a CSV file, with or without a heading, whose first column (or one called submission, folder or id, or the
    /// one that fits) names each submission; reports show the names that another column has
    #[arg(long, value_name = "CSV")]
    pub(super) roster: Option<PathBuf>,
    /// How many submissions at a time, each with up to four scenarios; as many more begin while those only wait
    /// [default: the processors]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// The seed of every random choice [default: the store's; drawn where it has none]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) bounds: Bounds,
    /// Write a report of the class: FORMAT=FILE, `-` is standard output [default: csv=- and a table]
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Run all of them again, also those that have not changed
    #[arg(long)]
    pub(super) force: bool,
    /// Only submissions with this name (several times for several; `*` matches any text)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Run again what was not all right the last time
    #[arg(long)]
    pub(super) failed: bool,
    /// How programs are run
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: StageName,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// The store
    #[arg(default_value = STORE)]
    pub(super) store: PathBuf,
    /// The format
    #[arg(long, default_value = "terminal")]
    pub(super) format: String,
    /// Only this submission (`*` matches any text)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Option<String>,
    /// As students may see it: without hidden items
    #[arg(long)]
    pub(super) for_students: bool,
    /// html: with numbers instead of names, and without what students wrote
    #[arg(long)]
    pub(super) anonymous: bool,
    /// Fill in this Moodle worksheet: points are scaled to its maximum grade
    #[arg(long, value_name = "CSV", group = "gradebook")]
    pub(super) moodle: Option<PathBuf>,
    /// Fill in this Canvas export: points are scaled to the assignment's "Points Possible"
    #[arg(long, value_name = "CSV", group = "gradebook", requires = "column")]
    pub(super) canvas: Option<PathBuf>,
    /// Canvas: the assignment's title, or the beginning of its heading
    #[arg(long)]
    pub(super) column: Option<String>,
    /// Leave out submissions that the gradebook has no row for, and say which
    #[arg(long, requires = "gradebook")]
    pub(super) skip_unknown: bool,
    /// Write it to this file instead; html: to this folder, the class in index.html and a page for each submission
    #[arg(long, short)]
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Scenario files, or one folder with a lab.yaml; the bundled lab where none is given. A file that a lab.yaml beside
    /// or above it lists is run as that lab's, with the items that its own need, which are not reported
    pub(super) files: Vec<PathBuf>,
    /// Where no files are given: a bundled lab's name, or a folder with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT, conflicts_with = "files")]
    pub(super) lab: String,
    /// Only this item (several times for several; `*` matches any text)
    #[arg(long = "item", value_name = "ID")]
    pub(super) items: Vec<String>,
    /// The command line of a role's program; {port} and {host} are replaced, no shell is started
    #[arg(long = "server", value_name = "ROLE=COMMAND")]
    pub(super) servers: Vec<String>,
    /// A role's program runs already, at this address: what cannot be seen from here is not verified
    #[arg(long = "target", value_name = "ROLE=HOST:PORT")]
    pub(super) targets: Vec<String>,
    /// A scenario variable's value
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) variables: Vec<String>,
    /// How many scenarios at a time [default: the processors and one more]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// The seed of every random choice [default: drawn anew, and told; 1 where only the lab's own programs run]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Write a report: FORMAT=FILE, `-` is standard output (several times for several)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Keep the evidence of each scenario in this folder: packets for Wireshark, a sequence diagram, the journal, the
    /// socket table, what the servers printed, and a manifest with the hash of everything
    #[arg(long, value_name = "DIR")]
    pub(super) evidence: Option<PathBuf>,
    /// Show this of each scenario, below the report
    #[arg(long = "show", value_enum, value_name = "WHAT")]
    pub(super) shows: Vec<ShowName>,
    /// How programs are run
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: StageName,
    /// Exit with 0 also where something could not be verified
    #[arg(long)]
    pub(super) allow_unverified: bool,
    /// Write nothing by itself for the CI service or grading platform that it runs on
    #[arg(long)]
    pub(super) no_ci: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StageName {
    /// Isolated; where this machine does not allow it, plain with a warning (`grade`: nothing is run)
    Auto,
    /// In fresh namespaces
    Isolated,
    /// Without isolation, on this machine's own network
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowName {
    /// The packets and system calls as a sequence diagram
    Timeline,
    /// Every packet in a line
    Packets,
    /// The socket table at each snapshot
    Sockets,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CiName {
    /// .github/workflows/socklab.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    Scenario,
    Lab,
    Submission,
    Report,
}

/// Prints the completion script of a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "socklab", &mut script);
    super::Reader::print(&String::from_utf8_lossy(&script));
    Ok(Exit::Passed)
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
