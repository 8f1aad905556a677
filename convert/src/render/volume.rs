//! What is mounted in a pod, and the claims behind it.

use super::app::Part;
use super::custom::{Custom, ExternalSecretSpec};
use super::secrets::{external_secret, parse};
use super::view::View;
use super::{RenderError, claim::Claims};
use crate::naming;
use caravan_convert_lift::plconfig::{ComponentType, Volume, is_quantity};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// The volume that holds a component's configuration files.
pub(super) const FILES: &str = "caravan-files";
/// The volume behind `/tmp` where the root can't be written.
const TMP: &str = "caravan-tmp";

/// The volumes of one pod and where its containers mount them.
#[derive(Default)]
pub(super) struct Mounts {
    /// The pod's volumes, by name.
    pub(super) volumes: BTreeMap<String, core::Volume>,
    /// Disks of a StatefulSet.
    pub(super) disks: Vec<core::PersistentVolumeClaim>,
    /// Secrets that are mounted as files.
    pub(super) secrets: Vec<Custom<ExternalSecretSpec>>,
    by_container: BTreeMap<String, Vec<core::VolumeMount>>,
}

impl Mounts {
    /// Gathers the volumes of all containers of a pod.
    pub(super) fn gather(part: &Part<'_>, views: &[View<'_>], claims: &mut Claims) -> Result<Self, RenderError> {
        let mut mounts = Self::default();
        let mut defined: BTreeMap<String, &Volume> = BTreeMap::new();
        for view in views {
            for (path, volume) in view.volumes {
                let name = mounts.mount(part, view, path, volume)?;
                if !is_definition(volume) {
                    continue;
                }
                match defined.get(&name) {
                    Some(other) if !same(other, volume) => {
                        return Err(part.error("volumes", format!("two different volumes are named `{name}`")));
                    }
                    Some(_) => {}
                    None => {
                        mounts.define(part, &name, volume, claims)?;
                        defined.insert(name, volume);
                    }
                }
            }
        }
        mounts.check_references(part, &defined)?;
        mounts.add_files(part, views);
        mounts.add_tmp(views);
        Ok(mounts)
    }

    /// What a container mounts, by path.
    pub(super) fn of(&self, container: &str) -> Vec<core::VolumeMount> {
        let mut mounts = self.by_container.get(container).cloned().unwrap_or_default();
        mounts.sort_by(|a, b| a.mount_path.cmp(&b.mount_path));
        mounts
    }

    /// Whether anything is kept on disks that need the group of the container's user.
    pub(super) fn needs_group(&self) -> bool {
        !self.disks.is_empty() || self.volumes.values().any(|volume| volume.ephemeral.is_some())
    }

    fn mount(&mut self, part: &Part<'_>, view: &View<'_>, path: &str, volume: &Volume) -> Result<String, RenderError> {
        if !path.starts_with('/') || path.contains(':') {
            return Err(part.error("volumes", format!("`{path}` is no absolute path without `:`")));
        }
        let name = name((!view.place.is_empty()).then_some(&view.name), path, volume.name.as_deref());
        self.by_container.entry(view.name.clone()).or_default().push(core::VolumeMount {
            name: name.clone(),
            mount_path: path.to_owned(),
            read_only: volume.read_only.filter(|yes| *yes),
            ..core::VolumeMount::default()
        });
        Ok(name)
    }

    fn define(&mut self, part: &Part<'_>, name: &str, volume: &Volume, claims: &mut Claims) -> Result<(), RenderError> {
        let mut out = core::Volume { name: name.to_owned(), ..core::Volume::default() };
        match (&volume.efs, &volume.size, &volume.secret, &volume.temporary) {
            (Some(efs), None, None, None) => {
                out.persistent_volume_claim = Some(core::PersistentVolumeClaimVolumeSource {
                    claim_name: claims.claim(part, name, efs),
                    read_only: None,
                });
            }
            (None, Some(size), None, None) => match self.disk(part, name, size, volume)? {
                None => return Ok(()),
                Some(ephemeral) => out.ephemeral = Some(ephemeral),
            },
            (None, None, Some(secret), None) => {
                let object = secret_name(part, name);
                let (data, from) = parse(&part.place("volumes"), secret, &part.app.namespace)?.files(part.app);
                self.secrets.push(external_secret(part.app, &object, data, from));
                out.secret =
                    Some(core::SecretVolumeSource { secret_name: Some(object), ..core::SecretVolumeSource::default() });
            }
            (None, None, None, Some(temporary)) => {
                out.empty_dir = Some(core::EmptyDirVolumeSource {
                    medium: (temporary == "memory").then(|| "Memory".to_owned()),
                    size_limit: volume.limit.as_deref().map(|limit| quantity(part, limit)).transpose()?,
                });
            }
            _ => {
                let problem = format!("`{name}` must be exactly one of `efs`, `size`, `secret` and `temporary`");
                return Err(part.error("volumes", problem));
            }
        }
        self.volumes.insert(name.to_owned(), out);
        Ok(())
    }

    /// A disk: kept by a StatefulSet for what runs on, made anew for every run of what ends.
    fn disk(
        &mut self,
        part: &Part<'_>,
        name: &str,
        size: &str,
        volume: &Volume,
    ) -> Result<Option<core::EphemeralVolumeSource>, RenderError> {
        let spec = core::PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
            storage_class_name: volume.class.clone(),
            resources: Some(core::VolumeResourceRequirements {
                requests: Some(BTreeMap::from([("storage".to_owned(), quantity(part, size)?)])),
                limits: None,
            }),
            ..core::PersistentVolumeClaimSpec::default()
        };
        if matches!(part.component.kind, ComponentType::Cron | ComponentType::Job) {
            let template = core::PersistentVolumeClaimTemplate { metadata: None, spec };
            return Ok(Some(core::EphemeralVolumeSource { volume_claim_template: Some(template) }));
        }
        self.disks.push(core::PersistentVolumeClaim {
            metadata: ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() },
            spec: Some(spec),
            status: None,
        });
        Ok(None)
    }

    fn check_references(&self, part: &Part<'_>, defined: &BTreeMap<String, &Volume>) -> Result<(), RenderError> {
        let mut mounted = self.by_container.values().flatten();
        match mounted.find(|mount| !defined.contains_key(&mount.name)) {
            None => Ok(()),
            Some(mount) => {
                let problem = format!("`{}` is mounted, but no mount says what `{}` is", mount.mount_path, mount.name);
                Err(part.error("volumes", problem))
            }
        }
    }

    fn add_files(&mut self, part: &Part<'_>, views: &[View<'_>]) {
        if part.component.files.is_empty() {
            return;
        }
        let source = core::ConfigMapVolumeSource {
            name: super::config_map::name(part),
            ..core::ConfigMapVolumeSource::default()
        };
        let volume = core::Volume { name: FILES.to_owned(), config_map: Some(source), ..core::Volume::default() };
        self.volumes.insert(FILES.to_owned(), volume);
        let Some(main) = views.first() else { return };
        let mounts = self.by_container.entry(main.name.clone()).or_default();
        for (key, path) in super::config_map::keys(part) {
            mounts.push(core::VolumeMount {
                name: FILES.to_owned(),
                mount_path: path.to_owned(),
                sub_path: Some(key),
                read_only: Some(true),
                ..core::VolumeMount::default()
            });
        }
    }

    /// Programs expect to write to `/tmp`: where nothing is said about the root, they can. Where `writable: false` is
    /// written, the root is as read-only as it says.
    fn add_tmp(&mut self, views: &[View<'_>]) {
        for view in views.iter().filter(|view| view.writable.is_none()) {
            let mounts = self.by_container.entry(view.name.clone()).or_default();
            if mounts.iter().any(|mount| mount.mount_path.trim_end_matches('/') == "/tmp") {
                continue;
            }
            let mount = core::VolumeMount {
                name: TMP.to_owned(),
                mount_path: "/tmp".to_owned(),
                ..core::VolumeMount::default()
            };
            mounts.push(mount);
            self.volumes.entry(TMP.to_owned()).or_insert_with(|| core::Volume {
                name: TMP.to_owned(),
                empty_dir: Some(core::EmptyDirVolumeSource::default()),
                ..core::Volume::default()
            });
        }
    }
}

