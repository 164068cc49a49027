//! Parts of `ptrace(2)` that differ between C libraries, or that the libc crate lacks for musl.

/// The type of a request: an `int` in musl, an unsigned enumeration in glibc.
#[cfg(target_env = "musl")]
pub(super) type Request = libc::c_int;
#[cfg(not(target_env = "musl"))]
pub(super) type Request = libc::c_uint;

// The values of include/uapi/linux/ptrace.h.

/// `PTRACE_GET_SYSCALL_INFO`: describes the system call at which a thread has stopped.
pub(super) const DESCRIBE_SYSCALL: Request = 0x420e;
/// The thread stopped at the entry of a call.
pub(super) const SYSCALL_INFO_ENTRY: u8 = 1;
/// The thread stopped at the exit of a call.
pub(super) const SYSCALL_INFO_EXIT: u8 = 2;
