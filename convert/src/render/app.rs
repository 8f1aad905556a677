//! What all objects of one app and of one component have in common.

use super::RenderError;
use crate::{Platform, images, naming};
use caravan_convert_lift::plconfig::{Component, ComponentType, PlConfig, Scale, Seconds, runs_machine, runs_worker};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use std::collections::BTreeMap;

/// The label that selects the pods of one component; never changed, because selectors can't be.
const NAME: &str = "app.kubernetes.io/name";

/// One app in one environment.
pub(super) struct App<'a> {
    pub(super) platform: &'a Platform,
    pub(super) config: &'a PlConfig,
    pub(super) environment: &'a str,
    pub(super) namespace: String,
    /// The name of what the whole app shares: its ServiceAccount, its routes' hosts.
    pub(super) name: String,
    /// The image that is built for the app's function, if it has one.
    pub(super) built: Option<String>,
    keys: Keys,
}

/// The platform's own labels, put together once.
struct Keys {
    team: String,
    app: String,
    component: String,
}

/// One component of it.
pub(super) struct Part<'a> {
    pub(super) app: &'a App<'a>,
    pub(super) key: &'a str,
    pub(super) component: &'a Component,
    /// The name of its objects.
    pub(super) object: String,
    pub(super) image: &'a str,
}

impl<'a> App<'a> {
    pub(super) fn new(platform: &'a Platform, config: &'a PlConfig, environment: &'a str) -> Result<Self, RenderError> {
        if config.components.is_empty() {
            return Err(RenderError::new("components", "an app has at least one component"));
        }
        let group = &platform.group;
        Ok(Self {
            platform,
            config,
            environment,
            namespace: platform.namespace(&config.team),
            name: super::service_account_name(config),
            built: images::reference(config, platform),
            keys: Keys {
                team: format!("{group}/team"),
                app: format!("{group}/app"),
                component: format!("{group}/component"),
            },
        })
    }

    /// The components, by name.
    ///
    /// # Errors
    /// When one has no image, or two would share their objects' names.
    pub(super) fn parts(&'a self) -> Result<Vec<Part<'a>>, RenderError> {
        let mut parts: Vec<Part<'a>> = Vec::with_capacity(self.config.components.len());
        for (key, component) in &self.config.components {
            let place = || format!("components.{key}");
            let runs = component.trigger.is_some()
                || runs_worker(self.config, component)
                || runs_machine(self.config, component);
            let built = self.built.as_deref().filter(|_| runs);
            let image = component.image.as_deref().or(self.config.image.as_deref()).or(built);
            // What the gateway answers by itself has none.
            let image = image.or((component.kind == ComponentType::Routes).then_some("-"));
            let image = image.filter(|image| !image.is_empty());
            let image =
                image.ok_or_else(|| RenderError::new(place(), "needs an `image`, here or for the whole app"))?;
            let object = naming::object(&self.config.app, key);
            if parts.iter().any(|other| other.object == object) {
                return Err(RenderError::new(place(), format!("another component is `{object}` too; rename one")));
            }
            parts.push(Part { app: self, key, component, object, image });
        }
        Ok(parts)
    }

    /// Metadata of something that the whole app shares.
    pub(super) fn metadata(&self, name: &str) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(self.namespace.clone()),
            labels: Some(self.labels(&self.name)),
            ..ObjectMeta::default()
        }
    }

    fn labels(&self, name: &str) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::new();
        labels.insert(NAME.to_owned(), name.to_owned());
        labels.insert("app.kubernetes.io/part-of".to_owned(), naming::label_value(&self.config.app));
        labels.insert("app.kubernetes.io/managed-by".to_owned(), "caravan".to_owned());
        labels.insert(self.keys.team.clone(), naming::label_value(&self.config.team));
        labels.insert(self.keys.app.clone(), naming::label_value(&self.config.app));
        labels
    }

    /// The host that the app has without asking for one.
    pub(super) fn host(&self, name: &str) -> String {
        format!("{name}.{}", self.domain())
    }

    /// The platform's domain in this environment.
    pub(super) fn domain(&self) -> String {
        self.platform.domain(self.environment)
    }

    /// What `uses` puts into the environment of all components.
    pub(super) fn used(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.config.uses.values().filter_map(|using| Some((using.env.as_deref()?, using.name.as_str())))
    }

    /// The labels that select all pods of another app.
    pub(super) fn app_selector(&self, app: &str) -> LabelSelector {
        selector(&self.keys.app, &naming::label_value(app))
    }
}

