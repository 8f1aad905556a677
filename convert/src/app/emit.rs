//! Everything that is generated for an app in one environment: the emitters, and the files that they make.

use crate::provenance::Trace;
use crate::render::{self, Manifests, Object, RenderError, Scope};
use crate::{AppAuth, AppRoles, File, Needs, Platform, images};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_inventory::{EnvironmentName, Redacted, TeamName};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What an emitter makes its files of.
pub(super) struct EmitterInput<'a> {
    /// What holds in the environment, its `environments` merged already.
    pub(super) config: &'a PlConfig,
    pub(super) platform: &'a Platform,
    pub(super) environment: &'a EnvironmentName,
    /// The app's folder in the tree, without a `/` at its end.
    pub(super) folder: &'a str,
    /// The texts of modules by their digests.
    pub(super) modules: &'a images::Modules,
    pub(super) trace: Trace,
}

/// What emitters make their files of besides: the manifests of the app's namespace, and what stands in none.
pub(super) struct Objects {
    team: Vec<Object>,
    cluster: Vec<Object>,
}

/// Files by their paths in the tree. Equal input gives equal bytes (C3).
pub(super) type Files = Vec<(String, File)>;

/// Makes files for an app in one environment. One that is for the whole app has the same bytes in each.
pub(super) type Emitter = fn(&EmitterInput<'_>, &Objects) -> Result<Files, RenderError>;

/// Every emitter. What one makes is merged with what stands there as all that is generated is (C4).
pub(super) const EMITTERS: &[Emitter] = &[manifests, cluster_wide, function_images];

fn manifests(input: &EmitterInput<'_>, objects: &Objects) -> Result<Files, RenderError> {
    Ok(vec![(manifests_path(input.folder, input.environment), text(input, &objects.team)?)])
}

/// What stands in no namespace: the platform's tree carries it, since no team may.
fn cluster_wide(input: &EmitterInput<'_>, objects: &Objects) -> Result<Files, RenderError> {
    if objects.cluster.is_empty() {
        return Ok(Files::new());
    }
    let (environment, config) = (input.environment, input.config);
    // A team's name has no dot, and no app's has one.
    let path = format!("deployment/platform/{environment}/volumes/{}.{}.yaml", config.team, config.app);
    Ok(vec![(path, text(input, &objects.cluster)?)])
}

fn text(input: &EmitterInput<'_>, objects: &[Object]) -> Result<File, RenderError> {
    let environment = input.environment.as_str();
    let Manifests { text, provenance } =
        render::traced(objects, input.config, input.platform, environment, input.trace)?;
    Ok(File { bytes: text.into_bytes(), provenance })
}

/// The context of the image of a function or a Worker, and what builds the contexts of all apps.
fn function_images(input: &EmitterInput<'_>, _: &Objects) -> Result<Files, RenderError> {
    let config = input.config.with_profile();
    let mut files = images::files(&config, input.platform, input.environment.as_str(), input.modules, input.trace)?;
    if !files.is_empty() {
        files.extend(images::shared(input.platform, input.trace));
    }
    Ok(files)
}

/// Where an environment's manifests stand.
pub(super) fn manifests_path(folder: &str, environment: &EnvironmentName) -> String {
    format!("{folder}/{environment}/manifests.yaml")
}

/// What is generated for an app in one environment.
pub(super) struct Emitted {
    /// The files of all emitters.
    pub(super) files: Files,
    /// The names that it takes in the cluster.
    pub(super) names: Vec<String>,
    /// What it asks of the platform.
    pub(super) needs: Needs,
    /// The roles whose rights it takes over, if there are any.
    pub(super) roles: Option<AppRoles>,
    /// What it needs at whoever says who callers are.
    pub(super) auth: Option<AppAuth>,
    /// Its components that let nobody in, since nobody says who callers are.
    pub(super) closed: Vec<String>,
}

/// What all emitters make.
///
/// # Errors
/// For a person: what can't be emitted, or which file would carry the fingerprint of a secret (D1).
pub(super) fn emit(emitters: &[Emitter], input: &EmitterInput<'_>) -> Result<Emitted, String> {
    let objects = render::objects(input.config, input.platform, input.environment.as_str());
    let objects = objects.map_err(|error| error.to_string())?;
    let (names, needs) = (render::names(&objects), Needs::of(&objects));
    let auth = render::auth_of(input.config, input.platform, input.environment, &objects);
    let auth = auth.map_err(|error| error.to_string())?;
    let closed = render::closed(input.config, input.platform, input.environment.as_str());
    let closed = closed.into_iter().map(str::to_owned).collect();
    let (team, cluster) = objects.into_iter().partition(|object| Scope::Team.has(object));
    let objects = Objects { team, cluster };
    let mut files = Files::new();
    for emitter in emitters {
        files.extend(emitter(input, &objects).map_err(|error| error.to_string())?);
    }
    match files.iter().find(|(_, file)| Redacted::is_in(&String::from_utf8_lossy(&file.bytes))) {
        Some((path, _)) => Err(fingerprint(path)),
        None => Ok(Emitted { files, names, needs, roles: roles(input), auth, closed }),
    }
}

/// The roles that the app takes over, with the ServiceAccount that gets their rights.
fn roles(input: &EmitterInput<'_>) -> Option<AppRoles> {
    let EmitterInput { config, platform, environment, .. } = input;
    let roles: Vec<String> = render::roles(config).map(str::to_owned).collect();
    (!roles.is_empty()).then(|| AppRoles {
        team: TeamName::new(&config.team),
        app: config.app.clone(),
        environment: (*environment).clone(),
        namespace: platform.namespace(&config.team),
        service_account: render::service_account_name(config),
        roles,
    })
}

/// Why something that carries the mark of a secret is not written.
pub(crate) fn fingerprint(what: &str) -> String {
    format!("{what} would carry the fingerprint of a secret; this is a fault of caravan: please report it")
}

/// The files of all environments by path; none where two of one path differ.
pub(super) fn together(files: impl IntoIterator<Item = (String, File)>) -> BTreeMap<String, Option<File>> {
    let mut all = BTreeMap::new();
    for (path, file) in files {
        match all.entry(path) {
            Entry::Vacant(first) => drop(first.insert(Some(file))),
            Entry::Occupied(mut one) => {
                if one.get().as_ref().is_some_and(|one| one.bytes != file.bytes) {
                    one.insert(None);
                }
            }
        }
    }
    all
}
