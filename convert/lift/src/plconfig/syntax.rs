//! Small grammars of texts in plconfig.

use super::cron::Cron;

/// Whether CronJobs and KEDA take a text as a schedule: five fields with one space between them, each value within its
/// bounds and no range running backwards.
#[must_use]
pub fn is_schedule(text: &str) -> bool {
    Cron::parse(text).is_some()
}

/// Whether a text is a quantity as Kubernetes writes it: `250m`, `1.5`, `384Mi`, `2Gi`.
#[must_use]
pub fn is_quantity(text: &str) -> bool {
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, unit) = text.split_at(digits);
    !number.is_empty()
        && number.parse::<f64>().is_ok()
        && matches!(unit, "" | "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti")
}
