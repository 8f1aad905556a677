//! What the handler and its runtime client know of the function.

use super::facts::Facts;
use super::version::Unit;
use crate::field::{Field, Object};
use crate::plconfig::{Function, PlConfig, Seconds};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::{TEMPLATE_ACCOUNT, TEMPLATE_REGION};

/// MB that Lambda gives where nothing is said (Lambda API reference, `MemorySize`).
const MEMORY: u32 = 128;

/// What GetFunction adds to what was asked for.
const DESCRIBED: [&str; 15] = [
    "FunctionArn",
    "LastModified",
    "RevisionId",
    "State",
    "StateReason",
    "StateReasonCode",
    "LastUpdateStatus",
    "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode",
    "ConfigSha256",
    "RuntimeVersionConfig",
    "CodeSize",
    "SigningJobArn",
    "SigningProfileVersionArn",
    "OptimizationStatus",
];

/// Maps them; `code` and `layers` are another rule's.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>, config: &mut PlConfig) {
    let own = unit.own;
    for name in DESCRIBED {
        let Some(field) = own.field(name) else { continue };
        match name {
            "SigningJobArn" | "SigningProfileVersionArn" => {
                field.dropped_because(
                    tracker,
                    "code-signing",
                    "Lambda checked who signed its code; its hash is checked here",
                );
            }
            _ => field.dropped(tracker, "describe-only"),
        }
    }
    // Every place is a place that the two documents of one version say alike.
    let mut function = Function {
        name: unit.name.to_owned(),
        version: unit.version.clone(),
        account: account(tracker, unit),
        region: region(tracker, unit),
        memory: own
            .peek_u64("MemorySize")
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| *size > 0)
            .unwrap_or(MEMORY),
        ..Function::default()
    };
    if let Some(field) = own.field("FunctionName") {
        match tracker.text(field.0, Kind::Free) {
            Some(name) => {
                function.name = name.into_owned();
                let note = "variables and the context name it as before, the log stream by a stand-in; its calls come from addresses \
                            of the cluster";
                field.exact_with(tracker, "/function/name", note);
            }
            None => function.name = tracker.source.app.to_owned(),
        }
    }
    if let Some(field) = own.field("Version") {
        match own.peek("Version") {
            Some("$LATEST") => field.dropped(tracker, "default"),
            _ => field.exact(tracker, "/function/version"),
        }
    }
    handler(tracker, unit, &mut function);
    timeout(tracker, own, &mut function);
    if let Some(field) = own.field("Description") {
        if own.peek("Description") == Some("") {
            field.dropped(tracker, "unset");
        } else {
            config.description = tracker.text(field.0, Kind::Free).map(Into::into);
            field.exact(tracker, "/description");
        }
    }
    if let Some(field) = own.field("Role")
        && crate::role::take(tracker, field, config)
    {
        let note = "the same role with all its rights, once its trust policy lets the cluster's pods assume it; its keys come by \
                    Pod Identity and not by variables";
        field.approximated(tracker, "/uses/role/name", note);
    }
    others(tracker, facts, unit);
    config.function = Some(function);
}

fn handler<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, function: &mut Function) {
    let image = unit.own.peek("PackageType") == Some("Image");
    match unit.own.field("Handler").filter(|_| unit.own.peek("Handler") != Some("")) {
        Some(field) => {
            if let Some(handler) = tracker.text(field.0, Kind::Command) {
                function.handler = handler.into_owned();
                let note = "called by the untouched runtime client; its process is not frozen between two invocations, so that \
                            threads and timers go on";
                field.approximated(tracker, "/function/handler", note);
            }
        }
        None if image => {}
        None => {
            let id = tracker.question_id("handler", "");
            let text = "Nothing says what its runtime calls. What is its handler, such as `app.handler`?";
            match tracker.ask_for(id, text, &[], None, |answer| !answer.contains(char::is_whitespace)) {
                Asked::Given(answer) => function.handler = answer.to_owned(),
                Asked::Open(_) => tracker.hold("nobody said what its handler is"),
            }
        }
    }
}

fn timeout<'a>(tracker: &mut FieldTracker<'a>, own: Object<'a>, function: &mut Function) {
    // Lambda's default where a template says nothing (Lambda API reference, `Timeout`).
    function.timeout = Seconds(3);
    let Some(field) = own.field("Timeout") else { return };
    match own.peek_u64("Timeout").and_then(|seconds| u32::try_from(seconds).ok()).filter(|s| (1..=900).contains(s)) {
        Some(seconds) => {
            function.timeout = Seconds(seconds);
            field.exact(tracker, "/function/timeout");
        }
        None => field.blocked(tracker, "its timeout is not between 1 and 900 seconds"),
    }
}

/// The account that events and ARNs name; a file may not say.
fn account<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>) -> String {
    let observed = tracker.source.workload.account.as_ref().map(|account| account.as_str());
    let named = unit.own.peek("FunctionArn").and_then(|arn| arn.split(':').nth(4));
    let twelve =
        |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) && *text != TEMPLATE_ACCOUNT;
    if let Some(known) = [observed, named].into_iter().flatten().find(twelve) {
        return known.to_owned();
    }
    let id = tracker.question_id("account", "");
    let text =
        "Its source does not say in which account it is, and its handler may read of it. Which of twelve digits?";
    match tracker.ask_for(id, text, &[], None, |answer| twelve(&answer)) {
        Asked::Given(answer) => answer.to_owned(),
        Asked::Open(_) => {
            tracker.hold("nobody said in which account it lived");
            TEMPLATE_ACCOUNT.to_owned()
        }
    }
}

/// Its region; without one the platform's holds.
fn region<'a>(tracker: &FieldTracker<'a>, unit: &Unit<'a>) -> Option<String> {
    let observed = tracker.source.workload.region.as_ref().map(|region| region.as_str());
    let named = unit.own.peek("FunctionArn").and_then(|arn| arn.split(':').nth(3));
    let region = observed.or(named).filter(|region| *region != TEMPLATE_REGION)?;
    let legal = !region.is_empty() && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    legal.then(|| region.to_owned())
}

/// Everything about versions that don't run. Tags and reserved concurrency are the function's, whatever version runs.
fn others<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>) {
    for (described, shared) in
        facts.function.iter().map(|one| (one, true)).chain(facts.versions.iter().map(|one| (one, false)))
    {
        if described.own.is(unit.own) {
            continue;
        }
        let of_function = |name: &str| shared && matches!(name, "Tags" | "TagsError" | "Concurrency");
        let whole = described.whole.into_iter().flat_map(Object::entries);
        let beside = whole.filter(|(name, _)| *name != "Configuration" && !of_function(name));
        for (_, value) in described.own.entries().chain(beside) {
            if !tracker.is_marked(value) {
                Field(value).dropped(tracker, "other-version");
            }
        }
    }
}
