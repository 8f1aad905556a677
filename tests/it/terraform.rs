//! Terraform for what workloads share: the demonstration's and that of an estate in moto, which the real Terraform takes over
//! with the real AWS provider, where the machine has both.

use crate::cli::Room;
use crate::discover_shared::{Bench, REGION, SECRET};
use caravan_tests_testbed::{Arguments, AwsProvider, Terraform};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The constraint that is written, and the one that the machine's provider needs: nothing else is changed for it.
const WRITTEN: &str = "version = \"~> 6.0\"";

#[test]
fn the_demonstration_s_terraform_stands_as_fmt_would_have_it() {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let folder = room.path().join("infrastructure");
    assert!(folder.join("teams/tracking/adopt/sqs.tf").is_file(), "{:?}", modules(room.path()));
    if let Some(terraform) = Terraform::found() {
        assert_eq!(terraform.fmt(&folder), Ok(()), "terraform {}", terraform.version());
    }
}

#[test]
fn what_an_estate_shares_comes_into_terraform_without_a_change() {
    let Some(bench) = Bench::in_moto() else { return };
    bench.discover_whole();
    // What no tag gives to a team is the depot's.
    let ownership = json!([{"team": "${tag:team}"}, {"team": "depot"}]);
    bench.room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "ownership": ownership}).to_string());
    let said = bench.room.run(&["convert", "--format", "json"]);
    assert!(matches!(said.code, Some(0 | 11)), "{:?}: {}", said.code, said.err);
    let terraform = &said.json()["terraform"];
    assert_eq!(terraform["fields"]["unknown"], 0, "{terraform:#}");
    assert!(terraform["adopted"].as_u64().unwrap() >= 20, "{terraform:#}");
    nothing_secret_is_written(bench.room.path());
    assert_eq!(second_conversion(&bench), 0);
    let Some(found) = Terraform::found() else { return };
    assert_eq!(found.fmt(&bench.room.path().join("infrastructure")), Ok(()));
    let Some(aws) = found.with_aws() else { return };
    let modules = modules(bench.room.path());
    let mut adopted = 0;
    for module in modules.iter().filter(|module| module.ends_with("adopt")) {
        adopted += comes_in_as_it_is(&bench, &aws, module);
    }
    assert_eq!(json!(adopted), terraform["adopted"], "{terraform:#}");
}

/// How many files a second conversion writes.
fn second_conversion(bench: &Bench) -> u64 {
    let said = bench.room.run(&["convert", "--format", "json"]);
    said.json()["written"].as_u64().unwrap()
}

/// Takes a module over, and says how many resources that were.
fn comes_in_as_it_is(bench: &Bench, aws: &AwsProvider, module: &Path) -> usize {
    use_provider(module, aws);
    let endpoint = bench.proxy.endpoint();
    let variables = bench.account.environment(&endpoint, REGION);
    let variables: Vec<(&str, String)> = variables.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let run = |arguments: &[&str]| {
        let outcome = aws.run(module, &variables, arguments);
        outcome.unwrap_or_else(|said| panic!("{}: terraform {arguments:?}: {said}", module.display()))
    };
    run(&["init", "-input=false"]);
    run(&["validate"]);
    run(&["plan", "-input=false", "-out=plan"]);
    let plan: Value = serde_json::from_str(&run(&["show", "-json", "plan"])).unwrap();
    let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
    for change in &changes {
        assert!(change["change"]["importing"]["id"].is_string(), "not imported: {change:#}");
        changes_nothing(change);
    }
    run(&["apply", "-input=false", "plan"]);
    run(&["plan", "-input=false", "-out=again"]);
    let again: Value = serde_json::from_str(&run(&["show", "-json", "again"])).unwrap();
    for change in again["resource_changes"].as_array().unwrap() {
        assert!(change["change"]["importing"].is_null(), "imported twice: {change:#}");
        changes_nothing(change);
    }
    changes.len()
}

/// Nothing is added, changed or destroyed. moto gives redrive policies back with blanks that AWS does not write, and the
/// provider compares them letter by letter: that alone may differ.
fn changes_nothing(change: &Value) {
    let actions = &change["change"]["actions"];
    if *actions == json!(["no-op"]) {
        return;
    }
    let told = |side: &str| {
        let mut values = change["change"][side].clone();
        let policy = values["redrive_policy"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        values["redrive_policy"] = policy.unwrap_or_default();
        values
    };
    assert_eq!(*actions, json!(["update"]), "{change:#}");
    assert_eq!(told("before"), told("after"), "{}", change["address"]);
}

/// Lets the machine's provider do, whatever its version.
fn use_provider(module: &Path, aws: &AwsProvider) {
    let file = module.join("versions.tf");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(WRITTEN), "{text}");
    std::fs::write(&file, text.replace(WRITTEN, &format!("version = \"{}\"", aws.version()))).unwrap();
}

/// What resources and data sources of a text say that their providers do not know, or do not say that must be there; and how many
/// arguments were compared. Resources of `passed` are compared elsewhere.
pub(crate) fn strange_arguments(text: &str, known: &Arguments, passed: &[&str]) -> (usize, Vec<String>) {
    let read: Value = hcl::from_str(text).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (block, prefix) in [("resource", ""), ("data", "data.")] {
        for (kind, resources) in read[block].as_object().into_iter().flatten() {
            if passed.iter().any(|prefix| kind.starts_with(prefix)) {
                continue;
            }
            let Some(taken) = known.get(&format!("{prefix}{kind}")) else { panic!("no package has {prefix}{kind}") };
            for (label, written) in resources.as_object().unwrap() {
                let written = written.as_object().unwrap();
                // Terraform's own.
                let own = ["provider", "depends_on"];
                let strange = written.keys().filter(|name| !own.contains(&name.as_str()) && !taken.contains_key(*name));
                wrong.extend(strange.map(|name| format!("{prefix}{kind}.{label}: no such argument {name}")));
                let missing = taken.iter().filter(|(name, must)| **must && !written.contains_key(*name));
                wrong.extend(missing.map(|(name, _)| format!("{prefix}{kind}.{label}: {name} is missing")));
                compared += written.len();
            }
        }
    }
    (compared, wrong)
}

/// Every folder with Terraform in it.
fn modules(root: &Path) -> Vec<PathBuf> {
    files(root)
        .into_iter()
        .filter(|file| file.ends_with("versions.tf"))
        .filter_map(|file| Some(file.parent()?.to_owned()))
        .collect()
}

fn nothing_secret_is_written(root: &Path) {
    for file in files(root).into_iter().filter(|file| file.extension().is_some_and(|end| end == "tf" || end == "json"))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains(SECRET) && !text.contains("<redacted:"), "{}", file.display());
    }
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}
