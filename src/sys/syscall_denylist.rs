//! Rules for system calls: those that programs may not make, and those on other processes that a
//! supervisor decides.
//!
//! This is a deny list like the defaults of container engines. It denies:
//!
//! - calls to parts of the kernel that no socket program uses;
//! - calls that reach beyond the sandbox's namespaces;
//! - calls on socklab's own processes, which run as the same user.
//!
//! Denied calls fail with `EPERM`, as in Docker. `clone3` and unknown calls fail with `ENOSYS`, so
//! that libraries fall back.
//!
//! Differences from Docker's default profile (moby, profiles/seccomp/default.json), for a program
//! without capabilities:
//!
//! | call | Docker | here | why |
//! |---|---|---|---|
//! | a call that the list does not know | `EPERM` (allow list) | allowed up to the newest call of Linux 6.18, `ENOSYS` beyond | twelve languages' runtimes; an unknown old call does not lead out of the namespaces |
//! | `prlimit64`, `sched_set*`, `setpriority`, `ioprio_set`, `ptrace`, `process_vm_*` | allowed | on the own process and the other programs only | the agent has the same user |
//! | `process_madvise`, `process_mrelease`, `pidfd_getfd`, `kcmp`, `migrate_pages` | some allowed | denied | the same, by descriptors |
//! | `io_setup` | allowed | denied | its requests count for the whole machine (`fs.aio-max-nr`) |
//! | `socket` | all families but `AF_VSOCK` | `AF_UNIX`, `AF_INET`, `AF_INET6`, `AF_NETLINK`; else `EAFNOSUPPORT` | the others are attack surface, and AF_ALG, AF_VSOCK belong to no network namespace |
//! | 32-bit and x32 calls | filtered alike | `ENOSYS` | one list of numbers; their `socketcall` would not be traced |
//! | `personality` | five values | and `ADDR_NO_RANDOMIZE` | compilers' sanitizers restart themselves with it |
//! | in plain mode: `socket(AF_UNIX)`, System V and POSIX message passing, changes of modes, owners, times and extended attributes outside the submission, file flags, leases, signal owners of a descriptor other than the program | allowed | denied | no namespace confines them |

use libc::{
    AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, EAFNOSUPPORT, ENOSYS, ENOTSUP, EPERM, SECCOMP_RET_ALLOW,
    SECCOMP_RET_USER_NOTIF, c_long, sock_filter,
};

use super::bpf::{ARCHITECTURE, Case, Test, assemble, fails_with};

/// The confinement of the programs in addition to the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Confinement {
    /// Separate namespaces, or programs that their author runs.
    #[default]
    Namespaces,
    /// None: programs of other people, directly on the machine.
    Plain,
}

/// `CLONE_NEW*` of `clone(2)`, except `CLONE_NEWTIME`, whose bit is part of the exit signal there.
const NAMESPACES: u32 = 0x7e02_0000;
const CLONE_NEWTIME: u32 = 0x80;
/// `personality(2)`: Linux, 32-bit `uname`, `uname` 2.6 for old programs, both, query only, and no
/// address randomization.
const PERSONALITIES: [u32; 6] = [0, 0x8, 0x20000, 0x20008, 0xffff_ffff, 0x0004_0000];
const FAMILIES: [u32; 4] = [AF_UNIX as u32, AF_INET as u32, AF_INET6 as u32, AF_NETLINK as u32];
const FAMILIES_PLAIN: [u32; 3] = [AF_INET as u32, AF_INET6 as u32, AF_NETLINK as u32];

/// Calls that the libc crate lacks (include/uapi/asm-generic/unistd.h). Their numbers are the same
/// on every architecture.
pub(super) const SYS_FCHMODAT2: c_long = 452;
const SYS_SETXATTRAT: c_long = 463;
const SYS_REMOVEXATTRAT: c_long = 466;
const SYS_OPEN_TREE_ATTR: c_long = 467;
const SYS_FILE_SETATTR: c_long = 469;
/// The libc crate lacks this one for musl on AArch64 (arch/x86/entry/syscalls/syscall_64.tbl, and
/// include/uapi/asm-generic/unistd.h).
const SYS_KEXEC_FILE_LOAD: c_long = if cfg!(target_arch = "x86_64") { 320 } else { 294 };

