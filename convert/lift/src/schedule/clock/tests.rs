//! The clock of AWS, said in cron.

use super::*;

#[test]
fn schedules_keep_their_moments() {
    for (from, wanted) in [
        ("cron(0 5 * * ? *)", "0 5 * * *"),
        ("cron(0/15 * * * ? *)", "*/15 * * * *"),
        ("cron(5/20 8-18 ? * MON-FRI *)", "5-59/20 8-18 * * MON-FRI"),
        ("cron(0 10 ? * 2-6 *)", "0 10 * * 1-5"),
        ("cron(0 7 ? * MON,WED,FRI *)", "0 7 * * MON,WED,FRI"),
        ("cron(0 0 1 JUL,DEC ? *)", "0 0 1 JUL,DEC *"),
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

/// Ranges that run backwards: by night, over the weekend, over the turn of the year and of the month.
#[test]
fn a_range_that_wraps_goes_on_from_the_beginning() {
    for (from, wanted) in [
        ("cron(0 3 ? * 7-1 *)", "0 3 * * 6,0"),
        ("cron(0 3 ? * SAT-SUN *)", "0 3 * * 6,0"),
        ("cron(0 3 ? * FRI-MON *)", "0 3 * * 5-6,0-1"),
        ("cron(0 22-6 * * ? *)", "0 22-23,0-6 * * *"),
        ("cron(0 20-2 * * ? *)", "0 20-23,0-2 * * *"),
        ("cron(0 0 1 NOV-FEB ? *)", "0 0 1 11-12,1-2 *"),
        ("cron(50-10/20 * * * ? *)", "50,10 * * * *"),
        ("cron(0 0 30-2 * ? *)", "0 0 30-31,1-2 * *"),
        ("cron(0 0 ? * fri-sun/2 *)", "0 0 * * 5,0"),
    ] {
        assert_eq!(translate(from), ClockExpression::Same(wanted.to_owned()), "{from}");
    }
}

/// What CronJob's parser refuses is never given as the same moments.
#[test]
fn values_out_of_bounds_and_days_from_the_end_are_told() {
    for from in [
        "cron(61 25 * * ? *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 ? * 0 *)",
        "cron(0 0 L-3 * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 0 * ? *)",
        "cron(0 0 1 13 ? *)",
        "cron(0 0 1 * MON *)",
        "cron(0/0 * * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(,1 0 * * ? *)",
        "cron(0 0 ? * MONDAY *)",
    ] {
        assert!(matches!(translate(from), ClockExpression::Unsupported(_)), "{from}: {:?}", translate(from));
    }
}

mod any_clock {
    use super::*;
    use crate::plconfig::cron::Cron;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// A part of a field: from, to (both within the bounds of AWS), a step.
    type Part = (u32, u32, Option<u32>);

    fn parts(first: u32, last: u32) -> impl Strategy<Value = Vec<Part>> {
        proptest::collection::vec((first..=last, first..=last, proptest::option::of(1..9_u32)), 1..4)
    }

    fn written(parts: &[Part]) -> String {
        let part = |(from, to, step): &Part| {
            let step = step.map(|step| format!("/{step}")).unwrap_or_default();
            format!("{from}-{to}{step}")
        };
        parts.iter().map(part).collect::<Vec<_>>().join(",")
    }

    /// The values of a field, one after the other, over the end where a range runs backwards.
    fn meant(parts: &[Part], first: u32, last: u32) -> BTreeSet<u32> {
        let mut values = BTreeSet::new();
        for (from, to, step) in parts {
            let (mut value, mut count) = (*from, 0);
            loop {
                if count % step.unwrap_or(1) == 0 {
                    values.insert(value);
                }
                if value == *to {
                    break;
                }
                value = if value == last { first } else { value + 1 };
                count += 1;
            }
        }
        values
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_moments_are_the_same(
            minutes in parts(0, 59), hours in parts(0, 23), months in parts(1, 12), days in parts(1, 31),
            weekdays in parts(1, 7), by_week in any::<bool>(),
        ) {
            let days_text = if by_week { format!("? {} {}", written(&months), written(&weekdays)) }
                else { format!("{} {} ?", written(&days), written(&months)) };
            let from = format!("cron({} {} {days_text} *)", written(&minutes), written(&hours));
            let ClockExpression::Same(text) = translate(&from) else {
                return Err(TestCaseError::fail(format!("{from} is not said")));
            };
            let cron = Cron::parse(&text).ok_or_else(|| TestCaseError::fail(format!("{from}: {text}")))?;
            let times: BTreeSet<u32> = cron.times().into_iter().collect();
            let (minutes, hours) = (meant(&minutes, 0, 59), meant(&hours, 0, 23));
            let wanted: BTreeSet<u32> = hours.iter().flat_map(|h| minutes.iter().map(move |m| h * 60 + m)).collect();
            prop_assert_eq!(times, wanted, "{} {}", from, text);
            let (months, days, weekdays) = (meant(&months, 1, 12), meant(&days, 1, 31), meant(&weekdays, 1, 7));
            for month in 1..=12 {
                for day in 1..=31 {
                    let weekday = (month * 31 + day) % 7;
                    let fits = if by_week { weekdays.contains(&(weekday + 1)) } else { days.contains(&day) };
                    prop_assert_eq!(cron.fires_on(month, day, weekday), fits && months.contains(&month), "{} {}", from, text);
                }
            }
        }

        #[test]
        fn whatever_stands_there_is_taken_by_the_parser_or_told(
            fields in proptest::collection::vec("[0-9*?/,LW#A-Z-]{1,6}|[0-9]{1,2}|[*?]|MON|[A-Z]{3}-[A-Z]{3}|[0-9]{1,2}-[0-9]{1,2}", 6),
        ) {
            let from = format!("cron({})", fields.join(" "));
            if let ClockExpression::Same(text) | ClockExpression::Rhythm(text) = translate(&from) {
                prop_assert!(is_schedule(&text), "{} {}", from, text);
            }
        }

        #[test]
        fn whatever_the_rate_it_is_taken_by_the_parser_or_told(count in 0..100_000_u32, unit in "minutes?|hours?|days?") {
            if let ClockExpression::Same(text) | ClockExpression::Rhythm(text) = translate(&format!("rate({count} {unit})")) {
                prop_assert!(is_schedule(&text), "{} {}: {}", count, unit, text);
            }
        }
    }
}
