//! `KernelError`: the error that a request to the kernel returned, as its number. The catalogues
//! have the texts of the commonest numbers in both languages, each with the number's name.

use std::error::Error;
use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

use super::cause::value::{Source, Value};
use super::message::{Arg, Message};

/// The error of a failed operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Arg", into = "Arg")]
pub enum KernelError {
    /// The kernel's error number (`errno(3)`).
    Errno(i32),
    /// An error that has no number, in the words of its library: shown as it is.
    Text(String),
}

macro_rules! errnos {
    ($($name:ident)*) => {
        /// The error numbers that the catalogues have a text for, with their names.
        const ERRNOS: &[(i32, &str)] = &[$((libc::$name, stringify!($name))),*];
    };
}

errnos! {
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST EXDEV
    ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ETXTBSY EFBIG ENOSPC EROFS EMLINK EPIPE ENAMETOOLONG ENOSYS ENOTEMPTY
    ELOOP ENODATA EPROTO EOVERFLOW EUSERS EMSGSIZE ENOPROTOOPT EPROTONOSUPPORT EOPNOTSUPP EAFNOSUPPORT EADDRINUSE
    EADDRNOTAVAIL ENETDOWN ENETUNREACH ECONNABORTED ECONNRESET ENOBUFS ENOTCONN ETIMEDOUT ECONNREFUSED EHOSTDOWN
    EHOSTUNREACH EDQUOT
}

impl KernelError {
    /// Returns the error number, if it has one.
    #[must_use]
    pub const fn errno(&self) -> Option<i32> {
        match self {
            Self::Errno(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl From<KernelError> for Arg {
    fn from(error: KernelError) -> Self {
        match error {
            KernelError::Text(text) => Self::Text(text),
            KernelError::Errno(number) => match ERRNOS.iter().find(|(known, _)| *known == number) {
                Some((_, name)) => Message { id: errno_id(name).into(), args: Default::default() }.into(),
                None => Message::new("errno-other").with("number", number).into(),
            },
        }
    }
}

impl From<Arg> for KernelError {
    /// Reads a stored error. An older version of socklab stored only an English text; of an unknown
    /// message, its id remains.
    fn from(arg: Arg) -> Self {
        match arg {
            Arg::Text(text) => Self::Text(text),
            Arg::Number(number) => Self::Text(number.to_string()),
            Arg::Message(message) => {
                let number = match message.args.get("number") {
                    Some(Arg::Number(number)) => i32::try_from(*number).ok(),
                    _ => ERRNOS.iter().find(|(_, name)| errno_id(name) == message.id).map(|(number, _)| *number),
                };
                number.map_or_else(|| Self::Text(message.id.to_string()), Self::Errno)
            }
        }
    }
}

impl Value for KernelError {
    fn to_arg(&self) -> Option<Arg> {
        Some(self.clone().into())
    }

    fn read_from(name: &'static str, source: Source<'_>) -> Option<Self> {
        source.message.args.get(name).cloned().map(Self::from)
    }
}

/// Returns the id of an error number's text: `errno-eperm` for `EPERM`.
fn errno_id(name: &str) -> String {
    format!("errno-{}", name.to_ascii_lowercase())
}

impl From<io::Error> for KernelError {
    fn from(error: io::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&io::Error> for KernelError {
    /// Returns the error number of this error or of one that it wraps, else that of its kind.
    fn from(error: &io::Error) -> Self {
        let wrapped = || {
            let mut next: Option<&(dyn Error + 'static)> = error.get_ref().map(|inner| inner as _);
            while let Some(inner) = next {
                next = match inner.downcast_ref::<io::Error>() {
                    Some(error) if error.raw_os_error().is_some() => return error.raw_os_error(),
                    // Its source is that of the error inside it.
                    Some(error) => error.get_ref().map(|inner| inner as _),
                    None => inner.source(),
                };
            }
            None
        };
        let by_kind = || match error.kind() {
            ErrorKind::NotFound => Some(libc::ENOENT),
            ErrorKind::PermissionDenied => Some(libc::EACCES),
            ErrorKind::InvalidInput => Some(libc::EINVAL),
            ErrorKind::StorageFull => Some(libc::ENOSPC),
            ErrorKind::TimedOut => Some(libc::ETIMEDOUT),
            _ => None,
        };
        let number = error.raw_os_error().or_else(wrapped).or_else(by_kind);
        number.map_or_else(|| Self::Text(error.to_string()), Self::Errno)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_back_from_their_values() {
        let numbers = ERRNOS.iter().map(|&(number, _)| number).chain([9999]);
        for error in numbers.map(KernelError::Errno).chain([KernelError::Text("no".to_owned())]) {
            assert_eq!(KernelError::from(Arg::from(error.clone())), error);
        }
        let unknown = Arg::from(Message::new("errno-later"));
        assert_eq!(KernelError::from(unknown), KernelError::Text("errno-later".to_owned()));
    }

    #[test]
    fn number_is_found_in_wrapped_errors_and_kinds() {
        let refused = || io::Error::from_raw_os_error(libc::EPERM);
        for error in [refused(), io::Error::other(refused()), io::Error::other(io::Error::other(refused()))] {
            assert_eq!(KernelError::from(error), KernelError::Errno(libc::EPERM));
        }
        assert_eq!(KernelError::from(io::Error::from(ErrorKind::StorageFull)), KernelError::Errno(libc::ENOSPC));
        assert_eq!(KernelError::from(io::Error::other("odd")), KernelError::Text("odd".to_owned()));
    }
}