/// Calls denied with any arguments.
const DENIED: &[c_long] = &[
    // Keys belong to the user, not to a namespace (keyrings(7)).
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    // Socket calls through io_uring would not be traced.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_fanotify_init,
    libc::SYS_lookup_dcookie,
    libc::SYS_open_by_handle_at,
    // Other processes, by their descriptors or all at once.
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_get_mempolicy,
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_set_mempolicy_home_node,
    // Mounts, namespaces and roots.
    libc::SYS_chroot,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    SYS_OPEN_TREE_ATTR,
    libc::SYS_pivot_root,
    libc::SYS_setns,
    libc::SYS_umount2,
    // The machine itself.
    libc::SYS_acct,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_init_module,
    SYS_KEXEC_FILE_LOAD,
    libc::SYS_kexec_load,
    libc::SYS_nfsservctl,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_reboot,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_vhangup,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_ioperm,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_iopl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_uselib,
    #[cfg(target_arch = "x86_64")]
    libc::SYS__sysctl,
];

/// Calls also denied in plain mode, because their objects would remain or they would reach files
/// and processes of the machine.
const DENIED_PLAIN: [(c_long, i32); 21] = [
    (libc::SYS_shmget, EPERM),
    (libc::SYS_shmat, EPERM),
    (libc::SYS_shmctl, EPERM),
    (libc::SYS_semget, EPERM),
    (libc::SYS_semop, EPERM),
    (libc::SYS_semtimedop, EPERM),
    (libc::SYS_semctl, EPERM),
    (libc::SYS_msgget, EPERM),
    (libc::SYS_msgsnd, EPERM),
    (libc::SYS_msgrcv, EPERM),
    (libc::SYS_msgctl, EPERM),
    (libc::SYS_mq_open, EPERM),
    (libc::SYS_mq_unlink, EPERM),
    // Programs that copy files continue if a file system has no attributes.
    (libc::SYS_setxattr, ENOTSUP),
    (libc::SYS_lsetxattr, ENOTSUP),
    (libc::SYS_fsetxattr, ENOTSUP),
    (libc::SYS_removexattr, ENOTSUP),
    (libc::SYS_lremovexattr, ENOTSUP),
    (libc::SYS_fremovexattr, ENOTSUP),
    (SYS_SETXATTRAT, ENOSYS),
    (SYS_REMOVEXATTRAT, ENOSYS),
];

/// Requests of `ioctl(2)` that insert terminal input or control a console (`TIOCSTI`, `TIOCLINUX`).
const TERMINAL_REQUESTS: &[u32] = &[0x5412, 0x541c];
/// Requests denied in plain mode:
///
/// - changes of a file's flags, which its owner may make through any descriptor (`FS_IOC_SETFLAGS`,
///   its 32-bit form, `FS_IOC_SETVERSION`, `FS_IOC_FSSETXATTR`);
/// - the receiver of a descriptor's signals (`FIOSETOWN`, `SIOCSPGRP`).
const PLAIN_REQUESTS: &[u32] = &[0x4008_6602, 0x4004_6602, 0x4008_7602, 0x401c_5820, 0x8901, 0x8902];
/// `F_SETOWN` of `fcntl(2)`: sends the signals of a descriptor to a process, without `kill`.
const SET_OWNER: &[u32] = &[8];
/// `F_SETOWN_EX`, whose target is in memory, and `F_SETLEASE`, which delays others that open the
/// file.
const PLAIN_COMMANDS: &[u32] = &[15, 1024];

/// Changes of owners. Programs in plain mode do not need them: the files belong to the user.
#[cfg(target_arch = "x86_64")]
const OWNERS: [c_long; 5] = [libc::SYS_chown, libc::SYS_fchown, libc::SYS_lchown, libc::SYS_fchownat, SYS_FILE_SETATTR];
#[cfg(not(target_arch = "x86_64"))]
const OWNERS: [c_long; 3] = [libc::SYS_fchown, libc::SYS_fchownat, SYS_FILE_SETATTR];

/// Changes of modes and times, which the supervisor makes itself for files of the submission.
#[cfg(target_arch = "x86_64")]
pub(super) const CHANGES: [c_long; 8] = [
    libc::SYS_chmod,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    SYS_FCHMODAT2,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_utimensat,
];
#[cfg(not(target_arch = "x86_64"))]
pub(super) const CHANGES: [c_long; 4] = [libc::SYS_fchmod, libc::SYS_fchmodat, SYS_FCHMODAT2, libc::SYS_utimensat];

