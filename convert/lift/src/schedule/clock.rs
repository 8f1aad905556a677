//! The clock of AWS: `cron(minutes hours day month weekday year)`, `rate(…)` and `at(…)`, as five cron fields.

use crate::plconfig::cron::{MONTH_NAMES, WEEKDAY_NAMES};
use crate::plconfig::is_schedule;

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
    let last = |part: &str| part == "L" || part.len() == 2 && part.ends_with('L');
    let counted = |field: &str| field.contains('#') || field.split([',', '-', '/']).any(last);
    if day.contains('W') || counted(day) || counted(weekday) {
        return ClockExpression::Unsupported("it counts days from the end of the month or weeks in it");
    }
    let any = |field: &str| matches!(field, "*" | "?");
    if !any(day) && !any(weekday) {
        return ClockExpression::Unsupported("it names days of the month and of the week at once");
    }
    let parts = [
        field(minute, &MINUTES),
        field(hour, &HOURS),
        field(if any(day) { "*" } else { day }, &DAYS),
        field(month, &MONTHS),
        field(if any(weekday) { "*" } else { weekday }, &WEEKDAYS),
    ];
    let text = parts.into_iter().collect::<Option<Vec<String>>>().map(|parts| parts.join(" "));
    match text.filter(|text| is_schedule(text)) {
        Some(text) => ClockExpression::Same(text),
        None => ClockExpression::Unsupported("one of its fields can't be read"),
    }
}

/// What one field of AWS may hold, and what is taken off its numbers to have cron's.
struct Bounds {
    first: u32,
    last: u32,
    names: &'static [&'static str],
    off: u32,
}

const MINUTES: Bounds = Bounds { first: 0, last: 59, names: &[], off: 0 };
const HOURS: Bounds = Bounds { first: 0, last: 23, names: &[], off: 0 };
const DAYS: Bounds = Bounds { first: 1, last: 31, names: &[], off: 0 };
const MONTHS: Bounds = Bounds { first: 1, last: 12, names: &MONTH_NAMES, off: 0 };
/// AWS counts Sunday as 1, cron as 0.
const WEEKDAYS: Bounds = Bounds { first: 1, last: 7, names: &WEEKDAY_NAMES, off: 1 };

/// One field: a list of values, ranges and steps. `5/15` is from 5 on in steps of 15; a range that runs backwards goes
/// on from the first value after the last one.
fn field(text: &str, bounds: &Bounds) -> Option<String> {
    text.split(',').map(|part| self::part(part, bounds)).collect::<Option<Vec<String>>>().map(|parts| parts.join(","))
}

fn part(part: &str, bounds: &Bounds) -> Option<String> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let stepped = |range: String| step.map_or_else(|| range.clone(), |step| format!("{range}/{step}"));
    let Some((from, to)) = range.split_once('-') else {
        let zero = bounds.first == 0 && range == "0";
        if range == "*" || zero && step.is_some() {
            return Some(stepped("*".to_owned()));
        }
        let value = Value::read(range, bounds)?;
        return Some(if step.is_some() {
            stepped(format!("{}-{}", value.text, bounds.last - bounds.off))
        } else {
            value.text
        });
    };
    let (from, to) = (Value::read(from, bounds)?, Value::read(to, bounds)?);
    if from.number <= to.number {
        return Some(stepped(format!("{}-{}", from.text, to.text)));
    }
    // Backwards: over the end, and on from the beginning.
    let length = bounds.last - bounds.first + 1;
    let beyond = to.number + length;
    let values = (from.number..=beyond).step_by(step.unwrap_or(1) as usize);
    let values: Vec<u32> =
        values.map(|value| if value > bounds.last { value - length } else { value } - bounds.off).collect();
    if step.is_some() {
        return Some(values.iter().map(u32::to_string).collect::<Vec<_>>().join(","));
    }
    let range = |from: u32, to: u32| if from == to { from.to_string() } else { format!("{from}-{to}") };
    let (first, last) = (bounds.first - bounds.off, bounds.last - bounds.off);
    Some(format!("{},{}", range(from.number - bounds.off, last), range(first, to.number - bounds.off)))
}

/// A value: its number as AWS counts, and its text in cron.
struct Value {
    number: u32,
    text: String,
}

impl Value {
    fn read(text: &str, bounds: &Bounds) -> Option<Self> {
        if let Some(at) = bounds.names.iter().position(|name| name.eq_ignore_ascii_case(text)) {
            let number = bounds.first + u32::try_from(at).ok()?;
            return Some(Self { number, text: text.to_owned() });
        }
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|number| digits && (bounds.first..=bounds.last).contains(number))?;
        Some(Self { number, text: (number - bounds.off).to_string() })
    }
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
mod tests;
