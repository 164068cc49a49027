//! `socklab doctor`: tries what this machine allows, and says what it does not, why, and what would change it.

use super::Reader;
use super::exit::{Exit, Trouble};
use crate::model::Message;
use crate::sys::capability::{
    self, Denied, Probe, apparmor_restricts_userns, max_user_namespaces, seccomp_filtered, userns_clone_forbidden,
};
use crate::words::Words;

/// Tries everything, and tells. It fails only where not even the plain stage would work.
pub(super) fn doctor(reader: &Reader) -> Result<Exit, Trouble> {
    let words = &reader.words;
    let mut text = String::new();
    let namespaces = capability::probe_namespaces();
    let own_proc =
        |probes: &[Probe]| probes.iter().find(|probe| probe.name == "own-proc").is_none_or(|probe| probe.works.is_ok());
    let isolated = namespaces.as_ref().is_ok_and(|probes| own_proc(probes));
    let stage = if isolated { "doctor-stage-isolated" } else { "doctor-stage-plain" };
    text += &format!("{}\n\n", words.word(stage));
    let mut probes = Vec::new();
    match namespaces {
        Ok(inside) => {
            probes.push(Probe { name: "namespaces", works: Ok(()) });
            probes.extend(inside);
        }
        Err(denied) => probes.push(Probe { name: "namespaces", works: Err(denied) }),
    }
    probes.push(capability::probe_sock_diag());
    probes.push(capability::probe_bound_inactive());
    probes.push(capability::probe_pidfd());
    probes.push(capability::probe_seccomp_notify());
    probes.push(capability::probe_memory_group());
    for probe in &probes {
        text += &told(probe, words);
    }
    let files = capability::probe_open_files();
    text += &format!("    {}\n", words.say(&Message::new("doctor-open-files").with("files", files)));
    Reader::print(&text);
    let essential = |name: &str| probes.iter().any(|probe| probe.name == name && probe.works.is_err());
    Ok(if essential("sock-diag") || essential("pidfd") { Exit::NotVerified } else { Exit::Passed })
}

/// One line, and for what is denied two more: why, and what would allow it.
fn told(probe: &Probe, words: &Words) -> String {
    let about = words.word(about(probe.name));
    match &probe.works {
        Ok(()) => format!("  ✓ {about}\n"),
        Err(denied) => {
            let why = words.say(&Message::new("doctor-because").with("problem", denied.text.as_str()));
            let remedy = words.word(remedy(probe.name, denied));
            format!("  ✗ {about}\n      {why}\n      {remedy}\n")
        }
    }
}

fn about(name: &str) -> &'static str {
    match name {
        "namespaces" => "doctor-namespaces",
        "own-proc" => "doctor-own-proc",
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

/// What would allow it, as far as the machine's settings tell.
fn remedy(name: &str, denied: &Denied) -> &'static str {
    match name {
        "namespaces" if max_user_namespaces() == Some(0) || denied.errno == Some(libc::ENOSPC) => {
            "doctor-remedy-max-namespaces"
        }
        "namespaces" if userns_clone_forbidden() => "doctor-remedy-userns-clone",
        "namespaces" if apparmor_restricts_userns() => "doctor-remedy-apparmor",
        "namespaces" | "own-proc" | "packet-socket" if seccomp_filtered() => "doctor-remedy-container",
        "own-proc" => "doctor-remedy-container",
        "pid-max" => "doctor-remedy-kernel-pid-max",
        "memory-group" => "doctor-remedy-memory-group",
        "bound-inactive" => "doctor-remedy-kernel-bound",
        _ => "doctor-remedy-none",
    }
}
