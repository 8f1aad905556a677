//! Moments as Kubernetes writes them: `2026-11-30T02:15:00Z`, to the second (RFC 3339, in UTC).

use super::firings::civil;

/// A moment in milliseconds since 1970 as a text.
#[must_use]
pub fn utc_text(at_ms: u64) -> String {
    let seconds = i64::try_from(at_ms / 1000).unwrap_or_default();
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Such a text in milliseconds since 1970; none for any other. Parts of a second are left out.
#[must_use]
pub fn utc_ms(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let numbers = |text: &str, sign: char| -> Option<[i64; 3]> {
        let all: Vec<i64> = text.split(sign).map(|number| number.parse().ok()).collect::<Option<_>>()?;
        all.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    u64::try_from(seconds).ok().map(|seconds| seconds * 1000)
}

/// The day of a date, counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_read_the_same() {
        let monday = 1_795_996_800_000;
        assert_eq!(utc_text(monday + 8_100_000), "2026-11-30T02:15:00Z");
        for at in [0, monday, 951_782_399_000, 4_102_444_799_000] {
            assert_eq!(utc_ms(&utc_text(at)), Some(at));
        }
        assert_eq!(utc_ms("2026-11-30T00:00:00.123456Z"), Some(monday));
        for other in ["", "2026-11-30", "2026-11-30T02:15Z", "2026-11-30T02:15:00+01:00"] {
            assert_eq!(utc_ms(other), None, "{other}");
        }
    }
}
