//! Encodes evidence for the store: journal and packets, each compressed if a sample shrinks. Does
//! not depend on SQLite.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::Serialize;

use super::packet_codec;
use crate::model::{Evidence, Gap, HostAddress, Journal, Message, StepBegan};

/// Stored evidence that cannot be decoded, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CodecError(pub(super) String);

/// The encoded evidence of one scenario.
#[derive(Debug, Clone)]
pub struct PackedEvidence {
    /// Name of the scenario.
    pub scenario: String,
    /// Length of the first stream, then two zlib streams: see [`pack`].
    pub(super) bytes: Vec<u8>,
}

impl PackedEvidence {
    /// Returns the evidence.
    ///
    /// # Errors
    /// Returns an error if the content cannot be decoded.
    pub(crate) fn unpack(&self) -> Result<Evidence, CodecError> {
        unpack(&self.bytes)
    }
}

/// [`Evidence`] without its packets, in its serialized form. Packets are stored as bytes. Cloning
/// the evidence to remove them took longer than writing the rest.
#[derive(Serialize)]
struct Recorded<'a> {
    journal: &'a Journal,
    began_ns: u64,
    capture: Option<()>,
    hosts: &'a [HostAddress],
    steps: &'a [StepBegan],
    gaps: &'a [Gap],
    notes: &'a [Message],
    variables: &'a std::collections::BTreeMap<String, String>,
    message_labels: &'a std::collections::BTreeMap<usize, String>,
}

/// Encodes the evidence of a scenario as two zlib streams: the record as JSON, then the packets.
/// The length of the first stream precedes them. Returns `None` if encoding fails.
#[must_use]
pub(crate) fn pack(scenario: &str, evidence: &Evidence) -> Option<PackedEvidence> {
    let Evidence { journal, began_ns, capture: _, hosts, steps, gaps, notes, variables, message_labels } = evidence;
    let began_ns = *began_ns;
    let without = Recorded { journal, began_ns, capture: None, hosts, steps, gaps, notes, variables, message_labels };
    let json = serde_json::to_vec(&without).ok()?;
    let packets = evidence.capture.as_ref().map(packet_codec::to_bytes).unwrap_or_default();
    let (json, packets) = (compress(&json, level(&json))?, compress(&packets, level(&packets))?);
    Some(PackedEvidence {
        scenario: scenario.to_owned(),
        bytes: [&(json.len() as u64).to_le_bytes()[..], &json, &packets].concat(),
    })
}

fn compress(bytes: &[u8], level: Compression) -> Option<Vec<u8>> {
    let mut out = ZlibEncoder::new(Vec::new(), level);
    out.write_all(bytes).ok()?;
    out.finish().ok()
}

/// Returns the compression level. Most bytes that labs send are random, in the journal and in the
/// packets, and it takes long to find out that they do not shrink.
fn level(bytes: &[u8]) -> Compression {
    if is_compressible(bytes) { Compression::fast() } else { Compression::none() }
}

/// Returns true if compressing a sample of the bytes saves at least a tenth. Short data counts as
/// compressible.
fn is_compressible(bytes: &[u8]) -> bool {
    const PIECES: usize = 16;
    const PIECE: usize = 512;
    let Some(step) = (bytes.len() / PIECES).checked_sub(PIECE) else { return true };
    let sample: Vec<u8> = bytes.chunks(step + PIECE).flat_map(|chunk| chunk.iter().take(PIECE).copied()).collect();
    compress(&sample, Compression::fast()).is_none_or(|short| short.len() * 10 < sample.len() * 9)
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, CodecError> {
    let mut all = Vec::new();
    let read = ZlibDecoder::new(bytes).read_to_end(&mut all);
    read.map(|_| all).map_err(|error| CodecError(error.to_string()))
}

/// Decodes evidence that [`pack`] encoded.
///
/// # Errors
/// Returns an error if the bytes are not encoded evidence.
fn unpack(bytes: &[u8]) -> Result<Evidence, CodecError> {
    let broken = |what: &str| CodecError(what.to_owned());
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| broken("evidence without a length field"))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| broken("evidence too long"))?;
    let (json, packets) = rest.split_at_checked(length).ok_or_else(|| broken("truncated evidence"))?;
    let mut evidence: Evidence =
        serde_json::from_slice(&decompress(json)?).map_err(|error| CodecError(error.to_string()))?;
    let packets = decompress(packets)?;
    if !packets.is_empty() {
        evidence.capture = Some(packet_codec::from_bytes(&packets).ok_or_else(|| broken("truncated packets"))?);
    }
    Ok(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Capture, CapturedPacket, PacketFate};

    #[test]
    fn packets_round_trip_compressed_or_not() {
        let mut seed = 7_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        };
        let noise: Vec<u8> = (0..40_000).map(|_| random()).collect();
        for (bytes, shorter) in [(vec![b'a'; 40_000], true), (noise, false), (b"few".to_vec(), true)] {
            assert_eq!(is_compressible(&bytes), shorter, "{} bytes", bytes.len());
            let mut capture = Capture::with_interfaces(&["lo"]);
            let length = bytes.len() as u32;
            let (interface, fate) = (0, PacketFate::Delivered);
            let packet = CapturedPacket { at_ns: 1, interface, fate, original_length: length, bytes: &bytes };
            capture.add(packet);
            let evidence = Evidence { capture: Some(capture), ..Evidence::default() };
            let kept = pack("tcp", &evidence).expect("kept");
            assert_eq!(kept.bytes.len() < bytes.len() / 2, shorter && bytes.len() > 1000);
            assert_eq!(unpack(&kept.bytes).expect("whole"), evidence);
            assert!(unpack(&kept.bytes[..kept.bytes.len() - 9]).is_err() && unpack(&kept.bytes[..7]).is_err());
        }
    }
}
