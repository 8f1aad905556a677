//! What it costs to convert 10,000 ECS services and write the tree, beside writing the same bytes bare.
//!
//! `cargo bench -p caravan-convert [-- WORKLOADS ROUNDS]`. Observations stand in memory; measured is everything after:
//! names, lift, plconfig, manifests, ledgers, and the tree written to a file system in memory (`/dev/shm`; elsewhere the
//! temporary folder, which is said). CPU is the whole process's, user and system.

mod estate;

use camino::Utf8PathBuf;
use caravan_convert::render::{self, Object, RenderError};
use caravan_convert::{App, Claim, Converted, Nothing, Platform, Trace, assign, convert};
use caravan_convert_lift::{LiftOutcome, Lifted, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{Decisions, Workload, WorkloadId};
use caravan_providers_network::write_tree;
use estate::Service;
use rustix::time::{ClockId, clock_gettime};
use std::collections::HashMap;
use std::fs;
use std::io::Write;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What one round took, in seconds.
#[derive(Clone, Copy)]
struct Took {
    cpu: f64,
    wall: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let count = numbers.first().copied().unwrap_or(10_000);
    let rounds = numbers.get(1).copied().unwrap_or(5).max(1);
    let estate = estate::services(count)?;
    let folder = MemoryFolder::new()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{count} synthetic ECS services, {rounds} rounds, tree in {}", folder.root)?;

    let (mut whole, mut pure, mut floor) = (Vec::new(), Vec::new(), Vec::new());
    let mut tree: Vec<(String, Vec<u8>)> = Vec::new();
    for _ in 0..rounds {
        let (took, done) = measured(|| Ok(convert_all(&estate, Trace::Off)))?;
        pure.push(took);
        tree = done.into_iter().flat_map(|app| app.files).map(|(path, file)| (path, file.bytes)).collect();

        folder.clear()?;
        let (took, ()) = measured(|| bare(&folder.root, &tree))?;
        floor.push(took);

        folder.clear()?;
        let (took, ()) = measured(|| convert_and_write(&estate, &folder.root))?;
        whole.push(took);
    }
    folder.check(&tree)?;
    let bytes: usize = tree.iter().map(|(_, bytes)| bytes.len()).sum();
    writeln!(out, "{} files, {:.1} MB", tree.len(), bytes as f64 / 1e6)?;
    report(&mut out, "lift and convert, nothing written", &pure, count)?;
    report(&mut out, "bare: the same bytes by mkdir and write", &floor, count)?;
    report(&mut out, "lift, convert and write the tree", &whole, count)?;
    parts(&mut out, &estate, rounds)
}

/// What the writer of manifests costs, beside the general one, and what origins cost. Of a part of the estate, and after
/// the rest: what they hold in memory would cost the others pages and caches.
fn parts(out: &mut impl Write, estate: &[Service], rounds: usize) -> Result<(), Box<dyn std::error::Error>> {
    let (tenth, hundredth) = (estate.len().div_ceil(10), estate.len().div_ceil(100));
    let objects = all_objects(&estate[..tenth])?;
    let (mut own, mut general, mut traced) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        own.push(measured(|| by_own_writer(&objects))?.0);
        general.push(measured(|| by_general_writer(&objects))?.0);
        traced.push(measured(|| Ok(convert_all(&estate[..hundredth], Trace::Lines).len()))?.0);
    }
    report(out, "a tenth: manifests as text", &own, tenth)?;
    report(out, "a tenth: the same by serde_yaml", &general, tenth)?;
    report(out, "a hundredth: converted with origins", &traced, hundredth)?;
    Ok(())
}

/// Names for all, then each app on its way.
fn apps(estate: &[Service]) -> (Vec<App>, HashMap<&WorkloadId, &Service>) {
    let apps = assign(estate.iter().map(|service| Claim::from(&service.workload)));
    (apps, estate.iter().map(|service| (&service.workload.id, service)).collect())
}

fn one(
    app: &App,
    by_id: &HashMap<&WorkloadId, &Service>,
    platform: &Platform,
    decisions: &Decisions,
    trace: Trace,
) -> Converted {
    convert(app, lifted(app, by_id, decisions), platform, &Nothing, trace)
}

fn lifted(app: &App, by_id: &HashMap<&WorkloadId, &Service>, decisions: &Decisions) -> Vec<Lifted> {
    let services = app.members.iter().filter_map(|member| by_id.get(&member.workload));
    let lift_one = |service: &&Service| {
        let observations: Vec<_> = service.observations.iter().collect();
        let workload: &Workload = &service.workload;
        let hosts = &SharedHosts::default();
        lift(&Source {
            workload,
            app: &app.name,
            part: None,
            component: None,
            observations: &observations,
            decisions,
            hosts,
            store: &StoreReach::default(),
            unread: &caravan_convert_lift::Unread::NOTHING,
        })
    };
    services.map(lift_one).collect()
}

