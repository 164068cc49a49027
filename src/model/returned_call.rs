//! `ReturnedCall`: a system call on a socket with its result. Recorded in diagnosing runs only.

use serde::{Deserialize, Serialize};

/// A system call on a socket that has returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedCall {
    /// The call, as in its manual page; the same name for all its forms (`accept`, `dup`, `poll`,
    /// `select`, `epoll_wait`, `fork`), and `recv` and `send` if it has no address.
    pub name: String,
    /// The descriptor that it is about. None for `socket`, which creates one, and for `poll`,
    /// `select` and `fork`.
    pub fd: Option<i32>,
    /// The inode of the socket behind `fd`. None if `fd` was not a socket.
    pub inode: Option<u64>,
    /// The number of bytes to read or write, or of descriptors to wait for, as the program gave it.
    /// None if the call has none.
    pub size: Option<u64>,
    /// The result of the kernel: a count, a descriptor or 0; a negative error number (`errno(3)`)
    /// if the call failed.
    pub result: i64,
    /// The inode of the socket that the call created: by `socket`, the connection of `accept`,
    /// or the copy of `dup`.
    pub created: Option<u64>,
}

impl ReturnedCall {
    /// Returns the error number, if the call failed.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        i32::try_from(self.result).ok().filter(|result| *result < 0).map(i32::wrapping_neg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_result_is_an_error_number() {
        let call = |result| ReturnedCall {
            name: "send".to_owned(),
            fd: Some(4),
            inode: None,
            size: Some(9),
            result,
            created: None,
        };
        assert_eq!(call(-9).errno(), Some(9));
        assert_eq!([call(0).errno(), call(9).errno(), call(i64::MIN).errno()], [None; 3]);
    }
}
