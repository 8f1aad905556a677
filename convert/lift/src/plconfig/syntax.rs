//! Small grammars of texts in plconfig.

/// Whether a text is five cron fields, in shape.
#[must_use]
pub fn is_schedule(text: &str) -> bool {
    let field =
        |field: &str| !field.is_empty() && field.bytes().all(|b| b.is_ascii_alphanumeric() || b"*/,-".contains(&b));
    text.split(' ').count() == 5 && text.split(' ').all(field)
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
