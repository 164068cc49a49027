//! `Cap`: a limit that ended a program. Format 1 and the store have its name.

use serde::{Deserialize, Serialize};

/// Defines [`Cap`]: each variant with its name in the catalogues, in format 1 and in the store.
macro_rules! caps {
    ($($(#[$about:meta])* $variant:ident = $name:literal;)*) => {
        /// A limit on the resources of a program, which ended it.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum Cap {
            $($(#[$about])* $variant,)*
            /// A limit of another version of socklab.
            Other(String),
        }

        impl Cap {
            /// Every limit of this version.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns its name.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(name) => name,
                }
            }
        }

        impl From<String> for Cap {
            fn from(name: String) -> Self {
                match name.as_str() {
                    $($name => Self::$variant,)*
                    _ => Self::Other(name),
                }
            }
        }
    };
}

caps! {
    /// CPU time.
    Cpu = "cpu";
    /// The size of a file.
    FileSize = "file-size";
    /// Disk space.
    Disk = "disk";
    /// Processes and threads.
    Processes = "processes";
    /// Memory.
    Memory = "memory";
}

impl From<Cap> for String {
    fn from(cap: Cap) -> Self {
        cap.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_back_from_their_names() {
        for cap in Cap::ALL.iter().cloned().chain([Cap::Other("later".to_owned())]) {
            let text = serde_json::to_string(&cap).expect("JSON");
            assert_eq!(text, format!("\"{}\"", cap.name()));
            assert_eq!(serde_json::from_str::<Cap>(&text).expect("it"), cap);
        }
    }
}
