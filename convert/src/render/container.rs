//! One container, main or beside it.

use super::app::Part;
use super::probe::{ContainerProbes, probes};
use super::secrets::{self, Secrets};
use super::security::security_context;
use super::view::{Port, View, some};
use super::volume::Mounts;
use super::{RenderError, escape};
use caravan_convert_lift::plconfig::{ComponentType, Resources, is_quantity};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

impl View<'_> {
    /// The container.
    pub(super) fn render(
        &self,
        part: &Part<'_>,
        secrets: &mut Secrets,
        mounts: &Mounts,
        ports: &[Port],
    ) -> Result<core::Container, RenderError> {
        let main = self.place.is_empty();
        let port = self.port.or_else(|| ports.first().map(|port| port.number));
        let serves = main && part.component.kind == ComponentType::Web;
        let ContainerProbes { ready, live, startup } = probes(part, &self.at("health"), self.health, port, serves)?;
        Ok(core::Container {
            name: self.name.clone(),
            image: Some(self.image.to_owned()),
            command: self.words(part, "command", self.command)?,
            args: self.words(part, "args", self.args)?,
            working_dir: self.workdir.cloned(),
            ports: some(ports.iter().map(container_port).collect()),
            env: some(self.env(part, secrets)?),
            resources: self.resources.map(|resources| self.needs(part, resources)).transpose()?.flatten(),
            startup_probe: startup,
            readiness_probe: ready,
            liveness_probe: live,
            security_context: Some(security_context(part, self)?),
            volume_mounts: some(mounts.of(&self.name)),
            stdin: self.stdin.filter(|yes| *yes),
            tty: self.tty.filter(|yes| *yes),
            ..core::Container::default()
        })
    }

    /// A command or its arguments; whatever they refer to must be there.
    fn words(
        &self,
        part: &Part<'_>,
        field: &str,
        words: Option<&Vec<String>>,
    ) -> Result<Option<Vec<String>>, RenderError> {
        let Some(words) = words else { return Ok(None) };
        let app = part.app.config;
        let missing = words.iter().flat_map(|word| escape::references(word)).find(|name| {
            !self.secrets.contains_key(*name) && !app.secrets.contains_key(*name) && !self.env.contains_key(*name)
        });
        match missing {
            None => Ok(Some(words.iter().map(|word| escape::command(word)).collect())),
            Some(name) => Err(part.error(&self.at(field), format!("`{name}` is not in `secrets`"))),
        }
    }

    /// The environment: the app's, overridden by the container's own, in each a secret over a plain value.
    fn env(&self, part: &Part<'_>, secrets: &mut Secrets) -> Result<Vec<core::EnvVar>, RenderError> {
        let config = part.app.config;
        let mut plain: BTreeMap<&str, std::borrow::Cow<'_, str>> = BTreeMap::new();
        plain.extend(part.app.used().map(|(name, value)| (name, value.into())));
        plain.extend(config.env.iter().map(|(name, value)| (name.as_str(), value.as_str().into())));
        plain.extend(self.env.iter().map(|(name, value)| (name.as_str(), value.as_str().into())));
        let mut referred: BTreeMap<&str, &str> = BTreeMap::new();
        let shared = config.secrets.iter().filter(|(name, _)| !self.env.contains_key(*name));
        referred.extend(shared.map(|(name, text)| (name.as_str(), text.as_str())));
        referred.extend(self.secrets.iter().map(|(name, text)| (name.as_str(), text.as_str())));

        let mut out = Vec::with_capacity(plain.len() + referred.len());
        for (name, value) in &plain {
            self.check_name(part, name)?;
            if !referred.contains_key(name) {
                let value = Some(escape::literal(value));
                out.push(core::EnvVar { name: (*name).to_owned(), value, value_from: None });
            }
        }
        let scope = if self.place.is_empty() { part.key.to_owned() } else { format!("{}.{}", part.key, self.name) };
        for (name, text) in referred {
            self.check_name(part, name)?;
            let reference =
                secrets::parse(&part.place(&self.at(&format!("secrets.{name}"))), text, &part.app.namespace)?;
            let selector = core::SecretKeySelector {
                name: secrets::secret_name(part.app),
                key: secrets.key(&scope, name, reference),
                optional: None,
            };
            let from = core::EnvVarSource { secret_key_ref: Some(selector), ..core::EnvVarSource::default() };
            out.push(core::EnvVar { name: name.to_owned(), value: None, value_from: Some(from) });
        }
        Ok(out)
    }

    /// Kubernetes takes every printable ASCII character but `=`.
    fn check_name(&self, part: &Part<'_>, name: &str) -> Result<(), RenderError> {
        let legal = !name.is_empty() && name.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=');
        if legal {
            Ok(())
        } else {
            Err(part.error(&self.at("env"), format!("`{name}` can't be the name of a variable")))
        }
    }

    /// Requests and limits: memory is limited to what is requested unless `memory_limit` says otherwise; the processor
    /// is never limited; what is not said stays unsaid.
    fn needs(&self, part: &Part<'_>, needs: &Resources) -> Result<Option<core::ResourceRequirements>, RenderError> {
        let check = |field: &str, text: &Option<String>| match text {
            Some(text) if !is_quantity(text) => Err(part.error(
                &self.at(&format!("resources.{field}")),
                format!("`{text}` is no quantity such as 250m or 384Mi"),
            )),
            text => Ok(text.clone().map(Quantity)),
        };
        let (mut requests, mut limits) = (BTreeMap::new(), BTreeMap::new());
        let memory = check("memory", &needs.memory)?;
        let limit = match needs.memory_limit.as_deref() {
            Some("none") => None,
            Some(_) => check("memory_limit", &needs.memory_limit)?,
            None => memory.clone(),
        };
        let gpu = needs.gpu.map(|count| Quantity(count.to_string()));
        insert(&mut requests, "cpu", check("cpu", &needs.cpu)?);
        insert(&mut requests, "memory", memory);
        insert(&mut requests, "ephemeral-storage", check("disk", &needs.disk)?);
        insert(&mut limits, "memory", limit);
        insert(&mut limits, "nvidia.com/gpu", gpu);
        if requests.is_empty() && limits.is_empty() {
            return Ok(None);
        }
        let some = |map: BTreeMap<_, _>| if map.is_empty() { None } else { Some(map) };
        Ok(Some(core::ResourceRequirements { requests: some(requests), limits: some(limits), claims: None }))
    }
}

fn container_port(port: &Port) -> core::ContainerPort {
    core::ContainerPort {
        name: Some(port.name.clone()),
        container_port: i32::from(port.number),
        protocol: Some(port.protocol.to_owned()),
        ..core::ContainerPort::default()
    }
}

fn insert(map: &mut BTreeMap<String, Quantity>, key: &str, value: Option<Quantity>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value);
    }
}
