//! The contexts from which the images of functions, Workers and machines are built, and what builds all of them.
//!
//! In: an app's `function` and the platform's settings. Out: the files of `images/<team>/<app>/<environment>/`, those of the
//! front's own image, and the pipelines, which are the same for every app. Nothing of a function's code is among them:
//! a script of the context fetches it and checks its hash when the image is built.

mod block;
mod context;
mod dockerfile;
mod fetch;
mod machine;
mod pipeline;
mod shell;
mod worker;

pub(crate) use context::{files, reference};
pub(crate) type Modules = std::collections::BTreeMap<String, String>;
pub(crate) use pipeline::files as shared;

/// Where the front reads its configuration, in the image of a function.
pub(crate) const FRONT_CONFIG: &str = "/etc/caravan/front.yaml";

/// The folder of a context in the tree.
pub(crate) fn folder(team: &str, app: &str, environment: &str) -> String {
    format!("images/{team}/{app}/{environment}")
}
