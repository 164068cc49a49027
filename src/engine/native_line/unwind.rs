//! Finds the caller of a function by the unwinding information of its file (`.eh_frame`, Linux
//! Standard Base, section 10.6). Follows no frame pointers: optimised code uses that register for
//! other values.

use std::collections::HashMap;

use gimli::{
    BaseAddresses, CfaRule, CieOrFde, EhFrame, EhFrameHdr, EhFrameOffset, Error, FrameDescriptionEntry, LittleEndian,
    Register, RegisterRule, UnwindContext, UnwindSection,
};

use super::elf::Image;
use super::lines::{Budget, Slice};
use crate::sys::thread_registers::REGISTERS;

/// The bits of an address. Others may sign a return address (AArch64, pointer authentication).
const ADDRESS_BITS: u64 = (1 << 48) - 1;

/// The number of the stack pointer in DWARF.
const STACK_POINTER: usize = if cfg!(target_arch = "aarch64") { 31 } else { 7 };

/// One call of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    pc: u64,
    /// True if `pc` is a return address, so that the call is the instruction before.
    is_return: bool,
    /// The registers by their number in DWARF, as far as they are known.
    registers: [Option<u64>; REGISTERS],
}

impl Frame {
    /// Returns the call in which a thread stopped.
    pub(super) fn innermost(pc: u64, registers: &[u64; REGISTERS]) -> Self {
        Self { pc, is_return: false, registers: registers.map(Some) }
    }

    /// Returns an address in the instruction that is executed.
    pub(super) const fn lookup_address(&self) -> u64 {
        self.pc.wrapping_sub(self.is_return as u64)
    }
}

/// Returns the caller of a frame, whose lookup address is `address` in `image`. `word` reads the
/// memory of the thread.
pub(super) fn caller(
    image: &Image<'_>,
    address: u64,
    frame: &Frame,
    word: &dyn Fn(u64) -> Option<u64>,
    budget: &mut Budget,
) -> Option<Frame> {
    let (start, section) = image.section(".eh_frame")?;
    let bases = BaseAddresses::default().set_eh_frame(start);
    let entries = EhFrame::new(section, LittleEndian);
    let entry = match image.section(".eh_frame_hdr") {
        Some(table) => by_table(table, start, &entries, address)?,
        None => {
            budget.spend(section.len() as u64)?;
            by_search(&entries, &bases, address)?
        }
    };
    let mut context = UnwindContext::new();
    let row = entry.unwind_info_for_address(&entries, &bases, &mut context, address).ok()?;

    let known = |register: Register| *frame.registers.get(usize::from(register.0))?;
    // Expressions describe procedure linkage tables and signal handlers, which are no calls of a
    // program.
    let CfaRule::RegisterAndOffset { register, offset } = row.cfa() else { return None };
    let base = known(*register)?.wrapping_add_signed(*offset);
    let restored = |register: Register| match row.register(register) {
        None if is_preserved(register) => known(register),
        Some(RegisterRule::SameValue) => known(register),
        Some(RegisterRule::Offset(offset)) => word(base.wrapping_add_signed(offset)),
        Some(RegisterRule::ValOffset(offset)) => Some(base.wrapping_add_signed(offset)),
        Some(RegisterRule::Register(other)) => known(other),
        _ => None,
    };
    let return_register = entry.cie().return_address_register();
    let pc = restored(return_register)? & ADDRESS_BITS;
    let mut registers = [None; REGISTERS];
    for (number, register) in (0..).zip(&mut registers) {
        *register = restored(Register(number));
    }
    registers[STACK_POINTER] = Some(base);
    // A stack that does not grow would be followed in a circle.
    let grows = frame.registers[STACK_POINTER].is_some_and(|pointer| base > pointer || !frame.is_return);
    (pc != 0 && grows).then_some(Frame { pc, is_return: !entry.is_signal_trampoline(), registers })
}

/// Returns the entry for an address by the sorted table that linkers add (Linux Standard Base,
/// section 10.6.2). `start` is the address of `entries`.
fn by_table<'a>(
    (table_address, table): (u64, &'a [u8]),
    start: u64,
    entries: &EhFrame<Slice<'a>>,
    address: u64,
) -> Option<FrameDescriptionEntry<Slice<'a>>> {
    let bases = BaseAddresses::default().set_eh_frame_hdr(table_address).set_eh_frame(start);
    let table = EhFrameHdr::new(table, LittleEndian).parse(&bases, 8).ok()?;
    let entry = table.table()?.lookup(address, &bases).ok()?.direct().ok()?;
    let offset = EhFrameOffset(usize::try_from(entry.checked_sub(start)?).ok()?);
    let entry = entries.fde_from_offset(&bases, offset, EhFrame::cie_from_offset).ok()?;
    entry.contains(address).then_some(entry)
}

/// Returns the entry for an address by reading all entries: static executables have no table.
fn by_search<'a>(
    entries: &EhFrame<Slice<'a>>,
    bases: &BaseAddresses,
    address: u64,
) -> Option<FrameDescriptionEntry<Slice<'a>>> {
    // Each is parsed once: a long one could otherwise be parsed for every function.
    let mut common = HashMap::new();
    let mut all = entries.entries(bases);
    while let Some(entry) = all.next().ok()? {
        match entry {
            CieOrFde::Cie(entry) => drop(common.insert(EhFrameOffset(entry.offset()), entry)),
            CieOrFde::Fde(entry) => {
                let parsed =
                    entry.parse(|_, _, offset| common.get(&offset).cloned().ok_or(Error::NoUnwindInfoForAddress));
                if let Some(entry) = parsed.ok().filter(|entry| entry.contains(address)) {
                    return Some(entry);
                }
            }
        }
    }
    None
}

/// Returns true if functions preserve a register for their callers, so that one without a rule has
/// its value (x86-64 psABI, figure 3.4; AAPCS64, section 6.1.1). The link register of AArch64 has
/// it until the first call.
const fn is_preserved(register: Register) -> bool {
    if cfg!(target_arch = "aarch64") { matches!(register.0, 19..=30) } else { matches!(register.0, 3 | 6 | 12..=15) }
}
