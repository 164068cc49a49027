//! `Cause`: why an item failed. One variant per cause, with typed values, its message, its hint and
//! the kind of evidence that proves it. Data only: the judges choose the cause.

mod hint;
mod hint_macro;
mod hint_table;
mod message_table;
mod symptom;
mod table;
mod transfer_table;
pub(super) mod value;

pub use hint::Hint;
pub use symptom::{Symptom, is_unclosed, is_unproved, symptom};
pub use table::Cause;
pub use value::{ConnectAct, PortText, SocketState};

use super::message::Message;
use value::Source;

/// The kind of evidence that proves a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The submission itself.
    Delivery,
    /// The build.
    Build,
    /// The refusal to start the command.
    Refused,
    /// Whether the server's socket appeared.
    Start,
    /// How the server's process exited.
    End,
    /// A limit of the server's process.
    Limits,
    /// The output of the server.
    Output,
    /// The data that the clients sent and received.
    Clients,
    /// A snapshot of the socket table.
    Table,
    /// The packets.
    Packets,
    /// The system calls.
    Calls,
    /// A further run.
    Again,
}

impl Proof {
    /// Returns the id of the message that describes it.
    #[must_use]
    pub const fn message_id(self) -> &'static str {
        match self {
            Self::Delivery => "proof-delivery",
            Self::Build => "proof-build",
            Self::Refused => "proof-refused",
            Self::Start => "proof-start",
            Self::End => "proof-end",
            Self::Limits => "proof-limits",
            Self::Output => "proof-output",
            Self::Clients => "proof-clients",
            Self::Table => "proof-table",
            Self::Packets => "proof-packets",
            Self::Calls => "proof-calls",
            Self::Again => "proof-again",
        }
    }
}

/// A row of the table of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The name of the variant.
    pub variant: &'static str,
    /// The id of its message.
    pub id: &'static str,
    /// The id of the message that is used if a certain value is present, and the value's name.
    pub twin: Option<(&'static str, &'static str)>,
    /// The names of its values.
    pub values: &'static [&'static str],
    /// The hints that it may come with; empty if the hint of the item suffices.
    pub hints: &'static [Hint],
    /// True if it may also come with a hint for a known error ([`Hint::FOR_ERRORS`]).
    pub quotes_error: bool,
    /// The kind of evidence that proves it.
    pub proof: Proof,
}

impl Row {
    /// Returns every hint that it may come with.
    pub fn all_hints(&self) -> impl Iterator<Item = Hint> {
        let errors = if self.quotes_error { Hint::FOR_ERRORS } else { &[] };
        self.hints.iter().chain(errors).copied()
    }
}

/// The description of one message of a cause, for lookups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CauseInfo {
    /// The id of the message.
    pub id: &'static str,
    /// The row of its cause.
    pub row: &'static Row,
}

impl CauseInfo {
    /// Returns every message of a cause, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Cause::ROWS.iter().flat_map(|row| {
            let ids = [Some(row.id), row.twin.map(|(id, _)| id)];
            ids.into_iter().flatten().map(move |id| Self { id, row })
        })
    }

    /// Returns the cause with this message id.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        Self::all().find(|cause| cause.id == id)
    }
}

impl Cause {
    /// Returns its row of the table.
    #[must_use]
    pub fn row(&self) -> &'static Row {
        &Self::ROWS[self.index()]
    }

    /// Returns its message.
    #[must_use]
    pub fn message(&self) -> Message {
        let row = self.row();
        let mut message = Message::new(row.id);
        self.each_value(&mut |name, value| {
            if let Some(arg) = value.to_arg() {
                message.args.insert(name.into(), arg);
            }
        });
        if let Some((twin, _)) = row.twin.filter(|(_, value)| message.args.contains_key(*value)) {
            message.id = twin.into();
        }
        message
    }

    /// Returns its hint: the one among its values, else the only one of its row.
    #[must_use]
    pub fn hint(&self) -> Option<Hint> {
        let mut hint = None;
        self.each_value(&mut |_, value| hint = hint.or(value.hint()));
        hint.or_else(|| self.row().hints.first().copied())
    }

    /// Returns the kind of evidence that proves it.
    #[must_use]
    pub fn proof(&self) -> Proof {
        self.row().proof
    }

    /// Returns the cause with exactly this message and hint; `None` if there is none. An older
    /// version of socklab may have had other causes.
    #[must_use]
    pub fn from_message(message: &Message, hint: Option<&Message>) -> Option<Self> {
        let cause = Self::read(Source { message, hint })?;
        (cause.message() == *message && cause.hint().map(Hint::message).as_ref() == hint).then_some(cause)
    }
}

/// Defines `Cause` from its table.
macro_rules! causes {
    ($($proof:ident {
        $($variant:ident { $($value:ident: $type:ty),* } = $id:literal $(/ $twin:literal if $flag:ident)?,
            [$($hint:ident),* $(; $errors:ident)?];)*
    })*) => {
        /// Why an item failed.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Cause {
            $($(
                #[doc = concat!("The message `", $id, "`.")]
                $variant {
                    $(
                        #[doc = concat!("The value `", stringify!($value), "` of the message.")]
                        $value: $type,
                    )*
                },
            )*)*
        }

        /// The variants without their values: each number is the index of a row.
        enum Variant {
            $($($variant,)*)*
        }

        impl Cause {
            /// The rows of the table.
            pub const ROWS: &[Row] = &[$($(Row {
                variant: stringify!($variant),
                id: $id,
                twin: causes!(@twin $($twin $flag)?),
                values: &[$(stringify!($value)),*],
                hints: &[$(Hint::$hint),*],
                quotes_error: causes!(@errors $($errors)?),
                proof: Proof::$proof,
            },)*)*];

            /// Returns the index of its row.
            pub(super) const fn index(&self) -> usize {
                match self {
                    $($(Self::$variant { .. } => Variant::$variant as usize,)*)*
                }
            }

            /// Calls a function for each value, with its name.
            pub(super) fn each_value(&self, visit: &mut dyn FnMut(&'static str, &dyn Value)) {
                match self {
                    $($(Self::$variant { $($value),* } => {
                        $(visit(stringify!($value), $value);)*
                    })*)*
                }
            }

            /// Reads the cause from a message with one of its ids.
            pub(super) fn read(source: Source<'_>) -> Option<Self> {
                Some(match &*source.message.id {
                    $($($id $(| $twin)? => Self::$variant {
                        $($value: <$type>::read_from(stringify!($value), source)?),*
                    },)*)*
                    _ => return None,
                })
            }
        }
    };
    (@errors) => { false };
    (@errors errors) => { true };
    (@twin) => { None };
    (@twin $twin:literal $flag:ident) => { Some(($twin, stringify!($flag))) };
}
use causes;

#[cfg(test)]
mod tests;
