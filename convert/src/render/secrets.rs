//! Secrets, by reference: what stands in the app's Secret under which key, and the ExternalSecret that fills it.

use super::RenderError;
use super::app::App;
use super::custom::{Custom, DataFrom, ExternalSecretSpec, RemoteRef, SecretData, SecretTarget, SourceRef, StoreRef};
use crate::naming;
use caravan_convert_lift::plconfig::{SecretRef, SecretStore, SecretVersion};
use std::collections::BTreeMap;

/// Where a secret lies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Reference {
    /// Whether it is a parameter of Systems Manager.
    parameter: bool,
    remote: RemoteRef,
}

/// The keys of the app's Secret so far.
#[derive(Default)]
pub(super) struct Secrets {
    keys: BTreeMap<String, Reference>,
}

/// Reads a reference. What stands in the team's own store lies there in the folder of its namespace.
pub(super) fn parse(place: &str, text: &str, folder: &str) -> Result<Reference, RenderError> {
    let written: SecretRef = text.parse().map_err(|problem: String| RenderError::new(place, problem))?;
    let key = match written.store {
        SecretStore::Team => format!("{folder}/{}", written.key),
        SecretStore::SecretsManager | SecretStore::ParameterStore => written.key,
    };
    // External Secrets: a stage as it stands, a version's id behind `uuid/`; of a parameter both as they stand.
    let parameter = written.store == SecretStore::ParameterStore;
    let version = written.version.map(|version| match version {
        SecretVersion::Id(id) if !parameter => format!("uuid/{id}"),
        SecretVersion::Stage(version) | SecretVersion::Id(version) => version,
    });
    Ok(Reference { parameter, remote: RemoteRef { key, property: written.property, version } })
}

/// A variable's name as the key of a Secret, which has letters, digits, `-`, `_` and `.` only: one that is none as it
/// stands carries a digest, so that no two meet.
pub(super) fn fitting(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.chars().all(fits) && !name.starts_with('.') && (1..=180).contains(&name.len()) {
        return name.to_owned();
    }
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    format!("{kept}-{}", naming::digest(name.as_bytes(), 8))
}

impl Secrets {
    /// The key under which the secret stands in the app's Secret: its own name, or `<scope>.<name>` where another
    /// component's secret has that name already.
    pub(super) fn key(&mut self, scope: &str, name: &str, reference: Reference) -> String {
        let name = &fitting(name);
        for key in [name.to_owned(), format!("{scope}.{name}")] {
            match self.keys.get(&key) {
                Some(other) if *other != reference => {}
                Some(_) => return key,
                None => {
                    self.keys.insert(key.clone(), reference);
                    return key;
                }
            }
        }
        // Reached only when a scope is used for two containers, which their names forbid.
        format!("{scope}.{name}")
    }

    /// The ExternalSecret for all of them; none when there are none.
    pub(super) fn object(self, app: &App<'_>) -> Option<Custom<ExternalSecretSpec>> {
        let data: Vec<_> = self.keys.into_iter().map(|(key, reference)| reference.data(app, key)).collect();
        if data.is_empty() { None } else { Some(external_secret(app, &secret_name(app), data, Vec::new())) }
    }
}

/// The name of the app's Secret.
pub(super) fn secret_name(app: &App<'_>) -> String {
    format!("{}-env", app.name)
}

impl Reference {
    /// One key of a Secret.
    pub(super) fn data(self, app: &App<'_>, key: String) -> SecretData {
        SecretData { secret_key: key, source_ref: self.source(app), remote_ref: self.remote }
    }

    /// A secret as files: its one property or parameter under its own name, else each property a file.
    pub(super) fn files(self, app: &App<'_>) -> (Vec<SecretData>, Vec<DataFrom>) {
        let single = self.remote.property.clone().or_else(|| {
            self.parameter.then(|| self.remote.key.rsplit('/').next().unwrap_or(&self.remote.key).to_owned())
        });
        match single {
            Some(name) => (vec![self.data(app, name)], Vec::new()),
            None => (Vec::new(), vec![DataFrom { source_ref: self.source(app), extract: self.remote }]),
        }
    }

    /// One property of it as a key.
    pub(super) fn property(&self, app: &App<'_>, name: &str) -> SecretData {
        let mut remote = self.remote.clone();
        remote.property.get_or_insert_with(|| name.to_owned());
        SecretData { secret_key: name.to_owned(), source_ref: self.source(app), remote_ref: remote }
    }

    fn source(&self, app: &App<'_>) -> Option<SourceRef> {
        self.parameter.then(|| SourceRef { store_ref: store(format!("{}-ssm", app.platform.secret_store)) })
    }
}

/// An ExternalSecret and the Secret of the same name that it makes.
pub(super) fn external_secret(
    app: &App<'_>,
    name: &str,
    data: Vec<SecretData>,
    data_from: Vec<DataFrom>,
) -> Custom<ExternalSecretSpec> {
    let spec = ExternalSecretSpec {
        refresh_policy: "Periodic",
        refresh_interval: "1h0m0s",
        secret_store_ref: store(app.platform.secret_store.clone()),
        // Retained: a store that can't be reached must not take a running app's secrets away.
        target: SecretTarget {
            name: name.to_owned(),
            creation_policy: "Owner",
            deletion_policy: "Retain",
            template: None,
        },
        data,
        data_from,
    };
    Custom::external_secret(app.metadata(name), spec)
}

fn store(name: String) -> StoreRef {
    StoreRef { kind: "SecretStore", name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_every_form_are_read() {
        let remote = |text: &str| {
            let reference = parse("here", text, "team-shop").unwrap();
            let RemoteRef { key, property, version } = reference.remote;
            format!("{} {key} {property:?} {version:?}", if reference.parameter { "ssm" } else { "sm" })
        };
        assert_eq!(remote("db#URL"), r#"sm team-shop/db Some("URL") None"#);
        assert_eq!(remote("ssm:/shop/token"), "ssm /shop/token None None");
        assert_eq!(remote("sm:prod/db?stage=AWSPREVIOUS"), r#"sm prod/db None Some("AWSPREVIOUS")"#);
        assert_eq!(remote("sm:prod/db#p?version=6d38"), r#"sm prod/db Some("p") Some("uuid/6d38")"#);
        assert!(parse("here", "#x", "team-shop").is_err());
    }

    #[test]
    fn equal_names_with_different_secrets_get_keys_of_their_own() {
        let reference = |text| parse("here", text, "shop").unwrap();
        let mut secrets = Secrets::default();
        assert_eq!(secrets.key("web", "URL", reference("a")), "URL");
        assert_eq!(secrets.key("worker", "URL", reference("a")), "URL");
        assert_eq!(secrets.key("cron", "URL", reference("b")), "cron.URL");
    }

    #[test]
    fn variables_whose_names_no_key_may_have_get_one_that_differs() {
        let legal = |key: &str| key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        for name in ["my key", "db/password", "..", "a$b"] {
            assert!(legal(&fitting(name)) && !fitting(name).starts_with('.'), "{name}: {}", fitting(name));
        }
        assert_ne!(fitting("my key"), fitting("my/key"));
        assert_eq!(fitting("DATABASE_URL"), "DATABASE_URL");
    }
}
