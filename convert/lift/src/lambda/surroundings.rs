//! The network, logs, traces and keys around a function.

use super::version::Unit;
use crate::field::{Field, Object};
use crate::plconfig::{PlConfig, Seconds};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};

/// Seconds that a process may take to come up where Lambda did it ahead of all invocations (Lambda developer guide,
/// "SnapStart").
const SNAPPED: u32 = 130;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, config: &mut PlConfig) {
    network(tracker, unit.own);
    logging(tracker, unit.own, config);
    if let Some(tracing) = unit.own.object("TracingConfig") {
        for (_, value) in tracing.entries() {
            let note = "there is no daemon of X-Ray: invocations carry the identifier of a trace, sampled only where the caller says so";
            match tracing.peek("Mode") {
                Some("Active") => Field(value).dropped_because(tracker, "tracing", note),
                _ => Field(value).dropped(tracker, "default"),
            }
        }
    }
    if let Some(field) = unit.own.field("KMSKeyArn") {
        field.dropped_because(tracker, "environment-key", "secrets lie in a store with keys of its own");
    }
    if let Some(snap) = unit.own.object("SnapStart") {
        snap_start(tracker, snap, config);
    }
}

/// Its own addresses are the cluster's from now on: whoever let it in by them is asked about.
fn network<'a>(tracker: &mut FieldTracker<'a>, own: Object<'a>) {
    let Some(vpc) = own.object("VpcConfig") else { return };
    let inside = !vpc.list("SubnetIds").is_empty();
    for (name, value) in vpc.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        let field = Field(value);
        match name {
            _ if !inside => field.dropped(tracker, "default"),
            "SecurityGroupIds" => {
                let id = tracker.question_id("addresses", "");
                let text = "It runs in a VPC, and what it reaches lets it in by its security groups. Are they open for the cluster's pods?";
                match tracker.ask(id, text, &["open"], None) {
                    Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
                    Asked::Open(id) => field.asked(tracker, &id),
                }
            }
            _ => field.dropped_because(
                tracker,
                "pod-network",
                "it has addresses of the cluster: calls come from other ones than before",
            ),
        }
    }
}

fn logging<'a>(tracker: &mut FieldTracker<'a>, own: Object<'a>, config: &mut PlConfig) {
    let Some(logging) = own.object("LoggingConfig") else { return };
    for (name, value) in logging.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        let field = Field(value);
        match name {
            "LogGroup" => {
                let default = config.function.as_ref().map(|function| format!("/aws/lambda/{}", function.name));
                if value.as_str() == default.as_deref() {
                    field.dropped(tracker, "default");
                } else if let (Some(group), Some(function)) =
                    (tracker.text(value, Kind::Free), config.function.as_mut())
                {
                    function.log_group = Some(group.into_owned());
                    field.approximated(
                        tracker,
                        "/function/log_group",
                        "its handler reads of it; its logs are the platform's",
                    );
                }
            }
            "LogFormat" if value == "JSON" => {
                let note = "Lambda's own lines were JSON; those of the runtime client are as the handler writes them";
                field.dropped_because(tracker, "platform-logs", note);
            }
            _ => field.dropped(tracker, "platform-logs"),
        }
    }
}

fn snap_start<'a>(tracker: &mut FieldTracker<'a>, snap: Object<'a>, config: &mut PlConfig) {
    let on = snap.peek("ApplyOn") == Some("PublishedVersions");
    for (name, value) in snap.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        let field = Field(value);
        if on && name == "ApplyOn" {
            if let Some(function) = &mut config.function {
                function.init = Some(Seconds(SNAPPED));
            }
            field.approximated(
                tracker,
                "/function/init",
                "each process comes up from its beginning, and may take as long as a snapshot did",
            );
        } else if on {
            field.dropped(tracker, "describe-only");
        } else {
            field.dropped(tracker, "default");
        }
    }
}
