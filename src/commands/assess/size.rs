//! How large the pods of a workload should be.

use super::details::lines;
use crate::printer::printable;
use crate::runnable::Runnable;
use caravan_plans::sizing::{Advice, Size, Sizing, Whole};
use std::fmt::Display;
use std::io::{self, Write};

/// One line for people.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct SizeLine {
    /// What it tells of; empty where it goes on telling of the same.
    pub(crate) name: &'static str,
    /// What stands before the text: an arrow before what helps.
    pub(crate) begin: &'static str,
    /// The text.
    pub(crate) text: String,
    /// Whether it is to be pasted, and therefore stands on one line.
    is_pasted: bool,
}

/// Before what helps.
pub(crate) const ARROW: &str = "-> ";

/// Sizes in lines for people; commands in them run as they stand there.
pub(crate) fn told(sizing: &Sizing, runnable: &Runnable) -> Vec<SizeLine> {
    let of = match sizing.of {
        Whole::Pod => "a pod",
        Whole::Host => "the whole host",
    };
    let mut told = together(sizing, runnable);
    if told.is_empty() {
        one(&mut told, "cpu", of, &sizing.cpu, runnable);
        one(&mut told, "memory", of, &sizing.memory, runnable);
    }
    for target in &sizing.autoscaling {
        let (resource, declared, rescaled) = (target.resource, target.declared, target.rescaled);
        told.push(SizeLine::of(format!(
            "at these sizes the autoscaler's target of {declared} % {resource} is {rescaled} %"
        )));
    }
    told.extend(sizing.take_over.as_ref().map(|command| SizeLine { is_pasted: true, ..helps(command, runnable) }));
    told
}

pub(super) fn write(out: &mut impl Write, sizing: &Sizing, runnable: &Runnable) -> io::Result<()> {
    for SizeLine { name, begin, text, is_pasted } in told(sizing, runnable) {
        match (name, is_pasted) {
            ("", false) => lines(out, &format!("           {begin}"), &text)?,
            ("", true) => writeln!(out, "           {begin}{}", printable(&text))?,
            (name, _) => writeln!(out, "  {name:<8} {text}")?,
        }
    }
    Ok(())
}

impl SizeLine {
    fn of(text: String) -> Self {
        Self { name: "", begin: "", text, is_pasted: false }
    }
}

fn helps(text: &str, runnable: &Runnable) -> SizeLine {
    SizeLine { begin: ARROW, ..SizeLine::of(runnable.text(text).into_owned()) }
}

/// What is unknown of both for one reason is said once; nothing where it is otherwise.
fn together(sizing: &Sizing, runnable: &Runnable) -> Vec<SizeLine> {
    let (Size::Unknown { declared: cpu, reason, remedy }, Size::Unknown { declared: memory, reason: other, .. }) =
        (&sizing.cpu, &sizing.memory)
    else {
        return Vec::new();
    };
    if reason != other {
        return Vec::new();
    }
    let declared = [cpu.map(|cpu| format!("cpu {cpu}")), memory.map(|memory| format!("memory {memory}"))];
    let declared: Vec<String> = declared.into_iter().flatten().collect();
    let declared = if declared.is_empty() { String::new() } else { format!(", {} declared", declared.join(" and ")) };
    let first = SizeLine { name: "size", ..SizeLine::of(format!("unknown{declared}")) };
    vec![first, SizeLine::of(reason.clone()), helps(remedy, runnable)]
}

fn one<T: Display>(told: &mut Vec<SizeLine>, name: &'static str, of: &str, size: &Size<T>, runnable: &Runnable) {
    let declared = |declared: Option<&T>| declared.map_or_else(String::new, |size| format!(", {size} declared"));
    match size {
        Size::Known(advice) => {
            let Advice { request, observed, statistic, samples, window: (from, to), .. } = advice;
            let confidence = advice.confidence.as_str();
            let declared = declared(advice.declared.as_ref());
            let first = format!("{request} for {of}{declared}; confidence {confidence}");
            told.push(SizeLine { name, ..SizeLine::of(first) });
            told.push(SizeLine::of(format!("{statistic}: {observed} ({samples} values, {from} to {to})")));
            told.extend(advice.reasons.iter().cloned().map(SizeLine::of));
        }
        Size::Unknown { declared: today, reason, remedy } => {
            let first = format!("unknown{}", declared(today.as_ref()));
            told.push(SizeLine { name, ..SizeLine::of(first) });
            told.push(SizeLine::of(reason.clone()));
            told.push(helps(remedy, runnable));
        }
    }
}
