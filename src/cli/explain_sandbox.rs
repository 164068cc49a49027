//! Describes the sandbox: visible paths for `doctor`, and also denied calls and limits for
//! `explain sandbox`.

use std::path::{Path, PathBuf};

use crate::engine::isolated::SUBMISSION;
use crate::i18n::Catalog;
use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::run::toolchains::Toolchains;
use crate::sys::mounts::{DEVICES, SCRATCH, SYSFS, SYSTEM};

/// The word under which `explain` describes the sandbox.
pub(super) const EXPLAIN_WORD: &str = "sandbox";

/// Lists the paths of this machine that programs can see, one line per kind.
pub(super) fn visible_paths(words: &Catalog) -> String {
    let environment = |name: &str| std::env::var_os(name);
    let there = |places: &[&str]| {
        places.iter().copied().filter(|place| Path::new(place).exists()).map(str::to_owned).collect::<Vec<_>>()
    };
    let all = Toolchains::find(&environment);
    let is_whole = |path: &&PathBuf| !all.shown.iter().any(|other| other != *path && path.starts_with(other));
    let tools = all.shown.iter().filter(is_whole).map(|path| safe_path(path)).collect();
    let devices = DEVICES.iter().map(|name| format!("/dev/{name}")).collect();
    let writable = SCRATCH.iter().copied().chain([SUBMISSION]).map(str::to_owned).collect();
    let lines: [(&str, Vec<String>); 5] = [
        ("sandbox-system", [there(&SYSTEM), there(&SYSFS)].concat()),
        ("sandbox-tools", tools),
        ("sandbox-devices", devices),
        ("sandbox-etc", vec![words.sentence("sandbox-etc-what")]),
        ("sandbox-writable", writable),
    ];
    let mut text = format!("  {}\n", words.sentence("sandbox-shows"));
    for (id, places) in lines.into_iter().filter(|(_, places)| !places.is_empty()) {
        text += &format!("    {}\n", words.format(&Message::new(id).with("places", places.join(", "))));
    }
    text + &format!("    {}\n", words.sentence("sandbox-nothing-else"))
}

/// Returns the visible paths, denied calls and limits.
pub(super) fn describe(words: &Catalog) -> String {
    let more = ["sandbox-network", "sandbox-calls", "sandbox-bounds", "sandbox-plain"];
    let more: String = more.iter().map(|id| format!("  {}\n", words.sentence(id))).collect();
    format!("{EXPLAIN_WORD}\n{}{more}", visible_paths(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn description_names_existing_paths_in_both_languages() {
        for language in Language::ALL {
            let text = describe(&Catalog::load(language));
            assert!(text.contains("/usr") && text.contains("/dev/null") && text.contains("/tmp/submission"), "{text}");
            assert!(!text.contains("/dev/pts/"), "{text}");
        }
    }
}
