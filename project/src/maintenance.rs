//! The tables `[[maintenance]]` of a project file: times in which nothing that is due begins.

use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};
use schedule::{Maintenance, WhenDue};
use serde::Deserialize;

/// A table as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    name: String,
    from: Option<toml::value::Datetime>,
    to: Option<toml::value::Datetime>,
    cron: Option<String>,
    lasts: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    due: Due,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Due {
    #[default]
    Skip,
    Delay,
    RunLast,
}

/// The longest window, in microseconds.
const LONGEST: i64 = 366 * 86_400_000_000;

impl Table {
    /// Gives the window; times without a zone are meant in the table's zone, or else in that of the project.
    pub(crate) fn read(&self, project: Option<&str>) -> Result<Maintenance, String> {
        self.window(project).map_err(|what| format!("[[maintenance]] `{}`: {what}", self.name))
    }

    fn window(&self, project: Option<&str>) -> Result<Maintenance, String> {
        let due = match self.due {
            Due::Skip => WhenDue::Skip,
            Due::Delay => WhenDue::Delay,
            Due::RunLast => WhenDue::RunLast,
        };
        let zone = self.zone.as_deref().or(project);
        match (&self.from, &self.to, &self.cron, &self.lasts) {
            (Some(from), Some(to), None, None) => {
                let (from, to) = (instant(from, zone)?, instant(to, zone)?);
                match to > from {
                    true if to - from <= LONGEST => Ok(Maintenance::once(self.name.clone(), (from, to), due)),
                    true => Err("it lasts longer than a year".to_owned()),
                    false => Err("`to` is not after `from`".to_owned()),
                }
            }
            (None, None, Some(cron), Some(lasts)) => {
                let at = (cron.clone(), zone.map(str::to_owned));
                Maintenance::again(self.name.clone(), at, length(lasts)?, due).map_err(|error| error.to_string())
            }
            _ => Err("write `from` and `to` for one that comes once, or `cron` and `lasts` for one that comes again and again".to_owned()),
        }
    }
}

fn instant(written: &toml::value::Datetime, zone: Option<&str>) -> Result<i64, String> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let text = written.to_string();
    if let Ok(instant) = PARSER.parse_timestamp(&text) {
        return Ok(instant.as_microsecond());
    }
    let zone = match zone {
        Some(name) => TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`"))?,
        None => TimeZone::UTC,
    };
    let zoned = PARSER.parse_datetime(&text).ok().and_then(|local| local.to_zoned(zone).ok());
    zoned.map(|zoned| zoned.timestamp().as_microsecond()).ok_or_else(|| format!("`{text}` has no date"))
}

fn length(text: &str) -> Result<i64, String> {
    let length = text.parse::<Span>().ok().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    match length.and_then(|length| i64::try_from(length.as_micros()).ok()) {
        Some(length) if (1..=LONGEST).contains(&length) => Ok(length),
        Some(_) | None => Err(format!("`lasts` is `{text}`; write a length of time like 2h or 90m, at most a year")),
    }
}
