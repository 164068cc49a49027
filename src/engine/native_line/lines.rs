//! Finds the source lines of an address in the debugging information of a file (DWARF 5, sections
//! 3.3.8 and 6.2). Reads only what one address needs, and keeps count of its work.

use std::path::{Component, Path, PathBuf};

use gimli::{
    Abbreviations, AttributeValue, DebuggingInformationEntry, Dwarf, EndianSlice, LittleEndian, Reader as _, SectionId,
    Unit, UnitHeader, constants,
};

use super::elf::Image;

/// Bytes of a section.
pub(super) type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// Bytes, rows and entries that are read for all threads together. One call in a debug build of a
/// small Rust program takes less than a million: its debugging information has 1 MiB.
const MAX_WORK: u64 = 1 << 28;

/// Size of the line table of one source file. The parser reserves up to 150 times this memory.
const MAX_LINE_TABLE_BYTES: u64 = 1 << 20;

/// Length of a name of a file or folder.
const MAX_NAME_BYTES: usize = 4096;

/// A line of a source file. Line 0: the compiler made code that belongs to no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceLine {
    /// The absolute path at the time of the build, without `.` and `..`.
    pub file: PathBuf,
    pub line: u32,
}

/// The work that may still be done.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: MAX_WORK }
    }
}

impl Budget {
    /// Takes an amount. Returns `None` if there is not enough left.
    pub(super) fn spend(&mut self, amount: u64) -> Option<()> {
        self.left = self.left.checked_sub(amount)?;
        Some(())
    }
}

/// Returns the source lines of an address: that of the instruction, then those of the calls into
/// which the compiler inlined it, the innermost first. None if they are not known.
pub(super) fn at(image: &Image<'_>, address: u64, budget: &mut Budget) -> Vec<SourceLine> {
    let section = |id: SectionId| {
        let bytes = image.section(id.name()).map_or(&[][..], |(_, bytes)| bytes);
        Ok::<_, gimli::Error>(EndianSlice::new(bytes, LittleEndian))
    };
    let Ok(dwarf) = Dwarf::load(section) else { return Vec::new() };
    let abbreviations = image.section(".debug_abbrev").map_or(0, |(_, bytes)| bytes.len() as u64);
    let mut headers = dwarf.units();
    // An error in one unit leaves the others readable, a header that cannot be read does not.
    while let Ok(Some(header)) = headers.next() {
        let offset = header.debug_abbrev_offset().0 as u64;
        if budget.spend(abbreviations.saturating_sub(offset) + 16).is_none() {
            break;
        }
        let Some(unit) = unit(&dwarf, header, budget) else { continue };
        let mut entries = unit.entries();
        let Ok(Some(root)) = entries.next_dfs() else { continue };
        if contains(&dwarf, &unit, root, address, budget) == Some(true) {
            return lines_in(&dwarf, &unit, address, budget).unwrap_or_default();
        }
    }
    Vec::new()
}

/// Reads the root of a unit and the header of its line table, if that is not too large.
fn unit<'a>(dwarf: &Dwarf<Slice<'a>>, header: UnitHeader<Slice<'a>>, budget: &mut Budget) -> Option<Unit<Slice<'a>>> {
    let abbreviations = dwarf.abbreviations(&header).ok()?;
    let length = line_table_length(dwarf, &header, &abbreviations)?;
    if length > MAX_LINE_TABLE_BYTES {
        return None;
    }
    budget.spend(length)?;
    Unit::new_with_abbreviations(dwarf, header, abbreviations).ok()
}

/// Returns the length of the line table of a unit in bytes, as its header says (DWARF 5, 6.2.4).
fn line_table_length<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    header: &UnitHeader<Slice<'a>>,
    abbreviations: &Abbreviations,
) -> Option<u64> {
    let mut entries = header.entries(abbreviations);
    let root = entries.next_dfs().ok()??;
    let AttributeValue::DebugLineRef(offset) = root.attr_value(constants::DW_AT_stmt_list)? else { return None };
    let mut table = *gimli::Section::reader(&dwarf.debug_line);
    table.skip(offset.0).ok()?;
    let (length, _) = table.read_initial_length().ok()?;
    Some(length as u64)
}

