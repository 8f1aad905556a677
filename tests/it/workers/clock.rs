//! Cron triggers: what a run of the CronJob does is what miniflare does at the trigger.

use super::http::watched_origin;
use super::{converted, estate, manifests, original};
use crate::cases::say;
use caravan_tests_testbed::{Miniflare, scheduled_run};
use serde_json::json;

/// The Worker of the estate that runs by the clock, and its own host.
const NAME: &str = "cron";
const HOST: &str = "jobs.example.com";

#[test]
fn a_run_by_the_clock_does_what_the_trigger_did_and_fails_with_it() {
    let Some(miniflare) = Miniflare::start() else { return };
    let (port, asked) = watched_origin();
    let taken = || std::mem::take(&mut *asked.lock().unwrap());
    let (room, _) = converted(Some(port));
    let context = room.path().join(format!("out/images/unassigned/{NAME}/default"));
    let manifests = manifests(&room, NAME);
    let jobs: Vec<_> = manifests.iter().filter(|one| one["kind"] == "CronJob").collect();
    let schedules: Vec<_> = jobs.iter().map(|job| &job["spec"]["schedule"]).collect();
    assert_eq!(schedules, [&json!("*/5 * * * *"), &json!("0 17 * * 0"), &json!("30 4 1 * *")]);
    let _ = miniflare.run(&original(&estate().join(NAME)).0, &[HOST], port);
    for job in jobs {
        // Until somebody says that two may run, or the old one has stopped.
        assert_eq!(job["spec"]["suspend"], true);
        let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        let command: Vec<&str> =
            pod["containers"][0]["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let ["node", "/worker/clock.mjs", cron] = command.as_slice() else { panic!("{command:?}") };
        let environment = [("STAMP".to_owned(), "a stamp".to_owned())];
        let outcome = miniflare.scheduled(cron);
        let by_original = taken();
        let Some(went_well) = scheduled_run(&context, cron, &environment) else { return };
        let by_run = taken();
        say(&format!("workers: `{cron}`: {outcome} in miniflare, {} requests to the origin", by_original.len()));
        assert_eq!(went_well, outcome == "ok", "{cron}");
        assert_eq!(by_run, by_original, "{cron}");
        assert_eq!(by_run.len(), if outcome == "ok" { 4 } else { 1 }, "{cron}: {by_run:?}");
    }
    // The proof has eyes: what is waited for, and the trigger's own text.
    for (file, from, to) in
        [("clock.js", "waits.push(promise)", "void promise"), ("clock.mjs", "process.argv[2]", "\"* * * * *\"")]
    {
        let file = context.join(file);
        let whole = std::fs::read_to_string(&file).unwrap();
        assert!(whole.contains(from), "{whole}");
        std::fs::write(&file, whole.replacen(from, to, 1)).unwrap();
        let _ = miniflare.scheduled("*/5 * * * *");
        let by_original = taken();
        let _ = scheduled_run(&context, "*/5 * * * *", &[("STAMP".to_owned(), "a stamp".to_owned())]);
        assert_ne!(taken(), by_original, "{from} is not needed");
        std::fs::write(&file, whole).unwrap();
    }
}
