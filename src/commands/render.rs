//! `caravan render`: one plconfig.yaml to manifests.

use crate::config::Config;
use crate::error::{Failure, FailureKind, read_text};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{file_closed, render_file};
use caravan_convert_lift::plconfig::PlConfig;
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Turn one plconfig.yaml into manifests on standard output, with the platform's settings of caravan.yaml
///
/// A plconfig.yaml that is wrong ends the command with 3.
#[derive(Args, Debug)]
pub(crate) struct RenderArgs {
    /// The plconfig.yaml
    #[arg(value_name = "FILE")]
    file: Utf8PathBuf,
    /// The environment; may be left out where the file names only one
    #[arg(long, value_name = "ENVIRONMENT")]
    env: Option<String>,
    /// Compare with ENVIRONMENT/manifests.yaml beside the file instead; 10 when they differ
    #[arg(long)]
    check: bool,
}

/// `caravan.render/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    environments: Vec<Rendered>,
}

#[derive(Serialize)]
struct Rendered {
    environment: String,
    /// The text of manifests.yaml.
    manifests: String,
    /// Whether the file beside it is the same; null when nothing was compared.
    same: Option<bool>,
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read or rendered.
pub(crate) fn run(global: &Global, printer: &Printer, args: &RenderArgs) -> Result<Exit, Failure> {
    let platform = Config::load(&global.dir)?.platform;
    let text = read_text(&args.file, FailureKind::Work)?;
    let wrong =
        |error: &dyn std::fmt::Display| Failure::new(FailureKind::Configuration, format!("{}: {error}", args.file));
    let config = PlConfig::read(&text).map_err(|error| wrong(&error))?;
    let mut environments = Vec::new();
    for environment in environments_of(args, &config)? {
        let manifests = render_file(&text, &environment, &platform).map_err(|error| wrong(&error))?;
        let same = args.check.then(|| is_same(&args.file, &environment, &manifests)).transpose()?;
        environments.push(Rendered { environment, manifests, same });
    }
    for (environment, components) in file_closed(&text, &platform).map_err(|error| wrong(&error))? {
        if environments.iter().any(|rendered| rendered.environment == environment.as_str()) {
            printer.warning(&format!(
                "in {environment} nobody comes in to {}: it asks who callers are, and `platform.auth.issuer` in caravan.yaml does not say \
                 who says it",
                components.join(", ")
            ));
        }
    }
    let differs = environments.iter().any(|rendered| rendered.same == Some(false));
    write(printer, args, environments)?;
    Ok(if differs { Exit::Differences } else { Exit::Done })
}

/// The environments to render: the one that is asked for, the only one, or all of them to compare.
fn environments_of(args: &RenderArgs, config: &PlConfig) -> Result<Vec<String>, Failure> {
    let named: Vec<String> = config.environments.keys().cloned().collect();
    match (&args.env, named.as_slice()) {
        (Some(environment), _) => Ok(vec![environment.clone()]),
        (None, [_]) => Ok(named),
        (None, [_, ..]) if args.check => Ok(named),
        (None, []) => Err(Failure::new(FailureKind::Usage, format!("{} names no environment", args.file))
            .hint("say which one is meant: `--env ENVIRONMENT`")),
        (None, _) => Err(Failure::new(FailureKind::Usage, format!("{} has several environments", args.file))
            .hint(format!("say which one: `--env` {}", named.join(", ")))),
    }
}

fn manifests_path(file: &Utf8Path, environment: &str) -> Utf8PathBuf {
    file.parent().unwrap_or(Utf8Path::new("")).join(environment).join("manifests.yaml")
}

/// Whether the manifests beside the plconfig are these.
fn is_same(file: &Utf8Path, environment: &str, manifests: &str) -> Result<bool, Failure> {
    let path = manifests_path(file, environment);
    match path.try_exists() {
        Ok(false) => Ok(false),
        _ => Ok(read_text(&path, FailureKind::Work)? == manifests),
    }
}

fn write(printer: &Printer, args: &RenderArgs, environments: Vec<Rendered>) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.json(&Document { schema: "caravan.render/v1", environments });
    }
    printer.text(|out| {
        environments.iter().try_for_each(|rendered| match rendered.same {
            None => out.write_all(rendered.manifests.as_bytes()),
            Some(true) => Ok(()),
            Some(false) => writeln!(out, "{} differs", manifests_path(&args.file, &rendered.environment)),
        })
    })
}
