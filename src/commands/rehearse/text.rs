//! The report of a rehearsal for people.

use crate::printer::counted;
use caravan_cutover_rehearsal::{Ends, Lost, RehearsalReport};
use std::io::{self, Write};

/// Writes a report for people: whether the plan passed comes first.
///
/// # Errors
/// When `out` does not take it.
pub(crate) fn write(out: &mut impl Write, wave: &str, report: &RehearsalReport) -> io::Result<()> {
    let (runs, broken) = (counted(report.runs, "run"), report.failing_seeds.len() as u64);
    match report.passed {
        true => writeln!(out, "passed: every rule held in {runs}, with {}", counted(report.faults, "fault"))?,
        false => writeln!(out, "not passed: a rule was broken in {broken} of {runs}")?,
    }
    writeln!(out, "wave      {wave}")?;
    writeln!(out, "plan      {}", report.plan_hash)?;
    write_ends(out, "forward", &report.forward)?;
    write_ends(out, "back", &report.back)?;
    if let (Some(median), Some(p99), Some(max)) =
        (report.rollback_seconds.p50, report.rollback_seconds.p99, report.rollback_seconds.max)
    {
        writeln!(out, "way back  {median} s (median), {p99} s (99th percentile), {max} s at most")?;
    }
    write_lost(out, &report.lost)?;
    if !report.passed {
        write_seeds(out, report)?;
    }
    Ok(())
}

fn write_ends(out: &mut impl Write, name: &str, ends: &Ends) -> io::Result<()> {
    if ends.runs == 0 {
        return Ok(());
    }
    writeln!(out, "{name:<10}{}", counted(ends.runs, "run"))?;
    let rows = [
        (ends.new_side, "ended on the new side"),
        (ends.old_side, "back on the old side"),
        (ends.elsewhere, "ended elsewhere: half-way, or in part left to others"),
        (ends.waiting, "waiting for a person who never answers"),
    ];
    write_rows(out, &rows)
}

fn write_lost(out: &mut impl Write, lost: &Lost) -> io::Result<()> {
    writeln!(out, "lost      {}, at 100 a second for each target", counted(lost.total(), "request"))?;
    let by_new_side = format!("by failed new sides; announced are {} at most", lost.announced);
    let rows = [
        (lost.by_new_side, by_new_side.as_str()),
        (lost.in_trouble, "on failing new sides; other trouble kept users there"),
        (lost.after_return, "after the way back: by kept answers and slow name servers"),
        (lost.by_old_side, "by old sides that failed: no plan changes that"),
        (lost.nowhere, "led nowhere"),
    ];
    write_rows(out, &rows)
}

/// The rows that count anything.
fn write_rows(out: &mut impl Write, rows: &[(u64, &str)]) -> io::Result<()> {
    let rows = rows.iter().filter(|(count, _)| *count > 0);
    let width = rows.clone().map(|(count, _)| count.to_string().len()).max().unwrap_or(0);
    rows.clone().try_for_each(|(count, what)| writeln!(out, "          {count:>width$} {what}"))
}

/// As many failing seeds as one line holds.
fn write_seeds(out: &mut impl Write, report: &RehearsalReport) -> io::Result<()> {
    let mut line = "seeds    ".to_owned();
    for seed in &report.failing_seeds {
        let seed = format!(" {seed}");
        if line.len() + seed.len() > 76 {
            line.push_str(" ...");
            break;
        }
        line.push_str(&seed);
    }
    writeln!(out, "{line}")
}
