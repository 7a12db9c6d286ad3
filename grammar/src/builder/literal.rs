//! Numbers, sizes, durations, dates: from their text to a value, or to what is wrong with them.

mod civil;

use civil::of_half_day;

use super::Builder;
use crate::parser::Node;
use crate::tree::{Expr, ExprKind, Literal};
use diagnostics::{Code, Diagnostic, Edit, Fix, Place, Span};

/// The units of a duration in microseconds, in the order in which they are written.
const DURATION_UNITS: &[(&str, i64)] = &[
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// The units of a size in bytes.
const SIZE_UNITS: &[(&str, i64)] = &[
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Units that others write, and ours.
const FOREIGN_UNITS: &[(&str, &str)] = &[
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("week", "w"),
    ("weeks", "w"),
    ("msec", "ms"),
    ("millis", "ms"),
    ("kb", "KB"),
    ("mb", "MB"),
    ("gb", "GB"),
    ("tb", "TB"),
    ("kB", "KB"),
    ("kib", "KiB"),
    ("mib", "MiB"),
    ("gib", "GiB"),
];

/// Gives our unit of a duration for a word, ours or foreign.
pub(crate) fn duration_unit(word: &str) -> Option<&'static str> {
    let ours = DURATION_UNITS.iter().map(|(unit, _)| (*unit, *unit));
    let foreign = FOREIGN_UNITS.iter().copied().filter(|(_, unit)| !unit.ends_with('B'));
    ours.chain(foreign).find(|(name, _)| *name == word).map(|(_, unit)| unit)
}

impl Builder<'_> {
    /// Builds a number; a wrong one is told and is an error node.
    pub(super) fn number_expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        self.number(span, false).map_or_else(|| self.error_expr(span), |literal| literal_expr(literal, span))
    }

    /// Builds a number with its `-`; `span` holds both.
    pub(super) fn negative_number(&mut self, _node: Node<'_>, span: Span) -> Expr {
        self.number(span, true).map_or_else(|| self.error_expr(span), |literal| literal_expr(literal, span))
    }

    /// Reads the number at `span`, which begins with a `-` if it is negative.
    pub(super) fn number(&mut self, span: Span, negative: bool) -> Option<Literal> {
        let written = self.source(span);
        let text = if negative { written.trim_start_matches(['-', ' ']) } else { written };
        let digits = Span::new(span.end - text.len() as u32, span.end);
        let told = match civil::slashed_date(self.text, digits) {
            Some(whole) if whole.start < digits.start => return None,
            Some(whole) => Err(self.slashed(whole)),
            None => read(text, negative, self.place(digits)),
        };
        match told {
            Ok(literal) => Some(literal),
            Err(diagnostic) => {
                self.tell(*diagnostic);
                None
            }
        }
    }

    /// Says how a date with slashes is written here.
    fn slashed(&self, whole: Span) -> Box<Diagnostic> {
        let place = self.place(whole);
        let told = Diagnostic::new(Code::TimeForm, place, "a date is written with `-`, and `/` divides");
        Box::new(match civil::with_dashes(self.source(whole)) {
            Some(ours) => told.label(format!("write `{ours}`")).safe_fix(format!("write `{ours}`"), place, ours),
            None => told.label("no date either: the year comes first, as in `2026-01-31`"),
        })
    }
}

fn literal_expr(literal: Literal, span: Span) -> Expr {
    Expr { kind: Box::new(ExprKind::Literal(literal)), span }
}

type Read = Result<Literal, Box<Diagnostic>>;

fn read(text: &str, negative: bool, place: Place) -> Read {
    if is_date_shape(text) {
        return date(text, place);
    }
    if text.contains(':') {
        return if text.ends_with(['m', 'M']) { Err(half_day(text, place)) } else { time(text, place) };
    }
    if let Some(hex) = text.strip_prefix("0x") {
        let value = i64::from_str_radix(&hex.replace('_', ""), 16);
        return value.map(Literal::Int).map_err(|_| number_form(text, place));
    }
    let number_length = text.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.')).count();
    let (number, unit) = text.split_at_checked(number_length).unwrap_or((text, ""));
    if unit.is_empty() {
        return if number.contains('.') { float(number, negative) } else { int(number, negative, 1, place) };
    }
    let exponent = unit.strip_prefix(['e', 'E']).unwrap_or("x");
    if exponent.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit()) && exponent.len() > 1
        || (exponent.len() == 1 && exponent.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return float(text, negative);
    }
    if let Some((_, factor)) = SIZE_UNITS.iter().find(|(name, _)| *name == unit)
        && !number.contains('.')
    {
        return int(number, negative, *factor, place);
    }
    duration(text, negative, place)
}

