//! The table of crates in ARCHITECTURE.md, held crate by crate over what cargo really resolves, and the habits of files.
//!
//! `cargo tree -p X` is asked for each crate alone: `cargo metadata` unifies features over the whole workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each crate and the crates it may use. A new member needs a line here.
const TABLE: &[(&str, &[&str])] = &[
    ("caravan-inventory", &[]),
    ("caravan-inventory-store", &["caravan-inventory"]),
    ("caravan-providers", &["caravan-inventory"]),
    ("caravan-providers-aws", &["caravan-providers", "caravan-inventory"]),
    ("caravan-providers-cloudflare", &["caravan-providers", "caravan-inventory"]),
    ("caravan-providers-kubernetes", &["caravan-providers", "caravan-inventory"]),
    ("caravan-providers-network", &["caravan-providers", "caravan-inventory"]),
    (
        "caravan-discover",
        &[
            "caravan-inventory",
            "caravan-inventory-store",
            "caravan-providers",
            "caravan-providers-aws",
            "caravan-providers-kubernetes",
            "caravan-providers-network",
        ],
    ),
    ("caravan-convert-lift", &["caravan-inventory"]),
    ("caravan-convert", &["caravan-inventory", "caravan-convert-lift"]),
    ("caravan-convert-proof", &["caravan-inventory", "caravan-convert-lift"]),
    // A program that images of functions carry: nothing of the workspace.
    ("caravan-convert-front", &[]),
    ("caravan-plans", &["caravan-convert-lift", "caravan-inventory", "caravan-providers"]),
    // What uses plans has the lift below it: the account of fields that readiness stands on.
    ("caravan-cutover-engine", &["caravan-convert-lift", "caravan-inventory", "caravan-plans", "caravan-providers"]),
    (
        "caravan-cutover",
        &[
            "caravan-convert-lift",
            "caravan-cutover-domains",
            "caravan-cutover-engine",
            "caravan-inventory",
            "caravan-plans",
            "caravan-providers",
        ],
    ),
    (
        "caravan-cutover-domains",
        &["caravan-convert-lift", "caravan-cutover-engine", "caravan-inventory", "caravan-plans", "caravan-providers"],
    ),
    (
        "caravan-cutover-notify",
        &[
            "caravan-convert-lift",
            "caravan-cutover",
            "caravan-cutover-domains",
            "caravan-cutover-engine",
            "caravan-inventory",
            "caravan-plans",
            "caravan-providers",
        ],
    ),
    ("caravan-providers-simulated", &["caravan-providers", "caravan-inventory"]),
    (
        "caravan-cutover-rehearsal",
        &[
            "caravan-convert-lift",
            "caravan-cutover-engine",
            "caravan-inventory",
            "caravan-plans",
            "caravan-providers",
            "caravan-providers-simulated",
        ],
    ),
    (
        "caravan",
        &[
            "caravan-convert",
            "caravan-convert-lift",
            "caravan-convert-proof",
            "caravan-cutover",
            "caravan-cutover-domains",
            "caravan-cutover-engine",
            "caravan-cutover-notify",
            "caravan-cutover-rehearsal",
            "caravan-discover",
            "caravan-inventory",
            "caravan-inventory-store",
            "caravan-plans",
            "caravan-providers",
            "caravan-providers-aws",
            "caravan-providers-cloudflare",
            "caravan-providers-kubernetes",
            "caravan-providers-network",
            "caravan-providers-simulated",
            "caravan-tui",
        ],
    ),
    (
        "caravan-tui",
        &[
            "caravan-convert-lift",
            "caravan-cutover",
            "caravan-cutover-domains",
            "caravan-cutover-engine",
            "caravan-inventory",
            "caravan-plans",
            "caravan-providers",
        ],
    ),
    // Starts servers, knows nothing of what is tested against them.
    ("caravan-tests-testbed", &[]),
];

/// Crates that compute and touch nothing.
const PURE: &[&str] = &[
    "caravan-inventory",
    "caravan-convert-lift",
    "caravan-convert",
    "caravan-convert-proof",
    "caravan-plans",
    "caravan-cutover-domains",
    "caravan-cutover-engine",
    "caravan-cutover-rehearsal",
    "caravan-providers-simulated",
];

/// What a pure crate may not even have far down: runtimes, databases, clients.
const IMPURE: &[&str] =
    &["tokio", "rusqlite", "libsqlite3-sys", "reqwest", "hyper", "kube", "kube-client", "kube-runtime", "cloudflare"];

