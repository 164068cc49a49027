//! The kinds of diagnostics. Code decides on a kind, never on the id of its message.

use crate::model::message::{Arg, Message};

/// A section of a scenario file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `steps`.
    Steps,
    /// `items`.
    Items,
    /// `expect` of the short form.
    Expect,
    /// `server` of the short form.
    Server,
    /// `variables`.
    Variables,
    /// `limits`.
    Limits,
    /// `hosts`.
    Hosts,
    /// `formats`.
    Formats,
}

impl Section {
    /// Returns its key in the file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Steps => "steps",
            Self::Items => "items",
            Self::Expect => "expect",
            Self::Server => "server",
            Self::Variables => "variables",
            Self::Limits => "limits",
            Self::Hosts => "hosts",
            Self::Formats => "formats",
        }
    }
}

/// Defines `DiagnosticKind` from its table.
macro_rules! kinds {
    ($($variant:ident = $id:literal,)*) => {
        /// The kind of a diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DiagnosticKind {
            $(
                #[doc = concat!("The message `", $id, "`.")]
                $variant,
            )*
        }

        impl DiagnosticKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the id of its message.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }
        }
    };
}

kinds! {
    // Files.
    FileMissing = "file-missing",
    FileIsDirectory = "file-is-directory",
    FileNotRegular = "file-not-regular",
    FileUnreadable = "file-unreadable",
    FileTooLarge = "file-too-large",
    FileNotText = "file-not-text",
    // YAML.
    EmptyFile = "empty-file",
    MoreDocuments = "more-documents",
    YamlSyntax = "yaml-syntax",
    AliasBomb = "alias-bomb",
    TooManyValues = "too-many-values",
    NestingTooDeep = "nesting-too-deep",
    YamlTag = "mistake-yaml-tag",
    Key = "mistake-key",
    // Keys and values.
    UnknownKey = "mistake-unknown-key",
    UnknownWord = "mistake-unknown-word",
    Missing = "mistake-missing",
    Duplicate = "mistake-duplicate",
    Value = "mistake-value",
    Length = "mistake-length",
    OneKeyEmpty = "mistake-one-key-empty",
    OneKeyMore = "mistake-one-key-more",
    NeedsValue = "mistake-needs-value",
    Other = "mistake-other",
    // Arguments of steps and expectations.
    OneOf = "mistake-one-of",
    AnyOf = "mistake-any-of",
    Between = "mistake-between",
    EmptyText = "mistake-empty-text",
    CloseQuiet = "mistake-close-quiet",
    LineInHeader = "mistake-line-in-header",
    GivenPath = "mistake-given-path",
    UnknownGivenFile = "mistake-unknown-given-file",
    Hex = "mistake-hex",
    Base64 = "mistake-base64",
    PayloadTooLarge = "mistake-payload-too-large",
    Regex = "mistake-regex",
    LineWithEnd = "mistake-line-with-end",
    LineInTwoLists = "mistake-line-in-two-lists",
    // Formats and their fields.
    NoFields = "mistake-no-fields",
    FieldName = "mistake-field-name",
    FieldType = "mistake-field-type",
    FieldSize = "mistake-field-size",
    FieldRule = "mistake-field-rule",
    SizeField = "mistake-size-field",
    CountedField = "mistake-counted-field",
    FieldConstant = "mistake-field-constant",
    ChecksumSize = "mistake-checksum-size",
    AfterRest = "mistake-after-rest",
    UnknownFormat = "mistake-unknown-format",
    FormatTwice = "mistake-format-twice",
    UnknownField = "mistake-unknown-field",
    FieldValue = "mistake-field-value",
    FieldRange = "mistake-field-range",
    FieldMissing = "mistake-field-missing",
    FieldsWithoutFormat = "mistake-fields-without-format",
    LineFormatSent = "mistake-line-format-sent",
    CapturedLater = "mistake-captured-later",
    // Macros.
    UnknownMacro = "mistake-unknown-macro",
    MacroCircle = "mistake-macro-circle",
    UnknownParameter = "mistake-unknown-parameter",
    MissingParameter = "mistake-missing-parameter",
    // Whole scenarios.
    NoSteps = "mistake-no-steps",
    NoItems = "mistake-no-items",
    NoExpectations = "mistake-no-expectations",
    ExpectWithoutServer = "mistake-expect-without-server",
    ItemsAndExpect = "mistake-items-and-expect",
    ExpectedName = "expected-name",
    VariableGiven = "mistake-variable-given",
    VariableName = "mistake-variable-name",
    EnvironmentName = "mistake-environment-name",
    // Items.
    ItemTwice = "mistake-item-twice",
    NeedsItself = "mistake-needs-itself",
    NeedsCircle = "mistake-needs-circle",
    UnknownItem = "mistake-unknown-item",
    // Hosts.
    LinkWithoutHosts = "mistake-link-without-hosts",
    SameHosts = "mistake-same-hosts",
    TwoHosts = "mistake-two-hosts",
    WhichHost = "mistake-which-host",
    UnknownHost = "mistake-unknown-host",
    NeedsHosts = "mistake-needs-hosts",
    // The link.
    QueueWithoutRate = "mistake-queue-without-rate",
    RuleDelay = "mistake-rule-delay",
    RuleFormat = "mistake-rule-format",
    // What earlier steps declare.
    NoServer = "mistake-no-server",
    UnknownServer = "mistake-unknown-server",
    NoClients = "mistake-no-clients",
    TooManyClients = "mistake-too-many-clients",
    NobodyConnects = "mistake-nobody-connects",
    UnknownClient = "mistake-unknown-client",
    MoreThanConnect = "mistake-more-than-connect",
    NothingSent = "mistake-nothing-sent",
    NoListener = "mistake-no-listener",
    UnknownListener = "mistake-unknown-listener",
    NoneAccepted = "mistake-none-accepted",
    AcceptedConnection = "mistake-accepted-connection",
    NotAccepted = "mistake-not-accepted",
    NotCollected = "mistake-not-collected",
    NoStream = "mistake-no-stream",
    ExitNotAwaited = "mistake-exit-not-awaited",
    SnapshotTwice = "mistake-snapshot-twice",
    UnknownSnapshot = "mistake-unknown-snapshot",
    UnknownVariable = "mistake-unknown-variable",
    // Labs and manifests.
    UnknownRole = "mistake-unknown-role",
    UnknownBundled = "mistake-unknown-bundled",
    NoScenarios = "mistake-no-scenarios",
    PathOutside = "mistake-path-outside",
}

