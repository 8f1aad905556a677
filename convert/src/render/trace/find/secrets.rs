//! The places behind variables and secrets.

use super::places::{fitting, in_containers, places, plconfig};
use super::storage::{Mounted, mounted};
use super::workload::container;
use crate::located::push_step;
use crate::provenance::Origin;
use crate::render::trace::field::Field;
use crate::render::trace::line::{Line, component, containers};
use crate::render::{app, auth, pull, secrets, volume};

/// The variable of a container: its own secret, its own value, the app's secret, the app's value, or what `uses` gives.
pub(in crate::render::trace) fn variable(line: &Line<'_>) -> Vec<Origin> {
    let fields = [
        Field::Container("secrets/{name}"),
        Field::Container("env/{name}"),
        Field::App("secrets/{name}"),
        Field::App("env/{name}"),
    ];
    if let Some(origin) = fields.into_iter().find_map(|field| line.origin(field)) {
        return vec![origin];
    }
    let name = line.text("/name");
    places(line, &["/uses/*".to_owned()], |using| using["env"].as_str() == name)
}

/// The secrets that one key of the app's Secret, or of a Secret of files, stands for.
pub(in crate::render::trace) fn secret_of_key(line: &Line<'_>) -> Vec<Origin> {
    if line.name() != secrets::secret_name(line.app) {
        return secret_object(line);
    }
    let key = line.text("/secretKey").unwrap_or_default();
    let patterns = [vec!["/secrets/*".to_owned()], in_containers(line, "secrets/*")].concat();
    let found = patterns.iter().flat_map(|pattern| fitting(line.config, pattern)).filter(|(pointer, text)| {
        let name = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let name = secrets::fitting(&name);
        let of_key = key == name || key.strip_suffix(name.as_str()).is_some_and(|scope| scope.ends_with('.'));
        let reference = secrets::parse("", text.as_str().unwrap_or_default(), &line.app.namespace);
        let data = reference.map(|reference| serde_json::to_value(reference.data(line.app, key.to_owned())));
        of_key && data.is_ok_and(|data| data.is_ok_and(|data| data == *line.item))
    });
    found.map(|(pointer, _)| plconfig(pointer)).collect()
}

/// What an ExternalSecret is there for: all secrets of variables, one of files, or one that opens a registry.
pub(in crate::render::trace) fn secret_object(line: &Line<'_>) -> Vec<Origin> {
    if line.name() == secrets::secret_name(line.app) {
        return places(line, &[vec!["/secrets/*".to_owned()], in_containers(line, "secrets/*")].concat(), |_| true);
    }
    if line.name() == auth::secret_name(line.app) {
        let who = places(line, &["/components/*/ingress/auth".to_owned()], |_| true);
        return [who, line.all(&[Field::App("app"), Field::Environment])].concat();
    }
    for part in line.parts {
        let at = (0..part.component.pull_secrets.len()).find(|at| pull::name(part, *at) == line.name());
        if let Some(at) = at {
            return vec![plconfig(format!("{}/pull_secrets/{at}", component(part.key)))];
        }
        let of_files = |volume: &&Mounted| volume.is_secret && volume::secret_name(part, &volume.name) == line.name();
        if let Some(volume) = mounted(line, part).iter().find(of_files) {
            return vec![plconfig(volume.pointer.clone())];
        }
    }
    Vec::new()
}

/// The images whose registries a Secret opens.
pub(in crate::render::trace) fn images(line: &Line<'_>) -> Vec<Origin> {
    let own =
        |part: &&app::Part<'_>| (0..part.component.pull_secrets.len()).any(|at| pull::name(part, at) == line.name());
    let bases = line.parts.iter().filter(own).flat_map(containers).map(|(_, base)| format!("{base}/image"));
    let named = places(line, &bases.chain(["/image".to_owned()]).collect::<Vec<_>>(), |_| true);
    [named, super::function::built(line)].concat()
}

/// The key of a variable in the app's Secret: the container's name stands before it where two secrets share one name.
pub(in crate::render::trace) fn variable_key(line: &Line<'_>) -> Vec<Origin> {
    let mut name = String::new();
    push_step(&mut name, line.text("/name").unwrap_or_default());
    [variable(line), sharing(line, &name), container(line)].concat()
}

/// The key of one secret in the app's Secret.
pub(in crate::render::trace) fn secret_key(line: &Line<'_>) -> Vec<Origin> {
    let mut found = secret_of_key(line);
    for origin in found.clone() {
        let Origin::Plconfig { pointer } = origin else { continue };
        if let Some((place, name)) = pointer.split_once("/secrets/") {
            found.extend(sharing(line, &format!("/{name}")));
            found.extend(line.at(place.strip_suffix("/container").unwrap_or(place)).filter(|_| !place.is_empty()));
        }
    }
    found
}

/// The secrets of one name, in all of the app.
fn sharing(line: &Line<'_>, name: &str) -> Vec<Origin> {
    let everywhere = line.parts.iter().flat_map(containers).map(|(_, base)| format!("{base}/secrets{name}"));
    places(line, &everywhere.chain([format!("/secrets{name}")]).collect::<Vec<_>>(), |_| true)
}

/// The name of a Secret: the app's, and what it is there for.
pub(in crate::render::trace) fn secret_name(line: &Line<'_>) -> Vec<Origin> {
    [line.all(&[Field::App("app")]), secret_object(line)].concat()
}

/// Where a secret lies: what is in the team's own store lies in the folder of its namespace.
pub(in crate::render::trace) fn remote(line: &Line<'_>) -> Vec<Origin> {
    let folder = [Field::App("team"), Field::Setting("namespace_prefix")];
    [secret_of_key(line), line.all(&folder)].concat()
}
