//! The macro that defines the enums of reasons: what kept socklab from a verdict. Each reason is
//! typed in memory, and a message of the catalogues in format 1.

/// Defines an enum of reasons: variant, values and message id.
macro_rules! reasons {
    ($(#[$about:meta])* $name:ident { $($variant:ident { $($value:ident: $type:ty),* } = $id:literal;)* }) => {
        $(#[$about])*
        pub enum $name {
            $(
                #[doc = concat!("The message `", $id, "`.")]
                $variant {
                    $(
                        #[doc = concat!("The value `", stringify!($value), "` of the message.")]
                        $value: $type,
                    )*
                },
            )*
            /// Another reason, of this or another version of socklab: shown, never decided on.
            Other(Message),
        }

        impl $name {
            /// The message ids, each with the names of its values.
            pub const ROWS: &[(&str, &[&str])] = &[$(($id, &[$(stringify!($value)),*]),)*];

            /// Returns its message.
            #[must_use]
            pub fn message(&self) -> Message {
                match self {
                    $(Self::$variant { $($value),* } => {
                        let args: Vec<(&'static str, Option<Arg>)> = vec![$((stringify!($value), $value.to_arg())),*];
                        let args = args.into_iter().filter_map(|(name, arg)| Some((name.into(), arg?)));
                        Message { args: args.collect(), ..Message::new($id) }
                    })*
                    Self::Other(message) => message.clone(),
                }
            }

            fn read(source: Source<'_>) -> Option<Self> {
                Some(match &*source.message.id {
                    $($id => Self::$variant {
                        $($value: <$type>::read_from(stringify!($value), source)?),*
                    },)*
                    _ => return None,
                })
            }
        }

        impl From<Message> for $name {
            /// Returns the reason with exactly this message.
            fn from(message: Message) -> Self {
                let reason = Self::read(Source { message: &message, hint: None });
                reason.filter(|reason| reason.message() == message).unwrap_or(Self::Other(message))
            }
        }

        impl From<$name> for Message {
            fn from(reason: $name) -> Self {
                reason.message()
            }
        }
    };
}
pub(super) use reasons;
