//! Shared file systems: a static volume and a claim for each.

use super::Object;
use super::app::{App, Part};
use crate::naming;
use caravan_convert_lift::plconfig::VolumeEfs;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

/// The file systems that an app's claims stand for, by the claim's name. Components that mount the same one share it.
#[derive(Default)]
pub(super) struct Claims {
    by_name: BTreeMap<String, VolumeEfs>,
}

impl Claims {
    /// The claim for a file system: `<app>-<volume>`, or the component's own where that name stands for another.
    pub(super) fn claim(&mut self, part: &Part<'_>, volume: &str, efs: &VolumeEfs) -> String {
        let [shared, own] = names(part, volume);
        let name = match self.by_name.get(&shared) {
            Some(other) if other != efs => own,
            _ => shared,
        };
        self.by_name.entry(name.clone()).or_insert_with(|| efs.clone());
        name
    }

    /// The volumes and claims.
    pub(super) fn objects(self, app: &App<'_>) -> Vec<Object> {
        let mut objects = Vec::with_capacity(2 * self.by_name.len());
        for (name, efs) in self.by_name {
            // The volume's name is the whole cluster's: team and environment keep it apart.
            let place = naming::label(&format!("{}-{}", app.config.team, app.environment));
            let volume = naming::shorten(&format!("{place}-{name}"), naming::LABEL);
            objects.push(Object::PersistentVolume(Box::new(persistent_volume(app, &volume, &name, &efs))));
            objects.push(Object::PersistentVolumeClaim(Box::new(claim(app, &volume, &name))));
        }
        objects
    }
}

/// The names that the claim for a file system may have: the app's, and the component's own, which is no other volume's.
pub(super) fn names(part: &Part<'_>, volume: &str) -> [String; 2] {
    let own = naming::further(&part.object, volume);
    [naming::joined(&[&part.app.name, volume], naming::LABEL), naming::shorten(&own, naming::LABEL)]
}

/// What an EFS is said to hold: the driver ignores it, Kubernetes wants a figure.
fn capacity() -> BTreeMap<String, Quantity> {
    BTreeMap::from([("storage".to_owned(), Quantity("1Gi".to_owned()))])
}

fn persistent_volume(app: &App<'_>, volume: &str, claim: &str, efs: &VolumeEfs) -> core::PersistentVolume {
    let mut metadata = app.metadata(volume);
    metadata.namespace = None;
    let mut attributes = BTreeMap::new();
    let mut options = Vec::new();
    match efs.encrypted {
        Some(false) => drop(attributes.insert("encryptInTransit".to_owned(), "false".to_owned())),
        Some(true) | None => options.push("tls".to_owned()),
    }
    if efs.iam == Some(true) {
        options.push("iam".to_owned());
    }
    core::PersistentVolume {
        metadata,
        spec: Some(core::PersistentVolumeSpec {
            capacity: Some(capacity()),
            access_modes: Some(vec!["ReadWriteMany".to_owned()]),
            persistent_volume_reclaim_policy: Some("Retain".to_owned()),
            storage_class_name: Some(String::new()),
            mount_options: super::view::some(options),
            // Nobody else's claim may take it.
            claim_ref: Some(core::ObjectReference {
                namespace: Some(app.namespace.clone()),
                name: Some(claim.to_owned()),
                ..core::ObjectReference::default()
            }),
            csi: Some(core::CSIPersistentVolumeSource {
                driver: "efs.csi.aws.com".to_owned(),
                volume_handle: handle(efs),
                volume_attributes: if attributes.is_empty() { None } else { Some(attributes) },
                ..core::CSIPersistentVolumeSource::default()
            }),
            ..core::PersistentVolumeSpec::default()
        }),
        status: None,
    }
}

fn claim(app: &App<'_>, volume: &str, name: &str) -> core::PersistentVolumeClaim {
    core::PersistentVolumeClaim {
        metadata: app.metadata(name),
        spec: Some(core::PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteMany".to_owned()]),
            storage_class_name: Some(String::new()),
            volume_name: Some(volume.to_owned()),
            resources: Some(core::VolumeResourceRequirements { requests: Some(capacity()), limits: None }),
            ..core::PersistentVolumeClaimSpec::default()
        }),
        status: None,
    }
}

/// `fs-…[:path][:fsap-…]` as the EFS driver reads it: an access point comes third, after a path that may be empty.
fn handle(efs: &VolumeEfs) -> String {
    let root = efs.root.as_deref().filter(|root| *root != "/").unwrap_or_default();
    match &efs.access_point {
        Some(point) => format!("{}:{root}:{point}", efs.file_system),
        None if root.is_empty() => efs.file_system.clone(),
        None => format!("{}:{root}", efs.file_system),
    }
}
