//! The table of all causes: variant and values, message id, hints, and the kind of proof.
//!
//! A row with a second id has a twin: the message that also quotes a line. It is used if the value
//! after `if` is present.

use std::net::SocketAddr;

use super::hint::Hint;
use super::value::{ConnectAct, PortText, SocketState, Source, Value};
use super::{Proof, Row, causes};
use crate::model::{Cap, ClientId, ExitStatus, Protocol, SourceFault, TcpState};

causes! {
    Delivery {
        NotDelivered {} = "not-delivered", [];
    }
    Build {
        DoesNotBuild { file: String, error: Option<String>, hint: Hint } = "does-not-build" / "does-not-build-said" if error, [Build; errors];
        DoesNotBuildFault { file: String, fault: SourceFault, error: String, hint: Hint } = "does-not-build-fault", [WindowsHeaders, Windows, ByteOrderMark, SaveAsUtf8, Python2, Tabs, LineEndings];
        DoesNotBuildCap { file: String, cap: Cap } = "does-not-build-cap", [BuildCap];
        DoesNotBuildTime { file: String, limit: u64 } = "does-not-build-time", [BuildCap];
    }
    Refused {
        ProgramMissing { program: String } = "program-missing", [ProgramMissing];
        LineEndings { program: String } = "line-endings", [LineEndings];
        MarkedScript { program: String } = "marked-script", [ByteOrderMark];
        InterpreterMissing { program: String, interpreter: String } = "interpreter-missing", [InterpreterMissing];
        LoaderMissing { program: String } = "loader-missing", [LoaderMissing];
        ProgramNotExecutable { program: String } = "program-not-executable", [ProgramNotExecutable];
    }
    Start {
        BoundNotListening { at: SocketAddr, said: Option<String> } = "bound-not-listening" / "bound-not-listening-said" if said, [Listen];
        NothingListens { ms: u64, protocol: Protocol, said: Option<String> } = "nothing-listens" / "nothing-listens-said" if said, [NothingListens];
        WaitsWithoutPort { protocol: Protocol, call: String, said: Option<String> } = "waits-without-port" / "waits-without-port-said" if said, [NothingListens];
        AsksOnStdin { protocol: Protocol, said: Option<String> } = "asks-on-stdin" / "asks-on-stdin-said" if said, [AsksOnStdin];
        OtherProtocol { found: Protocol, wanted: Protocol, port: PortText, said: Option<String> } = "other-protocol" / "other-protocol-said" if said, [OtherProtocol];
        BoundToLoopback { at: SocketAddr } = "bound-to-loopback", [BindOutside];
        BoundElsewhere { at: SocketAddr } = "bound-elsewhere", [BindOutside];
    }
    End {
        ExitedEarly { status: ExitStatus, said: Option<String>, hint: Hint } = "exited-early" / "exited-early-said" if said, [Exited, BindFamily, NoSocket, Parentheses; errors];
        ExitedByFault { status: ExitStatus, fault: SourceFault, said: String, hint: Hint } = "exited-by-fault", [WindowsHeaders, Windows, ByteOrderMark, SaveAsUtf8, Python2, Tabs, LineEndings];
        ExitedAddressInUse { status: ExitStatus, said: String } = "exited-address-in-use", [AddressInUse];
        ExitedAddressNotHere { status: ExitStatus, said: String } = "exited-address-not-here", [AddressNotHere];
        ImpossibleAddress { status: ExitStatus, address: String, said: String } = "impossible-address", [ImpossibleAddress];
        AddressBytesSwapped { address: String } = "address-bytes-swapped", [AddressBytes];
        ExitedPermission { status: ExitStatus, said: String } = "exited-permission", [Permission];
        ServerEnded { status: ExitStatus, said: Option<String> } = "server-ended" / "server-ended-said" if said, [ServeForEver];
        CameToItsEnd { said: Option<String> } = "came-to-its-end" / "came-to-its-end-said" if said, [KeepRunning];
        EndedAfterListen { said: Option<String> } = "ended-after-listen" / "ended-after-listen-said" if said, [AcceptReturned];
        MemoryFault { status: ExitStatus, said: Option<String>, hint: Hint } = "memory-fault" / "memory-fault-said" if said, [Memory; errors];
        ServerEndedByError { status: ExitStatus, said: Option<String>, hint: Hint } = "server-ended-by-error" / "server-ended-by-error-said" if said, [Crashed, FixMistake, EndedSilently, BrokenPipe; errors];
        ServerCrashed { client: ClientId, status: ExitStatus, said: Option<String>, hint: Hint } = "server-crashed" / "server-crashed-said" if said, [Crashed, FixMistake, EndedSilently, BrokenPipe; errors];
        BoundTwice { address: String, said: String } = "bound-twice", [BindOnce];
        HasNotEnded { hint: Hint } = "has-not-ended", [End, EndProgram];
        EndedWithoutError { status: ExitStatus, said: Option<String> } = "ended-without-error" / "ended-without-error-said" if said, [ReportError];
        ProgramFailed { status: ExitStatus, said: Option<String>, hint: Hint } = "program-failed" / "program-failed-said" if said, [Exited, FixMistake, EndedSilently, Memory, WholeLines; errors];
        EndedBeforeConnect { protocol: Protocol, at: SocketAddr, status: ExitStatus, said: Option<String> } = "ended-before-connect" / "ended-before-connect-said" if said, [ConnectTo];
        EndedOtherwise { code: u64, status: ExitStatus, said: Option<String> } = "ended-otherwise" / "ended-otherwise-said" if said, [Exited];
        LineServerEnded { client: ClientId, line: String, status: ExitStatus, said: Option<String> } = "line-server-ended" / "line-server-ended-said" if said, [Crashed];
    }
    Limits {
        CapHit { cap: Cap, client: Option<ClientId>, code: Option<u64>, line: Option<String>, hint: Hint } = "cap-hit", [Cap, Exited, ServeForEver, Crashed];
    }
    Output {
        OutputMissing { wanted: String, said: String } = "output-missing", [Output];
        ThreadFailed { said: String, hint: Hint } = "thread-failed", [ThreadFailed; errors];
        ErrorPrinted { said: String, hint: Hint } = "error-printed", [ErrorPrinted; errors];
        OutputNothing { wanted: String } = "output-nothing", [Output];
        UncaughtError { said: String, hint: Hint } = "uncaught-error", [FixMistake, WholeLines; errors];
        OutputForbidden { line: String, pattern: String } = "output-forbidden", [NotPrinted];
    }
    Clients {
        ConnectionRefused { client: ClientId, act: ConnectAct } = "connection-refused", [Connect];
        ConnectionReset { client: ClientId, act: ConnectAct } = "connection-reset", [Connect];
        ConnectionLate { client: ClientId, act: ConnectAct } = "connection-late", [Connect];
        EndedByClose { client: ClientId, act: ConnectAct } = "ended-by-close", [Connect];
        NobodyConnected {} = "nobody-connected", [];
        NeverConnects { protocol: Protocol, at: SocketAddr } = "never-connects", [ConnectTo];
        SentNothing { client: ClientId, wanted: String } = "sent-nothing", [SendRequest];
        SentLate { client: ClientId } = "sent-late", [SendAtOnce];
        SentWithoutEnding { client: ClientId, line: String } = "sent-without-ending", [EndLines];
        OnlyFirstLines { client: ClientId, got: u64, of: u64 } = "only-first-lines", [LoopOverInput];
        AwaitsReply { client: ClientId, call: String } = "awaits-reply", [ReadWhileTyping];
        NeverCloses { client: ClientId } = "never-closes", [EndProgram];
        ConnectsByOther { found: Protocol, wanted: Protocol } = "connects-by-other", [OtherTransport];
        SentUnasked { client: ClientId, got: String } = "sent-unasked", [SendNothing];
        SentOther { client: ClientId, wanted: String, got: String } = "sent-other", [SendExactly];
        SentWithout { client: ClientId, wanted: String, got: String } = "sent-without", [SendExactly];
        SentDoesNotMatch { client: ClientId, wanted: String, got: String } = "sent-does-not-match", [SendExactly];
        NoAnswer { client: ClientId, hint: Hint } = "no-answer", [NoAnswer, NoAnswerDatagram];
        NoAnswerLate { client: ClientId, ms: u64, hint: Hint } = "no-answer-late", [NoAnswer, NoAnswerDatagram];
        NoAnswerSilent { client: ClientId, call: String, hint: Hint } = "no-answer-silent", [NoAnswer, NoAnswerDatagram];
        ReadsOn { client: ClientId, call: String } = "reads-on", [ReadsOn];
        AwaitsOtherClient { client: ClientId } = "awaits-other-client", [AwaitsOtherClient];
        ReadNotAnswered { client: ClientId, call: String } = "read-not-answered", [ReadsOn];
        DatagramReadNotAnswered { client: ClientId, call: String } = "datagram-read-not-answered", [SendTo];
        WaitsForKeyboard { client: ClientId } = "waits-for-keyboard", [WaitsForKeyboard];
        StandardInputRead { client: ClientId, hint: Hint } = "standard-input-read", [Parentheses, KeepConnection];
        DatagramUnread { client: ClientId, call: String } = "datagram-unread", [DatagramUnread];
        PrintedNotSent { client: ClientId, ms: u64, hint: Hint } = "printed-not-sent", [PrintedNotSent, PrintedNotSentDatagram];
        PrintedSilent { client: ClientId, call: String, hint: Hint } = "printed-silent", [PrintedNotSent, PrintedNotSentDatagram];
        NoAnswerClosed { client: ClientId } = "no-answer-closed", [NoAnswer];
        NoAnswerRefused { client: ClientId } = "no-answer-refused", [Refused];
        AnswerFromElsewhere { client: ClientId, from: SocketAddr, got: String } = "answer-from-elsewhere", [AnswerFromElsewhere];
        AnswerOfAnotherClient { client: ClientId, got: String } = "answer-of-another-client", [AnswerOfAnotherClient];
        AnswerToAnotherClient { client: ClientId, other: ClientId, hint: Hint } = "answer-to-another-client", [OwnConnection, ReplyAddress];
        SentToAllClients { client: ClientId, got: String } = "sent-to-all-clients", [OnlyToSender];
        UpperForEcho { client: ClientId, got: String } = "upper-for-echo", [RolesSwapped];
        EchoForUpper { client: ClientId, got: String } = "echo-for-upper", [Upper];
        LowerCase { client: ClientId, got: String, hint: Hint } = "lower-case", [Upper, Exactly];
        DecodedAsText { client: ClientId, got: String, hint: Hint } = "decoded-as-text", [Bytes, OneEncoding];
        Reversed { client: ClientId, got: String } = "reversed", [Exactly];
        AnswerDiffers { client: ClientId, expected: String, got: String } = "answer-differs", [Exactly];
        ReplyNotEqual { client: ClientId, wanted: String, got: String } = "reply-not-equal", [Exactly];
        ReplyWithout { client: ClientId, wanted: String, got: String } = "reply-without", [Exactly];
        ReplyDoesNotMatch { client: ClientId, wanted: String, got: String } = "reply-does-not-match", [Exactly];
        AnswerCut { client: ClientId, got: u64, of: u64, hint: Hint } = "answer-cut", [ReadUntilEnd, WholeDatagram];
        AnswerCutByClose { client: ClientId, got: u64, of: u64 } = "answer-cut-by-close", [ReadUntilEnd];
        AnswerCutByReset { client: ClientId, got: u64, of: u64 } = "answer-cut-by-reset", [ReadUntilEnd];
        AnswerCutAtBuffer { client: ClientId, got: u64, of: u64, hint: Hint } = "answer-cut-at-buffer", [ReadUntilEnd, WholeDatagram];
        EmptyAnswer { client: ClientId, of: u64 } = "empty-answer", [SendReceived];
        OnlyFirstMessage { client: ClientId, messages: u64, got: u64, of: u64 } = "only-first-message", [Loop];
        AcceptsAgain { client: ClientId } = "accepts-again", [AcceptOnce];
        StopsAfterMessages { client: ClientId, messages: u64, got: u64, of: u64 } = "stops-after-messages", [Loop];
        CutAtNul { client: ClientId } = "cut-at-nul", [ReceivedCount];
        EveryAnswerCut { client: ClientId, got: u64, of: u64, hint: Hint } = "every-answer-cut", [PointerSize, PointerSizeDatagram, ComparedCount];
        UpperOnlyBeginning { client: ClientId, got: String, bytes: u64 } = "upper-only-beginning", [ConvertedCount];
        CutAtBlank { client: ClientId, got: String } = "cut-at-blank", [OneWord];
        HttpAnswer { client: ClientId } = "http-answer", [PlainServer];
        ByteOrderMarkSent { client: ClientId } = "byte-order-mark-sent", [NoByteOrderMark];
        CharactersRemoved { client: ClientId, removed: String } = "characters-removed", [KeepCharacters];
        CaseOfAllBytes { client: ClientId, got: String } = "case-of-all-bytes", [OnlyLetters];
        BytesSkipped { client: ClientId, got: u64, bytes: u64 } = "bytes-skipped", [OneReader];
        BlanksMissing { client: ClientId, got: String } = "blanks-missing", [OneWord];
        OnlyAscii { client: ClientId, got: String } = "only-ascii", [OneEncoding];
        RestOfBuffer { client: ClientId, bytes: u64 } = "rest-of-buffer", [FlipBuffer];
        CutAtEarlierLength { client: ClientId, got: u64, of: u64 } = "cut-at-earlier-length", [EarlierLength];
        PrintedForm { client: ClientId, got: String, hint: Hint } = "printed-form", [PrintedForm, AwaitMissing];
        ObjectStream { client: ClientId, got: String } = "object-stream", [ObjectStream];
        TwoBytesPerLetter { client: ClientId, got: String } = "two-bytes-per-letter", [Utf16];
        OneBytePerAccent { client: ClientId, got: String } = "one-byte-per-accent", [Latin1];
        LengthBeforeAnswer { client: ClientId, prefix: String } = "length-before-answer", [NoLength];
        CaseChanged { client: ClientId, got: String, hint: Hint } = "case-changed", [Upper, Exactly];
        EncodedTwice { client: ClientId, got: String, hint: Hint } = "encoded-twice", [Bytes, OneEncoding];
        BytesDropped { client: ClientId, got: String, hint: Hint } = "bytes-dropped", [Bytes, OneEncoding];
        AddressSent { client: ClientId, got: String } = "address-sent", [PointerSent];
        CaseSwapped { client: ClientId, got: String, hint: Hint } = "case-swapped", [Upper, Exactly];
        EarlierTextAfter { client: ClientId, extra: String, bytes: u64 } = "earlier-text-after", [ReceivedCount];
        EarlierTextBefore { client: ClientId, extra: String } = "earlier-text-before", [EmptyVariable];
        AnswersOnlyAfterEnd { client: ClientId } = "answers-only-after-end", [ReadsToEnd];
        WaitsForShortRead { client: ClientId, bytes: u64 } = "waits-for-short-read", [AnswerEachPiece];
        WaitsForFixedAmount { client: ClientId, bytes: u64 } = "waits-for-fixed-amount", [AnswerEachPiece];
        AnswerAfterMore { client: ClientId, sent: String, bytes: u64 } = "answer-after-more", [AnswerEachPiece];
        OneMessageLate { client: ClientId, got: String } = "one-message-late", [OneMessageLate];
        KeptInBuffer { client: ClientId, sent: String, bytes: u64 } = "kept-in-buffer", [Flush];
        OneMessageUnanswered { client: ClientId, sent: String, bytes: u64 } = "one-message-unanswered", [OneMessageUnanswered];
        EndsAtByte255 { client: ClientId } = "ends-at-byte255", [CountAsInt];
        FirstByteNotUpper { client: ClientId } = "first-byte-not-upper", [FirstByte];
        CutByAccents { client: ClientId, got: u64, of: u64 } = "cut-by-accents", [CountBytes];
        LastByteMissing { client: ClientId, got: u64, of: u64 } = "last-byte-missing", [LastByte];
        LastByteNotUpper { client: ClientId } = "last-byte-not-upper", [LastByte];
        WhiteSpaceStripped { client: ClientId } = "white-space-stripped", [Exactly];
        AnswersOutOfOrder { client: ClientId } = "answers-out-of-order", [Exactly];
        Prefix { client: ClientId, prefix: String } = "prefix", [Prefix];
        SpeaksFirst { client: ClientId, prefix: String } = "speaks-first", [SpeaksFirst];
        NewlineAdded { client: ClientId, extra: String, bytes: u64 } = "newline-added", [NewlineAdded];
        NulAfterAnswer { client: ClientId, extra: String, bytes: u64 } = "nul-after-answer", [Nul];
        AnsweredTwice { client: ClientId, extra: String, bytes: u64, hint: Hint } = "answered-twice", [AnsweredTwice, OneAnswer];
        NeverStopsSending { client: ClientId, state: Option<TcpState>, hint: Hint } = "never-stops-sending", [ReceiveEachTurn, Close];
        MoreAfterEnd { client: ClientId, extra: String, bytes: u64 } = "more-after-end", [WritesAfterEnd];
        MoreAfterAnswer { client: ClientId, extra: String, bytes: u64 } = "more-after-answer", [Exactly];
        DatagramTooMany { client: ClientId, extra: String, bytes: u64 } = "datagram-too-many", [OneAnswer];
        DatagramFlood { client: ClientId, sent: u64, back: u64 } = "datagram-flood", [ReceiveInLoop];
        DatagramsMerged { client: ClientId, got: String } = "datagrams-merged", [OneAnswer];
        DatagramUnanswered { client: ClientId, sent: String, bytes: u64, answered: u64, missing: u64 } = "datagram-unanswered", [OneAnswer];
        FirstDatagramUnanswered { client: ClientId, answered: u64 } = "first-datagram-unanswered", [AddressLength];
        OnlyFirstDatagram { client: ClientId, missing: u64 } = "only-first-datagram", [DatagramLoop];
        EverySecondDatagram { client: ClientId, answered: u64, missing: u64 } = "every-second-datagram", [EverySecond];
        UnchangedUnanswered { client: ClientId, sent: String } = "unchanged-unanswered", [Unchanged];
        OnlyLastDatagram { client: ClientId, sent: String } = "only-last-datagram", [OneAnswer];
        OneAnsweredForAnother { client: ClientId, got: String, sent: String } = "one-answered-for-another", [OwnVariables];
        DiedBetweenDatagrams { client: ClientId, sent: String, bytes: u64, answered: u64, missing: u64 } = "died-between-datagrams", [ServeForEver];
        DiedOnEmptyDatagram { client: ClientId, sent: String, bytes: u64, answered: u64, missing: u64 } = "died-on-empty-datagram", [EmptyDatagram];
        SilentAfterEmptyDatagram { client: ClientId, sent: String, bytes: u64, answered: u64, missing: u64 } = "silent-after-empty-datagram", [EmptyDatagram];
        EndedByReset { client: ClientId } = "ended-by-reset", [Reset];
        StreamNotEnded { client: ClientId } = "stream-not-ended", [Close];
        PortsShared { count: u64, clients: u64, ports: String } = "ports-shared", [];
        SeveralServerPorts { ports: String } = "several-server-ports", [];
        LinesTooMany { client: ClientId, bytes: u64 } = "lines-too-many", [Exactly];
        LineOwn { client: ClientId, line: String } = "line-own", [LineOwn];
        LineTwice { client: ClientId, line: String } = "line-twice", [LineExtra];
        LineExtra { client: ClientId, line: String } = "line-extra", [LineExtra];
        LineOutOfOrder { client: ClientId, line: String, next: String } = "line-out-of-order", [LineOrder];
        LineDiffers { client: ClientId, line: String, got: String } = "line-differs", [Exactly];
        LineWithoutEnd { client: ClientId, line: String } = "line-without-end", [LineEnd];
        LineWithoutBeginning { client: ClientId, line: String, got: String } = "line-without-beginning", [LineBeginning];
        LineInPieces { client: ClientId, line: String, got: String } = "line-in-pieces", [LinePieces];
        LineWithoutPart { client: ClientId, line: String, got: String } = "line-without-part", [LinePieces];
        LineMixed { client: ClientId, line: String, got: String } = "line-mixed", [LinePieces];
        LineAfterAnother { client: ClientId, line: String } = "line-after-another", [LinePieces];
        LineClosed { client: ClientId, line: String } = "line-closed", [LineClosed];
        LineHeldUp { client: ClientId, line: String, unread: ClientId } = "line-held-up", [LineHeldUp];
        LineToOthersOnly { client: ClientId, line: String, other: ClientId } = "line-to-others-only", [LineToAll];
        LineMissing { client: ClientId, line: String, got: String } = "line-missing", [LineToAll];
        LineMissingOthersCame { client: ClientId, line: String } = "line-missing-others-came", [LineToAll];
        LineMissingNothingCame { client: ClientId, line: String } = "line-missing-nothing-came", [LineToAll];
    }
    Table {
        LeftUnread { client: ClientId, bytes: u64 } = "left-unread", [ReadWhileTyping];
        AcceptQueueFull { client: ClientId, waiting: u64, backlog: u64 } = "accept-queue-full", [Backlog];
        TooFewConnected { count: u64, wanted: u64 } = "too-few-connected", [];
        NotEstablished { client: ClientId, client_state: SocketState, server_state: SocketState } = "not-established", [NotEstablished];
        ClosedBeforeData { client: ClientId, hint: Hint } = "closed-before-data", [CloseLate, WaitForData];
        ShutDownFirst { client: ClientId } = "shut-down-first", [ShutDownLast];
        OnlyQueued { count: u64, wanted: u64, waiting: u64, accepted: u64 } = "only-queued", [Accept];
        AcceptedAfterAll { count: u64, wanted: u64, waiting: u64, accepted: u64 } = "accepted-after-all", [AcceptedAfterAll];
        ServedOneAfterAnother { accepted: u64, waiting: u64 } = "served-one-after-another", [AtOnce];
        BusyWithClient { client: ClientId, other: ClientId, call: String } = "busy-with-client", [AtOnce];
        LeftInAcceptQueue { client: ClientId, call: String } = "left-in-accept-queue", [Accept];
        ListenerNotWatched { client: ClientId, call: String } = "listener-not-watched", [WatchListener];
        OnlyFirstClient { client: ClientId, other: ClientId } = "only-first-client", [EveryClient];
        OtherListener { client: ClientId } = "other-listener", [OneListener];
        NeverAccepted { client: ClientId, state: TcpState } = "never-accepted", [Accept];
        DataUnread { client: ClientId, bytes: u64, call: Option<String>, hint: Hint } = "data-unread" / "data-unread-silent" if call, [ReadData, ServeAccepted, WatchAll, EventLoop];
        BusyAndUnread { client: ClientId } = "busy-and-unread", [BusyLoop];
        ConnectionNotWatched { client: ClientId, bytes: u64, call: String } = "connection-not-watched", [WatchConnection];
        SharedConnection { client: ClientId, other: ClientId, bytes: u64 } = "shared-connection", [OwnConnection];
        LineNotAccepted { client: ClientId, line: String, queued: ClientId } = "line-not-accepted", [LineNotAccepted];
        LeftInCloseWait { client: ClientId, state: TcpState } = "left-in-close-wait", [Close];
        SpinsAfterEnd { client: ClientId, state: TcpState } = "spins-after-end", [EmptyIsEnd];
        LeftEstablished { client: ClientId, state: TcpState } = "left-established", [Close];
        ClientClosedFirstWrong { client: ClientId } = "client-closed-first-wrong", [];
        ServerClosedFirstWrong { client: ClientId } = "server-closed-first-wrong", [];
        ClosedByReset { client: ClientId, client_state: SocketState, server_state: SocketState } = "closed-by-reset", [Reset];
        NotClosed { client: ClientId, client_state: SocketState, server_state: SocketState } = "not-closed", [Close];
        PeerNotSeen { client: ClientId, local: SocketAddr } = "peer-not-seen", [];
        UdpConnected { peer: SocketAddr } = "udp-connected", [UdpConnected];
        TcpListensToo { at: SocketAddr } = "tcp-listens-too", [OtherProtocol];
        NoLongerListening {} = "no-longer-listening", [KeepListening];
        NoLongerBound {} = "no-longer-bound", [KeepListening];
    }
    Packets {
        AnswerSentElsewhere { client: ClientId, to: SocketAddr, got: String } = "answer-sent-elsewhere", [ReplyAddress];
        HandshakeNotSeen { client: ClientId } = "handshake-not-seen", [Handshake];
        PacketsNoAnswer { client: ClientId } = "packets-no-answer", [PacketsNoAnswer];
        PacketsUnacknowledgedClient { client: ClientId } = "packets-unacknowledged-client", [PacketsUnacknowledged];
        PacketsUnacknowledgedServer { client: ClientId } = "packets-unacknowledged-server", [PacketsUnacknowledged];
        PacketsNotPushed { client: ClientId } = "packets-not-pushed", [PacketsUnacknowledged];
        PacketsOtherAnswer { client: ClientId, got: String, expected: String } = "packets-other-answer", [PacketsOtherAnswer];
        PacketsNoFin { client: ClientId } = "packets-no-fin", [Close];
        PacketsFinUnacknowledged { client: ClientId } = "packets-fin-unacknowledged", [Close];
        PacketsResetByServer { client: ClientId } = "packets-reset-by-server", [Reset];
        PacketsResetByClient { client: ClientId } = "packets-reset-by-client", [LateData];
        ConversationsOther { count: u64, wanted: u64, ports: u64, wanted_ports: u64 } = "conversations-other", [Conversations];
        ConversationsOtherPorts { count: u64, wanted: u64, ports: u64, wanted_ports: u64 } = "conversations-other-ports", [Conversations];
        PortHasOthers { port: PortText, from: SocketAddr, to: SocketAddr } = "port-has-others", [PortHasOthers];
        HandshakeOverUdp { port: PortText } = "handshake-over-udp", [OtherProtocol];
        ServerSpeaksFirst { client: ClientId } = "server-speaks-first", [Datagrams];
        DatagramsMissing { client: ClientId, sent: u64, back: u64 } = "datagrams-missing", [Datagrams];
        DatagramsTooMany { client: ClientId, sent: u64, back: u64 } = "datagrams-too-many", [Datagrams];
        DatagramLength { field: u64, payload: u64 } = "datagram-length", [];
        NotSentAgain { lost: u64, again: u64 } = "not-sent-again", [NotSentAgain];
        DatagramSentAgain { client: ClientId } = "datagram-sent-again", [DatagramSentAgain];
    }
    Calls {
        ConnectsElsewhere { to: SocketAddr, at: SocketAddr } = "connects-elsewhere", [ConnectTo];
        AttackedHarness { call: String } = "attacked-harness", [AttackedHarness];
        BindLengthWrong { length: u64, port: Option<PortText> } = "bind-length-wrong" / "bind-length-wrong-port" if port, [BindLength];
        BindFailed { call: String, port: Option<PortText> } = "bind-failed" / "bind-failed-port" if port, [BindResult];
        ListenNeverCalled {} = "listen-never-called", [Listen];
        ListenBeforeBind {} = "listen-before-bind", [BindFirst];
        StreamForDatagrams {} = "stream-for-datagrams", [DatagramSocket];
        UnixSocketBound { protocol: Protocol } = "unix-socket-bound", [InternetSocket];
        BindNeverCalled { port: Option<PortText> } = "bind-never-called" / "bind-never-called-port" if port, [CallBind];
        ConnectForBind { call: String } = "connect-for-bind", [BindNotConnect];
        BoundToPortZero { port: Option<PortText> } = "bound-to-port-zero" / "bound-to-port-zero-port" if port, [NamePort];
        SeveralListeners { sockets: u64, at: SocketAddr } = "several-listeners", [OneListener];
        ClientNeverAccepted { client: ClientId, accepts: u64 } = "client-never-accepted", [AcceptAll];
        CallsMissing { asked: String, made: String, call: String } = "calls-missing", [Calls];
        CallsOrder { asked: String, made: String, call: String } = "calls-order", [Calls];
    }
    Again {
        WaitsForNewline {} = "waits-for-newline", [WaitsForNewline];
        WaitsForEnding { ending: String } = "waits-for-ending", [WaitsForEnding];
        WaitsForLength {} = "waits-for-length", [NoLength];
        AnswersTooLate {} = "answers-too-late", [AnswersTooLate];
        AnswersFixedText { got: String } = "answers-fixed-text", [AnswersFixedText];
        CallFailed { call: String, error: String, hint: Hint } = "call-failed", [NegativeDescriptor, DescriptorClosed, NoSocket, Parentheses, BufferAddress, AcceptOfDatagrams, AcceptListens, DatagramSize, SendAddress, SendTo, AddressLength, UseConnection, ShutDownLast, WaitArguments];
        EndedByAccept { error: String, hint: Hint } = "ended-by-accept", [Interrupted, NegativeDescriptor, DescriptorClosed, NoSocket, Parentheses, BufferAddress, AcceptOfDatagrams, AcceptListens];
        CountInOneByte { client: ClientId } = "count-in-one-byte", [CountInInt];
        MixedConnections {} = "mixed-connections", [OwnConnection];
        ThreadWithoutConnection {} = "thread-without-connection", [OwnConnection];
        ReadGaveUp { call: String } = "read-gave-up", [WaitForData];
        StopsAtMessage { client: ClientId, messages: u64, hint: Hint } = "stops-at-message", [CompareMessages, WaitForData];
        ClosedUnread { hint: Hint } = "closed-unread", [CloseLate, WaitForData];
        ClosedAfterReading { bytes: u64 } = "closed-after-reading", [ReachSend];
        BindRefused { call: String, error: String, hint: Hint } = "bind-refused", [AddressInUse, AddressNotHere, Permission, BindFamily, BindResult];
        WrongEvent {} = "wrong-event", [DataEvent];
        WrongDatagramEvent {} = "wrong-datagram-event", [MessageEvent];
        DeferTooLate {} = "defer-too-late", [CloseInTurn];
        HandlerMissing {} = "handler-missing", [NameHandle];
        CloseNotCalled {} = "close-not-called", [CallClose];
        DatagramReceivedMissing {} = "datagram-received-missing", [DatagramReceived];
        LingerReset {} = "linger-reset", [NoLinger];
        Utf16Decoded { client: ClientId, got: String } = "utf16-decoded", [Utf16];
        ThreadGetsAddress {} = "thread-gets-address", [OwnCopy];
        SelectCount {} = "select-count", [SelectCount];
        ServeForeverMissing {} = "serve-forever-missing", [ServeForever];
        NeverAwaited { call: String, hint: Hint } = "never-awaited", [AwaitCall, PlainFunction];
        ReservedOnly {} = "reserved-only", [Resize];
        TableByHost {} = "table-by-host", [AddressAsKey];
        EventsCompared { client: ClientId } = "events-compared", [TestBits];
        StartNotCalled {} = "start-not-called", [StartThread];
        ThreadNotStarted {} = "thread-not-started", [StartThread];
        ByteTakenForEnd { client: ClientId } = "byte-taken-for-end", [CountAsInt];
        NeverNotified {} = "never-notified", [Notify];
        HttpServer {} = "http-server", [PlainServer];
        PiecesStripped { client: ClientId } = "pieces-stripped", [NoStrip];
        OneThreadTaken {} = "one-thread-taken", [MoreThreads];
        TaskErrorHidden {} = "task-error-hidden", [PrintTaskError];
        ErrorHidden {} = "error-hidden", [PrintError];
        ErrorCaught { error: String, hint: Hint } = "error-caught", [ErrorCaught; errors];
        UpperLost { client: ClientId, got: String } = "upper-lost", [UseResult];
        NeverFlushed { writer: String } = "never-flushed", [Flush];
        AwaitsThread {} = "awaits-thread", [AwaitsThread];
        NeedlessAccept { call: String } = "needless-accept", [TestReadySet];
        EventOfServer {} = "event-of-server", [EventOfConnection];
        ListenerClosed { said: Option<String>, hint: Hint } = "listener-closed" / "listener-closed-said" if said, [KeepListener, ParentKeepsListener];
        ClosedByStarter {} = "closed-by-starter", [CloseLate];
        NextWithoutClose {} = "next-without-close", [CloseBeforeAccept];
        ReadThrownAway {} = "read-thrown-away", [KeepRead];
        HeldByParent {} = "held-by-parent", [CloseInParent];
        ReadOfNothing { call: String } = "read-of-nothing", [BufferSize];
        SendOfNothing { call: String } = "send-of-nothing", [SentCount];
    }
}