fn convert_all(estate: &[Service], trace: Trace) -> Vec<Converted> {
    let (apps, by_id) = apps(estate);
    let (platform, decisions) = (Platform::default(), Decisions::default());
    apps.iter().map(|app| one(app, &by_id, &platform, &decisions, trace)).collect()
}

fn convert_and_write(estate: &[Service], root: &Utf8PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let (apps, by_id) = apps(estate);
    let (platform, decisions) = (Platform::default(), Decisions::default());
    let converted = apps.iter().map(|app| one(app, &by_id, &platform, &decisions, Trace::Off));
    write_tree(root, converted.flat_map(|app| app.files))?;
    Ok(())
}

/// The manifests of every service, as values.
fn all_objects(estate: &[Service]) -> Result<Vec<Vec<Object>>, RenderError> {
    let (apps, by_id) = apps(estate);
    let (platform, decisions) = (Platform::default(), Decisions::default());
    let lifted = apps.iter().flat_map(|app| lifted(app, &by_id, &decisions));
    let configs = lifted.filter_map(|lifted| match lifted.outcome {
        LiftOutcome::Converted(config) => Some(config),
        LiftOutcome::Refused { .. } => None,
    });
    configs.map(|config| render::objects(&config, &platform, "prod")).collect()
}

fn by_own_writer(all: &[Vec<Object>]) -> Result<usize, Box<dyn std::error::Error>> {
    all.iter().map(|objects| Ok(render::text(objects)?.len())).sum()
}

/// The same layout by the library.
fn by_general_writer(all: &[Vec<Object>]) -> Result<usize, Box<dyn std::error::Error>> {
    let text = |objects: &Vec<Object>| {
        let mut text = String::with_capacity(1500 * objects.len());
        for object in objects {
            let options = serde_yaml::ser_options! { folded_wrap_chars: usize::MAX, compact_list_indent: true };
            text.push_str("---\n");
            serde_yaml::to_fmt_writer_with_options(&mut text, object, options)?;
        }
        Ok(text.len())
    };
    all.iter().map(text).sum()
}

/// The floor: folders made once each, files written without a look at what is there.
fn bare(root: &Utf8PathBuf, tree: &[(String, Vec<u8>)]) -> Result<(), Box<dyn std::error::Error>> {
    let mut made = std::collections::HashSet::new();
    for (path, bytes) in tree {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if made.insert(folder) {
            #[expect(clippy::disallowed_methods, reason = "the floor of a benchmark")]
            fs::create_dir_all(root.join(folder))?;
        }
        #[expect(clippy::disallowed_methods, reason = "the floor of a benchmark")]
        fs::write(root.join(path), bytes)?;
    }
    Ok(())
}

fn measured<T>(
    work: impl FnOnce() -> Result<T, Box<dyn std::error::Error>>,
) -> Result<(Took, T), Box<dyn std::error::Error>> {
    let (cpu, wall) = (seconds(ClockId::ProcessCPUTime), seconds(ClockId::Monotonic));
    let done = work()?;
    let took = Took { cpu: seconds(ClockId::ProcessCPUTime) - cpu, wall: seconds(ClockId::Monotonic) - wall };
    Ok((took, done))
}

fn seconds(clock: ClockId) -> f64 {
    let now = clock_gettime(clock);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

fn report(out: &mut impl Write, what: &str, rounds: &[Took], count: usize) -> std::io::Result<()> {
    let median = |figure: fn(&Took) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    let (cpu, wall) = (median(|took| took.cpu), median(|took| took.wall));
    let each = |seconds: f64| seconds * 1e3 / count as f64;
    writeln!(out, "{what:<42} CPU {cpu:6.3} s, {:.4} ms each   wall {wall:6.3} s, {:.4} ms each", each(cpu), each(wall))
}

/// A folder in memory, gone at the end.
struct MemoryFolder {
    root: Utf8PathBuf,
}

impl MemoryFolder {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let memory = Utf8PathBuf::from("/dev/shm");
        let base = if memory.is_dir() { memory } else { Utf8PathBuf::try_from(std::env::temp_dir())? };
        let root = base.join(format!("caravan-bench-{}", std::process::id()));
        fs::create_dir(&root)?;
        Ok(Self { root })
    }

    fn clear(&self) -> std::io::Result<()> {
        fs::remove_dir_all(&self.root)?;
        fs::create_dir(&self.root)
    }

    /// That what was measured was the whole tree.
    fn check(&self, tree: &[(String, Vec<u8>)]) -> Result<(), Box<dyn std::error::Error>> {
        let differences =
            caravan_providers_network::compare_tree(&self.root, tree.iter().map(|(path, bytes)| (path, bytes)))?;
        if differences.is_empty() { Ok(()) } else { Err(format!("not written as converted: {differences:?}").into()) }
    }
}

impl Drop for MemoryFolder {
    fn drop(&mut self) {
        let _gone_or_never_there = fs::remove_dir_all(&self.root);
    }
}
