//! Whether two clocks take turns.

use crate::plconfig::cron::Cron;
use jiff::ToSpan;
use jiff::civil::Date;

/// Four years: every weekday with every month, and a leap day.
const DAYS: i32 = 4 * 366;
/// More moments a day than this are no change of shifts.
const MOST: usize = 48;

/// Whether between two moments of one clock there is always one of the other. Only then is it the same whether the last
/// moment counts, as where a count is set, or the next one, as KEDA looks at it.
pub(crate) fn take_turns(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (Cron::parse(one), Cron::parse(other)) else {
        return false;
    };
    let (times, others) = (one.times(), other.times());
    if times.len() > MOST || others.len() > MOST {
        return false;
    }
    let (mut last, mut turns) = (None, 0);
    let mut day = Date::constant(2024, 1, 1);
    for _ in 0..DAYS {
        let fires = |cron: &Cron| {
            let (month, of_month) = (day.month().unsigned_abs().into(), day.day().unsigned_abs().into());
            cron.fires_on(month, of_month, day.weekday().to_sunday_zero_offset().unsigned_abs().into())
        };
        let of = |cron: &Cron, times: &[u32], first: bool| -> Vec<(u32, bool)> {
            if fires(cron) { times.iter().map(|time| (*time, first)).collect() } else { Vec::new() }
        };
        let mut moments = of(&one, &times, true);
        moments.extend(of(&other, &others, false));
        moments.sort_unstable();
        if moments.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return false;
        }
        for (_, whose) in moments {
            if last == Some(whose) {
                return false;
            }
            last = Some(whose);
            turns += 1;
        }
        let Ok(next) = day.checked_add(1.day()) else { return false };
        day = next;
    }
    turns > 1
}

#[cfg(test)]
mod tests {
    use super::take_turns;

    #[test]
    fn working_hours_nights_and_weeks_take_turns() {
        for (one, other) in [
            ("0 7 * * MON-FRI", "0 19 * * 1-5"),
            ("0 19 * * *", "30 6 * * *"),
            ("0 6 * * MON", "0 20 * * FRI"),
            ("0 0 1 * *", "0 0 15 * *"),
            ("0 8,14 * * *", "0 12,18 * * *"),
            ("0 22 * * 1-5", "0 4 * * 2-6"),
        ] {
            assert!(take_turns(one, other) && take_turns(other, one), "{one} and {other}");
        }
    }

    #[test]
    fn clocks_that_fire_twice_in_a_row_or_at_once_do_not() {
        for (one, other) in [
            ("0 7 * * *", "0 19 * * MON-FRI"),
            ("0 7 * * *", "0 7 * * *"),
            ("0 7,8 * * *", "0 19 * * *"),
            ("0 7 * * *", "0 19 * * FRI"),
            ("*/5 * * * *", "0 19 * * *"),
            ("0 0 30 2 *", "0 0 30 2 *"),
            ("x", "0 19 * * *"),
            ("0 22 * * 1-5", "0 4 * * 1-3"),
        ] {
            assert!(!take_turns(one, other), "{one} and {other}");
        }
    }
}