/// Other TLS stacks than rustls over aws-lc-rs.
const OTHER_TLS: &[&str] = &["ring", "openssl", "openssl-sys", "native-tls", "boring", "boring-sys", "wolfssl"];

/// Package and feature that tests turn on and that change nothing a user could see, with the reason.
const HARMLESS: &[(&str, &str)] = &[
    // More system calls can be made; those that are made stay the same. For tempfile, and for the benchmark's clock.
    ("rustix", "fs"),
    ("rustix", "time"),
    // Implementations of traits alone. For the reader of HCL, which reads what is written.
    ("indexmap", "serde"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `cargo tree` prints for these arguments, one package a line: name, version, features.
fn tree(arguments: &[&str]) -> Vec<(String, String, String)> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--no-dedupe", "--format", "{p}|{f}"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut packages: Vec<_> = text
        .lines()
        .filter_map(|line| {
            let (package, features) = line.split_once('|')?;
            let mut words = package.split_whitespace();
            let (name, version) = (words.next()?.to_owned(), words.next()?.to_owned());
            Some((name, version, features.trim_end_matches(" (*)").to_owned()))
        })
        .collect();
    packages.sort();
    packages.dedup();
    packages
}

fn names(arguments: &[&str]) -> BTreeSet<String> {
    tree(arguments).into_iter().map(|(name, ..)| name).collect()
}

/// The folders of the members, the root's among them.
fn members() -> Vec<PathBuf> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = manifest.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    let mut folders: Vec<_> = list.split('"').skip(1).step_by(2).map(|name| root().join(name)).collect();
    folders.push(root().to_owned());
    folders
}

/// Every file of the project, without what is built.
fn files() -> Vec<PathBuf> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let name = entry.file_name();
            let built = ["target", ".git", "__pycache__", "node_modules"].iter().any(|other| name == *other);
            if kind.is_dir() && !built {
                walk(&path, into);
            } else if kind.is_file() && !built && !name.to_string_lossy().contains(".db") {
                into.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort();
    found
}

fn rust_files() -> Vec<PathBuf> {
    files().into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn every_member_is_listed_by_name_and_has_its_line_in_the_table() {
    let listed: BTreeSet<_> = members().into_iter().collect();
    let there: BTreeSet<_> = files()
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name == "Cargo.toml"))
        .map(|path| path.parent().unwrap().to_owned())
        .collect();
    assert_eq!(listed, there, "the members in Cargo.toml and the crates in the tree");
    let packages: BTreeSet<_> = members().iter().map(|folder| package_name(folder)).collect();
    let lines: BTreeSet<_> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(packages, lines, "the packages and the lines of the table");
}

fn package_name(folder: &Path) -> String {
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let line = manifest.split_once("[package]").unwrap().1.lines().find(|line| line.starts_with("name = ")).unwrap();
    let name = line.trim_start_matches("name = ").trim_matches('"').to_owned();
    let path = folder.strip_prefix(root()).unwrap().to_string_lossy().replace('/', "-");
    let expected = if path.is_empty() { "caravan".to_owned() } else { format!("caravan-{path}") };
    assert_eq!(name, expected, "a folder is a crate");
    name
}

#[test]
fn each_crate_uses_only_the_crates_that_the_table_gives_it() {
    let all: BTreeSet<_> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, allowed) in TABLE {
        let mut used = names(&["-p", name, "-e", "normal,build"]);
        used.retain(|package| all.contains(package) && package != name);
        let allowed: BTreeSet<_> = allowed.iter().map(|room| (*room).to_owned()).collect();
        let unlisted: Vec<_> = used.difference(&allowed).collect();
        assert!(
            unlisted.is_empty(),
            "{name} uses {unlisted:?}, which ARCHITECTURE.md's table of crates does not give it"
        );
    }
}

#[test]
fn what_is_pure_holds_no_runtime_no_database_and_no_client() {
    for name in PURE {
        let closure = names(&["-p", name, "-e", "normal"]);
        let impure: Vec<_> = closure
            .iter()
            .filter(|package| IMPURE.contains(&package.as_str()) || package.starts_with("aws-"))
            .collect();
        assert!(impure.is_empty(), "{name} holds {impure:?}");
    }
}

