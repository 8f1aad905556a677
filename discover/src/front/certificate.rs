//! The certificate that a listener shows.

use super::say::step;
use super::{Doors, Step, StepKind};
use crate::link::View;
use caravan_inventory::Observation;
use serde_json::Value;

/// The certificate of a listener: its default one, with how many it has besides for single names, as far as that was read.
/// Which of them it shows for a name, their names say, and these are not read.
pub(super) fn certificate(doors: &Doors, listener: &Observation, before: &[Step]) -> Option<Step> {
    let view = View::of(listener);
    if !matches!(view.text("/Protocol"), Some("HTTPS" | "TLS")) {
        return None;
    }
    let pointer = "/Certificates/0/CertificateArn";
    let Some(arn) = view.text(pointer) else {
        return Some(behind_cloudflare(
            step(StepKind::Certificate, None, "none that was read".to_owned(), None),
            before,
        ));
    };
    let said = match doors.certificates.get(listener.native_name()).map(|all| others(all, arn)) {
        None => format!("{arn}, the listener's default; others for single names are not read"),
        Some(others) if others.is_empty() => arn.to_owned(),
        Some(others) => format!("{arn}, the listener's default, or one of its others: {}", others.join(", ")),
    };
    Some(behind_cloudflare(step(StepKind::Certificate, None, said, Some(view.evidence(pointer))), before))
}

/// A certificate at the end of the steps `before`; where Cloudflare stands among them, it says that no client sees it.
pub(super) fn behind_cloudflare(mut certificate: Step, before: &[Step]) -> Step {
    if before.iter().any(|step| step.step == StepKind::Cloudflare && step.says.starts_with("proxied")) {
        certificate.says += "; in front of it Cloudflare shows its own, which is not read";
    }
    certificate
}

/// The certificates of a listener that are not its default one, which may stand among the others once more.
fn others<'o>(all: &'o Observation, default: &str) -> Vec<&'o str> {
    let all = View::of(all).list("/Certificates").iter();
    all.filter_map(|one| one.get("CertificateArn").and_then(Value::as_str)).filter(|arn| *arn != default).collect()
}
