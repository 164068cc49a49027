//! `socklab doctor`: probes the features of this machine, and prints the missing ones with their
//! reason and remedy.

use super::Ui;
use super::exit::{CliError, ExitStatus};
use crate::i18n::Catalog;
use crate::model::{HarnessError, Message};
use crate::sys::capability::{
    self, INNER_PROBES, Probe, apparmor_restricts_userns, max_net_namespaces, max_user_namespaces, seccomp_filtered,
    userns_clone_forbidden,
};

/// Runs all probes and prints their results. Exits with [`ExitStatus::NotVerified`] only if plain
/// mode would not work either.
pub(super) fn doctor(reader: &Ui) -> Result<ExitStatus, CliError> {
    let words = &reader.words;
    let mut text = String::new();
    let namespaces = capability::probe_namespaces();
    let own_proc = |probes: &[Probe]| {
        probes.iter().find(|probe| probe.name == "own-proc").is_none_or(|probe| probe.outcome.is_ok())
    };
    let isolated = namespaces.as_ref().is_ok_and(|probes| own_proc(probes));
    let stage = if isolated { "doctor-stage-isolated" } else { "doctor-stage-plain" };
    text += &format!("{}\n", words.sentence(stage));
    let capture = if isolated { None } else { Some(capability::probe_capture()) };
    if let Some(capture) = &capture {
        let means = if capture.outcome.is_ok() { "doctor-plain-means-captured" } else { "doctor-plain-means" };
        text += &format!("{}\n", words.sentence(means));
    }
    text += "\n";
    text += &describe_sandbox(namespaces, words);
    text += &capture.map_or_else(String::new, |probe| describe(&probe, words));
    let probes = [
        capability::probe_sock_diag(),
        capability::probe_bound_inactive(),
        capability::probe_pidfd(),
        capability::probe_seccomp_notify(),
        capability::probe_memory_group(),
    ];
    for probe in &probes {
        text += &describe(probe, words);
    }
    let files = capability::probe_open_files();
    text += &format!("    {}\n", words.format(&Message::new("doctor-open-files").with("files", files)));
    let kernel = Message::new("doctor-kernel").with("release", capability::kernel_release());
    text += &format!("    {}\n", words.format(&kernel));
    if let (true, Some(user), Some(net)) = (isolated, max_user_namespaces(), max_net_namespaces()) {
        let limits = Message::new("doctor-namespace-limits").with("user", user).with("net", net);
        text += &format!("    {}\n", words.format(&limits));
    }
    if isolated {
        text += &format!("\n{}", super::explain_sandbox::visible_paths(words));
    }
    Ui::print(&text);
    let essential = |name: &str| probes.iter().any(|probe| probe.name == name && probe.outcome.is_err());
    Ok(if essential("sock-diag") || essential("pidfd") { ExitStatus::NotVerified } else { ExitStatus::Passed })
}

/// Describes the sandbox and the features inside it. If the sandbox is denied, none of them could
/// be probed, and all are reported as denied.
fn describe_sandbox(namespaces: Result<Vec<Probe>, HarnessError>, words: &Catalog) -> String {
    let (itself, inside) = match namespaces {
        Ok(inside) => (Ok(()), inside.iter().map(|probe| describe(probe, words)).collect::<String>()),
        Err(denied) => {
            let why = Message::new("doctor-needs-sandbox");
            let remedy = remedy("namespaces", &denied);
            let inside = INNER_PROBES.iter().map(|name| describe_denied(name, why.clone(), remedy, words));
            (Err(denied), inside.collect())
        }
    };
    describe(&Probe { name: "namespaces", outcome: itself }, words) + &inside
}

/// Formats a probe as one line, plus two lines for the reason and the remedy if it failed.
fn describe(probe: &Probe, words: &Catalog) -> String {
    match &probe.outcome {
        Ok(()) => format!("  ✓ {}\n", words.sentence(probe_message_id(probe.name))),
        Err(denied) => describe_denied(probe.name, reason_message(denied), remedy(probe.name, denied), words),
    }
}

fn describe_denied(name: &str, why: Message, remedy: &'static str, words: &Catalog) -> String {
    let why = words.format(&Message::new("doctor-because").with("problem", why));
    format!("  ✗ {}\n      {why}\n      {}\n", words.sentence(probe_message_id(name)), words.sentence(remedy))
}

