//! The options of every command: language, colours, and how much is reported.

use clap::{Args, ColorChoice};

use crate::report::Detail;

/// Options that every command has.
#[derive(Debug, Args)]
pub(super) struct OutputOptions {
    /// Output language: en or pt-BR [default: from LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, global = true, value_name = "TAG")]
    pub(super) lang: Option<String>,
    /// When to use colours: auto, always or never
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(super) color: ColorChoice,
    /// Report every item by itself, all hints, and the line of the scenario
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Report only where to start, and the points
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
}

impl OutputOptions {
    /// Returns true if colours are used, given whether the terminal has them.
    pub(super) const fn colour(&self, is_usual: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_usual,
        }
    }

    /// Returns how much is reported.
    pub(super) const fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Normal,
        }
    }
}
