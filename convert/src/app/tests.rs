use super::*;
use crate::{Nothing, RenderError};
use caravan_convert_lift::plconfig::Scale;
use caravan_convert_lift::{Document, FieldVerdict, Ledger, LedgerEntry};
use caravan_inventory::{ObservationId, TeamName};
use std::collections::BTreeMap;

const PLCONFIG: &str = "deployment/teams/shop/apps/api/plconfig.yaml";
const PROD: &str = "deployment/teams/shop/apps/api/prod/manifests.yaml";

fn app(environments: &[&str]) -> App {
    let workload = |name: &str| WorkloadId::new(format!("ecs/111122223333/eu-central-1/{name}/api"));
    let member = |name: &&str| Member::whole(EnvironmentName::new(*name), workload(name));
    App { team: TeamName::new("shop"), name: "api".to_owned(), members: environments.iter().map(member).collect() }
}

fn lifted(replicas: u32, image: &str) -> Lifted {
    let text = format!(
        "plconfig: v1\napp: api\nteam: shop\ncomponents:\n  web:\n    type: web\n    image: {image}\n    port: 80\n    scale: {replicas}\n    spot: never\n"
    );
    let entry = LedgerEntry {
        path: "/desiredCount".to_owned(),
        line: None,
        verdict: FieldVerdict::Exact,
        target: None,
        note: None,
    };
    let document = Document { source: ObservationId::new("ecs.service/1/r/api"), entries: vec![entry] };
    Lifted {
        outcome: LiftOutcome::Converted(PlConfig::read(&text).unwrap()),
        ledger: Ledger {
            workload: WorkloadId::new("ecs/111122223333/eu-central-1/prod/api"),
            documents: vec![document],
        },
        questions: Vec::new(),
        host: None,
        modules: Vec::new(),
    }
}

/// What stands on a disk.
#[derive(Clone, Debug, Default)]
struct Disk(BTreeMap<String, String>);

impl Disk {
    fn after(converted: &Converted) -> Self {
        let mut disk = Self::default();
        disk.write(converted);
        disk
    }

    fn write(&mut self, converted: &Converted) {
        let files = converted.files.iter();
        self.0.extend(files.map(|(path, file)| (path.to_owned(), String::from_utf8(file.bytes.clone()).unwrap())));
    }

    fn edit(&mut self, path: &str, from: &str, to: &str) {
        let text = self.0.get_mut(path).unwrap();
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
    }
}

impl Existing for Disk {
    fn read(&self, path: &str) -> Result<Option<String>, String> {
        Ok(self.0.get(path).cloned())
    }
}

fn run(environments: &[&str], lifted: Vec<Lifted>, existing: &dyn Existing) -> Converted {
    convert(&app(environments), lifted, &Platform::default(), existing, Trace::Off)
}

#[test]
fn two_environments_share_one_plconfig() {
    let done = run(&["prod", "staging"], vec![lifted(4, "api:1"), lifted(1, "api:2")], &Nothing);
    let text = String::from_utf8(done.files.get(PLCONFIG).unwrap().to_vec()).unwrap();
    let config = PlConfig::read(&text).unwrap();
    for (environment, source) in [("prod", lifted(4, "api:1")), ("staging", lifted(1, "api:2"))] {
        let LiftOutcome::Converted(source) = source.outcome else { panic!() };
        assert_eq!(config.for_environment(environment).unwrap(), source, "{text}");
        let path = format!("deployment/teams/shop/apps/api/{environment}/manifests.yaml");
        let manifests = done.files.get(&path).unwrap();
        assert_eq!(manifests, crate::render_file(&text, environment, &Platform::default()).unwrap().as_bytes());
    }
    assert_eq!((done.workloads, done.fields.exact, done.files.len()), (2, 2, 5), "{:?}", done.files);
    insta::assert_snapshot!(text);
}

#[test]
fn the_same_again_changes_nothing() {
    let first = run(&["prod"], vec![lifted(4, "api:1")], &Nothing);
    let again = run(&["prod"], vec![lifted(4, "api:1")], &Disk::after(&first));
    assert_eq!(first.files, again.files);
    assert!(again.conflicts.is_empty());
}

