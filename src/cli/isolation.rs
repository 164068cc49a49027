//! Whether programs can be isolated on this machine: asked once, before the first of them is started, so that none runs without
//! isolation before anybody was told.

use std::cell::OnceCell;
use std::io::Write;

use super::Reader;
use super::arguments::StageName;
use super::doctor::{because, remedy};
use super::exit::Trouble;
use crate::model::{Message, StageKind};
use crate::sys::capability::{Denied, probe_namespaces};
use crate::sys::namespace::root_stays;

/// How programs are to be run, as the command line says, and what came of asking the machine.
pub(super) struct Isolation {
    asked: StageName,
    /// What is said where the machine denies it and somebody chose to run the programs here.
    warning: &'static str,
    /// Why the machine denies it; nothing where it does not.
    denied: OnceCell<Option<Denied>>,
}

impl Isolation {
    pub(super) const fn new(asked: StageName) -> Self {
        Self { asked, warning: "cli-plain-warning", denied: OnceCell::new() }
    }

    /// For a command that has no option for it.
    pub(super) const fn without_option() -> Self {
        Self { asked: StageName::Auto, warning: "cli-plain-note", denied: OnceCell::new() }
    }

    /// The stage that the command line names, if it does.
    pub(super) const fn asked(&self) -> Option<StageKind> {
        match self.asked {
            StageName::Auto => None,
            StageName::Isolated => Some(StageKind::Isolated),
            StageName::Plain => Some(StageKind::Plain),
        }
    }

    /// The stage for other people's programs: without isolation only where that was asked for by name.
    ///
    /// # Errors
    /// The machine does not allow isolation, and nobody asked to do without.
    pub(super) fn demanded(&self) -> Result<StageKind, Trouble> {
        if let Some(stage) = self.asked() {
            return Ok(stage);
        }
        match self.denied() {
            None => Ok(StageKind::Isolated),
            Some(denied) => Err(Trouble::usage(told("cli-plain-refused", denied))),
        }
    }

    /// The stage for programs that somebody chose to run here: where the machine does not allow isolation that is said before the
    /// first one is started, once. Nothing where each run is to find out by itself, and tell why in its report.
    pub(super) fn preferred(&self, reader: &Reader) -> Option<StageKind> {
        if let Some(stage) = self.asked() {
            return Some(stage);
        }
        let known = self.denied.get().is_some();
        let Some(denied) = self.denied() else { return Some(StageKind::Isolated) };
        if !known {
            let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(&told(self.warning, denied)));
        }
        None
    }

    fn denied(&self) -> Option<&Denied> {
        self.denied.get_or_init(denied).as_ref()
    }
}

/// Makes a sandbox once. One without a `/proc` of its own is none: no socket could be traced to its owner.
fn denied() -> Option<Denied> {
    match probe_namespaces() {
        Err(denied) => Some(denied),
        Ok(inside) => inside.into_iter().find(|probe| probe.name == "own-proc")?.works.err(),
    }
}

fn told(id: &'static str, denied: &Denied) -> Message {
    let is_nobody = rustix::process::geteuid().is_root() && !root_stays();
    let user = if is_nobody { "root" } else { "other" };
    let means = Message::new("cli-plain-means").with("problem", because(denied)).with("user", user);
    Message::new(id).with("means", means).with("remedy", Message::new(remedy("namespaces", denied)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;
    use crate::words::Words;

    #[test]
    fn what_it_means_and_what_would_allow_isolation_are_said_in_every_language() {
        let denied = Denied { errno: Some(libc::ENOSPC), text: "creating namespaces on this process: full".to_owned() };
        for language in Language::ALL {
            let words = Words::of(language);
            for id in ["cli-plain-refused", "cli-plain-warning"] {
                let said = words.say(&told(id, &denied));
                for part in ["--stage plain", "user.max_user_namespaces=15000", "ENOSPC"] {
                    assert!(said.contains(part), "{id} in {language:?}: {said}");
                }
            }
        }
    }

    #[test]
    fn what_was_asked_for_by_name_is_not_asked_of_the_machine() {
        let plain = Isolation::new(StageName::Plain);
        assert!(matches!(plain.demanded(), Ok(StageKind::Plain)) && plain.denied.get().is_none());
        let isolated = Isolation::new(StageName::Isolated);
        assert!(matches!(isolated.demanded(), Ok(StageKind::Isolated)) && isolated.denied.get().is_none());
    }

    #[test]
    fn where_it_is_denied_others_programs_are_refused() {
        let auto = Isolation::new(StageName::Auto);
        let _ = auto.denied.set(Some(Denied { errno: Some(libc::EPERM), text: String::new() }));
        assert!(matches!(auto.demanded(), Err(Trouble::Usage(message)) if message.id == "cli-plain-refused"));
        let auto = Isolation::new(StageName::Auto);
        let _ = auto.denied.set(None);
        assert!(matches!(auto.demanded(), Ok(StageKind::Isolated)));
    }
}
