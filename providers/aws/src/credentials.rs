//! Credentials that are fetched once and renewed when they are about to end, or when AWS says that they have.

use crate::clock;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Credentials are renewed this long before they end, so that a request signed now is still good when it arrives.
const EARLY: Duration = Duration::from_secs(300);

/// One account's credentials, shared by the SDK's clients and the signed calls.
#[derive(Clone, Debug)]
pub(crate) struct Renewing {
    source: SharedCredentialsProvider,
    held: Arc<Mutex<Option<Credentials>>>,
}

impl Renewing {
    pub(crate) fn new(source: SharedCredentialsProvider) -> Self {
        Self { source, held: Arc::default() }
    }

    /// The credentials, fetched if none are held or they end soon.
    pub(crate) async fn get(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.held.lock().await;
        if let Some(credentials) = held.as_ref().filter(|credentials| is_fresh(credentials)) {
            return Ok(credentials.clone());
        }
        let fresh = self.source.provide_credentials().await?;
        *held = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets what is held: AWS said that it has ended.
    pub(crate) async fn forget(&self) {
        *self.held.lock().await = None;
    }
}

impl ProvideCredentials for Renewing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.get())
    }
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|end| end > clock::now() + EARLY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[derive(Debug)]
    struct Counting {
        fetched: Arc<AtomicU64>,
        lives: Duration,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            self.fetched.fetch_add(1, Ordering::Relaxed);
            let end = clock::now() + self.lives;
            future::ProvideCredentials::ready(Ok(Credentials::new("AKID", "secret", None, Some(end), "test")))
        }
    }

    async fn fetches(lives: Duration, uses: usize, forget: bool) -> u64 {
        let fetched = Arc::new(AtomicU64::new(0));
        let source = SharedCredentialsProvider::new(Counting { fetched: fetched.clone(), lives });
        let renewing = Renewing::new(source);
        for _ in 0..uses {
            renewing.get().await.unwrap();
            if forget {
                renewing.forget().await;
            }
        }
        fetched.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn are_fetched_once_while_they_last() {
        assert_eq!(fetches(Duration::from_secs(3600), 5, false).await, 1);
    }

    #[tokio::test]
    async fn are_renewed_before_they_end_and_when_aws_says_so() {
        assert_eq!(fetches(Duration::from_secs(60), 3, false).await, 3);
        assert_eq!(fetches(Duration::from_secs(3600), 3, true).await, 3);
    }
}