impl Part<'_> {
    /// Metadata of its objects.
    pub(super) fn metadata(&self, name: &str) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(self.app.namespace.clone()),
            labels: Some(self.labels()),
            ..ObjectMeta::default()
        }
    }

    /// Metadata of the object that runs it, with its tags.
    pub(super) fn runner_metadata(&self) -> ObjectMeta {
        let mut metadata = self.metadata(&self.object);
        metadata.labels = Some(self.runner_labels());
        for (name, value) in &self.component.tags {
            annotate(&mut metadata, &tag(name), value.as_str());
        }
        metadata
    }

    fn labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.app.labels(&self.object);
        labels.insert(self.app.keys.component.clone(), naming::label_value(self.key));
        labels
    }

    /// Labels of what runs it and of its pods, also for Datadog. Nothing else names the version: a new image changes
    /// what runs and nothing besides.
    pub(super) fn runner_labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.labels();
        labels.insert("tags.datadoghq.com/env".to_owned(), naming::label_value(self.app.environment));
        labels.insert("tags.datadoghq.com/service".to_owned(), self.object.clone());
        if let Some(version) = version(self.image) {
            labels.insert("tags.datadoghq.com/version".to_owned(), version);
        }
        labels
    }

    /// The labels that select its pods.
    pub(super) fn selector(&self) -> LabelSelector {
        selector(NAME, &self.object)
    }

    /// The place of one of its fields, for errors.
    pub(super) fn place(&self, field: &str) -> String {
        format!("components.{}.{field}", self.key)
    }

    pub(super) fn error(&self, field: &str, problem: impl Into<String>) -> RenderError {
        RenderError::new(self.place(field), problem)
    }

    /// Whether it has a disk of its own and keeps it over restarts.
    pub(super) fn is_stateful(&self) -> bool {
        let runs_on = matches!(self.component.kind, ComponentType::Web | ComponentType::Worker);
        let own = self.component.volumes.values();
        let beside = self.component.sidecars.values().flat_map(|sidecar| sidecar.volumes.values());
        runs_on && own.chain(beside).any(|volume| volume.size.is_some())
    }

    /// How many there are at least and at most; 1 when nothing is said.
    pub(super) fn bounds(&self) -> (u32, u32) {
        match &self.component.scale {
            None => (1, 1),
            Some(Scale::Fixed(count)) => (*count, *count),
            Some(Scale::Range(range)) => (range.min, range.max),
        }
    }
}

/// A tag as the key of an annotation; one that is none as it stands carries a digest, so that no two meet.
pub(super) fn tag(name: &str) -> String {
    const PREFIX: &str = "caravan.dev/tag.";
    let legal = naming::label_value(name);
    if legal == name && (1..=50).contains(&name.len()) {
        return format!("{PREFIX}{name}");
    }
    let kept: String = legal.chars().take(40).collect();
    let kept = if kept.is_empty() { "x" } else { &kept };
    format!("{PREFIX}{}-{}", kept.trim_end_matches(['-', '_', '.']), naming::digest(name.as_bytes(), 8))
}

/// A selector of one label.
pub(super) fn selector(key: &str, value: &str) -> LabelSelector {
    let labels = BTreeMap::from([(key.to_owned(), value.to_owned())]);
    LabelSelector { match_labels: Some(labels), match_expressions: None }
}

/// Adds an annotation.
pub(super) fn annotate(metadata: &mut ObjectMeta, key: &str, value: impl Into<String>) {
    metadata.annotations.get_or_insert_default().insert(key.to_owned(), value.into());
}

/// A length of time as the Gateway API writes it (GEP-2257): no number has more than five digits.
pub(super) fn duration(length: Seconds) -> String {
    let (hours, minutes, seconds) = (length.0 / 3600, length.0 / 60 % 60, length.0 % 60);
    let mut text = String::new();
    for (count, unit) in [(hours, 'h'), (minutes, 'm'), (seconds, 's')] {
        if count > 0 {
            text.push_str(&count.to_string());
            text.push(unit);
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A count as Kubernetes' signed 32-bit integers; what does not fit becomes the largest.
pub(super) fn int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The version that an image's reference tells: its tag, or the first digits of its digest.
fn version(image: &str) -> Option<String> {
    let (reference, digest) = match image.split_once('@') {
        Some((reference, digest)) => (reference, Some(digest)),
        None => (image, None),
    };
    let last = reference.rsplit('/').next().unwrap_or(reference);
    let tag = last.split_once(':').map(|(_, tag)| tag.to_owned());
    let short = || digest.map(|digest| digest.rsplit(':').next().unwrap_or(digest).chars().take(12).collect());
    let version = naming::label_value(&tag.or_else(short)?);
    Some(version).filter(|version| !version.is_empty())
}
