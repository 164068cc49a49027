//! `Hint`: a suggestion for the student that comes with a cause.

use crate::model::{Message, SourceFault};

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

hints! {
    Build = "hint-build",
    BuildCap = "hint-build-cap",
    WindowsHeaders = "hint-windows-headers",
    Windows = "hint-windows",
    ByteOrderMark = "hint-byte-order-mark",
    SaveAsUtf8 = "hint-save-as-utf-8",
    Python2 = "hint-python-2",
    Tabs = "hint-tabs",
    LineEndings = "hint-line-endings",
    InterpreterMissing = "hint-interpreter-missing",
    LoaderMissing = "hint-loader-missing",
    ProgramMissing = "hint-program-missing",
    ProgramNotExecutable = "hint-program-not-executable",
    Listen = "hint-listen",
    NothingListens = "hint-nothing-listens",
    AsksOnStdin = "hint-asks-on-stdin",
    OtherProtocol = "hint-other-protocol",
    BindOutside = "hint-bind-outside",
    Exited = "hint-exited",
    AddressInUse = "hint-address-in-use",
    AddressNotHere = "hint-address-not-here",
    AddressBytes = "hint-address-bytes",
    Permission = "hint-permission",
    KeepRunning = "hint-keep-running",
    ThreadFailed = "hint-thread-failed",
    ErrorPrinted = "hint-error-printed",
    ServeForEver = "hint-serve-for-ever",
    Crashed = "hint-crashed",
    FixMistake = "hint-fix-mistake",
    EndedSilently = "hint-ended-silently",
    BrokenPipe = "hint-broken-pipe",
    BindOnce = "hint-bind-once",
    End = "hint-end",
    Cap = "hint-cap",
    Output = "hint-output",
    Connect = "hint-connect",
    NoAnswer = "hint-no-answer",
    NoAnswerDatagram = "hint-no-answer-datagram",
    ReadsOn = "hint-reads-on",
    AcceptOnce = "hint-accept-once",
    AwaitsOtherClient = "hint-awaits-other-client",
    SendTo = "hint-send-to",
    DatagramUnread = "hint-datagram-unread",
    PrintedNotSent = "hint-printed-not-sent",
    PrintedNotSentDatagram = "hint-printed-not-sent-datagram",
    Refused = "hint-refused",
    AnswerFromElsewhere = "hint-answer-from-elsewhere",
    AnswerOfAnotherClient = "hint-answer-of-another-client",
    OwnConnection = "hint-own-connection",
    RolesSwapped = "hint-roles-swapped",
    Upper = "hint-upper",
    Exactly = "hint-exactly",
    WritesAfterEnd = "hint-writes-after-end",
    Bytes = "hint-bytes",
    ReadUntilEnd = "hint-read-until-end",
    WholeDatagram = "hint-whole-datagram",
    ReceivedCount = "hint-received-count",
    ImpossibleAddress = "hint-impossible-address",
    AcceptReturned = "hint-accept-returned",
    BindFamily = "hint-bind-family",
    Memory = "hint-memory",
    AwaitsThread = "hint-awaits-thread",
    TestReadySet = "hint-test-ready-set",
    EveryClient = "hint-every-client",
    BusyLoop = "hint-busy-loop",
    CloseInParent = "hint-close-in-parent",
    PointerSent = "hint-pointer-sent",
    PointerSize = "hint-pointer-size",
    ConvertedCount = "hint-converted-count",
    ComparedCount = "hint-compared-count",
    OneWord = "hint-one-word",
    OneEncoding = "hint-one-encoding",
    PointerSizeDatagram = "hint-pointer-size-datagram",
    EarlierLength = "hint-earlier-length",
    PrintedForm = "hint-printed-form",
    ObjectStream = "hint-object-stream",
    Utf16 = "hint-utf16",
    Latin1 = "hint-latin1",
    EmptyVariable = "hint-empty-variable",
    ReadsToEnd = "hint-reads-to-end",
    AnswerEachPiece = "hint-answer-each-piece",
    OneMessageLate = "hint-one-message-late",
    Flush = "hint-flush",
    OneMessageUnanswered = "hint-one-message-unanswered",
    AddressLength = "hint-address-length",
    DatagramLoop = "hint-datagram-loop",
    EverySecond = "hint-every-second",
    Unchanged = "hint-unchanged",
    PlainServer = "hint-plain-server",
    NoByteOrderMark = "hint-no-byte-order-mark",
    KeepCharacters = "hint-keep-characters",
    OnlyLetters = "hint-only-letters",
    OneReader = "hint-one-reader",
    CallClose = "hint-call-close",
    DatagramReceived = "hint-datagram-received",
    NoLinger = "hint-no-linger",
    OwnCopy = "hint-own-copy",
    SelectCount = "hint-select-count",
    Notify = "hint-notify",
    ServeForever = "hint-serve-forever",
    InternetSocket = "hint-internet-socket",
    Resize = "hint-resize",
    NoStrip = "hint-no-strip",
    MoreThreads = "hint-more-threads",
    OwnVariables = "hint-own-variables",
    ReplyAddress = "hint-reply-address",
    Loop = "hint-loop",
    Prefix = "hint-prefix",
    SpeaksFirst = "hint-speaks-first",
    NewlineAdded = "hint-newline-added",
    Nul = "hint-nul",
    AnsweredTwice = "hint-answered-twice",
    OneAnswer = "hint-one-answer",
    Close = "hint-close",
    EmptyDatagram = "hint-empty-datagram",
    Reset = "hint-reset",
    LineOwn = "hint-line-own",
    LineExtra = "hint-line-extra",
    LineOrder = "hint-line-order",
    LineEnd = "hint-line-end",
    LineBeginning = "hint-line-beginning",
    LinePieces = "hint-line-pieces",
    LineClosed = "hint-line-closed",
    LineHeldUp = "hint-line-held-up",
    LineToAll = "hint-line-to-all",
    Backlog = "hint-backlog",
    NotEstablished = "hint-not-established",
    Accept = "hint-accept",
    AcceptAll = "hint-accept-all",
    ReadData = "hint-read-data",
    ServeAccepted = "hint-serve-accepted",
    WatchAll = "hint-watch-all",
    EventLoop = "hint-event-loop",
    CloseLate = "hint-close-late",
    EmptyIsEnd = "hint-empty-is-end",
    CompareMessages = "hint-compare-messages",
    CountInInt = "hint-count-in-int",
    CountAsInt = "hint-count-as-int",
    FirstByte = "hint-first-byte",
    CountBytes = "hint-count-bytes",
    BindFirst = "hint-bind-first",
    DatagramSocket = "hint-datagram-socket",
    DataEvent = "hint-data-event",
    MessageEvent = "hint-message-event",
    ReceiveInLoop = "hint-receive-in-loop",
    CloseInTurn = "hint-close-in-turn",
    ReachSend = "hint-reach-send",
    NameHandle = "hint-name-handle",
    PrintTaskError = "hint-print-task-error",
    PrintError = "hint-print-error",
    UseResult = "hint-use-result",
    WatchListener = "hint-watch-listener",
    WatchConnection = "hint-watch-connection",
    AcceptedAfterAll = "hint-accepted-after-all",
    AtOnce = "hint-at-once",
    LineNotAccepted = "hint-line-not-accepted",
    UdpConnected = "hint-udp-connected",
    KeepListening = "hint-keep-listening",
    Handshake = "hint-handshake",
    PacketsNoAnswer = "hint-packets-no-answer",
    PacketsUnacknowledged = "hint-packets-unacknowledged",
    PacketsOtherAnswer = "hint-packets-other-answer",
    LateData = "hint-late-data",
    Conversations = "hint-conversations",
    PortHasOthers = "hint-port-has-others",
    Datagrams = "hint-datagrams",
    NotSentAgain = "hint-not-sent-again",
    DatagramSentAgain = "hint-datagram-sent-again",
    AttackedHarness = "hint-attacked-harness",
    BindLength = "hint-bind-length",
    BindResult = "hint-bind-result",
    CallBind = "hint-call-bind",
    BindNotConnect = "hint-bind-not-connect",
    NamePort = "hint-name-port",
    OneListener = "hint-one-listener",
    Calls = "hint-calls",
    WaitsForNewline = "hint-waits-for-newline",
    WaitsForEnding = "hint-waits-for-ending",
    AnswersTooLate = "hint-answers-too-late",
    AnswersFixedText = "hint-answers-fixed-text",
    NegativeDescriptor = "hint-negative-descriptor",
    WaitArguments = "hint-wait-arguments",
    NoSocket = "hint-no-socket",
    Parentheses = "hint-parentheses",
    BufferAddress = "hint-buffer-address",
    AcceptOfDatagrams = "hint-accept-of-datagrams",
    AcceptListens = "hint-accept-listens",
    DatagramSize = "hint-datagram-size",
    SendAddress = "hint-send-address",
    ShutDownLast = "hint-shut-down-last",
    BufferSize = "hint-buffer-size",
    SentCount = "hint-sent-count",
    @errors {
        AwaitMissing = "hint-await-missing",
        ClosedInSelect = "hint-closed-in-select",
        StillRegistered = "hint-still-registered",
        TextForBytes = "hint-text-for-bytes",
        AddressPair = "hint-address-pair",
        TwoValues = "hint-two-values",
        ThreadArguments = "hint-thread-arguments",
        NotAlwaysText = "hint-not-always-text",
        DeclareGlobal = "hint-declare-global",
        EmptyValue = "hint-empty-value",
        BangMethod = "hint-bang-method",
        HostIsAddress = "hint-host-is-address",
        IntegerPort = "hint-integer-port",
        UnknownName = "hint-unknown-name",
        ChangedInLoop = "hint-changed-in-loop",
        NoKeyWaited = "hint-no-key-waited",
        PoolShutDown = "hint-pool-shut-down",
        StartedTwice = "hint-started-twice",
        EndAsCount = "hint-end-as-count",
        OutOfRange = "hint-out-of-range",
        ThreadDestroyed = "hint-thread-destroyed",
        FreedTwice = "hint-freed-twice",
        EndIsNoError = "hint-end-is-no-error",
        MakeMap = "hint-make-map",
        ClosedChannel = "hint-closed-channel",
        NotHeld = "hint-not-held",
        AllWait = "hint-all-wait",
        AddressText = "hint-address-text",
        WriteAfterEnd = "hint-write-after-end",
        SocketClosedEarly = "hint-socket-closed-early",
        TextOrBuffer = "hint-text-or-buffer",
        BufferToText = "hint-buffer-to-text",
        NotANumber = "hint-not-a-number",
        SetNonBlocking = "hint-set-non-blocking",
        CancelledKey = "hint-cancelled-key",
        FlipBuffer = "hint-flip-buffer",
        PlainBytes = "hint-plain-bytes",
        CallIt = "hint-call-it",
        ImportSocket = "hint-import-socket",
        ListenPacket = "hint-listen-packet",
        QueueWaits = "hint-queue-waits",
        Interrupted = "hint-interrupted",
        WaitGroupAdd = "hint-wait-group-add",
        FrozenText = "hint-frozen-text",
        CallByColon = "hint-call-by-colon",
        NullArgument = "hint-null-argument",
        MainMethod = "hint-main-method",
        OwnFileName = "hint-own-file-name",
        LastByte = "hint-last-byte",
        NoLength = "hint-no-length",
        WaitsForKeyboard = "hint-waits-for-keyboard",
        DescriptorClosed = "hint-descriptor-closed",
        WaitForData = "hint-wait-for-data",
        UseConnection = "hint-use-connection",
        RequireMissing = "hint-require-missing",
    }
}

impl Hint {
    /// Returns the hint for a fault of a source.
    #[must_use]
    pub const fn for_fault(fault: SourceFault) -> Self {
        match fault {
            SourceFault::WindowsHeaders => Self::WindowsHeaders,
            SourceFault::Windows => Self::Windows,
            SourceFault::ByteOrderMark => Self::ByteOrderMark,
            SourceFault::Utf16 | SourceFault::Encoding => Self::SaveAsUtf8,
            SourceFault::Python2 => Self::Python2,
            SourceFault::Tabs => Self::Tabs,
            SourceFault::LineEndings => Self::LineEndings,
        }
    }

    /// Returns its message.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(self.id())
    }

    /// Returns the hint with this message.
    #[must_use]
    pub fn from_message(message: &Message) -> Option<Self> {
        Self::ALL.iter().copied().find(|hint| hint.message() == *message)
    }
}