impl DiagnosticKind {
    /// Returns the kind whose message has this id.
    #[must_use]
    pub fn with_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Returns the sections of a scenario that a mistake of this kind depends on, apart from its
    /// own node. `None` if it never follows from a syntax error.
    #[must_use]
    pub const fn relies_on(self) -> Option<&'static [Section]> {
        Some(match self {
            Self::NoSteps => &[Section::Steps],
            Self::NoItems => &[Section::Items],
            Self::NoExpectations
            | Self::OneOf
            | Self::AnyOf
            | Self::NoClients
            | Self::QueueWithoutRate
            | Self::RuleDelay
            | Self::RuleFormat => &[],
            Self::ExpectWithoutServer => &[Section::Server],
            Self::UnknownVariable => &[Section::Variables],
            Self::CapturedLater => &[Section::Steps],
            Self::UnknownFormat => &[Section::Formats],
            Self::TooManyClients => &[Section::Limits],
            Self::TwoHosts
            | Self::SameHosts
            | Self::WhichHost
            | Self::UnknownHost
            | Self::NeedsHosts
            | Self::LinkWithoutHosts => &[Section::Hosts],
            Self::NoServer
            | Self::UnknownServer
            | Self::NobodyConnects
            | Self::NothingSent
            | Self::NoListener
            | Self::UnknownListener
            | Self::NoneAccepted
            | Self::AcceptedConnection
            | Self::NotAccepted
            | Self::NotCollected
            | Self::NoStream
            | Self::UnknownClient
            | Self::UnknownSnapshot
            | Self::MoreThanConnect
            | Self::ExitNotAwaited => &[Section::Steps, Section::Server],
            _ => return None,
        })
    }

    /// Returns a mistake of this kind with one value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Arg>) -> Mistake {
        Mistake::from(self).with(name, value)
    }
}

/// What is wrong: a kind, with the values of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub(super) kind: DiagnosticKind,
    pub(super) message: Message,
}

impl Mistake {
    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.message = self.message.with(name, value);
        self
    }
}

impl From<DiagnosticKind> for Mistake {
    fn from(kind: DiagnosticKind) -> Self {
        Self { kind, message: Message::new(kind.id()) }
    }
}

impl From<Mistake> for Message {
    fn from(mistake: Mistake) -> Self {
        mistake.message
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::i18n::message_ids;
    use crate::model::Language;

    #[test]
    fn ids_derive_from_variants_and_are_unique() {
        let mut known = BTreeSet::new();
        for kind in DiagnosticKind::ALL {
            let words = kind.id().strip_prefix("mistake-").unwrap_or(kind.id());
            assert_eq!(words.replace('-', ""), format!("{kind:?}").to_lowercase());
            assert!(known.insert(kind.id()), "{kind:?}");
            assert_eq!(DiagnosticKind::with_id(kind.id()), Some(*kind));
        }
    }

    #[test]
    fn kinds_are_exactly_the_mistakes_of_the_catalogues() {
        for language in Language::ALL {
            let ids = message_ids(language);
            for kind in DiagnosticKind::ALL {
                assert!(ids.contains(kind.id()), "{kind:?} in {}", language.tag());
            }
            let unknown: Vec<_> =
                ids.iter().filter(|id| id.starts_with("mistake-") && DiagnosticKind::with_id(id).is_none()).collect();
            assert_eq!(unknown, Vec::<&String>::new());
        }
    }
}
