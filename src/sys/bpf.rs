//! Assembles seccomp filters (`seccomp(2)`, Documentation/userspace-api/seccomp_filter.rst):
//! translates rules for system calls and their arguments to classic BPF. Pure; it does not install
//! filters.

use std::mem::offset_of;

use libc::{
    BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO,
    seccomp_data, sock_filter,
};

/// The machine's `AUDIT_ARCH_` number (`include/uapi/linux/audit.h`). `None` for architectures with
/// untested call numbers.
pub(super) const ARCHITECTURE: Option<u32> = if cfg!(all(target_arch = "x86_64", target_pointer_width = "64")) {
    Some(0xc000_003e)
} else if cfg!(all(target_arch = "aarch64", target_endian = "little")) {
    Some(0xc000_00b7)
} else {
    None
};

/// First call number unknown to the rules (Linux 6.18). From 424 on, the numbers are the same on
/// every architecture. The numbers of x32 are higher too (`__X32_SYSCALL_BIT`).
const FIRST_UNKNOWN_CALL: u32 = 470;

/// Returns the action that fails a call with this error number.
pub(super) const fn fails_with(errno: i32) -> u32 {
    SECCOMP_RET_ERRNO | errno as u32
}

/// A test of the lower half of an argument. The kernel ignores the upper half of an `int`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// Always true.
    Always,
    /// The value is in the list.
    In(&'static [u32]),
    /// The value is not in the list.
    NotIn(&'static [u32]),
    /// The value has at least one of these bits.
    Has(u32),
}

/// The action for a call whose argument (0-based index) passes the test. The first matching case of
/// a call applies; without one, the call is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) call: libc::c_long,
    pub(super) argument: usize,
    pub(super) test: Test,
    pub(super) action: u32,
}

impl Case {
    /// Returns a case that applies with any arguments.
    pub(super) const fn always(call: libc::c_long, action: u32) -> Self {
        Self { call, argument: 0, test: Test::Always, action }
    }
}

/// Returns the filter of these cases.
///
/// `foreign` is the action for calls that are newer than the rules, and for calls of other
/// architectures, whose numbers have other meanings. Those include 32-bit calls by `int 0x80`.
pub(super) fn assemble(architecture: u32, cases: &[Case], foreign: u32) -> Vec<sock_filter> {
    const LOAD: u32 = BPF_LD | BPF_W | BPF_ABS;
    let load = |at: usize| instruction(LOAD, at as u32, 0, 0);
    let ret = |action: u32| instruction(BPF_RET | BPF_K, action, 0, 0);
    let equal = |value: u32, yes, no| instruction(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no);
    let mut program = vec![
        load(offset_of!(seccomp_data, arch)),
        equal(architecture, 1, 0),
        ret(foreign),
        load(offset_of!(seccomp_data, nr)),
        instruction(BPF_JMP | BPF_JGE | BPF_K, FIRST_UNKNOWN_CALL, 0, 1),
        ret(foreign),
    ];
    let mut cases = cases.to_vec();
    // The sort is stable, so the cases of a call keep their order.
    cases.sort_by_key(|case| case.call);
    for together in cases.chunk_by(|a, b| a.call == b.call) {
        let mut body = Vec::new();
        for case in together {
            // The lower half of a 64-bit word: both architectures are little-endian.
            let argument = load(offset_of!(seccomp_data, args) + 8 * case.argument);
            match case.test {
                Test::Always => {}
                Test::In(values) => {
                    body.push(argument);
                    // Jumps are relative to the next instruction.
                    body.extend((0..values.len()).map(|k| equal(values[k], values.len() - k, 0)));
                    body.push(instruction(BPF_JMP, 1, 0, 0));
                }
                Test::NotIn(values) => {
                    body.push(argument);
                    body.extend((0..values.len()).map(|k| equal(values[k], values.len() - k, 0)));
                }
                Test::Has(bits) => body.extend([argument, instruction(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1)]),
            }
            body.push(ret(case.action));
        }
        body.push(ret(SECCOMP_RET_ALLOW));
        let call = together.first().map_or(0, |case| case.call as u32);
        program.push(equal(call, 0, body.len()));
        program.append(&mut body);
    }
    program.push(ret(SECCOMP_RET_ALLOW));
    program
}

