//! Which version of the function runs: the one that is started today.

use super::facts::{Described, Facts};
use super::started_by::Start;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// What is converted.
pub(super) struct Unit<'a> {
    pub(super) own: Object<'a>,
    pub(super) whole: Option<Object<'a>>,
    /// The function's name.
    pub(super) name: &'a str,
    /// The published version; none is `$LATEST`.
    pub(super) version: Option<String>,
    /// The versions and aliases that mean it, as what starts it names them.
    pub(super) qualifiers: BTreeSet<Option<&'a str>>,
}

/// Chooses it, or asks; none where nothing describes the function.
pub(super) fn choose<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, starts: &[Start<'a>]) -> Option<Unit<'a>> {
    let latest = facts.function.or_else(|| facts.versions.first().copied());
    let Some(latest) = latest else {
        tracker.refuse("no document describes the function itself");
        return None;
    };
    let name = facts.name(tracker);
    let qualifiers: BTreeSet<Option<&'a str>> = starts.iter().map(|start| start.qualifier).collect();
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for qualifier in &qualifiers {
        wanted.insert(meant(tracker, facts, *qualifier));
    }
    let version = only(tracker, wanted);
    let mut unit = Unit { own: latest.own, whole: latest.whole, name, version: None, qualifiers };
    aliases(tracker, facts, &unit);
    if version != LATEST {
        match facts.versions.iter().find(|described| described.own.peek("Version") == Some(version.as_str())) {
            Some(described) => (unit.own, unit.whole) = (described.own, described.whole),
            None => unseen(tracker, &version, latest),
        }
        unit.version = Some(version);
    }
    Some(unit)
}

/// What is not published.
const LATEST: &str = "$LATEST";

/// The version that a qualifier means. An alias with two of them is asked about.
fn meant<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, qualifier: Option<&'a str>) -> String {
    let Some(qualifier) = qualifier else { return LATEST.to_owned() };
    let Some(alias) = facts.aliases.iter().find(|alias| alias.peek("Name") == Some(qualifier)) else {
        let is_version = qualifier == LATEST || qualifier.bytes().all(|byte| byte.is_ascii_digit());
        if is_version {
            return qualifier.to_owned();
        }
        let id = tracker.question_id("alias", qualifier);
        let text =
            format!("It is started by its alias `{qualifier}`, which was not read. Which version does that mean?");
        let number = |answer: &str| answer == LATEST || answer.parse::<u64>().is_ok();
        return match tracker.ask_for(id, &text, &[], Some(LATEST), number) {
            Asked::Given(answer) => answer.to_owned(),
            Asked::Open(_) => {
                tracker.hold("nobody said which version its alias means");
                LATEST.to_owned()
            }
        };
    };
    let main = alias.peek("FunctionVersion").unwrap_or(LATEST);
    let routing = alias.object("RoutingConfig");
    let weights = routing.and_then(|routing| routing.object("AdditionalVersionWeights"));
    let others: Vec<&str> = weights.into_iter().flat_map(Object::entries).map(|(version, _)| version).collect();
    if others.is_empty() {
        return main.to_owned();
    }
    let id = tracker.question_id("weights", qualifier);
    let text = format!(
        "Its alias `{qualifier}` sends some calls to version {} and the others to {main}. Which of them runs on the platform?",
        others.join(", ")
    );
    let options: Vec<&str> = [main].into_iter().chain(others).collect();
    let answer = tracker.ask(id, &text, &options, Some(main));
    if let Asked::Open(_) = answer {
        tracker.hold("its alias is on its way from one version to another");
    }
    for (_, value) in weights.into_iter().flat_map(Object::entries) {
        match &answer {
            Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => Field(value).asked(tracker, id),
        }
    }
    match answer {
        Asked::Given(version) => version.to_owned(),
        Asked::Open(_) => main.to_owned(),
    }
}

/// The one version of all that is started; people are asked where there are several.
fn only(tracker: &mut FieldTracker<'_>, wanted: BTreeSet<String>) -> String {
    if wanted.len() <= 1 {
        return wanted.into_iter().next().unwrap_or_else(|| LATEST.to_owned());
    }
    let id = tracker.question_id("version", "");
    let named: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let text =
        format!("What starts it means different versions of it: {}. Which one do all of them run?", named.join(", "));
    let assumed = named.last().copied();
    match tracker.ask(id, &text, &named, assumed) {
        Asked::Given(answer) => answer.to_owned(),
        Asked::Open(_) => {
            tracker.hold("what starts it means different versions");
            assumed.unwrap_or(LATEST).to_owned()
        }
    }
}

/// A version that is started and was not read: what is known of the function stands in.
fn unseen<'a>(tracker: &mut FieldTracker<'a>, version: &str, latest: Described<'a>) {
    let id = tracker.question_id("version-settings", version);
    let text = format!("Its version {version} is what runs, and it was not read. Has it the settings of `$LATEST`?");
    if let Asked::Open(id) = tracker.ask(id, &text, &["the-same"], None) {
        tracker.hold("the settings of the version that runs are not known");
        if let Some(field) = latest.own.field("Version") {
            field.asked(tracker, &id);
        }
    }
}

/// Aliases: those that mean what runs, and those that nothing that was read uses.
fn aliases<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>) {
    for alias in &facts.aliases {
        alias.drop_all(tracker, &["AliasArn", "RevisionId", "Description"], "describe-only");
        let used = unit.qualifiers.contains(&alias.peek("Name"));
        if let Some(field) = alias.field("Name") {
            if used {
                field.dropped(tracker, "resolved-reference");
            } else {
                field.dropped(tracker, "other-version");
            }
        }
        if let Some(field) = alias.field("FunctionVersion") {
            if used {
                field.approximated(
                    tracker,
                    "/function/version",
                    "the version that the alias means today; a new one is a new image",
                );
            } else {
                field.dropped(tracker, "other-version");
            }
        }
        if !used && let Some(field) = alias.field("RoutingConfig") {
            field.dropped(tracker, "other-version");
        }
    }
}
