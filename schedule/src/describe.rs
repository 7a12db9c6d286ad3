//! A schedule in the words of the language.

use crate::rule::month_name;
use crate::wall::date_of;
use crate::{Bound, Catchup, Form, MonthDay, Spec, Weekdays};
use jiff::Timestamp;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// From so many on, dates are counted instead of named.
const MANY_DATES: usize = 4;

/// Gives a schedule as it might have been written, for people: `daily at 02:30 in Europe/Berlin`.
pub fn describe(spec: &Spec) -> String {
    let mut text = form(&spec.form);
    if let Some(zone) = &spec.zone {
        text.push_str(&format!(" in {zone}"));
    }
    if let Some(jitter) = spec.jitter {
        text.push_str(&format!(" jitter {}", span(jitter)));
    }
    match spec.except.as_slice() {
        [] => {}
        many if many.len() >= MANY_DATES => text.push_str(&format!(" except {} dates", many.len())),
        few => text.push_str(&format!(" except {}", join(few.iter().map(|day| date_of(*day).to_string())))),
    }
    for (word, bound) in [("starting", spec.starting), ("ending", spec.ending)] {
        match bound {
            Some(Bound::Date(day)) => text.push_str(&format!(" {word} {}", date_of(day))),
            Some(Bound::Instant(at)) => text.push_str(&format!(" {word} {}", instant(at))),
            None => {}
        }
    }
    match spec.catchup {
        Catchup::Latest => {}
        Catchup::None => text.push_str(" catchup none"),
        Catchup::All { limit } => text.push_str(&format!(" catchup all limit {limit}")),
    }
    text
}

fn form(form: &Form) -> String {
    match form {
        Form::Every { period, window, days } => {
            let mut text = format!("every {}", span(*period));
            if let Some(window) = window {
                text.push_str(&format!(" from {} to {}", time(window.from), time(window.to)));
            }
            if *days != Weekdays::ALL {
                text.push_str(&format!(" on {}", weekdays(*days)));
            }
            text
        }
        Form::Weekly { days, times } if *days == Weekdays::ALL => format!("daily at {}", all_times(times)),
        Form::Weekly { days, times } => format!("weekly on {} at {}", weekdays(*days), all_times(times)),
        Form::Monthly { days, times } => {
            format!("monthly on {} at {}", join(days.iter().map(|day| month_day(*day))), all_times(times))
        }
        Form::Yearly { dates, times } => {
            let dates = dates.iter().map(|&(month, day)| format!("{day} {}", month_name(month)));
            format!("yearly on {} at {}", join(dates), all_times(times))
        }
        Form::Cron(text) => format!("cron \"{text}\""),
        Form::At(at) => format!("at {}", instant(*at)),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn weekdays(days: Weekdays) -> String {
    if days == Weekdays::WORKING {
        return "weekdays".to_owned();
    }
    join((0..).zip(WEEKDAYS).filter(|(day, _)| days.contains(*day)).map(|(_, name)| name.to_owned()))
}

fn weekday(day: u8) -> &'static str {
    WEEKDAYS.get(usize::from(day)).copied().unwrap_or("?")
}

fn month_day(day: MonthDay) -> String {
    match day {
        MonthDay::Day(day) => day.to_string(),
        MonthDay::Last => "last day".to_owned(),
        MonthDay::Nth(nth, day) => {
            let ordinal = usize::from(nth).checked_sub(1).and_then(|at| ORDINALS.get(at)).copied().unwrap_or("?");
            format!("{ordinal} {}", weekday(day))
        }
        MonthDay::LastWeekday(day) => format!("last {}", weekday(day)),
    }
}

fn all_times(times: &[i64]) -> String {
    join(times.iter().map(|at| time(*at)))
}

fn time(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}

fn instant(micros: i64) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => format!("{micros} microseconds after 1970"),
    }
}

fn span(micros: i64) -> String {
    const UNITS: [(i64, &str); 6] =
        [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms"), (1, "us")];
    if micros <= 0 {
        return "0s".to_owned();
    }
    let mut rest = micros;
    let mut text = String::new();
    for (size, unit) in UNITS {
        if rest >= size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Window;

    fn spec(form: Form) -> Spec {
        Spec {
            form,
            zone: None,
            jitter: None,
            except: Vec::new(),
            starting: None,
            ending: None,
            catchup: Catchup::Latest,
        }
    }

    const NINE: i64 = 9 * 3_600_000_000;

    #[test]
    fn the_forms_are_told_in_the_words_of_the_language() {
        let mut daily = spec(Form::Weekly { days: Weekdays::ALL, times: vec![NINE / 9 * 5 / 2, NINE] });
        daily.zone = Some("Europe/Berlin".to_owned());
        assert_eq!(describe(&daily), "daily at 02:30, 09:00 in Europe/Berlin");
        let weekly = spec(Form::Weekly { days: Weekdays(0b1001), times: vec![NINE] });
        assert_eq!(describe(&weekly), "weekly on mon, thu at 09:00");
        let window = Some(Window { from: NINE - 1_000_000, to: 2 * NINE });
        let mut every = spec(Form::Every { period: 5_400_000_000, window, days: Weekdays::WORKING });
        every.jitter = Some(30_000_000);
        assert_eq!(describe(&every), "every 1h30m from 08:59:59 to 18:00 on weekdays jitter 30s");
        let days = vec![MonthDay::Day(1), MonthDay::Last, MonthDay::Nth(2, 0), MonthDay::LastWeekday(4)];
        let monthly = spec(Form::Monthly { days, times: vec![NINE] });
        assert_eq!(describe(&monthly), "monthly on 1, last day, second mon, last fri at 09:00");
        let mut yearly = spec(Form::Yearly { dates: vec![(12, 31)], times: vec![NINE] });
        yearly.except = vec![20_000];
        yearly.starting = Some(Bound::Date(20_000));
        yearly.ending = Some(Bound::Instant(0));
        yearly.catchup = Catchup::All { limit: 5 };
        assert_eq!(
            describe(&yearly),
            "yearly on 31 dec at 09:00 except 2024-10-04 starting 2024-10-04 ending 1970-01-01T00:00:00Z \
             catchup all limit 5"
        );
        assert_eq!(describe(&spec(Form::Cron("0 9 * * *".to_owned()))), "cron \"0 9 * * *\"");
        assert_eq!(describe(&spec(Form::At(0))), "at 1970-01-01T00:00:00Z");
    }
}
