//! Asks one side of a shift how it is, over HTTP, where it is and not where DNS says.

use caravan_inventory::target::Probe;
use caravan_providers::Verdict;
use reqwest::header::HOST;
use std::net::SocketAddr;
use std::time::Duration;

/// Makes probes.
#[derive(Clone, Debug, Default)]
pub struct Prober {
    roots: Vec<reqwest::Certificate>,
}

impl Prober {
    /// Trusts these roots besides the public ones.
    #[must_use]
    pub const fn trusting(roots: Vec<reqwest::Certificate>) -> Self {
        Self { roots }
    }

    /// Asks once.
    ///
    /// The side's own answer decides: another status, a refused connection or a certificate that is not valid for the
    /// host is a failure. No answer in time, or a name that can't be looked up, tells nothing (K6).
    pub async fn probe(&self, probe: &Probe) -> Verdict {
        match self.ask(probe).await {
            Ok(status) if (probe.status.0..=probe.status.1).contains(&status) => Verdict::Pass,
            Ok(status) => Verdict::Fail { reason: format!("{} answered {status}", probe.address) },
            Err(verdict) => verdict,
        }
    }

    async fn ask(&self, probe: &Probe) -> Result<u16, Verdict> {
        let unknown = |reason: String| Verdict::Inconclusive { reason };
        let address = tokio::net::lookup_host(&probe.address)
            .await
            .ok()
            .and_then(|mut addresses| addresses.next())
            .ok_or_else(|| unknown(format!("{} can't be looked up", probe.address)))?;
        let client = self.client(probe, address).map_err(|error| unknown(error.to_string()))?;
        let scheme = if probe.tls { "https" } else { "http" };
        let url = format!("{scheme}://{}:{}{}", probe.host, address.port(), probe.path);
        match client.get(url).header(HOST, &probe.host).send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => {
                Err(unknown(format!("{} did not answer within {} ms", probe.address, probe.timeout_ms)))
            }
            Err(error) if error.is_connect() => {
                Err(Verdict::Fail { reason: format!("{}: {}", probe.address, cause(&error)) })
            }
            Err(error) => Err(unknown(format!("{}: {}", probe.address, cause(&error)))),
        }
    }

    /// A client for one probe: nothing is kept open, so that each probe makes a connection and sees today's certificate.
    fn client(&self, probe: &Probe, address: SocketAddr) -> reqwest::Result<reqwest::Client> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Lost only against another thread that installs one at the same moment, and then there is one.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_millis(u64::from(probe.timeout_ms)))
            .pool_max_idle_per_host(0)
            .resolve(&probe.host, address);
        self.roots.iter().cloned().fold(builder, reqwest::ClientBuilder::add_root_certificate).build()
    }
}

/// The innermost cause: reqwest's own text only says that the request failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