const fn instruction(code: u32, k: u32, yes: usize, no: usize) -> sock_filter {
    debug_assert!(yes < 256 && no < 256, "a jump is a byte");
    sock_filter { code: code as u16, jt: yes as u8, jf: no as u8, k }
}

/// Interprets the subset of BPF that is used here, like the kernel's `bpf_prog_run`.
#[cfg(test)]
pub(super) fn run(program: &[sock_filter], architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
    let (mut at, mut value) = (0_usize, 0_u32);
    loop {
        let one = program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { one.jt } else { one.jf });
        match u32::from(one.code) {
            0x20 => {
                value = match one.k as usize {
                    0 => number,
                    4 => architecture,
                    k => arguments[(k - 16) / 8] as u32,
                }
            }
            0x05 => at += one.k as usize,
            0x15 => at += jump(value == one.k),
            0x35 => at += jump(value >= one.k),
            0x45 => at += jump(value & one.k != 0),
            0x06 => return one.k,
            other => panic!("an unknown instruction {other:#x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: u32 = 0xc000_003e;
    const DENIED: u32 = fails_with(libc::EPERM);

    #[test]
    fn first_matching_case_applies_and_other_calls_pass() {
        let case = |call, argument, test, action| Case { call, argument, test, action };
        let cases = [
            Case::always(7, DENIED),
            case(8, 1, Test::In(&[3, 5]), DENIED),
            case(8, 0, Test::NotIn(&[0, 9]), fails_with(libc::ENOSYS)),
            case(9, 2, Test::Has(0x30), DENIED),
        ];
        let program = assemble(HERE, &cases, fails_with(libc::ENOSYS));
        let of = |number, arguments| run(&program, HERE, number, arguments);
        assert_eq!(of(7, [0; 6]), DENIED);
        assert_eq!(of(8, [0, 3, 0, 0, 0, 0]), DENIED);
        assert_eq!(of(8, [0, 5 | 1 << 32, 0, 0, 0, 0]), DENIED, "the upper half of an int is ignored");
        assert_eq!(of(8, [0, 4, 0, 0, 0, 0]), SECCOMP_RET_ALLOW);
        assert_eq!(of(8, [9, 4, 0, 0, 0, 0]), SECCOMP_RET_ALLOW);
        assert_eq!(of(8, [1, 4, 0, 0, 0, 0]), fails_with(libc::ENOSYS));
        assert_eq!((of(9, [0, 0, 0x10, 0, 0, 0]), of(9, [0, 0, 0xf, 0, 0, 0])), (DENIED, SECCOMP_RET_ALLOW));
        assert!(
            (0..FIRST_UNKNOWN_CALL)
                .filter(|number| ![7, 8, 9].contains(number))
                .all(|number| of(number, [1; 6]) == SECCOMP_RET_ALLOW)
        );
    }

    #[test]
    fn other_architectures_x32_and_newer_calls_are_foreign() {
        let program = assemble(HERE, &[Case::always(7, DENIED)], fails_with(libc::ENOSYS));
        for (architecture, number) in
            [(0x4000_0003, 7), (0x4000_0003, 1), (HERE, FIRST_UNKNOWN_CALL), (HERE, 1 | 0x4000_0000), (HERE, u32::MAX)]
        {
            assert_eq!(run(&program, architecture, number, [0; 6]), fails_with(libc::ENOSYS));
        }
    }

    #[test]
    fn seccomp_data_offsets_match_the_kernel() {
        assert_eq!(
            (offset_of!(seccomp_data, nr), offset_of!(seccomp_data, arch), offset_of!(seccomp_data, args)),
            (0, 4, 16)
        );
    }
}
