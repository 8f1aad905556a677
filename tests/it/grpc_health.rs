//! gRPC health, asked of a server that other people wrote: the etcd of the control plane.

use caravan_providers::Verdict;
use caravan_providers::target::Probe;
use caravan_providers_network::Prober;
use caravan_tests_testbed::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn a_real_etcd_is_well_by_its_grpc_health_and_knows_no_other_service() {
    let Some(cluster) = Cluster::shared() else { return };
    let probe = |service: &str| Probe {
        address: cluster.etcd(),
        host: "etcd.example.com".to_owned(),
        path: "/".to_owned(),
        tls: false,
        status: (200, 299),
        timeout_ms: 5000,
        grpc: Some(service.to_owned()),
        through: Vec::new(),
    };
    assert_eq!(Prober::default().probe(&probe("")).await, Verdict::Pass);
    let unknown = Prober::default().probe(&probe("shop.Orders")).await;
    assert!(matches!(&unknown, Verdict::Fail { reason } if reason.contains("no such service")), "{unknown:?}");
}
