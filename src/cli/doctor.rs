//! `socklab doctor`: probes the features of this machine, and prints the missing ones with their
//! reason and remedy.

use super::Reader;
use super::exit::{Exit, Trouble};
use crate::model::Message;
use crate::sys::capability::{
    self, Denied, INSIDE, NO_BOUND, Probe, apparmor_restricts_userns, max_user_namespaces, seccomp_filtered,
    userns_clone_forbidden,
};
use crate::words::Words;

/// Runs all probes and prints their results. Exits with [`Exit::NotVerified`] only if plain mode
/// would not work either.
pub(super) fn doctor(reader: &Reader) -> Result<Exit, Trouble> {
    let words = &reader.words;
    let mut text = String::new();
    let namespaces = capability::probe_namespaces();
    let own_proc =
        |probes: &[Probe]| probes.iter().find(|probe| probe.name == "own-proc").is_none_or(|probe| probe.works.is_ok());
    let isolated = namespaces.as_ref().is_ok_and(|probes| own_proc(probes));
    let stage = if isolated { "doctor-stage-isolated" } else { "doctor-stage-plain" };
    text += &format!("{}\n", words.word(stage));
    let capture = if isolated { None } else { Some(capability::probe_capture()) };
    if let Some(capture) = &capture {
        let means = if capture.works.is_ok() { "doctor-plain-means-captured" } else { "doctor-plain-means" };
        text += &format!("{}\n", words.word(means));
    }
    text += "\n";
    text += &told_sandbox(namespaces, words);
    text += &capture.map_or_else(String::new, |probe| told(&probe, words));
    let probes = [
        capability::probe_sock_diag(),
        capability::probe_bound_inactive(),
        capability::probe_pidfd(),
        capability::probe_seccomp_notify(),
        capability::probe_memory_group(),
    ];
    for probe in &probes {
        text += &told(probe, words);
    }
    let files = capability::probe_open_files();
    text += &format!("    {}\n", words.say(&Message::new("doctor-open-files").with("files", files)));
    if isolated {
        text += &format!("\n{}", super::sandbox::shown(words));
    }
    Reader::print(&text);
    let essential = |name: &str| probes.iter().any(|probe| probe.name == name && probe.works.is_err());
    Ok(if essential("sock-diag") || essential("pidfd") { Exit::NotVerified } else { Exit::Passed })
}

/// Describes the sandbox and the features inside it. If the sandbox is denied, none of them could
/// be probed, and all are reported as denied.
fn told_sandbox(namespaces: Result<Vec<Probe>, Denied>, words: &Words) -> String {
    let (itself, inside) = match namespaces {
        Ok(inside) => (Ok(()), inside.iter().map(|probe| told(probe, words)).collect::<String>()),
        Err(denied) => {
            let why = Message::new("doctor-needs-sandbox");
            let remedy = remedy("namespaces", &denied);
            let inside = INSIDE.iter().map(|name| refused(name, why.clone(), remedy, words));
            (Err(denied), inside.collect())
        }
    };
    told(&Probe { name: "namespaces", works: itself }, words) + &inside
}

/// Formats a probe as one line, plus two lines for the reason and the remedy if it failed.
fn told(probe: &Probe, words: &Words) -> String {
    match &probe.works {
        Ok(()) => format!("  ✓ {}\n", words.word(about(probe.name))),
        Err(denied) => refused(probe.name, because(denied), remedy(probe.name, denied), words),
    }
}

fn refused(name: &str, why: Message, remedy: &'static str, words: &Words) -> String {
    let why = words.say(&Message::new("doctor-because").with("problem", why));
    format!("  ✗ {}\n      {why}\n      {}\n", words.word(about(name)), words.word(remedy))
}

/// Returns the failed operation and the kernel's error, localized if both are known, else as the
/// raw text.
pub(super) fn because(denied: &Denied) -> Message {
    let known = denied.errno.and_then(|number| NUMBERS.iter().find(|(known, _)| *known == number));
    let deed = DEEDS.iter().find(|(deed, _)| denied.text.starts_with(&format!("{deed} on ")));
    match (known, deed) {
        (Some((_, answer)), Some((_, deed))) => {
            Message::new("doctor-refused").with("deed", Message::new(deed)).with("answer", Message::new(answer))
        }
        _ if denied.text == NO_BOUND => Message::new("doctor-no-bound"),
        _ => Message::new("doctor-as-it-came").with("text", denied.text.as_str()),
    }
}

