//! Quantities of Kubernetes as numbers.

/// The factors behind a number (Kubernetes API reference, "Quantity").
const UNITS: &[(&str, f64)] = &[
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("Ei", 1_152_921_504_606_846_976.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
];

/// The thousandths of a quantity, rounded up: of `250m` 250, of `2` 2000. None of what is no quantity.
pub(super) fn milli(text: &str) -> Option<u64> {
    rounded_up(value(text)? * 1000.0)
}

/// The MiB of a quantity of bytes, rounded up. None of what is no quantity.
pub(super) fn mebi(text: &str) -> Option<u64> {
    rounded_up(value(text)? / 1_048_576.0)
}

fn value(text: &str) -> Option<f64> {
    // `1e3` is a number with an exponent, `1E` a number with a unit.
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let (unit, factor) = UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
    Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor)
}

fn rounded_up(number: f64) -> Option<u64> {
    // Far more than any cluster has, and exact as a float.
    const MOST: f64 = 1e15;
    // What arithmetic leaves behind the comma is not rounded up to a whole.
    (number.is_finite() && (0.0..=MOST).contains(&number)).then(|| (number - 1e-9).ceil().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_in_every_form() {
        for (text, thousandths) in [("250m", 250), ("2", 2000), ("0.5", 500), ("1k", 1_000_000), ("1e1", 10_000)] {
            assert_eq!(milli(text), Some(thousandths), "{text}");
        }
        for (text, size) in [("384Mi", 384), ("2Gi", 2048), ("1.5Gi", 1536), ("1Ki", 1), ("1M", 1), ("1048577", 2)] {
            assert_eq!(mebi(text), Some(size), "{text}");
        }
        for text in ["", "x", "-1", "1x", "inf", "NaN"] {
            assert_eq!((milli(text), mebi(text)), (None, None), "{text}");
        }
    }
}
