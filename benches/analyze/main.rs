//! Compares `socklab analyze --summary` with `tshark -q -z conv,tcp` on a capture of 1,000,000
//! packets, and the memory for large captures: `cargo bench --bench analyze`.
//!
//! Whole processes are measured in turn on the same file. All must find the same number of
//! connections. Exits with 1 if they differ, if tshark takes less than ten times as long as
//! socklab, or if the summary of a large capture needs more than 64 MiB of memory.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_PACKETS` | number of packets, rounded up to a multiple of 320; 0 skips the comparison | 1000000 |
//! | `SOCKLAB_ROUNDS` | number of rounds | 3 |
//! | `SOCKLAB_LARGE_MIB` | size of the large captures, in MiB; 0 skips them | 2048 |
//! | `SOCKLAB_SMALL_MIB` | size of those that tshark reads too | 100 |
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, mem};

use etherparse::{PacketBuilder, TcpHeader};
use socklab::packet::pcapng::{Interface, Packet, Writer};
use socklab::packet::{Analysis, Link, Reader};

mod large;

/// Required ratio of tshark's time to socklab's.
const MIN_SPEEDUP: f64 = 10.0;
/// Packets per connection: handshake, five exchanges, teardown.
const PACKETS_PER_CONNECTION: usize = 16;
/// Simultaneous connections.
const SIMULTANEOUS_CONNECTIONS: usize = 20;

/// Counts the connections of a capture.
type Contender = fn(&Path) -> Result<usize>;
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    // `cargo test` starts benchmarks too, only to see that they start.
    if !env::args().any(|arg| arg == "--bench") {
        println!("analyze: a benchmark; cargo bench --bench analyze");
        return ExitCode::SUCCESS;
    }
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("analyze: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<bool> {
    let number = |name: &str, usual: usize| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let wanted = number("SOCKLAB_PACKETS", 1_000_000);
    let rounds = number("SOCKLAB_ROUNDS", 3).max(1);
    let folder = tempfile::tempdir()?;
    let (large, small) = (number("SOCKLAB_LARGE_MIB", 2_048), number("SOCKLAB_SMALL_MIB", 100));
    let is_fast = wanted == 0 || compare_speed(folder.path(), wanted, rounds)?;
    let is_small = large == 0 || large::compare(folder.path(), large as u64, small as u64)?;
    Ok(is_fast && is_small)
}

fn compare_speed(folder: &Path, wanted: usize, rounds: usize) -> Result<bool> {
    let file = folder.join("many.pcapng");
    let packets = write(&file, wanted)?;
    println!(
        "{packets} packets, {} MiB, {} connections",
        file.metadata()?.len() >> 20,
        packets / PACKETS_PER_CONNECTION
    );
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    let mut found = [0; 3];
    for round in 1..=rounds {
        let runs: [Contender; 3] = [by_command, by_library, by_tshark];
        for (k, run) in runs.iter().enumerate() {
            let began = Instant::now();
            found[k] = run(&file)?;
            times[k].push(began.elapsed());
        }
        println!(
            "round {round}: {}",
            times.iter().map(|all| shown(*all.last().unwrap_or(&Duration::ZERO))).collect::<String>()
        );
    }
    if found != [packets / PACKETS_PER_CONNECTION; 3] {
        return Err(
            format!("connections differ: {found:?}, and {} were written", packets / PACKETS_PER_CONNECTION).into()
        );
    }
    let [command, library, tshark] = times.each_mut().map(|all| {
        all.sort();
        all[all.len() / 2]
    });
    println!(
        "medians: socklab analyze --summary{}, in the library{}, tshark{}",
        shown(command),
        shown(library),
        shown(tshark)
    );
    let ratio = tshark.as_secs_f64() / command.as_secs_f64();
    println!(
        "tshark takes {ratio:.1} times as long as socklab analyze --summary (at least {MIN_SPEEDUP} are asked for)"
    );
    Ok(ratio >= MIN_SPEEDUP)
}

fn shown(time: Duration) -> String {
    format!("  {:.3} s", time.as_secs_f64())
}

