//! Dates and times as others write them: `2026/01/31` and `9:30pm`.

use diagnostics::Span;

/// Finds the date with slashes that a number is a part of: where it stands, if it is written without blanks.
pub(super) fn slashed_date(text: &str, number: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    let before = text.get(..number.start as usize)?;
    // At most `2026/01/` stands before the last part.
    let run = before.bytes().rev().take(9).take_while(|byte| byte.is_ascii_digit() || *byte == b'/').count();
    let start = number.start as usize - run;
    let mut at = start;
    for (most, sign) in [(4, Some(b'/')), (2, Some(b'/')), (2, None)] {
        let digits = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > most || (most == 4 && digits != 4) {
            return None;
        }
        at += digits;
        if let Some(sign) = sign {
            if bytes.get(at) != Some(&sign) {
                return None;
            }
            at += 1;
        }
    }
    let ends = bytes.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'/' | b'.' | b'_'));
    let begins = start.checked_sub(1).and_then(|at| bytes.get(at));
    let begins = begins.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_' | b'-'));
    (ends && begins).then(|| Span::new(start as u32, at as u32))
}

/// Gives a date with slashes as it is written here; `None` where it is none.
pub(super) fn with_dashes(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then(|| format!("{year}-{month:02}-{day:02}"))
}

/// Gives `9:30pm` as `21:30`; `None` where it is no time of half a day.
pub(super) fn of_half_day(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (clock, later) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(clock), _) => (clock, 0),
        (_, Some(clock)) => (clock, 12),
        (None, None) => return None,
    };
    let (hour, minute) = clock.split_once(':').unwrap_or((clock, "00"));
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    ((1..=12).contains(&hour) && minute < 60).then(|| format!("{:02}:{minute:02}", hour % 12 + later))
}

#[cfg(test)]
mod tests {
    use super::{of_half_day, slashed_date};
    use diagnostics::Span;

    #[test]
    fn a_half_day_becomes_a_whole_one() {
        for (theirs, ours) in
            [("9:30am", "09:30"), ("9:30PM", "21:30"), ("12:00am", "00:00"), ("12:15pm", "12:15"), ("9am", "09:00")]
        {
            assert_eq!(of_half_day(theirs).as_deref(), Some(ours));
        }
        for wrong in ["13:00pm", "9:75am", "9:30", "x:30am", "am", ":am"] {
            assert_eq!(of_half_day(wrong), None);
        }
    }

    #[test]
    fn each_part_of_a_date_belongs_to_it() {
        let text = "a = 2026/01/31)";
        for (start, end) in [(4, 8), (9, 11), (12, 14)] {
            assert_eq!(slashed_date(text, Span::new(start, end)), Some(Span::new(4, 14)));
        }
        for text in ["2026/01", "2026/01/310", "2026 / 01 / 31", "26/1/1", "2026/1/1/1", "x2026/1/1"] {
            assert_eq!(slashed_date(text, Span::new(0, 4)), None, "{text}");
        }
    }
}
