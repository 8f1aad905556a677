//! `no-health-check`: nothing asks whether it is healthy.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

/// Of services: no container has a check, and no target group asks. What runs by the clock has none, and needs none.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let is_service = subject.services().next().is_some();
    let asked = subject.of_kind(ObservationKind::TargetGroup).any(|group| group.body["HealthCheckEnabled"] != false);
    let checked = subject.containers().iter().any(|(.., container)| container["healthCheck"].is_object());
    if !is_service || asked || checked {
        return Vec::new();
    }
    let text = "nothing asks whether it is healthy: no health check in its task, no target group";
    let remedy = "give its container a health check, so that a gate has something to ask";
    vec![Finding::new(text, subject.whole(), remedy)]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn a_check_of_the_container_is_enough() {
        assert_eq!(service(json!({}), json!({}), json!({})).notes(NoteKind::NoHealthCheck).len(), 1);
        let checked = json!({"healthCheck": {"command": ["CMD", "true"]}});
        assert!(service(json!({}), json!({}), checked).notes(NoteKind::NoHealthCheck).is_empty());
    }
}
