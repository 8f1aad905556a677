//! The clocks of CronJobs and of KEDA: five fields, as the parser of both reads them (robfig/cron, version 3, its
//! standard fields).

/// The moments of a clock: a set of values for each of the five fields.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Whether one of the two fields of days is `*`: then both must fit, else one of them is enough.
    both: bool,
}

/// What one field may hold.
struct Bounds {
    first: u32,
    last: u32,
    /// Names of the values, from the first one on.
    names: &'static [&'static str],
}

const MINUTES: Bounds = Bounds { first: 0, last: 59, names: &[] };
const HOURS: Bounds = Bounds { first: 0, last: 23, names: &[] };
const DAYS: Bounds = Bounds { first: 1, last: 31, names: &[] };
const MONTHS: Bounds = Bounds { first: 1, last: 12, names: &MONTH_NAMES };
const WEEKDAYS: Bounds = Bounds { first: 0, last: 6, names: &WEEKDAY_NAMES };

/// The names of the months, from 1 on.
pub(crate) const MONTH_NAMES: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/// The names of the days of a week, from Sunday on.
pub(crate) const WEEKDAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Cron {
    /// Reads five fields with one space between them; none where the parser refuses them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(' ').collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return None;
        };
        let star = |field: &str| field.split(',').any(|part| matches!(part, "*" | "?" | "*/1" | "?/1"));
        Some(Self {
            minutes: set(minutes, &MINUTES)?,
            hours: set(hours, &HOURS)?,
            days: set(days, &DAYS)?,
            months: set(months, &MONTHS)?,
            weekdays: set(weekdays, &WEEKDAYS)?,
            both: star(days) || star(weekdays),
        })
    }

    /// Whether it fires on a day: its number in the month and in the week (Sunday is 0).
    pub(crate) fn fires_on(&self, month: u32, day: u32, weekday: u32) -> bool {
        let (of_month, of_week) = (has(self.days, day), has(self.weekdays, weekday));
        has(self.months, month) && if self.both { of_month && of_week } else { of_month || of_week }
    }

    /// Whether both fields of days are restricted, so that a day needs to fit only one of them.
    pub(crate) fn fits_either(&self) -> bool {
        !self.both
    }

    /// Whether there is a day at which it fires: the 31st of February and its like never come.
    pub(crate) fn comes(&self) -> bool {
        let longest = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let in_month = |month: u32| (1..=longest(month)).any(|day| has(self.days, day));
        let of_month = (1..=12).any(|month| has(self.months, month) && in_month(month));
        // Each month has every day of the week.
        of_month || !self.both
    }

    /// The minutes of such a day at which it fires, in order.
    pub(crate) fn times(&self) -> Vec<u32> {
        let hours = (0..24).filter(|hour| has(self.hours, *hour));
        hours.flat_map(|hour| (0..60).filter(|minute| has(self.minutes, *minute)).map(move |m| hour * 60 + m)).collect()
    }
}

fn has(set: u64, value: u32) -> bool {
    set & (1 << value) != 0
}

/// A list of values, ranges and steps; the empty parts of a list, which the parser passes over, are refused.
fn set(field: &str, bounds: &Bounds) -> Option<u64> {
    field.split(',').map(|part| range(part, bounds)).try_fold(0, |all, part| Some(all | part?))
}

fn range(part: &str, bounds: &Bounds) -> Option<u64> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(whole(step)?)),
        None => (part, None),
    };
    let (first, last) = match range.split_once('-') {
        None if matches!(range, "*" | "?") => (bounds.first, bounds.last),
        // `5/15` is from 5 on.
        None if step.is_some() => (value(range, bounds)?, bounds.last),
        None => (value(range, bounds)?, value(range, bounds)?),
        Some((first, last)) => (value(first, bounds)?, value(last, bounds)?),
    };
    let step = step.unwrap_or(1);
    let legal = bounds.first <= first && first <= last && last <= bounds.last && step > 0;
    legal.then(|| (first..=last).step_by(step as usize).fold(0, |all, value| all | 1 << value))
}

fn value(text: &str, bounds: &Bounds) -> Option<u32> {
    let named = bounds.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    match named.and_then(|at| u32::try_from(at).ok()) {
        Some(at) => Some(bounds.first + at),
        None => whole(text),
    }
}

/// Digits alone: the parser takes a sign as well, which nobody writes.
fn whole(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parser_of_cron_jobs_takes_and_what_it_refuses() {
        for text in [
            "0 5 * * *",
            "*/15 8-18 * * MON-FRI",
            "0 0 1,15 jan-jun ?",
            "59 23 31 12 6",
            "5/20 * 1-31/2 * *",
            "0 0 30 2 *",
            "05 00 * * sun,SAT",
        ] {
            assert!(Cron::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 32 * *",
            "0 0 * 13 *",
            "0 0 * * 7",
            "0 0 * * 8",
            "0 22-6 * * *",
            "0 0 * * FRI-MON",
            "0 0 L * *",
            "0 0 L-3 * *",
            "0 0 * * 6L",
            "0 0 15W * *",
            "0 0 * * 3#2",
            "0 0 * * MONDAY",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "1,,2 * * * *",
            "0  5 * * *",
            "TZ=UTC 5 * * *",
            "@daily",
            "61 25 * * *",
            "-1 * * * *",
            "a * * * *",
            "0 0 * NOV-FEB *",
            "99999999999 * * * *",
        ] {
            assert!(Cron::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn days_that_no_month_has_never_come() {
        let comes = |text: &str| Cron::parse(text).map(|cron| cron.comes());
        for text in ["0 0 30 2 *", "0 0 31 2 *", "5 4 31 4,6,9,11 ?", "0 0 30-31 FEB *", "0 0 31 2 */1"] {
            assert_eq!(comes(text), Some(false), "{text}");
        }
        for text in ["0 0 29 2 *", "0 0 31 2 1", "0 0 31 2,3 *", "0 0 * 2 *", "0 0 28-31 2 *", "*/5 * * * *"] {
            assert_eq!(comes(text), Some(true), "{text}");
        }
    }

    #[test]
    fn a_day_fits_both_of_its_fields_only_where_one_of_them_is_any() {
        let fires = |text: &str, day, weekday| Cron::parse(text).is_some_and(|cron| cron.fires_on(3, day, weekday));
        assert!(fires("0 0 * * 1", 9, 1) && !fires("0 0 * * 1", 9, 2));
        assert!(fires("0 0 13 * 5", 13, 2) && fires("0 0 13 * 5", 1, 5) && !fires("0 0 13 * 5", 1, 2));
        assert_eq!(Cron::parse("0,30 7-8 * * *").unwrap().times(), [420, 450, 480, 510]);
    }
}
