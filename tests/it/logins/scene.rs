//! Everything that runs: the control plane, the gateway on a machine of its own, the browser, and the app.

use super::tokens::{Caller, ask};
use super::{ID, app};
use crate::fronts::platform::Authority;
use caravan_tests_testbed::{Browser, Cluster, Gateway, Machine, Write as Mode};
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject};
use kube::core::GroupVersionKind;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Where the Envoy listens. Ports below 1024 are not what they say where Envoy Gateway starts its Envoys itself.
const HTTP: u16 = 10088;
const HTTPS: u16 = 10443;
const SERVED_WITHIN: Duration = Duration::from_secs(90);

pub(super) struct Scene {
    cluster: &'static Cluster,
    client: Client,
    pub(super) authority: Authority,
    pub(super) browser: Browser,
    gateway: Option<Gateway>,
}

impl Scene {
    pub(super) async fn new() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let authority = Authority::new();
        let gateway = Some(start(cluster, &authority)?);
        let rules = format!("MAP {ID} 127.0.0.1:443, MAP *.example.com 127.0.0.1:{HTTPS}");
        let browser = tokio::task::block_in_place(|| Browser::start(&rules))?;
        let scene = Self { cluster, client: cluster.client(), authority, browser, gateway };
        for name in ["envoy-gateway-system", "team-shop"] {
            scene.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})).await;
        }
        let hosts = vec!["*.example.com".to_owned(), "*.apps.example.com".to_owned()];
        scene.apply(&scene.authority.secret("envoy-gateway-system", app::LISTENER, hosts)).await;
        scene.apply(&app::session_key()).await;
        for manifest in app::gateway(HTTP, HTTPS) {
            scene.apply(&manifest).await;
        }
        scene.apply(&app::backend(app::serve())).await;
        Some(scene)
    }

    pub(super) async fn apply(&self, manifest: &Value) {
        let applied = self.cluster.apply(&self.client, manifest, Mode::Persist).await;
        applied.unwrap_or_else(|refusal| panic!("{manifest:#}: {refusal}"));
    }

    /// The gateway ends, and another one starts that has seen nothing yet.
    pub(super) fn restart(&mut self) {
        drop(self.gateway.take());
        let begin = Instant::now();
        while ask(HTTP, "", "/", &Caller::Nobody).is_ok() {
            assert!(begin.elapsed() < SERVED_WITHIN, "the gateway does not end");
            std::thread::sleep(Duration::from_millis(200));
        }
        self.gateway = start(self.cluster, &self.authority);
    }

    /// Waits until the gateway says this of a policy of the app.
    pub(super) async fn says(&self, policy: &str, wanted: &str) {
        let kind = GroupVersionKind::gvk("gateway.envoyproxy.io", "v1alpha1", "SecurityPolicy");
        let kind = ApiResource::from_gvk_with_plural(&kind, "securitypolicies");
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), "team-shop", &kind);
        let begin = Instant::now();
        loop {
            let status = api.get(policy).await.unwrap().data["status"].to_string();
            if status.contains(wanted) {
                return;
            }
            assert!(begin.elapsed() < SERVED_WITHIN, "{policy}: {status}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// A gateway whose machine knows the provider by its name, and trusts nobody but the authority.
fn start(cluster: &Cluster, authority: &Authority) -> Option<Gateway> {
    let hosts = format!("127.0.0.1 localhost {ID}\n");
    Gateway::start_on(cluster, &Machine { hosts: &hosts, roots: &authority.root() })
}

/// Waits until a request is answered so.
pub(super) fn answered(host: &str, path: &str, caller: &Caller<'_>, wanted: u16) {
    let begin = Instant::now();
    loop {
        let answer = ask(HTTP, host, path, caller);
        if matches!(answer, Ok((status, _)) if status == wanted) {
            return;
        }
        assert!(begin.elapsed() < SERVED_WITHIN, "{host}{path}: {answer:?} instead of {wanted}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Status and body of an answer.
pub(super) fn answer(host: &str, path: &str, caller: &Caller<'_>) -> (u16, String) {
    ask(HTTP, host, path, caller).unwrap()
}

pub(super) fn status(host: &str, path: &str, caller: &Caller<'_>) -> u16 {
    answer(host, path, caller).0
}
