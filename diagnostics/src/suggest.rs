//! The near name for a mistyped one.

/// How many candidates are compared at most.
const MOST_CANDIDATES: usize = 2_000;

/// How many bytes a name may have; nobody mistypes a longer one, and comparing takes the product of two lengths.
const LONGEST_NAME: usize = 200;

/// How many bytes a character has at most.
const LONGEST_CHARACTER: usize = 4;

/// Gives the candidate nearest to `name`, if one is near enough to be what was meant.
///
/// Distance is edits of one character, where two swapped neighbours count as one (optimal string alignment); case does not
/// count. A third of the name's length may differ; of a name of two characters only case or their order may, for any other
/// is as near. Among equals the first wins. Of very many candidates only the first are looked at.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        .take(MOST_CANDIDATES)
        .filter(|candidate| *candidate != name && candidate.len().abs_diff(name.len()) <= LONGEST_CHARACTER * limit)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && (length > 2 || is_turned(name, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Says whether two names have the same letters, in whatever case and order.
fn is_turned(name: &str, candidate: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(name) == sorted(candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for j in 0..b.len() {
            let mut best = (last[j] + usize::from(a[i] != b[j])).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_near_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("lenght", ["length", "left", "trim"]), Some("length"));
        assert_eq!(nearest("Url", ["url"]), Some("url"));
        assert_eq!(nearest("zebra", ["length", "left"]), None);
        assert_eq!(nearest("x", ["x"]), None);
        assert_eq!(nearest(&"x".repeat(LONGEST_NAME + 1), ["x".repeat(LONGEST_NAME).as_str()]), None);
    }
}
