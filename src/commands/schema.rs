//! `caravan schema`: the JSON Schema of a file or of an answer, made from its type.

use crate::commands::{convert, cutover, decide, domains, new, people, why};
use crate::config::Config;
use crate::decisions::Decided;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::printer::Printer;
use crate::suggest::did_you_mean;
use caravan_cutover::notice::Notice;
use caravan_plans::WaveSpec;
use clap::Args;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use std::io::Write;

/// Print the JSON Schema of a file that Caravan reads or writes, or of what a command answers with `--format json`
///
/// Without NAME, the names.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Which one
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// A file or an answer.
struct Described {
    name: &'static str,
    about: &'static str,
    schema: fn() -> Schema,
}

/// Everything that has a schema.
const DESCRIBED: &[Described] = &[
    Described { name: "plconfig", about: "plconfig.yaml", schema: caravan_convert_lift::plconfig::schema },
    Described { name: "configuration", about: "caravan.yaml", schema: read::<Config> },
    Described { name: "decisions", about: "decisions.yaml", schema: read::<Decided> },
    Described { name: "ledger", about: "ledger/**/*.json", schema: caravan_convert::ledger_schema },
    Described { name: "wave", about: "plans/wave-NAME.yaml", schema: read::<WaveSpec> },
    Described {
        name: "convert",
        about: "what `caravan convert` answers",
        schema: written::<convert::Document<'static>>,
    },
    Described {
        name: "questions",
        about: "what `caravan decide` answers",
        schema: written::<decide::Document<'static>>,
    },
    Described { name: "why", about: "what `caravan why` answers", schema: written::<why::Answer> },
    Described {
        name: "run",
        about: "what `caravan cutover status RUN` answers",
        schema: written::<cutover::RunAnswer>,
    },
    Described {
        name: "domains",
        about: "what `caravan domains plan` answers",
        schema: written::<domains::PlanDocument>,
    },
    Described {
        name: "domain-list",
        about: "what `caravan domains list` answers",
        schema: written::<domains::ListDocument>,
    },
    Described {
        name: "domain-moves",
        about: "what `caravan domains move` and `watch` answer",
        schema: written::<domains::MovesDocument>,
    },
    Described {
        name: "due-messages",
        about: "what `caravan domains message` answers",
        schema: written::<domains::DueDocument>,
    },
    Described {
        name: "domain-message",
        about: "what `caravan domains message NAME` answers",
        schema: written::<domains::MessageDocument>,
    },
    Described {
        name: "domain-status",
        about: "what `caravan domains serve` answers at /domains.json",
        schema: written::<domains::StatusDocument>,
    },
    Described {
        name: "domain-card",
        about: "what `caravan domains serve` answers at /domain.json",
        schema: written::<domains::CardDocument>,
    },
    Described { name: "notice", about: "what a webhook of `notifications` is posted", schema: written::<Notice> },
    Described { name: "new-app", about: "what `caravan new app` answers", schema: written::<new::AppDocument> },
    Described { name: "people", about: "people.yaml", schema: caravan_convert::people::schema },
    Described {
        name: "people-check",
        about: "what `caravan people check` answers",
        schema: written::<people::CheckDocument>,
    },
    Described {
        name: "people-diff",
        about: "what `caravan people diff` answers",
        schema: written::<people::DiffDocument>,
    },
    Described { name: "runs", about: "what `caravan cutover status` answers", schema: written::<cutover::RunsAnswer> },
];

/// Of what is read: what may be left out is not required.
fn read<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// Of what is written: what is always there is required.
fn written<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// Runs the command.
///
/// # Errors
/// When there is no such schema, or standard output takes no more.
pub(crate) fn run(printer: &Printer, args: &SchemaArgs) -> Result<Exit, Failure> {
    let Some(name) = &args.name else {
        if printer.is_json() {
            printer.json(
                &DESCRIBED.iter().map(|one| (one.name, one.about)).collect::<std::collections::BTreeMap<_, _>>(),
            )?;
        } else {
            printer.text(|out| DESCRIBED.iter().try_for_each(|one| writeln!(out, "{:<14} {}", one.name, one.about)))?;
        }
        return Ok(Exit::Done);
    };
    let Some(described) = DESCRIBED.iter().find(|one| one.name == name) else {
        let failure = Failure::new(FailureKind::Usage, format!("there is no schema `{name}`"));
        return Err(match did_you_mean(name, DESCRIBED.iter().map(|one| one.name)) {
            Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
            None => failure.hint("`caravan schema` names them all"),
        });
    };
    printer.json(&(described.schema)())?;
    Ok(Exit::Done)
}
