//! The platform's part: its two Gateways, and the certificates that cert-manager would make, signed by a root of the test.

use caravan_tests_testbed::{Cluster, Gateway, Write};
use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the Gateways are entered: the two Envoys share one machine here, so the internal one has its IPv6 addresses.
pub(crate) const PUBLIC: &str = "127.0.0.1:443";
pub(crate) const INTERNAL: &str = "[::1]:443";
/// The namespace of both.
const NAMESPACE: &str = "envoy-gateway-system";

/// A root, and who trusts it.
pub(crate) struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    pub(crate) client: Arc<ClientConfig>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // By rcgen's own name for all, what it issues would look self-signed to OpenSSL.
        root.distinguished_name.push(DnType::CommonName, "the root of the tests");
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(root.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let client = Arc::new(client.with_root_certificates(roots).with_no_client_auth());
        Self { root, client }
    }

    /// The root's own certificate, as PEM.
    pub(crate) fn root(&self) -> String {
        self.root.pem()
    }

    /// A certificate for these names, with its key.
    pub(crate) fn issue(&self, hosts: Vec<String>) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        (CertificateParams::new(hosts).unwrap().signed_by(&key, &self.root).unwrap(), key)
    }

    /// The Secret with a certificate for these names.
    pub(crate) fn secret(&self, namespace: &str, name: &str, hosts: Vec<String>) -> Value {
        let (certificate, key) = self.issue(hosts);
        json!({
            "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
            "metadata": {"name": name, "namespace": namespace},
            "stringData": {"tls.crt": certificate.pem(), "tls.key": key.serialize_pem()},
        })
    }

    /// The Secrets of all listeners among the manifests: what cert-manager makes until the hand-over is done.
    pub(crate) fn issued(&self, manifests: &[(String, Value)]) -> Vec<Value> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let sets = manifests.iter().map(|(_, one)| one).filter(|one| one["kind"] == "ListenerSet");
        let listeners = sets.flat_map(|set| {
            let listeners = set["spec"]["listeners"].as_array().unwrap().iter();
            listeners.map(move |listener| (&set["metadata"]["namespace"], listener))
        });
        let secret = |(namespace, listener): (&Value, &Value)| {
            let name = &listener["tls"]["certificateRefs"][0]["name"];
            self.secret(&text(namespace), &text(name), vec![text(&listener["hostname"])])
        };
        listeners.map(secret).collect()
    }
}

/// The Gateways as the settings' defaults name them, each with an Envoy and a certificate of its own.
pub(crate) async fn gateways(cluster: &Cluster, client: &kube::Client, authority: &Authority, domain: &str) {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}});
    let mut manifests = vec![namespace];
    manifests.extend(Gateway::class(NAMESPACE));
    manifests.push(Gateway::second_proxy(NAMESPACE, "internal"));
    let all = json!({"namespaces": {"from": "All"}});
    for (name, listener, host) in
        [("public", "wildcard", format!("*.{domain}")), ("internal", "own", format!("internal.{domain}"))]
    {
        manifests.push(authority.secret(NAMESPACE, name, vec![host.clone()]));
        let mut gateway = json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {
                "gatewayClassName": "envoy", "allowedListeners": all,
                "listeners": [{
                    "name": listener, "protocol": "HTTPS", "port": 443, "hostname": host, "allowedRoutes": all,
                    "tls": {"mode": "Terminate", "certificateRefs": [{"name": name}]},
                }],
            },
        });
        if name == "internal" {
            let parameters = json!({"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "internal"});
            gateway["spec"]["infrastructure"] = json!({"parametersRef": parameters});
        }
        manifests.push(gateway);
    }
    for manifest in &manifests {
        cluster.apply(client, manifest, Write::Persist).await.unwrap();
    }
}

/// The manifests of a kind.
pub(crate) fn by_kind(manifests: &[(String, Value)]) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for (_, manifest) in manifests {
        *kinds.entry(manifest["kind"].as_str().unwrap()).or_default() += 1;
    }
    kinds
}
