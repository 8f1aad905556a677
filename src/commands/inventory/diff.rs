//! `caravan inventory diff`.

use super::converted::{self, Deployed};
use super::edge_text::section;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::printer::{Printer, printable};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory_store::{Change, Difference, Store};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};

/// Show what changed between two inventories: added, gone, changed field by field
///
/// Something is gone only when a list that was read to its end no longer has it. What the later inventory lacks for any other
/// reason is told apart.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The earlier inventory: an export, a database, or the folder of one
    #[arg(value_name = "A")]
    before: Utf8PathBuf,
    /// The later one; without it that of --dir
    #[arg(value_name = "B")]
    after: Option<Utf8PathBuf>,
    /// The tree that `caravan convert` wrote: name what was deployed after it was converted
    #[arg(long, value_name = "DIR")]
    converted: Option<Utf8PathBuf>,
    /// End with 10 when there is any difference
    #[arg(long)]
    exit_code: bool,
}

/// `caravan.diff/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    differences: Vec<Difference>,
    /// Null without `--converted`.
    deployed: Option<Vec<Deployed>>,
}

/// Runs the command.
///
/// # Errors
/// When an inventory or the tree can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DiffArgs) -> Result<Exit, Failure> {
    let before = open(&args.before)?;
    let after = match &args.after {
        Some(path) => open(path)?,
        None => inventory_db::open(&global.dir)?,
    };
    let mut differences = Vec::new();
    before.differences(&after, |difference| {
        differences.push(difference);
        Ok::<(), Failure>(())
    })?;
    let deployed = args.converted.as_deref().map(|tree| converted::deployed_since(tree, &after)).transpose()?;
    let document = Document { schema: "caravan.diff/v1", differences, deployed };
    if printer.is_json() {
        printer.json(&document)?;
    } else {
        printer.text(|out| document.write(out))?;
    }
    Ok(if args.exit_code && document.is_any() { Exit::Differences } else { Exit::Done })
}

/// Opens an inventory in whatever form it is. An export is taken into memory.
#[expect(clippy::disallowed_methods, reason = "the command line reads the files that the user names")]
fn open(path: &Utf8Path) -> Result<Store, Failure> {
    if path.is_dir() {
        return inventory_db::open(path);
    }
    let failure = |error| Failure::caused(FailureKind::Work, error).context(format!("can't read {path}"));
    let mut file = BufReader::new(File::open(path).map_err(failure)?);
    if file.fill_buf().map_err(failure)?.starts_with(b"SQLite format 3\0") {
        return Ok(Store::open_to_read(path)?);
    }
    let mut store = Store::in_memory()?;
    store.import(file).map_err(|error| Failure::from(error).context(format!("can't read {path}")))?;
    Ok(store)
}

impl Document {
    fn is_any(&self) -> bool {
        !self.differences.is_empty() || self.deployed.as_ref().is_some_and(|deployed| !deployed.is_empty())
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let of = |wanted: fn(&Change) -> bool| -> Vec<&Difference> {
            self.differences.iter().filter(|one| wanted(&one.change)).collect()
        };
        section(out, "added", &of(|change| matches!(change, Change::Added)), |one| one.id.to_string())?;
        section(out, "gone", &of(|change| matches!(change, Change::Gone)), |one| one.id.to_string())?;
        section(
            out,
            "not seen, and not known to be gone",
            &of(|change| matches!(change, Change::Unseen { .. })),
            unseen,
        )?;
        let changed = of(|change| matches!(change, Change::Changed { .. }));
        if !changed.is_empty() {
            writeln!(out, "\nchanged")?;
            changed.into_iter().try_for_each(|one| write_changed(out, one))?;
        }
        if let Some(deployed) = &self.deployed {
            section(out, "deployed after it was converted", deployed, Deployed::text)?;
        }
        if self.is_any() { Ok(()) } else { writeln!(out, "nothing changed") }
    }
}

fn unseen(difference: &&Difference) -> String {
    let why = match &difference.change {
        Change::Unseen { list: Some(list), state: Some(state) } => format!("its list {list} is {}", state.as_str()),
        Change::Unseen { list: Some(list), state: None } => format!("its list {list} was not asked for"),
        _ => "nobody says which list it was in".to_owned(),
    };
    format!("{}: {why}", difference.id)
}

fn write_changed(out: &mut impl Write, difference: &Difference) -> io::Result<()> {
    writeln!(out, "  {}", printable(difference.id.as_str()))?;
    let Change::Changed { fields } = &difference.change else { return Ok(()) };
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    fields.iter().try_for_each(|field| {
        let line = format!("{}: {} -> {}", field.path, text(&field.before), text(&field.after));
        writeln!(out, "    {}", printable(&line))
    })
}
