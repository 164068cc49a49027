//! Selects the part of `/etc` that a sandbox shows: the files that programs, compilers and
//! interpreters need to work.
//!
//! User lists, keys and service configuration are left out: a file that is readable only through a
//! group of the caller would be readable inside too.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::{fs, io};

use super::bind_shown;
use crate::sys::SysError;

/// Prefixes of the names to show. Files are copied, folders are mounted.
const NAME_PREFIXES: [&str; 32] = [
    "R",
    "alternatives",
    "ca-certificates",
    "crypto-policies",
    "debian_version",
    "dotnet",
    "elixir",
    "erlang",
    "fonts",
    "gai.conf",
    "ghc",
    "gradle",
    "groovy",
    "host.conf",
    "java",
    "julia",
    "kotlin",
    "ld.so",
    "locale",
    "localtime",
    "lua",
    "maven",
    "mime.types",
    "mono",
    "os-release",
    "perl",
    "php",
    "protocols",
    "python",
    "ruby",
    "services",
    "terminfo",
];
/// Further names, in full: private keys are stored beside them.
const NAMED: [&str; 9] = [
    "lsb-release",
    "pki/ca-trust",
    "pki/java",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "pki/tls/openssl.cnf",
    "ssl/certs",
    "ssl/openssl.cnf",
    "static",
];
/// Maximum size of a copied file, in bytes; longer files are skipped.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Fills the new `/etc` from the machine's at `from`, and with the files of `own`.
///
/// # Errors
/// Returns an error if a mount is refused.
pub(super) fn fill(from: &Path, own: &[(&str, String)]) -> Result<(), SysError> {
    let etc = Path::new("/etc");
    let _ = fs::create_dir(etc);
    for (name, text) in own {
        let _ = fs::write(etc.join(name), text);
    }
    let found = fs::read_dir(from).into_iter().flatten().flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok());
    let wanted = names.filter(|name| NAME_PREFIXES.iter().any(|beginning| name.starts_with(beginning)));
    for name in wanted.chain(NAMED.map(str::to_owned)) {
        show(&from.join(&name), &etc.join(&name))?;
    }
    Ok(())
}

fn show(from: &Path, to: &Path) -> Result<(), SysError> {
    let Ok(found) = fs::symlink_metadata(from) else { return Ok(()) };
    if to.symlink_metadata().is_ok() {
        return Ok(());
    }
    if let Some(above) = to.parent() {
        let _ = fs::create_dir_all(above);
    }
    // A file that cannot be copied is missing inside, as on a machine without it.
    if found.is_symlink() {
        let _ = fs::read_link(from).and_then(|target| symlink(target, to));
    } else if found.is_dir() {
        return bind_shown(from, to);
    } else if found.is_file() {
        let _ = copy(from, to);
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(from)?;
    // Only world-readable files: the program must not get the caller's own permissions.
    if found.len() <= MAX_FILE_BYTES && found.permissions().mode() & 0o4 != 0 {
        fs::write(to, fs::read(from)?)?;
    }
    Ok(())
}
