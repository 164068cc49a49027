//! Reads and changes the registers of a thread that has stopped at a system call (`ptrace(2)`).
#![expect(unsafe_code, reason = "ptrace has no safe wrapper")]

use crate::model::net::Pid;

/// `NT_PRSTATUS` (include/uapi/linux/elf.h): the general registers.
const GENERAL: usize = 1;

/// The registers of a thread at the entry or the exit of a system call.
#[derive(Clone, Copy)]
pub(super) struct CallRegisters {
    thread: Pid,
    values: libc::user_regs_struct,
}

impl CallRegisters {
    /// Reads the registers of a stopped thread. Returns `None` for a 32-bit program, whose registers are
    /// others.
    pub(super) fn read(thread: Pid) -> Option<Self> {
        // SAFETY: the structure has only integers.
        let mut values: libc::user_regs_struct = unsafe { std::mem::zeroed() };
        let size = size_of::<libc::user_regs_struct>();
        let mut buffer = libc::iovec { iov_base: (&raw mut values).cast(), iov_len: size };
        // SAFETY: the kernel writes at most `iov_len` bytes, which is the size of `values`.
        let result = unsafe { libc::ptrace(libc::PTRACE_GETREGSET, thread, GENERAL, &raw mut buffer) };
        (result == 0 && buffer.iov_len == size).then_some(Self { thread, values })
    }

    /// Writes the registers back. Returns false if the thread was killed.
    pub(super) fn write(&mut self) -> bool {
        let size = size_of::<libc::user_regs_struct>();
        let mut buffer = libc::iovec { iov_base: (&raw mut self.values).cast(), iov_len: size };
        // SAFETY: the kernel reads `iov_len` bytes, which is the size of `values`.
        unsafe { libc::ptrace(libc::PTRACE_SETREGSET, self.thread, GENERAL, &raw mut buffer) == 0 }
    }
}

/// The convention of x86-64 (`syscall(2)`, second table): the number is in `orig_rax` during the call.
#[cfg(target_arch = "x86_64")]
impl CallRegisters {
    /// The length of the instruction `syscall`, in bytes.
    const INSTRUCTION: u64 = 2;

    /// Replaces the number of a call that begins; `None` makes it fail with ENOSYS at once.
    pub(super) fn set_number(&mut self, number: Option<i64>) -> bool {
        self.values.orig_rax = number.unwrap_or(-1).cast_unsigned();
        true
    }

    /// Replaces an argument of a call that begins, from 0.
    pub(super) fn set_argument(&mut self, index: usize, value: u64) {
        let values = &mut self.values;
        let all = [&mut values.rdi, &mut values.rsi, &mut values.rdx, &mut values.r10, &mut values.r8, &mut values.r9];
        if let Some(argument) = all.into_iter().nth(index) {
            *argument = value;
        }
    }

    /// Replaces the result of a call that ends.
    pub(super) fn set_result(&mut self, result: i64) {
        self.values.rax = result.cast_unsigned();
    }

    /// Makes the thread call again, with these values, after a call that ends.
    pub(super) fn repeat(&mut self, number: i64, arguments: [u64; 6]) {
        for (index, value) in arguments.into_iter().enumerate() {
            self.set_argument(index, value);
        }
        self.values.rax = number.cast_unsigned();
        self.values.rip -= Self::INSTRUCTION;
    }
}

/// The convention of AArch64 (`syscall(2)`, second table). The number of a call that has begun is not a
/// general register (`NT_ARM_SYSTEM_CALL`, include/uapi/linux/elf.h).
#[cfg(target_arch = "aarch64")]
impl CallRegisters {
    /// The length of the instruction `svc`, in bytes.
    const INSTRUCTION: u64 = 4;
    const CALL_NUMBER: usize = 0x404;

    /// Replaces the number of a call that begins; `None` makes it fail with ENOSYS at once.
    pub(super) fn set_number(&mut self, number: Option<i64>) -> bool {
        let mut number = number.and_then(|number| i32::try_from(number).ok()).unwrap_or(-1);
        let mut buffer = libc::iovec { iov_base: (&raw mut number).cast(), iov_len: size_of::<i32>() };
        // SAFETY: the kernel reads the four bytes of `number`.
        unsafe { libc::ptrace(libc::PTRACE_SETREGSET, self.thread, Self::CALL_NUMBER, &raw mut buffer) == 0 }
    }

    /// Replaces an argument of a call that begins, from 0.
    pub(super) fn set_argument(&mut self, index: usize, value: u64) {
        self.values.regs[index] = value;
    }

    /// Replaces the result of a call that ends.
    pub(super) fn set_result(&mut self, result: i64) {
        self.values.regs[0] = result.cast_unsigned();
    }

    /// Makes the thread call again, with these values, after a call that ends.
    pub(super) fn repeat(&mut self, number: i64, arguments: [u64; 6]) {
        self.values.regs[..6].copy_from_slice(&arguments);
        self.values.regs[8] = number.cast_unsigned();
        self.values.pc -= Self::INSTRUCTION;
    }
}
