//! Large captures of three shapes: time and peak memory of `socklab analyze`, of capinfos, and of
//! tshark, which gets a smaller capture because it would need minutes.
//!
//! GNU time measures the processes, with everything that they start.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{PACKETS_PER_CONNECTION, Result, SIMULTANEOUS_CONNECTIONS, segment};

/// Maximum peak memory of a summary, in MiB.
const MAX_SUMMARY_MIB: f64 = 64.0;
/// Bytes before the IP header.
const ETHERNET_BYTES: usize = 14;

/// Writes the next packets of a shape, until the file has a number of bytes.
type Shape = fn(&mut CaptureFile, u64) -> Result<()>;

const SHAPES: [(&str, Shape); 3] =
    [("70 transfers", transfers), ("short connections", connections), ("100 pairs, datagrams", datagrams)];

/// Compares all on captures of `large` and `small` MiB. Returns true if the summaries of the large
/// ones need at most [`MAX_SUMMARY_MIB`].
pub(super) fn compare(folder: &Path, large: u64, small: u64) -> Result<bool> {
    let mut is_within = true;
    println!("\n{:22} {:>6}  {:28} {:>8} {:>9}", "capture", "MiB", "program", "CPU s", "peak MiB");
    for (name, shape) in SHAPES {
        for (mebibytes, with_tshark) in [(large, false), (small, true)] {
            let path = folder.join("large.pcap");
            let mut file = CaptureFile::create(&path)?;
            shape(&mut file, mebibytes << 20)?;
            file.out.flush()?;
            let shown = path.to_string_lossy().into_owned();
            let socklab = env!("CARGO_BIN_EXE_socklab");
            let mut programs = vec![
                ("socklab analyze --summary", vec![socklab, "analyze", "--summary", &shown]),
                ("capinfos", vec!["capinfos", &shown]),
            ];
            if with_tshark || shape as usize == transfers as Shape as usize {
                programs.push(("socklab analyze", vec![socklab, "analyze", &shown]));
            }
            if with_tshark {
                let kinds = ["tshark", "-r", &shown, "-q", "-z", "conv,tcp", "-z", "conv,udp"];
                programs.push(("tshark -z conv,tcp/udp", kinds.to_vec()));
            }
            let mut first: Option<Usage> = None;
            for (program, command) in programs {
                let usage = measure(&command)?;
                let ratio = first.map_or_else(String::new, |first| {
                    format!(
                        "  {:.1} times the time, {:.1} times the memory",
                        usage.cpu / first.cpu,
                        usage.peak / first.peak
                    )
                });
                println!("{name:22} {mebibytes:>6}  {program:28} {:>8.2} {:>9.0}{ratio}", usage.cpu, usage.peak);
                first.get_or_insert(usage);
            }
            is_within &= with_tshark || first.is_some_and(|usage| usage.peak <= MAX_SUMMARY_MIB);
            std::fs::remove_file(&path)?;
        }
    }
    println!("summaries of {large} MiB must need at most {MAX_SUMMARY_MIB} MiB: {is_within}");
    Ok(is_within)
}

#[derive(Clone, Copy)]
struct Usage {
    /// User and system time, in seconds.
    cpu: f64,
    /// Maximum resident set, in MiB.
    peak: f64,
}

fn measure(command: &[&str]) -> Result<Usage> {
    let mut time = Command::new("/usr/bin/time");
    let output = time.args(["-q", "-f", "%U %S %M"]).args(command).stdout(Stdio::null()).output();
    let output = output.map_err(|error| format!("/usr/bin/time ({error}): Debian has it as the package time"))?;
    if !output.status.success() {
        return Err(format!("{}: {}", command.join(" "), output.status).into());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let numbers: Vec<f64> = text.lines().last().unwrap_or_default().split(' ').flat_map(str::parse).collect();
    match numbers[..] {
        [user, system, peak] => Ok(Usage { cpu: (user + system).max(0.01), peak: peak / 1_024.0 }),
        _ => Err(format!("GNU time wrote {text:?}").into()),
    }
}

/// A pcap file that is written without copies.
struct CaptureFile {
    out: BufWriter<File>,
    bytes: u64,
    packets: u32,
}

impl CaptureFile {
    fn create(path: &Path) -> Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let header = [0xa1b2_c3d4_u32, 2 | 4 << 16, 0, 0, 262_144, 1];
        header.iter().try_for_each(|word| out.write_all(&word.to_le_bytes()))?;
        Ok(Self { out, bytes: 24, packets: 0 })
    }

    fn packet(&mut self, frame: &[u8]) -> Result<()> {
        let length = u32::try_from(frame.len())?;
        let (seconds, microseconds) = (self.packets / 100_000, self.packets % 100_000 * 10);
        let mut header = [0; 16];
        for (place, word) in header.chunks_exact_mut(4).zip([seconds, microseconds, length, length]) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        self.out.write_all(&header)?;
        self.out.write_all(frame)?;
        self.packets += 1;
        self.bytes += 16 + u64::from(length);
        Ok(())
    }
}