/// How many digits a `decimal` has.
const LONGEST_WHOLE: usize = 28;

fn int(digits: &str, negative: bool, factor: i64, place: Place) -> Read {
    let plain = digits.replace('_', "");
    if plain.len() > 1 && plain.starts_with('0') {
        let shorter = plain.trim_start_matches('0');
        let shorter = if shorter.is_empty() { "0" } else { shorter };
        return Err(Box::new(
            Diagnostic::new(Code::NumberForm, place, "a whole number has no zero in front")
                .label(format!("write `{shorter}`"))
                .safe_fix(format!("write `{shorter}`"), place, shorter),
        ));
    }
    let value = plain.parse::<i128>().ok().and_then(|value| value.checked_mul(i128::from(factor)));
    let value = value.and_then(|value| i64::try_from(if negative { -value } else { value }).ok());
    // A `decimal` and a `float` go further, and which it is to be is not known here.
    if value.is_none() && factor == 1 && plain.len() <= LONGEST_WHOLE {
        return float(digits, negative);
    }
    value.map(Literal::Int).ok_or_else(|| {
        Box::new(
            Diagnostic::new(Code::IntTooLarge, place, "this number is too large for an `int`")
                .label(format!("an `int` reaches from {} to {}", i64::MIN, i64::MAX))
                .help("write a `float`, such as `1e19`, or a string"),
        )
    })
}

fn float(text: &str, negative: bool) -> Read {
    let plain = text.replace('_', "");
    Ok(Literal::Float(if negative { format!("-{plain}") } else { plain }))
}

fn duration(text: &str, negative: bool, place: Place) -> Read {
    let mut total = 0_i64;
    let mut last = None;
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'_').count();
        let (digits, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let unit_length = behind.bytes().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (unit, behind) = behind.split_at_checked(unit_length).unwrap_or((behind, ""));
        let known = DURATION_UNITS.iter().position(|(name, _)| *name == unit);
        let (Some(unit), Ok(count)) = (known, digits.replace('_', "").parse::<i64>()) else {
            return Err(number_form(text, place));
        };
        if last.is_some_and(|last| unit <= last) {
            return Err(Box::new(
                Diagnostic::new(
                    Code::NumberForm,
                    place,
                    "the parts of a duration stand from the largest to the smallest",
                )
                .label("write each unit once, in the order `w d h m s ms us`"),
            ));
        }
        last = Some(unit);
        let factor = DURATION_UNITS.get(unit).map_or(0, |(_, factor)| *factor);
        let sum = count.checked_mul(factor).and_then(|part| total.checked_add(part));
        total = sum.ok_or_else(|| {
            Box::new(
                Diagnostic::new(Code::IntTooLarge, place, "this duration is too long")
                    .label("the longest is about 292,000 years"),
            )
        })?;
        rest = behind;
    }
    Ok(Literal::Duration(if negative { -total } else { total }))
}

/// Says what is wrong with a number that has letters.
fn number_form(text: &str, place: Place) -> Box<Diagnostic> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.')).count();
    let (number, unit) = text.split_at_checked(length).unwrap_or((text, ""));
    let told = Diagnostic::new(Code::NumberForm, place, format!("`{text}` is no number, size or duration"));
    if number.contains('.')
        && let Some(duration) = fraction(number, unit)
    {
        return Box::new(told.label("a duration has whole parts").safe_fix(
            format!("write `{duration}`"),
            place,
            duration,
        ));
    }
    if let Some((_, ours)) = FOREIGN_UNITS.iter().find(|(theirs, _)| *theirs == unit) {
        return Box::new(told.label(format!("the unit is written `{ours}`")).safe_fix(
            format!("write `{number}{ours}`"),
            place,
            format!("{number}{ours}"),
        ));
    }
    if of_half_day(text).is_some() {
        return half_day(text, place);
    }
    if matches!(unit, "k" | "K") {
        let thousands = format!("{number}_000");
        let edit =
            |text: String| Fix { title: format!("write `{text}`"), safe: false, edits: vec![Edit { place, text }] };
        let told = told.label("a thousand is `_000`, a size ends in `KB` or `KiB`");
        return Box::new(told.fix(edit(thousands)).fix(edit(format!("{number}KB"))));
    }
    Box::new(
        told.label("not a unit")
            .note("durations have the units `w d h m s ms us`, sizes `KB MB GB TB KiB MiB GiB TiB`"),
    )
}

