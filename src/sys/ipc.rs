//! The bounds of an IPC namespace: System V segments, queues and semaphores, and POSIX message queues, all of which live in the
//! kernel's memory and belong to no process (`sysvipc(7)`, `mq_overview(7)`). For root of the namespace, from Linux 6.9 on.

use super::network::write_sysctl;

/// How much memory System V segments may take together, in bytes.
pub const SEGMENTS: u64 = 256 << 20;

/// Bounds the IPC namespace that this process is in, as far as the kernel lets it.
pub fn bound() {
    let pages = SEGMENTS / rustix::param::page_size() as u64;
    for (setting, value) in [
        ("kernel/shmall", pages.to_string()),
        ("kernel/shmmax", SEGMENTS.to_string()),
        ("kernel/shmmni", "128".to_owned()),
        ("kernel/msgmni", "32".to_owned()),
        ("kernel/msgmnb", "65536".to_owned()),
        ("kernel/sem", "250 4096 32 128".to_owned()),
        ("fs/mqueue/queues_max", "32".to_owned()),
        ("fs/mqueue/msg_max", "64".to_owned()),
        ("fs/mqueue/msgsize_max", "65536".to_owned()),
    ] {
        // Older kernels do not let this be set from here: there the guard counts.
        let _ = write_sysctl(setting, &value);
    }
}
