//! The answer for people: what stands there, and below it what is behind it, once for lines that have it together.

use super::answer::{Answer, AnsweredLine, LineState, OriginRow};
use crate::printer::printable;
use caravan_convert_lift::FieldVerdict;
use caravan_tui::PreviewLine;
use std::io::{self, Write};

/// Writes it.
///
/// # Errors
/// When `out` does not take it.
pub(super) fn write(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let there = if answer.there { "" } else { "; it is not there: these lines would be written" };
    writeln!(out, "{}, of the app {}{there}", printable(&answer.file), printable(&answer.app))?;
    let said: Vec<(&AnsweredLine, Vec<String>)> = answer.lines.iter().map(|line| (line, behind(line))).collect();
    for together in said.chunk_by(|one, other| one.1 == other.1) {
        writeln!(out)?;
        for (line, _) in together {
            writeln!(out, "{:>5}  {}", line.line, printable(&line.text))?;
        }
        if let Some((_, behind)) = together.first() {
            behind.iter().try_for_each(|line| writeln!(out, "       {}", printable(line)))?;
        }
    }
    Ok(())
}

/// The line, with what is behind it.
pub(super) fn preview_line(line: &AnsweredLine) -> PreviewLine {
    PreviewLine { text: line.text.clone(), is_generated: line.state == LineState::Generated, why: behind(line) }
}

/// What is behind a line.
fn behind(line: &AnsweredLine) -> Vec<String> {
    let mut said = Vec::new();
    match line.state {
        LineState::Generated => {}
        LineState::Edited => said.push("← somebody changed it, and changes are kept".to_owned()),
        LineState::Outdated => said.push("← was generated, and would not be any more: `caravan convert`".to_owned()),
    }
    if let Some(rule) = line.rule.as_ref().filter(|_| line.state == LineState::Generated) {
        said.push(format!("← rule {}: {}", rule.name, rule.says));
    }
    for origin in &line.origins {
        origin_lines(origin, "  ", &mut said);
    }
    for decision in &line.decisions {
        let reason = decision.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        said.push(format!("  decided by {} = {}{reason}", decision.id, decision.answer));
    }
    said
}

fn origin_lines(origin: &OriginRow, indent: &str, said: &mut Vec<String>) {
    match origin {
        OriginRow::Plconfig { pointer, line, edited, lifted_from } => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let edited = if *edited { ", which somebody changed" } else { "" };
            said.push(format!("{indent}from plconfig.yaml{line} {pointer}{edited}"));
            let deeper = format!("{indent}  ");
            lifted_from.iter().for_each(|origin| origin_lines(origin, &deeper, said));
        }
        OriginRow::Environment { name } => said.push(format!("{indent}from the environment {name}")),
        OriginRow::Setting { key, value } => said.push(format!("{indent}from caravan.yaml {key} = {value}")),
        OriginRow::People { pointer } => said.push(format!("{indent}from people.yaml {pointer}")),
        OriginRow::Default => said.push(format!("{indent}from the rule alone")),
        OriginRow::Workload { id, environment } => {
            said.push(format!("{indent}from the workload {id}, in {environment}"));
        }
        OriginRow::App { team, app } => {
            said.push(format!("{indent}from what the app {team}/{app} asks of the platform"))
        }
        OriginRow::Resource { observation } => said.push(format!("{indent}from {observation} as a whole")),
        OriginRow::Source(one) => {
            said.push(format!("{indent}from {} {} = {}", one.observation, one.pointer, one.value));
            let seen = one.last_seen.map(|seen| format!(", seen {seen:.0}")).unwrap_or_default();
            let place = [&one.account, &one.region].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let place = if place.is_empty() { String::new() } else { format!(" in {place}") };
            let note = one.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            said.push(format!("{indent}  {}{note}; by {}{place}{seen}", word(&one.verdict), one.api));
        }
        OriginRow::Edited => {}
    }
}

/// What the lift did with a field.
fn word(verdict: &FieldVerdict) -> String {
    match verdict {
        FieldVerdict::Exact => "exact".to_owned(),
        FieldVerdict::Approximated => "approximated".to_owned(),
        FieldVerdict::Dropped { rule } => format!("dropped by the rule {rule}"),
        FieldVerdict::Question { id } => format!("asked about: {id}"),
        FieldVerdict::Blocker { reason } => format!("a blocker: {reason}"),
        FieldVerdict::Unknown => "unknown".to_owned(),
    }
}
