//! `caravan why` over the demonstration's tree.

use super::{DIR, found, repository};
use crate::cli::Room;
use serde_json::Value;
use std::path::{Path, PathBuf};

pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn why(room: &Room, place: &str) -> Value {
    let said = room.run(&["--dir", DIR, "why", place, "--format", "json"]);
    said.ends(0, &[]);
    said.json()
}

/// The number of the line that holds a text.
fn at(room: &Room, file: &str, text: &str) -> usize {
    super::line_of(&room.path().join(file), text)
}

/// What lies under the apps, and what they share, is made of all of them at once: it is said that `why` does not tell it.
fn is_of_all_apps(place: &str) -> bool {
    let of = |part: &str| place.contains(part);
    of("/deployment/platform/") || of("/jail/") || of("/ledger/platform.json") || of("/ledger/terraform")
}

#[test]
fn every_line_of_the_tree_has_an_answer() {
    let room = repository();
    let mut asked = (0, 0);
    for folder in ["deployment", "images", "ledger"] {
        for file in files(&room.path().join(DIR).join(folder)) {
            let place = file.strip_prefix(room.path()).unwrap().display().to_string();
            if is_of_all_apps(&place) {
                room.run(&["--dir", DIR, "why", &place]).ends(2, &["a file of all apps together"]);
                continue;
            }
            let answer = why(&room, &place);
            assert_eq!(answer["schema"], "caravan.why/v1");
            let lines = answer["lines"].as_array().unwrap();
            assert_eq!(lines.len(), std::fs::read_to_string(&file).unwrap().lines().count(), "{place}");
            for line in lines {
                assert_eq!(line["state"], "generated", "{place}: {line}");
                assert!(!line["origins"].as_array().unwrap().is_empty(), "{place}: {line}");
                assert!(line["rule"]["says"].is_string(), "{place}: {line}");
            }
            asked = (asked.0 + 1, asked.1 + lines.len());
        }
    }
    assert!(asked.0 > 80 && asked.1 > 10_000, "{asked:?}");
}