/// Counts connections with the command line, which prints one line per connection.
fn by_command(file: &Path) -> Result<usize> {
    let output = Command::new(env!("CARGO_BIN_EXE_socklab")).args(["analyze", "--summary"]).arg(file).output()?;
    if !output.status.success() {
        return Err(format!("socklab: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output.stdout.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"TCP ")).count())
}

fn by_library(file: &Path) -> Result<usize> {
    let mut reader = Reader::new(BufReader::new(File::open(file)?))?;
    let mut analysis = Analysis::new().list_at_most(0);
    while let Some(packet) = reader.next_packet()? {
        analysis.add(&packet.frame());
    }
    Ok(analysis.finish().tcp.len())
}

/// Counts connections with tshark, which prints one line per connection between a heading and a
/// line of dashes.
fn by_tshark(file: &Path) -> Result<usize> {
    let mut command = Command::new("tshark");
    command.arg("-r").arg(file).args(["-q", "-z", "conv,tcp"]).stderr(Stdio::null());
    let output = command.output().map_err(|error| format!("tshark ({error}): Debian has it as the package tshark"))?;
    if !output.status.success() {
        return Err(format!("tshark: {}", output.status).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.contains("<->")).count())
}

/// Writes the capture and returns its number of packets.
fn write(file: &Path, wanted: usize) -> Result<usize> {
    let mut writer = Writer::new(BufWriter::new(File::create(file)?), "socklab's bench")?;
    let interface = writer.interface(&Interface::new("lo", Link::Ethernet))?;
    let (mut at_ns, mut packets, mut first) = (1_700_000_000_000_000_000, 0, 0_u32);
    let mut frame = Vec::new();
    while packets < wanted {
        for step in 0..PACKETS_PER_CONNECTION {
            for connection in first..first + SIMULTANEOUS_CONNECTIONS as u32 {
                frame.clear();
                segment(connection, step, &mut frame)?;
                at_ns += 1_000;
                writer.packet(&Packet { interface, at_ns, bytes: &frame, ..Packet::default() })?;
                packets += 1;
            }
        }
        first += SIMULTANEOUS_CONNECTIONS as u32;
    }
    writer.finish()?;
    Ok(packets)
}

/// Appends a packet of a connection, including checksums.
fn segment(connection: u32, step: usize, frame: &mut Vec<u8>) -> Result<()> {
    const DATA: u32 = 100;
    let payload = [b'x'; DATA as usize];
    let client = (0x0a00_0001 + connection / 20_000, 40_000 + (connection % 20_000) as u16);
    let mut ends = [client, (0xc000_0201, 65_432)];
    // Bytes sent in each direction before this packet; SYN and FIN count as one each.
    let exchange = (step.saturating_sub(3) / 2) as u32;
    let (from_server, syn, fin, has_data, sent, acknowledged) = match step {
        0 => (false, true, false, false, 0, 0),
        1 => (true, true, false, false, 0, 1),
        2 => (false, false, false, false, 1, 1),
        3..=12 if step % 2 == 1 => (false, false, false, true, 1 + exchange * DATA, 1 + exchange * DATA),
        3..=12 => (true, false, false, true, 1 + exchange * DATA, 1 + (exchange + 1) * DATA),
        13 => (false, false, true, false, 1 + 5 * DATA, 1 + 5 * DATA),
        14 => (true, false, true, false, 1 + 5 * DATA, 2 + 5 * DATA),
        _ => (false, false, false, false, 2 + 5 * DATA, 2 + 5 * DATA),
    };
    if from_server {
        let [one, other] = &mut ends;
        mem::swap(one, other);
    }
    let first = connection.wrapping_mul(2_654_435_761);
    let mut header = TcpHeader::new(ends[0].1, ends[1].1, first.wrapping_add(sent), 512);
    header.acknowledgment_number = if step == 0 { 0 } else { first.wrapping_add(acknowledged) };
    (header.syn, header.fin, header.ack, header.psh) = (syn, fin, step > 0, has_data);
    let builder = PacketBuilder::ethernet2([2; 6], [2; 6]).ipv4(ends[0].0.to_be_bytes(), ends[1].0.to_be_bytes(), 64);
    builder.tcp_header(header).write(frame, if has_data { &payload } else { &[] })?;
    Ok(())
}
