//! The command line as clap sees it. Nothing here does anything.

use crate::commands::{
    completions, convert, cutover, decide, demo, discover, doctor, inventory, plan, rehearse, render,
};
use crate::env;
use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Moves EC2, ECS, Lambda and Cloudflare Workers onto Kubernetes, and the customers' domains with them.
#[derive(Debug, Parser)]
#[command(name = "caravan", version, max_term_width = 100, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where caravan.yaml, inventory.db and decisions.yaml lie
    #[arg(long, global = true, value_name = "DIR", default_value = ".", env = env::CARAVAN_DIR, hide_env_values = true)]
    pub(crate) dir: Utf8PathBuf,
    /// How the answer is written to standard output: text for people, or one JSON document
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
    /// Say nothing but the answer, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Refuse, with exit code 2, every command that would write a file or a database
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    // Text for people.
    Human,
    // One JSON document, which begins with its `schema`.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorChoice {
    // In a terminal.
    Auto,
    // Even in a pipe.
    Always,
    // Not at all.
    Never,
}

/// The commands; what each does stands with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::DemoArgs),
    Discover(discover::DiscoverArgs),
    /// Show, export and import what was found
    #[command(subcommand)]
    Inventory(inventory::InventoryCommand),
    Decide(decide::DecideArgs),
    Convert(convert::ConvertArgs),
    Render(render::RenderArgs),
    /// Draft, show, seal and approve waves
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    Rehearse(rehearse::RehearseArgs),
    /// Move traffic: start, run and watch a wave, and take it back
    #[command(subcommand)]
    Cutover(cutover::CutoverCommand),
    Doctor(doctor::DoctorArgs),
    Completions(completions::CompletionsArgs),
}

const EXIT_CODES: &str = "\
Exit codes:
  0 done · 1 failed · 2 usage or missing confirmation · 3 configuration · 4 authentication or
  permission · 5 partial scan · 10 differences · 11 not ready, or unaccounted fields ·
  20 waiting at a gate · 21 halted, traffic safe · 22 rolled back · 23 rollback incomplete, a
  person is needed · 24 lease held by another · 130/143 signals";

/// What `--color` says, before anything is parsed: help and usage errors are coloured, too.
pub(crate) fn clap_color(args: impl Iterator<Item = std::ffi::OsString>) -> clap::ColorChoice {
    let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let value = args.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--color") {
        Some("") => args.get(at + 1).map(String::as_str),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    match value {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    }
}
