//! The clock of AWS: `cron(minutes hours day month weekday year)`, `rate(…)` and `at(…)`, as five cron fields.

/// What a schedule expression becomes.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum ClockExpression {
    /// The same moments.
    Same(String),
    /// The same rhythm from another start.
    Rhythm(String),
    /// Cron has no words for it; why.
    Unsupported(&'static str),
}

/// Translates an expression (EventBridge user guide, "Cron expressions" and "Rate expressions").
pub(crate) fn translate(expression: &str) -> ClockExpression {
    let expression = expression.trim();
    let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(fields) = inside("cron") {
        cron(fields)
    } else if let Some(rate) = inside("rate") {
        self::rate(rate)
    } else if inside("at").is_some() {
        ClockExpression::Unsupported("it runs once")
    } else {
        ClockExpression::Unsupported("it is no schedule")
    }
}

fn cron(text: &str) -> ClockExpression {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day, month, weekday, year] = fields.as_slice() else {
        return ClockExpression::Unsupported("it has not six fields");
    };
    if !matches!(*year, "*" | "?") {
        return ClockExpression::Unsupported("it is bound to years");
    }
    let special = |field: &str| field.bytes().any(|b| b == b'W' || b == b'#') || field == "L" || field.ends_with('L');
    let last_weekday = |field: &str| field.ends_with('L') || field.contains('#');
    if special(day) || last_weekday(weekday) {
        return ClockExpression::Unsupported("it counts days from the end of the month or weeks in it");
    }
    let parts = [
        field(minute, 59, str::to_owned),
        field(hour, 23, str::to_owned),
        field(day, 31, str::to_owned),
        field(month, 12, str::to_owned),
        field(weekday, 6, weekday_from_zero),
    ];
    match parts.into_iter().collect::<Option<Vec<String>>>() {
        Some(parts) => ClockExpression::Same(parts.join(" ")),
        None => ClockExpression::Unsupported("one of its fields can't be read"),
    }
}

/// One field: a list of values, ranges and steps. `?` is any; `5/15` is from 5 on in steps of 15.
fn field(text: &str, last: u32, value: fn(&str) -> String) -> Option<String> {
    let part = |part: &str| -> Option<String> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let legal = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let range = match (range, step) {
            ("*" | "?", _) => "*".to_owned(),
            ("0", Some(_)) if last != 31 && last != 12 => "*".to_owned(),
            (range, step) => match range.split_once('-') {
                Some((from, to)) if legal(from) && legal(to) => format!("{}-{}", value(from), value(to)),
                None if legal(range) && step.is_some() => format!("{}-{last}", value(range)),
                None if legal(range) => value(range),
                _ => return None,
            },
        };
        Some(step.map_or_else(|| range.clone(), |step| format!("{range}/{step}")))
    };
    text.split(',').map(part).collect::<Option<Vec<String>>>().map(|parts| parts.join(","))
}

/// AWS counts Sunday as 1, cron as 0; names are the same.
fn weekday_from_zero(text: &str) -> String {
    text.parse::<u32>().map_or_else(|_| text.to_owned(), |day| day.saturating_sub(1).to_string())
}

fn rate(text: &str) -> ClockExpression {
    let Some((count, unit)) = text.trim().split_once(' ') else {
        return ClockExpression::Unsupported("its rate can't be read");
    };
    let Ok(count) = count.parse::<u32>() else {
        return ClockExpression::Unsupported("its rate can't be read");
    };
    let step = |count: u32| {
        if count == 1 { "*".to_owned() } else { format!("*/{count}") }
    };
    match (unit.trim().trim_end_matches('s'), count) {
        (_, 0) => ClockExpression::Unsupported("its rate can't be read"),
        ("minute", count) if count < 60 && 60 % count == 0 => {
            ClockExpression::Rhythm(format!("{} * * * *", step(count)))
        }
        ("minute", count) if count % 60 == 0 && 24 % (count / 60) == 0 => hours(count / 60),
        ("hour", count) if count <= 24 && 24 % count == 0 => hours(count),
        ("day", 1) => ClockExpression::Rhythm("0 0 * * *".to_owned()),
        ("day", 7) => ClockExpression::Rhythm("0 0 * * 0".to_owned()),
        ("minute" | "hour" | "day", _) => {
            ClockExpression::Unsupported("its rate does not divide an hour, a day or a week")
        }
        _ => ClockExpression::Unsupported("its rate can't be read"),
    }
}

fn hours(count: u32) -> ClockExpression {
    ClockExpression::Rhythm(match count {
        1 => "0 * * * *".to_owned(),
        24 => "0 0 * * *".to_owned(),
        count => format!("0 */{count} * * *"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_keep_their_moments() {
        for (from, wanted) in [
            ("cron(0 5 * * ? *)", "0 5 * * *"),
            ("cron(0/15 * * * ? *)", "*/15 * * * *"),
            ("cron(5/20 8-18 ? * MON-FRI *)", "5-59/20 8-18 * * MON-FRI"),
            ("cron(0 10 ? * 2-6 *)", "0 10 * * 1-5"),
            ("cron(0 10 ? * 1,7 *)", "0 10 * * 0,6"),
            ("cron(30 4 1/5 * ? *)", "30 4 1-31/5 * *"),
        ] {
            assert_eq!(translate(from), ClockExpression::Same(wanted.to_owned()), "{from}");
        }
        for (from, wanted) in [
            ("rate(5 minutes)", "*/5 * * * *"),
            ("rate(1 minute)", "* * * * *"),
            ("rate(1 hour)", "0 * * * *"),
            ("rate(12 hours)", "0 */12 * * *"),
            ("rate(120 minutes)", "0 */2 * * *"),
            ("rate(1 day)", "0 0 * * *"),
        ] {
            assert_eq!(translate(from), ClockExpression::Rhythm(wanted.to_owned()), "{from}");
        }
    }

    #[test]
    fn what_cron_can_not_say_is_told() {
        for from in [
            "cron(0 8 L * ? *)",
            "cron(0 8 ? * 6L *)",
            "cron(0 8 ? * 3#2 *)",
            "cron(0 8 15W * ? *)",
            "cron(0 8 1 1 ? 2027)",
            "rate(7 minutes)",
            "rate(5 hours)",
            "at(2027-01-01T00:00:00)",
            "x",
            "cron(1 2)",
            "rate(0 minutes)",
            "cron(a- 1 1 1 ? *)",
        ] {
            assert!(matches!(translate(from), ClockExpression::Unsupported(_)), "{from}");
        }
    }
}
