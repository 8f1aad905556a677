//! Clocks of crontabs and of timers, as five fields (crontab(5), systemd.time(7)).

use crate::plconfig::is_schedule;

/// What a line of a crontab begins with: the five fields, and the rest of the line behind them. The machine's start is no
/// moment of a clock.
pub(super) fn of_crontab(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start();
    if line.starts_with('@') {
        let (name, rest) = line.split_once(char::is_whitespace)?;
        let fields = match name {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            _ => return None,
        };
        return Some((fields.to_owned(), rest.trim_start()));
    }
    let (mut fields, mut rest) = (Vec::new(), line);
    for _ in 0..5 {
        let (field, behind) = rest.split_once(char::is_whitespace)?;
        fields.push(field);
        rest = behind.trim_start();
    }
    if fields[4] == "7" {
        fields[4] = "0";
    }
    let fields = fields.join(" ");
    (is_schedule(&fields) && !rest.is_empty()).then_some((fields, rest))
}

/// `OnCalendar=` as five fields; none where those can't say it.
pub(super) fn of_calendar(text: &str) -> Option<String> {
    let fixed = match text.to_ascii_lowercase().as_str() {
        "minutely" => Some("* * * * *"),
        "hourly" => Some("0 * * * *"),
        "daily" => Some("0 0 * * *"),
        "weekly" => Some("0 0 * * 1"),
        "monthly" => Some("0 0 1 * *"),
        "quarterly" => Some("0 0 1 1,4,7,10 *"),
        "semiannually" => Some("0 0 1 1,7 *"),
        "yearly" | "annually" => Some("0 0 1 1 *"),
        _ => None,
    };
    if let Some(fixed) = fixed {
        return Some(fixed.to_owned());
    }
    let (mut weekday, mut date, mut time) = ("*".to_owned(), None, None);
    for part in text.split_whitespace() {
        if part.contains(':') {
            time = Some(part);
        } else if part.contains('-') {
            date = Some(part);
        } else if part.eq_ignore_ascii_case("utc") {
            // The clock of cron components as well.
        } else if part.starts_with(|c: char| c.is_ascii_alphabetic()) {
            weekday = days(part)?;
        } else {
            return None;
        }
    }
    let (month, day) = match date.map(|date| date.rsplitn(3, '-').collect::<Vec<_>>()) {
        None => ("*".to_owned(), "*".to_owned()),
        Some(parts) => match parts.as_slice() {
            [day, month] | [day, month, "*"] => (field(month)?, field(day)?),
            _ => return None,
        },
    };
    let (hour, minute) = match time.map(|time| time.split(':').collect::<Vec<_>>()) {
        None => ("0".to_owned(), "0".to_owned()),
        Some(parts) => match parts.as_slice() {
            [hour, minute] | [hour, minute, "0" | "00"] => (field(hour)?, field(minute)?),
            _ => return None,
        },
    };
    // Both must fit there, and one is enough in a cron.
    let both = weekday != "*" && day != "*";
    let fields = format!("{minute} {hour} {day} {month} {weekday}");
    (!both && is_schedule(&fields)).then_some(fields)
}

/// `00`, `*`, `1,15`, `9..17`, `0/15`, `*/15`.
fn field(text: &str) -> Option<String> {
    let number = |text: &str| text.parse::<u32>().ok().map(|number| number.to_string());
    let one = |part: &str| -> Option<String> {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let range = match range.split_once("..") {
            Some((from, to)) => format!("{}-{}", number(from)?, number(to)?),
            None if range == "*" => "*".to_owned(),
            None => number(range)?,
        };
        Some(match step {
            Some(step) => format!("{range}/{}", number(step)?),
            None => range,
        })
    };
    let parts: Vec<String> = text.split(',').map(one).collect::<Option<_>>()?;
    Some(parts.join(","))
}

fn days(text: &str) -> Option<String> {
    let day = |text: &str| {
        let short = text.get(..3)?.to_ascii_uppercase();
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].iter().position(|name| *name == short)
    };
    let one = |part: &str| -> Option<String> {
        match part.split_once("..") {
            Some((from, to)) => {
                let (from, to) = (day(from)?, day(to)?);
                // From Friday to Monday is two ranges to a cron.
                (from <= to).then(|| format!("{from}-{to}")).or_else(|| (to == 0).then(|| format!("{from}-6,0")))
            }
            None => day(part).map(|day| day.to_string()),
        }
    };
    let parts: Vec<String> = text.split(',').map(one).collect::<Option<_>>()?;
    Some(parts.join(","))
}

/// An interval as five fields, where a day or an hour is a whole number of it.
pub(super) fn of_interval(seconds: u64) -> Option<String> {
    let minutes = seconds / 60;
    match () {
        () if seconds == 0 || !seconds.is_multiple_of(60) => None,
        () if minutes == 1 => Some("* * * * *".to_owned()),
        () if minutes < 60 && 60 % minutes == 0 => Some(format!("*/{minutes} * * * *")),
        () if minutes == 60 => Some("0 * * * *".to_owned()),
        () if minutes.is_multiple_of(60) && minutes < 1440 && 1440 % minutes == 0 => {
            Some(format!("0 */{} * * *", minutes / 60))
        }
        () if minutes == 1440 => Some("0 0 * * *".to_owned()),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_become_five_fields_or_nothing() {
        for (text, expected) in [
            ("daily", Some("0 0 * * *")),
            ("*-*-* 04:30:00", Some("30 4 * * *")),
            ("Mon..Fri 09:05", Some("5 9 * * 1-5")),
            ("Sat,Sun *-*-* 10:00", Some("0 10 * * 6,0")),
            ("Fri..Sun 1:00", Some("0 1 * * 5-6,0")),
            ("*:0/15", Some("0/15 * * * *")),
            ("*-*-01,15 06:00:00 UTC", Some("0 6 1,15 * *")),
            ("*-01-01", Some("0 0 1 1 *")),
            ("Mon *-*-01 00:00", None),
            ("*-*-* 04:30:30", None),
            ("2027-01-01 00:00", None),
            ("*-*-* 04:30 Europe/Berlin", None),
        ] {
            assert_eq!(of_calendar(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_of_crontabs_are_a_clock_and_the_rest() {
        let of = |line| of_crontab(line).map(|(fields, rest)| format!("{fields}|{rest}"));
        assert_eq!(of("*/5  *\t* * * root /bin/a  b").as_deref(), Some("*/5 * * * *|root /bin/a  b"));
        assert_eq!(of("0 3 * * 7 x").as_deref(), Some("0 3 * * 0|x"));
        assert_eq!(of("@daily x").as_deref(), Some("0 0 * * *|x"));
        for odd in ["@reboot x", "61 * * * * x", "* * * * *", "# x", ""] {
            assert_eq!(of(odd), None, "{odd}");
        }
    }

    #[test]
    fn intervals_are_clocks_where_they_divide_a_day() {
        assert_eq!(of_interval(900).as_deref(), Some("*/15 * * * *"));
        assert_eq!(of_interval(6 * 3600).as_deref(), Some("0 */6 * * *"));
        assert_eq!(of_interval(86_400).as_deref(), Some("0 0 * * *"));
        for odd in [0, 30, 420, 5 * 3600, 7 * 86_400] {
            assert_eq!(of_interval(odd), None, "{odd}");
        }
    }
}
