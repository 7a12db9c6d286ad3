//! Numbers as a person reads them, and what stands for many of them.

/// Groups the digits of a number: `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Gives a count with its noun: `1 task`, `2 tasks`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Gives the value that so many of a hundred do not exceed, of sorted ones (the nearest rank); nothing of none.
pub fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// Draws a bar: so many marks of the widest as the number has of the most, and one where it is not 0.
pub fn bar(number: u64, most: u64, widest: usize) -> usize {
    let marks = u128::from(number) * widest as u128 / u128::from(most.max(1));
    usize::try_from(marks).unwrap_or(widest).clamp(usize::from(number > 0), widest.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_is_there() {
        let hundred: Vec<i64> = (1..=100).collect();
        let found: Vec<_> = [1, 50, 95, 99, 100].map(|percent| percentile(&hundred, percent).unwrap()).into();
        assert_eq!(found, [1, 50, 95, 99, 100]);
        assert_eq!([50, 95, 99].map(|percent| percentile(&[7, 9], percent).unwrap()), [7, 9, 9]);
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_bar_shows_what_is_there_at_all() {
        assert_eq!([bar(0, 9, 10), bar(1, 900, 10), bar(450, 900, 10), bar(900, 900, 10)], [0, 1, 5, 10]);
        assert_eq!(bar(u64::MAX, u64::MAX, 10), 10);
    }
}
