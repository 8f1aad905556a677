//! The names that an app's objects take in their cluster, those too that a controller makes of them.

use super::{Object, RenderError};
use std::collections::BTreeSet;

/// Everything in the cluster that has its name from `objects`, as `Kind namespace/name`.
///
/// Beside the objects themselves these are the Secrets of ExternalSecrets and Certificates, the first claim of each disk of
/// a StatefulSet, the autoscaler that KEDA makes, and the pods, which are told by their `app.kubernetes.io/name`.
pub(crate) fn names(objects: &[Object]) -> Vec<String> {
    objects.iter().flat_map(names_of).collect()
}

/// Refuses objects of one app that are one in the cluster.
pub(super) fn check(objects: &[Object]) -> Result<(), RenderError> {
    let mut seen = BTreeSet::new();
    match names(objects).into_iter().find(|name| !seen.insert(name.clone())) {
        None => Ok(()),
        Some(name) => Err(RenderError::new("components", format!("two of its objects would be {name}; rename one"))),
    }
}

fn names_of(object: &Object) -> Vec<String> {
    let metadata = object.metadata();
    let namespace = metadata.namespace.as_deref().unwrap_or_default();
    let own = metadata.name.as_deref().unwrap_or_default();
    let name = |kind: &str, name: &str| format!("{kind} {namespace}/{name}");
    let mut names = vec![name(object.kind(), own)];
    match object {
        Object::ExternalSecret(secret) => names.push(name("Secret", &secret.spec.target.name)),
        Object::Certificate(certificate) => names.push(name("Secret", &certificate.spec.secret_name)),
        Object::ScaledObject(_) => names.push(name("HorizontalPodAutoscaler", &format!("keda-hpa-{own}"))),
        Object::Deployment(_) | Object::Job(_) | Object::CronJob(_) => names.push(name("pods", own)),
        Object::StatefulSet(set) => {
            names.push(name("pods", own));
            let disks = set.spec.iter().flat_map(|spec| spec.volume_claim_templates.iter().flatten());
            let disks = disks.filter_map(|disk| disk.metadata.name.as_deref());
            names.extend(disks.map(|disk| name("PersistentVolumeClaim", &format!("{disk}-{own}-0"))));
        }
        _ => {}
    }
    names
}