/// Seventy downloads at the same time, in segments of 1,448 bytes.
fn transfers(file: &mut CaptureFile, bytes: u64) -> Result<()> {
    const DATA: usize = 1_448;
    let mut data = Vec::new();
    segment(0, 4, &mut data)?;
    data.truncate(ETHERNET_BYTES + 40);
    data.resize(ETHERNET_BYTES + 40 + DATA, b'x');
    put(&mut data, ETHERNET_BYTES + 2, &u16::try_from(40 + DATA)?.to_be_bytes());
    for number in 0_u32.. {
        let (stream, round) = (number % 70, number / 70);
        put(&mut data, ETHERNET_BYTES + 22, &(40_000 + stream as u16).to_be_bytes());
        put(&mut data, ETHERNET_BYTES + 24, &round.wrapping_mul(DATA as u32).to_be_bytes());
        file.packet(&data)?;
        if file.bytes >= bytes {
            break;
        }
    }
    Ok(())
}

/// Connections of 16 packets, 20 at the same time.
fn connections(file: &mut CaptureFile, bytes: u64) -> Result<()> {
    let mut steps = Vec::new();
    for step in 0..PACKETS_PER_CONNECTION {
        let mut frame = Vec::new();
        segment(0, step, &mut frame)?;
        steps.push(frame);
    }
    let simultaneous = u32::try_from(SIMULTANEOUS_CONNECTIONS)?;
    for first in (0_u32..).step_by(SIMULTANEOUS_CONNECTIONS) {
        for frame in &mut steps {
            // The server's port shows the direction.
            let is_from_server = frame[ETHERNET_BYTES + 20..ETHERNET_BYTES + 22] == 65_432_u16.to_be_bytes();
            let (address, port) = if is_from_server { (16, 22) } else { (12, 20) };
            for connection in first..first + simultaneous {
                put(frame, ETHERNET_BYTES + address, &(0x0a00_0001 + connection / 20_000).to_be_bytes());
                put(frame, ETHERNET_BYTES + port, &(40_000 + (connection % 20_000) as u16).to_be_bytes());
                file.packet(frame)?;
            }
        }
        if file.bytes >= bytes {
            break;
        }
    }
    Ok(())
}

/// Questions and answers of 32 bytes between a hundred pairs.
fn datagrams(file: &mut CaptureFile, bytes: u64) -> Result<()> {
    let mut frame = Vec::new();
    let builder = etherparse::PacketBuilder::ethernet2([2; 6], [2; 6]).ipv4([10, 0, 0, 1], [192, 0, 2, 1], 64);
    builder.udp(40_000, 65_431).write(&mut frame, &[b'x'; 32])?;
    let mut answer = Vec::new();
    let builder = etherparse::PacketBuilder::ethernet2([2; 6], [2; 6]).ipv4([192, 0, 2, 1], [10, 0, 0, 1], 64);
    builder.udp(65_431, 40_000).write(&mut answer, &[b'X'; 32])?;
    for number in 0_u32.. {
        let port = (40_000 + number % 100) as u16;
        put(&mut frame, ETHERNET_BYTES + 20, &port.to_be_bytes());
        put(&mut answer, ETHERNET_BYTES + 22, &port.to_be_bytes());
        file.packet(&frame)?;
        file.packet(&answer)?;
        if file.bytes >= bytes {
            break;
        }
    }
    Ok(())
}

fn put(frame: &mut [u8], at: usize, bytes: &[u8]) {
    frame[at..at + bytes.len()].copy_from_slice(bytes);
}
