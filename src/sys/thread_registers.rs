//! Reads the registers of a thread of another process by `ptrace(2)`. The thread is stopped for
//! microseconds. A call in which it sleeps is then restarted, or fails with EINTR
//! (`epoll_wait(2)`), so that this is only for runs whose outcome does not count.

#![expect(unsafe_code, reason = "ptrace(2) and waitid(2) with __WALL have no safe wrapper")]

use std::time::{Duration, Instant};

use super::ptrace::Request;
use super::seccomp_notify::read_memory;
use crate::model::net::Pid;

/// Number of registers in the numbering of DWARF: 17 of x86-64 (psABI, figure 3.36), 32 of AArch64
/// (AADWARF64, section 4.1).
pub(crate) const REGISTERS: usize = 32;

/// How long a thread may take to stop. A sleeping thread takes microseconds.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);

/// The registers of a stopped thread, and access to its memory.
#[derive(Debug, Clone)]
pub(crate) struct StoppedThread {
    thread: Pid,
    /// The address of the next instruction.
    pub(crate) pc: u64,
    /// The other registers by their number in DWARF. The return address of x86-64, number 16, is
    /// not a register, and 0.
    pub(crate) registers: [u64; REGISTERS],
}

impl StoppedThread {
    /// Returns the word at an address, if it is mapped.
    pub(crate) fn word(&self, address: u64) -> Option<u64> {
        Some(u64::from_ne_bytes(*read_memory(self.thread, address, 8)?.first_chunk()?))
    }
}

/// Stops a thread, calls `inspect`, and lets the thread go on. The caller must not trace it
/// already.
///
/// Returns `None` if the thread has exited, may not be traced, or does not stop in time.
pub(crate) fn inspect<T>(thread: Pid, inspect: impl FnOnce(&StoppedThread) -> T) -> Option<T> {
    // A thread that is attached stays so if it does not stop: only a stopped one can be released.
    request(libc::PTRACE_SEIZE, thread)?;
    request(libc::PTRACE_INTERRUPT, thread)?;
    await_stop(thread)?;
    let result = registers(thread).map(|(pc, registers)| inspect(&StoppedThread { thread, pc, registers }));
    request(libc::PTRACE_DETACH, thread);
    result
}

/// Makes a request without address and data.
fn request(request: Request, thread: Pid) -> Option<()> {
    // SAFETY: these requests take no pointers.
    let result = unsafe { libc::ptrace(request, thread, 0_usize, 0_usize) };
    (result == 0).then_some(())
}

/// Waits until a traced thread stops. Leaves an exit to the parent of the process: WEXITED is not
/// set.
fn await_stop(thread: Pid) -> Option<()> {
    let deadline = Instant::now() + STOP_TIMEOUT;
    loop {
        // SAFETY: a `siginfo_t` may be all zeros.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WSTOPPED | libc::WNOHANG | libc::__WALL;
        // SAFETY: the kernel writes only to `info`.
        let result = unsafe { libc::waitid(libc::P_PID, libc::id_t::try_from(thread).ok()?, &raw mut info, options) };
        // SAFETY: the field is valid after `waitid`, and 0 if nothing has stopped.
        let stopped = unsafe { info.si_pid() };
        match result {
            0 if stopped == thread => return Some(()),
            0 if Instant::now() < deadline => std::thread::yield_now(),
            _ => return None,
        }
    }
}

/// Returns the program counter and the other registers of a stopped thread.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn registers(thread: Pid) -> Option<(u64, [u64; REGISTERS])> {
    const NT_PRSTATUS: usize = 1;
    // SAFETY: the structure has only integers.
    let mut values: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    let mut buffer =
        libc::iovec { iov_base: (&raw mut values).cast(), iov_len: std::mem::size_of::<libc::user_regs_struct>() };
    // SAFETY: the kernel writes at most `iov_len` bytes, which is the size of `values`.
    let result = unsafe { libc::ptrace(libc::PTRACE_GETREGSET, thread, NT_PRSTATUS, &raw mut buffer) };
    // A 32-bit program on x86-64 has a smaller set.
    (result == 0 && buffer.iov_len == std::mem::size_of::<libc::user_regs_struct>()).then(|| by_number(&values))
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn registers(_: Pid) -> Option<(u64, [u64; REGISTERS])> {
    None
}

#[cfg(target_arch = "x86_64")]
fn by_number(values: &libc::user_regs_struct) -> (u64, [u64; REGISTERS]) {
    let libc::user_regs_struct { rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15, .. } =
        *values;
    let in_order = [rax, rdx, rcx, rbx, rsi, rdi, rbp, rsp, r8, r9, r10, r11, r12, r13, r14, r15];
    let mut registers = [0; REGISTERS];
    registers[..in_order.len()].copy_from_slice(&in_order);
    (values.rip, registers)
}

#[cfg(target_arch = "aarch64")]
fn by_number(values: &libc::user_regs_struct) -> (u64, [u64; REGISTERS]) {
    let mut registers = [0; REGISTERS];
    registers[..values.regs.len()].copy_from_slice(&values.regs);
    registers[values.regs.len()] = values.sp;
    (values.pc, registers)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn sleeping_thread_goes_on_after_inspection() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("cat starts");
        let pid = rustix::process::Pid::from_child(&child).as_raw_pid();
        let stack_pointer = if cfg!(target_arch = "x86_64") { 7 } else { 31 };
        for _ in 0..2 {
            let word = inspect(pid, |stopped| {
                assert_ne!((stopped.pc, stopped.registers[stack_pointer]), (0, 0));
                assert_eq!(stopped.word(8), None, "the first page is never mapped");
                stopped.word(stopped.registers[stack_pointer])
            });
            assert!(word.is_some_and(|word| word.is_some()), "{word:?}");
        }
        std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), b"still alive").expect("written");
        let output = child.wait_with_output().expect("exited");
        assert_eq!((&*output.stdout, output.status.success()), (&b"still alive"[..], true));
    }

    #[test]
    fn exited_or_unknown_thread_yields_nothing() {
        let mut child = Command::new("true").spawn().expect("true starts");
        let pid = rustix::process::Pid::from_child(&child).as_raw_pid();
        rustix::process::waitid(
            rustix::process::WaitId::Pid(rustix::process::Pid::from_child(&child)),
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT,
        )
        .expect("exited");
        assert_eq!(inspect(pid, |_| ()), None, "a zombie");
        assert!(child.wait().expect("its status is left to its parent").success());
        assert_eq!(inspect(pid, |_| ()), None, "no process");
        assert_eq!(inspect(rustix::process::getpid().as_raw_pid(), |_| ()), None, "this process itself");
    }
}