/// The name of what a container mounts: the one that is given, else made of the path, with the container's name where it
/// is not the main one.
pub(super) fn name(beside: Option<&str>, path: &str, given: Option<&str>) -> String {
    match (given, beside) {
        (Some(name), _) => naming::joined(&[name], naming::LABEL),
        (None, None) => naming::joined(&[path], naming::LABEL),
        (None, Some(container)) => naming::joined(&[container, path], naming::LABEL),
    }
}

/// The name of the Secret behind a volume of files: never that of an app's variables, a registry or a certificate.
pub(super) fn secret_name(part: &Part<'_>, volume: &str) -> String {
    let is_other =
        |last: &&str| matches!(*last, "env" | "registry" | "tls") || last.bytes().all(|b| b.is_ascii_digit());
    if volume.rsplit('-').next().as_ref().is_some_and(is_other) {
        return naming::shorten(&naming::further(&part.object, volume), naming::LABEL);
    }
    naming::joined(&[&part.object, volume], naming::LABEL)
}

fn is_definition(volume: &Volume) -> bool {
    volume.efs.is_some() || volume.size.is_some() || volume.secret.is_some() || volume.temporary.is_some()
}

/// Whether two mounts mean one volume; a mount may be read-only on its own.
fn same(one: &Volume, other: &Volume) -> bool {
    Volume { read_only: None, ..one.clone() } == Volume { read_only: None, ..other.clone() }
}

fn quantity(part: &Part<'_>, text: &str) -> Result<Quantity, RenderError> {
    if is_quantity(text) {
        Ok(Quantity(text.to_owned()))
    } else {
        Err(part.error("volumes", format!("`{text}` is no quantity such as 20Gi")))
    }
}
