//! The program `caravan-front`.

mod cli;

use bytes::Bytes;
use caravan_convert_front::{Config, run, say};
use clap::Parser;
use cli::{Cli, Order};
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// What can't be read: the command line, the configuration, the event.
const USAGE: u8 = 2;

/// It could not begin.
const BEGIN: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match configuration(cli.config.as_deref()) {
        Ok(config) => Arc::new(config),
        Err(error) => return end(USAGE, &error),
    };
    // One thread: a request passes through without waiting for another, and memory stays small.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(BEGIN, &error.to_string()),
    };
    match cli.command.unwrap_or(Order::Serve) {
        Order::Serve => match runtime.block_on(run::serve(config)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => end(BEGIN, &error.to_string()),
        },
        Order::Invoke { event, output } => {
            let event = match event.as_deref().map(read_event).transpose() {
                Ok(event) => event,
                Err(error) => return end(USAGE, &error),
            };
            match runtime.block_on(run::invoke(config, event)) {
                Err(error) => end(BEGIN, &error.to_string()),
                Ok(Err(_)) => end(1, "the invocation failed"),
                Ok(Ok(answer)) => match output.map(|file| write(&file, &answer)) {
                    Some(Err(error)) => end(1, &error),
                    _ => ExitCode::SUCCESS,
                },
            }
        }
        Order::Check => ExitCode::SUCCESS,
    }
}

fn end(code: u8, why: &str) -> ExitCode {
    say(why);
    ExitCode::from(code)
}

#[expect(clippy::disallowed_methods, reason = "only the program reads the environment and the configuration's file")]
fn configuration(file: Option<&Path>) -> Result<Config, String> {
    let variable = std::env::var("CARAVAN_FRONT_CONFIG").ok();
    let (name, document) = match (file, variable) {
        (None, Some(text)) if text.trim_start().starts_with('{') => ("CARAVAN_FRONT_CONFIG".to_owned(), text),
        (None, None) => return Err("no configuration: --config FILE, or CARAVAN_FRONT_CONFIG".to_owned()),
        (Some(file), _) => (
            file.display().to_string(),
            std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?,
        ),
        (None, Some(file)) => {
            let document = std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
            (file, document)
        }
    };
    Config::read(&document).map_err(|error| format!("{name}: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "the event is a file")]
fn read_event(file: &Path) -> Result<Bytes, String> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| named(&error))?;
    } else {
        bytes = std::fs::read(file).map_err(|error| named(&error))?;
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
        .map_err(|error| named(&format!("Could not parse request body into json: {error}")))?;
    if bytes.len() > caravan_convert_front::MAX_EVENT {
        return Err(named(&"the event is larger than 6 MB"));
    }
    Ok(Bytes::from(bytes))
}

#[expect(clippy::disallowed_methods, reason = "the answer goes to a file")]
fn write(file: &Path, answer: &[u8]) -> Result<(), String> {
    std::fs::write(file, answer).map_err(|error| format!("{}: {error}", file.display()))
}
