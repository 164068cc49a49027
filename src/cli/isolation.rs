//! Determines the sandbox mode of a run. The machine is probed once, before any program starts, so
//! that no program runs without isolation unannounced.

use std::cell::OnceCell;
use std::io::Write;

use super::Ui;
use super::doctor::{reason_message, remedy};
use super::exit::CliError;
use super::sandbox_arg::SandboxArg;
use crate::model::{HarnessError, Message, SandboxMode};
use crate::sys::capability::probe_namespaces;
use crate::sys::namespace::cannot_drop_root;

/// The sandbox mode of the command line, and the result of probing the machine.
pub(super) struct SandboxChoice {
    asked: SandboxArg,
    /// The warning printed if isolation is denied and the user runs programs of their own choice.
    warning: &'static str,
    /// The reason why the machine denies isolation; `None` inside if it allows it.
    denied: OnceCell<Option<HarnessError>>,
}

impl SandboxChoice {
    pub(super) const fn new(asked: SandboxArg) -> Self {
        Self { asked, warning: "cli-plain-warning", denied: OnceCell::new() }
    }

    /// Creates the value for a command without a `--stage` option.
    pub(super) const fn without_option() -> Self {
        Self { asked: SandboxArg::Auto, warning: "cli-plain-note", denied: OnceCell::new() }
    }

    /// Returns the sandbox mode of the command line, or `None` for `auto`.
    pub(super) const fn asked(&self) -> Option<SandboxMode> {
        match self.asked {
            SandboxArg::Auto => None,
            SandboxArg::Isolated => Some(SandboxMode::Isolated),
            SandboxArg::Plain => Some(SandboxMode::Plain),
        }
    }

    /// Returns the sandbox mode for other people's programs. Plain mode must be requested by name.
    ///
    /// # Errors
    /// Returns an error if the machine denies isolation and the command line does not request plain
    /// mode.
    pub(super) fn required_mode(&self) -> Result<SandboxMode, CliError> {
        if let Some(stage) = self.asked() {
            return Ok(stage);
        }
        match self.denied() {
            None => Ok(SandboxMode::Isolated),
            Some(denied) => Err(CliError::usage(isolation_message("cli-plain-refused", denied))),
        }
    }

    /// Returns the sandbox mode for programs that the user chose to run. If isolation is denied,
    /// prints a warning once, before the first program starts. Then it returns `None`: each run
    /// probes by itself and reports the reason.
    pub(super) fn preferred_mode(&self, reader: &Ui) -> Option<SandboxMode> {
        if let Some(stage) = self.asked() {
            return Some(stage);
        }
        let known = self.denied.get().is_some();
        let Some(denied) = self.denied() else { return Some(SandboxMode::Isolated) };
        if !known {
            let _ =
                writeln!(std::io::stderr().lock(), "{}", reader.words.format(&isolation_message(self.warning, denied)));
        }
        None
    }

    fn denied(&self) -> Option<&HarnessError> {
        self.denied.get_or_init(denied).as_ref()
    }
}

/// Tries to create a sandbox. A sandbox without its own `/proc` counts as denied, since sockets
/// could not be traced to their owners.
fn denied() -> Option<HarnessError> {
    match probe_namespaces() {
        Err(denied) => Some(denied),
        Ok(inside) => inside.into_iter().find(|probe| probe.name == "own-proc")?.outcome.err(),
    }
}

fn isolation_message(id: &'static str, denied: &HarnessError) -> Message {
    let is_nobody = rustix::process::geteuid().is_root() && !cannot_drop_root();
    let user = if is_nobody { "root" } else { "other" };
    let means = Message::new("cli-plain-means").with("problem", reason_message(denied)).with("user", user);
    Message::new(id).with("means", means).with("remedy", Message::new(remedy("namespaces", denied)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Catalog;
    use crate::model::{KernelError, Language, Operation};

    fn refused(errno: i32) -> HarnessError {
        HarnessError::System { operation: Operation::CreateNamespaces, error: KernelError::Errno(errno) }
    }

    #[test]
    fn refusal_and_warning_name_consequence_and_remedy() {
        let denied = refused(libc::ENOSPC);
        for language in Language::ALL {
            let words = Catalog::load(language);
            for id in ["cli-plain-refused", "cli-plain-warning"] {
                let sentence = words.format(&isolation_message(id, &denied));
                for part in ["--stage plain", "user.max_user_namespaces=15000", "ENOSPC"] {
                    assert!(sentence.contains(part), "{id} in {language:?}: {sentence}");
                }
            }
        }
    }

    #[test]
    fn explicit_mode_skips_the_probe() {
        let plain = SandboxChoice::new(SandboxArg::Plain);
        assert!(matches!(plain.required_mode(), Ok(SandboxMode::Plain)) && plain.denied.get().is_none());
        let isolated = SandboxChoice::new(SandboxArg::Isolated);
        assert!(matches!(isolated.required_mode(), Ok(SandboxMode::Isolated)) && isolated.denied.get().is_none());
    }

    #[test]
    fn denied_isolation_refuses_submissions() {
        let auto = SandboxChoice::new(SandboxArg::Auto);
        let _ = auto.denied.set(Some(refused(libc::EPERM)));
        assert!(matches!(auto.required_mode(), Err(CliError::Usage(message)) if message.id == "cli-plain-refused"));
        let auto = SandboxChoice::new(SandboxArg::Auto);
        let _ = auto.denied.set(None);
        assert!(matches!(auto.required_mode(), Ok(SandboxMode::Isolated)));
    }
}
