//! The seccomp filter of a traced program (`seccomp(2)`): the calls that make sockets and lead them through their life
//! are told to a supervisor and wait for its answer, everything else runs at full speed. The program is bytes made at
//! compile time; it is installed, and its listener passed on, between fork and `execve`, where nothing may allocate.
#![expect(unsafe_code, reason = "seccomp has no safe wrapper")]

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::{MaybeUninit, offset_of};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use libc::{
    BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_USER_NOTIF,
    seccomp_data, sock_filter,
};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use super::{SysError, doing};

/// The calls that are told. Not `close`, `read` and `write`, which would cost 6 microseconds each, and of which the
/// loader makes dozens before a program's own first line.
pub(super) const TOLD: [libc::c_long; 8] = [
    libc::SYS_socket,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_connect,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_shutdown,
    libc::SYS_setsockopt,
];

/// This machine's `AUDIT_ARCH_` number (`include/uapi/linux/audit.h`); nothing where the calls are numbered in a way
/// that nobody has tried.
const ARCHITECTURE: Option<u32> = if cfg!(all(target_arch = "x86_64", target_pointer_width = "64")) {
    Some(0xc000_003e)
} else if cfg!(target_arch = "aarch64") {
    Some(0xc000_00b7)
} else {
    None
};

/// On x86-64 the numbers of the x32 calls have this bit (`__X32_SYSCALL_BIT`); on others no call's number is so high.
const X32: u32 = 0x4000_0000;

const LENGTH: usize = 4 + TOLD.len() + 2;

/// The filter: what is of another architecture (32-bit programs have a single `socketcall`), or x32, is allowed untold.
const fn program(architecture: u32) -> [sock_filter; LENGTH] {
    const LOAD: u32 = BPF_LD | BPF_W | BPF_ABS;
    const EQUAL: u32 = BPF_JMP | BPF_JEQ | BPF_K;
    const AT_LEAST: u32 = BPF_JMP | BPF_JGE | BPF_K;
    const RETURN: u32 = BPF_RET | BPF_K;
    const ALLOW: usize = LENGTH - 2;
    const TELL: usize = LENGTH - 1;

    let mut program = [instruction(RETURN, SECCOMP_RET_ALLOW, 0, 0); LENGTH];
    program[0] = instruction(LOAD, offset_of!(seccomp_data, arch) as u32, 0, 0);
    // Jumps count from the instruction after them.
    program[1] = instruction(EQUAL, architecture, 0, ALLOW - 2);
    program[2] = instruction(LOAD, offset_of!(seccomp_data, nr) as u32, 0, 0);
    program[3] = instruction(AT_LEAST, X32, ALLOW - 4, 0);
    let mut k = 0;
    while k < TOLD.len() {
        let at = 4 + k;
        program[at] = instruction(EQUAL, TOLD[k] as u32, TELL - at - 1, 0);
        k += 1;
    }
    program[TELL] = instruction(RETURN, SECCOMP_RET_USER_NOTIF, 0, 0);
    program
}

const fn instruction(code: u32, k: u32, yes: usize, no: usize) -> sock_filter {
    sock_filter { code: code as u16, jt: yes as u8, jf: no as u8, k }
}

/// Puts the filter on this thread and all that it will start, and returns the listener, which is close-on-exec.
/// Needs no_new_privs. Async-signal-safe.
pub(super) fn install() -> Result<OwnedFd, Errno> {
    const PROGRAM: Option<[sock_filter; LENGTH]> = match ARCHITECTURE {
        Some(architecture) => Some(program(architecture)),
        None => None,
    };
    let Some(mut program) = PROGRAM else { return Err(Errno::NOSYS) };
    let filter = libc::sock_fprog { len: LENGTH as u16, filter: program.as_mut_ptr() };
    let mut last = Errno::INVAL;
    // The second flag (Linux 5.19) keeps signals from interrupting a call that the supervisor has begun to read: it
    // would be told twice.
    let listener = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    for flags in [listener | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, listener] {
        // SAFETY: the kernel reads the structure and the program that it leads to; both live until it returns.
        let number =
            unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const filter) };
        match i32::try_from(number) {
            // SAFETY: the call made this descriptor, and nothing else owns it.
            Ok(number) if number >= 0 => return Ok(unsafe { OwnedFd::from_raw_fd(number) }),
            _ => last = Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL),
        }
        if last != Errno::INVAL {
            break;
        }
    }
    Err(last)
}

