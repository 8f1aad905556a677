//! The rows of configuration files, secrets and shared file systems.

use crate::render::trace::field::Field::{App, Setting};
use crate::render::trace::find;
use crate::render::trace::row::From::{All, Found, Rule};
use crate::render::trace::row::{Row, row};

pub(super) const CONFIG_MAP: &[Row] = &[
    row("", "files", "the configuration files of a component, with that of its front", Found(find::files)),
    row("/data/*", "file", "a configuration file of a component, or that of its front", Found(find::file)),
];

pub(super) const EXTERNAL_SECRET: &[Row] = &[
    row("", "secrets", "secrets by reference: their values come from the store", Found(find::secret_object)),
    row("/metadata/name", "secret-name", "the Secret's own name", Found(find::secret_name)),
    row("/spec/refreshPolicy", "refresh", "read again every hour", Rule),
    row("/spec/refreshInterval", "refresh", "read again every hour", Rule),
    row("/spec/secretStoreRef", "store", "the store of the team's namespace", Rule),
    row("/spec/secretStoreRef/name", "store", "the store of the team's namespace", All(&[Setting("secret_store")])),
    row("/spec/target", "keep-secret", "a store that can't be reached takes no secret away", Rule),
    row("/spec/target/name", "secret-name", "the Secret's own name", Found(find::secret_name)),
    row("/spec/target/template", "registries", "the registries of the images", Found(find::images)),
    row("/spec/data/*", "secret", "where the secret lies", Found(find::secret_of_key)),
    row(
        "/spec/data/*/sourceRef/storeRef/name",
        "parameters",
        "the store of parameters",
        All(&[Setting("secret_store")]),
    ),
    row(
        "/spec/data/*/secretKey",
        "secret-key",
        "the variable's name, behind the container's where two secrets share it",
        Found(find::secret_key),
    ),
    row("/spec/data/*/remoteRef", "secret", "where the secret lies", Found(find::remote)),
    row("/spec/dataFrom", "secret-files", "every property of a secret is a file", Found(find::remote)),
];

const SHARED: &str = "a shared file system that components mount";

pub(super) const PERSISTENT_VOLUME: &[Row] = &[
    row("", "file-system", SHARED, Found(find::claim)),
    row(
        "/metadata/name",
        "volume-name",
        "the whole cluster's: with the team and environment",
        Found(find::volume_name),
    ),
    row("/spec/accessModes", "shared-access", "many pods write it", Rule),
    row("/spec/capacity", "capacity", "a figure that Kubernetes wants and the driver ignores", Rule),
    row("/spec/persistentVolumeReclaimPolicy", "kept", "the file system outlives its volume", Rule),
    row("/spec/storageClassName", "no-class", "nothing is made for it", Rule),
    row("/spec/csi/driver", "driver", "the driver of EFS", Rule),
    row(
        "/spec/claimRef/namespace",
        "namespace",
        "the namespace of the team",
        All(&[App("team"), Setting("namespace_prefix")]),
    ),
];

pub(super) const PERSISTENT_VOLUME_CLAIM: &[Row] = &[
    row("", "file-system", SHARED, Found(find::claim)),
    row("/metadata/name", "claim-name", "the app's name and the volume's", Found(find::claim_name)),
    row(
        "/spec/volumeName",
        "volume-name",
        "the whole cluster's: with the team and environment",
        Found(find::volume_name),
    ),
    row("/spec/accessModes", "shared-access", "many pods write it", Rule),
    row("/spec/resources", "capacity", "a figure that Kubernetes wants and the driver ignores", Rule),
    row("/spec/storageClassName", "no-class", "nothing is made for it", Rule),
];
