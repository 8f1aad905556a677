use super::security::Standard;
use super::*;
use crate::Platform;
use crate::render;
use caravan_convert_lift::plconfig::PlConfig;

const SHOP: &str = include_str!("../render/tests/shop.yaml");
const STATEFUL: &str = include_str!("../render/tests/stateful.yaml");
const LEGACY: &str = include_str!("../render/tests/legacy.yaml");
const SHARING: &str = include_str!("../render/trace/tests/sharing.yaml");

fn needs(text: &str) -> Needs {
    let config = PlConfig::read(text).unwrap();
    Needs::of(&render::objects(&config, &Platform::default(), "prod").unwrap())
}

fn texts(set: &BTreeSet<String>) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

#[test]
fn hosts_gateways_stores_and_images_are_those_of_the_manifests() {
    let shop = needs(SHOP);
    assert_eq!(texts(&shop.hosts), ["parcels.apps.example.com", "track.parcels.example"]);
    assert_eq!(texts(&shop.gateways), ["envoy-gateway-system/public"]);
    assert_eq!(texts(&shop.stores), ["team", "team-ssm"]);
    assert!(shop.images.contains("registry.example.com/agent:2") && shop.images.len() == 3, "{:?}", shop.images);
}

#[test]
fn a_size_is_that_of_all_pods_at_their_upper_bounds() {
    let shop = needs(SHOP).most;
    // 12 and 20 twice over while a new version comes up, a CronJob twice, and a Job.
    assert_eq!((shop.pods, shop.disks, shop.gpus), (2 * 12 + 2 * 20 + 2 + 1, 0, 0));
    // Of the web pod 250m, and 100m for each of two sidecars that say nothing of it.
    let web = Size { cpu: 450, memory: 384 + 64 + 128, pods: 1, ..Size::default() };
    assert_eq!(needs(SHOP).largest, web);
    let stateful = needs(STATEFUL);
    assert_eq!((stateful.most.disks, stateful.most.gpus), (3, 3));
}

#[test]
fn pods_tell_which_standard_takes_them() {
    let legacy = needs(LEGACY).security;
    assert_eq!(legacy.standard, Standard::Privileged);
    assert_eq!(texts(&legacy.capabilities), ["SYS_PTRACE"]);
    assert_eq!(texts(&legacy.sysctls), ["net.core.somaxconn"]);
    assert_eq!(needs(SHOP).security, Security::default());
    let root = SHOP.replace("    spot: prefer\n", "    user: \"0\"\n");
    assert_eq!(needs(&root).security.standard, Standard::Baseline);
}

#[test]
fn a_host_of_another_app_is_lent() {
    let sharing = needs(SHARING);
    assert!(!sharing.guest_hosts.is_empty() && sharing.guest_hosts.is_disjoint(&sharing.hosts), "{sharing:?}");
}
