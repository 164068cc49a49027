//! Limits the objects of an IPC namespace: System V segments, queues and semaphores, and POSIX
//! message queues. They use kernel memory and belong to no process (`sysvipc(7)`,
//! `mq_overview(7)`). Requires root of the namespace and Linux 6.9.

use super::net_settings::write_sysctl;

/// Total memory of System V segments, in bytes.
pub(crate) const MAX_SEGMENT_BYTES: u64 = 256 << 20;

/// Sets the limits of this process's IPC namespace, as far as the kernel permits.
pub(crate) fn set_limits() {
    let pages = MAX_SEGMENT_BYTES / rustix::param::page_size() as u64;
    for (setting, value) in [
        ("kernel/shmall", pages.to_string()),
        ("kernel/shmmax", MAX_SEGMENT_BYTES.to_string()),
        ("kernel/shmmni", "128".to_owned()),
        ("kernel/msgmni", "32".to_owned()),
        ("kernel/msgmnb", "65536".to_owned()),
        ("kernel/sem", "250 4096 32 128".to_owned()),
        ("fs/mqueue/queues_max", "32".to_owned()),
        ("fs/mqueue/msg_max", "64".to_owned()),
        ("fs/mqueue/msgsize_max", "65536".to_owned()),
    ] {
        // Older kernels do not permit this here. The resource monitor then counts the memory.
        let _ = write_sysctl(setting, &value);
    }
}
