//! A context of a function or of a Worker: what its image is called, and its files.

use super::block::{Block, block, file, text};
use super::shell::quoted;
use super::{Modules, dockerfile, fetch, folder, machine, worker};
use crate::provenance::Trace;
use crate::render_error::RenderError;
use crate::{File, Platform, naming};
use caravan_convert_lift::plconfig::{Arch, PlConfig};

/// Letters of the digest of a context that are its image's tag.
const TAG: usize = 16;

/// The image that is built for the app's function or Worker; none where every component that runs it names another one. Its tag is a
/// digest of the context: what is built of something else is another image.
pub(crate) fn reference(config: &PlConfig, platform: &Platform) -> Option<String> {
    if let Some(worker) = worker::built(config) {
        let mut content = text(&worker::dockerfile(config));
        content.push_str(&text(&worker::configuration(config, worker, false)));
        worker::clock(config, worker).iter().for_each(|(_, lines)| content.push_str(&text(lines)));
        let beside = worker.beside.values().flat_map(|one| &one.modules);
        worker.modules.iter().chain(beside).for_each(|module| content.push_str(&module.sha256));
        return Some(named(config, platform, &content));
    }
    if let Some(built) = machine::built(config) {
        let mut content = text(&machine::dockerfile(config, built));
        content.push_str(&text(&machine::entry(built)));
        content.push_str(&machine::fetch(built).as_deref().map(text).unwrap_or_default());
        machine::contents(built).for_each(|(_, blocks)| content.push_str(&text(&blocks)));
        content.push_str(machine::platforms(config));
        return Some(named(config, platform, &content));
    }
    let context = Context::of(config, platform)?;
    let mut content = text(&context.dockerfile);
    content.push_str(context.fetch.as_deref().map(text).unwrap_or_default().as_str());
    content.push_str(context.platforms);
    Some(named(config, platform, &content))
}

fn named(config: &PlConfig, platform: &Platform, content: &str) -> String {
    let tag = naming::digest(content.as_bytes(), TAG);
    format!("{}/{}/{}:{tag}", platform.images.registry, config.team, config.app)
}

/// The files of the context of a Worker.
fn of_worker(
    config: &PlConfig,
    platform: &Platform,
    at: &str,
    modules: &Modules,
    trace: Trace,
) -> Result<Vec<(String, File)>, RenderError> {
    let (Some(worker), Some(image)) = (worker::built(config), reference(config, platform)) else {
        return Ok(Vec::new());
    };
    let settings = [
        (
            format!("IMAGE={}\n", quoted(&image)),
            "image",
            "the registry, the team, the app, and a digest of the context",
        ),
        (format!("BASE={}\n", quoted(worker::BASE)), "base", "a Node that fetches workerd, whose C library it runs by"),
        ("PLATFORMS='linux/amd64'\n".to_owned(), "platforms", "the processors of the components that run it"),
    ];
    let settings = settings
        .map(|(text, name, says)| block(text, (name, says), &["/worker", "/app", "/team"], &["images/registry"]));
    let mut files = vec![
        (format!("{at}/Dockerfile"), file(worker::dockerfile(config), trace)),
        (format!("{at}/build.env"), file(settings.into(), trace)),
        (format!("{at}/config.capnp"), file(worker::configuration(config, worker, false), trace)),
    ];
    let clock = worker::clock(config, worker).into_iter();
    files.extend(clock.map(|(name, lines)| (format!("{at}/{name}"), file(lines, trace))));
    let own = worker.modules.iter().map(|module| (worker::MODULES.to_owned(), module));
    let beside = worker
        .beside
        .iter()
        .flat_map(|(name, one)| one.modules.iter().map(move |module| (format!("{}/{name}", worker::BESIDE), module)));
    for (folder, module) in own.chain(beside) {
        let Some(text) = modules.get(&module.sha256) else {
            let problem = "its text is not in the inventory: run `caravan discover --files` over its repository, and convert again";
            return Err(RenderError::new("worker.modules", format!("`{}`: {problem}", module.name)));
        };
        let rule = ("module", "a file of the script, as it was read");
        let path = format!("{at}/{folder}/{}", worker::file_name(module));
        let content = worker::file_content(module, text);
        files.push((path, file(vec![block(content, rule, &["/worker/modules"], &[])], trace)));
    }
    Ok(files)
}

/// The files of the context of a machine.
fn of_machine(config: &PlConfig, platform: &Platform, at: &str, trace: Trace) -> Vec<(String, File)> {
    let (Some(built), Some(image)) = (machine::built(config), reference(config, platform)) else { return Vec::new() };
    let settings = vec![
        block(
            format!("IMAGE={}\n", quoted(&image)),
            ("image", "the registry, the team, the app, and a digest of the context"),
            &["/machine", "/app", "/team"],
            &["images/registry"],
        ),
        block(format!("BASE={}\n", quoted(&built.base)), ("base", "the machine's own system"), &["/machine/base"], &[]),
        block(
            format!("PLATFORMS={}\n", quoted(machine::platforms(config))),
            ("platforms", "the processors of the components that run it"),
            &["/components"],
            &[],
        ),
    ];
    let mut files = vec![
        (format!("{at}/Dockerfile"), file(machine::dockerfile(config, built), trace)),
        (format!("{at}/build.env"), file(settings, trace)),
        (format!("{at}/{}", machine::ENTRY), file(machine::entry(built), trace)),
    ];
    if let Some(fetch) = machine::fetch(built) {
        let ignored = block(
            "# What fetch.sh brings.\n/fetched/\n",
            ("ignored", "nothing that is fetched goes into Git"),
            &[],
            &[],
        );
        files.push((format!("{at}/.gitignore"), file(vec![ignored], trace)));
        files.push((format!("{at}/fetch.sh"), file(fetch, trace)));
    }
    for (place, blocks) in machine::contents(built) {
        files.push((format!("{at}/{place}"), file(blocks, trace)));
    }
    files
}

/// The files of the context by their paths in the tree; none where nothing is built.
///
/// # Errors
/// When the text of a module of a Worker is not among `modules`.
pub(crate) fn files(
    config: &PlConfig,
    platform: &Platform,
    environment: &str,
    modules: &Modules,
    trace: Trace,
) -> Result<Vec<(String, File)>, RenderError> {
    let at = folder(&config.team, &config.app, environment);
    if config.worker.is_some() {
        return of_worker(config, platform, &at, modules, trace);
    }
    if config.machine.is_some() {
        return Ok(of_machine(config, platform, &at, trace));
    }
    let (Some(context), Some(image)) = (Context::of(config, platform), reference(config, platform)) else {
        return Ok(Vec::new());
    };
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
    Ok(files)
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
