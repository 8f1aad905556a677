//! Amounts as Kubernetes writes them (Kubernetes API reference, "Quantity").

/// Thousandths of a processor: `250m`, `2`, `0.5`; rounded up. None of what is no such quantity.
pub(super) fn millicores(text: &str) -> Option<u64> {
    match text.strip_suffix('m') {
        Some(count) => scaled(count, 1.0),
        None => scaled(text, 1000.0),
    }
}

/// MiB: `512Mi`, `2Gi`, `1G`, a number of bytes; rounded up.
pub(super) fn mebibytes(text: &str) -> Option<u64> {
    const MEBI: f64 = 1024.0 * 1024.0;
    const SUFFIXES: &[(&str, f64)] = &[
        ("Ki", 1024.0 / MEBI),
        ("Mi", 1.0),
        ("Gi", 1024.0),
        ("Ti", MEBI),
        ("k", 1e3 / MEBI),
        ("M", 1e6 / MEBI),
        ("G", 1e9 / MEBI),
        ("T", 1e12 / MEBI),
    ];
    let found = SUFFIXES.iter().find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)));
    let (count, factor) = found.unwrap_or((text, 1.0 / MEBI));
    scaled(count, factor)
}

fn scaled(count: &str, factor: f64) -> Option<u64> {
    /// More than any machine has.
    const MOST: f64 = 1e12;
    let amount = (count.parse::<f64>().ok()? * factor).ceil();
    if !amount.is_finite() || amount.is_sign_negative() || amount > MOST {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the most")]
    let whole = amount as u64;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_a_plconfig_takes_is_read() {
        assert_eq!(["250m", "2", "0.5", "1500m"].map(millicores), [Some(250), Some(2000), Some(500), Some(1500)]);
        assert_eq!(
            ["512Mi", "2Gi", "1G", "1048577", "64Ki"].map(mebibytes),
            [Some(512), Some(2048), Some(954), Some(2), Some(1)]
        );
        for text in ["", "x", "-1", "inf", "nan", "5Zi", "m"] {
            assert_eq!((millicores(text), mebibytes(text)), (None, None), "{text}");
        }
    }
}
