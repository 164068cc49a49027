//! The values of `--stage`.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SandboxArg {
    /// Isolated if available, otherwise plain with a warning (`grade`: nothing is run)
    Auto,
    /// In its own namespaces
    Isolated,
    /// Without a sandbox, on this machine's own network
    Plain,
}
