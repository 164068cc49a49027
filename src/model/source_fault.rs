//! `SourceFault`: the meaning of a well-known error for the source of a program. Format 1 has its
//! name.

/// Defines [`SourceFault`]: each variant with its name.
macro_rules! faults {
    ($($(#[$about:meta])* $variant:ident = $name:literal;)*) => {
        /// What a well-known error of a compiler, an interpreter or a shell says about a program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SourceFault {
            $($(#[$about])* $variant,)*
        }

        impl SourceFault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

faults! {
    /// It uses headers or functions in C that only Windows has.
    WindowsHeaders = "windows-headers";
    /// It uses something in another language that only Windows has.
    Windows = "windows";
    /// It contains a byte order mark that its tool does not accept.
    ByteOrderMark = "byte-order-mark";
    /// It is saved as UTF-16.
    Utf16 = "utf-16";
    /// It is saved in another encoding than UTF-8.
    Encoding = "encoding";
    /// It is written for Python 2.
    Python2 = "python-2";
    /// Its indentation mixes tabs and spaces.
    Tabs = "tabs";
    /// A script of it has Windows line endings.
    LineEndings = "line-endings";
}

impl SourceFault {
    /// Returns true if the program was written for another system. It may be correct there. A
    /// program for Python 2, which nobody maintains any more, is at fault.
    #[must_use]
    pub const fn is_of_other_system(self) -> bool {
        matches!(self, Self::WindowsHeaders | Self::Windows)
    }
}
