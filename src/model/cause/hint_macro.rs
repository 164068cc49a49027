//! The macro that defines the hints from their list.

/// Defines the hints: variant and message id. Those for known errors come last.
macro_rules! hints {
    ($($variant:ident = $id:literal,)* @errors { $($error:ident = $error_id:literal,)* }) => {
        /// A suggestion for the student that comes with a cause.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Hint {
            $(
                #[doc = concat!("The message `", $id, "`.")]
                $variant,
            )*
            $(
                #[doc = concat!("The message `", $error_id, "`.")]
                $error,
            )*
        }

        impl Hint {
            /// Every hint.
            pub const ALL: &[Self] = &[$(Self::$variant,)* $(Self::$error),*];

            /// The hints for known errors that programs print: any cause that quotes an error may
            /// come with one of them.
            pub const FOR_ERRORS: &[Self] = &[$(Self::$error),*];

            /// Returns the id of its message.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                    $(Self::$error => $error_id,)*
                }
            }
        }
    };
}

pub(super) use hints;
