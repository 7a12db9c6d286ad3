//! A small source of numbers that only depend on a seed (SplitMix64, Steele, Lea and Flood 2014).

/// The source.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Begins anew.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Gives a number below `end`; 0 where there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        if end == 0 { 0 } else { (self.next() % u64::from(end)) as u32 }
    }

    /// Says yes in `of` of a hundred cases.
    pub fn percent(&mut self, of: u32) -> bool {
        self.below(100) < of
    }

    /// Gives one of several.
    pub fn one<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len() as u32) as usize]
    }
}