/// Calls on another process. Target 0 is the caller.
const PROCESS_CALLS: [c_long; 5] = [
    libc::SYS_prlimit64,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setattr,
    libc::SYS_sched_setparam,
    libc::SYS_sched_setscheduler,
];
/// Calls on a process, on a group, or (with `which` 2 or 3, respectively) on all processes of a
/// user.
const GROUP_CALLS: [(c_long, &[u32]); 2] = [(libc::SYS_setpriority, &[2]), (libc::SYS_ioprio_set, &[3])];
/// Calls on the memory of a process.
const MEMORY_CALLS: [c_long; 2] = [libc::SYS_process_vm_readv, libc::SYS_process_vm_writev];
/// `PTRACE_TRACEME`
const TRACE_ME: &[u32] = &[0];
/// Calls that send a signal, with the index of the argument that holds its number.
pub(super) const SIGNAL_CALLS: [(c_long, usize); 6] = [
    (libc::SYS_kill, 1),
    (libc::SYS_tkill, 1),
    (libc::SYS_tgkill, 2),
    (libc::SYS_rt_sigqueueinfo, 1),
    (libc::SYS_rt_tgsigqueueinfo, 2),
    (libc::SYS_pidfd_send_signal, 1),
];
/// Signals that end or stop a process and may also come from outside: HUP, INT, QUIT, KILL, USR1,
/// USR2, TERM, STOP, XCPU, XFSZ. Runtimes send others to their own threads all the time.
const TERMINATING_SIGNALS: &[u32] = &[1, 2, 3, 9, 10, 12, 15, 19, 24, 25];
/// Signals that do nothing to a process without a handler: none, CHLD, URG, WINCH.
const HARMLESS_SIGNALS: &[u32] = &[0, 17, 23, 28];

/// Returns the cases that a supervisor decides. Without a supervisor `by` denies them.
fn supervised_cases(confinement: Confinement, by: u32) -> Vec<Case> {
    let case = |call, argument, test, action| Case { call, argument, test, action };
    let mut cases: Vec<Case> = PROCESS_CALLS.iter().map(|&call| case(call, 0, Test::NotIn(&[0]), by)).collect();
    for (call, user) in GROUP_CALLS {
        cases.extend([case(call, 0, Test::In(user), by), case(call, 1, Test::NotIn(&[0]), by)]);
    }
    cases.extend(MEMORY_CALLS.iter().map(|&call| Case::always(call, by)));
    cases.push(case(libc::SYS_ptrace, 0, Test::NotIn(TRACE_ME), by));
    let plain = confinement == Confinement::Plain;
    if plain {
        cases.extend(CHANGES.iter().map(|&call| Case::always(call, by)));
        cases.push(case(libc::SYS_fcntl, 1, Test::In(SET_OWNER), by));
    }
    // Signals are not filtered without a supervisor: none records their sender, and landlock
    // confines them.
    if by == SECCOMP_RET_USER_NOTIF {
        let test = if plain { Test::NotIn(HARMLESS_SIGNALS) } else { Test::In(TERMINATING_SIGNALS) };
        cases.extend(SIGNAL_CALLS.iter().map(|&(call, argument)| case(call, argument, test, by)));
    }
    cases
}

/// Returns the filter that forwards the calls in `forwarded` and those on other processes to the
/// supervisor. `None` on an unknown architecture.
pub(super) fn supervised_filter(confinement: Confinement, forwarded: &[c_long]) -> Option<Vec<sock_filter>> {
    let forwarded = forwarded.iter().map(|&call| Case::always(call, SECCOMP_RET_USER_NOTIF));
    let cases: Vec<Case> = forwarded.chain(supervised_cases(confinement, SECCOMP_RET_USER_NOTIF)).collect();
    Some(assemble(ARCHITECTURE?, &cases, SECCOMP_RET_ALLOW))
}

/// Returns the filter that denies the calls that a supervisor would decide, for programs without
/// one.
pub(super) fn unsupervised_filter(confinement: Confinement) -> Option<Vec<sock_filter>> {
    let test = if confinement == Confinement::Plain { Test::NotIn(&FAMILIES_PLAIN) } else { Test::NotIn(&FAMILIES) };
    let mut cases = supervised_cases(confinement, fails_with(EPERM));
    cases.push(Case { call: libc::SYS_socket, argument: 0, test, action: fails_with(EAFNOSUPPORT) });
    Some(assemble(ARCHITECTURE?, &cases, SECCOMP_RET_ALLOW))
}

