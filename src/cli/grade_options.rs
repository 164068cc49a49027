//! The options of `socklab grade` and `socklab merge`.

use std::path::PathBuf;

use clap::Args;

use super::run_limits::TimeLimits;
use super::sandbox_arg::SandboxArg;
use super::store_access::DEFAULT_STORE;

#[derive(Debug, Args)]
pub(super) struct GradeOptions {
    /// Directories of submissions, archives of one submission each, or Moodle or Canvas assignment
    /// downloads
    #[arg(required = true)]
    pub(super) submissions: Vec<PathBuf>,
    /// A bundled lab's name, or a directory with a lab.yaml
    #[arg(long, default_value = crate::scenario::lab::DEFAULT_LAB)]
    pub(super) lab: String,
    /// Results file
    #[arg(long, value_name = "FILE", default_value = DEFAULT_STORE)]
    pub(super) store: PathBuf,
    /// Class roster: CSV, with or without a heading, one submission per row, named in the first
    /// column, in one called submission, folder or id, or in the one that matches; reports show the
    /// names in another column
    #[arg(long, value_name = "CSV")]
    pub(super) roster: Option<PathBuf>,
    /// Number of submissions to grade in parallel, each with up to four scenarios; more start while
    /// those wait [default: number of CPUs]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Seed for all random choices [default: the one in the results file, otherwise random; of a
    /// shard: derived from the class]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) bounds: TimeLimits,
    /// Write a report of the class as FORMAT=FILE; `-` is standard output (repeatable) [default: a
    /// table on a terminal, else csv=-]
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub(super) reports: Vec<String>,
    /// Re-run all submissions, even unchanged ones
    #[arg(long)]
    pub(super) force: bool,
    /// Only this submission (repeatable; `*` is a wildcard)
    #[arg(long, value_name = "NAME")]
    pub(super) only: Vec<String>,
    /// Re-run submissions that did not fully pass
    #[arg(long)]
    pub(super) failed: bool,
    /// Sandbox mode
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) stage: SandboxArg,
    /// Grade one of N parts of the class, as in `3/64`; `auto` reads it from the variables of the
    /// cluster or CI service. `socklab merge` joins the results files
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<String>,
    /// Begin with those that took longest in this earlier results file [default: --store]
    #[arg(long, value_name = "FILE")]
    pub(super) earlier: Option<PathBuf>,
    /// Write the progress to this file as JSON, for other programs
    #[arg(long, value_name = "FILE")]
    pub(super) progress: Option<PathBuf>,
    #[command(flatten)]
    pub(super) slurm: SlurmOptions,
}

/// The options of `socklab grade --slurm`.
#[derive(Debug, Args)]
pub(super) struct SlurmOptions {
    /// Grade the class as an array job of the Slurm cluster, merge its results into --store, and
    /// show the progress. Ctrl-C ends only the display; the same command shows it again, or submits
    /// what is missing
    #[arg(long, requires = "shards", conflicts_with_all = ["shard", "progress", "only", "force", "failed"])]
    pub(super) slurm: bool,
    /// Slurm: number of shards, each a task of the array
    #[arg(long, value_name = "N", requires = "slurm", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) shards: Option<u32>,
    /// Slurm: maximum number of tasks that run at a time [default: as the cluster allows]
    #[arg(long, value_name = "N", requires = "slurm", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) at_once: Option<u32>,
    /// Slurm: argument for sbatch, such as `--sbatch-arg=--partition=long` (repeatable)
    #[arg(long = "sbatch-arg", value_name = "ARG", requires = "slurm", allow_hyphen_values = true)]
    pub(super) sbatch_args: Vec<String>,
    /// Slurm: print the scripts and commands; submit nothing
    #[arg(long, requires = "slurm")]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct MergeOptions {
    /// Results files of all shards of the class, in any order
    #[arg(required = true)]
    pub(super) parts: Vec<PathBuf>,
    /// Results file of the class; its marks are kept
    #[arg(long, value_name = "FILE", default_value = DEFAULT_STORE)]
    pub(super) store: PathBuf,
}
