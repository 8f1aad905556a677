//! The command line as clap sees it. Nothing here does anything.

use crate::commands::{
    assess, completions, convert, cutover, decide, demo, discover, doctor, domains, init, inventory, man, new, people,
    plan, rehearse, render, schema, tui, why,
};
use crate::global::Global;
use clap::{Parser, Subcommand};

/// Moves EC2, ECS, Lambda and Cloudflare Workers onto Kubernetes, and the customers' domains with them.
#[derive(Debug, Parser)]
#[command(name = "caravan", version, max_term_width = 100, after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands; what each does stands with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::InitArgs),
    Demo(demo::DemoArgs),
    Discover(discover::DiscoverArgs),
    /// Show, export and import what was found
    #[command(subcommand)]
    Inventory(inventory::InventoryCommand),
    Assess(assess::AssessArgs),
    Decide(decide::DecideArgs),
    Convert(convert::ConvertArgs),
    Render(render::RenderArgs),
    Why(why::WhyArgs),
    /// Draft, show, seal and approve waves
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    Rehearse(rehearse::RehearseArgs),
    /// Move traffic: start, run and watch a wave, and take it back
    #[command(subcommand)]
    Cutover(cutover::CutoverCommand),
    /// Customers' hostnames: list, look up, plan their certificates, write their documents
    #[command(subcommand)]
    Domains(domains::DomainsCommand),
    /// Begin something new: an app
    #[command(subcommand)]
    New(new::NewCommand),
    /// Who is in which team, and what a change of that does where
    #[command(subcommand)]
    People(people::PeopleCommand),
    Tui(tui::TuiArgs),
    Doctor(doctor::DoctorArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

const EXIT_CODES: &str = "\
Exit codes:
    0  done; of a run: ended on the new side
    1  failed
    2  usage, or a missing confirmation
    3  configuration
    4  authentication or permission
    5  partial scan
   10  differences
   11  not ready, or unaccounted fields
   20  a run waits at a gate
   21  a run is halted: a person must look
   22  a run was rolled back: ended on the old side
   23  a rollback is incomplete, a person is needed
   24  another driver holds the lease
   25  a run ended elsewhere: a target left to others, or released half-way
  129  the terminal is gone (SIGHUP)
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)";

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