/// Returns the filter of calls that are always denied.
pub(super) fn denied_filter(confinement: Confinement) -> Option<Vec<sock_filter>> {
    let case = |call, test, action| Case { call, argument: 0, test, action };
    let second = |call, values| Case { call, argument: 1, test: Test::In(values), action: fails_with(EPERM) };
    let mut cases: Vec<Case> = DENIED.iter().map(|&call| Case::always(call, fails_with(EPERM))).collect();
    cases.extend([
        Case::always(libc::SYS_clone3, fails_with(ENOSYS)),
        case(libc::SYS_clone, Test::Has(NAMESPACES), fails_with(EPERM)),
        case(libc::SYS_unshare, Test::Has(NAMESPACES | CLONE_NEWTIME), fails_with(EPERM)),
        case(libc::SYS_personality, Test::NotIn(&PERSONALITIES), fails_with(EPERM)),
        second(libc::SYS_ioctl, TERMINAL_REQUESTS),
    ]);
    if confinement == Confinement::Plain {
        cases.extend([second(libc::SYS_ioctl, PLAIN_REQUESTS), second(libc::SYS_fcntl, PLAIN_COMMANDS)]);
        cases.extend(DENIED_PLAIN.iter().map(|&(call, errno)| Case::always(call, fails_with(errno))));
        cases.extend(OWNERS.iter().map(|&call| Case::always(call, fails_with(EPERM))));
    }
    Some(assemble(ARCHITECTURE?, &cases, fails_with(ENOSYS)))
}

