//! Cancels a run on signals.

use anyhow::Context;

use crate::run::Cancel;

/// Cancels the run on Ctrl-C, and on the signals with which a service ends a program.
pub(super) fn cancel_on_signals(cancel: &Cancel) -> anyhow::Result<()> {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        let trigger = cancel.trigger().context("duplicating a pipe")?;
        signal_hook::low_level::pipe::register(signal, trigger).context("installing signal handlers")?;
    }
    Ok(())
}
