//! The command line of Caravan: parse, run, end with a documented exit code.

mod answer_secrets;
mod assessing;
mod cli;
mod clock;
mod clouds;
mod commands;
mod config;
mod costing;
mod cutover_world;
mod decisions;
mod demo_world;
mod deployed;
mod dispatch;
mod env;
mod error;
mod exit;
mod files;
mod forward_guard;
mod global;
mod governed;
mod inventory_db;
mod journal_db;
mod lifting;
mod metrics;
mod money;
mod moving;
mod notifications;
mod operator;
mod origins;
mod paths;
mod people;
mod permit;
mod printer;
mod probes;
mod progress;
mod proposing;
mod reference;
mod rollback_scripts;
mod runnable;
mod shared;
mod shell;
mod signals;
mod suggest;
mod table;
mod tree;
mod wave_edit;
mod waves;
mod who;
mod world;
mod wrap;
mod yaml;

use clap::{CommandFactory, FromArgMatches};
use std::process::ExitCode;

/// A conversion makes and drops a thousand small texts for each workload: docs/decisions/0017.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A broken pipe is the reader's business: help was asked for, or the command line is wrong, either way.
            let _printed = error.print();
            return if error.use_stderr() { exit::Exit::Usage } else { exit::Exit::Done }.into();
        }
    };
    // Clients take the process's provider; another one may only have been installed by ourselves.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let printer = printer::Printer::new(&cli.global, &cli::Cli::command());
    let after_signal = dispatch::after_signal(&cli.command);
    let takes_interrupts = dispatch::takes_interrupts(&cli.command);
    let grace = dispatch::grace(&cli.command);
    match signals::run_until_signal(move || dispatch::run(cli), after_signal, takes_interrupts, grace) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            printer.failure(&failure);
            failure.exit().into()
        }
    }
}

fn parse() -> Result<cli::Cli, clap::Error> {
    let mut command = cli::Cli::command().color(cli::clap_color(std::env::args_os()));
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    cli::Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}
