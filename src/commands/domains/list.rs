//! `caravan domains list`.

use super::known;
use super::moves::{self, MoveRow};
use super::show::{Row, State};
use crate::clock;
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, counted, printable};
use crate::table::Table;
use crate::{inventory_db, journal_db, signals};
use caravan_plans::domains::Class;
use clap::Args;
use clap::builder::PossibleValuesParser;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

/// List the customers' hostnames with their class and how far each is; -v says why
#[derive(Args, Debug)]
#[command(after_help = classes())]
pub(crate) struct ListArgs {
    /// Only those of this class
    #[arg(long, value_parser = PossibleValuesParser::new(Class::ALL.map(Class::as_str)))]
    class: Option<String>,
    /// Only those of customers whose name holds this, in any case
    #[arg(long)]
    customer: Option<String>,
}

/// `caravan.domain-list/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    #[schemars(extend("const" = "caravan.domain-list/v1"))]
    schema: &'static str,
    domains: Vec<Row>,
    /// Those of them that are on their way, or were.
    moves: Vec<MoveRow>,
}

/// What each letter means.
fn classes() -> String {
    let lines = Class::ALL.map(|class| format!("  {}  {}", class.as_str(), class.meaning()));
    format!("Classes, by who has to change something:\n{}", lines.join("\n"))
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ListArgs) -> Result<Exit, Failure> {
    let store = inventory_db::open(&global.dir)?;
    let policy = Config::load(&global.dir)?.domains;
    let (ours, now) = (known::ours(&store)?, clock::now());
    let rows = known::all(&store)?.iter().map(|domain| Row::of(domain, &ours, &policy, now)).collect::<Vec<_>>();
    let rows: Vec<Row> = rows.into_iter().filter(|row| args.wants(row)).collect();
    let moves = moves_of(global, &rows)?;
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.domain-list/v1", domains: rows, moves })?;
        return Ok(Exit::Done);
    }
    write(printer, &rows, &moves)?;
    let new = rows.iter().filter(|row| row.state == State::New).count();
    printer.note(&counted(rows.len() as u64, "domain"));
    if new > 0 {
        printer.hint(&format!("{} not looked up yet: caravan domains inspect --all", counted(new as u64, "domain")));
    }
    Ok(Exit::Done)
}

/// The newest move of each of these hostnames; none without a journal.
fn moves_of(global: &Global, rows: &[Row]) -> Result<Vec<MoveRow>, Failure> {
    if !journal_db::path(&global.dir).exists() {
        return Ok(Vec::new());
    }
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let journal = journal_db::open_to_read(&global.dir)?;
    let found = signals::block_on(moves::newest(&journal, |name| names.contains(name)))??;
    Ok(found.iter().map(|(record, state)| MoveRow::of(&record.plan, state, journal_db::now())).collect())
}

fn write(printer: &Printer, rows: &[Row], moves: &[MoveRow]) -> Result<(), Failure> {
    let moves: BTreeMap<&str, &MoveRow> = moves.iter().map(|one| (one.name.as_str(), one)).collect();
    let cells = |row: &Row| {
        let customer = row.customer.clone().unwrap_or_else(|| "?".to_owned());
        let class = row.class.clone().unwrap_or_else(|| "?".to_owned());
        // How far its move is says more than how far its papers are.
        let moving = moves.get(row.name.as_str()).map(|one| one.stage.clone());
        let state = moving.unwrap_or_else(|| row.state.as_str().to_owned());
        [printable(&row.name).into_owned(), class, state, printable(&customer).into_owned()]
    };
    printer.text(|out| {
        let mut table = Table::new(["HOSTNAME", "CLASS", "STATE", "CUSTOMER"]);
        let rows: Vec<([String; 4], &Row)> = rows.iter().map(|row| (cells(row), row)).collect();
        rows.iter().for_each(|(cells, _)| table.measure(&cells.each_ref().map(String::as_str)));
        table.write_headings(out)?;
        for (cells, row) in &rows {
            table.write(out, &cells.each_ref().map(String::as_str))?;
            if printer.is_verbose() {
                row.write_details(out)?;
                if let Some(waits_for) = moves.get(row.name.as_str()).and_then(|one| one.waits_for.as_ref()) {
                    writeln!(out, "    waits for: {}", printable(waits_for))?;
                }
            }
        }
        Ok(())
    })
}

impl ListArgs {
    fn wants(&self, row: &Row) -> bool {
        let holds = |customer: &String, part: &String| customer.to_lowercase().contains(&part.to_lowercase());
        self.class.as_ref().is_none_or(|class| row.class.as_ref() == Some(class))
            && self
                .customer
                .as_ref()
                .is_none_or(|part| row.customer.as_ref().is_some_and(|customer| holds(customer, part)))
    }
}
