//! The delay that spreads load: random to look at, always the same for one schedule of one task.

/// Gives the delay of the `index`th schedule of a task, from 0 to `jitter_us` microseconds.
///
/// The hash is 64-bit FNV-1a over the name and the index, followed by one multiply-and-shift round: FNV alone leaves
/// the high bits of short names alike, and it is the high bits that choose the delay. It must never change: a new
/// version would move every due time.
pub fn jitter_of(task: &str, index: usize, jitter_us: i64) -> i64 {
    let Ok(widest) = u64::try_from(jitter_us) else { return 0 };
    let index = u64::try_from(index).unwrap_or(u64::MAX).to_le_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in task.bytes().chain([0xff]).chain(index) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 29;
    // The hash as a fraction of one, times the number of possible delays: below `widest + 1`, so it fits.
    let delay = (u128::from(hash) * (u128::from(widest) + 1)) >> 64;
    i64::try_from(delay).unwrap_or(jitter_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_stable_and_within_its_bounds() {
        assert_eq!(jitter_of("backup", 0, 0), 0);
        assert_eq!(jitter_of("backup", 0, -5), 0);
        assert_eq!(jitter_of("backup", 0, 300_000_000), jitter_of("backup", 0, 300_000_000));
        assert_ne!(jitter_of("backup", 0, 300_000_000), jitter_of("backup", 1, 300_000_000));
        assert!((0..=i64::MAX).contains(&jitter_of("backup", 0, i64::MAX)));
    }

    #[test]
    fn delays_of_similar_names_spread_over_the_whole_width() {
        let mut tenths = [0; 10];
        for number in 0..1_000 {
            let delay = jitter_of(&format!("task_{number}"), 0, 9_999);
            tenths[usize::try_from(delay / 1_000).unwrap_or(10)] += 1;
        }
        assert!(tenths.iter().all(|count| (60..=140).contains(count)), "{tenths:?}");
    }
}
