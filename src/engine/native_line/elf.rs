//! The sections and segments of an executable or shared library (`elf(5)`), of 64 bits and little
//! endian. Reads no compressed sections.

use object::LittleEndian;
use object::elf::{FileHeader64, PT_LOAD, ProgramHeader64, SHF_COMPRESSED, SectionHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

/// Sections and segments that are searched: compilers make less than 100.
const MAX_HEADERS: usize = 4096;

/// An executable or shared library.
pub(super) struct Image<'a> {
    bytes: &'a [u8],
    segments: &'a [ProgramHeader64<LittleEndian>],
    sections: &'a [SectionHeader64<LittleEndian>],
    /// The names of the sections.
    names: &'a [u8],
}

impl<'a> Image<'a> {
    /// Parses the headers of a file. Returns `None` for another kind of file.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header = FileHeader64::<LittleEndian>::parse(bytes).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, bytes).ok()?;
        let sections = header.section_headers(endian, bytes).ok()?;
        let index = usize::try_from(header.shstrndx(endian, bytes).ok()?).ok()?;
        let names = sections.get(index)?.data(endian, bytes).ok()?;
        Some(Self {
            bytes,
            segments: segments.get(..MAX_HEADERS).unwrap_or(segments),
            sections: sections.get(..MAX_HEADERS).unwrap_or(sections),
            names,
        })
    }

    /// Returns the address of the byte at an offset in the file, as the file itself counts: without
    /// the base address that the kernel chooses.
    pub(super) fn address(&self, offset: u64) -> Option<u64> {
        self.segments.iter().filter(|segment| segment.p_type(LittleEndian) == PT_LOAD).find_map(|segment| {
            let (start, size) = segment.file_range(LittleEndian);
            let inside = offset.checked_sub(start).filter(|inside| *inside < size)?;
            segment.p_vaddr(LittleEndian).checked_add(inside)
        })
    }

    /// Returns the address and the bytes of a section.
    pub(super) fn section(&self, name: &str) -> Option<(u64, &'a [u8])> {
        let section = self.sections.iter().find(|section| self.has_name(section, name))?;
        if section.sh_flags(LittleEndian).contains(SHF_COMPRESSED) {
            return None;
        }
        Some((section.sh_addr(LittleEndian), section.data(LittleEndian, self.bytes).ok()?))
    }

    fn has_name(&self, section: &SectionHeader64<LittleEndian>, name: &str) -> bool {
        let start = usize::try_from(section.sh_name(LittleEndian)).ok();
        let rest = start.and_then(|start| self.names.get(start..)?.strip_prefix(name.as_bytes()));
        rest.is_some_and(|rest| rest.first() == Some(&0))
    }
}