#[test]
fn a_human_s_plconfig_and_a_new_image_come_together() {
    let mut disk = Disk::after(&run(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    disk.edit(PLCONFIG, "    scale: 4\n", "    # we need more\n    scale: 6\n");
    let done = run(&["prod"], vec![lifted(4, "api:2")], &disk);
    assert_eq!(done.conflicts, []);
    disk.write(&done);
    assert!(disk.0[PLCONFIG].contains("# we need more\n    scale: 6") && disk.0[PLCONFIG].contains("api:2"));
    assert!(disk.0[PROD].contains("replicas: 6") && disk.0[PROD].contains("api:2"));
    // And the time after, with nothing new, it stays as it is.
    let again = run(&["prod"], vec![lifted(4, "api:2")], &disk);
    assert!(again.files.get(PLCONFIG).is_none() && again.conflicts.is_empty());
    assert_eq!(again.files.get(PROD).unwrap(), disk.0[PROD].as_bytes());
}

#[test]
fn two_changes_of_one_line_are_a_conflict_until_a_human_brings_them_together() {
    let mut disk = Disk::after(&run(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    disk.edit(PLCONFIG, "scale: 4", "scale: 6");
    let before = disk.clone();
    for _ in 0..2 {
        let done = run(&["prod"], vec![lifted(5, "api:1")], &disk);
        assert_eq!(done.conflicts.len(), 1);
        assert_eq!(done.conflicts[0].path, PLCONFIG);
        assert!(done.files.get(PLCONFIG).is_none() && done.files.get(PROD).is_none());
        disk.write(&done);
        assert_eq!((&disk.0[PLCONFIG], &disk.0[PROD]), (&before.0[PLCONFIG], &before.0[PROD]));
    }
    disk.edit(PLCONFIG, "scale: 6", "scale: 5");
    let done = run(&["prod"], vec![lifted(5, "api:1")], &disk);
    disk.write(&done);
    assert!(done.conflicts.is_empty() && disk.0[PROD].contains("replicas: 5"));
}

#[test]
fn changed_manifests_are_left_alone() {
    let mut disk = Disk::after(&run(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    disk.edit(PROD, "replicas: 4", "replicas: 9");
    let same = run(&["prod"], vec![lifted(4, "api:1")], &disk);
    assert!(same.files.get(PROD).is_none() && same.conflicts.is_empty());
    disk.write(&same);
    let changed = run(&["prod"], vec![lifted(5, "api:1")], &disk);
    assert!(changed.files.get(PROD).is_none());
    assert_eq!(changed.conflicts.iter().map(|conflict| conflict.path.as_str()).collect::<Vec<_>>(), [PROD]);
    assert!(changed.files.get(PLCONFIG).is_some());
}

const SHARED: &str = "terraform/shared.tf";
const BUCKETS: &str = "deployment/teams/shop/apps/api/prod/buckets.tf";

/// An emitter of other files than manifests: one for the whole app, and one for each environment while it has few
/// replicas.
fn terraform(input: &EmitterInput<'_>, _: &emit::Objects) -> Result<Files, RenderError> {
    let file = |text: String| File { bytes: text.into_bytes(), provenance: Provenance::default() };
    let component = &input.config.components["web"];
    let mut files = vec![(SHARED.to_owned(), file(format!("locals {{\n  image = {:?}\n}}\n", component.image)))];
    if component.scale != Some(Scale::Fixed(9)) {
        let path = format!("{}/{}/buckets.tf", input.folder, input.environment);
        files.push((path, file(format!("# {:?}\n", component.scale))));
    }
    Ok(files)
}

fn run_with_terraform(environments: &[&str], lifted: Vec<Lifted>, existing: &dyn Existing) -> Converted {
    let emitters: [Emitter; 2] = [EMITTERS[0], terraform];
    convert_by(&emitters, &mut Names::default(), &app(environments), lifted, &Platform::default(), existing, Trace::Off)
}

fn conflicts(done: &Converted) -> Vec<&str> {
    done.conflicts.iter().map(|conflict| conflict.path.as_str()).collect()
}

#[test]
fn a_file_of_any_emitter_is_made_anew_while_nobody_edits_it() {
    let mut disk = Disk::after(&run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    assert!(disk.0[SHARED].contains("api:1") && disk.0[BUCKETS].contains('4'), "{disk:?}");
    let done = run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &disk);
    assert_eq!(conflicts(&done), [""; 0]);
    disk.write(&done);
    assert!(disk.0[SHARED].contains("api:2") && disk.0[BUCKETS].contains('5') && disk.0[PROD].contains("api:2"));
    // The same again is the same tree, ledgers too.
    assert_eq!(run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &disk).files, done.files);
}

#[test]
fn a_human_s_edit_of_any_file_stays_and_is_a_conflict_once_something_new_is_generated() {
    for path in [SHARED, BUCKETS, PROD] {
        let mut disk = Disk::after(&run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &Nothing));
        let edited = format!("{}# mine\n", disk.0[path]);
        disk.0.insert(path.to_owned(), edited.clone());
        let same = run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &disk);
        assert!(same.files.get(path).is_none() && same.conflicts.is_empty(), "{path}");
        disk.write(&same);
        for _ in 0..2 {
            let changed = run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &disk);
            assert_eq!(conflicts(&changed), [path]);
            disk.write(&changed);
            assert_eq!(disk.0[path], edited);
        }
        // Taken back by its human, it is generated again.
        let now = run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &Nothing);
        disk.0.insert(path.to_owned(), std::str::from_utf8(now.files.get(path).unwrap()).unwrap().to_owned());
        let done = run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &disk);
        assert!(done.conflicts.is_empty() && done.files.get(path).is_some(), "{path}");
    }
}

