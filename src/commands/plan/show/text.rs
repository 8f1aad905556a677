//! One step of a plan, for people.

use crate::printer::printable;
use crate::wrap::write_wrapped;
use caravan_plans::{Analysis, Gate, Proof, Step, Undo, WavePlan};
use caravan_providers::target::{Guarantee, Probe, RouteSide, Target, Through};
use std::io::{self, Write};

/// A step with its targets, who is asked, each stage, and how it is taken back by hand.
pub(super) fn write_step(out: &mut impl Write, number: usize, plan: &WavePlan, step: &Step) -> io::Result<()> {
    writeln!(out, "\n{number}. {}", step.workload())?;
    step.targets().try_for_each(|target| write_target(out, target))?;
    if !step.paused_controllers().is_empty() {
        let paused = step.paused_controllers().join(", ");
        write_wrapped(out, 3, &format!("paused by people for the time of the run: {paused}"))?;
    }
    for (side, probes) in [("old", step.old_probes()), ("new", step.new_probes())] {
        probes.iter().try_for_each(|probe| write_wrapped(out, 3, &format!("{side} side: {}", question(probe))))?;
        for text in through(side, probes) {
            write_wrapped(out, 3, &text)?;
        }
    }
    if let Step::Shift(shift) = step {
        let Analysis { every_ms, failures, unknown, successes } = shift.analysis;
        let text = format!(
            "with users on the new side, both sides are watched every {} s, whatever the run does: taken back after {failures} failing \
             rounds, or {unknown} that can't be judged; forgotten after {successes} that pass in a row",
            every_ms / 1000
        );
        write_wrapped(out, 3, &text)?;
        write_wrapped(
            out,
            3,
            "connections that are open (WebSockets, streams, flows of TCP) stay on the side where they began until they end, whatever the \
             share",
        )?;
    }
    if let Step::HandOver(hand_over) = step {
        writeln!(out, "   nobody is at work for {} s at most", hand_over.longest_gap_ms / 1000)?;
    }
    (0..step.stages()).try_for_each(|stage| write_stage(out, plan, step, stage))?;
    if let Some(change) = step.stages().checked_sub(1).and_then(|last| step.finalise(last)) {
        writeln!(out, "   finalised after the soak, by two persons")?;
        let lines = |snapshot| change.target.kind().lines(snapshot);
        write_lines(out, &lines(&change.before), &lines(&change.after))?;
        writeln!(out, "     not taken back any more")?;
    }
    writeln!(out, "   manual rollback:")?;
    step.manual_rollback().iter().try_for_each(|line| writeln!(out, "     {}", printable(line)))
}

/// What users go through on their way to a side, and what of it fails the side.
fn through(side: &str, probes: &[Probe]) -> Vec<String> {
    let all = || probes.iter().flat_map(|probe| &probe.through);
    let groups: Vec<&str> = all()
        .filter_map(|through| match through {
            Through::Group(group) => Some(group.arn.as_str()),
            Through::Route(_) => None,
        })
        .collect();
    let mut texts = Vec::new();
    if !groups.is_empty() {
        let groups = groups.join(", ");
        texts.push(format!("{side} side: fails while no target of {groups} can answer, as the load balancer says"));
    }
    for through in all() {
        let Through::Route(RouteSide { backends, followed, .. }) = through else { continue };
        let services = backends.iter().filter(|backend| backend.is_service()).map(ToString::to_string);
        let mut losses: Vec<String> = services.map(|service| format!("no endpoint of {service} is ready")).collect();
        if *followed {
            losses.push("a gateway says that it does not follow the route, or that it is not programmed".to_owned());
        }
        if !losses.is_empty() {
            texts.push(format!("{side} side: fails while {}, as the cluster says", losses.join(", or ")));
        }
    }
    texts
}

