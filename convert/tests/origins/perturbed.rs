//! What a line names as its origin decides it: another value of that field gives another line there.

use super::{Estate, converted};
use caravan_convert::{App, Converted, Origin, Sources, Trace};
use caravan_convert_lift::FieldVerdict;
use caravan_inventory::ObservationId;
use diffy::{DiffOptions, Line};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Field = (ObservationId, String);
/// Of the lines that name a field, so many must change with it. The others name a field whose other values that were tried are refused
/// or mean the same.
const LEAST_PERCENT: usize = 60;

/// A line of a file of the tree, from 1.
type Place = (String, u32);

/// The lines with a value that name each field as carried over, manifests through their plconfig. A line that only begins what stands
/// below it (`spec:`) names all of that, and is none of them.
fn named(app: &App, estate: &Estate, done: &Converted) -> BTreeMap<Field, BTreeSet<Place>> {
    let lifted = estate.lift(app);
    let sources =
        Sources::new(app.members.iter().map(|one| &one.environment).zip(lifted.iter().map(|one| &one.ledger)));
    let mut named: BTreeMap<Field, BTreeSet<Place>> = BTreeMap::new();
    for (path, file) in done.files.iter().filter(|(path, _)| !path.starts_with("ledger/")) {
        let environment = path.rsplit('/').nth(1).unwrap_or_default();
        let text: Vec<&str> = std::str::from_utf8(&file.bytes).unwrap().lines().collect();
        let has_value = |line: &u32| !text[*line as usize - 1].trim_end().ends_with(':');
        for span in file.provenance.spans() {
            let further = |origin: &Origin| match origin {
                Origin::Plconfig { pointer } => sources.of(environment, pointer),
                other => vec![other.clone()],
            };
            for origin in span.origins.iter().flat_map(further) {
                let Origin::Source { observation, pointer, verdict } = origin else { continue };
                if matches!(verdict, FieldVerdict::Exact | FieldVerdict::Approximated) {
                    let places = named.entry((observation, pointer)).or_default();
                    places.extend((span.first..=span.last).filter(has_value).map(|line| (path.to_owned(), line)));
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
fn another_value_of_a_field_that_a_line_names_gives_another_line() {
    let mut estate = Estate::read();
    let (mut lines, mut shown) = (0_usize, 0_usize);
    let mut silent: BTreeMap<String, usize> = BTreeMap::new();
    for app in estate.apps() {
        let before = converted(&app, estate.lift(&app), Trace::Lines);
        let named = named(&app, &estate, &before);
        let of_app: BTreeSet<Place> = named.values().flatten().cloned().collect();
        let mut changing: BTreeSet<Place> = BTreeSet::new();
        for ((observation, pointer), places) in &named {
            let original = estate.observations[observation].clone();
            let value = original.body.pointer(pointer).unwrap();
            for other in others(value) {
                if places.is_subset(&changing) {
                    break;
                }
                *estate.observations.get_mut(observation).unwrap().body.pointer_mut(pointer).unwrap() = other;
                let after = converted(&app, estate.lift(&app), Trace::Off);
                for path in places.iter().map(|(path, _)| path).collect::<BTreeSet<_>>() {
                    let text = |done: &Converted| {
                        done.files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    };
                    // Where the other value is refused there is no file: that shows nothing.
                    let (Some(was), Some(is)) = (text(&before), text(&after)) else { continue };
                    let changed = changed(&was, &is).into_iter().map(|line| (path.clone(), line));
                    changing.extend(changed.filter(|place| places.contains(place)));
                }
            }
            estate.observations.insert(observation.clone(), original);
        }
        (lines, shown) = (lines + of_app.len(), shown + changing.len());
        for place in of_app.difference(&changing) {
            let ((observation, pointer), _) = named.iter().find(|(_, places)| places.contains(place)).unwrap();
            let general: Vec<&str> =
                pointer.split('/').map(|step| if step.parse::<u32>().is_ok() { "*" } else { step }).collect();
            let kind = observation.as_str().split('/').next().unwrap();
            let file = place.0.rsplit('/').next().unwrap();
            *silent.entry(format!("{kind} {} in {file}", general.join("/"))).or_default() += 1;
        }
    }
    println!("{lines} lines with a value name a field of a source; {shown} change with one that they name");
    for (what, count) in &silent {
        println!("  {count:>5} {what}");
    }
    assert!(lines > 1_000 && shown * 100 >= lines * LEAST_PERCENT, "{shown} of {lines}");
}
