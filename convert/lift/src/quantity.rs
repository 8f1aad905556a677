//! Sizes as ECS writes them, and as Kubernetes does.

/// CPU units, 1,024 a processor: `256`, `.25 vcpu`, `1 vCPU` (ECS API reference, `cpu`).
pub(crate) fn cpu_units(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix("vcpu") {
        Some(count) => scaled(count, 1024.0),
        None => lower.parse().ok().filter(|units| *units <= MOST),
    }
}

/// MiB: `512`, `.5 gb`, `1GB` (ECS API reference, `memory`).
pub(crate) fn mebibytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    match lower.strip_suffix("gb") {
        Some(count) => scaled(count, 1024.0),
        None => lower.parse().ok().filter(|size| *size <= MOST),
    }
}

/// More than any machine has; keeps the arithmetic far from its bounds.
const MOST: u64 = 1 << 30;

fn scaled(count: &str, factor: f64) -> Option<u64> {
    let units = count.trim().parse::<f64>().ok()? * factor;
    (units.is_finite() && (0.0..=MOST as f64).contains(&units)).then(|| units.round() as u64)
}

/// A CPU quantity: `250m`, `2`.
pub(crate) fn milli(units: u64) -> String {
    millicores((units * 1000).div_ceil(1024))
}

/// Thousandths of a processor as Kubernetes writes them: `250m`, `2` (Kubernetes API reference, "Quantity").
#[must_use]
pub fn millicores(milli: u64) -> String {
    if milli.is_multiple_of(1000) { (milli / 1000).to_string() } else { format!("{milli}m") }
}

/// MiB as Kubernetes writes them: `512Mi`, `2Gi` (Kubernetes API reference, "Quantity").
#[must_use]
pub fn mebi(size: u64) -> String {
    if size > 0 && size.is_multiple_of(1024) { format!("{}Gi", size / 1024) } else { format!("{size}Mi") }
}

/// The CPU units of a quantity such as `250m` or `2`; none of any other. What is written of them again is the same quantity.
pub(crate) fn of_milli(text: &str) -> Option<u64> {
    let milli: u64 = match text.strip_suffix('m') {
        Some(count) => count.parse().ok()?,
        None => text.parse::<u64>().ok()?.checked_mul(1000)?,
    };
    Some(milli.checked_mul(1024)? / 1000)
}

/// The MiB of a quantity that [`mebi`] wrote; none of any other.
pub(crate) fn of_mebi(text: &str) -> Option<u64> {
    match text.strip_suffix("Gi") {
        Some(count) => count.parse::<u64>().ok()?.checked_mul(1024),
        None => text.strip_suffix("Mi")?.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_every_form_that_ecs_takes() {
        for text in ["256", ".25 vcpu", "0.25 vCPU", "0.25vcpu"] {
            assert_eq!(cpu_units(text), Some(256), "{text}");
        }
        for text in ["512", ".5 gb", "0.5GB", " 512 "] {
            assert_eq!(mebibytes(text), Some(512), "{text}");
        }
        for text in ["", "x", "-1", "256x", "inf vcpu", "nan gb", "99999999999999999999"] {
            assert_eq!((cpu_units(text), mebibytes(text)), (None, None), "{text}");
        }
        assert_eq!((milli(256).as_str(), milli(10).as_str(), milli(2048).as_str()), ("250m", "10m", "2"));
        assert_eq!((mebi(512).as_str(), mebi(3072).as_str()), ("512Mi", "3Gi"));
    }
}
