//! The time of day in the machine's time zone.

#![expect(unsafe_code, reason = "localtime_r(3) has no safe wrapper")]

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the local time of day as hours, minutes and seconds; `None` if the C library cannot
/// convert the time.
#[must_use]
pub(crate) fn time_of_day() -> Option<[i32; 3]> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let now = libc::time_t::try_from(seconds).ok()?;
    let mut parts = std::mem::MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are valid for the call, and localtime_r(3) writes the whole structure
    // or returns null. It reads the variable TZ, which this program never changes.
    let converted = unsafe { libc::localtime_r(&raw const now, parts.as_mut_ptr()) };
    if converted.is_null() {
        return None;
    }
    // SAFETY: the call succeeded, so the structure is initialized.
    let parts = unsafe { parts.assume_init() };
    Some([parts.tm_hour, parts.tm_min, parts.tm_sec])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_day_is_in_range() {
        let [hour, minute, second] = time_of_day().expect("a time");
        assert!((0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second));
    }
}
