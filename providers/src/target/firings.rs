//! The moments at which a schedule fires, of the two languages that Caravan hands over: EventBridge's `cron(…)` (six fields,
//! UTC) and that of a CronJob (five fields).
//!
//! Sources: EventBridge User Guide, "Cron expressions reference"; Kubernetes, "CronJob", "Schedule syntax". Whatever is not
//! understood for certain is none: `rate(…)` counts from a moment that nobody can ask for, and `W` is not computed.

use super::snapshot::Snapshot;

/// The moments at which a schedule fires, to the minute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Firings {
    minutes: u64,
    hours: u64,
    months: u64,
    years: Option<Vec<i64>>,
    days: Days,
}

/// On which days.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Days {
    /// Days of the month; none when any will do.
    of_month: Option<DaysOfMonth>,
    /// Days of the week; none when any will do.
    of_week: Option<Vec<DayOfWeek>>,
}

/// Days of the month.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum DaysOfMonth {
    /// These, by number.
    Numbered(u64),
    /// The last one.
    Last,
}

/// A day of the week, counted from Sunday as 0.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum DayOfWeek {
    /// Each of them.
    Each(u64),
    /// The n-th of a month.
    Nth(u64, u64),
    /// The last of a month.
    Last(u64),
}

/// Seconds before a firing and after one in which an owner is not stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Edge {
    /// Before it.
    pub before: i64,
    /// After it.
    pub after: i64,
}

impl Edge {
    /// How long it lasts, in milliseconds.
    pub(super) fn ms(self) -> u64 {
        u64::try_from((self.before + self.after) * 1000).unwrap_or_default()
    }
}

