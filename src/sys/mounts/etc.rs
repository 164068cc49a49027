//! What a sandbox shows of `/etc`: what programs, compilers and interpreters read to work at all. No list of users, no
//! keys, no configuration of services: a file that only a group of the caller may read would be readable inside, too.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::bind_shown;
use crate::sys::SysError;

/// Files, copied, and folders, mounted: what begins with one of these.
const BEGINNINGS: [&str; 32] = [
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
/// More of the same, by whole names: beside them lie private keys.
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
/// A file that is copied is at most this long; a longer one is left out.
const LONGEST: u64 = 1 << 20;

/// Fills the new `/etc`, from the machine's at `from`, and with these files of our own.
///
/// # Errors
/// A mount is refused.
pub(super) fn fill(from: &Path, own: &[(&str, String)]) -> Result<(), SysError> {
    let etc = Path::new("/etc");
    let _ = fs::create_dir(etc);
    for (name, text) in own {
        let _ = fs::write(etc.join(name), text);
    }
    let found = fs::read_dir(from).into_iter().flatten().flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok());
    let wanted = names.filter(|name| BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)));
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
    // What cannot be copied is missing inside, as on a machine that never had it.
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
    // Never what not everybody may read: the caller's own rights are not the program's.
    if found.len() <= LONGEST && found.permissions().mode() & 0o4 != 0 {
        fs::write(to, fs::read(from)?)?;
    }
    Ok(())
}