/// Says how a time of half a day, such as `9:30pm`, is written here.
pub(crate) fn half_day(text: &str, place: Place) -> Box<Diagnostic> {
    let half = if text.to_ascii_lowercase().ends_with("pm") { "pm" } else { "am" };
    let told = Diagnostic::new(Code::TimeForm, place, format!("a time of day has 24 hours, and no `{half}`"));
    Box::new(match of_half_day(text) {
        Some(ours) => told.label(format!("write `{ours}`")).safe_fix(format!("write `{ours}`"), place, ours),
        None => told.label("no time of day either: write `21:30`"),
    })
}

/// Gives `1h30m` for `1.5` and `h`, if it is exact.
fn fraction(number: &str, unit: &str) -> Option<String> {
    let at = DURATION_UNITS.iter().position(|(name, _)| *name == unit)?;
    let (_, factor) = DURATION_UNITS.get(at)?;
    let (whole, part) = number.split_once('.')?;
    let scale = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let scaled = part.parse::<i64>().ok()?.checked_mul(*factor)?;
    if scaled % scale != 0 {
        return None;
    }
    let mut rest = whole.parse::<i64>().ok()?.checked_mul(*factor)?.checked_add(scaled / scale)?;
    let mut text = String::new();
    for (name, factor) in DURATION_UNITS.get(at..)? {
        if rest / factor > 0 {
            text.push_str(&format!("{}{name}", rest / factor));
            rest %= factor;
        }
    }
    Some(text).filter(|text| !text.is_empty())
}

fn is_date_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 4 && bytes.iter().take(4).all(u8::is_ascii_digit) && bytes.get(4) == Some(&b'-')
}

fn date(text: &str, place: Place) -> Read {
    let (day, clock) = text.split_once('T').map_or((text, None), |(day, clock)| (day, Some(clock)));
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let padded = format!("{year}-{month:0>2}-{day:0>2}");
    let Some(clock) = clock else {
        if padded == text {
            return Ok(Literal::Date(padded));
        }
        let edit =
            |title: &str, text: String| Fix { title: title.into(), safe: false, edits: vec![Edit { place, text }] };
        return Err(Box::new(
            Diagnostic::new(Code::TimeForm, place, "a date has two digits for month and day")
                .label(format!("`{padded}` is a date, `{}` a subtraction", text.replace('-', " - ")))
                .fix(edit("write the date", padded))
                .fix(edit("write the subtraction", text.replace('-', " - "))),
        ));
    };
    let zone_at = clock.find(['Z', '+', '-', '[']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone_at).unwrap_or((clock, ""));
    let clock = padded_clock(clock);
    let right = format!("{padded}T{clock}{zone}");
    if zone.is_empty() {
        return Err(Box::new(
            Diagnostic::new(Code::TimeForm, place, "a datetime names its zone")
                .label("no zone is written")
                .help(format!("write `{right}Z`, `{right}+01:00` or `{right}[Europe/Berlin]`")),
        ));
    }
    if right != text {
        return Err(two_digits(&right, place));
    }
    Ok(Literal::DateTime(right))
}

fn time(text: &str, place: Place) -> Read {
    let right = padded_clock(text);
    if right == text { Ok(Literal::Time(right)) } else { Err(two_digits(&right, place)) }
}

/// Gives the time with two digits for its hour.
fn padded_clock(clock: &str) -> String {
    match clock.split_once(':') {
        Some((hour, rest)) => format!("{hour:0>2}:{rest}"),
        None => clock.to_owned(),
    }
}

fn two_digits(right: &str, place: Place) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(Code::TimeForm, place, "a time has two digits for its hour")
            .label(format!("write `{right}`"))
            .safe_fix(format!("write `{right}`"), place, right),
    )
}
