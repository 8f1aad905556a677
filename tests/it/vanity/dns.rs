//! DNS of the move: moto's record sets, answered by knot.

use caravan_tests_testbed::Knot;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Copies a zone of moto's into knot, as long as it lives.
pub(super) struct Copying(JoinHandle<()>);

impl Copying {
    /// Begins; when this returns, everything is answered.
    pub(super) async fn start(api: Api, zone: &'static str, knot: Arc<Knot>) -> Self {
        let mut copied = api.records().await;
        knot.set(zone, &copied);
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let now = api.records().await;
                if now != copied {
                    copied = now;
                    tokio::task::block_in_place(|| knot.set(zone, &copied));
                }
            }
        }))
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A zone at moto's API, asked as some account would: moto believes every signature.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) endpoint: String,
    pub(super) access_key_id: String,
    pub(super) id: String,
}

impl Api {
    /// The record sets of the zone but those of its own top, a line for each value, sorted.
    pub(super) async fn records(&self) -> Vec<String> {
        let url = format!("{}/2013-04-01/hostedzone/{}/rrset", self.endpoint, self.id);
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential={}/20270101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0",
            self.access_key_id
        );
        let asked = reqwest::Client::new().get(url).header("authorization", signed).send().await.unwrap();
        of(&asked.text().await.unwrap())
    }
}

/// The lines of an answer.
fn of(text: &str) -> Vec<String> {
    let mut records = Vec::new();
    for set in text.split("<ResourceRecordSet>").skip(1) {
        let field = |name: &str| {
            let (_, rest) = set.split_once(&format!("<{name}>"))?;
            Some(rest.split_once('<')?.0.to_owned())
        };
        let (name, kind, ttl) = (field("Name").unwrap(), field("Type").unwrap(), field("TTL").unwrap_or_default());
        if matches!(kind.as_str(), "NS" | "SOA") {
            continue;
        }
        let name = format!("{}.", name.trim_end_matches('.'));
        for value in set.split("<Value>").skip(1) {
            let value = value.split_once('<').unwrap().0.replace("&quot;", "\"");
            records.push(format!("{name} {ttl} IN {kind} {value}"));
        }
    }
    records.sort();
    records
}

/// What this namespace looks host names up in besides: nobody outside of it sees this.
pub(super) fn hosts(lines: impl Iterator<Item = String>) {
    let known = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path().keep().unwrap();
    std::fs::write(&file, format!("{known}\n{}\n", lines.collect::<Vec<_>>().join("\n"))).unwrap();
    let mounted = Command::new("mount").args(["--bind"]).arg(&file).arg("/etc/hosts").status().unwrap();
    assert!(mounted.success());
    // It stays mounted as long as the namespace lives.
    std::fs::remove_file(file).unwrap();
}
