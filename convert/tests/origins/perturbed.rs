//! What a line names as its origin decides it: another value of that field gives another line there.

use super::{Estate, converted};
use caravan_convert::{App, Converted, Origin, Sources, Trace};
use caravan_convert_lift::FieldVerdict;
use caravan_inventory::ObservationId;
use diffy::{DiffOptions, Line};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Field = (ObservationId, String);
/// A line of a file of the tree, from 1.
type Place = (String, u32);

/// The lines that name each field as carried over, manifests through their plconfig.
fn named(app: &App, estate: &Estate, done: &Converted) -> BTreeMap<Field, BTreeSet<Place>> {
    let lifted = estate.lift(app);
    let sources =
        Sources::new(app.members.iter().map(|one| &one.environment).zip(lifted.iter().map(|one| &one.ledger)));
    let mut named: BTreeMap<Field, BTreeSet<Place>> = BTreeMap::new();
    for (path, file) in done.files.iter().filter(|(path, _)| !path.starts_with("ledger/")) {
        let environment = path.rsplit('/').nth(1).unwrap_or_default();
        for span in file.provenance.spans() {
            let further = |origin: &Origin| match origin {
                Origin::Plconfig { pointer } => sources.of(environment, pointer),
                other => vec![other.clone()],
            };
            for origin in span.origins.iter().flat_map(further) {
                let Origin::Source { observation, pointer, verdict } = origin else { continue };
                if matches!(verdict, FieldVerdict::Exact | FieldVerdict::Approximated) {
                    let places = named.entry((observation, pointer)).or_default();
                    places.extend((span.first..=span.last).map(|line| (path.to_owned(), line)));
                }
            }
        }
    }
    named
}

/// Other values that a field may have.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(flag) => vec![(!flag).into()],
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(1);
            [number + 1, number * 2, number - 1, 0]
                .into_iter()
                .filter(|other| *other != number)
                .map(Value::from)
                .collect()
        }
        Value::String(text) => {
            let mut others: Vec<String> = match text.parse::<i64>() {
                Ok(number) => vec![(number * 2).to_string(), (number + 1).to_string()],
                Err(_) => vec![format!("{text}x"), format!("x{text}"), format!("{text}.example.com")],
            };
            for pair in [
                ("ENABLED", "DISABLED"),
                ("enabled", "disabled"),
                ("tcp", "udp"),
                ("HTTP", "HTTPS"),
                ("X86_64", "ARM64"),
                ("true", "false"),
                ("MON-FRI", "*"),
                ("15", "16"),
                ("2", "3"),
                ("FARGATE", "FARGATE_SPOT"),
            ] {
                others.extend([text.replace(pair.0, pair.1), text.replace(pair.1, pair.0)]);
            }
            others.retain(|other| other != text);
            others.into_iter().map(Value::from).collect()
        }
        // An empty list, map or null: nothing is known that could stand there.
        _ => Vec::new(),
    }
}

/// The lines of a text that are not the same in another.
fn changed(text: &str, other: &str) -> BTreeSet<u32> {
    let patch = DiffOptions::new().set_context_len(0).create_patch(text, other);
    let mut lines = BTreeSet::new();
    for hunk in patch.hunks() {
        let gone = hunk.lines().iter().filter(|line| matches!(line, Line::Delete(_))).count();
        let first = u32::try_from(hunk.old_range().start()).unwrap();
        lines.extend((first..).take(gone));
    }
    lines
}

#[test]
fn another_value_of_the_field_that_a_line_names_gives_another_line() {
    let mut estate = Estate::read();
    let (mut lines, mut shown, mut without_other) = (0_usize, 0_usize, 0_usize);
    let mut silent: BTreeMap<String, usize> = BTreeMap::new();
    for app in estate.apps() {
        let before = converted(&app, estate.lift(&app), Trace::Lines);
        for ((observation, pointer), places) in named(&app, &estate, &before) {
            let original = estate.observations[&observation].clone();
            let value = original.body.pointer(&pointer).unwrap().clone();
            lines += places.len();
            let others = others(&value);
            if others.is_empty() {
                without_other += places.len();
                continue;
            }
            let mut waiting = places;
            for other in others {
                let changed_observation = estate.observations.get_mut(&observation).unwrap();
                *changed_observation.body.pointer_mut(&pointer).unwrap() = other;
                let after = converted(&app, estate.lift(&app), Trace::Off);
                let mut gone: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
                waiting.retain(|(path, line)| {
                    let text = |done: &Converted| {
                        done.files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    };
                    let (Some(was), Some(is)) = (text(&before), text(&after)) else { return true };
                    !gone.entry(path.clone()).or_insert_with(|| changed(&was, &is)).contains(line)
                });
                if waiting.is_empty() {
                    break;
                }
            }
            estate.observations.insert(observation.clone(), original);
            let kind = observation.as_str().split('/').next().unwrap();
            let general: Vec<&str> =
                pointer.split('/').map(|step| if step.parse::<u32>().is_ok() { "*" } else { step }).collect();
            for (path, _) in &waiting {
                let file = path.rsplit('/').next().unwrap();
                *silent.entry(format!("{kind} {} in {file}", general.join("/"))).or_default() += 1;
            }
        }
    }
    let left: usize = silent.values().sum();
    shown += lines - left - without_other;
    println!("{lines} lines name a field; {shown} change with it, {without_other} name a value that has no other");
    for (what, count) in &silent {
        println!("  {count:>5} {what}");
    }
    assert!(shown * 100 >= lines * 90, "{shown} of {lines}");
}
