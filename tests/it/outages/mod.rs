//! Outages that begin in the middle of a run and last: of each provider behind a fault proxy, and of both sides. Nothing is
//! promoted on what is not known, no rollback is given up, and the servers say in the end what they said before.

mod judge;
mod outage;
mod run;
mod scene;

use caravan_tests_testbed::in_namespace;
use outage::{Outage, Way};
use run::Row;
use scene::Servers;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// How many runs of the whole table there are at once, by their outage's seconds: the longer it is, the longer they only wait.
const AT_ONCE: [(u64, usize); 3] = [(300, 150), (40, 32), (5, 12)];

#[tokio::test(flavor = "multi_thread")]
async fn outages_of_5_and_40_seconds_side_by_side_promote_nothing_and_give_no_rollback_up() {
    if !in_namespace() {
        return;
    }
    let outages = outage::one_of_each_kind();
    let of_balancers = |outage: &&Outage| outage.server.is_balancer();
    let Some(servers) = Servers::start(outages.iter().filter(of_balancers).count()).await else { return };
    let at_once = outages.iter().map(|outage| (outage.seconds, outages.len())).collect();
    passes(&play(&Arc::new(servers), outages, &at_once).await);
}

/// The whole table: `./check --long` plays it. `CARAVAN_OUTAGES` names the lengths in seconds, where not all are wanted.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 28 minutes: ./check --long"]
async fn every_outage_of_5_and_40_seconds_and_5_minutes_at_every_stage_and_both_ways() {
    if !in_namespace() {
        return;
    }
    let told = std::env::var("CARAVAN_OUTAGES").unwrap_or_else(|_| "300,40,5".to_owned());
    let told: Vec<u64> = told.split(',').map(|seconds| seconds.parse().unwrap()).collect();
    let at_once: BTreeMap<_, _> = AT_ONCE.into_iter().filter(|(seconds, _)| told.contains(seconds)).collect();
    // Half of them have a load balancer.
    let Some(servers) = Servers::start(at_once.values().sum::<usize>() / 2).await else { return };
    let outages = at_once.keys().flat_map(|seconds| outage::all(*seconds)).collect();
    passes(&play(&Arc::new(servers), outages, &at_once).await);
}

/// Plays them, of each length so many at once.
async fn play(servers: &Arc<Servers>, outages: Vec<Outage>, at_once: &BTreeMap<u64, usize>) -> Vec<Row> {
    let places: BTreeMap<_, _> =
        at_once.iter().map(|(seconds, many)| (seconds, Arc::new(Semaphore::new(*many)))).collect();
    let (begin, mut runs) = (Instant::now(), tokio::task::JoinSet::new());
    for outage in outages {
        let (servers, places) = (Arc::clone(servers), Arc::clone(&places[&outage.seconds]));
        runs.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let row = run::row(&servers, outage).await;
            say(&line(&row));
            row
        });
    }
    let mut rows = runs.join_all().await;
    rows.sort_by_key(|row| row.outage);
    say(&format!("outages: {} in {:.0} s", rows.len(), begin.elapsed().as_secs_f32()));
    rows
}

/// Prints the whole table and the figures of each kind, then fails with what was not as it should be.
fn passes(rows: &[Row]) {
    let mut figures: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        say(&line(row));
        figures.entry((row.outage.seconds, row.outage.server)).or_default().push(row);
    }
    say("| outage | runs | slowest back after it | slowest on after it | requests of a run |\n|---|---|---|---|---|");
    for ((seconds, server), rows) in figures {
        let slowest = |way| {
            let after = rows.iter().filter(|row| row.outage.way == way).filter_map(|row| row.after);
            after.fold(f64::MIN, f64::max)
        };
        let requests = rows.iter().map(|row| row.requests);
        say(&format!(
            "| {seconds} s, {server:?} | {} | {:.1} s | {:.1} s | {} to {} |",
            rows.len(),
            slowest(Way::Back),
            slowest(Way::On),
            requests.clone().min().unwrap_or_default(),
            requests.max().unwrap_or_default(),
        ));
    }
    let wrong: Vec<_> = rows.iter().filter(|row| !row.wrong.is_empty()).collect();
    let text = wrong.iter().map(|row| line(row)).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{} of {} outages:\n{}", wrong.len(), rows.len(), text.join("\n"));
}

/// One line of the table.
fn line(row: &Row) -> String {
    let Outage { seconds, server, during, way, trouble } = row.outage;
    let after = row.after.map_or_else(|| "never".to_owned(), |after| format!("{after:.1} s"));
    format!(
        "outage: {server:?}, {trouble:?} for {seconds} s in {during:?}, wanted {way:?}: {after} after it, {} requests{}{}",
        row.requests,
        row.waited.as_ref().map(|how| format!(", waited for people: {how}")).unwrap_or_default(),
        if row.wrong.is_empty() { String::new() } else { format!(" WRONG: {}", row.wrong.join("; ")) },
    )
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