/// The way that a listener takes from the child to its parent. While it is on its way it is open: the child need not
/// wait for the parent to take it, and its first told call waits for an answer.
#[derive(Debug)]
pub(super) struct Handover {
    parent: OwnedFd,
    child: OwnedFd,
}

impl Handover {
    /// Made before the fork; both ends are close-on-exec.
    pub(super) fn new() -> Result<Self, SysError> {
        socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .map(|(parent, child)| Self { parent, child })
            .map_err(doing("making a socket pair", "this process"))
    }

    /// The child's part: installs the filter and sends the listener, or the number of the error. Where it cannot be
    /// had the program runs untold. Async-signal-safe.
    ///
    /// # Errors
    /// The listener was made and could not be sent: the program must not run, its calls would fail.
    pub(super) fn give(&self) -> Result<(), Errno> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let listener = install();
        let number = listener.as_ref().err().map_or(0, |error| error.raw_os_error()).to_ne_bytes();
        let passed = listener.as_ref().ok().map(|listener| [listener.as_fd()]);
        if let Some(passed) = &passed {
            control.push(SendAncillaryMessage::ScmRights(passed));
        }
        let bytes = [IoSlice::new(&number)];
        rustix::io::retry_on_intr(|| sendmsg(&self.child, &bytes, &mut control, SendFlags::NOSIGNAL))?;
        Ok(())
    }

    /// The parent's part, after the child's `execve`.
    ///
    /// # Errors
    /// Why there is no listener: `EBUSY` where this process is itself told to a supervisor, `EACCES` or `EPERM` or
    /// `ENOSYS` where a container or the kernel denies seccomp.
    pub(super) fn take(&self) -> Result<OwnedFd, SysError> {
        const DOING: &str = "tracing the calls";
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let mut number = [0; 4];
        let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
        rustix::io::retry_on_intr(|| recvmsg(&self.parent, &mut [IoSliceMut::new(&mut number)], &mut control, flags))
            .map_err(doing(DOING, "a program"))?;
        let passed = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        passed.ok_or_else(|| {
            doing(DOING, "a program")(match i32::from_ne_bytes(number) {
                // Nothing was sent, or the descriptor got lost: this process has no number left for it.
                0 => io::Error::from_raw_os_error(libc::EMFILE),
                number => io::Error::from_raw_os_error(number),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: u32 = 0xc000_003e;

    /// Runs the program as the kernel would (`bpf_prog_run`), as far as it is used here.
    fn verdict(architecture: u32, number: u32) -> u32 {
        let program = program(HERE);
        let (mut at, mut value) = (0_usize, 0);
        loop {
            let one = program[at];
            at += 1;
            match u32::from(one.code) {
                0x20 => value = if one.k == 0 { number } else { architecture },
                0x15 => at += usize::from(if value == one.k { one.jt } else { one.jf }),
                0x35 => at += usize::from(if value >= one.k { one.jt } else { one.jf }),
                0x06 => return one.k,
                other => panic!("an unknown instruction {other:#x}"),
            }
        }
    }

    #[test]
    fn the_calls_are_told_and_all_others_allowed() {
        let told: Vec<u32> = (0..600).filter(|&number| verdict(HERE, number) == SECCOMP_RET_USER_NOTIF).collect();
        let mut wanted = TOLD.map(|number| number as u32);
        wanted.sort_unstable();
        assert_eq!(told, wanted);
        assert!((0..600).all(|number| told.contains(&number) || verdict(HERE, number) == SECCOMP_RET_ALLOW));
    }

    #[test]
    fn another_architecture_and_x32_are_allowed() {
        let bind = libc::SYS_bind as u32;
        assert_eq!(verdict(0x4000_0003, bind), SECCOMP_RET_ALLOW, "a 32-bit program");
        assert_eq!(verdict(HERE, bind | X32), SECCOMP_RET_ALLOW);
        assert_eq!(verdict(HERE, u32::MAX), SECCOMP_RET_ALLOW);
    }

    #[test]
    fn the_instructions_read_the_right_words() {
        let program = program(HERE);
        assert_eq!((program[0].k, program[2].k, program[1].k), (4, 0, HERE));
        assert_eq!(program[LENGTH - 1].k, 0x7fc0_0000);
    }

    #[test]
    fn what_was_never_given_is_an_error() {
        let handover = Handover::new().expect("a pair");
        assert_eq!(handover.take().err().and_then(|error| error.errno()), Some(libc::EAGAIN));
    }
}