/// Messages for the kernel's errors, by errno.
const NUMBERS: &[(i32, &str)] = &[
    (libc::EPERM, "doctor-answer-permission"),
    (libc::EACCES, "doctor-answer-denied"),
    (libc::ENOSPC, "doctor-answer-no-more"),
    (libc::ENOSYS, "doctor-answer-unknown"),
    (libc::EINVAL, "doctor-answer-invalid"),
    (libc::ENOENT, "doctor-answer-missing"),
    (libc::EROFS, "doctor-answer-read-only"),
    (libc::EAGAIN, "doctor-answer-for-now"),
    (libc::ENOMEM, "doctor-answer-memory"),
];

/// Messages for the failed operations, by the name that `sys` gives them.
const DEEDS: &[(&str, &str)] = &[
    ("making namespaces", "doctor-deed-namespaces"),
    ("mapping the user", "doctor-deed-user"),
    ("forking", "doctor-deed-fork"),
    ("dropping the groups", "doctor-deed-nobody"),
    ("becoming nobody's group", "doctor-deed-nobody"),
    ("becoming nobody", "doctor-deed-nobody"),
    ("making it dumpable", "doctor-deed-nobody"),
    ("naming the host", "doctor-deed-name"),
    ("making the mounts private", "doctor-deed-mount"),
    ("mounting", "doctor-deed-mount"),
    ("limiting the processes", "doctor-deed-limit"),
    ("turning on the interface", "doctor-deed-network"),
    ("opening a packet socket", "doctor-deed-packet-socket"),
    ("opening a netlink socket", "doctor-deed-table"),
    ("listing the TCP sockets", "doctor-deed-table"),
    ("binding a socket", "doctor-deed-bind"),
    ("opening a pidfd", "doctor-deed-pidfd"),
    ("asking for user notification", "doctor-deed-notify"),
    ("making a group with a bound on memory", "doctor-deed-memory-group"),
    ("probing the namespaces", "doctor-deed-probe"),
];

fn about(name: &str) -> &'static str {
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
pub(super) fn remedy(name: &str, denied: &Denied) -> &'static str {
    match name {
        "namespaces" if max_user_namespaces() == Some(0) || denied.errno == Some(libc::ENOSPC) => {
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
    use crate::model::Language;

    fn denied(errno: i32, text: &str) -> Denied {
        Denied { errno: Some(errno), text: text.to_owned() }
    }

    #[test]
    fn denied_sandbox_denies_every_probe_inside() {
        let refused = denied(libc::ENOSPC, "making namespaces on this process: No space left on device (os error 28)");
        for language in Language::ALL {
            let words = Words::of(language);
            let told = told_sandbox(Err(refused.clone()), &words);
            assert_eq!((told.matches('✗').count(), told.matches('✓').count()), (1 + INSIDE.len(), 0), "{told}");
            assert_eq!(told.matches("user.max_user_namespaces=15000").count(), 1 + INSIDE.len(), "{told}");
            for name in INSIDE {
                assert!(told.contains(&words.word(about(name))), "{name}: {told}");
            }
            let inside = INSIDE.map(|name| Probe { name, works: Ok(()) });
            let told = told_sandbox(Ok(inside.to_vec()), &words);
            assert_eq!((told.matches('✗').count(), told.matches('✓').count()), (0, 1 + INSIDE.len()), "{told}");
        }
    }

    #[rstest]
    #[case::groups(
        denied(libc::EPERM, "dropping the groups on this process: Operation not permitted (os error 1)"),
        "operação não permitida (EPERM), ao tornar-se um usuário sem direitos"
    )]
    #[case::namespaces(
        denied(libc::ENOSPC, "making namespaces on this process: No space left on device (os error 28)"),
        "o limite foi atingido (ENOSPC), ao criar namespaces"
    )]
    #[case::old_kernel(Denied { errno: None, text: NO_BOUND.to_owned() }, "este kernel não lista sockets com bind")]
    #[case::unknown_deed(denied(libc::EPERM, "dancing on ice: no"), "dancing on ice: no")]
    #[case::unknown_number(denied(9999, "forking on this process: Unknown"), "forking on this process: Unknown")]
    fn refusals_are_localized_if_known(#[case] denied: Denied, #[case] said: &str) {
        assert_eq!(Words::of(Language::Portuguese).say(&because(&denied)), said);
    }
}
