//! Lines of small C programs that wait for input, built by the compiler of this machine, and of
//! corrupt copies of them.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;

use super::*;
use crate::sys::thread_wait::sleeping_threads;

const SOURCE: &str = "#include <unistd.h>\n#include <alloca.h>\n\
    static inline __attribute__((always_inline)) long inlined(char *data, long size) {\n\
    return read(0, data, size); // 4\n}\n\
    static long direct(char *data, long size) {\n\
    return size == 3 ? inlined(data, size) : read(0, data, size); // 7\n}\n\
    int main(int count, char **words) {\n\
    char *data = alloca(100 * count);\n\
    return direct(data, count + 1) != 0; // 11\n}\n";

/// Builds a program in a folder of its own. The folder must not be below a link.
fn build(flags: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("a path");
    fs::write(path.join("s.c"), SOURCE).expect("written");
    let built = Command::new("gcc").current_dir(&path).args(["-w", "-o", "s", "s.c"]).args(flags).status();
    assert!(built.expect("gcc starts").success());
    (folder, path)
}

/// Starts a program and waits until it sleeps in `read`.
fn start(folder: &Path, words: &[&str]) -> (Child, Pid) {
    let child = Command::new(folder.join("s")).args(words).stdin(Stdio::piped()).spawn().expect("started");
    let pid = rustix::process::Pid::from_child(&child).as_raw_pid();
    let deadline = Instant::now() + Duration::from_secs(20);
    let is_reading = || sleeping_threads(pid).is_some_and(|threads| threads[0].call == "read");
    while !is_reading() {
        assert!(Instant::now() < deadline, "it does not wait for input");
        std::thread::yield_now();
    }
    (child, pid)
}

/// Returns the line in which a program waits. It must go on afterwards.
fn line_of(folder: &Path, words: &[&str]) -> Option<(String, u32)> {
    let (mut child, pid) = start(folder, words);
    let mappings = executable_mappings(pid);
    let line = inspect(pid, |stopped| LineSearch::of(folder).waiting_line(pid, &mappings, stopped)).flatten();
    drop(child.stdin.take());
    assert_eq!(child.wait().expect("exited").code(), Some(0));
    line.map(|line| (line.file, line.line))
}

#[rstest]
#[case::line_tables(&["-g1"], &[], Some(7))]
#[case::line_tables_inlined(&["-g1"], &["x"], Some(4))]
#[case::dwarf_4(&["-g", "-gdwarf-4"], &["x"], Some(4))]
#[case::optimised(&["-g", "-O2"], &[], Some(7))]
#[case::optimised_inlined(&["-g1", "-O2", "-fomit-frame-pointer"], &["x"], Some(4))]
#[case::static_binary(&["-g1", "-static"], &[], Some(7))]
#[case::fixed_address(&["-g1", "-no-pie"], &[], Some(7))]
#[case::functions_left_out(&["-g1", "-ffunction-sections", "-Wl,--gc-sections"], &[], Some(7))]
#[case::no_line_table(&[], &[], None)]
#[case::stripped(&["-g1", "-s"], &[], None)]
#[case::compressed(&["-g1", "-gz"], &[], None)]
#[case::split(&["-g", "-gsplit-dwarf"], &[], Some(7))]
fn line_of_a_compiled_program_is_right_or_missing(
    #[case] flags: &[&str],
    #[case] words: &[&str],
    #[case] expected: Option<u32>,
) {
    let (_folder, path) = build(flags);
    assert_eq!(line_of(&path, words), expected.map(|line| ("s.c".to_owned(), line)), "{flags:?}");
}

#[test]
fn line_of_another_folder_is_not_shown() {
    let (_folder, path) = build(&["-g1", "-ffile-prefix-map=/=/elsewhere/"]);
    assert_eq!(line_of(&path, &[]), None);
}

/// Numbers that look random (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below.max(1)
    }
}

/// Reads the lines of every 16th byte of code, and the callers of it.
fn read_all(bytes: &[u8], start: u64, length: u64, memory: u64) -> usize {
    let Some(image) = Image::parse(bytes) else { return 0 };
    let mut budget = Budget::default();
    let mut found = 0;
    for address in (start..start + length).step_by(16) {
        found += lines::at(&image, address, &mut budget).len();
        let frame = Frame::innermost(address, &[memory; crate::sys::thread_registers::REGISTERS]);
        let _ = unwind::caller(&image, address, &frame, &|address| Some(address ^ memory), &mut budget);
    }
    let _ = image.address(memory);
    found
}

#[rstest]
#[case::dwarf_5(&["-g", "-O2"])]
#[case::dwarf_4(&["-g", "-gdwarf-4"])]
#[case::without_table(&["-g", "-Wl,--no-eh-frame-hdr"])]
fn corrupt_file_does_no_harm(#[case] flags: &[&str]) {
    let (_folder, path) = build(flags);
    let whole = fs::read(path.join("s")).expect("read");
    let image = Image::parse(&whole).expect("an executable");
    let (start, text) = image.section(".text").expect("a section");
    let length = text.len() as u64;
    assert!(read_all(&whole, start, length, 1 << 40) > 2, "the whole file has lines");
    let names = [".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".eh_frame", ".eh_frame_hdr"];
    let offset_of = |part: &[u8]| part.as_ptr() as usize - whole.as_ptr() as usize;
    let mut targets: Vec<(usize, usize)> = vec![(0, 64), (whole.len().saturating_sub(64 * 40), 64 * 40)];
    let sections = names.into_iter().filter_map(|name| image.section(name));
    targets.extend(sections.map(|(_, part)| (offset_of(part), part.len())));
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for round in 0..400 {
        let mut bytes = whole.clone();
        let (at, length_of_target) = targets[round % targets.len()];
        for _ in 0..=numbers.next(6) {
            let index = at + numbers.next(length_of_target);
            bytes[index] = [0, 0xff, 0x7f, 0x80, numbers.next(256) as u8][numbers.next(5)];
        }
        if numbers.next(8) == 0 {
            bytes.truncate(numbers.next(whole.len()));
        }
        read_all(&bytes, start, length, numbers.0);
    }
}
