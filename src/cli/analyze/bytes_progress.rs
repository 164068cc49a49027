//! The progress of reading a large capture, on standard error if that is a terminal.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Number of packets between two updates: each packet takes less than a microsecond.
const UPDATE_PACKETS: u64 = 4_096;
/// Number of bytes that must have been read before anything is shown: smaller files are done at
/// once.
const MIN_SHOWN_BYTES: u64 = 16 << 20;

/// A bar with the share of the bytes read, or a counter if the length is unknown.
pub(super) struct BytesProgress {
    length: Option<u64>,
    is_terminal: bool,
    bar: Option<ProgressBar>,
}

impl BytesProgress {
    /// Creates the progress of an input with this length in bytes, before decompression.
    pub(super) fn new(length: Option<u64>) -> Self {
        Self { length, is_terminal: std::io::stderr().is_terminal(), bar: None }
    }

    /// Reports that `packets` packets and `position` bytes were read.
    pub(super) fn update(&mut self, packets: u64, position: u64) {
        if !self.is_terminal || !packets.is_multiple_of(UPDATE_PACKETS) || position < MIN_SHOWN_BYTES {
            return;
        }
        let length = self.length;
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(10));
            let template = match length {
                Some(_) => "{wide_bar} {binary_bytes}/{binary_total_bytes} {eta}",
                None => "{spinner} {binary_bytes} {binary_bytes_per_sec}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(position);
    }
}

impl Drop for BytesProgress {
    /// Removes the bar from the terminal.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
