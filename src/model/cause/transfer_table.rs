//! The rows of the table of causes about the files that programs write, and about data whose length a
//! line announces.

/// Passes the rows of this file and further rows to the macro that makes the table.
macro_rules! transfer_causes {
    ($then:ident, $($rows:tt)*) => {
        $then! {
            $($rows)*
            Output {
                FileNotWritten { path: String } = "file-not-written", [WriteFile];
                WrittenNotRegular { path: String } = "written-not-regular", [WriteFile];
                WrittenTooLarge { path: String, bytes: u64 } = "written-too-large", [WriteReceived];
                FileUnwanted { path: String } = "file-unwanted", [NoFile];
                FileEmpty { path: String, of: u64 } = "file-empty", [CloseFile];
                FileCut { path: String, got: u64, of: u64 } = "file-cut", [CloseFile];
                FileDiffers { path: String, got: u64, of: u64 } = "file-differs", [WriteReceived];
                FileWithout { path: String, wanted: String, got: String } = "file-without", [WriteReceived];
                FileHas { path: String, text: String } = "file-has", [WriteReceived];
                FileDecoded { path: String } = "file-decoded", [WriteReceived];
                FileNewlines { path: String } = "file-newlines", [WriteReceived];
                FileCutAtNul { path: String, got: u64, of: u64 } = "file-cut-at-nul", [WriteReceived];
                FileExtra { path: String, bytes: u64, extra: String } = "file-extra", [WriteReceived];
                FileBeginsLate { path: String, got: u64, of: u64 } = "file-begins-late", [KeepRest];
                FileOtherHash { path: String, bytes: u64 } = "file-other-hash", [WriteReceived];
                FileNotEmpty { path: String, bytes: u64 } = "file-not-empty", [WriteReceived];
            }
            Clients {
                AwaitsMore { client: ClientId, call: String } = "awaits-more", [StopAtSize];
                PartLineOther { client: ClientId, wanted: String, got: String } = "part-line-other", [PartLine];
                PartLineUnlike { client: ClientId, wanted: String, got: String } = "part-line-unlike", [PartLine];
                PartLineUnended { client: ClientId, line: String } = "part-line-unended", [PartLineEnd];
                PartLineMissing { client: ClientId, line: String } = "part-line-missing", [PartLine];
                PartSizeOther { client: ClientId, line: String, bytes: u64 } = "part-size-other", [PartSize];
                PartSizeInCharacters { client: ClientId, line: String, bytes: u64 } = "part-size-in-characters", [PartSize];
                PartDataCut { client: ClientId, got: u64, of: u64 } = "part-data-cut", [PartSendAll];
                PartDataCutAtNul { client: ClientId, got: u64, of: u64 } = "part-data-cut-at-nul", [PartByteCount];
                PartDataDecoded { client: ClientId } = "part-data-decoded", [HttpBinary];
                PartDataNewlines { client: ClientId } = "part-data-newlines", [HttpBinary];
                PartDataOther { client: ClientId, got: u64, of: u64 } = "part-data-other", [HttpBinary];
                PartExtra { client: ClientId, bytes: u64, extra: String } = "part-extra", [PartExactly];
                PartMissing { client: ClientId, wanted: String } = "part-missing", [PartNext];
                PartClosed { client: ClientId, wanted: String } = "part-closed", [PartNext];
            }
        }
    };
}
pub(super) use transfer_causes;
