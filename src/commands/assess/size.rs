//! How large the pods of a workload should be.

use super::details::lines;
use crate::printer::{Printer, printable};
use caravan_plans::sizing::{Advice, Size, Sizing, Whole};
use std::fmt::Display;
use std::io::{self, Write};

pub(super) fn write(out: &mut impl Write, sizing: &Sizing, printer: &Printer) -> io::Result<()> {
    let of = match sizing.of {
        Whole::Pod => "a pod",
        Whole::Host => "the whole host",
    };
    if !together(out, sizing, printer)? {
        one(out, "cpu", of, &sizing.cpu, printer)?;
        one(out, "memory", of, &sizing.memory, printer)?;
    }
    for target in &sizing.autoscaling {
        let (resource, declared, rescaled) = (target.resource, target.declared, target.rescaled);
        let text = format!("at these sizes the autoscaler's target of {declared} % {resource} is {rescaled} %");
        lines(out, "           ", &text)?;
    }
    match &sizing.take_over {
        // On one line, to be pasted.
        Some(command) => writeln!(out, "           -> {}", printable(&printer.runnable(command))),
        None => Ok(()),
    }
}

/// What is unknown of both for one reason is said once.
fn together(out: &mut impl Write, sizing: &Sizing, printer: &Printer) -> io::Result<bool> {
    let (Size::Unknown { declared: cpu, reason, remedy }, Size::Unknown { declared: memory, reason: other, .. }) =
        (&sizing.cpu, &sizing.memory)
    else {
        return Ok(false);
    };
    if reason != other {
        return Ok(false);
    }
    let declared = [cpu.map(|cpu| format!("cpu {cpu}")), memory.map(|memory| format!("memory {memory}"))];
    let declared: Vec<String> = declared.into_iter().flatten().collect();
    let declared = if declared.is_empty() { String::new() } else { format!(", {} declared", declared.join(" and ")) };
    writeln!(out, "  size     unknown{declared}")?;
    lines(out, "           ", reason)?;
    lines(out, "           -> ", &printer.runnable(remedy))?;
    Ok(true)
}

fn one<T: Display>(out: &mut impl Write, name: &str, of: &str, size: &Size<T>, printer: &Printer) -> io::Result<()> {
    let declared = |declared: Option<&T>| declared.map_or_else(String::new, |size| format!(", {size} declared"));
    match size {
        Size::Known(advice) => {
            let Advice { request, observed, statistic, samples, window: (from, to), .. } = advice;
            let confidence = advice.confidence.as_str();
            let declared = declared(advice.declared.as_ref());
            writeln!(out, "  {name:<8} {request} for {of}{declared}; confidence {confidence}")?;
            lines(out, "           ", &format!("{statistic}: {observed} ({samples} values, {from} to {to})"))?;
            advice.reasons.iter().try_for_each(|reason| lines(out, "           ", reason))
        }
        Size::Unknown { declared: today, reason, remedy } => {
            writeln!(out, "  {name:<8} unknown{}", declared(today.as_ref()))?;
            lines(out, "           ", reason)?;
            lines(out, "           -> ", &printer.runnable(remedy))
        }
    }
}