/// Returns the error number if sockets of this family are denied.
pub(super) const fn family_errno(confinement: Confinement, family: i32) -> Option<i32> {
    match family {
        AF_INET | AF_INET6 | AF_NETLINK => None,
        AF_UNIX => match confinement {
            Confinement::Namespaces => None,
            Confinement::Plain => Some(libc::EACCES),
        },
        _ => Some(EAFNOSUPPORT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::bpf::run;

    fn outcome(program: &[sock_filter], call: c_long, arguments: [u64; 6]) -> u32 {
        run(program, ARCHITECTURE.expect("a known architecture"), call as u32, arguments)
    }

    #[test]
    fn deny_list_denies_and_server_calls_pass() {
        let denied = denied_filter(Confinement::Namespaces).expect("a filter");
        let of = |call, first| outcome(&denied, call, [first, 0, 0, 0, 0, 0]);
        let refused = fails_with(EPERM);
        for call in [libc::SYS_keyctl, libc::SYS_io_uring_setup, libc::SYS_bpf, libc::SYS_mount, libc::SYS_setns] {
            assert_eq!(of(call, 0), refused, "{call}");
        }
        assert_eq!(of(SYS_KEXEC_FILE_LOAD, 0), refused);
        #[cfg(target_arch = "x86_64")]
        assert_eq!(SYS_KEXEC_FILE_LOAD, libc::SYS_kexec_file_load);
        assert_eq!(of(libc::SYS_clone3, 0), fails_with(ENOSYS));
        // A thread as the C library creates it, and a new user namespace.
        assert_eq!(of(libc::SYS_clone, 0x3d_0f00), SECCOMP_RET_ALLOW);
        assert_eq!(of(libc::SYS_clone, 0x1000_0011), refused);
        assert_eq!((of(libc::SYS_unshare, 0x400), of(libc::SYS_unshare, 0x1000_0000)), (SECCOMP_RET_ALLOW, refused));
        assert_eq!(
            (of(libc::SYS_personality, 0x40000), of(libc::SYS_personality, 0x400_0000)),
            (SECCOMP_RET_ALLOW, refused)
        );
        for call in [
            libc::SYS_socket,
            libc::SYS_shmget,
            libc::SYS_fchmod,
            libc::SYS_clone,
            libc::SYS_prlimit64,
            libc::SYS_nanosleep,
        ] {
            assert_eq!(of(call, 0), SECCOMP_RET_ALLOW, "{call}");
        }
    }

    #[test]
    fn plain_mode_denies_more() {
        let denied = denied_filter(Confinement::Plain).expect("a filter");
        assert_eq!(outcome(&denied, libc::SYS_shmget, [0; 6]), fails_with(EPERM));
        assert_eq!(outcome(&denied, libc::SYS_setxattr, [0; 6]), fails_with(ENOTSUP));
        assert_eq!(outcome(&denied, libc::SYS_fchownat, [0; 6]), fails_with(EPERM));
        assert_eq!(outcome(&denied, libc::SYS_socketpair, [1, 1, 0, 0, 0, 0]), SECCOMP_RET_ALLOW);
        let second = |call, value| outcome(&denied, call, [3, value, 0, 0, 0, 0]);
        for (call, value) in [(libc::SYS_ioctl, 0x5412), (libc::SYS_ioctl, 0x4008_6602), (libc::SYS_fcntl, 15)] {
            assert_eq!(second(call, value), fails_with(EPERM), "{call} {value:#x}");
        }
        // FIONBIO, TIOCGWINSZ, F_SETFL, F_SETSIG.
        for (call, value) in
            [(libc::SYS_ioctl, 0x5421), (libc::SYS_ioctl, 0x5413), (libc::SYS_fcntl, 4), (libc::SYS_fcntl, 10)]
        {
            assert_eq!(second(call, value), SECCOMP_RET_ALLOW, "{call} {value:#x}");
        }
        let filter = supervised_filter(Confinement::Plain, &[]).expect("a filter");
        assert_eq!(outcome(&filter, libc::SYS_fcntl, [3, 8, 1, 0, 0, 0]), SECCOMP_RET_USER_NOTIF);
        let isolated = supervised_filter(Confinement::Namespaces, &[]).expect("a filter");
        assert_eq!(outcome(&isolated, libc::SYS_fcntl, [3, 8, 1, 0, 0, 0]), SECCOMP_RET_ALLOW);
    }

    #[test]
    fn calls_on_own_process_are_allowed() {
        let filter = supervised_filter(Confinement::Namespaces, &[libc::SYS_socket]).expect("a filter");
        let flat = unsupervised_filter(Confinement::Namespaces).expect("a filter");
        for call in PROCESS_CALLS {
            assert_eq!(outcome(&filter, call, [0; 6]), SECCOMP_RET_ALLOW, "{call}");
            assert_eq!(outcome(&filter, call, [1, 0, 0, 0, 0, 0]), SECCOMP_RET_USER_NOTIF, "{call}");
            assert_eq!(outcome(&flat, call, [1, 0, 0, 0, 0, 0]), fails_with(EPERM), "{call}");
        }
        let priority = |program, which, who| outcome(program, libc::SYS_setpriority, [which, who, 5, 0, 0, 0]);
        assert_eq!(priority(&filter, 0, 0), SECCOMP_RET_ALLOW, "nice");
        assert_eq!(priority(&filter, 0, 1), SECCOMP_RET_USER_NOTIF);
        assert_eq!((priority(&filter, 2, 0), priority(&flat, 2, 0)), (SECCOMP_RET_USER_NOTIF, fails_with(EPERM)));
        let kill = |program, signal| outcome(program, libc::SYS_kill, [7, signal, 0, 0, 0, 0]);
        assert_eq!(
            (kill(&filter, 9), kill(&filter, 23), kill(&flat, 9)),
            (SECCOMP_RET_USER_NOTIF, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW)
        );
        let plain = supervised_filter(Confinement::Plain, &[]).expect("a filter");
        assert_eq!((kill(&plain, 11), kill(&plain, 23)), (SECCOMP_RET_USER_NOTIF, SECCOMP_RET_ALLOW));
    }

    #[test]
    fn socket_families_are_limited() {
        let of = |family| family_errno(Confinement::Namespaces, family);
        assert_eq!((of(AF_INET), of(AF_UNIX), of(40), of(38)), (None, None, Some(EAFNOSUPPORT), Some(EAFNOSUPPORT)));
        assert_eq!(family_errno(Confinement::Plain, AF_UNIX), Some(libc::EACCES));
        let flat = unsupervised_filter(Confinement::Namespaces).expect("a filter");
        let socket = |family| outcome(&flat, libc::SYS_socket, [family, 1, 0, 0, 0, 0]);
        assert_eq!((socket(2), socket(40)), (SECCOMP_RET_ALLOW, fails_with(EAFNOSUPPORT)));
    }
}