#[test]
fn a_line_leads_to_field_rule_evidence_and_decision() {
    let room = repository();
    let app = found(&room, "event-ingest");
    let manifests = format!("{app}/production/manifests.yaml");
    let line = at(&room, &manifests, "event-ingest:1.18.4");
    let answer = why(&room, &format!("{manifests}:{line}"));
    let [answered] = answer["lines"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!((answered["line"].as_u64(), answered["rule"]["name"].as_str()), (Some(line as u64), Some("image")));
    let plconfig = &answered["origins"][0];
    assert_eq!((plconfig["kind"].as_str(), plconfig["edited"].as_bool()), (Some("plconfig"), Some(false)));
    assert_eq!(plconfig["line"], at(&room, &format!("{app}/plconfig.yaml"), "event-ingest:1.18.4"), "{plconfig}");
    let source = &plconfig["lifted_from"][0];
    assert_eq!(source["kind"], "source");
    assert_eq!(source["pointer"], "/taskDefinition/containerDefinitions/1/image");
    assert!(source["value"].as_str().unwrap().ends_with("event-ingest:1.18.4"), "{source}");
    assert_eq!(
        (source["verdict"].as_str(), source["api"].as_str()),
        (Some("exact"), Some("ecs:DescribeTaskDefinition"))
    );
    let text = room.run(&["--dir", DIR, "why", &format!("{manifests}:{line}")]).out;
    for wanted in ["rule image", "/taskDefinition/containerDefinitions/1/image", "exact", "ecs:DescribeTaskDefinition"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

/// Where the decision is what would be assumed without it, no line would be another: the field would be asked about.
#[test]
fn a_decision_is_named_at_the_lines_that_it_decided() {
    let room = repository();
    for (app, topic, wanted, reason) in [
        ("tracking-web", "user/", "user: 1000:1000", "official image"),
        ("parcel-purge-after-400-days-at-45c65c0f", "schedule/", "schedule: 30 3 1 * *", "data protection"),
        ("notification-sms", "replicas/", "scale: 0", "SNS"),
    ] {
        let app = found(&room, app);
        let answer = why(&room, &format!("{app}/plconfig.yaml"));
        let lines = answer["lines"].as_array().unwrap();
        let has = |line: &&Value| {
            let mut decisions = line["decisions"].as_array().unwrap().iter();
            decisions.any(|one| one["id"].as_str().unwrap().starts_with(topic))
        };
        let decided: Vec<&Value> = lines.iter().filter(has).collect();
        let line = decided.iter().find(|line| line["text"].as_str().unwrap().trim() == wanted);
        let line = line.unwrap_or_else(|| panic!("{app}: {wanted} is not among {decided:?}"));
        assert!(line["decisions"].to_string().contains(reason), "{line}");
        assert!(decided.len() * 2 < lines.len(), "{app}: {} of {}", decided.len(), lines.len());
    }
}

#[test]
fn what_a_human_changed_is_said_to_be_theirs() {
    let room = repository();
    let app = found(&room, "event-ingest");
    let (plconfig, manifests) = (format!("{app}/plconfig.yaml"), format!("{app}/production/manifests.yaml"));
    // A change of plconfig.yaml: its line is theirs, and what is rendered of it leads to it and no further.
    let text = room.read(&plconfig);
    room.write(&plconfig, text.replace("event-ingest:1.18.4", "event-ingest:9.9.9"));
    let line = at(&room, &plconfig, "9.9.9");
    let answer = why(&room, &format!("{plconfig}:{line}"));
    assert_eq!(answer["lines"][0]["state"], "edited", "{answer}");
    let other = at(&room, &plconfig, "team:");
    assert_eq!(why(&room, &format!("{plconfig}:{other}"))["lines"][0]["state"], "generated");
    // The manifests are those of before: that line would not be written any more.
    let old = at(&room, &manifests, "event-ingest:1.18.4");
    assert_eq!(why(&room, &format!("{manifests}:{old}"))["lines"][0]["state"], "outdated");
    room.run(&["--dir", DIR, "convert"]).ends(0, &[]);
    let new = at(&room, &manifests, "event-ingest:9.9.9");
    let answer = why(&room, &format!("{manifests}:{new}"));
    let origin = &answer["lines"][0]["origins"][0];
    assert_eq!((origin["edited"].as_bool(), origin["lifted_from"].as_array().unwrap().len()), (Some(true), 0));
    assert_eq!(origin["line"], line, "{origin}");
    // A change of the manifests themselves, and the lines around it.
    let text = room.read(&manifests);
    room.write(&manifests, text.replacen("---\n", "---\n# mine\n", 1));
    let mine = at(&room, &manifests, "# mine");
    let answer = why(&room, &manifests);
    let lines = answer["lines"].as_array().unwrap();
    let edited: Vec<u64> =
        lines.iter().filter(|line| line["state"] == "edited").map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(edited, [mine as u64]);
}

#[test]
fn what_can_t_be_answered_says_why() {
    let room = repository();
    let app = found(&room, "event-ingest");
    room.run(&["--dir", DIR, "why", &format!("{app}/plconfig.yaml:4000")]).ends(2, &["no line 4000"]);
    room.run(&["--dir", DIR, "why", &format!("{app}/plconfig.yaml:0")]).ends(2, &["counted from 1"]);
    room.run(&["--dir", DIR, "why", "README.md"]).ends(2, &["is of no app"]);
    let answer = room.run(&["--dir", DIR, "why", &format!("{app}/elsewhere/manifests.yaml")]);
    answer.ends(11, &["nothing is converted to", "plconfig.yaml"]);
    std::fs::remove_file(room.path().join(&app).join("plconfig.yaml")).unwrap();
    let answer = why(&room, &format!("{app}/plconfig.yaml:3"));
    assert_eq!(answer["there"], false);
}
