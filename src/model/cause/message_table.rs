//! The rows of the table of causes about messages of a format and their fields.

/// Adds the rows about messages to the table of causes.
macro_rules! with_message_causes {
    ($($rows:tt)*) => {
        causes! {
            $($rows)*
            Packets {
                WindowExceeded { seq: u64, packet: u64, count: u64, window: u64 } = "window-exceeded", [SendWindow];
                SentAgainAfterAck { seq: u64, packet: u64 } = "sent-again-after-ack", [ReadAcks];
                LostNotSentAgain { seq: u64, packet: u64 } = "lost-not-sent-again", [SendAgain];
                AckLostNotSentAgain { seq: u64 } = "ack-lost-not-sent-again", [SendAgain];
                AcknowledgedUnreceived { seq: u64, missing: u64, packet: u64 } = "acknowledged-unreceived", [AcknowledgeReceived];
                AcknowledgedEarlyPacket { seq: u64, missing: u64, packet: u64 } = "acknowledged-early-packet", [DiscardEarly];
                NeverAcknowledged { seq: u64, packet: u64 } = "never-acknowledged", [AcknowledgeEach];
                NotAcknowledgedAgain { seq: u64, packet: u64 } = "not-acknowledged-again", [AcknowledgeAgain];
                TransferOverhead { packets: u64, count: u64 } = "transfer-overhead", [ReadAcks];
                TransferWithoutData { name: String } = "transfer-without-data", [FieldLayout];
            }
            Clients {
                MessageCut { client: ClientId, number: u64, bytes: u64, name: String, position: u64, needed: u64, left: u64 } = "message-cut", [FieldLayout];
                MessageExtra { client: ClientId, number: u64, position: u64, bytes: u64, extra: String } = "message-extra", [FieldLayout];
                MessageUnterminated { client: ClientId, line: String } = "message-unterminated", [EndLines];
                MessageNoMatch { client: ClientId, number: u64, line: String, pattern: String } = "message-no-match", [LineForm];
                MessageNoJson { client: ClientId, number: u64, line: String } = "message-no-json", [JsonLine];
                MessageAgain { client: ClientId, number: u64, text: String, answer: Option<String> } = "message-again" / "message-again-answered" if answer, [SendOnce];
                MessageLeftOut { client: ClientId, number: u64, text: String, wanted: String } = "message-left-out", [SendInOrder];
                MessagesMissing { client: ClientId, messages: u64, of: u64, wanted: String } = "messages-missing", [SendInOrder];
                MessagesMore { client: ClientId, of: u64, text: String } = "messages-more", [SendOnce];
                NoSuchMessage { client: ClientId, messages: u64, wanted: String } = "no-such-message", [SendInOrder];
                ForbiddenMessage { client: ClientId, number: u64, text: String } = "forbidden-message", [SendOnce];
                NothingCaptured { client: ClientId, name: String } = "nothing-captured", [FieldLayout];
                FieldOther { client: ClientId, number: u64, name: String, position: Option<u64>, value: String, wanted: String } = "field-other" / "field-other-at" if position, [FieldContent];
                FieldSwapped { client: ClientId, number: u64, name: String, value: String, wanted: String } = "field-swapped", [ByteOrder];
                FieldSigned { client: ClientId, number: u64, name: String, value: String, wanted: String } = "field-signed", [Unsigned];
                LengthWithHeader { client: ClientId, number: u64, name: String, value: String, wanted: String } = "length-with-header", [LengthOfData];
                LengthInCharacters { client: ClientId, number: u64, name: String, value: String, wanted: String } = "length-in-characters", [LengthInBytes];
                LengthOther { client: ClientId, number: u64, name: String, value: String, wanted: String } = "length-other", [LengthOfData];
                ChecksumOther { client: ClientId, number: u64, name: String, value: String, wanted: String } = "checksum-other", [ChecksumOverAll];
                ChecksumNotInverted { client: ClientId, number: u64, name: String, value: String, wanted: String } = "checksum-not-inverted", [ChecksumInvert];
                MemberMissing { client: ClientId, number: u64, name: String, wanted: String, text: String } = "member-missing", [JsonMembers];
                MemberType { client: ClientId, number: u64, name: String, value: String, wanted: String } = "member-type", [JsonTypes];
            }
        }
    };
}
pub(super) use with_message_causes;
