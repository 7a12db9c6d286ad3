//! The registers of the frame that runs, as a window over a stack.
//!
//! The loop reads and writes registers more often than anything else, so it must not ask each time whether they are
//! there. Most functions have few: their window is an array of [`NARROW`] registers, and a number of one byte is always
//! inside of it. Functions with more have a window that is a slice. The verifier has seen to it that no instruction names a
//! register that its function does not have, so both windows show the same.

use std::ops::{Index, IndexMut};

/// How many registers the array of a narrow window has: as many as a byte can number.
pub(super) const NARROW: usize = 1 << u8::BITS;

/// How wide the window of a frame is.
pub(super) trait Width {
    /// Whether functions with more than [`NARROW`] registers have it.
    const WIDE: bool;
    /// The window over a stack.
    type Window<'s, T: 's>: Window<T>;
    /// Opens the window that begins at `base`, for so many registers; `None` where the stack is too short for it.
    fn open<T>(stack: &mut [T], base: u32, count: u16) -> Option<Self::Window<'_, T>>;
}

/// A window: registers by their numbers.
pub(super) trait Window<T>: IndexMut<u16, Output = T> {
    /// Gives some registers in a row.
    fn row(&mut self, from: u16, count: u16) -> &mut [T];
}

/// Functions with few registers.
pub(super) struct Narrow;

/// Functions with many.
pub(super) struct Wide;

impl Width for Narrow {
    const WIDE: bool = false;
    type Window<'s, T: 's> = NarrowWindow<'s, T>;

    #[inline(always)]
    fn open<T>(stack: &mut [T], base: u32, _count: u16) -> Option<NarrowWindow<'_, T>> {
        let base = base as usize;
        stack.get_mut(base..base + NARROW)?.first_chunk_mut().map(NarrowWindow)
    }
}

impl Width for Wide {
    const WIDE: bool = true;
    type Window<'s, T: 's> = WideWindow<'s, T>;

    fn open<T>(stack: &mut [T], base: u32, count: u16) -> Option<WideWindow<'_, T>> {
        let base = base as usize;
        stack.get_mut(base..base + usize::from(count)).map(WideWindow)
    }
}

/// The window of [`Narrow`].
pub(super) struct NarrowWindow<'s, T>(&'s mut [T; NARROW]);

/// The window of [`Wide`].
pub(super) struct WideWindow<'s, T>(&'s mut [T]);

impl<T> Index<u16> for NarrowWindow<'_, T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, register: u16) -> &T {
        &self.0[usize::from(register as u8)]
    }
}

impl<T> IndexMut<u16> for NarrowWindow<'_, T> {
    #[inline(always)]
    fn index_mut(&mut self, register: u16) -> &mut T {
        &mut self.0[usize::from(register as u8)]
    }
}

impl<T> Window<T> for NarrowWindow<'_, T> {
    fn row(&mut self, from: u16, count: u16) -> &mut [T] {
        let from = usize::from(from);
        &mut self.0[from..from + usize::from(count)]
    }
}

impl<T> Index<u16> for WideWindow<'_, T> {
    type Output = T;

    fn index(&self, register: u16) -> &T {
        &self.0[usize::from(register)]
    }
}

impl<T> IndexMut<u16> for WideWindow<'_, T> {
    fn index_mut(&mut self, register: u16) -> &mut T {
        &mut self.0[usize::from(register)]
    }
}

impl<T> Window<T> for WideWindow<'_, T> {
    fn row(&mut self, from: u16, count: u16) -> &mut [T] {
        let from = usize::from(from);
        &mut self.0[from..from + usize::from(count)]
    }
}
