//! The certificate's key and the certificate itself, kept in Secrets of the new edge's cluster and nowhere else.

use super::MovingWorld;
use caravan_cutover_domains::{Held, MovePlan};
use caravan_cutover_engine::Moment;
use caravan_inventory::Certificate;
use caravan_providers::{CallError, CertificateAuthority};
use caravan_providers_kubernetes::SecretData;
use caravan_providers_network::{CertificateKey, kept_certificate};

/// The names of values in Secrets: those of `kubernetes.io/tls`, and the order that a key belongs to.
const KEY: &str = "tls.key";
const CHAIN: &str = "tls.crt";
const ORDER: &str = "order";

impl MovingWorld {
    /// The certificate that lies at the new edge; none where it is no use.
    pub(super) async fn held(&self, plan: &MovePlan) -> Result<Option<Held>, CallError> {
        let routes = self.real.routes(&plan.edges.cluster).await?;
        let found = routes.secret(&plan.edges.namespace, &plan.edges.secret).await?;
        Ok(found.and_then(|(data, _)| self.usable(plan, &data)))
    }

    fn usable(&self, plan: &MovePlan, data: &SecretData) -> Option<Held> {
        let (chain, key) = (data.get(CHAIN)?, data.get(KEY)?);
        kept_certificate(chain, key, &plan.names, self.roots.clone()).ok().map(|certificate| held_of(&certificate))
    }

    /// The Secret that holds the key of an order that is under way.
    fn next(plan: &MovePlan) -> String {
        format!("{}-next", plan.edges.secret)
    }

    /// Keeps a key for the order before anything is asked for with it: whoever comes after a crash has the same.
    pub(super) async fn finalize(&self, plan: &MovePlan, order: &str) -> Result<(), CallError> {
        let unusable = |error: caravan_providers_network::KeyError| CallError::Rejected(error.to_string());
        let key = match self.key_of(plan, order).await? {
            Some(key) => key,
            None => {
                let key = CertificateKey::generate().map_err(unusable)?;
                let data = SecretData::from([
                    (KEY.to_owned(), key.to_secret_pem().into_bytes()),
                    (ORDER.to_owned(), order.as_bytes().to_vec()),
                ]);
                let routes = self.real.routes(&plan.edges.cluster).await?;
                let place = (plan.edges.namespace.as_str(), Self::next(plan));
                routes.keep_secret((place.0, &place.1), "Opaque", data, &plan.run).await?;
                key
            }
        };
        let request = key.request(&plan.names).map_err(unusable)?;
        self.account().await?.finalize(order, &request).await
    }

    /// The key that was kept for an order; none where there is none yet.
    async fn key_of(&self, plan: &MovePlan, order: &str) -> Result<Option<CertificateKey>, CallError> {
        let routes = self.real.routes(&plan.edges.cluster).await?;
        let found = routes.secret(&plan.edges.namespace, &Self::next(plan)).await.map_err(CallError::before_write)?;
        let Some((data, run)) = found else { return Ok(None) };
        if run.as_ref() != Some(&plan.run) || data.get(ORDER) != Some(order.as_bytes()) {
            return Ok(None);
        }
        let text = data.get(KEY).and_then(|key| std::str::from_utf8(key).ok());
        Ok(text.and_then(|text| CertificateKey::from_pem(text).ok()))
    }

    /// Fetches the certificate and keeps it with its key where the new edge reads it. One that is there already is taken for it.
    pub(super) async fn store(&self, plan: &MovePlan, order: &str) -> Result<Held, CallError> {
        let chain = self.account().await?.certificate(order).await.map_err(CallError::before_write)?;
        let routes = self.real.routes(&plan.edges.cluster).await?;
        let (namespace, secret) = (plan.edges.namespace.as_str(), plan.edges.secret.as_str());
        let found = routes.secret(namespace, secret).await.map_err(CallError::before_write)?;
        let is_there = found.as_ref().and_then(|(data, _)| data.get(CHAIN)) == Some(chain.as_bytes());
        if let (true, Some((data, _))) = (is_there, &found)
            && let Some(held) = self.usable(plan, data)
        {
            return Ok(held);
        }
        let key = self.key_of(plan, order).await?;
        let key = key.ok_or_else(|| CallError::Missing("the key of the order is gone from its Secret".to_owned()))?;
        let (chain, key) = (chain.into_bytes(), key.to_secret_pem().into_bytes());
        let certificate = kept_certificate(&chain, &key, &plan.names, self.roots.clone());
        let certificate = certificate.map_err(|error| CallError::Rejected(format!("the new certificate: {error}")))?;
        let data = SecretData::from([(CHAIN.to_owned(), chain), (KEY.to_owned(), key)]);
        routes.keep_secret((namespace, secret), "kubernetes.io/tls", data, &plan.run).await?;
        // Once more is harmless, and it is known by its order.
        let _stays = routes.remove_secret(namespace, &Self::next(plan), &plan.run).await;
        Ok(held_of(&certificate))
    }
}

/// What the move knows of a certificate.
pub(super) fn held_of(certificate: &Certificate) -> Held {
    let ends = u64::try_from(certificate.not_after.as_millisecond()).unwrap_or_default();
    Held { fingerprint: certificate.fingerprint.clone(), ends: Moment(ends) }
}