/// Why an owner that fires by a schedule is not stopped at a moment; none when it may be, or when nobody is stopped.
pub(super) fn withheld(
    stands: &Snapshot,
    after: &Snapshot,
    at_ms: u64,
    edge: Edge,
    firings: impl Fn(&Snapshot) -> Option<Firings>,
) -> Option<String> {
    let active = |snapshot: &Snapshot| matches!(snapshot, Snapshot::Activation { active: true, .. });
    if !active(stands) || active(after) {
        return None;
    }
    let Some(firings) = firings(stands) else {
        return Some("nobody can compute when it fires, so it is not stopped".to_owned());
    };
    let firing = firings.around(at_ms, edge)?;
    let away = firing / 1000 - i64::try_from(at_ms / 1000).unwrap_or_default();
    let when = if away >= 0 { format!("fires in {away} s") } else { format!("has fired {} s ago", -away) };
    let Edge { before, after } = edge;
    Some(format!("it {when}: it is not stopped {before} s before a firing and {after} s after one"))
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEK: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const SECONDS_A_DAY: i64 = 86_400;

impl Firings {
    /// Of an EventBridge expression: `cron(15 2 ? * MON-FRI *)`. None for what can't be computed.
    #[must_use]
    pub fn of_event_bridge(expression: &str) -> Option<Self> {
        let inside = expression.trim().strip_prefix("cron(")?.strip_suffix(')')?;
        let fields: Vec<&str> = inside.split_whitespace().collect();
        let [minutes, hours, of_month, months, of_week, years] = fields.as_slice() else { return None };
        // Exactly one of the two says nothing: with both, nobody could tell which of them holds.
        if (*of_month == "?") == (*of_week == "?") {
            return None;
        }
        let days = Days {
            of_month: match *of_month {
                "?" | "*" => None,
                "L" => Some(DaysOfMonth::Last),
                days => Some(DaysOfMonth::Numbered(mask(days, 1, 31, &[])?)),
            },
            of_week: match *of_week {
                "?" | "*" => None,
                days => Some(days.split(',').map(day_of_week).collect::<Option<Vec<_>>>()?),
            },
        };
        let years = match *years {
            "*" => None,
            years => Some(years.split(',').map(|year| year.parse().ok()).collect::<Option<Vec<i64>>>()?),
        };
        Some(Self {
            minutes: mask(minutes, 0, 59, &[])?,
            hours: mask(hours, 0, 23, &[])?,
            months: mask(months, 1, 12, &MONTHS)?,
            years,
            days,
        })
    }

    /// Of a CronJob's `spec.schedule` in UTC: `15 2 * * 1-5`. None for what can't be computed, and for days that are given both
    /// of the month and of the week, of which either would do.
    #[must_use]
    pub fn of_cron_job(schedule: &str) -> Option<Self> {
        let fields: Vec<&str> = schedule.split_whitespace().collect();
        let [minutes, hours, of_month, months, of_week] = fields.as_slice() else { return None };
        if *of_month != "*" && *of_week != "*" {
            return None;
        }
        let sunday = |week: u64| if week & (1 << 7) == 0 { week } else { (week & 0b111_1111) | 1 };
        Some(Self {
            minutes: mask(minutes, 0, 59, &[])?,
            hours: mask(hours, 0, 23, &[])?,
            months: mask(months, 1, 12, &MONTHS)?,
            years: None,
            days: Days {
                of_month: match *of_month {
                    "*" => None,
                    days => Some(DaysOfMonth::Numbered(mask(days, 1, 31, &[])?)),
                },
                of_week: match *of_week {
                    "*" => None,
                    days => Some(vec![DayOfWeek::Each(sunday(mask(days, 0, 7, &WEEK)?))]),
                },
            },
        })
    }

    /// The firing around which a moment lies, both in milliseconds since 1970; none when it lies around none.
    #[must_use]
    pub fn around(&self, at_ms: u64, edge: Edge) -> Option<i64> {
        let at = i64::try_from(at_ms / 1000).ok()?;
        let first = (at - edge.after).div_euclid(60);
        let last = (at + edge.before).div_euclid(60);
        (first..=last)
            .map(|minute| minute * 60)
            .filter(|firing| (at - edge.after..=at + edge.before).contains(firing))
            .find(|firing| self.fires_at(*firing))
            .map(|firing| firing * 1000)
    }

    /// The first firing after a moment, both in milliseconds since 1970; none within eight years: the 29th of February has gaps of as many.
    #[must_use]
    pub fn next_after(&self, at_ms: u64) -> Option<u64> {
        let at = i64::try_from(at_ms / 1000).ok()?;
        let today = at.div_euclid(SECONDS_A_DAY);
        let minutes = |day: i64| (0..24 * 60).map(move |minute| day * SECONDS_A_DAY + minute * 60);
        let first = (today..today + 8 * 366).flat_map(minutes).find(|moment| *moment > at && self.fires_at(*moment))?;
        u64::try_from(first).ok().map(|seconds| seconds * 1000)
    }

    /// The shortest time in seconds between two of its times of day, were it to fire on every day.
    #[must_use]
    pub fn closest(&self) -> i64 {
        let on_day = |minute: &i64| has(self.hours, minute / 60) && has(self.minutes, minute % 60);
        let all: Vec<i64> = (0..24 * 60).filter(on_day).collect();
        let next = all.iter().skip(1).copied().chain(all.first().map(|first| first + 24 * 60));
        all.iter().zip(next).map(|(one, next)| (next - one) * 60).min().unwrap_or(SECONDS_A_DAY)
    }

    /// Whether both fire at the same times of day, whatever the days.
    #[must_use]
    pub const fn has_times_of(&self, other: &Self) -> bool {
        self.minutes == other.minutes && self.hours == other.hours
    }

    /// Whether it fires in the minute of a moment, in seconds since 1970.
    fn fires_at(&self, at: i64) -> bool {
        let (day, second) = (at.div_euclid(SECONDS_A_DAY), at.rem_euclid(SECONDS_A_DAY));
        let (year, month, of_month) = civil(day);
        let of_week = (day + 4).rem_euclid(7);
        has(self.minutes, second / 60 % 60)
            && has(self.hours, second / 3600)
            && has(self.months, month)
            && self.years.as_ref().is_none_or(|years| years.contains(&year))
            && self.days.have(of_month, length(year, month), of_week)
    }
}

impl Days {
    /// Whether they have a day of a month of this length.
    fn have(&self, of_month: i64, length: i64, of_week: i64) -> bool {
        let in_month = match self.of_month {
            None => true,
            Some(DaysOfMonth::Numbered(days)) => has(days, of_month),
            Some(DaysOfMonth::Last) => of_month == length,
        };
        let in_week = |day: &DayOfWeek| match day {
            DayOfWeek::Each(days) => has(*days, of_week),
            DayOfWeek::Nth(day, nth) => has(*day, of_week) && has(1 << *nth, (of_month + 6) / 7),
            DayOfWeek::Last(day) => has(*day, of_week) && of_month + 7 > length,
        };
        in_month && self.of_week.as_ref().is_none_or(|days| days.iter().any(in_week))
    }
}

/// EventBridge counts days of the week from Sunday as 1; `6L` is the last Friday, `6#3` the third, `L` alone is Saturday.
fn day_of_week(text: &str) -> Option<DayOfWeek> {
    let from_sunday = |days: &str| Some(mask(days, 1, 7, &WEEK)? >> 1);
    if text == "L" {
        return Some(DayOfWeek::Each(1 << 6));
    }
    if let Some(day) = text.strip_suffix('L') {
        return Some(DayOfWeek::Last(from_sunday(day)?));
    }
    if let Some((day, nth)) = text.split_once('#') {
        let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
        return Some(DayOfWeek::Nth(from_sunday(day)?, nth));
    }
    from_sunday(text).map(DayOfWeek::Each)
}

/// The numbers that a field names, one bit for each: lists, ranges, steps, names (the first of which is `least`).
fn mask(field: &str, least: u64, most: u64, names: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named {
            Some(at) => u64::try_from(at).ok()? + least,
            None => text.parse().ok()?,
        };
        (least..=most).contains(&number).then_some(number)
    };
    let mut all = 0;
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((first, last)) => (number(first)?, number(last)?),
            // `5/15` begins at 5 and goes on to the end.
            None if step.is_some() => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if first > last {
            return None;
        }
        all |= (first..=last).step_by(step.unwrap_or(1)).fold(0, |all, number| all | (1 << number));
    }
    Some(all)
}