#[test]
fn there_is_one_tls_stack() {
    let closure = names(&["--workspace", "-e", "normal,build,dev", "--target", "all"]);
    let others: Vec<_> = OTHER_TLS.iter().filter(|name| closure.contains(**name)).collect();
    assert!(others.is_empty(), "{others:?} beside rustls with aws-lc-rs; `cargo tree -i NAME` shows who brings it");
    assert!(closure.contains("aws-lc-rs"));
    let rustls = tree(&["--workspace", "-e", "normal"]).into_iter().filter(|(name, ..)| name == "rustls").count();
    assert_eq!(rustls, 1, "versions of rustls");
}

/// Tests must see the bytes that users see: a feature that only a test's dependency turns on would change both.
#[test]
fn no_dev_dependency_widens_a_normal_one() {
    let product = tree(&["-p", "caravan", "-e", "normal"]);
    let mut tested: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (name, version, features) in tree(&["--workspace", "-e", "normal,dev"]) {
        tested.entry((name, version)).or_default().extend(features.split(',').map(str::to_owned));
    }
    let mut wider = Vec::new();
    let mut ours: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (name, version, features) in product {
        ours.entry((name, version)).or_default().extend(features.split(',').map(str::to_owned));
    }
    for (package, features) in &ours {
        let harmless = |feature: &str| HARMLESS.contains(&(package.0.as_str(), feature));
        let also = tested.get(package).into_iter().flatten();
        let more: Vec<_> = also.filter(|one| !features.contains(*one) && !harmless(one)).collect();
        if !more.is_empty() {
            wider.push(format!("{} {}: {more:?}", package.0, package.1));
        }
    }
    assert!(wider.is_empty(), "only tests turn on:\n{}", wider.join("\n"));
}

#[test]
fn versions_and_features_stand_in_the_workspace_only() {
    for folder in members() {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let mut section = "";
        for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('[') {
                section = line;
            } else if ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"].contains(&section) {
                assert!(line.ends_with(".workspace = true"), "{}: {section} {line}", shown(&folder));
            }
            assert!(!section.contains("dependencies.") || section == "[workspace.dependencies]", "{section}");
        }
    }
}

#[test]
fn files_are_short_and_a_long_one_says_why() {
    let mut lengths = Vec::new();
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        let excused = text.lines().take_while(|line| line.starts_with("//!")).any(|line| line.contains("long because"));
        assert!(
            lines <= 800 || excused,
            "{} has {lines} lines; say `long because …` in its first comment",
            shown(&path)
        );
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 200, "the median file has {median} lines");
}

/// The project is the same on every machine, and complete: nothing in it points at where it was written.
#[test]
fn no_file_names_a_registry_s_host_or_a_machine_s_path() {
    let forbidden = [
        concat!("/wo", "rk/"),
        concat!("../sha", "red"),
        concat!("/ro", "ot/"),
        concat!("static.", "crates.io"),
        concat!("index.", "crates.io"),
        concat!("pypi.", "org"),
        concat!("python", "hosted.org"),
        concat!("registry.", "npmjs"),
        concat!("proxy.go", "lang.org"),
        concat!("sum.go", "lang.org"),
        concat!("deb.deb", "ian.org"),
    ];
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for name in forbidden {
            assert!(!text.contains(name), "{} names {name}", shown(&path));
        }
    }
}

#[test]
fn nothing_is_left_for_later_in_the_code() {
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for unfinished in [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("//! place", "holder")] {
            assert!(!text.contains(unfinished), "{} holds {unfinished}", shown(&path));
        }
    }
}

/// A seeded bug belongs into tests: outside of the engine, only tests name one, and only the rehearsal's entry for tests
/// enters the engine where it commits them.
#[test]
fn only_tests_name_a_seeded_bug() {
    let engine = root().join("cutover/engine/src");
    let text = std::fs::read_to_string(engine.join("seeded_bug.rs")).unwrap();
    let variants: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter_map(|line| line.strip_suffix(','))
        .filter(|line| line.chars().all(char::is_alphanumeric))
        .filter(|name| *name != "None")
        .collect();
    assert!(variants.len() >= 8, "{variants:?}");
    let mut enter = Vec::new();
    for file in rust_files() {
        let name = shown(&file);
        if file.starts_with(&engine) || name.contains("tests/") || name.contains("/tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for variant in &variants {
            assert!(!text.contains(&format!("SeededBug::{variant}")), "{name} names SeededBug::{variant}");
        }
        if text.contains("seeded::") || text.contains("rehearse_with(") {
            enter.push(name);
        }
    }
    assert_eq!(enter, ["cutover/rehearsal/src/simulated_run.rs"]);
}
