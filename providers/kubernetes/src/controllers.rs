//! Who else writes to an object, by what they leave on it.

use caravan_providers::target::Controller;
use kube::api::DynamicObject;
use serde_json::Value;
use std::collections::BTreeMap;

/// Under what name the API server notes what we changed.
pub(crate) const MANAGER: &str = "caravan";

/// Marks of tools that put an object back by themselves: Argo CD ("Resource Tracking"), Flux (kustomize-controller and
/// helm-controller label what they apply), Helm (at the next release), the Gateway API plug-in of Argo Rollouts.
const MARKS: &[(&str, &str)] = &[
    ("argocd.argoproj.io/tracking-id", "argo-cd"),
    ("argocd.argoproj.io/instance", "argo-cd"),
    ("kustomize.toolkit.fluxcd.io/name", "flux"),
    ("helm.toolkit.fluxcd.io/name", "flux"),
    ("meta.helm.sh/release-name", "helm"),
    ("rollouts.argoproj.io/gatewayapi-canary", "argo-rollouts"),
];

/// Field managers whose name is not their tool's.
const MANAGERS: &[(&str, &str)] = &[
    ("argocd-controller", "argo-cd"),
    ("kustomize-controller", "flux"),
    ("helm-controller", "flux"),
    ("rollouts-controller", "argo-rollouts"),
    // It writes the number of replicas alone where an autoscaler bids it to.
    ("kube-controller-manager", "horizontal-pod-autoscaler"),
];

/// Field managers that are people, not tools: `kubectl` in its forms, and what changed the object before managers were
/// noted.
const PEOPLE: &[&str] = &["kubectl", "before-first-apply"];

/// Everybody else who writes to the object, sorted by tool: each with the first mark that shows it. `field` is what a cutover changes
/// of it, as its managed fields name it.
pub(crate) fn controllers(object: &DynamicObject, field: [&str; 2]) -> Vec<Controller> {
    let mut found = BTreeMap::new();
    let mut note = |tool: &str, evidence: String| {
        found.entry(tool.to_owned()).or_insert(evidence);
    };
    for (what, keys) in [("annotation", &object.metadata.annotations), ("label", &object.metadata.labels)] {
        for (key, tool) in MARKS {
            if let Some(value) = keys.as_ref().and_then(|keys| keys.get(*key)) {
                note(tool, format!("{what} {key}: {value}"));
            }
        }
    }
    for owner in object.metadata.owner_references.iter().flatten() {
        // Flagger makes the routes of its canaries itself.
        let kind = owner.kind.to_lowercase();
        let tool = if kind == "canary" { "flagger" } else { &kind };
        note(tool, format!("owner reference {} {}", owner.kind, owner.name));
    }
    for entry in object.metadata.managed_fields.iter().flatten() {
        let manager = entry.manager.as_deref().unwrap_or_default();
        let [parent, own] = field;
        let inside = |fields: &Value| fields.pointer(parent).is_some_and(|parent| parent.get(own).is_some());
        let writes_it = entry.fields_v1.as_ref().is_some_and(|fields| inside(&fields.0));
        if !writes_it || manager == MANAGER || PEOPLE.iter().any(|person| manager.starts_with(person)) {
            continue;
        }
        let tool = MANAGERS.iter().find(|(name, _)| *name == manager).map_or(manager, |(_, tool)| tool);
        let name = format!("{parent}.{own}").replace("/f:", ".").replace("f:", "");
        note(tool, format!("field manager {manager} of {}", name.trim_start_matches('.')));
    }
    found.into_iter().map(|(tool, evidence)| Controller { tool, evidence }).collect()
}