fn has(mask: u64, number: i64) -> bool {
    u32::try_from(number).is_ok_and(|number| mask.checked_shr(number).is_some_and(|rest| rest & 1 == 1))
}

/// Year, month and day of a day that is counted from 1970-01-01, in the Gregorian calendar (Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", `civil_from_days`).
pub(super) const fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, of_month)
}

/// Days of a month.
const fn length(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30, a Monday, at midnight UTC.
    const MONDAY: i64 = 1_795_996_800;
    const AT: Edge = Edge { before: 0, after: 0 };

    fn at(day: i64, hour: i64, minute: i64) -> u64 {
        u64::try_from((MONDAY + day * SECONDS_A_DAY + hour * 3600 + minute * 60) * 1000).unwrap()
    }

    #[test]
    fn the_calendar_is_the_gregorian_one() {
        assert_eq!(civil(MONDAY / SECONDS_A_DAY), (2026, 11, 30));
        assert_eq!((civil(0), civil(-1), civil(11_016)), ((1970, 1, 1), (1969, 12, 31), (2000, 2, 29)));
        assert_eq!([length(2000, 2), length(1900, 2), length(2026, 2), length(2026, 11)], [29, 28, 28, 30]);
    }

    #[test]
    fn the_next_firing_is_the_first_after_a_moment() {
        let job = |text: &str| Firings::of_cron_job(text).unwrap();
        assert_eq!(job("15 2 * * 1-5").next_after(at(0, 2, 14)), Some(at(0, 2, 15)));
        assert_eq!(job("15 2 * * 1-5").next_after(at(0, 2, 15)), Some(at(1, 2, 15)));
        assert_eq!(job("15 2 * * 1-5").next_after(at(4, 3, 0)), Some(at(7, 2, 15)));
        assert_eq!(job("0 0 30 2 *").next_after(at(0, 0, 0)), None);
    }

    #[test]
    fn expressions_of_both_languages_fire_when_their_references_say() {
        let cron = |text: &str| Firings::of_event_bridge(text).unwrap();
        let job = |text: &str| Firings::of_cron_job(text).unwrap();
        for (firings, fires, rests) in [
            (cron("cron(15 2 ? * MON-FRI *)"), at(0, 2, 15), at(-1, 2, 15)),
            (cron("cron(15 2 ? * 2-6 *)"), at(4, 2, 15), at(5, 2, 15)),
            (cron("cron(30 3 L * ? *)"), at(0, 3, 30), at(1, 3, 30)),
            (cron("cron(0 6 1 * ? *)"), at(1, 6, 0), at(0, 6, 0)),
            (cron("cron(0 6 ? * 2L *)"), at(0, 6, 0), at(-7, 6, 0)),
            (cron("cron(0 6 ? * MON#1 *)"), at(7, 6, 0), at(0, 6, 0)),
            (cron("cron(0/20 8,17 * * ? 2026)"), at(0, 17, 40), at(40, 17, 40)),
            (cron("cron(0 0 ? DEC L *)"), at(5, 0, 0), at(-2, 0, 0)),
            (job("15 2 * * 1-5"), at(0, 2, 15), at(-1, 2, 15)),
            (job("0 5 * * 7"), at(-1, 5, 0), at(0, 5, 0)),
            (job("0 5 * * SUN"), at(6, 5, 0), at(5, 5, 0)),
            (job("*/10 * 30 * *"), at(0, 0, 10), at(1, 0, 10)),
        ] {
            assert_eq!(firings.around(fires, AT), i64::try_from(fires).ok(), "{firings:?}");
            assert_eq!(firings.around(rests, AT), None, "{firings:?}");
        }
    }

    #[test]
    fn what_can_not_be_computed_for_certain_is_none() {
        for text in [
            "rate(5 minutes)",
            "cron(0 6 15W * ? *)",
            "cron(0 6 1 * MON *)",
            "cron(0 25 * * ? *)",
            "cron(0 6 ? * ? *)",
            "",
        ] {
            assert_eq!(Firings::of_event_bridge(text), None, "{text}");
        }
        for text in ["@daily", "0 6 1 * 1", "0 6 * *", "TZ=UTC 0 6 * * *", "5-1 * * * *"] {
            assert_eq!(Firings::of_cron_job(text), None, "{text}");
        }
    }

    #[test]
    fn the_edge_of_a_firing_reaches_as_far_as_it_is_told_and_over_midnight() {
        let firings = Firings::of_event_bridge("cron(0 0 * * ? *)").unwrap();
        let edge = Edge { before: 120, after: 330 };
        let midnight = at(1, 0, 0);
        for (moment, is_around) in [
            (midnight - 121_000, false),
            (midnight - 120_000, true),
            (midnight, true),
            (midnight + 330_999, true),
            (midnight + 331_000, false),
        ] {
            assert_eq!(firings.around(moment, edge).is_some(), is_around, "{moment}");
        }
    }

    #[test]
    fn the_shortest_time_between_two_times_of_day_counts_over_midnight() {
        let closest = |text: &str| Firings::of_event_bridge(text).unwrap().closest();
        assert_eq!(closest("cron(15 2 ? * MON-FRI *)"), 86_400);
        assert_eq!(closest("cron(0/5 * * * ? *)"), 300);
        assert_eq!(closest("cron(50,5 0,23 * * ? *)"), 900);
        let times = Firings::of_event_bridge("cron(0/30 3 L * ? *)").unwrap();
        assert!(times.has_times_of(&Firings::of_cron_job("0,30 3 1 * *").unwrap()));
        assert!(!times.has_times_of(&Firings::of_cron_job("0,30 4 1 * *").unwrap()));
    }
}
