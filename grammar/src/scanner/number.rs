//! Where a number ends: a plain one, one with a unit, a time of day, a date, a datetime with its zone. It is taken wider
//! than the language is, so that the builder can say what is wrong with `5min` or `2026-1-3`.

/// Gives the offset behind the number that begins at `start`, a digit.
pub(super) fn end_of_number(bytes: &[u8], start: usize) -> usize {
    date(bytes, start)
        .or_else(|| clock(bytes, start).map(|end| half(bytes, end)).filter(|end| !is_word_byte(bytes, *end)))
        .or_else(|| exponent(bytes, start))
        .unwrap_or_else(|| plain(bytes, start))
}

fn date(bytes: &[u8], start: usize) -> Option<usize> {
    let year = digits(bytes, start, 4, 4)?;
    let month = digits(bytes, literal(bytes, year, b'-')?, 1, 2)?;
    let day = digits(bytes, literal(bytes, month, b'-')?, 1, 2)?;
    if bytes.get(day) == Some(&b'T') {
        return Some(clock(bytes, day + 1).map_or(day, |end| zone(bytes, end)));
    }
    (!is_word_byte(bytes, day)).then_some(day)
}

fn clock(bytes: &[u8], start: usize) -> Option<usize> {
    let hour = digits(bytes, start, 1, 2)?;
    let minute = digits(bytes, literal(bytes, hour, b':')?, 2, 2)?;
    let Some(second) = literal(bytes, minute, b':').and_then(|at| digits(bytes, at, 2, 2)) else { return Some(minute) };
    let fraction = literal(bytes, second, b'.').and_then(|at| digits(bytes, at, 1, usize::MAX));
    Some(fraction.unwrap_or(second))
}

/// Takes the `am` or `pm` behind a time of day.
fn half(bytes: &[u8], start: usize) -> usize {
    let is_half = matches!(bytes.get(start..start + 2), Some([b'a' | b'p' | b'A' | b'P', b'm' | b'M']));
    if is_half { start + 2 } else { start }
}

fn zone(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    if bytes.get(at) == Some(&b'Z') {
        at += 1;
    } else if matches!(bytes.get(at), Some(b'+' | b'-'))
        && let Some(hours) = digits(bytes, at + 1, 2, 2)
    {
        let minutes = literal(bytes, hours, b':').unwrap_or(hours);
        at = digits(bytes, minutes, 2, 2).unwrap_or(hours);
    }
    if bytes.get(at) != Some(&b'[') {
        return at;
    }
    let name = bytes.iter().skip(at + 1).take_while(|byte| !matches!(byte, b']' | b'\n' | b' ')).count();
    if name > 0 && bytes.get(at + 1 + name) == Some(&b']') { at + name + 2 } else { at }
}

fn exponent(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = run(bytes, start, |byte| byte.is_ascii_digit() || byte == b'_');
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at = run(bytes, at + 1, |byte| byte.is_ascii_digit() || byte == b'_');
    }
    if !matches!(bytes.get(at), Some(b'e' | b'E')) || !matches!(bytes.get(at + 1), Some(b'+' | b'-')) {
        return None;
    }
    digits(bytes, at + 2, 1, usize::MAX)
}

fn plain(bytes: &[u8], start: usize) -> usize {
    let at = run(bytes, start, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        return run(bytes, at + 1, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    }
    at
}

/// Gives the offset behind `least` to `most` digits.
fn digits(bytes: &[u8], start: usize, least: usize, most: usize) -> Option<usize> {
    let count = bytes.iter().skip(start).take(most).take_while(|byte| byte.is_ascii_digit()).count();
    (count >= least).then_some(start + count)
}

fn literal(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

fn run(bytes: &[u8], start: usize, belongs: impl Fn(u8) -> bool) -> usize {
    start + bytes.iter().skip(start).take_while(|byte| belongs(**byte)).count()
}

fn is_word_byte(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::end_of_number;

    #[test]
    fn a_number_ends_where_nothing_goes_on_with_it() {
        for case in [
            "1|",
            "12_000| ",
            "1|..5",
            "1.5|",
            "1|.e",
            "5|.max(2)",
            "1h30m|",
            "1s|..1m",
            "5MiB|,",
            "0x1d|",
            "1e9|",
            "1e-9|",
            "1e|-",
            "2.5e+3|x",
            "9:30|",
            "09:30|",
            "09:30:15.5|)",
            "9:30am|",
            "9:30PM|)",
            "9|:30amp",
            "12|:345",
            "1|:x",
            "2026-01-31|",
            "2026-1-3|",
            "2026|-01-31x",
            "2026|-01",
            "2026-01-31|T",
            "2026-01-31T09:30|",
            "2026-01-31T09:30Z|",
            "2026-01-31T09:30+01:00|",
            "2026-01-31T09:30-0100[A/B]| ",
            "2026-01-31T09:30[A/B]|",
            "2026-01-31T09:30|[A B]",
            "2026-01-31T09:30|[",
            "2026-01-31T9:30:15.25[UTC]|",
            "20260131|-1-1",
            "10|-3",
            "1_|",
            "1.5h|",
            "5min|",
        ] {
            let (number, behind) = case.split_once('|').unwrap_or((case, ""));
            let end = end_of_number(format!("{number}{behind}").as_bytes(), 0);
            assert_eq!(end, number.len(), "{case}");
        }
    }
}
