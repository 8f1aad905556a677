//! What may stay open for a time: `caravan decide --accept`.

use super::DecideArgs;
use crate::clock;
use crate::commands::convert::{Conversion, Selection, convert_all};
use crate::config::Config;
use crate::decisions::Decided;
use crate::error::{Failure, FailureKind};
use crate::people;
use crate::printer::Printer;
use crate::suggest::nearest_id;
use camino::Utf8Path;
use caravan_inventory::{Acceptance, QuestionId, matches_wildcards};
use caravan_inventory_store::Store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// Takes in what is accepted: each pattern becomes the ids that it matches today, so that nothing which is asked later is accepted by
/// it. Gives how many.
///
/// # Errors
/// When the day has passed, or a pattern matches nothing that is open; then nothing is taken in.
pub(super) fn accept(
    store: &Store,
    decided: &mut Decided,
    config: &Config,
    dir: &Utf8Path,
    args: &DecideArgs,
    printer: &Printer,
) -> Result<usize, Failure> {
    let (Some(until), Some(reason)) = (args.until, &args.reason) else {
        return Err(Failure::new(FailureKind::Usage, "what is accepted is accepted until a day, and for a reason")
            .hint("add `--until DATE` and `--reason TEXT`"));
    };
    refuse_passed(until)?;
    let open = acceptable(store, decided, config, dir, printer)?;
    let mut ids = BTreeSet::new();
    for pattern in &args.accept {
        let fitting: Vec<&QuestionId> = open.iter().filter(|id| fits(pattern, id.as_str())).collect();
        if fitting.is_empty() {
            return Err(nothing_fits(pattern, &open));
        }
        ids.extend(fitting);
    }
    for id in &ids {
        decided.accepted.0.insert((*id).clone(), Acceptance { reason: reason.clone(), until });
    }
    Ok(ids.len())
}

/// Every id that can be accepted: the open questions, and the workloads that are not converted.
fn acceptable(
    store: &Store,
    decided: &Decided,
    config: &Config,
    dir: &Utf8Path,
    printer: &Printer,
) -> Result<BTreeSet<QuestionId>, Failure> {
    let people = people::load(dir, &config.platform)?;
    let work = Conversion {
        store,
        decided,
        config,
        people: people.as_ref(),
        out: dir,
        permit: None,
        selection: Selection::default(),
        lines: false,
        sources: Vec::new(),
    };
    convert_all(&work, printer).map(|report| report.acceptable())
}

/// A `*` is any text; nothing else has a meaning.
fn fits(pattern: &str, id: &str) -> bool {
    if pattern.contains('*') { !pattern.contains('?') && matches_wildcards(pattern, id) } else { pattern == id }
}

fn refuse_passed(until: Date) -> Result<(), Failure> {
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    if until >= today {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Usage, format!("{until} has passed: today is {today}, UTC")))
}

fn nothing_fits(pattern: &str, open: &BTreeSet<QuestionId>) -> Failure {
    let failure = Failure::new(FailureKind::Usage, format!("nothing is open that `{pattern}` names"));
    match nearest_id(pattern, open.iter().map(QuestionId::as_str)) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan convert --check --format json` names everything that is open"),
    }
}