fn write_target(out: &mut impl Write, target: &Target) -> io::Result<()> {
    let guarantee = match target.guarantee() {
        Guarantee::Atomic => "atomic: a foreign change makes the write fail",
        Guarantee::Checked => "checked: read, written, read again",
    };
    write_wrapped(out, 3, &target.to_string())?;
    writeln!(out, "   {guarantee}")?;
    write_wrapped(out, 3, &format!("settled when {}", target.kind().settled_when()))
}

fn question(probe: &Probe) -> String {
    if let Some(service) = &probe.grpc {
        let scheme = if probe.tls { "gRPC over TLS" } else { "gRPC" };
        let of = if service.is_empty() { "the whole server" } else { service };
        return format!("health of {of} by {scheme}, for {} at {}", probe.host, probe.address);
    }
    let scheme = if probe.tls { "https" } else { "http" };
    let (low, high) = probe.status;
    format!("{scheme}://{}{} at {}, healthy from {low} to {high}", probe.host, probe.path, probe.address)
}

fn write_stage(out: &mut impl Write, plan: &WavePlan, step: &Step, stage: usize) -> io::Result<()> {
    let approval = if step.wants_approval(stage) { ", after approval" } else { "" };
    let name = step.stage_name(stage).unwrap_or_default();
    if let Some(Gate { bake_ms, every_ms, rounds, unknown }) = step.gate(stage) {
        let (bake, every) = (bake_ms / 1000, every_ms / 1000);
        let asked = format!("bakes {bake} s: asked every {every} s, {rounds} times at least");
        write_wrapped(out, 3, &format!("{name}{approval}, {asked}"))?;
        if step.has_traffic(stage) {
            writeln!(out, "     taken back after {unknown} rounds in which only the old side can be judged")?;
        }
        if let Step::Shift(shift) = step
            && let Some(standing) = shift.stages.get(stage).filter(|standing| standing.percent > 0)
        {
            let (percent, seconds) = (shift.percent_at_risk(standing), plan.exposure_ms(shift).div_ceil(1000));
            let text = format!(
                "if the new side turns bad: at most {seconds} s at {percent} % of users before they are taken back, while nothing \
                 else is in the way"
            );
            write_wrapped(out, 5, &text)?;
            if let Some(kept) = shift.kept_seconds(standing) {
                writeln!(out, "       resolvers that keep the answer may send users there for {kept} s more")?;
            }
        }
    }
    if let Some(Proof { every_ms, rounds, longest_ms }) = step.proof() {
        let (every, longest) = (every_ms / 1000, longest_ms / 1000);
        let proved = format!("proved within {longest} s: asked every {every} s, {rounds} times in a row");
        write_wrapped(out, 3, &format!("{name}{approval}, {proved}"))?;
    }
    let place = step.place_of(stage);
    let lines = |reached: Option<usize>| match (step.target(place), step.standing(place, reached)) {
        (Some(target), Some(snapshot)) => target.kind().lines(snapshot),
        _ => Vec::new(),
    };
    write_lines(out, &lines(stage.checked_sub(1)), &lines(Some(stage)))?;
    let Some(undo) = step.undo_of(stage) else { return Ok(()) };
    let (how, leaves) = match undo {
        Undo::Reversible { leaves } => ("exactly", leaves),
        Undo::Compensated { leaves } => ("by what makes up for it", leaves),
    };
    let leaves = if leaves.is_empty() { String::new() } else { format!("; stays behind: {}", leaves.join(", ")) };
    write_wrapped(out, 5, &format!("taken back {how}{leaves}"))
}

/// What goes and what comes.
fn write_lines(out: &mut impl Write, old: &[String], new: &[String]) -> io::Result<()> {
    for line in old.iter().filter(|line| !new.contains(line)) {
        write_wrapped(out, 5, &format!("- {line}"))?;
    }
    for line in new.iter().filter(|line| !old.contains(line)) {
        write_wrapped(out, 5, &format!("+ {line}"))?;
    }
    Ok(())
}