#[test]
fn a_file_of_any_emitter_that_was_there_before_caravan_is_left_alone() {
    let mut disk = Disk::default();
    for path in [SHARED, BUCKETS] {
        disk.0.insert(path.to_owned(), "mine\n".to_owned());
    }
    let done = run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &disk);
    assert_eq!(conflicts(&done), [BUCKETS, SHARED]);
    assert!(done.files.get(PROD).is_some() && done.files.get(SHARED).is_none() && done.files.get(BUCKETS).is_none());
    let unreadable = |path: &str| if path == SHARED { Err("permission denied".to_owned()) } else { Ok(None) };
    let done = run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &unreadable);
    assert_eq!((conflicts(&done), done.files.get(SHARED)), (vec![SHARED], None));
}

/// Nothing is deleted: as with the manifests of an environment that went, the file stays, and its lines are a human's.
#[test]
fn a_file_that_is_no_longer_generated_stays_as_it_is() {
    let mut disk = Disk::after(&run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    let before = disk.0[BUCKETS].clone();
    let gone = run_with_terraform(&["prod"], vec![lifted(9, "api:1")], &disk);
    assert!(gone.files.get(BUCKETS).is_none() && gone.conflicts.is_empty());
    disk.write(&gone);
    assert_eq!(disk.0[BUCKETS], before);
    assert_eq!(conflicts(&run_with_terraform(&["prod"], vec![lifted(5, "api:1")], &disk)), [BUCKETS]);
    // Where nothing new is known to hold, everything stays known as generated.
    let mut disk = Disk::after(&run_with_terraform(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    let refused = Lifted { outcome: LiftOutcome::Refused { reasons: vec!["no".to_owned()] }, ..lifted(1, "a") };
    disk.write(&run_with_terraform(&["prod"], vec![refused], &disk));
    let back = run_with_terraform(&["prod"], vec![lifted(5, "api:2")], &disk);
    assert_eq!(conflicts(&back), [""; 0]);
    assert!(std::str::from_utf8(back.files.get(SHARED).unwrap()).unwrap().contains("api:2"));
}

#[test]
fn a_file_that_two_environments_need_differently_is_a_conflict_and_an_equal_one_is_not() {
    let equal = run_with_terraform(&["prod", "test"], vec![lifted(4, "api:1"), lifted(1, "api:1")], &Nothing);
    assert!(equal.conflicts.is_empty() && equal.files.get(SHARED).is_some());
    let disk = Disk::after(&equal);
    let differing = || vec![lifted(4, "api:1"), lifted(1, "api:2")];
    let done = run_with_terraform(&["prod", "test"], differing(), &disk);
    assert_eq!((conflicts(&done), done.files.get(SHARED)), (vec![SHARED], None));
    assert!(done.files.get(BUCKETS).is_some());
}

#[test]
fn no_fingerprint_enters_a_file_of_any_emitter() {
    fn leaking(input: &EmitterInput<'_>, _: &emit::Objects) -> Result<Files, RenderError> {
        let bytes = Redacted::new(0xfeed).to_string().into_bytes();
        Ok(vec![(format!("{}/leak.bin", input.folder), File { bytes, provenance: Provenance::default() })])
    }
    let emitters: [Emitter; 2] = [EMITTERS[0], leaking];
    let done = convert_by(
        &emitters,
        &mut Names::default(),
        &app(&["prod"]),
        vec![lifted(4, "api:1")],
        &Platform::default(),
        &Nothing,
        Trace::Off,
    );
    assert!(done.refused[0].reason.contains("leak.bin"), "{:?}", done.refused);
    assert!(done.files.iter().all(|(path, _)| path.starts_with("ledger/")), "{:?}", done.files);
}

#[test]
fn what_was_there_before_caravan_is_left_alone() {
    let mut disk = Disk::default();
    disk.0.insert(PLCONFIG.to_owned(), "mine".to_owned());
    let done = run(&["prod"], vec![lifted(4, "api:1")], &disk);
    assert_eq!(done.conflicts.len(), 1);
    assert!(done.files.iter().all(|(path, _)| path.starts_with("ledger/")));
    let unreadable = |_: &str| Err("permission denied".to_owned());
    assert!(run(&["prod"], vec![lifted(4, "api:1")], &unreadable).files.get(PLCONFIG).is_none());
}

#[test]
fn an_environment_of_a_human_is_rendered_too() {
    let mut disk = Disk::after(&run(&["prod"], vec![lifted(4, "api:1")], &Nothing));
    disk.edit(PLCONFIG, "  prod: {}\n", "  prod: {}\n  canary: {components: {web: {scale: 1}}}\n");
    let done = run(&["prod"], vec![lifted(4, "api:1")], &disk);
    let canary = done.files.get("deployment/teams/shop/apps/api/canary/manifests.yaml").unwrap();
    assert!(std::str::from_utf8(canary).unwrap().contains("replicas: 1"));
}

#[test]
fn no_fingerprint_enters_a_tree() {
    let mark = Redacted::new(0xfeed).to_string();
    let done = run(&["prod"], vec![lifted(4, &format!("\"api:{mark}\""))], &Nothing);
    assert_eq!(done.refused.len(), 1);
    let mut noted = lifted(4, "api:1");
    noted.ledger.documents[0].entries[0].note = Some(format!("was {mark}").into());
    let noted = run(&["prod"], vec![noted], &Nothing);
    assert_eq!(noted.refused.len(), 1);
    for (path, file) in done.files.iter().chain(noted.files.iter()) {
        assert!(!Redacted::is_in(std::str::from_utf8(&file.bytes).unwrap()), "{path}");
    }
}

#[test]
fn what_is_refused_has_a_ledger_with_the_reason() {
    let refused =
        Lifted { outcome: LiftOutcome::Refused { reasons: vec!["runs on Windows".to_owned()] }, ..lifted(1, "a") };
    let done = run(&["prod", "test"], vec![refused, lifted(2, "api:1")], &Nothing);
    assert_eq!(done.refused[0].reason, "runs on Windows");
    assert_eq!(done.files.len(), 4, "{:?}", done.files);
    let ledger =
        std::str::from_utf8(done.files.get("ledger/ecs/111122223333/eu-central-1/prod/api.json").unwrap()).unwrap();
    let ledger: serde_json::Value = serde_json::from_str(ledger).unwrap();
    assert_eq!(ledger["refused"][0], "runs on Windows");
    assert_eq!(ledger["sources"][0]["entries"][0]["path"], "/desiredCount");
}

/// An app of two workloads in one environment, whose lifts name its components `api` and `worker`.
#[test]
fn two_workloads_are_one_app_with_two_components() {
    let member = |component: &str| Member {
        component: Some(component.to_owned()),
        ..Member::whole(EnvironmentName::new("prod"), WorkloadId::new(format!("ecs/1/r/main/{component}")))
    };
    let app = App {
        team: TeamName::new("shop"),
        name: "api".to_owned(),
        members: vec![member("api"), member("worker"), member("again")],
    };
    let named = |name: &str| {
        let mut lifted = lifted(2, "api:1");
        if let LiftOutcome::Converted(config) = &mut lifted.outcome {
            let component = config.components.pop_first().unwrap().1;
            config.components.insert(name.to_owned(), component);
        }
        lifted
    };
    let lifts = vec![named("api"), named("worker"), named("worker")];
    let done = convert(&app, lifts, &Platform::default(), &Nothing, Trace::Off);

    let text = String::from_utf8(done.files.get(PLCONFIG).unwrap().to_vec()).unwrap();
    let config = PlConfig::read(&text).unwrap();
    assert_eq!(config.components.keys().collect::<Vec<_>>(), ["api", "worker"]);
    assert!(text.contains("from ecs/1/r/main/api.\n") && text.contains("from ecs/1/r/main/worker.\n"), "{text}");
    let manifests = done.files.get(PROD).unwrap();
    assert_eq!(manifests, crate::render_file(&text, "prod", &Platform::default()).unwrap().as_bytes());
    assert_eq!(done.workloads, 3);
    let reason = "another workload of the app is its component `worker`, too".to_owned();
    assert_eq!(done.refused, [Refused { source: WorkloadId::new("ecs/1/r/main/again"), reason }]);
    for component in ["api", "worker", "again"] {
        assert!(done.files.get(&format!("ledger/ecs/1/r/main/{component}.json")).is_some(), "{:?}", done.files);
    }
}

/// An instance that runs two apps: each has its folder, and a ledger of its own.
#[test]
fn one_workload_is_two_apps() {
    let instance = WorkloadId::new("ec2/1/r/i-1");
    let mut paths = Vec::new();
    for name in ["front", "reports"] {
        let whole = Member::whole(EnvironmentName::new("prod"), instance.clone());
        let member = Member { part: Some(name.to_owned()), ..whole };
        let app = App { team: TeamName::new("shop"), name: name.to_owned(), members: vec![member] };
        let mut lifted = lifted(1, "api:1");
        if let LiftOutcome::Converted(config) = &mut lifted.outcome {
            name.clone_into(&mut config.app);
        }
        let done = convert(&app, vec![lifted], &Platform::default(), &Nothing, Trace::Off);
        assert!(done.refused.is_empty() && done.conflicts.is_empty());
        paths.extend(done.files.iter().map(|(path, _)| path.to_owned()));
    }
    assert!(paths.contains(&"deployment/teams/shop/apps/front/prod/manifests.yaml".to_owned()), "{paths:?}");
    assert!(paths.contains(&"ledger/ec2/1/r/i-1@reports.json".to_owned()), "{paths:?}");
    let unique: std::collections::BTreeSet<_> = paths.iter().collect();
    assert_eq!(unique.len(), paths.len(), "{paths:?}");
}

/// An app that begins to ask who comes is closed at once, also while nobody says who callers are: what is in Git may be open.
#[test]
fn an_app_that_asks_is_closed_until_somebody_says_who_callers_are() {
    let lifted = || vec![lifted(4, "api:1")];
    let mut disk = Disk::after(&run(&["prod"], lifted(), &Nothing));
    disk.edit(PLCONFIG, "    spot: never\n", "    spot: never\n    ingress: {hosts: [a.example]}\n");
    let open = run(&["prod"], lifted(), &disk);
    assert!(open.closed.is_empty() && open.conflicts.is_empty(), "{:?}", open.conflicts);
    disk.write(&open);
    assert!(disk.0[PROD].contains("kind: HTTPRoute\n") && !disk.0[PROD].contains("kind: SecurityPolicy\n"));
    disk.edit(PLCONFIG, "{hosts: [a.example]}", "{hosts: [a.example], auth: {mode: login}}");
    let closed = run(&["prod"], lifted(), &disk);
    let wanted = Closed {
        path: PLCONFIG.to_owned(),
        environment: EnvironmentName::new("prod"),
        components: vec!["web".to_owned()],
    };
    assert_eq!(
        (closed.closed.as_slice(), closed.conflicts.as_slice(), closed.auth.len()),
        ([wanted].as_slice(), [].as_slice(), 0)
    );
    disk.write(&closed);
    assert!(disk.0[PROD].contains("  authorization:\n    defaultAction: Deny\n---"), "{}", disk.0[PROD]);
    let platform = Platform {
        auth: serde_json::from_str(r#"{"issuer": "https://id.example.com/realms/company"}"#).unwrap(),
        ..Platform::default()
    };
    let asking = convert(&app(&["prod"]), lifted(), &platform, &disk, Trace::Off);
    assert!(asking.closed.is_empty() && asking.conflicts.is_empty() && asking.auth.len() == 1);
    disk.write(&asking);
    assert!(disk.0[PROD].contains("issuer: https://id.example.com/realms/company\n"), "{}", disk.0[PROD]);
}