/// Returns true if the code of an entry contains an address. `None` if that cannot be told.
fn contains<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &Unit<Slice<'a>>,
    entry: &DebuggingInformationEntry<Slice<'a>>,
    address: u64,
    budget: &mut Budget,
) -> Option<bool> {
    // Functions that the linker left out begin at 0 or 1.
    let is_inside = |begin: u64, end: u64| begin > 1 && (begin..end).contains(&address);
    if let Some(list) = entry.attr_value(constants::DW_AT_ranges) {
        let mut ranges = dwarf.attr_ranges(unit, list).ok()??;
        while let Some(range) = ranges.next().ok()? {
            budget.spend(1)?;
            if is_inside(range.begin, range.end) {
                return Some(true);
            }
        }
        return Some(false);
    }
    let Some(low) = entry.attr_value(constants::DW_AT_low_pc) else { return Some(false) };
    let low = dwarf.attr_address(unit, low).ok()??;
    let high = match entry.attr_value(constants::DW_AT_high_pc) {
        None => return Some(false),
        Some(value) => match value.udata_value() {
            Some(length) => low.checked_add(length)?,
            None => dwarf.attr_address(unit, value).ok()??,
        },
    };
    Some(is_inside(low, high))
}

/// Returns the lines of an address in a unit, the innermost first.
fn lines_in<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &Unit<Slice<'a>>,
    address: u64,
    budget: &mut Budget,
) -> Option<Vec<SourceLine>> {
    let (file, line) = row(unit, address, budget)?;
    let mut lines = vec![source_line(dwarf, unit, file, line)?];
    let mut calls = inlined_calls(dwarf, unit, address, budget)?;
    calls.reverse();
    for (file, line) in calls {
        lines.push(source_line(dwarf, unit, file, line)?);
    }
    Some(lines)
}

/// Returns file and line of the row that covers an address.
fn row(unit: &Unit<Slice<'_>>, address: u64, budget: &mut Budget) -> Option<(u64, u64)> {
    let mut rows = unit.line_program.clone()?.rows();
    let (mut before, mut is_first, mut is_left_out) = (None, true, false);
    while let Some((_, row)) = rows.next_row().ok()? {
        budget.spend(1)?;
        if is_first {
            // The linker left this function out.
            is_left_out = row.address() <= 1;
        }
        if let Some((start, file, line)) = before
            && !is_left_out
            && (start..row.address()).contains(&address)
        {
            return Some((file, line));
        }
        is_first = row.end_sequence();
        before = (!is_first).then(|| (row.address(), row.file_index(), row.line().map_or(0, u64::from)));
    }
    None
}

/// Returns file and line of each call that the compiler inlined around an address, the outermost
/// first.
fn inlined_calls<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &Unit<Slice<'a>>,
    address: u64,
    budget: &mut Budget,
) -> Option<Vec<(u64, u64)>> {
    let mut calls = Vec::new();
    let mut entries = unit.entries();
    while let Some(entry) = entries.next_dfs().ok()? {
        budget.spend(1 + entry.attrs().len() as u64)?;
        // An address is in one function only, so that all of these are nested.
        if entry.tag() == constants::DW_TAG_inlined_subroutine && contains(dwarf, unit, entry, address, budget)? {
            let number = |name| match entry.attr_value(name)? {
                AttributeValue::FileIndex(index) => Some(index),
                value => value.udata_value(),
            };
            calls.push((number(constants::DW_AT_call_file)?, number(constants::DW_AT_call_line)?));
        }
    }
    Some(calls)
}

/// Returns the path of a file of a unit, with a line in it.
fn source_line<'a>(dwarf: &Dwarf<Slice<'a>>, unit: &Unit<Slice<'a>>, file: u64, line: u64) -> Option<SourceLine> {
    let header = unit.line_program.as_ref()?.header();
    let entry = header.file(file)?;
    let text = |value| {
        let text: Slice<'a> = dwarf.attr_string(unit, value).ok()?;
        (text.len() <= MAX_NAME_BYTES).then(|| String::from_utf8_lossy(text.slice()).into_owned())
    };
    let base = unit.comp_dir.map_or_else(String::new, |folder| String::from_utf8_lossy(folder.slice()).into_owned());
    let folder = entry.directory(header).and_then(text).unwrap_or_default();
    let path = Path::new(&base).join(folder).join(text(entry.path_name())?);
    Some(SourceLine { file: without_dots(&path)?, line: u32::try_from(line).ok()? })
}

/// Returns an absolute path without `.` and `..`. `None` if it is not absolute.
fn without_dots(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain.is_absolute().then_some(plain)
}