/// Returns the failed operation and the kernel's error. The object of the operation is a detail.
pub(super) fn reason_message(denied: &HarnessError) -> Message {
    denied.without_object().message()
}

fn probe_message_id(name: &str) -> &'static str {
    match name {
        "namespaces" => "doctor-namespaces",
        "own-proc" => "doctor-own-proc",
        "capture" => "doctor-capture",
        "packet-socket" => "doctor-packet-socket",
        "pid-max" => "doctor-pid-max",
        "sock-diag" => "doctor-sock-diag",
        "bound-inactive" => "doctor-bound-inactive",
        "pidfd" => "doctor-pidfd",
        "seccomp-notify" => "doctor-seccomp-notify",
        "memory-group" => "doctor-memory-group",
        _ => "doctor-other",
    }
}

/// Returns the remedy for a failed probe, as far as the machine's settings reveal it.
pub(super) fn remedy(name: &str, denied: &HarnessError) -> &'static str {
    match name {
        "namespaces" if max_user_namespaces() == Some(0) || denied.errno() == Some(libc::ENOSPC) => {
            "doctor-remedy-max-namespaces"
        }
        "namespaces" if userns_clone_forbidden() => "doctor-remedy-userns-clone",
        "namespaces" if apparmor_restricts_userns() => "doctor-remedy-apparmor",
        "namespaces" | "own-proc" | "packet-socket" if seccomp_filtered() => "doctor-remedy-container",
        "own-proc" => "doctor-remedy-container",
        "capture" if !rustix::process::geteuid().is_root() => "doctor-remedy-capture",
        "pid-max" => "doctor-remedy-kernel-pid-max",
        "memory-group" => "doctor-remedy-memory-group",
        "bound-inactive" => "doctor-remedy-kernel-bound",
        _ => "doctor-remedy-none",
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::{KernelError, Language, Operation};

    fn denied(errno: i32, operation: Operation) -> HarnessError {
        HarnessError::System { operation, error: KernelError::Errno(errno) }
    }

    #[test]
    fn denied_sandbox_denies_every_probe_inside() {
        let refused = denied(libc::ENOSPC, Operation::CreateNamespaces);
        for language in Language::ALL {
            let words = Catalog::load(language);
            let text = describe_sandbox(Err(refused.clone()), &words);
            assert_eq!((text.matches('✗').count(), text.matches('✓').count()), (1 + INNER_PROBES.len(), 0), "{text}");
            assert_eq!(text.matches("user.max_user_namespaces=15000").count(), 1 + INNER_PROBES.len(), "{text}");
            for name in INNER_PROBES {
                assert!(text.contains(&words.sentence(probe_message_id(name))), "{name}: {text}");
            }
            let inside = INNER_PROBES.map(|name| Probe { name, outcome: Ok(()) });
            let text = describe_sandbox(Ok(inside.to_vec()), &words);
            assert_eq!((text.matches('✗').count(), text.matches('✓').count()), (0, 1 + INNER_PROBES.len()), "{text}");
        }
    }

    #[rstest]
    #[case::groups(
        denied(libc::EPERM, Operation::DropGroups),
        "operação não permitida (EPERM), ao mudar para um usuário sem privilégios"
    )]
    #[case::namespaces(
        denied(libc::ENOSPC, Operation::CreateNamespaces),
        "limite atingido (ENOSPC), ao criar namespaces"
    )]
    #[case::object(
        HarnessError::system(Operation::Mount, Some("/proc".to_owned()), KernelError::Errno(libc::EPERM)),
        "operação não permitida (EPERM), ao montar um sistema de arquivos no ambiente isolado"
    )]
    #[case::old_kernel(HarnessError::BoundUnlisted {}, "este kernel não lista sockets com bind")]
    #[case::unknown_number(denied(9999, Operation::Fork), "erro 9999, ao iniciar um processo")]
    fn refusals_are_localized(#[case] denied: HarnessError, #[case] expected: &str) {
        assert_eq!(Catalog::load(Language::Portuguese).format(&reason_message(&denied)), expected);
    }
}
