//! The keys of the kernel that belong to a session (`keyrings(7)`): a program that inherits them may read them, and may clear the
//! keyring. It knows no key.
#![expect(unsafe_code, reason = "keyctl has no safe wrapper")]

use std::io;

use super::{SysError, doing};

/// Gives this process, and what it starts, an empty session keyring of its own (`KEYCTL_JOIN_SESSION_KEYRING`, keyctl(2)).
///
/// # Errors
/// `ENOSYS` where the kernel keeps no keys, `EPERM` where a container denies the call, `EDQUOT` where the user has too many.
pub fn leave_session() -> Result<(), SysError> {
    let nameless = std::ptr::null::<libc::c_char>();
    // SAFETY: the name is null, which asks for a keyring without one; the kernel follows no other pointer.
    let done = unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_JOIN_SESSION_KEYRING, nameless) };
    if done >= 0 {
        return Ok(());
    }
    Err(doing("joining a new session keyring", "this process")(io::Error::last_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_left_or_the_kernel_says_why_not() {
        // A thread has its own: the other tests keep theirs.
        let left = std::thread::spawn(leave_session).join().expect("no panic");
        assert!(left.is_ok() || left.is_err_and(|error| error.errno().is_some()));
    }
}
