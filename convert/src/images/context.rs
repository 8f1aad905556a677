//! A context: what its image is called, and its files.

use super::block::{Block, block, file, text};
use super::shell::quoted;
use super::{dockerfile, fetch, folder};
use crate::provenance::Trace;
use crate::{File, Platform, naming};
use caravan_convert_lift::plconfig::{Arch, PlConfig};

/// Letters of the digest of a context that are its image's tag.
const TAG: usize = 16;

/// The image that is built for the app's function; none where every component that runs it names another one. Its tag is a
/// digest of the context: what is built of something else is another image.
pub(crate) fn reference(config: &PlConfig, platform: &Platform) -> Option<String> {
    let context = Context::of(config, platform)?;
    let mut content = text(&context.dockerfile);
    content.push_str(context.fetch.as_deref().map(text).unwrap_or_default().as_str());
    content.push_str(context.platforms);
    let tag = naming::digest(content.as_bytes(), TAG);
    Some(format!("{}/{}/{}:{tag}", platform.images.registry, config.team, config.app))
}

/// The files of the context by their paths in the tree; none where nothing is built.
pub(crate) fn files(config: &PlConfig, platform: &Platform, environment: &str, trace: Trace) -> Vec<(String, File)> {
    let (Some(context), Some(image)) = (Context::of(config, platform), reference(config, platform)) else {
        return Vec::new();
    };
    let at = folder(&config.team, &config.app, environment);
    let settings = settings(&context, &image);
    let mut files = vec![
        (format!("{at}/Dockerfile"), file(context.dockerfile, trace)),
        (format!("{at}/build.env"), file(settings, trace)),
    ];
    if let Some(fetch) = context.fetch {
        let ignored = block(
            "# What fetch.sh brings.\n/client/\n/opt/\n/task/\n",
            ("ignored", "no code of a function goes into Git"),
            &[],
            &[],
        );
        files.push((format!("{at}/.gitignore"), file(vec![ignored], trace)));
        files.push((format!("{at}/fetch.sh"), file(fetch, trace)));
    }
    files
}

struct Context {
    dockerfile: Vec<Block>,
    fetch: Option<Vec<Block>>,
    base: String,
    platforms: &'static str,
}

impl Context {
    fn of(config: &PlConfig, platform: &Platform) -> Option<Self> {
        let function = config.function.as_ref().filter(|_| config.image.is_none())?;
        let mut built = config.components.values().filter(|one| one.trigger.is_some() && one.image.is_none());
        let arch = built.next()?.arch.unwrap_or(Arch::Amd64);
        Some(Self {
            dockerfile: dockerfile::blocks(config, function, platform)?,
            fetch: fetch::blocks(function, arch, platform),
            base: dockerfile::base(function, platform)?,
            platforms: match arch {
                Arch::Amd64 => "linux/amd64",
                Arch::Arm64 => "linux/arm64",
                Arch::Any => "linux/amd64,linux/arm64",
            },
        })
    }
}

/// What the pipeline reads of a context.
fn settings(context: &Context, image: &str) -> Vec<Block> {
    vec![
        block(
            format!("IMAGE={}\n", quoted(image)),
            ("image", "the registry, the team, the app, and a digest of the context"),
            &["/function", "/app", "/team"],
            &["images/registry", "images/front", "images/base", "user", "region"],
        ),
        block(
            format!("BASE={}\n", quoted(&context.base)),
            ("base", "the function's own image, or the base of its runtime"),
            &["/function"],
            &["images/base"],
        ),
        block(
            format!("PLATFORMS={}\n", quoted(context.platforms)),
            ("platforms", "the processors of the components that run it"),
            &["/components"],
            &[],
        ),
    ]
}
