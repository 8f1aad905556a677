//! Scans of AWS, as moto plays it, that are killed with `kill -9`, and go on: in the end nobody can tell.

use crate::cli::{Room, Said};
use crate::discover_shared::unknown_to_moto;
use caravan_tests_testbed::{Account, Fault, FaultProxy, Moto, Rule};
use serde_json::json;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const REGION: &str = "eu-central-1";
/// How many scans are killed.
const KILLS: u32 = 100;
/// The variable with the seed of the moments; a run says the one that it took.
const SEED: &str = "CARAVAN_TEST_KILL_SEED";
/// The key of the fingerprints: equal secrets look equal only by one key.
const KEY: &str = "inventory.key";

/// A small estate behind a proxy.
struct Bench {
    account: Account,
    proxy: FaultProxy,
    /// Where the key lies, once a scan has made it.
    key: Option<PathBuf>,
}

/// How the calls of a scan are answered: late, so that a kill falls between pages; or at once, so that one falls into what
/// the scan does by itself, its writes above all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pace {
    Late,
    AtOnce,
}

/// Numbers that follow from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Bench {
    fn new() -> Option<Self> {
        let moto = Moto::shared()?;
        let account = moto.account();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/few.py");
        moto.boto3(&account, REGION, &script, &[]);
        let proxy = FaultProxy::start(&moto.endpoint())?;
        Some(Self { account, proxy, key: None })
    }

    fn pace(&self, pace: Pace) {
        let paged = ["ecs", "events", "sqs"].map(|service| Rule::new(Fault::Pages { size: 2 }).service(service));
        let late = (pace == Pace::Late).then(|| Rule::new(Fault::Delay { milliseconds: 12 }));
        let rules = unknown_to_moto().into_iter().chain(paged).chain(late);
        self.proxy.script(&rules.collect::<Vec<_>>());
    }

    /// A folder whose configuration reads the estate, with the same key as all others.
    fn room(&self) -> Room {
        let room = Room::new();
        let account = json!({"id": self.account.id, "regions": [REGION], "endpoint": self.proxy.endpoint()});
        room.write("caravan.yaml", json!({"schema": "caravan.config/v1", "accounts": [account]}).to_string());
        if let Some(key) = &self.key {
            std::fs::copy(key, room.path().join(KEY)).unwrap();
        }
        room
    }

    fn command(&self, room: &Room, arguments: &[&str]) -> std::process::Command {
        let mut command = room.command(&[&["discover"], arguments].concat());
        let variables = self.account.environment(&self.proxy.endpoint(), REGION);
        command.envs(variables.into_iter().filter(|(name, _)| *name != "AWS_ENDPOINT_URL"));
        command
    }

    /// Starts a scan and kills it after this time.
    fn kill(&self, room: &Room, arguments: &[&str], moment: Duration) {
        let mut command = self.command(room, arguments);
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// How long a scan takes that nobody disturbs.
    fn undisturbed(&self, room: &Room) -> Duration {
        let begin = Instant::now();
        Said::of(self.command(room, &[]).output().unwrap()).ends(0, &[]);
        begin.elapsed()
    }
}

fn exported(room: &Room) -> String {
    let said = room.run(&["inventory", "export", "--no-times", "-"]);
    said.ends(0, &[]);
    said.out
}

fn seed() -> u64 {
    let given = std::env::var(SEED).ok().map(|seed| seed.parse().unwrap());
    given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
}

#[test]
fn killed_at_a_hundred_random_moments_and_resumed_a_scan_of_moto_exports_the_bytes_of_an_undisturbed_one() {
    let Some(mut bench) = Bench::new() else { return };
    let seed = seed();
    let mut chance = Chance(seed);
    let begin = Instant::now();
    bench.pace(Pace::AtOnce);
    let first = bench.room();
    bench.undisturbed(&first);
    let expected = exported(&first);
    assert!(expected.contains("sqs.queue") && expected.contains("route53.record-set"), "{expected}");
    bench.key = Some(first.path().join(KEY));
    let (mut kills, mut resumed, mut again) = (0, 0, 0);
    for pace in [Pace::Late, Pace::AtOnce] {
        bench.pace(pace);
        let room = bench.room();
        let whole = bench.undisturbed(&room);
        assert_eq!(exported(&room), expected, "answers that come late say the same");
        let most = kills + KILLS / 2;
        while kills < most {
            let room = bench.room();
            let mut moments = vec![whole.mul_f64(chance.part())];
            bench.kill(&room, &[], moments[0]);
            kills += 1;
            // What goes on is killed as well, now and then several times.
            while kills < most && chance.part() < 0.3 {
                moments.push(whole.mul_f64(chance.part()));
                bench.kill(&room, &["--resume"], moments[moments.len() - 1]);
                kills += 1;
                again += 1;
            }
            let said = Said::of(bench.command(&room, &["--resume"]).output().unwrap());
            said.ends(0, &[]);
            resumed += usize::from(said.err.contains("goes on"));
            let told = format!("{SEED}={seed}: killed after {moments:?} of {whole:?}, {pace:?}");
            assert!(exported(&room) == expected, "{told}\n{}", first_difference(&expected, &exported(&room)));
        }
    }
    writeln!(
        std::io::stdout(),
        "discover against moto: {kills} kills in {:?}, {again} of them of scans that went on; {resumed} left a scan to go on with ({SEED}={seed})",
        begin.elapsed()
    )
    .unwrap();
    assert!(resumed >= 20, "the kills must hit the scan: {resumed}");
}

/// The first lines that differ.
fn first_difference(expected: &str, got: &str) -> String {
    let mut pairs = expected.lines().zip(got.lines());
    let differing = pairs.find(|(one, other)| one != other);
    differing.map_or_else(
        || format!("{} lines, and {} were expected", got.lines().count(), expected.lines().count()),
        |(one, other)| format!("expected {one}\ngot      {other}"),
    )
}
