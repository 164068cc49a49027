//! Replaces the session keyring (`keyrings(7)`): a program that inherits one may read its keys and
//! clear it. Does not read any keys.
#![expect(unsafe_code, reason = "keyctl has no safe wrapper")]

use std::io;

use super::{Operation, SysError, during};

/// Gives this process and its children a new, empty session keyring (`KEYCTL_JOIN_SESSION_KEYRING`,
/// keyctl(2)).
///
/// # Errors
/// Returns an error if the kernel has no keyrings (`ENOSYS`), a container denies the call
/// (`EPERM`), or the user has too many keys (`EDQUOT`).
pub(crate) fn join_new_session() -> Result<(), SysError> {
    let nameless = std::ptr::null::<libc::c_char>();
    // SAFETY: a null name requests an anonymous keyring; the kernel follows no other pointer.
    let done = unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_JOIN_SESSION_KEYRING, nameless) };
    if done >= 0 {
        return Ok(());
    }
    Err(during(Operation::JoinKeyring)(io::Error::last_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leave_session_succeeds_or_returns_errno() {
        // Keyrings belong to threads, so the other tests keep theirs.
        let left = std::thread::spawn(join_new_session).join().expect("no panic");
        assert!(left.is_ok() || left.is_err_and(|error| error.errno().is_some()));
    }
}
